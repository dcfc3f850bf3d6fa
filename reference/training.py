# %% [markdown]
# # The training race
#
# You get a small convolutional network, the weights to start from, and four thousand labelled images of a kind that
# nobody has seen before. **Train the network to 95 % accuracy on images that you do not have, and spend as little
# compute as possible.** You have written every part of it by now; what counts here is how you put them together.
#
# **The network.** Images (N, 1, H, W) go through
#
# - a convolution with filters of 5 × 5, stride 2 and two lines of zeros around the image: `W1` (8, 1, 5, 5), `b1`; ReLU;
# - a convolution of the same kind: `W2` (16, 8, 5, 5), `b2`; ReLU;
# - an affine layer to one logit per class: `W3` (16·H″·W″, 10), `b3`.
#
# A convolution of this kind halves height and width, rounded up: 24 × 24 becomes 12 × 12 and 6 × 6. As always in
# deep learning, the kernel is not turned, and the affine layer sees the channels one after another,
# `hidden.reshape(N, -1)`. All numbers are float32; read all sizes from the arrays.
#
# **How the race is judged.** For three data sets, drawn when the race is run, the grader
#
# 1. starts your process with no data in it. When images and weights appear, the clock starts: it counts the seconds
#    of CPU time that your process uses, all its threads and helpers together;
# 2. runs `train(params, images, labels, commit, rng)`. Whenever you call `commit(params)`, the grader takes a copy of
#    these weights and looks at its clock. You may do so 64 times;
# 3. ends your process, and only then works out how many of 1500 test images each copy gets right, with its filters near
#    those given: where `W1` or `W2` as a whole lies further from the given one than 0.75 times its norm, it is moved back
#    on the straight line between the two, to that distance. **The first copy that reaches 95 % gives your time.** If
#    none does, this data set counts as not reached;
# 4. lets a plain trainer run on the same data. Your points depend on how many times faster than that you are: nothing
#    for being as fast, full points for twice as fast, a bonus beyond. You may use four times its compute, no more.
#
# **What helps**: a cheap step (one matrix product for each layer, no loop over images or pixels, float32 all the
# way); the batch size, for a step with 64 images costs less than two with 32; momentum or Adam; a learning rate that is
# large at first and falls; commits that are neither so rare that you train on for nothing nor so frequent that the
# copying shows.
#
# **What does not help**: weights that you bring along, because the classes of a race have never existed before, and filters
# of your own are moved back to those given, which hardly touches what gradient descent does at a usual rate; committing
# early and training on, because the copy is what counts; looking for the test images, because they are not there.
#
# The PyTorch track takes a file with the same `train(params, images, labels, commit, rng)`. There `params` and
# `images` are float32 tensors on the device, `labels` an int64 tensor on it, and `rng` is a `torch.Generator` on the
# CPU with a seed of the grader's.

# %%
import numpy as np

# %% [markdown]
# ## The data
#
# This is how the images are made; you need not change it, nor understand it all. A class is three strokes, each a curve
# with three control points (a quadratic Bézier curve). Of two hundred candidates, ten that look different are kept. An
# image is its class's strokes, a little bent, turned, stretched, slanted, moved, drawn with a pen of another width,
# and covered with noise. Each draw is taken by a camera of its own, which reads every block of 2 × 2 pixels as four mixtures
# of the four, the same in all blocks and all images: filters that fit one draw do not fit the next, and have to be learnt.
#
# The code is public, the seed of a race is not: another seed gives other classes. To practise on a draw of your own:
#
# ```python
# rng = np.random.default_rng(2024)
# images, labels = draw_glyphs(rng, 5500)
# practice, test = (images[:4000], labels[:4000]), (images[4000:], labels[4000:])
# ```
#
# `jitter=0.5` makes the task easier, and smaller images make it cheaper; good for a first try.


# %%
def draw_glyphs(rng, count, size=24, jitter=1.0):
    """Draw ten classes of glyphs, and images of them.

    rng: a np.random.Generator; equal generators give equal data
    count: how many images
    size: their height and width in pixels
    jitter: how much the images of a class differ; 0 would make them equal but for the noise

    Returns images (count, 1, size, size), float32 from -2 to 2, and labels (count,), int64 from 0 to 9.
    """
    t = np.linspace(0, 1, 9)[:, None]
    curve = np.hstack([(1 - t) ** 2, 2 * t * (1 - t), t**2])  # nine points on each stroke, from its control points

    def ink(strokes, pen, size):
        points = (curve @ strokes).reshape(len(strokes), 27, 1, 2)
        far = (np.linspace(-1.1, 1.1, size)[:, None] - points) / pen
        near = np.exp(-0.5 * far**2)  # a point's ink, as a product of one factor along each axis
        return near[..., 0].transpose(0, 2, 1) @ near[..., 1]

    candidates = rng.uniform(-0.75, 0.75, (200, 3, 3, 2))
    looks = ink(candidates, 0.25, 12).clip(0, 1.5).reshape(200, 144)
    apart = ((looks[:, None] - looks) ** 2).sum(axis=2)
    chosen = [0]
    while len(chosen) < 10:
        chosen.append(int(apart[chosen].min(axis=0).argmax()))

    labels = rng.integers(0, 10, count)
    strokes = candidates[chosen][labels] + jitter * rng.normal(0, 0.04, (count, 3, 3, 2))
    grow, turn, slant = jitter * rng.uniform(-0.28, 0.28, (3, count))
    moved = jitter * rng.uniform(-0.21, 0.21, (count, 1, 1, 2))
    matrices = np.array([[1 + grow, slant - turn], [slant + turn, 1 - grow]]).transpose(2, 0, 1)
    pen = rng.uniform(0.08, 0.14, (count, 1, 1, 1))
    images = ink(strokes @ matrices[:, None] + moved, pen, size) + rng.normal(0, 0.4, (count, size, size))
    images = images.clip(0, 1)
    camera = np.linalg.qr(rng.normal(0, 1, (4, 4)))[0]
    half = size // 2  # blocks along each axis; the last line of an odd size stays as it is
    blocks = images[:, : 2 * half, : 2 * half].reshape(count, half, 2, half, 2).transpose(0, 1, 3, 2, 4)
    blocks = (blocks.reshape(count, half, half, 4) @ camera).reshape(count, half, half, 2, 2)
    images[:, : 2 * half, : 2 * half] = blocks.transpose(0, 1, 3, 2, 4).reshape(count, 2 * half, 2 * half)
    # whole grey levels: the last bits, in which computers differ, are gone
    return (np.round(255 * images) / 255).astype(np.float32)[:, None], labels


def initial_weights(rng, size=24, filters=(8, 16), classes=10):
    """Draw the weights that training starts from, by He's rule.

    rng: a np.random.Generator
    size: height and width of the images
    filters: how many filters the two convolutions have

    Returns params, a dict of float32 arrays: W1, W2 (filters, channels, 5, 5), W3 (inputs, classes), b1, b2, b3.
    """
    first, second = filters
    shapes = {"W1": (first, 1, 5, 5), "W2": (second, first, 5, 5), "W3": (second * (-(-size // 4)) ** 2, classes)}
    fans = {"W1": 25, "W2": 25 * first, "W3": shapes["W3"][0]}
    params = {name: rng.normal(0, np.sqrt(2 / fans[name]), shape) for name, shape in shapes.items()}
    params |= {"b1": np.zeros(first), "b2": np.zeros(second), "b3": np.zeros(classes)}
    return {name: array.astype(np.float32) for name, array in params.items()}


# %% [markdown]
# ## The network
#
# The forward pass returns logits and a cache, whatever you need on the way back. The loss is the mean cross-entropy
# of the softmax; its gradient with respect to the logits is (softmax − one-hot)/N.
#
# A convolution is one matrix product, once each window of the image has been written into a row or a column of a
# matrix (*im2col*). `np.lib.stride_tricks.sliding_window_view` finds the windows without copying anything. On the way
# back the gradient of each window is added to the pixels that it came from, 25 additions of large arrays. The gradient
# of the images is not needed.


# %% nbgrader={"grade": false, "grade_id": "network", "locked": false, "schema_version": 3, "solution": true, "task": false}
def network_forward(params, images):
    """Compute the logits of the network.

    params: dict of arrays, W1 (F, 1, 5, 5), b1 (F,), W2 (G, F, 5, 5), b2 (G,), W3 (G·H″·W″, C), b3 (C,)
    images: (N, 1, H, W); H″ is H halved twice, each time rounded up, and so is W″

    Returns logits (N, C), and a cache for `network_loss`. Nothing that is given is changed.
    """

    ### BEGIN SOLUTION
    # images come last, so that what is copied and added lies side by side in memory
    def convolution(x, w, b):
        C, H, W, N = x.shape
        padded = np.zeros((C, H + 4, W + 4, N), x.dtype)
        padded[:, 2:-2, 2:-2] = x
        windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5), axis=(1, 2))[:, ::2, ::2]
        H, W = windows.shape[1:3]
        columns = windows.transpose(0, 4, 5, 1, 2, 3).reshape(C * 25, -1)
        out = w.reshape(len(w), -1) @ columns + b[:, None]
        return np.maximum(out, 0).reshape(len(w), H, W, N), columns

    hidden1, columns1 = convolution(images.transpose(1, 2, 3, 0), params["W1"], params["b1"])
    hidden2, columns2 = convolution(hidden1, params["W2"], params["b2"])
    flat = hidden2.reshape(-1, len(images)).T
    return flat @ params["W3"] + params["b3"], (hidden1, columns1, hidden2, columns2, flat)
    ### END SOLUTION


def network_loss(params, images, labels):
    """Compute the loss and the gradients of all parameters.

    params, images: as for `network_forward`
    labels: (N,), whole numbers from 0 to C - 1

    Returns the mean cross-entropy, a float, and grads, a dict with the keys and shapes of params. Nothing that is given
    is changed.
    """
    ### BEGIN SOLUTION
    logits, (hidden1, columns1, hidden2, columns2, flat) = network_forward(params, images)
    N, examples = len(labels), np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dlogits = np.exp(log_p)
    dlogits[examples, labels] -= 1
    dlogits /= N
    grads = {"W3": flat.T @ dlogits, "b3": dlogits.sum(axis=0)}

    G, H2, W2, _ = hidden2.shape
    dout2 = (params["W3"] @ dlogits.T).reshape(G, -1) * (hidden2.reshape(G, -1) > 0)
    grads |= {"W2": (dout2 @ columns2.T).reshape(params["W2"].shape), "b2": dout2.sum(axis=1)}

    F, H1, W1, _ = hidden1.shape
    dwindows = (params["W2"].reshape(G, -1).T @ dout2).reshape(F, 5, 5, H2, W2, N)
    dpadded = np.zeros((F, H1 + 4, W1 + 4, N), dlogits.dtype)
    for i, j in np.ndindex(5, 5):
        dpadded[:, i : i + 2 * H2 : 2, j : j + 2 * W2 : 2] += dwindows[:, i, j]
    dout1 = (dpadded[:, 2 : H1 + 2, 2 : W1 + 2] * (hidden1 > 0)).reshape(F, -1)
    grads |= {"W1": (dout1 @ columns1.T).reshape(params["W1"].shape), "b1": dout1.sum(axis=1)}
    return -log_p[examples, labels].mean(), grads
    ### END SOLUTION


# %% [markdown]
# ## Training
#
# Anything goes that trains this network from these weights: batch size, rule, schedule, number of epochs, when to
# commit. Count on other numbers of images than four thousand, in an order of their own, and on other sizes of images.
# Take randomness from `rng`.
#
# How will you know that 95 % are reached? You need not: commit now and then, and the grader finds out which copy was
# the first. But what you do after it is for nothing, and what you compute in order to know costs time as well.


# %% nbgrader={"grade": false, "grade_id": "train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train(params, images, labels, commit, rng):
    """Train the network, and hand over weights on the way.

    params: dict of arrays as for `network_forward`, where training starts; left as it was
    images: (N, 1, H, W), labels: (N,); left as they were
    commit: a function; `commit(params)` hands over a copy of these weights, at most 64 times
    rng: a np.random.Generator

    Returns the trained params, a new dict.
    """
    ### BEGIN SOLUTION
    params = dict(params)
    velocity = dict.fromkeys(params, 0.0)
    steps = 6 * len(labels) // 64
    every = -(-steps // 60)  # to commit 60 times at most, however many images there are
    for step in range(1, steps + 1):
        batch = rng.integers(0, len(labels), 64)
        _, grads = network_loss(params, images[batch], labels[batch])
        rate = 0.08 * (1 - step / steps)
        for name, gradient in grads.items():
            velocity[name] = 0.9 * velocity[name] - rate * gradient
            params[name] = params[name] + velocity[name]
        if step % every == 0:
            commit(params)
    commit(params)
    return params
    ### END SOLUTION
