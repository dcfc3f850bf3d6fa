"""PyTorch code called with arrays: what comes back, what is refused, and that a sandbox can run it."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from autograder.checks.student import Student
from autograder.errors import CheckFailed, Crashed, IsolationUnavailable, Missing
from autograder.model import Assignment, Cell, EntryPoint, Level, Limits, Policy, Submission
from autograder.sandbox.isolation import hold
from autograder.sandbox.local import LocalProgram
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.worker import by_hand
from autograder.worker.weights import Mismatch, match

torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
nn = torch.nn

ASSIGNMENT = Assignment(
    id="torchy",
    title="Torchy",
    summary="",
    entry_points=(EntryPoint("Layer", "n, m", ("module",)), EntryPoint("square", "x, b", ("out",))),
    limits=Limits(),
    policy=Policy(packages=("numpy", "torch")),
    conventions={},
    folder="",
    reference="",
    version="",
)
rng = np.random.default_rng(7)
X, W, DOUT = rng.standard_normal((4, 3)), rng.standard_normal((2, 3)), rng.standard_normal((4, 2))
B, DOUT_OF_SQUARE = rng.standard_normal(3), rng.standard_normal((4, 3))


def student(**functions):
    return Student(ASSIGNMENT, LocalProgram(functions))


class Layer(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.linear = nn.Linear(n, m)

    def forward(self, x):
        return self.linear(x)


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        ctx.save_for_backward(x)
        return x**2 + b

    @staticmethod
    def backward(ctx, dout):
        (x,) = ctx.saved_tensors
        return 2 * x * dout, dout.sum(0)


def run_layer(layer, dout=DOUT, state=None, **options):
    state = state or {"linear.weight": W}
    return student(Layer=layer).run_module("Layer", (3, 2), state, {"x": X}, dout, **options)


def run_square(square, dout=DOUT_OF_SQUARE):
    return student(square=square).run_function("square", {"x": X, "b": B}, dout)


# ── modules ────────────────────────────────────────────────────────────────────────────────────


def test_a_module_gets_the_weights_and_gives_its_gradients():
    run = run_layer(Layer)
    np.testing.assert_allclose(run.out, X @ W.T, rtol=1e-12)
    np.testing.assert_allclose(run.gradients["x"], DOUT @ W, rtol=1e-12)
    np.testing.assert_allclose(run.gradients["linear.weight"], DOUT.T @ X, rtol=1e-12)
    np.testing.assert_array_equal(run.state["linear.weight"], W)
    np.testing.assert_array_equal(run.arguments["x"], X)


def test_names_are_those_of_the_state_whatever_the_module_calls_its_own():
    class Named(Layer):
        def __init__(self, n, m):
            nn.Module.__init__(self)
            self.mine = nn.Linear(n, m)

        def forward(self, x):
            return self.mine(x)

    assert run_layer(Named).gradients.keys() == {"x", "linear.weight"}


def test_without_a_cotangent_nothing_is_carried_back():
    assert set(run_layer(Layer, dout=None).gradients.values()) == {None}


def test_a_gradient_that_does_not_arrive_is_none():
    class Detached(Layer):
        def forward(self, x):
            return self.linear(x.detach())

    run = run_layer(Detached)
    assert run.gradients["x"] is None
    assert run.gradients["linear.weight"] is not None


def test_an_output_of_another_shape_has_no_gradients():
    class Transposed(Layer):
        def forward(self, x):
            return self.linear(x).T

    assert set(run_layer(Transposed).gradients.values()) == {None}


def test_writing_into_the_input_is_seen():
    class InPlace(Layer):
        def forward(self, x):
            out = self.linear(x.clone())
            x += 1
            return out

    np.testing.assert_array_equal(run_layer(InPlace).arguments["x"], X + 1)


def test_training_and_evaluation_are_told_apart():
    class Switched(Layer):
        def forward(self, x):
            return self.linear(x) * (1.0 if self.training else 10.0)

    np.testing.assert_allclose(run_layer(Switched, training=False).out, 10 * X @ W.T, rtol=1e-12)


def test_tensors_that_a_module_makes_are_float64_and_the_settings_come_back():
    class Padded(Layer):
        def forward(self, x):
            assert torch.get_num_threads() == 1
            return self.linear(x) + torch.zeros(2)

    threads = torch.get_num_threads()
    assert run_layer(Padded).out.dtype == np.float64
    assert torch.get_default_dtype() == torch.float32
    assert torch.get_num_threads() == threads


def test_a_module_that_is_none_is_refused():
    with pytest.raises(CheckFailed, match=r"^Layer: It makes a int where a torch.nn.Module is asked for.$"):
        run_layer(lambda n, m: 3)


def test_a_value_that_is_no_tensor_is_refused():
    class Arrays(Layer):
        def forward(self, x):
            return x.detach().numpy()

    with pytest.raises(CheckFailed, match=r"^Layer: It returns a ndarray where a tensor is asked for.$"):
        run_layer(Arrays)


def test_a_module_without_the_layers_is_refused_with_the_first_that_it_lacks():
    expected = r"^Layer: Its layers are not those asked for: none can take the weights of linear, weight \(5, 3\).$"
    with pytest.raises(CheckFailed, match=expected):
        run_layer(Layer, state={"linear.weight": np.ones((5, 3))})


def test_a_module_that_is_not_written_is_missing():
    def unwritten(n, m):
        raise NotImplementedError

    with pytest.raises(Missing, match="Layer is not written yet"):
        run_layer(unwritten)


def test_an_answer_that_is_none_breaks_the_protocol():
    class Forged:
        def calls(self, calls):
            return [{"out": 1.0, "gradients": 3, "state": {}, "arguments": {}}]

    with pytest.raises(Crashed, match="it sent no result of PyTorch code"):
        Student(ASSIGNMENT, Forged()).run_function("square", {"x": X})


# ── functions ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("square", [Square, Square.apply, lambda x, b: Square.apply(x, b)])
def test_a_function_may_be_the_class_its_apply_or_what_calls_it(square):
    run = run_square(square)
    np.testing.assert_allclose(run.out, X**2 + B, rtol=1e-12)
    np.testing.assert_allclose(run.gradients["x"], 2 * X * DOUT_OF_SQUARE, rtol=1e-12)
    np.testing.assert_allclose(run.gradients["b"], DOUT_OF_SQUARE.sum(0), rtol=1e-12)


def with_backward(backward):
    return type("Other", (Square,), {"backward": staticmethod(backward)})


def test_a_gradient_that_is_not_summed_is_seen_although_the_engine_would_sum_it():
    run = run_square(with_backward(lambda ctx, dout: (dout, dout)))
    assert run.gradients["b"].shape == (4, 3)


def test_a_gradient_of_none_stays_none():
    assert run_square(with_backward(lambda ctx, dout: (dout, None))).gradients["b"] is None


def test_writing_into_dout_is_seen():
    run = run_square(with_backward(lambda ctx, dout: (dout.mul_(2), dout)))
    np.testing.assert_array_equal(run.arguments["dout"], 2 * DOUT_OF_SQUARE)


def test_the_gradients_must_be_as_many_as_the_inputs():
    with pytest.raises(CheckFailed, match=r"^square: Its backward returns 1 gradients for 2 inputs.$"):
        run_square(with_backward(lambda ctx, dout: dout))


def test_a_plain_function_is_no_function_of_ones_own():
    with pytest.raises(CheckFailed, match=r"does not come out of a torch\.autograd\.Function"):
        run_square(lambda x, b: x**2 + b)


def by_grad(ctx, dout):
    with torch.enable_grad():
        x = ctx.saved_tensors[0].detach().requires_grad_()
        return torch.autograd.grad(x**2, x, dout)[0], dout.sum(0)


def by_backward(ctx, dout):
    with torch.enable_grad():
        x = ctx.saved_tensors[0].detach().requires_grad_()
        (x**2).backward(dout)
    return x.grad, dout.sum(0)


def by_vjp(ctx, dout):
    return torch.func.vjp(lambda x: x**2, ctx.saved_tensors[0])[1](dout)[0], dout.sum(0)


by_hand.install()  # as in a worker, before a submission can take hold of anything
GRAD, ENABLE, INFERENCE, ENGINE = (
    torch.autograd.grad, torch.enable_grad, torch.inference_mode, torch.autograd.Variable._execution_engine
)  # fmt: skip


def by_names_taken_before(ctx, dout):
    with ENABLE():
        x = ctx.saved_tensors[0].detach().requires_grad_()
        return GRAD(x**2, x, dout)[0], dout.sum(0)


def by_the_engine(ctx, dout):
    x = ctx.saved_tensors[0].detach().requires_grad_()
    return ENGINE.run_backward((x**2,), (dout,), False, False, (x,), allow_unreachable=True)[0], dout.sum(0)


def by_a_node(ctx, dout):
    with INFERENCE(False):
        x = ctx.saved_tensors[0].detach().requires_grad_()
        return (x**2).grad_fn(dout), dout.sum(0)


def by_another_thread(ctx, dout):
    found = []
    x = ctx.saved_tensors[0].detach().requires_grad_()

    def work():
        try:
            found.append(GRAD(x**2, x, dout)[0])
        except by_hand.Refused as refusal:
            found.append(refusal)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if isinstance(found[0], by_hand.Refused):
        raise found[0]
    return found[0], dout.sum(0)


def by_forward_mode(ctx, dout):
    return torch.func.jvp(lambda x: x**2, (ctx.saved_tensors[0],), (dout,))[1], dout.sum(0)


@pytest.mark.parametrize(
    "backward",
    [
        by_grad, by_backward, by_vjp, by_names_taken_before, by_the_engine, by_a_node, by_another_thread,
        by_forward_mode,
    ],
)  # fmt: skip
def test_a_backward_that_calls_autograd_is_refused_and_autograd_comes_back(backward):
    with pytest.raises(CheckFailed, match=r"^square: It calls autograd; write the gradients out by hand.$"):
        run_square(with_backward(backward))
    x = torch.ones(2, requires_grad=True)
    (x**2).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_a_forward_that_works_the_gradients_out_in_advance_is_refused():
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, b):
            with torch.enable_grad():
                leaf = x.detach().requires_grad_()
                ctx.slope = GRAD((leaf**2).sum(), leaf)[0]
            return x**2 + b

        @staticmethod
        def backward(ctx, dout):
            return ctx.slope * dout, dout.sum(0)

    with pytest.raises(CheckFailed, match="It calls autograd"):
        run_square(Square)


def test_a_backward_may_switch_autograd_off_and_take_pieces_apart():
    def by_hand_in_no_grad(ctx, dout):
        with torch.no_grad(), torch.inference_mode():
            (x,) = ctx.saved_tensors
        with torch.set_grad_enabled(False):
            return 2 * x * dout, dout.sum(0)

    np.testing.assert_allclose(run_square(with_backward(by_hand_in_no_grad)).gradients["x"], 2 * X * DOUT_OF_SQUARE)


# ── whose weights are whose ────────────────────────────────────────────────────────────────────


def conv(name, into, out, size):
    return {f"{name}.weight": (out, into, size, size)}


def norm(name, channels):
    leaves = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{leaf}": (channels,) for leaf in leaves}


HANDOUT = (
    conv("c1", 2, 3, 3) | norm("n1", 3) | conv("c2", 3, 3, 3) | norm("n2", 3) | conv("c3", 2, 3, 1) | norm("n3", 3)
)


@pytest.mark.parametrize(
    "order",
    [("c1", "n1", "c2", "n2", "c3", "n3"), ("c3", "n3", "c1", "n1", "c2", "n2"), ("c1", "c2", "n1", "n2", "c3", "n3")],
)
def test_layers_of_other_names_are_told_apart_by_shape_and_order(order):
    found = {f"my_{name}": shape for layer in order for name, shape in HANDOUT.items() if name.startswith(layer)}
    assert match(HANDOUT, found) == {name: f"my_{name}" for name in HANDOUT}


def test_the_same_names_are_right_in_any_order():
    found = dict(reversed(HANDOUT.items()))
    assert match(HANDOUT, found) == {name: name for name in HANDOUT}


def test_counters_and_biases_in_front_of_a_normalisation_are_nobodys():
    found = HANDOUT | {"c1.bias": (3,), "n1.num_batches_tracked": ()}
    assert match(HANDOUT, found) == {name: name for name in HANDOUT}


def test_a_layer_too_many_is_a_mismatch():
    with pytest.raises(Mismatch, match=r"^It has more layers than are asked for, with weight \(7, 2, 1, 1\).$"):
        match(HANDOUT, HANDOUT | conv("c4", 2, 7, 1))


# ── in a worker ────────────────────────────────────────────────────────────────────────────────

SOURCE = """
import torch

class Layer(torch.nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.linear = torch.nn.Linear(n, m)

    def forward(self, x):
        return torch.relu(self.linear(x))

class square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        ctx.save_for_backward(x)
        return x ** 2 + b

    @staticmethod
    def backward(ctx, dout):
        (x,) = ctx.saved_tensors
        return 2 * x * dout, dout.sum(0)
"""


@pytest.mark.parametrize("level", [Level.STRONG, Level.CONTAINED])
def test_a_sandbox_runs_torch_with_all_its_limits(level):
    try:
        hold(level)
    except IsolationUnavailable as unavailable:
        pytest.skip(str(unavailable))
    submission = Submission("ada", "", "", "script", (Cell(0, 1, SOURCE),))
    with (
        Sandbox(level, ASSIGNMENT.policy.packages) as sandbox,
        SandboxRunner(sandbox, ASSIGNMENT, submission) as runner,
    ):
        assert runner.notes == ()
        with runner.start() as program:
            one = Student(ASSIGNMENT, program)
            layer = one.run_module("Layer", (3, 2), {"linear.weight": W}, {"x": X}, DOUT)
            function = one.run_function("square", {"x": X, "b": B}, DOUT_OF_SQUARE)
        assert runner.cpu_s < 1.0  # torch itself is imported before the fork
    np.testing.assert_allclose(layer.out, np.maximum(X @ W.T, 0), rtol=1e-12)
    np.testing.assert_allclose(function.gradients["x"], 2 * X * DOUT_OF_SQUARE, rtol=1e-12)


def test_the_worker_does_not_import_torch_for_numpy_code():
    code = "import sys, autograder.worker.main, autograder.sandbox.local; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
