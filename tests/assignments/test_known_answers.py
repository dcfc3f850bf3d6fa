"""Each known answer of the lectures is held by a check: right, it passes; with any of its numbers altered, it fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.model import Verdict
from autograder.sandbox.local import LocalProgram

ROOT = Path(__file__).resolve().parents[2]
SPOTS = 6  # of each array, evenly spread: enough to meet each number of a small one, and every part of a large one
MOVE = 1e-6  # of the largest number: a thousand times what is tolerated


@dataclass(frozen=True)
class Known:
    """A known answer: what it says, the check that holds it, and the outputs that it speaks of.

    What follows a law, and not a formula, is altered as a whole: `factor` is by how much; `first` alters the first
    number alone, where the answer is about a ratio of the first and the last."""

    says: str
    check: str
    outputs: tuple[str, ...]
    factor: float | None = None
    first: bool = False


ACROSS = 1e6  # more than exp(12): the band of 30 layers is ±6 around the right factor, wherever in it the draw lies
KNOWN = {
    "architectures": [
        Known(
            "5 on 32 leave 28, 11 with stride 4 and padding 2 make 55 of 224",
            "conv_output_size.known_answers",
            ("size",),
        ),
        Known("three 3 × 3 layers see 7, VGG-16 sees 212", "receptive_field.known_answers", ("field",)),
        Known("LeNet-5 has 61,706 parameters", "parameter_count.lenet", ("count",)),
        Known("LeNet-5 needs 416,520 multiply-adds", "multiply_adds.lenet", ("count",)),
        Known("the linear layer at every window", "linear_as_conv.windows", ("kernel", "bias")),
    ],
    "backprop": [
        Known(
            "∂y/∂W1 = (W3 W2)ᵀ xᵀ, ∂y/∂W2 = W3ᵀ (W1 x)ᵀ, ∂y/∂W3 = (W2 W1 x)ᵀ", "affine_backward.deep_linear", ("dw",)
        ),
        Known("equal scores for C classes: the loss is log C", "softmax_loss.uniform", ("loss",)),
        Known("finite at scores of 1e3", "softmax_loss.stable", ("loss", "dx")),
        Known("the sigmoid's slope is 0.25 at 0, 0.0066 at ±5", "sigmoid_backward.known_answers", ("dx",)),
        Known("the sigmoid is 1 and 0 at ±1e3", "sigmoid_forward.stable", ("out",)),
        Known("tanh is ±1 at ±1e3", "tanh_forward.stable", ("out",)),
        Known("relu's slope at exactly 0 is 0 or 1", "relu_backward.at_zero", ("dx",)),
        Known("alpha is 0.01 by default", "leaky_relu_forward.default_alpha", ("out",)),
    ],
    "conv": [
        Known("the 4 × 4 image gives [[9, -20], [22, 11]]", "conv2d_forward.known_answer", ("out",)),
        Known("and so it does fast", "conv2d_fast_forward.known_answer", ("out",)),
        Known("max pooling gives [[5, 4], [5, 0]]", "max_pool2d_forward.known_answer", ("out",)),
        Known("average pooling gives [[2, 0], [0, -1]]", "avg_pool2d_forward.known_answer", ("out",)),
        Known("LeNet-5: 28, 10, 400 → 120 → 84 → n", "conv2d_forward.lenet", ("out",)),
        Known("LeNet-5: 28 → 14, 10 → 5", "max_pool2d_forward.lenet", ("out",)),
        Known("a 1 in the centre returns the input", "conv2d_forward.identity", ("out",)),
        Known("three 3 × 3 layers see 7 × 7", "conv2d_backward.receptive_field", ("dx",)),
        Known("(-1, 1) takes differences", "conv1d_forward.known_answer", ("out",)),
    ],
    "batchnorm": [
        Known("eps inside the root, the biased variance", "batchnorm_forward.known_answers", ("out", "state")),
        Known("the gradients of two rows", "batchnorm_backward.known_answers", ("dx", "dgamma", "dbeta")),
        Known("out has mean beta and variance var / (var + eps)", "batchnorm_forward.statistics", ("out",), 1.001),
        Known("running = momentum · running + (1 - momentum) · batch", "batchnorm_forward.running", ("state",)),
        Known("evaluation reads the state", "batchnorm_forward.evaluation", ("out",)),
        Known("by layer, an example is alone", "layernorm_forward.alone", ("out",)),
    ],
    "optimizers": [
        Known("w shrinks by 1 - lr λ", "sgd.bowl", ("w",)),
        Known("v ← μ v - lr g under a constant g", "sgd_momentum.constant", ("w",)),
        Known("a push glides on", "sgd_momentum.impulse", ("w",)),
        Known("steps of lr / √(1 - ρᵗ)", "rmsprop.constant", ("w",)),
        Known("t is 1 on the first call", "adam.first_step", ("w",)),
        Known("a constant gradient gives steps of lr", "adam.constant", ("w",)),
        Known("the second step after 1 and 3", "adam.second_step", ("w",)),
        Known("lr0 exp(-kt)", "exponential_decay.known_answers", ("lr",)),
        Known("lr0 / (1 + kt)", "inverse_time_decay.known_answers", ("lr",)),
        Known("every index once", "minibatches.indices", ("batches",)),
        Known("a bowl", "train.bowl", ("params",), 2.0),
        Known("a ravine of condition number 100", "train.ravine", ("params",), 2.0),
        Known("a small classifier", "train.classifier", ("params",), 0.1),
    ],
    "initialization": [
        Known("E‖W‖² is 1000, 10000, 100", "normal_init.known_norms", ("w",), 2.0),
        Known("variance 1 / fan_in", "xavier_normal.variance", ("w",), 1.1),
        Known("variance 1 / fan_in", "xavier_uniform.variance", ("w",), 1.1),
        Known("Glorot's 2 / (fan_in + fan_out)", "xavier_normal.average", ("w",), 1.1),
        Known("Glorot's 2 / (fan_in + fan_out)", "xavier_uniform.average", ("w",), 1.1),
        Known("variance 2 / fan_in", "he_normal.variance", ("w",), 1.1),
        Known("variance 2 / fan_in", "he_uniform.variance", ("w",), 1.1),
        Known("fan_in is C·HH·WW", "he_conv.variance", ("w",), 1.1),
        Known("small weights collapse", "activation_statistics.collapse", ("stds",), 1.2),
        Known("large weights saturate", "activation_statistics.saturation", ("stds",), 0.9),
        Known("He's weights and Xavier's keep the level", "activation_statistics.level", ("stds",), 1.2),
        Known("zeros", "zeros_init.values", ("w",)),
        Known("a constant", "constant_init.values", ("w",)),
    ],
    "landscape": [
        Known("the banana valley's Hessian", "hessian.valley", ("H",), 1.001),
        Known("3 - 3 + 11", "taylor.known_answer", ("value",)),
        Known("the banana valley's condition number: 2508", "condition_number.valley", ("condition",)),
        Known("small is not singular", "condition_number.scale", ("condition",)),
        Known("just below and above 2/λmax", "gradient_descent.rates", ("trajectory",)),
        Known("the saddle from the ridge, and from beside it", "gradient_descent.saddle", ("trajectory",)),
        Known("a plateau keeps x where it is", "gradient_descent.plateau", ("trajectory",)),
        Known("momentum 0 is gradient descent", "momentum_descent.without", ("trajectory",)),
        Known("eigenvalues 2 and 4: ½", "largest_stable_rate.known_answer", ("rate",)),
        Known("eigenvalues 2 and 4: ⅓", "best_rate.known_answer", ("rate",)),
        Known("0.8, ⅓, 1 and 1.4", "contraction.known_answer", ("factor",)),
        Known("the step (-0.5, -4)", "newton_step.known_answer", ("step",)),
        Known("rows belong to a, columns to b", "loss_slice.order", ("values",)),
        Known("a zero filter stays zero", "filter_normalized.zero", ("scaled",)),
    ],
    "losses": [
        Known("the uniform distribution over K outcomes: ln K", "entropy.uniform", ("h",)),
        Known("what is certain has the entropy 0", "entropy.zeros", ("h",)),
        Known("H(P, Q) of two coins: ½ ln(16/3)", "cross_entropy.known_answer", ("h",)),
        Known("a term with p = 0 counts 0", "cross_entropy.zeros", ("h",)),
        Known("D(P‖Q) of two coins: ½ ln(4/3)", "kl_divergence.known_answer", ("kl",)),
        Known("a term with p = 0 counts 0", "kl_divergence.zeros", ("kl",)),
        Known("equal logits for K classes: ln K", "softmax_cross_entropy.uniform", ("loss",)),
        Known("finite at logits of 1e3", "softmax_cross_entropy.stable", ("loss",)),
        Known("and so is the gradient", "softmax_cross_entropy.stable_gradient", ("dx",)),
        Known("at z = 0 the loss is ln 2", "binary_cross_entropy_with_logits.undecided", ("loss", "dz")),
        Known("finite at ±1e3", "binary_cross_entropy_with_logits.stable", ("loss",)),
        Known("and so is the gradient", "binary_cross_entropy_with_logits.stable_gradient", ("dz",)),
        Known("2.9, 0 and 12.9 of three images", "hinge_loss.known_answer", ("loss", "dscores")),
        Known("either side at a kink", "hinge_loss.kink", ("dscores",)),
        Known("2.5 + 10, and the gradient (3, 6)", "least_squares.known_answer", ("value", "gradient")),
        Known("one step to (0.7, -2.6)", "least_squares_step.known_answer", ("w",)),
    ],
    "perceptron": [
        Known("the and gate in nine epochs: (3, 2), -4", "perceptron_fit.boundary", ("w", "b", "mistakes")),
        Known("one unit never learns xor", "perceptron_fit.xor", ("w", "b", "mistakes")),
        Known("two layers compute it", "xor_network.truth_table", ("out",)),
        Known("means, and a covariance of 1/N of all rows", "gaussian_fit.known_answer", ("mu0", "mu1", "sigma")),
        Known("w = (1, 0), b = -2", "gaussian_classifier.known_answer", ("w", "b")),
        Known("½ halfway, ¾ at odds of 3", "posterior.known_answer", ("p",)),
        Known("right where the densities underflow", "posterior.underflow", ("p",)),
        Known("certain far away, and not NaN", "posterior.certain", ("p",)),
    ],
    "preprocessing": [
        Known("a constant column becomes 0, and its std is 1", "standardize.constant", ("standardized", "std")),
        Known("(1, 2, 3) becomes (3, 2, 1)", "flip.known_answer", ("out",)),
        Known("p = 1 flips every image, p = 0 none", "random_flip.certain", ("out",)),
        Known("(1, 2), (3, 4) becomes (2, 4), (1, 3)", "rotate90.known_answer", ("out",)),
        Known("1, 2, 4, 5 becomes -3, 0, 6, 9 with a factor of 3", "adjust_contrast.known_answer", ("out",)),
        Known("no noise leaves the images as they are", "add_noise.none", ("out",)),
    ],
    "recurrent": [
        Known("tanh at ±1000 is ±1", "rnn_step_forward.saturated", ("h",)),
        Known("open and shut gates keep, write, erase, hide", "lstm_step_forward.gates", ("c", "h")),
        Known("gradients of zeros stay zeros", "clip_by_norm.zeros", ("clipped",)),
        Known("a rotation keeps norms, its half halves", "gradient_through_time.turning", ("norms", "norms_halved")),
        Known("norms grow before they vanish", "gradient_through_time.transient", ("norms",)),
    ],
    "regularization": [
        Known("(3, -4) at λ = 0.1 costs 2.5 without a ½", "l2_penalty.known_answer", ("value", "gradient")),
        Known("(3, -4) at λ = 0.1 costs 0.7", "l1_penalty.known_answer", ("value", "gradient")),
        Known("at the ends of ratio λ Σ |w| and ½ λ Σ w²", "elastic_net.ends", ("value", "gradient")),
        Known("(3, -0.5, -2, 1) with t = 1 becomes (2, 0, -1, 0)", "soft_threshold.known_answer", ("v",)),
        Known("diag(1, 2) with α = 3: α² on the diagonal", "ridge.known_answer", ("x",)),
        Known("1/13 and 1/10", "tikhonov_eigenvalues.known_answer", ("eigenvalues",)),
        Known("λ = 0 gives 1/α²", "tikhonov_eigenvalues.rank_deficient", ("eigenvalues",)),
        Known("in evaluation dropout is the identity", "dropout_forward.evaluation", ("out",)),
        Known("at p = 0, too", "dropout_forward.p_zero", ("out",)),
        Known("in evaluation DropConnect is an affine layer", "dropconnect_forward.evaluation", ("out",)),
        Known("5, 4, 6, 3, 7, 8, 2 with a patience of 2: 5 and 3", "early_stopping.known_answer", ("stop", "best")),
        Known("the models (1, 2) and (3, 6): 2 and 2.5", "bias_variance.known_answer", ("bias", "variance")),
        Known("degree n - 1 fits exactly", "minimum_norm_fit.threshold", ("c",)),
        Known("of several fits that of least norm", "minimum_norm_fit.least_norm", ("c",)),
    ],
    "pooling": [
        Known("7/4 for p = 1, 5/2 for p = 2: means", "lp_pool2d_forward.known_answer", ("out",)),
        Known("maxima [[5, 4], [5, 0]], averages [[2, 0], [0, -1]]", "tile_pool2d_forward.known_answer", ("out",)),
        Known("no zeros behind the last pixel", "upsample_forward.known_answer", ("out",)),
        Known("⅟₁₆ (1, 4, 6, 4, 1), mirrored", "gaussian_pyramid.known_answer", ("pyramid",)),
        Known("its weights sum to 1 at every edge", "gaussian_pyramid.flat", ("pyramid",)),
        Known("a flat image becomes 0 inside", "subtractive_normalization.flat", ("out",)),
        Known("zeros stay zeros", "divisive_normalization.zeros", ("out",)),
        Known("down and to the left", "shift.known_answer", ("out",)),
    ],
    "residual": [
        Known("a zero branch gives y = x", "residual_forward.known_answers", ("out",)),
        Known("a zero branch gives dx = dout", "residual_backward.zero_branch", ("dx", "grads")),
        Known("∂J/∂x = (F′(x) + 1) ∂J/∂y", "residual_backward.linear_branch", ("dx",)),
        Known("blocks in a row: (1 + a)²⁰", "residual_backward.deep", ("dx",)),
        Known("the shortcut is x Ws", "projection_block_forward.one_by_one", ("out",)),
        Known("a zero branch gives dx = dout Wsᵀ", "projection_block_backward.zero_branch", ("dx", "grads")),
        Known("|g′w| < 1 vanishes", "deep_stack_gradient_norms.vanishes", ("norms",), ACROSS, first=True),
        Known("|g′w| > 1 explodes", "deep_stack_gradient_norms.explodes", ("norms",), ACROSS, first=True),
        Known("residual does neither", "deep_stack_gradient_norms.residual", ("norms",), 1e3, first=True),
        Known("√width at the top, gain 0", "deep_stack_gradient_norms.ends", ("norms",)),
    ],
    "transfer": [
        Known("a last layer of zeros: the loss is ln K", "fine_tune.uniform", ("losses",)),
    ],
    "visualization": [
        Known("a linear model's saliency is max abs(w_y)", "saliency.linear", ("maps",)),
        Known("without a ReLU the guided gradient is w_y", "guided_backprop.linear", ("gradient",)),
        Known("ascent on a linear model ends at w_c / (2 lam)", "class_image.converges", ("image",)),
        Known("⌊gap / lr⌋ + 1 updates for orthonormal rows", "fooling_image.linear", ("updates",)),
        Known("-1, 0, 1, 3 become 0, ¼, ½, 1", "scaled_filters.known_answer", ("filters",)),
        Known("√18, 5, √5, 0, 3.5", "nearest_neighbors.known_answer", ("indices",)),
        Known("the variances 9 and 1", "pca.known_answer", ("projection", "variances")),
    ],
}
ROWS = [(slug, known) for slug, rows in KNOWN.items() for known in rows]


class Altered:
    """An entry point of the reference with one number of one answer altered, or none; it counts them all."""

    def __init__(self, declared, known, call=None, spot=None):
        self.entry = declared.assignment.entry_point(known.check.partition(".")[0])
        self.right = getattr(declared.reference, self.entry.name)
        self.known, self.call, self.spot = known, call, spot
        self.spots = []  # of each call

    def __call__(self, *args, **options):
        outputs = self.right(*args, **options)
        outputs = [list(outputs) if hasattr(outputs, "__next__") else outputs] if self._single else list(outputs)
        chosen = {i: outputs[i] for i, name in enumerate(self.entry.returns) if name in self.known.outputs}
        leaves = {(i, *path): array for i, output in chosen.items() for path, array in _leaves(output)}
        spots = [[(path, at)] for path, array in leaves.items() for at in self._spots_of(array)]
        if self.known.factor is not None and not self.known.first:
            spots = [[spot for (spot,) in spots]]  # all of them at once
        if self.call == len(self.spots):
            for path, at in spots[self.spot]:
                outputs[path[0]] = _with(outputs[path[0]], path[1:], self._moved(leaves[path], at))
        self.spots.append(len(spots))
        return outputs[0] if self._single else tuple(outputs)

    @property
    def _single(self):
        return len(self.entry.returns) == 1

    def _spots_of(self, array):
        if self.known.factor is not None:
            return [0] if self.known.first else [...]
        return sorted({int(i) for i in np.linspace(0, array.size - 1, SPOTS)})

    def _moved(self, array, at):
        new = np.array(array)
        if self.known.factor is not None:
            new[at] *= self.known.factor
        elif new.dtype.kind == "i":
            new.flat[at] += 1
        else:
            new.flat[at] += MOVE * np.max(np.abs(new), initial=1.0 if not new.any() else 0.0)
        return new if isinstance(array, np.ndarray) and array.shape == new.shape and new.shape else new[()]


def _leaves(value):
    """The arrays in `value`, each with the way to it."""
    if isinstance(value, dict | list | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in items:
            yield from (((key, *path), array) for path, array in _leaves(part))
    else:
        yield (), np.asarray(value)


def _with(value, path, new):
    """`value` with the leaf at the end of `path` replaced."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], new)
    return copy


@pytest.fixture(scope="module")
def declared():
    return {slug: discover(ROOT / "assignments" / slug) for slug in KNOWN}


def verdict(declared, check_id, replaced):
    (check,) = (check for check in declared.checks if check.id == check_id)
    functions = {**vars(declared.reference), check.entry_point: replaced}
    return attempt(check, Student(declared.assignment, LocalProgram(functions)), cases_of(check, seed=5)).verdict


@pytest.mark.parametrize(("slug", "known"), ROWS, ids=[f"{slug}-{known.check}" for slug, known in ROWS])
def test_a_known_answer_passes_and_fails_with_any_number_altered(declared, slug, known):
    right = Altered(declared[slug], known)
    assert verdict(declared[slug], known.check, right) is Verdict.PASS
    every = [(call, spot) for call, spots in enumerate(right.spots) for spot in range(spots)]
    assert every
    for call, spot in every if len(every) <= 60 else every[:: len(every) // 60]:
        altered = Altered(declared[slug], known, call, spot)
        assert verdict(declared[slug], known.check, altered) is Verdict.FAIL, f"answer {call}, number {spot}"


def test_a_block_of_convolutions_whose_zero_branch_is_not_the_identity_fails(declared):
    right = declared["residual"].reference.ResidualBlock

    class Altered(right):
        def forward(self, x):
            return super().forward(x) * (1 + MOVE)

    class Scaled(right):
        def forward(self, x):
            return super().forward(x) + MOVE * (x - x.detach())  # y is the same, and dx is not

    for block, wanted in ((right, Verdict.PASS), (Altered, Verdict.FAIL), (Scaled, Verdict.FAIL)):
        assert verdict(declared["residual"], "ResidualBlock.zero_branch", block) is wanted


def test_a_gradient_of_one_s_own_that_is_not_dout_for_a_zero_branch_fails(declared):
    right = declared["residual"].reference.residual_autograd

    def altered(position):
        class Altered(right):
            @staticmethod
            def backward(ctx, dout):
                return tuple(g * (1 + MOVE * (i == position)) for i, g in enumerate(right.backward(ctx, dout)))

        return Altered

    assert verdict(declared["residual"], "residual_autograd.zero_branch", altered(None)) is Verdict.PASS
    for position in (0, 3, 4):  # of x, W2 and b2; those of W1 and b1 are 0
        assert verdict(declared["residual"], "residual_autograd.zero_branch", altered(position)) is Verdict.FAIL


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("LeNet5", "Linear"),
        ("AlexNet", "Conv2d"),
        ("VGG", "Linear"),
        ("ResNet152", "BatchNorm2d"),
        ("MobileNetV2", "Conv2d"),
    ],
)
def test_a_network_with_one_bias_more_or_less_has_not_the_known_count(declared, name, kind):
    """61,706; 61,100,840; 132,863,336 to 143,667,240; 60,192,808; 3,504,872."""
    torch = pytest.importorskip("torch")
    right = getattr(declared["architectures"].reference, name)

    def altered(*given):
        network = right(*given)
        layer = [module for module in network.modules() if type(module).__name__ == kind][-1]
        if layer.bias is None:
            layer.bias = torch.nn.Parameter(torch.zeros(layer.out_channels))
        else:
            layer.bias = None
        return network

    for network, wanted in ((right, Verdict.PASS), (altered, Verdict.FAIL)):
        assert verdict(declared["architectures"], f"{name}.parameters", network) is wanted
