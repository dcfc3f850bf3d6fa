"""What a test cell shows: the report of one entry point as text and as HTML, and the points as a plain float.

The HTML has no class, style sheet or script: notebooks, JupyterLab's sanitizer and nbgrader's pages keep no style but
inline ones. Colours are set on tags that bring their own background, everything else inherits, so that it reads in
light and in dark. Every string passes `visible` and then HTML escaping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from autograder.model import CheckResult, Verdict, Visibility
from autograder.reports.digest import (
    GLYPHS,
    MEANING,
    Cause,
    Part,
    case_lines,
    check_name,
    count_of,
    heat_of,
    names,
    part,
)
from autograder.reports.text import clipped, one_line, points
from autograder.score import total

_BRIEF = (Verdict.MISSING, Verdict.SKIPPED)  # nothing was computed, so there is nothing to lay out
TEXT_LIMIT = 20_000  # characters of one cell's report; a class of such notebooks must still open in a browser
_WIDTH = 200

# White on these is at least 4.5:1 (WCAG 2.1, AA), and they stand out from a white and from a black page.
_INK = {
    Verdict.PASS: "#12784f",
    Verdict.MISSING: "#8a5d00",
    Verdict.SKIPPED: "#5f6670",
    Verdict.TIMEOUT: "#8138a0",
    Verdict.MEMORY: "#8138a0",
    Verdict.GRADER_ERROR: "#0b6478",
}
_WRONG = "#b3362a"
_BOX = "font-family:system-ui,sans-serif;font-size:14px;line-height:1.5;text-align:left"
_TAG = "color:#fff;background:{};border-radius:4px;padding:1px 7px;font-size:12px;font-weight:600;white-space:nowrap"
_BLOCK = "margin:2px 0 2px 18px;overflow-wrap:anywhere"
_MONO = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;white-space:pre-wrap;" + _BLOCK
_QUIET = "opacity:.75"
# From right to furthest off, and not a number: one hue that gets stronger, for eyes that tell few colours apart; the
# text has a character for each.
_HEAT = ("transparent", "#f2c38b", "#e2812f", "#b4450a", "#6b4fa0")
_SHADES = "·░▒█?"


def outputs(results: Sequence[CheckResult], sentences: Mapping[str, str], count: int) -> list[dict[str, Any]]:
    """The outputs of the test cell of one entry point, as nbformat has them: the report, then what nbgrader reads."""
    found = part(results[0].entry_point, results)
    value = {"text/plain": repr(float(total(results)[0]))}  # rounded as the cell's maximum is: nbgrader allows no more
    return [
        display(entry_text(found, sentences), entry_html(found, sentences)),
        {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": value},
    ]


def display(text: str, html: str) -> dict[str, Any]:
    """A notebook output that shows `html`, or `text` where there is no browser."""
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": text, "text/html": html}}


def entry_text(part: Part, sentences: Mapping[str, str], remarks: Iterable[str] = ()) -> str:
    """The report of one entry point in plain lines."""
    lines = [f"{one_line(part.name, 80)}: {points(part.points)} of {points(part.max_points)} points"]
    if part.unwritten:
        lines.append(f"  {GLYPHS[Verdict.MISSING]} {one_line(part.causes[0].shown.message)}")
    for cause in () if part.unwritten else part.causes:
        verdict = cause.shown.verdict
        lines.append(f"  {GLYPHS[verdict]} {verdict:<8} {_scored(cause):>7}  {names(cause)}")
        for name, value in _details(cause, sentences):
            lines += [f"      {line}" for line in f"{name + ': ' if name else ''}{value}".split("\n")]
        lines += [f"      {line}" for line in _heat_text(cause)]
        lines += [f"      again: {command}" for command in _again(cause)]
    lines += [f"  {GLYPHS[Verdict.PASS]} {line}" for line in _passed(part)]
    lines += [one_line(remark) for remark in remarks]
    return clipped("\n".join(lines), TEXT_LIMIT)


def entry_html(part: Part, sentences: Mapping[str, str], remarks: Iterable[str] = ()) -> str:
    """The same as a piece of HTML."""
    rows = [
        f"<div><strong>{_safe(part.name, 80)}</strong> {points(part.points)} of {points(part.max_points)} points</div>"
    ]
    room = TEXT_LIMIT
    if part.unwritten:
        message = _safe(part.causes[0].shown.message)
        rows.append(f'<div style="margin-top:6px">{_tag(Verdict.MISSING)} {message}</div>')
    for cause in () if part.unwritten else part.causes:
        tag = _tag(cause.shown.verdict)
        scored = f'<span style="{_QUIET}">{_scored(cause)}</span>'
        rows.append(f'<div style="margin-top:6px">{tag} {_names_html(cause)} {scored}</div>')
        for name, value in _details(cause, sentences):
            room -= len(value)
            if room > 0:
                rows.append(_detail(name, value))
        if room > 0:
            rows += [*_heat_html(cause), *map(_repeat, _again(cause))]
    rows += [f'<div style="margin-top:6px">{_tag(Verdict.PASS)} {_safe(line)}</div>' for line in _passed(part)]
    rows += [f'<div style="margin-top:6px;{_QUIET}">{_safe(remark)}</div>' for remark in remarks]
    return _boxed(rows)


def notice(title: str, lines: Sequence[str]) -> dict[str, Any]:
    """An output that says something of the whole notebook."""
    rows = [
        f"<div><strong>{_safe(title)}</strong></div>",
        *(f'<div style="{_BLOCK}">{_safe(line)}</div>' for line in lines),
    ]
    return display("\n".join([one_line(title), *(f"  {one_line(line)}" for line in lines)]), _boxed(rows))


def _passed(part: Part) -> Iterator[str]:
    """What passed, in a line; and what passed and pays nothing, because a check that it needs did not pass."""
    if part.passed:
        hidden = sum(r.verdict is Verdict.PASS and r.visibility is Visibility.HIDDEN for r in part.results)
        yield f"{count_of(part.passed)} passed{f', {hidden} of them hidden' if hidden else ''}"
    for result in part.results:
        if result.verdict is Verdict.PASS and result.points < result.max_points:
            scored = f"{points(result.points)}/{points(result.max_points)}"
            yield f"{one_line(check_name(result), 80)} {scored}: {one_line(result.message)}"


def _scored(cause: Cause) -> str:
    return f"{points(cause.points)}/{points(cause.max_points)}"


def _details(cause: Cause, sentences: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What there is to say of a cause, as (name, one line). Of a hidden check that is its verdict and its diagnosis."""
    result = cause.shown
    if cause.hidden:
        yield "found", MEANING[result.verdict]
    else:
        if (sentence := sentences.get(result.check)) and result.verdict not in _BRIEF:
            yield "asked", one_line(sentence)
        yield "" if result.verdict in _BRIEF else "found", one_line(result.message or MEANING[result.verdict])
    if result.diagnosis:
        yield "why", one_line(result.diagnosis.says)
    if not cause.hidden and result.verdict not in _BRIEF:
        lines = case_lines(result.counterexample, _WIDTH)
        width = max((len(name) for name, _ in lines), default=0)
        if lines:  # one line under the other, behind one label
            yield "case", "\n      ".join(f"{name:<{width}} {value}" if name else value for name, value in lines)


def _again(cause: Cause) -> Iterator[str]:
    """The command that repeats it, where one does."""
    if cause.shown.replay and not cause.hidden and cause.shown.verdict not in _BRIEF:
        yield f"autograder replay {one_line(cause.shown.replay, 2000)} FILE"


def _repeat(command: str) -> str:
    return (
        f'<details style="{_BLOCK};{_QUIET}"><summary>repeat it</summary>'
        f'<div style="{_MONO}">{escape(command)}</div></details>'
    )


def _names_html(cause: Cause) -> str:
    first, comma, others = names(cause).partition(", ")
    return f"<strong>{_safe(first, 100)}</strong>{comma}{_safe(others, 2000)}"


def _detail(name: str, value: str) -> str:
    if name == "case":
        return f'<div style="{_MONO}"><span style="{_QUIET}">case</span>  {escape(value)}</div>'
    weight = ";font-weight:600" if name == "why" else ""
    return f'<div style="{_BLOCK}{weight}"><span style="{_QUIET}">{name}</span> {escape(value)}</div>'


def _heat_text(cause: Cause) -> Iterator[str]:
    drawn = None if cause.hidden else heat_of(cause.shown.counterexample)
    if drawn:
        yield f"where: {drawn[0]} (· right, ░▒█ further and further off)"
        yield from ("  " + "".join(_SHADES[int(level)] for level in row) for row in drawn[1])


def _heat_html(cause: Cause) -> Iterator[str]:
    """Where the array is wrong: a square for each element, coloured by how far it is off."""
    drawn = None if cause.hidden else heat_of(cause.shown.counterexample)
    if drawn:
        legend = f"{_square('1')}{_square('2')}{_square('3')} further and further off, · right"
        if any("4" in row for row in drawn[1]):
            legend += f", {_square('4')} not a number"
        rows = "<br>".join("".join(map(_square, row)) for row in drawn[1])
        yield f'<div style="{_BLOCK}"><span style="{_QUIET}">where</span> {escape(drawn[0])}: {legend}</div>'
        yield f'<div style="{_MONO};line-height:1.35">{rows}</div>'


def _square(level: str) -> str:
    if level == "0":
        return f'<span style="{_QUIET}">·&nbsp;</span>'
    return f'<span style="background:{_HEAT[int(level)]}">&nbsp;&nbsp;</span>'


def _tag(verdict: Verdict) -> str:
    return f'<span style="{_TAG.format(_INK.get(verdict, _WRONG))}">{GLYPHS[verdict]} {verdict}</span>'


def _boxed(rows: Iterable[str]) -> str:
    return f'<div style="{_BOX}">{"".join(rows)}</div>'


def _safe(text: str, limit: int = 400) -> str:
    return escape(one_line(text, limit))
