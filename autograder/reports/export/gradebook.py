"""Scores filled into the CSV that was downloaded from Canvas or Moodle: no row is ever added, no other cell changed.

Canvas: lib/gradebook_importer.rb. Moodle: the offline grading worksheet of an assignment, or a gradebook export."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from autograder.errors import AutograderError
from autograder.model import GradeReport
from autograder.reports import digest
from autograder.reports.text import points, spreadsheet
from autograder.score import grader_failed
from autograder.text import hint

ROSTER = ("id", "name", "email", "section")
# The columns by which each system tells its students apart, in the order in which they are tried.
KEYS = {
    "canvas": ("SIS User ID", "SIS Login ID", "ID", "Student"),
    "moodle": ("Identifier", "ID number", "Email address", "Username", "Full name"),
}


@dataclass(frozen=True)
class Person:
    """A line of the roster. `id` is what a submission is called."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(normal(key) for key in (self.id, self.email, self.name) if key))


@dataclass(frozen=True)
class Filled:
    """The file with scores in it, and what could not be matched: submissions without a row, and the reverse."""

    text: str
    filled: int
    without_row: tuple[str, ...] = ()
    without_submission: tuple[str, ...] = ()
    column: str = ""


@dataclass(frozen=True)
class Book:
    """A downloaded CSV: its header, its rows, and where what we need stands."""

    system: Literal["canvas", "moodle"]
    header: list[str]
    rows: list[list[str]]
    delimiter: str
    keys: tuple[int, ...]
    bom: bool = field(default=False)

    @classmethod
    def read(cls, system: Literal["canvas", "moodle"], text: str) -> Book:
        """Read a file downloaded from `system`; AutograderError where it is not one."""
        bom = text.startswith("\ufeff")
        text = text.removeprefix("\ufeff")
        delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
        try:
            lines = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]
        except csv.Error as error:
            raise AutograderError(f"The gradebook is not a CSV file ({error}); download it again.") from None
        header = [cell.strip() for cell in lines[0]] if lines else []
        keys = tuple(header.index(name) for name in KEYS[system] if name in header)
        if not keys or (system == "canvas" and "Student" not in header):
            wanted = ", ".join(KEYS[system])
            raise AutograderError(
                f"This is not a gradebook from {system.title()}: its header has none of the columns {wanted}."
                if header
                else "The gradebook is empty; download it again."
            )
        return cls(system, header, [row + [""] * (len(header) - len(row)) for row in lines[1:]], delimiter, keys, bom)

    def students(self) -> list[int]:
        """The rows that are of students: Canvas keeps a row of points possible, and may keep a test student."""
        return [
            number
            for number, row in enumerate(self.rows)
            if not _of_points(row) and any(row[key].strip() for key in self.keys)
        ]

    def write(self) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n").writerows([self.header, *self.rows])
        return ("\ufeff" if self.bom else "") + out.getvalue()


def read_roster(text: str) -> list[Person]:
    """The people in a CSV with the columns id, name, email and section (the first is required).

    Raises AutograderError for a missing column, an empty id, and an id that stands twice."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    names = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
    if "id" not in names:
        raise AutograderError(f"The roster needs a column id; its columns are {', '.join(names) or 'none'}.")
    people = []
    for row in reader:
        values = {key: (row.get(names[key]) or "").strip() for key in ROSTER if key in names}
        if not values["id"]:
            raise AutograderError(f"Line {reader.line_num} of the roster has no id.")
        people.append(Person(**values))
    seen: set[str] = set()
    for person in people:
        if normal(person.id) in seen:
            raise AutograderError(f"The roster has the id {person.id} twice; each student needs one of their own.")
        seen.add(normal(person.id))
    return people


def fill(
    book: Book,
    reports: Sequence[GradeReport],
    roster: Sequence[Person] = (),
    *,
    column: str | None = None,
    scale: bool = False,
) -> Filled:
    """`book` with the scores of `reports`, which are of one assignment, in the column for it.

    A submission belongs to the row that has its id, or the id, email or name of its line in the roster, in one of the
    columns that tell students apart. Where two rows, or two submissions, fit, none is filled, nor where the grader
    failed. With `scale` scores are scaled to the points of the gradebook where they differ; without it that is an
    AutograderError."""
    where, grade, feedback = _columns(book, reports[0], column)
    rows = _rows_by_key(book)
    people = {normal(person.id): person for person in roster}
    matched: dict[int, list[GradeReport]] = {}
    without_row = []
    for report in reports:
        row = _row_of(report, rows, people)
        if row is None:
            without_row.append(report.submission.id)
        else:
            matched.setdefault(row, []).append(report)
    result = Book(book.system, book.header, [list(row) for row in book.rows], book.delimiter, book.keys, book.bom)
    filled, broken = 0, set()
    for number, found in matched.items():
        if len(found) > 1:
            without_row += [report.submission.id for report in found]
            continue
        if grader_failed(found[0].results):  # no score is better than a wrong one
            broken.add(number)
            continue
        cells = result.rows[number]
        cells[grade] = points(_scaled(found[0], _possible(book, cells, grade), scale))
        if feedback is not None:
            cells[feedback] = spreadsheet(digest.first_to_mend(digest.to_mend(digest.parts(found[0]))))
        filled += 1
    left = [_who(book, number) for number in book.students() if len(matched.get(number, ())) != 1 or number in broken]
    return Filled(result.write(), filled, tuple(sorted(without_row)), tuple(left), where)


def normal(text: str) -> str:
    """A name or id for comparison: no case, accents, or punctuation, and the parts of "Last, First" in order."""
    # Unicode's compatibility caseless matching (chapter 3.13): NFKC first, for 𝗔 has no lower case of its own
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    if "@" in plain:
        return plain.strip()
    last, _, first = plain.partition(",")
    return "".join(c for c in first + last if c.isalnum())


def _columns(book: Book, report: GradeReport, column: str | None) -> tuple[str, int, int | None]:
    if book.system == "moodle" and column is None and "Grade" in book.header:
        feedback = book.header.index("Feedback comments") if "Feedback comments" in book.header else None
        return "Grade", book.header.index("Grade"), feedback
    wanted = normal(re.sub(r"\(\d+\)$", "", column or report.assignment.id))
    exact = [name for name in book.header if name == column]
    # Canvas adds a number, "Convolution (4711)"; Moodle puts the kind before it, "Assignment: Convolution (Real)"
    titles = {name: normal(re.sub(r"^\w+:|\((\d+|Real)\)$", "", name).strip()) for name in book.header}
    found = exact or [name for name, title in titles.items() if title == wanted]
    if len(found) != 1:
        what = "several columns" if found else "no column"
        name = column or report.assignment.id
        meant = hint(name, book.header, otherwise="its columns are {}.")
        raise AutograderError(f"The gradebook has {what} for {name}; name it with --column: {meant}")
    return found[0], book.header.index(found[0]), None


def _rows_by_key(book: Book) -> dict[str, set[int]]:
    rows: dict[str, set[int]] = {}
    for number in book.students():
        for key in book.keys:
            if value := normal(book.rows[number][key]):
                rows.setdefault(value, set()).add(number)
    return rows


def _row_of(report: GradeReport, rows: Mapping[str, set[int]], people: Mapping[str, Person]) -> int | None:
    person = people.get(normal(report.submission.id))
    keys = person.keys if person else (normal(report.submission.id),)
    for key in keys:
        found = rows.get(key, set())
        if len(found) == 1:
            return next(iter(found))
    return None


def _possible(book: Book, row: Sequence[str], grade: int) -> float | None:
    """The most points that the gradebook has for the column, where it says so."""
    if book.system == "moodle":
        return _number(row[book.header.index("Maximum grade")]) if "Maximum grade" in book.header else None
    for line in book.rows:
        if _of_points(line):
            return _number(line[grade])
    return None


def _of_points(row: Sequence[str]) -> bool:
    """Whether this is Canvas's row of the most points of each column."""
    return row[0].strip().startswith("Points Possible")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _scaled(report: GradeReport, possible: float | None, scale: bool) -> float:
    if possible is None or possible == report.max_score or not report.max_score:
        return report.score
    if not scale:
        raise AutograderError(
            f"The gradebook counts {points(possible)} points and the assignment {points(report.max_score)}; "
            "change one of them, or scale the scores with --scale."
        )
    return report.score / report.max_score * possible


def _who(book: Book, number: int) -> str:
    names = [name for name in ("Student", "Full name", "Email address", "Identifier") if name in book.header]
    return book.rows[number][book.header.index(names[0])] if names else book.rows[number][book.keys[0]]
