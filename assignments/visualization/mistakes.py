"""What students get wrong in `visualization`, and what a teacher says: most as edits of the reference, all else right.

They come from notebooks on saliency and class images that students published, and from what follows from the formulas.
"""
# ruff: noqa: E501 — one line for the edit, one for the sentence

import torch
from torch import nn

from autograder import edits, mistake

from .reference import (
    class_image,
    evaluation,
    feature_maps,
    fooling_image,
    guided_backprop,
    nearest_neighbors,
    pca,
    saliency,
    scaled_filters,
    score_gradient,
    top_patches,
)

# fmt: off

# ── evaluation mode, and the way back ──────────────────────────────────────────────────────────

of = edits(saliency, inside=evaluation, seen_in=(guided_backprop, class_image, fooling_image, feature_maps))
BACK = "for module, mode in modes:\n            module.training = mode"
of("mode_never_switched", "model.eval()", "pass", "evaluation",
   "You never switch to evaluation mode, so batch statistics and dropout decide with: call model.eval() for the question.")
of("mode_left_in_evaluation", BACK, "pass", "modes",
   "You leave the model in evaluation mode: put each module back into the mode in which it was.")
of("mode_left_in_training", BACK, "model.train()", "modes",
   "You end with model.train(), which puts every module into training mode: put each back into its own.")
of("mode_put_back_as_one", BACK, "model.train(modes[0][1])", "modes",
   "You put the whole model back into its outermost mode, and single modules had others: keep the mode of each.")

# ── the gradient of a score ────────────────────────────────────────────────────────────────────

of = edits(saliency, inside=score_gradient, seen_in=(guided_backprop, class_image, fooling_image))
IMAGE, PICKED = "image = x.detach().clone().requires_grad_()", "scores[torch.arange(len(y)), y].sum()"
GRAD = f"(gradient,) = torch.autograd.grad({PICKED}, image)"
of("gradient_of_probability", "model(image)", "model(image).softmax(dim=1)", "values linear",
   "You take the gradient of softmax's probability: take that of the unnormalised score.")
of("gradient_of_the_prediction", PICKED, "scores.amax(dim=1).sum()", "values linear",
   "You take the score of the predicted class: take that of the class that is asked for.")
of("gradient_of_all_scores", PICKED, "scores.sum()", "values linear",
   "You add up the scores of all classes: pick the one that is asked for.")
of("gradient_by_backward", GRAD, f"{PICKED}.backward()\n        gradient = image.grad", "model",
   "You call .backward(), which leaves a gradient in every parameter: torch.autograd.grad returns the image's alone.")
of("gradient_flags_off", IMAGE, f"model.requires_grad_(False)\n    {IMAGE}", "model",
   "You turn requires_grad of the parameters off and leave it off: put each flag back, or leave them alone.")

# in fooling_image, where the gradient's length does not matter, it is the gradient of the probability
of = edits(saliency, inside=score_gradient, seen_in=(guided_backprop, class_image))
of("gradient_of_log_probability", "model(image)", "model(image).log_softmax(dim=1)", "values linear",
   "You take the gradient of the log-probability, which mixes in the other classes: take that of the unnormalised score.")

of = edits(saliency, inside=score_gradient, seen_in=(guided_backprop,))
of("gradient_averaged", PICKED, "scores[torch.arange(len(y)), y].mean()", "values linear",
   "You average the scores over the batch, so each gradient is N times too small: add them up.")
of("gradient_of_every_label", PICKED, "scores[:, y].sum()", "values linear",
   "scores[:, y] picks the classes of all images for each of them: pick one for each, scores[torch.arange(N), y].")
of("gradient_left_in_the_image", IMAGE, "image = x.requires_grad_()", "image",
   "You leave the gradient in x.grad of the caller's image: work on x.detach().clone().",
   also={GRAD: f"{PICKED}.backward()\n        gradient = image.grad.clone()\n        model.zero_grad()"})

# ── saliency ───────────────────────────────────────────────────────────────────────────────────

of = edits(saliency)
MAPS = "score_gradient(model, x, y).abs().amax(dim=1)"
H = "values linear"
of("saliency_signed", ".abs()", "", H,
   "You take the largest derivative with its sign: a pixel that pushes down matters as much, so take abs first.")
of("saliency_abs_last", ".abs().amax(dim=1)", ".amax(dim=1).abs()", H,
   "You take the maximum first and then abs: take abs first, or a large negative derivative is lost.")
of("saliency_averaged", ".amax(dim=1)", ".mean(dim=1)", H,
   "You average over the channels: take their maximum.")
of("saliency_norm", ".abs().amax(dim=1)", ".norm(dim=1)", H,
   "You take the Euclidean norm over the channels: take the maximum of abs.")
of("saliency_first_channel", ".amax(dim=1)", "[:, 0]", H,
   "You look at the first channel alone: take the maximum over all of them.")
of("saliency_stretched", f"return {MAPS}", f"maps = {MAPS}\n    return maps / maps.amax()", H,
   "You divide the maps by their maximum: that is for the picture, return them as they are.")
of("saliency_keeps_the_channel", "amax(dim=1)", "amax(dim=1, keepdim=True)", "shape",
   "Your maps keep a channel axis of length one: their shape is (N, H, W).")

# ── guided backpropagation ─────────────────────────────────────────────────────────────────────

of = edits(guided_backprop)
GUIDE, MODULES, ASKED = "(grad_input[0].clamp(min=0),)", "for module in model.modules() if isinstance(module, nn.ReLU)", "return score_gradient(model, x, y)"
of("guided_not", GUIDE, "grad_input", "values nested",
   "Your gradient is the ordinary one: at every ReLU negative gradients are stopped as well.")
of("guided_deconvolution", GUIDE, "(grad_output[0].clamp(min=0),)", "values nested",
   "You stop negative gradients and forget the ReLU's own mask: the gradient passes only where the input was positive, too.")
of("guided_children_alone", "model.modules()", "model.children()", "nested",
   "You hook the ReLUs of the outermost sequence alone: model.modules() reaches those of nested ones, too.")
of("guided_last_alone", "hooks = [", "hooks = [module.register_full_backward_hook(guide) for module in [module "f"{MODULES}][-1:]]\n    others = [", "values",
   "You guide the last ReLU alone: every ReLU stops negative gradients.", also={MODULES: "for module in []"})
of("guided_everywhere", "isinstance(module, nn.ReLU)", "not isinstance(module, nn.Sequential)", "values nested linear",
   "You stop negative gradients at every layer: at ReLUs alone, so the first layer's may be negative.")
of("guided_at_the_image", ASKED, f"{ASKED}.clamp(min=0)", "values nested linear",
   "You cut the image's gradient off at 0 as well: it may be negative, only ReLUs stop something.")
of("guided_hooks_left", "hook.remove()", "pass", "model",
   "You leave your hooks on the model, where they change every later gradient: remove them.")
of("guided_loses_an_axis", ASKED, f"{ASKED}.squeeze()", "shape",
   "You squeeze the result, and a batch of one image loses its axis: return x's shape.")


@mistake("guided_backprop", caught_by=("model",))
def guided_relus_exchanged(model, x, y):
    """You exchange the ReLUs of the caller's model for guided ones and leave them there: do that in a copy of it."""

    class Guided(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z.relu()

        @staticmethod
        def backward(ctx, gradient):
            (z,) = ctx.saved_tensors
            return gradient.clamp(min=0) * (z > 0)

    class GuidedReLU(nn.Module):
        def forward(self, z):
            return Guided.apply(z)

    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.ReLU):
                setattr(module, name, GuidedReLU().train(child.training))
    return score_gradient(model, x, y)


# ── an image of a class ────────────────────────────────────────────────────────────────────────

of = edits(class_image)
CLIMBED, STEP = "values converges ascends", "image += lr * (score_gradient(model, image, torch.tensor([c])) - 2 * lam * image)"
G = "score_gradient(model, image, torch.tensor([c]))"
of("class_descent", "image += lr *", "image -= lr *", CLIMBED,
   "You go downhill: the score is to rise, so add lr times the gradient.")
of("class_without_penalty", " - 2 * lam * image", "", "values converges",
   "You leave out the penalty: take 2·lam·I off the gradient.")
of("class_two_missing", "2 * lam * image", "lam * image", "values converges",
   "The gradient of lam·‖I‖² is 2·lam·I: you forget the 2.")
of("class_penalty_without_rate", STEP, f"image += lr * {G} - 2 * lam * image", "values",
   "Your penalty is not scaled by lr: the step is lr times the whole gradient, penalty included.")
of("class_penalty_afterwards", STEP, f"image += lr * {G}\n        image *= 1 - 2 * lr * lam", "values converges",
   "You shrink the image after the step: both gradients are those of the image before it.")
of("class_one_step_at_least", "range(steps)", "range(max(steps, 1))", "start",
   "You make a step before you ask whether there are any to make: after 0 steps the image is x0.")
of("class_one_step_more", "range(steps)", "range(steps + 1)", "values start",
   "You make one step too many: after `steps` steps the image is returned.")
of("class_gradient_once", "for _ in", f"first = {G}\n    for _ in", "values",
   "You compute the gradient once, at x0: each step needs that of the image as it is now.", also={STEP: STEP.replace(G, "first")})
of("class_into_x0", "x0.detach().clone()", "x0.detach()", "image",
   "x0.detach() shares its memory with x0, so your steps change the caller's image: clone it.")
of("class_loses_an_axis", "return image", "return image[0]", "shape",
   "You return (C, H, W): the image keeps its batch axis, (1, C, H, W).")

# ── fooling ────────────────────────────────────────────────────────────────────────────────────

of = edits(fooling_image)
UNIT, PREDICTED = "lr * gradient / norm", "if model(image).argmax() == target:"
of("fooling_not_normalised", UNIT, "lr * gradient", "values",
   "You step by lr times the gradient: divide it by its norm, so that each step has the length lr.")
of("fooling_signs", UNIT, "lr * gradient.sign()", "values linear",
   "You step by lr times the signs: divide the gradient by its norm.")
of("fooling_never_stops", PREDICTED, "if False:", "linear already",
   "You go on after the target is predicted: stop then.")
of("fooling_asks_afterwards", PREDICTED, "if updates and model(image).argmax() == target:", "already",
   "You make an update before you ask: an image that is taken for the target already comes back as it is.")
of("fooling_counts_one_more", "return image, updates", "return image, updates + 1", "values linear already gives_up",
   "You count one update too many: an image that needs none has 0.")
of("fooling_counts_one_less", "                break\n        gradient", "                return image, max(updates - 1, 0)\n        gradient", "values linear",
   "You do not count the update after which the target is predicted: it is one of them.")
of("fooling_one_update_more", "while updates < max_steps", "while updates <= max_steps", "values gives_up",
   "You make one update more than max_steps allows.")
of("fooling_divides_by_zero", "if norm == 0:", "if False:", "no_way_up",
   "You divide by a norm of 0, which gives NaN: where the gradient is 0 the image stays as it is.")
of("fooling_returned_in_another_order", "return image, updates", "return updates, image", "values linear",
   "You return the count first: the order is image, updates.")
of("fooling_into_x", "x.detach().clone()", "x.detach()", "image",
   "x.detach() shares its memory with x, so your steps change the caller's image: clone it.")
of("fooling_asks_in_training_mode", "with evaluation(model), torch.no_grad():", "with torch.no_grad():", "evaluation model",
   "You ask for the prediction in training mode, which even moves the running statistics: evaluation mode holds for both.")
of("fooling_loses_an_axis", "return image,", "return image[0],", "shape",
   "You return (C, H, W): the image keeps its batch axis, (1, C, H, W).")

# ── feature maps ───────────────────────────────────────────────────────────────────────────────

of = edits(feature_maps)
FOUND = "model.get_submodule(layer)"
of("maps_of_the_input", "kept.append(out)", "kept.append(given[0])", "values nested",
   "You keep what the layer is given: keep its output.")
of("maps_are_scores", "return kept[0]", "return model(x).detach()", "values nested parts",
   "You return the model's scores: return what the layer gives.")
of("maps_of_children_alone", FOUND, "dict(model.named_children())[layer]", "nested",
   "You look among the outermost layers alone: a name such as 2.1 leads into a nested sequence, as get_submodule does.")
of("maps_of_the_first_image", "return kept[0]", "return kept[0][:1]", "values nested parts",
   "You return the maps of the first image alone: there are N.")
of("maps_hook_left", "hook.remove()", "pass", "model",
   "You leave your hook on the model, where it keeps every later output: remove it.")
of("maps_lose_an_axis", "return kept[0]", "return kept[0].squeeze(0)", "shape",
   "You squeeze the result, and a batch of one image loses its axis: keep it.")

# ── filters ────────────────────────────────────────────────────────────────────────────────────

of = edits(scaled_filters)
LOW, SPAN, SCALED, SAFE = "w.amin(dim=(1, 2, 3), keepdim=True)", "w.amax(dim=(1, 2, 3), keepdim=True) - low", "(w - low) / torch.where(span > 0, span, 1.0)", "torch.where(span > 0, span, 1.0)"
H = "values known_answer"
of("filters_by_common_range", LOW, "w.amin()", H,
   "You scale all filters by one minimum and maximum: each has its own.", also={SPAN: "w.amax() - low"})
of("filters_by_channel", LOW, "w.amin(dim=(2, 3), keepdim=True)", H,
   "You scale each channel by itself: one minimum and maximum over C, H and W for a filter.", also={SPAN: "w.amax(dim=(2, 3), keepdim=True) - low"})
of("filters_not_shifted", SCALED, f"w / {SAFE}", H,
   "You divide by the span and do not take the minimum off first.")
of("filters_nan_for_constant", SAFE, "span", "constant",
   "A constant filter has no span, and 0 / 0 is NaN: such a filter becomes 0.")
of("filters_large_guard", SAFE, "(span + 1e-3)", H,
   "The constant that you add to the span is so large that no filter reaches 1: treat constant filters by themselves.")
of("filters_in_place", f"return {SCALED}", f"w -= low\n    return w / {SAFE}", "pure",
   "w -= low changes the caller's weights: write w - low, which makes a new tensor.")
of("filters_squeezed", SCALED, f"({SCALED}).squeeze()", "shape",
   "You squeeze the result, and axes of length one are lost: keep the shape of w.")

# ── patches ────────────────────────────────────────────────────────────────────────────────────

of = edits(top_patches)
ROWS, COLUMNS, TOPK = "max(i - reach, 0) : i + reach + 1", "max(j - reach, 0) : j + reach + 1", "maps[:, channel].flatten().topk(k)"
of("patches_of_the_first_channel", "maps[:, channel]", "maps[:, 0]", "values border scores",
   "You take the first channel whichever is asked for.")
of("patches_of_large_size", "maps[:, channel]", "maps[:, channel].abs()", "border scores",
   "You take abs first, so that strongly negative numbers win: take the largest as they are.")
of("patches_without_stride", "place // width % height * stride, place % width * stride", "place // width % height, place % width", "values border",
   "You take a cell's index for a pixel's: multiply by stride.")
of("patches_begin_at_the_centre", ROWS, "i : i + field", "values border",
   "Your patch begins at i·stride: that is its middle, so begin field//2 before it.", also={COLUMNS: "j : j + field"})
of("patches_end_too_early", ROWS, "max(i - reach, 0) : i + reach", "values border",
   "Your patch lacks its last row and column: the end of a slice is left out, so add 1.", also={COLUMNS: "max(j - reach, 0) : j + reach"})
of("patches_begin_below_zero", ROWS, "i - reach : i + reach + 1", "border",
   "A negative start counts from the end to Python, so your patches at the border are empty: start at 0 at the least.", also={COLUMNS: "j - reach : j + reach + 1"})
of("patches_padded", "patches = []", "patches, images, border = [], nn.functional.pad(images, (reach, reach, reach, reach)), reach", "border",
   "You pad patches at the border with zeros: clip them to what the image has.",
   also={ROWS: "i : i + field", COLUMNS: "j : j + field"})
of("patches_rows_for_columns", f"{ROWS}, {COLUMNS}", f"{COLUMNS}, {ROWS}", "values border",
   "You exchange rows and columns: i counts rows.")
of("patches_too_wide", "reach = field // 2", "reach = field", "values border",
   "Your patches reach `field` pixels to each side: `field` is their whole width, so field // 2.")
of("patches_scores_of_places", "return patches, scores", "return patches, places.double()", "scores",
   "You return the places of the numbers: return the numbers themselves.")
of("patches_scores_as_column", "return patches, scores", "return patches, scores[:, None]", "shape",
   "Your scores have the shape (k, 1): it is (k,).")


@mistake("top_patches", caught_by=("values",))
def patches_one_of_each_image(maps, images, channel, k, field, stride):
    """You take the best place of each image: all images and places compete, and one image may have several."""
    best = maps[:, channel].flatten(1).amax(dim=1, keepdim=True)
    alone = torch.where(maps[:, channel].flatten(1) == best, maps[:, channel].flatten(1), -1e9)
    return top_patches(alone.reshape(maps[:, channel].shape)[:, None], images, 0, k, field, stride)


@mistake("top_patches", caught_by=("pure",))
def patches_cross_out(maps, images, channel, k, field, stride):
    """You cross out in maps what you have found, and the caller's maps are changed: do that in a copy."""
    patches, scores = top_patches(maps, images, channel, k, field, stride)
    maps[:, channel][maps[:, channel] >= scores[-1]] = float("-inf")
    return patches, scores


# ── features ───────────────────────────────────────────────────────────────────────────────────

of = edits(nearest_neighbors)
DISTANCE, H = "(features - query).norm(dim=1)", "values known_answer"
of("nearest_by_product", DISTANCE, "(features @ query).neg()", H,
   "You compare by the inner product, which long vectors win: compare by Euclidean distance.")
of("nearest_by_sum", ".norm(dim=1)", ".abs().sum(dim=1)", "known_answer",
   "You add up absolute differences: the distance is the root of the sum of squares.")
of("nearest_first_left_out", "[:k]", "[1 : k + 1]", "values",
   "You leave out the nearest, as if it were the query itself: the query is not one of the features.")
of("nearest_by_index", "[:k]", "[:k].sort().values", H,
   "You return the right indices in the order of the features: the nearest is first.")
of("nearest_distances", f"{DISTANCE}.argsort()", f"{DISTANCE}.sort().values", H,
   "You return distances: return indices.")
of("nearest_centred_in_place", f"return {DISTANCE}", f"features -= query\n    query = 0 * query\n    return {DISTANCE}", "pure",
   "features -= query changes the caller's features: write features - query.")

of = edits(pca)
CENTRED, VARIANCES, PROJECTION = "features - features.mean(dim=0)", "lengths[:k] ** 2 / len(features)", "centred @ directions[:k].T"
BOTH = "projection variances known_answer"
of("pca_not_centred", CENTRED, "features", BOTH,
   "You do not subtract the mean, so the first direction points at it: centre the features first.")
of("pca_unbiased", "/ len(features)", "/ (len(features) - 1)", "variances known_answer",
   "You divide by N - 1: the variances are with 1/N.")
of("pca_not_divided", " / len(features)", "", "variances known_answer",
   "You return squared singular values: divide them by N.")
of("pca_smallest", "directions[:k].T", "directions.flip(0)[:k].T", "projection known_answer",
   "You project onto the directions of the smallest variance: take the largest.")
of("pca_whitened", PROJECTION, f"({PROJECTION}) / lengths[:k] * len(features) ** 0.5", "projection known_answer",
   "You divide the projection by its deviations, which whitens it: leave it as it is.")
of("pca_directions", PROJECTION, "directions[:k].T", "projection",
   "You return the directions: return what the features are along them.")
of("pca_in_place", f"centred = {CENTRED}", "features -= features.mean(dim=0)\n    centred = features", "pure",
   "features -= mean changes the caller's features: write features - mean.")
of("pca_variances_as_row", VARIANCES, f"({VARIANCES})[None]", "shapes",
   "Your variances have an axis of length one in front: their shape is (k,).")
