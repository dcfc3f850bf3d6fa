"""Other correct ways to write `conv`; every one must earn full points.

Each is a style that students really hand in: another formula, another cache, another memory layout, another precision.
"""

from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from autograder import variant

from .reference import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    conv1d_backward,
    conv1d_forward,
    conv2d_backward,
    conv2d_fast_backward,
    conv2d_fast_forward,
    conv2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)

CONVOLUTIONS = {
    "conv2d_forward": conv2d_forward,
    "conv2d_backward": conv2d_backward,
    "conv1d_forward": conv1d_forward,
    "conv1d_backward": conv1d_backward,
    "conv2d_fast_forward": conv2d_fast_forward,
    "conv2d_fast_backward": conv2d_fast_backward,
}
POOLS = {
    "max_pool2d_forward": max_pool2d_forward,
    "max_pool2d_backward": max_pool2d_backward,
    "avg_pool2d_forward": avg_pool2d_forward,
    "avg_pool2d_backward": avg_pool2d_backward,
}


def _pad(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def _pair(pool):
    return tuple(pool) if isinstance(pool, (tuple, list)) else (pool, pool)


def _images(forward, backward):
    """A pair that serves as both conv2d and conv2d_fast."""
    return {
        "conv2d_forward": forward,
        "conv2d_backward": backward,
        "conv2d_fast_forward": forward,
        "conv2d_fast_backward": backward,
    }


# ── loops ──────────────────────────────────────────────────────────────────────────────────────


@variant
def loops_over_numbers():
    """Seven nested loops are the formula itself, slow and right."""

    def forward(x, w, b, stride=1, pad=0):
        (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
        Ho, Wo = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
        xp, wl = _pad(x, pad).tolist(), w.tolist()
        out = np.zeros((N, F, Ho, Wo))
        for n, f, i, j in np.ndindex(N, F, Ho, Wo):
            total = b[f]
            for c in range(C):
                for p in range(HH):
                    for q in range(WW):
                        total += xp[n][c][i * stride + p][j * stride + q] * wl[f][c][p][q]
            out[n, f, i, j] = total
        return out, (x, w, b, stride, pad)

    def backward(dout, cache):
        x, w, b, stride, pad = cache
        xp = _pad(x, pad)
        dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros_like(b)
        for n, f, i, j in product(*map(range, dout.shape)):
            db[f] += dout[n, f, i, j]
            for c, p, q in product(*map(range, w.shape[1:])):
                dw[f, c, p, q] += xp[n, c, i * stride + p, j * stride + q] * dout[n, f, i, j]
                dxp[n, c, i * stride + p, j * stride + q] += w[f, c, p, q] * dout[n, f, i, j]
        return dxp[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, db

    return {"conv2d_forward": forward, "conv2d_backward": backward}


@variant
def padding_that_is_not_stored():
    """Loops that leave out what lies outside the sequence, for zeros add nothing."""

    def inside(x, w, stride, pad, i):
        for c, k in np.ndindex(x.shape[1], w.shape[2]):
            if 0 <= i * stride + k - pad < x.shape[2]:
                yield c, k, i * stride + k - pad

    def conv1d_forward(x, w, b, stride=1, pad=0):
        out = np.zeros((len(x), len(w), 1 + (x.shape[2] + 2 * pad - w.shape[2]) // stride))
        for n, f, i in np.ndindex(out.shape):
            out[n, f, i] = b[f] + sum(x[n, c, at] * w[f, c, k] for c, k, at in inside(x, w, stride, pad, i))
        return out, (x, w, stride, pad)

    def conv1d_backward(dout, cache):
        x, w, stride, pad = cache
        dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))
        for (n, f, i), d in np.ndenumerate(dout):
            db[f] += d
            for c, k, at in inside(x, w, stride, pad, i):
                dx[n, c, at] += d * w[f, c, k]
                dw[f, c, k] += d * x[n, c, at]
        return dx, dw, db

    return {"conv1d_forward": conv1d_forward, "conv1d_backward": conv1d_backward}


@variant
def loops_over_windows_of_each_image():
    """One image and one filter at a time, with whole windows multiplied: how most students begin."""

    def forward(x, w, b, stride=1, pad=0):
        N, F, (HH, WW) = len(x), len(w), w.shape[2:]
        xp = _pad(x, pad)
        Ho, Wo = (xp.shape[2] - HH) // stride + 1, (xp.shape[3] - WW) // stride + 1
        out = np.zeros((N, F, Ho, Wo))
        for n in range(N):
            for f in range(F):
                for i, j in np.ndindex(Ho, Wo):
                    window = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
        return out, (x, w, b, {"stride": stride, "pad": pad})

    def backward(dout, cache):
        x, w, b, settings = cache
        stride, pad = settings["stride"], settings["pad"]
        xp = _pad(x, pad)
        dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros_like(b)
        for n, f, i, j in np.ndindex(*dout.shape):
            rows, columns = slice(i * stride, i * stride + w.shape[2]), slice(j * stride, j * stride + w.shape[3])
            dxp[n, :, rows, columns] += w[f] * dout[n, f, i, j]
            dw[f] += xp[n, :, rows, columns] * dout[n, f, i, j]
            db[f] += dout[n, f, i, j]
        return dxp[:, :, pad:-pad, pad:-pad] if pad else dxp, dw, db

    return _images(forward, backward)


@variant
def maximum_by_search():
    """A search that starts at minus infinity, keeps the first of equal numbers, and notes where they stand."""

    def max_pool2d_forward(x, pool=2, stride=2):
        ph, pw = _pair(pool)
        N, C, H, W = x.shape
        out = np.full((N, C, (H - ph) // stride + 1, (W - pw) // stride + 1), -np.inf)
        where = {}
        for n, c, i, j in np.ndindex(*out.shape):
            for p, q in product(range(i * stride, i * stride + ph), range(j * stride, j * stride + pw)):
                if x[n, c, p, q] > out[n, c, i, j]:
                    out[n, c, i, j], where[n, c, i, j] = x[n, c, p, q], (p, q)
        return out, (x.shape, where)

    def max_pool2d_backward(dout, cache):
        shape, where = cache
        dx = np.zeros(shape)
        for (n, c, i, j), (p, q) in where.items():
            dx[n, c, p, q] += dout[n, c, i, j]
        return dx

    return {"max_pool2d_forward": max_pool2d_forward, "max_pool2d_backward": max_pool2d_backward}


@variant
def average_by_loops():
    """Each element on its own, with the division inside the loop."""

    def avg_pool2d_forward(x, pool=2, stride=2):
        ph, pw = _pair(pool)
        N, C, H, W = x.shape
        out = np.zeros((N, C, (H - ph) // stride + 1, (W - pw) // stride + 1))
        for n, c, i, j in np.ndindex(*out.shape):
            for p, q in np.ndindex(ph, pw):
                out[n, c, i, j] += x[n, c, i * stride + p, j * stride + q] / (ph * pw)
        return out, (H, W, ph, pw, stride)

    def avg_pool2d_backward(dout, cache):
        H, W, ph, pw, stride = cache
        dx = np.zeros((*dout.shape[:2], H, W))
        for (n, c, i, j), d in np.ndenumerate(dout):
            for p, q in np.ndindex(ph, pw):
                dx[n, c, i * stride + p, j * stride + q] += d / ph / pw
        return dx

    return {"avg_pool2d_forward": avg_pool2d_forward, "avg_pool2d_backward": avg_pool2d_backward}


# ── matrices ───────────────────────────────────────────────────────────────────────────────────


@variant
def im2col_by_indices():
    """Arrays of indices pick the windows, and np.add.at puts their gradients back."""

    def indices(shape, w, stride, pad):
        _, C, H, W = shape
        _, _, HH, WW = w.shape
        Ho, Wo = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
        rows = np.tile(np.repeat(np.arange(HH), WW), C)[:, None] + stride * np.repeat(np.arange(Ho), Wo)
        columns = np.tile(np.arange(WW), HH * C)[:, None] + stride * np.tile(np.arange(Wo), Ho)
        return np.repeat(np.arange(C), HH * WW)[:, None], rows, columns, Ho, Wo

    def forward(x, w, b, stride=1, pad=0):
        k, i, j, Ho, Wo = indices(x.shape, w, stride, pad)
        cols = _pad(x, pad)[:, k, i, j].transpose(1, 2, 0).reshape(w[0].size, -1)
        out = (w.reshape(len(w), -1) @ cols + b.reshape(-1, 1)).reshape(len(w), Ho, Wo, len(x)).transpose(3, 0, 1, 2)
        return out, (x, w, b, stride, pad, cols)

    def backward(dout, cache):
        x, w, _, stride, pad, cols = cache
        k, i, j, _, _ = indices(x.shape, w, stride, pad)
        flat = dout.transpose(1, 2, 3, 0).reshape(len(w), -1)
        dcols = (w.reshape(len(w), -1).T @ flat).reshape(w[0].size, -1, len(x)).transpose(2, 0, 1)
        dxp = np.zeros(_pad(x, pad).shape)
        np.add.at(dxp, (slice(None), k, i, j), dcols)
        dx = dxp if pad == 0 else dxp[:, :, pad:-pad, pad:-pad]
        return dx, (flat @ cols.T).reshape(w.shape), np.sum(dout, axis=(0, 2, 3))

    return _images(forward, backward)


@variant
def einsum_on_strided_views():
    """Windows as a view, and index notation for the sums."""

    def windows(x, shape, stride):
        sizes = [(n - k) // stride + 1 for n, k in zip(x.shape[2:], shape, strict=True)]
        n, c, h, w = x.strides
        return as_strided(
            x, (*x.shape[:2], *sizes, *shape), (n, c, h * stride, w * stride, h, w), subok=False, writeable=False
        )

    def forward(x, w, b, stride=1, pad=0):
        view = windows(_pad(x, pad), w.shape[2:], stride)
        return np.einsum("ncijpq,fcpq->nfij", view, w) + b[None, :, None, None], (x.shape, view, w, stride, pad)

    def backward(dout, cache):
        (N, C, H, W), view, w, stride, pad = cache
        dw = np.einsum("nfij,ncijpq->fcpq", dout, view)
        dview = np.einsum("nfij,fcpq->ncijpq", dout, w)
        dxp = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
        for i, j in np.ndindex(*dout.shape[2:]):
            dxp[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]] += dview[:, :, i, j]
        return dxp[:, :, pad : H + pad, pad : W + pad], dw, np.einsum("nfij->f", dout)

    def max_pool2d_forward(x, pool=2, stride=2):
        view = windows(np.ascontiguousarray(x), _pair(pool), stride)
        return np.einsum("ncijk->ncijk", view.reshape(*view.shape[:4], -1)).max(-1), (x, _pair(pool), stride)

    def avg_pool2d_forward(x, pool=2, stride=2):
        view = windows(np.ascontiguousarray(x), _pair(pool), stride)
        out = np.einsum("ncijpq->ncij", view) / (view.shape[4] * view.shape[5])
        return out, (x.shape, _pair(pool), stride)

    return {
        **_images(forward, backward),
        "max_pool2d_forward": max_pool2d_forward,
        "avg_pool2d_forward": avg_pool2d_forward,
    }


@variant
def one_big_matrix():
    """A convolution is linear, so a matrix of all its weights maps flat images to flat outputs."""

    def matrix(w, shape, stride, pad):
        C, H, W = shape
        F, _, HH, WW = w.shape
        Ho, Wo = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
        T = np.zeros((C, H + 2 * pad, W + 2 * pad, F, Ho, Wo))
        for i, j in np.ndindex(Ho, Wo):
            T[:, i * stride : i * stride + HH, j * stride : j * stride + WW, :, i, j] = w.transpose(1, 2, 3, 0)
        return T[:, pad : pad + H, pad : pad + W].reshape(C * H * W, F * Ho * Wo), (F, Ho, Wo)

    def forward(x, w, b, stride=1, pad=0):
        T, size = matrix(w, x.shape[1:], stride, pad)
        return (x.reshape(len(x), -1) @ T).reshape(-1, *size) + b[:, None, None], (x, w, stride, pad)

    def backward(dout, cache):
        x, w, stride, pad = cache
        T, _ = matrix(w, x.shape[1:], stride, pad)
        dx = (dout.reshape(len(x), -1) @ T.T).reshape(x.shape)
        dw = np.zeros(w.shape)
        for tap in np.ndindex(*w.shape[1:]):
            one = np.zeros((1, *w.shape[1:]))
            one[0][tap] = 1
            M, size = matrix(one, x.shape[1:], stride, pad)
            dw[:, *tap] = np.einsum("nfij,nij->f", dout, (x.reshape(len(x), -1) @ M).reshape(-1, *size[1:]))
        return dx, dw, dout.sum((0, 2, 3))

    return {"conv2d_forward": forward, "conv2d_backward": backward}


# ── other ways to see the sum ──────────────────────────────────────────────────────────────────


def _shifts(shape, stride, sizes):
    """For each place in a window: the place, and what it meets as the window moves."""
    for p, q in np.ndindex(*shape):
        rows = slice(p, p + stride * (sizes[0] - 1) + 1, stride)
        yield p, q, (..., rows, slice(q, q + stride * (sizes[1] - 1) + 1, stride))


@variant
def shifted_sums():
    """A loop over the kernel: each weight meets the whole image, shifted."""

    def forward(x, w, b, stride=1, pad=0):
        xp = _pad(x, pad)
        sizes = [(n - k) // stride + 1 for n, k in zip(xp.shape[2:], w.shape[2:], strict=True)]
        out = np.zeros((len(x), len(w), *sizes)) + b[:, None, None]
        for p, q, seen in _shifts(w.shape[2:], stride, sizes):
            out += np.tensordot(w[:, :, p, q], xp[seen], axes=(1, 1)).swapaxes(0, 1)
        return out, (xp, w, stride, pad, x.shape)

    def backward(dout, cache):
        xp, w, stride, pad, (_, _, H, W) = cache
        dxp, dw = np.zeros_like(xp), np.zeros_like(w)
        for p, q, seen in _shifts(w.shape[2:], stride, dout.shape[2:]):
            dxp[seen] += np.tensordot(w[:, :, p, q], dout, axes=(0, 1)).swapaxes(0, 1)
            dw[:, :, p, q] = np.einsum("nfij,ncij->fc", dout, xp[seen])
        return dxp[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=0).sum(axis=-1).sum(axis=-1)

    return _images(forward, backward)


@variant
def shifted_images_pooled():
    """The maximum, or the mean, of shifted copies of the image."""

    def shifted(x, pool, stride):
        sizes = [(n - k) // stride + 1 for n, k in zip(x.shape[2:], _pair(pool), strict=True)]
        return [x[seen] for _, _, seen in _shifts(_pair(pool), stride, sizes)]

    def max_pool2d_forward(x, pool=2, stride=2):
        return np.maximum.reduce(shifted(x, pool, stride)), (x, _pair(pool), stride)

    def avg_pool2d_forward(x, pool=2, stride=2):
        copies = shifted(x, pool, stride)
        return sum(copies) / len(copies), (x.shape, _pair(pool), stride)

    def avg_pool2d_backward(dout, cache):
        shape, pool, stride = cache
        dx = np.zeros(shape)
        for _, _, seen in _shifts(pool, stride, dout.shape[2:]):
            dx[seen] += dout
        return dx / (pool[0] * pool[1])

    return {
        "max_pool2d_forward": max_pool2d_forward,
        "avg_pool2d_forward": avg_pool2d_forward,
        "avg_pool2d_backward": avg_pool2d_backward,
    }


@variant
def full_convolution_of_dout():
    """dx is the full convolution of dout, spread out by the stride, with the turned kernel; dw one of x with it."""

    def forward(x, w, b, stride=1, pad=0):
        windows = sliding_window_view(_pad(x, pad), w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
        out = np.tensordot(windows, w, axes=[(1, 4, 5), (1, 2, 3)]).transpose(0, 3, 1, 2) + b.reshape(1, -1, 1, 1)
        return out, (x, w, stride, pad)

    def backward(dout, cache):
        x, w, stride, pad = cache
        xp, (HH, WW) = _pad(x, pad), w.shape[2:]
        spread = np.zeros((*dout.shape[:2], xp.shape[2] - HH + 1, xp.shape[3] - WW + 1))
        spread[:, :, : dout.shape[2] * stride : stride, : dout.shape[3] * stride : stride] = dout
        wide = np.pad(spread, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
        turned = np.flip(w, axis=(2, 3))
        dxp = np.tensordot(sliding_window_view(wide, (HH, WW), axis=(2, 3)), turned, axes=((1, 4, 5), (0, 2, 3)))
        dx = dxp.transpose(0, 3, 1, 2)[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
        seen = sliding_window_view(xp, spread.shape[2:], axis=(2, 3))  # (N, C, HH, WW, rows, columns)
        dw = np.tensordot(spread, seen, axes=((0, 2, 3), (0, 4, 5)))
        return dx, dw, spread.sum((0, 2, 3))

    return _images(forward, backward)


@variant
def fourier_transform():
    """The convolution theorem: products of transforms, conjugated for correlation; rounding differs, nothing else."""

    def correlate(a, k, axes_a, axes_k, out):
        """a and k with image axes last, by einsum over the named axes, for all shifts at which k lies inside a."""
        size = a.shape[-2:]
        product_ = np.einsum(f"{axes_a}xy,{axes_k}xy->{out}xy", np.fft.rfft2(a), np.conj(np.fft.rfft2(k, size)))
        found = np.fft.irfft2(product_, size)
        return found[..., : size[0] - k.shape[-2] + 1, : size[1] - k.shape[-1] + 1]

    def forward(x, w, b, stride=1, pad=0):
        xp = _pad(x, pad)
        out = correlate(xp, w, "nc", "fc", "nf")[:, :, ::stride, ::stride]
        return out + b[:, None, None], (xp, w, stride, pad)

    def backward(dout, cache):
        xp, w, stride, pad = cache
        spread = np.zeros((*dout.shape[:2], xp.shape[2] - w.shape[2] + 1, xp.shape[3] - w.shape[3] + 1))
        spread[:, :, : dout.shape[2] * stride : stride, : dout.shape[3] * stride : stride] = dout
        dw = correlate(xp, spread, "nc", "nf", "fc")
        size = xp.shape[2:]
        products = np.einsum("nfxy,fcxy->ncxy", np.fft.rfft2(spread, size), np.fft.rfft2(w, size))
        dxp = np.fft.irfft2(products, size)
        return dxp[:, :, pad : size[0] - pad, pad : size[1] - pad], dw, dout.sum(axis=(0, 2, 3))

    return _images(forward, backward)


@variant
def sequences_are_flat_images():
    """A sequence is an image of one row."""

    def conv1d_forward(x, w, b, stride=1, pad=0):
        around = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
        out, cache = conv2d_fast_forward(around[:, :, None], w[:, :, None], b, stride, 0)
        return out[:, :, 0], (cache, pad, x.shape[2])

    def conv1d_backward(dout, cache):
        inner, pad, length = cache
        dx, dw, db = conv2d_fast_backward(dout[:, :, None], inner)
        return dx[:, :, 0, pad : pad + length], dw[:, :, 0], db

    return {"conv1d_forward": conv1d_forward, "conv1d_backward": conv1d_backward}


@variant
def pooling_by_argmax_and_sums():
    """argmax picks the first of equal numbers; averages come from a table of cumulative sums."""

    def max_pool2d_forward(x, pool=2, stride=2):
        ph, pw = _pair(pool)
        windows = sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::stride, ::stride]
        flat = windows.reshape(*windows.shape[:4], ph * pw)
        winner = flat.argmax(axis=-1)
        return np.take_along_axis(flat, winner[..., None], axis=-1)[..., 0], (x.shape, winner, pw, stride)

    def max_pool2d_backward(dout, cache):
        shape, winner, pw, stride = cache
        n, c, i, j = np.indices(winner.shape)
        dx = np.zeros(shape)
        np.add.at(dx, (n, c, i * stride + winner // pw, j * stride + winner % pw), dout)
        return dx

    def avg_pool2d_forward(x, pool=2, stride=2):
        ph, pw = _pair(pool)
        table = np.pad(x.cumsum(axis=2).cumsum(axis=3), ((0, 0), (0, 0), (1, 0), (1, 0)))
        sums = table[:, :, ph:, pw:] - table[:, :, :-ph, pw:] - table[:, :, ph:, :-pw] + table[:, :, :-ph, :-pw]
        return sums[:, :, ::stride, ::stride] / (ph * pw), (x.shape, (ph, pw), stride)

    return {
        "max_pool2d_forward": max_pool2d_forward,
        "max_pool2d_backward": max_pool2d_backward,
        "avg_pool2d_forward": avg_pool2d_forward,
    }


@variant
def ties_are_shared():
    """Equal maxima of a window share its gradient."""

    def max_pool2d_backward(dout, cache):
        x, (ph, pw), stride = cache
        dx = np.zeros_like(x)
        for n, c, i, j in np.ndindex(*dout.shape):
            part = np.s_[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
            wins = x[part] == np.amax(x[part])
            dx[part] += dout[n, c, i, j] * wins / np.count_nonzero(wins)
        return dx

    return {"max_pool2d_backward": max_pool2d_backward}


# ── layout, precision, containers ──────────────────────────────────────────────────────────────


@variant
def channels_last_inside():
    """Images as (N, H, W, C) on the inside; what comes back are views with odd strides."""

    def forward(x, w, b, stride=1, pad=0):
        xl = np.pad(x.transpose(0, 2, 3, 1), ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        wl = w.transpose(2, 3, 1, 0)  # (HH, WW, C, F)
        Ho, Wo = (xl.shape[1] - len(wl)) // stride + 1, (xl.shape[2] - wl.shape[1]) // stride + 1
        out = np.empty((len(x), Ho, Wo, len(w)))
        for i, j in np.ndindex(Ho, Wo):
            window = xl[:, i * stride : i * stride + len(wl), j * stride : j * stride + wl.shape[1]]
            out[:, i, j] = np.tensordot(window, wl, axes=3) + b
        return out.transpose(0, 3, 1, 2), (xl, wl, stride, pad)

    def backward(dout, cache):
        xl, wl, stride, pad = cache
        dxl, dwl, dl = np.zeros(xl.shape), np.zeros(wl.shape), dout.transpose(0, 2, 3, 1)
        for i, j in np.ndindex(*dout.shape[2:]):
            window = np.s_[:, i * stride : i * stride + len(wl), j * stride : j * stride + wl.shape[1]]
            dxl[window] += np.tensordot(dl[:, i, j], wl, axes=(1, 3))
            dwl += np.tensordot(xl[window], dl[:, i, j], axes=(0, 0))
        dx = dxl[:, pad : xl.shape[1] - pad, pad : xl.shape[2] - pad].transpose(0, 3, 1, 2)
        return dx, dwl.transpose(3, 2, 0, 1), dl.sum(axis=(0, 1, 2))

    return _images(forward, backward)


@variant
def columns_first_in_memory():
    """Fortran order is a matter of memory, not of meaning."""
    return {name: _outputs(function, np.asfortranarray) for name, function in (CONVOLUTIONS | POOLS).items()}


@variant
def lists_and_a_dictionary():
    """Results in a list, and a cache that is a dictionary."""

    def forward_of(function):
        def run(*args):
            out, cache = function(*args)
            return [out, {"cache": cache, "shape": args[0].shape}]

        return run

    def backward_of(function):
        def run(dout, cache):
            found = function(dout, cache["cache"])
            return list(found) if isinstance(found, tuple) else found.reshape(cache["shape"])

        return run

    return {
        name: (forward_of if name.endswith("forward") else backward_of)(function)
        for name, function in (CONVOLUTIONS | POOLS).items()
    }


@variant
def a_class_for_each_layer():
    """The cache is an object that knows its own way back."""

    class Layer:
        def __init__(self, backward, cache):
            self.backward, self.cache = backward, cache

    def forward_of(name):
        forward, backward = (CONVOLUTIONS | POOLS)[name], (CONVOLUTIONS | POOLS)[name.replace("forward", "backward")]

        def run(*args, **kwargs):
            out, cache = forward(*args, **kwargs)
            return out, Layer(backward, cache)

        return run

    def backward(dout, layer):
        return layer.backward(dout, layer.cache)

    return {name: forward_of(name) if name.endswith("forward") else backward for name in (CONVOLUTIONS | POOLS)}


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; results come back as float32."""
    return _computed_in(np.float32)


@variant
def float32_inside():
    """Computed in single precision and returned as float64: less exact, not wrong."""
    return {name: _outputs(function, np.float64) for name, function in _computed_in(np.float32).items()}


def _computed_in(precision):
    """The reference on rounded arguments, its results rounded again: as exact as single precision can be."""

    def rounded(function):
        def run(*args):
            return function(*(arg.astype(precision) if isinstance(arg, np.ndarray) else arg for arg in args))

        return _outputs(run, precision)

    return {name: rounded(function) for name, function in (CONVOLUTIONS | POOLS).items()}


def _outputs(function, convert):
    """The function with its arrays converted; a cache is left alone."""

    def run(*args):
        found = function(*args)
        if isinstance(found, np.ndarray):
            return convert(found)
        return tuple(convert(part) if isinstance(part, np.ndarray) else part for part in found)

    return run
