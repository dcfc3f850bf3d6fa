"""The bank of `optimizers`, its formulas against an independent witness, and its known answers in both directions."""

import json
import re
import sys
import tomllib
from contextlib import suppress
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalProgram, LocalRunner

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "optimizers"
OPTIMIZERS = discover(FOLDER)
formulas, loops, problems = (
    sys.modules[f"autograder_assignments.optimizers.{name}"] for name in ("formulas", "loops", "problems")
)
ENTRY_POINTS = [entry.name for entry in OPTIMIZERS.assignment.entry_points]
REFERENCE = {name: getattr(OPTIMIZERS.reference, name) for name in ENTRY_POINTS}
CHECKS = {check.id: check for check in OPTIMIZERS.checks}
EXPECTED = tomllib.loads((FOLDER / "submissions" / "expected.toml").read_text(encoding="utf-8"))


def verdict(check_id, replacements, cases=None):
    check = CHECKS[check_id]
    student = Student(OPTIMIZERS.assignment, LocalProgram(REFERENCE | replacements))
    return attempt(check, student, cases or cases_of(check, seed=5)).verdict


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_points_add_up_to_a_hundred():
    assert sum(check.points for check in OPTIMIZERS.checks) == 100


def test_the_bank_is_large_enough_and_spares_no_entry_point():
    assert len(OPTIMIZERS.mistakes) >= 40
    assert len(OPTIMIZERS.variants) >= 12
    assert len(EXPECTED) >= 8
    assert {mistake.entry_point for mistake in OPTIMIZERS.mistakes} == set(ENTRY_POINTS)
    assert {name for variant in OPTIMIZERS.variants for name in variant.replacements} == set(ENTRY_POINTS)


@pytest.mark.parametrize("mistake", OPTIMIZERS.mistakes, ids=lambda mistake: mistake.name)
def test_a_teacher_says_one_short_sentence(mistake):
    assert len(mistake.says) <= 200
    assert mistake.says.endswith(".")
    assert not re.search(r"[.!?] +[A-Z]", mistake.says)


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in (FOLDER / "submissions").iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for file in files:
        if file.endswith(".ipynb"):
            nbformat.validate(nbformat.read(FOLDER / "submissions" / file, as_version=nbformat.NO_CONVERT))


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_names_what_exists(name):
    entry = EXPECTED[name]
    assert entry.get("verdicts", {}).keys() <= CHECKS.keys() | set(ENTRY_POINTS)
    assert entry.get("diagnoses", {}).keys() <= CHECKS.keys()
    assert set(entry.get("diagnoses", {}).values()) <= {mistake.name for mistake in OPTIMIZERS.mistakes}


@pytest.mark.parametrize("check_id", CHECKS)
def test_the_reference_passes_cases_that_travelled_in_a_replay_token(check_id):
    # as JSON does it: tuples come back as lists
    cases = [Case(json.loads(json.dumps(case.params)), case.seed) for case in cases_of(CHECKS[check_id], seed=6)]
    assert verdict(check_id, {}, cases) is Verdict.PASS


# ── formulas against torch ─────────────────────────────────────────────────────────────────────

GRADIENTS = np.random.default_rng(3).standard_normal((7, 2, 3))
WITNESSES = {
    "sgd": (dict(lr=0.1), lambda optim, p: optim.SGD(p, lr=0.1)),
    "sgd_momentum": (dict(lr=0.1, momentum=0.8), lambda optim, p: optim.SGD(p, lr=0.1, momentum=0.8)),
    "rmsprop": (dict(lr=0.1, decay=0.9, eps=0.3), lambda optim, p: optim.RMSprop(p, lr=0.1, alpha=0.9, eps=0.3)),
    "adam": (
        dict(lr=0.1, beta1=0.8, beta2=0.95, eps=0.3),
        lambda optim, p: optim.Adam(p, lr=0.1, betas=(0.8, 0.95), eps=0.3),
    ),
}


def deviation(name, factor=1.0):
    """The largest difference from torch's updates, relative to the largest."""
    torch = pytest.importorskip("torch")
    options, make = WITNESSES[name]
    w = torch.nn.Parameter(torch.zeros(2, 3, dtype=torch.float64))
    optimizer, walked = make(torch.optim, [w]), [np.zeros((2, 3))]
    for g in GRADIENTS:
        w.grad = torch.tensor(g)
        optimizer.step()
        walked.append(w.detach().numpy().copy())
    expected = np.diff(walked, axis=0)
    found = factor * getattr(formulas, name)(GRADIENTS, **options)
    return np.max(np.abs(found - expected)) / np.max(np.abs(expected))


@pytest.mark.parametrize("name", WITNESSES)
def test_a_formula_agrees_with_torch(name):
    # w is a sum of seven updates of its own size: 1e-14 leaves a factor of ten over what rounding costs
    assert deviation(name) <= 1e-14
    assert deviation(name, factor=1 + 1e-12) > 1e-14


def test_eps_under_the_root_is_another_formula_that_is_the_same_without_eps():
    other = formulas.rmsprop_eps_inside(GRADIENTS, 0.1, 0.9, 0.3)
    assert np.max(np.abs(other - formulas.rmsprop(GRADIENTS, 0.1, 0.9, 0.3))) > 1e-3
    same = formulas.rmsprop(GRADIENTS, 0.1, 0.9, 0.0)
    np.testing.assert_allclose(formulas.rmsprop_eps_inside(GRADIENTS, 0.1, 0.9, 0.0), same, rtol=1e-14)


# ── known answers ──────────────────────────────────────────────────────────────────────────────

KNOWN = (
    *("sgd.bowl", "sgd_momentum.constant", "sgd_momentum.impulse", "sgd_momentum.without", "rmsprop.constant"),
    *("adam.first_step", "adam.constant", "adam.second_step"),
    *("exponential_decay.known_answers", "inverse_time_decay.known_answers"),
)


def altered(name):
    """The reference's update a millionth too large; the same of a schedule."""
    function = REFERENCE[name]

    def rule(w, dw, state, **options):
        new_w, state = function(w, dw, state, **options)
        return w + (1 + 1e-6) * (new_w - w), state

    def schedule(lr0, k, t):
        return (1 + 1e-6) * function(lr0, k, t)

    return schedule if name.endswith("decay") else rule


@pytest.mark.parametrize("check_id", KNOWN)
def test_an_altered_known_answer_fails(check_id):
    name = check_id.partition(".")[0]
    assert verdict(check_id, {}) is Verdict.PASS
    assert verdict(check_id, {name: altered(name)}) is Verdict.FAIL


@pytest.mark.parametrize("check_id", ["sgd_momentum.ravine", "train.bowl", "train.ravine", "train.classifier"])
def test_a_goal_is_not_reached_at_a_tenth_of_the_learning_rate(check_id):
    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        return REFERENCE["sgd_momentum"](w, dw, state, lr / 10, momentum)

    def train(loss_and_grads, params, optimizer, *rest):
        def slow(w, dw, state):
            new_w, state = optimizer(w, dw, state)
            return w + (new_w - w) / 10, state

        return REFERENCE["train"](loss_and_grads, params, slow, *rest)

    assert verdict(check_id, {"sgd_momentum": sgd_momentum, "train": train}) is Verdict.FAIL


@pytest.mark.parametrize("place", ["outside", "inside", "half"])
def test_eps_of_rmsprop_may_stand_outside_the_root_or_under_it(place):
    def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
        s = (1 - decay) * dw**2 + (0.0 if state is None else decay * state)
        roots = {"outside": np.sqrt(s) + eps, "inside": np.sqrt(s + eps), "half": np.sqrt(s + eps / 2) + eps / 2}
        return w - lr * dw / roots[place], s

    right = Verdict.FAIL if place == "half" else Verdict.PASS
    assert verdict("rmsprop.values", {"rmsprop": rmsprop}) is Verdict.PASS
    assert verdict("rmsprop.eps", {"rmsprop": rmsprop}) is right
    assert verdict("rmsprop.default_eps", {"rmsprop": rmsprop}) is right


# ── mini-batches and training ──────────────────────────────────────────────────────────────────

RIGHT = [np.array([2, 0]), np.array([1])]


def test_batches_that_are_right_pass():
    loops.expect_every_index_once(RIGHT, 3)
    loops.expect_sizes(RIGHT, 3, 2)


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([], r"^With n = 3, index 0 is in no batch; it must be there once\.$"),
        ([np.array([2, 0])], r"^With n = 3, index 1 is in no batch; it must be there once\.$"),
        ([*RIGHT, np.array([2])], r"^With n = 3, index 2 is in the batches 2 times; it must be there once\.$"),
        ([np.array([3, 0, 1, 2])], r"^With n = 3, a batch holds the index 3; the last is 2\.$"),
        ([np.array([-1, 0, 1, 2])], r"^With n = 3, a batch holds the index -1; the last is 2\.$"),
    ],
)
def test_indices_that_are_wrong_are_named(batches, message):
    with pytest.raises(CheckFailed, match=message):
        loops.expect_every_index_once(batches, 3)


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([np.arange(3)], r"^The number of batches is 1; it must be 2\.$"),
        ([np.arange(1), np.arange(2)], r"^The batches have the sizes \[1, 2\]; they must have \[2, 1\]\.$"),
    ],
)
def test_sizes_that_are_wrong_are_named(batches, message):
    with pytest.raises(CheckFailed, match=message):
        loops.expect_sizes(batches, 3, 2)


def test_neighbours_are_counted_whatever_the_order_inside_a_batch():
    assert loops.neighbours([np.array([3, 1, 2]), np.array([0, 4])]) == 2


def test_random_orders_stay_far_below_the_bound_for_neighbours():
    rng = np.random.default_rng(8)
    counts = [loops.neighbours(np.split(rng.permutation(60), 15)) for _ in range(2000)]
    assert abs(np.mean(counts) - 3.0) <= 0.2  # the standard error is 0.04
    assert max(counts) <= 14  # the bound is 20; Poisson's tail above 14 is 7e-7
    assert loops.neighbours(np.split(np.arange(60), 15)) == 45


def test_a_problem_gives_the_gradients_of_its_loss():
    rng = np.random.default_rng(9)
    bowl = problems.Bowl({"W": rng.standard_normal((5, 3))}, {"W": np.array([0.5, 1.0, 2.0])})
    clouds = problems.Classifier(rng.standard_normal((5, 2)), np.array([0, 2, 1, 1, 0]), 3)
    starts = {"W": rng.standard_normal(3)}, {"W": rng.standard_normal((2, 3)), "b": rng.standard_normal(3)}
    for problem, start in zip((bowl, clouds), starts, strict=True):
        _, grads = problem.loss_and_grads(start, np.array([3, 0, 4]))
        for name, w in start.items():
            for index in np.ndindex(w.shape):
                step = np.zeros_like(w)
                step[index] = 1e-6
                up, down = (
                    problem.loss_and_grads({**start, name: moved}, np.array([3, 0, 4]))[0]
                    for moved in (w + step, w - step)
                )
                assert abs((up - down) / 2e-6 - grads[name][index]) <= 1e-8  # h² and rounding are 1e-10 or so


# ── one broken function ────────────────────────────────────────────────────────────────────────


def broken(name):
    """The entry point, a little wrong in everything that it returns."""
    function = REFERENCE[name]
    if name == "minibatches":
        return lambda n, size, rng: [batch for batch in function(n, size, rng) if len(batch) == size]
    if name == "train":
        return lambda *args: ({key: 1.01 * w for key, w in function(*args)[0].items()}, [0.0])
    if name.endswith("decay"):
        return lambda lr0, k, t: 1.01 * function(lr0, k, t)
    return lambda w, dw, state, **options: (1.01 * function(w, dw, state, **options)[0], None)


def needed_by(check_id):
    """The checks without which this one does not pay, itself among them."""
    return {check_id}.union(*(needed_by(need) for need in CHECKS[check_id].needs))


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_one_broken_function_costs_its_own_points_and_those_of_checks_that_need_it(name):
    namespace = {"__name__": "submission"}
    exec(Path(OPTIMIZERS.assignment.reference).read_text(encoding="utf-8"), namespace)  # noqa: S102 — our own file
    namespace[name] = broken(name)  # train finds its minibatches here
    results = Examiner(OPTIMIZERS, 4, explain=False).examine_all(OPTIMIZERS.checks, LocalRunner(namespace))
    lost = {result.check for result in results if result.verdict is not Verdict.PASS}
    assert {check for check in lost if not any(need.startswith(f"{name}.") for need in needed_by(check))} == set()
    mine = [check for check in OPTIMIZERS.checks if check.entry_point == name]
    assert sum(check.points for check in mine if check.id in lost) >= 0.6 * sum(check.points for check in mine)


NOTHING = (None, np.nan, "w", [], {}, np.zeros((2, 3)), np.full((2, 3), np.nan), np.zeros((2, 3), complex), [[0], [1]])


@pytest.mark.parametrize("value", NOTHING, ids=repr)
@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_an_answer_that_is_none_is_the_students_fault_and_earns_nothing(name, value):
    count = len(OPTIMIZERS.assignment.entry_point(name).returns)
    namespace = REFERENCE | {name: lambda *args, **options: value if count == 1 else (value, value)}
    checks = [check for check in OPTIMIZERS.checks if check.entry_point == name]
    results = Examiner(OPTIMIZERS, 4, explain=False).examine_all(checks, LocalRunner(namespace))
    assert {result.verdict for result in results} <= {Verdict.FAIL, Verdict.CRASH, Verdict.SKIPPED}


@pytest.mark.parametrize("value", NOTHING, ids=repr)
def test_a_training_loop_may_ask_nonsense(value):
    def train(loss_and_grads, params, optimizer, *rest):
        for ask in (partial(loss_and_grads, value), partial(loss_and_grads, params), partial(optimizer, value, value)):
            with suppress(ValueError):
                ask(value)
        return params, value

    checks = [check for check in OPTIMIZERS.checks if check.entry_point == "train"]
    results = Examiner(OPTIMIZERS, 4, explain=False).examine_all(checks, LocalRunner(REFERENCE | {"train": train}))
    assert {result.verdict for result in results} <= {Verdict.FAIL, Verdict.CRASH, Verdict.SKIPPED}
