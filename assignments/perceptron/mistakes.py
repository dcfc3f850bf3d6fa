"""What students get wrong in `perceptron`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: what published implementations of the perceptron and of linear discriminant analysis get wrong or
do by another rule (another order, another boundary, batch updates, unbiased covariances), and what follows from the
formulas. Two lines each, so the formatter is kept away.
"""

from autograder import edits

from .reference import gate, gaussian_classifier, gaussian_fit, perceptron_fit, posterior, xor_network

# fmt: off

# ── the perceptron ─────────────────────────────────────────────────────────────────────────────

of = edits(perceptron_fit)
SCORE, IS_WRONG, TURN = "label * (x @ w + b)", "label * (x @ w + b) <= 0", "w = w + label * x"
ROWS = "for x, label in zip(X, y, strict=True):"
RECORD = "mistakes.append(count)"
START, STOP = "w, b = np.zeros(X.shape[1]), 0.0", "        if count == 0:\n            break\n"
RESULT = "return w, b, mistakes"
ALL = "weights mistakes not_separable xor epochs boundary"
W, M = "weights not_separable xor epochs boundary", "mistakes boundary"
BUT_XOR = "weights mistakes not_separable epochs boundary"

of("zero_passes", IS_WRONG, "label * (x @ w + b) < 0", ALL,
   "With w = 0 every score is 0, and you take 0 for right, so nothing is ever learnt: y (w·x + b) <= 0 is a mistake.")
of("zero_is_class_one", IS_WRONG, "(1 if x @ w + b >= 0 else -1) != label", "boundary",
   "You predict 1 for a score of exactly 0, so a row with y = 1 passes there: 0 is a mistake for either label.")
of("zero_is_class_minus_one", IS_WRONG, "(1 if x @ w + b > 0 else -1) != label", "boundary",
   "You predict -1 for a score of exactly 0, so a row with y = -1 passes there: 0 is a mistake for either label.")
of("updates_where_right", IS_WRONG, "label * (x @ w + b) >= 0", ALL,
   "You update where the unit is right: it is a mistake where y (w·x + b) is not above 0.")
of("updates_always", IS_WRONG, "True", ALL,
   "You update on every row: leave w and b alone where y (w·x + b) > 0.")
of("label_missing_in_test", IS_WRONG, "x @ w + b <= 0", ALL,
   "You leave y out of the test: for y = -1 a score below 0 is right.")
of("bias_outside_the_product", SCORE, "(label * (x @ w) + b)", ALL,
   "Your test is y (w·x) + b, with b outside the brackets: it is y (w·x + b).")
of("bias_missing_in_test", "x @ w + b", "x @ w", ALL,
   "You leave b out of the score: a row is right where y (w·x + b) > 0.")
of("bias_never_updated", "b = b + label", "pass", ALL,
   "Your b stays 0, so the line goes through the origin: b is part of the score, and grows by y on each mistake.")
of("bias_by_one", "b = b + label", "b = b + 1", ALL,
   "You add 1 to b on each mistake: add y, which is -1 for the other class.")
of("bias_with_wrong_sign", "b = b + label", "b = b - label", ALL,
   "You take y off b: add it, as y x is added to w.")
of("bias_set", "b = b + label", "b = label", BUT_XOR,
   "You set b to y: it grows by y on each mistake, b += y.")
of("bias_by_score", "b = b + label", "b = b - (x @ w + b)", ALL,
   "You move b by the score: it grows by y.")
of("label_missing_in_update", TURN, "w = w + x", ALL,
   "You add x whatever its label: w grows by y x, so rows with y = -1 are taken off.")
of("update_with_wrong_sign", TURN, "w = w - label * x", ALL,
   "You turn w away from the row: add y x.")
of("both_updates_with_wrong_sign", TURN, "w = w - label * x", ALL,
   "You take y x off w and y off b, which makes mistakes worse: add both.", also={"b = b + label": "b = b - label"})
of("weights_set", TURN, "w = label * x", ALL,
   "You set w to y x: add it to what has been learnt before, w += y x.")
of("input_missing_in_update", TURN, "w = w + label", ALL,
   "You add y to every weight: multiply it by x first, w += y x.")
of("update_by_score", TURN, "w = w - (x @ w + b) * x", BUT_XOR,
   "You move w by the score times x, as least squares would: the perceptron adds y x.")
of("update_by_error", TURN, "w = w + (label - np.sign(x @ w + b)) * x", ALL,
   "You add (y - prediction) x, and that difference is 2 y once scores are not 0: add y x.",
   also={"b = b + label": "b = b + (label - np.sign(x @ w + b))"})
of("update_doubled", TURN, "w = w + 2 * label * x", W,
   "You add 2 y x: as the two labels differ by 2, the error is divided by 2, and what is added is y x.",
   also={"b = b + label": "b = b + 2 * label"})
of("learning_rate", TURN, "w = w + 0.1 * label * x", W,
   "You multiply the updates by a learning rate of 0.1: w grows by y x itself.",
   also={"b = b + label": "b = b + 0.1 * label"})
of("learning_rate_of_a_half", TURN, "w = w + 0.5 * label * x", W,
   "You multiply the updates by ½: w grows by y x itself.", also={"b = b + label": "b = b + 0.5 * label"})
of("learning_rate_on_weights_alone", TURN, "w = w + 0.1 * label * x", ALL,
   "You multiply the update of w by 0.1 and not that of b: w grows by y x, b by y.")
of("bias_updated_twice", TURN, "b = b + label", BUT_XOR,
   "You update b twice on a mistake: once is enough.",
   also={"b = b + label": "w = w + label * x\n                b = b + label"})
of("margin_of_one", IS_WRONG, "label * (x @ w + b) <= 1", ALL,
   "You ask for a score above 1, as the hinge loss does: a row is a mistake where y (w·x + b) <= 0.")
of("updates_after_the_epoch", START, START + "\n    old_w, old_b = w, b", ALL,
   "You judge all rows of an epoch with the weights that it began with: the next row meets the new ones.",
   also={SCORE: "label * (x @ old_w + old_b)", RECORD: f"{RECORD}\n        old_w, old_b = w, b"})
of("averaged_perceptron", START, START + "\n    sum_w, sum_b, seen = 0 * w, 0.0, 0", W,
   "You return the average of all weights, which is the averaged perceptron: return the last ones.",
   also={f"        {RECORD}": f"            sum_w, sum_b, seen = sum_w + w, sum_b + b, seen + 1\n        {RECORD}",
         RESULT: "return sum_w / seen, sum_b / seen, mistakes"})
of("normalised", RESULT,
   "norm = np.linalg.norm(w)\n    return (w / norm, b / norm, mistakes) if norm else (w, b, mistakes)",
   "weights not_separable epochs boundary",
   "You divide w and b by the length of w at the end: return them as they were learnt.")
of("rows_normalised", ROWS, "for x, label in zip(X / (np.linalg.norm(X, axis=1)[:, None] + 1e-9), y, strict=True):",
   "weights not_separable epochs",
   "You scale each row to length 1: take the rows as they are.")
of("features_standardised", START, "X = X - X.mean(axis=0)\n    " + START, ALL,
   "You subtract the mean of each feature first: take the rows as they are.")
of("starts_at_one", "np.zeros", "np.ones", ALL,
   "Your w starts at 1: it starts at 0.")
of("bias_starts_at_one", "0.0", "1.0", ALL,
   "Your b starts at 1: it starts at 0.")
of("small_random_start", "np.zeros(X.shape[1]), 0.0",
   "0.01 * np.random.default_rng(0).standard_normal(X.shape[1]), 0.0",
   "weights not_separable epochs boundary", "Your w starts at small random numbers: it starts at 0.")
of("restarts_each_epoch", "        count = 0\n", "        count = 0\n        w, b = np.zeros(X.shape[1]), 0.0\n", ALL,
   "You set w and b back to 0 in each epoch: begin with 0 once, before the first.")
of("backwards", ROWS, "for x, label in zip(X[::-1], y[::-1], strict=True):", ALL,
   "You go through the rows from the last to the first: take them in order.")
of("shuffled", ROWS, "for i in np.random.default_rng(0).permutation(len(X)):\n            x, label = X[i], y[i]", ALL,
   "You shuffle the rows: take them in order, from the first to the last.")
of("last_row_left_out", "zip(X, y, strict=True)", "zip(X[:-1], y[:-1], strict=True)",
   "weights mistakes not_separable xor boundary",
   "You leave out the last row: range(N) already ends before N.")
of("first_row_left_out", "zip(X, y, strict=True)", "zip(X[1:], y[1:], strict=True)", ALL,
   "You leave out the first row: rows are counted from 0.")
of("one_mistake_an_epoch", "count += 1\n", "count += 1\n                break\n", ALL,
   "You end the epoch at its first mistake: go on with the next row.")
of("until_right", "if " + IS_WRONG, "while " + IS_WRONG, "weights mistakes not_separable xor epochs",
   "You repeat the update until the row is right: one update for each mistake, then on to the next row.")
of("returns_in_the_first_epoch", RESULT, "    " + RESULT, "weights mistakes not_separable xor boundary",
   "You return inside the loop, after the first epoch: return when the loop has ended.")
of("stops_at_one_mistake", "if count == 0:", "if count <= 1:", "weights mistakes boundary",
   "You stop at an epoch with one mistake: go on until there is none.")
of("final_epoch_not_counted", "        mistakes.append(count)\n        if count == 0:\n            break\n",
   "        if count == 0:\n            break\n        mistakes.append(count)\n", M,
   "The final epoch is missing, the one without a mistake: record its 0 before you stop.")
of("never_stops", STOP, "", M,
   "You go on after an epoch without a mistake: it changes nothing any more, so stop there.")
of("stops_one_epoch_late", "if count == 0:", "if mistakes[-2:] == [0, 0]:", M,
   "You stop after the second epoch without a mistake: the first one is enough.")
of("stops_when_not_better", "if count == 0:", "if count == 0 or len(mistakes) > 1 and count >= mistakes[-2]:",
   "weights mistakes not_separable xor boundary",
   "You stop when an epoch has no fewer mistakes than the one before: only an epoch without a mistake ends it.")
of("one_epoch_too_few", "range(epochs)", "range(epochs - 1)", "not_separable xor epochs",
   "You make one epoch too few: range(epochs) counts from 0 to epochs - 1.")
of("one_epoch_too_many", "range(epochs)", "range(epochs + 1)", "not_separable xor epochs",
   "You make one epoch too many: range(epochs) already makes `epochs` of them.")
of("epochs_ignored", "range(epochs)", "range(1000)", "not_separable xor epochs",
   "You ignore `epochs`: where no line separates the classes, it alone ends the loop.")
of("epochs_of_rows", "range(epochs)", "range(len(X))", "not_separable xor epochs",
   "You make as many epochs as there are rows: make `epochs` at most.")
of("mistakes_summed_up", "        count = 0\n", "        count = sum(mistakes[-1:])\n        before = count\n", M,
   "You do not set the count back to 0 in each epoch, so the mistakes of earlier epochs are counted again.",
   also={"if count == 0:": "if count == before:"})
of("mistakes_in_all", RESULT, "return w, b, sum(mistakes)", "mistakes not_separable xor epochs boundary",
   "You return the number of all mistakes: return one number for each epoch.")
of("mistakes_of_the_last_epoch", RESULT, "return w, b, mistakes[-1]", "mistakes not_separable xor epochs boundary",
   "You return the mistakes of the last epoch alone: return those of each epoch.")
of("number_of_epochs", RESULT, "return w, b, len(mistakes)", "mistakes not_separable xor epochs boundary",
   "You return how many epochs there were: return the number of mistakes of each.")
of("right_rows_counted", RECORD, "mistakes.append(len(X) - count)", "mistakes not_separable epochs boundary",
   "You count the rows that are right: count the mistakes.")
of("share_of_mistakes", RECORD, "mistakes.append(count / len(X))", "mistakes not_separable xor epochs boundary",
   "You divide the mistakes by the number of rows: count them.")
of("mistakes_as_flags", RECORD, "mistakes.append(int(count > 0))", "mistakes not_separable xor epochs boundary",
   "You record whether there was a mistake: record how many.")
of("mistakes_counted_at_the_end", RECORD, "mistakes.append(int(np.sum(y * (X @ w + b) <= 0)))",
   "mistakes not_separable boundary",
   "You count what the weights at the end of the epoch get wrong: count the mistakes as they are made, row by row.")
of("best_epoch_returned", START, START + "\n    best = (len(X) + 1, w, b)", "not_separable",
   "You return the weights of the epoch with the fewest mistakes: return the last ones.",
   also={f"        {RECORD}": f"        best = min(best, (count, w, b), key=lambda kept: kept[0])\n        {RECORD}",
         RESULT: "return best[1], best[2], mistakes"})
of("bias_inside_weights", RESULT, "return np.append(w, b), b, mistakes", "weights not_separable xor epochs boundary",
   "Your w has the bias as one number more: w is (D,), and b stands apart.")
of("bias_first", RESULT, "return b, w, mistakes", "weights not_separable epochs boundary",
   "You return b before w: the order is w, b, mistakes.")
of("weights_in_a_row", RESULT, "return w[None], b, mistakes", "shapes",
   "Your w has the shape (1, D): it must be (D,).")
of("bias_in_an_array", RESULT, "return w, np.array([b]), mistakes", "shapes",
   "Your b is an array of one number: return the number itself.")
of("mistakes_in_a_column", RESULT, "return w, b, np.array(mistakes)[:, None]", "shapes",
   "Your mistakes have the shape (epochs, 1): they are a list, or an array with one axis.")
of("rows_multiplied_in_place", START, START + "\n    X *= y[:, None]", "pure",
   "X *= y changes the caller's rows: make a new array.", also={SCORE: "(x @ w + label * b)", TURN: "w = w + x"})

# ── gates ──────────────────────────────────────────────────────────────────────────────────────

of = edits(gate)
AND, OR = '"and": ([1.0, 1.0], -1.5)', '"or": ([1.0, 1.0], -0.5)'
NAND, NOT = '"nand": ([-1.0, -1.0], 1.5)', '"not": ([-1.0], 0.5)'
GIVEN = "return np.array(w), b"

of("and_is_or", AND, '"and": ([1.0, 1.0], -0.5)', "and",
   "Your and gate is on where one input is 1: its bias must keep it off until both are.")
of("or_is_and", OR, '"or": ([1.0, 1.0], -1.5)', "or",
   "Your or gate needs both inputs: one must be enough to lift the score above 0.")
of("and_on_the_line", AND, '"and": ([1.0, 1.0], -1.0)', "decided",
   "With a bias of -1 the score of your and gate is exactly 0 where one input is 1: put the line between the corners.")
of("or_on_the_line", OR, '"or": ([1.0, 1.0], 0.0)', "decided",
   "Without a bias the score of your or gate is exactly 0 at (0, 0): put the line between the corners.")
of("nand_on_the_line", NAND, '"nand": ([-1.0, -1.0], 2.0)', "decided",
   "With a bias of 2 the score of your nand gate is exactly 0 at (1, 1): put the line between the corners.")
of("not_on_the_line", NOT, '"not": ([-1.0], 1.0)', "decided",
   "With a bias of 1 the score of your not gate is exactly 0 at 1: put the line between 0 and 1.")
of("and_at_its_threshold", AND, '"and": ([1.0, 1.0], -2.0)', "and",
   "Your and gate has a score of exactly 0 at (1, 1), and is on only above 0: raise its bias.")
of("or_at_its_threshold", OR, '"or": ([1.0, 1.0], -1.0)', "or",
   "Your or gate has a score of exactly 0 where one input is 1, and is on only above 0: raise its bias.")
of("nand_at_its_threshold", NAND, '"nand": ([-1.0, -1.0], 1.0)', "nand",
   "Your nand gate has a score of exactly 0 where one input is 1, and is on only above 0: raise its bias.")
of("not_at_its_threshold", NOT, '"not": ([-1.0], 0.0)', "not",
   "Your not gate has a score of exactly 0 where its input is 0, and is on only above 0: give it a bias above 0.")
of("thresholds_for_biases", GIVEN, "return np.array(w), -b", "and or nand not",
   "You give the thresholds: the unit is on when w·x + b > 0, so the bias is minus the threshold.")
of("nand_is_and", NAND, '"nand": ([1.0, 1.0], -1.5)', "nand",
   "Your nand gate is an and gate: turn the sign of every weight and of the bias.")
of("nand_is_nor", NAND, '"nand": ([-1.0, -1.0], 0.5)', "nand",
   "Your nand gate is off as soon as one input is 1, which is nor: it is off only where both are.")
of("not_is_identity", NOT, '"not": ([1.0], -0.5)', "not",
   "Your not gate hands its input on: turn the signs of weight and bias.")
of("not_always_on", NOT, '"not": ([-1.0], 1.5)', "not",
   "Your not gate is always on: its weight must outweigh its bias where the input is 1.")
of("not_weight_positive", NOT, '"not": ([1.0], 0.5)', "not",
   "The weight of your not gate is positive, so it is on for 1 as well: an input of 1 must pull it below 0.")
of("or_second_input_ignored", OR, '"or": ([1.0, 0.0], -0.5)', "or",
   "Your or gate does not look at its second input: each input alone must be enough.")
of("and_second_input_ignored", AND, '"and": ([1.0, 0.0], -0.5)', "and",
   "Your and gate does not look at its second input: both must be 1.")
of("or_for_signs", OR, '"or": ([1.0, 1.0], 1.0)', "or",
   "Your or gate is that of inputs -1 and 1: here inputs are 0 and 1, and at (0, 0) it must be off.")
of("gate_bias_in_weights", GIVEN, "return np.append(w, b), b", "and or nand not",
   "Your w has the bias as one number more: w has a weight for each input, and b stands apart.")
of("gate_bias_first", GIVEN, "return b, np.array(w)", "and or nand",
   "You return the bias first: the order is w, b.")
of("not_with_two_weights", NOT, '"not": ([-1.0, 0.0], 0.5)', "not",
   "Your not gate has two weights: it has one input.")
of("gate_weights_in_a_row", GIVEN, "return np.array([w]), b", "shapes",
   "Your w has an axis too many: its shape is (2,), or (1,) for the not gate.")
of("gate_bias_in_an_array", GIVEN, "return np.array(w), np.array([b])", "shapes",
   "Your b is an array of one number: return the number itself.")

# ── xor ────────────────────────────────────────────────────────────────────────────────────────

of = edits(xor_network)
LAYER = "x @ np.array([[1.0, -1.0], [1.0, -1.0]]) + np.array([-0.5, 1.5]) > 0"
OUTPUT = "(hidden @ np.array([1.0, 1.0]) - 1.5 > 0).astype(float)"
ONE, BOTH = "truth_table beyond_one_unit batches", "truth_table batches"

of("xor_is_or", OUTPUT, "hidden[:, 0].astype(float)", ONE,
   "Your network computes or, which a single unit can: xor is off at (1, 1), where nand is off.")
of("xor_is_nand", OUTPUT, "hidden[:, 1].astype(float)", ONE,
   "Your network computes nand, which a single unit can: xor is off at (0, 0), where or is off.")
of("xor_is_and", OUTPUT, "1 - hidden[:, 1].astype(float)", ONE,
   "Your network computes and, which a single unit can: xor is on where exactly one input is 1.")
of("xor_is_xnor", OUTPUT, "1 - " + OUTPUT, BOTH,
   "Your network computes the opposite of xor: it is on where the inputs differ.")
of("xor_always_on", "- 1.5 > 0", "- 0.5 > 0", ONE,
   "Your output is always on: one of or and nand always is, so the output unit must need both, as and does.")
of("xor_never_on", "1.5])", "0.5])", ONE,
   "Your output is never on: where one input is 1, both hidden units must be on and together outweigh its bias.")
of("xor_of_one_input", OUTPUT, "x[:, 0] + 0.0", ONE,
   "You hand on the first input: xor depends on both.")
of("xor_output_not_thresholded", OUTPUT, "hidden @ np.array([1.0, 1.0]) - 1.5", BOTH,
   "You return the score of the output unit: it is 1 where the score is above 0, else 0.")
of("xor_signs", OUTPUT, "np.where(hidden @ np.array([1.0, 1.0]) - 1.5 > 0, 1.0, -1.0)", BOTH,
   "Your outputs are -1 and 1: they are 0 and 1.")
of("xor_weights_transposed", "[[1.0, -1.0], [1.0, -1.0]]", "[[1.0, 1.0], [-1.0, -1.0]]", ONE,
   "Your weights of the hidden layer are transposed: with x @ W each column belongs to one unit.")
of("xor_soft", OUTPUT, "1 / (1 + np.exp(-10 * (hidden @ np.array([1.0, 1.0]) - 1.5)))", BOTH,
   "Your output is a sigmoid: a threshold unit is exactly 0 or 1.")
of("xor_sum", OUTPUT, "x.sum(axis=1)", BOTH,
   "You add the inputs up, which gives 2 for (1, 1): xor is 0 there.")
of("xor_difference", OUTPUT, "x[:, 0] - x[:, 1]", BOTH,
   "You subtract the inputs, which gives -1 for (0, 1): xor is 1 there.")
of("xor_first_row_alone", OUTPUT, "(hidden[:1] @ np.array([1.0, 1.0]) - 1.5 > 0).astype(float)", ONE,
   "You compute the first row alone: there is an output for each row.")
of("xor_four_rows", OUTPUT, "np.array([0.0, 1.0, 1.0, 0.0])[: len(x)]", "batches",
   "You return the truth table whatever the rows are: compute each row's output from its inputs.")
of("xor_any_of_batch", OUTPUT, "(hidden @ np.array([1.0, 1.0]) - 1.5 > 0).astype(float) * x.max()", "batches",
   "Your outputs depend on the other rows: each row has inputs of its own.",
   also={LAYER: "x @ np.array([[1.0, -1.0], [1.0, -1.0]]) + np.array([-0.5, x.sum(axis=1).max() - 0.5]) > 0"})
of("xor_column", OUTPUT, OUTPUT + "[:, None]", "shape",
   "Your outputs have the shape (N, 1): they must have (N,).")
of("xor_in_place", LAYER, LAYER + "\n    x[:] = hidden", "pure",
   "You write the hidden layer into x, which is the caller's array: make a new one.")

# ── means and covariance ───────────────────────────────────────────────────────────────────────

of = edits(gaussian_fit)
MU0, MU1 = "mu0 = X[y == 0].mean(axis=0)", "mu1 = X[y == 1].mean(axis=0)"
DEVIATIONS, SIGMA = "X - np.stack([mu0, mu1])[y]", "deviations.T @ deviations / len(X)"
FITTED = "return mu0, mu1, sigma"
MEANS, COVARIANCE = "means known_answer", "covariance known_answer"
HALVES = "(np.cov(X[y == 0].T, ddof=0) + np.cov(X[y == 1].T, ddof=0)) / 2"

of("means_exchanged", FITTED, "return mu1, mu0, sigma", MEANS,
   "You have the two means the wrong way round: mu0 is that of the rows with y = 0.")
of("mean_of_all_rows", MU0, "mu0 = X.mean(axis=0)", MEANS,
   "You take the mean of all rows for mu0: pick the rows with y = 0.")
of("one_mean", MU1, "mu0 = mu1 = X.mean(axis=0)", MEANS,
   "You use the mean of all rows for both classes: each class has a mean of its own.")
of("means_over_features", MU0, "mu0 = X[y == 0].mean(axis=1)", MEANS,
   "You average over the features: the mean of a class is over its rows, axis 0.",
   also={MU1: "mu1 = X[y == 1].mean(axis=1)", DEVIATIONS: "X - X.mean(axis=0)"})
of("means_are_sums", MU0, "mu0 = X[y == 0].sum(axis=0)", MEANS,
   "You add the rows of a class up: divide by how many there are.", also={MU1: "mu1 = X[y == 1].sum(axis=0)"})
of("sums_returned_for_means", FITTED, "return mu0 * np.sum(y == 0), mu1 * np.sum(y == 1), sigma", MEANS,
   "You return the sums of the two classes: divide each by how many rows it has.")
of("means_over_all", FITTED, "return mu0 * np.mean(y == 0), mu1 * np.mean(y == 1), sigma", MEANS,
   "You divide the sum of a class by the number of all rows: divide by how many rows that class has.")
of("medians", MU0, "mu0 = np.median(X[y == 0], axis=0)", "means",
   "You take medians: the parameters of a normal distribution are estimated by means.",
   also={MU1: "mu1 = np.median(X[y == 1], axis=0)"})
of("rows_split_in_halves", MU0, "mu0 = X[: len(X) // 2].mean(axis=0)", MEANS,
   "You take the first half of the rows for class 0: pick the rows by their labels.",
   also={MU1: "mu1 = X[len(X) // 2 :].mean(axis=0)"})
of("second_mean_alone", MU0, "mu0 = X[y == 1].mean(axis=0)", MEANS,
   "Your mu0 is the mean of class 1: pick the rows with y = 0.")
of("means_of_everything", FITTED, "return X[y == 0].mean(), X[y == 1].mean(), sigma", MEANS,
   "You average over the features as well: a mean has one number for each feature, so use axis=0.")
of("covariance_of_all_rows", DEVIATIONS, "X - X.mean(axis=0)", COVARIANCE,
   "You measure all rows from one mean, so the distance of the classes is in sigma: take each row's own class mean.")
of("covariance_not_centred", DEVIATIONS, "X", COVARIANCE,
   "You do not subtract the means: sigma is made of deviations.")
of("covariance_from_mu0", DEVIATIONS, "X - mu0", COVARIANCE,
   "You measure all rows from mu0: the rows of class 1 deviate from mu1.")
of("covariance_from_mu1", DEVIATIONS, "X - mu1", COVARIANCE,
   "You measure all rows from mu1: the rows of class 0 deviate from mu0.")
of("covariance_from_other_class", DEVIATIONS, "X - np.stack([mu1, mu0])[y]", COVARIANCE,
   "You measure each row from the mean of the other class: take that of its own.")
of("covariance_from_middle", DEVIATIONS, "X - (mu0 + mu1) / 2", COVARIANCE,
   "You measure all rows from the middle of the two means: take each row's own class mean.")
of("covariance_summed", SIGMA, "deviations.T @ deviations", COVARIANCE,
   "Your sigma is a sum over the rows: divide it by N.")
of("covariance_unbiased", SIGMA, "deviations.T @ deviations / (len(X) - 1)", COVARIANCE,
   "You divide by N - 1: this sigma is divided by N.")
of("covariance_two_degrees_fewer", SIGMA, "deviations.T @ deviations / (len(X) - 2)", COVARIANCE,
   "You divide by N - 2, as for an unbiased pooled covariance: this one is divided by N.")
of("covariance_over_features", SIGMA, "deviations.T @ deviations / X.shape[1]", COVARIANCE,
   "You divide by the number of features: divide by that of the rows.")
of("covariances_averaged", SIGMA, HALVES, COVARIANCE,
   "You average the covariances of the two classes, as if both had as many rows: average over all rows.")
of("covariances_added", SIGMA, HALVES.removesuffix(" / 2"), COVARIANCE,
   "You add the covariances of the two classes: sigma is the mean of d dᵀ over all rows.")
of("np_cov_of_all_rows", SIGMA, "np.cov(X.T)", COVARIANCE,
   "np.cov(X.T) takes one mean for all rows and divides by N - 1: take each row's own class mean, and divide by N.")
of("np_cov_defaults", SIGMA,
   "(np.sum(y == 0) * np.cov(X[y == 0].T) + np.sum(y == 1) * np.cov(X[y == 1].T)) / len(X)", COVARIANCE,
   "np.cov divides by one less than the number of rows unless you give it ddof=0.")
of("covariance_of_class_zero", SIGMA, "np.atleast_2d(np.cov(X[y == 0].T, ddof=0))", COVARIANCE,
   "Your sigma is the covariance of class 0 alone: both classes share it, so all rows count.")
of("covariance_of_class_one", SIGMA, "np.atleast_2d(np.cov(X[y == 1].T, ddof=0))", COVARIANCE,
   "Your sigma is the covariance of class 1 alone: both classes share it, so all rows count.")
of("variances_alone", SIGMA, "np.diag((deviations**2).mean(axis=0))", COVARIANCE,
   "Your sigma has the variances alone: outside of the diagonal stand the covariances of the features.")
of("variances_as_vector", SIGMA, "(deviations**2).mean(axis=0)", COVARIANCE,
   "You return the variances of the features: sigma is a matrix (D, D).")
of("correlations", SIGMA, "np.corrcoef(deviations.T)", COVARIANCE,
   "You return correlations, with ones on the diagonal: sigma holds covariances.")
of("standard_deviations", SIGMA, "np.diag(deviations.std(axis=0))", COVARIANCE,
   "You return standard deviations: sigma holds variances and covariances.")
of("gram_matrix_of_rows", SIGMA, "deviations @ deviations.T / len(X)", COVARIANCE,
   "Your sigma is (N, N), a product of rows with rows: it is deviations.T @ deviations, (D, D).")
of("covariance_inverted", SIGMA, "np.linalg.pinv(deviations.T @ deviations / len(X))", COVARIANCE,
   "You return the inverse of sigma: return the covariance itself.")
of("covariance_regularised", SIGMA, "deviations.T @ deviations / len(X) + 1e-6 * np.eye(X.shape[1])", COVARIANCE,
   "You add a small number to the diagonal: return the covariance as it is.")
of("covariance_first", FITTED, "return sigma, mu0, mu1", MEANS,
   "You return sigma first: the order is mu0, mu1, sigma.")
of("means_keep_axis", FITTED, "return mu0[None], mu1[None], sigma", "shapes",
   "Your means have the shape (1, D): they must have (D,).")
of("covariance_in_a_list", FITTED, "return mu0, mu1, sigma[None]", "shapes",
   "Your sigma has an axis too many: it is (D, D).")
of("rows_centred_in_place", "deviations = " + DEVIATIONS, "X -= np.stack([mu0, mu1])[y]\n    deviations = X", "pure",
   "X -= ... changes the caller's rows: write X - ..., which makes a new array.")

# ── the line between two classes ───────────────────────────────────────────────────────────────

of = edits(gaussian_classifier)
SOLVED, BIAS, LINE = "np.linalg.solve(sigma, mu1 - mu0)", "-w @ (mu0 + mu1) / 2", "return w, b"
W, B = "weights known_answer", "bias known_answer"

of("line_means_exchanged", "mu1 - mu0", "mu0 - mu1", "weights bias known_answer",
   "Your w and b are those of class 0: w is Σ⁻¹ (μ₁ - μ₀).")
of("line_covariance_missing", SOLVED, "mu1 - mu0", W,
   "Your w is the difference of the means: multiply it by the inverse of sigma.")
of("line_not_inverted", SOLVED, "sigma @ (mu1 - mu0)", W,
   "You multiply by sigma: multiply by its inverse.")
of("line_elementwise_inverse", SOLVED, "(1 / sigma) @ (mu1 - mu0)", W,
   "1 / sigma divides element by element: the inverse of a matrix is np.linalg.inv(sigma), or use np.linalg.solve.")
of("line_diagonal_alone", SOLVED, "(mu1 - mu0) / np.diag(sigma)", W,
   "You divide by the variances alone: the features are correlated, so solve with the whole sigma.")
of("line_whitened_half_way", SOLVED, "np.linalg.solve(np.linalg.cholesky(sigma), mu1 - mu0)", W,
   "You solve with one factor of sigma: Σ⁻¹ needs the transposed factor as well.")
of("line_squared", SOLVED, "np.linalg.solve(sigma @ sigma, mu1 - mu0)", W,
   "You multiply by the inverse of sigma twice: once is enough.")
of("line_halved", SOLVED, "np.linalg.solve(sigma, mu1 - mu0) / 2", W,
   "Your w is half as long as it must be: the ½ of the exponent cancels the 2 of the cross term.")
of("line_doubled", SOLVED, "2 * np.linalg.solve(sigma, mu1 - mu0)", W,
   "Your w is twice as long as it must be: the ½ of the exponent cancels the 2 of the cross term.")
of("line_normalised", LINE, "length = np.linalg.norm(w)\n    return w / length, b / length", "weights bias",
   "You scale w to length 1, which keeps the line but not the probabilities: its length says how sure the unit is.")
of("line_of_sums", "mu1 - mu0", "mu1 + mu0", W,
   "You add the means: w is made of their difference.",
   also={BIAS: "-np.linalg.solve(sigma, mu1 - mu0) @ (mu0 + mu1) / 2"})
of("line_of_mu1", "mu1 - mu0", "mu1", W,
   "You leave out the mean of class 0: w is Σ⁻¹ (μ₁ - μ₀).")
of("line_regularised", SOLVED, "np.linalg.solve(sigma + 1e-6 * np.eye(len(sigma)), mu1 - mu0)", W,
   "You add a small number to the diagonal of sigma: it can be inverted as it is.")
of("bias_sign", BIAS, "w @ (mu0 + mu1) / 2", B,
   "Your b has the wrong sign: at the midpoint of the means w·x + b is 0.")
of("bias_not_halved", BIAS, "-w @ (mu0 + mu1)", B,
   "The ½ is missing in your b.")
of("bias_left_out", BIAS, "0.0", B,
   "Your b is 0, so your line goes through the origin: it must go through the midpoint of the means.")
of("bias_of_difference", BIAS, "-w @ (mu1 - mu0) / 2", B,
   "Your b is made of the difference of the means: it is that of their squares, ½ (μ₀ᵀ Σ⁻¹ μ₀ - μ₁ᵀ Σ⁻¹ μ₁).")
of("bias_without_covariance", BIAS, "(mu0 @ mu0 - mu1 @ mu1) / 2", B,
   "Your b leaves out sigma: it is ½ (μ₀ᵀ Σ⁻¹ μ₀ - μ₁ᵀ Σ⁻¹ μ₁).")
of("bias_with_covariance_for_inverse", BIAS, "(mu0 @ sigma @ mu0 - mu1 @ sigma @ mu1) / 2", B,
   "Your b multiplies by sigma: multiply by its inverse.")
of("bias_through_mu0", BIAS, "-w @ mu0", B,
   "Your line goes through μ₀: it must go through the midpoint of the means.")
of("bias_through_mu1", BIAS, "-w @ mu1", B,
   "Your line goes through μ₁: it must go through the midpoint of the means.")
of("bias_squares_added", BIAS, "-(mu0 @ np.linalg.solve(sigma, mu0) + mu1 @ np.linalg.solve(sigma, mu1)) / 2", B,
   "You add the two terms of b: it is their difference.")
of("bias_of_mu1_alone", BIAS, "-mu1 @ np.linalg.solve(sigma, mu1) / 2", B,
   "Your b leaves out class 0: add ½ μ₀ᵀ Σ⁻¹ μ₀.")
of("bias_with_prior", BIAS, "-w @ (mu0 + mu1) / 2 + np.log(0.5)", B,
   "You add ln ½ to b: the priors of both classes are equal, so they cancel.")
of("line_bias_first", LINE, "return b, w", W,
   "You return b first: the order is w, b.")
of("line_bias_in_weights", LINE, "return np.append(w, b), b", W,
   "Your w has the bias as one number more: w is (D,), and b stands apart.")
of("line_column", LINE, "return w[:, None], b", "shapes",
   "Your w is a column: it must have the shape (D,).")
of("line_bias_in_an_array", LINE, "return w, np.array([b])", "shapes",
   "Your b is an array of one number: return the number itself.")
of("line_not_through_the_middle", BIAS, "-w @ mu0 / 2", "bias known_answer midpoint",
   "Your b leaves out μ₁: it is -½ w·(μ₀ + μ₁).")
of("line_difference_in_place", SOLVED, "np.linalg.solve(sigma, np.subtract(mu1, mu0, out=mu1))", "pure",
   "You write the difference of the means into mu1, which is the caller's array: make a new one.",
   also={BIAS: "-w @ (2 * mu0 + mu1) / 2"})
of("line_inverse_in_place", SOLVED, "np.linalg.solve(sigma, mu1 - mu0)\n    sigma[:] = np.linalg.inv(sigma)", "pure",
   "You write the inverse into sigma, which is the caller's array: make a new one.")

# ── the posterior ──────────────────────────────────────────────────────────────────────────────

of = edits(posterior)
QUADRATIC = "-0.5 * np.sum(d.T * np.linalg.solve(sigma, d.T), axis=0)"
SOFT = "np.exp(-np.logaddexp(0, log_density(mu0) - log_density(mu1)))"
ODDS = "log_density(mu0) - log_density(mu1)"
V = "values known_answer"

of("posterior_of_class_zero", ODDS, "log_density(mu1) - log_density(mu0)", V,
   "You return the probability of class 0: p is that of class 1, which falls with the distance from mu1.")
of("posterior_half_missing", QUADRATIC, "-np.sum(d.T * np.linalg.solve(sigma, d.T), axis=0)", V,
   "Your score is twice as large as it must be: the exponent of a normal density has a ½.")
of("posterior_not_inverted", QUADRATIC, "-0.5 * np.sum(d.T * (sigma @ d.T), axis=0)", V,
   "You multiply by sigma in the exponent: multiply by its inverse.")
of("posterior_diagonal_alone", QUADRATIC, "-0.5 * np.sum(d**2 / np.diag(sigma), axis=1)", V,
   "You divide by the variances alone: the features are correlated, so use the inverse of the whole sigma.")
of("posterior_elementwise_inverse", QUADRATIC, "-0.5 * np.sum(d.T * ((1 / sigma) @ d.T), axis=0)", V + " underflow",
   "1 / sigma divides element by element: use the inverse of the matrix, or np.linalg.solve.")
of("posterior_covariance_missing", QUADRATIC, "-0.5 * np.sum(d**2, axis=1)", V,
   "You measure the distance without sigma: the exponent is -½ (x - μ)ᵀ Σ⁻¹ (x - μ).")
of("posterior_distance_not_squared", QUADRATIC, "-0.5 * np.sqrt(np.sum(d.T * np.linalg.solve(sigma, d.T), axis=0))", V,
   "You take the root of the quadratic form: the exponent has the squared distance.")
of("posterior_absolute_form", QUADRATIC, "-0.5 * np.sum(np.abs(d.T * np.linalg.solve(sigma, d.T)), axis=0)", V,
   "You take the absolute value of each term: only their sum is never negative.")
of("posterior_variance_of_one_feature", QUADRATIC, "-0.5 * np.sum(d**2, axis=1) / sigma[0, 0]", V,
   "You divide by a single variance: the exponent is -½ (x - μ)ᵀ Σ⁻¹ (x - μ).")
of("posterior_density", SOFT, "np.exp(log_density(mu1)) / np.sqrt(np.linalg.det(2 * np.pi * sigma))", V + " underflow",
   "You return the density of class 1: divide it by the sum of both.")
of("posterior_joint", SOFT,
   "0.5 * np.exp(log_density(mu1)) / np.sqrt(np.linalg.det(2 * np.pi * sigma))", V + " underflow",
   "You return prior times density: divide it by the sum over both classes.")
of("posterior_odds", SOFT, "np.exp(log_density(mu1) - log_density(mu0))", V,
   "You return the odds, the quotient of the two densities: p is odds / (1 + odds).")
of("posterior_log_odds", SOFT, "log_density(mu1) - log_density(mu0)", V,
   "You return the score w·x + b: put it through the sigmoid.")
of("posterior_logarithm", SOFT, "-np.logaddexp(0, log_density(mu0) - log_density(mu1))", V,
   "You return the logarithm of the probability: take its exponential.")
of("posterior_decision", SOFT, "(log_density(mu1) > log_density(mu0)).astype(float)", V,
   "You return the likelier class: p is its probability, anything from 0 to 1.")
of("posterior_tanh", SOFT, "np.tanh((log_density(mu1) - log_density(mu0)) / 2)", V,
   "You apply tanh, which goes from -1 to 1: the sigmoid is (1 + tanh(s / 2)) / 2.")
of("posterior_of_log_densities", SOFT, "log_density(mu1) / (log_density(mu0) + log_density(mu1))", V,
   "You divide logarithms of densities: take their exponentials before you divide.")
of("posterior_distances_divided", SOFT, "log_density(mu0) / (log_density(mu0) + log_density(mu1))", V,
   "You divide squared distances by each other: the densities are exponentials of them.")
of("posterior_over_batch", SOFT, "np.exp(log_density(mu1)) / np.exp(log_density(mu1)).sum()", V + " underflow",
   "You divide by the sum over the rows: divide by the sum of both classes' densities, row by row.")
of("posterior_mean_of_rows", SOFT, SOFT + ".mean()", V,
   "You average over the rows: return a probability for each.")
of("posterior_without_bias", SOFT, "1 / (1 + np.exp(-x @ np.linalg.solve(sigma, mu1 - mu0)))", V,
   "You leave out b: the score is w·x + b.")
of("posterior_bias_sign", SOFT,
   "1 / (1 + np.exp(-x @ np.linalg.solve(sigma, mu1 - mu0) - (mu0 + mu1) @ np.linalg.solve(sigma, mu1 - mu0) / 2))", V,
   "The b in your score has the wrong sign: at the midpoint of the means w·x + b is 0.")
of("posterior_prior_of_a_third", SOFT, "np.exp(-np.logaddexp(0, log_density(mu0) - log_density(mu1) + np.log(2)))", V,
   "You weigh class 0 twice: both classes are equally likely.")
of("posterior_from_mu1_alone", ODDS, "-log_density(mu1)", V + " underflow",
   "You leave out the density of class 0: it is in the sum that you divide by.")
of("posterior_underflows", SOFT, "np.exp(log_density(mu1)) / (np.exp(log_density(mu0)) + np.exp(log_density(mu1)))",
   "underflow", "Far from both means your densities are rounded to 0, and 0 / 0 is NaN: compare their logarithms.")
of("posterior_underflow_patched", SOFT,
   "np.exp(log_density(mu1)) / (np.exp(log_density(mu0)) + np.exp(log_density(mu1)) + 1e-300)",
   "underflow", "A small number in the denominator makes 0 of 0 / 0, and p need not be 0: compare the logarithms.")
of("posterior_underflow_to_half", SOFT,
   "np.nan_to_num(np.exp(log_density(mu1)) / (np.exp(log_density(mu0)) + np.exp(log_density(mu1))), nan=0.5)",
   "underflow",
   "Where both densities are rounded to 0 you return ½: compare their logarithms, which are not equal there.")
of("posterior_overflows", SOFT,
   "np.exp(log_density(mu1) - log_density(mu0)) / (1 + np.exp(log_density(mu1) - log_density(mu0)))",
   "certain", "Your sigmoid is inf / inf for large scores: write 1 / (1 + exp(-score)) there.")
of("posterior_score_clipped", SOFT, "1 / (1 + np.exp(np.clip(log_density(mu0) - log_density(mu1), -10, 10)))",
   "certain",
   "You clip the score at ±10, so p stops at 0.99995: only an exponential above 700 overflows.")
of("posterior_both_classes", SOFT, "np.stack([1 - " + SOFT + ", " + SOFT + "], axis=1)", V,
   "You return the probabilities of both classes: return that of class 1 alone, (N,).")
of("posterior_first_row_alone", SOFT, SOFT + "[:1]", V,
   "You return the probability of the first row alone: there is one for each row.")
of("posterior_column", SOFT, SOFT + "[:, None]", "shape",
   "Your probabilities have the shape (N, 1): they must have (N,).")
of("posterior_centred_in_place", "return " + SOFT, "found = " + SOFT + "\n    x -= mu0\n    return found", "pure",
   "x -= mu0 changes the caller's rows: write x - mu0, which makes a new array.")
