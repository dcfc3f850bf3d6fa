"""What the layers of a model compute, in NumPy: forward alone, gradients follow by `vjp`.

A `Network` has the layers, and weights and buffers by the names of `state_dict()`. All takes complex input, as the
complex step needs it: branches look at real parts, and nothing takes abs, max or var.
"""

import numpy as np

from autograder import real_where, vjp

EPS, MOMENTUM = 1e-5, 0.1  # nn.BatchNorm2d as it comes


def windows(x, size, stride):
    """x (N, C, H, W) → (N, C, H', W', size, size)."""
    found = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    return found[:, :, ::stride, ::stride]


def conv(x, layer, weight, bias):
    """Cross-correlation of x (N, C, H, W) with weight (F, C, K, K)."""
    _, _, _, size, stride, pad = layer
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))) if pad else x
    return np.einsum("nchwij,fcij->nfhw", windows(padded, size, stride), weight) + bias[:, None, None]


def maximum(x, layer):
    """The largest number of each window; the first of equal ones."""
    found = windows(x, *layer[1:])
    flat = found.reshape(*found.shape[:4], -1)
    return np.take_along_axis(flat, np.real(flat).argmax(axis=-1)[..., None], axis=-1)[..., 0]


def statistics(x):
    """Mean and biased variance of each channel of x (N, C, H, W)."""
    mean = x.mean(axis=(0, 2, 3))
    return mean, ((x - mean[:, None, None]) ** 2).mean(axis=(0, 2, 3))


def batchnorm(x, weight, bias, mean, var):
    """x (N, C, H, W), everything else (C,)."""
    scale, shift, mean, var = (each[:, None, None] for each in (weight, bias, mean, var))
    return scale * (x - mean) / np.sqrt(var + EPS) + shift


PLAIN = {
    "relu": lambda x, _: real_where(x, x, 0.0),
    "max": maximum,
    "average": lambda x, layer: windows(x, *layer[1:]).mean(axis=(-2, -1)),
    "adaptive": lambda x, _: x.mean(axis=(2, 3), keepdims=True),  # to one pixel alone
    "flatten": lambda x, _: x.reshape(len(x), -1),
    "dropout": lambda x, _: x,  # in evaluation alone
}


def forward(network, x, training=()):
    """The output, and the running statistics that a forward pass moves, by name: those of the normalisations named in
    `training`, which take the statistics of the batch."""
    state, moved = network.state, {}
    for name, layer in network.named_layers():
        weights = [state[f"{name}.{leaf}"] for leaf in ("weight", "bias") if f"{name}.{leaf}" in state]
        if layer[0] == "conv":
            x = conv(x, layer, *weights)
        elif layer[0] == "linear":
            x = x @ weights[0].T + weights[1]
        elif layer[0] != "batchnorm":
            x = PLAIN[layer[0]](x, layer)
        elif name in training:
            found = statistics(x)
            moved |= running(name, state, x, *found)
            x = batchnorm(x, *weights, *found)
        else:
            x = batchnorm(x, *weights, state[f"{name}.running_mean"], state[f"{name}.running_var"])
    return x, moved


def running(name, state, x, mean, var):
    """The running statistics of the normalisation `name` after it has seen x: a tenth of the way to the batch's mean
    and unbiased variance."""
    count = x.size // x.shape[1]
    towards = {f"{name}.running_mean": mean, f"{name}.running_var": var * count / (count - 1)}
    return {key: state[key] + MOMENTUM * (np.real(batch) - state[key]) for key, batch in towards.items()}


def passes(network, x, training, runs):
    """The outputs of `runs` forward passes in a row, and the state afterwards."""
    outs = []
    for _ in range(runs):
        out, moved = forward(network, x, training)
        network = network.with_state(moved)
        outs.append(out)
    return outs, network.state


def cross_entropy(scores, y):
    """scores (N, K), y (N,) → the mean, a scalar."""
    shifted = scores - np.real(scores).max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(y)), y].mean()


def fine_tune(network, batches, lr, steps, training, trained):
    """The losses (steps,) and the state after gradient descent on the parameters named in `trained`."""
    losses = []
    for step in range(steps):
        x, y = batches[step % len(batches)]

        def loss(*values, before=network, x=x, y=y):
            now = before.with_state(dict(zip(trained, values, strict=True)))
            return cross_entropy(forward(now, x, training)[0], y)

        values = [network.state[name] for name in trained]
        gradients = vjp(loss, values, 1.0, wrt=range(len(values)))
        losses.append(loss(*values))
        _, moved = forward(network, x, training)
        stepped = {name: value - lr * g for name, value, g in zip(trained, values, gradients, strict=True)}
        network = network.with_state({**moved, **stepped})
    return np.array(losses), network.state
