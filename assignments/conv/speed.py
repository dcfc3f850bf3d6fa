"""The speed tier of `conv2d_fast_forward` and `conv2d_fast_backward`: what is timed, and against what.

The problems are layers as they stand in the middle of a small network, in float32, with 3×3 kernels that keep the size.
Each launch has another shape; all have about the same number of operations.
"""

from functools import partial

import numpy as np

from autograder import Kernel, Problem, Step, Task

from . import formulas

# (N, C, F, H, W), about 55 million multiply-adds each. Many channels and few filters: the less there is to hand over
# beside what there is to compute, the less is gained by getting around the handing over.
FAMILY = ((12, 32, 16, 32, 32), (8, 48, 16, 31, 32), (10, 36, 18, 30, 31), (9, 40, 15, 33, 32), (11, 32, 18, 32, 31))
# For a GPU, about 29 thousand million each: a millisecond or so, beside which a launch costs little. Deep layers of few
# pixels: dw is a sum over all pixels of a batch, and sums of 200 000 terms come near the tolerance in honest float32.
CUDA_FAMILY = (
    (64, 512, 512, 14, 14),
    (128, 256, 512, 14, 14),
    (64, 384, 640, 14, 15),
    (96, 448, 384, 13, 15),
    (80, 512, 432, 14, 13),
)
OPTIONS = {"stride": 1, "pad": 1}
KERNEL_SIZE = 3


def draw(rng, small, family=FAMILY):
    """A layer of the family, with unit variance throughout: on tiny numbers any answer would be close."""
    n, c, f, height, width = family[rng.integers(len(family))]
    n = 1 if small else n
    scale = 1 / np.sqrt(c * KERNEL_SIZE**2)
    inputs = {
        "x": rng.standard_normal((n, c, height, width), dtype=np.float32),
        "w": rng.standard_normal((f, c, KERNEL_SIZE, KERNEL_SIZE), dtype=np.float32) * np.float32(scale),
        "b": rng.standard_normal(f, dtype=np.float32),
    }
    multiply_adds = n * f * height * width * c * KERNEL_SIZE**2
    return Problem(inputs, OPTIONS, {"out": (n, f, height, width)}, 2.0 * multiply_adds)


def draw_step(rng, small, family=FAMILY):
    """The same with a gradient that comes back: the forward pass and both halves of the backward pass."""
    forward = draw(rng, small, family)
    dout = rng.standard_normal(forward.outputs["out"], dtype=np.float32)
    shapes = {f"d{name}": array.shape for name, array in forward.inputs.items()}
    return Problem({**forward.inputs, "dout": dout}, OPTIONS, shapes, 3 * forward.flops)


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

# On a GPU PyTorch is there, and with it the function that is to be written.
LIBRARY = (
    *("torch.conv1d", "torch.conv2d", "torch.conv3d", "torch.convolution", "torch.cudnn_convolution"),
    *("torch.conv_transpose1d", "torch.conv_transpose2d", "torch.conv_transpose3d", "torch.nn.grad", "torch.compile"),
    *("torch.nn.functional.conv1d", "torch.nn.functional.conv2d", "torch.nn.functional.conv3d"),
    *("torch.nn.functional.conv_transpose2d", "torch.nn.Conv1d", "torch.nn.Conv2d", "torch.nn.Conv3d"),
    *("torch.nn.ConvTranspose2d", "torch.ops", "torch._C", "torch.autograd", ".backward"),
    *("getattr", "eval", "exec", "ctypes", "importlib", "__import__"),
)

KERNEL = Kernel(
    tasks=(
        Task(
            name="forward",
            sentence="The forward pass of a convolutional layer.",
            steps=(FORWARD,),
            draw=draw,
            expected=expected,
            cuda_draw=partial(draw, family=CUDA_FAMILY),
        ),
        Task(
            name="step",
            sentence="Its forward and backward pass: one training step.",
            steps=(FORWARD, BACKWARD),
            draw=draw_step,
            expected=expected_step,
            cuda_draw=partial(draw_step, family=CUDA_FAMILY),
        ),
    ),
    baselines={
        "null": "baselines/null.py",
        "naive": "baselines/naive.py",
        "im2col": "baselines/im2col.py",
        "library": "baselines/library.py",
    },
    cuda_baselines={
        "null": "baselines/cuda_null.py",
        "naive": "baselines/cuda_naive.py",
        "im2col": "baselines/cuda_im2col.py",
        "library": "baselines/cuda_library.py",
    },
    cuda_forbid=LIBRARY,
    target=0.6,
    points=20,
    bonus=4,
)
