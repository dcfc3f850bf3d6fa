"""What is right, forward only: gradients follow by `vjp`, for which pooling takes complex input."""

import numpy as np

from autograder import real_where, vjp


def _pooled(x, window, stride, pool):
    """`pool(flat)` for each window, flat (N, C, window); x (N, C, H, W) → (N, C, H', W')."""
    (height, width), (n, c, h, w) = window, x.shape
    rows, columns = range(0, h - height + 1, stride), range(0, w - width + 1, stride)
    found = [[pool(x[:, :, i : i + height, j : j + width].reshape(n, c, -1)) for j in columns] for i in rows]
    return np.moveaxis(np.array(found), (0, 1), (2, 3))


def lp_pool(x, p, pool=2, stride=2):
    """x (N, C, H, W) → (N, C, H', W'); pool an int or a pair."""
    sides = (pool, pool) if isinstance(pool, int) else tuple(pool)
    return _pooled(real_where(x, x, -x), sides, stride, lambda flat: (flat**p).mean(axis=-1) ** (1 / p))


def _largest(flat):
    return np.take_along_axis(flat, np.real(flat).argmax(axis=-1, keepdims=True), axis=-1)[..., 0]


KINDS = {
    "max": _largest,
    "average": lambda flat: flat.mean(axis=-1),
    "l2": lambda flat: (flat**2).mean(axis=-1) ** 0.5,
}


def tile_pool(x, span, kind):
    """x (N, C, H, W), without ties where the kind is max → (N, C, H // span, W // span)."""
    return _pooled(x, (span, span), span, KINDS[kind])


def upsample(x, factor):
    """x (N, C, H, W) → (N, C, (H - 1) * factor + 1, (W - 1) * factor + 1)."""
    down, across = (np.eye((size - 1) * factor + 1)[::factor] for size in x.shape[2:])
    return down.T @ x @ across


def upsample_gradient(dout, x, factor):
    """The gradient of sum(dout * upsample(x, factor)), in a list."""
    down, across = (np.eye((size - 1) * factor + 1)[::factor] for size in x.shape[2:])
    return [down @ dout @ across.T]


def _blur(size):
    """The matrix (ceil(size / 2), size) that blurs a line and keeps every second place."""
    found = np.zeros((size, size))
    for place in range(size):
        for step, weight in zip(range(-2, 3), (1, 4, 6, 4, 1), strict=True):
            mirrored = abs(place + step)
            found[place, min(mirrored, 2 * (size - 1) - mirrored)] += weight / 16
    return found[::2]


def pyramid(x, levels):
    """x (H, W) → a list of images."""
    images = [x]
    for _ in range(levels - 1):
        images.append(_blur(images[-1].shape[0]) @ images[-1] @ _blur(images[-1].shape[1]).T)
    return images


def correlate(x, kernel):
    """x (N, C, H, W), kernel (kh, kw), zeros around the image → (N, C, H, W)."""
    h, w = x.shape[2:]
    total = np.zeros(x.shape)
    for (i, j), weight in np.ndenumerate(kernel):
        down, across = i - kernel.shape[0] // 2, j - kernel.shape[1] // 2
        total += weight * (np.eye(h, k=down) @ x @ np.eye(w, k=across).T)
    return total


def subtractive(x, kernel):
    """x (N, C, H, W) → (N, C, H, W)."""
    return x - correlate(x, kernel)


def subtractive_gradient(dout, x, kernel):
    """The gradient of sum(dout * subtractive(x, kernel)), in a list: the matrices of `correlate` transposed."""
    return [dout - correlate(dout, kernel[::-1, ::-1])]


def divisive(x, kernel, eps):
    """x (N, C, H, W) → (N, C, H, W)."""
    return x / np.clip(np.sqrt(correlate(x * x, kernel)), eps, None)


def shifted(x, dy, dx):
    """x (N, C, H, W) → (N, C, H, W)."""
    h, w = x.shape[2:]
    return np.eye(h, k=-dy) @ x @ np.eye(w, k=-dx).T


def lp_corner(x, dout, p):
    """x (N, C, h, w), one window, and dout (N, C, 1, 1) → the gradient of sum(dout * lp_pool(x, p)) for x."""
    (found,) = vjp(lambda x: lp_pool(x, p, x.shape[2:], 1), (x,), dout, wrt=(0,))
    return found
