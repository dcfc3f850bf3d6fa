"""Other correct ways to write `residual`; every one must earn full points.

Each is a style that students really hand in: another formula, another cache, other names, another precision.
"""

from collections import OrderedDict

import numpy as np
import torch
from torch import nn

from autograder import variant

# ── in NumPy ───────────────────────────────────────────────────────────────────────────────────


def matmul(a, b):
    """A matrix product, a number at a time."""
    out = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                out[i, j] += a[i, k] * b[k, j]
    return out


def column_sums(a):
    return np.array([sum(a[i, j] for i in range(a.shape[0])) for j in range(a.shape[1])])


def kept(a, signs):
    """`a` where `signs` is positive, else 0."""
    out = np.zeros(a.shape)
    for index in np.ndindex(a.shape):
        out[index] = a[index] if signs[index] > 0 else 0.0
    return out


@variant
def loops():
    """Sums written out as loops over numbers are slow and right."""

    def branch(x, params):
        hidden = matmul(x, params["W1"])
        for n in range(x.shape[0]):
            hidden[n] += params["b1"]
        out = matmul(kept(hidden, hidden), params["W2"])
        for n in range(x.shape[0]):
            out[n] += params["b2"]
        return out, (x, hidden, params)

    def branch_back(dout, cache):
        x, hidden, params = cache
        dhidden = kept(matmul(dout, params["W2"].T), hidden)
        grads = {"W2": matmul(kept(hidden, hidden).T, dout), "b2": column_sums(dout)}
        grads |= {"W1": matmul(x.T, dhidden), "b1": column_sums(dhidden)}
        return matmul(dhidden, params["W1"].T), grads

    def residual_forward(x, params):
        out, cache = branch(x, params)
        return out + x, cache

    def residual_backward(dout, cache):
        dx, grads = branch_back(dout, cache)
        return dx + dout, grads

    def projection_block_forward(x, params):
        out, cache = branch(x, params)
        return out + matmul(x, params["Ws"]), cache

    def projection_block_backward(dout, cache):
        dx, grads = branch_back(dout, cache)
        x, _, params = cache
        return dx + matmul(dout, params["Ws"].T), {**grads, "Ws": matmul(x.T, dout)}

    return {
        "residual_forward": residual_forward,
        "residual_backward": residual_backward,
        "projection_block_forward": projection_block_forward,
        "projection_block_backward": projection_block_backward,
    }


@variant
def a_stack_of_numbers():
    """The experiment in loops over numbers, with lists for vectors, and a list of floats for the answer."""

    def deep_stack_gradient_norms(depth, width, kind, rng, gain=0.5):
        std = gain * (2 / width) ** 0.5
        if kind == "residual":
            std /= depth**0.5
        h = [float(rng.standard_normal()) for _ in range(width)]
        stack = []
        for _ in range(depth):
            W = [[std * number for number in row] for row in rng.standard_normal((width, width)).tolist()]
            stack.append((W, h))
            positive = [max(value, 0.0) for value in h]
            new = [sum(positive[i] * W[i][j] for i in range(width)) for j in range(width)]
            h = [a + b for a, b in zip(h, new, strict=True)] if kind == "residual" else new
        g, norms = [1.0] * width, [width**0.5]
        for W, h in reversed(stack):
            back = [sum(w * u for w, u in zip(W[i], g, strict=True)) if h[i] > 0 else 0.0 for i in range(width)]
            g = [a + b for a, b in zip(g, back, strict=True)] if kind == "residual" else back
            norms.insert(0, sum(u * u for u in g) ** 0.5)
        return norms

    return {"deep_stack_gradient_norms": deep_stack_gradient_norms}


def layered(relu_slope=lambda hidden: (hidden > 0).astype(float)):
    """All four functions out of layers with caches of their own, as the course before taught them."""

    def affine(x, w, b):
        return x @ w + b, (x, w)

    def affine_back(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout, dout.sum(axis=0)

    def branch(x, params):
        hidden, first = affine(x, params["W1"], params["b1"])
        out, second = affine(np.where(hidden > 0, hidden, 0.0), params["W2"], params["b2"])
        return out, (first, relu_slope(hidden), second)

    def branch_back(dout, cache):
        first, slope, second = cache
        dactive, dW2, db2 = affine_back(dout, second)
        dx, dW1, db1 = affine_back(dactive * slope, first)
        return dx, dict(b1=db1, b2=db2, W2=dW2, W1=dW1)

    def residual_forward(x, params):
        out, cache = branch(x, params)
        return np.add(out, x), cache

    def residual_backward(dout, cache):
        dx, grads = branch_back(dout, cache)
        return dx + dout, grads

    def projection_block_forward(x, params):
        out, cache = branch(x, params)
        return out + x.dot(params["Ws"]), (cache, x, params["Ws"])

    def projection_block_backward(dout, cache):
        cache, x, Ws = cache
        dx, grads = branch_back(dout, cache)
        grads["Ws"] = np.dot(x.T, dout)
        return dx + dout.dot(Ws.T), grads

    return {
        "residual_forward": residual_forward,
        "residual_backward": residual_backward,
        "projection_block_forward": projection_block_forward,
        "projection_block_backward": projection_block_backward,
    }


@variant
def layers_with_caches():
    """A block is layers in a row; each keeps what it needs, and grads is in whatever order."""
    return layered()


@variant
def slope_one_at_zero():
    """At exactly 0 a ReLU's slope may be 1."""
    return layered(lambda hidden: (hidden >= 0) * 1.0)


@variant
def slopes_as_integers():
    """A mask of integers multiplies as well as one of floats."""
    return layered(lambda hidden: (hidden > 0).astype(int))


@variant
def einsum():
    """Index notation says the same sums; the block with a projection is one with its shortcut in the weights."""

    def residual_forward(x, params):
        z = np.einsum("nd,dh->nh", x, params["W1"]) + params["b1"]
        return x + np.einsum("nh,hd->nd", np.clip(z, 0, None), params["W2"]) + params["b2"][None], (x, z, params)

    def residual_backward(dout, cache):
        x, z, params = cache
        on = np.heaviside(z, 0.0)
        dz = np.einsum("nd,hd,nh->nh", dout, params["W2"], on)
        grads = {
            "W1": np.einsum("nd,nh->dh", x, dz),
            "b1": np.einsum("nh->h", dz),
            "W2": np.einsum("nh,nd->hd", z * on, dout),
            "b2": np.einsum("nd->d", dout),
        }
        return dout + np.einsum("nh,dh->nd", dz, params["W1"]), grads

    return {"residual_forward": residual_forward, "residual_backward": residual_backward}


@variant
def computed_again():
    """A cache of the arguments alone: what is needed on the way back is computed again there."""

    def preactivation(x, params):
        return x @ params["W1"] + params["b1"]

    def residual_backward(dout, cache):
        x, params = cache
        z = preactivation(x, params)
        dz = dout @ params["W2"].T
        dz[z <= 0] = 0
        dx = dz @ params["W1"].T
        dx += dout
        return dx, {"W1": x.T @ dz, "b1": dz.sum(0), "W2": np.maximum(z, 0).T @ dout, "b2": dout.sum(0)}

    def residual_forward(x, params):
        return x + np.maximum(preactivation(x, params), 0) @ params["W2"] + params["b2"], (x, params)

    return {"residual_forward": residual_forward, "residual_backward": residual_backward}


@variant
def one_example_at_a_time():
    """The Jacobian of each example, (I + A_n) with A_n = W1 diag(on) W2, written out as in the lecture."""

    def residual_forward(x, params):
        rows = [row + np.maximum(row @ params["W1"] + params["b1"], 0) @ params["W2"] + params["b2"] for row in x]
        return np.vstack(rows), (x, params)

    def residual_backward(dout, cache):
        x, params = cache
        dx, grads = np.zeros_like(x), {key: np.zeros_like(value) for key, value in params.items()}
        for n, (row, upstream) in enumerate(zip(x, dout, strict=True)):
            z = row @ params["W1"] + params["b1"]
            on = np.diag((z > 0).astype(float))
            jacobian = np.eye(len(row)) + params["W1"] @ on @ params["W2"]
            dx[n] = jacobian @ upstream
            dz = on @ params["W2"] @ upstream
            grads["W1"] += np.outer(row, dz)
            grads["b1"] += dz
            grads["W2"] += np.outer(on @ z, upstream)
            grads["b2"] += upstream
        return dx, grads

    return {"residual_forward": residual_forward, "residual_backward": residual_backward}


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; results come back as float32."""

    def single(function):
        def run(first, second):
            return function(np.float32(first), {key: np.float32(value) for key, value in second.items()})

        return run

    def single_back(function):
        return lambda dout, cache: function(np.float32(dout), cache)

    functions = layered(lambda hidden: (hidden > 0).astype(np.float32))
    return {
        name: single_back(function) if name.endswith("backward") else single(function)
        for name, function in functions.items()
    }


# ── the deep stack ─────────────────────────────────────────────────────────────────────────────


@variant
def weights_as_columns():
    """W @ h where others write h @ W, the weights all at once, the shortcut as an identity matrix, rng.normal."""

    def deep_stack_gradient_norms(depth, width, kind, rng, gain=0.5):
        identity = np.identity(width) if kind == "residual" else np.zeros((width, width))
        variance = 2 * gain**2 / width / (depth if kind == "residual" else 1)
        h = rng.normal(size=width)
        weights = rng.normal(0.0, np.sqrt(variance), (depth, width, width))
        jacobians = []
        for W in weights:
            jacobians.append(W * (h > 0) + identity)
            h = jacobians[-1] @ h
        g = np.ones((1, width))
        norms = np.zeros(depth + 1)
        norms[depth] = np.sqrt(np.sum(g**2))
        for level in range(depth - 1, -1, -1):
            g = g @ jacobians[level]
            norms[level] = np.sqrt(np.sum(g**2))
        return norms

    return {"deep_stack_gradient_norms": deep_stack_gradient_norms}


@variant
def weights_drawn_first():
    """A network is made before it sees an input: as good an experiment, whatever the handout's order."""

    def deep_stack_gradient_norms(depth, width, kind, rng, gain=0.5):
        scale = np.sqrt(depth) if kind == "residual" else 1
        weights = [rng.standard_normal((width, width)) * gain * np.sqrt(2 / width) / scale for _ in range(depth)]
        signals = [rng.standard_normal((1, width))]
        for W in weights:
            skip = signals[-1] if kind == "residual" else 0
            signals.append(skip + np.maximum(signals[-1], 0) @ W)
        gradients = [np.ones((1, width))]
        for W, h in zip(weights[::-1], signals[-2::-1], strict=True):
            skip = gradients[0] if kind == "residual" else 0
            gradients.insert(0, skip + (h > 0) * (gradients[0] @ W.T))
        return [np.linalg.norm(g) for g in gradients]

    return {"deep_stack_gradient_norms": deep_stack_gradient_norms}


# ── in PyTorch ─────────────────────────────────────────────────────────────────────────────────


@variant
def other_names():
    """Names of one's own, biases in the convolutions, functional ReLU, None for the identity."""

    class ResidualBlock(nn.Module):
        def __init__(self, in_channels, out_channels, stride=1):
            super().__init__()
            self.first = nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1)
            self.first_norm = nn.BatchNorm2d(out_channels)
            self.second = nn.Conv2d(out_channels, out_channels, kernel_size=3, padding="same")
            self.second_norm = nn.BatchNorm2d(out_channels)
            self.downsample = None
            if stride > 1 or in_channels != out_channels:
                self.downsample = nn.Sequential(
                    nn.Conv2d(in_channels, out_channels, kernel_size=1, stride=stride), nn.BatchNorm2d(out_channels)
                )

        def forward(self, x):
            identity = x if self.downsample is None else self.downsample(x)
            out = nn.functional.relu(self.first_norm(self.first(x)), inplace=True)
            out = self.second_norm(self.second(out))
            out += identity
            return out

    return {"ResidualBlock": ResidualBlock}


@variant
def shortcut_made_first():
    """Layers in a Sequential of their own, with the shortcut made before them: each normalisation follows its
    convolution, which tells them apart."""

    class ResidualBlock(nn.Module):
        def __init__(self, in_channels, out_channels, stride=1):
            super().__init__()
            changes = stride != 1 or in_channels != out_channels
            self.skip = self.unit(in_channels, out_channels, 1, stride) if changes else nn.Identity()
            self.body = nn.Sequential(
                *self.unit(in_channels, out_channels, 3, stride), nn.ReLU(), *self.unit(out_channels, out_channels, 3)
            )

        @staticmethod
        def unit(into, out, size, stride=1):
            return nn.Sequential(nn.Conv2d(into, out, size, stride, padding=size // 2, bias=False), nn.BatchNorm2d(out))

        def forward(self, x):
            return torch.add(self.body(x), self.skip(x))

    return {"ResidualBlock": ResidualBlock}


@variant
def convolutions_then_normalisations():
    """Both convolutions made first and then both normalisations, in single precision, by a function."""

    def make(in_channels, out_channels, stride=1):
        layers = OrderedDict(
            c1=nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False),
            c2=nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False),
            n1=nn.BatchNorm2d(out_channels),
            n2=nn.BatchNorm2d(out_channels),
        )
        if stride != 1 or in_channels != out_channels:
            layers["c3"] = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
            layers["n3"] = nn.BatchNorm2d(out_channels)

        class Block(nn.ModuleDict):
            def forward(self, x):
                out = self["n2"](self["c2"](nn.functional.relu(self["n1"](self["c1"](x)))))
                return out + (self["n3"](self["c3"](x)) if "c3" in self else x)

        return Block(layers)

    return {"ResidualBlock": make}


@variant
def handout_names_with_identity():
    """The handout's names, nn.Identity for the shortcut, ReLU as a layer, keyword arguments of its own."""

    class ResidualBlock(nn.Module):
        expansion = 1

        def __init__(self, in_channels, out_channels, stride=1, activation=nn.ReLU):
            super(ResidualBlock, self).__init__()  # noqa: UP008 (as older tutorials write it)
            self.conv1 = nn.Conv2d(
                in_channels, out_channels, (3, 3), stride=(stride, stride), padding=(1, 1), bias=False
            )
            self.bn1 = nn.BatchNorm2d(out_channels)
            self.relu = activation(inplace=True)
            self.conv2 = nn.Conv2d(out_channels, out_channels, (3, 3), padding=(1, 1), bias=False)
            self.bn2 = nn.BatchNorm2d(out_channels)
            self.shortcut = nn.Identity()
            if (in_channels, stride) != (out_channels, 1):
                conv = nn.Conv2d(in_channels, out_channels, (1, 1), stride=(stride, stride), bias=False)
                self.shortcut = nn.Sequential(conv, nn.BatchNorm2d(out_channels))
            nn.init.kaiming_normal_(self.conv1.weight, nonlinearity="relu")

        def forward(self, x):
            out = self.relu(self.bn1(self.conv1(x)))
            return self.bn2(self.conv2(out)).add_(self.shortcut(x))

    return {"ResidualBlock": ResidualBlock}


@variant
def function_behind_a_function():
    """The Function under another name, called by apply; it keeps its mask on ctx."""

    class Residual(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W1, b1, W2, b2):
            z = torch.addmm(b1, x, W1)
            ctx.on = z > 0
            ctx.save_for_backward(x, W1, W2, z.clamp(min=0))
            return x + z.clamp(min=0).mm(W2) + b2

        @staticmethod
        def backward(ctx, grad_output):
            x, W1, W2, a = ctx.saved_tensors
            grad_z = grad_output.mm(W2.t())
            grad_z[~ctx.on] = 0
            grad_x = grad_output.clone()
            grad_x += grad_z.mm(W1.t())
            return grad_x, x.t().mm(grad_z), grad_z.sum(0), a.t().mm(grad_output), grad_output.sum(0)

    def residual_autograd(x, W1, b1, W2, b2):
        return Residual.apply(x, W1, b1, W2, b2)

    return {"residual_autograd": residual_autograd}


@variant
def function_with_setup_context():
    """The newer way, with setup_context, and its apply as the entry point."""

    class Residual(torch.autograd.Function):
        @staticmethod
        def forward(x, W1, b1, W2, b2):
            return x + nn.functional.relu(nn.functional.linear(x, W1.T, b1)) @ W2 + b2

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs[:4])

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, dout):
            x, W1, b1, W2 = ctx.saved_tensors
            z = x @ W1 + b1
            dz = torch.where(z > 0, dout @ W2.T, torch.zeros_like(z))
            dx = torch.einsum("nh,dh->nd", dz, W1) + dout
            return dx, torch.einsum("nd,nh->dh", x, dz), dz.sum(0), torch.relu(z).T @ dout, dout.sum(0)

    return {"residual_autograd": Residual.apply}


@variant
def function_in_single_precision():
    """A Function that computes in float32: less exact, not wrong."""

    class Residual(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            x, W1, b1, W2, b2 = (tensor.float() for tensor in inputs)
            active = torch.relu(x @ W1 + b1)
            ctx.save_for_backward(x, W1, W2, active)
            return x + active @ W2 + b2

        @staticmethod
        def backward(ctx, dout):
            x, W1, W2, active = ctx.saved_tensors
            dout = dout.float()
            dz = dout @ W2.T * (active > 0)
            return dout + dz @ W1.T, x.T @ dz, dz.sum(0), active.T @ dout, dout.sum(0)

    return {"residual_autograd": Residual}
