"""What is to be derived by hand earns nothing when it is measured, and honest code in float32 loses nothing."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest

from autograder.assignment.discover import find_assignment
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner
from autograder.worker.precision import in_double

declared_as = functools.cache(find_assignment)  # whose cases are drawn once
FLOAT32 = np.dtype("float32")  # taken before the names are changed, as a cheat would
FLOAT16 = np.dtype("float16")
# Each backward pass, the forward pass that it belongs to, and the check of its gradients.
PAIRS = {
    "backprop": {
        "affine_backward": ("affine_forward", "gradients"),
        "relu_backward": ("relu_forward", "gradients"),
        "sigmoid_backward": ("sigmoid_forward", "gradients"),
        "tanh_backward": ("tanh_forward", "gradients"),
    },
    "batchnorm": {
        "batchnorm_backward": ("batchnorm_forward", "gradients"),
        "layernorm_backward": ("layernorm_forward", "gradients"),
        "spatial_batchnorm_backward": ("spatial_batchnorm_forward", "gradients"),
    },
    "conv": {
        "conv2d_backward": ("conv2d_forward", "dx"),
        "max_pool2d_backward": ("max_pool2d_forward", "gradients"),
        "avg_pool2d_backward": ("avg_pool2d_forward", "gradients"),
    },
    "pooling": {
        "lp_pool2d_backward": ("lp_pool2d_forward", "gradients"),
    },
    "residual": {
        "residual_backward": ("residual_forward", "dx", "grads"),
        "projection_block_backward": ("projection_block_forward", "dx", "grads"),
    },
}
IN_FLOAT32 = [
    ("backprop", "float32_throughout"), ("backprop", "float32_inside"), ("batchnorm", "float32_throughout"),
    ("batchnorm", "float32_inside"), ("conv", "float32_throughout"), ("conv", "float32_inside"),
    ("residual", "float32_throughout"), ("residual", "function_in_single_precision"),
    ("optimizers", "single_precision"), ("initialization", "float32_weights"),
    ("losses", "float32_throughout"), ("perceptron", "single_precision"), ("pooling", "single_precision"),
    ("regularization", "float32_throughout"), ("regularization", "float32_masks"),
    ("preprocessing", "single_precision"), ("recurrent", "float32_throughout"),
    ("landscape", "float32_throughout"), ("architectures", "blocks_in_single_precision"),
    ("transfer", "single_precision_losses"),
    ("visualization", "single_precision"),
]  # fmt: skip


def measured(forward, h, central, dtype):
    """A pair whose backward pass is finite differences of `forward`, one number at a time, in `dtype`."""

    def slope(run, args, place, key, dout):
        point = args[place] if key is None else args[place][key]
        found = np.zeros_like(point)
        for index in np.ndindex(point.shape):
            before = point[index]
            point[index] = before + h
            above = run(*args)[0].copy()
            point[index] = before - h if central else before
            below = run(*args)[0].copy()
            point[index] = before
            found[index] = ((above - below) * dout).sum() / (2 * h if central else h)
        return found.astype(dtype).astype(np.float64)

    def remembering(*args, **options):
        out, _, *more = forward(*args, **options)
        copies = [{k: v.copy() for k, v in a.items()} if isinstance(a, dict) else np.copy(a) for a in args]
        return (out, (copies, options), *more)

    def backward(dout, cache):
        args, options = cache
        args = [a if isinstance(a, dict) or a.ndim or a.dtype.kind == "f" else a.item() for a in args]
        run = functools.partial(forward, **options)
        found = []
        for place, arg in enumerate(args):
            if isinstance(arg, dict) and arg and all(np.ndim(v) for v in arg.values()):
                found.append({key: slope(run, args, place, key, dout) for key in arg})
            elif isinstance(arg, np.ndarray) and arg.ndim and arg.dtype.kind == "f":
                found.append(slope(run, args, place, None, dout))
        return tuple(found) if len(found) > 1 else found[0]

    return remembering, backward


def results(declared, functions, ids, seed=3):
    runner = LocalRunner({**vars(declared.reference), **functions})
    checks = [check for check in declared.checks if check.id in ids]
    assert len(checks) == len(ids), ids
    return Examiner(declared, seed, explain=False).examine_all(checks, runner)


SCHEMES = tuple(itertools.product((1e-3, 1e-5), (True, False), (FLOAT32, FLOAT16)))


@pytest.mark.parametrize(("slug", "backward"), [(slug, name) for slug, pairs in PAIRS.items() for name in pairs])
def test_finite_differences_are_no_backward_pass_however_they_are_rounded(slug, backward):
    declared = declared_as(slug)
    forward, *checks = PAIRS[slug][backward]
    ids = [f"{backward}.{check}" for check in checks]
    for h, central, dtype in SCHEMES:
        pair = measured(vars(declared.reference)[forward], h, central, dtype)
        for result in results(declared, dict(zip((forward, backward), pair, strict=True)), ids):
            assert result.verdict is Verdict.FAIL, (h, central, dtype, result.message)


@pytest.mark.parametrize(("slug", "name"), IN_FLOAT32)
def test_honest_code_in_float32_passes(slug, name):
    declared = declared_as(slug)
    (variant,) = [variant for variant in declared.variants if variant.name == name]
    with in_double():
        functions = variant.replacements
    asked = [check.id for check in declared.checks if check.entry_point in functions]
    lost = [r for r in results(declared, functions, asked) if r.verdict not in (Verdict.PASS, Verdict.SKIPPED)]
    assert lost == []
