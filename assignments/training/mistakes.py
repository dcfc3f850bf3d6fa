"""Known mistakes: what students get wrong, the check that must catch it, and what to tell them."""

import numpy as np

from autograder import mistake

from .reference import network_forward, network_loss

# ── the forward pass ───────────────────────────────────────────────────────────────────────────


def _relu(x):
    return np.maximum(x, 0)


def _windows(x, before=2, after=2):
    padded = np.pad(x, ((0, 0), (0, 0), (before, after), (before, after)))
    return np.lib.stride_tricks.sliding_window_view(padded, (5, 5), axis=(2, 3))[:, :, ::2, ::2]


def _convolution(x, w, b):
    return np.einsum("nchwpq,fcpq->nfhw", _windows(x), w, optimize=True) + b[:, None, None]


def _logits(params, images, convolution=_convolution, relu1=_relu, relu2=_relu):
    hidden = relu1(convolution(images, params["W1"], params["b1"]))
    hidden = relu2(convolution(hidden, params["W2"], params["b2"]))
    return hidden.reshape(len(images), -1) @ params["W3"] + params["b3"]


@mistake("network_forward", caught_by=("values", "race", "hidden_values"))
def kernels_turned(params, images):
    """Your kernels are turned by 180°: a convolution in deep learning multiplies the window as it is."""
    return _logits(params, images, lambda x, w, b: _convolution(x, w[:, :, ::-1, ::-1], b)), None


@mistake("network_forward", caught_by="values")
def kernels_transposed(params, images):
    """Rows and columns of your windows are exchanged: the axes of a window must stand as those of the filter."""
    return _logits(params, images, lambda x, w, b: _convolution(x, w.swapaxes(2, 3), b)), None


@mistake("network_forward", caught_by="values")
def padded_at_the_end(params, images):
    """You put all four lines of zeros behind the image: put two on each side."""

    def convolution(x, w, b):
        return np.einsum("nchwpq,fcpq->nfhw", _windows(x, 0, 4), w) + b[:, None, None]

    return _logits(params, images, convolution), None


@mistake("network_forward", caught_by="values")
def padded_with_the_edge(params, images):
    """You repeat the border of the image: the padding is zeros."""

    def convolution(x, w, b):
        padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="edge")
        return _convolution(padded, w, b)[:, :, 1:-1, 1:-1]

    return _logits(params, images, convolution), None


@mistake("network_forward", caught_by="values")
def biases_forgotten(params, images):
    """Your convolutions add no bias: add b[f] to every pixel of channel f."""
    return _logits(params, images, lambda x, w, b: _convolution(x, w, 0 * b)), None


@mistake("network_forward", caught_by="values")
def first_relu_forgotten(params, images):
    """There is no ReLU between your two convolutions."""
    return _logits(params, images, relu1=lambda x: x), None


@mistake("network_forward", caught_by="values")
def second_relu_forgotten(params, images):
    """There is no ReLU behind your second convolution."""
    return _logits(params, images, relu2=lambda x: x), None


@mistake("network_forward", caught_by="values")
def channels_averaged(params, images):
    """You average over the channels of the input: a filter sums over them."""
    return _logits(params, images, lambda x, w, b: _convolution(x, w / x.shape[1], b)), None


@mistake("network_forward", caught_by="values")
def flattened_channels_last(params, images):
    """You flatten with the channels last: W3 expects them one after another, as in (N, G, H, W)."""
    hidden = _relu(_convolution(images, params["W1"], params["b1"]))
    hidden = _relu(_convolution(hidden, params["W2"], params["b2"])).transpose(0, 2, 3, 1)
    return hidden.reshape(len(images), -1) @ params["W3"] + params["b3"], None


@mistake("network_forward", caught_by="values")
def softmax_returned(params, images):
    """You return probabilities: return the logits, without a softmax."""
    logits, _ = network_forward(params, images)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True), None


@mistake("network_forward", caught_by="shape")
def logits_with_an_axis_too_many(params, images):
    """Your logits have an axis of length 1 too many: return (N, C)."""
    return network_forward(params, images)[0][:, None], None


@mistake("network_forward", caught_by="pure")
def filters_flattened_in_params(params, images):
    """You write the flattened filters into params: keep them in a variable of your own."""
    answer = network_forward(params, images)
    params["W1"] = params["W1"].reshape(len(params["W1"]), -1)
    return answer


# ── the loss and its gradients ─────────────────────────────────────────────────────────────────


@mistake("network_loss", caught_by=("loss", "affine", "second", "first", "hidden_gradients"))
def summed_over_the_batch(params, images, labels):
    """You sum over the examples: take the mean, in the loss and in its gradients."""
    loss, grads = network_loss(params, images, labels)
    return len(labels) * loss, {name: len(labels) * dw for name, dw in grads.items()}


@mistake("network_loss", caught_by=("loss", "affine", "second", "first", "hidden_gradients"))
def kernels_turned_throughout(params, images, labels):
    """Your network turns its kernels by 180°, there and back: the loss must be that of kernels as they are."""

    def turned(arrays):
        return {name: w[:, :, ::-1, ::-1] if w.ndim == 4 else w for name, w in arrays.items()}

    loss, grads = network_loss(turned(params), images, labels)
    return loss, turned(grads)


@mistake("network_loss", caught_by=("affine", "second", "first"))
def gradients_not_divided(params, images, labels):
    """Your loss is a mean, but its gradients are those of the sum: divide dlogits by N."""
    loss, grads = network_loss(params, images, labels)
    return loss, {name: len(labels) * dw for name, dw in grads.items()}


@mistake("network_loss", caught_by="loss")
def log_of_two(params, images, labels):
    """Your loss is in bits: use the natural logarithm."""
    loss, grads = network_loss(params, images, labels)
    return loss / np.log(2), grads


@mistake("network_loss", caught_by=("affine", "second", "first"))
def gradients_uphill(params, images, labels):
    """Your gradients have the wrong sign: dlogits is softmax minus one-hot."""
    loss, grads = network_loss(params, images, labels)
    return loss, {name: -dw for name, dw in grads.items()}


def _backward(params, images, labels, one_hot=True, mask2=True, mask1=True, add=True, cut=2):
    """The gradients by the chain rule, with steps that can be left out."""
    hidden1 = _relu(_convolution(images, params["W1"], params["b1"]))
    hidden2 = _relu(_convolution(hidden1, params["W2"], params["b2"]))
    flat = hidden2.reshape(len(images), -1)
    logits = flat @ params["W3"] + params["b3"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax = powers / powers.sum(axis=1, keepdims=True)
    examples = np.arange(len(labels))
    dlogits = (softmax - one_hot * np.eye(logits.shape[1])[labels]) / len(labels)
    dout2 = (dlogits @ params["W3"].T).reshape(hidden2.shape) * np.where(mask2, hidden2 > 0, 1)
    dout1 = _to_input(dout2, params["W2"], hidden1.shape, add, cut) * np.where(mask1, hidden1 > 0, 1)
    grads = {"W3": flat.T @ dlogits, "b3": dlogits.sum(axis=0)}
    for layer, x, dout in (("1", images, dout1), ("2", hidden1, dout2)):
        grads["W" + layer] = np.einsum("nfhw,nchwpq->fcpq", dout, _windows(x), optimize=True)
        grads["b" + layer] = dout.sum(axis=(0, 2, 3))
    return -np.log(softmax[examples, labels]).mean(), grads


def _to_input(dout, w, shape, add, cut):
    dpadded = np.zeros((*shape[:2], shape[2] + 4, shape[3] + 4))
    height, width = dout.shape[2:]
    for i, j in np.ndindex(5, 5):
        seen = (slice(None), slice(None), slice(i, i + 2 * height, 2), slice(j, j + 2 * width, 2))
        dpadded[seen] = np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j]) + (dpadded[seen] if add else 0)
    return dpadded[:, :, cut : cut + shape[2], cut : cut + shape[3]]


@mistake("network_loss", caught_by=("affine", "second", "first"))
def one_hot_not_subtracted(params, images, labels):
    """You go back from the softmax alone: subtract 1 at the label first."""
    return _backward(params, images, labels, one_hot=False)


@mistake("network_loss", caught_by=("second", "first"))
def second_mask_forgotten(params, images, labels):
    """On the way back you pass by the second ReLU: its gradient is 0 where its output is 0."""
    return _backward(params, images, labels, mask2=False)


@mistake("network_loss", caught_by="first")
def first_mask_forgotten(params, images, labels):
    """On the way back you pass by the first ReLU: its gradient is 0 where its output is 0."""
    return _backward(params, images, labels, mask1=False)


@mistake("network_loss", caught_by="first")
def overlaps_overwritten(params, images, labels):
    """A pixel lies in several windows, and you keep the gradient of the last one: add with +=."""
    return _backward(params, images, labels, add=False)


@mistake("network_loss", caught_by="first")
def padding_cut_at_one_end(params, images, labels):
    """You cut the padding off at the end only: the image starts behind two lines of it."""
    return _backward(params, images, labels, cut=0)


@mistake("network_loss", caught_by=("second", "first"))
def filters_averaged_over_positions(params, images, labels):
    """You average the gradients of filters over the positions: they are used at all of them, so sum."""
    loss, grads = network_loss(params, images, labels)
    positions = [-(-images.shape[2] // k) * -(-images.shape[3] // k) for k in (2, 4)]
    return loss, {**grads, "W1": grads["W1"] / positions[0], "W2": grads["W2"] / positions[1]}


@mistake("network_loss", caught_by="first")
def stops_at_the_second_layer(params, images, labels):
    """Your gradients of W1 and b1 are 0: go back through the second convolution to the first."""
    loss, grads = network_loss(params, images, labels)
    return loss, {**grads, "W1": 0 * grads["W1"], "b1": 0 * grads["b1"]}


@mistake("network_loss", caught_by="second")
def biases_averaged(params, images, labels):
    """Your gradients of b1 and b2 are means over the positions: a bias is added at all of them, so sum."""
    loss, grads = network_loss(params, images, labels)
    positions = [-(-images.shape[2] // k) * -(-images.shape[3] // k) for k in (2, 4)]
    return loss, {**grads, "b1": grads["b1"] / positions[0], "b2": grads["b2"] / positions[1]}


@mistake("network_loss", caught_by="large")
def exponentials_overflow(params, images, labels):
    """exp overflows for large logits: subtract each row's maximum first."""
    logits, _ = network_forward(params, images)
    powers = np.exp(logits)
    softmax = powers / powers.sum(axis=1, keepdims=True)
    _, grads = network_loss(params, images, labels)
    right = softmax[np.arange(len(labels)), labels]
    return -np.log(right).mean(), {**grads, "b3": (softmax - np.eye(logits.shape[1])[labels]).mean(axis=0)}


@mistake("network_loss", caught_by="shapes")
def biases_as_rows(params, images, labels):
    """Your gradients of the biases are rows (1, F): sum without keepdims, so that they look like the biases."""
    loss, grads = network_loss(params, images, labels)
    return loss, {name: dw[None] if name.startswith("b") else dw for name, dw in grads.items()}


@mistake("network_loss", caught_by="pure")
def step_taken_inside(params, images, labels):
    """You change params while you compute the gradients: network_loss only looks, the step is train's."""
    loss, grads = network_loss(params, images, labels)
    for name, dw in grads.items():
        params[name] = params[name] - 0.01 * dw
    return loss, grads


# ── training ───────────────────────────────────────────────────────────────────────────────────


def _batches(count, rng, size=64, epochs=5):
    """Mini-batches of every example in a new order in each epoch, the last one cut."""
    for _ in range(epochs):
        yield from np.split(rng.permutation(count), range(size, count, size))


def _descend(params, images, labels, batches, rate=0.05):
    """Momentum's way down: the params after each step, a new dict each time."""
    velocity = dict.fromkeys(params, 0.0)
    for batch in batches:
        _, grads = network_loss(params, images[batch], labels[batch])
        velocity = {name: 0.9 * velocity[name] - rate * dw for name, dw in grads.items()}
        params = {name: w + velocity[name] for name, w in params.items()}
        yield params


@mistake("train", caught_by="learns")
def never_commits(params, images, labels, commit, rng):
    """You never call commit, so no weights of yours are judged."""
    *_, params = _descend(params, images, labels, _batches(len(labels), rng))
    return params


@mistake("train", caught_by="learns")
def commits_the_start(params, images, labels, commit, rng):
    """You commit before you train and never after it: what counts is the copy, and it is taken when you call commit."""
    commit(params)
    *_, params = _descend(params, images, labels, _batches(len(labels), rng))
    return params


@mistake("train", caught_by="learns")
def updates_nothing(params, images, labels, commit, rng):
    """Your weights never change: put the updated arrays back into the dict that you commit."""
    for _ in range(3):
        commit(params)
    return params


@mistake("train", caught_by="learns")
def climbs(params, images, labels, commit, rng):
    """You add the gradient, which leads uphill: subtract it."""
    *_, params = _descend(params, images, labels, _batches(len(labels), rng, epochs=2), rate=-0.01)
    commit(params)
    return params


@mistake("train", caught_by="learns")
def labels_out_of_step(params, images, labels, commit, rng):
    """You shuffle images and labels apart from each other: use the same permutation for both."""
    *_, params = _descend(params, images, rng.permutation(labels), _batches(len(labels), rng))
    commit(params)
    return params


@mistake("train", caught_by="learns")
def rate_far_too_small(params, images, labels, commit, rng):
    """Your learning rate is so small that the weights hardly move."""
    *_, params = _descend(params, images, labels, _batches(len(labels), rng), rate=1e-5)
    commit(params)
    return params


@mistake("train", caught_by="learns")
def commits_gradients(params, images, labels, commit, rng):
    """You commit gradients: commit the weights."""
    *_, params = _descend(params, images, labels, _batches(len(labels), rng))
    commit(network_loss(params, images[:64], labels[:64])[1])
    return params


@mistake("train", caught_by="learns")
def commits_the_last_layer(params, images, labels, commit, rng):
    """You commit some of the arrays: hand over the whole dict."""
    *_, params = _descend(params, images, labels, _batches(len(labels), rng))
    commit({"W3": params["W3"], "b3": params["b3"]})
    return params


@mistake("train", caught_by="learns")
def commits_one_by_one(params, images, labels, commit, rng):
    """You commit an array at a time: commit takes the whole dict."""
    *_, params = _descend(params, images, labels, _batches(len(labels), rng))
    for array in params.values():
        commit(array)
    return params


@mistake("train", caught_by="learns")
def trained_on_other_images(params, images, labels, commit, rng):
    """You train on images that you have changed, but the weights are judged on images as you got them."""
    *_, params = _descend(params, 1 - images, labels, _batches(len(labels), rng))
    commit(params)
    return params


@mistake("train", caught_by="any_order")
def trained_in_order(params, images, labels, commit, rng):
    """You take the images as they come: where they are sorted, each class makes the last one forgotten; shuffle."""
    batches = np.split(np.arange(len(labels)), range(32, len(labels), 32))
    for _ in range(2):
        *_, params = _descend(params, images, labels, batches)
    commit(params)
    return params


@mistake("train", caught_by="commits")
def commits_every_other_step(params, images, labels, commit, rng):
    """You commit more than 64 times: commit now and then, the more steps you take the more rarely."""
    for step, trained in enumerate(_descend(params, images, labels, _batches(len(labels), rng))):
        if step % 2 == 0:
            commit(trained)
    return trained


@mistake("train", caught_by="returns")
def returns_nothing(params, images, labels, commit, rng):
    """You return nothing: return the trained params."""
    *_, params = _descend(params, images, labels, _batches(len(labels), rng))
    commit(params)


@mistake("train", caught_by="returns")
def returns_the_start(params, images, labels, commit, rng):
    """You return the params that you were given: return the trained ones."""
    *_, trained = _descend(params, images, labels, _batches(len(labels), rng))
    commit(trained)
    return params


@mistake("train", caught_by="pure")
def params_in_place(params, images, labels, commit, rng):
    """You write the trained arrays into the dict that you were given: start with a copy, dict(params)."""
    *_, trained = _descend(params, images, labels, _batches(len(labels), rng))
    commit(trained)
    params.update(trained)
    return params


@mistake("train", caught_by="pure")
def data_shuffled_in_place(params, images, labels, commit, rng):
    """You shuffle the images and labels that you were given: shuffle indices, or copies."""
    order = rng.permutation(len(labels))
    images[:], labels[:] = images[order], labels[order]
    *_, params = _descend(params, images, labels, _batches(len(labels), rng))
    commit(params)
    return params
