"""The proof of a student's bundle, in both directions."""

import dataclasses

import msgspec
import pytest

from autograder.assignment.discover import discover
from autograder.prove import bundle
from autograder.prove.bundle import prove_bundle
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
    assert judged == {one.name for one in (*scaled.variants, *scaled.mistakes)}
    named = {f.subject for f in findings if f.claim == "the bundle names the mistake as the full assignment does"}
    assert named == {mistake.name for mistake in scaled.mistakes}


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
