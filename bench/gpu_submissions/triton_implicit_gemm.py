"""A convolution as one matrix product whose left side is never written down: for out, for dx and for dw."""

import triton
import triton.language as tl

PIXELS, FILTERS, DEPTH = 128, 64, 32
CHUNK = 8192  # pixels that one program adds up for dw; what the programs find is added afterwards


@triton.jit
def convolve(
    x, w, b, out, N, C, H, W, F, rows, columns, stride, pad,
    HH: tl.constexpr, WW: tl.constexpr, PIXELS: tl.constexpr, FILTERS: tl.constexpr, DEPTH: tl.constexpr,
):  # fmt: skip
    pixel = tl.program_id(0) * PIXELS + tl.arange(0, PIXELS)
    f = tl.program_id(1) * FILTERS + tl.arange(0, FILTERS)
    n, place = pixel // (rows * columns), pixel % (rows * columns)
    top, left = place // columns * stride - pad, place % columns * stride - pad
    taps = C * HH * WW
    total = tl.zeros((PIXELS, FILTERS), dtype=tl.float32)
    for start in range(0, taps, DEPTH):
        tap = start + tl.arange(0, DEPTH)
        c, p, q = tap // (HH * WW), tap // WW % HH, tap % WW
        i, j = top[:, None] + p[None, :], left[:, None] + q[None, :]
        inside = (i >= 0) & (i < H) & (j >= 0) & (j < W) & (n < N)[:, None] & (tap < taps)[None, :]
        seen = tl.load(x + ((n[:, None] * C + c[None, :]) * H + i) * W + j, mask=inside, other=0.0)
        there = (tap < taps)[:, None] & (f < F)[None, :]
        kernel = tl.load(w + f[None, :] * taps + tap[:, None], mask=there, other=0.0)
        total = tl.dot(seen, kernel, total, input_precision="ieee")
    total += tl.load(b + f, mask=f < F, other=0.0)[None, :]
    where = (n[:, None] * F + f[None, :]) * rows * columns + place[:, None]
    tl.store(out + where, total, mask=(n < N)[:, None] & (f < F)[None, :])


@triton.jit
def correlate(
    x, dout, parts, N, C, H, W, F, rows, columns, stride, pad,
    HH: tl.constexpr, WW: tl.constexpr, CHUNK: tl.constexpr,
    FILTERS: tl.constexpr, TAPS: tl.constexpr, DEPTH: tl.constexpr,
):  # fmt: skip
    f = tl.program_id(0) * FILTERS + tl.arange(0, FILTERS)
    tap = tl.program_id(1) * TAPS + tl.arange(0, TAPS)
    taps = C * HH * WW
    c, p, q = tap // (HH * WW), tap // WW % HH, tap % WW
    total = tl.zeros((FILTERS, TAPS), dtype=tl.float32)
    for start in range(0, CHUNK, DEPTH):
        pixel = tl.program_id(2) * CHUNK + start + tl.arange(0, DEPTH)
        n, place = pixel // (rows * columns), pixel % (rows * columns)
        here = (n < N)[None, :] & (f < F)[:, None]
        grads = tl.load(dout + (n[None, :] * F + f[:, None]) * rows * columns + place[None, :], mask=here, other=0.0)
        i = (place // columns * stride - pad)[:, None] + p[None, :]
        j = (place % columns * stride - pad)[:, None] + q[None, :]
        inside = (i >= 0) & (i < H) & (j >= 0) & (j < W) & (n < N)[:, None] & (tap < taps)[None, :]
        seen = tl.load(x + ((n[:, None] * C + c[None, :]) * H + i) * W + j, mask=inside, other=0.0)
        total = tl.dot(grads, seen, total, input_precision="ieee")
    where = (tl.program_id(2) * F + f[:, None]) * taps + tap[None, :]
    tl.store(parts + where, total, mask=(f < F)[:, None] & (tap < taps)[None, :])


def product(x, w, b, stride, pad):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    rows, columns = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    out = x.new_empty(N, F, rows, columns)
    grid = (triton.cdiv(N * rows * columns, PIXELS), triton.cdiv(F, FILTERS))
    convolve[grid](x, w, b, out, N, C, H, W, F, rows, columns, stride, pad, HH, WW, PIXELS, FILTERS, DEPTH, num_warps=8)
    return out


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    x, w = x.contiguous(), w.contiguous()
    return product(x, w, b, stride, pad), (x, w, stride, pad)


def conv2d_fast_backward(dout, cache):
    x, w, stride, pad = cache
    dout = dout.contiguous()
    return input_gradient(dout, x, w, stride, pad), filter_gradient(dout, x, w, stride, pad), dout.sum(dim=(0, 2, 3))


def input_gradient(dout, x, w, stride, pad):
    """A convolution of dout, spread out by the stride, with each kernel turned by half a circle."""
    N, _, H, W = x.shape
    F, C, HH, WW = w.shape
    spread = dout
    if stride > 1:
        spread = dout.new_zeros(N, F, H + 2 * pad - HH + 1, W + 2 * pad - WW + 1)
        spread[:, :, ::stride, ::stride] = dout
    turned = w.flip(2, 3).transpose(0, 1).contiguous()
    return product(spread, turned, dout.new_zeros(C), 1, HH - 1 - pad)


def filter_gradient(dout, x, w, stride, pad):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    rows, columns = dout.shape[2:]
    chunks, taps = triton.cdiv(N * rows * columns, CHUNK), C * HH * WW
    parts = x.new_empty(chunks, F, taps)
    grid = (triton.cdiv(F, 64), triton.cdiv(taps, 64), chunks)
    correlate[grid](
        x, dout, parts, N, C, H, W, F, rows, columns, stride, pad, HH, WW, CHUNK, 64, 64, DEPTH, num_warps=4
    )
    return parts.sum(dim=0).reshape(w.shape)
