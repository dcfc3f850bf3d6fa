"""A script as cells: one, or one for each `# %%` section, so that a syntax error in one leaves the others."""

from __future__ import annotations

from autograder.errors import SubmissionRefused
from autograder.model import Cell
from autograder.submission.identify import conflict, conflict_line
from autograder.submission.magics import drop_commands
from autograder.submission.pieces import Pieces
from autograder.submission.statements import Scanner
from autograder.submission.text import Place, bidi_notes, clean, decode_script, has_code


def read_script(data: bytes, where: str) -> Pieces:
    """The pieces of a script that hold code, with notes, and what is not run. Raises SubmissionRefused."""
    text, notes = decode_script(data, where)
    text = clean(text, where)
    pieces = Pieces(notes=notes + bidi_notes(text, _place(1)))
    for line, section in _sections(text.split("\n")):
        if inside := conflict_line(section):
            what = conflict(line + inside - 1)
            pieces.notes.append(f"this file {what}; that part was not run")
            pieces.drop(section, f"stands where the file {what}")
            continue
        source, dropped = drop_commands(section, _place(line))
        pieces.notes += dropped
        if has_code(source):
            pieces.cells.append(Cell(number=0, line=line, source=source))
    if not pieces.cells:
        if marked := conflict_line(text):
            raise SubmissionRefused(f"{where} {conflict(marked)}.")
        raise SubmissionRefused(f"{where} holds no code; hand in the file that defines your functions.")
    return pieces


def _place(first: int) -> Place:
    return lambda line: f"line {first + line - 1}"


def _sections(lines: list[str]) -> list[tuple[int, str]]:
    """(first line, source) of each section. A markdown section is nothing but comments, and so is dropped later."""
    inside_block = _before_indented(lines)
    starts = [0, *(start for start in _marked(lines) if start and not inside_block[start])]
    ends = [*starts[1:], len(lines)]
    return [(start + 1, "\n".join(lines[start:end])) for start, end in zip(starts, ends, strict=True)]


def _marked(lines: list[str]) -> list[int]:
    """The indices of the lines that are markers: those outside strings, or all if a string is never closed."""
    markers = [index for index, line in enumerate(lines) if _is_marker(line)]
    if not markers:
        return []
    scanner = Scanner()
    quoted = []
    for line in lines:
        quoted.append(scanner.quoted)
        scanner.feed(line)
    return markers if scanner.quoted else [index for index in markers if not quoted[index]]


def _is_marker(line: str) -> bool:
    """`# %%`, alone or with a title behind it; `# %%time` is a magic that jupytext commented out."""
    if not line.startswith("#"):
        return False
    mark = line[1:].lstrip(" \t")
    return mark.startswith("%%") and mark.lstrip("%")[:1] in ("", " ", "\t")


def _before_indented(lines: list[str]) -> list[bool]:
    """For each line, whether the code that follows is indented: a marker there is a comment inside a block."""
    found = []
    indented = False
    for line in reversed(lines):
        if has_code(line):
            indented = line[0] in " \t"
        found.append(indented)
    return found[::-1]
