"""The assignment `architectures`: what its checks rest on holds, and each part of a submission is judged alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter, defaultdict
from math import prod
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.checks.oracle import vjp
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
nn = torch.nn
F = torch.nn.functional

FOLDER = Path(__file__).parents[2] / "assignments" / "architectures"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, FORMULAS, NETWORKS = (
    sys.modules[f"autograder_assignments.architectures.{name}"] for name in ("cases", "formulas", "networks")
)
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))
COUNTS = {
    ("LeNet5", 10): 61_706,
    ("AlexNet", 1000): 61_100_840,
    ("VGG", 11, 1000): 132_863_336,
    ("VGG", 13, 1000): 133_047_848,
    ("VGG", 16, 1000): 138_357_544,
    ("VGG", 19, 1000): 143_667_240,
    ("ResNet152", 1000): 60_192_808,
    ("MobileNetV2", 1000): 3_504_872,
}


def results(seed=0, **replaced):
    """What the checks of the replaced functions say of the reference with these replaced, hidden ones left out."""
    checks = [check for check in DECLARED.checks if check.entry_point in replaced and check.visibility == "public"]
    return Examiner(DECLARED, seed, explain=False).examine_all(checks, LocalRunner(REFERENCE | replaced))


def failed(seed=0, **replaced):
    return {r.check.partition(".")[2] for r in results(seed, **replaced) if r.verdict is not Verdict.PASS}


def message(check, **replaced):
    (found,) = [result.message for result in results(**replaced) if result.check == check]
    return found


def test_every_network_that_is_described_is_one():
    for layers, shape in (*CASES.WHOLE, *CASES.GROUPS, *CASES.SIDES):
        x = torch.empty(1, *shape, device="meta")
        for kind, *numbers in layers:
            if kind == "conv":
                *sizes, groups, bias = numbers
                x = nn.Conv2d(*sizes, groups=groups, bias=bias, device="meta")(x)
            else:
                made = {"linear": nn.Linear, "pool": nn.MaxPool2d, "flatten": nn.Flatten}[kind](*numbers)
                x = made.to("meta")(x)


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert 80 <= len(DECLARED.mistakes) <= 100
    assert len(DECLARED.variants) >= 10
    assert len(EXPECTED) >= 9
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
    files = {path.name for path in SUBMISSIONS.iterdir() if path.is_file()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("network", COUNTS, ids=lambda network: "-".join(map(str, network)))
def test_the_tables_of_the_networks_have_the_known_counts(network):
    name, *arguments = network
    shapes = FORMULAS.network(name, *arguments)["shapes"]
    assert sum(map(prod, shapes)) == COUNTS[network]
    # by the formulas of the counting part, too
    layers = [layer for group, _ in FORMULAS.NETWORKS[name](*arguments) for layer in group]
    assert FORMULAS.parameter_count(layers) == COUNTS[network]


def test_lenet_has_its_known_counts():
    for n, parameters, work in ((10, 61_706, 416_520), (26, 63_066, 417_864)):
        assert FORMULAS.parameter_count(CASES.lenet(n)) == parameters
        assert FORMULAS.multiply_adds(CASES.lenet(n), (1, 32, 32)) == work


def test_sizes_agree_with_pytorch():
    x = torch.zeros(1, 1, 23)
    for kernel, stride, pad, dilation in ((5, 3, 1, 1), (3, 2, 0, 4), (1, 7, 2, 1), (4, 4, 2, 3)):
        right = F.conv1d(x, torch.zeros(1, 1, kernel), None, stride, pad, dilation).shape[-1]
        assert FORMULAS.output_size(23, kernel, stride, pad, dilation) == right


@pytest.mark.parametrize("space", ["STACKS", "GAPS"])
def test_a_receptive_field_is_what_can_change_an_output(space):
    """A pixel at a time is raised at the input of layers of ones."""
    for layers in {case.layers for case in getattr(CASES, space).cases(3, 20)}:
        size, jump = FORMULAS.receptive_field(layers)
        pixels = torch.eye(size + jump)[:, None]
        for kernel, stride in layers:
            pixels = F.conv1d(pixels, torch.ones(1, 1, kernel), None, stride)
        changes = [torch.nonzero(pixels[:, 0, unit]).flatten().tolist() for unit in (0, 1)]
        assert changes[0][-1] - changes[0][0] + 1 == size
        assert changes[1][0] - changes[0][0] == jump


def test_blocks_and_their_gradients_agree_with_pytorch():
    rng = np.random.default_rng(7)
    x, shapes = rng.standard_normal((2, 3, 5, 4)), [(6, 3, 1, 1), (6, 1, 3, 3), (3, 6, 1, 1)]
    layers = [part for s in shapes for part in (rng.standard_normal(s), 5 * rng.standard_normal(s[0]), np.ones(s[0]))]

    def theirs(x, *layers, stride, adds):
        out = x
        for i, (w, gamma, beta) in enumerate(zip(layers[::3], layers[1::3], layers[2::3], strict=True)):
            out = F.conv2d(out, w, None, stride if i == 1 else 1, w.shape[2] // 2, groups=6 if i == 1 else 1)
            out = F.batch_norm(out, None, None, gamma, beta, training=True)
            out = F.relu6(out) if i < 2 else out
        return x + out if adds else out

    for options in ({"stride": 2, "adds": False}, {"stride": 1, "adds": True}):
        _agree(FORMULAS.inverted_residual, theirs, (x, *layers), options)
    kernels = [rng.standard_normal((f, 3, k, k)) for f, k in ((2, 1), (4, 3), (1, 5))]

    def scales(x, *kernels):
        return torch.cat([F.conv2d(x, w, padding="same") for w in kernels], 1)

    _agree(FORMULAS.multi_scale, scales, (x, *kernels), {})


def _agree(ours, theirs, arguments, options):
    tensors = [torch.tensor(argument, requires_grad=True) for argument in arguments]
    out = theirs(*tensors, **options)
    np.testing.assert_allclose(ours(*arguments, **options), out.detach().numpy(), atol=1e-12)
    dout = np.random.default_rng(1).standard_normal(out.shape)
    found = vjp(lambda *args: ours(*args, **options), arguments, dout, wrt=range(len(arguments)))
    for mine, right in zip(found, torch.autograd.grad(out, tensors, torch.tensor(dout)), strict=True):
        np.testing.assert_allclose(mine, right.numpy(), atol=1e-11)


def test_relu6_meets_both_of_its_bounds_in_the_cases():
    for case in CASES.SAME.cases(2, 5):
        state = CASES.inverted_state(case)
        wide = FORMULAS.conv(CASES.images(case), state["expansion.weight"])
        wide = FORMULAS.normalised(wide, state["expansion_norm.weight"], state["expansion_norm.bias"])
        assert (wide > 6).any()
        assert (wide < 0).any()


def test_a_linear_layer_at_each_window_is_the_convolution_of_pytorch():
    rng = np.random.default_rng(3)
    x, weight, bias = rng.standard_normal((2, 3, 6, 5)), rng.standard_normal((4, 3 * 2 * 3)), rng.standard_normal(4)
    right = F.conv2d(torch.tensor(x), torch.tensor(weight.reshape(4, 3, 2, 3)), torch.tensor(bias))
    np.testing.assert_allclose(FORMULAS.linear_at_each_window(x, weight, bias, 2, 3), right.numpy(), atol=1e-13)


# ── networks that only look right ──────────────────────────────────────────────────────────────


class Shell(nn.Module):
    """The parameters of LeNet-5, used as `use` says, and zeros for scores."""

    def __init__(self, n, use):
        super().__init__()
        self.inner, self.use, self.n = REFERENCE["LeNet5"](n), use, n

    def forward(self, x):
        return x.new_zeros(len(x), self.n) + 0 * self.use(self.inner, x)


def nothing(inner, x):
    return x.mean()


def numbers(inner, x):
    return x.mean() * sum(parameter.sum() for parameter in inner.parameters())


def layers_apart(inner, x):
    """Every layer, on an input of its own."""
    outs = [layer(x.new_zeros(1, layer.in_channels, 9, 9)).mean() for layer in (inner.conv1, inner.conv2)]
    linear = inner.linear1, inner.linear2, inner.linear3
    return x.mean() * sum(outs) * sum(layer(x.new_zeros(1, layer.in_features)).mean() for layer in linear)


@pytest.mark.parametrize("use", [nothing, numbers, layers_apart])
def test_the_right_parameters_and_zeros_for_scores_earn_nothing(use):
    earned = results(LeNet5=lambda n: Shell(n, use))
    assert {result.check: result.points for result in earned if result.points} == {}


def test_of_a_network_that_needs_numbers_the_reason_is_told():
    told = message("LeNet5.layers", LeNet5=lambda n: REFERENCE["LeNet5"](n).to("cpu"))
    assert told.startswith("LeNet5: It does not run on the meta device, where tensors have no numbers: ")


def test_the_first_layer_that_is_wrong_is_told():
    def unpadded(depth, n):
        *features, flatten, a, b, c, d, e, f, g = list(REFERENCE["VGG"](depth, n))[1:]
        return nn.Sequential(nn.Conv2d(3, 64, 3), *features, nn.AdaptiveAvgPool2d(7), flatten, a, b, c, d, e, f, g)

    assert message("VGG.layers", VGG=unpadded) == (
        "VGG must have a convolution with weights (64, 3, 3, 3) and padding 1 from 224 × 224 to 224 × 224; yours is a "
        "convolution with weights (64, 3, 3, 3) and padding 0 from 224 × 224 to 222 × 222."
    )


def test_parameters_that_differ_are_told():
    with_bias = REFERENCE["LeNet5"](10)
    shapes = FORMULAS.network("LeNet5", 10)["shapes"]
    run = type("Run", (), {"parameters": {n: list(p.shape) for n, p in with_bias.named_parameters()}, "unread": []})
    run.calls = [["linear", [], shape, [], None] for shape in shapes if len(shape) > 1]
    NETWORKS.expect_parameters("LeNet5", run, shapes)
    run.parameters["conv1.weight"] = [6, 1, 3, 3]
    with pytest.raises(CheckFailed, match=re.escape(
        "LeNet5 has 61,610 parameters, and must have 61,706: (6, 1, 5, 5) is missing, and (6, 1, 3, 3) is too many."
    )):  # fmt: skip
        NETWORKS.expect_parameters("LeNet5", run, shapes)


def test_a_stride_may_stand_in_either_convolution_of_a_bottleneck_and_in_no_other():
    network = FORMULAS.network("ResNet152", 1000)
    for choice in (0, 1):
        rows = [*network["layers"], *(pair[choice] for pair in network["either"])]
        NETWORKS.expect_layers("ResNet152", _run_of(rows), network, (2, 1000))
    last = next(i for i, row in enumerate(rows) if row[2] == (512, 128, 1, 1))
    rows[last] = ("conv", (56, 56), (512, 128, 1, 1), (28, 28), (0, 0))
    with pytest.raises(CheckFailed, match=r"a convolution with weights \(512, 128, 1, 1\) .* from 28 × 28 to 28 × 28;"):
        NETWORKS.expect_layers("ResNet152", _run_of(rows), network, (2, 1000))


def _run_of(rows):
    """A run whose operations are these layers."""
    calls = []
    for kind, sides, weight, after, pad in rows:
        given, out = ([2, 1, *sides], [2, 1, *after]) if sides else ([2, weight[1]], [2, weight[0]])
        calls.append([kind, given, list(weight), out, list(pad) if pad else None])
    return type("Run", (), {"calls": calls, "out": [2, 1000]})


def test_averages_over_a_whole_map_and_paddings_before_a_convolution_are_no_layers_of_their_own():
    calls = [
        ["constant_pad_nd", [2, 3, 8, 8], None, [2, 3, 12, 10], None],
        ["conv", [2, 3, 12, 10], [4, 3, 5, 3], [2, 4, 8, 8], [0, 0]],
        ["average", [2, 4, 8, 8], [1, 1], [2, 4, 8, 8], [0, 0]],
        ["average", [2, 4, 8, 8], [8, 8], [2, 4, 1, 1], [0, 0]],
        ["average", [2, 4, 8, 8], [2, 2], [2, 4, 4, 4], [0, 0]],
        ["amax", [2, 4, 8, 8], None, [2, 4, 1, 1], None],
    ]
    rows = NETWORKS.layers_of(calls)
    assert Counter(row[0] for row in rows) == {"conv": 1, "average": 1, "max": 1}
    assert rows[0] == ("conv", (8, 8), (4, 3, 5, 3), (8, 8), (2, 1))


# ── conventions ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("answer", [list, np.array, lambda pair: tuple(map(float, pair))])
def test_size_and_jump_come_as_a_tuple_a_list_or_an_array(answer):
    assert failed(receptive_field=lambda layers: answer(REFERENCE["receptive_field"](layers))) == set()


@pytest.mark.parametrize("answer", [7, (7,), (7, 1, 0), None, "71", {7: 1}])
def test_anything_else_is_refused_as_a_field(answer):
    assert "size" in failed(receptive_field=lambda layers: answer)


@pytest.mark.parametrize("answer", [float, np.int32, np.float64, torch.tensor])
def test_counts_come_as_numbers_of_any_kind(answer):
    assert failed(parameter_count=lambda layers: answer(REFERENCE["parameter_count"](layers))) == set()


@pytest.mark.parametrize("off", [1, -1, 0.5])
def test_a_count_that_is_off_by_little_fails(off):
    assert "lenet" in failed(multiply_adds=lambda *args: REFERENCE["multiply_adds"](*args) + off)


def test_biases_of_the_scales_may_be_there_or_not():
    for bias in (True, False):

        class Block(REFERENCE["MultiScaleBlock"]):
            def __init__(self, inp, *filters, bias=bias):
                super().__init__(inp, *filters)
                for k, count in zip((1, 3, 5), filters, strict=True):
                    setattr(self, f"conv{k}", nn.Conv2d(inp, count, k, padding=k // 2, bias=bias))

        assert failed(MultiScaleBlock=Block) == set()
