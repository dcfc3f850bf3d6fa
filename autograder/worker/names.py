"""The names at a submission's top level: which a failed statement would have bound, and what entry points became."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

# A body of its own has names of its own.
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
KINDS: tuple[tuple[type, str], ...] = (
    (np.ndarray, "an array"), (np.generic, "a number"), (bool, "a truth value"), (int, "a number"),
    (float, "a number"), (complex, "a number"), (str, "a text"), (tuple, "a tuple"), (list, "a list"), (dict, "a dict"),
    (type(None), "None"),
)  # fmt: skip


class Names:
    """Follows the names of `namespace`, statement by statement."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.lost: dict[str, dict[str, Any]] = {}
        self._bound: dict[str, tuple[Any, dict[str, Any]]] = {}
        self._functions: set[str] = set()
        self._watched: tuple[str, ...] = ()

    def watch(self, names: Sequence[str]) -> None:
        """Remember which statement binds each of `names`."""
        self._watched = tuple(names)

    def follow(self, number: int, line: int) -> None:
        """Take in what the statement on `line` of cell `number` has bound."""
        for name in self._watched:
            if name in self.namespace and (value := self.namespace[name]) is not self._bound.get(name, (self,))[0]:
                self._bound[name] = value, {"cell": number, "line": line, "again": name in self._functions}
                if callable(value):
                    self._functions.add(name)

    def lose(self, statement: ast.stmt, failure: dict[str, Any]) -> None:
        """Remember that `statement` failed before it bound all its names."""
        for name in bound_names(statement):
            if name not in self.namespace:
                self.lost[name] = failure

    def fault(self, name: str) -> dict[str, Any] | None:
        """Why nothing can be called under `name`: a value that is not a function, or a statement that failed."""
        if name in self.namespace:
            kind = next((word for kind, word in KINDS if isinstance(self.namespace[name], kind)), None)
            return {"kind": kind or type(self.namespace[name]).__name__[:60], **self._bound.get(name, (None, {}))[1]}
        return self.lost.get(name)


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """Names that `statement` binds where it stands, in whatever block of it."""
    queue: list[ast.AST] = [statement]
    while queue:
        node = queue.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if not isinstance(node, SCOPES):
            queue += ast.iter_child_nodes(node)
