"""What the networks compute in evaluation mode, layer by layer, and what follows from it. In NumPy alone.

A layer takes complex input, as the complex step needs it: branches look at real parts. Its gradient follows by that
step, and the chain rule goes through the layers from the last to the first, so the step never sees a whole network.
"""

import numpy as np

from autograder import real_where

EPS = 1e-5  # nn.BatchNorm2d as it comes
STEP = 1e-200  # so small that the complex step is exact to rounding


def conv(x, weight, bias, stride, pad):
    """Cross-correlation of x (N, C, H, W) with weight (F, C, K, K)."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    found = windows(x, weight.shape[2], stride)
    return np.einsum("nchwij,fcij->nfhw", found, weight) + bias[:, None, None]


def windows(x, size, stride):
    """(N, C, H′, W′, size, size) of x (N, C, H, W); what does not fill a window is left out."""
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]


def largest(x, size, stride):
    """Max pooling."""
    found = windows(x, size, stride)
    found = found.reshape(*found.shape[:4], -1)
    return np.take_along_axis(found, np.real(found).argmax(axis=-1)[..., None], axis=-1)[..., 0]


def adaptive(x, size):
    """Average pooling to size × size cells, which overlap where they do not divide the image."""
    height, width = x.shape[2:]
    cells = [
        [
            x[:, :, i * height // size : -(-(i + 1) * height // size), j * width // size : -(-(j + 1) * width // size)]
            for j in range(size)
        ]
        for i in range(size)
    ]
    return np.stack([np.stack([cell.mean(axis=(2, 3)) for cell in row], axis=-1) for row in cells], axis=-2)


def normalised(x, weight, bias, mean, var):
    """Batch normalisation of x (N, C, H, W) by its running statistics."""
    weight, bias, mean, var = (each[:, None, None] for each in (weight, bias, mean, var))
    return (x - mean) / np.sqrt(var + EPS) * weight + bias


FORWARD = {
    "conv": lambda x, at, sizes: conv(x, at("weight"), at("bias"), *sizes[3:]),
    "batchnorm": lambda x, at, sizes: normalised(x, *map(at, ("weight", "bias", "running_mean", "running_var"))),
    "relu": lambda x, at, sizes: real_where(x, x, 0.0),
    "max": lambda x, at, sizes: largest(x, *sizes),
    "average": lambda x, at, sizes: windows(x, *sizes).mean(axis=(4, 5)),
    "adaptive": lambda x, at, sizes: adaptive(x, *sizes),
    "flatten": lambda x, at, sizes: x.reshape(len(x), -1),
    "dropout": lambda x, at, sizes: x,
    "linear": lambda x, at, sizes: x @ at("weight").T + at("bias"),
}


def run(net, x):
    """What each layer is given and what it computes, as (name, kind, input, function) in the order of running, and the
    scores (N, K) of the images x (N, C, H, W)."""
    steps = []
    for name, (kind, *sizes) in net.named_layers():
        steps.append((name, kind, x, layer(net, name, kind, sizes)))
        x = steps[-1][-1](x)
    return steps, x


def layer(net, name, kind, sizes):
    """A layer of the network as a function of its input."""
    return lambda x: FORWARD[kind](x, lambda leaf: net.state[f"{name}.{leaf}"], sizes)


def scores(net, x):
    """The scores (N, K) of images x."""
    return run(net, x)[1]


def feature_maps(net, x, name):
    """What the layer called `name` gives for images x; of a nested part what its last layer gives."""
    steps, _ = run(net, x)
    *_, (given, forward) = [step[2:] for step in steps if f"{step[0]}.".startswith(f"{name}.")]
    return forward(given)


def score_gradient(net, x, y, guided=False):
    """∂ s_y / ∂x for each image of x (N, C, H, W) and its class in y (N,). `guided`: each ReLU stops what is negative
    on the way back, too."""
    return np.concatenate([_gradient(net, image[None], label, guided) for image, label in zip(x, y, strict=True)])


def _gradient(net, x, label, guided):
    steps, out = run(net, x)
    gradient = np.zeros(out.shape)
    gradient[0, label] = 1.0
    for _, kind, given, forward in reversed(steps):
        if guided and kind == "relu":
            gradient = np.maximum(gradient, 0.0)
        gradient = _pull(forward, given, gradient)
    return gradient


def _pull(forward, given, dout):
    """The gradient of sum(dout * forward(given)) for the one image of `given`, by the complex step: each image of a
    batch has another of its elements off the real line."""
    batch = np.repeat(given.astype(np.complex128), given.size, axis=0)
    batch.reshape(given.size, -1)[np.diag_indices(given.size)] += 1j * STEP
    return (np.imag(forward(batch)) * dout).reshape(given.size, -1).sum(axis=1).reshape(given.shape) / STEP


def saliency(net, x, y):
    """(N, H, W)."""
    return np.abs(score_gradient(net, x, y)).max(axis=1)


def class_image(net, c, x0, steps, lr, lam):
    """The image after `steps` of ascent on s_c - lam ‖I‖²."""
    image = x0
    for _ in range(steps):
        image = image + lr * (score_gradient(net, image, [c]) - 2 * lam * image)
    return image


def fooling_image(net, x, target, lr, max_steps):
    """The image, the number of updates made, and by how much the best score led the next one each time."""
    image, leads = x, []
    for updates in range(max_steps + 1):
        (found,) = scores(net, image)
        leads.append(np.diff(np.sort(found)[-2:])[0])
        if found.argmax() == target or updates == max_steps:
            return image, updates, np.array(leads)
        gradient = score_gradient(net, image, [target])
        norm = np.sqrt((gradient**2).sum())
        image = image + lr * gradient / norm if norm else image


def scaled_filters(w):
    """Each filter of w (F, C, H, W) to [0, 1], a constant one to 0."""
    low, high = (extreme(w, axis=(1, 2, 3), keepdims=True) for extreme in (np.min, np.max))
    return np.where(high > low, (w - low) / np.where(high > low, high - low, 1.0), 0.0)


def top_patches(maps, images, channel, k, field, stride):
    """The k patches under the largest numbers of a channel of maps (N, F, h, w), best first, and these numbers."""
    found = maps[:, channel]
    best = np.argsort(-found, axis=None)[:k]
    patches = []
    for n, *place in zip(*np.unravel_index(best, found.shape), strict=True):
        rows, columns = (slice(max(0, i * stride - field // 2), i * stride + field // 2 + 1) for i in place)
        patches.append(images[n][:, rows, columns])
    return patches, found.reshape(-1)[best]


def nearest_neighbors(features, query, k):
    """Indices of the k rows of features (N, D) nearest to query (D,), nearest first."""
    return np.argsort(((features - query) ** 2).sum(axis=1))[:k]


def pca(features, k):
    """(N, k) with each column's sign as it comes, and the variances (k,), falling."""
    centred = features - features.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred / len(features))
    return centred @ directions[:, ::-1][:, :k], variances[::-1][:k]
