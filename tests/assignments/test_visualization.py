"""The assignment `visualization`: its oracle against autograd, what its checks rest on, and each part judged alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import nbformat
import numpy as np
import pytest

pytest.importorskip("torch", reason="the assignment needs PyTorch, which is not installed here")

import torch
from torch import nn

from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner
from autograder.worker.models import build

FOLDER = Path(__file__).parents[2] / "assignments" / "visualization"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, FORMULAS, HIDDEN = (
    sys.modules[f"autograder_assignments.visualization.{name}"] for name in ("cases", "formulas", "hidden")
)
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))
WITH_MODEL = ("saliency", "guided_backprop", "class_image", "fooling_image", "feature_maps")


def failed(seed=0, **replaced):
    """The checks of the replaced functions that the reference with these replaced does not pass."""
    checks = [check for check in DECLARED.checks if check.entry_point in replaced]
    results = Examiner(DECLARED, seed, explain=False).examine_all(checks, LocalRunner(REFERENCE | replaced))
    return {result.check.partition(".")[2] for result in results if result.verdict is Verdict.FAIL}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert len(DECLARED.mistakes) >= 80
    assert len(DECLARED.variants) >= 13
    assert len(EXPECTED) >= 12
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
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── the oracle ─────────────────────────────────────────────────────────────────────────────────


class GuidedReLU(torch.autograd.Function):
    """The rule of guided backpropagation, written down once more."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        (z,) = ctx.saved_tensors
        return gradient * ((z > 0) & (gradient > 0))


def witness(name, guided=False):
    """A network of the cases, the same in PyTorch, and three images with their classes."""
    net = CASES.network(Case({"net": name}, seed=21))
    model = build(net.layers, net.state, {"": False}, ())
    for module in list(model.modules()):
        for child, relu in module.named_children() if guided else ():
            if isinstance(relu, nn.ReLU):
                setattr(module, child, type("Guided", (nn.Module,), {"forward": lambda _, z: GuidedReLU.apply(z)})())
    return net, model, np.random.default_rng(4).standard_normal((3, *CASES.SHAPE)), np.array([1, 0, 3])


@pytest.mark.parametrize("guided", [False, True])
@pytest.mark.parametrize("name", CASES.NETWORKS)
def test_scores_and_gradients_agree_with_autograd(name, guided):
    net, model, x, y = witness(name, guided)
    images = torch.tensor(x, requires_grad=True)
    scores = model(images)
    np.testing.assert_allclose(FORMULAS.scores(net, x), scores.detach().numpy(), rtol=1e-12, atol=1e-13)
    (right,) = torch.autograd.grad(scores[torch.arange(3), torch.tensor(y)].sum(), images)
    found = FORMULAS.score_gradient(net, x, y, guided)
    np.testing.assert_allclose(found, right.numpy(), rtol=1e-12, atol=1e-13)
    assert np.abs(found).max() > 0.01


@pytest.mark.parametrize("name", [CASES.DEEP, HIDDEN.BRANCHED])
def test_feature_maps_agree_with_hooks_at_every_name(name):
    net, model, x, _ = witness(name)
    for layer, module in model.named_modules():
        if layer:
            kept = []
            module.register_forward_hook(lambda module, given, out, kept=kept: kept.append(out))
            model(torch.tensor(x))
            np.testing.assert_allclose(FORMULAS.feature_maps(net, x, layer), kept[0].detach().numpy(), atol=1e-13)


def test_images_of_a_batch_do_not_mix():
    net, _, x, y = witness(CASES.MOODY_NET)
    alone = [FORMULAS.score_gradient(net, x[i : i + 1], y[i : i + 1])[0] for i in range(3)]
    np.testing.assert_array_equal(FORMULAS.score_gradient(net, x, y), alone)


def test_small_steps_of_ascent_raise_the_objective():
    net, _, x, _ = witness(CASES.DEEP)

    def objective(image):
        return FORMULAS.scores(net, image)[0, 2] - 0.05 * (image**2).sum()

    heights = [objective(FORMULAS.class_image(net, 2, x[:1], steps, 0.02, 0.05)) for steps in range(4)]
    assert (np.diff(heights) > 0).all()


def test_a_linear_model_with_orthonormal_rows_is_fooled_in_as_many_steps_as_the_gap_says():
    rows = np.linalg.qr(np.random.default_rng(5).standard_normal((12, 3)))[0].T
    net = CASES.linear(rows.reshape(3, 2, 3, 2), np.zeros(3))
    for gap, lr in ((1.7, 0.5), (0.3, 0.4), (2.05, 0.1)):
        x = (rows.T @ np.array([gap, 0.0, -1.0])).reshape(1, 2, 3, 2)
        image, updates, _ = FORMULAS.fooling_image(net, x, 1, lr, 50)
        assert updates == int(gap / lr) + 1
        np.testing.assert_allclose(image, x + updates * lr * rows[1].reshape(x.shape), atol=1e-12)


@pytest.mark.parametrize("space", [CASES.FOOL, CASES.FOOL_MOODY, HIDDEN.FOOL_UNSEEN])
def test_no_prediction_on_the_way_is_a_tie(space):
    """Rounding, 1e-13 of a score, decides nowhere when to stop."""
    for case in space.cases(3, 1):
        *_, leads = FORMULAS.fooling_image(CASES.network(case), *CASES.fooling(case))
        assert leads.min() > 1e-7


def test_distances_from_the_query_and_variances_are_far_apart():
    for case in CASES.NEAR.cases(3, 20):
        features, query, _ = CASES.neighbours(case)
        assert np.diff(np.sort(np.linalg.norm(features - query, axis=1))).min() > 0.1
    for case in CASES.SPREAD.cases(3, 20):
        _, variances = FORMULAS.pca(CASES.spread(case), case.k)
        np.testing.assert_allclose(variances, 9 * 0.36 ** np.arange(case.k))


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


def test_every_type_of_count_and_index_passes():
    def fooled(as_type):
        def run(*args):
            image, updates = REFERENCE["fooling_image"](*args)
            return image, as_type(updates)

        return run

    def indices(as_type):
        return lambda *args: as_type(REFERENCE["nearest_neighbors"](*args))

    for as_type in (float, np.int64, torch.tensor, lambda n: torch.tensor([n]), lambda n: np.array(n, dtype=float)):
        assert failed(fooling_image=fooled(as_type)) == set()
    for as_type in (list, tuple, torch.Tensor.tolist, torch.Tensor.double, torch.Tensor.numpy, lambda t: t[:, None]):
        assert failed(nearest_neighbors=indices(as_type)) == set()


@pytest.mark.parametrize("answer", [None, "1", [[1], [2]], np.array(["1"]), {}, np.nan, [None]])
def test_what_is_not_a_count_or_indices_fails_in_one_sentence(answer):
    for name, run in (("fooling_image", lambda *args: (args[1], answer)), ("nearest_neighbors", lambda *args: answer)):
        assert "values" in failed(**{name: run})


def test_a_graph_on_the_results_passes():
    def saliency(model, x, y):
        return REFERENCE["saliency"](model, x, y) * torch.ones((), requires_grad=True)

    assert failed(saliency=saliency) == set()


def test_signs_of_columns_are_free_and_their_order_is_not():
    def pca(order, signs):
        def run(features, k):
            projection, variances = REFERENCE["pca"](features, k)
            return projection[:, ::order].numpy() * signs ** np.arange(
                k
            ) if order < 0 else projection * signs, variances

        return run

    assert failed(pca=pca(1, -1.0)) == set()
    assert "projection" in failed(
        pca=lambda features, k: (REFERENCE["pca"](features, k)[0].flip(1), *REFERENCE["pca"](features, k)[1:])
    )


@pytest.mark.parametrize(("guard", "lost"), [(1e-8, set()), (1e-3, {"values", "known_answer", "hidden_values"})])
def test_a_small_guard_in_the_denominator_passes_and_a_large_one_does_not(guard, lost):
    def scaled_filters(w):
        low, high = (extreme(w, dim=(1, 2, 3), keepdim=True) for extreme in (torch.amin, torch.amax))
        return (w - low) / (high - low + guard)

    assert failed(scaled_filters=scaled_filters) == lost


def used_up(name, damage):
    """The function `name`, which does `damage` to the model after its answer."""

    def run(model, *args):
        answer = REFERENCE[name](model, *args)
        damage(model)
        return answer

    return run


def leave_a_gradient(model):
    parameter = next(model.parameters())
    parameter.grad = torch.zeros_like(parameter)


def move_the_statistics(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean += 1e-6


DAMAGES = {
    "gradient": leave_a_gradient,
    "flags": lambda model: model.requires_grad_(True),
    "statistics": move_the_statistics,
    "forward hook": lambda model: next(model.modules()).register_forward_hook(lambda *args: None),
    "backward hook": lambda model: list(model.modules())[-1].register_full_backward_hook(lambda *args: None),
    "another module": lambda model: model.append(nn.Identity()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_left_in_the_model_costs_one_check(damage):
    for name in ("saliency", "feature_maps"):
        lost = failed(**{name: used_up(name, DAMAGES[damage])})
        assert "model" in lost
        assert "values" not in lost


def test_what_is_not_right_in_training_mode_costs_evaluation_alone():
    @DECLARED.reference.contextlib.contextmanager
    def as_it_is(model):
        yield

    for name in ("guided_backprop", "class_image"):
        source = {**REFERENCE, "evaluation": as_it_is}
        function = type(REFERENCE[name])(REFERENCE[name].__code__, source)
        gradient = type(REFERENCE[name])(REFERENCE["score_gradient"].__code__, source)
        source["score_gradient"] = gradient
        assert failed(**{name: function}) == {"evaluation", "model"}


@pytest.mark.parametrize("answer", [None, [], np.zeros(3), [np.zeros((1, 1, 1))], [None], 4, ["a"] * 5, np.array(1.0)])
def test_patches_that_are_none_fail_in_one_sentence(answer):
    with pytest.raises(CheckFailed, match=r"^patches"):
        CASES.expect_patches(None, answer, [np.ones((1, 2, 2))] * 5)


def test_the_data_of_the_handout_is_learnt_in_seconds():
    torch.set_num_threads(1)
    images, labels = DECLARED.reference.draw_shapes(320, np.random.default_rng(0))
    model = DECLARED.reference.train_small_network(images, labels, steps=40)
    assert not model.training
    others, right = DECLARED.reference.draw_shapes(300, np.random.default_rng(1))
    assert (model(others).argmax(dim=1) == right).double().mean() > 0.9
