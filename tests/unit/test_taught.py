"""Wrong answers that a class shares: one fingerprint whatever the seed, and the sentence that a teacher gives it."""

import dataclasses

import numpy as np
import pytest
from tiny_course import write_assignment

from autograder.assignment.discover import discover
from autograder.assignment.taught import load_taught
from autograder.errors import AssignmentError
from autograder.examine import Examiner
from autograder.model import Taught, Verdict, WrongAnswer
from autograder.sandbox.local import LocalRunner

CHECK = "affine_backward.gradients"


def weighted(dout, cache):  # no listed mistake, nor a signature
    x, w = cache
    return dout @ w.T, x.T @ (dout * np.arange(1.0, dout.shape[1] + 1))


def weighted_again(dout, cache):
    x, w = cache
    return dout @ w.T, (np.arange(1.0, dout.shape[1] + 1)[:, None] * (dout.T @ x)).T


def cubed(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout**3


def tripled(dout, cache):
    x, w = cache
    return 2.0 * (dout @ w.T), x.T @ dout


@pytest.fixture
def graded(tiny):
    def graded(backward, seed=3, declared=tiny, compare=True):
        runner = LocalRunner({**vars(tiny.reference), "affine_backward": backward})
        check = next(check for check in declared.checks if check.id == CHECK)
        (result,) = Examiner(declared, seed, compare=compare).examine_all([check], runner)
        return result

    return graded


def answer(result):
    return WrongAnswer.read(result.fingerprint)


def test_one_mistake_written_twice_has_one_fingerprint_whatever_the_seed(graded):
    first, again = answer(graded(weighted, 3)), answer(graded(weighted_again, 8))
    assert first.tensor == "dw"
    assert first.same(again)
    assert again.same(first)


def test_another_mistake_has_another(graded):
    assert not answer(graded(weighted)).same(answer(graded(cubed)))


@pytest.mark.parametrize(
    "backward",
    [
        pytest.param(tripled, id="listed"),
        pytest.param(lambda dout, cache: (dout @ cache[1].T, np.zeros((3, dout.shape[1]))), id="zeros"),
        pytest.param(lambda dout, cache: (dout @ cache[1].T, np.full((3, dout.shape[1]), np.nan)), id="nan"),
        pytest.param(lambda dout, cache: (dout @ cache[1].T, cache[0].T @ dout), id="right"),
        pytest.param(lambda dout, cache: 1 / 0, id="crash"),
    ],
)
def test_what_says_nothing_of_its_own_has_none(graded, backward):
    assert graded(backward).fingerprint is None


def test_nothing_is_compared_unless_it_is_asked_for(graded):
    assert graded(weighted, compare=False).fingerprint is None


def test_a_hidden_check_has_none(tiny):
    runner = LocalRunner({**vars(tiny.reference), "double": lambda x: x * np.arange(1.0, x.size + 1)})
    hidden = next(check for check in tiny.checks if check.id == "double.long")
    (result,) = Examiner(tiny, 3, compare=True).examine_all([hidden], runner)
    assert (result.verdict, result.fingerprint) == (Verdict.FAIL, None)


def test_a_taught_sentence_is_told_next_year_with_numbers_of_its_own_case(graded, tiny):
    taught = Taught(CHECK, answer(graded(weighted, 3)), "You weigh the columns of dout.")
    declared = dataclasses.replace(tiny, taught=(taught,))
    for compare in (True, False):  # a student's own check tells it, too
        told = [graded(weighted_again, seed, declared, compare) for seed in (8, 9)]
        assert {result.diagnosis.says for result in told} == {"You weigh the columns of dout."}
        assert {result.diagnosis.mistake[:7] for result in told} == {"course:"}
        assert told[0].counterexample == told[1].counterexample
        assert all(f"{result.counterexample['actual']:.6g}" in result.message for result in told)
    assert graded(cubed, 8, declared).diagnosis is None
    assert graded(tripled, 8, declared).diagnosis.mistake == "dx_times_two"


def test_a_line_reads_back():
    found = WrongAnswer("grads[W 1]", "float64", (2, 3), 1.5, (0.1234567890123456, -7e-300))
    assert WrongAnswer.read(found.written()).same(found)
    for line in ("", "dw float64 2x3 1.0", "dw float64 axb 1.0 2.0 3.0"):
        with pytest.raises(ValueError):
            WrongAnswer.read(line)


# ── mistakes.toml ──────────────────────────────────────────────────────────────────────────────

LINE = "dw float64 3x2 1.0000000000000e+00 2.0000000000000e+00 3.0000000000000e+00"


def toml(check=CHECK, fingerprint=LINE, says="You weigh."):
    return f'[[mistake]]\ncheck = "{check}"\nfingerprint = "{fingerprint}"\nsays = "{says}"\n'


def test_an_assignment_reads_its_mistakes_and_keeps_its_version(tmp_path):
    folder = write_assignment(tmp_path)
    before = discover(folder)
    assert before.taught == ()
    (folder / "mistakes.toml").write_text(toml())
    after = discover(folder)
    assert after.taught == (Taught(CHECK, WrongAnswer.read(LINE), "You weigh."),)
    assert after.assignment.version == before.assignment.version


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (toml(says=""), "mistake 1: says must be a sentence, not ''"),
        (
            toml(check="affine_backward.gradient"),
            "mistake 1: there is no check 'affine_backward.gradient'; did you mean",
        ),
        (toml(fingerprint="dw 1"), "mistake 1: fingerprint is damaged; copy it from the class report"),
        (toml() + 'note = "x"\n', "mistake 1: unknown key note; known are check, fingerprint, says"),
        ("[[mistake]]\n", "mistake 1: check is missing"),
        ("mistake = 3\n", "write each mistake as a table, [[mistake]]"),
        ("mistakes = []\n", "unknown key mistakes"),
        ("[[", "this is not TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, problem):
    (tmp_path / "mistakes.toml").write_text(text)
    with pytest.raises(AssignmentError) as caught:
        load_taught(tmp_path, [CHECK])
    assert problem in str(caught.value)
