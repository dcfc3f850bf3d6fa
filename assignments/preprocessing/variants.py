"""Other correct ways to write `preprocessing`; every one must earn full points.

Random images may be drawn in any way: none of these shares the reference's draws, so a check that compares images with
those of one way would fail them all."""

import math

import numpy as np

from autograder import variant


@variant
def loops_over_tables():
    """Sums written out, one column after the other."""

    def zero_center(X):
        N, D = X.shape
        mean, centred = np.zeros(D), np.zeros((N, D))
        for j in range(D):
            for i in range(N):
                mean[j] += X[i, j] / N
        for i in range(N):
            for j in range(D):
                centred[i, j] = X[i, j] - mean[j]
        return centred, mean

    def standardize(X):
        N, D = X.shape
        out, means, stds = np.empty((N, D)), [], []
        for j in range(D):
            column = [float(x) for x in X[:, j]]
            mean = sum(column) / N
            std = math.sqrt(sum((x - mean) ** 2 for x in column) / N)
            if std == 0:
                std = 1
            out[:, j] = [(x - mean) / std for x in column]
            means.append(mean)
            stds.append(std)
        return out, np.array(means), np.array(stds, dtype=float)

    def apply_standardization(X, mean, std):
        return np.array([[(x - m) / s for x, m, s in zip(row, mean, std, strict=True)] for row in X])

    return {"zero_center": zero_center, "standardize": standardize, "apply_standardization": apply_standardization}


@variant
def numpy_does_it():
    """np.std divides by N by itself; np.where makes 1 of 0; np.cov wants bias=True for N."""

    def zero_center(X):
        return [X - np.mean(X, axis=0, keepdims=True), np.mean(X, 0)]

    def standardize(X):
        mean, std = np.mean(X, axis=0), np.std(X, axis=0)
        std = np.where(std < 1e-12, 1.0, std)
        return (X - mean) / std, mean, std

    def apply_standardization(X, mean, std):
        return np.divide(X - mean[None, :], std[np.newaxis])

    def decorrelate(X):
        values, vectors = np.linalg.eigh(np.cov(X, rowvar=False, bias=True))
        order = np.argsort(values)[::-1]
        return np.dot(X - X.mean(0), vectors[:, order])

    def whiten(X, eps=1e-5):
        values, vectors = np.linalg.eigh(np.cov(X.T, ddof=0))
        order = values.argsort()[::-1]
        return (X - X.mean(0)).dot(vectors[:, order]) / np.sqrt(values[order] + eps)

    return {
        "zero_center": zero_center,
        "standardize": standardize,
        "apply_standardization": apply_standardization,
        "decorrelate": decorrelate,
        "whiten": whiten,
    }


@variant
def tiny_constant_in_the_division():
    """A constant of 1e-8 beside the deviation is lost in rounding wherever a network would look."""

    def standardize(X):
        mean, std = X.mean(axis=0), X.std(axis=0)
        return (X - mean) / (std + 1e-8), mean, std + (std == 0)

    def apply_standardization(X, mean, std):
        return (X - mean) / (std + 1e-8)

    return {"standardize": standardize, "apply_standardization": apply_standardization}


@variant
def mean_of_squares():
    """The variance as the mean of the squares less the square of the mean; NaN of 0 / 0 is replaced afterwards."""

    def standardize(X):
        mean = X.mean(axis=0)
        std = np.sqrt(np.maximum((X**2).mean(axis=0) - mean**2, 0))
        with np.errstate(invalid="ignore", divide="ignore"):
            z = np.nan_to_num((X - mean) / std, nan=0.0)
        std[std == 0.0] = 1
        return z, mean, std

    def apply_standardization(X, mean, std):
        return X * (1 / std) - mean / std

    return {"standardize": standardize, "apply_standardization": apply_standardization}


@variant
def matrices():
    """Centring is a projection, scaling a diagonal matrix, and a mean a product with a row of 1 / N."""

    def zero_center(X):
        weights = np.full(len(X), 1 / len(X))
        return (np.eye(len(X)) - weights) @ X, weights @ X

    def standardize(X):
        centred, mean = zero_center(X)
        std = np.linalg.norm(centred, axis=0) / np.sqrt(len(X))
        # a projection leaves rounding where the entries are equal, so look for those
        constant = (X[0] == X).all(axis=0)
        std[constant], centred[:, constant] = 1.0, 0.0
        return centred @ np.diag(1 / std), mean, std

    def apply_standardization(X, mean, std):
        return (X - np.ones((len(X), 1)) @ mean[None]) @ np.linalg.inv(np.diag(std))

    def channel_mean(images):
        return np.einsum("nchw->c", images) / (images.size / images.shape[1])

    def mean_image(images):
        return np.einsum("n,nchw->chw", np.full(len(images), 1 / len(images)), images)

    def flip(images, flipped):
        exchange = np.eye(images.shape[-1])[::-1]
        return np.stack([image @ exchange if turned else image for image, turned in zip(images, flipped, strict=True)])

    return {
        "zero_center": zero_center,
        "standardize": standardize,
        "apply_standardization": apply_standardization,
        "channel_mean": channel_mean,
        "mean_image": mean_image,
        "flip": flip,
    }


@variant
def singular_values():
    """The singular value decomposition of the centred X knows the axes, in falling order."""

    def decorrelate(X):
        U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
        return U * S

    def whiten(X, eps=1e-5):
        centred = X - X.mean(axis=0)
        _, S, Vt = np.linalg.svd(centred, full_matrices=False)
        return centred @ Vt.T / np.sqrt(S**2 / X.shape[0] + eps)

    return {"decorrelate": decorrelate, "whiten": whiten}


@variant
def singular_values_of_the_covariance():
    """Of a symmetric matrix with eigenvalues above 0, singular values are eigenvalues: the cs231n notes do it so."""

    def decorrelate(X):
        X = X - np.mean(X, axis=0)
        cov = np.dot(X.T, X) / X.shape[0]
        U, _, _ = np.linalg.svd(cov)
        return -np.dot(X, U)

    def whiten(X, eps=1e-5):
        X = X - np.mean(X, axis=0)
        cov = np.dot(X.T, X) / X.shape[0]
        U, S, _ = np.linalg.svd(cov)
        return np.dot(X, U) / np.sqrt(S + eps)

    return {"decorrelate": decorrelate, "whiten": whiten}


@variant
def general_eigenvectors():
    """np.linalg.eig knows nothing of symmetry, and sorts nothing; the divisor of the covariance turns no axis."""

    def decorrelate(X):
        centred = X - X.mean(axis=0)
        values, vectors = np.linalg.eig(np.cov(centred.T))
        columns = sorted(range(len(values)), key=lambda j: -values[j])
        return centred @ vectors[:, columns]

    def whiten(X, eps=1e-5):
        turned = decorrelate(X)
        scale = np.diag(1 / np.sqrt(turned.var(axis=0) + eps))
        return turned @ scale

    return {"decorrelate": decorrelate, "whiten": whiten}


@variant
def jacobi():
    """Rotations of two axes at a time, until nothing is left beside the diagonal; signs as they come."""

    def axes_of(C):
        C, V = C.copy(), np.eye(len(C))
        for _ in range(12):
            for p in range(len(C)):
                for q in range(p + 1, len(C)):
                    angle = 0.5 * math.atan2(2 * C[p, q], C[p, p] - C[q, q])
                    J = np.eye(len(C))
                    J[[p, q], [p, q]], J[p, q], J[q, p] = math.cos(angle), -math.sin(angle), math.sin(angle)
                    C, V = J.T @ C @ J, V @ J
        order = np.argsort(-np.diag(C))
        return np.diag(C)[order], V[:, order]

    def decorrelate(X):
        centred = X - X.mean(axis=0)
        return centred @ axes_of(centred.T @ centred / len(X))[1]

    def whiten(X, eps=1e-5):
        centred = X - X.mean(axis=0)
        values, vectors = axes_of(centred.T @ centred / len(X))
        W = (vectors / np.sqrt(values + eps)).T
        return (W @ centred.T).T

    return {"decorrelate": decorrelate, "whiten": whiten}


@variant
def loops_over_images():
    """Sums, image by image and pixel by pixel."""

    def mean_image(images):
        total = np.zeros(images.shape[1:])
        for image in images:
            total += image
        return total / len(images)

    def channel_mean(images):
        N, C, H, W = images.shape
        means = np.zeros(C)
        for c in range(C):
            total = 0.0
            for n in range(N):
                for i in range(H):
                    for j in range(W):
                        total += images[n, c, i, j]
            means[c] = total / (N * H * W)
        return means

    return {"mean_image": mean_image, "channel_mean": channel_mean}


@variant
def loops_over_columns_and_images():
    """A column comes from the opposite one; a number is drawn when an image's turn comes."""

    def flip(images, flipped):
        N, W = len(images), images.shape[3]
        out = np.empty_like(images)
        for n in range(N):
            for j in range(W):
                out[n, :, :, j] = images[n, :, :, W - 1 - j] if flipped[n] else images[n, :, :, j]
        return out

    def random_flip(images, p, rng):
        out = []
        for image in images:
            out.append(image[:, :, ::-1] if rng.uniform() < p else image)
        return np.array(out)

    return {"flip": flip, "random_flip": random_flip}


@variant
def loops_over_pixels():
    """Each pixel is taken where it comes from."""

    def rotate90(images, turns):
        out = images
        for _ in range(turns % 4):
            N, C, H, W = out.shape
            turned = np.zeros((N, C, W, H))
            for i in range(H):
                for j in range(W):
                    turned[:, :, W - 1 - j, i] = out[:, :, i, j]
            out = turned
        return out

    return {"rotate90": rotate90}


@variant
def loops_over_pixels_and_noise():
    """A copy is filled, and may be changed in place."""

    def adjust_contrast(images, factor):
        out = np.zeros_like(images)
        for n in range(images.shape[0]):
            for c in range(images.shape[1]):
                m = images[n, c].mean()
                out[n, c] = m + factor * (images[n, c] - m)
        return out

    def adjust_brightness(images, delta):
        out = images.copy()
        for n in range(len(out)):
            out[n] += delta
        return out

    def add_noise(images, std, rng):
        out = np.array(images)
        for index in np.ndindex(*out.shape):
            out[index] += std * rng.standard_normal()
        return out

    return {
        "adjust_contrast": adjust_contrast,
        "adjust_brightness": adjust_brightness,
        "add_noise": add_noise,
    }


@variant
def one_crop_at_a_time():
    """Row and column of each image are drawn when its turn comes; pixels are copied one by one."""

    def random_crop(images, size, pad, rng):
        N, C, H, W = images.shape
        out = np.zeros((N, C, size, size))
        for n in range(N):
            row = rng.integers(H + 2 * pad - size + 1)
            col = rng.integers(W + 2 * pad - size + 1)
            for i in range(size):
                for j in range(size):
                    y, x = row + i - pad, col + j - pad
                    if 0 <= y < H and 0 <= x < W:
                        out[n, :, i, j] = images[n, :, y, x]
        return out

    return {"random_crop": random_crop}


@variant
def fancy_indices():
    """A place is one number out of rows times columns; indices pick all windows at once."""

    def random_crop(images, size, pad, rng):
        N, C, H, W = images.shape
        padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
        padded[:, :, pad : H + pad, pad : W + pad] = images
        columns = W + 2 * pad - size + 1
        place = rng.integers((H + 2 * pad - size + 1) * columns, size=N)
        y = (place // columns)[:, None] + np.arange(size)
        x = (place % columns)[:, None] + np.arange(size)
        return padded[
            np.arange(N)[:, None, None, None], np.arange(C)[:, None, None], y[:, None, :, None], x[:, None, None]
        ]

    def flip(images, flipped):
        out = images.copy()
        out[flipped] = out[flipped][..., ::-1]
        return out

    def random_flip(images, p, rng):
        return flip(images, rng.binomial(1, p, size=images.shape[0]).astype(bool))

    return {"random_crop": random_crop, "flip": flip, "random_flip": random_flip}


@variant
def window_views():
    """A view of every window; the ends of rng.integers belong to it with endpoint=True."""

    def random_crop(images, size, pad, rng):
        padded = np.pad(images, [(0, 0)] * 2 + [(pad,) * 2] * 2, mode="constant", constant_values=0)
        views = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3))
        last = np.array(views.shape[2:4]) - 1
        tops, lefts = rng.integers(0, last, size=(len(images), 2), endpoint=True).T
        return views[np.arange(len(images)), :, tops, lefts]

    def random_flip(images, p, rng):
        signs = rng.choice([1, -1], p=[1 - p, p], size=len(images))
        return np.stack([image[..., ::sign] for image, sign in zip(images, signs, strict=True)])

    def rotate90(images, turns):
        return np.rot90(images, k=turns, axes=(2, 3))

    def add_noise(images, std, rng):
        return rng.normal(loc=images, scale=std)

    return {"random_crop": random_crop, "random_flip": random_flip, "rotate90": rotate90, "add_noise": add_noise}


@variant
def columns_before_rows():
    """Uniform numbers scaled up and cut down to whole ones; columns first, images backwards, a generator of one's own
    that comes from rng."""

    def random_crop(images, size, pad, rng):
        child = rng.spawn(1)[0]
        H, W = images.shape[2:]
        out = np.empty((*images.shape[:2], size, size))
        for n in reversed(range(len(images))):
            left = int(child.random() * (W + 2 * pad - size + 1))
            top = math.floor(child.uniform(0, H + 2 * pad - size + 1))
            framed = np.pad(images[n], ((0, 0), (pad, pad), (pad, pad)))
            out[n] = framed[:, top:, left:][:, :size, :size]
        return out

    def random_flip(images, p, rng):
        keep = rng.random((len(images), 1, 1, 1)) >= p
        return keep * images + (1 - keep) * np.flip(images, axis=3)

    def add_noise(images, std, rng):
        count = images.size
        radius = np.sqrt(-2 * np.log1p(-rng.random(count)))
        return images + (std * radius * np.cos(2 * np.pi * rng.random(count))).reshape(images.shape)

    return {"random_crop": random_crop, "random_flip": random_flip, "add_noise": add_noise}


@variant
def shuffled_choices():
    """Places from a list of all of them; a new generator is right where its seed comes from rng."""

    def random_crop(images, size, pad, rng):
        H, W = images.shape[-2] + 2 * pad, images.shape[-1] + 2 * pad
        spots = [(r, c) for r in range(H - size + 1) for c in range(W - size + 1)]
        chosen = rng.choice(len(spots), size=len(images))
        framed = np.zeros((*images.shape[:2], H, W))
        framed[..., pad : H - pad, pad : W - pad] = images
        crops = [framed[k, :, spots[i][0] :, spots[i][1] :][:, :size, :size] for k, i in enumerate(chosen)]
        return np.concatenate([crop[None] for crop in crops])

    def random_flip(images, p, rng):
        own = np.random.default_rng(rng.integers(2**32))
        mask = own.random(len(images)) < p
        return np.where(mask.reshape(-1, 1, 1, 1), np.take(images, range(images.shape[-1])[::-1], axis=-1), images)

    def add_noise(images, std, rng):
        noise = np.empty_like(images)
        rng.standard_normal(out=noise)
        noise *= std
        noise += images
        return noise

    return {"random_crop": random_crop, "random_flip": random_flip, "add_noise": add_noise}


@variant
def turns_by_cases():
    """One case for each quarter; clockwise turns are written apart; the pixels come as a view."""

    def rotate90(images, turns):
        if turns < 0:
            return images if turns % -4 == 0 else rotate90(images.transpose(0, 1, 3, 2)[..., ::-1], turns + 1)
        return {
            0: lambda: images,
            1: lambda: np.flip(np.transpose(images, (0, 1, 3, 2)), 2),
            2: lambda: images[:, :, ::-1, ::-1],
            3: lambda: np.flip(np.swapaxes(images, -1, -2), -1),
        }[turns % 4]()

    def adjust_contrast(images, factor):
        n, c, h, w = images.shape
        mean = images.reshape(n, c, h * w).mean(axis=-1)[:, :, None, None]
        return factor * images + (1 - factor) * mean

    def adjust_brightness(images, delta):
        return np.add(images, np.full(images.shape, delta))

    def mean_image(images):
        return sum(images) / len(images)

    def channel_mean(images):
        return np.array([np.mean(images[:, c]) for c in range(images.shape[1])])

    return {
        "rotate90": rotate90,
        "adjust_contrast": adjust_contrast,
        "adjust_brightness": adjust_brightness,
        "mean_image": mean_image,
        "channel_mean": channel_mean,
    }


@variant
def channels_last_inside():
    """Axes are moved to the end and back; a mean of means is the mean, where all have the same number of pixels."""

    def channel_mean(images):
        return images.transpose(0, 2, 3, 1).reshape(-1, images.shape[1]).mean(axis=0)

    def mean_image(images):
        return np.mean([image.transpose(1, 2, 0) for image in images], axis=0).transpose(2, 0, 1)

    def flip(images, flipped):
        last = np.moveaxis(images, 1, -1)
        turned = [np.fliplr(image) if yes else image for image, yes in zip(last, flipped.tolist(), strict=True)]
        return np.moveaxis(np.array(turned), -1, 1)

    def rotate90(images, turns):
        last = np.moveaxis(images, 1, -1)
        return np.moveaxis(np.array([np.rot90(image, turns) for image in last]), -1, 1)

    def adjust_contrast(images, factor):
        last = np.moveaxis(images, 1, -1)
        mean = last.mean(axis=1).mean(axis=1)[:, None, None]
        return np.ascontiguousarray(np.moveaxis((last - mean) * factor + mean, -1, 1))

    return {
        "channel_mean": channel_mean,
        "mean_image": mean_image,
        "flip": flip,
        "rotate90": rotate90,
        "adjust_contrast": adjust_contrast,
    }


@variant
def single_precision():
    """Single precision is what deep learning runs in; results come back as float32."""

    def f(x):  # a copy; the name is looked up when it is called, for a grading worker gives it another meaning
        return np.array(x, dtype=np.float32)

    def zero_center(X):
        X = f(X)
        mean = X.mean(axis=0)
        return X - mean, mean

    def standardize(X):
        X = f(X)
        mean, std = X.mean(axis=0), X.std(axis=0)
        std[std == 0] = 1
        return (X - mean) / std, mean, std

    def apply_standardization(X, mean, std):
        return (f(X) - f(mean)) / f(std)

    def decorrelate(X):
        X = f(X)
        X = X - X.mean(axis=0)
        return X @ np.linalg.eigh(X.T @ X / f(len(X)))[1][:, ::-1]

    def whiten(X, eps=1e-5):
        X = f(X)
        X = X - X.mean(axis=0)
        values, vectors = np.linalg.eigh(X.T @ X / f(len(X)))
        return ((X @ vectors) / np.sqrt(values + f(eps)))[:, ::-1]

    def random_crop(images, size, pad, rng):
        N, C, H, W = images.shape
        padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=np.float32)
        padded[:, :, pad : H + pad, pad : W + pad] = images
        tops = rng.integers(0, H + 2 * pad - size + 1, N)
        lefts = rng.integers(0, W + 2 * pad - size + 1, N)
        return np.stack(
            [padded[n, :, t : t + size, s : s + size] for n, (t, s) in enumerate(zip(tops, lefts, strict=True))]
        )

    def flip(images, flipped):
        out = f(images)
        out[flipped] = out[flipped, ..., ::-1]
        return out

    return {
        "zero_center": zero_center,
        "standardize": standardize,
        "apply_standardization": apply_standardization,
        "decorrelate": decorrelate,
        "whiten": whiten,
        "mean_image": lambda images: f(images).mean(axis=0),
        "channel_mean": lambda images: f(images).mean(axis=(0, 2, 3)),
        "flip": flip,
        "random_flip": lambda images, p, rng: flip(images, rng.random(len(images), dtype=np.float32) < p),
        "random_crop": random_crop,
        "rotate90": lambda images, turns: np.rot90(f(images), turns, (2, 3)),
        "adjust_contrast": lambda images, factor: (
            f(factor) * f(images) + f(1 - factor) * f(images).mean(axis=(2, 3), keepdims=True)
        ),
        "adjust_brightness": lambda images, delta: f(images) + f(delta),
        "add_noise": lambda images, std, rng: f(images) + f(std) * rng.standard_normal(images.shape, dtype=np.float32),
    }
