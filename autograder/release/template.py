"""Solutions out of a reference, and proof that they are out.

A region between `### BEGIN SOLUTION` and `### END SOLUTION` becomes one line that raises NotImplementedError. Markers
are found wherever their words stand in a line, as nbgrader finds them, so that both release the same.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.model import Assignment

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
CELL_MARK = re.compile(r"#\s*%%")
TELLING = 12  # characters; shorter lines, such as `return out`, say nothing of a solution


@dataclass(frozen=True)
class Region:
    """A solution: the indices of its two marker lines, and the function that it stands in."""

    begin: int
    end: int
    function: str


def cut(source: str) -> str:
    """`source`, which has no `problems`, with a stub in place of each solution."""
    lines = source.split("\n")
    for region in reversed(_regions(source)):
        indent = re.match(r"\s*", lines[region.begin])
        stub = f'{indent[0] if indent else ""}raise NotImplementedError("{region.function} is not written yet")'
        lines[region.begin : region.end + 1] = [stub]
    return "\n".join(lines)


def problems(source: str, entry_points: Iterable[str]) -> list[str]:
    """What keeps `source`, a reference, from being released, each in a sentence."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"line {error.lineno}: this is not Python: {error.msg}"]
    lines = source.split("\n")
    found = [*_marker_problems(lines), *_cell_problems(lines, tree)]  # regions mean something only without these
    return found or [*_region_problems(source, tree)] or [*_entry_point_problems(source, tree, entry_points)]


def leaks(assignment: Assignment, files: Mapping[str, bytes]) -> list[str]:
    """Solution lines of the reference that stand in a released file, each in a sentence; lines that the reference also
    shows outside its solutions are not secret."""
    source = Path(assignment.reference).read_text(encoding="utf-8")
    inside, outside = _inside_and_outside(source)
    secrets = {squeezed: line for line in inside if len(squeezed := _squeeze(line)) >= TELLING}
    shown = _squeeze(outside)
    secrets = {squeezed: line for squeezed, line in secrets.items() if squeezed not in shown}
    return [
        f"{name} shows a line of the solution: {line.strip()}"
        for name, content in sorted(files.items())
        for text in [_squeeze("\n".join(_texts(name, content)))]
        for squeezed, line in secrets.items()
        if squeezed in text
    ]


# ── markers ────────────────────────────────────────────────────────────────────────────────────


def _marker_problems(lines: list[str]) -> Iterator[str]:
    begun = 0
    for number, line in enumerate(lines, start=1):
        if BEGIN in line:
            if begun:
                yield f"line {number}: {BEGIN} inside the solution that begins in line {begun}; end that one first"
            begun = number
        elif END in line:
            if not begun:
                yield f"line {number}: {END} without {BEGIN}; add the marker that begins the solution, or remove this"
            begun = 0
    if begun:
        yield f"line {begun}: {BEGIN} without {END}; add `### {END}` behind the solution"


def _cell_problems(lines: list[str], tree: ast.Module) -> Iterator[str]:
    """Cell marks inside a statement: jupytext keeps them in a string, other readers of the script do not."""
    for statement in tree.body:
        for number in range(statement.lineno + 1, (statement.end_lineno or statement.lineno) + 1):
            if CELL_MARK.match(lines[number - 1]):
                yield f"line {number}: `# %%` inside a function or string begins a new cell; indent it or reword it"


def _region_problems(source: str, tree: ast.Module) -> Iterator[str]:
    for region in _regions(source):
        if not region.function:
            yield f"line {region.begin + 1}: this solution is in no function; put its markers inside a function"
            return
    try:
        left = ast.parse(cut(source))
    except SyntaxError as error:
        yield f"without its solutions this is not Python ({error.msg}); indent the markers like the code between them"
        return
    for name in [name for name, _ in _functions(tree, "") if name not in dict(_functions(left, ""))]:
        yield f"{name} stands inside the solution of another function; end that one before it"


def _entry_point_problems(source: str, tree: ast.Module, entry_points: Iterable[str]) -> Iterator[str]:
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    solved = {region.function.split(".")[0] for region in _regions(source)}
    for name in entry_points:
        if name not in defined:
            yield f"entry point {name} is not defined; write it here, or take it out of assignment.toml"
        elif name not in solved:
            yield f"entry point {name} has no solution region; put `### {BEGIN}` and `### {END}` around its solution"


def _regions(source: str) -> list[Region]:
    if BEGIN not in source:
        return []
    lines = source.split("\n")
    begins = [index for index, line in enumerate(lines) if BEGIN in line]
    ends = [index for index, line in enumerate(lines) if END in line]
    functions = list(_functions(ast.parse(source), ""))
    return [
        Region(
            begin, end, next((name for name, node in functions if node.lineno <= begin < (node.end_lineno or 0)), "")
        )
        for begin, end in zip(begins, ends, strict=True)
    ]


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods by dotted name; not the functions inside them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield f"{prefix}{child.name}", child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")


# ── leaks ──────────────────────────────────────────────────────────────────────────────────────


def _inside_and_outside(source: str) -> tuple[list[str], str]:
    lines = source.split("\n")
    inside: list[str] = []
    outside = list(lines)
    for region in reversed(_regions(source)):
        inside[:0] = lines[region.begin + 1 : region.end]
        del outside[region.begin : region.end + 1]
    return inside, "\n".join(outside)


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _texts(name: str, content: bytes) -> Iterator[str]:
    """Every piece of text in a file: all strings of a notebook, whatever holds them."""
    text = content.decode("utf-8")
    yield text
    if name.endswith(".ipynb"):
        yield from _strings(json.loads(text))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
