"""conv's oracles against an independent witness, its known answers in both directions, and its bank of mistakes."""

import json
import re
import sys
import tomllib
from collections import defaultdict
from itertools import combinations, product
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import Space, vjp
from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.model import Verdict
from autograder.sandbox.local import LocalProgram

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "conv"
CONV = discover(FOLDER)
CHECKS = {check.id: check for check in CONV.checks}
REFERENCE = {entry.name: getattr(CONV.reference, entry.name) for entry in CONV.assignment.entry_points}
PAIRS = ("conv2d", "conv1d", "max_pool2d", "avg_pool2d", "conv2d_fast")
formulas = sys.modules["autograder_assignments.conv.formulas"]
given = sys.modules["autograder_assignments.conv.cases"]


def verdict(check_id, replacements, cases=None, seed=5):
    check = CHECKS[check_id]
    student = Student(CONV.assignment, LocalProgram(REFERENCE | replacements))
    return attempt(check, student, cases or cases_of(check, seed)).verdict


def failing(replacements):
    """The checks that do not pass, whatever they need."""
    return {check for check in CHECKS if verdict(check, replacements) is not Verdict.PASS}


# ── the oracles ────────────────────────────────────────────────────────────────────────────────

rng = np.random.default_rng(21)
IMAGES, FILTERS, BIAS = rng.standard_normal((2, 3, 6, 7)), rng.standard_normal((4, 3, 3, 2)), rng.standard_normal(4)
GEOMETRIES = list(product((1, 2, 3), (0, 1, 2)))
# sums of a few dozen float64 terms: 1e-13 leaves a factor of a hundred over what rounding costs
ROUNDING = 1e-13


def deviation(found, expected):
    assert [one.shape for one in found] == [tuple(one.shape) for one in expected]
    return max(
        float(np.abs(one - right.detach().numpy()).max() / right.detach().abs().max())
        for one, right in zip(found, expected, strict=True)
    )


def convolutions(stride, pad, axes):
    """Our out, dx, dw and db, and torch's."""
    torch = pytest.importorskip("torch")
    x, w = (IMAGES, FILTERS) if axes == 2 else (IMAGES[..., 0], FILTERS[..., 0])
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, w, BIAS)]
    convolve = torch.nn.functional.conv2d if axes == 2 else torch.nn.functional.conv1d
    out = convolve(*tensors, stride=stride, padding=pad)
    dout = np.random.default_rng(3).standard_normal(tuple(out.shape))
    ours = [formulas.convolve(x, w, BIAS, stride, pad), *formulas.convolve_gradients(dout, x, w, BIAS, stride, pad)]
    return ours, [out, *torch.autograd.grad(out, tensors, torch.tensor(dout))]


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize(("stride", "pad"), GEOMETRIES)
def test_convolution_and_its_gradients_agree_with_torch(stride, pad, axes):
    assert deviation(*convolutions(stride, pad, axes)) <= ROUNDING


def test_an_error_far_below_the_checks_tolerance_is_seen():
    ours, theirs = convolutions(2, 1, 2)
    for position in range(4):
        assert deviation([(1 + 1e-11 * (i == position)) * one for i, one in enumerate(ours)], theirs) > ROUNDING


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("pool", [(2, 2), (3, 2), (1, 3)])
@pytest.mark.parametrize("name", ["max_pool", "avg_pool"])
def test_pooling_and_its_gradient_agree_with_torch(name, pool, stride):
    torch = pytest.importorskip("torch")
    formula, x = getattr(formulas, name), torch.tensor(IMAGES, requires_grad=True)
    out = getattr(torch.nn.functional, f"{name}2d")(x, pool, stride)
    dout = np.random.default_rng(3).standard_normal(tuple(out.shape))
    theirs = [out, *torch.autograd.grad(out, [x], torch.tensor(dout))]
    ours = [formula(IMAGES, pool, stride), *vjp(formula, (IMAGES, pool, stride), dout, wrt=(0,))]
    assert deviation(ours, theirs) <= ROUNDING


# ── the cases ──────────────────────────────────────────────────────────────────────────────────


def test_the_frozen_rows_hold_every_pair_of_values():
    rows = given.ANY_IMAGES.rows
    for (one, values), (other, others) in combinations(given.ANY.items(), 2):
        held = {(repr(row[one]), repr(row[other])) for row in rows}
        assert {(repr(a), repr(b)) for a, b in product(values, others)} <= held


CONVOLVED = [name for name, space in vars(given).items() if isinstance(space, Space) and "kernel" in space.choices]
POOLED = [name for name, space in vars(given).items() if isinstance(space, Space) and "kernel" not in space.choices]


@pytest.mark.parametrize("space", CONVOLVED)
def test_windows_come_out_even_unless_asked_otherwise(space):
    for case in getattr(given, space).cases(7, 20):
        x, w, _, *options = given.convolution(case).values()
        stride, pad = options or (1, 0)
        left = {(n + 2 * pad - k) % stride for n, k in zip(x.shape[2:], w.shape[2:], strict=True)}
        assert left == {case.leftover}
        assert x.size <= 800  # loops in Python stay far inside the limits


@pytest.mark.parametrize(
    "space", ["IMAGES", "FEW_IMAGES", "STRIDED_IMAGES", "PADDED_IMAGES", "FEW_STRIDED", "FEW_PADDED"]
)
def test_rectangles_are_asked_about_in_checks_of_their_own(space):
    for case in getattr(given, space).cases(7, 20):
        x, w, *_ = given.convolution(case).values()
        assert x.shape[2] == x.shape[3]
        assert w.shape[2] == w.shape[3]


def test_stride_and_padding_are_asked_about_one_at_a_time_and_together():
    assert [case.params for case in given.IMAGES.cases(7, 20) if "stride" in case.params] == []
    assert {case.pad for case in given.STRIDED_IMAGES.cases(7, 20)} == {0}
    assert {case.stride for case in given.PADDED_IMAGES.cases(7, 20)} == {1}
    assert {(case.stride > 1, case.pad > 0) for case in given.ANY_IMAGES.cases(7, 20)} == set(
        product((True, False), repeat=2)
    )


@pytest.mark.parametrize("space", ["IMAGES", "OBLONG_IMAGES", "ANY_IMAGES"])
def test_the_first_row_is_told_from_its_transposes(space):
    x, w, *_ = given.convolution(getattr(given, space).cases(7, 2)[0]).values()
    sizes = {*x.shape, len(w), *w.shape[2:]}
    if space == "IMAGES":
        assert len(sizes) == 5
    else:
        assert len({*x.shape, len(w)}) == 5
        assert w.shape[2] > w.shape[3]
        assert x.shape[2] < x.shape[3]


@pytest.mark.parametrize("space", POOLED)
def test_no_rounding_makes_a_tie(space):
    for case in getattr(given, space).cases(7, 10):
        assert np.diff(np.sort(given.pooling(case)["x"], axis=None)).min() > 0.36


def test_pooling_is_asked_with_its_options_left_out_first():
    for case in given.PLANES_PLAIN.cases(7, 10):
        (x,) = given.pooling(case).values()
        assert x.shape[2] == x.shape[3]


# ── known answers ──────────────────────────────────────────────────────────────────────────────

# What each known answer or relation rests on: the entry point, and which of its outputs (None: the only one).
KNOWN = {
    "conv2d_forward.known_answer": ("conv2d_forward", 0),
    "conv2d_forward.identity": ("conv2d_forward", 0),
    "conv2d_forward.shift": ("conv2d_forward", 0),
    "conv2d_forward.pointwise": ("conv2d_forward", 0),
    "conv2d_forward.lenet": ("conv2d_forward", 0),
    "conv2d_backward.receptive_field": ("conv2d_backward", 0),
    "conv2d_backward.adjoint": ("conv2d_backward", 0),
    "conv2d_fast_forward.known_answer": ("conv2d_fast_forward", 0),
    "conv1d_forward.known_answer": ("conv1d_forward", 0),
    "max_pool2d_forward.known_answer": ("max_pool2d_forward", 0),
    "max_pool2d_forward.spike": ("max_pool2d_forward", 0),
    "max_pool2d_forward.negative": ("max_pool2d_forward", 0),
    "max_pool2d_forward.lenet": ("max_pool2d_forward", 0),
    "max_pool2d_backward.repeats": ("max_pool2d_backward", None),
    "avg_pool2d_forward.known_answer": ("avg_pool2d_forward", 0),
    "avg_pool2d_forward.constant": ("avg_pool2d_forward", 0),
    "avg_pool2d_backward.adjoint": ("avg_pool2d_backward", None),
}


def altered(function, position=None, by=1 + 1e-6):
    """The function with one output (None: the only one; all: every one but a cache) a millionth too large."""

    def run(*args):
        outputs = function(*args)
        if position is None:
            return outputs * by
        return tuple(out * by if position in (i, "all") else out for i, out in enumerate(outputs))

    return run


@pytest.mark.parametrize("check_id", KNOWN)
def test_a_known_answer_is_given_and_an_altered_one_fails(check_id):
    name, position = KNOWN[check_id]
    assert verdict(check_id, {}) is Verdict.PASS
    assert verdict(check_id, {name: altered(REFERENCE[name], position)}) is Verdict.FAIL


@pytest.mark.parametrize("check", ["subsample", "padding", "translation"])
def test_a_relation_pays_for_what_is_right_in_a_wrong_answer_and_nothing_for_zeros(check):
    def twice(*args):
        out, cache = REFERENCE["conv2d_forward"](*args)
        return 2 * out, cache

    def zeros(*args):
        out, cache = REFERENCE["conv2d_forward"](*args)
        return 0 * out, cache

    assert verdict(f"conv2d_forward.{check}", {"conv2d_forward": twice}) is Verdict.PASS
    assert verdict(f"conv2d_forward.{check}", {"conv2d_forward": zeros}) is Verdict.FAIL


@pytest.mark.parametrize("bad", [None, "text", np.nan, 3])
def test_whatever_a_student_returns_is_the_students_fault(bad):
    replacements = {name: (lambda *_: (bad, bad)) for name in REFERENCE}
    assert {verdict(check, replacements) for check in CHECKS} <= {Verdict.FAIL, Verdict.PASS}
    assert [check for check in CHECKS if verdict(check, replacements) is Verdict.PASS and not CHECKS[check].needs] == []


@pytest.mark.parametrize("check_id", CHECKS)
def test_the_reference_passes_cases_that_travelled_in_a_replay_token(check_id):
    # as JSON does it: tuples come back as lists
    cases = [Case(json.loads(json.dumps(case.params)), case.seed) for case in cases_of(CHECKS[check_id], seed=6)]
    assert verdict(check_id, {}, cases) is Verdict.PASS


# ── details ────────────────────────────────────────────────────────────────────────────────────


def raising_for_tall_kernels(x, w, b, stride=1, pad=0):
    assert w.shape[2] <= w.shape[3]
    return REFERENCE["conv2d_forward"](x, w, b, stride, pad)


def test_a_forward_pass_that_raises_on_tall_kernels_keeps_most_of_its_points_and_its_backward_all():
    wrong = failing({"conv2d_forward": raising_for_tall_kernels})
    assert {CHECKS[check].entry_point for check in wrong} == {"conv2d_forward"}
    assert sum(CHECKS[check].points for check in wrong) <= 4


@pytest.mark.parametrize("option", [{"stride": 1}, {"pad": 0}])
def test_an_option_that_is_ignored_costs_less_than_a_third_of_the_forward_pass(option):
    def ignoring(x, w, b, stride=1, pad=0):
        return REFERENCE["conv2d_forward"](x, w, b, **{"stride": stride, "pad": pad} | option)

    wrong = failing({"conv2d_forward": ignoring})
    assert 0 < sum(CHECKS[check].points for check in wrong if CHECKS[check].entry_point == "conv2d_forward") <= 6


def with_an_axis_more(function, position):
    def run(*args):
        outputs = function(*args)
        if position is None:
            return outputs[None]
        return tuple(out[None] if i == position else out for i, out in enumerate(outputs))

    return run


OUTPUTS = [(f"{pair}_forward", 0) for pair in PAIRS] + [
    (f"{pair}_backward", position) for pair in PAIRS for position in ((None,) if "pool" in pair else (0, 1, 2))
]


@pytest.mark.parametrize(("name", "position"), OUTPUTS)
def test_the_exact_shape_of_every_output_costs_something_and_little(name, position):
    wrong = failing({name: with_an_axis_more(REFERENCE[name], position)})
    exact = {f"{name}.shape", f"{name}.shapes", "conv2d_forward.lenet", "conv2d_backward.receptive_field"}
    assert {f"{name}.shape", f"{name}.shapes"} & wrong
    assert {check for check in wrong if CHECKS[check].entry_point == name} <= exact | own_answers(name)


def own_answers(name):
    """Checks that compare a student's own answers, which must have the right shape for that."""
    return {f"{name}.{check}" for check in ("subsample", "padding", "translation", "adjoint", "negative")}


# ── points ─────────────────────────────────────────────────────────────────────────────────────


def test_points_add_up_to_a_hundred():
    assert sum(check.points for check in CONV.checks) == 100


@pytest.mark.parametrize("pair", PAIRS)
def test_a_wrong_forward_costs_its_own_checks_and_those_of_its_backward_that_say_so(pair):
    name = f"{pair}_forward"
    wrong = failing({name: altered(REFERENCE[name], 0, by=1.5)})
    assert {f"{name}.plain", f"{name}.values"} <= wrong
    others = {check for check in wrong if CHECKS[check].entry_point != name}
    assert others <= {f"{pair}_backward.consistent", f"{pair}_backward.adjoint"}
    assert all("your own" in CHECKS[check].sentence for check in others)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_wrong_backward_costs_its_own_checks_alone(pair):
    name = f"{pair}_backward"
    wrong = failing({name: altered(REFERENCE[name], None if "pool" in pair else "all", by=1.5)})
    assert {CHECKS[check].entry_point for check in wrong} == {name}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_crash_reaches_no_other_pair(pair):
    def crash(*_):
        raise ValueError("oops")

    wrong = failing({f"{pair}_forward": crash, f"{pair}_backward": crash})
    assert {CHECKS[check].entry_point for check in wrong} == {f"{pair}_forward", f"{pair}_backward"}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────

SUBMISSIONS = FOLDER / "submissions"
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))


def test_the_bank_is_large_enough():
    assert len(CONV.mistakes) >= 250
    assert len(CONV.variants) >= 18
    assert len(EXPECTED) >= 15


def test_every_entry_point_has_mistakes_and_variants():
    assert {mistake.entry_point for mistake in CONV.mistakes} == REFERENCE.keys()
    assert {name for variant in CONV.variants for name in variant.replacements} == REFERENCE.keys()


@pytest.mark.parametrize("mistake", CONV.mistakes, ids=lambda mistake: mistake.name)
def test_a_teacher_says_one_short_sentence(mistake):
    assert len(mistake.says) <= 200
    assert mistake.says.endswith(".")
    assert not re.search(r"[.!?] +[A-Z]", mistake.says)


def test_no_sentence_is_said_for_two_mistakes_of_one_entry_point():
    said = defaultdict(list)
    for mistake in CONV.mistakes:
        said[mistake.entry_point, mistake.says].append(mistake.name)
    assert [names for names in said.values() if len(names) > 1] == []


def test_every_variant_says_why_it_is_right():
    assert [variant.name for variant in CONV.variants if not variant.why.endswith(".")] == []


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    assert [name for name, entry in EXPECTED.items() if Path(entry["file"]).stem != name] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_names_what_exists(name):
    entry, mistakes = EXPECTED[name], {mistake.name for mistake in CONV.mistakes}
    assert entry.get("verdicts", {}).keys() <= CHECKS.keys() | REFERENCE.keys()
    assert {*entry.get("verdicts", {}).values(), entry["default"]} <= {str(verdict) for verdict in Verdict}
    assert entry.get("diagnoses", {}).keys() <= CHECKS.keys()
    assert set(entry.get("diagnoses", {}).values()) <= mistakes
    assert entry["why"]


@pytest.mark.parametrize("path", sorted(SUBMISSIONS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_are_valid_and_small(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < 16_000
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    nbformat.validate(notebook)
