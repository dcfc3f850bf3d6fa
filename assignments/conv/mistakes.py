"""What students get wrong in `conv`, and what a teacher says: most as edits of the reference, all else right.

Where they come from: the misconceptions that 1,240 published student solutions of five courses show, and what follows
from the formulas. conv2d_fast has the contract of conv2d, so the common mistakes of conv2d are declared for conv2d_fast, too.
"""
# ruff: noqa: E501 — one line for the edit, one for the sentence

from autograder import edits, mistake

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

# fmt: off

# ── convolution of images, forward ────────────────────────────────────────────────────────────────

of = edits(conv2d_forward)
PAD, SIZE = "(pad, pad), (pad, pad)", "(H - HH) // stride + 1, (W - WW) // stride + 1"
SUM, STARTS, RETURNS = 'np.einsum("ncpq,fcpq->nf", window, w) + b', "i * stride, j * stride", "return out, (padded, w, stride, pad)"
IMAGES = [
    of("bias_forgotten", " + b", "", "plain values rectangles stride",
       "You never add the bias: add b[f] to every output of filter f."),
    of("bias_subtracted", " + b", " - b", "plain values rectangles stride",
       "You subtract the bias: add b[f] to every output of filter f."),
    of("bias_summed", " + b", " + b.sum()", "plain values rectangles stride",
       "You add the biases of all filters to every output: filter f has its own bias, b[f]."),
    of("bias_by_image", " + b", " + b[np.arange(N) % F][:, None]", "plain values rectangles stride",
       "You index the bias with the loop's n: a bias belongs to a filter, so add b[f]."),
    of("bias_once_per_channel", " + b", " + len(w[0]) * b", "plain values rectangles stride",
       "You add the bias inside the loop over the channels, so it counts C times: add it once, after the sum."),
    of("bias_once_per_weight", " + b", " + w[0].size * b", "plain values rectangles stride",
       "You add the bias before you sum the window, so it counts for every weight: add it once, after the sum."),
    of("kernel_turned", "window, w)", "window, w[:, :, ::-1, ::-1])", "plain values rectangles stride",
       "You turn the kernel by 180° before you slide it: the task is cross-correlation, so use w as it is."),
    of("kernel_transposed", "window, w)", "window, w.transpose(0, 1, 3, 2))", "plain stride pad leftover",
       "You exchange rows and columns of the kernel: window row p meets w[f, c, p], window column q meets w[f, c, :, q]."),
    of("kernel_rows_turned", "window, w)", "window, w[:, :, ::-1])", "plain values rectangles stride",
       "You turn the kernel upside down: window row p meets kernel row p."),
    of("kernel_columns_turned", "window, w)", "window, w[:, :, :, ::-1])", "plain values rectangles stride",
       "You turn the kernel left to right: window column q meets kernel column q."),
    of("last_channel_only", "window, w)", "window[:, -1:], w[:, -1:])", "plain values rectangles stride",
       "Each channel overwrites the one before, so only the last one counts: add up all channels (+=, not =)."),
    of("first_channel_only", "window, w)", "window[:, :1], w[:, :1])", "plain values rectangles stride",
       "You use channel 0 alone: an output is the sum over all C channels."),
    of("first_kernel_channel_only", "window, w)", "window, w[:, :1] + 0 * w)", "plain values rectangles stride",
       "You use w[f, 0] for all channels: channel c of the window meets w[f, c]."),
    of("channels_summed_first", "window, w)", "window.sum(axis=1, keepdims=True) + 0 * window, w)", "plain values rectangles stride",
       "You sum the image over its channels before the kernel meets it: multiply channel by channel, then sum."),
    of("first_filter_only", "window, w)", "window, w[:1] + 0 * w)", "plain values rectangles stride",
       "You use the first filter for all outputs: output channel f is made by w[f]."),
    of("window_averaged", "window, w) + b", "window, w) / w[0].size + b", "plain values rectangles stride",
       "You take the mean of window * kernel, which is C * HH * WW times too small: take the sum."),
    of("averaged_over_channels_only", "window, w) + b", "window, w) / len(w[0]) + b", "plain values rectangles stride",
       "You average over the channels, so the result is C times too small: take the sum."),
    of("filters_added_up", SUM, f"({SUM}).sum(axis=1, keepdims=True)", "plain values rectangles stride",
       "You add up the results of all filters: each filter gives an output channel of its own."),
    of("images_added_up", SUM, f"({SUM}).sum(axis=0)", "plain values rectangles stride",
       "You sum over the batch as well: each image has an output of its own."),
    of("first_image_only", "window, w)", "window[:1], w)", "plain values rectangles stride",
       "You use the first image for the whole batch: index x with the loop's n, not with 0."),
    of("output_rectified", "return out,", "return np.maximum(out, 0),", "plain values rectangles stride",
       "You set negative outputs to 0: a convolution ends with the bias, and an activation would be another layer."),
    of("maximum_for_sum", SUM, '(window[:, None] * w).max(axis=(2, 3, 4)) + b', "plain values rectangles stride",
       "You take the largest product of each window: the output is the sum of all of them."),
    of("output_rounded", "np.empty((N, F, (H - HH) // stride + 1, (W - WW) // stride + 1))",
       "np.empty((N, F, (H - HH) // stride + 1, (W - WW) // stride + 1), dtype=int)", "plain values rectangles stride",
       "Your out is an array of whole numbers, so the digits behind the point are lost: make it an array of floats.",
       also={"return out,": "return out.astype(float),"}),
    of("pad_always_one", PAD, "(1, 1), (1, 1)", "plain values rectangles stride",
       "You pad with one line of zeros whatever pad is: use the argument, which may also be 0 or 2.",
       also={"w, stride, pad)": "w, stride, 1)"}),
    of("pad_one_behind_a_right_size", PAD, "(1, 1), (1, 1)", "plain values rectangles stride",
       "Your out has the size for pad, but x is padded with one line whatever pad is: put `pad` lines around it.",
       also={SIZE: "(H - 2 + 2 * pad - HH) // stride + 1, (W - 2 + 2 * pad - WW) // stride + 1"}),
    of("pad_ignored", PAD, "(0, 0), (0, 0)", "values pad identity padding",
       "You do not pad at all: put `pad` lines of zeros on all four sides of each image first.",
       also={"w, stride, pad)": "w, stride, 0)"}),
    of("pad_around_rows_only", PAD, "(pad, pad), (0, 0)", "values pad identity padding",
       "You pad above and below only: `pad` lines belong on the left and the right as well."),
    of("pad_around_columns_only", PAD, "(0, 0), (pad, pad)", "values pad identity padding",
       "You pad on the left and the right only: `pad` lines belong above and below as well."),
    of("pad_behind_only", PAD, "(0, 2 * pad), (0, 2 * pad)", "values pad identity padding",
       "You put all the zeros below and to the right: pad lines belong on each of the four sides."),
    of("pad_before_only", PAD, "(2 * pad, 0), (2 * pad, 0)", "values pad identity padding",
       "You put all the zeros above and to the left: pad lines belong on each of the four sides."),
    of("channels_padded", "(0, 0), (pad, pad), (pad, pad)", "(pad, pad), (pad, pad), (pad, pad)", "values pad identity padding",
       "You pad the axis of the channels, too, so they meet the wrong weights: pad the last two axes only.",
       also={"padded[:, :, top": "padded[:, : w.shape[1], top"}),
    of("padded_with_edges", "(pad, pad)))", '(pad, pad)), mode="edge")', "values pad padding",
       "You repeat the edge of the image instead of zeros: np.pad pads with zeros unless you give a mode."),
    of("padded_with_reflection", "padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))",
       'padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="reflect")', "values pad padding",
       "You pad with the mirror image instead of zeros: np.pad pads with zeros unless you give a mode."),
    of("padded_with_ones", "(pad, pad)))", "(pad, pad)), constant_values=1)", "values pad padding",
       "You pad with ones: the lines around the image are zeros."),
    of("padded_with_the_other_side", "padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))",
       'padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="wrap")', "values pad padding",
       "You pad with the opposite side of the image instead of zeros: np.pad pads with zeros unless you give a mode."),
    of("pad_doubled", PAD, "(2 * pad, 2 * pad), (2 * pad, 2 * pad)", "values pad identity padding",
       "You put 2 * pad lines on each side: put `pad` lines on each, which makes 2 * pad in all."),
    of("pad_counted_once", SIZE, "(H - pad - HH) // stride + 1, (W - pad - WW) // stride + 1", "values pad identity padding",
       "You count the padding once in the size of out: it is on both sides, so H' = (H + 2 * pad - HH) // stride + 1."),
    of("pad_not_counted", SIZE, "(H - 2 * pad - HH) // stride + 1, (W - 2 * pad - WW) // stride + 1", "values pad identity padding",
       "You leave the padding out of the size of out: H' = (H + 2 * pad - HH) // stride + 1."),
    of("stride_missing_in_windows", STARTS, "i, j", "values stride leftover subsample",
       "Your out has the right size, but windows move by one: window (i, j) starts at (i * stride, j * stride)."),
    of("stride_missing_everywhere", STARTS, "i, j", "values stride leftover subsample",
       "You do not use stride: divide by it in the size of out, and start window (i, j) at (i * stride, j * stride).",
       also={SIZE: "H - HH + 1, W - WW + 1"}),
    of("stride_missing_in_the_size", SIZE, "H - HH + 1, W - WW + 1", "subsample",
       "Your out is too large, since its size is not divided by stride: H' = (H + 2 * pad - HH) // stride + 1."),
    of("stride_on_rows_only", "j * stride", "j", "values stride leftover subsample",
       "You step by stride from row to row, but by one from column to column: both take the stride."),
    of("stride_on_columns_only", "i * stride", "i", "values stride leftover subsample",
       "You step by stride from column to column, but by one from row to row: both take the stride."),
    of("stride_for_rows_alone", STARTS, "i * stride, j", "values stride leftover subsample",
       "Only the rows take the stride: divide by it in W' as well, and start window (i, j) at (i * stride, j * stride).",
       also={SIZE: "(H - HH) // stride + 1, W - WW + 1"}),
    of("stride_for_columns_alone", STARTS, "i, j * stride", "values stride leftover subsample",
       "Only the columns take the stride: divide by it in H' as well, and start window (i, j) at (i * stride, j * stride).",
       also={SIZE: "H - HH + 1, (W - WW) // stride + 1"}),
    of("windows_side_by_side", STARTS, "i * HH, j * WW", "values leftover known_answer",
       "You step by the kernel's size: window (i, j) starts at (i * stride, j * stride)."),
    of("stride_inside_the_window", "top : top + HH, left : left + WW", "top : top + stride * HH : stride, left : left + stride * WW : stride", "values stride leftover",
       "You step by stride inside the window (a dilated convolution): the stride is the step from window to window.",
       also={STARTS: "i, j"}),
    of("stride_and_pad_exchanged", "stride=1, pad=0", "pad=0, stride=1", "values pad subsample padding",
       "You take stride for pad and pad for stride: the signature is (x, w, b, stride=1, pad=0)."),
    of("size_without_one", SIZE, "(H - HH) // stride, (W - WW) // stride", "plain values rectangles stride",
       "Your out lacks its last row and column: there is one window, and another for each step, hence the + 1 in H'."),
    of("last_windows_not_visited", "np.ndindex(*out.shape[2:])", "np.ndindex(out.shape[2] - 1, out.shape[3] - 1)", "plain values rectangles stride",
       "Your loops end one window early and leave zeros in the last row and column: there are H' times W' windows.",
       also={"np.empty": "np.zeros"}),
    of("size_rounded_up", PAD, "(pad, pad + stride - 1), (pad, pad + stride - 1)", "leftover",
       "You round the size of out up, so the last windows hang over the edge: round down, with //."),
    of("square_kernel_assumed", "(W - WW)", "(W - HH)", "values rectangles",
       "You use the kernel's height HH for its width: W' = (W + 2 * pad - WW) // stride + 1."),
    of("square_image_assumed", "(W - WW)", "(H - WW)", "values rectangles identity shift",
       "You use the image's height H for its width: W' = (W + 2 * pad - WW) // stride + 1."),
    of("square_output_assumed", "(W - WW)", "(H - HH)", "values rectangles identity shift",
       "You take W' to be H': W' = (W + 2 * pad - WW) // stride + 1 is a size of its own."),
    of("rows_and_columns_exchanged", "out[:, :, i, j]", "out[:, :, j, i]", "plain stride pad leftover",
       "You store the window at row i and column j in out[..., j, i]: its place is out[..., i, j]."),
    of("reshaped_for_transposed", "return out,", "return out.transpose(0, 2, 3, 1).reshape(out.shape),", "plain values rectangles stride",
       "You reshape (N, H', W', F) to (N, F, H', W'), which mixes pixels and filters: transpose, with (0, 3, 1, 2)."),
    of("channels_left_last", "return out,", "return out.transpose(0, 2, 3, 1),", "plain values rectangles stride",
       "Your out is (N, H', W', F): the filters are axis 1, so transpose to (N, F, H', W')."),
    of("windows_numbered_by_height", "out[:, :, i, j]", "out.reshape(N, F, -1)[:, :, i * out.shape[2] + j]", "values rectangles identity shift",
       "You number window (i, j) as i * H' + j, so some share a place: a row holds W' windows, so it is i * W' + j.",
       also={"np.empty": "np.zeros"}),
    of("channel_axis_kept", "return out,", "return out[:, :, None],", "shape lenet subsample padding",
       "Your out has an extra axis of length one, (N, F, 1, H', W'): the sum over channels leaves none behind."),
    of("kernel_turned_in_place", RETURNS,
       "kept = w.copy()\n    w[...] = w[:, :, ::-1, ::-1].copy()\n    return out, (padded, kept, stride, pad)", "pure",
       "You turn w in place to feed a true convolution, and the caller still needs it: turn a copy."),
    of("pad_counted_twice", SIZE, "(H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1", "values pad identity padding",
       "You count the padding twice: H' = (H + 2 * pad - HH) // stride + 1, where H is the height before it is padded."),
    of("square_window_assumed", "left : left + WW", "left : left + HH", "values rectangles",
       "Your windows are HH by HH: a window has the kernel's height HH and its width WW."),
]

# ── convolution of images, backward ───────────────────────────────────────────────────────────────

of = edits(conv2d_backward)
CROP, TO_DX, TO_DW = "pad : H - pad, pad : W - pad", "dout[:, :, i, j], w)", "dout[:, :, i, j], padded[window])"
GRADIENTS = [
    of("dx_empty_without_padding", CROP, "pad:-pad, pad:-pad", "plain_dx dx rectangles leftover",
       "You cut the padding off with [pad:-pad], which is empty for pad = 0: cut with [pad : pad + H]."),
    of("dx_still_padded", CROP, ":, :", "dx",
       "Your dx still has the padding around it: cut off pad lines on each side, so that it has x's shape."),
    of("dx_cut_by_one", CROP, "1:-1, 1:-1", "plain_dx dx rectangles leftover",
       "You cut one line off each side of dx whatever pad is: cut off pad lines, with [pad : pad + H]."),
    of("dx_cut_at_the_end", CROP, ": H - 2 * pad, : W - 2 * pad", "dx",
       "You cut the padding off the end of dx only, so it is moved by pad: the padding is on both sides."),
    of("dx_cut_at_the_start", CROP, "2 * pad :, 2 * pad :", "dx",
       "You cut all the padding off the start of dx, so it is moved by pad: the padding is on both sides."),
    of("dx_cut_on_one_side", CROP, "pad:, pad:", "dx",
       "You cut the padding off the start of dx and leave it at the end: cut with [pad : pad + H]."),
    of("dx_cut_to_a_square", CROP, "pad : H - pad, pad : H - pad", "dx rectangles receptive_field",
       "You cut dx to H columns: it has x's width W, so take [pad : pad + H, pad : pad + W]."),
    of("dx_assigned", "dpadded[window] +=", "dpadded[window] =", "plain_dx dx rectangles leftover",
       "You assign to dx where windows overlap, so only the last one counts: a pixel collects a sum, so use +=."),
    of("dx_assigned_by_each_filter", "dpadded[window] += np.einsum(\"nf,fcpq->ncpq\", dout[:, :, i, j], w)",
       "dpadded[window] = np.einsum(\"nf,fcpq->ncpq\", dout[:, -1:, i, j], w[-1:])", "plain_dx dx rectangles leftover",
       "You assign to dx in the loop over filters and windows, so only the last of them counts: use +=."),
    of("turned_backward_too", TO_DX, "dout[:, :, i, j], w[:, :, ::-1, ::-1])", "plain_dx plain_dw dx dw leftover",
       "Your backward pass turns the kernel, as a true convolution would: it must fit the cross-correlation.",
       also={"return dx, dw,": "return dx, dw[:, :, ::-1, ::-1].copy(),"}),
    of("dx_kernel_the_wrong_way_round", TO_DX, "dout[:, :, i, j], w[:, :, ::-1, ::-1])", "plain_dx dx rectangles leftover",
       "Your dx meets the kernel the wrong way round: as a convolution of dout it needs the kernel turned by 180°."),
    of("dx_from_the_window", '"nf,fcpq->ncpq", ' + TO_DX, '"nf,ncpq->ncpq", ' + TO_DW, "plain_dx dx rectangles leftover",
       "You multiply dout with the window to get dx: it is w that x was multiplied with, so dx gets dout * w."),
    of("dx_stride_missing", "dpadded[window]", "dpadded[:, :, i : i + HH, j : j + WW]", "dx leftover",
       "You add to dx at (i, j) where it must be (i * stride, j * stride): the windows are those of the forward pass."),
    of("dx_stride_on_rows_only", "dpadded[window]", "dpadded[:, :, top : top + HH, j : j + WW]", "dx leftover",
       "Your dx steps by stride from row to row, but by one from column to column: both take the stride."),
    of("dx_stride_on_columns_only", "dpadded[window]", "dpadded[:, :, i : i + HH, left : left + WW]", "dx leftover",
       "Your dx steps by stride from column to column, but by one from row to row: both take the stride."),
    of("dx_of_last_filter", TO_DX, "dout[:, -1:, i, j], w[-1:])", "plain_dx dx rectangles leftover",
       "Your dx holds the last filter's share only: a pixel feeds all filters, so add them up."),
    of("dx_of_first_filter", TO_DX, "dout[:, :1, i, j], w[:1])", "plain_dx dx rectangles leftover",
       "Your dx holds the first filter's share only: a pixel feeds all filters, so add them up."),
    of("dx_by_first_filter", TO_DX, "dout[:, :, i, j], w[:1] + 0 * w)", "plain_dx dx rectangles leftover",
       "You multiply every dout[:, f] with w[0]: the gradient of filter f comes back through w[f]."),
    of("dx_averaged_over_windows", "dpadded[window] +=", "times[window] += 1\n        dpadded[window] +=", "plain_dx dx rectangles leftover",
       "You divide dx by the number of windows that a pixel lies in: it is the sum over them, not the mean.",
       also={"dpadded, dw =": "times = np.zeros(padded.shape)\n    dpadded, dw =",
             "dx = dpadded[": "dx = (dpadded / np.maximum(times, 1))["}),
    of("dx_ends_where_windows_end", "return dx,", "return dx[:, :, : top + HH - pad, : left + WW - pad],", "leftover",
       "Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches."),
    of("dw_stride_missing", TO_DW, "dout[:, :, i, j], padded[:, :, i : i + HH, j : j + WW])", "dw leftover",
       "Your dw takes the window at (i, j) where it must be (i * stride, j * stride), as in the forward pass."),
    of("dw_stride_on_rows_only", TO_DW, "dout[:, :, i, j], padded[:, :, top : top + HH, j : j + WW])", "dw leftover",
       "Your dw steps by stride from row to row, but by one from column to column: both take the stride."),
    of("dw_stride_on_columns_only", TO_DW, "dout[:, :, i, j], padded[:, :, i : i + HH, left : left + WW])", "dw leftover",
       "Your dw steps by stride from column to column, but by one from row to row: both take the stride."),
    of("dw_of_last_image", TO_DW, "dout[-1:, :, i, j], padded[window][-1:])", "plain_dw dw rectangles leftover",
       "Your dw holds the last image's share only: all images use the same filters, so add them up (+=, not =)."),
    of("dw_of_last_place", "dw +=", "dw =", "plain_dw dw rectangles leftover",
       "Your dw holds the last window's share only: the kernel is used in all windows, so add them up (+=, not =)."),
    of("dw_of_last_window_of_last_image", 'dw += np.einsum("nf,ncpq->fcpq", ' + TO_DW,
       'dw = np.einsum("nf,ncpq->fcpq", dout[-1:, :, i, j], padded[window][-1:])', "plain_dw dw rectangles leftover",
       "You assign to dw in the loops, so only the last window of the last image counts: dw collects a sum, so use +=."),
    of("dw_from_first_image", TO_DW, "dout[:, :, i, j], padded[window][:1] + 0 * padded[window])", "plain_dw dw rectangles leftover",
       "You take the windows of the first image for the whole batch: dout[n] meets the windows of image n."),
    of("dw_averaged_over_places", "return dx, dw,", "return dx, dw / dout[0, 0].size,", "plain_dw dw rectangles leftover",
       "Your dw is the mean over the H' * W' places: the kernel is used in all of them, so it is the sum."),
    of("dw_turned", "return dx, dw,", "return dx, dw[:, :, ::-1, ::-1].copy(),", "plain_dw dw rectangles leftover",
       "Your dw is turned by 180°: kernel position (p, q) meets the pixel at (p, q) of each window."),
    of("dw_same_for_all_channels", "return dx, dw,", "return dx, dw.sum(axis=1, keepdims=True) + np.zeros_like(dw),", "plain_dw dw rectangles leftover",
       "You sum the window over its channels before it meets dout, so dw is the same in each: keep the channels apart."),
    of("gradients_divided_by_batch", "return dx, dw, dout.sum(axis=(0, 2, 3))",
       "return dx / len(dout), dw / len(dout), dout.sum(axis=(0, 2, 3)) / len(dout)", "plain_dx plain_dw plain_db dx",
       "You divide dx, dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own."),
    of("dx_divided_by_batch", "return dx,", "return dx / len(dout),", "plain_dx dx rectangles leftover",
       "You divide dx by N, but the loss has done so already: the backward pass has no 1/N of its own."),
    of("dw_divided_by_batch", "return dx, dw,", "return dx, dw / len(dout),", "plain_dw dw rectangles leftover",
       "You divide dw by N, but the loss has done so already: the backward pass has no 1/N of its own."),
    of("weight_gradients_divided_by_batch", "return dx, dw, dout.sum(axis=(0, 2, 3))",
       "return dx, dw / len(dout), dout.sum(axis=(0, 2, 3)) / len(dout)", "plain_dw plain_db dw db",
       "You divide dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own."),
    of("db_averaged", "dout.sum(", "dout.mean(", "plain_db db rectangles leftover",
       "Your db is the mean over examples and places: the bias is added in each of them, so it is the sum."),
    of("db_averaged_over_batch", "dout.sum(axis=(0, 2, 3))", "dout.sum(axis=(0, 2, 3)) / len(dout)", "plain_db db rectangles leftover",
       "You divide db by N, but the loss has done so already: db is the sum over axes 0, 2 and 3."),
    of("db_summed_over_batch_only", "axis=(0, 2, 3)", "axis=0", "plain_db db rectangles leftover",
       "You sum dout over the batch only: a filter's bias is shared by all places, so sum over axes 0, 2 and 3."),
    of("db_summed_over_places_only", "axis=(0, 2, 3)", "axis=(2, 3)", "plain_db db rectangles leftover",
       "You sum dout over the places only: a filter's bias is shared by all images, so sum over axes 0, 2 and 3."),
    of("db_summed_over_filters", "axis=(0, 2, 3)", "axis=(1, 2, 3)", "plain_db db rectangles leftover",
       "You sum dout over the filters and keep the images: db has a number for each filter, so sum over axes 0, 2 and 3."),
    of("db_summed_over_everything", "dout.sum(axis=(0, 2, 3))", "np.full(len(w), dout.sum())", "plain_db db rectangles leftover",
       "You sum dout over all axes, so every filter's bias gets the same gradient: keep axis 1, that of the filters."),
    of("db_of_last_place", "dout.sum(axis=(0, 2, 3))", "dout[-1, :, -1, -1]", "plain_db db rectangles leftover",
       "You assign to db in the loops, so only the last dout counts: the bias is added everywhere, so use +=."),
    of("db_of_last_image", "dout.sum(axis=(0, 2, 3))", "dout[-1].sum(axis=(1, 2))", "plain_db db rectangles leftover",
       "Your db holds the last image's share only: all images use the same bias, so add them up (+=, not =)."),
    of("db_never_computed", "dout.sum(axis=(0, 2, 3))", "np.zeros(len(w))", "plain_db db rectangles leftover",
       "Your db is zero: the bias is added in every place of every image, so db[f] is the sum of dout[:, f]."),
    of("db_keeps_axes", "axis=(0, 2, 3)", "axis=(0, 2, 3), keepdims=True", "shapes",
       "Your db has shape (1, F, 1, 1) where b has (F,): sum over axes 0, 2 and 3 without keepdims."),
    of("convolution_ignores_dout", "padded, w, stride, pad = cache", "padded, w, stride, pad = cache\n    dout = np.ones_like(dout)", "plain_dx plain_dw plain_db dx",
       "You take dout to be all ones, which is right only for a plain sum: use the dout that you are given."),
    of("columns_counted_as_rows", "np.ndindex(*dout.shape[2:])", "np.ndindex(dout.shape[2], dout.shape[2])", "dx dw rectangles",
       "Your loop over columns ends at H' where out has W' of them, so the rest of dout is lost."),
    of("gradients_in_another_order", "return dx, dw, dout", "return dw, dx, dout", "plain_dx plain_dw dx dw",
       "You return dw where dx belongs: the order is dx, dw, db."),
    of("dx_returned_last", "return dx, dw, dout.sum(axis=(0, 2, 3))", "return dw, dout.sum(axis=(0, 2, 3)), dx", "plain_dx plain_dw plain_db dx",
       "You return dx last: the order is dx, dw, db."),
    of("weights_updated_on_the_way", "return dx, dw,", "w -= 0.01 * dw\n    return dx, dw,", "pure",
       "You change w while you compute its gradient: the backward pass returns dw, and the optimiser makes the step."),
    of("dx_stored_from_an_empty_cut", "dx = dpadded[:, :, pad : H - pad, pad : W - pad]",
       "dx = np.zeros((len(padded), w.shape[1], H - 2 * pad, W - 2 * pad))\n    for k in range(len(dx)):\n        dx[k] = dpadded[k, :, pad:-pad, pad:-pad]", "plain_dx plain_dw plain_db dx",
       "You store dx from [pad:-pad], which is empty for pad = 0: cut the padding off with [pad : pad + H]."),
    of("dx_stored_from_a_cut_by_one", "dx = dpadded[:, :, pad : H - pad, pad : W - pad]",
       "dx = np.zeros((len(padded), w.shape[1], H - 2 * pad, W - 2 * pad))\n    for k in range(len(dx)):\n        dx[k] = dpadded[k, :, 1:-1, 1:-1]", "plain_dx plain_dw plain_db dx",
       "You store dx from [1:-1], which fits for pad = 1 only: cut off pad lines on each side, with [pad : pad + H]."),
    of("square_window_backward", "left + WW)", "left + HH)", "dx dw db rectangles",
       "Your windows are HH by HH on the way back: a window has the kernel's height HH and its width WW."),
]

# ── convolution of sequences ──────────────────────────────────────────────────────────────────────

of = edits(conv1d_forward)
TAPS, WEIGHTS = "padded[:, :, k : k + stride * length : stride]", "w[:, :, k] @"
of("bias_forgotten_1d", " + b[:, None]", "", "plain values leftover",
   "You never add the bias: add b[f] to every output of filter f.")
of("bias_once_per_channel_1d", " + b[:, None]", " + w.shape[1] * b[:, None]", "plain values leftover",
   "You add the bias inside the loop over the channels, so it counts C times: add it once, after the sum.")
of("bias_once_per_weight_1d", " + b[:, None]", " + w[0].size * b[:, None]", "plain values leftover",
   "You add the bias before you sum the window, so it counts for every weight: add it once, after the sum.")
of("kernel_turned_1d", WEIGHTS, "w[:, :, -1 - k] @", "plain values leftover known_answer",
   "You turn the kernel round before you slide it: the task is cross-correlation, so use w as it is.")
of("last_channel_only_1d", "w[:, :, k] @ padded[:, :,", "w[:, -1:, k] @ padded[:, -1:,", "plain values leftover",
   "Each channel overwrites the one before, so only the last one counts: add up all channels.")
of("first_channel_only_1d", "w[:, :, k] @ padded[:, :,", "w[:, :1, k] @ padded[:, :1,", "plain values leftover",
   "You use channel 0 alone: an output is the sum over all C channels.")
of("window_averaged_1d", "return out +", "return out / w[0].size +", "plain values leftover known_answer",
   "You take the mean of window * kernel, which is C * K times too small: take the sum.")
of("first_sequence_only", TAPS, TAPS.replace("padded[:", "padded[:1"), "plain values leftover",
   "You use the first sequence for the whole batch: index x with the loop's n, not with 0.")
of("padded_in_front_only", "(pad, pad)))", "(2 * pad, 0)))", "values",
   "You put all the zeros in front (a causal convolution): pad zeros belong on each side.")
of("padded_behind_only", "(pad, pad)))", "(0, 2 * pad)))", "values",
   "You put all the zeros behind: pad zeros belong on each side.")
of("pad_always_one_1d", "(pad, pad)))", "(1, 1)))", "plain values leftover known_answer",
   "You pad with one zero on each side whatever pad is: use the argument, which may also be 0 or 2.")
of("pad_one_behind_a_right_length", "(pad, pad)))", "(1, 1)))", "plain values leftover known_answer",
   "Your out has the length for pad, but x is padded with one zero whatever pad is: put `pad` zeros on each side.",
   also={"(padded.shape[2] - K)": "(x.shape[2] + 2 * pad - K)"})
of("pad_ignored_1d", "(pad, pad)))", "(0, 0)))", "values",
   "You do not pad at all: put `pad` zeros before and after each sequence first.")
of("padded_with_edges_1d", "(pad, pad)))", '(pad, pad)), mode="edge")', "values",
   "You repeat the ends of the sequence instead of zeros: np.pad pads with zeros unless you give a mode.")
of("pad_counted_once_1d", "(padded.shape[2] - K)", "(padded.shape[2] - pad - K)", "values",
   "You count the padding once in the length of out: it is on both sides, so L' = (L + 2 * pad - K) // stride + 1.")
of("length_kept", "(pad, pad)))", "((w.shape[2] - 1) // 2, w.shape[2] // 2)))", "plain values leftover known_answer",
   'You always pad so that out is as long as x ("same"): pad by what the argument says, which may be 0.')
of("stride_missing_1d", TAPS, "padded[:, :, k : k + length]", "values leftover",
   "Your out has the right length, but the window moves by one: window i starts at i * stride.")
of("stride_missing_everywhere_1d", TAPS, "padded[:, :, k : k + length]", "values leftover",
   "You do not use stride: divide by it in the length of out, and start window i at i * stride.",
   also={"// stride + 1": "+ 1"})
of("stride_and_pad_exchanged_1d", "stride=1, pad=0", "pad=0, stride=1", "values",
   "You take stride for pad and pad for stride: the signature is (x, w, b, stride=1, pad=0).")
of("length_without_one", "// stride + 1", "// stride", "plain values leftover known_answer",
   "Your out is one too short: there is one window, and another for each step, hence the + 1 in L'.")
of("length_rounded_up", "(pad, pad)))", "(pad, pad + stride - 1)))", "leftover",
   "You round the length of out up, so the last window hangs over the end: round down, with //.")
of("channel_axis_kept_1d", "return out + b[:, None],", "return (out + b[:, None])[:, :, None],", "shape",
   "Your out has an extra axis of length one, (N, F, 1, L'): the sum over channels leaves none behind.")
of("kernel_turned_in_place_1d", "return out + b[:, None], (padded, w,",
   "kept = w.copy()\n    w[...] = w[:, :, ::-1].copy()\n    return out + b[:, None], (padded, kept,", "pure",
   "You turn w in place to feed a true convolution, and the caller still needs it: turn a copy.")

of = edits(conv1d_backward)
CROP_1D, SEEN = "pad : padded.shape[2] - pad", "padded[:, :, seen])"
of("dx_empty_without_padding_1d", CROP_1D, "pad:-pad", "plain_dx dx leftover consistent",
   "You cut the padding off with [pad:-pad], which is empty for pad = 0: cut with [pad : pad + L].")
of("dx_still_padded_1d", CROP_1D, ":", "dx",
   "Your dx still has the padding around it: cut off pad elements on each side, so that it has x's shape.")
of("dx_cut_by_one_1d", CROP_1D, "1:-1", "plain_dx dx leftover consistent",
   "You cut one element off each side of dx whatever pad is: cut off pad elements, with [pad : pad + L].")
of("dx_cut_at_the_end_1d", CROP_1D, ": padded.shape[2] - 2 * pad", "dx",
   "You cut the padding off the end of dx only, so it is moved by pad: the padding is on both sides.")
of("dx_assigned_1d", "dx = dpadded",
   "for i in range(dout.shape[2]):\n"
   "        dpadded[:, :, i * stride : i * stride + w.shape[2]] = np.tensordot(dout[:, :, i], w, axes=1)\n    dx = dpadded", "plain_dx dx leftover consistent",
   "You assign to dx where windows overlap, so only the last one counts: an element collects a sum, so use +=.")
of("dx_kernel_the_wrong_way_round_1d", "w[:, :, k].T", "w[:, :, -1 - k].T", "plain_dx dx leftover consistent",
   "Your dx meets the kernel the wrong way round: as a convolution of dout it needs the kernel turned.")
of("dx_of_last_filter_1d", "w[:, :, k].T @ dout", "w[-1:, :, k].T @ dout[:, -1:]", "plain_dx dx leftover consistent",
   "Your dx holds the last filter's share only: an element feeds all filters, so add them up.")
of("dx_stride_missing_1d", "dpadded[:, :, seen]", "dpadded[:, :, k : k + dout.shape[2]]", "dx leftover",
   "You add to dx from i on where it must be i * stride: the windows are those of the forward pass.")
of("dx_ends_where_windows_end_1d", "return dx,", "return dx[:, :, : (dout.shape[2] - 1) * stride + w.shape[2] - pad],", "leftover",
   "Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches.")
of("dw_stride_missing_1d", SEEN, "padded[:, :, k : k + dout.shape[2]])", "dw leftover",
   "Your dw takes the window from i on where it must be i * stride, as in the forward pass.")
of("dw_of_last_sequence", "dout, " + SEEN, "dout[-1:], padded[-1:, :, seen])", "plain_dw dw leftover consistent",
   "Your dw holds the last sequence's share only: all sequences use the same filters, so add them up.")
of("dw_of_last_place_1d", "dout, " + SEEN, "dout[:, :, -1:], padded[:, :, seen][:, :, -1:])", "plain_dw dw leftover consistent",
   "Your dw holds the last window's share only: the kernel is used in all windows, so add them up (+=, not =).")
of("dw_turned_1d", "return dx, dw,", "return dx, dw[:, :, ::-1].copy(),", "plain_dw dw leftover consistent",
   "Your dw is turned round: kernel position k meets the element at k of each window.")
of("gradients_divided_by_batch_1d", "return dx, dw, dout.sum(axis=(0, 2))",
   "return dx / len(dout), dw / len(dout), dout.sum(axis=(0, 2)) / len(dout)", "plain_dx plain_dw dx dw",
   "You divide dx, dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own.")
of("weight_gradients_divided_by_batch_1d", "return dx, dw, dout.sum(axis=(0, 2))",
   "return dx, dw / len(dout), dout.sum(axis=(0, 2)) / len(dout)", "plain_dw dw db leftover",
   "You divide dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own.")
of("db_averaged_1d", "dout.sum(", "dout.mean(", "db leftover pure consistent",
   "Your db is the mean over examples and places: the bias is added in each of them, so it is the sum.")
of("db_summed_over_batch_only_1d", "axis=(0, 2)", "axis=0", "db leftover shapes pure",
   "You sum dout over the batch only: a filter's bias is shared by all places, so sum over axes 0 and 2.")
of("db_summed_over_places_only_1d", "axis=(0, 2)", "axis=2", "db leftover shapes pure",
   "You sum dout over the places only: a filter's bias is shared by all sequences, so sum over axes 0 and 2.")
of("db_summed_over_everything_1d", "dout.sum(axis=(0, 2))", "np.full(len(w), dout.sum())", "db leftover pure consistent",
   "You sum dout over all axes, so every filter's bias gets the same gradient: keep axis 1, that of the filters.")
of("db_keeps_axes_1d", "axis=(0, 2)", "axis=(0, 2), keepdims=True", "shapes",
   "Your db has shape (1, F, 1) where b has (F,): sum over axes 0 and 2 without keepdims.")
of("convolution_ignores_dout_1d", "padded, w, stride, pad = cache", "padded, w, stride, pad = cache\n    dout = np.ones_like(dout)", "plain_dx plain_dw dx dw",
   "You take dout to be all ones, which is right only for a plain sum: use the dout that you are given.")
of("x_cleared_1d", "return dx,", "padded[...] = 0\n    return dx,", "pure",
   "You reuse x's memory for dx, so the cache is spoilt for a second call: make a new array.")

# ── fast convolution: matrices whose rows are in another order ────────────────────────────────────

of = edits(conv2d_fast_forward)
of("kernel_turned_by_fft", "w.reshape(F, -1) @", "w[:, :, ::-1, ::-1].reshape(F, -1) @", "plain values leftover known_answer",
   "You multiply Fourier transforms, which turns the kernel: turn w first, or conjugate its transform.")
of("im2col_channels_last", "transpose(1, 4, 5, 0, 2, 3)", "transpose(4, 5, 1, 0, 2, 3)", "plain values leftover",
   "Your columns list the channels last, but w.reshape(F, -1) lists them first: both must have the same order.")
of("im2col_rows_exchanged", "transpose(1, 4, 5, 0, 2, 3)", "transpose(1, 5, 4, 0, 2, 3)", "plain values leftover known_answer",
   "Your columns list a window column by column, but w.reshape(F, -1) lists it row by row: use the same order.")
of("fast_reshaped_for_transposed", "reshape(F, N, rows, columns).swapaxes(0, 1)", "reshape(N, F, rows, columns)", "plain values leftover",
   "You reshape (F, N, H', W') to (N, F, H', W'), which mixes the images: swap the first two axes instead.")
of("fast_pixels_reshaped_for_transposed", "out.reshape(F, N, rows, columns).swapaxes(0, 1)", "out.T.reshape(N, F, rows, columns)", "plain values leftover",
   "You reshape (N * H' * W', F) to (N, F, H', W'), which mixes pixels and filters: reshape to (N, H', W', F) and transpose.")
of("im2col_images_last", "transpose(1, 4, 5, 0, 2, 3)", "transpose(1, 4, 5, 2, 3, 0)", "plain values leftover",
   "Your columns go through the images of one place before the next place: reshape the product to (F, H', W', N) and transpose.")

of = edits(conv2d_fast_backward)
of("repeated_indices_added_once", "+= dwindows", "= dwindows", "plain_dx dx leftover consistent",
   "Your dx[indices] += values adds only once where an index occurs twice: use np.add.at, or add slice by slice.")
of("dout_reshaped_for_transposed", "dout.swapaxes(0, 1).reshape(F,", "dout.reshape(F,", "plain_dx plain_dw dx dw",
   "You reshape dout (N, F, H', W') to (F, -1), which mixes images and filters: swap its first two axes before.",
   also={"flat.sum(axis=1)": "dout.sum(axis=(0, 2, 3))"})
of("dw_taps_transposed", "dw = (flat @ im2col.T).reshape(w.shape)",
   "dw = (flat @ im2col.T).reshape(w.shape).transpose(0, 2, 3, 1).reshape(w.shape)", "plain_dw dw leftover consistent",
   "Your dw comes out of the matrix product in another order than w has: its columns must be channel, row, column.")
of("fast_ignores_dout", "_, _, rows, columns = dout.shape", "dout = np.ones_like(dout)\n    _, _, rows, columns = dout.shape", "plain_dx plain_dw dx dw",
   "You take dout to be all ones, so the gradient of the layers above is lost: multiply with the dout that you are given.")

# the checks of conv2d that conv2d_fast has, too
FAST_CHECKS = {
    "conv2d_forward": ("plain", "values", "leftover", "shape", "pure", "known_answer"),
    "conv2d_backward": ("plain_dx", "plain_dw", "dx", "dw", "db", "leftover", "shapes", "pure", "consistent"),
}


def as_fast_forward(wrong):
    """conv2d_forward with a mistake in the place of conv2d_fast_forward."""

    def forward(*args, **options):
        out, _ = wrong.replacements["conv2d_forward"](*args, **options)
        return out, conv2d_fast_forward(*args, **options)[1]

    return forward


def as_fast_backward(wrong):
    """conv2d_backward with a mistake in the place of conv2d_fast_backward."""

    def backward(dout, cache):
        padded, _, *rest = cache
        return wrong.replacements["conv2d_backward"](dout, (padded, *rest))

    return backward


def declare_fast(wrong, function, entry_point, otherwise):
    found = [name for check in wrong.caught_by if (name := check.split(".")[1]) in FAST_CHECKS[wrong.entry_point]]
    function.__doc__ = wrong.says
    mistake(entry_point, name=f"fast_{wrong.name}", caught_by=found or otherwise)(function)


COMMON = """
    bias_forgotten bias_once_per_weight window_averaged last_channel_only pad_always_one pad_one_behind_a_right_size
    pad_ignored pad_behind_only stride_missing_in_windows stride_missing_everywhere stride_on_rows_only size_without_one
    size_rounded_up square_kernel_assumed square_image_assumed channels_left_last channel_axis_kept kernel_turned_in_place
    dx_empty_without_padding dx_stored_from_an_empty_cut dx_still_padded dx_cut_by_one
    dx_cut_at_the_end dx_assigned dx_kernel_the_wrong_way_round turned_backward_too dx_stride_missing
    dx_ends_where_windows_end dw_stride_missing dw_of_last_image dw_turned gradients_divided_by_batch
    weight_gradients_divided_by_batch db_averaged db_summed_over_batch_only db_summed_over_everything db_keeps_axes
    gradients_in_another_order weights_updated_on_the_way
"""
for wrong in (wrong for wrong in IMAGES if wrong.name in COMMON.split()):
    declare_fast(wrong, as_fast_forward(wrong), "conv2d_fast_forward", "values")
for wrong in (wrong for wrong in GRADIENTS if wrong.name in COMMON.split()):
    declare_fast(wrong, as_fast_backward(wrong), "conv2d_fast_backward", "dx")

# ── pooling, forward ──────────────────────────────────────────────────────────────────────────────

POOL, POOLED_SIZE = "ph, pw = np.broadcast_to(pool, 2)", "(H - ph) // stride + 1, (W - pw) // stride + 1"
WINDOW = "top : top + ph, left : left + pw"
for prefix, of, op in (("", edits(max_pool2d_forward), "max"), ("average_", edits(avg_pool2d_forward), "mean")):
    REDUCE = f"window.{op}(axis=(2, 3))"
    of(f"{prefix}stride_taken_for_pool", POOL, f"{POOL}\n    stride = ph", "values rectangles",
       "You use pool as the step: windows move by stride, so they may overlap or leave gaps.")
    of(f"{prefix}windows_start_at_output_index", STARTS, "i, j", "plain values rectangles leftover",
       "Your windows start at (i, j) where it must be (i * stride, j * stride).")
    of(f"{prefix}pooling_stride_missing_everywhere", STARTS, "i, j", "plain values rectangles leftover",
       "You do not use stride: divide by it in the size of out, and start window (i, j) at (i * stride, j * stride).",
       also={POOLED_SIZE: "H - ph + 1, W - pw + 1"})
    of(f"{prefix}stride_on_rows_only_pooled", "j * stride", "j", "plain values rectangles leftover",
       "You step by stride from row to row, but by one from column to column: both take the stride.")
    of(f"{prefix}windows_as_large_as_stride", WINDOW, "top : top + stride, left : left + stride", "values rectangles",
       "Your windows are stride wide: their size is pool, and stride is the step between them.")
    of(f"{prefix}height_for_width", POOL, "ph = pw = np.broadcast_to(pool, 2)[0]", "rectangles",
       "You use the window's height for its width, too: pool = (height, width).")
    of(f"{prefix}width_for_height", POOL, "ph = pw = np.broadcast_to(pool, 2)[1]", "rectangles",
       "You use the window's width for its height, too: pool = (height, width).")
    of(f"{prefix}width_before_height", POOL, "pw, ph = np.broadcast_to(pool, 2)", "rectangles",
       "You read pool as (width, height): it is (height, width), in the order of the axes.")
    of(f"{prefix}pooled_width_from_image_height", "(W - pw)", "(H - pw)", "values rectangles leftover",
       "You use the image's height H for its width: W' = (W - pw) // stride + 1.")
    of(f"{prefix}pooled_width_from_window_height", "(W - pw)", "(W - ph)", "rectangles",
       "You use the window's height ph for its width: W' = (W - pw) // stride + 1.")
    of(f"{prefix}pooled_square", "(W - pw)", "(H - ph)", "values rectangles leftover",
       "You take W' to be H': W' = (W - pw) // stride + 1 is a size of its own.")
    of(f"{prefix}pooled_size_of_whole_steps", POOLED_SIZE, "H // stride, W // stride", "values rectangles",
       "Your size of out is H // stride, which is right for pool = stride only: H' = (H - ph) // stride + 1.")
    of(f"{prefix}pooled_size_without_one", POOLED_SIZE, "(H - ph) // stride, (W - pw) // stride", "plain values rectangles leftover",
       "Your out lacks its last row and column: there is one window, and another for each step, hence the + 1 in H'.")
    of(f"{prefix}pooled_over_first_image", REDUCE, f"window[:1].{op}(axis=(2, 3))", "plain values rectangles leftover",
       "You pool the first image for the whole batch: index x with the loop's n, not with 0.")
    of(f"{prefix}pooled_over_first_channel", REDUCE, f"window[:, :1].{op}(axis=(2, 3))", "plain values rectangles leftover",
       "You pool channel 0 for all channels: each channel is pooled by itself.")
    of(f"{prefix}pooled_over_images", REDUCE, f"window.{op}(axis=(0, 2, 3))", "plain values rectangles leftover",
       "You pool over the images of the batch, too: each image is pooled by itself, so reduce axes 2 and 3 only.")
    of(f"{prefix}pooled_output_transposed", "out[:, :, i, j] =", "out[:, :, j, i] =", "plain",
       "You store the window at row i and column j in out[..., j, i]: its place is out[..., i, j].")
    of(f"{prefix}pooled_axis_kept", "return out,", "return out[:, :, None],", "shape",
       "Your out has an extra axis of length one: its shape is (N, C, H', W').")

of, REDUCE = edits(max_pool2d_forward), "window.max(axis=(2, 3))"
of("windows_a_pool_apart", STARTS, "i * ph, j * pw", "values rectangles",
   "Your windows start a pool apart: window (i, j) starts at (i * stride, j * stride).")
of("pooled_size_of_whole_windows", POOLED_SIZE, "H // ph, W // pw", "rectangles",
   "Your size of out is H // ph, which is right for pool = stride only: H' = (H - ph) // stride + 1.")
of("search_starts_at_zero", REDUCE, "window.max(axis=(2, 3), initial=0)", "negative",
   "Your search for the maximum starts at 0, which is wrong where a window holds negative numbers only.")
of("largest_magnitude", REDUCE, "np.where(-window.min((2, 3)) > window.max((2, 3)), window.min((2, 3)), window.max((2, 3)))", "known_answer negative",
   "You compare magnitudes: -5 is not larger than 2.")
of("magnitude_taken", REDUCE, "np.abs(window).max(axis=(2, 3))", "known_answer negative",
   "You take absolute values before the maximum: -5 is not larger than 2, and keeps its sign.")
of("smallest_taken", REDUCE, "window.min(axis=(2, 3))", "plain values rectangles leftover",
   "You take the smallest number of each window: max pooling keeps the largest.")
of("average_for_maximum", REDUCE, "window.mean(axis=(2, 3))", "plain values rectangles leftover",
   "You take the average of each window: max pooling keeps the largest number.")
of("index_for_maximum", REDUCE, "window.reshape(N, C, -1).argmax(axis=2)", "plain values rectangles leftover",
   "You return where the largest number stands (argmax): return the number itself.")
of("corner_taken", REDUCE, "window[:, :, 0, 0]", "plain values rectangles leftover",
   "You take the first number of each window: max pooling keeps the largest.")
of("maximum_over_channels", REDUCE, "window.max(axis=(1, 2, 3))[:, None]", "plain values rectangles leftover",
   "You take the maximum over the channels, too: each channel is pooled by itself, so max over axes 2 and 3 only.")
of("maximum_over_batch", REDUCE, "window.max()", "plain values rectangles leftover",
   "You take the maximum over the whole batch, too: call max with axis=(2, 3), not without an axis.")
of("pooled_size_rounded_up", POOLED_SIZE, "-(-(H - ph) // stride) + 1, -(-(W - pw) // stride) + 1", "leftover",
   "You pool what is left over at the edge in a smaller window: sizes are rounded down, so leave it out.",
   also={REDUCE: "window.max(axis=(2, 3), initial=-np.inf)"})
of("mask_written_into_x", "return out, (x, (ph, pw), stride)",
   "kept = (x.copy(), (ph, pw), stride)\n    x[...] = max_pool2d_backward(np.ones_like(out), kept)\n    return out, kept", "pure",
   "You turn x itself into the mask of the maxima, and the caller still needs it: make the mask a new array.")

of, REDUCE = edits(avg_pool2d_forward), "window.mean(axis=(2, 3))"
of("sum_for_average", REDUCE, "window.sum(axis=(2, 3))", "plain values rectangles leftover",
   "You sum the window: divide by the number of its elements, ph * pw.")
of("divided_by_one_side", REDUCE, "window.sum(axis=(2, 3)) / ph", "plain values rectangles leftover",
   "You divide by the window's height alone: it has ph * pw elements.")
of("divided_by_square", REDUCE, "window.sum(axis=(2, 3)) / ph**2", "rectangles",
   "You divide by ph * ph: a window of height ph and width pw has ph * pw elements.")
of("divided_by_sides", REDUCE, "window.sum(axis=(2, 3)) / (ph + pw)", "values rectangles constant",
   "You divide by ph + pw: a window has ph * pw elements.")
of("divided_by_image", REDUCE, "window.sum(axis=(2, 3)) / (H * W)", "plain values rectangles leftover",
   "You divide by the size of the image: divide by the size of the window, ph * pw.")
of("divided_by_stride", REDUCE, "window.sum(axis=(2, 3)) / stride**2", "values rectangles constant",
   "You divide by stride * stride: a window has ph * pw elements, whatever the step.")
of("maximum_for_average", REDUCE, "window.max(axis=(2, 3))", "plain values rectangles leftover",
   "You take the maximum of each window: average pooling takes its mean.")
of("averaged_over_channels", REDUCE, "window.mean(axis=(1, 2, 3))[:, None]", "plain values rectangles leftover",
   "You average over the channels, too: each channel is pooled by itself, so take the mean over axes 2 and 3 only.")
of("averaged_over_batch", REDUCE, "window.mean()", "plain values rectangles leftover",
   "You average over the whole batch, too: call mean with axis=(2, 3), not without an axis.")
of("averages_rounded_down", REDUCE, "np.floor(window.mean(axis=(2, 3)))", "plain values rectangles leftover",
   "Your averages are whole numbers: divide with /, not with //, and make out an array of floats.")
of("average_size_rounded_up", POOLED_SIZE, "-(-(H - ph) // stride) + 1, -(-(W - pw) // stride) + 1", "leftover constant",
   "You fill up with zeros where a window hangs over the edge: sizes are rounded down, so leave what is left over.",
   also={REDUCE: "window.sum(axis=(2, 3)) / (ph * pw)"})
of("x_divided_in_place", "return out,", "x /= ph * pw\n    return out,", "pure",
   "You divide x by ph * pw in place, and the caller still needs it: divide the sum.")

# ── max pooling, backward ─────────────────────────────────────────────────────────────────────────

of = edits(max_pool2d_backward)
HANDED = "dout[:, :, i : i + 1, j : j + 1]"
WINS = "wins = x[window] == x[window].max(axis=(2, 3), keepdims=True)\n        dx[window] += wins * " + HANDED
of("overlap_overwritten", "dx[window] +=", "dx[window] =", "overlap rectangles",
   "You assign to dx where windows overlap, so only the last one counts: an element collects a sum, so use +=.")
of("winner_overwritten", "dx[window] += wins * " + HANDED, f"np.copyto(dx[window], {HANDED}, where=wins)", "overlap rectangles",
   "You assign to the winning element, so of several windows that it wins only the last one counts: use +=.")
of("gradient_to_the_corner", "dx[window] += wins * " + HANDED, "dx[:, :, top, left] += dout[:, :, i, j]", "plain gradients overlap rectangles",
   "Your gradient goes to the first element of each window: it goes to where the largest number stands.")
of("gradient_to_the_whole_window", "wins * dout", "dout", "plain gradients overlap rectangles",
   "Your gradient goes to all elements of a window: the others do not change the maximum, so theirs is 0.")
of("gradient_spread_evenly", HANDED, f"0 + {HANDED} / (ph * pw)", "plain gradients overlap rectangles",
   "You share the gradient among all elements of a window, as average pooling does: the maximum gets all of it.")
of("gradient_to_the_smallest", "x[window].max(", "x[window].min(", "plain gradients overlap rectangles",
   "Your gradient goes to the smallest number of each window: it goes to the largest.")
of("pooling_ignores_dout", "wins * " + HANDED, "wins", "plain gradients overlap rectangles",
   "You put a 1 where the maximum stands: that is the mask, which you have yet to multiply with dout.")
of("value_for_gradient", "wins * " + HANDED, "wins * x[window]", "plain gradients overlap rectangles",
   "You put the maximum itself into dx: its place gets dout, the gradient of the loss.")
of("gradient_times_value", "wins * dout", "wins * x[window] * dout", "plain gradients overlap rectangles",
   "You multiply dout with the maximum: the slope of a maximum is 1 where it stands, so dx gets dout alone.")
of("winners_of_first_channel", "x[window] == x[window].max(", "x[window][:, :1] == x[window][:, :1].max(", "plain gradients overlap rectangles",
   "You use the first channel's places of the maximum for all channels: each channel has its own.")
of("winners_of_first_image", "x[window] == x[window].max(", "x[window][:1] == x[window][:1].max(", "plain gradients overlap rectangles",
   "You use the first image's places of the maximum for the whole batch: each image has its own.")
of("window_offset_forgotten", "dx[window] +=", "dx[:, :, :ph, :pw] +=", "plain gradients overlap rectangles",
   "You find the maximum inside its window, but forget where the window starts: add i * stride and j * stride.")
of("window_offset_not_strided", "dx[window] +=", "dx[:, :, i : i + ph, j : j + pw] +=", "plain gradients overlap rectangles",
   "You find the maximum inside its window, but add i and j to its place: add i * stride and j * stride.")
of("windows_not_strided_back", STARTS, "i, j", "plain gradients overlap rectangles",
   "Your windows start at (i, j) on the way back: they are those of the forward pass, at (i * stride, j * stride).")
of("windows_a_pool_apart_back", STARTS, "i * ph, j * pw", "gradients overlap rectangles",
   "Your windows start a pool apart on the way back: window (i, j) starts at (i * stride, j * stride).")
of("equal_numbers_elsewhere", WINS, "dx += (x == x[window].max(axis=(2, 3), keepdims=True)) * " + HANDED, "repeats",
   "You look for the maximum in the whole image, where other windows may hold the same number: look in its window.")
PLACED = """k = x[window].reshape(*dout.shape[:2], -1).argmax(axis=2)
        n, c = np.indices(k.shape)
        np.add.at(dx, (n, c, (top + {row}) % x.shape[2], (left + {column}) % x.shape[3]), dout[:, :, i, j])"""
of("index_divided_by_height", WINS, PLACED.format(row="k // ph", column="k % ph"), "rectangles",
   "You divide the winner's index by the window's height: a row holds pw elements, so divide by the width.")
of("winner_transposed", WINS, PLACED.format(row="k % pw", column="k // pw"), "plain gradients overlap rectangles",
   "You exchange the winner's row and column: index k of a window stands in row k // pw and column k % pw.")
of("pooling_dx_ends_where_windows_end", "return dx", "return dx[:, :, : top + ph, : left + pw]", "leftover",
   "Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches.")
of("pooling_divided_by_batch", "return dx", "return dx / len(dout)", "plain gradients overlap rectangles",
   "You divide by N, but the loss has done so already: the backward pass has no 1/N of its own.")
of("pooling_dx_keeps_an_axis", "return dx", "return dx[:, :, None]", "shapes",
   "Your dx has an extra axis of length one: it has x's shape, (N, C, H, W).")
of("winners_struck_out", "return dx", "x[dx != 0] = -1e9\n    return dx", "pure",
   "You strike out the winners in x as you go, which spoils the cache for a second call: keep x as it is.")

# ── average pooling, backward ─────────────────────────────────────────────────────────────────────

of = edits(avg_pool2d_backward)
of("share_not_divided", " / (ph * pw)", "", "plain gradients overlap rectangles",
   "Each element gets all of dout: it gets its share, dout / (ph * pw).")
of("share_of_one_side", "/ (ph * pw)", "/ ph", "plain gradients overlap rectangles",
   "You divide by the window's height alone: it has ph * pw elements to share dout.")
of("share_of_a_square", "/ (ph * pw)", "/ (ph * ph)", "rectangles",
   "You divide by ph * ph: a window of height ph and width pw has ph * pw elements.")
of("share_of_the_stride", "/ (ph * pw)", "/ stride**2", "gradients overlap rectangles",
   "You divide by stride * stride: a window has ph * pw elements to share dout, whatever the step.")
of("share_of_the_image", "/ (ph * pw)", "/ (shape[2] * shape[3])", "plain gradients overlap rectangles",
   "You divide by the size of the image: divide by the size of the window, ph * pw.")
of("share_of_the_places", "/ (ph * pw)", "/ dout[0, 0].size", "plain gradients overlap rectangles",
   "You divide by the number of windows, H' * W': divide by the size of a window, ph * pw.")
of("shares_divided_by_batch", "/ (ph * pw)", "/ (ph * pw) / len(dout)", "plain gradients overlap rectangles",
   "You divide by N, but the loss has done so already: the backward pass has no 1/N of its own.")
of("shares_overwritten", " += ", " = ", "overlap rectangles",
   "You assign to dx where windows overlap, so only the last one counts: an element collects a sum, so use +=.")
of("share_to_the_corner_only", f"dx[:, :, {WINDOW}] += {HANDED} / (ph * pw)", "dx[:, :, top, left] += dout[:, :, i, j]", "plain gradients overlap rectangles",
   "Your gradient goes to the first element of each window: all elements get an equal share.")
of("shares_of_moved_windows", STARTS, "i, j", "plain gradients overlap rectangles",
   "You add to the window at (i, j) where it must be (i * stride, j * stride), as in the forward pass.")
of("shares_a_pool_apart", STARTS, "i * ph, j * pw", "gradients overlap rectangles",
   "Your windows start a pool apart on the way back: window (i, j) starts at (i * stride, j * stride).")
of("average_ignores_dout", HANDED + " /", "1 /", "plain gradients overlap rectangles",
   "You take dout to be all ones, which is right only for a plain sum: use the dout that you are given.")
of("average_dx_ends_where_windows_end", "return dx", "return dx[:, :, : top + ph, : left + pw]", "leftover",
   "Your dx ends where the last window ends: it must have x's shape, with zeros where no window reaches.")
of("average_dx_keeps_an_axis", "return dx", "return dx[:, :, None]", "shapes adjoint",
   "Your dx has an extra axis of length one: it has x's shape, (N, C, H, W).")
of("dout_divided_in_place", "return dx", "dout /= ph * pw\n    return dx", "pure",
   "You divide dout by ph * pw in place, which changes your caller's array: divide into a new one.")
