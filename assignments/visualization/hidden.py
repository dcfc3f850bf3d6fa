"""The same questions on networks and numbers that nobody has seen."""

from autograder import check

from .cases import (
    CLIMB_UNSEEN,
    FILTERS_UNSEEN,
    FOOL_UNSEEN,
    LAYERS_UNSEEN,
    NEAR_UNSEEN,
    PATCHES_UNSEEN,
    SPREAD_UNSEEN,
    UNSEEN,
)
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
