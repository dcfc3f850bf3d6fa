"""What is asked in `recurrent`. A docstring, or the sentence beside the points, is what the student reads."""

import numpy as np

from autograder import Pair, check, expect, expect_consistent, expect_shape, expect_unmodified, vjp

from . import formulas
from .cases import (
    BELOW,
    CLIPPED,
    FORKS,
    FORKS_ONE,
    LSTM_ONE,
    LSTM_ONE_STEP,
    LSTM_SEQUENCES,
    LSTM_SHORT,
    LSTM_STEP,
    LSTM_STEPS,
    POWERS,
    RNN_ONE,
    RNN_ONE_STEP,
    RNN_SEQUENCES,
    RNN_SHORT,
    RNN_STEPS,
    draw,
    floats,
    gradients_and_limit,
    large_lstm_step,
    large_rnn_step,
    lstm_arguments,
    lstm_step_arguments,
    lstm_step_arriving,
    lstm_step_gradients,
    lstm_step_right,
    multiscale_arguments,
    recurrent_weights,
    rnn_arguments,
    rnn_step_arguments,
)

LEFT_ALONE = "dh and the cache are left as they were."

# ── a recurrent layer ──────────────────────────────────────────────────────────────────────────

RNN_STEP = ("dx", "dh", "dWx", "dWh", "db")
rnn_step = Pair(
    "rnn_step_forward",
    "rnn_step_backward",
    formulas.rnn_step,
    rnn_step_arguments,
    RNN_STEP,
    given=RNN_STEPS,
    output="h",
)
rnn_step.values(3.5, "The next h is tanh(x Wx + h Wh + b).", examples=4)
rnn_step.shape(0.5, "h has exactly the shape (N, H).")
rnn_step.pure(0.5, "x, h, Wx, Wh and b are left as they were.")
rnn_step.gradients(5, "dx, dh, dWx, dWh and db are the gradients for any dh that arrives.", examples=4)
rnn_step.shapes(0.5, "Each gradient has exactly the shape of what it belongs to: db is (H,), not (1, H).")
rnn_step.consistent(1, given=RNN_ONE_STEP, examples=0)
rnn_step.repeatable(0.5, LEFT_ALONE)


@check("rnn_step_forward", points=0.5, needs=("rnn_step_forward.values",))
def rnn_step_forward_saturated(student, case):
    """At sums of ±1000 the next h is ±1, without overflow."""
    args = large_rnn_step(case)
    h, _ = student.rnn_step_forward(*args.values())
    expect(student, h=(h, formulas.rnn_step(*args.values())))


@check("rnn_step_backward", points=0.5, needs=("rnn_step_backward.gradients",))
def rnn_step_backward_saturated(student, case):
    """Where tanh is saturated its slope is 0, and no gradient is NaN."""
    args = tuple(large_rnn_step(case).values())
    dh = case.array("dh", 3, 2)
    _, cache = student.rnn_step_forward(*args)
    found = student.rnn_step_backward(dh, cache)
    right = case.once("saturated", lambda: vjp(formulas.rnn_step, args, dh, wrt=range(5)))
    expect(student, **dict(zip(RNN_STEP, zip(found, right, strict=True), strict=True)))


RNN = ("dx", "dh0", "dWx", "dWh", "db")
rnn = Pair("rnn_forward", "rnn_backward", formulas.rnn, rnn_arguments, RNN, given=RNN_SEQUENCES, output="h")
rnn.values(3, "h holds the state after each step, each made of the one before, the first of h0.", examples=3)
rnn.values(0.5, "Right for a sequence of a single step, T = 1.", name="one_step", given=RNN_SHORT, examples=0)
rnn.shape(0.5, "h has exactly the shape (N, T, H).", examples=1)
rnn.pure(0.5, "x, h0, Wx, Wh and b are left as they were.", given=RNN_ONE, examples=0)
rnn.gradients(7, "The gradients through time, for a dh that arrives at every step.", examples=3)
rnn.gradients(1, "dh0 is what is left of the gradient before the first step.", name="h0", only=("dh0",), examples=3)
rnn.gradients(0.5, "Right for a sequence of a single step, T = 1.", name="one_step", given=RNN_SHORT, examples=0)
rnn.shapes(0.5, "Each gradient has exactly the shape of what it belongs to: db is (H,), dx (N, T, D).", examples=1)
rnn.consistent(1, given=RNN_ONE, examples=0)
rnn.repeatable(0.5, LEFT_ALONE, given=RNN_ONE, examples=0)


def last_step(pair, case):
    """A dh that is 0 but at the last step, and the right gradients for it."""
    dh = np.zeros(pair.out(case).shape)
    dh[:, -1] = draw(case, "dh_last", case.n, case.hidden)
    args = tuple(pair.arguments(case).values())
    compute = lambda: vjp(pair.formula, args, dh, wrt=range(len(pair.names)))  # noqa: E731 — used once
    return dh, case.once((pair.backward, "last step"), compute)


@check("rnn_backward", points=1, given=RNN_SEQUENCES, examples=1)
def rnn_backward_last_step(student, case):
    """A gradient that arrives at the last step alone reaches every step before it."""
    dh, right = last_step(rnn, case)
    found = student.rnn_backward(dh, rnn.cache(student, case))
    expect(student, **dict(zip(RNN, zip(found, right, strict=True), strict=True)))


# ── LSTM ───────────────────────────────────────────────────────────────────────────────────────


@check("lstm_step_forward", points=4, given=LSTM_STEPS, examples=4)
def lstm_step_forward_values(student, case):
    """The next c is σ(f) c + σ(i) tanh(g), and the next h is σ(o) tanh(c) of that c."""
    h, c, _ = student.lstm_step_forward(*lstm_step_arguments(case).values())
    right_h, right_c = lstm_step_right(case)
    expect(student, c=(c, right_c), h=(h, right_h))


@check("lstm_step_forward", points=1)
def lstm_step_forward_gates(student, case):
    """Gates that are wide open or shut do one thing each: keep c, write g, erase c, hide c from h."""
    i, f, o = case.given("gates", np.array([[-40.0, 40, -40, 40], [40.0, -40, -40, 40], [40.0, 40, 40, -40]]))
    b = case.given("b", np.concatenate([i, f, o, [0.5, 0.5, 0.5, 0.5]]))
    c = case.given("c", np.array([[0.8, 0.8, 0.8, 0.8], [-1.2, -1.2, -1.2, -1.2]]))
    x, h = case.given("x", np.zeros((2, 3))), case.given("h", np.zeros((2, 4)))
    Wx, Wh = case.given("Wx", np.zeros((3, 16))), case.given("Wh", np.zeros((4, 16)))
    new_h, new_c, _ = student.lstm_step_forward(x, h, c, Wx, Wh, b)
    written = np.tanh(0.5)
    right = np.array([[old, written, 0.0, old + written] for old in (0.8, -1.2)])
    shown = np.tanh(right) * [1, 1, 1, 0]
    expect(student, c=(new_c, right), h=(new_h, shown))


@check("lstm_step_forward", points=1, needs=("lstm_step_forward.values",))
def lstm_step_forward_saturated(student, case):
    """At sums of ±1000 the gates are 0 and 1, without overflow and without NaN."""
    args = large_lstm_step(case)
    h, c, _ = student.lstm_step_forward(*args.values())
    right_h, right_c = lstm_step_right(case, large_lstm_step)
    expect(student, c=(c, right_c), h=(h, right_h))


@check("lstm_step_forward", points=0.5, given=LSTM_STEPS, examples=2, needs=("lstm_step_forward.values",))
def lstm_step_forward_shapes(student, case):
    """h and c have exactly the shape (N, H)."""
    h, c, _ = student.lstm_step_forward(*lstm_step_arguments(case).values())
    shape = (case.n, case.hidden)
    expect_shape(h=(h, shape), c=(c, shape))


@check("lstm_step_forward", points=0.5, given=LSTM_STEPS, examples=1, needs=("lstm_step_forward.values",))
def lstm_step_forward_pure(student, case):
    """x, h, c, Wx, Wh and b are left as they were."""
    expect_unmodified(student, "lstm_step_forward", **lstm_step_arguments(case))


def lstm_step_pull(student, case, dh, dc):
    """What the student's backward pass makes of dh and dc, a tuple."""
    *_, cache = student.lstm_step_forward(*lstm_step_arguments(case).values())
    return student.lstm_step_backward(dh, dc, cache)


def expect_lstm_step(student, found, right):
    """Every gradient is right."""
    expect(student, **{name: (found[place], right[name]) for place, name in enumerate(LSTM_STEP)})


@check("lstm_step_backward", points=6.5, given=LSTM_STEPS, examples=4)
def lstm_step_backward_gradients(student, case):
    """dx, dh, dc, dWx, dWh and db are the gradients for any dh and dc that arrive."""
    dh, dc = lstm_step_arriving(case)
    expect_lstm_step(student, lstm_step_pull(student, case, dh, dc), lstm_step_gradients(case, dh, dc))


@check("lstm_step_backward", points=0.5, given=LSTM_STEPS, examples=1)
def lstm_step_backward_dh_alone(student, case):
    """Right where dc is 0, as it is at the end of a sequence."""
    dh, _ = lstm_step_arriving(case)
    dc = np.zeros(dh.shape)
    expect_lstm_step(student, lstm_step_pull(student, case, dh, dc), lstm_step_gradients(case, dh, dc, key="dh"))


@check("lstm_step_backward", points=0.5, given=LSTM_STEPS, examples=1)
def lstm_step_backward_dc_alone(student, case):
    """Right where dh is 0, so that all comes through c."""
    _, dc = lstm_step_arriving(case)
    dh = np.zeros(dc.shape)
    expect_lstm_step(student, lstm_step_pull(student, case, dh, dc), lstm_step_gradients(case, dh, dc, key="dc"))


@check("lstm_step_backward", points=0.5, needs=("lstm_step_backward.gradients",))
def lstm_step_backward_saturated(student, case):
    """Where a gate is saturated its slope is 0, and no gradient is NaN."""
    dh, dc = lstm_step_arriving(case, large_lstm_step)
    *_, cache = student.lstm_step_forward(*large_lstm_step(case).values())
    found = student.lstm_step_backward(dh, dc, cache)
    expect_lstm_step(student, found, lstm_step_gradients(case, dh, dc, large_lstm_step))


@check("lstm_step_backward", points=0.5, given=LSTM_STEPS, examples=2, needs=("lstm_step_backward.gradients",))
def lstm_step_backward_shapes(student, case):
    """Each gradient has exactly the shape of what it belongs to: db is (4H,), not (1, 4H)."""
    found = lstm_step_pull(student, case, *lstm_step_arriving(case))
    shapes = [argument.shape for argument in lstm_step_arguments(case).values()]
    expect_shape(**{name: (found[place], shapes[place]) for place, name in enumerate(LSTM_STEP)})


@check("lstm_step_backward", points=0.5, given=LSTM_STEPS, examples=1, needs=("lstm_step_backward.gradients",))
def lstm_step_backward_pure(student, case):
    """dh, dc and the cache are left as they were."""
    dh, dc = lstm_step_arriving(case)
    *_, cache = student.lstm_step_forward(*lstm_step_arguments(case).values())
    expect_unmodified(student, "lstm_step_backward", dh=dh, dc=dc, cache=cache)
    expect_lstm_step(student, student.lstm_step_backward(dh, dc, cache), lstm_step_gradients(case, dh, dc))


class Joined:
    """A student whose step of the LSTM has one output, h and c one behind the other: so it can be differentiated."""

    def __init__(self, student):
        self._student = student

    def __getattr__(self, name):
        return getattr(self._student, name)

    def each(self, function, calls):
        found = self._student.each(function, calls)
        for h, c, _ in found:
            expect_shape(h=(h, np.shape(h)), c=(c, np.shape(h)))  # arrays of floats
        return [(np.stack([h, c]).astype(float), cache) for h, c, cache in found]

    def lstm_step_backward(self, arriving, cache):
        dh, dc = arriving
        return self._student.lstm_step_backward(dh, dc, cache)


@check("lstm_step_backward", points=1, given=LSTM_ONE_STEP, examples=0)
def lstm_step_backward_consistent(student, case):
    """The backward pass is the gradient of your own forward pass, right or wrong."""
    arguments = tuple(lstm_step_arguments(case).values())
    joined = Joined(student)
    expect_consistent(joined, "lstm_step_forward", "lstm_step_backward", arguments, LSTM_STEP, case.seed)


LSTM = ("dx", "dh0", "dc0", "dWx", "dWh", "db")
BEFORE = "dh0 and dc0 are what is left of the gradients before the first step."
lstm = Pair("lstm_forward", "lstm_backward", formulas.lstm, lstm_arguments, LSTM, given=LSTM_SEQUENCES, output="h")
lstm.values(3.5, "h holds the state after each step; c is carried along from step to step, from c0.", examples=3)
lstm.values(0.5, "Right for a sequence of a single step, T = 1.", name="one_step", given=LSTM_SHORT, examples=0)
lstm.shape(0.5, "h has exactly the shape (N, T, H).", examples=1)
lstm.pure(0.5, "x, h0, c0, Wx, Wh and b are left as they were.", given=LSTM_ONE, examples=0)
lstm.gradients(8, "The gradients through time, for a dh that arrives at every step.", examples=3)
lstm.gradients(1, BEFORE, name="initial", only=("dh0", "dc0"), examples=3)
lstm.gradients(0.5, "Right for a sequence of a single step, T = 1.", name="one_step", given=LSTM_SHORT, examples=0)
lstm.shapes(0.5, "Each gradient has exactly the shape of what it belongs to: db is (4H,), dx (N, T, D).", examples=1)
lstm.consistent(1, given=LSTM_ONE, examples=0)
lstm.repeatable(0.5, LEFT_ALONE, given=LSTM_ONE, examples=0)


@check("lstm_backward", points=1, given=LSTM_SEQUENCES, examples=1)
def lstm_backward_last_step(student, case):
    """A gradient that arrives at the last step alone reaches every step before it, through h and through c."""
    dh, right = last_step(lstm, case)
    found = student.lstm_backward(dh, lstm.cache(student, case))
    expect(student, **dict(zip(LSTM, zip(found, right, strict=True), strict=True)))


# ── gradients that grow and gradients that vanish ──────────────────────────────────────────────


def expect_clipped(student, grads, limit):
    """PyTorch's 1e-6 in the denominator may be there: it lowers no element by more than a millionth of limit / norm."""
    right = formulas.clipped(grads, limit)
    clipped = student.clip_by_norm(grads, limit)
    expect(student, 1.01e-6 * float(limit / formulas.norm_of_all(grads)), clipped=(clipped, right))
    return clipped


@check("clip_by_norm", points=3.5, given=CLIPPED)
def clip_by_norm_values(student, case):
    """If the norm of all gradients together is above the limit, all are scaled alike, so that it becomes the limit."""
    expect_clipped(student, *gradients_and_limit(case))


@check("clip_by_norm", points=1, given=BELOW, examples=2, needs=("clip_by_norm.values",))
def clip_by_norm_untouched(student, case):
    """Gradients whose norm is below the limit come back as they are."""
    grads, limit = gradients_and_limit(case)
    expect(student, clipped=(student.clip_by_norm(grads, limit), grads))


@check("clip_by_norm", points=0.5, needs=("clip_by_norm.values",))
def clip_by_norm_zeros(student, case):
    """Gradients of zeros stay zeros, and do not become NaN."""
    grads = {"W": case.given("dW", np.zeros((2, 3))), "b": case.given("db", np.zeros(3))}
    expect(student, clipped=(student.clip_by_norm(grads, 1.0), grads))


@check("clip_by_norm", points=0.5, given=CLIPPED, examples=1, needs=("clip_by_norm.values",))
def clip_by_norm_shapes(student, case):
    """Each clipped gradient has exactly the shape that it had."""
    grads, limit = gradients_and_limit(case)
    clipped = expect_clipped(student, grads, limit)
    expect_shape(**{name: (clipped[name], grad.shape) for name, grad in grads.items()})


@check("clip_by_norm", points=0.5, given=CLIPPED, examples=1, needs=("clip_by_norm.values",))
def clip_by_norm_pure(student, case):
    """The dict and the arrays that are given are left as they were: the result is a new dict of new arrays."""
    grads, limit = gradients_and_limit(case)
    expect_unmodified(student, "clip_by_norm", grads=grads, limit=limit)


@check("gradient_through_time", points=4.5, given=POWERS, examples=4)
def gradient_through_time_values(student, case):
    """The norms are the largest singular values of Wh, Wh², …, Whᵀ."""
    Wh = recurrent_weights(case)
    norms = floats(student.gradient_through_time(Wh, case.steps))
    expect(student, norms=(norms, formulas.gradient_through_time(Wh, case.steps)))


@check("gradient_through_time", points=0.5)
def gradient_through_time_turning(student, case):
    """A rotation keeps the length of every gradient; halved, it halves it at each step."""
    turn = case.given("Wh", np.array([[0.6, -0.8], [0.8, 0.6]]))
    half = case.given("half", turn / 2)
    kept, halved = student.each("gradient_through_time", [(turn, 4), (half, 4)])
    expect(student, norms=(floats(kept), np.ones(4)), norms_halved=(floats(halved), [0.5, 0.25, 0.125, 0.0625]))


@check("gradient_through_time", points=0.5)
def gradient_through_time_transient(student, case):
    """Eigenvalues below 1 let gradients vanish in the end; the norms may grow before that."""
    Wh = case.given("Wh", np.array([[0.5, 4.0], [0.0, 0.25]]))
    norms = floats(student.gradient_through_time(Wh, 8))
    expect(student, norms=(norms, formulas.gradient_through_time(Wh, 8)))


@check("gradient_through_time", points=0.5, given=POWERS, examples=1, needs=("gradient_through_time.values",))
def gradient_through_time_shape(student, case):
    """The norms have exactly the shape (T,)."""
    Wh = recurrent_weights(case)
    expect_shape(norms=(floats(student.gradient_through_time(Wh, case.steps)), (case.steps,)))


@check("gradient_through_time", points=0.5, given=POWERS, examples=0, needs=("gradient_through_time.values",))
def gradient_through_time_pure(student, case):
    """Wh is left as it was."""
    expect_unmodified(student, "gradient_through_time", Wh=recurrent_weights(case), T=case.steps)


# ── a network whose values fork ────────────────────────────────────────────────────────────────

multiscale = Pair(
    "multiscale_forward",
    "multiscale_backward",
    formulas.multiscale,
    multiscale_arguments,
    ("dx", "grads"),
    given=FORKS,
    output="s",
)
multiscale.values(5, "s is x V0 + h1 V1 + h2 V2 + c.", examples=3)
multiscale.shape(0.5, "s has exactly the shape (N, M).", examples=1)
multiscale.pure(0.5, "x and params are left as they were.")
multiscale.gradients(10, "dx and the gradient of every parameter, for any ds that arrives.", examples=3)
multiscale.gradients(2, "dx adds up both ways back to x.", name="dx", only=("dx",), examples=3)
multiscale.shapes(0.5, "dx has exactly x's shape, and each of grads its parameter's.", examples=1)
multiscale.consistent(1, given=FORKS_ONE, examples=0)
multiscale.repeatable(0.5, "ds and the cache are left as they were.")
