"""Reports as one self-contained page that makes no request, under a policy that would refuse one.

Everything that a template prints goes through `visible`, then through HTML escaping. The style sheet and the class
page's script (it sorts and filters, and the page is whole without it) are allowed by their hashes, so an injected
`<style>`, `style=` or `<script>` would do nothing either.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import re
import shlex
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.model import Assignment, Cell, CheckResult, GradeReport, SpeedReport, Verdict, Visibility
from autograder.reports import digest
from autograder.reports.causes import Concern, class_causes, concerns
from autograder.reports.digest import Part
from autograder.reports.shared import SharedAnswer, code_of, shared_answers
from autograder.reports.similar import Code, Pair
from autograder.reports.text import one_line, points, visible

_BESIDE = 4  # students whose code is shown for one wrong answer
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")


def render_report_html(
    report: GradeReport,
    assignment: Assignment | None = None,
    sentences: Mapping[str, str] | None = None,
    *,
    file: str = "FILE",
) -> str:
    """A page on one submission, for its student: of hidden checks the verdict and the diagnosis alone."""
    title = assignment.title if assignment else report.assignment.id
    sheet = _Sheet.of(report, assignment)
    return render_page("report.html.j2", title=title, sheet=sheet, sentences=sentences or {}, file=shlex.quote(file))


def render_class_html(
    reports: Sequence[GradeReport],
    assignments: Iterable[Assignment] = (),
    sentences: Mapping[str, str] | None = None,
    *,
    title: str = "Class report",
    leaderboard: str | None = None,
    speeds: Sequence[SpeedReport] = (),
    sources: Mapping[str, Sequence[Cell]] | None = None,
) -> str:
    """A page on a class, for its instructor: everything that the reports say, hidden checks included.

    Assignments come in the order of `assignments`, then in that of the reports; submissions as they came.
    `leaderboard` is the address of that page, where there is one; of `speeds` those are listed that are held until a
    person has looked; `sources` is the code of the submissions, by their `sha256`."""
    known = {assignment.id: assignment for assignment in assignments}
    grouped = digest.by_assignment(reports)
    order = dict.fromkeys([*(slug for slug in known if slug in grouped), *grouped])
    groups = [
        _group(grouped[slug], known.get(slug), [one for one in speeds if one.assignment.id == slug], sources or {})
        for slug in order
    ]
    told = {"facts": _facts(reports), "groups": groups, "sentences": sentences or {}, "leaderboard": leaderboard}
    return render_page("class.html.j2", title=title, **told)


def render_similar_html(title: str, names: Sequence[str], codes: Sequence[Code], pairs: Sequence[Pair]) -> str:
    """A page on pairs of submissions, each with the code of both side by side and the shared lines marked."""
    return render_page("similar.html.j2", title=f"{title}: similar code", names=names, codes=codes, pairs=pairs)


@dataclass(frozen=True)
class _Sheet:
    """One report, digested."""

    report: GradeReport
    parts: tuple[Part, ...]
    mend: list[Part]
    passed: list[Part]
    verdicts: dict[str, Verdict]

    @classmethod
    def of(cls, report: GradeReport, assignment: Assignment | None) -> _Sheet:
        parts = digest.parts(report, assignment)
        passed = [part for part in parts if not part.causes]
        return cls(report, parts, digest.to_mend(parts), passed, {r.check: r.verdict for r in report.results})

    @property
    def share(self) -> float:
        return min(max(self.report.score / self.report.max_score, 0.0), 1.0) if self.report.max_score else 0.0

    @property
    def by_name(self) -> dict[str, Part]:
        return {part.name: part for part in self.parts}

    @property
    def seen(self) -> list[Verdict]:
        """The verdicts that its functions met, for the filter."""
        return list(dict.fromkeys(part.verdict for part in self.parts))

    @property
    def unread(self) -> str | None:
        return digest.unread(self.report)

    @property
    def faults(self) -> int:
        return sum(verdict is Verdict.GRADER_ERROR for verdict in self.verdicts.values())

    @property
    def held(self) -> str:
        return _held([self.report])

    @property
    def versions(self) -> str:
        return digest.versions([self.report])


def _group(
    reports: Sequence[GradeReport],
    assignment: Assignment | None,
    speeds: Sequence[SpeedReport],
    sources: Mapping[str, Sequence[Cell]],
) -> dict[str, Any]:
    """One assignment's part of the page."""
    sheets = [_Sheet.of(report, assignment) for report in reports]
    entries = [entry.name for entry in assignment.entry_points] if assignment else []
    seen = {part.name for sheet in sheets for part in sheet.parts}
    named = dict.fromkeys([*entries, *(part.name for sheet in sheets for part in sheet.parts)])
    columns = [name for name in named if name in seen]
    causes = class_causes(reports)
    verdicts = {verdict for sheet in sheets for verdict in sheet.verdicts.values()}
    return {
        "title": assignment.title if assignment else reports[0].assignment.id,
        "sheets": sheets,
        "concerns": [
            (verdict, list(found)) for verdict, found in itertools.groupby(concerns(reports, speeds), _verdict_of)
        ],
        "cards": _cards(sheets),
        "bins": _bins([sheet.share for sheet in sheets]),
        "known": [cause for cause in causes if cause.known],
        "unknown": [cause for cause in causes if not cause.known],
        "shared": [_side_by_side(one, reports, sources) for one in shared_answers(reports)],
        "columns": columns,
        "rates": {name: sum(_is_right(sheet, name) for sheet in sheets) for name in columns},
        "labels": {r.check: _label(r) for sheet in sheets for part in sheet.parts for r in part.results},
        "verdicts": [verdict for verdict in Verdict if verdict in verdicts],
    }


def _side_by_side(
    one: SharedAnswer, reports: Sequence[GradeReport], sources: Mapping[str, Sequence[Cell]]
) -> tuple[SharedAnswer, list[tuple[int, str]]]:
    """A shared answer with the code of the first who give it."""
    codes = [(who, code_of(one.entry_point, reports[who], sources)) for who in one.students]
    return one, [(who, code) for who, code in codes if code][:_BESIDE]


def _verdict_of(concern: Concern) -> str:
    return concern.verdict


def _is_right(sheet: _Sheet, name: str) -> bool:
    part = sheet.by_name.get(name)
    return part is not None and not part.causes


def _cards(sheets: Sequence[_Sheet]) -> list[tuple[str, str]]:
    shares = [100 * sheet.share for sheet in sheets]
    return [
        ("submissions", str(len(sheets))),
        ("mean", f"{statistics.mean(shares):.0f} %"),
        ("median", f"{statistics.median(shares):.0f} %"),
        ("full marks", str(sum(share >= 100 for share in shares))),
        ("CPU time", f"{sum(sheet.report.cpu_s for sheet in sheets):.1f} s"),
    ]


def _bins(shares: Sequence[float]) -> list[dict[str, Any]]:
    """Ten bars, each with its place in a drawing of 440 × 150; full marks belong to the last."""
    counts = [0] * 10
    for share in shares:
        counts[min(int(10 * share), 9)] += 1
    tallest = max(counts)
    heights = [round(105 * count / tallest) for count in counts]
    return [
        {"x": 3 + 44 * i, "y": 125 - height, "height": height, "count": count, "label": f"{10 * i}–{10 * i + 10}"}
        for i, (count, height) in enumerate(zip(counts, heights, strict=True))
    ]


def _facts(reports: Sequence[GradeReport]) -> list[str]:
    seeds = dict.fromkeys(str(report.seed) for report in reports)
    graders = dict.fromkeys(report.grader for report in reports)
    many = "1 submission" if len(reports) == 1 else f"{len(reports)} submissions"
    if not reports:
        return [many]
    versions = filter(None, [digest.versions(reports)])
    return [many, _held(reports), f"seed {', '.join(seeds)}", *versions, f"autograder {', '.join(graders)}"]


def _held(reports: Sequence[GradeReport]) -> str:
    levels = ", ".join(dict.fromkeys(str(report.isolation.level) for report in reports))
    weak = ", ".join(dict.fromkeys(spot for report in reports for spot in digest.weak_spots(report)))
    return f"isolation {levels}, {f'not enforced: {weak}' if weak else 'all guarantees enforced'}"


def _label(result: CheckResult) -> str:
    name = digest.full_name(result)
    return f"{name} (hidden)" if result.visibility is Visibility.HIDDEN else name


def _breakable(name: str) -> Markup:
    """A long identifier that may be broken behind its underscores."""
    return Markup("_<wbr>").join(escape(part) for part in one_line(name).split("_"))


def _tight(markup: Markup) -> Markup:
    """`markup` without the line ends between its tags: a class has a hundred thousand, and each is a node."""
    return Markup(_BETWEEN_TAGS.sub("><", markup))  # text is escaped, so that no student's has a tag's end in it


def render_page(template: str, **values: Any) -> str:
    """One of the pages in `templates`, with `values` in it."""
    return _environment().get_template(template).render(values)


@functools.cache
def _environment() -> Environment:
    loader = PackageLoader("autograder.reports")
    environment = Environment(
        loader=loader,
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css, js = (loader.get_source(environment, name)[0] for name in ("report.css", "class.js"))
    environment.filters |= {
        "points": points,
        "one_line": one_line,
        "check_name": digest.full_name,
        "breakable": _breakable,
        "tight": _tight,
    }
    environment.globals |= {
        "css": Markup(css),  # our own files, and the hashes are of exactly these texts
        "css_hash": _hash(css),
        "js": Markup(js),
        "js_hash": _hash(js),
        "rank": dict(zip(digest.ORDER, range(len(digest.ORDER)), strict=True)),
        "concern_meaning": digest.MEANING | {"HELD": "so fast that a person looks first"},
        "glyphs": digest.GLYPHS,
        "meaning": digest.MEANING,
        "case_lines": digest.case_lines,
    }
    return environment


def _hash(text: str) -> Markup:
    """What a content security policy calls `text` by."""
    return Markup("sha256-") + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _finalize(value: Any) -> Any:
    """What a template prints: markup that templates made as it is, any other text made visible before it is escaped."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)
