# %% [markdown]
# # Transfer: a network that has learnt something else
#
# Few people train a large network from nothing. They take one that somebody trained on a million images, throw away its
# last layer, put a new one there, and train a little on the few hundred images that they have. It works because the
# early layers learn what most images have in common (edges, corners, strokes), and only the last ones learn what the
# classes were.
#
# How much of the network to train depends on how much data there is, and how much it is like the old data:
#
# | | new data are like the old | new data are different |
# |---|---|---|
# | few examples | train a new last layer alone, on fixed features | fixed features of an *earlier* layer, and a new last layer |
# | many examples | fine-tune all of it, at a small learning rate | fine-tune all of it; the old weights are still a good start |
#
# This notebook has the tools for all four: cut layers off, put a new head on, freeze what shall not change, read
# features out, and fine-tune. A model is an `nn.Sequential` here, and its layers may be `nn.Sequential`s themselves.
# Three habits:
#
# 1. **A module is an object.** Two containers can hold the same layer, and training through one of them changes what
#    the other computes. Here that is wanted: a network with a new head shares all its other layers with the old one.
# 2. **A model has modes, and whoever changes them puts them back.** Batch normalisation takes the batch's statistics in
#    training, and the running ones in evaluation. Dropout is active in training alone.
# 3. **Not everything that a network has learnt is a parameter.** The running means and variances of batch normalisation
#    are buffers: no gradient changes them, every forward pass in training does.

# %%
import copy

import numpy as np
import torch
from torch import nn

# %% [markdown]
# ## Cut off layers, put on a head
#
# A `Sequential` can be iterated over and has a length, so that its layers are easily put into a new one. **Leave the
# model as it is**: what you return is a new container, and the layers in it are the very same objects, not copies.
#
# Mind the slice that ends at minus nothing: `layers[:-n]` leaves off the last n layers, except for n = 0, where it
# leaves off all of them.
#
# The last layer of a classifier is a `Linear` that gives a score for each class. For other classes you need another
# one: as many inputs as the old one (`in_features`), as many outputs as there are classes, and new random weights, as
# `nn.Linear` makes them.


# %% nbgrader={"grade": false, "grade_id": "layers", "locked": false, "schema_version": 3, "solution": true, "task": false}
def truncate(model, n):
    """Make a model without the last layers of another one, whose other layers it shares.

    model: an nn.Sequential, left as it is
    n: how many of its layers to leave off, from 0 to len(model) - 1; a nested Sequential is one layer

    Returns a new nn.Sequential of the same layer objects.
    """
    ### BEGIN SOLUTION
    layers = list(model)
    return nn.Sequential(*layers[: len(layers) - n])
    ### END SOLUTION


def replace_head(model, classes):
    """Make a model with a new last layer, which shares all its other layers with another one.

    model: an nn.Sequential whose last layer is an nn.Linear, left as it is
    classes: how many scores the new model gives

    Returns a new nn.Sequential: the same layer objects, and a new nn.Linear in the place of the last one.
    """
    ### BEGIN SOLUTION
    head = nn.Linear(model[-1].in_features, classes)
    return nn.Sequential(*truncate(model, 1), head)
    ### END SOLUTION


# %% [markdown]
# ## Freeze
#
# A frozen layer computes the same function for ever. For most layers it is enough that their parameters get no
# gradient: `requires_grad` is False, and the optimizer passes them over.
#
# For batch normalisation it is **not** enough. In training it normalises with the statistics of the batch, and moves its
# running statistics towards them, whether its weight and bias are trained or not. So a frozen batch normalisation must
# be in evaluation mode, and stay there: the training loop will call `model.train()`, which puts all modules into
# training mode, yours among them. `module.eval()` alone lasts until then. A momentum of 0 keeps the running statistics
# but still normalises with the batch's.
#
# `model.train()` calls `train(mode)` of each layer, and an object's own attribute comes before the method of its class:
# a module whose attribute `train` is a function that does nothing but return the module stays as it is. (A forward
# hook, or a class of your own, does it too.)
#
# Modules have names: `model.named_modules()` yields them, `"0"` for the first layer, `"2.1"` for the second layer of
# the third, if that is a `Sequential`; `model.get_submodule(name)` finds one. Freezing a container freezes all that is
# in it, however deep. A name is not a prefix: `"1"` is not `"10"`.
#
# `trainable` tells what is left: the names of those *parameters* that require a gradient.


# %% nbgrader={"grade": false, "grade_id": "freeze", "locked": false, "schema_version": 3, "solution": true, "task": false}
def freeze(model, names):
    """Freeze some modules of a model, in place, with all that is in them. Returns nothing.

    model: an nn.Sequential
    names: list of module names, as in model.named_modules(): layers or containers

    Their parameters no longer require a gradient. Batch normalisation in them is in evaluation mode from now on, and
    stays there when model.train() is called. The rest of the model is left as it is.
    """
    ### BEGIN SOLUTION
    for name in names:
        frozen = model.get_submodule(name)
        frozen.requires_grad_(False)
        for module in frozen.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
                module.train = lambda mode=True, module=module: module
    ### END SOLUTION


def trainable(model):
    """List the names of the parameters that require a gradient, in the order of model.named_parameters().

    model: an nn.Sequential

    Returns a list of str.
    """
    ### BEGIN SOLUTION
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    ### END SOLUTION


# %% [markdown]
# ## Features
#
# With few examples, run each image once through the network without its head, and train a small classifier on what
# comes out. Three things belong to reading features out:
#
# - evaluation mode, or the features of an image depend on the other images of its batch;
# - no graph: nobody will ask for gradients, so `torch.no_grad()` saves the memory of all that lies between;
# - the model comes back as it was. *Every* module gets back its own mode: they may differ, as you have just seen, and
#   `model.train()` at the end would be a guess.


# %% nbgrader={"grade": false, "grade_id": "extract_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def extract_features(model, x):
    """Compute what a model gives in evaluation mode, without a graph, and leave the model as it was.

    model: an nn.Sequential, often a truncated one; each module may be in a mode of its own
    x: (N, ...), a batch

    Returns a tensor (N, ...) that requires no gradient. Modes, running statistics and requires_grad are as before.
    """
    ### BEGIN SOLUTION
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    with torch.no_grad():
        features = model(x)
    for module, mode in modes:
        module.training = mode
    return features
    ### END SOLUTION


# %% [markdown]
# ## Fine-tune
#
# The loop is the one that you know: a forward pass in training mode, the mean cross-entropy
# (`nn.functional.cross_entropy` takes scores and class numbers), a backward pass, a step of plain gradient descent,
# $w \leftarrow w - \text{lr} \cdot \partial L / \partial w$, without momentum and weight decay. Gradients add up in `.grad` until
# you clear them. The batches are taken in turn, and from the first again when all have been used.
#
# Only what requires a gradient is trained. What is frozen must be the same to the last bit afterwards, running
# statistics included: if `freeze` has done its work, `model.train()` is all that the loop has to say about modes.


# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fine_tune(model, batches, lr, steps):
    """Train a model, in place, on the mean cross-entropy with plain gradient descent, in training mode.

    model: an nn.Sequential, some of whose parameters may be frozen
    batches: a list of pairs x (N, ...) and y (N,), class numbers; taken in turn, and from the first again at the end
    lr: the learning rate
    steps: how many steps to take, one on each batch

    Returns the losses (steps,), each from before its step.
    """
    ### BEGIN SOLUTION
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(parameters, lr=lr)
    model.train()
    losses = []
    for step in range(steps):
        x, y = batches[step % len(batches)]
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses)
    ### END SOLUTION


# %% [markdown]
# ## Does it help?
#
# Now use it. The next cell makes glyphs, each of a few strokes between random points: sixty old ones, of which there are
# plenty of noisy, shifted examples, and six new ones, of which there are three examples each. A small network learns
# the old glyphs first (about three seconds). Then three networks learn the new ones from the same eighteen images:
#
# - **from scratch**, with random weights;
# - **fixed features**: the trained network with a new head, and all else frozen;
# - **fine-tuned**: the trained network with a new head, and nothing frozen.
#
# When your functions stand, set `draw` to True in the last cell (it needs matplotlib, and is not graded), and look at
# how many unseen images of the new glyphs each of them gets right. All three soon know their eighteen images by heart.
# The one that starts from nothing has learnt those eighteen images; the other two knew strokes before.


# %%
def make_glyphs(count, rng):
    """Draw `count` shapes (count, 6, 6) of 0 and 1, each of a few strokes between random points."""
    glyphs = np.zeros((count, 6, 6))
    for glyph in glyphs:
        row, column = rng.integers(0, 6, 2)
        while glyph.sum() < 9:
            end = rng.integers(0, 6, 2)
            while (row, column) != tuple(end):
                row, column = row + np.sign(end[0] - row), column + np.sign(end[1] - column)
                glyph[row, column] = 1
    return glyphs


def show_glyphs(glyphs, each, rng):
    """Make `each` images (1, 10, 10) of each glyph, shifted and with noise, in a random order, and their labels."""
    y = rng.permutation(np.repeat(np.arange(len(glyphs)), each))
    x = 0.25 * rng.standard_normal((len(y), 1, 10, 10))
    for image, label in zip(x, y, strict=True):
        row, column = rng.integers(0, 5, 2)
        image[0, row : row + 6, column : column + 6] += glyphs[label] * rng.uniform(0.7, 1.3)
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y)


def small_network(classes):
    """Make a network for images (N, 1, 10, 10): two blocks of convolutions, the mean over the image, and a head."""
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2, 2)),
        nn.Sequential(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU()),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, classes),
    )


def compare(rng, old=60, new=6, rounds=8):
    """Train on old glyphs, then in three ways on new ones. Returns {way: accuracy on unseen images, by rounds}."""
    glyphs = make_glyphs(old + new, rng)
    images, labels = show_glyphs(glyphs[:old], 30, rng)
    pretrained = small_network(old)
    fine_tune(pretrained, list(zip(images.split(32), labels.split(32), strict=True)), 0.3, 400)

    few, (unseen, truth) = show_glyphs(glyphs[old:], 3, rng), show_glyphs(glyphs[old:], 50, rng)
    accuracies = {}
    for way in ("from scratch", "fixed features", "fine-tuned"):
        # a copy, for what shares its layers is trained with it
        model = small_network(new) if way == "from scratch" else replace_head(copy.deepcopy(pretrained), new)
        if way == "fixed features":
            freeze(model, ["0", "1"])
        accuracies[way] = []
        for _ in range(rounds):
            fine_tune(model, [few], 0.1, 10)
            right = extract_features(model, unseen).argmax(dim=1) == truth
            accuracies[way].append(right.double().mean().item())
    return accuracies


# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    torch.manual_seed(1)
    for way, accuracy in compare(np.random.default_rng(1)).items():
        plt.plot(10 * np.arange(1, len(accuracy) + 1), accuracy, marker="o", label=way)
    plt.xlabel("steps on eighteen images of new glyphs")
    plt.ylabel("accuracy on three hundred unseen ones")
    plt.ylim(0, 1)
    plt.legend()
    plt.show()
