"""What students get wrong in `training`, and what a teacher would say: most of them edits of the
reference."""

# An edit reads best in two or three lines.
# fmt: off
import numpy as np

from autograder import edits, mistake

from .reference import network_forward, network_loss, train

# ── the forward pass ───────────────────────────────────────────────────────────────────────────

PADDED, FILTERS = "padded[:, 2:-2, 2:-2] = x", "w.reshape(len(w), -1)"
LOGITS, FLAT = 'flat @ params["W3"] + params["b3"],', "flat = hidden2"

# network_loss goes through network_forward, so most of these show there as well.
of = edits(network_forward, seen_in=(network_loss,))
of("kernels_transposed", FILTERS, "w.swapaxes(2, 3).reshape(len(w), -1)", "values",
   "Rows and columns of your windows are exchanged: the axes of a window must stand as those of the filter.")
of("padded_at_the_end", PADDED, "padded[:, :H, :W] = x", "values",
   "You put all four lines of zeros behind the image: put two on each side.")
of("padded_with_the_edge", PADDED, 'padded = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge")', "values",
   "You repeat the border of the image: the padding is zeros.")
of("biases_forgotten", " @ columns + b[:, None]", " @ columns", "values",
   "Your convolutions add no bias: add b[f] to every pixel of channel f.")
of("last_bias_forgotten", LOGITS, 'flat @ params["W3"],', "values",
   "Your affine layer adds no bias: add b3 to every row of logits.")
of("first_relu_forgotten", "np.maximum(out, 0)", "out", "values",
   "There is no ReLU between your two convolutions.", also={FLAT: "hidden2 = np.maximum(hidden2, 0)\n    " + FLAT})
of("second_relu_forgotten", "np.maximum(out, 0)", "out", "values",
   "There is no ReLU behind your second convolution.",
   also={"hidden2, columns2 =": "hidden1 = np.maximum(hidden1, 0)\n    hidden2, columns2 ="})
of("relus_forgotten", "np.maximum(out, 0)", "out", "values",
   "There is no ReLU behind your convolutions.")
of("channels_averaged", FILTERS, FILTERS + " / C", "values",
   "You average over the channels of the input: a filter sums over them.")
of("flattened_channels_last", FLAT, FLAT + ".transpose(1, 2, 0, 3)", "values",
   "You flatten with the channels last: W3 expects them one after another, as in (N, G, H, W).")

of = edits(network_forward)
of("halves_rounded_down", "[:, ::2, ::2]", "[:, : H // 2 * 2 : 2, : W // 2 * 2 : 2]", "odd_sizes",
   "You round half of an odd height or width down: the last window counts, so round up.")
of("kernels_turned", FILTERS, "w[:, :, ::-1, ::-1].reshape(len(w), -1)", "values race hidden_values",
   "Your kernels are turned by 180°: a convolution in deep learning multiplies the window as it is.")
of("softmax_returned", "return flat", "logits = flat", "values",
   "You return probabilities: return the logits, without a softmax.",
   also={'params["b3"], (hidden1, columns1, hidden2, columns2, flat)':
         'params["b3"]\n    powers = np.exp(logits - logits.max(axis=1, keepdims=True))\n'
         "    return powers / powers.sum(axis=1, keepdims=True), None"})
of("logits_with_an_axis_too_many", LOGITS, '(flat @ params["W3"] + params["b3"])[:, None],', "shape",
   "Your logits have an axis of length 1 too many: return (N, C).")
of("filters_flattened_in_params", FLAT, 'params["W1"] = params["W1"].reshape(len(params["W1"]), -1)\n    ' + FLAT,
   "pure",
   "You write the flattened filters into params: keep them in a variable of your own.")

# ── the loss and its gradients ─────────────────────────────────────────────────────────────────

LOSS, DIVIDED, RETURN = "labels].mean(), grads", "dlogits /= N", "return -log_p"
ALL = "loss affine second first hidden_gradients"
BACKWARD = "affine second first"
MASK = "(hidden2.reshape(G, -1) > 0)"

of = edits(train)
of("weights_with_an_axis_too_many", "    return params",
   "    return {name: array[None] for name, array in params.items()}", "shapes",
   "You return each array with an axis more: its shape is that of params.")

of = edits(network_loss)
of("summed_over_the_batch", DIVIDED, "pass", ALL,
   "You sum over the examples: take the mean, in the loss and in its gradients.", also={LOSS: "labels].sum(), grads"})
of("kernels_turned_throughout", "logits, (",
   "params = {name: w[:, :, ::-1, ::-1] if w.ndim == 4 else w for name, w in params.items()}\n    logits, (", ALL,
   "Your network turns its kernels by 180°, there and back: the loss must be that of kernels as they are.",
   also={LOSS: "labels].mean(), {name: w[:, :, ::-1, ::-1] if w.ndim == 4 else w for name, w in grads.items()}"})
of("gradients_not_divided", DIVIDED, "pass", BACKWARD,
   "Your loss is a mean, but its gradients are those of the sum: divide dlogits by N.")
of("gradients_divided_twice", DIVIDED, "dlogits /= N**2", BACKWARD,
   "You divide the gradients by N twice: the loss is one mean over the examples.")
of("loss_summed", LOSS, "labels].sum(), grads", "loss",
   "Your gradients are those of the mean, but your loss is the sum over the examples: divide it by N.")
of("log_of_two", LOSS, "labels].mean() / np.log(2), grads", "loss",
   "Your loss is in bits: use the natural logarithm.")
of("loss_without_log", "-log_p[examples", "-np.exp(log_p)[examples", "loss",
   "Your loss is minus the probability of the label: take its logarithm.")
of("gradients_uphill", DIVIDED, "dlogits /= -N", BACKWARD,
   "Your gradients have the wrong sign: dlogits is softmax minus one-hot.")
of("one_hot_not_subtracted", "dlogits[examples, labels] -= 1", "pass", BACKWARD,
   "You go back from the softmax alone: subtract 1 at the label first.")
of("one_subtracted_in_every_row", "dlogits[examples, labels] -= 1", "dlogits[:, labels] -= 1", BACKWARD,
   "You subtract 1 in whole columns: subtract it in each row at its own label, dlogits[np.arange(N), labels].")
of("last_bias_averaged", '"b3": dlogits.sum(axis=0)', '"b3": dlogits.mean(axis=0)', "affine",
   "Your gradient of b3 is a mean over the examples, and the loss is one already: sum dlogits over its rows.")
of("second_mask_forgotten", f" * {MASK}", "", "second first",
   "On the way back you pass by the second ReLU: its gradient is 0 where its output is 0.")
of("first_mask_forgotten", " * (hidden1 > 0)", "", "first",
   "On the way back you pass by the first ReLU: its gradient is 0 where its output is 0.")
of("masks_forgotten", f" * {MASK}", "", "second first",
   "On the way back you pass by both ReLUs: the gradient of each is 0 where its output is 0.",
   also={" * (hidden1 > 0)": ""})
of("masks_from_gradients", MASK, "((params['W3'] @ dlogits.T).reshape(G, -1) > 0)", "second first",
   "You look for zeros in the gradient: ReLU's gradient is 0 where its output is 0.",
   also={"(dpadded[:, 2 : H1 + 2, 2 : W1 + 2] * (hidden1 > 0))":
         "np.maximum(dpadded[:, 2 : H1 + 2, 2 : W1 + 2], 0)"})
of("second_mask_from_gradient", MASK, "((params['W3'] @ dlogits.T).reshape(G, -1) > 0)", "second first",
   "You look for zeros in the gradient of the second ReLU: it is 0 where the ReLU's output is 0.")
of("overlaps_overwritten", "+= dwindows", "= dwindows", "first",
   "A pixel lies in several windows, and you keep the gradient of the last one: add with +=.")
of("padding_cut_at_one_end", "2 : H1 + 2, 2 : W1 + 2", ":H1, :W1", "first",
   "You cut the padding off at the end only: the image starts behind two lines of it.")
of("kernels_turned_on_the_way_back", 'params["W2"].reshape(G', 'params["W2"][:, :, ::-1, ::-1].reshape(G', "first",
   "You turn the kernels by 180° on the way back: each window's gradient is dout times the filter as it is.")
of("filters_averaged_over_positions", "(dout2 @ columns2.T)", "(dout2 @ columns2.T / (H2 * W2))", "second first",
   "You average the gradients of filters over the positions: they are used at all of them, so sum.",
   also={"(dout1 @ columns1.T)": "(dout1 @ columns1.T / (H1 * W1))"})
of("stops_at_the_second_layer", "(dout1 @ columns1.T)", "(0 * dout1 @ columns1.T)", "first",
   "Your gradients of W1 and b1 are 0: go back through the second convolution to the first.",
   also={"dout1.sum(axis=1)": "0 * dout1.sum(axis=1)"})
of("biases_averaged", "dout2.sum(axis=1)", "dout2.sum(axis=1) / (H2 * W2)", "second",
   "Your gradients of b1 and b2 are means over the positions: a bias is added at all of them, so sum.",
   also={"dout1.sum(axis=1)": "dout1.sum(axis=1) / (H1 * W1)"})
of("biases_averaged_over_all", "dout2.sum(axis=1)", "dout2.mean(axis=1)", "second",
   "Your gradients of b1 and b2 are means over examples and positions: a bias is added at all of them, so sum.",
   also={"dout1.sum(axis=1)": "dout1.mean(axis=1)"})
of("second_bias_averaged", "dout2.sum(axis=1)", "dout2.mean(axis=1)", "second",
   "Your gradient of b2 is a mean over examples and positions: a bias is added at all of them, so sum.")
of("exponentials_overflow", "logits - logits.max(axis=1, keepdims=True)", "logits", "large",
   "exp overflows for large logits: subtract each row's maximum first.")
of("biases_as_rows", "dlogits.sum(axis=0)", "dlogits.sum(axis=0, keepdims=True)", "shapes",
   "Your gradients of the biases are rows (1, F): sum without keepdims, so that they look like the biases.",
   also={"dout2.sum(axis=1)": "dout2.sum(axis=1)[None]", "dout1.sum(axis=1)": "dout1.sum(axis=1)[None]"})
of("loss_as_array", "-log_p[examples, labels].mean()", "-log_p[examples, labels].mean(keepdims=True)", "shapes",
   "Your loss is an array of one number: return the number.")
of("step_taken_inside", RETURN,
   "for name, dw in grads.items():\n        params[name] = params[name] - 0.01 * dw\n    " + RETURN, "pure",
   "You change params while you compute the gradients: network_loss leaves them as they are, the step is train's.")

# ── training ───────────────────────────────────────────────────────────────────────────────────

COPY = "params = dict(params)"
END = "if step % every == 0:\n            commit(params)\n    commit(params)\n    return params"

of = edits(train)
of("never_commits", END, "pass\n    return params", "learns",
   "You never call commit, so no weights of yours are judged.")
of("commits_the_start", END, "pass\n    return params", "learns",
   "You commit before you train and never after it: what counts is the copy, and it is taken when you call commit.",
   also={COPY: "commit(params)\n    " + COPY})
of("updates_nothing", "params[name] + velocity[name]", "params[name]", "learns",
   "Your weights never change: put the updated arrays back into the dict that you commit.")
of("climbs", "- rate * gradient", "+ 0.1 * rate * gradient", "learns",
   "You add the gradient, which leads uphill: subtract it.")
of("labels_out_of_step", "labels[batch]", "labels[rng.permutation(batch)]", "learns",
   "You shuffle images and labels apart from each other: use the same permutation for both.")
of("rate_far_too_small", "0.08 *", "1e-6 *", "learns",
   "Your learning rate is so small that the weights hardly move.")
of("commits_gradients", END, "pass\n    commit(grads)\n    return params", "learns",
   "You commit gradients: commit the weights.")
of("commits_the_last_layer", END, 'pass\n    commit({"W3": params["W3"], "b3": params["b3"]})\n    return params',
   "learns", "You commit some of the arrays: hand over the whole dict.")
of("commits_one_by_one", END, "pass\n    for array in params.values():\n        commit(array)\n    return params",
   "learns", "You commit an array at a time: commit takes the whole dict.")
of("trained_on_other_images", "images[batch]", "1 - images[batch]", "learns",
   "You train on images that you have changed, but the weights are judged on images as you got them.")
of("commits_every_other_step", "every = -(-steps // 60)", "every = 2", "commits",
   "You commit more than 64 times: commit now and then, the more steps you take the more rarely.")
of("returns_nothing", "commit(params)\n    return params", "commit(params)", "returns",
   "You return nothing: return the trained params.")
of("returns_the_start", "return params", "return start", "returns",
   "You return the params that you were given: return the trained ones.",
   also={COPY: "start, params = params, dict(params)"})
of("params_in_place", COPY, "pass", "pure",
   "You write the trained arrays into the dict that you were given: start with a copy, dict(params).")
of("data_shuffled_in_place", COPY,
   "order = rng.permutation(len(labels))\n    images[:], labels[:] = images[order], labels[order]\n    " + COPY, "pure",
   "You shuffle the images and labels that you were given: shuffle indices, or copies.")


@mistake("train", caught_by="any_order")
def trained_in_order(params, images, labels, commit, rng):
    """You take the images as they come: where they are sorted, each class makes the last one forgotten; shuffle."""
    for _ in range(2):
        velocity = dict.fromkeys(params, 0.0)
        for batch in np.split(np.arange(len(labels)), range(32, len(labels), 32)):
            _, grads = network_loss(params, images[batch], labels[batch])
            velocity = {name: 0.9 * velocity[name] - 0.05 * dw for name, dw in grads.items()}
            params = {name: w + velocity[name] for name, w in params.items()}
    commit(params)
    return params
