"""What timed code may not bring with it: answers, weights or programs packed into its text.

Weights trained elsewhere need room: the filters of the race are 3,400 numbers, in all it has 9,200. Code written by
hand has none of the marks below; whoever needs a large table computes it.

No single literal is long, and all of them together are bounded as well, by what zlib makes of them: numbers cannot be
spread over many literals, or over names. Measured: the constants of one solution come to 10 to 250 bytes, its names to
70 to 480, its code to 200 to 1,900; those of a whole bank of variants to 450, 600 and 4,700 (docs/speed.md)."""

from __future__ import annotations

import ast
import zlib
from collections.abc import Iterable, Iterator

from autograder.model import Cell

CODE_BYTES = 24_000  # of code without comments and docstrings: the longest reference, narrative included, has 9,000
LITERAL_CHARS = 600  # of one string or number
LITERAL_ITEMS = 300  # of one list, tuple, set or dict
PACKED_BYTES = {"constants": 700, "names": 1_000, "lines": 3_000}  # of all code, compressed


def objection(cells: Iterable[Cell]) -> str | None:
    """Why the text of a submission cannot be timed, as a sentence; None when it can. Cells that are not Python count
    as nothing: they cannot run either."""
    size = 0
    trees = []
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
        trees.append(tree)
    if size > CODE_BYTES:
        return f"It has {size} bytes of code without comments; timed code has {CODE_BYTES} at most."
    for what, packed in packed_bytes(trees).items():
        if packed > PACKED_BYTES[what]:
            return (
                f"Its {what} hold {packed} bytes of information, compressed; those of timed code hold "
                f"{PACKED_BYTES[what]} at most. Leave experiments and tables out of the file that is timed."
            )
    return None


def packed_bytes(trees: Iterable[ast.Module]) -> dict[str, int]:
    """How much the constants, the names and the lines of code hold, in bytes after compression."""
    constants: list[str] = []
    names: set[str] = set()
    lines: list[str] = []
    for tree in trees:
        lines.append(ast.unparse(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                constants.append(repr(node.value))
            names.update(value for _, value in ast.iter_fields(node) if isinstance(value, str))
    found = {"constants": constants, "names": sorted(names), "lines": lines}
    return {what: len(zlib.compress("\n".join(parts).encode("utf-8", "replace"), 9)) for what, parts in found.items()}


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
