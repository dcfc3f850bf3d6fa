"""What students get wrong in `losses`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: the slips of the lectures' own slides (a divergence with + H(P), a step without its factor 2), the
misconceptions that published student solutions show, and what follows from the formulas. Two lines each, so the
formatter is kept away.
"""

import numpy as np

from autograder import edits, mistake

from .reference import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    entropy,
    hinge_loss,
    kl_divergence,
    least_squares,
    least_squares_step,
    softmax_cross_entropy,
)

# fmt: off

# ── entropy ────────────────────────────────────────────────────────────────────────────────────

of = edits(entropy)
H = "values uniform"

of("entropy_negative", "-np.sum", "np.sum", H,
   "Your entropy is negative: logarithms of probabilities are below 0, so it is minus the sum of p ln p.")
of("entropy_in_bits", "np.log(np", "np.log2(np", H,
   "You take logarithms to the base 2, which gives bits: in nats it is the natural logarithm, np.log.")
of("entropy_in_bans", "np.log(np", "np.log10(np", H,
   "You take logarithms to the base 10: in nats it is the natural logarithm, np.log.")
of("entropy_not_weighted", "p * np.log", "np.log", H,
   "You add up the logarithms alone: each is weighted by its probability, p ln p.")
of("entropy_averaged", "-np.sum", "-np.mean", H,
   "You average over the K outcomes: the weights p sum to 1 already, so add the terms up.")
of("entropy_over_the_batch", "axis=1", "axis=0", H,
   "You sum over the rows: each row is a distribution of its own, so sum over axis 1.")
of("entropy_of_everything", ", axis=1", "", H,
   "You sum over the whole array: there is one entropy for each row, so sum over axis 1.")
of("entropy_first_row_alone", "axis=1)", "axis=1)[:1]", H,
   "You return the entropy of the first row alone: there is one for each row.")
of("entropy_mean_of_rows", "axis=1)", "axis=1).mean()", "values",
   "You average over the rows: return the entropy of each row.")
of("entropy_zero_times_log_zero", "np.where(p > 0, p, 1.0)", "p", "zeros",
   "0 * log(0) is NaN for NumPy: a term with p = 0 counts 0, so leave it out before you take logarithms.")
of("entropy_epsilon", "np.where(p > 0, p, 1.0)", "p + 1e-5", "values",
   "The constant that you add inside the logarithm changes the entropy: leave out the terms with p = 0 instead.")
of("entropy_of_probability_and_complement", "-np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=1)",
   "-np.sum(p * np.log(np.where(p > 0, p, 1.0)) + (1 - p) * np.log(np.where(p < 1, 1 - p, 1.0)), axis=1)", H,
   "You add (1 - p) ln(1 - p) for each outcome: that is for yes or no, and here the row holds every outcome already.")
of("entropy_perplexity", "-np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=1)",
   "np.exp(-np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=1))", H,
   "You return the exponential of the entropy, the perplexity: return the entropy itself.")
of("entropy_gini", "p * np.log(np.where(p > 0, p, 1.0))", "p * (p - 1)", H,
   "You add up p (1 - p), which is Gini's impurity: the entropy has ln p where that has p - 1.")
of("entropy_keeps_axis", "axis=1", "axis=1, keepdims=True", "shape",
   "Your entropies have the shape (N, 1): sum without keepdims, so that they have (N,).")
of("entropy_in_place", "return -np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=1)",
   "p *= np.log(np.where(p > 0, p, 1.0))\n    return -np.sum(p, axis=1)", "pure",
   "p *= np.log(p) changes the caller's array: write p * np.log(p), which makes a new one.")

# ── cross-entropy ──────────────────────────────────────────────────────────────────────────────

of = edits(cross_entropy)
H = "values known_answer"

of("cross_entropy_exchanged", "p * np.log(np.where(p > 0, q, 1.0))", "q * np.log(np.where(q > 0, p, 1.0))", H,
   "You have p and q the wrong way round: what is true, p, weighs the logarithms of what is believed, q.")
of("cross_entropy_negative", "-np.sum", "np.sum", H,
   "Your cross-entropy is negative: it is minus the sum of p ln q.")
of("cross_entropy_in_bits", "np.log(np", "np.log2(np", H,
   "You take logarithms to the base 2, which gives bits: in nats it is the natural logarithm, np.log.")
of("cross_entropy_of_p", "np.where(p > 0, q, 1.0)", "np.where(p > 0, p, 1.0)", H,
   "You take the logarithm of p, which gives the entropy of p: the logarithm is that of q.")
of("cross_entropy_not_weighted", "p * np.log", "np.log", H,
   "You add up the logarithms of q alone: each is weighted by p.")
of("cross_entropy_averaged", "-np.sum", "-np.mean", H,
   "You average over the K outcomes: the weights p sum to 1 already, so add the terms up.")
of("cross_entropy_over_the_batch", "axis=1", "axis=0", H,
   "You sum over the rows: each row is a distribution of its own, so sum over axis 1.")
of("cross_entropy_mean_of_rows", "axis=1)", "axis=1).mean()", H,
   "You average over the rows: return the cross-entropy of each row.")
of("cross_entropy_most_likely_alone", "-np.sum(p * np.log(np.where(p > 0, q, 1.0)), axis=1)",
   "-np.log(q[np.arange(len(p)), p.argmax(axis=1)])", H,
   "You take the outcome with the largest p as a label: every outcome counts, weighted by its p.")
of("cross_entropy_divergence", "np.log(np.where(p > 0, q, 1.0))",
   "np.log(np.where(p > 0, q, 1.0) / np.where(p > 0, p, 1.0))",
   H, "You compute the divergence, p ln(p / q): the cross-entropy is -p ln q, without the entropy of p taken off.")
of("cross_entropy_with_complement", "-np.sum(p * np.log(np.where(p > 0, q, 1.0)), axis=1)",
   "-np.sum(p * np.log(np.where(p > 0, q, 1.0)) + (1 - p) * np.log(np.where(q < 1, 1 - q, 1.0)), axis=1)", H,
   "You add (1 - p) ln(1 - q) for each outcome: that is for yes or no, and here the row holds every outcome already.")
of("cross_entropy_nan_for_zeros", "np.where(p > 0, q, 1.0)", "q", "zeros",
   "0 * log(0) is NaN for NumPy: a term with p = 0 counts 0, so leave it out before you take logarithms.")
of("cross_entropy_epsilon", "np.where(p > 0, q, 1.0)", "np.where(p > 0, q, 1.0) + 1e-12", "infinite",
   "The constant inside your logarithm makes the infinite finite: q = 0 where p > 0 gives inf, so take log(q) itself.")
of("cross_entropy_clipped", "np.where(p > 0, q, 1.0)", "np.clip(q, 1e-15, 1.0)", "infinite",
   "You clip q away from 0, so what cannot be finite is: q = 0 where p > 0 gives inf.")
of("cross_entropy_zeros_of_q_skipped", "np.where(p > 0, q, 1.0)", "np.where(q > 0, q, 1.0)", "infinite",
   "You leave out the terms with q = 0: those with p = 0 count 0, and q = 0 where p > 0 gives inf.")
of("cross_entropy_keeps_axis", "axis=1", "axis=1, keepdims=True", "shape",
   "Your cross-entropies have the shape (N, 1): sum without keepdims, so that they have (N,).")
of("cross_entropy_logarithm_in_place", "return -np.sum(p * np.log(np.where(p > 0, q, 1.0)), axis=1)",
   "q[...] = np.log(np.where(p > 0, q, 1.0))\n        return -np.sum(p * q, axis=1)", "pure",
   "You write the logarithms into q, and the caller still needs it: keep them in an array of their own.")

# ── divergence ─────────────────────────────────────────────────────────────────────────────────

of = edits(kl_divergence)
RIGHT = "cross_entropy(p, q) - entropy(p)"
D, D_ZERO = "values known_answer", "values known_answer gibbs"

of("kl_plus_entropy", RIGHT, "cross_entropy(p, q) + entropy(p)", D_ZERO,
   "You add H(P) instead of taking it off: slides with a plus sign have H(P) = Σ p ln p, without its minus.")
of("kl_exchanged", RIGHT, "cross_entropy(q, p) - entropy(q)", D,
   "You compute D(Q‖P): the first argument, p, is what is true, and weighs ln(p / q).")
of("kl_negative", RIGHT, "entropy(p) - cross_entropy(p, q)", D_ZERO,
   "Your divergence is negative, Σ p ln(q / p): it is Σ p ln(p / q), which is never below 0.")
of("kl_cross_entropy_alone", RIGHT, "cross_entropy(p, q)", D_ZERO,
   "You return the cross-entropy: take off the entropy of p, so that equal rows give 0.")
of("kl_entropy_of_q", RIGHT, "cross_entropy(p, q) - entropy(q)", D,
   "You take off the entropy of q: it is that of p, the best that any belief can reach.")
of("kl_entropies_alone", RIGHT, "entropy(q) - entropy(p)", D_ZERO,
   "You subtract two entropies: the first one must be the cross-entropy of p and q.")
of("kl_symmetric", RIGHT, "cross_entropy(p, q) - entropy(p) + cross_entropy(q, p) - entropy(q)", D,
   "You add both directions: the divergence is that of q from p alone.")
of("kl_averaged_directions", RIGHT, "(cross_entropy(p, q) - entropy(p) + cross_entropy(q, p) - entropy(q)) / 2", D,
   "You average both directions: the divergence is that of q from p alone.")
of("kl_jensen_shannon", RIGHT, "entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2", D,
   "You compute the divergence of Jensen and Shannon, by way of the mean of p and q: compare p with q itself.")
of("kl_in_bits", RIGHT, "(cross_entropy(p, q) - entropy(p)) / np.log(2)", D,
   "You take logarithms to the base 2, which gives bits: in nats it is the natural logarithm, np.log.")
of("kl_averaged", RIGHT, "(cross_entropy(p, q) - entropy(p)) / p.shape[1]", D,
   "You average over the K outcomes: the weights p sum to 1 already, so add the terms up.")
of("kl_not_weighted", RIGHT, "np.sum(np.log(np.where(p > 0, p, 1.0) / np.where(p > 0, q, 1.0)), axis=1)", D,
   "You add up ln(p / q) alone: each term is weighted by p.")
of("kl_absolute_terms", RIGHT, "np.sum(p * np.abs(np.log(np.where(p > 0, p, 1.0) / np.where(p > 0, q, 1.0))), axis=1)",
   D, "You take the absolute value of each term: single terms may be below 0, only their sum is not.")
of("kl_squared_distance", RIGHT, "np.sum((p - q) ** 2, axis=1)", D,
   "You return the squared distance of p and q: the divergence is Σ p ln(p / q).")
of("kl_total_variation", RIGHT, "np.sum(np.abs(p - q), axis=1) / 2", D,
   "You return half of the absolute differences: the divergence is Σ p ln(p / q).")
of("kl_mean_of_rows", RIGHT, "np.mean(cross_entropy(p, q) - entropy(p))", D,
   "You average over the rows: return the divergence of each pair of rows.")
of("kl_rounded_to_zero", RIGHT, "np.round(cross_entropy(p, q) - entropy(p), 3)", "values known_answer",
   "You round the result to get rid of -7e-16: leave it as it is, a hair below 0 does no harm.")
of("kl_nan_for_zeros", RIGHT, "np.sum(p * np.log(p / q), axis=1)", "zeros",
   "0 * log(0) is NaN for NumPy: a term with p = 0 counts 0, so leave it out before you take logarithms.")
of("kl_zeros_of_q_skipped", RIGHT, "np.sum(np.where((p > 0) & (q > 0), p, 0) * (np.log(np.where(p > 0, p, 1.0)) "
   "- np.log(np.where(q > 0, q, 1.0))), axis=1)", "infinite",
   "You leave out the terms with q = 0: those with p = 0 count 0, and q = 0 where p > 0 gives inf.")
of("kl_epsilon", RIGHT, "cross_entropy(p, q + 1e-12) - entropy(p)", "infinite",
   "The constant inside your logarithm makes the infinite finite: q = 0 where p > 0 gives inf, so take log(q) itself.")
of("kl_keeps_axis", RIGHT, "(cross_entropy(p, q) - entropy(p))[:, None]", "shape",
   "Your divergences have the shape (N, 1): sum without keepdims, so that they have (N,).")
of("kl_ratio_in_place", "return " + RIGHT,
   "found = cross_entropy(p, q) - entropy(p)\n    q /= p + 1e-12\n    return found",
   "pure", "You divide in place, which changes the caller's q: write p / q, which makes a new array.")

# ── softmax and cross-entropy ──────────────────────────────────────────────────────────────────

of = edits(softmax_cross_entropy)
LOG_Q, ROW_SUM = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))", ".sum(axis=1, keepdims=True)"

of("softmax_over_batch", "x.max(axis=1, keepdims=True)", "x.max(axis=0, keepdims=True)", "loss gradient one_hot",
   "You normalise over the batch, so the columns sum to one: softmax is over the classes, axis=1.",
   also={ROW_SUM: ".sum(axis=0, keepdims=True)"})
of("softmax_over_everything", ROW_SUM, ".sum()", "loss gradient one_hot uniform",
   "You divide by the sum over all examples: each row of logits is normalised by its own sum, axis=1.",
   also={"x.max(axis=1, keepdims=True)": "x.max()"})
of("softmax_not_shifted", LOG_Q, f"np.log(np.exp(x) / np.exp(x){ROW_SUM})", "stable stable_gradient",
   "Your exp overflows for large logits and gives NaN: subtract each row's maximum before exp.")
of("softmax_shifted_by_global_maximum", "x.max(axis=1, keepdims=True)", "x.max()", "stable stable_gradient",
   "You subtract the maximum of all logits: rows far below it underflow, so subtract each row's own maximum.")
of("softmax_log_of_zero", LOG_Q, f"np.log(np.exp(shifted) / np.exp(shifted){ROW_SUM})", "stable",
   "You compute the probabilities and then their logarithm, and log(0) is -inf: subtract log(sum(exp(shifted))).")
of("softmax_log_clipped", "t * log_q", "t * np.maximum(log_q, np.log(1e-12))", "stable",
   "You clip the probabilities at 1e-12, so a loss of 1000 becomes 28: compute the log of softmax directly.")
of("softmax_hard_targets", "-np.sum(t * log_q) / n", "-log_q[np.arange(n), t.argmax(axis=1)].sum() / n", "loss",
   "You take the largest target as the label: every class counts in the loss, weighted by its t.")
of("softmax_hard_targets_in_gradient", "np.exp(log_q) - t", "np.exp(log_q) - np.eye(x.shape[1])[t.argmax(axis=1)]",
   "gradient", "You take off a one-hot row at the largest target: take off the targets as they are, softmax(x) - t.")
of("softmax_loss_negative", "-np.sum", "np.sum", "loss uniform one_hot",
   "Your loss is negative: the log of a probability is below zero, so the loss is minus its mean.")
of("softmax_loss_summed", "np.sum(t * log_q) / n", "np.sum(t * log_q)", "loss uniform",
   "Your loss is the sum over the batch: divide it by N.")
of("softmax_loss_mean_of_elements", "np.sum(t * log_q) / n", "np.mean(t * log_q)", "loss uniform",
   "You average over the classes, too: sum over them, and divide by the number of examples.")
of("softmax_logit_weighted", "t * log_q", "t * shifted", "loss uniform",
   "You weigh the logits and not the logarithms of softmax: subtract the log of the sum of exponentials.")
of("softmax_log_of_targets", "t * log_q", "np.exp(log_q) * np.log(np.where(t > 0, t, 1.0))", "loss uniform",
   "You have targets and probabilities the wrong way round: the targets weigh the logarithms of softmax.")
of("softmax_divergence", "-np.sum(t * log_q)", "-np.sum(t * (log_q - np.log(np.where(t > 0, t, 1.0))))", "loss",
   "You take the entropy of the targets off, which makes a divergence: the loss is the cross-entropy alone.")
of("softmax_in_bits", "-np.sum(t * log_q)", "-np.sum(t * log_q) / np.log(2)", "loss uniform",
   "You take logarithms to the base 2: losses are in nats, natural logarithms.")
of("softmax_log_epsilon", "t * log_q", "t * np.log(np.exp(log_q) + 1e-5)", "loss",
   "The constant that you add inside the log changes the loss: compute the log of softmax directly, without it.")
of("softmax_taken_twice", LOG_Q,
   "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))\n    log_q = np.exp(log_q)\n"
   "    log_q = log_q - np.log(np.exp(log_q).sum(axis=1, keepdims=True))", "loss gradient one_hot",
   "You apply softmax twice, to logits and to its own probabilities: once is enough.")
of("softmax_with_complement", "-np.sum(t * log_q)", "-np.sum(t * log_q + (1 - t) * np.log1p(-np.exp(log_q)))",
   "loss uniform",
   "You add (1 - t) ln(1 - q) for each class: that is for yes or no, and here the row holds every class already.")
of("softmax_gradient_summed", "dx / n", "dx", "gradient",
   "Your dx is that of a sum over the batch, and the loss is a mean: divide dx by N.")
of("softmax_gradient_averaged_twice", "dx / n", "dx / n**2", "gradient",
   "You divide dx by N twice: once is enough.")
of("softmax_gradient_mean_of_elements", "dx / n", "dx / x.size", "gradient one_hot",
   "You divide dx by the number of elements: the loss is a mean over the N examples, so divide by N.")
of("softmax_targets_missing", "np.exp(log_q) - t", "np.exp(log_q)", "gradient one_hot",
   "Your dx is the probabilities alone: take off the targets before dividing by N.")
of("softmax_gradient_sign", "np.exp(log_q) - t", "t - np.exp(log_q)", "gradient one_hot",
   "Your dx points uphill: it is (softmax(x) - t) / N, not the other way round.")
of("softmax_gradient_of_logits", "np.exp(log_q) - t", "shifted - t", "gradient one_hot",
   "Your dx uses the logits where it needs their softmax: dx is (softmax(x) - t) / N.")
of("softmax_gradient_of_probabilities", "np.exp(log_q) - t", "-t / np.exp(log_q)", "gradient one_hot",
   "Your dx is the gradient of the probabilities, -t / q: go on through softmax, which leaves softmax(x) - t.")
of("softmax_slope_of_sigmoid", "np.exp(log_q) - t", "(np.exp(log_q) - t) * np.exp(log_q) * (1 - np.exp(log_q))",
   "gradient one_hot", "You multiply dx by q (1 - q), which is part of softmax(x) - t already: leave it out.")
of("softmax_gradient_not_shifted", "np.exp(log_q) - t", "np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) - t",
   "stable_gradient", "Your gradient takes exp of the logits themselves, which overflows: use the shifted ones.")
of("softmax_shift_in_place", "shifted = x - x.max(axis=1, keepdims=True)",
   "x -= x.max(axis=1, keepdims=True)\n    shifted = x",
   "pure", "x -= x.max(...) changes the caller's array: write shifted = x - x.max(...).")
of("softmax_loss_of_each_row", "loss = -np.sum(t * log_q) / n", "loss = -np.sum(t * log_q, axis=1) / n", "loss",
   "You return a loss for each example: add them up, and divide by N.")
of("softmax_loss_in_a_list", "-np.sum(t * log_q) / n", "np.array([-np.sum(t * log_q) / n])", "shapes",
   "Your loss is an array of one number: return the number itself.")

# ── binary cross-entropy ───────────────────────────────────────────────────────────────────────

of = edits(binary_cross_entropy_with_logits)
BOTH = "loss gradient"
TERMS = "np.logaddexp(0, z) - y * z"

of("binary_no_complement", TERMS, "y * np.logaddexp(0, -z)", "loss undecided hard",
   "Your loss has the term for y alone: add that for 1 - y, -(1 - y) ln(1 - σ(z)).")
of("binary_complement_alone", TERMS, "(1 - y) * np.logaddexp(0, z)", "loss undecided hard",
   "Your loss has the term for 1 - y alone: add that for y, -y ln σ(z).")
of("binary_targets_exchanged", TERMS, "np.logaddexp(0, z) - (1 - y) * z", "loss hard",
   "You have y and 1 - y the wrong way round: y weighs ln σ(z).")
of("binary_targets_exchanged_throughout", TERMS, "np.logaddexp(0, z) - (1 - y) * z", "loss gradient hard undecided",
   "You take y for the probability of no: y is the target of σ(z).", also={"sigmoid - y": "sigmoid - (1 - y)"})
of("binary_sign_of_logit", TERMS, "np.logaddexp(0, z) + y * z", "loss hard",
   "You add y z where it is taken off: ln(1 + exp(z)) - y z.")
of("binary_loss_negative", TERMS, "y * z - np.logaddexp(0, z)", "loss undecided hard",
   "Your loss is negative: the log of a probability is below zero, so the loss is minus its mean.")
of("binary_loss_summed", f"np.sum({TERMS}) / n", f"np.sum({TERMS})", "loss undecided",
   "Your loss is the sum over the batch: divide it by N.")
of("binary_in_bits", f"np.sum({TERMS}) / n", f"np.sum({TERMS}) / n / np.log(2)", "loss undecided",
   "You take logarithms to the base 2: losses are in nats, natural logarithms.")
of("binary_targets_as_booleans", TERMS, "np.where(y > 0.5, np.logaddexp(0, -z), np.logaddexp(0, z))", "loss",
   "You make yes or no of y: y may be anything from 0 to 1, and weighs both terms.")
of("binary_only_certain_targets", TERMS, "(y == 1) * np.logaddexp(0, -z) + (y == 0) * np.logaddexp(0, z)",
   "loss undecided", "Your loss knows targets of exactly 0 and 1 alone: y may be anything between.")
of("binary_gradient_of_booleans", "sigmoid - y", "sigmoid - (y > 0.5)", "gradient undecided",
   "You make yes or no of y in the gradient: take off y as it is, σ(z) - y.")
of("binary_probabilities_for_logits", TERMS, "-(y * np.log(np.clip(z, 1e-7, 1 - 1e-7)) + (1 - y) * np.log(1 - "
   "np.clip(z, 1e-7, 1 - 1e-7)))", "loss undecided",
   "You take z for a probability: it is a logit, so put it through the sigmoid.")
of("binary_sigmoid_taken_twice", "n = len(z)", "n = len(z)\n    z = 1 / (1 + np.exp(-z))", BOTH,
   "You apply the sigmoid twice: the formulas with ln(1 + exp) take the logit itself.")
of("binary_log_epsilon", TERMS,
   "-y * np.log(np.exp(-np.logaddexp(0, -z)) + 1e-5) - (1 - y) * np.log(np.exp(-np.logaddexp(0, z))"
   " + 1e-5)", "loss", "The constant that you add inside the log changes the loss: compute ln(1 + exp) instead.")
of("binary_log_clipped", TERMS, "np.minimum(np.logaddexp(0, z), -np.log(1e-12)) * (1 - y) + "
   "np.minimum(np.logaddexp(0, -z), -np.log(1e-12)) * y", "stable",
   "You clip the probabilities at 1e-12, so a loss of 1000 becomes 28: compute ln(1 + exp) of the logit instead.")
of("binary_log_of_zero", TERMS, "-y * np.log(1 / (1 + np.exp(-z))) - (1 - y) * np.log(1 - 1 / (1 + np.exp(-z)))",
   "stable",
   "You compute the sigmoid and then its logarithm, and log(0) is -inf: use max(z, 0) - z y + ln(1 + exp(-|z|)).")
of("binary_exponential_overflows", TERMS, "np.log(1 + np.exp(z)) - y * z", "stable",
   "Your exp overflows for large logits: keep its exponent below 0, max(z, 0) - z y + ln(1 + exp(-|z|)).")
of("binary_sigmoid_overflows", "np.exp(-np.logaddexp(0, -z))", "np.exp(z) / (1 + np.exp(z))", "stable_gradient",
   "Your sigmoid is inf / inf for large logits: write 1 / (1 + exp(-z)) there.")
of("binary_gradient_summed", "(sigmoid - y) / n", "sigmoid - y", "gradient undecided",
   "Your dz is that of a sum over the batch, and the loss is a mean: divide dz by N.")
of("binary_gradient_averaged_twice", "(sigmoid - y) / n", "(sigmoid - y) / n**2", "gradient undecided",
   "You divide dz by N twice: once is enough.")
of("binary_gradient_sign", "sigmoid - y", "y - sigmoid", "gradient undecided",
   "Your dz points uphill: it is (σ(z) - y) / N, not the other way round.")
of("binary_targets_missing", "sigmoid - y", "sigmoid", "gradient undecided",
   "Your dz is the sigmoid alone: take off y before dividing by N.")
of("binary_gradient_of_logit", "sigmoid - y", "z - y", "gradient undecided",
   "Your dz uses the logit where it needs its sigmoid: dz is (σ(z) - y) / N.")
of("binary_sigmoid_reversed", "np.exp(-np.logaddexp(0, -z))", "np.exp(-np.logaddexp(0, z))", "gradient",
   "Your sigmoid falls: σ(z) is 1 / (1 + exp(-z)), with the minus sign.")
of("binary_slope_of_sigmoid", "sigmoid - y", "(sigmoid - y) * sigmoid * (1 - sigmoid)", "gradient undecided",
   "You multiply dz by σ (1 - σ), which is what squared error has: here it cancels, and dz is (σ(z) - y) / N.")
of("binary_gradient_of_probabilities", "sigmoid - y", "(sigmoid - y) / (sigmoid * (1 - sigmoid))", "gradient undecided",
   "Your dz is the gradient of the probabilities: multiply by the sigmoid's slope, σ (1 - σ).")
of("binary_sigmoid_in_place", "sigmoid = np.exp(-np.logaddexp(0, -z))", "sigmoid = np.exp(-np.logaddexp(0, -z), out=z)",
   "pure", "You write the sigmoid into z, which is the caller's array: make a new one.")
of("binary_column", "(sigmoid - y) / n", "((sigmoid - y) / n)[:, None]", "shapes",
   "Your dz has the shape (N, 1): it must have that of z, (N,).")
of("binary_loss_in_a_list", f"np.sum({TERMS}) / n", f"np.array([np.sum({TERMS}) / n])", "shapes",
   "Your loss is an array of one number: return the number itself.")

# ── hinge loss ─────────────────────────────────────────────────────────────────────────────────

of = edits(hinge_loss)
CORRECT = "scores[rows, y][:, None]"

of("hinge_right_class_counted", "    terms[rows, y] = 0\n", "", "loss known_answer",
   "You count the right class as well, which adds the margin to every loss: the sum is over the other classes.",
   also={"dscores = (terms > 0).astype(float)": "dscores = (terms > 0).astype(float)\n    dscores[rows, y] = 0"})
of("hinge_right_class_in_count", "dscores[rows, y] = -dscores", "dscores[rows, y] = -1 - dscores",
   "gradient known_answer",
   "You count the right class among those that are too close: minus the sum over the other classes is its gradient.")
of("hinge_margin_subtracted", "+ margin", "- margin", "loss gradient known_answer",
   "You subtract the margin: a term is max(0, s_j - s_y + margin).")
of("hinge_margin_missing", " + margin", "", "loss gradient known_answer",
   "You leave out the margin: the right class must win by it, max(0, s_j - s_y + margin).")
of("hinge_margin_ignored", "+ margin", "+ 1.0", "margin margin_gradient",
   "Your margin is always 1: use the argument.")
of("hinge_margin_ignored_in_gradient", "dscores = (terms > 0).astype(float)",
   "dscores = (scores - scores[rows, y][:, None] + 1 > 0).astype(float)\n    dscores[rows, y] = 0", "margin_gradient",
   "Your gradient counts with a margin of 1, whatever is given: use the argument there, too.")
of("hinge_other_default", "margin=1.0", "margin=0.5", "default_margin",
   "Your margin is not 1 if it is not given: write margin=1.0 in the signature.")
of("hinge_scores_exchanged", f"scores - {CORRECT}", f"{CORRECT} - scores", "loss gradient known_answer",
   "You have the scores the wrong way round: a term is the other score minus the right one, plus the margin.")
of("hinge_not_cut_off", "np.maximum(scores - scores[rows, y][:, None] + margin, 0)",
   "scores - scores[rows, y][:, None] + margin",
   "loss known_answer", "You leave out the max: a class that is beaten by the margin counts 0.")
of("hinge_squared", "terms.sum()", "(terms**2).sum()", "loss known_answer",
   "You square the terms: the hinge loss adds them up as they are.")
of("hinge_squared_throughout", "terms.sum()", "(terms**2).sum()", "loss gradient known_answer",
   "You compute the squared hinge loss: the terms count as they are, and each has the slope 1.",
   also={"(terms > 0).astype(float)": "2 * terms"})
of("hinge_worst_class_alone", "terms.sum()", "terms.max(axis=1).sum()", "loss known_answer",
   "You take the worst class alone: every class that is too close counts.")
of("hinge_worst_class_throughout", "terms[rows, y] = 0", "terms[rows, y] = 0\n    terms *= terms == terms.max(axis=1, "
   "keepdims=True)", "loss gradient",
   "You take the worst class alone, in the loss and in dscores: every class that is too close counts.")
of("hinge_summed", "terms.sum() / n", "terms.sum()", "loss known_answer",
   "Your loss is the sum over the batch: divide it by N.")
of("hinge_mean_of_elements", "terms.sum() / n", "terms.mean()", "loss known_answer",
   "You average over the classes, too: sum over them, and divide by the number of examples.")
of("hinge_gradient_summed", "dscores / n", "dscores", "gradient known_answer",
   "Your dscores is that of a sum over the batch, and the loss is a mean: divide it by N.")
of("hinge_gradient_averaged_twice", "dscores / n", "dscores / n**2", "gradient known_answer",
   "You divide dscores by N twice: once is enough.")
of("hinge_gradient_sign", "dscores / n", "-dscores / n", "gradient known_answer",
   "Your dscores points uphill: wrong classes that are too close have +1/N, the right class minus their sum.")
of("hinge_right_class_not_pushed", "    dscores[rows, y] = -dscores.sum(axis=1)\n", "", "gradient known_answer",
   "You leave out the right class: each term has s_y in it too, with a minus sign.")
of("hinge_right_class_once", "-dscores.sum(axis=1)", "-(dscores.sum(axis=1) > 0).astype(float)",
   "gradient known_answer",
   "You push the right class once: it is in every term that counts, so minus their number is its gradient.")
of("hinge_right_class_always", "-dscores.sum(axis=1)", "-1.0", "gradient known_answer",
   "You always push the right class by 1: minus the number of classes that are too close is its gradient.")
of("hinge_wrong_classes_not_pushed", "dscores[rows, y] = -dscores.sum(axis=1)",
   "count = dscores.sum(axis=1)\n    dscores[...] = 0\n    dscores[rows, y] = -count", "gradient known_answer",
   "You push the right class alone: each wrong class that is too close has a gradient of +1/N.")
of("hinge_whole_columns", "dscores[rows, y] = -dscores.sum(axis=1)",
   "for i, label in enumerate(y):\n        dscores[:, label] = -dscores[i].sum()", "gradient known_answer",
   "dscores[:, y] changes whole columns: pick one entry for each row, dscores[np.arange(N), y].")
of("hinge_terms_as_gradient", "(terms > 0).astype(float)", "terms.copy()", "gradient known_answer",
   "Your gradient holds the terms themselves: the slope of max(0, …) is 1 where it is above 0.")
of("hinge_pushed_on_at_the_kink", "dscores = (terms > 0).astype(float)",
   "dscores = (terms > 0).astype(float)\n    dscores[scores - scores[rows, y][:, None] + margin == 0] = -1", "kink",
   "Where a term is exactly 0 you push the wrong way: the slope there is 0 or 1.")
of("hinge_kink_on_one_side", "dscores[rows, y] = -dscores.sum(axis=1)",
   "dscores[rows, y] = -dscores.sum(axis=1)\n    dscores[scores - scores[rows, y][:, None] + margin == 0] = 1", "kink",
   "Where a term is exactly 0 you push the wrong class and not the right one: both belong to the same term.")
of("hinge_scores_shifted_in_place", "terms = np.maximum(scores - scores[rows, y][:, None] + margin, 0)",
   "scores += margin - scores[rows, y][:, None]\n    terms = np.maximum(scores, 0)", "pure",
   "scores += ... changes the caller's array: make a new one.")
of("hinge_loss_in_a_list", "terms.sum() / n", "np.array([terms.sum() / n])", "shapes",
   "Your loss is an array of one number: return the number itself.")
of("hinge_gradient_extra_axis", "dscores / n", "dscores[None] / n", "shapes",
   "Your dscores has an axis too many: it must have the shape of scores, (N, C).")

# ── least squares ──────────────────────────────────────────────────────────────────────────────

of = edits(least_squares)

of("squares_two_missing", "w + 2 * X.T @ residual", "w + X.T @ residual", "gradient known_answer",
   "The factor 2 of the squares is missing in your gradient, as on the slide: w + 2 Σ (x·w - y) x.")
of("squares_two_for_penalty", "w + 2 * X.T", "2 * w + 2 * X.T", "gradient known_answer",
   "The penalty is ½‖w‖², so its gradient is w: the ½ cancels the 2.")
of("squares_penalty_missing_in_gradient", "w + 2 * X.T", "2 * X.T", "gradient known_answer",
   "The gradient of the penalty, w, is missing in yours.")
of("squares_penalty_missing", "0.5 * np.sum(w**2) + np.sum(residual**2)", "np.sum(residual**2)", "value known_answer",
   "The penalty, ½‖w‖², is missing in your value.")
of("squares_penalty_not_halved", "0.5 * np.sum(w**2)", "np.sum(w**2)", "value known_answer",
   "Your penalty is ‖w‖²: it is half of that.")
of("squares_halved", "+ np.sum(residual**2)", "+ 0.5 * np.sum(residual**2)", "value known_answer",
   "You take half of the squares: the ½ belongs to the penalty alone.")
of("squares_averaged", "+ np.sum(residual**2)", "+ np.mean(residual**2)", "value known_answer",
   "You average the squares: this function is their sum over the examples.")
of("squares_averaged_throughout", "+ np.sum(residual**2)", "+ np.mean(residual**2)", "value gradient known_answer",
   "You average over the examples, in the value and in the gradient: this function is a sum.",
   also={"2 * X.T @ residual": "2 * X.T @ residual / len(X)"})
of("squares_gradient_averaged", "2 * X.T @ residual", "2 * X.T @ residual / len(X)", "gradient known_answer",
   "You divide the gradient by N: the function is a sum over the examples.")
of("squares_norm_not_squared", "0.5 * np.sum(w**2)", "0.5 * np.sqrt(np.sum(w**2))", "value known_answer",
   "Your penalty is half of the norm: it is half of the squared norm.")
of("squares_absolute", "np.sum(residual**2)", "np.sum(np.abs(residual))", "value known_answer",
   "You add up the absolute residuals: it is their squares.")
of("squares_sum_squared", "np.sum(residual**2)", "np.sum(residual) ** 2", "value known_answer",
   "You square the sum of the residuals: square each one, then add up.")
of("squares_residual_sign", "2 * X.T @ residual", "2 * X.T @ (y - X @ w)", "gradient known_answer",
   "Your residual is y - x·w in the gradient, which turns its sign: it is x·w - y.")
of("squares_penalty_sign", "w + 2 * X.T", "-w + 2 * X.T", "gradient known_answer",
   "You take the penalty's gradient off: it is added, as the penalty is.")
of("squares_targets_missing", "X @ w - y", "X @ w", "value gradient known_answer",
   "You leave out y: the residual is x·w - y.")
of("squares_inputs_missing", "2 * X.T @ residual", "2 * residual.sum()", "gradient known_answer",
   "You leave out the inner derivative: each residual is multiplied by its x.")
of("squares_penalty_in_place", "return value, gradient", "w *= 0.5\n    return value, gradient", "pure",
   "w *= ... changes the caller's array: write 0.5 * w, which makes a new one.")
of("squares_column", "w + 2 * X.T @ residual", "(w + 2 * X.T @ residual)[:, None]", "shapes",
   "Your gradient is a column: it must have the shape of w, (D,).")
of("squares_value_in_a_list", "0.5 * np.sum(w**2) + np.sum(residual**2)",
   "np.array([0.5 * np.sum(w**2) + np.sum(residual**2)])",
   "shapes", "Your value is an array of one number: return the number itself.")

of = edits(least_squares_step)
STEP = "w - rate * gradient"
ALL = "values known_answer converges"

of("step_two_missing", STEP, "w - rate * (w + X.T @ (X @ w - y))", ALL,
   "Your step drops the factor 2 of the squares, as the slide does: the gradient is w + 2 Σ (x·w - y) x.")
of("step_uphill", STEP, "w + rate * gradient", ALL,
   "Your step goes uphill: subtract rate times the gradient.")
of("step_gradient_returned", STEP, "gradient", ALL,
   "You return the gradient: return w after the step.")
of("step_difference_returned", STEP, "-rate * gradient", ALL,
   "You return the step alone: add it to w.")
of("step_rate_ignored", STEP, "w - gradient", ALL,
   "You ignore the rate: the step is rate times the gradient.")
of("step_penalty_missing", STEP, "w - rate * 2 * X.T @ (X @ w - y)", ALL,
   "Your step leaves out the gradient of the penalty, w.")
of("step_averaged", STEP, "w - rate * (w + 2 * X.T @ (X @ w - y) / len(X))", ALL,
   "You average over the examples: the function is a sum.")
of("step_gradient_averaged", STEP, "w - rate * gradient / len(X)", "values known_answer",
   "You divide the gradient by N: the function is a sum over the examples.")
of("step_one_example_alone", "least_squares(w, X, y)", "least_squares(w, X[:1], y[:1])", ALL,
   "You use the first example alone: the gradient is a sum over all of them.")
of("step_example_by_example", "    _, gradient = least_squares(w, X, y)\n",
   "    gradient, new = w, w.copy()\n    for x, target in zip(X, y, strict=True):\n"
   "        new -= rate * 2 * (x @ new - target) * x\n    w = new\n", "values known_answer",
   "You go on to the next example from the new w: all residuals of one step are those of the old w.")
of("step_normalized", STEP, "w - rate * gradient / np.linalg.norm(gradient)", "values known_answer converges",
   "You divide the gradient by its norm: the step is rate times the gradient as it is.")
of("step_column", STEP, "(w - rate * gradient)[:, None]", "shape",
   "Your new w is a column: it must have the shape of w, (D,).")
of("step_in_place", "return w - rate * gradient", "w -= rate * gradient\n    return w", "pure",
   "w -= ... changes the caller's array: compute the new w in an array of its own.")
# fmt: on


@mistake("softmax_cross_entropy", caught_by=("gradient", "one_hot"))
def softmax_jacobian_diagonal(x, t):
    """Your Jacobian of softmax has its diagonal alone, q (1 - q): each probability depends on all logits."""
    q = np.exp(x - x.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    loss, _ = softmax_cross_entropy(x, t)
    return loss, -t * (1 - q) / len(x)
