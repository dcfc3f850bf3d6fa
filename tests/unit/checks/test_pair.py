"""The questions of a forward and a backward pass: what they declare, and whom they pass and fail."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import CheckFailed, Pair, Space, Student
from autograder.assignment.declare import collecting
from autograder.checks.run import attempt, cases_of
from autograder.model import Assignment, EntryPoint, Limits, Policy, Verdict
from autograder.sandbox.local import LocalProgram

SIZES = Space(rows=[{"n": 4, "m": 3}], n=(1, 2), m=(2, 3))


def assignment(*gradients):
    passes = (
        EntryPoint("layer_forward", "x, w, scale=1.0", ("out", "cache"), ("cache",)),
        EntryPoint("layer_backward", "dout, cache", gradients),
    )
    return Assignment("layers", "Layers", "", passes, Limits(), Policy(), {}, "", "", "")


# a layer with an option


def scaled(x, w, scale=1.0):
    return scale * (x @ w)


def forward(x, w, scale=1.0):
    return scale * (x @ w), (x, w, scale)


def backward(dout, cache):
    x, w, scale = cache
    return scale * (dout @ w.T), scale * (x.T @ dout)


def arguments(case):
    return {"x": case.array("x", case.n, 5), "w": case.array("w", 5, case.m)}


def two(**more):
    return Pair(
        "layer_forward",
        "layer_backward",
        scaled,
        arguments,
        ("dx", "dw"),
        options=lambda case: {"scale": 3.0},
        given=SIZES,
        **more,
    )


def declared(pair):
    """A check of every question."""
    with collecting() as found:
        pair.values(4, "out is 3 x @ w.")
        pair.shape(0.5)
        pair.pure(0.5)
        pair.gradients(6)
        pair.shapes(1)
        pair.consistent(1, examples=0)
        pair.repeatable(1)
    return {check.id: check for _, check in found}


def failed(pair, gradients=("dx", "dw"), **functions):
    """The checks that these functions do not pass, with what is said."""
    program = {"layer_forward": forward, "layer_backward": backward} | functions
    lost = {}
    for name, check in declared(pair).items():
        found = attempt(check, Student(assignment(*gradients), LocalProgram(program)), cases_of(check, 3))
        if found.verdict is not Verdict.PASS:
            lost[name] = str(found.fault)
    return lost


# ── what is declared ───────────────────────────────────────────────────────────────────────────


def test_every_question_is_a_check_of_its_function():
    checks = declared(two())
    assert {check.id: (check.points, check.examples, check.needs) for check in checks.values()} == {
        "layer_forward.values": (4.0, 8, ()),
        "layer_forward.shape": (0.5, 2, ("layer_forward.values",)),
        "layer_forward.pure": (0.5, 1, ("layer_forward.values",)),
        "layer_backward.gradients": (6.0, 8, ()),
        "layer_backward.shapes": (1.0, 2, ("layer_backward.gradients",)),
        "layer_backward.consistent": (1.0, 0, ()),
        "layer_backward.pure": (1.0, 1, ("layer_backward.gradients",)),
    }
    assert all(check.strategy is SIZES for check in checks.values())


def test_the_sentences_name_the_gradients():
    said = {check.id: check.sentence for check in declared(two()).values()}
    assert said["layer_backward.gradients"] == "dx and dw are the gradients for any dout, not for one of ones only."
    assert said["layer_backward.shapes"] == "dx and dw have exactly the shapes of what they are the gradients of."


def test_a_question_takes_what_a_check_takes():
    few = Space(n=(9,), m=(1,))
    with collecting() as found:
        two().values(1, "Further.", name="hidden_values", given=few, examples=2, needs=("layer_forward.values",))
        two().gradients(2, "dw alone, for {gradients}.", name="dw", only=("dw",))
    (_, values), (_, gradient) = found
    assert (values.id, values.strategy, values.examples) == ("layer_forward.hidden_values", few, 2)
    assert (gradient.id, gradient.sentence) == ("layer_backward.dw", "dw alone, for dw.")


# ── who passes, and who fails ──────────────────────────────────────────────────────────────────


def test_right_functions_pass_every_question():
    assert failed(two()) == {}


def test_wrong_numbers_fail_the_values_and_leave_the_rest():
    assert failed(two(), layer_forward=lambda x, w, scale=1.0: (x @ w, (x, w, scale))).keys() == {
        "layer_forward.values",
        "layer_backward.consistent",
    }


def test_a_detail_of_shape_fails_the_question_of_shape_alone():
    def flat(x, w, scale=1.0):
        out, cache = forward(x, w, scale)
        return out[:, None], cache

    lost = failed(two(), layer_forward=flat)
    assert lost["layer_forward.shape"] == "out has shape (4, 1, 3); it must be (4, 3)."
    assert lost.keys() == {"layer_forward.shape", "layer_backward.consistent"}  # dout has out's shape there
    keeps_axis = failed(two(), layer_backward=lambda dout, cache: [g[None] for g in backward(dout, cache)])
    assert keeps_axis == {"layer_backward.shapes": "dx has shape (1, 4, 5); it must be (4, 5)."}


def test_an_output_goes_by_the_name_that_the_student_knows():
    def overwrites(dout, cache):
        found = backward(dout, cache)
        dout[...] = 0
        return found

    named = two(output="h")
    named.given = Space(rows=[{"n": 3, "m": 2}], n=(1, 2), m=(2, 3))  # cases of its own, which know no dout
    lost = failed(named, layer_forward=lambda x, w, scale=1.0: (0 * (x @ w), (x, w, scale)))
    assert lost["layer_forward.values"].startswith("h is ")
    lost = failed(named, layer_backward=overwrites)
    assert lost == {"layer_backward.pure": "layer_backward changes its argument dh; make a new array instead."}


def test_a_wrong_gradient_fails_the_gradients():
    lost = failed(two(), layer_backward=lambda dout, cache: (backward(dout, cache)[0], cache[0].T @ dout))
    assert lost.keys() == {"layer_backward.gradients", "layer_backward.consistent", "layer_backward.pure"}
    assert lost["layer_backward.gradients"].startswith("dw is wrong at ")


def test_arguments_that_are_written_to_are_told():
    def wasteful(x, w, scale=1.0):
        found = forward(x.copy(), w, scale)
        x[...] = 0
        return found

    def greedy(dout, cache):
        found = backward(dout, cache)
        cache[0][...] = 0
        return found

    assert failed(two(), layer_forward=wasteful) == {
        "layer_forward.pure": "layer_forward changes its argument x; make a new array instead."
    }
    assert failed(two(), layer_backward=greedy) == {
        "layer_backward.pure": "layer_backward gives something else when called again with the same cache; "
        "do not write into the cache."
    }


# ── other pairs ────────────────────────────────────────────────────────────────────────────────


def test_one_gradient_comes_without_a_tuple():
    one = Pair("layer_forward", "layer_backward", lambda x, w: np.sin(x) @ w, arguments, ("dx",), given=SIZES)
    right = {
        "layer_forward": lambda x, w: (np.sin(x) @ w, (x, w)),
        "layer_backward": lambda dout, cache: np.cos(cache[0]) * (dout @ cache[1].T),
    }
    assert failed(one, ("dx",), **right) == {}
    wrong = right | {"layer_backward": lambda dout, cache: dout @ cache[1].T}
    assert "layer_backward.gradients" in failed(one, ("dx",), **wrong)


def in_dict(case):
    return {"x": case.array("x", case.n, 5), "params": {"w": case.array("w", 5, case.m), "b": case.array("b", case.m)}}


DICTS = Pair(
    "layer_forward",
    "layer_backward",
    lambda x, params: np.tanh(x) @ params["w"] + params["b"],
    in_dict,
    ("dx", "grads"),
    given=SIZES,
)
RIGHT = {
    "layer_forward": lambda x, params: (np.tanh(x) @ params["w"] + params["b"], (x, params["w"])),
    "layer_backward": lambda dout, cache: (
        (1 - np.tanh(cache[0]) ** 2) * (dout @ cache[1].T),
        {"w": np.tanh(cache[0]).T @ dout, "b": dout.sum(axis=0)},
    ),
}


def test_the_gradient_of_a_dict_is_a_dict():
    assert failed(DICTS, ("dx", "grads"), **RIGHT) == {}


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (lambda grads: grads | {"b": grads["b"][None]}, {"layer_backward.shapes"}),
        (
            lambda grads: grads | {"b": 2 * grads["b"]},
            {f"layer_backward.{name}" for name in ("gradients", "shapes", "consistent", "pure")},
        ),
        (
            lambda grads: {"w": grads["w"]},
            {f"layer_backward.{name}" for name in ("gradients", "shapes", "consistent", "pure")},
        ),
    ],
    ids=["shape", "value", "key"],
)
def test_a_dict_with_something_wrong_fails(change, lost):
    def wrong(dout, cache):
        dx, grads = RIGHT["layer_backward"](dout, cache)
        return dx, change(grads)

    assert failed(DICTS, ("dx", "grads"), **RIGHT | {"layer_backward": wrong}).keys() == lost


def test_a_pullback_takes_the_place_of_the_derivative():
    asked = []

    def pullback(dout, x, w, scale=1.0):
        asked.append(scale)
        return scale * (dout @ w.T), scale * (x.T @ dout)

    case = SIZES.cases(13, 0)[0]
    right = two().right(SIZES.cases(14, 0)[0])
    assert two(pullback=pullback).right(case).keys() == right.keys()
    assert asked == [3.0]
    assert failed(two(pullback=pullback)) == {}


def test_pairs_of_one_formula_share_the_work():
    calls = []

    def formula(x, w, scale=1.0):
        calls.append(1)
        return scaled(x, w, scale)

    first, second = (Pair(f, b, formula, arguments, ("dx", "dw"), given=SIZES) for f, b in (("a", "b"), ("c", "d")))
    case = SIZES.cases(11, 0)[0]
    assert first.out(case) is second.out(case)
    assert len(calls) == 1


def test_a_pair_serves_questions_of_ones_own():
    case, pair = SIZES.cases(12, 0)[0], two()
    student = Student(assignment("dx", "dw"), LocalProgram({"layer_forward": forward, "layer_backward": backward}))
    out, _ = pair.call(student, case)
    assert np.allclose(out, pair.out(case))
    assert pair.dout(case).shape == (4, 3)
    assert {name: np.allclose(found, pair.right(case)[name]) for name, found in pair.pull(student, case).items()} == {
        "dx": True,
        "dw": True,
    }
    with pytest.raises(CheckFailed):
        two().pull(Student(assignment("dx", "dw"), LocalProgram({"layer_forward": lambda *a, **o: 1})), case)
