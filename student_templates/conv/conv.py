# %% [markdown]
# # Convolution and pooling by hand
#
# An affine layer on a 200 × 200 image needs 40 000 weights for every unit, and has to learn anew in each corner what an
# edge looks like. Two ideas cure both:
#
# - **Look locally.** A unit sees a small window of the image only, of 3 × 3 pixels, say.
# - **Share the weights.** All units use the same 3 × 3 numbers, each on its own window: a *kernel* that slides over the
#   image. Move what is in the image by a pixel, and the output moves by a pixel.
#
# In deep learning the sliding sum
#
# $$\text{out}_{nfij} = b_f + \sum_{c,p,q} \text{x}_{n,\,c,\;i s + p,\;j s + q}\; w_{fcpq}$$
#
# is called a convolution. In mathematics it is a cross-correlation, and a convolution turns the kernel by 180° first;
# **here the kernel is not turned**. A kernel with a single 1 in its centre returns the image, with the 1 elsewhere it shifts it.
#
# An image has several *channels* c (colours; later, features), and a layer several *filters* f, each with a kernel for
# every channel: a filter **sums over all channels** and gives one channel of the output.
#
# **The geometry.** `stride` s is the step from one window to the next. `pad` lines of zeros are put around the image
# first, on all four sides, so that an H × W image becomes H + 2·pad by W + 2·pad. Windows must lie wholly inside, so of
# height HH there is room for
#
# $$H' = \left\lfloor \frac{H + 2\,\text{pad} - HH}{s} \right\rfloor + 1$$
#
# of them: one, and another for each step that fits. If the stride does not divide evenly, the last rows are not used.
# With stride 1 and pad = (HH − 1) / 2 the output is as large as the input; that is called "same" padding.
#
# LeNet-5 as an exercise in this formula: a 32 × 32 image becomes (6, 28, 28) by six 5 × 5 kernels, (6, 14, 14) by 2 × 2
# pooling, (16, 10, 10) by sixteen 5 × 5 kernels, (16, 5, 5) by pooling: 400 numbers, from which affine layers of
# 120, 84 and 10 units go on. And a unit above three 3 × 3 layers sees 7 × 7 pixels, with fewer weights than one
# 7 × 7 kernel has.
#
# Three habits for this assignment:
#
# 1. **Try sizes that are all different**, such as 2 images of 3 channels and 5 × 7 pixels with 4 filters of 3 × 2. A
#    swapped axis is invisible when height and width agree.
# 2. **Try stride 2, and padding 0 and 2**, not only the one setting in front of you. `a[:, :, p:-p]` is *empty* for p = 0.
# 3. **A pixel lies in several windows, so its gradient is a sum**: add (`+=`), never assign.

# %%
import numpy as np


# %% [markdown]
# ## Convolution of images
#
# Going forward, visit the windows: in each one, multiply with the kernel and sum over channels, rows and columns.
#
# Going back, visit the same windows. The formula above multiplies $x$ with $w$, so a window whose output has the
# gradient `dout[n, f, i, j]`
#
# - gives `dout * w[f]` to the pixels in it, *added* to what they got from other windows. Work on the padded image, and
#   cut the padding off at the end;
# - gives `dout * window` to the kernel `w[f]`. The kernel is used in all windows of all images: a sum again;
# - gives `dout` to the bias `b[f]`.

# %%
def conv2d_forward(x, w, b, stride=1, pad=0):
    """Slide F filters over N images (cross-correlation: the kernel is not turned).

    x: (N, C, H, W), images
    w: (F, C, HH, WW), filters
    b: (F,), a bias for each filter
    stride: step between windows, in both directions
    pad: lines of zeros put around each image, on all four sides

    Returns out (N, F, H', W') with H' = (H + 2 * pad - HH) // stride + 1, likewise W', and a cache for `conv2d_backward`.
    """
    raise NotImplementedError("conv2d_forward is not written yet")


def conv2d_backward(dout, cache):
    """Pass a gradient back through a convolution.

    dout: (N, F, H', W'), gradient of the loss with respect to out
    cache: what `conv2d_forward` returned

    Returns dx (N, C, H, W), dw (F, C, HH, WW), db (F,).
    """
    raise NotImplementedError("conv2d_backward is not written yet")


# %% [markdown]
# ## Convolution of sequences
#
# The same with one axis fewer: sound, text, prices. There is another way to order the sum. Instead of visiting windows,
# visit the K numbers of the kernel: kernel position k meets the sequence shifted by k, so the output is a sum of K
# shifted (and strided) copies of x, each mixed over the channels by the matrix `w[:, :, k]`. The loop now has as many
# turns as the *kernel* is long, which is usually far fewer than there are windows.

# %%
def conv1d_forward(x, w, b, stride=1, pad=0):
    """Slide F filters over N sequences (cross-correlation).

    x: (N, C, L), sequences
    w: (F, C, K), filters
    b: (F,), a bias for each filter
    stride: step between windows
    pad: zeros put before and after each sequence

    Returns out (N, F, L') with L' = (L + 2 * pad - K) // stride + 1, and a cache for `conv1d_backward`.
    """
    raise NotImplementedError("conv1d_forward is not written yet")


def conv1d_backward(dout, cache):
    """Pass a gradient back through a convolution of sequences.

    dout: (N, F, L'), gradient of the loss with respect to out
    cache: what `conv1d_forward` returned

    Returns dx (N, C, L), dw (F, C, K), db (F,).
    """
    raise NotImplementedError("conv1d_backward is not written yet")


# %% [markdown]
# ## Pooling
#
# After a convolution has found its features, their exact place matters little. Pooling keeps one number of each window,
# channel by channel: the largest, or the average. It has nothing to learn, and an image that moves by a pixel changes
# little in it.
#
# `pool` is the size of a window: a number for a square, or a pair (height, width). Windows may overlap
# (`stride` < `pool`) or leave gaps (`stride` > `pool`); there is no padding.
#
# Going back, the *average* hands each of its n pixels dout / n. The *maximum* hands everything to the pixel that won, in
# the place where it stood, for moving another pixel a little changes nothing. Where windows overlap, one pixel
# can win several times: add. If two pixels of a window share the maximum, you may choose the first, all of them, or split
# the gradient among them.
#
# Beware of starting a search for the maximum at 0: a window may hold negative numbers only.

# %%
def max_pool2d_forward(x, pool=2, stride=2):
    """Take the largest number of each window, in each channel.

    x: (N, C, H, W)
    pool: height and width of a window: a number, or a pair (ph, pw)
    stride: step between windows, in both directions

    Returns out (N, C, H', W') with H' = (H - ph) // stride + 1, likewise W', and a cache for `max_pool2d_backward`.
    """
    raise NotImplementedError("max_pool2d_forward is not written yet")


def max_pool2d_backward(dout, cache):
    """Pass a gradient back through max pooling.

    dout: (N, C, H', W')
    cache: what `max_pool2d_forward` returned

    Returns dx (N, C, H, W).
    """
    raise NotImplementedError("max_pool2d_backward is not written yet")


# %%
def avg_pool2d_forward(x, pool=2, stride=2):
    """Take the average of each window, in each channel.

    x: (N, C, H, W)
    pool: height and width of a window: a number, or a pair (ph, pw)
    stride: step between windows, in both directions

    Returns out (N, C, H', W'), in the shape that max pooling gives, and a cache for `avg_pool2d_backward`.
    """
    raise NotImplementedError("avg_pool2d_forward is not written yet")


def avg_pool2d_backward(dout, cache):
    """Pass a gradient back through average pooling.

    dout: (N, C, H', W')
    cache: what `avg_pool2d_forward` returned

    Returns dx (N, C, H, W).
    """
    raise NotImplementedError("avg_pool2d_backward is not written yet")


# %% [markdown]
# ## A fast convolution
#
# A matrix product is the fastest thing that a computer does, so make the convolution one. Write every window as a
# column of C·HH·WW numbers (`im2col`), and every filter as a row of as many: the product of the two matrices holds
# all outputs at once. `np.lib.stride_tricks.sliding_window_view` finds the windows without a loop.
#
# Take care with the axes. The columns must list channel, row and column in the order in which `w.reshape(F, -1)` does,
# and a result that comes out as (F, N, H', W') must be *transposed* to (N, F, H', W'): a reshape would mix the images.
#
# Going back, `dw` is a matrix product, and so is the gradient of all the columns; adding each to its place in the image
# takes one more loop, over the HH·WW kernel positions only. (`dx[rows, columns] += ...` with arrays of indices
# would not do: NumPy adds only once where an index occurs twice.)
#
# Same contract as `conv2d_forward` and `conv2d_backward`. It is also timed.

# %%
def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    """Compute what `conv2d_forward` computes, fast.

    x: (N, C, H, W), w: (F, C, HH, WW), b: (F,), stride and pad as there

    Returns out (N, F, H', W') and a cache for `conv2d_fast_backward`.
    """
    raise NotImplementedError("conv2d_fast_forward is not written yet")


def conv2d_fast_backward(dout, cache):
    """Compute what `conv2d_backward` computes, fast.

    dout: (N, F, H', W')
    cache: what `conv2d_fast_forward` returned

    Returns dx (N, C, H, W), dw (F, C, HH, WW), db (F,).
    """
    raise NotImplementedError("conv2d_fast_backward is not written yet")

# %% [markdown]
# Check your work with: autograder check conv conv.py
