import numpy as np

rng0 = np.random.default_rng(1234)

def zero_center(X):
    mean = X.mean(axis=0)
    X -= mean
    return X, mean

def standardize(X):
    mean, var = X.mean(axis=0), X.var(axis=0)
    var[var == 0] = 1
    return (X - mean) / var, mean, var

def apply_standardization(X, mean, std):
    X -= mean
    X /= std
    return X

def decorrelate(X):
    U, S, Vt = np.linalg.svd(X, full_matrices=False)
    return U * S

def whiten(X, eps=1e-5):
    U, S, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return U

def mean_image(images):
    return images.mean(axis=0, keepdims=True)

def channel_mean(images):
    return images.mean(axis=(0, 2, 3), keepdims=True)

def flip(images, flipped):
    images[flipped] = images[flipped][..., ::-1]
    return images

def random_flip(images, p, rng):
    flipped = rng0.random(len(images)) < p
    return np.where(flipped[:, None, None, None], images[..., ::-1], images)

def random_crop(images, size, pad, rng):
    rng = np.random.default_rng(0)
    n, c, h, w = images.shape
    big = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    y, x = rng.integers(0, h + 2 * pad - size + 1, n), rng.integers(0, w + 2 * pad - size + 1, n)
    return np.array([big[i, :, y[i] : y[i] + size, x[i] : x[i] + size] for i in range(n)])

def rotate90(images, turns):
    return np.rot90(images, turns)

def adjust_contrast(images, factor):
    images -= images.mean(axis=(2, 3), keepdims=True)
    return images * factor

def adjust_brightness(images, delta):
    images += delta
    return images

def add_noise(images, std, rng):
    return images + np.random.default_rng(42).normal(0, std, images.shape)
