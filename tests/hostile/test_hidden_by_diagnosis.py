"""Hidden checks stay hidden: what a student is shown of them depends on no number or shape of their cases."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from autograder.assignment.discover import discover
from autograder.checks.run import cases_of
from autograder.diagnosis.replay import read_token
from autograder.examine import Examiner
from autograder.model import CheckResult, Visibility
from autograder.sandbox.local import LocalRunner

DECLARED = discover(Path(__file__).resolve().parents[2] / "assignments" / "backprop")
SEEDS = (11, 12)


def shown(seed: int, visibility: Visibility, **functions) -> list[CheckResult]:
    """The results of the checks of `functions` that a student sees, without times."""
    checks = [c for c in DECLARED.checks if c.entry_point in functions and c.visibility is visibility]
    runner = LocalRunner({**vars(DECLARED.reference), **functions})
    return [
        msgspec.structs.replace(result, cpu_s=0.0, wall_s=0.0)
        for result in Examiner(DECLARED, seed).examine_all(checks, runner)
    ]


def reads_a_number(x, w, b):
    out, cache = DECLARED.reference.affine_forward(x, w, b)
    return out + x.flat[0], cache


def reads_three_numbers(x):
    out, cache = DECLARED.reference.relu_forward(x)
    return (out * (1000 + x[:, :1].reshape(len(x), *[1] * (x.ndim - 1))) if out.ndim > 1 else out + x[0]), cache


def reads_a_shape(x):
    out, cache = DECLARED.reference.tanh_forward(x)
    return out + 1000 * x.ndim + x.shape[0] * 10 + x.shape[-1], cache


def test_a_right_answer_plus_a_number_of_the_input_tells_nothing():
    spies = {"affine_forward": reads_a_number, "relu_forward": reads_three_numbers, "tanh_forward": reads_a_shape}
    for name, spy in spies.items():
        first, other = (shown(seed, Visibility.HIDDEN, **{name: spy}) for seed in SEEDS)
        assert first, name
        assert first == other
        assert {(result.diagnosis, result.counterexample) for result in first} == {(None, None)}


def test_a_listed_mistake_is_named_by_its_own_sentence_alone():
    mistake = next(
        m for m in DECLARED.mistakes if m.entry_point == "relu_forward" and "relu_forward.values" in m.caught_by
    )
    found = shown(11, Visibility.HIDDEN, **mistake.replacements)
    assert {result.diagnosis.says for result in found if result.diagnosis} <= {mistake.says}


def test_tokens_and_cases_do_not_lead_to_the_grading_seed():
    """A public token names a case whose seed everybody knows, or one that is hashed under the grading seed as a key."""
    found = shown(11, Visibility.PUBLIC, affine_forward=lambda x, w, b: (np.zeros((len(x), len(b))), (x, w, b)))
    tokens = [read_token(result.replay) for result in found if result.replay]
    assert tokens
    assert {token.seed for token in tokens} <= set(range(8))
    public, hidden = (
        {case.seed for check in DECLARED.checks if check.visibility is visibility for case in cases_of(check, 11)}
        for visibility in (Visibility.PUBLIC, Visibility.HIDDEN)
    )
    assert not public & hidden
    assert 11 not in public | hidden
