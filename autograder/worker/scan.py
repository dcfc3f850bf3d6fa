"""Reads a submission without running it: which forbidden names its functions reach.

Runs in a fork of its own, before any student code, because a hostile source can exhaust the parser's memory or stack.
What it finds explains a verdict; what holds is that the forbidden packages do not exist in the worker.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from autograder.worker.compiled import parse
from autograder.worker.faults import cell_name

Finding = dict[str, Any]


def forbidden_uses(cells: Sequence[Sequence[Any]], forbid: Sequence[str]) -> dict[str, Finding]:
    """For each top-level name the forbidden name that it, or something of the submission that it uses, mentions:
    `{function: {"name": …, "cell": …, "line": …}}`. A name like ".backward" forbids that attribute of anything. Cells
    that cannot be parsed define nothing."""
    scanner = _Scanner(set(forbid))
    statements: list[tuple[ast.stmt, int]] = []
    for number, line, source in cells:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            statements += [(statement, number) for statement in parse(source, line, cell_name(number)).body]
    for statement, _ in statements:  # a function may use what a later cell imports
        scanner.imports(statement)
    for statement, number in statements:
        scanner.statement(statement, number)
    return scanner.forbidden()


class _Scanner:
    def __init__(self, forbid: set[str]) -> None:
        self.forbid = forbid
        self.aliases: dict[str, str] = {}
        self.mentions: dict[str, set[str]] = {}
        self.uses: dict[str, list[tuple[str, int, int]]] = defaultdict(list)

    def imports(self, statement: ast.stmt) -> None:
        """Take in what a statement of the top level imports, wherever it stands in it."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)

    def statement(self, statement: ast.stmt, number: int) -> None:
        """Take in what a statement of the top level defines; a later definition replaces an earlier one."""
        for name in _defined(statement):
            self.mentions[name] = set()
            self.uses[name] = []
            for node in ast.walk(statement):
                self._mention(name, node, number)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            whole = prefix + alias.name
            if alias.asname:
                self.aliases[alias.asname] = whole
            else:
                top = whole if prefix else whole.split(".")[0]
                self.aliases[alias.name if prefix else top] = top

    def _mention(self, owner: str, node: ast.AST, number: int) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                self._use(owner, prefix + alias.name, number, node.lineno)
        elif isinstance(node, ast.Name):
            self.mentions[owner].add(node.id)
            if node.id in self.aliases or hasattr(builtins, node.id):
                self._use(owner, self.aliases.get(node.id, node.id), number, node.lineno)
        elif isinstance(node, ast.Attribute):
            if (method := f".{node.attr}") in self.forbid:
                self.uses[owner].append((method, number, node.lineno))
            elif dotted := self._dotted(node):
                self._use(owner, dotted, number, node.lineno)

    def _dotted(self, node: ast.Attribute) -> str | None:
        parts = [node.attr]
        value: ast.expr = node.value
        while isinstance(value, ast.Attribute):
            parts.append(value.attr)
            value = value.value
        if not isinstance(value, ast.Name):
            return None
        return ".".join([self.aliases.get(value.id, value.id), *reversed(parts)])

    def _use(self, owner: str, dotted: str, number: int, line: int) -> None:
        parts = dotted.split(".")
        for length in range(1, len(parts) + 1):
            if (name := ".".join(parts[:length])) in self.forbid:
                self.uses[owner].append((name, number, line))
                return

    def forbidden(self) -> dict[str, Finding]:
        """For each top-level name, the first forbidden use in it or in anything of the submission that it reaches."""
        found = {}
        for name in self.mentions:
            uses = [use for reached in self._reach(name) for use in self.uses[reached]]
            if uses:
                what, number, line = uses[0]
                found[name] = {"name": what, "cell": number, "line": line}
        return found

    def _reach(self, name: str) -> list[str]:
        seen, queue = {name: None}, [name]
        while queue:
            for other in sorted(self.mentions[queue.pop(0)]):
                if other in self.mentions and other not in seen:
                    seen[other] = None
                    queue.append(other)
        return list(seen)


def _defined(statement: ast.stmt) -> list[str]:
    """Names that a statement of the top level binds to code, inside `if` and `try` too."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    blocks = [getattr(statement, field, []) for field in ("body", "orelse", "finalbody")]
    blocks += [handler.body for handler in getattr(statement, "handlers", [])]
    return [name for block in blocks for inner in block for name in _defined(inner)]
