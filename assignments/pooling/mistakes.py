"""What students get wrong in `pooling`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: the pooling layers and image pyramids that students publish (overlaps overwritten, maxima that
start at 0, edges repeated, kernels turned), other libraries' conventions (PyTorch's LPPool2d has a sum), and what
follows from the formulas. Two lines each, so the formatter is kept away.
"""

from autograder import edits

from .reference import (
    divisive_normalization,
    gaussian_pyramid,
    low_pass,
    lp_pool2d_backward,
    lp_pool2d_forward,
    shift,
    subtractive_normalization,
    subtractive_normalization_backward,
    tile_pool2d_backward,
    tile_pool2d_forward,
    upsample_backward,
    upsample_forward,
)

# fmt: off

# ── Lp pooling ─────────────────────────────────────────────────────────────────────────────────

of = edits(lp_pool2d_forward)
MEAN, V = "np.mean(np.abs(windows) ** p, axis=(4, 5)) ** (1 / p)", "values known_answer"

of("lp_sum", "np.mean", "np.sum", V,
   "You add abs(x)^p up, as PyTorch does: here it is the mean over the window.")
of("lp_root_missing", MEAN, "np.mean(np.abs(windows) ** p, axis=(4, 5))", V,
   "The p-th root is missing.")
of("lp_power_missing", "np.abs(windows) ** p", "np.abs(windows)", V,
   "You take the root of the mean of abs(x): raise abs(x) to the power p first.")
of("lp_absolute_missing", "np.abs(windows)", "windows", V,
   "You leave out the absolute value, so powers of negative numbers are negative or NaN.")
of("lp_square_root", "** (1 / p)", "** 0.5", V,
   "You always take the square root: it is the p-th root, ** (1 / p).")
of("lp_always_squares", "np.abs(windows) ** p", "np.abs(windows) ** 2", V,
   "You always square: the power is p.")
of("lp_root_precedence", "** (1 / p)", "** 1 / p", V,
   "x ** 1 / p is (x ** 1) / p: write x ** (1 / p).")
of("lp_mean_of_roots", MEAN, "np.mean((np.abs(windows) ** p) ** (1 / p), axis=(4, 5))", V,
   "You take the root of each number before the mean: the root is that of the mean.")
of("lp_absolute_of_sum", MEAN, "np.abs(np.mean(windows, axis=(4, 5)))", V,
   "You take the absolute value of the mean: take it of each number, before its power.")
of("lp_maximum", MEAN, "np.abs(windows).max(axis=(4, 5))", V,
   "You take the maximum, which is the limit for large p alone.")
of("lp_average", MEAN, "np.mean(windows, axis=(4, 5))", V,
   "You take the average: it is the p-th root of the mean of abs(x)^p.")
of("lp_divided_by_height", MEAN, "(np.sum(np.abs(windows) ** p, axis=(4, 5)) / height) ** (1 / p)", V,
   "You divide the sum by the height of the window: divide by the number of its pixels.")
of("lp_mean_outside_root", MEAN, "np.sum(np.abs(windows) ** p, axis=(4, 5)) ** (1 / p) / (height * width)", V,
   "You divide by the number of pixels after the root: the mean is inside the root.")
of("lp_epsilon", "axis=(4, 5)) **", "axis=(4, 5)) ** 1 + 1e-3) **", "known_answer",
   "The constant that you add inside the root changes the result: leave it out.", also={"np.mean(": "(np.mean("})
of("lp_stride_ignored", "[:, :, ::stride, ::stride]", "[:, :, ::2, ::2]", "overlapping apart",
   "You always move the window by 2: use the stride.")
of("lp_stride_is_pool", "[:, :, ::stride, ::stride]", "[:, :, ::height, ::width]", "overlapping apart rectangles",
   "You move the window by its own size: use the stride.")
of("lp_stride_on_rows_alone", "::stride, ::stride", "::stride, ::2", "overlapping apart",
   "You use the stride for the rows alone: it is for the columns, too.")
of("lp_pool_ignored", "(pool, pool) if isinstance(pool, int) else pool", "(2, 2)", "overlapping rectangles",
   "Your window is always 2 × 2: use pool.")
of("lp_pool_turned", "height, width = (pool, pool)", "width, height = (pool, pool)", "rectangles",
   "You have the pair pool the wrong way round: it is (height, width).")
of("lp_square_windows_alone", "if isinstance(pool, int) else pool", "if isinstance(pool, int) else (pool[0], pool[0])",
   "rectangles", "You use the height of the window for its width as well: pool may be (height, width).")
of("lp_flattened", "return out,", "return out.reshape(len(x), -1),", "values",
   "Your out is flattened: it is (N, C, H', W').")
of("lp_keeps_axes", "axis=(4, 5))", "axis=(4, 5), keepdims=True)", "shape",
   "Your out has two axes of length 1 too many: average without keepdims.")
of("lp_in_place", "return out,", "x[...] = np.abs(x)\n    return out,", "pure",
   "You write absolute values into x, which is the caller's array: make a new one.")

of = edits(lp_pool2d_backward)
SLOPE, ADD = "np.sign(window) * ratio ** (p - 1) / (height * width)", "] += dout"
G = "gradients"

of("lp_overlaps_overwritten", "] += dout", "] = dout", "overlapping",
   "You set dx where windows overlap: a pixel adds up what it gets from all of its windows, +=.")
of("lp_overlaps_by_indices", "np.ndindex(*out.shape[2:])", "reversed([*np.ndindex(*out.shape[2:])])", "overlapping",
   "A pixel of several windows gets the gradient of one of them: dx[indices] += values adds only once where "
   "an index occurs twice, np.add.at adds all.", also={"] += dout": "] = dout"})
of("lp_sign_missing", "np.sign(window) * ", "", G,
   "The sign of x is missing: for negative x, abs(x) falls as x grows.")
of("lp_mean_missing_in_gradient", " / (height * width)", "", G,
   "The 1 / n of the mean is missing: divide by the number of pixels of the window.")
of("lp_power_not_lowered", "ratio ** (p - 1)", "ratio ** p", G,
   "The exponent is p - 1: the derivative of a power has one less.")
of("lp_exponent_two_less", "ratio ** (p - 1)", "ratio ** (p - 2)", G,
   "The exponent of abs(x) / out is p - 1 where the sign stands beside it: p - 2 goes with x in the place of the sign.")
of("lp_outer_derivative_missing", "ratio ** (p - 1)", "np.abs(window) ** (p - 1)", G,
   "The derivative of the root is missing: multiply by out^(1 - p).")
of("lp_inner_derivative_missing", SLOPE,
   "np.sign(window) * scale[:, :, i, j, None, None] ** (1 - p) / (height * width)", G,
   "The derivative of the powers is missing: multiply by abs(x)^(p - 1).")
of("lp_times_p", SLOPE, "p * np.sign(window) * ratio ** (p - 1) / (height * width)", G,
   "The factor p is too much: that of the power cancels the 1 / p of the root.")
of("lp_over_p", SLOPE, "np.sign(window) * ratio ** (p - 1) / (height * width) / p", G,
   "You divide by p: the p of the power cancels the 1 / p of the root.")
of("lp_gradient_of_average", SLOPE, "np.ones(window.shape) / (height * width)", G,
   "Your gradient is that of the average: pixels get more the larger they are.")
of("lp_gradient_of_maximum", SLOPE,
   "np.sign(window) * (np.abs(window) == np.abs(window).max(axis=(2, 3), keepdims=True))", G,
   "Your gradient is that of the maximum: every pixel of the window gets a part.")
of("lp_gradient_of_squares", "ratio ** (p - 1)", "ratio", G,
   "Your gradient is that of p = 2: the exponent of abs(x) / out is p - 1.")
of("lp_dout_ignored", "+= dout[:, :, i, j, None, None] * slope", "+= slope", G,
   "You leave out dout: by the chain rule it is a factor of the gradient.")
of("lp_gradient_sign", "+= dout", "-= dout", G,
   "Your gradient has the wrong sign.")
of("lp_zeros_are_nan", "np.where(out > 0, out, 1.0)", "out", "zeros",
   "Your gradient is 0 / 0 = NaN in a window of zeros: it is 0 there.")
of("lp_zeros_are_shared", "np.sign(window)", "np.where(window >= 0, 1.0, -1.0)", "zeros",
   "You take the sign of 0 for 1, so for p = 1 a window of zeros gets a gradient: it is 0 there.")
of("lp_backward_stride", "top, left = i * stride, j * stride", "top, left = i * 2, j * 2", "overlapping apart",
   "Your windows are always 2 apart on the way back: use the stride.")
of("lp_backward_stride_is_pool", "top, left = i * stride, j * stride", "top, left = i * height, j * width",
   "overlapping apart",
   "Your windows are as far apart as they are large on the way back: use the stride.")
of("lp_backward_squares", " = cache", " = cache\n    width = height", "rectangles",
   "You use the height of the window for its width as well on the way back.")
of("lp_backward_last_window_left_out", "np.ndindex(*out.shape[2:])", "np.ndindex(out.shape[2], out.shape[3] - 1)", G,
   "You leave out the last column of windows.")
of("lp_backward_in_a_list", "return dx", "return dx[None]", "shapes",
   "Your dx has an axis too many: it has x's shape.")
of("lp_dout_in_place", "return dx", "dout *= 2\n    return dx", "pure",
   "You change dout, which is the caller's array: make a new one.")

# ── tiles ──────────────────────────────────────────────────────────────────────────────────────

of = edits(tile_pool2d_forward)
TILES = "x[:, :, : rows * span, : columns * span].reshape(n, c, rows, span, columns, span)"

of("tile_max_of_absolute", "tiles.max(axis=(3, 5))", "np.abs(tiles).max(axis=(3, 5))", "max known_answer",
   "You take the largest absolute value: it is the largest number.")
of("tile_max_from_zero", "tiles.max(axis=(3, 5))", "tiles.max(axis=(3, 5), initial=0.0)", "max",
   "Your maximum starts at 0, so a tile of negative numbers gives 0: start at -inf, or at its first number.")
of("tile_min", "tiles.max(axis=(3, 5))", "tiles.min(axis=(3, 5))", "max known_answer",
   "You take the smallest number: it is the largest.")
of("tile_max_of_rows", "tiles.max(axis=(3, 5))", "tiles.max(axis=5).mean(axis=3)", "max",
   "You take the maximum of each row of a tile alone: it is that of the whole tile.")
of("tile_average_summed", "tiles.mean(axis=(3, 5))", "tiles.sum(axis=(3, 5))", "average known_answer",
   "You add the tile up: divide by the number of its pixels.")
of("tile_average_over_span", "tiles.mean(axis=(3, 5))", "tiles.sum(axis=(3, 5)) / span", "average known_answer",
   "You divide by the span: a tile has span² pixels.")
of("tile_average_of_absolute", "tiles.mean(axis=(3, 5))", "np.abs(tiles).mean(axis=(3, 5))", "average known_answer",
   "You average absolute values: average the numbers as they are.")
of("tile_l2_summed", "(tiles**2).mean(axis=(3, 5))", "(tiles**2).sum(axis=(3, 5))", "l2",
   'You add the squares up: "l2" is the root of their mean.')
of("tile_l2_root_missing", "np.sqrt((tiles**2).mean(axis=(3, 5)))", "(tiles**2).mean(axis=(3, 5))", "l2",
   "The root is missing: it is the root of the mean of squares.")
of("tile_l2_of_mean", "np.sqrt((tiles**2).mean(axis=(3, 5)))", "np.sqrt(tiles.mean(axis=(3, 5)) ** 2)", "l2",
   "You square the mean: it is the mean of the squares.")
of("tile_l2_deviation", "np.sqrt((tiles**2).mean(axis=(3, 5)))", "tiles.std(axis=(3, 5))", "l2",
   "You take the standard deviation, which is measured from the mean: square the numbers as they are.")
of("tile_kinds_exchanged", 'if kind == "max":', 'if kind == "average":', "max average known_answer",
   'You have "max" and "average" the wrong way round.', also={'elif kind == "average":': 'elif kind == "max":'})
of("tile_wrong_axes", "axis=(3, 5))\n    elif", "axis=(2, 4))\n    elif", "max known_answer",
   "You pool over the wrong axes: after the reshape the pixels of a tile are along axes 3 and 5.")
of("tile_interleaved", TILES, "x[:, :, : rows * span, : columns * span].reshape(n, c, span, rows, span, columns)"
   ".transpose(0, 1, 3, 2, 5, 4)", "max average l2 known_answer",
   "Your tiles are made of pixels that lie apart: neighbours belong together, reshape to (rows, span, columns, span).")
of("tile_flattened", TILES, "x[:, :, : rows * span, : columns * span].reshape(n, c, rows, columns, span, span)"
   ".transpose(0, 1, 2, 4, 3, 5)", "max average l2 known_answer",
   "You reshape to (rows, columns, span, span), which takes pixels of one row for a tile: swap its middle axes.")
of("tile_stride_one", "rows, columns = h // span, w // span",
   "rows, columns = h // span, w // span\n    x = np.roll(x, 1, axis=3)",
   "max average l2 known_answer", "Your tiles begin one pixel too late: the first one begins at column 0.")
of("tile_remainder_first", ": rows * span, : columns * span", "h - rows * span :, w - columns * span :", "remainder",
   "You drop rows and columns at the top and at the left: what is dropped lies at the bottom and at the right.")
of("tile_remainder_padded", "n, c, h, w = x.shape",
   "x = np.pad(x, ((0, 0), (0, 0), (0, -x.shape[2] % span), (0, -x.shape[3] % span)))\n    n, c, h, w = x.shape",
   "remainder", "You fill the last tiles up with zeros: a remainder is dropped.")
of("tile_keeps_axes", "return out,", "return out[:, :, :, None],", "shape",
   "Your out has an axis too many: it is (N, C, H // span, W // span).",
   also={"(x.shape, tiles, out, kind)": "(x.shape, tiles, out, kind)  #"})
of("tile_in_place", "return out,", "x *= 1.5\n    return out,", "pure",
   "You change x, which is the caller's array: make a new one.",
   also={"(x.shape, tiles, out, kind)": "(x.shape, tiles.copy() / 1.5, out, kind)"})

of = edits(tile_pool2d_backward)

of("tile_max_to_all", "slope = tiles == out", "slope = np.ones(tiles.shape)", "max",
   "Every pixel of a tile gets dout: only its maximum does.")
of("tile_max_shared", "slope = tiles == out", "slope = np.full(tiles.shape, 1 / span**2)", "max",
   'With "max" you share dout among the pixels of a tile: the maximum gets all of it.')
of("tile_max_times_value", "slope = tiles == out", "slope = (tiles == out) * tiles", "max",
   "You multiply by the maximum itself: the slope of the maximum is 1.")
of("tile_max_of_absolute_back", "slope = tiles == out",
   "slope = np.abs(tiles) == np.abs(tiles).max(axis=(3, 5), keepdims=True)", "max",
   "dout goes to the pixel with the largest absolute value: it belongs to the largest number.")
of("tile_average_not_divided", "np.full(tiles.shape, 1 / span**2)", "np.ones(tiles.shape)", "average",
   "Every pixel gets all of dout: share it, 1 / span² each.")
of("tile_average_over_span_back", "1 / span**2)", "1 / span)", "average",
   "You divide by the span: a tile has span² pixels.")
of("tile_l2_not_divided", "slope = tiles / np.where(out > 0, out, 1.0) / span**2",
   "slope = tiles / np.where(out > 0, out, 1.0)", "l2",
   "The 1 / span² of the mean is missing.")
of("tile_l2_out_missing", "slope = tiles / np.where(out > 0, out, 1.0) / span**2", "slope = tiles / span**2", "l2",
   "The derivative of the root is missing: divide by out.")
of("tile_l2_doubled", "slope = tiles / np.where(out > 0, out, 1.0) / span**2",
   "slope = 2 * tiles / np.where(out > 0, out, 1.0) / span**2", "l2",
   "The factor 2 of the square cancels the ½ of the root.")
of("tile_l2_halved", "slope = tiles / np.where(out > 0, out, 1.0) / span**2",
   "slope = tiles / np.where(out > 0, out, 1.0) / span**2 / 2", "l2",
   "You divide by 2: the ½ of the root is cancelled by the 2 of the square.")
of("tile_l2_sign", "slope = tiles / np.where", "slope = np.abs(tiles) / np.where", "l2",
   "You take absolute values: negative pixels have a negative slope.")
of("tile_l2_divided_by_square", "np.where(out > 0, out, 1.0) / span**2", "np.where(out > 0, out, 1.0) ** 2 / span**2",
   "l2",
   "You divide by out²: divide by out.")
of("tile_dout_ignored", "(dout * slope)", "slope.astype(float)", "max average l2",
   "You leave out dout: by the chain rule it is a factor of the gradient.")
of("tile_gradient_sign", "(dout * slope)", "(-dout * slope)", "max average l2",
   "Your gradient has the wrong sign.")
of("tile_dout_to_neighbours", "(dout * slope)", "(dout[:, :, :, :, ::-1] * slope)", "max average l2",
   "Each tile gets the dout of another one: mind the order of the columns.")
of("tile_l2_zeros_are_nan", "np.where(out > 0, out, 1.0)", "out", "zeros",
   "Your gradient is 0 / 0 = NaN in a tile of zeros: it is 0 there.")
of("tile_remainder_gets_gradient", "dx = np.zeros(shape)", "dx = np.ones(shape)", "remainder",
   "Pixels that were dropped have a gradient: out does not depend on them, so it is 0.")
of("tile_backward_extra_axis", "return dx", "return dx[None]", "shapes",
   "Your dx has an axis too many: it has x's shape.")
of("tile_dout_in_place", "return dx", "dout *= 2\n    return dx", "pure",
   "You change dout, which is the caller's array: make a new one.")

# ── up- and subsampling ────────────────────────────────────────────────────────────────────────

of = edits(upsample_forward)
SIZES, PUT = "np.zeros((n, c, (h - 1) * factor + 1, (w - 1) * factor + 1))", "out[:, :, ::factor, ::factor] = x"
U = "values known_answer"

of("up_zeros_behind", SIZES, "np.zeros((n, c, h * factor, w * factor))", U,
   "You have zeros behind the last pixel: they stand between neighbours alone, so H becomes (H - 1) · factor + 1.")
of("up_repeated", PUT,
   "out[...] = x.repeat(factor, axis=2).repeat(factor, axis=3)[:, :, : out.shape[2], : out.shape[3]]", U,
   "You repeat each pixel: zeros stand between them.")
of("up_factor_zeros", SIZES, "np.zeros((n, c, (h - 1) * (factor + 1) + 1, (w - 1) * (factor + 1) + 1))", U,
   "You put `factor` zeros between neighbours: it is one less.",
   also={PUT: "out[:, :, :: factor + 1, :: factor + 1] = x"})
of("up_rows_alone", SIZES, "np.zeros((n, c, (h - 1) * factor + 1, w))", U,
   "You put zeros between the rows alone: they stand between the columns, too.", also={PUT: "out[:, :, ::factor] = x"})
of("up_factor_two", SIZES, "np.zeros((n, c, (h - 1) * 2 + 1, (w - 1) * 2 + 1))", "values",
   "Your factor is always 2: use the argument.", also={PUT: "out[:, :, ::2, ::2] = x"})
of("up_ones", "np.zeros(", "np.ones(", U,
   "You put ones between the pixels: zeros stand there.")
of("up_scaled", "factor] = x", "factor] = x * factor**2", U,
   "You multiply by factor²: the pixels keep their values.")
of("up_averaged", "factor] = x", "factor] = x / factor**2", U,
   "You divide by factor²: the pixels keep their values.")
of("up_interpolated", "return out, factor",
   "out[:, :, 1:-1:2] += (out[:, :, :-2:2] + out[:, :, 2::2]) / 2\n    return out, factor", U,
   "You interpolate between rows: zeros stand there.")
of("up_subsampled", "return out, factor", "return x[:, :, ::factor, ::factor], factor", U,
   "You leave pixels out, which is the backward pass: put zeros between them.")
of("up_extra_axis", "return out, factor", "return out[None], factor", "shape",
   "Your out has an axis too many: it is (N, C, H', W').")
of("up_in_place", "return out, factor", "x *= 2\n    return out, factor", "pure",
   "You change x, which is the caller's array: make a new one.")

of = edits(upsample_backward)
DOWN = "dout[:, :, ::factor, ::factor].copy()"

of("down_summed", DOWN, "np.add.reduceat(np.add.reduceat(dout, np.arange(0, dout.shape[2], factor), axis=2), "
   "np.arange(0, dout.shape[3], factor), axis=3)", "gradients",
   "You add up the gradients of the zeros as well, as for repeated pixels: they do not depend on x.")
of("down_averaged", DOWN, DOWN + " / factor**2", "gradients",
   "You divide by factor²: each pixel of x has one place in out, and gets its dout.")
of("down_scaled", DOWN, DOWN + " * factor**2", "gradients",
   "You multiply by factor²: each pixel of x has one place in out, and gets its dout.")
of("down_shifted", DOWN, "np.roll(dout, 1, axis=3)[:, :, ::factor, ::factor]", "gradients",
   "Your places are one column off: the first pixel of x is the first of out.")
of("down_factor_two", DOWN, "dout[:, :, ::2, ::2].copy()", "gradients",
   "Your factor is always 2: use that of the forward pass.")
of("down_rows_alone", DOWN, "dout[:, :, ::factor].copy()", "gradients",
   "You subsample the rows alone: do so with the columns, too.")
of("down_sign", DOWN, "-dout[:, :, ::factor, ::factor]", "gradients",
   "Your gradient has the wrong sign.")
of("down_handed_on", DOWN, "dout", "gradients",
   "You return dout as it is: dx has x's shape, without the places of the zeros.")
of("down_extra_axis", DOWN, DOWN + "[None]", "shapes",
   "Your dx has an axis too many: it has x's shape.")
of("down_in_place", "return " + DOWN, "dx = " + DOWN + "\n    dout[...] = 0\n    return dx", "pure",
   "You change dout, which is the caller's array: make a new one.")

# ── the pyramid ────────────────────────────────────────────────────────────────────────────────

of = edits(gaussian_pyramid)
P = "values known_answer"

of("pyramid_edges_repeated", 'mode="reflect"', 'mode="symmetric"', "values",
   "Your mirror repeats the edge pixel: NumPy calls that one symmetric, and the one without it reflect.")
of("pyramid_edges_extended", 'mode="reflect"', 'mode="edge"', "values",
   "You go on with the edge pixel outside of the image: mirror the image there.")
of("pyramid_edges_zero", 'mode="reflect"', 'mode="constant"', P,
   "You put zeros around the image, which darkens its edges: mirror the image there.")
of("pyramid_edges_wrapped", 'mode="reflect"', 'mode="wrap"', P,
   "Your image goes on from its other side: mirror it at its edges.")
of("pyramid_not_blurred", "blurred[::2, ::2]", "pyramid[-1][::2, ::2]", P,
   "You keep every second pixel without blurring first: that is aliasing.")
of("pyramid_not_subsampled", "blurred[::2, ::2]", "blurred", P,
   "You blur and keep all pixels: keep every second one.")
of("pyramid_blurred_in_rows_alone", "blurred = sliding_window_view(blurred, 5, axis=1) @ weights",
   "blurred = blurred[:, 2:-2]", P,
   "You blur along one axis alone: blur along the other one as well.")
of("pyramid_box", "np.array([1, 4, 6, 4, 1]) / 16", "np.ones(5) / 5", P,
   "Your filter is a box: its weights are 1, 4, 6, 4, 1.")
of("pyramid_three_weights", "np.array([1, 4, 6, 4, 1]) / 16", "np.array([0, 1, 2, 1, 0]) / 4", P,
   "Your filter is ¼ (1, 2, 1): it has five weights.")
of("pyramid_not_normalised", "np.array([1, 4, 6, 4, 1]) / 16", "np.array([1, 4, 6, 4, 1])", P,
   "Your weights sum to 16: divide them by 16, so that a flat image stays flat.")
of("pyramid_normalised_once", "np.array([1, 4, 6, 4, 1]) / 16", "np.array([1, 4, 6, 4, 1]) / 4", P,
   "Your weights sum to 4: each axis is divided by 16, 256 for both.")
of("pyramid_other_weights", "[1, 4, 6, 4, 1]) / 16", "[1, 3, 8, 3, 1]) / 16", P,
   "Your weights are not those of the binomial filter: they are 1, 4, 6, 4, 1.")
of("pyramid_second_pixel_first", "[::2, ::2]", "[1::2, 1::2]", P,
   "You keep the second, fourth, … pixel: begin with the first.")
of("pyramid_size_rounded_down", "blurred[::2, ::2]",
   "blurred[: blurred.shape[0] // 2 * 2 : 2, : blurred.shape[1] // 2 * 2 : 2]", P,
   "You drop the last pixel of an odd side: H becomes ⌈H / 2⌉.")
of("pyramid_averaged_tiles", "blurred[::2, ::2]",
   "(blurred[::2, ::2] + blurred[np.minimum(np.arange(0, blurred.shape[0], 2) + 1, "
   "blurred.shape[0] - 1)][:, ::2]) / 2", P, "You average neighbours after the blur: keep every second pixel as it is.")
of("pyramid_without_first", "return pyramid", "return pyramid[1:]", P,
   "The first image is missing: it is x itself.")
of("pyramid_one_level_too_many", "len(pyramid) < levels", "len(pyramid) <= levels", P,
   "You return one image too many: x is the first of `levels` images.")
of("pyramid_coarse_first", "return pyramid", "return pyramid[::-1]", P,
   "Your list begins with the coarsest image: it begins with x.")
of("pyramid_last_alone", "return pyramid", "return pyramid[-1]", P,
   "You return the last image alone: return all of them, in a list.")
of("pyramid_from_x", "np.pad(pyramid[-1], 2", "np.pad(x, 2", "values",
   "You blur x for every level: blur the image before.")
of("pyramid_first_blurred", "pyramid = [x]", "pyramid = [x]\n    x = x.copy()",
   P, "Your first image is blurred, too: it is x itself.",
   also={"return pyramid": "return [0.5 * x + 0.5 * x.mean(), *pyramid[1:]]"})
of("pyramid_two_for_one", "return pyramid", "return pyramid if levels > 1 else [x, x]", "one_level",
   "You return more than one image for levels = 1: return x alone, in a list.")
of("pyramid_bare_image", "return pyramid", "return pyramid if levels > 1 else x", "one_level",
   "For levels = 1 you return the image itself: return it in a list.")
of("pyramid_in_place", "return pyramid", "first = x.copy()\n    x[...] = 0\n    return [first, *pyramid[1:]]", "pure",
   "You change x, which is the caller's array: make a new one.")
of("pyramid_weights_lose_a_little", "/ 16", "/ 16.0001", "values",
   "Your weights do not sum to 1, so a flat image fades: they are sixteenths.")

# ── normalisation ──────────────────────────────────────────────────────────────────────────────

of = edits(subtractive_normalization)
OUT = "return x - low_pass(x, kernel), kernel"

of("subtractive_low_pass_alone", "x - low_pass(x, kernel)", "low_pass(x, kernel)", "values",
   "You return the low-pass version: take it off x.")
of("subtractive_sign", "x - low_pass(x, kernel)", "low_pass(x, kernel) - x", "values",
   "You have the two the wrong way round: it is x minus its low-pass version.")
of("subtractive_added", "x - low_pass(x, kernel)", "x + low_pass(x, kernel)", "values",
   "You add the low-pass version: take it off.")
of("subtractive_global_mean", "x - low_pass(x, kernel)", "x - x.mean(axis=(2, 3), keepdims=True)", "values",
   "You take off the mean of the whole channel: take off that of each pixel's neighbourhood.")
of("subtractive_over_channels", "x - low_pass(x, kernel)", "x - low_pass(x, kernel).mean(axis=1, keepdims=True)",
   "values",
   "You average over the channels: each channel has a low-pass version of its own.")
of("subtractive_summed_channels", "x - low_pass(x, kernel)", "x - low_pass(x, kernel).sum(axis=1, keepdims=True)",
   "values",
   "You add the channels up: each channel has a low-pass version of its own.")
of("subtractive_box", "low_pass(x, kernel)", "low_pass(x, np.full(kernel.shape, 1 / kernel.size))", "values",
   "You weigh the neighbourhood equally: use the kernel.")
of("subtractive_turned", "low_pass(x, kernel)", "low_pass(x, kernel[::-1, ::-1])", "asymmetric",
   "You turn the kernel, which is a convolution: in a cross-correlation it stays as it is.")
of("subtractive_transposed", "low_pass(x, kernel)", "low_pass(x, kernel.T)", "values",
   "You transpose the kernel.")
of("subtractive_edges_normalised", "low_pass(x, kernel)", "low_pass(x, kernel) / low_pass(np.ones(x.shape), kernel)",
   "values",
   "You divide by the weights that lie inside the image: here zeros around it count.")
of("subtractive_twice", "x - low_pass(x, kernel)", "x - low_pass(low_pass(x, kernel), kernel)", "values",
   "You apply the low-pass twice: once is enough.")
of("subtractive_extra_axis", OUT, "return (x - low_pass(x, kernel))[None], kernel", "shape",
   "Your out has an axis too many: it has x's shape.")
of("subtractive_in_place", OUT, "x -= low_pass(x, kernel)\n    return x, kernel", "pure",
   "x -= ... changes the caller's array: write x - ..., which makes a new one.")

LOW = edits(subtractive_normalization, inside=low_pass, seen_in=(divisive_normalization,))
EVERY = "values divisive_normalization.values"

LOW("low_pass_edges_mirrored", "(left, left))", '(left, left)), mode="reflect"', EVERY,
    "You mirror the image at its edges: zeros lie around it.")
LOW("low_pass_edges_extended", "(left, left))", '(left, left)), mode="edge"', EVERY,
    "You go on with the edge pixel outside of the image: zeros lie around it.")
LOW("low_pass_square_kernels_alone", "kernel.shape[1] // 2", "kernel.shape[0] // 2",
    "asymmetric divisive_normalization.asymmetric",
    "Your padding is that of a square kernel: its height is for the rows, its width for the columns.")

of = edits(subtractive_normalization_backward)
BACKWARD = "dout - low_pass(dout, kernel[::-1, ::-1])"

of("subtractive_back_not_turned", "kernel[::-1, ::-1]", "kernel", "asymmetric",
   "You do not turn the kernel on the way back: dout goes to the pixels that the kernel saw, which lie the other way.")
of("subtractive_back_turned_rows", "kernel[::-1, ::-1]", "kernel[::-1]", "asymmetric",
   "You turn the rows of the kernel alone: turn its columns, too.")
of("subtractive_back_transposed", "kernel[::-1, ::-1]", "kernel.T", "gradients",
   "You transpose the kernel: turn it by half a turn, [::-1, ::-1].")
of("subtractive_back_x_alone", BACKWARD, "dout.copy()", "gradients",
   "You hand dout on: x is in the low-pass version as well.")
of("subtractive_back_low_pass_alone", BACKWARD, "-low_pass(dout, kernel[::-1, ::-1])", "gradients",
   "You leave out the direct way: x stands in out by itself, so dout is added.")
of("subtractive_back_sign", BACKWARD, "dout + low_pass(dout, kernel[::-1, ::-1])", "gradients",
   "The low-pass version is taken off, and so is its gradient.")
of("subtractive_back_reversed", BACKWARD, "low_pass(dout, kernel[::-1, ::-1]) - dout", "gradients",
   "Your gradient has the wrong sign.")
of("subtractive_back_one_weight", BACKWARD, "dout * (1 - kernel[kernel.shape[0] // 2, kernel.shape[1] // 2])",
   "gradients",
   "You count the centre of the kernel alone: each pixel is in the neighbourhood of others, too.")
of("subtractive_back_forward_twice", BACKWARD, "dout - 2 * low_pass(dout, kernel[::-1, ::-1])", "gradients",
   "You take the low-pass version off twice: once is enough.")
of("subtractive_back_global_mean", BACKWARD, "dout - dout.mean(axis=(2, 3), keepdims=True)", "gradients",
   "Your gradient is that of taking off the mean of the whole channel: use the kernel.")
of("subtractive_back_extra_axis", "return " + BACKWARD, f"return ({BACKWARD})[None]", "shapes",
   "Your dx has an axis too many: it has x's shape.")
of("subtractive_back_in_place", "return " + BACKWARD, "dout -= low_pass(dout, kernel[::-1, ::-1])\n    return dout",
   "pure",
   "dout -= ... changes the caller's array: write dout - ..., which makes a new one.")

of = edits(divisive_normalization)
ROOT, QUOTIENT = "np.sqrt(low_pass(x**2, kernel))", "return x / np.maximum(eps, deviation)"

of("divisive_root_missing", ROOT, "low_pass(x**2, kernel)", "values",
   "The root is missing: divide by a standard deviation, not by a variance.")
of("divisive_not_squared", "low_pass(x**2, kernel)", "np.abs(low_pass(x, kernel))", "values",
   "You take the low-pass version of x: it is that of x².")
of("divisive_square_of_low_pass", "low_pass(x**2, kernel)", "low_pass(x, kernel) ** 2", "values",
   "You square the low-pass version: it is the low-pass version of the squares.")
of("divisive_absolute", ROOT, "low_pass(np.abs(x), kernel)", "values",
   "You average absolute values: it is the root of the mean of squares.")
of("divisive_multiplied", QUOTIENT, "return x * np.maximum(eps, deviation)", "values",
   "You multiply: divide by the deviation.")
of("divisive_deviation_alone", QUOTIENT, "return np.maximum(eps, deviation)", "values",
   "You return the deviation: divide x by it.")
of("divisive_eps_added", "np.maximum(eps, deviation)", "(deviation + eps)", "values eps",
   "You add eps: it takes the place of the deviation where it is larger, max(eps, deviation).")
of("divisive_eps_inside_root", ROOT, "np.sqrt(low_pass(x**2, kernel) + eps**2)", "values eps",
   "You add eps inside the root: it takes the place of the deviation where it is larger, max(eps, deviation).")
of("divisive_eps_missing", "np.maximum(eps, deviation)", "deviation", "eps zeros",
   "You leave eps out: where the deviation is smaller, divide by eps.")
of("divisive_minimum", "np.maximum(", "np.minimum(", "values eps",
   "You take the smaller of both: divide by the larger of eps and the deviation.")
of("divisive_eps_squared", "np.maximum(eps, deviation)", "np.maximum(eps**2, deviation)", "eps",
   "You compare the deviation with eps²: compare it with eps.")
of("divisive_eps_fixed", "np.maximum(eps, deviation)", "np.maximum(1e-8, deviation)", "eps",
   "You do not use eps: where the deviation is smaller, divide by eps.")
of("divisive_mean_of_deviations", "np.maximum(eps, deviation)",
   "np.maximum(deviation.mean(axis=(2, 3), keepdims=True), deviation)", "values",
   "You divide by the mean deviation where it is larger: here it is eps that stands in.")
of("divisive_global", ROOT, "np.sqrt((x**2).mean(axis=(2, 3), keepdims=True))", "values",
   "You divide by the deviation of the whole channel: each pixel has that of its neighbourhood.")
of("divisive_over_channels", ROOT, "np.sqrt(low_pass(x**2, kernel).mean(axis=1, keepdims=True))", "values",
   "You average over the channels: each has a deviation of its own.")
of("divisive_centred", "x**2, kernel", "(x - low_pass(x, kernel)) ** 2, kernel", "values",
   "You take the local mean off first: here x² itself is averaged.")
of("divisive_turned", "x**2, kernel", "x**2, kernel[::-1, ::-1]", "asymmetric",
   "You turn the kernel, which is a convolution: in a cross-correlation it stays as it is.")
of("divisive_extra_axis", QUOTIENT, "return (x / np.maximum(eps, deviation))[None]", "shape",
   "Your out has an axis too many: it has x's shape.")
of("divisive_in_place", QUOTIENT, "x /= np.maximum(eps, deviation)\n    return x", "pure",
   "x /= ... changes the caller's array: write x / ..., which makes a new one.")

# ── shifts ─────────────────────────────────────────────────────────────────────────────────────

of = edits(shift)
KEPT, PLACES = "padded[:, :, top : top + h, left : left + w].copy()", "((h, dy), (w, dx))"
S = "values known_answer"

of("shift_with_an_axis_more", KEPT, "padded[None, :, :, top : top + h, left : left + w].copy()", "shape",
   "Your out has an axis of length one in front: its shape is x's.")
of("shift_reversed", "size - by", "size + by", S,
   "You move the wrong way: dy > 0 is down, dx > 0 to the right.")
of("shift_wrapped", KEPT, "np.roll(x, (dy, dx), axis=(2, 3))", S,
   "What leaves on one side comes in on the other, as np.roll does it: zeros come in.")
of("shift_axes_exchanged", PLACES, "((h, dx), (w, dy))", S,
   "You have dy and dx the wrong way round: dy counts rows.")
of("shift_rows_alone", PLACES, "((h, dy), (w, 0))", S,
   "You move rows alone: dx moves columns.")
of("shift_columns_alone", PLACES, "((h, 0), (w, dx))", S,
   "You move columns alone: dy moves rows.")
of("shift_down_is_up", PLACES, "((h, -dy), (w, dx))", S,
   "Rows move the wrong way: dy > 0 is down.")
of("shift_right_is_left", PLACES, "((h, dy), (w, -dx))", S,
   "Columns move the wrong way: dx > 0 is to the right.")
of("shift_edges_repeated", "(w, w))", '(w, w)), mode="edge"', S,
   "The edge pixel comes in again and again: zeros come in.")
of("shift_negative_ignored", PLACES, "((h, max(dy, 0)), (w, max(dx, 0)))", S,
   "You ignore a dy or dx below 0: it moves up, or to the left.")
of("shift_absolute", PLACES, "((h, abs(dy)), (w, abs(dx)))", S,
   "You take the absolute value of dy and dx: below 0 they move up, and to the left.")
of("shift_one_too_far", PLACES, "((h, dy + 1), (w, dx))", S,
   "You move one row too far.")
of("shift_cropped", KEPT, KEPT + "[:, :, max(dy, 0) :]", S,
   "You cut the rows off that came in: out has x's shape.")
of("shift_beyond_wraps", "min(max(size - by, 0), 2 * size)", "(size - by) % (2 * size + 1)", "beyond",
   "A shift by more than the image wraps round: it leaves zeros alone.")
of("shift_beyond_clipped", "min(max(size - by, 0), 2 * size)", "min(max(size - by, 1), 2 * size - 1)", "beyond",
   "You never move the whole image out: a shift by H rows or more leaves zeros alone.")
of("shift_beyond_unmoved", KEPT,
   "(x if abs(dy) >= h or abs(dx) >= w else padded[:, :, top : top + h, left : left + w]).copy()", "beyond",
   "You leave the image as it is when the shift is larger than it: it leaves zeros alone.")
of("shift_in_place", "return " + KEPT, "x[...] = padded[:, :, top : top + h, left : left + w]\n    return x.copy()",
   "pure",
   "You write into x, which is the caller's array: make a new one.")
