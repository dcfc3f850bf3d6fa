"""The assignment `recurrent`: what its checks rest on holds, and each part of a submission is judged alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.checks.oracle import vjp
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

FOLDER = Path(__file__).parents[2] / "assignments" / "recurrent"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, FORMULAS = (sys.modules[f"autograder_assignments.recurrent.{name}"] for name in ("cases", "formulas"))
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))


def failed(seed=0, **replaced):
    """The checks of the replaced functions that the reference with these replaced does not pass."""
    checks = [check for check in DECLARED.checks if check.entry_point in replaced]
    results = Examiner(DECLARED, seed, explain=False).examine_all(checks, LocalRunner(REFERENCE | replaced))
    return {result.check.partition(".")[2] for result in results if result.verdict is not Verdict.PASS}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert len(DECLARED.mistakes) >= 150
    assert len(DECLARED.variants) >= 10
    assert len(EXPECTED) >= 8
    assert {mistake.entry_point for mistake in DECLARED.mistakes} == set(ENTRY_POINTS)
    assert {name for variant in DECLARED.variants for name in variant.replacements} == set(ENTRY_POINTS)


def test_a_teacher_says_one_short_sentence_and_says_it_of_one_mistake():
    said = defaultdict(set)
    for mistake in DECLARED.mistakes:
        assert len(mistake.says) <= 200, mistake.name
        assert mistake.says.endswith("."), mistake.name
        assert not re.search(r"[.!?] +[A-Z]", mistake.says), mistake.name
        said[mistake.entry_point, mistake.says].add(mistake.name)
    assert [names for names in said.values() if len(names) > 1] == []


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


def test_the_formulas_agree_with_pytorch():
    """Whose gates stand as i, f, g, o, in rows."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(20)
    n, steps, d, hidden = 2, 4, 3, 2
    x, h0, c0 = rng.standard_normal((n, steps, d)), rng.standard_normal((n, hidden)), rng.standard_normal((n, hidden))
    dh = rng.standard_normal((n, steps, hidden))
    for formula, layer, gates, initial in (
        (FORMULAS.rnn, torch.nn.RNN, 1, (h0,)),
        (FORMULAS.lstm, torch.nn.LSTM, 4, (h0, c0)),
    ):
        Wx, Wh = rng.standard_normal((d, gates * hidden)), rng.standard_normal((hidden, gates * hidden))
        b = rng.standard_normal(gates * hidden)
        theirs = layer(d, hidden, batch_first=True).double()
        order = [0, 1, 3, 2] if gates == 4 else [0]
        with torch.no_grad():
            for name, array in (
                ("weight_ih_l0", Wx.T),
                ("weight_hh_l0", Wh.T),
                ("bias_ih_l0", b),
                ("bias_hh_l0", 0 * b),
            ):
                parts = np.split(array, gates)
                getattr(theirs, name).copy_(torch.tensor(np.concatenate([parts[k] for k in order])))
        tensors = [torch.tensor(array, requires_grad=True) for array in (x, *initial)]
        state = tuple(tensor[None] for tensor in tensors[1:])
        out, _ = theirs(tensors[0], state if gates == 4 else state[0])
        found = torch.autograd.grad(out, tensors, torch.tensor(dh))
        np.testing.assert_allclose(formula(x, *initial, Wx, Wh, b), out.detach().numpy(), rtol=1e-12)
        right = vjp(formula, (x, *initial, Wx, Wh, b), dh, wrt=range(len(tensors)))
        for ours, gradient in zip(right, found, strict=True):
            np.testing.assert_allclose(ours, gradient.numpy(), atol=1e-14)


def test_the_gradients_of_a_sequence_of_one_step_are_those_of_the_step():
    rng = np.random.default_rng(21)
    x, h, c = (rng.standard_normal((3, 2)) for _ in range(3))
    Wx, Wh, b = rng.standard_normal((2, 8)), rng.standard_normal((2, 8)), rng.standard_normal(8)
    dh = rng.standard_normal((3, 2))
    step = vjp(FORMULAS.lstm_step, (x, h, c, Wx, Wh, b), np.stack([dh, 0 * dh]), wrt=range(6))
    sequence = vjp(FORMULAS.lstm, (x[:, None], h, c, Wx, Wh, b), dh[:, None], wrt=range(6))
    np.testing.assert_allclose(sequence[0][:, 0], step[0], atol=1e-15)
    for one, other in zip(sequence[1:], step[1:], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-15)


@pytest.mark.parametrize("shift", [0.0, 20.0, -20.0])
def test_norms_of_powers_lie_between_the_radius_and_the_norm(shift):
    rng = np.random.default_rng(22)
    Wh = rng.standard_normal((4, 4)) + shift * np.eye(4)
    norms = FORMULAS.gradient_through_time(Wh, 6)
    powers = np.arange(1, 7)
    assert (norms <= norms[0] ** powers * (1 + 1e-12)).all()
    assert (norms >= np.abs(np.linalg.eigvals(Wh)).max() ** powers * (1 - 1e-12)).all()


def test_no_layer_is_saturated_where_exact_digits_are_asked():
    for space, arguments, formula in (
        (CASES.RNN_SEQUENCES, CASES.rnn_arguments, FORMULAS.rnn),
        (CASES.LSTM_SEQUENCES, CASES.lstm_arguments, FORMULAS.lstm),
    ):
        for seed in range(5):
            for case in space.cases(seed, 10):
                assert np.abs(formula(*arguments(case).values())).min() < 1 - 1e-4


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


def test_naive_exponentials_lose_the_large_sums_alone():
    def sigmoid(z):
        return np.exp(z) / (1 + np.exp(z))

    def lstm_step_forward(x, h, c, Wx, Wh, b):
        i, f, o, g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        new = f * c + i * g
        return o * np.tanh(new), new, (x, h, c, Wx, Wh, i, f, o, g, np.tanh(new))

    with np.errstate(all="ignore"):
        assert failed(lstm_step_forward=lstm_step_forward) == {"saturated"}


def test_an_overflow_that_gives_the_right_limit_passes():
    def lstm_step_forward(x, h, c, Wx, Wh, b):
        i, f, o, g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
        i, f, o, g = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o)), np.tanh(g)
        new = f * c + i * g
        return o * np.tanh(new), new, (x, h, c, Wx, Wh, i, f, o, g, np.tanh(new))

    with np.errstate(all="ignore"):
        assert failed(lstm_step_forward=lstm_step_forward) == set()


@pytest.mark.parametrize("constant", [0.0, 1e-12, 1e-8, 1e-6])
def test_a_small_constant_in_the_denominator_is_free(constant):
    def clip_by_norm(grads, limit):
        norm = np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))
        return {name: grad * np.minimum(1.0, limit / (norm + constant + 1e-300)) for name, grad in grads.items()}

    assert failed(clip_by_norm=clip_by_norm) == set()


def test_a_large_constant_is_not_free():
    def clip_by_norm(grads, limit):
        norm = np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))
        return {name: grad * min(1.0, limit / (norm + 1e-4)) for name, grad in grads.items()}

    assert "values" in failed(clip_by_norm=clip_by_norm)


def test_a_right_backward_pass_does_not_pay_for_a_wrong_step():
    """The sequence is written without the step here, so a wrong step costs its own points alone."""

    def rnn_step_forward(x, h, Wx, Wh, b):
        new = x @ Wx + h @ Wh + b
        return new, (x, h, Wx, Wh, new)

    lost = failed(rnn_step_forward=rnn_step_forward, rnn_forward=REFERENCE["rnn_forward"])
    assert "values" in lost
    assert failed(rnn_forward=REFERENCE["rnn_forward"]) == set()


@pytest.mark.parametrize("given", [[1.0, 2.0], [1, 2], (1.0, 2.0)])
def test_lists_of_numbers_count_as_arrays(given):
    found = CASES.floats(given)
    assert found.dtype == np.float64
    assert found.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("given", [None, "12", [[1.0], [1.0, 2.0]], ["a"]])
def test_what_is_not_a_list_of_numbers_stays_for_the_comparison(given):
    assert CASES.floats(given) is given


@pytest.mark.parametrize("name", ["rnn", "lstm"])
def test_gradients_by_finite_differences_fail(name):
    def backward(dh, cache):
        gradients = []
        for place, argument in enumerate(cache):
            gradient = np.zeros(argument.shape)
            for index in np.ndindex(argument.shape):
                step = np.zeros(argument.shape)
                step[index] = 1e-5
                sums = [
                    np.sum(dh * getattr(FORMULAS, name)(*cache[:place], argument + sign * step, *cache[place + 1 :]))
                    for sign in (1, -1)
                ]
                gradient[index] = (sums[0] - sums[1]) / 2e-5
            gradients.append(gradient)
        return tuple(gradients)

    def forward(*arguments):
        return getattr(FORMULAS, name)(*arguments), arguments

    assert {"gradients", "last_step"} <= failed(**{f"{name}_forward": forward, f"{name}_backward": backward})
