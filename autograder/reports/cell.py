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
from autograder.reports.digest import GLYPHS, MEANING, Part, case_lines, check_name
from autograder.reports.text import clipped, one_line, points
from autograder.score import total

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


def outputs(results: Sequence[CheckResult], sentences: Mapping[str, str], count: int) -> list[dict[str, Any]]:
    """The outputs of the test cell of one entry point, as nbformat has them: the report, then what nbgrader reads."""
    part = Part(results[0].entry_point, tuple(results), ())
    value = {"text/plain": repr(float(total(results)[0]))}  # rounded as the cell's maximum is: nbgrader allows no more
    return [
        display(entry_text(part, sentences), entry_html(part, sentences)),
        {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": value},
    ]


def display(text: str, html: str) -> dict[str, Any]:
    """A notebook output that shows `html`, or `text` where there is no browser."""
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": text, "text/html": html}}


def entry_text(part: Part, sentences: Mapping[str, str], remarks: Iterable[str] = ()) -> str:
    """The report of one entry point in plain lines."""
    lines = [f"{one_line(part.name, 80)}: {points(part.points)} of {points(part.max_points)} points"]
    for result in part.results:
        scored = f"{points(result.points)}/{points(result.max_points)}"
        lines.append(f"  {GLYPHS[result.verdict]} {result.verdict:<8} {scored:>7}  {one_line(check_name(result), 80)}")
        lines += [f"      {name + ': ' if name else ''}{value}" for name, value in _details(result, sentences)]
    lines += [one_line(remark) for remark in remarks]
    return clipped("\n".join(lines), TEXT_LIMIT)


def entry_html(part: Part, sentences: Mapping[str, str], remarks: Iterable[str] = ()) -> str:
    """The same as a piece of HTML."""
    rows = [
        f"<div><strong>{_safe(part.name, 80)}</strong> {points(part.points)} of {points(part.max_points)} points</div>"
    ]
    room = TEXT_LIMIT
    for result in part.results:
        rows.append(
            f'<div style="margin-top:6px">{_tag(result.verdict)} <strong>{_safe(check_name(result), 80)}</strong> '
            f'<span style="{_QUIET}">{points(result.points)}/{points(result.max_points)}</span></div>'
        )
        for name, value in _details(result, sentences):
            room -= len(value)
            if room > 0:
                rows.append(_detail(name, value))
    rows += [f'<div style="margin-top:6px;{_QUIET}">{_safe(remark)}</div>' for remark in remarks]
    return _boxed(rows)


def notice(title: str, lines: Sequence[str]) -> dict[str, Any]:
    """An output that says something of the whole notebook."""
    rows = [
        f"<div><strong>{_safe(title)}</strong></div>",
        *(f'<div style="{_BLOCK}">{_safe(line)}</div>' for line in lines),
    ]
    return display("\n".join([one_line(title), *(f"  {one_line(line)}" for line in lines)]), _boxed(rows))


def _details(result: CheckResult, sentences: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What there is to say of a check, as (name, one line). Of a hidden one that is its verdict and its diagnosis."""
    hidden = result.visibility is Visibility.HIDDEN
    if result.verdict is Verdict.PASS:
        return
    if hidden:
        yield "found", MEANING[result.verdict]
    else:
        if sentence := sentences.get(result.check):
            yield "asked", one_line(sentence)
        yield "found", one_line(result.message or MEANING[result.verdict])
    if result.diagnosis:
        yield "why", one_line(result.diagnosis.says)
    if not hidden:
        yield from (("case", f"{name} {value}".strip()) for name, value in case_lines(result.counterexample, _WIDTH))
        if result.replay:
            yield "again", f"autograder replay {one_line(result.replay, 2000)} FILE"


def _detail(name: str, value: str) -> str:
    if name == "again":
        return (
            f'<details style="{_BLOCK};{_QUIET}"><summary>repeat it</summary>'
            f'<div style="{_MONO}">{escape(value)}</div></details>'
        )
    if name == "case":
        return f'<div style="{_MONO}">{escape(value)}</div>'
    weight = ";font-weight:600" if name == "why" else ""
    return f'<div style="{_BLOCK}{weight}"><span style="{_QUIET}">{name}</span> {escape(value)}</div>'


def _tag(verdict: Verdict) -> str:
    return f'<span style="{_TAG.format(_INK.get(verdict, _WRONG))}">{GLYPHS[verdict]} {verdict}</span>'


def _boxed(rows: Iterable[str]) -> str:
    return f'<div style="{_BOX}">{"".join(rows)}</div>'


def _safe(text: str, limit: int = 400) -> str:
    return escape(one_line(text, limit))
