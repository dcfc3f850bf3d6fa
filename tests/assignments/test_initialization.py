"""The assignment `initialization`: what its checks rest on holds, and each part of a submission is judged alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner
from autograder.wire import Opaque

FOLDER = Path(__file__).parents[2] / "assignments" / "initialization"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, CHECKS, FORMULAS = (
    sys.modules[f"autograder_assignments.initialization.{name}"] for name in ("cases", "checks", "formulas")
)
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))


def examine(seed=0, **replaced):
    """The results of the reference with some functions replaced, by check."""
    results = Examiner(DECLARED, seed, explain=False).examine_all(DECLARED.checks, LocalRunner(REFERENCE | replaced))
    return {result.check: result for result in results}


def failed(results):
    return {name for name, result in results.items() if result.verdict is not Verdict.PASS}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert len(DECLARED.mistakes) >= 100
    assert len(DECLARED.variants) >= 15
    assert len(EXPECTED) >= 12
    assert {mistake.entry_point for mistake in DECLARED.mistakes} == set(ENTRY_POINTS)
    assert {name for variant in DECLARED.variants for name in variant.replacements} == set(ENTRY_POINTS)


@pytest.mark.parametrize("mistake", DECLARED.mistakes, ids=lambda mistake: mistake.name)
def test_a_teacher_says_one_short_sentence(mistake):
    assert len(mistake.says) <= 200
    assert mistake.says.endswith(".")
    assert not re.search(r"[.!?] +[A-Z]", mistake.says)


def test_no_sentence_is_said_for_two_mistakes_of_one_entry_point():
    said = defaultdict(set)
    for mistake in DECLARED.mistakes:
        said[mistake.entry_point, mistake.says].add(mistake.name)
    assert [names for names in said.values() if len(names) > 1] == []


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for path in SUBMISSIONS.glob("*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


def test_rules_of_variance():
    assert FORMULAS.xavier(40, 10) == 1 / 40
    assert FORMULAS.glorot(40, 10) == 1 / 25
    assert FORMULAS.he(40, 10) == 1 / 20
    assert FORMULAS.he_filters((9, 5, 2, 3)) == 2 / 30
    assert FORMULAS.square((3,), 0.5) == 0.25


@pytest.mark.parametrize("space", [CASES.FANS, CASES.NORMAL, CASES.FILTERS], ids=["fans", "normal", "filters"])
def test_samples_find_ten_per_cent_of_variance(space):
    for arguments in (space.rows[0]["arguments"], *space.choices["arguments"]):
        assert np.prod(CHECKS.shape_of(arguments)) >= 26_359


def test_no_two_rules_for_a_matrix_come_within_ten_per_cent():
    for fans in (CASES.FANS.rows[0]["arguments"], *CASES.FANS.choices["arguments"]):
        rules = sorted(set(FORMULAS.fan_slips(1.0, *fans).values()) - set(FORMULAS.slips(1.0).values()))
        assert all(right / left > 1.1 for left, right in pairwise(rules))


def test_certain_statistics_do_not_depend_on_the_input():
    case = Case({"depth": 4, "width": 5}, 3)
    weights = CASES.certain_stack(case).weights
    assert len(weights) == 4
    h = np.random.default_rng(5).standard_normal((100, 5))
    for mean, std, w in zip(*FORMULAS.certain_statistics(weights), weights, strict=True):
        h = FORMULAS.sigmoid(h @ w)
        assert mean == pytest.approx(h.mean())
        assert std == pytest.approx(h.std(), abs=1e-12)


def test_rotations_and_mirrored_layers_keep_lengths():
    case, x = Case({}, 1), np.random.default_rng(2).standard_normal((50, 12))
    q = CASES.rotation(case, "q", 12)
    assert (q**2).mean() == pytest.approx(1 / 12)
    np.testing.assert_allclose(np.linalg.norm(x @ q, axis=1), np.linalg.norm(x, axis=1))
    first, second = CASES.mirrored(case, "a", 12), CASES.mirrored(case, "b", 12)
    assert (first**2).mean() == pytest.approx(2 / 12)  # He's variance
    h = np.maximum(x @ first, 0)
    np.testing.assert_allclose(np.linalg.norm(h, axis=1), np.linalg.norm(x[:, :6] - x[:, 6:], axis=1))
    np.testing.assert_allclose(np.linalg.norm(np.maximum(h @ second, 0), axis=1), np.linalg.norm(h, axis=1))


@pytest.mark.parametrize("name", CASES.GROUPS)
def test_planted_units_agree_and_no_others(name):
    hidden, groups = CASES.GROUPS[name]
    params, grads = CASES.network(Case({"d": 2, "classes": 3}, 4), hidden, groups)
    owned = [np.concatenate([t["W1"].T, t["b1"][:, None], t["W2"]], axis=1) for t in (params, grads)]
    together = {(a, b) for group in groups for a in group for b in group}
    for a in range(hidden):
        for b in range(hidden):
            same = np.concatenate(owned, axis=1)[a] == np.concatenate(owned, axis=1)[b]
            assert same.all() if a == b or (a, b) in together else not same.any()


def test_near_misses_differ_in_one_array_each():
    found = CASES.near_misses(Case({"d": 3, "classes": 3}, 4))
    assert len(found) == 10
    for params, grads in found:
        unequal = [
            (which, name)
            for which, tree in enumerate((params, grads))
            for name in ("W1", "b1", "W2")
            if not np.array_equal(CASES._part(tree, name, 0), CASES._part(tree, name, 2))
        ]
        assert len(unequal) == 1


def test_a_stack_notes_how_it_was_asked():
    w = np.eye(2)
    stack = CASES.Stack([w], np.tanh)
    assert stack.init(2, 2, Opaque("Generator")) is w
    stack.expect_begun()
    with pytest.raises(CheckFailed, match=re.escape("activation saw 0 numbers; a batch of 256 sends 512 through each")):
        stack.first_layer()
    stack.activation(np.ones((300, 2)))
    assert stack.first_layer().size == 512
    for wrong in ((2, 3, Opaque("Generator")), (2, 2, 7), (2, 2), (), (None, None, None), (w, w, Opaque("Generator"))):
        stack = CASES.Stack([w], np.tanh)
        stack.init(*wrong)
        with pytest.raises(
            CheckFailed, match=re.escape("init was not called with (2, 2, rng), as these layers need it.")
        ):
            stack.expect_begun()


# ── each part is judged alone ──────────────────────────────────────────────────────────────────

# constant_init must be right for zeros_init to pay, which its sentence says
NEEDED_BY = {"constant_init": {"zeros_init.values", "zeros_init.shape"}}


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_one_broken_function_costs_its_own_points_alone(name):
    def broken(*_arguments, **_options):
        raise RuntimeError

    own = {check.id for check in DECLARED.checks if check.entry_point == name}
    assert failed(examine(**{name: broken})) == own | NEEDED_BY.get(name, set())


def test_zeros_score_nothing():
    zeros = {name: lambda *shape, **_: np.zeros(shape[:2]) for name in ENTRY_POINTS}
    zeros |= {name: lambda shape, *_: np.zeros(shape) for name in ENTRY_POINTS if "init" in name or "conv" in name}
    zeros |= {
        name: lambda fan_in, fan_out, rng, mode="in": np.zeros((fan_in, fan_out))
        for name in ("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
    }
    zeros |= {"activation_statistics": lambda depth, *_: (np.zeros(depth), np.zeros(depth))}
    zeros |= {"symmetry_report": lambda params, grads: []}
    assert sum(result.points for result in examine(**zeros).values()) == 0


@pytest.mark.parametrize("shape", list(CHECKS.KNOWN_NORMS), ids=str)
def test_an_altered_known_answer_fails_the_reference(monkeypatch, shape):
    factor = 1.1 if np.prod(shape) > 5000 else 4.0  # 100 numbers tell 100 from 400 for certain
    monkeypatch.setitem(CHECKS.KNOWN_NORMS, shape, factor * CHECKS.KNOWN_NORMS[shape])
    assert failed(examine()) == {"normal_init.known_norms"}


@pytest.mark.parametrize("factor", [1.05, 0.95])
@pytest.mark.parametrize("one", CHECKS.INITIALIZERS, ids=lambda one: one.name)
def test_five_per_cent_of_scale_are_found_in_every_class(one, factor):
    right = REFERENCE[one.name]
    for seed in range(3):
        results = examine(seed, **{one.name: lambda *arguments, **mode: factor * right(*arguments, **mode)})
        assert {f"{one.name}.variance", f"{one.name}.hidden_variance"} <= failed(results)


@pytest.mark.parametrize(
    "value",
    [
        *[None, "x", np.nan, {}, [[1, 2], "a"], [None], [[0.5]], ([1.0], {}), np.zeros(0)],
        *[np.full((250, 110), np.inf), np.zeros((250, 110), complex)],
        *[(np.full(3, np.nan),) * 2, (np.full(3, 1e300),) * 2, (np.full(4, 1j),) * 2],
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_answer_of_any_kind_is_the_students_fault(value):
    results = examine(**{name: lambda *_, **__: value for name in ENTRY_POINTS})
    assert Verdict.GRADER_ERROR not in {result.verdict for result in results.values()}


# ── how groups may be written ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "found",
    [
        [[0, 2], [1, 4, 3]],
        [[3, 4, 1], [2, 0]],
        ((0, 2), (1, 3, 4)),
        [np.array([0, 2]), np.array([1, 3, 4])],
        [[np.int64(0), np.int64(2)], (1, 3, 4)],
    ],
    ids=["lists", "another order", "tuples", "arrays", "NumPy ints"],
)
def test_groups_in_any_order_and_kind_of_list(found):
    CHECKS.expect_groups(found, ((0, 2), (1, 3, 4)))


def test_a_single_group_is_a_list_of_one():
    CHECKS.expect_groups([[0, 2]], ((0, 2),))
    CHECKS.expect_groups([], ())
    CHECKS.expect_groups(np.array([[0, 2], [1, 3]]), ((0, 2), (1, 3)))


def test_wrong_groups_are_shown():
    with pytest.raises(CheckFailed, match=re.escape("groups is [[0, 2]]; it must be [[0, 2], [1, 3]].")):
        CHECKS.expect_groups([[2, 0]], ((0, 2), (1, 3)))
    for nonsense in (None, 3, "x", Opaque("set"), [[0.0, 1.0]], [Opaque("set")], [None], [0, 2]):
        with pytest.raises(CheckFailed, match=re.escape("groups must be a list of lists of unit numbers.")):
            CHECKS.expect_groups(nonsense, ((0, 2),))


def test_statistics_may_be_lists_and_columns_where_shape_is_not_asked():
    column, numbers = np.array([[1.0], [2.0]]), [1.0, np.float64(2.0)]
    for value in (column, numbers, tuple(numbers)):
        assert CHECKS._per_layer("means", value, 2).tolist() == [1.0, 2.0]
    with pytest.raises(CheckFailed, match=r"means has shape \(3,\); it must be \(2,\)\."):
        CHECKS._per_layer("means", np.zeros(3), 2)


def test_a_deviation_may_divide_by_one_less_and_nan_is_never_right():
    low, high = np.array([0.5]), np.array([0.5001])
    assert CHECKS.nearest(np.array([0.50005]), low, high).tolist() == [0.50005]
    assert CHECKS.nearest(np.array([0.6]), low, high).tolist() == [0.5001]
    assert np.isfinite(CHECKS.nearest(np.array([np.nan]), low, high)).all()
