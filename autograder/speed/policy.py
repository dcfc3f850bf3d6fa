"""What timed code may not bring with it: answers, weights or programs packed into its text.

Weights trained elsewhere need room: the network of the race has tens of thousands. Code written by hand has none of the
marks below; whoever needs a large table computes it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from autograder.model import Cell

CODE_BYTES = 24_000  # of code without comments and docstrings: the longest reference, narrative included, has 9,000
LITERAL_CHARS = 600  # of one string or number
LITERAL_ITEMS = 300  # of one list, tuple, set or dict


def objection(cells: Iterable[Cell]) -> str | None:
    """Why the text of a submission cannot be timed, as a sentence; None when it can. Cells that are no Python count as
    nothing: they cannot run either."""
    size = 0
    for cell in cells:
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in list(ast.walk(tree)):
            _drop_docstring(node)
        if found := next(_packed(tree), None):
            node, what = found
            where = f"cell {cell.number}, line {node.lineno}" if cell.number else f"line {cell.line + node.lineno - 1}"
            return (
                f"{where[0].upper()}{where[1:]} holds {what}; timed code computes its tables instead of carrying them."
            )
        size += len(ast.unparse(tree).encode())
    if size > CODE_BYTES:
        return f"It has {size} bytes of code without comments; timed code has {CODE_BYTES} at most."
    return None


def _drop_docstring(node: ast.AST) -> None:
    if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        # any string that stands alone, as it does nothing: old habits comment code out with one
        kept = [part for part in node.body if not _is_text(part)]
        node.body[:] = kept or [ast.Pass()]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _packed(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _length(node.value) > LITERAL_CHARS:
            yield node, f"a literal of {_length(node.value)} characters"
        if isinstance(node, ast.List | ast.Tuple | ast.Set) and len(node.elts) > LITERAL_ITEMS:
            yield node, f"a literal of {len(node.elts)} items"
        if isinstance(node, ast.Dict) and len(node.keys) > LITERAL_ITEMS:
            yield node, f"a literal of {len(node.keys)} items"


def _length(value: object) -> int:
    if isinstance(value, int):
        return value.bit_length() // 3  # about its decimal digits, which Python refuses to print beyond 4300
    return len(value) if isinstance(value, str | bytes) else len(repr(value))
