"""Models and tensors that stay with the student's code: what is built, what is seen of it, and what is refused."""

from __future__ import annotations

import functools
import json

import numpy as np
import pytest

from autograder import Case, Network
from autograder.checks.student import Student
from autograder.errors import CheckFailed, Crashed, IsolationUnavailable
from autograder.model import Assignment, Cell, EntryPoint, Level, Limits, Policy, Submission
from autograder.sandbox.isolation import hold
from autograder.sandbox.local import LocalProgram
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.wire import Handle

torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
nn = torch.nn

ASSIGNMENT = Assignment(
    id="torchy",
    title="Torchy",
    summary="",
    entry_points=(
        EntryPoint("scores", "model, x", ("out",), tensors=True),
        EntryPoint("cut", "model", ("model",), opaque=("model",), tensors=True),
        EntryPoint("batches", "pairs, lr", ("losses", "labels"), tensors=True),
        EntryPoint("Net", "n", ("module",)),
    ),
    limits=Limits(),
    policy=Policy(packages=("numpy", "torch"), warm=("torch._dynamo",)),
    conventions={},
    folder="",
    reference="",
    version="",
)
CASE = Case({}, seed=5)
LAYERS = [("conv", 2, 3, 3, 1, 1), ("batchnorm", 3), [("relu",), ("max", 2, 2)], ("dropout", 0.5), ("flatten",)]
NETWORK = Network([*LAYERS, ("linear", 12, 4)]).drawn(CASE)
X = CASE.array("x", 2, 2, 4, 4)


def student(**functions):
    return Student(ASSIGNMENT, LocalProgram(functions))


def scores(model, x):
    return model(x)


def trusted(training=False):
    """The network, built here with PyTorch's own names."""
    inner = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2, 2))
    layers = [nn.Conv2d(2, 3, 3, 1, 1), nn.BatchNorm2d(3), inner, nn.Dropout(0.5), nn.Flatten(), nn.Linear(12, 4)]
    model = nn.Sequential(*layers).double()
    state = {name: torch.tensor(array) for name, array in NETWORK.state.items()}
    model.load_state_dict({**model.state_dict(), **state})
    return model.train(training)


# ── networks ───────────────────────────────────────────────────────────────────────────────────


def test_a_network_names_its_weights_as_pytorch_does_and_draws_them_once():
    named = [name for name in trusted().state_dict() if "num_batches" not in name]
    assert list(NETWORK.state) == named
    assert (NETWORK.state["1.running_var"] > 0).all()
    again = Network(NETWORK.layers).drawn(CASE)
    assert again.state["0.weight"] is NETWORK.state["0.weight"]
    other = Network(NETWORK.layers).drawn(CASE, name="other ")
    assert not np.array_equal(other.state["0.weight"], NETWORK.state["0.weight"])


def test_a_counterexample_shows_the_weights_of_a_network_and_not_what_they_are_made_of():
    case = Case({}, seed=5).asked_anew()
    network = Network([("batchnorm", 3), ("linear", 12, 4)]).drawn(case)
    assert list(case.used) == list(network.state)
    assert case.used["0.running_var"] is network.state["0.running_var"]


def test_another_network_of_the_same_case_needs_a_name_of_its_own():
    other = Network([("conv", 2, 5, 3, 1, 1)])
    with pytest.raises(ValueError, match="call one of them something else"):
        other.drawn(CASE)
    assert other.drawn(CASE, "further ").state["0.weight"].shape == (5, 2, 3, 3)


def test_a_network_with_a_change_keeps_the_rest():
    changed = NETWORK.with_state({"5.bias": np.zeros(4)})
    assert not changed.state["5.bias"].any()
    assert changed.state["0.weight"] is NETWORK.state["0.weight"]


# ── building and calling ───────────────────────────────────────────────────────────────────────


def test_a_model_is_built_with_the_weights_and_called_with_tensors():
    one = student(scores=scores)
    model = one.build("scores", NETWORK, training=False)
    assert isinstance(model, Handle)
    right = trusted()(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(one.scores(model, X), right, rtol=1e-12)


@pytest.mark.parametrize("kind", ["graph", "no graph", "array"])
def test_a_result_may_have_a_graph_or_be_an_array(kind):
    def answer(model, x):
        out = model(x)
        return out if kind == "graph" else out.detach() if kind == "no graph" else out.detach().numpy()

    one = student(scores=answer)
    assert one.scores(one.build("scores", NETWORK), X).dtype == np.float64


def test_tensors_stand_for_arrays_in_lists_too_and_labels_are_64_bits():
    seen = []

    def batches(pairs, lr):
        seen.extend((x.dtype, y.dtype, lr) for x, y in pairs)
        return [x.sum() for x, _ in pairs], pairs[0][1]

    labels = np.array([1, 0])
    losses, again = student(batches=batches).batches([(X, labels), (X, labels)], 0.5)
    assert seen == [(torch.float64, torch.int64, 0.5)] * 2
    assert [float(loss) for loss in losses] == pytest.approx([X.sum()] * 2)
    assert again.tolist() == [1, 0]


def test_arguments_come_back_as_the_call_left_them():
    def writes(model, x):
        x += 1
        return model(x)

    for function, wanted in ((writes, X + 1), (scores, X)):
        one = student(scores=function)
        model = one.build("scores", NETWORK)
        kept, after = one.arguments_after("scores", model, X)
        assert kept == model
        np.testing.assert_array_equal(after, wanted)


def test_gradients_that_one_call_turned_off_are_on_in_the_next():
    flags = []

    def careless(model, x):
        flags.append(torch.is_grad_enabled())
        torch.set_grad_enabled(False)
        return x

    one = student(scores=careless)
    model = one.build("scores", NETWORK)
    one.scores(model, X), one.scores(model, X)
    assert flags == [True, True]


def test_a_call_draws_the_same_numbers_wherever_it_is_made_and_leaves_the_generator_as_it_was():
    one = student(cut=lambda model: nn.Linear(3, 2))
    model = one.build("cut", NETWORK)
    before = torch.default_generator.get_state()
    first, again = (one.look("cut", one.cut(model)).state["weight"] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.ptp(first) > 0
    assert torch.equal(torch.default_generator.get_state(), before)


def test_a_crash_is_the_students():
    one = student(scores=lambda model, x: model(x[0, 0]))
    with pytest.raises(Crashed, match="scores"):
        one.scores(one.build("scores", NETWORK), X)


# ── looking ────────────────────────────────────────────────────────────────────────────────────


def test_a_model_is_seen_as_it_was_left():
    def leaves_traces(model, x):
        model[0].register_forward_hook(lambda *_: None)
        model[1].train()
        model(x).sum().backward()
        return x

    one = student(scores=leaves_traces)
    modes, frozen = {"": False, "3": True}, ("5.weight",)
    model = one.build("scores", NETWORK, training=modes, frozen=frozen)
    before = one.look("scores", model)
    assert before.hooks == 0
    assert set(before.grads.values()) == {None}
    assert before.modes == {"": False, "0": False, "1": False, "2": False, "2.0": False, "2.1": False, "3": True,
                            "4": False, "5": False}  # fmt: skip
    assert [name for name, on in before.requires_grad.items() if not on] == ["5.weight"]
    assert before.kinds["2.0"] == "ReLU"
    assert before.same == {}
    one.scores(model, X)
    after = one.look("scores", model)
    assert after.hooks == 1
    assert after.modes["1"] is True
    assert after.grads["5.weight"] is None
    assert after.grads["0.weight"].shape == (3, 2, 3, 3)


def test_a_look_computes_in_the_mode_that_is_asked_for():
    network = NETWORK.with_state({})
    one = student(scores=scores)
    network = Network([("conv", 2, 3, 3, 1, 1), ("batchnorm", 3)]).drawn(CASE, "small ")
    model = one.build("scores", network, training=False)
    still = one.look("scores", model, X)
    moved = one.look("scores", model, X, training=True, runs=2)
    assert len(still.outs) == 1
    assert len(moved.outs) == 2
    np.testing.assert_array_equal(still.state["1.running_mean"], network.state["1.running_mean"])
    assert not np.allclose(moved.state["1.running_mean"], network.state["1.running_mean"])
    assert moved.state["1.num_batches_tracked"] == 2
    np.testing.assert_allclose(moved.outs[0], moved.outs[1])


def test_after_passes_a_mistake_is_known_by_numbers_alone():
    one = student(scores=scores)
    model = one.build("scores", NETWORK, training=False)
    still, passed = one.look("scores", model), one.look("scores", model, X)
    assert {"0": False}.items() <= still.modes.items()
    (_, as_found), (_, numbers) = one.trace
    assert still.modes in as_found
    assert numbers == (passed.outs, passed.state)


class Liar(nn.Sequential):
    """Says of itself what it likes."""

    def named_modules(self, *args, **options):
        yield "", self

    def named_parameters(self, *args, **options):
        yield "0.weight", nn.Parameter(torch.zeros(2), requires_grad=False)

    def state_dict(self, *args, **options):
        return {"0.weight": torch.zeros(2)}


class Frozen(nn.Parameter):
    """Says that it requires no gradient."""

    requires_grad = property(lambda self: False)


def test_what_a_class_says_of_itself_is_not_asked():
    def lies(model):
        model.__class__ = Liar
        model[0].weight = Frozen(model[0].weight.detach().clone())
        return model

    one = student(cut=lies)
    model = one.build("cut", NETWORK)
    found = one.look("cut", one.cut(model), X, training=False, origin=model)
    assert list(found.modes) == ["", *(name for name, _ in trusted().named_modules() if name)]
    assert found.requires_grad == dict.fromkeys((name for name, _ in trusted().named_parameters()), True)
    np.testing.assert_array_equal(found.state["0.weight"], NETWORK.state["0.weight"])
    assert {name for name in found.state if "num_batches" not in name} == set(NETWORK.state)
    assert found.same["2.0"] == "2.0"


def test_gradients_of_rounding_do_not_pass_for_single_precision():
    def backward(model, x):
        model(x).sum().backward()
        model[0].bias.grad = torch.full((3,), 2.0**-54)  # in front of a normalisation, where it cancels
        return x

    one = student(scores=backward)
    model = one.build("scores", NETWORK)
    one.scores(model, X)
    assert one.look("scores", model).grads["0.bias"].tolist() == [2.0**-54] * 3
    assert one.precision == "float64"


def test_modules_are_found_again_in_another_model():
    def cut(model):
        return nn.Sequential(*list(model)[:-1], nn.Linear(12, 2))

    one = student(cut=cut)
    model = one.build("cut", NETWORK)
    found = one.look("cut", one.cut(model), origin=model)
    assert found.same == {"0": "0", "1": "1", "2": "2", "2.0": "2.0", "2.1": "2.1", "3": "3", "4": "4", "5": None}


def test_a_tensor_that_stays_is_seen_with_its_gradient():
    def backward(model, x):
        x.requires_grad_()
        model(x).sum().backward()
        return x

    for function, wanted in ((scores, False), (backward, True)):
        one = student(scores=function)
        held = one.tensor("scores", X)
        one.scores(one.build("scores", NETWORK), held)
        found = one.look("scores", held)
        np.testing.assert_array_equal(found.state["value"], X)
        assert (found.grads["value"] is not None) is wanted is found.requires_grad["value"]


def test_an_array_that_stays_is_seen_as_a_tensor():
    one = student(cut=lambda model: np.array([1.0, 2.0]))
    found = one.look("cut", one.cut(one.build("cut", NETWORK)))
    np.testing.assert_array_equal(found.state["value"], [1.0, 2.0])
    assert found.requires_grad == {"value": False}


def test_what_is_not_a_model_is_refused():
    one = student(cut=lambda model: 7)
    model = one.build("cut", NETWORK)
    with pytest.raises(CheckFailed, match=r"cut: It gives a value of type int where a torch\.nn\.Module is asked for"):
        one.look("cut", one.cut(model))


@pytest.mark.parametrize("answer", [None, {}, {"outs": []}, {"outs": 3, "hooks": 0}, 7])
def test_a_forged_look_is_a_broken_protocol(answer):
    class Forger:
        def calls(self, calls):
            return [answer for _ in calls]

    one = Student(ASSIGNMENT, Forger())
    with pytest.raises(Crashed, match="no result of PyTorch code"):
        one.look("scores", Handle(0, "Sequential"))
    with pytest.raises(Crashed, match="no result of PyTorch code"):
        one.run_meta("Net", [3], (1, 3))
    with pytest.raises(Crashed, match="no result of PyTorch code"):
        one.build("scores", NETWORK)


# ── the meta device ────────────────────────────────────────────────────────────────────────────


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.out = nn.Linear(4, n)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.norm(self.conv(x)).relu(), 2)
        return self.out(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))


def test_a_module_runs_on_the_meta_device_and_says_its_shapes():
    run = student(Net=Net).run_meta("Net", [5], (2, 3, 8, 8))
    assert run.out == [2, 5]
    assert run.parameters["conv.weight"] == [4, 3, 3, 3]
    assert run.buffers["norm.running_mean"] == [4]
    assert run.calls[0] == ["conv", [2, 3, 8, 8], [4, 3, 3, 3], [2, 4, 4, 4], [1, 1]]
    assert [call[0] for call in run.calls if call[0] in ("max", "relu")] == ["relu", "max"]
    assert ["max", [2, 4, 4, 4], [2, 2], [2, 4, 2, 2], [0, 0]] in run.calls
    assert run.calls[-1] == ["linear", [2, 4], [5, 4], [2, 5], None]
    assert run.unread == []


SHAPES = {"parameters": {}, "buffers": {}, "out": [2], "calls": [], "unread": []}


@pytest.mark.parametrize(
    "answer",
    [
        SHAPES,
        {"run": SHAPES},
        {"run": 5},
        {"run": "{"},
        {"run": "[" * 100_000},
        {"run": "9" * 10_000},
        {"run": json.dumps([SHAPES])},
        {"run": json.dumps({**SHAPES, "more": 1})},
        {"run": json.dumps({**SHAPES, "calls": [["conv", 1]]})},
        {"run": json.dumps({**SHAPES, "unread": ["\ud800"]})},
    ],
)
def test_a_forged_run_is_a_broken_protocol(answer):
    class Forger:
        def calls(self, calls):
            return [answer]

    with pytest.raises(Crashed, match="no result of PyTorch code"):
        Student(ASSIGNMENT, Forger()).run_meta("Net", [5], (2, 3))


def test_parts_of_a_module_may_have_any_name():
    def make(n):
        made = nn.Linear(3, n)
        made.register_parameter("größe", nn.Parameter(torch.ones(2)))
        return made

    assert student(Net=make).run_meta("Net", [5], (2, 3)).unread == ["größe"]


def test_a_run_tells_what_the_output_does_not_depend_on():
    class Idle(Net):
        def forward(self, x):
            self.conv(x)
            self.norm(self.conv(torch.zeros_like(x)))
            return self.out(x.new_zeros(len(x), 4)) + 0 * x.mean()

    run = student(Net=Idle).run_meta("Net", [5], (2, 3, 8, 8))
    assert run.unread == ["conv.weight", "norm.weight", "norm.bias"]
    assert [call[0] for call in run.calls] == ["mean", "mul", "add"]  # the linear layer does not meet the input


def test_what_is_written_into_a_part_of_a_tensor_is_not_lost():
    class Parts(Net):
        def forward(self, x):
            out = x.new_empty(len(x), 10)
            out[:, :5] = super().forward(x)
            out[:, 5:] = 1.0
            return out

    run = student(Net=Parts).run_meta("Net", [5], (2, 3, 8, 8))
    assert run.unread == []
    assert {"conv", "relu", "max", "linear", "copy"} <= {call[0] for call in run.calls}


def test_layers_without_sizes_have_them_after_the_run():
    run = student(Net=lambda n: nn.Sequential(nn.Flatten(), nn.LazyLinear(n))).run_meta("Net", [5], (2, 3, 2, 2))
    assert run.parameters == {"1.weight": [5, 12], "1.bias": [5]}


def test_a_normalisation_must_fit_its_input_on_the_meta_device_too():
    with pytest.raises(Crashed, match="running_mean"):
        student(Net=lambda n: nn.BatchNorm2d(n)).run_meta("Net", [5], (2, 3, 2, 2))


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x + x.flip(0),
        lambda x: x + x[:1],
        lambda x: x[:, :1] + x[0, 0],
        lambda x: x + 1,
        lambda x: torch.add(input=x, other=x, alpha=2),
        lambda x: x + x.float(),
        lambda x: (x > 0).int() + (x > 0).int(),
        lambda x: (x + 1).add_(x[:1]),
        lambda x: (x + 1).add_(x),
        lambda x: x.t() + x.t(),
        lambda x: torch.addmm(x[0, :2], x, x[:2].t()),
        lambda x: torch.addmm(x[:, :2], x, x[:2].t()),
        lambda x: torch.addmm(x[0, :1], x, x[:2].t()),
        lambda x: nn.functional.linear(x, x[:2], x[0, :2]),
        lambda x: nn.functional.linear(x, x[:2]),
    ],
)  # fmt: skip
def test_on_the_meta_device_a_sum_and_a_linear_layer_have_the_shapes_that_numbers_have(compute):
    found = student(Net=lambda n: _calling(compute)).run_meta("Net", [5], (4, 3)).out
    assert found == list(compute(torch.ones(4, 3)).shape)


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x + x[:3],
        lambda x: x[:1].add_(x),
        lambda x: torch.addmm(x[0], x, x),
        lambda x: torch.addmm(x[0], x, x[:2].t()),
        lambda x: nn.functional.linear(x, x[:2, :2], x[0, :2]),
    ],
)
def test_on_the_meta_device_a_sum_and_a_linear_layer_refuse_what_does_not_fit(compute):
    with pytest.raises(RuntimeError):
        compute(torch.ones(4, 3, dtype=torch.float64))
    with pytest.raises(Crashed):
        student(Net=lambda n: _calling(compute)).run_meta("Net", [5], (4, 3))


def _calling(compute):
    module = nn.Module()
    module.forward = compute
    return module


def test_layers_draw_no_numbers_on_the_meta_device_and_do_again_afterwards():
    drawn = []

    class Own(nn.Linear):
        def reset_parameters(self):
            drawn.append(self.weight.device.type)
            super().reset_parameters()

    run = student(Net=lambda n: Own(3, n)).run_meta("Net", [5], (2, 3))
    assert (run.out, drawn) == ([2, 5], ["meta"])
    with pytest.raises(Crashed, match="IndexError"):
        student(Net=lambda n: [][n]).run_meta("Net", [5], (2, 3))
    for layer in (nn.Linear(3, 4), nn.Conv2d(3, 4, 1)):
        assert 0 < layer.weight.abs().max() <= 3**-0.5
    assert nn.BatchNorm2d(2).weight.tolist() == [1, 1]


def test_names_and_the_order_of_branches_make_no_other_run_and_a_layer_more_does():
    class Branches(nn.Module):
        def __init__(self, other, more=False):
            super().__init__()
            self.add_module("b" if other else "a", nn.Conv2d(1, 2, 1))
            self.add_module("a" if other else "b", nn.Conv2d(1, 2, 3, padding=1))
            self.other, self.more = other, more

        def forward(self, x):
            first, second = (self.b, self.a) if self.other else (self.a, self.b)
            out = second(x) + first(x) if self.other else first(x) + second(x)
            return (out.relu() if self.more else out).flatten(1)

    runs = [student(Net=Branches).run_meta("Net", args, (1, 1, 4, 4)).remembered() for args in ([0], [1], [1, True])]
    assert runs[0] == runs[1] != runs[2]


def test_whatever_can_be_called_makes_a_module():
    class Maker:
        __hash__ = None

        def __call__(self, n):
            return nn.Linear(3, n)

    for make in (Maker(), Maker().__call__, functools.partial(nn.Linear, 3)):
        assert student(Net=make).run_meta("Net", [5], (2, 3)).out == [2, 5]


def test_code_that_needs_numbers_is_refused_on_the_meta_device():
    with pytest.raises(CheckFailed, match="It does not run on the meta device, where tensors have no numbers: "):
        student(Net=lambda n: nn.Linear(3, n).to("cpu")).run_meta("Net", [5], (1, 3))


def test_a_function_that_returns_a_module_runs_too():
    made = student(Net=lambda n: nn.Sequential(nn.Flatten(), nn.Linear(12, n, bias=False)))
    run = made.run_meta("Net", [5], (2, 3, 2, 2))
    assert [call for call in run.calls if call[0] == "linear"] == [["linear", [2, 12], [5, 12], [2, 5], None]]


def test_on_the_meta_device_what_is_not_a_module_is_refused():
    with pytest.raises(CheckFailed, match=r"It gives a value of type list where a torch\.nn\.Module is asked for"):
        student(Net=lambda n: [n]).run_meta("Net", [5], (1, 3))
    with pytest.raises(CheckFailed, match="It gives a value of type NoneType where a tensor is asked for"):
        student(Net=lambda n: nn.Sequential(type("Nothing", (nn.Module,), {"forward": lambda *_: None})())).run_meta(
            "Net", [5], (1, 3)
        )


# ── in a sandbox ───────────────────────────────────────────────────────────────────────────────

SOURCE = """
import sys
import torch
from torch import nn

def scores(model, x):
    assert "torch._dynamo" in sys.modules  # or the optimizer would take a second to import it
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return model(x)

def cut(model):
    return nn.Sequential(*list(model)[:-1])

def Net(n):
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, n))

loaded = set(sys.modules)

def batches(pairs, lr):
    return sorted(set(sys.modules) - loaded), lr
"""


def test_a_sandbox_builds_models_and_keeps_them():
    try:
        hold(Level.PROCESS)
    except IsolationUnavailable as error:  # pragma: no cover
        pytest.skip(str(error))
    submission = Submission("ada", "", "", "script", (Cell(0, 1, SOURCE),))
    packages, warm = ASSIGNMENT.policy.packages, ASSIGNMENT.policy.warm
    with (
        Sandbox(Level.PROCESS, packages, warm=warm) as sandbox,
        SandboxRunner(sandbox, ASSIGNMENT, submission) as runner,
        runner.start(entry_point="scores") as program,
    ):
        one = Student(ASSIGNMENT, program)
        model = one.build("scores", NETWORK, training=False)
        right = trusted()(torch.tensor(X)).detach().numpy()
        np.testing.assert_allclose(one.scores(model, X), right, rtol=1e-12)
        assert one.look("cut", one.cut(model), X, origin=model).same["4"] == "4"
        assert one.run_meta("Net", [5], (2, 3, 2, 2)).out == [2, 5]
        assert one.batches([], 1.0)[0] == []  # every fork would import it again
