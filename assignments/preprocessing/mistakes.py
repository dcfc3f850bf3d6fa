"""What students get wrong in `preprocessing`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: statistics of the test set, axes taken for one another, places that stop one short, one draw for
a whole batch, and what follows from the formulas. Two lines each, so the formatter is kept away.
"""

from autograder import edits

from .reference import (
    add_noise,
    adjust_brightness,
    adjust_contrast,
    apply_standardization,
    channel_mean,
    decorrelate,
    flip,
    mean_image,
    random_crop,
    random_flip,
    rotate90,
    standardize,
    whiten,
    zero_center,
)

# fmt: off

# ── centre and scale ───────────────────────────────────────────────────────────────────────────

of = edits(zero_center)
MEAN, BOTH = "X.mean(axis=0)", "values mean"

of("mean_of_rows", "    return X - mean, mean", "    return X - X.mean(axis=1, keepdims=True), mean", "values",
   "You subtract the mean of each row: it is the mean of each column, over axis 0.")
of("mean_of_the_table", MEAN, "X.mean() + np.zeros(X.shape[1])", BOTH,
   "You take one mean of the whole table: each column has its own, over axis 0.")
of("mean_of_the_table_subtracted", "X - mean, mean", "X - X.mean(), mean", "values",
   "You subtract the mean of the whole table: subtract that of each column, over axis 0.")
of("mean_is_median", MEAN, "np.median(X, axis=0)", BOTH,
   "You subtract the median: centring is done with the mean.")
of("mean_is_sum", MEAN, "X.sum(axis=0)", BOTH,
   "You subtract the sum of each column: divide it by N.")
of("mean_divided_by_columns", MEAN, "X.sum(axis=0) / X.shape[1]", BOTH,
   "You divide the sum of each column by the number of columns: it is the number of rows, N.")
of("mean_divided_by_one_less", MEAN, "X.sum(axis=0) / (len(X) - 1)", BOTH,
   "You divide the sum of each column by N - 1: a mean divides by N.")
of("mean_is_smallest", MEAN, "X.min(axis=0)", BOTH,
   "You subtract the smallest entry of each column: subtract its mean.")
of("mean_between_ends", MEAN, "(X.min(axis=0) + X.max(axis=0)) / 2", BOTH,
   "You subtract the middle between the smallest and the largest entry: subtract the mean of all.")
of("mean_of_first_half", MEAN, "X[: len(X) // 2].mean(axis=0)", BOTH,
   "You take the mean of the first half of the rows: it is that of all rows.")
of("mean_added", "X - mean", "X + mean", "values",
   "You add the mean: centring subtracts it.")
of("mean_subtracted_from", "X - mean", "mean - X", "values",
   "You subtract X from the mean, which turns every sign: it is X minus the mean.")
of("mean_not_subtracted", "X - mean", "X.copy()", "values",
   "You return X as it was: subtract the mean of each column.")
of("mean_subtracted_twice", "X - mean", "X - 2 * mean", "values",
   "You subtract the mean twice: once puts the centre at 0.")
of("mean_of_the_centred", "return X - mean, mean", "return X - mean, 0 * mean", "mean",
   "The mean that you return is that of the centred data, 0: return the one that you subtracted.")
of("mean_returned_negative", "return X - mean, mean", "return X - mean, -mean", "mean",
   "You return minus the mean: return what you subtracted.")
of("centred_returned_second", "X - mean, mean", "mean, X - mean", BOTH,
   "You return the mean first: the order is centred, mean.")
of("mean_keeps_axis", MEAN, "X.mean(axis=0, keepdims=True)", "shapes",
   "Your mean has the shape (1, D): take it without keepdims, so that it has (D,).")
of("centred_in_place", "    return X - mean, mean", "    X -= mean\n    return X, mean", "pure",
   "X -= mean changes the caller's array: write X - mean, which makes a new one.")

of = edits(standardize)
STD = "np.sqrt(np.mean(centred**2, axis=0))"
ZERO = "    std[std == 0] = 1.0\n"
ALL = "values statistics"

of("std_is_variance", STD, "np.mean(centred**2, axis=0)", ALL,
   "You divide by the variance: the standard deviation is its square root.")
of("std_of_a_sample", STD, "np.sqrt(np.sum(centred**2, axis=0) / (len(X) - 1))", "divisor",
   "Your variance is divided by N - 1: here it is divided by N, as np.std does by itself.")
of("std_not_divided", STD, "np.sqrt(np.sum(centred**2, axis=0))", ALL,
   "You divide by the length of each column: the squares are averaged, so divide their sum by N.")
of("std_of_the_table", STD, "np.sqrt(np.mean(centred**2)) * np.ones(X.shape[1])", ALL,
   "You take one deviation of the whole table: each column has its own, over axis 0.")
of("std_is_mean_distance", STD, "np.mean(np.abs(centred), axis=0)", ALL,
   "You take the mean of the absolute distances: the standard deviation is the root of the mean square.")
of("std_is_range", STD, "np.max(X, axis=0) - np.min(X, axis=0)", ALL,
   "You divide by the range from the smallest to the largest entry: divide by the standard deviation.")
of("std_is_largest", STD, "np.max(np.abs(centred), axis=0)", ALL,
   "You divide by the largest distance from the mean: divide by the standard deviation.")
of("std_not_about_the_mean", STD, "np.sqrt(np.mean(X**2, axis=0))", ALL,
   "Your deviation is that from 0: subtract the mean before you square.")
of("std_with_epsilon", STD, "np.sqrt(np.mean(centred**2, axis=0) + 1e-3)", ALL,
   "You add a constant to the variance: here, a deviation is used as it is, and one of 0 is replaced by 1.")
of("std_multiplies", "centred / std", "centred * std", "values",
   "You multiply by the standard deviation: divide by it.")
of("std_does_not_divide", "centred / std", "centred", "values",
   "You subtract the mean alone: divide by the standard deviation, too.")
of("standardized_not_centred", "centred / std", "X / std", "values",
   "You divide X itself: subtract the mean first.")
of("standardized_centred_last", "centred / std", "X / std - mean", "values",
   "You divide before you subtract the mean, which is that of X as it was: subtract first.")
of("standardized_by_variance", "centred / std", "centred / std**2", "values",
   "You divide by the variance: divide by the standard deviation.")
of("standardized_by_root", "centred / std", "centred / np.sqrt(std)", "values",
   "You take the root twice: the standard deviation is one already.")
of("standardized_to_unit_range", "centred / std",
   "(X - X.min(axis=0)) / np.where(np.ptp(X, axis=0) == 0, 1.0, np.ptp(X, axis=0))", "values",
   "You scale each column to the range from 0 to 1: subtract the mean and divide by the standard deviation.")
of("variance_returned", ", mean, std", ", mean, std**2", "statistics",
   "You return the variance: return the standard deviation.")
of("statistics_of_result", ", mean, std", ", 0 * mean, np.ones_like(std)", "statistics",
   "You return mean and deviation of the result, 0 and 1: return those that test data need.")
of("statistics_exchanged", ", mean, std", ", std, mean", "statistics",
   "You return std before mean: the order is standardized, mean, std.")
of("constant_column_nan", ZERO, "", "constant",
   "You divide a constant column by 0: its deviation counts as 1.")
of("constant_std_zero", ", mean, std", ", mean, np.where(np.ptp(X, axis=0) == 0, 0.0, std)", "constant",
   "You return 0 or next to nothing as the deviation of a constant column, and divide test data by it: return 1.")
of("constant_column_kept", "centred / std", "np.where(np.ptp(X, axis=0) == 0, X, centred / std)", "constant",
   "You leave a constant column as it is: its mean is subtracted as well, so that it becomes 0.")
of("constant_column_ones", "centred / std", "np.where(np.ptp(X, axis=0) == 0, 1.0, centred / std)", "constant",
   "You fill a constant column with 1: its entries minus their mean are 0.")
of("one_constant_makes_all", ZERO, "    if (std == 0).any():\n        std = np.ones_like(std)\n", "constant",
   "One constant column makes all your deviations 1: replace its own alone.")
of("standardize_keeps_axis", ", mean, std", ", mean[None], std[None]", "shapes",
   "Your mean and std have the shape (1, D): it must be (D,).")
of("standardize_in_place", "    return centred / std, mean, std",
   "    X -= mean\n    X /= std\n    return X, mean, std", "pure",
   "X -= mean changes the caller's array: make a new one.")

of = edits(apply_standardization)
TEST = "(X - mean) / std"

of("test_statistics", TEST, "(X - X.mean(axis=0)) / np.where(X.std(axis=0) == 0, 1.0, X.std(axis=0))", "values",
   "You use the mean and deviation of this X: use those that are given, the training set's.")
of("test_mean", TEST, "(X - X.mean(axis=0)) / std", "values",
   "You subtract the mean of this X: subtract the one that is given, the training set's.")
of("test_std", TEST, "(X - mean) / np.where(X.std(axis=0) == 0, 1.0, X.std(axis=0))", "values",
   "You divide by the deviation of this X: divide by the one that is given, the training set's.")
of("apply_mean_alone", TEST, "X - mean", "values",
   "You subtract the mean alone: divide by std, too.")
of("apply_std_alone", TEST, "X / std", "values",
   "You divide by std alone: subtract the mean first.")
of("apply_divides_first", TEST, "X / std - mean", "values",
   "You divide before you subtract the mean, which is that of data as they were: subtract first.")
of("apply_multiplies", TEST, "(X - mean) * std", "values",
   "You multiply by std: divide by it.")
of("apply_adds", TEST, "(X + mean) / std", "values",
   "You add the mean: subtract it.")
of("apply_inverse", TEST, "X * std + mean", "values",
   "You undo a standardisation: subtract the mean, and divide by std.")
of("apply_exchanged", TEST, "(X - std) / np.where(mean == 0, 1.0, mean)", "values",
   "You have mean and std the wrong way round.")
of("apply_variance", TEST, "(X - mean) / std**2", "values",
   "You divide by the square of std: what is given is the deviation already.")
of("apply_root", TEST, "(X - mean) / np.sqrt(std)", "values",
   "You divide by the root of std: what is given is the deviation already.")
of("apply_nothing", TEST, "X.copy()", "values",
   "You return X as it was: subtract mean, and divide by std.")
of("apply_one_row_flat", TEST, "((X - mean) / std)[0] if len(X) == 1 else (X - mean) / std", "shape",
   "You return a row where X has one: the result has the shape of X, (1, D).")
of("apply_in_place", "return (X - mean) / std", "X -= mean\n    X /= std\n    return X", "pure",
   "X -= mean changes the caller's array: make a new one.")

# ── turn and stretch ───────────────────────────────────────────────────────────────────────────

of = edits(decorrelate)
TURN = "centred @ eigenvectors[:, ::-1]"

of("axes_not_centred", "centred @ eig", "X @ eig", "uncorrelated",
   "You turn X itself: turn the centred X.")
of("axes_of_raw_data", "centred = X - X.mean(axis=0)", "centred = X", "uncorrelated",
   "You do not centre: the covariance is that of X minus the mean of each column.")
of("eigenvectors_as_rows", TURN, "centred @ eigenvectors[:, ::-1].T", "uncorrelated",
   "You take the eigenvectors for rows: np.linalg.eigh gives them as columns, so multiply by the matrix itself.")
of("eigenvectors_as_rows_rising", TURN, "centred @ eigenvectors.T", "uncorrelated",
   "You take the eigenvectors for rows, and the smallest comes first: they are columns, to be used in falling order.")
of("axes_rising", "eigenvectors[:, ::-1]", "eigenvectors", "order",
   "Your variances rise: np.linalg.eigh puts the smallest eigenvalue first, so turn the order of the columns round.")
of("eigenvectors_reversed_rows", "eigenvectors[:, ::-1]", "eigenvectors[::-1]", "uncorrelated",
   "You turn round the rows of the eigenvectors: their columns are what stands in rising order.")
of("axes_reversed_both", "eigenvectors[:, ::-1]", "eigenvectors[::-1, ::-1]", "uncorrelated",
   "You turn round the rows of the eigenvectors, too: only their columns stand in rising order.")
of("axes_not_turned", TURN, "centred", "uncorrelated",
   "Your result is the centred X in its old axes: multiply it by the matrix of the eigenvectors, once.")
of("axes_of_rows", "centred.T @ centred / len(X)", "np.cov(centred)[: X.shape[1], : X.shape[1]]", "uncorrelated",
   "np.cov takes rows for features: give it the transposed data, or rowvar=False.")
of("axes_scaled_away", TURN, "centred @ eigenvectors[:, ::-1] / np.sqrt(_[::-1])", "distances",
   "You divide by the deviations as well: that is whitening, and here the cloud is only turned.")
of("axes_multiplied", TURN, "centred @ eigenvectors[:, ::-1] * _[::-1]", "distances",
   "You multiply each column by its eigenvalue: the cloud is only turned.")
of("axes_unit_length", TURN, "centred @ eigenvectors[:, ::-1] / np.sqrt(_[::-1] * len(X))", "distances",
   "You return unit vectors, the left singular vectors: multiply each by its singular value.")
of("axes_of_standardized", "centred = X - X.mean(axis=0)", "centred = (X - X.mean(axis=0)) / X.std(axis=0)",
   "distances", "You standardise before you turn: the axes are those of the covariance, not of the correlations.")
of("axes_last_twice", "eigenvectors[:, ::-1]", "eigenvectors[:, [-1, *range(len(covariance) - 1)]]", "order",
   "The largest variance comes first, and the others rise: all of them fall.")
of("axes_transposed_result", TURN, "(centred @ eigenvectors[:, ::-1]).T", "uncorrelated",
   "Your result has a column for each example: it has the shape of X, (N, D).")
of("axes_smallest_dropped", TURN, "centred @ eigenvectors[:, :0:-1]", "uncorrelated",
   "You drop the axis of the smallest variance: all D columns are asked for.")
of("axes_extra_axis", TURN, "(centred @ eigenvectors[:, ::-1])[None]", "shape",
   "Your result has an axis too many: it has the shape of X, (N, D).")
of("axes_centred_in_place", "    centred = X - X.mean(axis=0)\n", "    X -= X.mean(axis=0)\n    centred = X\n", "pure",
   "X -= ... changes the caller's array: make a new one.")

of = edits(whiten)
WHITE = "decorrelated / np.sqrt(variances + eps)"
TRUE = "np.mean(decorrelated**2, axis=0)"

of("white_by_variance", WHITE, "decorrelated / (variances + eps)", "white",
   "You divide by the variances: divide by their square roots.")
of("white_multiplied", WHITE, "decorrelated * np.sqrt(variances + eps)", "white",
   "You multiply by the deviations: divide by them.")
of("white_not_scaled", WHITE, "decorrelated", "white",
   "You decorrelate and do not divide: each column is divided by its deviation.")
of("white_by_fourth_root", WHITE, "decorrelated / np.sqrt(np.sqrt(variances + eps))", "white",
   "You take the root twice: singular values divided by √N are deviations already.")
of("white_by_sum", TRUE, "np.sum(decorrelated**2, axis=0)", "white",
   "Your variances are sums: divide them by N.")
of("white_by_singular_values", WHITE, "decorrelated / (np.sqrt(variances * len(X)) + eps)", "white",
   "You divide by the singular values: they are √N times the deviations.")
of("white_by_one_number", TRUE, "np.mean(decorrelated**2)", "white",
   "You divide all columns by one deviation: each has its own.")
of("white_standardized_alone", "decorrelate(X)", "X - X.mean(axis=0)", "white",
   "You standardise and do not decorrelate: turn the data into the principal axes first.")
of("white_not_centred", WHITE, "decorrelated / np.sqrt(variances + eps) + X.mean(axis=0)", "white",
   "You add the mean again: whitened data are centred.")
of("white_eps_missing", "variances + eps", "variances", "eps",
   "You leave eps out: it is added to the variances.")
of("white_eps_outside", "np.sqrt(variances + eps)", "(np.sqrt(variances) + eps)", "eps",
   "You add eps to the deviation: it is added to the variance, under the root.")
of("white_eps_fixed", "variances + eps", "variances + 1e-5", "eps",
   "Your eps is always 1e-5: use the argument.")
of("white_eps_squared", "variances + eps", "variances + eps**2", "eps",
   "You square eps: it is added to the variances as it is.")
of("white_eps_as_floor", "variances + eps", "np.maximum(variances, eps)", "eps",
   "You take eps for a lower bound: it is added to every variance.")
of("white_other_default", "eps=1e-5", "eps=1e-8", "default",
   "Your eps is not 1e-5 if it is not given: write eps=1e-5 in the signature.")
of("white_of_a_sample", TRUE, "np.sum(decorrelated**2, axis=0) / (len(X) - 1)", "divisor",
   "Your variances are divided by N - 1, as np.cov does: here they are divided by N.")
of("white_rising", "decorrelate(X)", "decorrelate(X)[:, ::-1]", "order",
   "The smallest variance of X comes first in yours: turn the order of the columns round.")
of("white_zca", WHITE,
   "decorrelated / np.sqrt(variances + eps) @ (np.linalg.pinv(X - X.mean(axis=0)) @ decorrelated).T",
   "axes", "You turn back into the old axes, which is ZCA: here, the columns stay those of the principal axes.")
of("white_transposed", WHITE, "(decorrelated / np.sqrt(variances + eps)).T", "white",
   "Your result has a column for each example: it has the shape of X, (N, D).")
of("white_extra_axis", WHITE, "(decorrelated / np.sqrt(variances + eps))[None]", "shape",
   "Your result has an axis too many: it has the shape of X, (N, D).")
of("white_in_place", "    decorrelated = decorrelate(X)\n",
   "    decorrelated = decorrelate(X)\n    X -= X.mean(axis=0)\n", "pure",
   "X -= ... changes the caller's array: make a new one.")

# ── means of images ────────────────────────────────────────────────────────────────────────────

of = edits(mean_image)
M = "images.mean(axis=0)"

of("image_mean_of_pixels", M, "images.mean(axis=(0, 2, 3))[:, None, None] + 0 * images[0]", "values",
   "You average over the pixels, too: the mean image has a number for each pixel.")
of("image_mean_of_channels", M, "images.mean(axis=(0, 1)) + 0 * images[0]", "values",
   "You average over the channels, too: each channel has its own mean image.")
of("image_mean_over_channels", M, "images.mean(axis=1)", "values",
   "You average over the channels: average over the images, axis 0.")
of("image_mean_single_number", M, "images.mean()", "values",
   "You return one mean of everything: average over the images alone, axis 0.")
of("image_mean_is_sum", M, "images.sum(axis=0)", "values",
   "You return the sum of the images: divide it by their number.")
of("image_mean_is_median", M, "np.median(images, axis=0)", "values",
   "You return the median of each pixel: return the mean.")
of("image_mean_first", M, "images[0].copy()", "values",
   "You return the first image: average over all of them.")
of("image_mean_subtracted", M, "images - images.mean(axis=0)", "values",
   "You subtract the mean image from the images: return the mean image itself.")
of("image_mean_divisor", M, "images.sum(axis=0) / images.shape[1]", "values",
   "You divide by the number of channels: divide by the number of images.")
of("image_mean_keeps_axis", M, "images.mean(axis=0, keepdims=True)", "shape",
   "Your mean image has the shape (1, C, H, W): take it without keepdims.")
of("image_mean_in_place", "return images.mean(axis=0)",
   "mean = images.mean(axis=0)\n    images -= mean\n    return mean",
   "pure", "images -= ... changes the caller's array: the mean alone is asked for.")

of = edits(channel_mean)
M = "images.mean(axis=(0, 2, 3))"

of("channel_mean_single_number", M, "images.mean() * np.ones(images.shape[1])", "values",
   "You take one mean of everything: each channel has its own.")
of("channel_mean_of_images", M, "images.mean(axis=(1, 2, 3))", "values",
   "You return a mean for each image: there is one for each channel, so average over the axes 0, 2 and 3.")
of("channel_mean_of_each_image", M, "images.mean(axis=(2, 3))", "values",
   "You return a mean for each channel of each image: average over the images, too.")
of("channel_mean_of_pixels", M, "images.mean(axis=0)", "values",
   "You return the mean image: average over rows and columns, too.")
of("channel_mean_of_rows", M, "images.mean(axis=(0, 1, 3))", "values",
   "You return a mean for each row of pixels: average over the axes 0, 2 and 3.")
of("channel_mean_channels_last", M, "images.mean(axis=(0, 1, 2))", "values",
   "You average over the axes 0, 1 and 2, as for images with channels last: here the channels are axis 1.")
of("channel_mean_first_image", M, "images[0].mean(axis=(1, 2))", "values",
   "You average over the first image alone: average over all of them.")
of("channel_mean_is_sum", M, "images.sum(axis=(0, 2, 3))", "values",
   "You return sums: divide them by the number of pixels of all images.")
of("channel_mean_not_over_images", M, "images.sum(axis=(0, 2, 3)) / images[0, 0].size", "values",
   "You divide by the pixels of one image: divide by those of all N of them.")
of("channel_mean_reshaped", M, "images.reshape(images.shape[1], -1).mean(axis=1)", "values",
   "reshape(C, -1) mixes channels and images: move the channels to the front first, or average over (0, 2, 3).")
of("channel_mean_keeps_axes", M, "images.mean(axis=(0, 2, 3), keepdims=True)", "shape",
   "Your means have the shape (1, C, 1, 1): take them without keepdims.")
of("channel_mean_in_place", f"return {M}", f"mean = {M}\n    images -= mean[:, None, None]\n    return mean", "pure",
   "images -= ... changes the caller's array: the means alone are asked for.")

# ── flips ──────────────────────────────────────────────────────────────────────────────────────

of = edits(flip)
FLIP, H = "images[..., ::-1]", "values known_answer"

of("flip_upside_down", FLIP, "images[:, :, ::-1]", H,
   "You exchange top and bottom: left and right are the last axis.")
of("flip_half_turn", FLIP, "images[:, :, ::-1, ::-1]", H,
   "You exchange top and bottom, too: a flip exchanges left and right alone.")
of("flip_channels", FLIP, "images[:, ::-1]", H,
   "You turn round the order of the channels: left and right are the last axis.")
of("flip_order_of_images", FLIP, "images[::-1]", H,
   "You turn round the order of the images: left and right are the last axis.")
of("flip_everything", FLIP, "np.flip(images)", H,
   "np.flip without an axis turns round every axis: give it axis=-1.")
of("flip_all", "flipped[:, None, None, None]", "np.ones_like(flipped)[:, None, None, None]", H,
   "You flip every image: flip those for which flipped is True.")
of("flip_none", "flipped[:, None, None, None]", "np.zeros_like(flipped)[:, None, None, None]", H,
   "You flip no image: flip those for which flipped is True.")
of("flip_the_others", "flipped[:, None", "~flipped[:, None", H,
   "You flip the images for which flipped is False: flip the others.")
of("flip_negated", FLIP, "-images", H,
   "You turn the signs of the pixels: a flip exchanges left and right.")
of("flip_by_one", FLIP, "np.roll(images, 1, axis=-1)", H,
   "You move the columns on by one: a flip turns their order round.")
of("flip_by_index", FLIP, "images[..., -np.arange(images.shape[-1])]", H,
   "-j is not the column opposite of j: that is W - 1 - j.")
of("flip_selects", "np.where(flipped[:, None, None, None], images[..., ::-1], images)", "images[flipped][..., ::-1]",
   H, "You return the flipped images alone: the others belong to the result, too.")
of("flip_others_to_zero", ", images)", ", 0.0)", H,
   "You put zeros in the place of images that are not flipped: they stay as they were.")
of("flip_extra_axis", "return np.where(flipped[:, None, None, None], images[..., ::-1], images)",
   "return np.where(flipped[:, None, None, None], images[..., ::-1], images)[None]", "shape",
   "Your result has an axis too many: it has the shape of the images.")
of("flip_in_place", "return np.where(flipped[:, None, None, None], images[..., ::-1], images)",
   "images[flipped] = images[flipped][..., ::-1]\n    return images", "pure",
   "You write into images, which is the caller's array: make a copy first.")

of = edits(random_flip)
COIN, H = "rng.random(len(images)) < p", "certain rate"

of("flip_with_one_minus_p", COIN, "rng.random(len(images)) > p", H,
   "You flip with probability 1 - p: a number from rng.random() is below p with probability p.")
of("flip_half_of_the_time", COIN, "rng.random(len(images)) < 0.5", H,
   "You flip with probability 1/2, whatever p is: use the argument.")
# before the one coin, whose batch may be flipped or not: these fail where p is 0 or 1, too
of("flip_always", COIN, "np.ones(len(images), bool)", H,
   "You flip every image: each is flipped with probability p.")
of("flip_never", COIN, "np.zeros(len(images), bool)", H,
   "You flip no image: each is flipped with probability p.")
of("flip_one_coin", COIN, "np.full(len(images), rng.random() < p)", "rate",
   "You draw one number for the whole batch: draw one for each image.")
of("flip_normal_numbers", COIN, "rng.standard_normal(len(images)) < p", H,
   "You draw normal numbers: those that are below p with probability p are uniform, from rng.random().")
of("flip_integers", COIN, "rng.integers(0, 2, len(images)) < p", "certain rate",
   "You draw whole numbers, 0 or 1, and compare them with p: draw uniform numbers with rng.random().")
of("flip_certain_share", COIN, "rng.permutation(len(images)) < round(p * len(images))", "independent",
   "You flip a fixed share of the batch: each image is flipped by itself.")
of("flip_pairs", COIN, "np.repeat(rng.random(len(images)), 2)[: len(images)] < p", "independent",
   "You use each number for two images: draw one for each.")
of("flip_two_coins", COIN, "(rng.random(len(images)) < p) & (rng.random(len(images)) < p)", "rate",
   "You flip only where two draws say so, which happens with probability p²: draw once.")
of("flip_of_own_seed", "rng.random", "np.random.default_rng(0).random", "seeded",
   "You seed a generator yourself, so that every seed gives the same images: draw from rng.")
of("flip_of_global_seed", "rng.random", "np.random.RandomState(42).random_sample", "seeded",
   "You seed NumPy's own generator, so that every seed gives the same images: draw from rng.")
of("random_flip_upside_down", "return flip(images, rng.random(len(images)) < p)",
   "return np.where((rng.random(len(images)) < p)[:, None, None, None], images[:, :, ::-1], images)", H,
   "You exchange top and bottom: left and right are the last axis.")
of("random_flip_extra_axis", "return flip(images, rng.random(len(images)) < p)",
   "return flip(images, rng.random(len(images)) < p)[None]", "shape",
   "Your result has an axis too many: it has the shape of the images.")
of("random_flip_in_place", "return flip(images, rng.random(len(images)) < p)",
   "images[...] = flip(images, rng.random(len(images)) < p)\n    return images", "pure",
   "You write into images, which is the caller's array: make a new one.")
of("flip_each_channel", "return flip(images, rng.random(len(images)) < p)",
   "return np.where((rng.random(images.shape[:2]) < p)[..., None, None], images[..., ::-1], images)", "rate",
   "You draw a number for each channel: an image is flipped as a whole.")
of("flip_each_row", "return flip(images, rng.random(len(images)) < p)",
   "return np.where((rng.random(images.shape[:3]) < p)[..., None], images[..., ::-1], images)", "rate",
   "You draw a number for each row of pixels: an image is flipped as a whole.")
of("flip_each_pixel", "return flip(images, rng.random(len(images)) < p)",
   "return np.where(rng.random(images.shape) < p, images[..., ::-1], images)", "rate",
   "You draw a number for each pixel: an image is flipped as a whole.")

# ── crops ──────────────────────────────────────────────────────────────────────────────────────

of = edits(random_crop)
PADS = "((0, 0), (0, 0), (pad, pad), (pad, pad))"
TOPS, LEFTS = "rng.integers(0, height + 2 * pad - size + 1, n)", "rng.integers(0, width + 2 * pad - size + 1, n)"

of("crop_stops_one_short", TOPS, "rng.integers(0, max(height + 2 * pad - size, 1), n)", "places",
   "Your windows never reach the last row and column: rng.integers leaves its upper end out, so add 1.",
   also={LEFTS: "rng.integers(0, max(width + 2 * pad - size, 1), n)"})
of("crop_last_row_missing", TOPS, "rng.integers(0, max(height + 2 * pad - size, 1), n)", "places",
   "Your windows never reach the last row: rng.integers leaves its upper end out, so add 1.")
of("crop_last_column_missing", LEFTS, "rng.integers(0, max(width + 2 * pad - size, 1), n)", "places",
   "Your windows never reach the last column: rng.integers leaves its upper end out, so add 1.")
of("crop_starts_at_one", TOPS,
   "rng.integers(1 if height + 2 * pad > size else 0, height + 2 * pad - size + 1, n)", "places",
   "Your windows never begin in row 0 or column 0: rows and columns are counted from 0.",
   also={LEFTS: "rng.integers(1 if width + 2 * pad > size else 0, width + 2 * pad - size + 1, n)"})
of("crop_one_place", "places = zip(padded, tops, lefts, strict=True)",
   "places = zip(padded, [tops[0]] * n, [lefts[0]] * n, strict=True)", "places",
   "You draw one place for the whole batch: draw one for each image.")
of("crop_rows_shared", "tops, lefts, strict", "[tops[0]] * n, lefts, strict", "places",
   "You draw one row for the whole batch: draw one for each image.")
of("crop_columns_shared", "tops, lefts, strict", "tops, [lefts[0]] * n, strict", "places",
   "You draw one column for the whole batch: draw one for each image.")
of("crop_on_the_diagonal", LEFTS, "np.minimum(tops, width + 2 * pad - size)", "places",
   "You use the same number for row and column: draw them apart.")
of("crop_in_the_middle", TOPS, "np.full(n, (height + 2 * pad - size) // 2)", "places",
   "You always cut out the middle: draw a place for each image.",
   also={LEFTS: "np.full(n, (width + 2 * pad - size) // 2)"})
of("crop_in_the_corner", TOPS, "np.zeros(n, int)", "places",
   "You always cut out the upper left corner: draw a place for each image.", also={LEFTS: "np.zeros(n, int)"})
of("crop_within_pads", TOPS, "rng.integers(0, min(2 * pad, height + 2 * pad - size) + 1, n)", "places",
   "Your places go to 2·pad, which is right only where size is H and W: the last is H + 2·pad - size.",
   also={LEFTS: "rng.integers(0, min(2 * pad, width + 2 * pad - size) + 1, n)"})
of("crop_height_for_width", LEFTS, "rng.integers(0, min(height, width) + 2 * pad - size + 1, n)", "places",
   "You use the number of rows for the columns as well: W gives the columns.")
of("crop_ends_rarer", TOPS, "np.round(rng.uniform(0, height + 2 * pad - size, n)).astype(int)", "law",
   "You round uniform numbers, which makes the first and the last place half as likely: use rng.integers.",
   also={LEFTS: "np.round(rng.uniform(0, width + 2 * pad - size, n)).astype(int)"})
of("crop_bell_shaped", TOPS, "rng.binomial(height + 2 * pad - size, 0.5, n)", "law",
   "Places in the middle are likelier in yours: all are equally likely, as rng.integers draws them.",
   also={LEFTS: "rng.binomial(width + 2 * pad - size, 0.5, n)"})
of("crop_two_at_a_time", "tops, lefts, strict", "np.repeat(tops, 2)[:n], np.repeat(lefts, 2)[:n], strict", "law",
   "You use each place for two images: draw one for each.")
of("crop_not_padded", f"np.pad(images, {PADS})",
   "images if min(height, width) >= size else np.pad(images, ((0, 0), (0, 0), (size, size), (size, size)))",
   "places", "You cut out of the image as it is: put pad rows and columns of zeros around it first.",
   also={TOPS: "rng.integers(0, max(height - size, 0) + 1, n)", LEFTS: "rng.integers(0, max(width - size, 0) + 1, n)"})
of("crop_padded_with_edges", PADS, PADS + ', mode="edge"', "windows",
   "You repeat the pixels at the edge: there are zeros around the image.")
of("crop_padded_with_reflection", PADS, PADS + ', mode="symmetric"', "windows",
   "You reflect the image at its edge: there are zeros around it.")
of("crop_padded_with_ones", PADS, PADS + ", constant_values=1.0", "windows",
   "You put ones around the image: put zeros.")
of("crop_padded_with_means", PADS, PADS + ', mode="mean"', "windows",
   "You put means around the image: put zeros.")
of("crop_padded_on_one_side", PADS, "((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad))", "windows",
   "You put all the zeros below and to the right: pad rows and columns belong on each side.")
of("crop_padded_rows_alone", PADS, "((0, 0), (0, 0), (pad, pad), (0, 2 * pad))", "windows",
   "You put all the zero columns to the right: pad of them belong on each side.")
of("crop_padded_once_more", PADS, "((0, 0), (0, 0), (2 * pad, 0), (2 * pad, 0))", "windows",
   "You put all the zeros above and to the left: pad rows and columns belong on each side.")
of("crop_of_other_images", "zip(padded,", "zip(padded[::-1],", "windows",
   "You turn round the order of the images: each window stands in the place of its own image.")
of("crop_of_first_image", "zip(padded,", "zip([padded[0]] * n,", "windows",
   "All your windows are of the first image: each is of its own.")
of("crop_transposed", "left : left + size] for", "left : left + size].swapaxes(1, 2) for", "windows",
   "Your windows are transposed: rows stay rows.")
of("crop_flipped", "left : left + size] for", "left : left + size][:, :, ::-1] for", "windows",
   "Your windows are flipped: the order of the columns stays.")
of("crop_sum_of_channels", "left : left + size] for",
   "left : left + size].mean(axis=0, keepdims=True) + 0 * image[:, :size, :size] for",
   "windows", "You average over the channels: a window has all of them.")
of("crop_resized", "left : left + size] for", "left : left + size].repeat(2, axis=2)[:, :, :size] for", "windows",
   "You stretch the window: its pixels stay as they are.")
of("crop_one_too_large",
   "return np.stack([image[:, top : top + size, left : left + size] for image, top, left in places])",
   "return np.pad(np.stack([image[:, top : top + size, left : left + size] for image, top, left in places]), "
   "((0, 0), (0, 0), (0, 1), (0, 1)))", "windows",
   "Your windows have a row and a column too many: size of each are asked for.")
of("crop_of_own_seed", "tops = rng.integers", "rng = np.random.default_rng(0)\n    tops = rng.integers", "seeded",
   "You seed a generator yourself, so that every seed gives the same windows: draw from rng.")
of("crop_empty_pad", "    places = zip", "    if not pad:\n        padded = 0 * padded\n    places = zip", "unpadded",
   "padded[pad:-pad] is empty, or all zeros, for pad = 0: write the ends as pad + H and pad + W.")
of("crop_whole_image_refused", "rng.integers(0, height + 2 * pad - size + 1, n)",
   "rng.integers(0, height + 2 * pad - size + (pad > 0), n)", "unpadded",
   "You leave no place for a window as large as the image: row 0 is one.")
of("crop_extra_axis", "in places])", "in places])[None]", "shape",
   "Your result has an axis too many: it has the shape (N, C, size, size).")
of("crop_clears_images", "in places])", "in places]) + (images.fill(0) or 0)", "pure",
   "You clear images, which is the caller's array.")

# ── turns, contrast, brightness, noise ─────────────────────────────────────────────────────────

of = edits(rotate90)
TURN, H = "turned.swapaxes(2, 3)[:, :, ::-1]", "values known_answer"

of("turn_clockwise", TURN, "turned.swapaxes(2, 3)[..., ::-1]", H,
   "You turn clockwise: for anticlockwise, turn round the order of the rows after the transposition.")
of("turn_transposed", TURN, "turned.swapaxes(2, 3)", H,
   "You transpose: a quarter turn is a transposition and a flip.")
of("turn_other_diagonal", TURN, "turned.swapaxes(2, 3)[:, :, ::-1, ::-1]", H,
   "You mirror at the other diagonal: turn round the rows alone after the transposition.")
of("turn_half", TURN, "turned[:, :, ::-1, ::-1]", H,
   "Each of your turns is a half turn: a quarter turn exchanges rows and columns.")
of("turn_flips", TURN, "turned[..., ::-1]", H,
   "You flip: a quarter turn exchanges rows and columns, too.")
of("turn_upside_down", TURN, "turned[:, :, ::-1]", H,
   "You exchange top and bottom: a quarter turn exchanges rows and columns, too.")
of("turn_batch_and_channels", TURN, "np.rot90(turned)", H,
   "np.rot90 turns the first two axes, images and channels: give it axes=(2, 3).")
of("turn_channels_and_rows", TURN, "np.rot90(turned, axes=(1, 2))", H,
   "You turn channels and rows: the axes of the image are 2 and 3.")
of("turn_once_always", "range(turns % 4)", "range(1 if turns % 4 else 0)", "values",
   "You turn once, whatever turns is: turn as often as it says.")
of("turn_never", "range(turns % 4)", "range(0)", H,
   "You return the images as they were: turn them by turns quarter turns.")
of("turn_modulo_two", "turns % 4", "turns % 2", "values",
   "You take turns modulo 2: two turns are a half turn, and only four leave an image as it is.")
of("turn_negative_ignored", "range(turns % 4)", "range(turns)", "negative",
   "A negative number of turns does nothing in yours: it turns clockwise, and -1 is the same as 3.")
of("turn_negative_absolute", "range(turns % 4)", "range(abs(turns) % 4)", "negative",
   "A negative number of turns goes the same way as a positive one in yours: it turns clockwise.")
of("turn_capped", "range(turns % 4)", "range(min(turns, 3) if turns > 0 else turns % 4)", "many",
   "More than three turns are three in yours: five quarter turns are one.")
of("turn_extra_axis", "    return turned\n", "    return turned[None]\n", "shape",
   "Your result has an axis too many.")
of("turn_in_place", "    return turned\n", "    images[...] = images[:, :, ::-1].copy()\n    return turned\n", "pure",
   "You write into images, which is the caller's array: make a copy first.")

of = edits(adjust_contrast)
MEANS, OUT = "images.mean(axis=(2, 3), keepdims=True)", "mean + factor * (images - mean)"

of("contrast_mean_of_the_batch", MEANS, "images.mean()", "values",
   "You take one mean of everything: each channel of each image has its own.")
of("contrast_mean_of_images", MEANS, "images.mean(axis=(1, 2, 3), keepdims=True)", "values",
   "You take one mean for all channels of an image: each channel has its own.")
of("contrast_mean_of_channels", MEANS, "images.mean(axis=(0, 2, 3), keepdims=True)", "values",
   "You average over the images of the batch, too: each image has its own means.")
of("contrast_mean_of_pixels", MEANS, "images.mean(axis=1, keepdims=True)", "values",
   "You average over the channels: average over the pixels of each channel.")
of("contrast_mean_image", MEANS, "images.mean(axis=0)", "values",
   "You take the mean image: the mean is that of the pixels of each channel of each image.")
of("contrast_mean_of_rows", MEANS, "images.mean(axis=3, keepdims=True)", "values",
   "You take the mean of each row of pixels: it is that of the whole channel.")
of("contrast_mean_one_half", MEANS, "0.5", "values known_answer",
   "You take the distance from 1/2: take it from the mean of each channel.")
of("contrast_median", MEANS, "np.median(images, axis=(2, 3), keepdims=True)", "values",
   "You take the median: it is the mean of each channel.")
of("contrast_mean_lost", OUT, "factor * (images - mean)", "values known_answer",
   "You do not add the mean again: contrast leaves the mean where it is.")
of("contrast_multiplies", OUT, "factor * images", "values known_answer",
   "You multiply the pixels: factor multiplies their distance from the mean.")
of("contrast_mean_multiplied", OUT, "factor * mean + (images - mean)", "values known_answer",
   "You multiply the mean: factor multiplies the distance from it.")
of("contrast_added_on_top", OUT, "images + factor * (images - mean)", "values known_answer",
   "You add the distance to the pixel: it is added to the mean, so a factor of 1 changes nothing.")
of("contrast_weights_exchanged", OUT, "images + factor * (mean - images)", "values known_answer",
   "You have the weights the wrong way round: a factor of 1 changes nothing, and 0 leaves the mean alone.")
of("contrast_distance_sign", OUT, "mean + factor * (mean - images)", "values known_answer",
   "You take the distance the wrong way round: it is x - mean.")
of("contrast_divides", OUT, "mean + (images - mean) / (factor or 1.0)", "values known_answer",
   "You divide by factor: multiply by it.")
of("contrast_clipped", OUT, "np.clip(mean + factor * (images - mean), 0, 1)", "values known_answer",
   "You clip the result to the range from 0 to 1: nothing is clipped here.")
of("contrast_normalized", OUT, "mean + factor * (images - mean) / (images.std(axis=(2, 3), keepdims=True) + 1e-12)",
   "values known_answer", "You divide by the deviation: factor alone multiplies the distance.")
of("contrast_extra_axis", OUT, "(mean + factor * (images - mean))[None]", "shape",
   "Your result has an axis too many: it has the shape of the images.")
of("contrast_in_place", "return mean + factor * (images - mean)", "images -= mean\n    return mean + factor * images",
   "pure", "images -= mean changes the caller's array: make a new one.")

of = edits(adjust_brightness)
OUT = "images + delta"

of("brightness_multiplies", OUT, "images * delta", "values",
   "You multiply by delta: add it.")
of("brightness_scales", OUT, "images * (1 + delta)", "values",
   "You make each pixel brighter in proportion: add the same number to all.")
of("brightness_subtracts", OUT, "images - delta", "values",
   "You subtract delta: add it.")
of("brightness_clipped", OUT, "np.clip(images + delta, 0, 1)", "values",
   "You clip the result to the range from 0 to 1: nothing is clipped here.")
of("brightness_clipped_to_bytes", OUT, "np.clip(images + delta, 0, 255)", "values",
   "You clip the result to the range from 0 to 255: nothing is clipped here.")
of("brightness_nothing", OUT, "images.copy()", "values",
   "You return the images as they were: add delta to every pixel.")
of("brightness_of_first_channel", OUT, "np.concatenate([images[:, :1] + delta, images[:, 1:]], axis=1)", "values",
   "You make the first channel brighter alone: add delta to all channels.")
of("brightness_set", OUT, "images - images.mean(axis=(2, 3), keepdims=True) + delta", "values",
   "You set the mean of each channel to delta: add delta to what is there.")
of("brightness_extra_axis", OUT, "(images + delta)[None]", "shape",
   "Your result has an axis too many: it has the shape of the images.")
of("brightness_in_place", "return images + delta", "images += delta\n    return images", "pure",
   "images += delta changes the caller's array: write images + delta, which makes a new one.")

of = edits(add_noise)
NOISE = "rng.normal(0.0, std, images.shape)"

of("noise_of_deviation_one", NOISE, "rng.normal(0.0, 1.0, images.shape)", "variance",
   "Your noise has a deviation of 1, whatever std is: multiply it by std.")
of("noise_variance_for_std", NOISE, "rng.normal(0.0, std**2, images.shape)", "variance",
   "You take the square of std for the deviation: it is the deviation itself.")
of("noise_std_for_variance", NOISE, "rng.normal(0.0, np.sqrt(std), images.shape)", "variance",
   "You take std for the variance: it is the deviation, so take no root.")
of("noise_arguments_exchanged", NOISE, "rng.normal(std, 1.0, images.shape)", "variance",
   "You give std as the mean: rng.normal takes the mean first, then the deviation.")
of("noise_uniform", NOISE, "rng.uniform(-std, std, images.shape)", "variance",
   "You draw uniform numbers between -std and std: draw normal ones, with rng.normal.")
of("noise_uniform_same_variance", NOISE, "rng.uniform(-np.sqrt(3 * std**2), np.sqrt(3 * std**2), images.shape)", "law",
   "Your noise is uniform: draw normal numbers, with rng.normal.")
of("noise_from_zero_to_std", NOISE, "std * rng.random(images.shape)", "variance",
   "You draw uniform numbers between 0 and std: draw normal ones, with rng.normal.")
of("noise_positive", NOISE, "np.abs(rng.normal(0.0, std, images.shape))", "variance",
   "Your noise is never negative: its mean must be 0.")
of("noise_of_one_number", NOISE, "rng.normal(0.0, std)", "variance",
   "You add one number to everything: draw one for each pixel.")
of("noise_same_for_all_images", NOISE, "rng.normal(0.0, std, images.shape[1:])", "law",
   "You add the same noise to all images: draw one number for each pixel of each of them.")
of("noise_same_for_all_channels", NOISE, "rng.normal(0.0, std, (len(images), 1, *images.shape[2:]))", "law",
   "You add the same noise to all channels: draw one number for each pixel of each of them.")
of("noise_same_for_all_columns", NOISE, "rng.normal(0.0, std, (*images.shape[:3], 1))", "law",
   "You add one number to each row of pixels: draw one for each pixel.")
of("noise_same_for_all_rows", NOISE, "rng.normal(0.0, std, (*images.shape[:2], 1, images.shape[3]))", "law",
   "You add one number to each column of pixels: draw one for each pixel.")
of("noise_signs", NOISE, "std * rng.choice([-1.0, 1.0], images.shape)", "law",
   "Your noise is std or -std: draw normal numbers, with rng.normal.")
of("noise_multiplies", "images + ", "images * ", "variance",
   "You multiply the images by the noise: add it.")
of("noise_in_proportion", "images + " + NOISE, "images * (1 + rng.normal(0.0, std, images.shape))", "law",
   "Your noise grows with the pixel: it has the same deviation everywhere.")
of("noise_clipped", "images + " + NOISE, "np.clip(images + rng.normal(0.0, std, images.shape), 0, 1)", "variance",
   "You clip the result to the range from 0 to 1: nothing is clipped here.")
of("noise_alone", "images + ", "", "variance",
   "You return the noise alone: add it to the images.")
of("noise_none", "images + " + NOISE, "images.copy()", "variance",
   "You return the images as they were: add normal noise.")
of("noise_of_own_seed", "rng.normal", "np.random.default_rng(0).normal", "seeded",
   "You seed a generator yourself, so that every seed gives the same noise: draw from rng.")
of("noise_of_global_seed", "rng.normal", "np.random.RandomState(42).normal", "seeded",
   "You seed NumPy's own generator, so that every seed gives the same noise: draw from rng.")
of("noise_even_for_zero", NOISE, "rng.normal(0.0, std or 1.0, images.shape)", "none",
   "You take a deviation of 0 for none given: with std = 0 the images stay as they are.")
of("noise_extra_axis", "return images + rng.normal(0.0, std, images.shape)",
   "return (images + rng.normal(0.0, std, images.shape))[None]", "shape",
   "Your result has an axis too many: it has the shape of the images.")
of("noise_in_place", "return images + rng.normal(0.0, std, images.shape)",
   "images += rng.normal(0.0, std, images.shape)\n    return images", "pure",
   "images += ... changes the caller's array: write images + noise, which makes a new one.")
# fmt: on
