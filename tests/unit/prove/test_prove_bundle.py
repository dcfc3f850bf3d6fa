"""The proof of a student's bundle, in both directions."""

import dataclasses

import msgspec
import pytest

from autograder.assignment.discover import discover
from autograder.prove import bundle
from autograder.prove.bundle import compared, programs_of, prove_bundle
from autograder.prove.prove import Options
from autograder.release.new import scaffold


@pytest.fixture(scope="module")
def scaled(tmp_path_factory):
    root = tmp_path_factory.mktemp("bundle")
    scaffold("scaled", root)
    return discover(root / "assignments" / "scaled")


def broken(declared):
    return {finding.claim: finding for finding in prove_bundle(declared, Options()) if not finding.holds}


def test_the_bundle_of_a_new_assignment_is_proven(scaled):
    findings = list(prove_bundle(scaled, Options()))
    assert [finding for finding in findings if not finding.holds] == []
    judged = {f.subject for f in findings if f.claim == "the bundle judges as the full assignment does"}
    assert judged == {"reference", *(one.name for one in (*scaled.variants, *scaled.mistakes))}
    named = {f.subject for f in findings if f.claim == "the bundle names the mistake as the full assignment does"}
    assert named == {mistake.name for mistake in scaled.mistakes}


def test_each_program_is_of_one_part_and_the_whole_bundle_is_made_in_one(scaled):
    parts = [programs_of(scaled, (number, 3)) for number in (1, 2, 3)]
    assert all(part[0].name == "reference" for part in parts)
    tried = [one.name for part in parts for one in part[1:]]
    assert sorted(tried) == sorted(one.name for one in (*scaled.variants, *scaled.mistakes))
    whole = [list(prove_bundle(scaled, Options(part=(number, 3)))) for number in (1, 2, 3)]
    assert [finding for findings in whole for finding in findings if not finding.holds] == []
    assert sum(finding.claim == "the bundle is small" for findings in whole for finding in findings) == 1


def test_of_a_part_as_much_is_recorded_as_explains_its_failures(scaled):
    """The mistakes that could be the cause on a check that failed, and on each check that claims one of them; of a
    mistake's failures those at which it must be named."""
    mistake, check = scaled.mistakes[0], scaled.mistakes[0].caught_by[0]
    other = next(one.id for one in scaled.checks if mistake.entry_point != one.entry_point)
    assert compared(scaled, {"a": "it died", "b": {check: ["PASS", None], other: ["SKIPPED", None]}}) == {}
    assert compared(scaled, {mistake.name: {other: ["FAIL", None]}}) == {}
    found = compared(scaled, {mistake.name: {check: ["FAIL", None], other: ["PASS", None]}})
    assert found == compared(scaled, {"a variant": {check: ["FAIL", None]}})
    assert mistake.name in found[check]
    assert all(mistake.name in found[claimed] for claimed in mistake.caught_by)
    assert found.keys() == {
        check,
        *(claimed for one in scaled.mistakes if one.name in found[check] for claimed in one.caught_by),
    }


def test_a_secret_in_the_bundle_is_found(scaled, monkeypatch):
    files = bundle.bundle_files
    hidden = next(check.id for check in scaled.checks if check.visibility == "hidden")
    monkeypatch.setattr(bundle, "bundle_files", lambda *given: {**files(*given), "notes.txt": hidden.encode()})
    found = broken(scaled)
    assert list(found) == ["the bundle holds no secret"]
    assert found["the bundle holds no secret"].detail == f"notes.txt holds the name of a hidden check: {hidden}"


def test_a_bundle_that_judges_otherwise_is_found(scaled, monkeypatch):
    with_answers = bundle.with_answers

    def lenient(declared):
        student = with_answers(declared)
        checks = [msgspec.structs.replace(check, run=lambda student, case: None) for check in student.checks]
        return dataclasses.replace(student, checks=tuple(checks))

    monkeypatch.setattr(bundle, "with_answers", lenient)
    found = broken(scaled)
    assert set(found) == {
        "the bundle judges as the full assignment does",
        "the bundle names the mistake as the full assignment does",
    }
    assert " is PASS, not FAIL" in found["the bundle judges as the full assignment does"].detail


def test_a_bundle_that_asks_next_to_nothing_is_found(scaled, monkeypatch):
    unpack = bundle.unpack_answers

    def emptied(*given):
        answers = unpack(*given)
        left_out = dict.fromkeys(answers.cases, "it is left out")
        return msgspec.structs.replace(answers, cases={}, left_out=left_out)

    monkeypatch.setattr(bundle, "unpack_answers", emptied)
    found = broken(scaled)
    assert list(found) == ["the bundle asks what can be recorded"]
    assert found["the bundle asks what can be recorded"].detail.startswith("it asks 0% of the public points; ")
