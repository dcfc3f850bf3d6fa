"""A submission's cells as code, statement by statement.

The checks of each entry point have a fork of their own, which reads the submission anew. Where one of them has read it
to the end, the forks' parent reads the same text once more and keeps what came of it: that runs nothing, it is known by
then to take neither long nor much, and all later forks begin with it.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import linecache
import types
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.worker import precision, years
from autograder.worker.faults import cell_name

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass
class Statement:
    """A statement at the top level. `flags` are those of every `from __future__ import …` up to it."""

    node: ast.stmt
    filename: str
    flags: int
    code: types.CodeType | None = None

    def compiled(self, more: int = 0) -> types.CodeType:
        """Its code, with `more` flags; raises as `compile` does."""
        if self.code is not None and not more:
            return self.code
        code: types.CodeType = compile(
            ast.Module([self.node], []), self.filename, "exec", self.flags | more, dont_inherit=True
        )
        return code


Cells = Sequence[Sequence[Any]]  # [number, first line, source] each
Read = list[Statement] | Exception  # why a cell cannot be read

_kept: dict[tuple[tuple[Any, ...], ...], list[Read]] = {}


def read(cells: Cells, double: bool) -> list[Read]:
    """The statements of each of `cells`; with `double` types of single precision that
    are named by a string are those of double precision."""
    if double and (kept := _kept.get(_key(cells))):
        return kept
    return list(_read(cells, double))


def prepare(cells: Cells) -> None:
    """Keep what `read` gives for `cells` with `double`, and nothing else; for a process that runs no student code."""
    _kept.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the fork that read it first has said so
        found = list(_read(cells, double=True))
        for statements in found:
            if isinstance(statements, list):
                for statement in statements:
                    _compile(statement)
    _kept[_key(cells)] = found


def _show(cells: Cells) -> None:
    """Let `inspect` find the text of what the submission defines, as it does in a notebook: compilers of Python code,
    such as Triton's, read it there."""
    texts: dict[str, list[str]] = {}
    for number, line, source in cells:
        lines = texts.setdefault(cell_name(number), [])
        lines.extend("\n" for _ in range(line - 1 - len(lines)))
        lines[line - 1 :] = [f"{text}\n" for text in source.splitlines()]
    for name, lines in texts.items():
        linecache.cache[name] = (sum(map(len, lines)), None, lines, name)


def _compile(statement: Statement) -> None:
    with contextlib.suppress(*UNREADABLE):  # the fork that comes to it raises it again
        statement.code = statement.compiled()


def _read(cells: Cells, double: bool) -> Iterator[Read]:
    _show(cells)
    flags = 0
    for number, line, source in cells:
        filename = cell_name(number)
        try:
            tree = parse(source, line, filename)
        except UNREADABLE as error:
            yield error
            continue
        if double:
            precision.widen(tree, source)
        statements = []
        for node in tree.body:
            flags |= _future(node)
            statements.append(Statement(node, filename, flags))
        yield statements


def _key(cells: Cells) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(cell) for cell in cells)


def _future(node: ast.stmt) -> int:
    """The compiler flags of `from __future__ import …`: they hold for the rest of a program."""
    flags = 0
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        for alias in node.names:
            flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
    return flags


def parse(source: str, line: int, filename: str) -> ast.Module:
    """The syntax tree of a cell, with the line numbers of the file, and calls of what NumPy has dropped put right."""
    tree = ast.parse(source, filename)
    years.rewrite(tree, source)
    return ast.increment_lineno(tree, line - 1) if line > 1 else tree
