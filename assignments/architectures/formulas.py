"""What is right: sizes and counts, the five networks as plain tables, and the blocks in NumPy. No PyTorch.

The networks are described once more here, independently of the reference: as layers ("conv", in, out, kernel, stride,
pad, groups, bias), ("norm", channels), ("max", kernel, stride, pad), ("linear", in, out).
"""

from functools import cache
from math import prod

import numpy as np

from autograder import real_where

EPS = 1e-5  # nn.BatchNorm2d as it comes
WIDTHS = (64, 128, 256, 512)
BLOCKS = (3, 8, 36, 3)
DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
# expand, channels, blocks, first stride
MOBILE = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

# ── sizes and counts ────────────────────────────────────────────────────────────────────────────────


def output_size(size, kernel, stride=1, pad=0, dilation=1):
    """The number of places at which a window lies inside of the padded side, counted one by one."""
    extent = dilation * (kernel - 1) + 1
    return len(range(0, size + 2 * pad - extent + 1, stride))


def seen(layers, unit=0):
    """The input pixels that can change this unit behind the last layer, a set: from the last layer to the first."""
    pixels = {unit}
    for kernel, stride in reversed(layers):
        pixels = {stride * pixel + k for pixel in pixels for k in range(kernel)}
    return pixels


def receptive_field(layers):
    """Size and jump, from what two neighbouring units see."""
    here, beside = seen(layers), seen(layers, 1)
    return max(here) - min(here) + 1, min(beside) - min(here)


def parameter_shapes(layers):
    """The shape of each parameter of `layers`."""
    shapes = []
    for kind, *numbers in layers:
        if kind == "conv":
            inp, out, kernel, _, _, groups, bias = numbers
            shapes += [(out, inp // groups, kernel, kernel)] + [(out,)] * bias
        elif kind == "norm":
            shapes += [(numbers[0],)] * 2
        elif kind == "linear":
            inp, out, bias = (*numbers, True)[:3]
            shapes += [(out, inp)] + [(out,)] * bias
    return shapes


def parameter_count(layers):
    return sum(map(prod, parameter_shapes(layers)))


def multiply_adds(layers, input_shape):
    """Each weight of a convolution once at each place of its output, each of a linear layer once."""
    sides, total = tuple(input_shape[1:]), 0
    for layer in layers:
        kind, *numbers = layer
        if kind in ("conv", "pool"):
            kernel, stride, pad = numbers[2:5] if kind == "conv" else (*numbers, 0)
            sides = tuple(output_size(side, kernel, stride, pad) for side in sides)
        weights = [prod(shape) for shape in parameter_shapes([layer]) if len(shape) > 1]
        total += sum(weights) * (prod(sides) if kind == "conv" else 1)
    return total


# ── the five networks ───────────────────────────────────────────────────────────────────────────────


@cache
def network(name, *arguments):
    """A network as plain data: the shapes of its parameters, and its layers as they run, [kind, sides in, weight or
    window, sides out, padding], a pooling without its padding and a linear layer without sides; of each pair in
    `either` one is right."""
    side = 32 if name == "LeNet5" else 224
    branches = NETWORKS[name](*arguments)
    first, second = (run(branches, side, first) for first in (True, False))
    return {
        "shapes": sorted(shape for layers, _ in branches for shape in parameter_shapes(layers)),
        "layers": [a for a, b in zip(first, second, strict=True) if a == b],
        "either": [(a, b) for a, b in zip(first, second, strict=True) if a != b],
    }


def run(branches, side, stride_first):
    """Each layer of `branches` with its sizes. `branches` are pairs of layers and of "on", where the next ones continue
    from here, or "aside", where these begin at the same input as the next. A stride written as (s,) is that of the
    first convolution of a bottleneck, or of its second one."""
    rows = []
    for layers, where in branches:
        here, strided = side, False
        for kind, *numbers in layers:
            if kind not in ("conv", "max", "linear"):
                continue
            if kind == "linear":
                rows.append((kind, None, tuple(numbers[::-1]), None, None))
                continue
            kernel, stride, pad = numbers[2:5] if kind == "conv" else numbers
            if isinstance(stride, tuple):
                stride, strided = (stride[0] if stride_first != strided else 1), True
            out = output_size(here, kernel, stride, pad)
            weight = parameter_shapes([(kind, *numbers)])[0] if kind == "conv" else (kernel, kernel)
            rows.append((kind, (here, here), weight, (out, out), (pad, pad) if kind == "conv" else None))
            here = out
        side = here if where == "on" else side
    return rows


def lenet(n):
    convolutions = [("conv", 1, 6, 5, 1, 0, 1, True), ("max", 2, 2, 0), ("conv", 6, 16, 5, 1, 0, 1, True)]
    linear = [("linear", 400, 120), ("linear", 120, 84), ("linear", 84, n)]
    return [([*convolutions, ("max", 2, 2, 0), *linear], "on")]


def alexnet(n):
    layers = [("conv", 3, 64, 11, 4, 2, 1, True), ("max", 3, 2, 0)]
    layers += [("conv", 64, 192, 5, 1, 2, 1, True), ("max", 3, 2, 0)]
    layers += [("conv", inp, out, 3, 1, 1, 1, True) for inp, out in ((192, 384), (384, 256), (256, 256))]
    return [([*layers, ("max", 3, 2, 0), *classifier(9216, n)], "on")]


def vgg(depth, n):
    layers, inp = [], 3
    for out, count in zip((*WIDTHS, 512), DEPTHS[depth], strict=True):
        inputs = [inp] + [out] * (count - 1)
        layers += [("conv", channels, out, 3, 1, 1, 1, True) for channels in inputs] + [("max", 2, 2, 0)]
        inp = out
    return [([*layers, *classifier(25088, n)], "on")]


def classifier(inp, n):
    return [("linear", inp, 4096), ("linear", 4096, 4096), ("linear", 4096, n)]


def conv_norm(inp, out, kernel, stride=1, groups=1):
    return [("conv", inp, out, kernel, stride, kernel // 2, groups, False), ("norm", out)]


def resnet(n):
    branches, inp = [([*conv_norm(3, 64, 7, 2), ("max", 3, 2, 1)], "on")], 64
    for width, count in zip(WIDTHS, BLOCKS, strict=True):
        for block in range(count):
            stride, out = 2 if block == 0 and width > 64 else 1, 4 * width
            if inp != out:
                branches.append((conv_norm(inp, out, 1, stride), "aside"))
            inside = (stride,) if stride > 1 else 1
            branch = [*conv_norm(inp, width, 1, inside), *conv_norm(width, width, 3, inside)]
            branches.append(([*branch, *conv_norm(width, out, 1)], "on"))
            inp = out
    return [*branches, ([("linear", inp, n)], "on")]


def mobilenet(n):
    layers, inp = conv_norm(3, 32, 3, 2), 32
    for expand, out, count, first in MOBILE:
        for block in range(count):
            inside = inp * expand
            layers += conv_norm(inp, inside, 1) if expand > 1 else []
            layers += conv_norm(inside, inside, 3, first if block == 0 else 1, inside) + conv_norm(inside, out, 1)
            inp = out
    return [([*layers, *conv_norm(320, 1280, 1), ("linear", 1280, n)], "on")]


NETWORKS = {"LeNet5": lenet, "AlexNet": alexnet, "VGG": vgg, "ResNet152": resnet, "MobileNetV2": mobilenet}

# ── the blocks ──────────────────────────────────────────────────────────────────────────────────────


def conv(x, w, stride=1, depthwise=False):
    """Cross-correlation of x (N, C, H, W) with w (F, C, K, K), K odd, padded so that stride 1 keeps the size; with
    `depthwise` filter f, w (C, 1, K, K), looks at channel f alone. Complex x is welcome."""
    edge = w.shape[2] // 2
    padded = np.pad(x, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    if depthwise:
        return np.einsum("nchwij,cij->nchw", windows, w[:, 0])
    return np.einsum("nchwij,fcij->nfhw", windows, w)


def normalised(x, gamma, beta, statistics=None):
    """x (N, C, H, W) by the batch's mean and biased variance of each channel, or by those given."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = ((x - mean) ** 2).mean(axis=(0, 2, 3), keepdims=True)
    if statistics is not None:
        mean, var = (each[:, None, None] for each in statistics)
    return gamma[:, None, None] * (x - mean) / np.sqrt(var + EPS) + beta[:, None, None]


def relu6(x):
    return real_where(6.0 - x, real_where(x, x, 0.0), 6.0)


def inverted_residual(x, *layers, stride, adds, statistics=None):
    """`layers` are weights, gamma and beta of each convolution: of three, or of two where nothing is expanded.
    `statistics` are (mean, variance) of each normalisation; None takes those of the batch."""
    groups = [layers[i : i + 3] for i in range(0, len(layers), 3)]
    statistics = statistics or [None] * len(groups)
    out = x
    for i, (weights, gamma, beta) in enumerate(groups):
        depthwise = i == len(groups) - 2
        out = normalised(conv(out, weights, stride if depthwise else 1, depthwise), gamma, beta, statistics[i])
        out = relu6(out) if i < len(groups) - 1 else out
    return x + out if adds else out


def multi_scale(x, conv1, conv3, conv5):
    """Three convolutions side by side, concatenated as channels."""
    return np.concatenate([conv(x, w) for w in (conv1, conv3, conv5)], axis=1)


def linear_at_each_window(x, weight, bias, h, w):
    """The linear layer on each window (c, h, w) of x (N, c, H, W), flattened → (N, M, H′, W′)."""
    places = [(i, j) for i in range(x.shape[2] - h + 1) for j in range(x.shape[3] - w + 1)]
    flat = [x[:, :, i : i + h, j : j + w].reshape(len(x), -1) @ weight.T + bias for i, j in places]
    return np.stack(flat, axis=2).reshape(len(x), len(bias), x.shape[2] - h + 1, -1)
