# %% [markdown]
# # Preprocessing: data as a network likes it
#
# Before a network sees a number, somebody has chosen its units. This notebook first puts a table of features into a form
# in which gradient descent works well, then makes more images out of few: flips, crops, turns, contrast, brightness, noise.
#
# **Why centre and scale?** If all inputs of a unit are positive, all its weights get gradients of one sign, and descent
# goes in zigzags. If one feature is measured in millimetres and another in kilometres, one learning rate cannot fit both.
# Each step of the ladder takes one more such thing away:
#
# | step | what it does to the cloud of points | covariance afterwards |
# |---|---|---|
# | `zero_center` | moves its centre to the origin | as it was |
# | `standardize` | gives every feature the same spread | 1 on the diagonal |
# | `decorrelate` | turns it until its axes are the coordinate axes | diagonal |
# | `whiten` | stretches the axes until it is a ball | the identity |
#
# Three habits for everything below:
#
# 1. **Statistics come from the training set, and from nowhere else.** Test data are transformed with the training mean
#    and the training deviation. A mean that the test set had a part in has seen the test set.
# 2. **Randomness comes from `rng`**, the `np.random.Generator` that you are given: the same seed, the same images.
#    Never seed a generator yourself, and leave `np.random.rand` and its kin alone.
# 3. **Leave your arguments as they are.** `X -= X.mean(axis=0)` changes the caller's data set.

# %%
import numpy as np

# %% [markdown]
# ## Centre and scale
#
# `X` is a table with a row for each example and a column for each feature. The mean and the standard deviation are those
# of a column, over the examples: $\mu_j = \frac1N \sum_i x_{ij}$ and $\sigma_j^2 = \frac1N \sum_i (x_{ij} - \mu_j)^2$,
# divided by N, not by N − 1.
#
# A **constant column**, all of whose entries are equal, has no spread to divide by: 0 / 0 is NaN, and one NaN makes every
# weight of a network NaN. Such a column becomes 0, and 1 is returned as its deviation, so that test data are only moved.


# %% nbgrader={"grade": false, "grade_id": "standardize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def zero_center(X):
    """Subtract the mean of each column.

    X: (N, D), a row for each example

    Returns the centred X (N, D), a new array, and the means (D,).
    """
    ### BEGIN SOLUTION
    mean = X.mean(axis=0)
    return X - mean, mean
    ### END SOLUTION


def standardize(X):
    """Give each column mean 0 and standard deviation 1. A column whose entries are all equal becomes 0.

    X: (N, D), a row for each example: the training set

    Returns the standardised X (N, D), a new array, the means (D,) and the standard deviations (D,), which divide by N;
    the deviation of a column whose entries are all equal is returned as 1.
    """
    ### BEGIN SOLUTION
    centred, mean = zero_center(X)
    std = np.sqrt(np.mean(centred**2, axis=0))
    std[std == 0] = 1.0
    return centred / std, mean, std
    ### END SOLUTION


def apply_standardization(X, mean, std):
    """Transform any data, the test set for one, with the statistics of the training set.

    X: (N, D), a row for each example, perhaps a single one
    mean, std: (D,), what standardize returned for the training set

    Returns the transformed X (N, D), a new array.
    """
    ### BEGIN SOLUTION
    return (X - mean) / std
    ### END SOLUTION


# %% [markdown]
# ## Turn and stretch
#
# Two features that say nearly the same (height in centimetres, height in inches) make a long, narrow cloud. The symmetric
# matrix $C = \frac1N \sum_i (x_i - \mu)(x_i - \mu)^\top$ has orthogonal eigenvectors, the **principal axes** of the cloud,
# and its eigenvalues are the variances along them. Written in the basis of the eigenvectors (this is principal component
# analysis), the features are uncorrelated.
#
# The first column of the result belongs to the largest eigenvalue, the second to the next, and so on. `np.linalg.eigh`
# gives eigenvectors **as columns**, smallest eigenvalue first. An eigenvector times −1 is an eigenvector, so the sign of
# each column is yours to choose.
#
# Whitening divides each column by its deviation, $\sqrt{\lambda_j + \varepsilon}$. The $\varepsilon$ under the root keeps
# a direction that holds nothing but rounding from being blown up. (Turning the result back into the old axes would be
# another kind of whitening, ZCA; here, the columns stay those of the principal axes.)


# %% nbgrader={"grade": false, "grade_id": "whiten", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decorrelate(X):
    """Centre X, and write it in the basis of the eigenvectors of its covariance.

    X: (N, D), a row for each example, N > D

    Returns the decorrelated X (N, D), a new array: the variances of its columns fall; their signs are free.
    """
    ### BEGIN SOLUTION
    centred = X - X.mean(axis=0)
    covariance = centred.T @ centred / len(X)
    _, eigenvectors = np.linalg.eigh(covariance)  # the smallest variance comes first
    return centred @ eigenvectors[:, ::-1]
    ### END SOLUTION


def whiten(X, eps=1e-5):
    """Decorrelate X, and divide each column by the square root of its variance + eps.

    X: (N, D), a row for each example, N > D
    eps: is added to the variances, which divide by N

    Returns the whitened X (N, D), a new array, in the order of decorrelate; the signs of its columns are free.
    """
    ### BEGIN SOLUTION
    decorrelated = decorrelate(X)
    variances = np.mean(decorrelated**2, axis=0)
    return decorrelated / np.sqrt(variances + eps)
    ### END SOLUTION


# %% [markdown]
# ### Look at the ladder
#
# When your functions stand, set `draw` to True in the next cell (it needs matplotlib, and is not graded). The same cloud
# is drawn four times: centred, standardised, decorrelated, whitened. The axes of the last three tell you what was done.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    cloud = np.random.default_rng(0).standard_normal((400, 2)) @ [[3.0, 1.2], [0.0, 0.5]] + [4.0, 1.0]
    steps = {
        "centred": zero_center(cloud)[0],
        "standardised": standardize(cloud)[0],
        "decorrelated": decorrelate(cloud),
        "whitened": whiten(cloud),
    }
    figure, panels = plt.subplots(1, 4, figsize=(14, 3.5), sharex=True, sharey=True)
    for panel, (title, points) in zip(panels, steps.items(), strict=True):
        panel.scatter(*points.T, s=4)
        panel.set_title(title)
        panel.set_aspect("equal")
    plt.show()

# %% [markdown]
# ## The mean of a set of images
#
# A batch of images has the shape (N, C, H, W): images, channels, rows, columns. Two means are in use, and both are learnt
# from the training set. AlexNet subtracted the **mean image**, one number for every pixel of every channel. VGG subtracted
# the **mean of each channel**, three numbers in all, which fit images of any size.


# %% nbgrader={"grade": false, "grade_id": "image_means", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mean_image(images):
    """Compute the mean of a set of images, pixel by pixel.

    images: (N, C, H, W)

    Returns the mean image (C, H, W).
    """
    ### BEGIN SOLUTION
    return images.mean(axis=0)
    ### END SOLUTION


def channel_mean(images):
    """Compute the mean of each channel, over all images and all pixels.

    images: (N, C, H, W)

    Returns the means (C,).
    """
    ### BEGIN SOLUTION
    return images.mean(axis=(0, 2, 3))
    ### END SOLUTION


# %% [markdown]
# ## More images out of few: flips and crops
#
# A cat that looks to the left is a cat that looks to the right. **Augmentation** shows a network each image in another way
# in every epoch; what it learns then must not depend on what was changed. Every image of a batch gets a draw **of its
# own**: one coin for the batch would make all of its images alike.
#
# A flip exchanges left and right, so it turns around the last axis. A **random crop** surrounds each image with `pad` rows
# and columns of zeros and cuts a window of `size` × `size` pixels out of it. The window's upper edge stands in one of the
# rows 0, 1, …, H + 2·pad − size of the padded image, its left edge in one of the columns 0, 1, …, W + 2·pad − size, and
# all places are equally likely. Count them before you draw: `rng.integers(0, n)` never gives n.


# %% nbgrader={"grade": false, "grade_id": "flips_and_crops", "locked": false, "schema_version": 3, "solution": true, "task": false}
def flip(images, flipped):
    """Exchange left and right of some images.

    images: (N, C, H, W)
    flipped: (N,), booleans: which images to flip

    Returns the images (N, C, H, W), a new array; those that are not flipped are as they were.
    """
    ### BEGIN SOLUTION
    return np.where(flipped[:, None, None, None], images[..., ::-1], images)
    ### END SOLUTION


def random_flip(images, p, rng):
    """Flip each image with probability p, independently of the others.

    images: (N, C, H, W)
    p: the probability that an image is flipped
    rng: a np.random.Generator, from which all randomness comes

    Returns the images (N, C, H, W), a new array.
    """
    ### BEGIN SOLUTION
    return flip(images, rng.random(len(images)) < p)
    ### END SOLUTION


def random_crop(images, size, pad, rng):
    """Cut a random window out of each image, with zeros around it.

    images: (N, C, H, W)
    size: rows and columns of the window, at most H + 2 pad and W + 2 pad
    pad: rows and columns of zeros on each side
    rng: a np.random.Generator, from which all randomness comes

    Returns the windows (N, C, size, size). Each image has its own; all rows and all columns are equally likely.
    """
    ### BEGIN SOLUTION
    n, _, height, width = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    tops = rng.integers(0, height + 2 * pad - size + 1, n)
    lefts = rng.integers(0, width + 2 * pad - size + 1, n)
    places = zip(padded, tops, lefts, strict=True)
    return np.stack([image[:, top : top + size, left : left + size] for image, top, left in places])
    ### END SOLUTION


# %% [markdown]
# ## Turns, contrast, brightness, noise
#
# A quarter turn **anticlockwise** takes what stands in the upper right corner to the upper left one:
#
# $$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \to \begin{pmatrix} 2 & 4 \\ 1 & 3 \end{pmatrix}$$
#
# It is a transposition and a flip, and an image of H rows and W columns becomes one of W rows and H columns. Negative
# numbers turn clockwise.
#
# Contrast is how far pixels are from the mean of their image's channel: `factor` multiplies the distance and leaves the
# mean where it is. Brightness adds the same number to every pixel. Noise adds another one to every pixel, drawn from the
# normal law with mean 0 and standard deviation `std`. Nothing is clipped here: that would be a step of its own.


# %% nbgrader={"grade": false, "grade_id": "turns_and_light", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rotate90(images, turns):
    """Turn all images by quarter turns anticlockwise, as they are seen with rows that point down.

    images: (N, C, H, W)
    turns: how many quarter turns, any integer; negative numbers turn clockwise

    Returns the images, (N, C, H, W) for an even number of turns and (N, C, W, H) for an odd one.
    """
    ### BEGIN SOLUTION
    turned = images.copy()
    for _ in range(turns % 4):
        turned = turned.swapaxes(2, 3)[:, :, ::-1]
    return turned
    ### END SOLUTION


def adjust_contrast(images, factor):
    """Multiply each pixel's distance from its channel's mean.

    images: (N, C, H, W)
    factor: 0 leaves the means alone, 1 changes nothing

    Returns the images (N, C, H, W): mean + factor (x - mean), where the mean is that of each channel of each image.
    """
    ### BEGIN SOLUTION
    mean = images.mean(axis=(2, 3), keepdims=True)
    return mean + factor * (images - mean)
    ### END SOLUTION


def adjust_brightness(images, delta):
    """Add delta to every pixel. Nothing is clipped.

    images: (N, C, H, W)
    delta: a number of either sign

    Returns the images (N, C, H, W), a new array.
    """
    ### BEGIN SOLUTION
    return images + delta
    ### END SOLUTION


def add_noise(images, std, rng):
    """Add independent normal noise to every pixel. Nothing is clipped.

    images: (N, C, H, W)
    std: the noise's standard deviation
    rng: a np.random.Generator, from which all randomness comes

    Returns the images (N, C, H, W), a new array.
    """
    ### BEGIN SOLUTION
    return images + rng.normal(0.0, std, images.shape)
    ### END SOLUTION


# %% [markdown]
# ### Look at what a network sees
#
# With `draw` set to True, the next cell shows one small image as your functions change it. Run it again: the crop, the
# flip and the noise are others each time, and it is the same letter.

# %%
if draw:
    letter = np.array([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0.0]])[None, None]
    rng = np.random.default_rng()
    changed = {
        "as it is": letter,
        "flipped": flip(letter, np.array([True])),
        "cropped": random_crop(letter, 4, 1, rng),
        "one turn": rotate90(letter, 1),
        "less contrast": adjust_contrast(letter, 0.4),
        "brighter": adjust_brightness(letter, 0.4),
        "noise": add_noise(letter, 0.2, rng),
    }
    figure, panels = plt.subplots(1, len(changed), figsize=(14, 2.5))
    for panel, (title, picture) in zip(panels, changed.items(), strict=True):
        panel.imshow(picture[0, 0], cmap="gray", vmin=-0.5, vmax=1.5)
        panel.set_title(title)
        panel.axis("off")
    plt.show()
