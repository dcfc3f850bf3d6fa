"""Other correct ways to write `pooling`; every one must earn full points."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder import variant


@variant
def loops_over_windows():
    """Window by window, pixel by pixel."""

    def lp_pool2d_forward(x, p, pool=2, stride=2):
        N, C, H, W = x.shape
        ph, pw = pool if isinstance(pool, tuple) else (pool, pool)
        out = np.zeros((N, C, (H - ph) // stride + 1, (W - pw) // stride + 1))
        for n, c, i, j in np.ndindex(out.shape):
            window = x[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
            out[n, c, i, j] = (sum(abs(v) ** p for v in window.ravel()) / (ph * pw)) ** (1 / p)
        return out, (x, p, ph, pw, stride)

    def lp_pool2d_backward(dout, cache):
        x, p, ph, pw, stride = cache
        dx = np.zeros_like(x)
        for n, c, i, j in np.ndindex(dout.shape):
            rows, columns = range(i * stride, i * stride + ph), range(j * stride, j * stride + pw)
            mean = sum(abs(x[n, c, r, s]) ** p for r in rows for s in columns) / (ph * pw)
            if mean == 0:
                continue
            for r in rows:
                for s in columns:
                    slope = mean ** (1 / p - 1) * abs(x[n, c, r, s]) ** (p - 1) / (ph * pw)
                    dx[n, c, r, s] += dout[n, c, i, j] * math.copysign(slope, x[n, c, r, s])
        return dx

    return {"lp_pool2d_forward": lp_pool2d_forward, "lp_pool2d_backward": lp_pool2d_backward}


@variant
def loops_over_tiles():
    """Tile by tile; the first maximum gets the gradient."""

    def tile_pool2d_forward(x, span, kind):
        N, C, H, W = x.shape
        pool = {"max": np.max, "average": np.mean, "l2": lambda tile: np.sqrt(np.mean(np.square(tile)))}[kind]
        out = np.zeros((N, C, H // span, W // span))
        for n, c, i, j in np.ndindex(out.shape):
            out[n, c, i, j] = pool(x[n, c, i * span : (i + 1) * span, j * span : (j + 1) * span])
        return out, (x, span, kind)

    def tile_pool2d_backward(dout, cache):
        x, span, kind = cache
        dx = np.zeros(x.shape)
        for n, c, i, j in np.ndindex(dout.shape):
            tile = x[n, c, i * span : (i + 1) * span, j * span : (j + 1) * span]
            part = dx[n, c, i * span : (i + 1) * span, j * span : (j + 1) * span]
            if kind == "max":
                part[np.unravel_index(np.argmax(tile), tile.shape)] = dout[n, c, i, j]
            elif kind == "average":
                part[:] = dout[n, c, i, j] / span**2
            else:
                length = np.linalg.norm(tile)
                part[:] = dout[n, c, i, j] * tile / (length * span) if length > 0 else 0
        return dx

    return {"tile_pool2d_forward": tile_pool2d_forward, "tile_pool2d_backward": tile_pool2d_backward}


@variant
def loops_over_offsets():
    """Strided slices, one for each place in the window."""

    def lp_pool2d_forward(x, p, pool=2, stride=2):
        ph, pw = np.broadcast_to(pool, 2)
        h, w = (x.shape[2] - ph) // stride + 1, (x.shape[3] - pw) // stride + 1
        slices = [
            (slice(None), slice(None), slice(i, i + stride * h, stride), slice(j, j + stride * w, stride))
            for i in range(ph)
            for j in range(pw)
        ]
        total = 0
        for place in slices:
            total = total + np.abs(x[place]) ** p
        return (total / len(slices)) ** (1 / p), (x, p, total / len(slices), slices)

    def lp_pool2d_backward(dout, cache):
        x, p, mean, slices = cache
        with np.errstate(divide="ignore", invalid="ignore"):
            outer = np.where(mean > 0, mean ** (1 / p - 1), 0) * dout / len(slices)
        dx = np.zeros_like(x)
        for place in slices:
            dx[place] += outer * np.abs(x[place]) ** (p - 1) * np.sign(x[place])
        return dx

    def upsample_forward(x, factor):
        rows = np.zeros((*x.shape[:2], (x.shape[2] - 1) * factor + 1, x.shape[3]))
        for i in range(x.shape[2]):
            rows[:, :, i * factor] = x[:, :, i]
        out = np.zeros((*rows.shape[:3], (x.shape[3] - 1) * factor + 1))
        for j in range(x.shape[3]):
            out[..., j * factor] = rows[..., j]
        return out, (factor, x.shape)

    def upsample_backward(dout, cache):
        factor, shape = cache
        dx = np.empty(shape)
        for i, j in np.ndindex(shape[2:]):
            dx[:, :, i, j] = dout[:, :, i * factor, j * factor]
        return dx

    return {
        "lp_pool2d_forward": lp_pool2d_forward,
        "lp_pool2d_backward": lp_pool2d_backward,
        "upsample_forward": upsample_forward,
        "upsample_backward": upsample_backward,
    }


@variant
def guarded_division():
    """A constant of 1e-8 keeps 0 / 0 away, and is lost beside large numbers; the sign is x / abs(x)."""

    def lp_pool2d_forward(x, p, pool=2, stride=2):
        pool = (pool, pool) if np.ndim(pool) == 0 else tuple(pool)
        windows = sliding_window_view(x, pool, (2, 3))[:, :, ::stride, ::stride]
        top = np.abs(windows).max(axis=(-2, -1), keepdims=True)
        scaled = np.abs(windows) / (top + 1e-300)
        out = top[..., 0, 0] * (scaled**p).mean(axis=(-2, -1)) ** (1 / p)
        return out, (x, out, p, pool, stride)

    def lp_pool2d_backward(dout, cache):
        x, out, p, (ph, pw), stride = cache
        dx = np.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows, columns = slice(i * stride, i * stride + ph), slice(j * stride, j * stride + pw)
                window, result = x[:, :, rows, columns], out[:, :, i : i + 1, j : j + 1]
                weight = (np.abs(window) / (result + 1e-8)) ** (p - 2) if p >= 2 else None
                if weight is None:
                    weight = np.sign(window) * (np.abs(window) / (result + 1e-8)) ** (p - 1)
                else:
                    weight = weight * window / (result + 1e-8)
                dx[:, :, rows, columns] += dout[:, :, i : i + 1, j : j + 1] * weight / (ph * pw)
        return dx

    return {"lp_pool2d_forward": lp_pool2d_forward, "lp_pool2d_backward": lp_pool2d_backward}


@variant
def repeated_tiles():
    """np.repeat undoes the tiling; zeros are padded on where a remainder was dropped; ties share the gradient."""

    def tile_pool2d_forward(x, span, kind):
        n, c, h, w = x.shape
        whole = x[:, :, : h - h % span, : w - w % span]
        tiles = whole.reshape(n, c, h // span, span, w // span, span).transpose(0, 1, 2, 4, 3, 5)
        flat = tiles.reshape(n, c, h // span, w // span, span * span)
        if kind == "max":
            out = np.amax(flat, axis=-1)
        elif kind == "average":
            out = flat.sum(axis=-1) / span**2
        elif kind == "l2":
            out = np.sqrt(np.einsum("nchwk,nchwk->nchw", flat, flat)) / span
        else:
            raise ValueError(kind)
        return out, dict(x=x, whole=whole, out=out, span=span, kind=kind)

    def tile_pool2d_backward(dout, cache):
        span, whole = cache["span"], cache["whole"]

        def spread(a):
            return a.repeat(span, axis=2).repeat(span, axis=3)

        if cache["kind"] == "max":
            won = (whole == spread(cache["out"])).astype(float)
            n, c, h, w = whole.shape
            count = won.reshape(n, c, h // span, span, w // span, span).sum(axis=(3, 5))
            d = won * spread(dout / count)
        elif cache["kind"] == "average":
            d = spread(dout) / span / span
        else:
            d = spread(dout) * whole / (spread(cache["out"]) + 1e-12) / span**2
        down, across = (a - b for a, b in zip(cache["x"].shape[2:], d.shape[2:], strict=True))
        return np.pad(d, ((0, 0), (0, 0), (0, down), (0, across)))

    return {"tile_pool2d_forward": tile_pool2d_forward, "tile_pool2d_backward": tile_pool2d_backward}


@variant
def two_slices():
    """What stays is copied from one slice to another."""

    def shift(x, dy, dx):
        h, w = x.shape[-2:]
        out = np.zeros_like(x)
        if abs(dy) < h and abs(dx) < w:
            out[..., max(dy, 0) : h + min(dy, 0), max(dx, 0) : w + min(dx, 0)] = x[
                ..., max(-dy, 0) : h + min(-dy, 0), max(-dx, 0) : w + min(-dx, 0)
            ]
        return out

    return {"shift": shift}


@variant
def kronecker_products():
    """Upsampling is a Kronecker product cut off at the end; subsampling reads by indices."""

    def upsample_forward(x, factor):
        corner = np.zeros((factor, factor))
        corner[0, 0] = 1
        out = np.kron(x, corner)
        return out[:, :, : out.shape[2] - factor + 1, : out.shape[3] - factor + 1], (factor,)

    def upsample_backward(dout, cache):
        (factor,) = cache
        rows, columns = np.arange(0, dout.shape[2], factor), np.arange(0, dout.shape[3], factor)
        return dout[:, :, rows[:, None], columns]

    def shift(x, dy, dx):
        out = np.zeros(x.shape)
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                if 0 <= i - dy < x.shape[2] and 0 <= j - dx < x.shape[3]:
                    out[:, :, i, j] = x[:, :, i - dy, j - dx]
        return out

    return {"upsample_forward": upsample_forward, "upsample_backward": upsample_backward, "shift": shift}


@variant
def pyramid_by_loops():
    """Mirrored indices, rows first; levels in a tuple."""

    def gaussian_pyramid(x, levels):
        weights = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]

        def mirrored(i, size):
            if i < 0:
                return -i
            return i if i < size else 2 * size - 2 - i

        def blur(image):
            h, w = image.shape
            across = np.zeros((h, w))
            for j in range(w):
                for k in range(5):
                    across[:, j] += weights[k] * image[:, mirrored(j + k - 2, w)]
            both = np.zeros((h, w))
            for i in range(h):
                for k in range(5):
                    both[i] += weights[k] * across[mirrored(i + k - 2, h)]
            return both

        images = [x.copy()]
        for level in range(1, levels):
            images.append(blur(images[level - 1])[::2, ::2])
        return tuple(images)

    return {"gaussian_pyramid": gaussian_pyramid}


@variant
def pyramid_by_one_kernel():
    """One kernel of 5 x 5, only where a pixel is kept; a generator of levels."""

    def gaussian_pyramid(x, levels):
        line = np.array([1.0, 4.0, 6.0, 4.0, 1.0])
        kernel = np.outer(line, line) / 256
        for _ in range(levels):
            yield x
            if min(x.shape) >= 3:
                windows = sliding_window_view(np.pad(x, 2, "reflect"), (5, 5))[::2, ::2]
                x = np.tensordot(windows, kernel, axes=2)

    return {"gaussian_pyramid": gaussian_pyramid}


@variant
def recursive_pyramid():
    """A pyramid is its base and the pyramid of the next image; np.convolve blurs a line."""

    def gaussian_pyramid(x, levels):
        if levels == 1:
            return [x]

        def line(values):
            return np.convolve(np.pad(values, 2, mode="reflect"), [0.0625, 0.25, 0.375, 0.25, 0.0625], mode="valid")

        half = np.apply_along_axis(line, 0, np.apply_along_axis(line, 1, x))
        return [x, *gaussian_pyramid(half[::2, ::2], levels - 1)]

    return {"gaussian_pyramid": gaussian_pyramid}


@variant
def normalisation_by_slices():
    """The padded image is shifted and added up, once for each weight of the kernel."""

    def smoothed(x, kernel):
        (kh, kw), (h, w) = kernel.shape, x.shape[2:]
        padded = np.zeros((*x.shape[:2], h + kh - 1, w + kw - 1))
        padded[:, :, kh // 2 : kh // 2 + h, kw // 2 : kw // 2 + w] = x
        total = np.zeros_like(x)
        for i in range(kh):
            for j in range(kw):
                total += kernel[i, j] * padded[:, :, i : i + h, j : j + w]
        return total

    def subtractive_normalization(x, kernel):
        return x - smoothed(x, kernel), (kernel, x.shape)

    def subtractive_normalization_backward(dout, cache):
        kernel, (_, _, h, w) = cache
        kh, kw = kernel.shape
        dpadded = np.zeros((*dout.shape[:2], h + kh - 1, w + kw - 1))
        for i in range(kh):
            for j in range(kw):
                dpadded[:, :, i : i + h, j : j + w] -= kernel[i, j] * dout
        return dout + dpadded[:, :, kh // 2 : kh // 2 + h, kw // 2 : kw // 2 + w]

    def divisive_normalization(x, kernel, eps):
        deviation = smoothed(x * x, kernel) ** 0.5
        return np.where(deviation > eps, x / np.where(deviation > 0, deviation, 1), x / eps)

    return {
        "subtractive_normalization": subtractive_normalization,
        "subtractive_normalization_backward": subtractive_normalization_backward,
        "divisive_normalization": divisive_normalization,
    }


@variant
def normalisation_by_a_matrix():
    """One filter, 1 in the centre minus the kernel; the backward pass goes through the matrix of each axis pair."""

    def centred(kernel):
        taps = -kernel
        taps[kernel.shape[0] // 2, kernel.shape[1] // 2] += 1
        return taps

    def correlate(x, taps):
        kh, kw = taps.shape
        padded = np.pad(x, [(0, 0), (0, 0), (kh // 2,) * 2, (kw // 2,) * 2])
        return np.tensordot(sliding_window_view(padded, taps.shape, axis=(2, 3)), taps, axes=2)

    def subtractive_normalization(x, kernel):
        return correlate(x, centred(kernel)), kernel

    def subtractive_normalization_backward(dout, cache):
        return correlate(dout, np.flip(centred(cache)))

    def divisive_normalization(x, kernel, eps):
        out = np.empty_like(x)
        for n in range(len(x)):
            for c in range(x.shape[1]):
                variance = correlate(x[n : n + 1, c : c + 1] ** 2, kernel)[0, 0]
                out[n, c] = x[n, c] / np.sqrt(np.maximum(variance, eps**2))
        return out

    return {
        "subtractive_normalization": subtractive_normalization,
        "subtractive_normalization_backward": subtractive_normalization_backward,
        "divisive_normalization": divisive_normalization,
    }


@variant
def single_precision():
    """Single precision is what deep learning runs in; results come back as float32."""
    f = np.float32

    def lp_pool2d_forward(x, p, pool=2, stride=2):
        x, p = f(x), f(p)
        ph, pw = (pool, pool) if isinstance(pool, int) else pool
        windows = sliding_window_view(np.abs(x), (ph, pw), axis=(2, 3))[:, :, ::stride, ::stride]
        out = np.mean(windows**p, axis=(4, 5)) ** (f(1) / p)
        return out, (x, out, p, ph, pw, stride)

    def lp_pool2d_backward(dout, cache):
        x, out, p, ph, pw, stride = cache
        dx, dout = np.zeros_like(x), f(dout)
        for i, j in np.ndindex(*out.shape[2:]):
            place = np.s_[:, :, i * stride : i * stride + ph, j * stride : j * stride + pw]
            o, g = out[:, :, i, j, None, None], dout[:, :, i, j, None, None]
            part = np.divide(np.abs(x[place]), o, out=np.zeros_like(x[place]), where=o > 0)
            dx[place] += g * np.sign(x[place]) * part ** (p - f(1)) / f(ph * pw)
        return dx

    def upsample_forward(x, factor):
        h, w = x.shape[2:]
        out = np.zeros((*x.shape[:2], (h - 1) * factor + 1, (w - 1) * factor + 1), dtype=f)
        out[..., ::factor, ::factor] = x
        return out, factor

    def upsample_backward(dout, cache):
        return f(dout)[..., ::cache, ::cache]

    def divisive_normalization(x, kernel, eps):
        x, kernel = f(x), f(kernel)
        kh, kw = kernel.shape
        padded = np.pad(x**2, ((0, 0), (0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2)))
        low = np.einsum("nchwij,ij->nchw", sliding_window_view(padded, (kh, kw), axis=(2, 3)), kernel)
        return x / np.maximum(np.sqrt(low), f(eps))

    return {
        "lp_pool2d_forward": lp_pool2d_forward,
        "lp_pool2d_backward": lp_pool2d_backward,
        "upsample_forward": upsample_forward,
        "upsample_backward": upsample_backward,
        "divisive_normalization": divisive_normalization,
    }
