"""The prover, in both directions: it passes what is right, and says what is not."""

import dataclasses
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from autograder.assignment.discover import discover
from autograder.cli import cli
from autograder.model import GradeReport
from autograder.prove.mutants import generate
from autograder.prove.prove import Finding, Options, part_of, prove, prove_mutants
from autograder.prove.sample_class import differences, sample_class, wanted_verdicts
from autograder.prove.summary import Summary
from autograder.release.new import scaffold


@pytest.fixture(scope="module")
def scaled(tmp_path_factory):
    root = tmp_path_factory.mktemp("proof")
    scaffold("scaled", root)
    return discover(root / "assignments" / "scaled")


def summed(findings):
    summary = Summary()
    for finding in findings:
        summary.add(finding)
    return summary


def broken(findings):
    return {finding.claim: finding for finding in findings if not finding.holds}


def test_a_new_assignment_is_proven(scaled):
    findings = [*prove(scaled, Options()), *prove_mutants(scaled, Options())]
    assert broken(findings) == {}
    assert summed(findings).proven


def test_the_parts_of_the_mutants_are_all_of_them_once(scaled):
    mutants = generate(Path(scaled.assignment.reference).read_text(encoding="utf-8"))
    parts = [part_of(mutants, number, 4) for number in (1, 2, 3, 4)]
    assert all(len(part) > 3 for part in parts)
    assert sorted(mutant.id for part in parts for mutant in part) == sorted(mutant.id for mutant in mutants)
    assert part_of(mutants[::2], 3, 4) == [mutant for mutant in parts[2] if mutant in mutants[::2]]
    assert part_of(mutants, 1, 1) == mutants


@pytest.mark.parametrize("part", ["3", "0/10", "11/10", "a/b", "1/10/2", "-1/2"])
def test_a_part_that_is_none_is_refused_before_anything_is_proven(part):
    done = CliRunner().invoke(cli, ["prove", "backprop", "--part", part])
    assert done.exit_code == 2
    assert f"{part!r} is not a part; write K/N with K from 1 to N, as in 3/10." in " ".join(done.output.split())


def test_points_that_add_up_to_no_whole_number_are_found(scaled):
    checks = (msgspec.structs.replace(scaled.checks[0], points=4.25), *scaled.checks[1:])
    found = broken(prove(dataclasses.replace(scaled, checks=checks), Options()))
    assert found["points add up"].detail == "they add up to 10.25; make it a whole number"


def test_a_check_that_no_mistake_breaks_is_found(scaled):
    fewer = dataclasses.replace(scaled, mistakes=())
    assert "some mistake breaks the check" in broken(prove(fewer, Options()))


def test_a_check_that_lets_everything_pass_is_found(scaled):
    def lax(student, case):
        return None

    checks = tuple(msgspec.structs.replace(check, run=lax) for check in scaled.checks)
    findings = list(prove(dataclasses.replace(scaled, checks=checks), Options()))
    assert {"the mistake is caught", "the template scores 0 and every entry point is MISSING"} <= broken(
        findings
    ).keys()
    survivors = [f for f in prove_mutants(dataclasses.replace(scaled, checks=checks), Options()) if not f.holds]
    assert survivors
    assert "survives" in survivors[0].detail


def test_a_check_that_fails_right_code_is_found(scaled):
    from autograder import CheckFailed

    def unfair(student, case):
        raise CheckFailed("No.")

    checks = (msgspec.structs.replace(scaled.checks[0], run=unfair), *scaled.checks[1:])
    found = broken(prove(dataclasses.replace(scaled, checks=checks), Options()))
    assert (
        "fails the reference, too, on {'n': 3, 'd': 4, 'content': 'normal'}: No."
        in found["the reference scores full"].detail
    )
    assert "the variant scores full" in found


@pytest.mark.parametrize(("name", "holds"), [("zeros", True), ("x", False)])
def test_checks_that_mean_two_things_by_one_name_are_found_though_they_draw_other_cases(scaled, name, holds):
    """Shrinking would have them meet: both go on to the same simple case."""

    def zeros(student, case):
        case.given(name, np.zeros(case.n))

    asked = msgspec.structs.replace(scaled.checks[0], id="scale_forward.zeros", run=zeros, points=1, examples=5)
    findings = list(prove(dataclasses.replace(scaled, checks=(*scaled.checks, asked)), Options()))
    found = broken(findings)
    assert "the reference scores full" not in found
    claim = "the checks of a space share its cases"
    assert (claim not in found) == holds
    assert holds or "x is an array of shape (3, 4) already, and is asked for as a given array" in found[claim].detail
    assert claim in {finding.claim for finding in findings}


def test_one_unnamed_mistake_in_twenty_may_stay_unnamed():
    claim = "the mistake is diagnosed by name"
    nineteen = [Finding(claim, str(number), True) for number in range(19)]
    assert summed([*nineteen, Finding(claim, "x", False)]).proven
    assert not summed([*nineteen, Finding(claim, "x", False), Finding(claim, "y", False)]).proven
    assert not summed([Finding("the mistake is caught", "x", False)]).proven


def test_of_a_part_of_the_bank_one_name_in_five_may_differ_in_the_bundle():
    claim = "the bundle names the mistake as the full assignment does"
    found = [*(Finding(claim, str(number), True) for number in range(8)), Finding(claim, "x", False)]
    for more, whole, holds in ((0, True, False), (0, False, True), (1, False, True), (2, False, False)):
        summary = Summary(whole)
        for finding in [*found, *[Finding(claim, "y", False)] * more]:
            summary.add(finding)
        assert summary.proven == holds
    caught = Summary(whole=False)
    caught.add(Finding("the bundle judges as the full assignment does", "x", False))
    assert not caught.proven


def test_what_the_sample_class_must_get_is_compared_in_full(scaled, tmp_path):
    report = msgspec.convert(
        {
            "assignment": {"id": "scaled", "version": "sha256:0"},
            "submission": {"id": "ada", "sha256": "0"},
            "score": 1.0,
            "max_score": 2.0,
            "results": [
                {
                    "check": "f.values",
                    "entry_point": "f",
                    "visibility": "public",
                    "verdict": "FAIL",
                    "points": 0.0,
                    "max_points": 1.0,
                    "diagnosis": {"mistake": "halved", "says": "You halve."},
                }
            ],
            "isolation": {"level": "strong", "guarantees": {}},
            "seed": 1,
            "grader": "0",
            "cpu_s": 0.0,
            "wall_s": 0.0,
        },
        GradeReport,
    )
    right = {"score": 1.0, "verdicts": {"f": "FAIL"}, "diagnoses": {"f.values": "halved"}}
    assert list(differences(report, right, {})) == []
    wrong = {"score": 2.0, "diagnoses": {"f.values": "doubled"}}
    assert list(differences(report, wrong, {})) == [
        "it scores 1, expected 2",
        "f.values is FAIL, expected PASS ()",
        "f.values is diagnosed as halved, expected doubled",
    ]
    assert list(differences(report, {"refused": "not UTF-8"}, {})) == ["it must be refused with “not UTF-8”"]


NEEDS = {"f.pure": ("f.values",), "f.deep": ("f.pure",), "g.mixed": ("f.values",)}


@pytest.mark.parametrize(
    ("check", "verdicts", "wanted"),
    [
        ("f.values", {}, ("PASS",)),
        ("f.pure", {}, ("PASS",)),
        ("f.pure", {"f.values": "FAIL"}, ("SKIPPED",)),
        ("f.deep", {"f.values": "FAIL"}, ("SKIPPED",)),
        ("f.pure", {"f.values": "FAIL", "f.pure": "CRASH"}, ("CRASH",)),
        ("f.pure", {"f": "MISSING"}, ("SKIPPED", "MISSING")),
        ("f.values", {"f": "MISSING"}, ("MISSING",)),
        ("g.mixed", {"f": "MISSING"}, ("SKIPPED",)),
        ("g.mixed", {"g": "FAIL"}, ("FAIL",)),
    ],
)
def test_what_follows_from_needs_is_not_stated(check, verdicts, wanted):
    assert wanted_verdicts(check, {"verdicts": verdicts}, NEEDS) == wanted


def test_a_sample_class_with_unknown_keys_is_refused(tmp_path):
    from autograder.errors import AssignmentError

    (tmp_path / "submissions").mkdir()
    (tmp_path / "submissions" / "expected.toml").write_text('[ada]\nfile = "ada.py"\nscores = 3\n')
    with pytest.raises(AssignmentError) as error:
        sample_class(tmp_path)
    assert [problem.partition(";")[0] for problem in error.value.problems] == [
        "ada.scores: unknown key",
        "ada: there is no file ada.py",
    ]
