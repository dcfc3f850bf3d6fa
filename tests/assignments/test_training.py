"""training: the glyphs, the race's own network and its baselines, and what a trainer may and may not do."""

import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.assignment.discover import discover
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.model import Verdict
from autograder.sandbox.local import LocalProgram

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "assignments" / "training"
TRAINING = discover(FOLDER)
CHECKS = {check.id: check for check in TRAINING.checks}
REFERENCE = {entry.name: getattr(TRAINING.reference, entry.name) for entry in TRAINING.assignment.entry_points}


def module(name):
    """A module of the assignment that discovery does not load by itself."""
    full = f"{TRAINING.reference.__name__.rpartition('.')[0]}.{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, FOLDER / f"{name}.py")
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


draw_glyphs, initial_weights = TRAINING.reference.draw_glyphs, TRAINING.reference.initial_weights
RACE, REACH, FORMULAS = module("speed").RACE, module("speed").REACH, module("formulas")


def baseline(name):
    spec = importlib.util.spec_from_file_location(Path(name).stem, FOLDER / name)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def verdict(check_id, replacements):
    check = CHECKS[check_id]
    student = Student(TRAINING.assignment, LocalProgram({**REFERENCE, **replacements}))
    return attempt(check, student, cases_of(check, seed=4)).verdict


# ── the data ───────────────────────────────────────────────────────────────────────────────────


def test_equal_seeds_give_equal_glyphs_to_the_bit():
    first, again = (draw_glyphs(np.random.default_rng(5), 40) for _ in range(2))
    assert first[0].tobytes() == again[0].tobytes()
    assert first[1].tobytes() == again[1].tobytes()


def test_another_seed_gives_other_classes():
    (here, labels), (there, others) = (draw_glyphs(np.random.default_rng(seed), 2000, jitter=0.0) for seed in (5, 6))
    here, there = (_prototypes(*drawn) for drawn in ((here, labels), (there, others)))
    # the nearest class of another draw is further away than a class is from itself, noise included
    apart = ((here[:, None] - there) ** 2).sum(axis=2)
    assert apart.min() > 5


def test_the_ten_classes_look_different():
    prototypes = _prototypes(*draw_glyphs(np.random.default_rng(7), 2000, jitter=0.0))
    apart = ((prototypes[:, None] - prototypes) ** 2).sum(axis=2)
    assert apart[~np.eye(10, dtype=bool)].min() > 10


def _prototypes(images, labels):
    return np.stack([images[labels == label].mean(axis=0).ravel() for label in range(10)])


def test_images_are_grey_levels_and_labels_are_classes():
    images, labels = draw_glyphs(np.random.default_rng(1), 300, size=17)
    assert (images.shape, images.dtype, labels.dtype) == ((300, 1, 17, 17), np.float32, np.int64)
    assert -2 <= images.min() < 0 < images.max() <= 2
    assert np.abs(255 * images - np.round(255 * images)).max() < 1e-4
    assert set(labels) == set(range(10))


def test_jitter_makes_the_task_harder():
    def spread(jitter):
        images, labels = draw_glyphs(np.random.default_rng(3), 1000, jitter=jitter)
        return np.mean([images[labels == label].var(axis=0).mean() for label in range(10)])

    assert spread(0.0) < spread(0.5) < spread(1.0)


@pytest.mark.parametrize("size", [5, 8, 24])
def test_the_initial_weights_fit_the_network(size):
    params = initial_weights(np.random.default_rng(0), size)
    assert {name: array.dtype for name, array in params.items()} == dict.fromkeys(params, np.dtype(np.float32))
    assert FORMULAS.logits(params, np.ones((2, 1, size, size))).shape == (2, 10)
    # He's rule, to ten times the standard error of the 3200 numbers in W2
    assert params["W2"].var() == pytest.approx(2 / 200, rel=10 * (2 / 3200) ** 0.5)


# ── the race ───────────────────────────────────────────────────────────────────────────────────


def small_race(seed=0):
    """Easy data for a quick race; the weights to start from."""
    rng = np.random.default_rng(seed)
    images, labels = draw_glyphs(rng, 1000, size=12, jitter=0.5)
    return images[:700], labels[:700], images[700:], labels[700:], initial_weights(rng, 12)


def test_a_draw_of_the_race_is_split_and_follows_from_its_seed():
    split, again = (RACE.draw(np.random.default_rng(8)) for _ in range(2))
    assert (split.images.shape, split.labels.shape) == ((4000, 1, 24, 24), (4000,))
    assert (split.test_images.shape, split.test_labels.shape) == ((1500, 1, 24, 24), (1500,))
    assert all(np.array_equal(one, other) for one, other in zip(split, again, strict=True))


def test_the_graders_accuracy_is_that_of_the_reference():
    _, _, images, labels, start = small_race()
    logits, _ = REFERENCE["network_forward"](start, images)
    assert RACE.accuracy(start, images, labels) == pytest.approx((logits.argmax(axis=1) == labels).mean())


class Reached(Exception):
    """The committed weights are good enough: what follows need not be waited for."""


@pytest.mark.parametrize("name", ["reference", "baseline", "torch_baseline"])
def test_whoever_trains_reaches_the_target_on_easy_data(name):
    images, labels, test_images, test_labels, start = small_race()
    accuracies = []

    def commit(params):
        params = {name: np.asarray(w) for name, w in params.items()}
        accuracies.append(RACE.accuracy(RACE.near(start, params), test_images, test_labels))
        if accuracies[-1] >= RACE.target:
            raise Reached

    with pytest.raises(Reached):
        if name == "torch_baseline":
            tensors = {key: torch.from_numpy(w) for key, w in start.items()}
            data = torch.from_numpy(images), torch.from_numpy(labels)
            baseline(RACE.torch_baseline).train(tensors, *data, commit, torch.Generator().manual_seed(0))
        else:
            trainer = REFERENCE["train"] if name == "reference" else baseline(RACE.baseline).train
            trainer(start, images, labels, commit, np.random.default_rng(0))
    assert RACE.accuracy(start, test_images, test_labels) < 0.4
    assert len(accuracies) <= 64


@pytest.mark.parametrize(("reach", "kept"), [(0.0, True), (0.999, True), (1.001, False), (30.0, False), (1e36, False)])
def test_filters_are_brought_back_to_the_neighbourhood_of_those_given(reach, kept):
    start = initial_weights(np.random.default_rng(0))
    way = initial_weights(np.random.default_rng(1))
    for name in ("W1", "W2"):
        far = REACH * reach * np.linalg.norm(start[name]) / np.linalg.norm(way[name])
        params = way | {other: start[other] for other in ("W1", "W2")} | {name: start[name] + far * way[name]}
        judged = RACE.near(start, params)
        assert all(judged[other] is params[other] for other in params if kept or other != name)
        moved = judged[name] - start[name]
        limit = min(reach, 1.0) * REACH * np.linalg.norm(start[name])
        # float32 rounds the weights committed, of about the size of those given, in the eighth digit
        assert np.linalg.norm(moved) == pytest.approx(limit, rel=1e-5, abs=1e-6)
        cosine = (moved * way[name]).sum() / max(limit * np.linalg.norm(way[name]), 1e-9)
        assert cosine == pytest.approx(1.0 if reach else 0.0, abs=1e-5)


def test_who_starts_from_the_weights_given_loses_nothing_and_who_brings_filters_along_does():
    images, labels, test_images, test_labels, start = small_race()
    trained = REFERENCE["train"](start, images, labels, lambda params: None, np.random.default_rng(0))
    others = initial_weights(np.random.default_rng(9), 12)  # the weights of a race for which they were not learnt
    mine, theirs, free = (
        RACE.accuracy(params, test_images, test_labels)
        for params in (RACE.near(start, trained), RACE.near(others, trained), trained)
    )
    assert mine >= free - 0.01
    assert theirs <= free - 0.02  # 0.95 and 0.99 on this easy data


def test_torch_computes_the_same_network_and_gradients():
    rng = np.random.default_rng(2)
    params = {name: w.astype(np.float64) for name, w in initial_weights(rng, 9, filters=(3, 4), classes=5).items()}
    images, labels = rng.standard_normal((6, 1, 9, 9)), rng.integers(0, 5, 6)
    tensors = {name: torch.from_numpy(w).requires_grad_() for name, w in params.items()}
    logits = baseline(RACE.torch_baseline).logits(tensors, torch.from_numpy(images))
    torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
    assert FORMULAS.logits(params, images) == pytest.approx(logits.detach().numpy(), rel=1e-12, abs=1e-12)
    for network in (REFERENCE["network_loss"], baseline(RACE.baseline).network_loss):
        loss, grads = network(params, images, labels)
        assert loss == pytest.approx(float(FORMULAS.loss(params, images, labels)), rel=1e-12)
        for name, gradient in grads.items():
            assert gradient == pytest.approx(tensors[name].grad.numpy(), rel=1e-10, abs=1e-13), name


def test_the_baseline_is_a_sound_submission():
    plain = baseline(RACE.baseline)
    replacements = {name: getattr(plain, name) for name in REFERENCE}
    asked = [check for check in CHECKS if CHECKS[check].entry_point != "train"]
    assert {check: verdict(check, replacements) for check in asked} == dict.fromkeys(asked, Verdict.PASS)


# ── checks ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("bad", [None, "text", np.nan, 3, {"W1": np.zeros(2)}, {"W1": "x"}])
def test_whatever_is_committed_or_returned_is_the_students_fault(bad):
    def train(params, images, labels, commit, rng):
        commit(bad)
        return bad

    replacements = {name: (lambda *_: (bad, bad)) for name in ("network_forward", "network_loss")} | {"train": train}
    wrong = {check for check in CHECKS if not CHECKS[check].needs and verdict(check, replacements) is Verdict.PASS}
    assert wrong == set()


WRONG_WEIGHTS = (np.transpose, lambda w: w[:, :-1], lambda w: w.astype(np.int64), lambda w: np.full_like(w, np.nan))


@pytest.mark.parametrize("wrong", WRONG_WEIGHTS)
def test_weights_of_another_kind_are_refused(wrong):
    def train(params, images, labels, commit, rng):
        trained = REFERENCE["train"](params, images, labels, lambda params: None, rng)
        commit({**trained, "W3": wrong(trained["W3"])})
        return trained

    assert verdict("train.learns", {"train": train}) is Verdict.FAIL


def test_an_axis_of_length_one_too_many_costs_no_more_than_the_shapes():
    def train(params, images, labels, commit, rng):
        trained = REFERENCE["train"](params, images, labels, lambda params: None, rng)
        commit({**trained, "W3": trained["W3"][None]})
        return trained

    assert verdict("train.learns", {"train": train}) is Verdict.PASS
    assert verdict("train.shapes", {"train": train}) is Verdict.FAIL


def test_a_trainer_that_fails_reads_what_became_of_its_loss_and_its_weights():
    def message(rate):
        def train(params, images, labels, commit, rng):
            _, grads = REFERENCE["network_loss"](params, images[:64], labels[:64])
            moved = {name: w - np.float32(rate) * grads[name] for name, w in params.items()}
            commit(moved)
            return moved

        student = Student(TRAINING.assignment, LocalProgram(REFERENCE | {"train": train}))
        return str(attempt(CHECKS["train.learns"], student, cases_of(CHECKS["train.learns"], seed=5)).fault)

    assert message(0.0).endswith("The last weights are those that training started from.")
    assert re.search(r"the loss goes from \d\S* to \d\S*; the weights move by \de-\d\d\.$", message(1e-7))


def test_a_fault_in_a_commit_cannot_be_swallowed():
    def train(params, images, labels, commit, rng):
        try:
            commit("nothing")
        except Exception:
            return REFERENCE["train"](params, images, labels, commit, rng)

    assert verdict("train.learns", {"train": train}) is Verdict.FAIL


def test_a_dict_that_changes_after_it_was_committed_counts_as_it_was():
    def train(params, images, labels, commit, rng):
        handed = {name: w.copy() for name, w in params.items()}
        commit(handed)
        for name, w in REFERENCE["train"](params, images, labels, lambda params: None, rng).items():
            handed[name][...] = w
        return handed

    assert verdict("train.learns", {"train": train}) is Verdict.FAIL


def test_sixty_four_commits_are_allowed_and_one_more_is_not():
    def committing(times):
        def train(params, images, labels, commit, rng):
            trained = REFERENCE["train"](params, images, labels, lambda params: None, rng)
            for _ in range(times):
                commit(trained)
            return trained

        return {"train": train}

    assert verdict("train.commits", committing(64)) is Verdict.PASS
    assert verdict("train.commits", committing(65)) is Verdict.FAIL


def test_points_add_up_to_sixty():
    assert sum(check.points for check in TRAINING.checks) == 60


# ── the bank ───────────────────────────────────────────────────────────────────────────────────

SUBMISSIONS = FOLDER / "submissions"
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))


def test_the_bank_is_large_enough():
    assert len(TRAINING.mistakes) >= 40
    assert len(TRAINING.variants) >= 10
    assert len(EXPECTED) >= 10


def test_every_entry_point_has_mistakes_and_variants():
    assert {mistake.entry_point for mistake in TRAINING.mistakes} == REFERENCE.keys()
    assert {name for variant in TRAINING.variants for name in variant.replacements} == REFERENCE.keys()


@pytest.mark.parametrize("mistake", TRAINING.mistakes, ids=lambda mistake: mistake.name)
def test_a_teacher_says_one_short_sentence(mistake):
    assert len(mistake.says) <= 200
    assert mistake.says.endswith(".")
    assert not re.search(r"[.!?] +[A-Z]", mistake.says)


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    assert [name for name, entry in EXPECTED.items() if Path(entry["file"]).stem != name] == []
