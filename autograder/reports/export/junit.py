"""JUnit XML, as GitLab, Jenkins and GitHub's reporters read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from autograder.model import GradeReport, Verdict
from autograder.reports.export.told import Told, summary, told
from autograder.reports.text import one_line, points, visible

# JUnit knows failure (the code is wrong), error (it did not run to its end) and skipped.
_ERRORS = {Verdict.UNREADABLE, Verdict.CRASH, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.GRADER_ERROR}
_SKIPPED = {Verdict.SKIPPED}


def render_junit(reports: Sequence[GradeReport], sentences: Mapping[str, str]) -> str:
    """A suite for each submission, a case for each check. JUnit has no score: points are properties."""
    root = Element("testsuites")
    counts = [_suite(root, report, sentences) for report in reports]
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(count[key] for count in counts)))
    root.set("time", f"{sum(report.wall_s for report in reports):.3f}")
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, report: GradeReport, sentences: Mapping[str, str]) -> dict[str, int]:
    name = f"{one_line(report.assignment.id, 80)}.{one_line(report.submission.id, 200)}"
    suite = SubElement(root, "testsuite", name=name, time=f"{report.wall_s:.3f}")
    _properties(suite, score=points(report.score), max_score=points(report.max_score), grader=report.grader)
    checks = told(report, sentences)
    for one in checks:
        _case(suite, name, one)
    if said := summary(report):
        SubElement(suite, "system-out").text = "\n".join(said)
    verdicts = [one.result.verdict for one in checks]
    counts = {
        "tests": len(verdicts),
        "failures": sum(_kind(verdict) == "failure" for verdict in verdicts),
        "errors": sum(verdict in _ERRORS for verdict in verdicts),
        "skipped": sum(verdict in _SKIPPED for verdict in verdicts),
    }
    for key, count in counts.items():
        suite.set(key, str(count))
    return counts


def _case(suite: Element, classname: str, one: Told) -> None:
    case = SubElement(suite, "testcase", classname=classname, name=one.name, time=f"{one.result.wall_s:.3f}")
    _properties(case, points=points(one.result.points), max_points=points(one.result.max_points))
    if kind := _kind(one.result.verdict):
        headline = next((line for line in one.lines if not line.startswith("asked:")), "")
        body = SubElement(case, kind, message=headline, type=str(one.result.verdict))
        body.text = visible(one.text)


def _kind(verdict: Verdict) -> str:
    if verdict is Verdict.PASS:
        return ""
    return "error" if verdict in _ERRORS else "skipped" if verdict in _SKIPPED else "failure"


def _properties(parent: Element, **values: str) -> None:
    properties = SubElement(parent, "properties")
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=value)
