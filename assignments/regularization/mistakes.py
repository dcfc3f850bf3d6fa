"""What students get wrong in `regularization`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: published student solutions (dropout with p the other way round, not inverted, a new mask in the
backward pass), the slips of slides that write the same penalty with and without a ½, and what follows from the
formulas. Two or three lines each, so the formatter is kept away.
"""

import numpy as np

from autograder import edits, mistake

from .reference import (
    bias_variance,
    dropconnect_backward,
    dropconnect_forward,
    dropout_backward,
    dropout_forward,
    early_stopping,
    elastic_net,
    l1_penalty,
    l2_penalty,
    minimum_norm_fit,
    randomize_labels,
    ridge,
    soft_threshold,
    tikhonov_eigenvalues,
)

# fmt: off

# ── penalties ──────────────────────────────────────────────────────────────────────────────────

of = edits(l2_penalty)
V, G = "value known_answer", "gradient known_answer"

of("l2_with_a_half", "lam * np.sum(w**2)", "0.5 * lam * np.sum(w**2)", V,
   "You put a ½ before the sum: λ‖w‖² as it is defined here has none, which is why its gradient has a 2.")
of("l2_two_missing", "2 * lam * w", "lam * w", G,
   "You drop the 2 in the gradient: the derivative of λw² is 2λw, and no ½ takes the 2 away.")
of("l2_norm_not_squared", "np.sum(w**2)", "np.sqrt(np.sum(w**2))", V,
   "You take the norm of w: the penalty is λ times its square.")
of("l2_averaged", "np.sum(w**2)", "np.mean(w**2)", V,
   "You average the squares over the weights: add them up, however many there are.")
of("l2_sum_then_square", "np.sum(w**2)", "np.sum(w) ** 2", V,
   "You square the sum of the weights: square each weight, then add up.")
of("l2_absolute", "np.sum(w**2)", "np.sum(np.abs(w))", V,
   "You add up absolute values, which is L1: L2 adds up squares.")
of("l2_lambda_squared", "lam * np.sum(w**2)", "np.sum((lam * w) ** 2)", V,
   "You square λ with the weights: the penalty is λ times the sum of squares.")
of("l2_without_lambda", "lam * np.sum(w**2)", "np.sum(w**2)", V,
   "You never multiply the value by λ.")
of("l2_gradient_without_lambda", "2 * lam * w", "2 * w", G,
   "You never multiply the gradient by λ.")
of("l2_gradient_summed", "2 * lam * w", "2 * lam * np.sum(w)", "gradient",
   "You add up the gradient: it has one number for each weight, 2λw.")
of("l2_gradient_negative", "2 * lam * w", "-2 * lam * w", G,
   "Your gradient has the wrong sign: return the gradient, and leave going against it to the optimizer.")
of("l2_decayed_weights", "2 * lam * w", "w - 2 * lam * w", G,
   "You return the weights after a step of decay: return the gradient of the penalty alone, 2λw.")
of("l2_gradient_of_absolute_values", "2 * lam * w", "2 * lam * np.abs(w)", G,
   "You take absolute values in the gradient, so negative weights are driven away from 0: it is 2λw.")
of("l2_by_columns", "np.sum(w**2)", "np.sum(w**2, axis=0)", "value",
   "You sum over the first axis alone: the value is one number, the sum over all weights.")
of("l2_gradient_with_an_axis_more", "2 * lam * w", "(2 * lam * w)[None]", "shapes",
   "Your gradient has one axis more than w: give it the shape of w.")
of("l2_value_in_an_array", "lam * np.sum(w**2)", "np.array([lam * np.sum(w**2)])", "shapes",
   "Your value is an array with one number: return the number itself.")
of("l2_in_place", "return lam * np.sum(w**2), 2 * lam * w",
   "value = lam * np.sum(w**2)\n    w *= 2 * lam\n    return value, w", "pure",
   "w *= ... changes the caller's weights: write 2 * lam * w, which makes a new array.")

of = edits(l1_penalty)
S = "lam * np.sign(w)"

of("l1_without_absolute_values", "np.sum(np.abs(w))", "np.sum(w)", V,
   "You add up the weights with their signs: add up their absolute values.")
of("l1_absolute_value_of_sum", "np.sum(np.abs(w))", "np.abs(np.sum(w))", V,
   "You take the absolute value of the sum: take that of each weight, then add up.")
of("l1_squares", "np.sum(np.abs(w))", "np.sum(w**2)", V,
   "You add up squares, which is L2: L1 adds up absolute values.")
of("l1_largest", "np.sum(np.abs(w))", "np.max(np.abs(w))", "value",
   "You take the largest absolute value, which is the maximum norm: L1 adds up all of them.")
of("l1_averaged", "np.sum(np.abs(w))", "np.mean(np.abs(w))", V,
   "You average over the weights: add the absolute values up, however many there are.")
of("l1_halved", "lam * np.sum(np.abs(w))", "0.5 * lam * np.sum(np.abs(w))", V,
   "You put a ½ before the sum: λ‖w‖₁ has none.")
of("l1_without_lambda", "lam * np.sum(np.abs(w))", "np.sum(np.abs(w))", V,
   "You never multiply the value by λ.")
of("l1_by_columns", "np.sum(np.abs(w))", "np.sum(np.abs(w), axis=0)", "value",
   "You sum over the first axis alone: the value is one number, the sum over all weights.")
of("l1_matrix_norm", "np.sum(np.abs(w))", "np.max(np.sum(np.abs(np.atleast_2d(w.T).T), axis=0))", "value",
   "You take the 1-norm of a matrix, the largest sum of a column, as np.linalg.norm(w, 1) does: sum over all weights.")
of("l1_gradient_without_lambda", S, "np.sign(w)", G,
   "You never multiply the gradient by λ.")
of("l1_gradient_of_l2", S, "2 * lam * w", G,
   "You return the gradient of L2, which shrinks with the weight: that of L1 is λ times the sign.")
of("l1_gradient_proportional", S, "lam * w", G,
   "Your gradient is λw: the slope of |w| is its sign, 1 or -1, however large w is.")
of("l1_gradient_absolute", S, "lam * np.abs(w)", G,
   "You return λ|w| as the gradient: the slope of |w| is its sign.")
of("l1_gradient_positive", S, "lam * np.ones_like(w)", G,
   "Your gradient is λ everywhere: where a weight is negative the slope of |w| is -1.")
of("l1_gradient_negative", S, "-lam * np.sign(w)", G,
   "Your gradient has the wrong sign: return the gradient, and leave going against it to the optimizer.")
of("l1_gradient_of_positive_part", S, "lam * (w > 0)", G,
   "Your gradient is 0 for negative weights, as that of a ReLU is: the slope of |w| is -1 there.")
of("l1_zero_by_zero", S, "lam * w / np.abs(w)", "zeros",
   "Your gradient is NaN where a weight is 0, as w / |w| is: any slope from -1 to 1 will do there, np.sign gives 0.")
of("l1_both_sides_at_zero", S, "lam * (np.sign(w) + 2.0 * (w == 0))", "zeros",
   "Your slope at 0 is 2: a subgradient of |w| at 0 is any number from -1 to 1.")
of("l1_gradient_with_an_axis_more", S, "(lam * np.sign(w))[None]", "shapes",
   "Your gradient has one axis more than w: give it the shape of w.")
of("l1_value_in_an_array", "lam * np.sum(np.abs(w))", "np.array([lam * np.sum(np.abs(w))])", "shapes",
   "Your value is an array with one number: return the number itself.")
of("l1_in_place", "return lam * np.sum(np.abs(w)), lam * np.sign(w)",
   "gradient = lam * np.sign(w)\n    np.abs(w, out=w)\n    return lam * np.sum(w), gradient", "pure",
   "You write the absolute values into w, which is the caller's: let np.abs make a new array.")

of = edits(elastic_net)
V, G = "value ends", "gradient ends"
SQUARES = "0.5 * (1 - ratio) * np.sum(w**2)"

of("net_half_missing", SQUARES, "(1 - ratio) * np.sum(w**2)", V,
   "You drop the ½ before the squares: the elastic net has ½(1 - ratio)‖w‖².")
of("net_gradient_doubled", "+ (1 - ratio) * w)", "+ 2 * (1 - ratio) * w)", G,
   "You keep a 2 in the gradient: the ½ before the squares takes it away.")
of("net_gradient_halved", "+ (1 - ratio) * w)", "+ 0.5 * (1 - ratio) * w)", G,
   "You keep the ½ in the gradient: the 2 of the square takes it away.")
of("net_ratio_exchanged", "lam * (ratio * np.sum(np.abs(w)) + 0.5 * (1 - ratio)",
   "lam * ((1 - ratio) * np.sum(np.abs(w)) + 0.5 * ratio", "value gradient ends",
   "You have ratio and 1 - ratio the wrong way round: ratio is the part of the absolute values.",
   also={"lam * (ratio * np.sign(w) + (1 - ratio) * w)": "lam * ((1 - ratio) * np.sign(w) + ratio * w)"})
of("net_value_ratio_exchanged", "lam * (ratio * np.sum(np.abs(w)) + 0.5 * (1 - ratio)",
   "lam * ((1 - ratio) * np.sum(np.abs(w)) + 0.5 * ratio", V,
   "You have ratio and 1 - ratio the wrong way round in the value: ratio is the part of the absolute values.")
of("net_gradient_ratio_exchanged", "ratio * np.sign(w) + (1 - ratio) * w", "(1 - ratio) * np.sign(w) + ratio * w", G,
   "You have ratio and 1 - ratio the wrong way round in the gradient: ratio is the part of the signs.")
of("net_lambda_on_first_alone", "lam * (ratio * np.sum(np.abs(w)) + " + SQUARES + ")",
   "lam * ratio * np.sum(np.abs(w)) + " + SQUARES, V,
   "You multiply the absolute values alone by λ: it stands before both parts of the value.")
of("net_gradient_lambda_on_first_alone", "lam * (ratio * np.sign(w) + (1 - ratio) * w)",
   "lam * ratio * np.sign(w) + (1 - ratio) * w", G,
   "You multiply the signs alone by λ: it stands before both parts of the gradient.")
of("net_ratio_not_taken_off", SQUARES, "0.5 * np.sum(w**2)", V,
   "You add the squares whole: they count 1 - ratio.")
of("net_gradient_ratio_not_taken_off", "+ (1 - ratio) * w)", "+ w)", G,
   "You add w whole to the gradient: it counts 1 - ratio.")
of("net_squares_left_out", "ratio * np.sum(np.abs(w)) + " + SQUARES, "ratio * np.sum(np.abs(w))", V,
   "Your value has the absolute values alone: add ½(1 - ratio) times the squares.")
of("net_gradient_signs_left_out", "ratio * np.sign(w) + (1 - ratio) * w", "(1 - ratio) * w", G,
   "Your gradient has the squares' part alone: add ratio times the signs.")
of("net_gradient_absolute", "ratio * np.sign(w)", "ratio * np.abs(w)", G,
   "You put |w| where its slope belongs: the gradient has ratio times the sign of w.")
of("net_norm_not_squared", "np.sum(w**2)", "np.sqrt(np.sum(w**2))", V,
   "You take the norm of w: the second part has its square.")
of("net_averaged", "value = lam *", "value = lam / w.size *", V,
   "You divide by the number of weights: both parts are sums, however many weights there are.")
of("net_zero_by_zero", "np.sign(w)", "w / np.abs(w)", "zeros",
   "Your gradient is NaN where a weight is 0, as w / |w| is: any slope from -1 to 1 will do there, np.sign gives 0.")
of("net_gradient_with_an_axis_more", "return value, gradient", "return value, gradient[None]", "shapes",
   "Your gradient has one axis more than w: give it the shape of w.")
of("net_value_in_an_array", "return value, gradient", "return np.array([value]), gradient", "shapes",
   "Your value is an array with one number: return the number itself.")
of("net_in_place", "return value, gradient", "w *= lam * (1 - ratio)\n    return value, gradient", "pure",
   "w *= ... changes the caller's weights: compute the gradient in an array of its own.")

of = edits(soft_threshold)
V = "values known_answer"

of("soft_is_hard", "np.sign(w) * np.maximum(np.abs(w) - t, 0)", "w * (np.abs(w) > t)", V,
   "You keep what is larger than t as it is, which is hard thresholding: it moves towards 0 by t as well.")
of("soft_not_stopped", "np.maximum(np.abs(w) - t, 0)", "(np.abs(w) - t)", V,
   "You move small numbers across 0: stop there, with max(|w| - t, 0).")
of("soft_sign_lost", "np.sign(w) * np.maximum", "np.maximum", V,
   "You lose the signs: multiply by the sign of w.")
of("soft_positive_alone", "np.sign(w) * np.maximum(np.abs(w) - t, 0)", "np.maximum(w - t, 0)", V,
   "You set all negative numbers to 0: move them towards 0 by t, from below.")
of("soft_moved_away", "np.abs(w) - t", "np.abs(w) + t", V,
   "You add t to the absolute values: take it off, so that numbers move towards 0.")
of("soft_clipped", "np.sign(w) * np.maximum(np.abs(w) - t, 0)", "np.clip(w, -t, t)", V,
   "You clip to ±t, which keeps what soft thresholding takes away: the result is w - clip(w, -t, t).")
of("soft_halved", "np.abs(w) - t", "np.abs(w) - t / 2", V,
   "You move by t / 2: the threshold is t itself.")
of("soft_shrunk_by_a_factor", "np.sign(w) * np.maximum(np.abs(w) - t, 0)", "w / (1 + t)", V,
   "You divide by 1 + t, which is what an L2 penalty does, and makes nothing 0: L1 takes t off the absolute value.")
of("soft_leaves_a_little", "np.maximum(np.abs(w) - t, 0)", "np.maximum(np.abs(w) - t, 1e-13)", "zeros",
   "You leave a tiny number in the place of 0: what is no farther away than t becomes exactly 0.")
of("soft_keeps_positive_numbers_alone", "return np.sign(w) * np.maximum(np.abs(w) - t, 0)",
   "v = np.sign(w) * np.maximum(np.abs(w) - t, 0)\n    return v[v != 0]", "values",
   "You return what is not 0 alone: zeros keep their places.")
of("soft_flat", "np.sign(w) * np.maximum(np.abs(w) - t, 0)", "(np.sign(w) * np.maximum(np.abs(w) - t, 0))[None]",
   "shape", "Your result has one axis more than w: give it the shape of w.")
of("soft_in_place", "return np.sign(w) * np.maximum(np.abs(w) - t, 0)",
   "w[...] = np.sign(w) * np.maximum(np.abs(w) - t, 0)\n    return w", "pure",
   "You write the result into w, which is the caller's: make a new array.")

# ── ridge ──────────────────────────────────────────────────────────────────────────────────────

of = edits(ridge)
X = "values rank_deficient known_answer"
EYE = "alpha**2 * np.eye(A.shape[1])"

of("ridge_alpha_not_squared", "alpha**2", "alpha", X,
   "You add α to the diagonal: it is α², as in ‖Ax - b‖² + α²‖x‖².")
of("ridge_alpha_everywhere", EYE, "alpha**2", X,
   "You add α² to every entry of AᵀA, which NumPy allows: it belongs on the diagonal alone, α² times the identity.")
of("ridge_alpha_taken_off", "A.T @ A + alpha**2", "A.T @ A - alpha**2", X,
   "You take α² off the diagonal: add it.")
of("ridge_alpha_doubled", "alpha**2 *", "2 * alpha**2 *", X,
   "You add 2α² to the diagonal: the 2 of the derivative stands before both parts, and cancels.")
of("ridge_alpha_halved", "alpha**2 *", "0.5 * alpha**2 *", X,
   "You add ½α² to the diagonal: neither part has a ½, so it is α².")
of("ridge_averaged", "A.T @ A +", "A.T @ A / len(A) +", X,
   "You average over the rows, or multiply α² by their number: ‖Ax - b‖² is a sum over the rows, and α² stands alone.",
   also={"A.T @ b": "A.T @ b / len(A)"})
of("ridge_ignored", "np.linalg.solve(A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b)",
   "np.linalg.lstsq(A, b, rcond=None)[0]", X,
   "You never use α: that is plain least squares, without the penalty on x.")
of("ridge_by_pseudoinverse", "np.linalg.solve(A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b)",
   "np.linalg.solve(A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ A @ np.linalg.pinv(A) @ b) "
   "* (np.linalg.matrix_rank(A) == A.shape[1])", "rank_deficient",
   "You give up where the columns of A are not independent: α² on the diagonal makes AᵀA + α²I invertible.")
of("ridge_plain_where_it_can", EYE, "(np.linalg.matrix_rank(A) < A.shape[1]) * alpha**2 * np.eye(A.shape[1])",
   "values known_answer",
   "You add α² only where AᵀA is singular: the penalty counts whatever the rank is.")
of("ridge_plain_where_it_must", EYE, "(np.linalg.matrix_rank(A) == A.shape[1]) * alpha**2 * np.eye(A.shape[1]) "
   "+ 1e-6 * np.eye(A.shape[1])", X,
   "You add α² only where AᵀA is invertible, and a small constant everywhere: add α² alone, always.")
of("ridge_outer_product", "A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b",
   "A @ A.T + alpha**2 * np.eye(A.shape[0]), b", "values rank_deficient",
   "You return the solution of (AAᵀ + α²I) z = b, which has a number for each row of A: x is Aᵀz.")
of("ridge_b_not_projected", "A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b",
   "A.T @ A + alpha**2 * np.eye(A.shape[1]), A[: len(A.T)].T @ np.resize(b, min(A.shape))", "values",
   "You leave rows out of Aᵀb: it sums over all rows of A.")
of("ridge_centred", "A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b",
   "(A - A.mean(axis=0)).T @ (A - A.mean(axis=0)) + alpha**2 * np.eye(A.shape[1]), (A - A.mean(axis=0)).T @ b",
   "values rank_deficient", "You centre the columns of A first: A is used as it is given, and there is no intercept.")
of("ridge_last_unpenalized", EYE, "alpha**2 * np.diag([1.0] * (A.shape[1] - 1) + [0.0])", "values known_answer",
   "You leave the last number of x out of the penalty, as if it were a bias: here all of them count.")
of("ridge_first_unpenalized", EYE, "alpha**2 * np.diag([0.0] + [1.0] * (A.shape[1] - 1))", "values known_answer",
   "You leave the first number of x out of the penalty, as if it were a bias: here all of them count.")
of("ridge_negative", "A.T @ b)", "-(A.T @ b))", X,
   "Your x has the wrong sign: (AᵀA + α²I) x = Aᵀb.")
of("ridge_row_alone", "return np.linalg.solve(A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b)",
   "return A.T @ b / (np.diag(A.T @ A) + alpha**2)", "values",
   "You use the diagonal of AᵀA alone: the columns of A are not orthogonal, so solve with the whole matrix.")
of("ridge_column", "A.T @ b)", "(A.T @ b)[:, None])", "shape",
   "Your x is a column: it must have the shape (D,).")
of("ridge_in_place", "return np.linalg.solve(A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b)",
   "x = np.linalg.solve(A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b)\n    b -= A @ x\n    return x", "pure",
   "b -= ... changes the caller's b: compute the residual in an array of its own.")

of = edits(tikhonov_eigenvalues)
E, A = "values rank_deficient known_answer", "values rank_deficient"

of("eigenvalues_falling", "[::-1]", "", "order",
   "Your eigenvalues fall: where those of AᵀA rise, 1 / (λ + α²) falls, so turn them round.")
of("eigenvalues_not_inverted", "1 / (falling + alpha**2)", "falling[::-1] + alpha**2", E,
   "You return the eigenvalues of AᵀA + α²I: those of its inverse are their reciprocals.")
of("eigenvalues_alpha_not_squared", "alpha**2", "alpha", E,
   "You add α to λ: it is α².")
of("eigenvalues_alpha_inverted_alone", "1 / (falling + alpha**2)", "np.sort(1 / (falling + 1e-12) + alpha**2)", E,
   "You add α² after the inverse is taken: it is 1 / (λ + α²).")
of("eigenvalues_singular_values", "return 1 / (falling + alpha**2)",
   "return 1 / (np.sqrt(np.maximum(falling, 0)) + alpha**2)", E,
   "You take singular values of A for eigenvalues of AᵀA: square them.")
of("eigenvalues_rooted", "1 / (falling + alpha**2)", "1 / np.sqrt(falling + alpha**2)", E,
   "You take a root: the eigenvalues of the inverse are 1 / (λ + α²).")
of("eigenvalues_filter", "1 / (falling + alpha**2)", "(falling / (falling + alpha**2))[::-1]", E,
   "You return the filter factors λ / (λ + α²): the eigenvalues of the inverse have a 1 above.")
of("eigenvalues_of_gram", "A.T @ A", "A @ A.T", A,
   "You take the eigenvalues of AAᵀ, one for each row of A: those of AᵀA are one for each column.")
of("eigenvalues_of_nonzero", "return 1", "falling = falling[falling > 1e-9]\n    return 1", "rank_deficient",
   "You leave out where λ is 0: those directions have the eigenvalue 1 / α².")
of("eigenvalues_of_nonzero_are_zero", "1 / (falling + alpha**2)",
   "np.sort(np.where(falling > 1e-9, 1 / (falling + alpha**2), 0.0))", "rank_deficient",
   "You give directions with λ = 0 the eigenvalue 0, as a pseudoinverse does: with α² it is 1 / α².")
of("eigenvalues_without_alpha", "1 / (falling + alpha**2)", "1 / (np.abs(falling) + 1e-12)", E,
   "You never use α: the eigenvalues of the inverse are 1 / (λ + α²).")
of("eigenvalues_averaged", "A.T @ A", "A.T @ A / len(A)", E,
   "You divide AᵀA by the number of rows: leave it whole.")
of("eigenvalues_twice_alpha", "alpha**2", "2 * alpha**2", E,
   "You add 2α² to λ: it is α².")
of("eigenvalues_on_a_diagonal", "return 1 / (falling + alpha**2)", "return np.diag(1 / (falling + alpha**2))", A,
   "You return a diagonal matrix: return the eigenvalues in one row, (D,).")
of("eigenvalues_column", "(falling + alpha**2)", "(falling + alpha**2)[:, None]", "shape",
   "Your eigenvalues are a column: they must have the shape (D,).")
of("eigenvalues_in_place", "return 1", "A /= alpha\n    return 1", "pure",
   "A /= ... changes the caller's matrix: write A / alpha, which makes a new one.")

# ── dropout ────────────────────────────────────────────────────────────────────────────────────

of = edits(dropout_forward)
MASK = "(rng.random(x.shape) >= p) / (1 - p)"
OWN = "You seed a generator of your own, so every step drops the same numbers: draw from the rng that you are given."

of("dropout_p_is_kept", MASK, "(rng.random(x.shape) < p) / p", "values",
   "You keep with probability p and divide by p: p is the chance to be dropped, so keep with 1 - p, and divide by it.")
of("dropout_keeps_p", ">= p", "< p", "rate",
   "You keep numbers with probability p, though you divide by 1 - p: p is the chance to be dropped.")
of("dropout_not_inverted", " / (1 - p)", "", "values",
   "You never divide by 1 - p: what is kept must be scaled up, so that its expected value stays.")
of("dropout_divided_by_p", "/ (1 - p)", "/ max(p, 1e-9)", "values",
   "You divide by p: what is kept is kept with probability 1 - p, so divide by that.")
of("dropout_scaled_down", "/ (1 - p)", "* (1 - p)", "values",
   "You multiply by 1 - p: divide by it, so that the expected value stays what it was.")
of("dropout_scaled_twice", "/ (1 - p)", "/ (1 - p) ** 2", "values",
   "You divide by 1 - p twice.")
of("dropout_scaled_by_root", "/ (1 - p)", "/ np.sqrt(1 - p)", "values",
   "You divide by the root of 1 - p, which keeps the mean square: dropout keeps the mean, so divide by 1 - p.")
of("dropout_scaled_by_what_was_kept", "return x * mask, mask",
   "kept = max((mask > 0).mean(), 1e-9)\n    mask = (mask > 0) / kept\n    return x * mask, mask", "values",
   "You divide by the part that was kept in this call: divide by its expected value, 1 - p.")
of("dropout_normal_draws", "rng.random(x.shape)", "rng.standard_normal(x.shape)", "rate",
   "You compare normal numbers with p, and their chance to lie below p is another one: draw uniform ones, rng.random.")
of("dropout_always_half", ">= p", ">= 0.5", "rate",
   "You drop half of the numbers whatever p is: compare the draws with p.")
of("dropout_two_draws", ">= p", ">= 1 - np.sqrt(1 - p)", "rate",
   "You drop fewer numbers than p asks for: each is dropped where its draw from [0, 1) is below p.")
of("dropout_rows", MASK, "(rng.random((len(x), *(1,) * (x.ndim - 1))) >= p) * np.ones(x.shape) / (1 - p)", "alone",
   "You draw one number for each row, so rows are dropped whole: draw one for each number of x.")
of("dropout_columns", MASK, "(rng.random(x.shape[-1]) >= p) * np.ones(x.shape) / (1 - p)", "alone",
   "You draw one mask for all rows, so whole columns are dropped: draw one number for each number of x.")
of("dropout_fixed_part", MASK,
   "(rng.permutation(x.size).reshape(x.shape) >= round(p * x.size)) / (1 - p)", "alone",
   "You drop a fixed part of the numbers: each is dropped on its own, so their count differs from call to call.")
of("dropout_half_a_mask", "mask = " + MASK,
   "half = rng.random(-(-x.size // 2)) >= p\n    mask = np.resize(half, x.shape) / (1 - p)", "alone",
   "You use the draws of one half for the other half: draw one for each number of x.")
of("dropout_one_draw_for_all", "rng.random(x.shape)", "rng.random() * np.ones(x.shape)", "values",
   "You draw one number for the whole array, which is kept or dropped as one: draw one for each number of x.")
of("dropout_negative_numbers_kept", "return x * mask, mask",
   "mask = np.where(x < 0, 1 / (1 - p), mask)\n    return x * mask, mask", "rate",
   "You drop positive numbers alone: each number is dropped with the same chance, whatever its sign.")
of("dropout_adds_noise", "return x * mask, mask", "return x + mask, mask", "values",
   "You add the mask: multiply by it.")
of("dropout_returns_mask", "return x * mask, mask", "return mask, mask", "values",
   "You return the mask: return x times the mask.")
of("dropout_active_in_evaluation", "if not training:", "if False:", "evaluation",
   "You drop numbers in evaluation, too: with training=False, out is x.")
of("dropout_scaled_in_evaluation", "return x.copy(), 1.0", "return x * (1 - p), 1 - p", "evaluation",
   "You scale by 1 - p in evaluation: what was divided in training needs nothing there, so out is x.")
of("dropout_inverted_in_evaluation", "return x.copy(), 1.0", "return x / (1 - p), 1 / (1 - p)", "evaluation",
   "You divide by 1 - p in evaluation, where nothing is dropped: out is x.")
of("dropout_modes_exchanged", "if not training:", "if training:", "values default",
   "You drop nothing in training, which is when numbers are dropped.")
of("dropout_default_is_evaluation", "training=True", "training=False", "default",
   "Your training is False if it is not given: it must be True.")
of("dropout_least_p", ">= p", ">= max(p, 0.1)", "p_zero",
   "You drop some numbers even at p = 0.")
of("dropout_seeds_its_own_generator", "rng.random", "np.random.default_rng(0).random", "seeded", OWN)
of("dropout_global_generator_seeded", "rng.random", "np.random.RandomState(42).random_sample", "seeded",
   "You seed NumPy's old generator, so every step drops the same numbers: draw from the rng that you are given.")
of("dropout_axis_lost", "return x * mask, mask", "return (x * mask).squeeze(), mask", "shape",
   "You drop axes of length one: out has the shape of x.")
of("dropout_in_place", "return x * mask, mask", "x *= mask\n    return x, mask", "pure",
   "x *= mask changes the caller's array: write x * mask, which makes a new one.")

of = edits(dropout_backward)
RIGHT = "dout * cache"

of("dropout_backward_without_mask", RIGHT, "dout + 0 * cache", "gradients mask",
   "You pass dout back as it is: multiply by the mask of the forward pass.")
of("dropout_backward_scale_alone", RIGHT, "dout * np.max(cache)", "gradients",
   "You scale dout and drop nothing: where the forward pass dropped a number, dx is 0.")
of("dropout_backward_without_scale", RIGHT, "dout * (cache > 0)", "gradients",
   "You leave out the 1 / (1 - p): the derivative of x / (1 - p) has it, too.")
of("dropout_backward_scaled_twice", RIGHT, "dout * cache**2", "gradients",
   "You scale by 1 / (1 - p) twice: once in the mask is enough.")
of("dropout_backward_scale_upside_down", RIGHT, "dout * (cache > 0) / np.max(cache)", "gradients",
   "You multiply by 1 - p in the backward pass: divide by it, as the forward pass does.")
of("dropout_backward_opposite_mask", RIGHT, "dout * (np.max(cache) - cache)", "mask",
   "You let through what the forward pass dropped: use the mask as it was, dx is 0 where out is.")
of("dropout_backward_mask_alone", RIGHT, "cache + 0 * dout", "gradients",
   "You return the mask: multiply dout by it.")
of("dropout_backward_mask_turned", RIGHT, "dout * np.ravel(cache)[::-1].reshape(np.shape(cache))", "mask",
   "You use the mask in another order than the forward pass: dx is 0 exactly where out is.")
of("dropout_backward_in_place", "return " + RIGHT, "dout *= cache\n    return dout", "pure",
   "dout *= ... changes the caller's array: write dout * mask, which makes a new one.")
of("dropout_backward_negative", RIGHT, "-dout * cache", "gradients",
   "Your dx has the wrong sign.")
of("dropout_backward_axis_lost", RIGHT, "np.squeeze(dout * cache)", "shape",
   "You drop axes of length one: dx has the shape of x.")
of("dropout_backward_scales_without_drops", RIGHT, "dout * cache * (2 if np.min(cache) > 0 else 1)",
   "evaluation p_zero", "You scale dx where nothing was dropped: there it is dout.")


@mistake("dropout_backward", caught_by="mask")
def dropout_backward_new_mask(dout, cache):
    """You draw a new mask in the backward pass: use that of the forward pass, which belongs in the cache."""
    scale = np.max(cache)
    if scale == 1:
        return dout * cache
    return dout * (np.random.default_rng(7).random(dout.shape) * scale >= scale - 1) * scale


# ── DropConnect ────────────────────────────────────────────────────────────────────────────────

of = edits(dropconnect_forward)
OUT = "x @ (w * mask) + b"
DRAW = "(rng.random(w.shape) >= p) / (1 - p)"

of("connect_drops_inputs", "return " + OUT,
   "x_mask = (rng.random(x.shape) >= p) / (1 - p) if training else 1.0\n    return (x * x_mask) @ w + b", "values",
   "You drop numbers of x, which is dropout: DropConnect drops weights, x @ (w * mask).")
of("connect_drops_outputs", "return " + OUT,
   "out_mask = (rng.random((len(x), len(b))) >= p) / (1 - p) if training else 1.0\n    return (x @ w + b) * out_mask",
   "values", "You drop numbers of out, which is dropout: DropConnect drops weights, x @ (w * mask).")
of("connect_mask_for_each_row", "return " + OUT + ", (x",
   "masks = (rng.random((len(x), *w.shape)) >= p) / (1 - p) if training else np.ones((len(x), *w.shape))\n"
   "    return np.einsum('nd,dm,ndm->nm', x, w, masks) + b, (x", "values",
   "You draw a mask for each row of x: one mask serves the whole call.")
of("connect_drops_bias", "+ b,", "+ b * ((rng.random(b.shape) >= p) / (1 - p) if training else 1.0),", "values",
   "You drop numbers of b as well: the bias is kept.")
of("connect_scales_bias", "+ b,", "+ b * (1 / (1 - p) if training else 1.0),", "values",
   "You divide the bias by 1 - p: it is never dropped, so it is not scaled.")
of("connect_bias_forgotten", " + b,", ",", "values",
   "You never add the bias.")
of("connect_not_inverted", DRAW, "(rng.random(w.shape) >= p) * 1.0", "values",
   "You never divide by 1 - p: the weights that are kept must be scaled up, so that the expected out stays.")
of("connect_p_is_kept", DRAW, "(rng.random(w.shape) < p) / max(p, 1e-9)", "values",
   "You keep weights with probability p and divide by p: p is the chance to be dropped, so it is 1 - p in both.")
of("connect_keeps_p", ">= p", "< p", "rate",
   "You keep weights with probability p, though you divide by 1 - p: p is the chance to be dropped.")
of("connect_scaled_twice", "/ (1 - p)", "/ (1 - p) ** 2", "values",
   "You divide by 1 - p twice.")
of("connect_scaled_down", "/ (1 - p)", "* (1 - p)", "values",
   "You multiply by 1 - p: divide by it, so that the expected out stays what it was.")
of("connect_always_half", ">= p", ">= 0.5", "rate",
   "You drop half of the weights whatever p is: compare the draws with p.")
of("connect_normal_draws", "rng.random(w.shape)", "rng.standard_normal(w.shape)", "rate",
   "You compare normal numbers with p, and their chance to lie below p is another one: draw uniform ones, rng.random.")
of("connect_drops_units", DRAW, "(rng.random(w.shape[1]) >= p) * np.ones(w.shape) / (1 - p)", "alone",
   "You draw one number for each column of w, so units are dropped whole: draw one for each weight.")
of("connect_drops_rows_of_weights", DRAW, "(rng.random((len(w), 1)) >= p) * np.ones(w.shape) / (1 - p)", "alone",
   "You draw one number for each row of w, so inputs are dropped whole: draw one for each weight.")
of("connect_nothing_dropped", DRAW, "np.ones(w.shape)", "values",
   "You drop nothing in training.")
of("connect_mask_added", "w * mask", "w + mask", "values",
   "You add the mask to the weights: multiply by it.")
of("connect_active_in_evaluation", "if training else", "if True else", "evaluation",
   "You drop weights in evaluation, too: with training=False, out is x @ w + b.")
of("connect_scaled_in_evaluation", "np.ones(w.shape)", "np.full(w.shape, 1 - p)", "evaluation",
   "You scale the weights by 1 - p in evaluation: what was divided in training needs nothing there.")
of("connect_default_is_evaluation", "training=True", "training=False", "default",
   "Your training is False if it is not given: it must be True.")
of("connect_least_p", ">= p", ">= max(p, 0.1)", "p_zero",
   "You drop some weights even at p = 0.")
of("connect_seeds_its_own_generator", "rng.random", "np.random.default_rng(0).random", "seeded",
   "You seed a generator of your own, so every step drops the same weights: draw from the rng that you are given.")
of("connect_out_transposed", "return x @ (w * mask) + b,", "return (x @ (w * mask) + b)[None],", "shape",
   "Your out has an axis more: it must be (N, M).")
of("connect_in_place", "return " + OUT + ", (x, w, mask)",
   "full = w.copy()\n    w *= mask\n    return x @ w + b, (x, full, mask)", "pure",
   "w *= mask changes the caller's weights for good: write w * mask, which makes a new array.")

of = edits(dropconnect_backward)
DX, DW = "dout @ (w * mask).T", "(x.T @ dout) * mask"

of("connect_dx_without_mask", DX, "dout @ w.T + 0 * mask[0, 0]", "dx",
   "You send dx through all weights: those that were dropped in the forward pass carry nothing back, so use w * mask.")
of("connect_dx_without_scale", DX, "dout @ (w * (mask > 0)).T", "dx",
   "Your dx lacks the 1 / (1 - p): go back through w * mask, scale included.")
of("connect_dx_scaled_twice", DX, "dout @ (w * mask**2).T", "dx",
   "You scale the weights in dx by 1 / (1 - p) twice.")
of("connect_dx_mask_alone", DX, "dout @ mask.T", "dx",
   "You send dx back through the mask: through w * mask.")
of("connect_dx_opposite_mask", DX, "dout @ (w * (mask.max() - mask)).T", "mask",
   "You send dx through the weights that were dropped: use those that were kept.")
of("connect_dw_without_mask", DW, "(x.T @ dout)", "dw",
   "You give dropped weights a gradient: multiply dw by the mask.")
of("connect_dw_scale_alone", DW, "(x.T @ dout) * mask.max()", "dw",
   "You scale dw and drop nothing: a weight that was dropped gets no gradient.")
of("connect_dw_without_scale", DW, "(x.T @ dout) * (mask > 0)", "dw",
   "Your dw lacks the 1 / (1 - p): multiply by the mask, scale included.")
of("connect_dw_scaled_twice", DW, "(x.T @ dout) * mask**2", "dw",
   "You scale dw by 1 / (1 - p) twice.")
of("connect_dw_opposite_mask", DW, "(x.T @ dout) * (mask.max() - mask)", "mask",
   "You give gradients to the weights that were dropped: to those that were kept.")
of("connect_dw_averaged", DW, "(x.T @ dout) * mask / len(x)", "dw",
   "You average dw over the rows: dout carries any 1/N already, so it is a sum.")
of("connect_dw_times_weights", DW, "(x.T @ dout) * mask * w", "dw",
   "You multiply dw by the weights: the derivative of x @ (w * mask) with respect to w has the mask alone.")
of("connect_db_averaged", "dout.sum(axis=0)", "dout.mean(axis=0)", "db",
   "You average db over the rows: every row uses the bias, so its gradient is their sum.")
of("connect_db_not_summed", "dout.sum(axis=0)", "dout", "db",
   "Your db has one row per example: the bias is shared by all of them, so sum dout over the batch axis.")
of("connect_db_masked", "dout.sum(axis=0)", "dout.sum(axis=0) * mask[0]", "db",
   "You multiply db by a mask: the bias is never dropped.")
of("connect_db_scaled", "dout.sum(axis=0)", "dout.sum(axis=0) * mask.max()", "db",
   "You divide db by 1 - p: the bias is not scaled, and neither is its gradient.")
of("connect_order_of_gradients", DX + ", " + DW, DW + ", " + DX, "dx dw",
   "You return dw first: the order is dx, dw, db.")
of("connect_ones_for_dout", "return dout", "dout = np.ones_like(dout)\n    return dout", "dx dw db",
   "You take dout to be all ones.")
of("connect_db_keeps_axis", "dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)", "shapes",
   "Your db has the shape (1, M): it must be (M,).")
of("connect_weights_in_place", "return dout @ (w * mask).T,", "w *= mask\n    return dout @ w.T,", "pure",
   "w *= mask changes the weights in the cache, so a second backward pass is another one: write w * mask.")
of("connect_dout_in_place", "return dout @ (w * mask).T, (x.T @ dout) * mask, dout.sum(axis=0)",
   "dx, dw, db = dout @ (w * mask).T, (x.T @ dout) * mask, dout.sum(axis=0)\n"
   "    dout /= len(dout)\n    return dx, dw, db", "pure", "dout /= ... changes the caller's array: work on a copy.")
of("connect_evaluation_ignored", "return dout", "mask = mask * (0 if mask.min() == 1 else 1)\n    return dout",
   "evaluation p_zero", "Your gradients are 0 where nothing was dropped: there they are those of an affine layer.")


@mistake("dropconnect_backward", caught_by="mask")
def connect_new_mask(dout, cache):
    """You draw a new mask in the backward pass: use that of the forward pass, which belongs in the cache."""
    x, w, mask = cache
    scale = mask.max()
    if mask.min() != scale:
        mask = (np.random.default_rng(7).random(w.shape) * scale >= scale - 1) * scale
    return dout @ (w * mask).T, (x.T @ dout) * mask, dout.sum(axis=0)


# ── early stopping ─────────────────────────────────────────────────────────────────────────────

of = edits(early_stopping)
S = "values known_answer"

of("stopping_one_late", "epoch - best == patience", "epoch - best > patience", S,
   "You stop one epoch late: stop as soon as patience epochs have passed since the best one.")
of("stopping_one_early", "epoch - best == patience", "epoch - best >= max(patience - 1, 1)", S,
   "You stop one epoch early: stop at the first epoch that is patience after the best one.")
of("stopping_at_first_rise", "epoch - best == patience", "epoch - best == 1", S,
   "You stop as soon as the loss does not fall, and never use patience.")
of("stopping_never", "epoch - best == patience", "False", S,
   "You look at all losses: training ends at the first epoch that is patience after the best one so far.")
of("stopping_ties_are_progress", "loss < losses[best]", "loss <= losses[best]", "ties",
   "You take an equal loss for progress: of equal losses the first is the best.")
of("stopping_highest", "loss < losses[best]", "loss > losses[best]", S,
   "You look for the highest loss: the best epoch has the lowest one.")
of("stopping_compares_with_last", "loss < losses[best]", "epoch and loss < losses[epoch - 1]", "values",
   "You compare with the epoch before: compare with the lowest loss so far.")
of("stopping_best_of_all", "return epoch, best", "return epoch, int(np.argmin(losses))", S,
   "You look for the best epoch in all losses, though training stopped: those behind the stop are never seen.")
of("stopping_returns_best_loss", "return epoch, best", "return epoch, losses[best]", "values",
   "You return the lowest loss: best is the number of its epoch.")
of("stopping_best_first", "return epoch, best", "return best, epoch", S,
   "You return best first: the order is stop, best.")
of("stopping_counts_from_one", "return epoch, best", "return epoch + 1, best + 1", S,
   "You count epochs from 1: the first one is epoch 0.")
of("stopping_counts_epochs", "return epoch, best", "return epoch + 1, best", S,
   "Your stop is how many epochs were trained: it is the number of the last one, which counts from 0.")
of("stopping_beyond_the_end", "return epoch, best", "return best + patience, best", "last",
   "Your stop is best + patience even where the losses end before: then it is the last epoch.")
of("stopping_at_the_best", "return epoch, best", "return best, best", S,
   "You return the best epoch as stop: training goes on for patience epochs behind it.")
of("stopping_before_the_end", "return epoch, best", "return min(epoch, len(losses) - 2), best", "last",
   "Your stop is never the last epoch: it is, where patience does not run out.")
of("stopping_no_stop_is_none", "return epoch, best",
   "return (epoch if epoch - best >= patience else -1), best", "last",
   "You return -1 where patience does not run out: then training stops at the last epoch.")
of("stopping_fixed_patience", "== patience", "== 3", S,
   "You never use patience: a number of epochs is written into your code.")
of("stopping_tolerance", "loss < losses[best]", "loss < losses[best] - 0.2", "values",
   "You ask that the loss falls by some amount: any fall makes an epoch the best so far.")
of("stopping_consecutive_rises", "        if epoch - best == patience:", "        waited = 0 if epoch == 0 or loss < "
   "losses[epoch - 1] else waited + 1\n        if waited == patience:", "values",
   "You count rises in a row, and begin anew when the loss falls a little: count the epochs since the best one.")
of("stopping_total_rises", "        if epoch - best == patience:", "        waited = (0 if epoch == 0 else waited) + "
   "(loss > losses[best])\n        if waited == patience:", "values",
   "You never set your counter back: begin anew at each new best epoch.")
of("stopping_in_place", "return epoch, best", "losses[best] = 0\n    return epoch, best", "pure",
   "You write into losses, and they are the caller's.")

# ── bias and variance ──────────────────────────────────────────────────────────────────────────

of = edits(bias_variance)
BIAS, VAR = "np.mean((mean - truth) ** 2)", "np.mean(predictions.var(axis=0))"
B, V = "bias known_answer", "variance known_answer"

of("bias_not_squared", "(mean - truth) ** 2", "mean - truth", B,
   "You do not square the bias: errors of both signs cancel.")
of("bias_absolute", "(mean - truth) ** 2", "np.abs(mean - truth)", B,
   "You take the absolute value of the bias: square it.")
of("bias_squared_last", BIAS, "np.mean(mean - truth) ** 2", B,
   "You average over the points before you square: square the bias of each point, then average.")
of("bias_summed", BIAS, "np.sum((mean - truth) ** 2)", B,
   "You add up the squared biases: average over the points.")
of("bias_is_error", BIAS, "np.mean((predictions - truth) ** 2)", B,
   "You return the mean squared error, which is bias and variance together: take the mean prediction first.")
of("bias_over_models", "predictions.mean(axis=0)", "predictions.mean()", B,
   "You average the predictions over models and points: the mean prediction of a point is over the models, axis 0.")
of("bias_median", "predictions.mean(axis=0)", "np.median(predictions, axis=0)", "bias",
   "You take the median prediction: take the mean.")
of("bias_of_first_model", "predictions.mean(axis=0)", "predictions[0]", B,
   "You take the first model alone: take the mean of all predictions of a point.")
of("bias_rooted", BIAS, "np.sqrt(np.mean((mean - truth) ** 2))", B,
   "You take a root: it is the squared bias that is asked for.")
of("variance_by_one_less", "var(axis=0)", "var(axis=0, ddof=1 if len(predictions) > 1 else 0)", V,
   "You divide by R - 1: the variance divides by R, so that it adds up to the mean squared error with the bias.")
of("variance_of_one_is_nan", "predictions.var(axis=0)", "(predictions.var(axis=0) * len(predictions) / "
   "max(len(predictions), 1) + (0 if len(predictions) > 1 else np.nan))", "one_model",
   "Your variance of a single model is NaN: it is 0.")
of("variance_over_points", "var(axis=0)", "var(axis=1)", V,
   "You take the variance over the points: it is over the models, axis 0.")
of("variance_of_all", VAR, "predictions.var()", V,
   "You take the variance of all numbers: that of each point is around its own mean, axis 0.")
of("variance_is_deviation", "var(axis=0)", "std(axis=0)", V,
   "You take standard deviations: variances are their squares.")
of("variance_summed", VAR, "np.sum(predictions.var(axis=0))", V,
   "You add up the variances: average over the points.")
of("variance_around_truth", "predictions.var(axis=0)", "(predictions - truth) ** 2", V,
   "Your variance is around the truth, which is the mean squared error: it is around the mean prediction.")
of("variance_of_mean_prediction", VAR, "np.var(mean)", V,
   "You take the variance of the mean prediction over the points: it is that of the models around it.")
of("variance_first", BIAS + ", " + VAR, VAR + ", " + BIAS, "bias variance known_answer",
   "You return the variance first: the order is bias, variance.")
of("bias_for_each_point", BIAS, "(mean - truth) ** 2", "bias",
   "You return a squared bias for each point: average over them.")
of("bias_in_an_array", BIAS, "np.array([np.mean((mean - truth) ** 2)])", "shapes",
   "Your bias is an array with one number: return the number itself.")
of("predictions_centred_in_place", "return np", "predictions -= mean\n    return np", "pure",
   "predictions -= ... changes the caller's array: make a new one.")

# ── fits of least norm ─────────────────────────────────────────────────────────────────────────

of = edits(minimum_norm_fit)
FIT = "np.linalg.lstsq(powers, y, rcond=None)[0]"
ALL = "least_squares threshold least_norm"
POLYFIT = "import warnings\n    with warnings.catch_warnings():\n        warnings.simplefilter('ignore')\n        "

of("fit_by_polyfit", "return " + FIT, POLYFIT + "return np.polyfit(x, y, degree)", "least_norm order",
   "np.polyfit returns the highest power first, and beyond the threshold its fit is not that of least norm: use lstsq "
   "or pinv on the matrix of powers.")
of("fit_by_polyfit_reversed", "return " + FIT, POLYFIT + "return np.polyfit(x, y, degree)[::-1]", "least_norm",
   "np.polyfit scales the columns of powers before it solves, so its fit is not that of least norm: use lstsq or pinv "
   "yourself.")
of("fit_by_polynomial_fit", "return " + FIT,
   POLYFIT + "return np.polynomial.Polynomial.fit(x, y, degree).convert().coef", "least_norm",
   "Polynomial.fit moves x to [-1, 1] and scales the columns before it solves, so its fit is not that of least norm.")
of("fit_highest_power_first", "increasing=True", "increasing=False", "order",
   "Your coefficients begin with the highest power: c[0] is the constant.")
of("fit_one_power_less", "degree + 1", "max(degree, 1)", ALL,
   "You use degree powers: a polynomial of that degree has degree + 1 coefficients.")
of("fit_one_power_more", "degree + 1", "degree + 2", ALL,
   "You use one power too many: a polynomial of that degree has degree + 1 coefficients.")
of("fit_without_constant", "return " + FIT,
   "rest = np.linalg.lstsq(powers[:, 1:], y, rcond=None)[0]\n    return np.concatenate([[0.0], rest])",
   "least_squares threshold least_norm", "You leave out the constant: the power 0 has a coefficient, too.")
of("fit_basic_solution", "return " + FIT,
   "few = min(degree + 1, len(x))\n    low = np.linalg.lstsq(powers[:, :few], y, rcond=None)[0]\n"
   "    return np.concatenate([low, np.zeros(degree + 1 - few)])", "least_norm",
   "You use the lowest powers and leave the others at 0: that fits, but with larger coefficients than need be.")
of("fit_ridge", FIT, "np.linalg.solve(powers.T @ powers + 1e-3 * np.eye(degree + 1), powers.T @ y)", ALL,
   "You add a constant to the diagonal, which is ridge regression and fits no point exactly: take the pseudoinverse.")
of("fit_ridge_of_rounding", FIT, "np.linalg.solve(powers.T @ powers + 1e-7 * np.eye(degree + 1), powers.T @ y)",
   "least_norm", "The small constant on your diagonal is seen in the digits: take the pseudoinverse.")
of("fit_cut_off", "rcond=None", "rcond=0.2", "least_norm",
   "You cut off singular values that count: the bound of lstsq and pinv is for rounding alone.")
of("fit_transposed", FIT, "powers.T @ y", ALL,
   "You multiply y by the transposed matrix of powers: it is the pseudoinverse that solves.")
of("fit_stops_at_threshold", "degree + 1", "min(degree + 1, len(x))", "least_norm",
   "You use no more powers than there are points: all degree + 1 coefficients count.")
of("fit_of_weighted_powers", "return " + FIT,
   "weights = np.arange(1, degree + 2)\n    return np.linalg.lstsq(powers * weights, y, rcond=None)[0] * weights",
   "least_norm", "The fit whose weighted coefficients are least is another one: do not scale the columns of powers.")
of("fit_values_for_coefficients", FIT, "powers @ np.linalg.lstsq(powers, y, rcond=None)[0]", ALL,
   "You return the values of the polynomial at x: return its coefficients.")
of("fit_column", "powers, y, rcond", "powers, y[:, None], rcond", "shape",
   "Your coefficients are a column: they must have the shape (degree + 1,).")
of("fit_in_place", "return " + FIT, "c = np.linalg.lstsq(powers, y, rcond=None)[0]\n    y -= powers @ c\n    return c",
   "pure",
   "y -= ... changes the caller's y: compute the residual in an array of its own.")
of("fit_of_ones", "np.vander(x", "np.vander(np.abs(x)", "least_squares",
   "You take absolute values of x: odd powers of negative numbers are negative.")

# ── random labels ──────────────────────────────────────────────────────────────────────────────

of = edits(randomize_labels)
CHOICE = "rng.choice(len(y), count, replace=False)"

of("labels_cut_off", "round(fraction * len(y))", "int(fraction * len(y))", "rounding",
   "int cuts 28.999999999999996 off to 28: round to the nearest number.")
of("labels_rounded_up", "round(fraction * len(y))", "int(np.ceil(fraction * len(y)))", "rounding",
   "You round up, and 28.000000000000004 becomes 29: round to the nearest number.")
of("labels_with_replacement", "replace=False", "replace=True", "count",
   "You draw positions with replacement, so some come twice: exactly round(fraction · N) different ones are drawn.")
of("labels_each_by_chance", CHOICE, "np.flatnonzero(rng.random(len(y)) < fraction)", "count",
   "You draw each position with probability fraction, so their number varies: exactly round(fraction · N) are drawn.",
   also={"size=count": "size=len(drawn)"})
of("labels_all", CHOICE, "rng.permutation(len(y))", "count",
   "You give all examples new labels: only round(fraction · N) of them.", also={"size=count": "size=len(y)"})
of("labels_the_others", "round(fraction * len(y))", "len(y) - round(fraction * len(y))", "count",
   "You randomize the other part: fraction is the part that gets new labels.")
of("labels_percent", "fraction * len(y)", "fraction / 100 * len(y)", "count",
   "You take fraction for a percentage: it is a part from 0 to 1.")
of("labels_permuted", "rng.integers(classes, size=count)", "y[rng.permutation(drawn)]", "uniform",
   "Your new labels are those that y holds, shuffled or drawn: draw each from all classes, whatever y holds.")
of("labels_first_ones", CHOICE, "np.arange(count)", "positions",
   "You take the first examples: draw the positions at random.")
of("labels_last_ones", CHOICE, "len(y) - 1 - np.arange(count)", "positions",
   "You take the last examples: draw the positions at random.")
of("labels_a_block", CHOICE, "rng.integers(len(y) - count + 1) + np.arange(count)", "positions",
   "You take examples that stand side by side: draw each position at random.")
of("labels_never_the_old_one", "rng.integers(classes, size=count)",
   "(y[drawn] + rng.integers(1, classes, size=count)) % classes", "old_included",
   "Your new label is never the old one: draw from all classes, the old one included.")
of("labels_last_class_missing", "rng.integers(classes, size", "rng.integers(classes - 1, size", "uniform",
   "You never draw the last class: rng.integers(n) gives 0 … n - 1 already.")
of("labels_first_class_missing", "rng.integers(classes, size", "rng.integers(1, classes, size", "uniform",
   "You never draw class 0: labels count from 0.")
of("labels_from_one", "rng.integers(classes, size=count)", "rng.integers(1, classes + 1, size=count)", "uniform",
   "You draw labels from 1 to classes: they count from 0.")
of("labels_one_for_all", "rng.integers(classes, size=count)", "rng.integers(classes)", "uniform",
   "You draw one label for all positions: draw one for each.")
of("labels_rounded_to_classes", "rng.integers(classes, size=count)",
   "np.round(rng.random(count) * (classes - 1)).astype(int)", "uniform",
   "You round numbers from 0 to classes - 1, so the first and the last class come half as often: draw integers.")
of("labels_normal", "rng.integers(classes, size=count)",
   "np.clip(np.abs(rng.standard_normal(count)) * classes / 2, 0, classes - 1).astype(int)", "uniform",
   "You draw normal numbers: every class must be equally likely.")
of("labels_returned_alone", "return labels", "return labels[drawn]", "count",
   "You return the new labels alone: return all N labels.")
of("labels_positions_returned", "return labels", "return drawn", "count",
   "You return the positions: return the labels.")
of("labels_at_least_one", "count = round", "count = max(1, 1) * round", "none",
   "You give one example a new label even at fraction 0.",
   also={CHOICE: "rng.choice(len(y), max(count, 1), replace=False)", "size=count": "size=max(count, 1)",
         "return labels": "labels[drawn] = (labels[drawn] + 1) % classes if count == 0 else labels[drawn]\n"
         "    return labels"})
of("labels_seed_their_own_generator", "count = round", "rng = np.random.default_rng(0)\n    count = round", "seeded",
   "You seed a generator of your own, so every call draws the same: draw from the rng that you are given.")
of("labels_own_seed_for_positions", "rng.choice", "np.random.default_rng(0).choice", "seeded",
   "You draw the positions from a generator that you seed yourself: draw them from the rng that you are given.")
of("labels_column", "return labels", "return labels[:, None]", "shape",
   "Your labels are a column: they must have the shape (N,).")
of("labels_in_place", "labels = y.copy()", "labels = y", "pure",
   "labels = y is another name for the caller's array: copy it, y.copy().")
# fmt: on
