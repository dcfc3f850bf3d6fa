"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .checks import (
    add_noise_variance,
    adjust_contrast_values,
    apply_standardization_values,
    channel_mean_values,
    decorrelate_uncorrelated,
    random_crop_windows,
    random_flip_rate,
    rotate90_values,
    standardize_values,
    whiten_white,
)

TABLES = Space(rows=[{"n": 7, "d": 4, "content": "normal"}], n=(5, 8), d=(3, 5), content=("normal",))
CLOUDS = Space(rows=[{"n": 9, "d": 4}], n=(7, 10), d=(2, 3))
IMAGES = Space(
    rows=[{"n": 5, "c": 3, "h": 4, "w": 6, "content": "normal"}],
    n=(2, 4),
    c=(2, 4),
    h=(3, 5),
    w=(4, 6),
    content=("normal",),
)
FACTORS = Space(
    rows=[{"n": 4, "c": 3, "h": 4, "w": 5, "content": "normal", "factor": 0.625}],
    n=(2, 4),
    c=(2, 4),
    h=(3, 5),
    w=(4, 6),
    content=("normal",),
    factor=(1.5, 0.25),
)
TURNS = Space(
    rows=[{"n": 3, "c": 2, "h": 3, "w": 5, "turns": -5}],
    n=(2, 3),
    c=(2, 3),
    h=(3, 5),
    w=(2, 4),
    turns=(1, -1, 3, 6),
)
CROPS = Space(
    rows=[{"n": 9, "c": 3, "h": 5, "w": 4, "size": 4, "pad": 3}],
    n=(5, 7),
    c=(2, 3),
    h=(4, 5),
    w=(5, 7),
    size=(4, 6),
    pad=(1, 3),
)

UNSEEN = "Right on further inputs, too."
for function, given in (
    (standardize_values, TABLES),
    (apply_standardization_values, TABLES),
    (decorrelate_uncorrelated, CLOUDS),
    (whiten_white, CLOUDS),
    (channel_mean_values, IMAGES),
    (random_flip_rate, None),
    (random_crop_windows, CROPS),
    (rotate90_values, TURNS),
    (adjust_contrast_values, FACTORS),
    (add_noise_variance, None),
):
    name, _, asked = function.__name__.rpartition("_")
    check(name, points=0.5, given=given, examples=2, name=f"hidden_{asked}", sentence=UNSEEN)(function)
