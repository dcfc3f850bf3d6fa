# %% [markdown]
# # Pooling: what a layer may forget
#
# A convolution says *where* something is. Most of what comes after it wants to know *whether* it is there, and cares little
# about the exact pixel. Pooling makes that trade: it replaces a neighbourhood by one number. This notebook builds the
# kinds of pooling that the lectures show, the steps between resolutions (up, and down a pyramid), and the two
# normalisations that early networks put between their layers.
#
# Images are arrays (N, C, H, W): N examples with C channels. Each channel is treated alone, by the same rule. Forward
# functions return `out` and a cache, which is your own business; backward functions take `dout`, the gradient of the loss
# with respect to `out`, and this cache. Leave all arguments as they are.

# %%
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# %% [markdown]
# ## Between average and maximum: Lp pooling
#
# With a window of $n$ numbers, let
#
# $$\text{out} = \Big( \frac1n \sum_i |x_i|^p \Big)^{1/p}, \qquad p \ge 1.$$
#
# $p = 1$ is the average of absolute values, $p = 2$ the root of the mean square, and for large $p$ the largest absolute
# value wins. (PyTorch's `LPPool2d` has the sum in the place of the mean.)
#
# The gradient has a form that needs no large powers. With $a_i = |x_i|$,
#
# $$\frac{\partial\, \text{out}}{\partial x_i} = \frac1n \operatorname{sign}(x_i) \Big( \frac{a_i}{\text{out}} \Big)^{p-1}.$$
#
# A window of zeros has out = 0, and the formula divides 0 by 0. The kink at 0 has 0 as one of its slopes, and that is what
# we take: **a window of zeros gets the gradient 0**.
#
# Windows start at every `stride`-th pixel and lie inside the image. They may overlap: then a pixel is in several windows,
# and its gradients *add up*.


# %% nbgrader={"grade": false, "grade_id": "lp_pool2d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lp_pool2d_forward(x, p, pool=2, stride=2):
    """Pool each window to the p-th root of the mean of abs(x)^p.

    x: (N, C, H, W)
    p: a float, at least 1
    pool: the window, an int or a pair (height, width)
    stride: step between windows, an int, in both directions

    Returns out (N, C, H', W') with H' = (H - height) // stride + 1, likewise W', and a cache for `lp_pool2d_backward`.
    """
    ### BEGIN SOLUTION
    height, width = (pool, pool) if isinstance(pool, int) else pool
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    out = np.mean(np.abs(windows) ** p, axis=(4, 5)) ** (1 / p)
    return out, (x, out, p, (height, width), stride)
    ### END SOLUTION


def lp_pool2d_backward(dout, cache):
    """Pass a gradient back through Lp pooling. A window of zeros gets the gradient 0.

    dout: (N, C, H', W'), gradient of the loss with respect to out
    cache: what `lp_pool2d_forward` returned

    Returns dx (N, C, H, W).
    """
    ### BEGIN SOLUTION
    x, out, p, (height, width), stride = cache
    scale = np.where(out > 0, out, 1.0)  # where out is 0 every x is, too, and so is its sign
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*out.shape[2:]):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + height, left : left + width]
        ratio = np.abs(window) / scale[:, :, i, j, None, None]
        slope = np.sign(window) * ratio ** (p - 1) / (height * width)
        dx[:, :, top : top + height, left : left + width] += dout[:, :, i, j, None, None] * slope
    return dx
    ### END SOLUTION


# %% [markdown]
# ### From mean to maximum
#
# Set `draw` to True in the next cell (it needs matplotlib, and is not graded) to see what a window of 0.2, 0.5, 0.9 and 1
# is pooled to as $p$ grows.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    window = np.array([0.2, 0.5, 0.9, 1.0]).reshape(1, 1, 2, 2)
    powers = np.linspace(1, 40, 80)
    plt.plot(powers, [lp_pool2d_forward(window, p)[0].item() for p in powers])
    plt.axhline(window.max(), linestyle=":")
    plt.axhline(window.mean(), linestyle=":")
    plt.xlabel("p")
    plt.show()

# %% [markdown]
# ## Tiles
#
# Most pooling layers have windows that neither overlap nor leave gaps: the stride is the span, and the image falls into
# square tiles. What is left over at the right and at the bottom is dropped, and its gradient is 0.
#
# Three kinds: the maximum, whose gradient goes to the pixel that won (with ties any convention will do), the average, whose
# gradient is shared equally, and "l2", the root of the mean of squares, whose gradient is 0 in a tile of zeros.


# %% nbgrader={"grade": false, "grade_id": "tile_pool2d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tile_pool2d_forward(x, span, kind):
    """Pool tiles of span x span pixels. What is left over at the right and at the bottom is dropped.

    x: (N, C, H, W)
    span: side of a tile, an int
    kind: "max", "average" or "l2", the root of the mean of squares

    Returns out (N, C, H // span, W // span) and a cache for `tile_pool2d_backward`.
    """
    ### BEGIN SOLUTION
    n, c, h, w = x.shape
    rows, columns = h // span, w // span
    tiles = x[:, :, : rows * span, : columns * span].reshape(n, c, rows, span, columns, span)
    if kind == "max":
        out = tiles.max(axis=(3, 5))
    elif kind == "average":
        out = tiles.mean(axis=(3, 5))
    else:
        out = np.sqrt((tiles**2).mean(axis=(3, 5)))
    return out, (x.shape, tiles, out, kind)
    ### END SOLUTION


def tile_pool2d_backward(dout, cache):
    """Pass a gradient back through tile pooling.

    dout: (N, C, H // span, W // span), gradient of the loss with respect to out
    cache: what `tile_pool2d_forward` returned

    Returns dx (N, C, H, W), which is 0 for pixels that were dropped.
    """
    ### BEGIN SOLUTION
    shape, tiles, out, kind = cache
    _, _, rows, span, columns, _ = tiles.shape
    dout, out = dout[:, :, :, None, :, None], out[:, :, :, None, :, None]
    if kind == "max":
        slope = tiles == out
    elif kind == "average":
        slope = np.full(tiles.shape, 1 / span**2)
    else:
        slope = tiles / np.where(out > 0, out, 1.0) / span**2
    dx = np.zeros(shape)
    dx[:, :, : rows * span, : columns * span] = (dout * slope).reshape(*shape[:2], rows * span, columns * span)
    return dx
    ### END SOLUTION


# %% [markdown]
# ## A stride below 1
#
# A layer with stride 2 halves the resolution. To go the other way, think of a stride of ½: put `factor - 1` zeros between
# neighbouring pixels, and let a convolution fill them in. (Transposed convolution is exactly this.) There are no zeros
# behind the last pixel, so H becomes $(H - 1) \cdot \text{factor} + 1$.
#
# The backward pass is subsampling: it picks the places where the pixels went. The two are **adjoint**: the sum of
# $\text{up}(x) \cdot y$ is that of $x \cdot \text{down}(y)$, for any $x$ and $y$.


# %% nbgrader={"grade": false, "grade_id": "upsample", "locked": false, "schema_version": 3, "solution": true, "task": false}
def upsample_forward(x, factor):
    """Put factor - 1 zeros between neighbouring pixels, in both directions.

    x: (N, C, H, W)
    factor: an int, at least 1

    Returns out (N, C, (H - 1) * factor + 1, (W - 1) * factor + 1) and a cache for `upsample_backward`.
    """
    ### BEGIN SOLUTION
    n, c, h, w = x.shape
    out = np.zeros((n, c, (h - 1) * factor + 1, (w - 1) * factor + 1))
    out[:, :, ::factor, ::factor] = x
    return out, factor
    ### END SOLUTION


def upsample_backward(dout, cache):
    """Pass a gradient back through upsampling.

    dout: (N, C, (H - 1) * factor + 1, (W - 1) * factor + 1), gradient of the loss with respect to out
    cache: what `upsample_forward` returned

    Returns dx (N, C, H, W).
    """
    ### BEGIN SOLUTION
    factor = cache
    return dout[:, :, ::factor, ::factor].copy()
    ### END SOLUTION


# %% [markdown]
# ## Down a pyramid
#
# Whoever keeps every second pixel of a fine pattern gets another pattern: aliasing. Blur first. The binomial filter
# $\tfrac1{16} (1, 4, 6, 4, 1)$ along the rows and along the columns is nearly a Gaussian, and its weights sum to 1, so a flat
# image stays flat.
#
# At the edges the filter looks outside. Mirror the image there, **without repeating the edge pixel**: … c b | a b c … Then
# the weights sum to 1 there as well. Repeat blurring and subsampling, and you have the Gaussian pyramid: a list of images,
# from fine to coarse, in which an object of any size is small somewhere.


# %% nbgrader={"grade": false, "grade_id": "gaussian_pyramid", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gaussian_pyramid(x, levels):
    """Blur with 1/16 (1, 4, 6, 4, 1) along both axes, keep every second row and column from the first on, and repeat.

    x: (H, W), one image; every image that is blurred has sides of at least 3
    levels: how many images to return, at least 1

    Returns a list of `levels` arrays: x first, then ceil(H / 2) x ceil(W / 2) and so on. Edges are mirrored, without
    repeating the edge pixel.
    """
    ### BEGIN SOLUTION
    weights = np.array([1, 4, 6, 4, 1]) / 16
    pyramid = [x]
    while len(pyramid) < levels:
        padded = np.pad(pyramid[-1], 2, mode="reflect")
        blurred = sliding_window_view(padded, 5, axis=0) @ weights
        blurred = sliding_window_view(blurred, 5, axis=1) @ weights
        pyramid.append(blurred[::2, ::2])
    return pyramid
    ### END SOLUTION


# %% [markdown]
# ## Normalising a neighbourhood
#
# Brightness and contrast of a photograph say little about what is in it. Two layers take them out, pixel by pixel,
# compared with the pixel's own neighbourhood. What the neighbourhood is says a small kernel; its weighted mean at each
# place is the **low-pass version** of the image. The function that computes it is given: a cross-correlation (the kernel is
# not turned), with zeros around the image, for each channel alone.


# %%
def low_pass(x, kernel):
    """Slide the kernel over each channel, with zeros around the image.

    x: (N, C, H, W)
    kernel: (kh, kw), both odd

    Returns (N, C, H, W).
    """
    above, left = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(x, ((0, 0), (0, 0), (above, above), (left, left)))
    return np.einsum("nchwij,ij->nchw", sliding_window_view(padded, kernel.shape, axis=(2, 3)), kernel)


# %% [markdown]
# **Subtractive** normalisation takes the neighbourhood's mean off, out = x − low-pass(x); the kernel's weights sum to 1. It is
# linear in x, so its gradient is the adjoint: each dout passes −kernel weights back to the pixels that the kernel saw, which
# is a low-pass of dout **with the kernel turned** by half a turn.
#
# **Divisive** normalisation then divides by the neighbourhood's standard deviation, $\sqrt{\text{low-pass}(x^2)}$, but not by
# less than eps: in flat regions there is only noise, and nobody wants it blown up.


# %% nbgrader={"grade": false, "grade_id": "normalization", "locked": false, "schema_version": 3, "solution": true, "task": false}
def subtractive_normalization(x, kernel):
    """Take the low-pass version off.

    x: (N, C, H, W)
    kernel: (kh, kw), both odd, with sum 1; it need not be symmetric

    Returns out (N, C, H, W) and a cache for `subtractive_normalization_backward`.
    """
    ### BEGIN SOLUTION
    return x - low_pass(x, kernel), kernel
    ### END SOLUTION


def subtractive_normalization_backward(dout, cache):
    """Pass a gradient back through subtractive normalisation.

    dout: (N, C, H, W), gradient of the loss with respect to out
    cache: what `subtractive_normalization` returned

    Returns dx (N, C, H, W).
    """
    ### BEGIN SOLUTION
    kernel = cache
    return dout - low_pass(dout, kernel[::-1, ::-1])
    ### END SOLUTION


def divisive_normalization(x, kernel, eps):
    """Divide by the root of the low-pass version of x^2, or by eps where that is larger.

    x: (N, C, H, W)
    kernel: (kh, kw), both odd, no weight below 0
    eps: > 0

    Returns out (N, C, H, W).
    """
    ### BEGIN SOLUTION
    deviation = np.sqrt(low_pass(x**2, kernel))
    return x / np.maximum(eps, deviation)
    ### END SOLUTION


# %% [markdown]
# ## What pooling forgets
#
# Move an image by a pixel, and ask what pooling makes of it. For images without negative pixels, a maximum that stays in its
# tile leaves the pooled image **exactly** as it was: max pooling is invariant to such small shifts. The average is, too; a
# shift across the border of a tile changes both.


# %% nbgrader={"grade": false, "grade_id": "shift", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shift(x, dy, dx):
    """Move images by whole pixels. Zeros come in, and what is pushed over the border is lost.

    x: (N, C, H, W)
    dy: rows, an int: down where it is above 0, up where it is below
    dx: columns, an int: to the right where it is above 0, to the left where it is below

    Returns (N, C, H, W), a new array. A shift by H rows or W columns or more leaves zeros alone.
    """
    ### BEGIN SOLUTION
    h, w = x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (h, h), (w, w)))
    top, left = (min(max(size - by, 0), 2 * size) for size, by in ((h, dy), (w, dx)))
    return padded[:, :, top : top + h, left : left + w].copy()
    ### END SOLUTION


# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    spots = np.random.default_rng(3).random((1, 1, 16, 16)) ** 12
    _, axes = plt.subplots(2, 3)
    for row, kind in enumerate(("max", "average")):
        for column, across in enumerate((0, 1, 4)):
            pooled, _ = tile_pool2d_forward(shift(spots, 0, across), 4, kind)
            axes[row, column].imshow(pooled[0, 0], vmin=0, vmax=1, cmap="gray")
            axes[row, column].set_title(f"{kind}, {across} to the right")
    plt.show()
