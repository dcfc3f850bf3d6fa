"""The sample class of an assignment: submissions as students write them, and the verdicts that each must get."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import AssignmentError
from autograder.model import GradeReport, Verdict
from autograder.pipeline import Grading, grade_one
from autograder.prove.prove import Finding, part_of

KEYS = {"file", "why", "score", "default", "verdicts", "diagnoses", "refused"}


def sample_class(folder: Path) -> dict[str, dict[str, Any]]:
    """What `submissions/expected.toml` says, by submission; empty when there is no sample class."""
    path = folder / "submissions" / "expected.toml"
    if not path.is_file():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    problems = [
        f"{name}.{key}: unknown key; known are {', '.join(sorted(KEYS))}"
        for name, entry in table.items()
        for key in sorted(entry.keys() - KEYS)
    ]
    problems += [
        f"{name}: there is no file {entry.get('file')}" for name, entry in table.items() if not _file(path, entry)
    ]
    if problems:
        raise AssignmentError(str(path), problems)
    return table


def prove_sample_class(grading: Grading, part: tuple[int, int] = (1, 1)) -> Iterator[Finding]:
    """One finding for each submission of the sample class, graded in the sandbox as any other. Failures of that part of
    the submissions are all explained and shrunk; of the others those are explained whose diagnosis is expected. Neither
    score nor verdict nor diagnosis depends on it."""
    folder = Path(grading.declared.assignment.folder)
    needs = {check.id: check.needs for check in grading.declared.checks}
    submissions = sample_class(folder)
    whole = set(part_of(tuple(submissions), *part, str))
    for name, expected in submissions.items():
        how = grading
        if name not in whole:
            how = dataclasses.replace(grading, shrink=False, explain=frozenset(expected.get("diagnoses", ())))
        report = grade_one(how, name, folder / "submissions" / expected["file"])
        wrong = list(differences(report, expected, needs))
        yield Finding("the sample submission gets what it must", name, not wrong, "; ".join(wrong[:3]))


def differences(report: GradeReport, expected: Mapping[str, Any], needs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """In what `report` differs from what is expected of the submission; `needs` are each check's."""
    if refused := expected.get("refused"):
        if not all(r.verdict is Verdict.UNREADABLE and refused in r.message for r in report.results):
            yield f"it must be refused with “{refused}”"
        return
    if "score" in expected and abs(report.score - expected["score"]) > 1e-6:
        yield f"it scores {report.score:g}, expected {expected['score']:g}"
    for result in report.results:
        wanted = wanted_verdicts(result.check, expected, needs)
        if result.verdict not in wanted:
            yield f"{result.check} is {result.verdict}, expected {' or '.join(wanted)} ({result.message})"
        named = result.diagnosis.mistake if result.diagnosis else None
        mistake = expected.get("diagnoses", {}).get(result.check, named)
        if named != mistake:
            yield f"{result.check} is diagnosed as {named}, expected {mistake}"


def wanted_verdicts(check: str, expected: Mapping[str, Any], needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The verdicts that `check` may get. What is stated for it alone holds; else it is SKIPPED where a check that it
    needs does not pass, or as is stated for its entry point: a function that is not there is MISSING in all checks."""
    verdicts = expected.get("verdicts", {})
    if check in verdicts:
        return (str(verdicts[check]),)
    stated = str(verdicts.get(check.partition(".")[0], expected.get("default", Verdict.PASS)))
    unmet = [need for need in needs.get(check, ()) if wanted_verdicts(need, expected, needs) != (Verdict.PASS,)]
    if not unmet:
        return (stated,)
    return (Verdict.SKIPPED,) if stated == Verdict.PASS else (Verdict.SKIPPED, stated)


def _file(path: Path, entry: Mapping[str, Any]) -> bool:
    return isinstance(entry.get("file"), str) and (path.parent / entry["file"]).exists()
