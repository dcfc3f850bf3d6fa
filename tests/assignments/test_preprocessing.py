"""The assignment `preprocessing`: what its checks rest on holds, and each part of a submission is judged alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.checks.tolerance import TOLERANCES
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

FOLDER = Path(__file__).parents[2] / "assignments" / "preprocessing"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, CHECKS, FORMULAS = (
    sys.modules[f"autograder_assignments.preprocessing.{name}"] for name in ("cases", "checks", "formulas")
)
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))
STUDENT = SimpleNamespace(tolerance=lambda name: TOLERANCES["float64"])  # as the helpers of the checks see one


def results(seed=0, **replaced):
    """What the checks of the replaced functions say of the reference with these replaced, by the rest of their ids;
    those that wait for another one are left out."""
    checks = [check for check in DECLARED.checks if check.entry_point in replaced]
    found = Examiner(DECLARED, seed, explain=False).examine_all(checks, LocalRunner(REFERENCE | replaced))
    return {r.check.partition(".")[2]: r for r in found if r.verdict not in (Verdict.PASS, Verdict.SKIPPED)}


def failed(seed=0, **replaced):
    """The checks that do not pass, hidden ones aside."""
    return {name for name in results(seed, **replaced) if not name.startswith("hidden")}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert len(DECLARED.mistakes) >= 240
    assert len(DECLARED.variants) >= 18
    assert len(EXPECTED) >= 11
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


def test_each_input_is_left_alone_for_points():
    assert {check.entry_point for check in DECLARED.checks if check.id.endswith(".pure")} == set(ENTRY_POINTS)


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("content", ["whole", "normal"])
@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_no_column_of_a_table_is_constant_unless_it_has_one_row(n, content):
    for seed in range(20):
        X = CASES.table(Case({"n": n, "d": 4, "content": content}, seed))
        assert n == 1 or (np.ptp(X, axis=0) > 0).all()


def test_a_constant_column_has_its_mean_to_the_bit_and_the_others_vary():
    for case in CASES.CONSTANTS.cases(3, 40):
        X, constant = CASES.constant_table(case), list(case.constant)
        others = [j for j in range(4) if j not in constant]
        for kind in (np.float64, np.float32):
            typed = X.astype(kind)
            assert (typed.mean(axis=0) == typed[0])[constant].all()
            assert (typed.std(axis=0)[constant] == 0).all()
            assert ((typed**2).mean(axis=0) - typed.mean(axis=0) ** 2 == 0)[constant].all()
        assert (np.ptp(X, axis=0)[others] >= 1).all()


@pytest.mark.parametrize("unit", [1.0, 1e-3])
def test_a_cloud_has_the_axes_that_it_says(unit):
    for case in CASES.CLOUDS.cases(5, 30):
        points = CASES.cloud(case, unit)
        centred = points.X - points.X.mean(axis=0)
        np.testing.assert_allclose(np.linalg.eigvalsh(np.cov(points.X.T, bias=True))[::-1], points.variances, rtol=1e-9)
        np.testing.assert_allclose(points.basis.T @ points.basis, np.eye(case.d), atol=1e-12)
        np.testing.assert_allclose(points.basis @ points.basis.T @ centred, centred, atol=1e-12 * unit)
        assert (points.variances[1:] < 0.6 * points.variances[:-1]).all()
        assert case.n > case.d


def test_flags_are_mixed_where_there_are_several():
    for seed in range(20):
        for n in (2, 3, 5):
            flipped = CASES.flags(Case({"n": n}, seed))
            assert flipped.dtype == bool
            assert flipped[:2].tolist() == [False, True]
    assert CASES.flags(Case({"n": 1}, 0)).all()


def test_every_window_of_every_image_is_found_where_it_lies():
    for case in (*CASES.CROPS.cases(7, 20), *CASES.UNPADDED.cases(7, 10)):
        images, size, pad = CASES.images_of(case), case.size, case.pad
        padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        for top in range(case.h + 2 * pad - size + 1):
            for left in range(case.w + 2 * pad - size + 1):
                found = padded[:, :, top : top + size, left : left + size]
                rows, columns = CASES.places(STUDENT, found, images, size, pad)
                assert (rows == top).all()
                assert (columns == left).all()


def test_what_is_no_window_is_found_by_its_number():
    images = CASES.equal_images(3, 1)
    found = FORMULAS.windows(images, 2, 1)[:, 1, 2].copy()
    CASES.places(STUDENT, found, images, 2, 1)
    found[1] += 0.5
    with pytest.raises(
        CheckFailed, match=r"^out\[1\] is not a 2 × 2 window of image 1 with 1 rows and columns of zeros"
    ):
        CASES.places(STUDENT, found, images, 2, 1)


def test_a_window_without_zeros_around_the_image_is_told_so():
    images = CASES.equal_images(2, 1)
    found = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")[:, :, :2, 1:3]
    with pytest.raises(CheckFailed, match=r"^out\[0\] is a part of image 0, but what lies around .* must be zeros\.$"):
        CASES.places(STUDENT, found, images, 2, 1)


def test_an_image_that_is_flipped_in_part_is_found_by_its_number():
    images = CASES.equal_images(3, 2)
    found = images.copy()
    found[0] = found[0, :, :, ::-1]
    assert CASES.flipped_ones(STUDENT, found, images).tolist() == [True, False, False]
    found[2, 0] = found[2, 0, :, ::-1]
    with pytest.raises(CheckFailed, match=r"^out\[2\] is neither image 2 nor its mirror image\.$"):
        CASES.flipped_ones(STUDENT, found, images)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "out is None"),
        ([1.0, 2.0], "out is a list"),
        (np.zeros((3, 2)), r"out has shape \(3, 2\); it must be \(2, 3\)"),
        (np.zeros((2, 3), int), "out has dtype int64"),
        (np.array([[1.0, np.nan, 0.0]] * 2), r"out holds nan at \[0, 1\]\."),
        (np.array(1.0), r"out has shape \(\)"),
    ],
)
def test_what_is_not_numbers_of_a_shape_is_refused(answer, said):
    with pytest.raises(CheckFailed, match=said):
        CASES.numbers("out", answer, (2, 3))


def test_axes_of_length_one_are_a_question_of_their_own():
    assert CASES.numbers("out", np.zeros((1, 2, 3)), (2, 3)).shape == (2, 3)


def test_what_lies_in_no_range_is_compared_with_the_usual_one():
    usual, other = (np.array([1.0, 2.0]), np.array([1.1, 2.1])), (np.array([5.0, 6.0]), np.array([5.0, 6.0]))
    for found, right in (
        ([1.05, 2.05], [1.05, 2.05]),
        ([5.0, 6.0], [5.0, 6.0]),
        ([4.0, 5.0], [1.1, 2.1]),
        ([1.05, 6.0], [1.05, 2.1]),
    ):
        np.testing.assert_array_equal(CASES.nearest(np.array(found), usual, other), right)


def test_the_formulas_agree_with_numpy():
    rng = np.random.default_rng(4)
    X, images, flipped = rng.standard_normal((6, 3)), rng.standard_normal((3, 2, 4, 5)), np.array([True, False, True])
    np.testing.assert_allclose(FORMULAS.zero_center(X)[1], X.mean(axis=0))
    for ddof, found in enumerate(FORMULAS.deviations(X)):
        np.testing.assert_allclose(found, X.std(axis=0, ddof=ddof))
    np.testing.assert_allclose(FORMULAS.mean_image(images), images.mean(axis=0))
    np.testing.assert_allclose(FORMULAS.channel_mean(images), images.mean(axis=(0, 2, 3)))
    np.testing.assert_array_equal(FORMULAS.flip(images, flipped)[1], images[1])
    np.testing.assert_array_equal(FORMULAS.flip(images, flipped)[2], np.flip(images[2], axis=-1))
    np.testing.assert_array_equal(FORMULAS.rotate90(images, -1)[0, 0], np.rot90(images[0, 0], 3))
    contrast = FORMULAS.contrast(images, 2.5)
    np.testing.assert_allclose(contrast.mean(axis=(2, 3)), images.mean(axis=(2, 3)))
    np.testing.assert_allclose(contrast.std(axis=(2, 3)), 2.5 * images.std(axis=(2, 3)))


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


def test_a_divisor_of_one_less_loses_its_own_point_alone():
    def standardize(X):
        _, mean, std = REFERENCE["standardize"](X)
        std = np.where(np.ptp(X, axis=0) == 0, 1.0, X.std(axis=0, ddof=1))
        return (X - mean) / std, mean, std

    def whiten(X, eps=1e-5):
        turned = REFERENCE["decorrelate"](X)
        return turned / np.sqrt(turned.var(axis=0, ddof=1) + eps)

    for seed in range(3):
        assert failed(seed, standardize=standardize) == {"divisor"}
        assert failed(seed, whiten=whiten) == {"divisor"}


def test_any_signs_pass():
    rng = np.random.default_rng(3)

    def signed(name):
        return lambda X, *eps: REFERENCE[name](X, *eps) * rng.choice([-1.0, 1.0], X.shape[1])

    for seed in range(3):
        assert failed(seed, decorrelate=signed("decorrelate")) == set()
        assert failed(seed, whiten=signed("whiten")) == set()


def test_a_whitened_cloud_that_is_turned_is_white_and_loses_its_axes_alone():
    def turned(X, eps=1e-5):
        q, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((X.shape[1],) * 2))
        return REFERENCE["whiten"](X, eps) @ q

    def zca(X, eps=1e-5):
        centred = X - X.mean(axis=0)
        values, vectors = np.linalg.eigh(centred.T @ centred / len(X))
        return centred @ (vectors / np.sqrt(values + eps)) @ vectors.T

    for function in (turned, zca):
        assert failed(whiten=function) == {"axes"}
    assert results(whiten=zca)["axes"].message.endswith("the directions in which they look are not at right angles.")


def test_rising_variances_lose_their_order_alone():
    assert failed(decorrelate=lambda X: REFERENCE["decorrelate"](X)[:, ::-1]) == {"order"}
    assert failed(whiten=lambda X, eps=1e-5: REFERENCE["whiten"](X, eps)[:, ::-1]) == {"order"}


def test_white_columns_that_are_not_made_of_the_data_fail():
    def whiten(X, eps=1e-5):
        noise = np.random.default_rng(2).standard_normal(X.shape)
        u, _, vt = np.linalg.svd(noise - noise.mean(axis=0), full_matrices=False)
        return np.sqrt(len(X)) * u @ vt

    found = results(whiten=whiten)["white"]
    assert found.message.startswith("whitened is not what a matrix makes of the centred X")


def test_a_small_constant_beside_the_deviation_passes_and_a_larger_one_fails():
    def standardize_with(constant):
        def standardize(X):
            mean, std = X.mean(axis=0), X.std(axis=0)
            return (X - mean) / (std + constant), mean, np.where(std == 0, 1.0, std)

        return standardize

    assert failed(standardize=standardize_with(1e-8)) == set()
    assert failed(standardize=standardize_with(1e-5)) >= {"values"}


def test_quarter_turns_that_know_no_negative_numbers_lose_those_alone():
    def rotate90(images, turns):
        return REFERENCE["rotate90"](images, abs(turns))

    assert failed(rotate90=rotate90) == {"negative"}


# ── draws ──────────────────────────────────────────────────────────────────────────────────────

GLOBAL = np.random.RandomState(5)  # stands for np.random, which others may seed
OWN = {
    "random_flip": lambda images, p, rng: REFERENCE["random_flip"](
        images, p, np.random.default_rng(GLOBAL.randint(999))
    ),
    "random_crop": lambda images, size, pad, rng: REFERENCE["random_crop"](
        images, size, pad, np.random.default_rng(GLOBAL.randint(999))
    ),
    "add_noise": lambda images, std, rng: images + std * GLOBAL.standard_normal(images.shape),
}
FIXED = {
    "random_flip": lambda images, p, rng: REFERENCE["random_flip"](images, p, np.random.default_rng(8)),
    "random_crop": lambda images, size, pad, rng: REFERENCE["random_crop"](images, size, pad, np.random.default_rng(8)),
    "add_noise": lambda images, std, rng: REFERENCE["add_noise"](images, std, np.random.default_rng(8)),
}


@pytest.mark.parametrize("name", OWN)
def test_whoever_ignores_rng_is_told_so(name):
    found = results(**{name: OWN[name]})
    assert set(found) == {"seeded"}
    assert "draw every number from rng, none from np.random." in found["seeded"].message


@pytest.mark.parametrize("name", FIXED)
def test_whoever_seeds_a_generator_is_told_so(name):
    found = results(**{name: FIXED[name]})
    assert "draw from rng, and seed no generator yourself." in found["seeded"].message
    assert set(found) == {"seeded"}


def test_a_share_of_the_batch_that_is_always_the_same_is_not_independent():
    def random_flip(images, p, rng):
        return REFERENCE["flip"](images, rng.permutation(len(images)) < round(p * len(images)))

    found = results(random_flip=random_flip)
    assert set(found) == {"independent"}
    assert found["independent"].message.startswith("Of two images, p = 0.5 flips the same number in each of 40 batches")


def test_a_rate_that_is_a_little_off_is_found():
    found = results(random_flip=lambda images, p, rng: REFERENCE["random_flip"](images, p**1.5, rng))
    assert set(found) == {"rate", "hidden_rate"}


def cropped_at(draw):
    """random_crop with the rows and columns that `draw` gives: of the generator, the number of places and of images."""

    def random_crop(images, size, pad, rng):
        n, c, h, w = images.shape
        padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        out = np.empty((n, c, size, size))
        rows, columns = (draw(rng, length + 2 * pad - size + 1, n) for length in (h, w))
        for k, (row, column) in enumerate(zip(rows, columns, strict=True)):
            out[k] = padded[k, :, row : row + size, column : column + size]
        return out

    return random_crop


def test_places_that_come_in_turn_fail():
    def in_turn(rng, count, n):
        return (np.arange(n) // (5 if count == 6 else 1) + rng.integers(count)) % count

    assert failed(random_crop=cropped_at(in_turn)) & {"law", "places"}


def test_places_that_are_not_equally_likely_fail_the_law_alone():
    def rounded(rng, count, n):
        return np.rint(rng.uniform(0, count - 1, n)).astype(int)

    def folded(rng, count, n):
        return np.minimum(rng.integers(0, count + 1, n), count - 1)

    for draw in (rounded, folded):
        assert failed(random_crop=cropped_at(draw)) == {"law"}
    assert failed(random_crop=cropped_at(lambda rng, count, n: rng.integers(0, count, n))) == set()


def test_a_last_place_that_is_left_out_is_named():
    draw = cropped_at(lambda rng, count, n: rng.integers(0, max(count - 1, 1), n))
    found = results(random_crop=draw)
    assert set(found) == {"places"}
    assert found["places"].message == (
        "No window of 1500 images of 3 × 5 pixels with pad = 1 and size = 2 begins in row 3 of the padded image; rows "
        "0 to 3 are possible."
    )


def test_rows_and_columns_that_go_together_are_named():
    def together(images, size, pad, rng):
        seed = rng.integers(2**32)  # the same for both axes: rows are columns modulo 4, or all of them are 0
        draw = cropped_at(lambda _, count, n: np.random.default_rng(seed).integers(0, 12, n) % count)
        return draw(images, size, pad, rng)

    assert results(random_crop=together)["places"].message.endswith("draw rows and columns apart.")
