"""The speed tier of `conv2d_fast_forward` and `conv2d_fast_backward`: what is timed, and against what.

The problems are layers as they stand in the middle of a small network, in float32, with 3×3 kernels that keep the size.
Each launch has another shape; all have about the same number of operations.
"""

import numpy as np

from autograder import Kernel, Problem, Step, Task

from . import formulas

# (N, C, F, H, W), about 57 million multiply-adds each
FAMILY = ((24, 16, 16, 32, 32), (16, 24, 16, 31, 32), (32, 12, 18, 30, 31), (12, 16, 32, 33, 31), (20, 18, 18, 32, 30))
OPTIONS = {"stride": 1, "pad": 1}
KERNEL_SIZE = 3
FLOAT = 4  # bytes


def draw(rng, small):
    """A layer of the family, with unit variance throughout: on tiny numbers any answer would be close."""
    n, c, f, height, width = FAMILY[rng.integers(len(FAMILY))]
    n = 1 if small else n
    scale = 1 / np.sqrt(c * KERNEL_SIZE**2)
    inputs = {
        "x": rng.standard_normal((n, c, height, width), dtype=np.float32),
        "w": rng.standard_normal((f, c, KERNEL_SIZE, KERNEL_SIZE), dtype=np.float32) * np.float32(scale),
        "b": rng.standard_normal(f, dtype=np.float32),
    }
    multiply_adds = n * f * height * width * c * KERNEL_SIZE**2
    moved = FLOAT * (sum(array.size for array in inputs.values()) + n * f * height * width)
    return Problem(inputs, OPTIONS, {"out": (n, f, height, width)}, 2.0 * multiply_adds, moved)


def draw_step(rng, small):
    """The same with a gradient that comes back: the forward pass and both halves of the backward pass."""
    forward = draw(rng, small)
    dout = rng.standard_normal(forward.outputs["out"], dtype=np.float32)
    shapes = {f"d{name}": array.shape for name, array in forward.inputs.items()}
    return Problem({**forward.inputs, "dout": dout}, OPTIONS, shapes, 3 * forward.flops, 3 * forward.bytes)


def expected(problem):
    """out in float64."""
    x, w, b = (problem.inputs[name].astype(np.float64) for name in ("x", "w", "b"))
    return {"out": formulas.convolve(x, w, b, **problem.options)}


def expected_step(problem):
    """dx, dw and db in float64: each kernel position in turn, as a convolution is linear in x and in w."""
    x, w, dout = (problem.inputs[name].astype(np.float64) for name in ("x", "w", "dout"))
    pad, (height, width) = problem.options["pad"], dout.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for p, q in np.ndindex(*w.shape[2:]):
        seen = (slice(None), slice(None), slice(p, p + height), slice(q, q + width))
        dw[:, :, p, q] = np.tensordot(dout, padded[seen], axes=((0, 2, 3), (0, 2, 3)))
        dpadded[seen] += np.einsum("nfij,fc->ncij", dout, w[:, :, p, q], optimize=True)
    return {"dx": dpadded[:, :, pad:-pad, pad:-pad], "dw": dw, "db": dout.sum(axis=(0, 2, 3))}


FORWARD = Step("conv2d_fast_forward", ("x", "w", "b"), ("out", "cache"), options=True)
BACKWARD = Step("conv2d_fast_backward", ("dout", "cache"), ("dx", "dw", "db"))

KERNEL = Kernel(
    tasks=(
        Task("forward", "The forward pass of a convolutional layer.", (FORWARD,), draw, expected),
        Task(
            "step", "Its forward and backward pass: one training step.", (FORWARD, BACKWARD), draw_step, expected_step
        ),
    ),
    baselines={
        "null": "baselines/null.py",
        "naive": "baselines/naive.py",
        "im2col": "baselines/im2col.py",
        "library": "baselines/library.py",
    },
    target=0.6,
    points=20,
    bonus=4,
)
