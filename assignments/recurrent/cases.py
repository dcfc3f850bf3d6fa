"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import numpy as np

from autograder import Space, vjp

from . import formulas

# Numbers are small enough that tanh and the gates stay away from their ends: there, 1 - h² of a right solution has lost
# the digits that a gradient is asked for. Large inputs are questions of their own.
CONTENTS = ("whole", "normal")


def draw(case, name, *shape, scale=1.0):
    """Quarters from ±¼ to ±1 where the case's content is "whole", otherwise normal numbers times `scale`."""
    rng = case.rng(name)
    if case.content == "whole":
        return case.given(name, rng.integers(1, 5, shape) * rng.choice([-0.25, 0.25], shape))
    return case.given(name, scale * rng.standard_normal(shape))


# A layer of its own needs spaces of its own: checks that share one share its cases, and the names in them. In the first
# row of each all sizes differ; in the second some are 1, for shapes that lose an axis.


def steps_alone():
    """A single step."""
    return Space(
        rows=[
            {"n": 4, "d": 3, "hidden": 2, "content": "normal"},
            {"n": 1, "d": 2, "hidden": 1, "content": "normal"},
        ],
        n=(1, 2, 3),
        d=(1, 2, 3),
        hidden=(1, 2, 3),
        content=CONTENTS,
    )


def sequences():
    """Several steps."""
    return Space(
        rows=[
            {"n": 2, "steps": 4, "d": 5, "hidden": 3, "content": "normal"},
            {"n": 1, "steps": 3, "d": 2, "hidden": 1, "content": "normal"},
        ],
        n=(1, 2, 3),
        steps=(2, 3, 5),
        d=(1, 2, 3),
        hidden=(1, 2, 3),
        content=CONTENTS,
    )


def one_sequence(steps, n, d):
    """Sequences of `steps` steps, `n` at once."""
    return Space(
        rows=[{"n": n, "steps": steps, "d": d, "hidden": 2, "content": "normal"}],
        n=(n,),
        steps=(steps,),
        d=(d,),
        hidden=(2,),
        content=("normal",),
    )


def one_step():
    """A step of one size, for questions that are dear to ask."""
    rows = [{"n": 2, "d": 3, "hidden": 2, "content": "normal"}]
    return Space(rows=rows, n=(2,), d=(3,), hidden=(2,), content=("normal",))


RNN_STEPS, RNN_SEQUENCES = steps_alone(), sequences()
LSTM_STEPS, LSTM_SEQUENCES = steps_alone(), sequences()
RNN_SHORT, LSTM_SHORT = one_sequence(1, 3, 4), one_sequence(1, 3, 4)
RNN_ONE, LSTM_ONE = one_sequence(3, 2, 3), one_sequence(3, 2, 3)
RNN_ONE_STEP, LSTM_ONE_STEP = one_step(), one_step()


def weights(case, gates=1):
    """Wx, Wh and b, of `gates` · hidden columns."""
    columns = gates * case.hidden
    return {
        "Wx": draw(case, "Wx", case.d, columns, scale=0.6),
        "Wh": draw(case, "Wh", case.hidden, columns, scale=0.6),
        "b": draw(case, "b", columns, scale=0.3),
    }


def rnn_step_arguments(case):
    state = {"x": draw(case, "x", case.n, case.d), "h": draw(case, "h", case.n, case.hidden, scale=0.5)}
    return state | weights(case)


def rnn_arguments(case):
    x, h0 = draw(case, "x", case.n, case.steps, case.d), draw(case, "h0", case.n, case.hidden, scale=0.5)
    return {"x": x, "h0": h0} | weights(case)


def lstm_step_arguments(case):
    h, c = draw(case, "h", case.n, case.hidden, scale=0.5), draw(case, "c", case.n, case.hidden)
    return {"x": draw(case, "x", case.n, case.d), "h": h, "c": c} | weights(case, gates=4)


def lstm_arguments(case):
    x = draw(case, "x", case.n, case.steps, case.d)
    h0, c0 = draw(case, "h0", case.n, case.hidden, scale=0.5), draw(case, "c0", case.n, case.hidden)
    return {"x": x, "h0": h0, "c0": c0} | weights(case, gates=4)


# ── large inputs ───────────────────────────────────────────────────────────────────────────────


def large_rnn_step(case):
    """Rows whose sums are in the thousands, of both signs, and one whose are not."""
    x = case.given("x", np.array([[1e3, 0.0], [0.0, -1e3], [0.3, -0.2]]))
    h = case.given("h", np.array([[0.5, -0.5], [0.25, 0.1], [-0.4, 0.7]]))
    Wx = case.given("Wx", np.array([[2.0, -1.0], [-0.5, 0.8]]))
    Wh = case.given("Wh", np.array([[0.4, -0.3], [0.2, 0.6]]))
    return {"x": x, "h": h, "Wx": Wx, "Wh": Wh, "b": case.given("b", np.array([0.1, -0.2]))}


def large_lstm_step(case):
    """Every gate meets sums in the thousands of both signs; the last row stays small."""
    x = case.given("x", np.array([[1e3, 0.0], [-1e3, 0.0], [0.0, 1e3], [0.0, -1e3], [0.3, -0.2]]))
    h = case.given("h", np.array([[0.5], [0.25], [-0.4], [0.7], [-0.6]]))
    c = case.given("c", np.array([[0.5], [-1.5], [0.8], [-0.3], [0.9]]))
    Wx = case.given("Wx", np.array([[2.0, -1.0, 1.5, 3.0], [1.0, 0.5, 2.0, -2.0]]))
    Wh = case.given("Wh", np.array([[0.4, -0.3, 0.2, 0.6]]))
    return {"x": x, "h": h, "c": c, "Wx": Wx, "Wh": Wh, "b": case.given("b", np.array([0.1, -0.2, 0.3, 0.4]))}


# ── a step of the LSTM, which has two outputs ──────────────────────────────────────────────────

LSTM_STEP = ("dx", "dh", "dc", "dWx", "dWh", "db")


def lstm_step_right(case, arguments=lstm_step_arguments):
    """h and c, one behind the other."""
    args = arguments(case)
    return case.once((arguments, "step"), lambda: formulas.lstm_step(*args.values()))


def lstm_step_arriving(case, arguments=lstm_step_arguments):
    """The gradients that arrive at h and at c."""
    shape = arguments(case)["h"].shape
    return case.array("dh", *shape), case.array("dc", *shape)


def lstm_step_gradients(case, dh, dc, arguments=lstm_step_arguments, key=None):
    """The right gradients by name; `key` tells them from those of another dh and dc of the same case."""
    args = tuple(arguments(case).values())
    compute = lambda: vjp(formulas.lstm_step, args, np.stack([dh, dc]), wrt=range(6))  # noqa: E731 — used once
    return dict(zip(LSTM_STEP, case.once((arguments, "step gradients", key), compute), strict=True))


# ── the network whose values fork ──────────────────────────────────────────────────────────────

# Normal numbers alone: on quarters a sum of 0, the kink of ReLU, is likely.
FORKS = Space(
    rows=[
        {"n": 4, "d": 3, "first": 5, "second": 6, "m": 2},
        {"n": 1, "d": 2, "first": 4, "second": 3, "m": 1},
    ],
    n=(1, 2, 3),
    d=(1, 2, 3),
    first=(3, 4),
    second=(3, 4),
    m=(1, 2),
)
FORKS_ONE = Space(  # a question that is dear to ask
    rows=[{"n": 3, "d": 2, "first": 4, "second": 3, "m": 2}], n=(3,), d=(2,), first=(4,), second=(3,), m=(2,)
)


def multiscale_arguments(case):
    sizes = {
        "W1": (case.d, case.first),
        "b1": (case.first,),
        "W2": (case.first, case.second),
        "b2": (case.second,),
        "V0": (case.d, case.m),
        "V1": (case.first, case.m),
        "V2": (case.second, case.m),
        "c": (case.m,),
    }
    return {"x": case.array("x", case.n, case.d), "params": {k: case.array(k, *shape) for k, shape in sizes.items()}}


# ── clipping, and powers ───────────────────────────────────────────────────────────────────────

# `above`: how many times the limit the norm of all gradients is.
CLIPPED = Space(
    rows=[{"content": "normal", "above": 4.0}, {"content": "normal", "above": 1.5}],
    content=CONTENTS,
    above=(2.0, 1.5, 10.0),
)
BELOW = Space(rows=[{"content": "normal", "above": 0.5}], content=CONTENTS, above=(0.5, 0.9, 0.01))


def gradients_and_limit(case):
    """Gradients of several shapes, each of them alone shorter than all together, and the limit."""
    shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
    grads = {name: draw(case, f"d{name}", *shape) for name, shape in shapes.items()}
    return grads, case.given("limit", float(formulas.norm_of_all(grads) / case.above))


POWERS = Space(
    rows=[
        {"hidden": 3, "steps": 5, "scale": 0.5},
        {"hidden": 4, "steps": 6, "scale": 1.0},
        {"hidden": 1, "steps": 1, "scale": 0.5},
    ],
    hidden=(1, 2, 3),
    steps=(2, 4, 7),
    scale=(0.5, 1.0),
)


def recurrent_weights(case):
    """Wh (H, H), not symmetric."""
    return case.given("Wh", case.scale * case.rng("Wh").standard_normal((case.hidden, case.hidden)))


def floats(found):
    """A list of numbers, which may well be what a loop gives, as the array that it stands for. All else stays as it is,
    for `expect` to refuse."""
    if not isinstance(found, list | tuple):
        return found
    try:
        array = np.array(found)
    except ValueError:  # of different lengths
        return found
    return array.astype(np.float64) if array.dtype.kind in "if" else found
