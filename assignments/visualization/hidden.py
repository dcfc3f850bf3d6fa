"""The same questions on networks and numbers that nobody has seen."""

from autograder import Space, check

from .cases import NETWORKS
from .checks import (
    class_image_values,
    feature_maps_values,
    fooling_image_values,
    guided_backprop_values,
    nearest_neighbors_values,
    pca_projection,
    pca_variances,
    saliency_values,
    scaled_filters_values,
    top_patches_scores,
    top_patches_values,
)

BRANCHED = "[conv batchnorm relu] [[conv relu] average] linear relu linear"
DROPPED = "conv relu max dropout linear"
NETWORKS |= {
    BRANCHED: [
        [("conv", 2, 4, 3, 1, 0), ("batchnorm", 4), ("relu",)],
        [[("conv", 4, 3, 2, 1, 0), ("relu",)], ("adaptive", 2)],
        ("flatten",), ("linear", 12, 9), ("relu",), ("linear", 9, 5),
    ],
    DROPPED: [
        ("conv", 2, 5, 3, 1, 1), ("relu",), ("max", 3, 2), ("flatten",), ("dropout", 0.5), ("linear", 20, 6)
    ],
}  # fmt: skip

UNSEEN = Space(rows=[{"net": BRANCHED, "n": 2}, {"net": DROPPED, "n": 2}], net=(BRANCHED, DROPPED), n=(1, 2))
CLIMB_UNSEEN = Space(
    rows=[{"net": BRANCHED, "c": 3, "steps": 3, "lr": 0.2, "lam": 0.05}],
    net=(DROPPED,), c=(0, 4), steps=(2,), lr=(0.4,), lam=(0.25,),
)  # fmt: skip
FOOL_UNSEEN = Space(
    rows=[{"net": BRANCHED, "rank": 1, "lr": 0.4, "max_steps": 5}],
    net=(DROPPED,), rank=(1, 3), lr=(0.3,), max_steps=(5,),
)  # fmt: skip
LAYERS_UNSEEN = Space(
    rows=[{"net": BRANCHED, "n": 2, "layer": "1.0.1"}],
    net=(BRANCHED,),
    n=(2,),
    layer=("0.1", "1.1", "3", "5"),
)
FILTERS_UNSEEN = Space(
    rows=[{"f": 5, "c": 4, "h": 2, "w": 3, "content": "wide"}],
    f=(3, 6),
    c=(1, 3),
    h=(2, 5),
    w=(2, 4),
    content=("normal", "wide"),
)
PATCHES_UNSEEN = Space(
    rows=[{"n": 3, "f": 4, "c": 3, "k": 11, "field": 3, "stride": 2, "inside": False}],
    n=(2, 3), f=(2, 3), c=(2, 3), k=(8, 10), field=(3, 5), stride=(1, 2, 3), inside=(False, True),
)  # fmt: skip
NEAR_UNSEEN = Space(rows=[{"n": 9, "d": 5, "k": 6}], n=(7, 10), d=(2, 6), k=(3, 5))
SPREAD_UNSEEN = Space(rows=[{"n": 9, "d": 5, "k": 3}, {"n": 4, "d": 7, "k": 2}], n=(7, 10), d=(4, 6), k=(2, 3))

for function, points, given in (
    (saliency_values, 1.5, UNSEEN),
    (guided_backprop_values, 1.5, UNSEEN),
    (class_image_values, 1, CLIMB_UNSEEN),
    (fooling_image_values, 1, FOOL_UNSEEN),
    (feature_maps_values, 1, LAYERS_UNSEEN),
    (scaled_filters_values, 0.5, FILTERS_UNSEEN),
    (top_patches_values, 1, PATCHES_UNSEEN),
    (top_patches_scores, 0.5, PATCHES_UNSEEN),
    (nearest_neighbors_values, 0.5, NEAR_UNSEEN),
    (pca_projection, 1, SPREAD_UNSEEN),
    (pca_variances, 0.5, SPREAD_UNSEEN),
):
    name, _, part = function.__name__.rpartition("_")
    sentence = "Right on further inputs, too."
    check(name, points=points, given=given, examples=1, name=f"hidden_{part}", sentence=sentence)(function)
