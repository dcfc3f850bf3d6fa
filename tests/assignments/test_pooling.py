"""The assignment `pooling`: what its checks rest on holds, and each part of a submission is judged alone."""

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
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

FOLDER = Path(__file__).parents[2] / "assignments" / "pooling"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, FORMULAS = (sys.modules[f"autograder_assignments.pooling.{name}"] for name in ("cases", "formulas"))
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
    assert len(DECLARED.mistakes) >= 130
    assert len(DECLARED.variants) >= 12
    assert len(EXPECTED) >= 9
    assert {mistake.entry_point for mistake in DECLARED.mistakes} == set(ENTRY_POINTS)
    assert {name for variant in DECLARED.variants for name in variant.replacements} == set(ENTRY_POINTS)


def test_a_teacher_says_one_short_sentence_and_says_it_of_one_mistake():
    sentences = defaultdict(set)
    for mistake in DECLARED.mistakes:
        assert len(mistake.says) <= 200, mistake.name
        assert mistake.says.endswith("."), mistake.name
        assert not re.search(r"[.!?] +[A-Z]", mistake.says), mistake.name
        sentences[mistake.entry_point, mistake.says].add(mistake.name)
    assert [names for names in sentences.values() if len(names) > 1] == []


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


def test_the_formulas_agree_with_pytorch():
    torch = pytest.importorskip("torch")
    functional, rng = torch.nn.functional, np.random.default_rng(11)
    x, kernel = rng.standard_normal((2, 3, 6, 7)), rng.random((3, 5))
    tensor = torch.tensor(x)
    # PyTorch's has the sum in the place of the mean
    lp = functional.lp_pool2d(tensor.abs(), 3.0, (3, 2), 2) / 6 ** (1 / 3)
    np.testing.assert_allclose(FORMULAS.lp_pool(x, 3.0, (3, 2), 2), lp.numpy(), rtol=1e-12)
    for kind, pool in (("max", functional.max_pool2d), ("average", functional.avg_pool2d)):
        np.testing.assert_allclose(FORMULAS.tile_pool(x, 2, kind), pool(tensor, 2).numpy(), rtol=1e-12, atol=1e-15)
    low = functional.conv2d(tensor.reshape(6, 1, 6, 7), torch.tensor(kernel)[None, None], padding=(1, 2))
    np.testing.assert_allclose(FORMULAS.correlate(x, kernel), low.reshape(2, 3, 6, 7).numpy(), atol=1e-13)
    weights = torch.outer(line := torch.tensor([1.0, 4, 6, 4, 1], dtype=torch.float64) / 16, line)[None, None]
    blurred = functional.conv2d(functional.pad(tensor[:1, :1], (2, 2, 2, 2), mode="reflect"), weights, stride=2)
    np.testing.assert_allclose(FORMULAS.pyramid(x[0, 0], 2)[1], blurred[0, 0].numpy(), atol=1e-14)


@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 5.0, 8.0])
def test_lp_lies_between_the_mean_and_the_maximum_of_absolute_values(p):
    x = np.random.default_rng(12).standard_normal((1, 2, 4, 6))
    least, pooled = (FORMULAS.lp_pool(x, q) for q in (1.0, p))
    assert (least - 1e-12 <= pooled).all()
    assert (pooled <= FORMULAS.tile_pool(np.abs(x), 2, "max") + 1e-12).all()


@pytest.mark.parametrize(
    ("formula", "gradient", "others"),
    [
        ("upsample", "upsample_gradient", (3,)),
        ("subtractive", "subtractive_gradient", (np.arange(15.0).reshape(3, 5),)),
    ],
)
def test_the_gradients_that_are_written_down_are_those_of_the_complex_step(formula, gradient, others):
    rng = np.random.default_rng(13)
    x = rng.standard_normal((1, 2, 3, 4))
    dout = rng.standard_normal(getattr(FORMULAS, formula)(x, *others).shape)
    if formula == "subtractive":  # which is linear, so its matrix is that of images with a single 1
        ones = np.eye(x.size).reshape(-1, *x.shape)
        right = np.array([(dout * FORMULAS.subtractive(one, *others)).sum() for one in ones]).reshape(x.shape)
    else:
        (right,) = vjp(lambda x: FORMULAS.upsample(x, *others), (x,), dout, wrt=(0,))
    np.testing.assert_allclose(getattr(FORMULAS, gradient)(dout, x, *others)[0], right, atol=1e-12)


def test_the_weights_of_the_pyramid_sum_to_one_at_every_edge():
    for size in range(3, 12):
        np.testing.assert_allclose(FORMULAS._blur(size).sum(axis=1), 1.0, rtol=1e-15)


def test_images_that_are_blurred_have_sides_of_three_and_more():
    for case in CASES.PYRAMIDS.cases(2, 30):
        images = FORMULAS.pyramid(CASES.image(case), case.levels)
        assert min(min(image.shape) for image in images[:-1]) >= 3


def test_no_tile_has_two_maxima():
    for case in CASES.KINDS["max"].cases(3, 30):
        x = CASES.tiled(case)["x"]
        assert len(np.unique(x)) == x.size


def test_both_sides_of_eps_are_asked():
    for case in CASES.FLAT.cases(4, 10):
        deviation = np.sqrt(FORMULAS.correlate(CASES.plane(case) ** 2, CASES.kernel_of(case)))
        assert np.abs(deviation - case.eps).min() > 1e-9
    (row, *_) = CASES.FLAT.cases(4, 0)
    below = np.sqrt(FORMULAS.correlate(CASES.plane(row) ** 2, CASES.kernel_of(row))) < row.eps
    assert 0.1 < below.mean() < 0.9


@pytest.mark.parametrize("found", [None, 3.0, np.zeros((2, 3, 3))])
def test_a_pyramid_is_a_list(found):
    with pytest.raises(CheckFailed, match=r"^gaussian_pyramid must return a list of images\.$"):
        CASES.expect_images(None, found, [np.zeros((3, 3))])


def test_a_pyramid_has_as_many_images_as_are_asked_for():
    with pytest.raises(CheckFailed, match=r"^The pyramid has 1 images; it must have 2\.$"):
        CASES.expect_images(None, [np.zeros((3, 3))], [np.zeros((3, 3)), np.zeros((2, 2))])


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


def changed(name, before, after):
    """The reference's function with one text exchanged."""
    (mistake,) = (mistake for mistake in DECLARED.mistakes if mistake.name == name)
    assert (before, after) in mistake.edit.changes
    return mistake.replacements


def test_overlaps_that_are_overwritten_lose_the_overlaps_alone():
    lost = failed(**changed("lp_overlaps_overwritten", "] += dout", "] = dout"))
    assert lost - {"hidden_gradients", "hidden_values"} == {"overlapping"}


def test_a_window_of_zeros_is_a_detail():
    replaced = {
        "lp_pool2d_backward": changed("lp_zeros_are_nan", "np.where(out > 0, out, 1.0)", "out")["lp_pool2d_backward"]
    }
    with np.errstate(all="ignore"):
        assert failed(**replaced) == {"zeros"}


@pytest.mark.parametrize("guard", [1e-300, 1e-12, 1e-8])
def test_a_small_constant_that_guards_a_division_costs_nothing(guard):
    def lp_pool2d_backward(dout, cache):
        x, out, p, pool, stride = cache
        return REFERENCE["lp_pool2d_backward"](dout, (x, out + guard, p, pool, stride))

    def tile_pool2d_backward(dout, cache):
        shape, tiles, out, kind = cache
        return REFERENCE["tile_pool2d_backward"](dout, (shape, tiles, out + guard * (kind == "l2"), kind))

    for seed in range(3):
        assert failed(seed, lp_pool2d_backward=lp_pool2d_backward) == set()
        assert failed(seed, tile_pool2d_backward=tile_pool2d_backward) == set()


@pytest.mark.parametrize("share", ["first", "all", "equal"])
def test_every_convention_for_ties_passes(share):
    def tile_pool2d_backward(dout, cache):
        shape, tiles, out, kind = cache
        if kind != "max":
            return REFERENCE["tile_pool2d_backward"](dout, cache)
        flat = tiles.transpose(0, 1, 2, 4, 3, 5)
        won = (flat == out[..., None, None]).reshape(*out.shape, -1).astype(float)
        if share == "first":
            won = np.eye(won.shape[-1])[won.argmax(axis=-1)]
        if share == "equal":
            won = won / won.sum(axis=-1, keepdims=True)
        slopes = (won * dout[..., None]).reshape(flat.shape).transpose(0, 1, 2, 4, 3, 5)
        dx = np.zeros(shape)
        _, _, rows, span, columns, _ = tiles.shape
        dx[:, :, : rows * span, : columns * span] = slopes.reshape(*shape[:2], rows * span, columns * span)
        return dx

    assert failed(tile_pool2d_backward=tile_pool2d_backward) == set()


def test_a_tile_of_zeros_is_a_detail():
    replaced = changed("tile_l2_zeros_are_nan", "np.where(out > 0, out, 1.0)", "out")
    with np.errstate(all="ignore"):
        assert failed(tile_pool2d_backward=replaced["tile_pool2d_backward"]) == {"zeros"}


def test_a_remainder_is_a_detail():
    def tile_pool2d_forward(x, span, kind):
        fill = ((0, 0), (0, 0), (0, -x.shape[2] % span), (0, -x.shape[3] % span))
        return REFERENCE["tile_pool2d_forward"](np.pad(x, fill), span, kind)

    assert failed(tile_pool2d_forward=tile_pool2d_forward) == {"remainder", "hidden_max", "hidden_l2"}


def test_a_kernel_that_is_turned_loses_asymmetric_kernels_alone():
    def subtractive_normalization(x, kernel):
        return REFERENCE["subtractive_normalization"](x, kernel[::-1, ::-1])

    lost = failed(subtractive_normalization=subtractive_normalization)
    assert lost == {"asymmetric", "hidden_values"}


@pytest.mark.parametrize("as_list", [tuple, iter, list])
def test_a_pyramid_may_be_a_tuple_or_a_generator(as_list):
    def gaussian_pyramid(x, levels):
        return as_list(REFERENCE["gaussian_pyramid"](x, levels))

    assert failed(gaussian_pyramid=gaussian_pyramid) == set()


def test_a_shift_that_wraps_round_is_wrong_even_where_it_moves_nothing_out():
    assert {"values", "known_answer"} <= failed(shift=lambda x, dy, dx: np.roll(x, (dy, dx), axis=(2, 3)))
