"""What students get wrong in `conv`: each function is a known-wrong entry point, its docstring what a teacher says.

Most are the reference's result with the mistake put in, so that nothing but the mistake is wrong. Where they come from:
the misconceptions that 1,240 published student solutions of five courses show, and what follows from the formulas.
"""

import numpy as np

from autograder import mistake

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

# ── convolution of images, forward ────────────────────────────────────────────────────────────────


@mistake("conv2d_forward", caught_by=("plain", "values", "pointwise"))
def bias_forgotten(x, w, b, stride=1, pad=0):
    """You never add the bias: add b[f] to every output of filter f."""
    return conv2d_forward(x, w, 0 * b, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def bias_once_per_channel(x, w, b, stride=1, pad=0):
    """You add the bias inside the loop over the channels, so it counts C times: add it once, after the sum."""
    return conv2d_forward(x, w, w.shape[1] * b, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def bias_once_per_weight(x, w, b, stride=1, pad=0):
    """You add the bias before you sum the window, so it counts for every weight: add it once, after the sum."""
    return conv2d_forward(x, w, w[0].size * b, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values", "known_answer", "shift"))
def kernel_turned(x, w, b, stride=1, pad=0):
    """You turn the kernel by 180° before you slide it: what is asked for is cross-correlation, so use w as it is."""
    out, _ = conv2d_forward(x, w[:, :, ::-1, ::-1], b, stride, pad)
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values", "pointwise", "lenet"))
def last_channel_only(x, w, b, stride=1, pad=0):
    """Each channel overwrites the one before, so only the last one counts: add up all channels (+=, not =)."""
    out, _ = conv2d_forward(x[:, -1:], w[:, -1:], b, stride, pad)
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def window_averaged(x, w, b, stride=1, pad=0):
    """You take the mean of window * kernel where the sum is asked for, which is C * HH * WW times too small."""
    out, _ = conv2d_forward(x, w / w[0].size, b, stride, pad)
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def filters_added_up(x, w, b, stride=1, pad=0):
    """You add up the results of all filters: each filter gives an output channel of its own."""
    out, cache = conv2d_forward(x, w, b, stride, pad)
    return out.sum(axis=1, keepdims=True) + np.zeros_like(out), cache


@mistake("conv2d_forward", caught_by=("plain", "values"))
def first_image_only(x, w, b, stride=1, pad=0):
    """You use the first image for the whole batch: index x with the loop's n, not with 0."""
    out, _ = conv2d_forward(x[:1].repeat(len(x), axis=0), w, b, stride, pad)
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def pad_always_one(x, w, b, stride=1, pad=0):
    """You pad with one line of zeros whatever pad is: use the argument, which may also be 0 or 2."""
    return conv2d_forward(x, w, b, stride, 1)


@mistake("conv2d_forward", caught_by=("values", "identity", "padding"))
def pad_ignored(x, w, b, stride=1, pad=0):
    """You do not pad at all: put `pad` lines of zeros on all four sides of each image first."""
    return conv2d_forward(x, w, b, stride, 0)


@mistake("conv2d_forward", caught_by=("values", "identity", "padding"))
def pad_behind_only(x, w, b, stride=1, pad=0):
    """You put all the zeros below and to the right: pad lines belong on each of the four sides."""
    behind = ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad))
    out, _ = conv2d_forward(np.pad(x, behind), w, b, stride, 0)
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("values", "padding"))
def padded_with_edges(x, w, b, stride=1, pad=0):
    """You repeat the edge of the image where zeros are asked for: np.pad pads with zeros unless you give a mode."""
    out, _ = conv2d_forward(_padded(x, pad, mode="edge"), w, b, stride, 0)
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("values", "identity", "padding"))
def pad_counted_once(x, w, b, stride=1, pad=0):
    """You count the padding once in the size of out: it is on both sides, so H' = (H + 2 * pad - HH) // stride + 1."""
    rows = (x.shape[2] + pad - w.shape[2]) // stride + 1
    columns = (x.shape[3] + pad - w.shape[3]) // stride + 1
    return _slide(_padded(x, pad), w, b, stride, (rows, columns)), _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("values", "subsample"))
def stride_missing_in_windows(x, w, b, stride=1, pad=0):
    """Your out has the right size, but windows move by one: window (i, j) starts at (i * stride, j * stride)."""
    (dense, _), cache = conv2d_forward(x, w, b, 1, pad), _cache(x, w, stride, pad)
    rows, columns = _sizes(x, w, stride, pad)
    return dense[:, :, :rows, :columns], cache


@mistake("conv2d_forward", caught_by=("values", "subsample"))
def stride_on_rows_only(x, w, b, stride=1, pad=0):
    """You step by stride from row to row, but by one from column to column: both take the stride."""
    (dense, _), cache = conv2d_forward(x, w, b, 1, pad), _cache(x, w, stride, pad)
    _, columns = _sizes(x, w, stride, pad)
    return dense[:, :, ::stride, :columns], cache


@mistake("conv2d_forward", caught_by="values")
def stride_inside_the_window(x, w, b, stride=1, pad=0):
    """You step by stride inside the window (a dilated convolution): the stride is the step from window to window."""
    padded, (rows, columns) = _padded(x, pad), _sizes(x, w, stride, pad)
    height, width = stride * w.shape[2], stride * w.shape[3]
    out = np.empty((len(x), len(w), rows, columns))
    for i, j in np.ndindex(rows, columns):
        window = padded[:, :, i : i + height : stride, j : j + width : stride]
        out[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3))) + b
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by="values")
def stride_and_pad_exchanged(x, w, b, pad=0, stride=1):
    """You take stride for pad and pad for stride: the signature is (x, w, b, stride=1, pad=0)."""
    return conv2d_forward(x, w, b, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values", "known_answer"))
def size_without_one(x, w, b, stride=1, pad=0):
    """Your out lacks its last row and column: there is one window, and another for each step, hence the + 1 in H'."""
    rows, columns = _sizes(x, w, stride, pad)
    return _slide(_padded(x, pad), w, b, stride, (rows - 1, columns - 1)), _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values", "known_answer"))
def last_windows_not_visited(x, w, b, stride=1, pad=0):
    """Your loops end one window early and leave zeros in the last row and column: there are H' times W' windows."""
    out, cache = conv2d_forward(x, w, b, stride, pad)
    out[:, :, -1], out[:, :, :, -1] = 0, 0
    return out, cache


@mistake("conv2d_forward", caught_by="leftover")
def size_rounded_up(x, w, b, stride=1, pad=0):
    """You round the size of out up, so the last windows hang over the edge: round down, with //."""
    missing = [-(n + 2 * pad - k) % stride for n, k in zip(x.shape[2:], w.shape[2:], strict=True)]
    out, _ = conv2d_forward(np.pad(x, ((0, 0), (0, 0), (0, missing[0]), (0, missing[1]))), w, b, stride, pad)
    return out, _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def square_kernel_assumed(x, w, b, stride=1, pad=0):
    """You use the kernel's height HH for its width: W' = (W + 2 * pad - WW) // stride + 1."""
    rows, _ = _sizes(x, w, stride, pad)
    columns = (x.shape[3] + 2 * pad - w.shape[2]) // stride + 1
    return _slide(_padded(x, pad), w, b, stride, (rows, columns)), _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def square_image_assumed(x, w, b, stride=1, pad=0):
    """You use the image's height H for its width: W' = (W + 2 * pad - WW) // stride + 1."""
    rows, _ = _sizes(x, w, stride, pad)
    columns = (x.shape[2] + 2 * pad - w.shape[3]) // stride + 1
    return _slide(_padded(x, pad), w, b, stride, (rows, columns)), _cache(x, w, stride, pad)


@mistake("conv2d_forward", caught_by=("plain", "values"))
def reshaped_for_transposed(x, w, b, stride=1, pad=0):
    """You reshape (N, H', W', F) to (N, F, H', W'), which mixes pixels and filters: transpose, with (0, 3, 1, 2)."""
    out, cache = conv2d_forward(x, w, b, stride, pad)
    return out.transpose(0, 2, 3, 1).reshape(out.shape), cache


@mistake("conv2d_forward", caught_by="plain")
def windows_numbered_by_height(x, w, b, stride=1, pad=0):
    """You number window (i, j) as i * H' + j, so some share a place: a row holds W' windows, so it is i * W' + j."""
    out, cache = conv2d_forward(x, w, b, stride, pad)
    flat = np.zeros((*out.shape[:2], out[0, 0].size))
    for i, j in np.ndindex(*out.shape[2:]):
        flat[:, :, i * out.shape[2] + j] = out[:, :, i, j]
    return flat.reshape(out.shape), cache


@mistake("conv2d_forward", caught_by="shape")
def channel_axis_kept(x, w, b, stride=1, pad=0):
    """Your out has an extra axis of length one, (N, F, 1, H', W'): the sum over channels leaves none behind."""
    out, cache = conv2d_forward(x, w, b, stride, pad)
    return out[:, :, None], cache


@mistake("conv2d_forward", caught_by="pure")
def kernel_turned_in_place(x, w, b, stride=1, pad=0):
    """You turn w in place to feed a true convolution, and the caller still needs it: turn a copy."""
    found = conv2d_forward(x, w.copy(), b, stride, pad)
    w[...] = w[:, :, ::-1, ::-1].copy()
    return found


# ── convolution of images, backward ───────────────────────────────────────────────────────────────


@mistake("conv2d_backward", caught_by=("plain", "dx"))
def dx_empty_without_padding(dout, cache):
    """You cut the padding off with [pad:-pad], which is empty for pad = 0: cut with [pad : pad + H]."""
    (_, dw, db), pad = conv2d_backward(dout, cache), cache[3]
    return _gradient_of_padded(dout, cache)[:, :, pad:-pad, pad:-pad], dw, db


@mistake("conv2d_backward", caught_by="dx")
def dx_still_padded(dout, cache):
    """Your dx still has the padding around it: cut off pad lines on each side, so that it has x's shape."""
    _, dw, db = conv2d_backward(dout, cache)
    return _gradient_of_padded(dout, cache), dw, db


@mistake("conv2d_backward", caught_by=("plain", "dx"))
def dx_cut_by_one(dout, cache):
    """You cut one line off each side of dx whatever pad is: cut off pad lines, with [pad : pad + H]."""
    _, dw, db = conv2d_backward(dout, cache)
    return _gradient_of_padded(dout, cache)[:, :, 1:-1, 1:-1], dw, db


@mistake("conv2d_backward", caught_by="dx")
def dx_cut_at_the_end(dout, cache):
    """You cut the padding off the end of dx only, so it is moved by pad: the padding is on both sides."""
    (dx, dw, db), whole = conv2d_backward(dout, cache), _gradient_of_padded(dout, cache)
    return whole[:, :, : dx.shape[2], : dx.shape[3]], dw, db


@mistake("conv2d_backward", caught_by=("plain", "dx"))
def dx_assigned(dout, cache):
    """You assign to dx where windows overlap, so only the last one counts: a pixel collects a sum, so use +=."""
    (dx, dw, db), (padded, w, stride, pad) = conv2d_backward(dout, cache), cache
    whole = np.zeros_like(padded)
    for i, j in np.ndindex(*dout.shape[2:]):
        rows, columns = (slice(k * stride, k * stride + n) for k, n in zip((i, j), w.shape[2:], strict=True))
        whole[:, :, rows, columns] = np.tensordot(dout[:, :, i, j], w, axes=1)
    return whole[:, :, pad : pad + dx.shape[2], pad : pad + dx.shape[3]], dw, db


@mistake("conv2d_backward", caught_by=("plain", "dx", "receptive_field"))
def dx_kernel_the_wrong_way_round(dout, cache):
    """Your dx meets the kernel the wrong way round: as a convolution of dout it needs the kernel turned by 180°."""
    (padded, w, stride, pad), (_, dw, db) = cache, conv2d_backward(dout, cache)
    return conv2d_backward(dout, (padded, w[:, :, ::-1, ::-1], stride, pad))[0], dw, db


@mistake("conv2d_backward", caught_by=("plain", "dx", "dw"))
def turned_backward_too(dout, cache):
    """Your backward pass turns the kernel, as a true convolution would: it must fit the cross-correlation asked for."""
    padded, w, stride, pad = cache
    dx, dw, db = conv2d_backward(dout, (padded, w[:, :, ::-1, ::-1], stride, pad))
    return dx, dw[:, :, ::-1, ::-1].copy(), db


@mistake("conv2d_backward", caught_by="dx")
def dx_stride_missing(dout, cache):
    """You add to dx at (i, j) where it must be (i * stride, j * stride): the windows are those of the forward pass."""
    (padded, w, _, pad), (_, dw, db) = cache, conv2d_backward(dout, cache)
    return conv2d_backward(dout, (padded, w, 1, pad))[0], dw, db


@mistake("conv2d_backward", caught_by=("plain", "dx"))
def dx_of_last_filter(dout, cache):
    """Your dx holds the last filter's share only: a pixel feeds all filters, so add them up."""
    (padded, w, stride, pad), (_, dw, db) = cache, conv2d_backward(dout, cache)
    return conv2d_backward(dout[:, -1:], (padded, w[-1:], stride, pad))[0], dw, db


@mistake("conv2d_backward", caught_by=("plain", "dx"))
def dx_averaged_over_windows(dout, cache):
    """You divide dx by the number of windows that a pixel lies in: it is the sum over them, not the mean."""
    (padded, w, stride, pad), (dx, dw, db) = cache, conv2d_backward(dout, cache)
    ones = np.ones_like(dout[:, :1]), (padded[:, :1], np.ones((1, 1, *w.shape[2:])), stride, pad)
    return dx / np.maximum(conv2d_backward(*ones)[0], 1), dw, db


@mistake("conv2d_backward", caught_by="leftover")
def dx_ends_where_windows_end(dout, cache):
    """Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches."""
    (_, w, stride, pad), (dx, dw, db) = cache, conv2d_backward(dout, cache)
    rows, columns = ((n - 1) * stride + k - pad for n, k in zip(dout.shape[2:], w.shape[2:], strict=True))
    return dx[:, :, :rows, :columns], dw, db


@mistake("conv2d_backward", caught_by="dw")
def dw_stride_missing(dout, cache):
    """Your dw takes the window at (i, j) where it must be (i * stride, j * stride), as in the forward pass."""
    (padded, w, _, pad), (dx, _, db) = cache, conv2d_backward(dout, cache)
    return dx, conv2d_backward(dout, (padded, w, 1, pad))[1], db


@mistake("conv2d_backward", caught_by="dw")
def dw_stride_on_rows_only(dout, cache):
    """Your dw steps by stride from row to row, but by one from column to column: both take the stride."""
    (padded, w, stride, _), (dx, _, db) = cache, conv2d_backward(dout, cache)
    dw = np.zeros_like(w)
    for i, j in np.ndindex(*dout.shape[2:]):
        window = padded[:, :, i * stride : i * stride + w.shape[2], j : j + w.shape[3]]
        dw += np.tensordot(dout[:, :, i, j], window, axes=(0, 0))
    return dx, dw, db


@mistake("conv2d_backward", caught_by=("plain", "dw"))
def dw_of_last_image(dout, cache):
    """Your dw holds the last image's share only: all images use the same filters, so add them up (+=, not =)."""
    (padded, w, stride, pad), (dx, _, db) = cache, conv2d_backward(dout, cache)
    return dx, conv2d_backward(dout[-1:], (padded[-1:], w, stride, pad))[1], db


@mistake("conv2d_backward", caught_by=("plain", "dw"))
def dw_averaged_over_places(dout, cache):
    """Your dw is the mean over the H' * W' places: the kernel is used in all of them, so it is the sum."""
    dx, dw, db = conv2d_backward(dout, cache)
    return dx, dw / dout[0, 0].size, db


@mistake("conv2d_backward", caught_by=("plain", "dw"))
def dw_turned(dout, cache):
    """Your dw is turned by 180°: kernel position (p, q) meets the pixel at (p, q) of each window."""
    dx, dw, db = conv2d_backward(dout, cache)
    return dx, dw[:, :, ::-1, ::-1].copy(), db


@mistake("conv2d_backward", caught_by=("plain", "dw"))
def dw_same_for_all_channels(dout, cache):
    """You sum the window over its channels before it meets dout, so dw is the same in each: keep the channels apart."""
    dx, dw, db = conv2d_backward(dout, cache)
    return dx, dw.sum(axis=1, keepdims=True) + np.zeros_like(dw), db


@mistake("conv2d_backward", caught_by=("plain", "dw", "db"))
def weight_gradients_divided_by_batch(dout, cache):
    """You divide dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own."""
    dx, dw, db = conv2d_backward(dout, cache)
    return dx, dw / len(dout), db / len(dout)


@mistake("conv2d_backward", caught_by=("plain", "db"))
def db_averaged(dout, cache):
    """Your db is the mean over examples and places: the bias is added in each of them, so it is the sum."""
    dx, dw, _ = conv2d_backward(dout, cache)
    return dx, dw, dout.mean(axis=(0, 2, 3))


@mistake("conv2d_backward", caught_by=("plain", "db"))
def db_summed_over_batch_only(dout, cache):
    """You sum dout over the batch only: a filter's bias is shared by all places, so sum over axes 0, 2 and 3."""
    dx, dw, _ = conv2d_backward(dout, cache)
    return dx, dw, dout.sum(axis=0)


@mistake("conv2d_backward", caught_by=("plain", "db"))
def db_summed_over_everything(dout, cache):
    """You sum dout over all axes, so every filter's bias gets the same gradient: keep axis 1, that of the filters."""
    dx, dw, db = conv2d_backward(dout, cache)
    return dx, dw, np.full_like(db, dout.sum())


@mistake("conv2d_backward", caught_by="shapes")
def db_keeps_axes(dout, cache):
    """Your db has shape (1, F, 1, 1) where b has (F,): sum over axes 0, 2 and 3 without keepdims."""
    dx, dw, _ = conv2d_backward(dout, cache)
    return dx, dw, dout.sum(axis=(0, 2, 3), keepdims=True)


@mistake("conv2d_backward", caught_by=("plain", "dx", "dw", "db", "consistent", "adjoint"))
def convolution_ignores_dout(dout, cache):
    """You take dout to be all ones, which is right only for a plain sum: use the dout that you are given."""
    return conv2d_backward(np.ones_like(dout), cache)


@mistake("conv2d_backward", caught_by=("plain", "dx", "dw"))
def columns_counted_as_rows(dout, cache):
    """Your loop over columns ends at H' where out has W' of them, so the rest of dout is lost."""
    dx, dw, _ = conv2d_backward(dout[:, :, :, : dout.shape[2]], cache)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@mistake("conv2d_backward", caught_by="plain")
def gradients_in_another_order(dout, cache):
    """You return dw where dx is asked for: the order is dx, dw, db."""
    dx, dw, db = conv2d_backward(dout, cache)
    return dw, dx, db


@mistake("conv2d_backward", caught_by="pure")
def weights_updated_on_the_way(dout, cache):
    """You change w while you compute its gradient: the backward pass returns dw, and the optimiser makes the step."""
    dx, dw, db = conv2d_backward(dout, cache)
    w = cache[1]
    w -= 0.01 * dw
    return dx, dw, db


# ── convolution of sequences ──────────────────────────────────────────────────────────────────────


@mistake("conv1d_forward", caught_by="values")
def bias_forgotten_1d(x, w, b, stride=1, pad=0):
    """You never add the bias: add b[f] to every output of filter f."""
    return conv1d_forward(x, w, 0 * b, stride, pad)


@mistake("conv1d_forward", caught_by=("values", "known_answer"))
def kernel_turned_1d(x, w, b, stride=1, pad=0):
    """You turn the kernel round before you slide it: what is asked for is cross-correlation, so use w as it is."""
    out, _ = conv1d_forward(x, w[:, :, ::-1], b, stride, pad)
    return out, conv1d_forward(x, w, b, stride, pad)[1]


@mistake("conv1d_forward", caught_by="values")
def last_channel_only_1d(x, w, b, stride=1, pad=0):
    """Each channel overwrites the one before, so only the last one counts: add up all channels."""
    out, _ = conv1d_forward(x[:, -1:], w[:, -1:], b, stride, pad)
    return out, conv1d_forward(x, w, b, stride, pad)[1]


@mistake("conv1d_forward", caught_by="values")
def padded_in_front_only(x, w, b, stride=1, pad=0):
    """You put all the zeros in front (a causal convolution): pad zeros belong on each side."""
    out, _ = conv1d_forward(np.pad(x, ((0, 0), (0, 0), (2 * pad, 0))), w, b, stride, 0)
    return out, conv1d_forward(x, w, b, stride, pad)[1]


@mistake("conv1d_forward", caught_by=("values", "known_answer"))
def length_kept(x, w, b, stride=1, pad=0):
    """You always pad so that out is as long as x ("same"): pad by what the argument says, which may be 0."""
    before = (w.shape[2] - 1) // 2
    around = ((0, 0), (0, 0), (before, w.shape[2] - 1 - before))
    out, _ = conv1d_forward(np.pad(x, around), w, b, stride, 0)
    return out, conv1d_forward(x, w, b, stride, pad)[1]


@mistake("conv1d_forward", caught_by="values")
def stride_missing_1d(x, w, b, stride=1, pad=0):
    """Your out has the right length, but the window moves by one: window i starts at i * stride."""
    out, cache = conv1d_forward(x, w, b, stride, pad)
    dense, _ = conv1d_forward(x, w, b, 1, pad)
    return dense[:, :, : out.shape[2]], cache


@mistake("conv1d_forward", caught_by=("values", "known_answer"))
def length_without_one(x, w, b, stride=1, pad=0):
    """Your out is one too short: there is one window, and another for each step, hence the + 1 in L'."""
    out, cache = conv1d_forward(x, w, b, stride, pad)
    return out[:, :, :-1], cache


@mistake("conv1d_forward", caught_by="leftover")
def length_rounded_up(x, w, b, stride=1, pad=0):
    """You round the length of out up, so the last window hangs over the end: round down, with //."""
    missing = -(x.shape[2] + 2 * pad - w.shape[2]) % stride
    out, _ = conv1d_forward(np.pad(x, ((0, 0), (0, 0), (0, missing))), w, b, stride, pad)
    return out, conv1d_forward(x, w, b, stride, pad)[1]


@mistake("conv1d_forward", caught_by="pure")
def kernel_turned_in_place_1d(x, w, b, stride=1, pad=0):
    """You turn w in place to feed a true convolution, and the caller still needs it: turn a copy."""
    found = conv1d_forward(x, w.copy(), b, stride, pad)
    w[...] = w[:, :, ::-1].copy()
    return found


@mistake("conv1d_backward", caught_by="dx")
def dx_empty_without_padding_1d(dout, cache):
    """You cut the padding off with [pad:-pad], which is empty for pad = 0: cut with [pad : pad + L]."""
    (_, dw, db), pad = conv1d_backward(dout, cache), cache[3]
    return _gradient_of_padded_1d(dout, cache)[:, :, pad:-pad], dw, db


@mistake("conv1d_backward", caught_by="dx")
def dx_still_padded_1d(dout, cache):
    """Your dx still has the padding around it: cut off pad elements on each side, so that it has x's shape."""
    _, dw, db = conv1d_backward(dout, cache)
    return _gradient_of_padded_1d(dout, cache), dw, db


@mistake("conv1d_backward", caught_by="dx")
def dx_assigned_1d(dout, cache):
    """You assign to dx where windows overlap, so only the last one counts: an element collects a sum, so use +=."""
    (dx, dw, db), (padded, w, stride, pad) = conv1d_backward(dout, cache), cache
    whole = np.zeros_like(padded)
    for i in range(dout.shape[2]):
        whole[:, :, i * stride : i * stride + w.shape[2]] = np.tensordot(dout[:, :, i], w, axes=1)
    return whole[:, :, pad : pad + dx.shape[2]], dw, db


@mistake("conv1d_backward", caught_by="dx")
def dx_kernel_the_wrong_way_round_1d(dout, cache):
    """Your dx meets the kernel the wrong way round: as a convolution of dout it needs the kernel turned."""
    (padded, w, stride, pad), (_, dw, db) = cache, conv1d_backward(dout, cache)
    return conv1d_backward(dout, (padded, w[:, :, ::-1], stride, pad))[0], dw, db


@mistake("conv1d_backward", caught_by="dx")
def dx_stride_missing_1d(dout, cache):
    """You add to dx from i on where it must be i * stride: the windows are those of the forward pass."""
    (padded, w, _, pad), (_, dw, db) = cache, conv1d_backward(dout, cache)
    return conv1d_backward(dout, (padded, w, 1, pad))[0], dw, db


@mistake("conv1d_backward", caught_by="leftover")
def dx_ends_where_windows_end_1d(dout, cache):
    """Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches."""
    (_, w, stride, pad), (dx, dw, db) = cache, conv1d_backward(dout, cache)
    return dx[:, :, : (dout.shape[2] - 1) * stride + w.shape[2] - pad], dw, db


@mistake("conv1d_backward", caught_by="dw")
def dw_stride_missing_1d(dout, cache):
    """Your dw takes the window from i on where it must be i * stride, as in the forward pass."""
    (padded, w, _, pad), (dx, _, db) = cache, conv1d_backward(dout, cache)
    return dx, conv1d_backward(dout, (padded, w, 1, pad))[1], db


@mistake("conv1d_backward", caught_by="dw")
def dw_of_last_sequence(dout, cache):
    """Your dw holds the last sequence's share only: all sequences use the same filters, so add them up."""
    (padded, w, stride, pad), (dx, _, db) = cache, conv1d_backward(dout, cache)
    return dx, conv1d_backward(dout[-1:], (padded[-1:], w, stride, pad))[1], db


@mistake("conv1d_backward", caught_by=("dw", "db"))
def weight_gradients_divided_by_batch_1d(dout, cache):
    """You divide dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own."""
    dx, dw, db = conv1d_backward(dout, cache)
    return dx, dw / len(dout), db / len(dout)


@mistake("conv1d_backward", caught_by="db")
def db_averaged_1d(dout, cache):
    """Your db is the mean over examples and places: the bias is added in each of them, so it is the sum."""
    dx, dw, _ = conv1d_backward(dout, cache)
    return dx, dw, dout.mean(axis=(0, 2))


@mistake("conv1d_backward", caught_by="db")
def db_summed_over_batch_only_1d(dout, cache):
    """You sum dout over the batch only: a filter's bias is shared by all places, so sum over axes 0 and 2."""
    dx, dw, _ = conv1d_backward(dout, cache)
    return dx, dw, dout.sum(axis=0)


@mistake("conv1d_backward", caught_by="shapes")
def db_keeps_axes_1d(dout, cache):
    """Your db has shape (1, F, 1) where b has (F,): sum over axes 0 and 2 without keepdims."""
    dx, dw, _ = conv1d_backward(dout, cache)
    return dx, dw, dout.sum(axis=(0, 2), keepdims=True)


@mistake("conv1d_backward", caught_by=("dx", "dw", "db", "consistent"))
def convolution_ignores_dout_1d(dout, cache):
    """You take dout to be all ones, which is right only for a plain sum: use the dout that you are given."""
    return conv1d_backward(np.ones_like(dout), cache)


@mistake("conv1d_backward", caught_by="pure")
def x_cleared_1d(dout, cache):
    """You reuse x's memory for dx, so the cache is spoilt for a second call: make a new array."""
    found = conv1d_backward(dout, cache)
    cache[0][...] = 0
    return found


# ── fast convolution: matrices whose rows are in another order ────────────────────────────────────


@mistake("conv2d_fast_forward", caught_by=("values", "known_answer"))
def kernel_turned_by_fft(x, w, b, stride=1, pad=0):
    """You multiply Fourier transforms, which turns the kernel: turn w first, or conjugate its transform."""
    out, _ = conv2d_fast_forward(x, w[:, :, ::-1, ::-1], b, stride, pad)
    return out, conv2d_fast_forward(x, w, b, stride, pad)[1]


@mistake("conv2d_fast_forward", caught_by="values")
def im2col_channels_last(x, w, b, stride=1, pad=0):
    """Your columns list the channels last, but w.reshape(F, -1) lists them first: both must have the same order."""
    mixed = w.reshape(len(w), *w.shape[2:], w.shape[1]).transpose(0, 3, 1, 2)
    out, _ = conv2d_fast_forward(x, mixed, b, stride, pad)
    return out, conv2d_fast_forward(x, w, b, stride, pad)[1]


@mistake("conv2d_fast_forward", caught_by="values")
def fast_reshaped_for_transposed(x, w, b, stride=1, pad=0):
    """You reshape (F, N, H', W') to (N, F, H', W'), which mixes the images: swap the first two axes instead."""
    out, cache = conv2d_fast_forward(x, w, b, stride, pad)
    return out.swapaxes(0, 1).reshape(out.shape), cache


@mistake("conv2d_fast_forward", caught_by="values")
def fast_bias_forgotten(x, w, b, stride=1, pad=0):
    """You never add the bias: add b[:, None] to the matrix product, a number for each row."""
    return conv2d_fast_forward(x, w, 0 * b, stride, pad)


@mistake("conv2d_fast_forward", caught_by="values")
def fast_stride_on_rows_only(x, w, b, stride=1, pad=0):
    """You take every stride-th row of windows, but all columns up to W': both take the stride."""
    out, cache = conv2d_fast_forward(x, w, b, stride, pad)
    dense, _ = conv2d_forward(x, w, b, 1, pad)
    return dense[:, :, ::stride, : out.shape[3]], cache


@mistake("conv2d_fast_forward", caught_by="values")
def fast_pad_ignored(x, w, b, stride=1, pad=0):
    """You do not pad at all: put `pad` lines of zeros on all four sides of each image first."""
    return conv2d_fast_forward(x, w, b, stride, 0)


@mistake("conv2d_fast_forward", caught_by="leftover")
def fast_size_rounded_up(x, w, b, stride=1, pad=0):
    """You round the size of out up, so the last windows hang over the edge: round down, with //."""
    missing = [-(n + 2 * pad - k) % stride for n, k in zip(x.shape[2:], w.shape[2:], strict=True)]
    out, _ = conv2d_forward(np.pad(x, ((0, 0), (0, 0), (0, missing[0]), (0, missing[1]))), w, b, stride, pad)
    return out, conv2d_fast_forward(x, w, b, stride, pad)[1]


@mistake("conv2d_fast_forward", caught_by="pure")
def fast_kernel_turned_in_place(x, w, b, stride=1, pad=0):
    """You turn w in place for the Fourier transform, and the caller still needs it: turn a copy."""
    found = conv2d_fast_forward(x, w.copy(), b, stride, pad)
    w[...] = w[:, :, ::-1, ::-1].copy()
    return found


@mistake("conv2d_fast_backward", caught_by="dx")
def repeated_indices_added_once(dout, cache):
    """Your dx[indices] += values adds only once where an index occurs twice: use np.add.at, or add slice by slice."""
    (_, shape, w, stride, pad), (dx, dw, db) = cache, conv2d_fast_backward(dout, cache)
    whole = np.zeros(shape)
    for p, q in np.ndindex(*w.shape[2:]):
        rows = slice(p, p + stride * dout.shape[2], stride)
        columns = slice(q, q + stride * dout.shape[3], stride)
        whole[:, :, rows, columns] = np.tensordot(dout, w[:, :, p, q], axes=(1, 0)).transpose(0, 3, 1, 2)
    return whole[:, :, pad : pad + dx.shape[2], pad : pad + dx.shape[3]], dw, db


@mistake("conv2d_fast_backward", caught_by=("dx", "dw"))
def dout_reshaped_for_transposed(dout, cache):
    """You reshape dout (N, F, H', W') to (F, -1), which mixes images and filters: swap its first two axes before."""
    N, F, rows, columns = dout.shape
    mixed = np.ascontiguousarray(dout).reshape(F, N, rows, columns).swapaxes(0, 1)
    dx, dw, _ = conv2d_fast_backward(mixed, cache)
    return dx, dw, dout.sum(axis=(0, 2, 3))


@mistake("conv2d_fast_backward", caught_by="dx")
def fast_dx_empty_without_padding(dout, cache):
    """You cut the padding off with [pad:-pad], which is empty for pad = 0: cut with [pad : pad + H]."""
    (_, dw, db), pad = conv2d_fast_backward(dout, cache), cache[4]
    return _gradient_of_padded_fast(dout, cache)[:, :, pad:-pad, pad:-pad], dw, db


@mistake("conv2d_fast_backward", caught_by="dx")
def fast_dx_still_padded(dout, cache):
    """Your dx still has the padding around it: cut off pad lines on each side, so that it has x's shape."""
    _, dw, db = conv2d_fast_backward(dout, cache)
    return _gradient_of_padded_fast(dout, cache), dw, db


@mistake("conv2d_fast_backward", caught_by="dw")
def dw_taps_transposed(dout, cache):
    """Your dw comes out of the matrix product in another order than w has: its columns must be channel, row, column."""
    dx, dw, db = conv2d_fast_backward(dout, cache)
    return dx, dw.transpose(0, 2, 3, 1).reshape(dw.shape), db


@mistake("conv2d_fast_backward", caught_by=("dw", "db"))
def fast_weight_gradients_divided_by_batch(dout, cache):
    """You divide dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own."""
    dx, dw, db = conv2d_fast_backward(dout, cache)
    return dx, dw / len(dout), db / len(dout)


@mistake("conv2d_fast_backward", caught_by="db")
def fast_db_averaged(dout, cache):
    """Your db is the mean over examples and places: the bias is added in each of them, so it is the sum."""
    dx, dw, _ = conv2d_fast_backward(dout, cache)
    return dx, dw, dout.mean(axis=(0, 2, 3))


@mistake("conv2d_fast_backward", caught_by="leftover")
def fast_dx_ends_where_windows_end(dout, cache):
    """Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches."""
    (_, _, w, stride, pad), (dx, dw, db) = cache, conv2d_fast_backward(dout, cache)
    rows, columns = ((n - 1) * stride + k - pad for n, k in zip(dout.shape[2:], w.shape[2:], strict=True))
    return dx[:, :, :rows, :columns], dw, db


@mistake("conv2d_fast_backward", caught_by=("dx", "dw", "db", "consistent"))
def fast_ignores_dout(dout, cache):
    """You take dout to be all ones, which is right only for a plain sum: use the dout that you are given."""
    return conv2d_fast_backward(np.ones_like(dout), cache)


@mistake("conv2d_fast_backward", caught_by="pure")
def fast_weights_updated_on_the_way(dout, cache):
    """You change w while you compute its gradient: the backward pass returns dw, and the optimiser makes the step."""
    dx, dw, db = conv2d_fast_backward(dout, cache)
    w = cache[2]
    w -= 0.01 * dw
    return dx, dw, db


# ── max pooling, forward ──────────────────────────────────────────────────────────────────────────


@mistake("max_pool2d_forward", caught_by="negative")
def search_starts_at_zero(x, pool=2, stride=2):
    """Your search for the maximum starts at 0, which is wrong where a window holds negative numbers only."""
    out, cache = max_pool2d_forward(x, pool, stride)
    return np.maximum(out, 0), cache


@mistake("max_pool2d_forward", caught_by="negative")
def largest_magnitude(x, pool=2, stride=2):
    """You compare magnitudes: -5 is not larger than 2."""
    out, cache = max_pool2d_forward(x, pool, stride)
    low = -max_pool2d_forward(-x, pool, stride)[0]
    return np.where(-low > out, low, out), cache


@mistake("max_pool2d_forward", caught_by=("values", "known_answer"))
def smallest_taken(x, pool=2, stride=2):
    """You take the smallest number of each window: max pooling keeps the largest."""
    return -max_pool2d_forward(-x, pool, stride)[0], max_pool2d_forward(x, pool, stride)[1]


@mistake("max_pool2d_forward", caught_by=("values", "spike"))
def maximum_over_channels(x, pool=2, stride=2):
    """You take the maximum over the channels, too: each channel is pooled by itself, so max over axes 2 and 3 only."""
    out, cache = max_pool2d_forward(x, pool, stride)
    return out.max(axis=1, keepdims=True) + np.zeros_like(out), cache


@mistake("max_pool2d_forward", caught_by="values")
def maximum_over_batch(x, pool=2, stride=2):
    """You take the maximum over the whole batch, too: call max with axis=(2, 3), not without an axis."""
    out, cache = max_pool2d_forward(x, pool, stride)
    return out.max(axis=(0, 1), keepdims=True) + np.zeros_like(out), cache


@mistake("max_pool2d_forward", caught_by="values")
def stride_taken_for_pool(x, pool=2, stride=2):
    """You use pool as the step: windows move by stride, so they may overlap or leave gaps."""
    return max_pool2d_forward(x, pool, pool if isinstance(pool, int) else pool[0])


@mistake("max_pool2d_forward", caught_by="values")
def windows_start_at_output_index(x, pool=2, stride=2):
    """Your windows start at (i, j) where it must be (i * stride, j * stride)."""
    out, cache = max_pool2d_forward(x, pool, stride)
    dense, _ = max_pool2d_forward(x, pool, 1)
    return dense[:, :, : out.shape[2], : out.shape[3]], cache


@mistake("max_pool2d_forward", caught_by="values")
def windows_as_large_as_stride(x, pool=2, stride=2):
    """Your windows are stride wide: their size is pool, and stride is the step between them."""
    out, cache = max_pool2d_forward(x, pool, stride)
    found, _ = max_pool2d_forward(np.pad(x, ((0, 0), (0, 0), (0, stride), (0, stride))), stride, stride)
    return found[:, :, : out.shape[2], : out.shape[3]], cache


@mistake("max_pool2d_forward", caught_by="rectangles")
def height_for_width(x, pool=2, stride=2):
    """You use the window's height for its width, too: pool = (height, width)."""
    return max_pool2d_forward(x, pool if isinstance(pool, int) else pool[0], stride)


@mistake("max_pool2d_forward", caught_by="rectangles")
def width_before_height(x, pool=2, stride=2):
    """You read pool as (width, height): it is (height, width), in the order of the axes."""
    return max_pool2d_forward(x, pool if isinstance(pool, int) else tuple(pool)[::-1], stride)


@mistake("max_pool2d_forward", caught_by="leftover")
def pooled_size_rounded_up(x, pool=2, stride=2):
    """You pool what is left over at the edge in a smaller window: sizes are rounded down, so leave it out."""
    _, cache = max_pool2d_forward(x, pool, stride)
    windows = np.broadcast_to(pool, 2)
    missing = [-(n - k) % stride for n, k in zip(x.shape[2:], windows, strict=True)]
    low = np.pad(x, ((0, 0), (0, 0), (0, missing[0]), (0, missing[1])), constant_values=-np.inf)
    return max_pool2d_forward(low, pool, stride)[0], cache


@mistake("max_pool2d_forward", caught_by="values")
def pooled_size_without_one(x, pool=2, stride=2):
    """Your out lacks its last row and column: there is one window, and another for each step, hence the + 1 in H'."""
    out, cache = max_pool2d_forward(x, pool, stride)
    return out[:, :, :-1, :-1], cache


@mistake("max_pool2d_forward", caught_by="pure")
def mask_written_into_x(x, pool=2, stride=2):
    """You turn x itself into the mask of the maxima, and the caller still needs it: make the mask a new array."""
    out, cache = max_pool2d_forward(x.copy(), pool, stride)
    x[...] = max_pool2d_backward(np.ones_like(out), cache)
    return out, cache


# ── max pooling, backward ─────────────────────────────────────────────────────────────────────────


@mistake("max_pool2d_backward", caught_by="overlap")
def overlap_overwritten(dout, cache):
    """You assign to dx where windows overlap, so only the last one counts: an element collects a sum, so use +=."""
    x, (ph, pw), stride = cache
    dx = np.zeros_like(x)
    for i, j in np.ndindex(*dout.shape[2:]):
        window = x[:, :, i * stride : i * stride + ph, j * stride : j * stride + pw]
        wins = window == window.max(axis=(2, 3), keepdims=True)
        dx[:, :, i * stride : i * stride + ph, j * stride : j * stride + pw] = wins * dout[:, :, i, j, None, None]
    return dx


@mistake("max_pool2d_backward", caught_by="overlap")
def winner_overwritten(dout, cache):
    """You assign to the winning element, so of several windows that it wins only the last one counts: use +=."""
    x, (ph, pw), stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * stride + row, j * stride + column] = dout[n, c, i, j]
    return dx


@mistake("max_pool2d_backward", caught_by=("gradients", "overlap"))
def gradient_to_the_corner(dout, cache):
    """Your gradient goes to the first element of each window: it goes to where the largest number stands."""
    x, _, stride = cache
    dx = np.zeros_like(x)
    for i, j in np.ndindex(*dout.shape[2:]):
        dx[:, :, i * stride, j * stride] += dout[:, :, i, j]
    return dx


@mistake("max_pool2d_backward", caught_by=("gradients", "overlap"))
def gradient_to_the_whole_window(dout, cache):
    """Your gradient goes to all elements of a window: the others do not change the maximum, so theirs is 0."""
    x, (ph, pw), stride = cache
    return ph * pw * avg_pool2d_backward(dout, (x.shape, (ph, pw), stride))


@mistake("max_pool2d_backward", caught_by=("gradients", "overlap"))
def gradient_spread_evenly(dout, cache):
    """You share the gradient among all elements of a window, as average pooling does: the maximum gets all of it."""
    x, window, stride = cache
    return avg_pool2d_backward(dout, (x.shape, window, stride))


@mistake("max_pool2d_backward", caught_by=("gradients", "overlap"))
def gradient_to_the_smallest(dout, cache):
    """Your gradient goes to the smallest number of each window: it goes to the largest."""
    x, window, stride = cache
    return max_pool2d_backward(dout, (-x, window, stride))


@mistake("max_pool2d_backward", caught_by=("gradients", "overlap"))
def pooling_ignores_dout(dout, cache):
    """You put a 1 where the maximum stands: that is the mask, which you have yet to multiply with dout."""
    return max_pool2d_backward(np.ones_like(dout), cache)


@mistake("max_pool2d_backward", caught_by=("gradients", "overlap"))
def winners_of_first_channel(dout, cache):
    """You use the first channel's places of the maximum for all channels: each channel has its own."""
    x, window, stride = cache
    return max_pool2d_backward(dout, (x[:, :1] + np.zeros_like(x), window, stride))


@mistake("max_pool2d_backward", caught_by="gradients")
def window_offset_forgotten(dout, cache):
    """You find the maximum inside its window, but forget where the window starts: add i * stride and j * stride."""
    x, (ph, pw), stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@mistake("max_pool2d_backward", caught_by="repeats")
def equal_numbers_elsewhere(dout, cache):
    """You look for the maximum in the whole image, where other windows may hold the same number: look in its window."""
    x, (ph, pw), stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
        dx[n, c] += dout[n, c, i, j] * (x[n, c] == window.max())
    return dx


@mistake("max_pool2d_backward", caught_by="rectangles")
def index_divided_by_height(dout, cache):
    """You divide the winner's index by the window's height: a row holds pw elements, so divide by the width."""
    x, (ph, pw), stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
        row, column = divmod(int(window.argmax()), int(ph))
        dx[n, c, (i * stride + row) % x.shape[2], (j * stride + column) % x.shape[3]] += dout[n, c, i, j]
    return dx


@mistake("max_pool2d_backward", caught_by="leftover")
def pooling_dx_ends_where_windows_end(dout, cache):
    """Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches."""
    (_, window, stride), dx = cache, max_pool2d_backward(dout, cache)
    rows, columns = ((n - 1) * stride + k for n, k in zip(dout.shape[2:], window, strict=True))
    return dx[:, :, :rows, :columns]


@mistake("max_pool2d_backward", caught_by=("gradients", "overlap", "consistent"))
def pooling_divided_by_batch(dout, cache):
    """You divide by N, but the loss has done so already: the backward pass has no 1/N of its own."""
    return max_pool2d_backward(dout, cache) / (len(dout) + (len(dout) == 1))


@mistake("max_pool2d_backward", caught_by="pure")
def winners_struck_out(dout, cache):
    """You strike out the winners in x as you go, which spoils the cache for a second call: keep x as it is."""
    dx = max_pool2d_backward(dout, cache)
    cache[0][dx != 0] = -1e9
    return dx


# ── average pooling, forward ──────────────────────────────────────────────────────────────────────


@mistake("avg_pool2d_forward", caught_by=("values", "known_answer", "constant"))
def sum_for_average(x, pool=2, stride=2):
    """You sum the window: divide by the number of its elements, ph * pw."""
    (out, cache), (ph, pw) = avg_pool2d_forward(x, pool, stride), np.broadcast_to(pool, 2)
    return out * (ph * pw), cache


@mistake("avg_pool2d_forward", caught_by=("values", "constant"))
def divided_by_one_side(x, pool=2, stride=2):
    """You divide by the window's height alone: it has ph * pw elements."""
    (out, cache), (_, pw) = avg_pool2d_forward(x, pool, stride), np.broadcast_to(pool, 2)
    return out * pw, cache


@mistake("avg_pool2d_forward", caught_by=("values", "constant"))
def divided_by_image(x, pool=2, stride=2):
    """You divide by the size of the image: divide by the size of the window, ph * pw."""
    (out, cache), (ph, pw) = avg_pool2d_forward(x, pool, stride), np.broadcast_to(pool, 2)
    return out * (ph * pw) / x[0, 0].size, cache


@mistake("avg_pool2d_forward", caught_by=("values", "constant"))
def divided_by_stride(x, pool=2, stride=2):
    """You divide by stride * stride: a window has ph * pw elements, whatever the step."""
    (out, cache), (ph, pw) = avg_pool2d_forward(x, pool, stride), np.broadcast_to(pool, 2)
    return out * (ph * pw) / stride**2, cache


@mistake("avg_pool2d_forward", caught_by=("values", "known_answer"))
def maximum_for_average(x, pool=2, stride=2):
    """You take the maximum of each window: here its average is asked for."""
    return max_pool2d_forward(x, pool, stride)[0], avg_pool2d_forward(x, pool, stride)[1]


@mistake("avg_pool2d_forward", caught_by=("values", "constant"))
def averaged_over_channels(x, pool=2, stride=2):
    """You average over the channels, too: each channel is pooled by itself, so take the mean over axes 2 and 3 only."""
    out, cache = avg_pool2d_forward(x, pool, stride)
    return out.mean(axis=1, keepdims=True) + np.zeros_like(out), cache


@mistake("avg_pool2d_forward", caught_by="values")
def averages_rounded_down(x, pool=2, stride=2):
    """Your averages are whole numbers: divide with /, not with //, and make out an array of floats."""
    out, cache = avg_pool2d_forward(x, pool, stride)
    return np.floor(out), cache


@mistake("avg_pool2d_forward", caught_by="values")
def average_stride_taken_for_pool(x, pool=2, stride=2):
    """You use pool as the step: windows move by stride, so they may overlap or leave gaps."""
    return avg_pool2d_forward(x, pool, pool if isinstance(pool, int) else pool[0])


@mistake("avg_pool2d_forward", caught_by="rectangles")
def average_width_before_height(x, pool=2, stride=2):
    """You read pool as (width, height): it is (height, width), in the order of the axes."""
    return avg_pool2d_forward(x, pool if isinstance(pool, int) else tuple(pool)[::-1], stride)


@mistake("avg_pool2d_forward", caught_by="leftover")
def average_size_rounded_up(x, pool=2, stride=2):
    """You fill up with zeros where a window hangs over the edge: sizes are rounded down, so leave what is left over."""
    _, cache = avg_pool2d_forward(x, pool, stride)
    windows = np.broadcast_to(pool, 2)
    missing = [-(n - k) % stride for n, k in zip(x.shape[2:], windows, strict=True)]
    return avg_pool2d_forward(np.pad(x, ((0, 0), (0, 0), (0, missing[0]), (0, missing[1]))), pool, stride)[0], cache


@mistake("avg_pool2d_forward", caught_by="pure")
def x_divided_in_place(x, pool=2, stride=2):
    """You divide x by ph * pw in place, and the caller still needs it: divide the sum."""
    found = avg_pool2d_forward(x, pool, stride)
    x /= np.prod(np.broadcast_to(pool, 2))
    return found


# ── average pooling, backward ─────────────────────────────────────────────────────────────────────


@mistake("avg_pool2d_backward", caught_by=("gradients", "overlap", "adjoint"))
def share_not_divided(dout, cache):
    """Each element gets all of dout: it gets its share, dout / (ph * pw)."""
    _, (ph, pw), _ = cache
    return avg_pool2d_backward(dout, cache) * (ph * pw)


@mistake("avg_pool2d_backward", caught_by=("gradients", "overlap"))
def share_of_one_side(dout, cache):
    """You divide by the window's height alone: it has ph * pw elements to share dout."""
    _, (_, pw), _ = cache
    return avg_pool2d_backward(dout, cache) * pw


@mistake("avg_pool2d_backward", caught_by="overlap")
def shares_overwritten(dout, cache):
    """You assign to dx where windows overlap, so only the last one counts: an element collects a sum, so use +=."""
    shape, (ph, pw), stride = cache
    dx = np.zeros(shape)
    for i, j in np.ndindex(*dout.shape[2:]):
        rows, columns = slice(i * stride, i * stride + ph), slice(j * stride, j * stride + pw)
        dx[:, :, rows, columns] = dout[:, :, i, j, None, None] / (ph * pw)
    return dx


@mistake("avg_pool2d_backward", caught_by=("gradients", "overlap"))
def share_to_the_corner_only(dout, cache):
    """Your gradient goes to the first element of each window: all elements get an equal share."""
    shape, _, stride = cache
    dx = np.zeros(shape)
    for i, j in np.ndindex(*dout.shape[2:]):
        dx[:, :, i * stride, j * stride] += dout[:, :, i, j]
    return dx


@mistake("avg_pool2d_backward", caught_by=("gradients", "overlap"))
def share_of_the_image(dout, cache):
    """You divide by the size of the image: divide by the size of the window, ph * pw."""
    shape, (ph, pw), _ = cache
    return avg_pool2d_backward(dout, cache) * (ph * pw) / (shape[2] * shape[3])


@mistake("avg_pool2d_backward", caught_by=("gradients", "overlap"))
def shares_of_moved_windows(dout, cache):
    """You add to the window at (i, j) where it must be (i * stride, j * stride), as in the forward pass."""
    shape, window, _ = cache
    return avg_pool2d_backward(dout, (shape, window, 1))


@mistake("avg_pool2d_backward", caught_by=("gradients", "overlap"))
def average_ignores_dout(dout, cache):
    """You take dout to be all ones, which is right only for a plain sum: use the dout that you are given."""
    return avg_pool2d_backward(np.ones_like(dout), cache)


@mistake("avg_pool2d_backward", caught_by="rectangles")
def share_of_a_square(dout, cache):
    """You divide by ph * ph: a window of height ph and width pw has ph * pw elements."""
    _, (ph, pw), _ = cache
    return avg_pool2d_backward(dout, cache) * pw / ph


@mistake("avg_pool2d_backward", caught_by="leftover")
def average_dx_ends_where_windows_end(dout, cache):
    """Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches."""
    (_, window, stride), dx = cache, avg_pool2d_backward(dout, cache)
    rows, columns = ((n - 1) * stride + k for n, k in zip(dout.shape[2:], window, strict=True))
    return dx[:, :, :rows, :columns]


@mistake("avg_pool2d_backward", caught_by="pure")
def dout_divided_in_place(dout, cache):
    """You divide dout by ph * pw in place, which changes your caller's array: divide into a new one."""
    dx = avg_pool2d_backward(dout, cache)
    dout /= np.prod(cache[1])
    return dx


# ── what they share ───────────────────────────────────────────────────────────────────────────────


def _padded(x, pad, **mode):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), **mode)


def _cache(x, w, stride, pad):
    """What the reference keeps."""
    return _padded(x, pad), w, stride, pad


def _sizes(x, w, stride, pad):
    return tuple((n + 2 * pad - k) // stride + 1 for n, k in zip(x.shape[2:], w.shape[2:], strict=True))


def _slide(padded, w, b, stride, sizes):
    """A convolution with so many rows and columns, right or wrong."""
    out = np.empty((len(padded), len(w), *sizes))
    for i, j in np.ndindex(*sizes):
        top, left = i * stride, j * stride
        window = padded[:, :, top : top + w.shape[2], left : left + w.shape[3]]
        out[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3))) + b
    return out


def _gradient_of_padded(dout, cache):
    padded, w, stride, _ = cache
    return conv2d_backward(dout, (padded, w, stride, 0))[0]


def _gradient_of_padded_1d(dout, cache):
    padded, w, stride, _ = cache
    return conv1d_backward(dout, (padded, w, stride, 0))[0]


def _gradient_of_padded_fast(dout, cache):
    im2col, shape, w, stride, _ = cache
    return conv2d_fast_backward(dout, (im2col, shape, w, stride, 0))[0]
