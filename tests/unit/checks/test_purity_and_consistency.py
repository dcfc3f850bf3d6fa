"""Checks of a student's pair of functions: what it does to its arguments, and whether it is a gradient at all."""

import numpy as np
import pytest

from autograder import CheckFailed, Student, expect_consistent, expect_repeatable, expect_unmodified
from autograder.sandbox.local import LocalProgram

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])
W = np.array([[1.0, -2.0], [0.4, 0.8], [-1.1, 0.6]])
DOUT = np.array([[0.7, -0.2], [1.3, 0.9]])


def affine_forward(x, w):
    return x @ w, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout


@pytest.fixture
def student(tiny):
    def make(forward=affine_forward, backward=affine_backward):
        return Student(tiny.assignment, LocalProgram({"affine_forward": forward, "affine_backward": backward}))

    return make


def consistent(student):
    expect_consistent(student, "affine_forward", "affine_backward", (X, W), ("dx", "dw"), 5)


# ── purity ─────────────────────────────────────────────────────────────────────────────────────


def test_a_function_that_leaves_its_arguments_alone(student):
    expect_unmodified(student(), "affine_forward", x=X, w=W)


def test_a_function_that_writes_into_an_argument(student):
    def forward(x, w):
        w *= 2
        return x @ w, (x, w)

    with pytest.raises(CheckFailed, match=r"^affine_forward changes its argument w; make a new array instead\.$"):
        expect_unmodified(student(forward), "affine_forward", x=X, w=W)
    assert W[0, 0] == 1.0


def test_adding_and_taking_away_again_is_clean_up_to_rounding(student):
    def forward(x, w):
        w += 1e-5
        w -= 1e-5
        return x @ w, (x, w)

    expect_unmodified(student(forward), "affine_forward", x=X, w=W)


def test_a_backward_that_may_be_called_twice(student):
    one = student()
    _, cache = one.affine_forward(X, W)
    expect_repeatable(one, "affine_backward", DOUT, cache, dx=DOUT @ W.T, dw=X.T @ DOUT)


def test_a_backward_that_spoils_its_cache(student):
    def backward(dout, cache):
        gradients = affine_backward(dout, cache)
        cache[0][:] = 0
        return gradients

    one = student(backward=backward)
    _, cache = one.affine_forward(X, W)
    with pytest.raises(CheckFailed, match="gives something else when called again with the same cache"):
        expect_repeatable(one, "affine_backward", DOUT, cache, dx=DOUT @ W.T, dw=X.T @ DOUT)


# ── consistency ────────────────────────────────────────────────────────────────────────────────


def test_a_right_pair_is_consistent(student):
    consistent(student())


def test_a_wrong_forward_with_its_own_gradient_is_consistent(student):
    def forward(x, w):
        return 3 * (x @ w), (x, w)

    def backward(dout, cache):
        return affine_backward(3 * dout, cache)

    consistent(student(forward, backward))


def test_a_wrong_backward_is_told_by_its_tensor(student):
    def backward(dout, cache):
        dx, dw = affine_backward(dout, cache)
        return dx, 2 * dw

    with pytest.raises(
        CheckFailed, match=r"^affine_backward is not the gradient of your own affine_forward: "
    ) as error:
        consistent(student(backward=backward))
    assert error.value.tensor == "dw"


def test_zeros_with_zeros_earn_nothing(student):
    def forward(x, w):
        return np.zeros((2, 2)), (x, w)

    def backward(dout, cache):
        return np.zeros_like(X), np.zeros_like(W)

    with pytest.raises(CheckFailed, match="gives the same output whatever its input"):
        consistent(student(forward, backward))


def test_a_pair_with_the_same_slope_everywhere_earns_nothing(student):
    def forward(x, w):
        return 2 * x, (x, w)

    def backward(dout, cache):
        return 2 * dout, np.zeros_like(W)

    with pytest.raises(CheckFailed, match="The slope of affine_forward is the same everywhere"):
        consistent(student(forward, backward))


def test_axes_of_length_one_are_another_checks_business(student):
    def backward(dout, cache):
        dx, dw = affine_backward(dout, cache)
        return dx[None], dw

    consistent(student(backward=backward))


def test_random_numbers_are_no_function(student):
    rng = np.random.default_rng(7)

    def forward(x, w):
        return x @ w + rng.standard_normal((2, 2)), (x, w)

    with pytest.raises(CheckFailed):
        consistent(student(forward))


def test_huge_gradients_do_not_hide_behind_an_overflowing_bound(student):
    def backward(dout, cache):
        return np.full_like(X, 1e200), np.full_like(W, -1e200)

    refused = pytest.raises(CheckFailed, match="is not the gradient of your own affine_forward")
    with refused, np.errstate(over="ignore", invalid="ignore"):  # as every check runs
        consistent(student(backward=backward))


def test_too_many_gradients_are_counted(student, tiny):
    one = Student(tiny.assignment, LocalProgram({"affine_forward": affine_forward, "double": lambda *_: (X, W, X)}))
    with pytest.raises(CheckFailed, match=r"^double returned 3 values where \(dx, dw\) is asked for.$"):
        expect_consistent(one, "affine_forward", "double", (X, W), ("dx", "dw"), 5)


# ── arguments that are dicts ───────────────────────────────────────────────────────────────────


def packed_forward(x, w):
    return x @ w["W"] + w["b"], (x, w)


def packed_backward(dout, cache):
    x, w = cache
    return dout @ w["W"].T, {"W": x.T @ dout, "b": dout.sum(axis=0)}


def packed(student, **functions):
    args = (X, {"W": W, "b": np.array([0.3, -1.2])})
    expect_consistent(student(**functions), "affine_forward", "affine_backward", args, ("dx", "grads"), 5)


def test_parameters_may_come_in_a_dict_and_so_do_their_gradients(student):
    packed(student, forward=packed_forward, backward=packed_backward)


def test_a_wrong_gradient_in_a_dict_is_told_by_its_key(student):
    def backward(dout, cache):
        dx, grads = packed_backward(dout, cache)
        return dx, {**grads, "b": 2 * grads["b"]}

    with pytest.raises(CheckFailed, match="is not the gradient of your own affine_forward") as error:
        packed(student, forward=packed_forward, backward=backward)
    assert error.value.tensor == "b"


@pytest.mark.parametrize("grads", [np.zeros(2), {"W": np.zeros((3, 2))}, [1.0]])
def test_gradients_of_a_dict_must_be_a_dict_with_its_keys(student, grads):
    with pytest.raises(CheckFailed, match=r"^grads is not a dict with the keys W, b\.$"):
        packed(student, forward=packed_forward, backward=lambda dout, cache: (X, grads))


def test_a_state_that_has_no_gradient_is_passed_on(student):
    state = {"mean": np.array([5.0, 6.0])}
    seen = []

    def forward(x, w, given):
        seen.append(given["mean"].tolist())
        return affine_forward(x, w)

    one = student(forward)
    expect_consistent(one, "affine_forward", "affine_backward", (X, W, state), ("dx", "dw"), 5)
    assert {tuple(mean) for mean in seen} == {(5.0, 6.0)}


def test_more_gradients_than_arguments_is_the_authors_mistake(student):
    with pytest.raises(ValueError, match=r"^\(dx, dw, db\) are 3 gradients, of 2 arguments that can have one$"):
        expect_consistent(student(), "affine_forward", "affine_backward", (X, W), ("dx", "dw", "db"), 5)


@pytest.mark.parametrize("wrap", [lambda dx: (dx,), lambda dx: [dx]])
def test_a_single_gradient_that_is_wrapped_is_no_gradient(tiny, wrap):
    functions = {"affine_forward": affine_forward, "double": lambda dout, cache: wrap(dout @ cache[1].T)}
    with pytest.raises(CheckFailed):
        expect_consistent(
            Student(tiny.assignment, LocalProgram(functions)), "affine_forward", "double", (X, W), ("dx",), 5
        )


def test_a_wrong_gradient_is_measured_only_where_somebody_reads_it(tiny):
    def doubled(dout, cache):
        dx, dw = affine_backward(dout, cache)
        return 2 * dx, dw

    def failure(told_in_full):
        program = LocalProgram({"affine_forward": affine_forward, "affine_backward": doubled})
        with pytest.raises(CheckFailed) as failed:
            consistent(Student(tiny.assignment, program, told_in_full))
        return failed.value

    short, full = failure(False), failure(True)
    assert (short.tensor, full.tensor) == ("dx", "dx")
    assert short.expected is None
    assert full.expected.shape == X.shape
