# %% [markdown]
# # Looking inside: what a trained network sees
#
# A network that classifies well says nothing of *why*. This notebook asks it. Four questions, each with a tool that takes
# a few lines of PyTorch, because autograd does the calculus this time:
#
# | question | tool |
# |---|---|
# | Which pixels does this decision hang on? | saliency maps, guided backpropagation |
# | What would the network like to see? | gradient ascent on the image |
# | How little must change before it says something else? | fooling images |
# | What does a layer, a filter, a feature respond to? | feature maps, filters, patches, neighbours, PCA |
#
# In training, the images are given and the weights move. Here the weights are given, and **the gradient with respect to
# the image** tells what the image does to a score.
#
# A *model* is an `nn.Sequential`, whose layers may be such sequences themselves. Its ReLUs are modules, its last layer
# gives one unnormalised score for each class: there is no softmax. Images are `(N, C, H, W)`. Five habits:
#
# 1. **Evaluation mode.** A network in training mode normalises by the batch and drops units at random, so the same image
#    gets another answer each time. Switch to evaluation for the question.
# 2. **Leave the model as you found it.** It is not yours: its weights, running statistics and gradients, its hooks and
#    `requires_grad`, and the mode of *each* module, since a fine-tuned network may hold single layers in evaluation.
# 3. **Leave the image as it was, too**: work on `x.detach().clone().requires_grad_()`. `loss.backward()` fills the `.grad`
#    of every parameter on its way; `torch.autograd.grad` returns the one gradient that you want, and touches nothing.
# 4. **Scores, not probabilities.** The probability of a class rises as well when the others' scores fall, and its
#    gradient is nearly zero where the network is sure. Ask the unnormalised score.
# 5. **Images of a batch are alone** in evaluation mode: the gradient of the *sum* of their scores holds each image's own.

# %%
import contextlib

import numpy as np
import torch
from torch import nn

# %% [markdown]
# ## Something to look at
#
# This cell is given: small coloured pictures of four shapes, and a network that learns to tell them apart in a few
# seconds. Nothing is downloaded. Where you have written a tool, set `draw` to True here and in the cell behind it (they
# need matplotlib, and are not graded); set it back before you hand in, since nobody looks at the pictures then.

# %%
SHAPES = ("bar lying", "bar standing", "cross", "ring")


def draw_shapes(count, rng, size=16):
    """Make images (count, 3, size, size) of coloured shapes on noise, and their labels (count,)."""
    images = 0.3 * rng.random((count, 3, size, size))
    labels = rng.integers(0, len(SHAPES), count)
    lying = np.zeros((7, 7))
    lying[2:5] = 1
    ring = np.ones((7, 7))
    ring[2:5, 2:5] = 0
    masks = (lying, lying.T, np.maximum(lying, lying.T), ring)
    for image, label in zip(images, labels, strict=True):
        top, left = rng.integers(0, size - 6, 2)
        image[:, top : top + 7, left : left + 7] += masks[label] * rng.uniform(0.3, 1.0, (3, 1, 1))
    return torch.tensor(images, dtype=torch.float32), torch.tensor(labels)


def train_small_network(images, labels, steps=150):
    """Train a small network on the shapes, and return it in evaluation mode."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 8, 5, padding=2), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(16 * 4 * 4, 32),
        nn.ReLU(),
        nn.Linear(32, len(SHAPES)),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(steps):
        batch = torch.arange(64 * step, 64 * step + 64) % len(images)
        loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


def show(rows, titles=()):
    """Draw rows of images (C, H, W) or maps (H, W), each stretched to its own range."""
    import matplotlib.pyplot as plt

    width = max(map(len, rows))
    size = (1.6 * width, 1.6 * len(rows) + 0.4)
    _, axes = plt.subplots(len(rows), width, figsize=size, squeeze=False, layout="constrained")
    for axis in axes.flat:
        axis.axis("off")
    for row, line in zip(rows, axes, strict=True):
        for image, axis in zip(row, line, strict=False):
            image = image.detach().numpy()
            image = (image - image.min()) / max(np.ptp(image), 1e-12)
            axis.imshow(image if image.ndim == 2 else image.transpose(1, 2, 0), cmap="magma")
    for title, axis in zip(titles, axes[0], strict=False):
        axis.set_title(title, fontsize=8)
    plt.show()


draw = False
if draw:
    images, labels = draw_shapes(1000, np.random.default_rng(0))
    model = train_small_network(images, labels)
    right = (model(images).argmax(dim=1) == labels).double()
    show(
        [[images[labels == c][0] for c in range(4)]],
        [f"{shape}\n{right[labels == c].mean():.0%} right" for c, shape in enumerate(SHAPES)],
    )


# %% [markdown]
# ## A question that leaves no trace
#
# Nearly everything below runs the model in evaluation mode for a moment, and many tools need the same gradient, so write
# both once. `evaluation(model)` is to be used as `with evaluation(model): …`. Note that `model.train(was_training)` is
# not the way back: it puts every module into one mode.
#
# `score_gradient` is $\partial s_y / \partial x$ for each image of a batch: pick each image's own score, add them up, and
# ask `torch.autograd.grad`. Neither of the two is graded by itself; write them differently, or not at all, if you like.

# %%
@contextlib.contextmanager
def evaluation(model):
    """Put the model into evaluation mode while the `with` block lasts, and then each module back into its own mode."""
    raise NotImplementedError("evaluation is not written yet")


def score_gradient(model, x, y):
    """Compute the gradient of each image's score for its class, in evaluation mode.

    model: nn.Sequential
    x: (N, C, H, W)
    y: (N,), classes, int64

    Returns a tensor of x's shape.
    """
    raise NotImplementedError("score_gradient is not written yet")


# %% [markdown]
# ## Saliency
#
# Near the image at hand a network is almost linear, $s_y(x + d) \approx s_y(x) + d \cdot \partial s_y / \partial x$. So the
# size of the derivative says how much a pixel matters, whichever way it pushes (Simonyan, Vedaldi and Zisserman, 2014).
# A pixel has several channels, and its saliency is the largest of them:
#
# $$M_{ij} = \max_c \left| \frac{\partial s_y}{\partial x_{cij}} \right|.$$
#
# Test it on a linear model: there it is $\max_c |w_{y,cij}|$, whatever the image.

# %%
def saliency(model, x, y):
    """Compute the saliency map of each image, in evaluation mode.

    model: nn.Sequential, left as it was found
    x: (N, C, H, W), left as it was
    y: (N,), the class that is asked about in each image, int64

    Returns maps (N, H, W).
    """
    raise NotImplementedError("saliency is not written yet")


# %% [markdown]
# ## Guided backpropagation
#
# A saliency map is noisy, because paths that speak for a class and paths that speak against it cancel. Guided
# backpropagation (Springenberg et al., 2015) keeps the first alone. An ordinary ReLU passes a gradient back where its
# *input* was positive. The guided one asks for that **and** for a positive gradient:
#
# $$g_\text{in} = g_\text{out} \cdot [z > 0] \cdot [g_\text{out} > 0].$$
#
# It holds at **every** ReLU, also at those inside of nested sequences, and nowhere else: what leaves the first layer may be
# negative. Ways to get there: a full backward hook on each ReLU (take it off again, whatever happens), a copy of the model
# whose ReLUs are exchanged, a `torch.autograd.Function`, or your own walk through the layers.

# %%
def guided_backprop(model, x, y):
    """Compute the gradient of each image's score in which every ReLU also stops negative gradients, in evaluation mode.

    model: nn.Sequential, left as it was found, without a hook
    x: (N, C, H, W), left as it was
    y: (N,), the class that is asked about in each image, int64

    Returns a tensor of x's shape.
    """

    raise NotImplementedError("guided_backprop is not written yet")


# %%
draw = False
if draw:
    some = torch.stack([(labels == c).nonzero()[0, 0] for c in range(4)])
    maps, guided = saliency(model, images[some], labels[some]), guided_backprop(model, images[some], labels[some])
    show([images[some], maps, guided], SHAPES)


# %% [markdown]
# ## What a class looks like
#
# Now let the image move. Gradient **ascent** on a class's score, with a penalty that keeps the pixels small, paints what
# the network looks for:
#
# $$I \leftarrow I + \text{lr} \left( \frac{\partial s_c}{\partial I} - 2 \lambda I \right),$$
#
# one step uphill on $s_c(I) - \lambda \|I\|^2$. For a linear model you can say where it ends: at $w_c / (2\lambda)$.

# %%
def class_image(model, c, x0, steps, lr, lam):
    """Climb from x0 towards an image that the model takes for class c, in evaluation mode.

    model: nn.Sequential, left as it was found
    c: the class, an int
    x0: (1, C, H, W), where to begin; left as it was
    steps: how many steps, 0 or more
    lr: the size of a step
    lam: the weight of the penalty on the sum of squares

    Returns the image (1, C, H, W) after the last step.
    """
    raise NotImplementedError("class_image is not written yet")


# %% [markdown]
# ## Fooling a network
#
# The same ascent from a real image, in steps of equal length,
#
# $$x \leftarrow x + \text{lr} \cdot g / \|g\|, \qquad g = \partial s_\text{target} / \partial x,$$
#
# until the target is what the model predicts. Ask **before** each step, so that an image which is taken for the target
# already comes back as it is, after 0 updates; and give up after `max_steps`. $\|g\|$ is the norm over the whole image.
# Where $g = 0$ there is no way up, and the image stays as it is: do not divide by 0.
#
# On a linear model with orthonormal rows you can count the steps. Each raises the target's score by `lr` and leaves the
# others alone, so a gap that is not a multiple of `lr` takes $\lfloor \text{gap} / \text{lr} \rfloor + 1$ of them.

# %%
def fooling_image(model, x, target, lr, max_steps):
    """Change x until the model takes it for the target class, in evaluation mode.

    model: nn.Sequential, left as it was found
    x: (1, C, H, W), left as it was
    target: the class that it shall be taken for, an int
    lr: the length of each step
    max_steps: after how many updates to give up, 0 or more

    Returns the image (1, C, H, W) and how many updates were made. If the gradient is 0, x stays as it is, and the number
    of updates is free.
    """
    raise NotImplementedError("fooling_image is not written yet")


# %%
draw = False
if draw:
    grey = torch.full((1, 3, 16, 16), 0.3)
    show([[class_image(model, c, grey, 60, 0.1, 0.02)[0] for c in range(4)]], SHAPES)
    x = images[labels == 0][:1]
    fooled, updates = fooling_image(model, x, 3, 0.1, 200)
    titles = (SHAPES[model(x).argmax()], f"{updates} updates later:\n{SHAPES[model(fooled).argmax()]}", "difference")
    show([[x[0], fooled[0], (fooled - x)[0]]], titles)


# %% [markdown]
# ## Feature maps and filters
#
# What a layer gives can be caught by a forward hook, or by running the model up to it. Names are those of
# `model.named_modules()`: "0" is the first layer, "2.1" the second one inside of the third; a name of a nested sequence
# means what that sequence gives.
#
# The filters of the first layer can be looked at as they are, once each is stretched to [0, 1]: **by its own** minimum and
# maximum over C, H and W, or a single large weight makes all other filters grey. A constant filter becomes 0.

# %%
def feature_maps(model, x, layer):
    """Compute what the layer of that name gives, in evaluation mode.

    model: nn.Sequential, left as it was found, without a hook
    x: (N, C, H, W), left as it was
    layer: a name as in model.named_modules(), such as "0" or "2.1"

    Returns the layer's output, (N, F, H', W') for a convolution.
    """
    raise NotImplementedError("feature_maps is not written yet")


def scaled_filters(w):
    """Scale each filter to [0, 1] by its own minimum and maximum.

    w: (F, C, H, W), left as it was

    Returns filters (F, C, H, W). A filter whose weights are all equal becomes 0.
    """
    raise NotImplementedError("scaled_filters is not written yet")


# %% [markdown]
# ## The patches that a channel likes best
#
# A cell of a feature map sees a square of the image, its receptive field. To learn what a channel responds to, find the k
# cells where it is largest, **over all images and places at once**, and cut their squares out. Cell (i, j) of a map stands
# for rows i·stride − field//2 to i·stride + field//2, the last one included, and columns alike, for an odd `field`. At the
# border the square is clipped: a patch is what the image has of it. (A start of −1 means the last row to Python.)

# %%
def top_patches(maps, images, channel, k, field, stride):
    """Cut out what the k largest numbers of one channel see.

    maps: (N, F, h, w), a layer's output for the images
    images: (N, C, H, W)
    channel: which of the F channels, an int
    k: how many patches, at most N h w
    field: side of the receptive field, odd
    stride: how many pixels lie between neighbouring cells

    Returns a list of k patches (C, ph, pw), smaller at the border, and the numbers (k,), the largest first.
    """
    raise NotImplementedError("top_patches is not written yet")


# %%
draw = False
if draw:
    show([scaled_filters(model[0][0].weight)])
    maps = feature_maps(model, images, "0.2")
    show([top_patches(maps, images, channel, 8, 5, 1)[0] for channel in range(4)])


# %% [markdown]
# ## Features as coordinates
#
# The last hidden layer turns an image into a vector in which distance means something: neighbours in *pixels* share a
# background, neighbours in *features* share a shape. Two ways to look at such vectors:
#
# - the **k nearest** to a query by Euclidean distance, nearest first;
# - their projection onto the k directions of largest variance, **PCA**: subtract the mean, take the eigenvectors of the
#   covariance (with 1/N), largest eigenvalue first. An eigenvector's sign is free, and so is that of a column.

# %%
def nearest_neighbors(features, query, k):
    """Find the k features nearest to the query in Euclidean distance.

    features: (N, D)
    query: (D,)
    k: how many, at most N

    Returns their indices (k,), the nearest first.
    """
    raise NotImplementedError("nearest_neighbors is not written yet")


def pca(features, k):
    """Project features onto the k directions in which they vary most.

    features: (N, D)
    k: how many, at most N and at most D

    Returns the projection (N, k) of the centred features and the variances (k,) along the directions, with 1/N, falling.
    """
    raise NotImplementedError("pca is not written yet")


# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    features = feature_maps(model, images, "5")
    show([images[nearest_neighbors(features, features[i], 6)] for i in range(3)], ("query", *["near"] * 5))
    projection, variances = pca(features, 2)
    plt.scatter(*projection.T, c=labels, cmap="tab10", s=8)
    plt.title(f"variances {variances[0]:.2f} and {variances[1]:.2f}: four shapes, four groups")
    plt.show()

# %% [markdown]
# Check your work with: autograder check visualization visualization.py
