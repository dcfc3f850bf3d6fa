"""One report on a terminal: what to mend first, first."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.model import Assignment, CheckResult, GradeReport, Verdict
from autograder.reports import digest
from autograder.reports.class_table import render_class
from autograder.reports.digest import Cause, Part
from autograder.reports.ink import COLOURS, Ink, Sheet, make_console, say
from autograder.reports.text import one_line, points, visible

__all__ = ["make_console", "render_class", "render_report"]

_QUIET = "bright_black"
_TOKEN = re.compile(r"[\w-]+", re.ASCII)  # nothing that a shell would read otherwise
_BRIEF = (Verdict.MISSING, Verdict.SKIPPED)  # nothing was computed, so there is nothing to lay out
_PRINTED = 20  # lines of what an entry point printed
_LABEL = 6  # the widest of asked, found, why, case


def render_report(
    report: GradeReport,
    assignment: Assignment | None = None,
    sentences: Mapping[str, str] | None = None,
    *,
    file: str = "FILE",
    program: str = "autograder",
    printed: bool = False,
) -> RenderableType:
    """One submission as its student reads it: score, what to mend (one block a cause), what is missing, what is right.

    `sentences` says for each check id what is asked; the replay command runs `program`, a command line, on `file`, and
    is left out where there is none. With `printed` what the code printed is shown. Of a hidden check only the verdict
    and the diagnosis are shown."""
    if reason := digest.unread(report):
        return Sheet(lambda ink, width: _unread(report, reason, assignment, ink))
    every = digest.parts(report, assignment)
    mend = digest.to_mend(every)
    unwritten = [part for part in every if part.unwritten]

    def draw(ink: Ink, width: int) -> Iterator[RenderableType]:
        yield from _header(report, assignment, ink)
        for part in mend:
            if part not in unwritten:
                yield Text()
                yield from _part(part, sentences or {}, ink)
        if unwritten or len(mend) < len(every):
            yield Text()
        if unwritten:
            yield _unwritten(unwritten, ink)
        yield from (_passed(part, ink) for part in every if not part.causes)
        if printed:
            yield from _printed(report)
        yield from _footer(report, ink)
        if program:
            yield from _replay(mend, f"{program} replay", file, width)

    return Sheet(draw)


def _unread(report: GradeReport, reason: str, assignment: Assignment | None, ink: Ink) -> Iterator[RenderableType]:
    """A submission that could not be read: the reason once, since it is that of every check."""
    yield from _header(report, assignment, ink)
    yield Text()
    label = Text.assemble(ink.glyph(Verdict.UNREADABLE, bold=True), (f" {Verdict.UNREADABLE}", "bold red"))
    yield Text.assemble(label, "  ", say(one_line(reason)))
    yield from _footer(report, ink)


def _header(report: GradeReport, assignment: Assignment | None, ink: Ink) -> Iterator[RenderableType]:
    title = assignment.title if assignment else report.assignment.id
    yield Text.assemble(say(one_line(title), "bold"), (f" {ink.dot} ", _QUIET), say(one_line(report.submission.id, 80)))
    share = report.score / report.max_score if report.max_score else 0.0
    score = f"  {points(report.score)} of {points(report.max_score)} points"
    yield Text.assemble(ink.bar(share, 40), (score, "bold"), (f"  {100 * share:.0f} %", _QUIET))
    if faults := sum(result.verdict is Verdict.GRADER_ERROR for result in report.results):
        yield Text()
        fault = (
            f"The grader itself failed on {digest.count_of(faults)}. This costs no points; please tell the instructor."
        )
        yield Text(fault, "bold cyan")
    if report.notes:
        yield Text()
        yield from (_row(Text("note", "yellow"), say(one_line(note)), 0) for note in report.notes)


def _part(part: Part, sentences: Mapping[str, str], ink: Ink) -> Iterator[RenderableType]:
    name = Text.assemble(ink.glyph(part.verdict, bold=True), " ", say(one_line(part.name, 80), "bold"))
    yield _scored(name, part.points, part.max_points, "bold")
    said: set[str] = set()
    for cause in part.causes:
        yield _headline(cause, ink)
        yield from _cause(cause, sentences, said)
    for result in part.results:
        if result.verdict is Verdict.PASS and result.points < result.max_points:
            yield _unpaid(result, ink)
    if part.passed:
        yield Text.assemble("  ", ink.glyph(Verdict.PASS), (f" {digest.count_of(part.passed)} passed", _QUIET))


def _unpaid(result: CheckResult, ink: Ink) -> RenderableType:
    """A check that passed and pays nothing yet, because one that it needs did not."""
    line = Text.assemble(
        "  ", ink.glyph(result.verdict), f" {result.verdict} ", say(one_line(digest.check_name(result), 80))
    )
    return _scored(line + say(f"  {one_line(result.message)}", _QUIET), result.points, result.max_points)


def _cause(cause: Cause, sentences: Mapping[str, str], said: set[str]) -> Iterator[RenderableType]:
    """What is asked, what was found, why, and the smallest case; `said` are the diagnoses that stand above."""
    shown = cause.shown
    if not cause.hidden and shown.verdict not in _BRIEF:
        if sentence := sentences.get(shown.check):
            yield _row(Text("asked", _QUIET), say(one_line(sentence)))
        if shown.message:
            yield _row(Text("found", _QUIET), say(one_line(shown.message)))
    if shown.diagnosis and shown.diagnosis.mistake not in said:
        said.add(shown.diagnosis.mistake)
        yield _row(Text("why", "bold yellow"), say(one_line(shown.diagnosis.says), "bold yellow"))
    if shown.counterexample and not cause.hidden and shown.verdict not in _BRIEF:
        yield _row(Text("case", _QUIET), _case(digest.case_lines(shown.counterexample)))


def _headline(cause: Cause, ink: Ink) -> RenderableType:
    """Verdict, check, points; and in the same line the reason, where it is all that can be said."""
    shown = cause.shown
    line = Text.assemble("  ", ink.glyph(shown.verdict), (f" {shown.verdict} ", COLOURS[shown.verdict]))
    line.append_text(say(digest.names(cause)))
    if cause.hidden:
        line.append(f"  {digest.MEANING[shown.verdict]}", _QUIET)
    elif shown.verdict in _BRIEF:
        line.append_text(say(f"  {one_line(shown.message)}", _QUIET))
    return _scored(line, cause.points, cause.max_points)


def _case(lines: Sequence[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in lines:
        if name:
            grid.add_row(say(name, "cyan"), _compared(say(value)))
    unnamed = [say(value) for name, value in lines if not name]
    return Group(*unnamed, grid)


def _compared(value: Text) -> Text:
    value.highlight_regex(r"^yours \S+", "red")
    value.highlight_regex(r"expected \S+", "green")
    return value


def _unwritten(unwritten: Sequence[Part], ink: Ink) -> RenderableType:
    names = ", ".join(f"{'then ' if part.waits else ''}{one_line(part.name, 80)}" for part in unwritten)
    line = Text.assemble(
        ink.glyph(Verdict.MISSING, bold=True), (" not written yet, in this order  ", "yellow"), say(names)
    )
    return _scored(line, sum(part.points for part in unwritten), sum(part.max_points for part in unwritten))


def _passed(part: Part, ink: Ink) -> RenderableType:
    line = Text.assemble(ink.glyph(Verdict.PASS, bold=True), " ", say(one_line(part.name, 80)))
    return _scored(line + Text(f"  {digest.count_of(part.passed)} passed", _QUIET), part.points, part.max_points)


def _footer(report: GradeReport, ink: Ink) -> Iterator[RenderableType]:
    weak = digest.weak_spots(report)
    held = f"not enforced: {', '.join(weak)}" if weak else "all guarantees enforced"
    level = f"isolation {report.isolation.level}"
    facts = (f"{report.wall_s:.1f} s", level, held, digest.versions([report]))
    yield Text()
    yield say(one_line(f" {ink.dot} ".join(filter(None, facts))), _QUIET)


def _printed(report: GradeReport) -> Iterator[RenderableType]:
    """What the code printed, the first lines of each entry point: those of the top level first."""
    for name, words in report.printed.items():
        lines = [one_line(line, 200) for line in words.rstrip("\n").split("\n")]
        yield Text()
        yield say(f"printed by {one_line(name, 80)}" if name else "printed while the file was loaded", _QUIET)
        for line in lines[:_PRINTED]:
            yield say(f"    {line}")
        if len(lines) > _PRINTED:
            yield say(f"    … and {len(lines) - _PRINTED} more lines", _QUIET)


def _replay(mend: Sequence[Part], command: str, file: str, width: int) -> Iterator[RenderableType]:
    """The command for the first failure alone: a token takes three lines, and one bug is mended at a time."""
    failures = [
        cause.shown for part in mend for cause in part.causes if not (cause.hidden or cause.shown.verdict in _BRIEF)
    ]
    for shown in [shown for shown in failures if _TOKEN.fullmatch(shown.replay or "")][:1]:
        yield Text()
        yield say(f"To repeat {one_line(shown.check, 80)}:", _QUIET)
        yield Text(_command(f"{command} {shown.replay}", file, width), _QUIET)


def _command(command: str, file: str, width: int) -> str:
    """The command in lines of at most `width`, each break behind a backslash, so that it pastes as it stands."""
    step = width - 1
    lines = [command[i : i + step] for i in range(0, len(command), step)]
    name = f" {shlex.quote(visible(file))}"
    if len(lines[-1]) + len(name) <= width:
        lines[-1] += name
    elif len(name) <= width:
        lines.append(name)
    else:
        lines += _escaped(visible(file), step)
    return "\\\n".join(lines)


def _escaped(name: str, step: int) -> list[str]:
    """` name` in pieces of at most `step` characters, what the shell would read otherwise behind a backslash: within
    quotes a line cannot be broken."""
    pieces = [" "]
    for character in name:
        written = re.sub(r"[^\w@%+=:,./-]", r"\\\g<0>", character)
        if len(pieces[-1]) + len(written) > step:
            pieces.append("")
        pieces[-1] += written
    return pieces


def _row(label: Text, body: RenderableType, indent: int = 4) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=_LABEL, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(label, body)
    return Padding(grid, (0, 0, 0, indent))


def _scored(line: Text, earned: float, possible: float, style: str = "") -> RenderableType:
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(line, Text(f"{points(earned)} / {points(possible)}", style or _QUIET))
    return grid
