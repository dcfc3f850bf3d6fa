"""What students get wrong in `landscape`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: the slips of the lectures' own slides (a learning rate of 1 / λmax called the largest, momentum
with the sign of another convention), the misconceptions that published student solutions show, and what follows from
the formulas. Two lines each, so the formatter is kept away.
"""

import numpy as np

from autograder import edits, mistake

from .reference import (
    best_rate,
    classify,
    condition_number,
    contraction,
    filter_normalized,
    gradient_descent,
    hessian,
    largest_stable_rate,
    loss_slice,
    momentum_descent,
    newton_step,
    taylor,
)

# fmt: off

# ── the Hessian ────────────────────────────────────────────────────────────────────────────────

of = edits(hessian)
SUM = "(f(x + along) - f(x + across) - f(x - across) + f(x - along))"
H = "values central"

of("hessian_divided_by_h_squared", "(4 * h**2)", "h**2", H,
   "You divide by h²: both points of each difference are 2h apart, so divide by 4h².")
of("hessian_divided_by_two_h_squared", "(4 * h**2)", "(2 * h**2)", H,
   "Your Hessian is twice too large: divide by (2h)², which is 4h², and do not add the transpose to what is whole.")
of("hessian_divided_by_four_h", "(4 * h**2)", "(4 * h)", H,
   "You divide by 4h: a second derivative is divided by a step twice, 4h².")
of("hessian_without_brackets", "(4 * h**2)", "4 * h**2", H,
   "`/ 4 * h**2` divides by 4 and then multiplies by h²: put brackets around it, / (4 * h**2).")
of("hessian_two_h_squared_in_brackets", "(4 * h**2)", "(2 * h) ** 2 / 2", H,
   "`/ (2 * h) ** 2 / 2` divides by 8h²: the divisor is 4h².")
of("hessian_sign", SUM, f"-{SUM}", H,
   "Your Hessian has the wrong sign: f at (+, +) and (-, -) counts positive, at the mixed corners negative.")
of("hessian_corners_added", "- f(x + across) - f(x - across)", "+ f(x + across) + f(x - across)", H,
   "You add all four corners: those with steps of different sign are subtracted.")
of("hessian_corner_missing", " + f(x - along)", "", H,
   "A corner is missing: f(x - h_i - h_j) belongs to the sum, with a plus sign.")
of("hessian_middle_counted_once", SUM, "(f(x + along) - f(x + across) + f(x - along))", H,
   "You subtract f in the middle once: on the diagonal it is subtracted twice, f(x + 2h) - 2 f(x) + f(x - 2h).")
of("hessian_forward", f"{SUM} / (4 * h**2)", "(f(x + along) - f(x + steps[i]) - f(x + steps[j]) + f(x)) / h**2",
   "central", "You step to one side only, so your error grows with h: use points on both sides of x.")
of("hessian_backward", f"{SUM} / (4 * h**2)", "(f(x) - f(x - steps[i]) - f(x - steps[j]) + f(x - along)) / h**2",
   "central", "You step backwards only, so your error grows with h: use points on both sides of x.")
of("hessian_forward_then_central", f"{SUM} / (4 * h**2)",
   "(f(x + along) - f(x + across) - f(x + steps[i]) * 0 - f(x + steps[j]) + f(x - steps[j])) / (2 * h**2)", "central",
   "One of your two differences goes to one side only: take both of them from x + h and x - h.")
of("hessian_diagonal_only", "range(i + 1)", "range(i, i + 1)", H,
   "Your Hessian has a diagonal alone: the mixed derivatives belong to it as well.",
   also={"np.empty((size, size))": "np.zeros((size, size))"})
of("hessian_lower_triangle_only", "H[j, i] = H[i, j]", "pass", H,
   "Half of your Hessian is zero: write each entry to [j, i], too.",
   also={"np.empty((size, size))": "np.zeros((size, size))"})
of("hessian_diagonal_doubled", "    return H", "    H += np.diag(np.diag(H))\n    return H", H,
   "Your diagonal is twice too large: adding a triangle to its own transpose counts the diagonal twice.")
of("hessian_outer_product", "return H",
   "g = np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps])\n    return np.outer(g, g)", H,
   "You return the outer product of the gradient with itself, which holds no second derivatives.")
of("hessian_gradient_squared", "return H",
   "return np.diag([((f(x + step) - f(x - step)) / (2 * h)) ** 2 for step in steps])", H,
   "You square the first derivatives: a second derivative is the change of the first one.")
of("hessian_at_zero", "size = len(x)", "size, x = len(x), np.zeros_like(x)", "central",
   "You measure around 0: the differences are taken around x.")
of("hessian_step_ignored", "size = len(x)", "size, h = len(x), 1e-5", "step",
   "You use a step of your own: the step is the argument h.")
of("hessian_step_squared", "steps = h * np.eye(size)", "steps = h**2 * np.eye(size)", H,
   "Your points are h² away from x, and you divide by h²: the step is h.")
of("hessian_all_ones_step", "h * np.eye(size)", "h * np.ones((size, size))", H,
   "You move all entries of x at once: each step goes along one axis.")
of("hessian_negative_step_twice", "- f(x - across) + f(x - along)", "- f(x - along) + f(x - across)", H,
   "Two of your corners are exchanged: f(x - h_i - h_j) counts positive, f(x - h_i + h_j) negative.")
of("hessian_not_symmetric", SUM,
   "((f(x + along) - f(x + across)) / (2 * h) - (f(x - across) - f(x - along)) / (2 * h)) * 2 * h", "symmetric",
   "You compute each pair of entries twice, and rounding makes them differ: compute one, or take the mean of both.",
   also={"range(i + 1)": "range(size)", "H[j, i] = H[i, j]": "pass"})
of("hessian_flat", "return H", "return H.ravel()", "values",
   "You return a vector of D² numbers: the Hessian has the shape (D, D).")
of("hessian_extra_axis", "return H", "return H[None]", "shape",
   "Your Hessian has an axis of length one in front: its shape is (D, D).")
of("hessian_as_a_list", "return H", "return H.tolist()", "shape",
   "You return a list of lists: make an array of it, np.array.")
of("hessian_moves_x", "size = len(x)", "size = len(x)\n    x += h", "pure central",
   "x += h changes the caller's x: work on a copy, or put back what you moved.")
of("hessian_leaves_x_moved", "return H", "x[-1] += h\n    return H", "pure",
   "You leave the last entry of x moved: put it back at once, or work on a copy.")

# ── Taylor ─────────────────────────────────────────────────────────────────────────────────────

of = edits(taylor)
T = "values known_answer"

of("taylor_half_missing", "0.5 * ", "", T, "The ½ of the second-order term is missing: ½ sᵀHs.")
of("taylor_half_of_everything", "value + gradient @ step + 0.5 * step @ H @ step",
   "value + 0.5 * (gradient @ step + step @ H @ step)", T,
   "You halve the first-order term, too: the ½ belongs to sᵀHs alone.")
of("taylor_third_of_second_order", "0.5", "1 / 3", T, "The second-order term is divided by 2! = 2, not by 3.")
of("taylor_first_order_only", " + 0.5 * step @ H @ step", "", T,
   "You stop at the first order: add ½ sᵀHs.")
of("taylor_slope_missing", "gradient @ step + ", "", T, "The first-order term is missing: add g·s.")
of("taylor_value_missing", "value + ", "", T, "You return the change alone: add the value f.")
of("taylor_minus_slope", "value + gradient", "value - gradient", T,
   "You subtract the first-order term: that is f at a step of -s.")
of("taylor_minus_curvature", "+ 0.5", "- 0.5", T, "You subtract the second-order term: it is added.")
of("taylor_diagonal_of_h", "step @ H @ step", "np.diag(H) @ step**2", T,
   "You use the diagonal of H alone: the mixed terms belong to sᵀHs.")
of("taylor_step_not_squared", "step @ H @ step", "np.sum(H @ step)", T,
   "You multiply H by the step once: the second-order term has it on both sides, sᵀHs.")
of("taylor_length_of_step", "step @ H @ step", "np.sum(H) * (step @ step)", T,
   "You multiply the sum of H by the squared length of the step: the product is sᵀHs.")
of("taylor_element_wise", "value + gradient @ step + 0.5 * step @ H @ step",
   "value + gradient * step + 0.5 * step * (H @ step)", T,
   "You multiply element by element and never add up: use @, which gives a number.")
of("taylor_in_a_list", "value + gradient @ step + 0.5 * step @ H @ step",
   "np.array([value + gradient @ step + 0.5 * step @ H @ step])", "shape",
   "You return an array of one number: return the number itself.")
of("taylor_in_place", "return value + gradient @ step + 0.5 * step @ H @ step",
   "first = gradient @ step\n    step *= H @ step\n    return value + first + 0.5 * step.sum()", "pure",
   "step *= … changes the caller's step: write step * …, which makes a new array.")

# ── condition number ───────────────────────────────────────────────────────────────────────────

of = edits(condition_number)
C = "values valley indefinite"
EIGEN = "np.abs(np.linalg.eigvalsh(H))"
SINGULAR = "    if sizes.min() <= 1e-12 * sizes.max():\n        return np.inf\n"

of("condition_inverse", "sizes.max() / sizes.min()", "sizes.min() / sizes.max()", C,
   "Your quotient is upside down: the largest |λ| over the smallest, never below 1.")
of("condition_without_abs", EIGEN, "np.linalg.eigvalsh(H)", "indefinite singular",
   "You take the largest over the smallest eigenvalue with their signs: take absolute values first.",
   also={SINGULAR: ""})
of("condition_abs_of_quotient", "return sizes.max() / sizes.min()",
   "sizes = np.linalg.eigvalsh(H)\n    return abs(sizes.max() / sizes.min())", "indefinite",
   "You take the absolute value of the quotient: the smallest |λ| need not be the smallest λ, so take each one's.")
of("condition_of_the_diagonal", EIGEN, "np.abs(np.diag(H))", C,
   "You take the diagonal for the eigenvalues: it is that only for a diagonal matrix.")
of("condition_of_entries", EIGEN, "np.abs(H).ravel()", C,
   "You compare the entries of H: the condition number is that of its eigenvalues.",
   also={SINGULAR: ""})
of("condition_squared", "return sizes.max() / sizes.min()", "return (sizes.max() / sizes.min()) ** 2", C,
   "Your number is squared: these are the eigenvalues of HᵀH, take the root.")
of("condition_root", "return sizes.max() / sizes.min()", "return np.sqrt(sizes.max() / sizes.min())", C,
   "You take a root of the quotient: for a symmetric matrix |λ| are the singular values already.")
of("condition_difference", "sizes.max() / sizes.min()", "sizes.max() - sizes.min()", C,
   "You subtract: the condition number is a quotient.")
of("condition_neighbours", "sizes.max() / sizes.min()", "sizes.max() / np.sort(sizes)[-2:][0]", "values indefinite",
   "You divide by the second largest |λ|: divide by the smallest.")
of("condition_trace", "sizes.max() / sizes.min()", "sizes.sum() / sizes.min()", C,
   "You divide the sum of all |λ|: divide the largest one.")
of("condition_frobenius", "return sizes.max() / sizes.min()",
   "return np.linalg.norm(H) * np.linalg.norm(np.linalg.inv(H))", C,
   "You use Frobenius norms, into which every eigenvalue enters: the condition number is in the spectral norm, ord=2.")
of("condition_logarithm", "return sizes.max() / sizes.min()", "return np.log10(sizes.max() / sizes.min())", C,
   "You return the logarithm: return the quotient itself.")
of("condition_nan_where_singular", "return np.inf", "return np.nan", "singular",
   "A singular matrix has the condition number inf, not NaN.")
of("condition_zero_where_singular", "return np.inf", "return 0.0", "singular",
   "A singular matrix has the condition number inf: it is as badly conditioned as can be.")
of("condition_negative_infinity", "return np.inf", "return -np.inf", "singular",
   "The condition number of a singular matrix is inf with a plus sign: take absolute values before you divide.")
of("condition_epsilon", SINGULAR, "", "singular",
   "The constant in your denominator makes the infinite finite: return inf where H is singular.",
   also={"/ sizes.min()": "/ (sizes.min() + 1e-10)"})
of("condition_absolute_threshold", "1e-12 * sizes.max()", "1e-12", "scale",
   "You compare the smallest |λ| with 1e-12 itself: with 1e-12 times the largest one, for small is not singular.")
of("condition_singular_only_where_zero", SINGULAR, "    if sizes.min() == 0:\n        return np.inf\n",
   "singular", "Only an exact 0 is singular for you: eigenvalues are rounded, so allow 1e-12 of the largest one.",
   also={"return sizes.max() / sizes.min()": "return min(sizes.max() / sizes.min(), 1e12)"})
of("condition_in_place", "sizes = ", "H /= np.abs(H).max()\n    sizes = ", "pure",
   "H /= … changes the caller's matrix: write H / …, which makes a new one.")

# ── kinds of places ────────────────────────────────────────────────────────────────────────────

of = edits(classify)
FIRST = '    if np.linalg.norm(gradient) > tol:\n        return "not stationary"\n'
SADDLE = '    if curvatures.min() < -tol and curvatures.max() > tol:\n        return "saddle"\n'
FLAT = '    if np.abs(curvatures).min() <= tol:\n        return "degenerate"\n'
LAST = '"minimum" if curvatures.min() > 0 else "maximum"'

of("classify_exchanged", LAST, '"maximum" if curvatures.min() > 0 else "minimum"', "values diagonal",
   "You have minimum and maximum the wrong way round: positive curvature bends up, and makes a minimum.")
of("classify_by_diagonal", "np.linalg.eigvalsh(H)", "np.diag(H)", "values diagonal",
   "You look at the diagonal of H: its eigenvalues decide, np.linalg.eigvalsh(H).")
of("classify_by_determinant", SADDLE, '    if np.linalg.det(H) < -tol:\n        return "saddle"\n', "values",
   "A negative determinant is a saddle for you: that holds in two dimensions, in others look at all eigenvalues.")
of("classify_by_trace", LAST, '"minimum" if np.trace(H) > 0 else "maximum"', "values",
   "You decide by the trace, the sum of the eigenvalues: look at each of them.", also={SADDLE: ""})
of("classify_by_entries", "np.linalg.eigvalsh(H)", "H.ravel()", "values",
   "You look at the signs of H's entries: its eigenvalues decide, np.linalg.eigvalsh(H).")
of("classify_one_positive_is_enough", LAST, '"minimum" if curvatures.max() > 0 else "maximum"', "values",
   "One positive eigenvalue makes a minimum for you: all must be, else it is a saddle.", also={SADDLE: ""})
of("classify_one_negative_is_enough", SADDLE, "", "values diagonal",
   "One negative eigenvalue makes a maximum for you: all must be, else it is a saddle.")
of("classify_saddle_where_no_minimum", LAST, '"minimum" if curvatures.min() > 0 else "saddle"', "values diagonal",
   "All that is not a minimum is a saddle for you: where all eigenvalues are negative it is a maximum.")
of("classify_absolute_eigenvalues", "np.linalg.eigvalsh(H)", "np.abs(np.linalg.eigvalsh(H))", "values diagonal",
   "You take absolute values of the eigenvalues, and lose the signs that decide.")
of("classify_gradient_ignored", FIRST, "", "not_stationary",
   "You never look at the gradient: where it is not 0, the place is not stationary.")
of("classify_gradient_exactly_zero", "np.linalg.norm(gradient) > tol", "gradient.any()", "not_stationary tolerance",
   "You ask for a gradient of exactly 0: what is not above tol counts as zero.")
of("classify_gradient_last", "    if np.linalg.norm(gradient) > tol:\n        return \"not stationary\"\n", "",
   "not_stationary", "You ask for the gradient last: where it is not 0, the Hessian says nothing, so ask for it first.",
   also={f"return {LAST}": f'return "not stationary" if np.linalg.norm(gradient) > tol else {LAST}'})
of("classify_largest_entry", "np.linalg.norm(gradient)", "np.abs(gradient).max()", "tolerance",
   "You compare the largest entry of the gradient with tol: compare its length, np.linalg.norm.")
of("classify_sum_of_gradient", "np.linalg.norm(gradient)", "abs(gradient.sum())", "tolerance",
   "You add up the entries of the gradient, which may cancel: take its length, np.linalg.norm.")
of("classify_squared_length", "np.linalg.norm(gradient)", "np.sum(gradient**2)", "not_stationary",
   "You compare the squared length of the gradient with tol: take the root.")
of("classify_gradient_by_a_norm_of_one", "np.linalg.norm(gradient)", "np.abs(gradient).sum()", "tolerance",
   "You add up the absolute entries of the gradient: its length is the root of the sum of squares.")
of("classify_no_degenerate", FLAT, "", "degenerate",
   "You never say degenerate: an eigenvalue of 0 beside others of one sign leaves the kind open.")
of("classify_exact_zero_only", "np.abs(curvatures).min() <= tol", "np.any(curvatures == 0)", "tolerance",
   "You ask for eigenvalues of exactly 0, and rounding leaves 1e-17: what is not above tol counts as zero.")
of("classify_degenerate_before_saddle", SADDLE + FLAT, FLAT + SADDLE, "flat_saddle",
   "You ask for zero eigenvalues before you ask for both signs: a saddle stays one, whatever else is flat.")
of("classify_all_flat", "np.abs(curvatures).min()", "np.abs(curvatures).max()", "degenerate",
   "Degenerate is for you where all eigenvalues are 0: one of them is enough.")
of("classify_determinant_is_zero", "np.abs(curvatures).min() <= tol", "abs(np.linalg.det(H)) <= tol", "tolerance",
   "You compare the determinant with tol: compare each |λ|, of which one may be small where the product is not.")
of("classify_saddle_without_tolerance", "curvatures.min() < -tol and curvatures.max() > tol",
   "curvatures.min() < 0 < curvatures.max()", "tolerance",
   "Signs of eigenvalues that count as zero make a saddle for you: both must be beyond tol.")
of("classify_signs_of_rounding", SADDLE + FLAT, (SADDLE + FLAT).replace("tol", "0"), "tolerance default_tolerance",
   "You compare eigenvalues with 0, and rounding leaves 1e-17 for it: what is not above tol counts as zero.")
of("classify_valley_is_minimum", FLAT,
   '    if np.abs(curvatures).max() <= tol:\n        return "degenerate"\n',
   "degenerate tolerance",
   "Eigenvalues of 0 beside positive ones make a minimum for you: f may fall along them, so it is degenerate.",
   also={LAST: '"minimum" if curvatures.max() > tol else "maximum"'})
of("classify_tolerance_ignored", "np.linalg.norm(gradient) > tol", "np.linalg.norm(gradient) > 1e-8", "tolerance",
   "You compare with 1e-8 whatever tol is: use the argument.",
   also={SADDLE + FLAT: (SADDLE + FLAT).replace("tol", "1e-8")})
of("classify_other_default", "tol=1e-8", "tol=1e-6", "default_tolerance",
   "Your tol is not 1e-8 if it is not given: write tol=1e-8 in the signature.")
of("classify_strict_tolerance", "np.abs(curvatures).min() <= tol", "np.abs(curvatures).min() < tol", "exact",
   "With tol = 0 an eigenvalue of 0 is not below it: degenerate is |λ| <= tol.")
of("classify_gradient_not_strict", "np.linalg.norm(gradient) > tol", "np.linalg.norm(gradient) >= tol", "exact",
   "With tol = 0 a gradient of 0 is not below it: not stationary is a length > tol.")
of("classify_capital_letters", f"return {LAST}", 'return "Minimum" if curvatures.min() > 0 else "Maximum"', "words",
   'The words are in small letters: "minimum", "maximum".')
of("classify_underscore", '"not stationary"', '"not_stationary"', "words",
   'The words are "not stationary", with a blank between them.')
of("classify_saddle_point", 'return "saddle"', 'return "saddle point"', "values",
   'The word is "saddle", without "point".')
of("classify_non_stationary", '"not stationary"', '"non-stationary"', "not_stationary",
   'The words are "not stationary".')
of("classify_numbers_for_words", f"return {LAST}", "return 1 if curvatures.min() > 0 else -1", "values",
   'You return a number where a word is asked for, "minimum" or "maximum".')
of("classify_in_place", "np.linalg.norm(gradient)", "np.sqrt(np.multiply(gradient, gradient, out=gradient).sum())",
   "pure", "You write the squares into gradient, which is the caller's: make a new array.")

# ── gradient descent ───────────────────────────────────────────────────────────────────────────

of = edits(gradient_descent)
D = "end trajectory rates"
STEP = "x - lr * grad(x)"
HERE = "        x = trajectory[-1]\n"
MOVE = f"{HERE}        trajectory.append(x - lr * grad(x))"
LOOP = f"    for _ in range(steps):\n{MOVE}\n"

of("descent_uphill", STEP, "x + lr * grad(x)", D, "You walk uphill: the step is against the gradient, -lr * grad(x).")
of("descent_gradient_of_the_start", "grad(x)", "grad(x0)", D,
   "You use the gradient of the start in every step: ask for it again where you stand.")
of("descent_from_the_start", STEP, "x0 - lr * grad(x)", D,
   "Every step of yours begins at x0: it begins where the last one ended.")
of("descent_normalized", STEP, "x - lr * grad(x) / (np.linalg.norm(grad(x)) or 1.0)", f"{D} saddle",
   "You divide by the gradient's length, so all steps are equally long: the step is lr times the gradient itself.")
of("descent_sign_of_gradient", STEP, "x - lr * np.sign(grad(x))", f"{D} saddle",
   "You step by the sign of the gradient: the step is lr times the gradient itself.")
of("descent_clipped", STEP, "x - lr * grad(x) / max(1.0, np.linalg.norm(grad(x)))", D,
   "You clip the gradient at a length of 1: the step is lr times the gradient, however long it is.")
of("descent_decaying_rate", LOOP,
   LOOP.replace("for _", "for k").replace("lr * grad(x)", "lr / (1 + k) * grad(x)"), D,
   "Your learning rate falls from step to step: it is the same in all of them.")
of("descent_rate_squared", "lr * grad(x)", "lr**2 * grad(x)", D, "You multiply by the learning rate twice.")
of("descent_rate_missing", "lr * grad(x)", "grad(x)", D, "You leave out the learning rate: the step is -lr * grad(x).")
of("descent_rate_halved", "lr * grad(x)", "0.5 * lr * grad(x)", D,
   "Your steps are half as long as they must be: the step is -lr * grad(x), without ½.")
of("descent_one_step_short", "range(steps)", "range(steps - 1)", D,
   "You take one step too few: the start is row 0, and each of the steps adds a row.")
of("descent_one_step_long", "range(steps)", "range(steps + 1)", D,
   "You take one step too many: the start is row 0, and each of the steps adds a row.")
of("descent_start_left_out", "return np.array(trajectory)", "return np.array(trajectory[1:] or trajectory)",
   "trajectory shape", "The start is missing from your trajectory: x0 is its row 0.")
of("descent_end_alone", "return np.array(trajectory)", "return trajectory[-1]", "end trajectory",
   "You return the last point alone: return the trajectory, a row for the start and one for each step.")
of("descent_rows_share_memory", "trajectory = [x0]", "x = x0.copy()\n    trajectory = [x]", "trajectory",
   "All rows of your trajectory are the last point: x -= … changes the array that they share, so append copies.",
   also={MOVE: "        x -= lr * grad(x)\n        trajectory.append(x)"})
of("descent_x0_moved", "trajectory = [x0]", "x = x0\n    trajectory = [x0.copy()]", "pure",
   "x = x0 is not a copy, so x -= … moves the caller's x0: write x0.copy().",
   also={MOVE: "        x -= lr * grad(x)\n        trajectory.append(x.copy())"})
of("descent_transposed", "np.array(trajectory)", "np.array(trajectory).T", "trajectory",
   "Your trajectory is transposed: a row for each point, (steps + 1, D).")
of("descent_gradients_kept", "trajectory.append(x - lr * grad(x))", "trajectory.append(grad(x))", D,
   "Your rows are gradients: each row is the point that the step leads to.")
of("descent_updates_kept", "trajectory.append(x - lr * grad(x))", "trajectory.append(-lr * grad(x))", D,
   "Your rows are the steps alone: add each step to the point before it.")
of("descent_stops_on_plateau", HERE, f"{HERE}        if not grad(x).any():\n            break\n",
   "plateau", "You stop where the gradient is 0: the trajectory has a row for each step, even where nothing moves.")
of("descent_stops_when_it_diverges", HERE,
   f"{HERE}        if len(trajectory) > 6 and abs(x).max() > abs(trajectory[0]).max():\n            break\n", "rates",
   "You stop when the numbers grow: the trajectory shows them, a row for each step.")
of("descent_drops_zero_steps", "return np.array(trajectory)", "return np.array(trajectory if steps else [])",
   "no_steps", "With steps = 0 your trajectory is empty: the start is its row 0, whatever follows.")
of("descent_pushed_off_the_saddle", "x = trajectory[-1]\n", "x = trajectory[-1]\n        x = x + 1e-6 * (x == 0)\n",
   "saddle", "You push x off the saddle: gradient descent stays where it is 0, so leave x as it is.")
of("descent_in_a_list", "return np.array(trajectory)", "return trajectory", "shape",
   "You return a list of arrays: make one array of it, np.array(trajectory).")

# ── momentum ───────────────────────────────────────────────────────────────────────────────────

of = edits(momentum_descent)
M = "end trajectory"
V = "momentum * velocity - lr * grad(x)"

of("momentum_missing", V, "-lr * grad(x)", f"{M} ravine",
   "Your velocity forgets the last one, which is plain gradient descent: keep momentum times it from step to step.")
of("momentum_adds_gradient", V, "momentum * velocity + lr * grad(x)", f"{M} ravine",
   "You walk uphill: the velocity gets -lr * grad(x), and x + velocity.")
of("momentum_signs_mixed", V, "momentum * velocity + lr * grad(x)", M,
   "You mix two conventions: with +lr * grad(x) in the velocity, the whole velocity is subtracted from x.",
   also={"x + velocity": "x + momentum * velocity - lr * grad(x)"})
of("momentum_of_nesterov", "lr * grad(x)", "lr * grad(x + momentum * velocity)", M,
   "You ask for the gradient ahead of x, which is Nesterov's momentum: ask for it at x.")
of("momentum_dampened", V, "momentum * velocity - (1 - momentum) * lr * grad(x)", M,
   "You weigh the gradient by 1 - momentum, which averages: the velocity is momentum * v - lr * grad(x).")
of("momentum_on_gradient", V, "velocity - momentum * lr * grad(x)", M,
   "You multiply the gradient by momentum: it is the old velocity that shrinks.")
of("momentum_rate_on_velocity", "x + velocity", "x + lr * velocity", M,
   "You multiply by the learning rate twice: it is in the velocity already.")
of("momentum_rate_missing", "lr * grad(x)", "grad(x)", M,
   "You leave out the learning rate: the velocity gets -lr * grad(x).")
of("momentum_old_velocity", "trajectory.append(x + velocity)", "trajectory.append(x + before)", M,
   "You move by the old velocity: update it first, then add it to x.",
   also={"        velocity = ": "        before = velocity\n        velocity = "})
of("momentum_velocity_starts_at_gradient", "np.zeros_like(x0)", "-lr * grad(x0)", M,
   "Your velocity begins with a gradient, which then counts twice: it is 0 at first.")
of("momentum_velocity_starts_at_one", "np.zeros_like(x0)", "np.ones_like(x0)", M,
   "Your velocity begins at 1: it is 0 at first.")
of("momentum_fixed", "momentum * velocity", "0.9 * velocity", M,
   "Your momentum is always 0.9: use the argument.")
of("momentum_zero_is_the_default", "momentum * velocity", "(momentum or 0.9) * velocity", "without",
   "You take a momentum of 0 for one that is not given: 0 is a number like any other.")
of("momentum_squared", "momentum * velocity", "momentum**2 * velocity", M,
   "You multiply the velocity by momentum twice.")
of("momentum_complement", "momentum * velocity", "(1 - momentum) * velocity", M,
   "You keep 1 - momentum of the velocity: keep momentum of it.")
of("momentum_gradient_of_the_start", "grad(x)", "grad(x0)", M,
   "You use the gradient of the start in every step: ask for it again where you stand.")
of("momentum_from_the_start", "x + velocity", "x0 + velocity", M,
   "Every step of yours begins at x0: it begins where the last one ended.")
of("momentum_of_adam", V, "momentum * velocity - (1 - momentum) * lr * grad(x)", M,
   "You average the gradients and correct for the start at 0, as Adam does: the velocity is a plain sum.",
   also={"x + velocity": "x + velocity / (1 - momentum ** len(trajectory))"})
of("momentum_one_step_short", "range(steps)", "range(steps - 1)", M,
   "You take one step too few: the start is row 0, and each of the steps adds a row.")
of("momentum_one_step_long", "range(steps)", "range(steps + 1)", M,
   "You take one step too many: the start is row 0, and each of the steps adds a row.")
of("momentum_start_left_out", "return np.array(trajectory)", "return np.array(trajectory[1:] or trajectory)",
   "trajectory shape", "The start is missing from your trajectory: x0 is its row 0.")
of("momentum_end_alone", "return np.array(trajectory)", "return trajectory[-1]", "end trajectory",
   "You return the last point alone: return the trajectory, a row for the start and one for each step.")
of("momentum_rows_share_memory", "trajectory, velocity = [x0], np.zeros_like(x0)",
   "x = x0.copy()\n    trajectory, velocity = [x], np.zeros_like(x0)", "trajectory",
   "All rows of your trajectory are the last point: x += … changes the array that they share, so append copies.",
   also={HERE: "", "trajectory.append(x + velocity)": "x += velocity\n        trajectory.append(x)"})
of("momentum_x0_moved", "trajectory, velocity = [x0], np.zeros_like(x0)",
   "x = x0\n    trajectory, velocity = [x0.copy()], np.zeros_like(x0)", "pure",
   "x = x0 is not a copy, so x += … moves the caller's x0: write x0.copy().",
   also={HERE: "", "trajectory.append(x + velocity)": "x += velocity\n        trajectory.append(x.copy())"})
of("momentum_transposed", "np.array(trajectory)", "np.array(trajectory).T", "trajectory",
   "Your trajectory is transposed: a row for each point, (steps + 1, D).")
of("momentum_velocities_kept", "trajectory.append(x + velocity)", "trajectory.append(velocity)", M,
   "Your rows are velocities: each row is the point that the step leads to.")
of("momentum_drops_zero_steps", "return np.array(trajectory)", "return np.array(trajectory if steps else [])",
   "no_steps", "With steps = 0 your trajectory is empty: the start is its row 0, whatever follows.")
of("momentum_in_a_list", "return np.array(trajectory)", "return trajectory", "shape",
   "You return a list of arrays: make one array of it, np.array(trajectory).")

# ── rates ──────────────────────────────────────────────────────────────────────────────────────

BOTH = "values known_answer"
of = edits(largest_stable_rate)

of("stable_rate_of_one", "2 / np", "1 / np", BOTH,
   "Your rate is half as large as it must be: 1 / λmax is where the steepest direction arrives in one step.")
of("stable_rate_of_smallest", ".max()", ".min()", BOTH,
   "You divide by the smallest eigenvalue: the steepest direction limits the rate, 2 / λmax.")
of("stable_rate_inverse", "2 / np.linalg.eigvalsh(H).max()", "np.linalg.eigvalsh(H).max() / 2", BOTH,
   "Your quotient is upside down: the rate is 2 / λmax.")
of("stable_rate_of_mean", ".max()", ".mean()", BOTH,
   "You divide by the mean of the eigenvalues: the largest one limits the rate.")
of("stable_rate_of_trace", "np.linalg.eigvalsh(H).max()", "np.trace(H)", BOTH,
   "You divide by the trace, the sum of the eigenvalues: the largest one limits the rate.")
of("stable_rate_of_diagonal", "np.linalg.eigvalsh(H).max()", "np.diag(H).max()", BOTH,
   "You take the diagonal for the eigenvalues: use np.linalg.eigvalsh.")
of("stable_rate_of_frobenius", "np.linalg.eigvalsh(H).max()", "np.linalg.norm(H)", BOTH,
   "You divide by the Frobenius norm, into which every eigenvalue enters: the spectral norm has ord=2.")
of("stable_rate_of_row_sums", "np.linalg.eigvalsh(H).max()", "np.abs(H).sum(axis=1).max()", "values",
   "You divide by the largest row sum, which is only a bound of λmax: use np.linalg.eigvalsh.")
of("stable_rate_best", "np.linalg.eigvalsh(H).max()", "(np.linalg.eigvalsh(H).max() + np.linalg.eigvalsh(H).min())",
   BOTH,
   "You return the best rate, 2 / (λmin + λmax): the largest stable one is 2 / λmax.")
of("stable_rate_root", "2 / np.linalg.eigvalsh(H).max()", "2 / np.sqrt(np.linalg.eigvalsh(H @ H).max()) ** 0.5", BOTH,
   "You take a root too many of the largest eigenvalue: the rate is 2 / λmax.")
of("stable_rate_in_place", "return 2", "H /= 2\n    return 1", "pure",
   "H /= 2 changes the caller's matrix: write H / 2, which makes a new one.")

of("stable_rate_kept_in_an_array", ".max()", "[-1:]", "shape",
   "Your rate is an array of one number: index the eigenvalues with [-1].")

of = edits(best_rate)
of("best_rate_kept_in_an_array", "curvatures.min() + curvatures.max()", "curvatures[:1] + curvatures[-1:]", "shape",
   "Your rate is an array of one number: index the eigenvalues with [0] and [-1].")

of("best_rate_of_one", "2 / (", "1 / (", BOTH, "Your rate is half as large: it is 2 / (λmin + λmax).")
of("best_rate_of_largest", "(curvatures.min() + curvatures.max())", "(2 * curvatures.max())", BOTH,
   "You return 1 / λmax, with which only the steepest direction is fast: the best rate is 2 / (λmin + λmax).")
of("best_rate_stable", "(curvatures.min() + curvatures.max())", "curvatures.max()", BOTH,
   "You return the largest stable rate, at which nothing is gained any more: the best one is 2 / (λmin + λmax).")
of("best_rate_of_difference", "curvatures.min() + curvatures.max()", "curvatures.max() - curvatures.min() + 1e-9", BOTH,
   "You divide by the difference of the eigenvalues: divide by their sum.")
of("best_rate_of_sum", "(curvatures.min() + curvatures.max())", "curvatures.sum()", "values",
   "You divide by the sum of all eigenvalues: by that of the smallest and the largest one.")
of("best_rate_of_mean", "(curvatures.min() + curvatures.max())", "(2 * curvatures.mean())", "values",
   "You take the mean of all eigenvalues: that of the smallest and the largest one counts.")
of("best_rate_geometric", "(curvatures.min() + curvatures.max())",
   "(2 * np.sqrt(curvatures.min() * curvatures.max()))", BOTH,
   "You take the geometric mean of both ends: it is the arithmetic one, 2 / (λmin + λmax).")
of("best_rate_of_momentum", "2 / (curvatures.min() + curvatures.max())",
   "4 / (np.sqrt(curvatures.min()) + np.sqrt(curvatures.max())) ** 2", BOTH,
   "You return the best rate of momentum: that of plain gradient descent is 2 / (λmin + λmax).")
of("best_rate_inverse", "2 / (curvatures.min() + curvatures.max())", "(curvatures.min() + curvatures.max()) / 2", BOTH,
   "Your quotient is upside down: the rate is 2 / (λmin + λmax).")
of("best_rate_without_brackets", "2 / (curvatures.min() + curvatures.max())", "2 / curvatures.min() + curvatures.max()",
   BOTH, "`2 / a + b` divides by a alone: put brackets around the sum.")
of("best_rate_of_diagonal", "np.linalg.eigvalsh(H)", "np.diag(H)", "values",
   "You take the diagonal for the eigenvalues: use np.linalg.eigvalsh.")
of("best_rate_in_place", "curvatures = ", "H /= 2\n    curvatures = ", "pure",
   "H /= 2 changes the caller's matrix: write H / 2, which makes a new one.", also={"return 2": "return 1"})

of = edits(contraction)
of("contraction_kept_in_an_array", ".max()", ".max(keepdims=True)", "shape",
   "Your factor is an array of one number: leave keepdims out.")

of("contraction_without_abs", "np.abs(1 - lr * np.linalg.eigvalsh(H)).max()", "(1 - lr * np.linalg.eigvalsh(H)).max()",
   BOTH, "You leave out the absolute value: a factor of -1.4 overshoots, and grows.")
of("contraction_smallest", ".max()", ".min()", BOTH,
   "You return the smallest factor: the slowest direction sets the pace, so take the largest.")
of("contraction_mean", ".max()", ".mean()", BOTH,
   "You return the mean of the factors: the slowest direction sets the pace, so take the largest.")
of("contraction_product", ".max()", ".prod()", BOTH,
   "You multiply the factors: each direction has its own, and the largest sets the pace.")
of("contraction_abs_of_max", "np.abs(1 - lr * np.linalg.eigvalsh(H)).max()",
   "np.abs((1 - lr * np.linalg.eigvalsh(H)).max())", BOTH,
   "Your factor is that of the smallest eigenvalue: at large rates the largest overshoots, so take |1 - lr λ| of each.")
of("contraction_of_largest", "np.linalg.eigvalsh(H)", "np.linalg.eigvalsh(H)[-1:]", BOTH,
   "You look at the largest eigenvalue alone: at small rates the smallest one is the slowest.")
of("contraction_plus", "1 - lr", "1 + lr", BOTH, "You add lr λ, as if you walked uphill: the factor is |1 - lr λ|.")
of("contraction_half", "lr * np", "lr / 2 * np", BOTH, "You use half of the rate: the factor is |1 - lr λ|.")
of("contraction_rate_ignored", "lr * np.linalg.eigvalsh(H)",
   "2 / (np.linalg.eigvalsh(H).min() + np.linalg.eigvalsh(H).max()) * np.linalg.eigvalsh(H)", BOTH,
   "You return the factor of the best rate, (κ - 1) / (κ + 1): use the rate that is given.")
of("contraction_squared", "np.abs(1 - lr * np.linalg.eigvalsh(H)).max()", "(1 - lr * np.linalg.eigvalsh(H)).max() ** 2",
   BOTH, "You return a square, by which the loss shrinks: distances shrink by |1 - lr λ|.")
of("contraction_squared_factors", "np.abs(1 - lr * np.linalg.eigvalsh(H))", "((1 - lr * np.linalg.eigvalsh(H)) ** 2)",
   BOTH, "You square the factors, by which the loss shrinks: distances shrink by |1 - lr λ|.")
of("contraction_of_diagonal", "np.linalg.eigvalsh(H)", "np.diag(H)", BOTH,
   "You take the diagonal for the eigenvalues: use np.linalg.eigvalsh.")
of("contraction_capped", "return np.abs", "return np.minimum(1.0, np.abs", BOTH.replace("values ", ""),
   "You cap the factor at 1: above the largest stable rate it is more, and shows the divergence.",
   also={".max()": ".max())"})
of("contraction_frobenius", "np.abs(1 - lr * np.linalg.eigvalsh(H)).max()", "np.linalg.norm(np.eye(len(H)) - lr * H)",
   BOTH, "You take the Frobenius norm of I - lr H, into which every factor enters: its spectral norm has ord=2.")
of("contraction_in_place", "return np.abs", "H *= lr\n    return np.abs", "pure",
   "H *= lr changes the caller's matrix: write lr * H, which makes a new one.", also={"lr * np": "np"})

of = edits(newton_step)
N = "values known_answer valley"
SOLVED = "np.linalg.solve(H, gradient)"

of("newton_uphill", f"-{SOLVED}", SOLVED, N, "Your step leads away from the minimum: it is -H⁻¹g, with the minus sign.")
of("newton_multiplied", f"-{SOLVED}", "-H @ gradient", N, "You multiply by H: the step solves H s = -g.")
of("newton_gradient_alone", f"-{SOLVED}", "-gradient", N,
   "Your step is that of gradient descent: Newton's solves H s = -g.")
of("newton_diagonal", SOLVED, "(gradient / np.diag(H))", "values valley",
   "You divide by the diagonal of H: the whole matrix counts, solve H s = -g.")
of("newton_elementwise_inverse", SOLVED, "((1 / H) @ gradient)", "values valley",
   "1 / H inverts each entry: the inverse of the matrix is np.linalg.inv, or better solve H s = -g.")
of("newton_largest_curvature", SOLVED, "(gradient / np.linalg.eigvalsh(H).max())", N,
   "You divide by the largest eigenvalue, a step of gradient descent: Newton's solves H s = -g.")
of("newton_half", f"-{SOLVED}", f"-0.5 * {SOLVED}", N,
   "Your step is half as long as it must be: the ½ of ½ sᵀHs cancels the 2 of its derivative.")
of("newton_double", f"-{SOLVED}", f"-2 * {SOLVED}", N, "Your step is twice too long: it solves H s = -g.")
of("newton_damped", SOLVED, "np.linalg.solve(H + 1e-3 * np.eye(len(H)), gradient)", N,
   "You add to the diagonal of H, which damps the step: solve with H itself.")
of("newton_squared", SOLVED, "np.linalg.solve(H @ H, gradient)", N, "You divide by H twice: solve H s = -g once.")
of("newton_normalized", f"-{SOLVED}", f"-{SOLVED} / np.linalg.norm({SOLVED})", N,
   "You divide the step by its length: it is as long as the way to the minimum.")
of("newton_column", f"-{SOLVED}", f"-{SOLVED}[:, None]", "shape", "Your step has the shape (D, 1): it must be (D,).")
of("newton_gradient_in_place", f"return -{SOLVED}", f"gradient *= -1\n    return {SOLVED}", "pure",
   "gradient *= -1 changes the caller's array: put the minus sign before a new one.")

# ── slices ─────────────────────────────────────────────────────────────────────────────────────

of = edits(loss_slice)
S = "values order"
WHOLE = "return np.array([[f(w + s * d1 + t * d2) for t in b] for s in a])"
LOOPS = ("    values = np.zeros((len(a), len(b)))\n    for i, s in enumerate(a):\n        for j, t in enumerate(b):\n")

of("slice_transposed", "[[f(w + s * d1 + t * d2) for t in b] for s in a]",
   "[[f(w + s * d1 + t * d2) for s in a] for t in b]", S,
   "Your slice is transposed: rows belong to a, columns to b.")
of("slice_directions_exchanged", "s * d1 + t * d2", "s * d2 + t * d1", S,
   "You have the directions the wrong way round: a goes along d1, b along d2.")
of("slice_second_direction_missing", " + t * d2", "", S, "You never go along d2: add b[j] * d2.")
of("slice_first_direction_missing", "s * d1 + ", "", S, "You never go along d1: add a[i] * d1.")
of("slice_around_zero", "w + s * d1", "s * d1", "values weights",
   "Your slice goes through 0: it goes through w.")
of("slice_diagonal", "[[f(w + s * d1 + t * d2) for t in b] for s in a]",
   "[f(w + s * d1 + t * d2) for s, t in zip(a, b)]", S,
   "You walk through a and b side by side: every a[i] meets every b[j].")
of("slice_flat", "[[f(w + s * d1 + t * d2) for t in b] for s in a]", "[f(w + s * d1 + t * d2) for s in a for t in b]",
   S, "Your slice is one long row: it has the shape (len a, len b).")
of("slice_subtracted", "+ t * d2", "- t * d2", S, "You go backwards along d2: add b[j] * d2.")
of("slice_relative", "f(w + s * d1 + t * d2)", "f(w + s * d1 + t * d2) - f(w)", "values weights",
   "You subtract f(w): the slice holds the values themselves.")
of("slice_directions_normalized", "return np.array(",
   "d1, d2 = d1 / np.linalg.norm(d1), d2 / np.linalg.norm(d2)\n    return np.array(",
   "values weights", "You scale the directions to length 1: use them as they are given.")
of("slice_moves_on", WHOLE,
   f"point = w.copy()\n{LOOPS}            point += s * d1 + t * d2\n            values[i, j] = f(point)\n"
   "    return values", S,
   "Your point moves on from place to place: each place is measured from w.")
of("slice_vectors_only", "w + s * d1 + t * d2", "(w + s * d1 + t * d2).ravel()", "weights",
   "You flatten the weights before f gets them: f takes an array of w's shape.")
of("slice_extra_axis", "np.array([[", "np.array([[[", "shape",
   "Your slice has an axis of length one in front: its shape is (len a, len b).",
   also={"for s in a])": "for s in a]])"})
of("slice_moves_w", WHOLE,
   f"before = w.copy()\n{LOOPS}            w[...] = before + s * d1 + t * d2\n            values[i, j] = f(w)\n"
   "    return values", "pure", "You move the caller's w and do not put it back: work on a copy.")

of = edits(filter_normalized)
F = "values matrices"
AXES = "axes = tuple(range(1, d.ndim))"
WANTED = "wanted = np.sqrt(np.sum(w**2, axis=axes, keepdims=True))"

of("filters_all_together", AXES, "axes = None", F,
   "You scale all filters by one number: each filter has a norm of its own, sum over all axes but the first.")
of("filters_over_the_first_axis", AXES, "axes = 0", F,
   "You take norms over the first axis, which counts the filters: sum over all the others.")
of("filters_over_the_second_axis", AXES, "axes = 1", "values",
   "You take norms over the second axis alone: a filter goes over all axes but the first.")
of("filters_over_rows", AXES, "axes = -1", "values",
   "You take norms over the last axis alone: a filter goes over all axes but the first.")
of("filters_over_pixels", AXES, "axes = tuple(range(2, d.ndim))", "values",
   "You scale each channel of a filter by itself: a filter goes over its channels, too.")
of("filters_four_axes_only", AXES, "axes = (1, 2, 3)[: max(d.ndim - 1, 2)] if d.ndim > 2 else (0,)", "matrices",
   "Your axes are those of a convolution: a matrix has filters, too, its rows.")
of("filters_unit_norm", "d * wanted / ", "d / ", F, "You scale to length 1: the length is that of w's filter.")
of("filters_not_divided", " / np.where(norms > 0, norms, 1.0)", "", F,
   "You multiply by the norm of w's filter, and never divide by that of d's.")
of("filters_inverse", "d * wanted / np.where(norms > 0, norms, 1.0)", "d * norms / wanted", F,
   "Your quotient is upside down: d times the norm of w's filter over that of its own.")
of("filters_squared_norms", "norms = np.sqrt(np.sum(d**2, axis=axes, keepdims=True))",
   "norms = np.sum(d**2, axis=axes, keepdims=True)", F, "You use squared norms: take the roots.",
   also={WANTED: "wanted = np.sum(w**2, axis=axes, keepdims=True)"})
of("filters_squared_norm_of_d", "norms = np.sqrt(np.sum(d**2, axis=axes, keepdims=True))",
   "norms = np.sum(d**2, axis=axes, keepdims=True)", F, "You divide by the squared norm of d's filter: take the root.")
of("filters_absolute_sums", "norms = np.sqrt(np.sum(d**2, axis=axes, keepdims=True))",
   "norms = np.sum(np.abs(d), axis=axes, keepdims=True)", F,
   "You add up absolute values: the norm is the root of the sum of squares.",
   also={WANTED: "wanted = np.sum(np.abs(w), axis=axes, keepdims=True)"})
of("filters_largest_entry", "norms = np.sqrt(np.sum(d**2, axis=axes, keepdims=True))",
   "norms = np.max(np.abs(d), axis=axes, keepdims=True)", F,
   "You compare largest entries: the norm is the root of the sum of squares.",
   also={WANTED: "wanted = np.max(np.abs(w), axis=axes, keepdims=True)"})
of("filters_arguments_exchanged", "d * wanted / np.where(norms > 0, norms, 1.0)",
   "w * norms / np.where(wanted > 0, wanted, 1.0)", F, "You scale w to the norms of d: scale d to those of w.")
of("filters_element_by_element", "d * wanted / np.where(norms > 0, norms, 1.0)", "d * np.abs(w)", F,
   "You multiply by the weights entry by entry: each filter is scaled by one number.")
of("filters_weights_added", "return d", "return w + d", F,
   "You add the direction to w: return the scaled direction alone.")
of("filters_zero_over_zero", "np.where(norms > 0, norms, 1.0)", "norms", "zero",
   "0 / 0 is NaN: a filter of d that is all zeros stays zero, so do not divide by its norm.")
of("filters_large_constant", "np.where(norms > 0, norms, 1.0)", "(norms + 1e-3)", F,
   "The constant in your denominator changes the lengths: leave out the zero filters instead.")
of("filters_extra_axis", "return d", "return d[None]", "shape",
   "Your direction has an axis of length one in front: it has d's shape.",
   also={"wanted / np": "wanted[None] / np"})
of("filters_in_place", "    return d * wanted", "    d *= wanted\n    return d", "pure",
   "d *= … changes the caller's direction: write d * …, which makes a new array.")


@mistake("newton_step", caught_by="valley")
def newton_by_iteration(gradient, H):
    """You walk to the minimum in many small steps, and in a long valley do not arrive: solve H s = -g."""
    step, rate = np.zeros_like(gradient), 1 / np.abs(H).sum(axis=1).max()
    for _ in range(2000):
        step = step - rate * (gradient + H @ step)
    return step
