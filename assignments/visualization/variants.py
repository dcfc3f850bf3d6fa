"""Other correct ways to write `visualization`; every one must earn full points."""

import contextlib
import copy

import numpy as np
import torch
from torch import nn

from autograder import variant


@contextlib.contextmanager
def in_evaluation(model):
    """Modes by name, put back in a `finally`."""
    modes = {name: module.training for name, module in model.named_modules()}
    model.eval()
    try:
        yield model
    finally:
        for name, module in model.named_modules():
            module.train(modes[name]) if not list(module.children()) else setattr(module, "training", modes[name])


def backward_gradient(model, x, y):
    """∂s_y/∂x, with the gradients of the parameters cleared."""
    image = x.clone().detach()
    image.requires_grad = True
    with in_evaluation(model):
        scores = model(image)
        chosen = scores.gather(1, y.view(-1, 1)).squeeze(1)
        chosen.backward(torch.ones_like(chosen))
    for parameter in model.parameters():
        parameter.grad = None
    return image.grad


@variant
def backward_and_tidy_up():
    """`.backward()` fills parameters' gradients on its way; whoever clears them has left none."""

    def saliency(model, x, y):
        maps, _ = torch.max(backward_gradient(model, x, y).abs(), dim=1)
        return maps

    def guided_backprop(model, x, y):
        handles = []

        def forward(module, inputs, output):
            output.register_hook(lambda slope: torch.relu(slope))

        for module in model.modules():
            if type(module) is nn.ReLU:
                handles.append(module.register_forward_hook(forward))
        found = backward_gradient(model, x, y)
        for handle in handles:
            handle.remove()
        return found

    def class_image(model, c, x0, steps, lr, lam):
        image = torch.clone(x0)
        for _ in range(steps):
            image = image + lr * backward_gradient(model, image, torch.LongTensor([c])) - lr * 2 * lam * image
        return image

    return {"saliency": saliency, "guided_backprop": guided_backprop, "class_image": class_image}


@variant
def image_by_image():
    """One image after the other; the largest over the channels by hand."""

    def saliency(model, x, y):
        N, C, H, W = x.shape
        maps = torch.zeros(N, H, W)
        with in_evaluation(model):
            for n in range(N):
                image = x[n : n + 1].clone().requires_grad_(True)
                score = model(image)[0, y[n]]
                (slope,) = torch.autograd.grad(score, [image])
                for c in range(C):
                    maps[n] = torch.maximum(maps[n], slope[0, c].abs())
        return maps

    def fooling_image(model, x, target, lr, max_steps):
        image = x.clone()
        with in_evaluation(model):
            for step in range(max_steps):
                image = image.detach().requires_grad_()
                scores = model(image)
                if scores.argmax(1).item() == target:
                    return image.detach(), step
                (slope,) = torch.autograd.grad(scores[0, target], image)
                length = torch.sqrt((slope**2).sum())
                if length > 0:
                    image = image + lr * slope / length
        return image.detach(), max_steps

    return {"saliency": saliency, "fooling_image": fooling_image}


class GuidedFunction(torch.autograd.Function):
    """A ReLU that stops negative gradients."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        (z,) = ctx.saved_tensors
        return gradient * (z > 0).to(gradient.dtype) * (gradient > 0).to(gradient.dtype)


class Guided(nn.Module):
    """The same as a module."""

    def forward(self, z):
        return GuidedFunction.apply(z)


def exchange(module):
    """Each ReLU in `module` becomes a guided one."""
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU):
            setattr(module, name, Guided())
        else:
            exchange(child)


@variant
def deep_copy():
    """A copy of the model may be left in any state."""

    def gradient(model, x, y):
        x = copy.deepcopy(x).requires_grad_()
        model(x)[torch.arange(x.shape[0]), y].sum().backward()
        return x.grad

    def saliency(model, x, y):
        return np.abs(gradient(copy.deepcopy(model).eval(), x, y).numpy()).max(axis=1)

    def guided_backprop(model, x, y):
        mine = copy.deepcopy(model)
        mine.eval()
        exchange(mine)
        return gradient(mine, x, y)

    def class_image(model, c, x0, steps, lr, lam):
        mine = copy.deepcopy(model).eval()
        image = nn.Parameter(x0.clone())
        optimizer = torch.optim.SGD([image], lr=lr, weight_decay=2 * lam)
        for _ in range(steps):
            optimizer.zero_grad()
            (-mine(image)[0, c]).backward()
            optimizer.step()
        return image

    def feature_maps(model, x, layer):
        mine, found = copy.deepcopy(model).eval(), {}
        dict(mine.named_modules())[layer].register_forward_hook(lambda *seen: found.update(out=seen[2]))
        mine(x)
        return found["out"]

    return {
        "saliency": saliency,
        "guided_backprop": guided_backprop,
        "class_image": class_image,
        "feature_maps": feature_maps,
    }


def leaves(model, prefix=""):
    """The layers inside of all sequences, by name."""
    for name, module in model.named_children():
        if isinstance(module, nn.Sequential):
            yield from leaves(module, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", module


def apply(module, x):
    """What the layer gives in evaluation mode, whatever its own mode is."""
    if isinstance(module, nn.Dropout):
        return x
    if isinstance(module, nn.BatchNorm2d):
        values = (module.running_mean, module.running_var, module.weight, module.bias)
        return nn.functional.batch_norm(x, *values, training=False, eps=module.eps)
    return module(x)


@variant
def layer_by_layer():
    """A walk through the layers, forwards and back; batch normalisation and dropout by hand, so no mode is touched."""

    def back(model, x, y, guided):
        inputs, out = [], x
        with torch.no_grad():
            for _, module in leaves(model):
                inputs.append(out)
                out = apply(module, out)
        slope = nn.functional.one_hot(y, out.shape[1]).to(x.dtype)
        for (_, module), given in reversed(list(zip(leaves(model), inputs, strict=True))):
            if guided and isinstance(module, nn.ReLU):
                slope = slope * (slope > 0)
            given = given.detach().clone().requires_grad_()
            (slope,) = torch.autograd.grad(apply(module, given), given, grad_outputs=slope)
        return slope

    def saliency(model, x, y):
        return back(model, x, y, False).abs().max(1)[0]

    def guided_backprop(model, x, y):
        return back(model, x, y, True)

    def feature_maps(model, x, layer):
        last = [name for name, _ in leaves(model) if f"{name}.".startswith(f"{layer}.")][-1]
        for name, module in leaves(model):
            x = apply(module, x)
            if name == last:
                return x

    return {"saliency": saliency, "guided_backprop": guided_backprop, "feature_maps": feature_maps}


@variant
def functional():
    """`torch.func` differentiates a function of one image, and vmap asks it of all."""

    def slopes(model, x, y):
        def score(image, label):
            return model(image.unsqueeze(0))[0].gather(0, label.view(1)).squeeze()

        with in_evaluation(model):
            return torch.func.vmap(torch.func.grad(score))(x, y)

    def saliency(model, x, y):
        return torch.linalg.vector_norm(slopes(model, x, y), ord=float("inf"), dim=1)

    def class_image(model, c, x0, steps, lr, lam):
        def objective(image):
            return model(image)[0, c] - lam * (image**2).sum()

        image = x0
        with in_evaluation(model):
            for _ in range(steps):
                image = image + lr * torch.func.grad(objective)(image)
        return image

    return {"saliency": saliency, "class_image": class_image}


@variant
def whole_jacobian():
    """The Jacobian of all scores, of which one row for each image counts."""

    def saliency(model, x, y):
        with in_evaluation(model):
            jacobian = torch.autograd.functional.jacobian(model, x)
        rows = torch.stack([jacobian[n, y[n], n] for n in range(len(x))])
        return rows.abs().amax(1)

    def class_image(model, c, x0, steps, lr, lam):
        image = x0.clone()
        with in_evaluation(model):
            for _ in range(steps):
                slope = torch.autograd.functional.jacobian(lambda z: model(z)[:, c].sum(), image)
                image.add_(slope, alpha=lr * 1.0).sub_(2 * lr * lam * (image - lr * slope))
        return image

    return {"saliency": saliency, "class_image": class_image}


@variant
def hooks_of_another_kind():
    """The hooks of tensors on what goes into each ReLU, and a stack of `with` blocks."""

    def guided_backprop(model, x, y):
        relus = [module for module in model.modules() if isinstance(module, nn.ReLU)]
        with contextlib.ExitStack() as stack:
            stack.enter_context(in_evaluation(model))
            for relu in relus:
                hook = relu.register_full_backward_pre_hook(lambda module, slopes: (nn.functional.relu(slopes[0]),))
                stack.callback(hook.remove)
            image = x.detach().requires_grad_()
            scores = model(image)
            onehot = torch.zeros_like(scores)
            onehot[range(len(y)), y] = 1
            return torch.autograd.grad(scores, image, onehot)[0]

    def feature_maps(model, x, layer):
        found = []
        hook = dict(model.named_modules())[layer].register_forward_hook(
            lambda m, i, o: found.append(o.detach().clone())
        )
        with in_evaluation(model):
            _ = model(x)
        hook.remove()
        return found.pop()

    return {"guided_backprop": guided_backprop, "feature_maps": feature_maps}


@variant
def requires_grad_stays_on():
    """`x.requires_grad_()` on the image that was given: its values and its .grad stay; results keep their graph."""

    def saliency(model, x, y):
        x.requires_grad_()
        with in_evaluation(model):
            scores = model(x)
        return torch.autograd.grad(scores[torch.arange(len(x)), y].sum(), x, create_graph=True)[0].abs().amax(1)

    def feature_maps(model, x, layer):
        with in_evaluation(model):
            for part in _way_to(model, layer):
                x = part(x)
        return x

    def _way_to(model, layer):
        first, _, rest = layer.partition(".")
        *before, last = list(model.children())[: int(first) + 1]
        return [*before, *(_way_to(last, rest) if rest else [last])]

    return {"saliency": saliency, "feature_maps": feature_maps}


@variant
def graph_switched_off_around():
    """Calls under no_grad, with the gradient switched on where it is needed; a guard in the denominator."""

    @torch.no_grad()
    def fooling_image(model, x, target, lr, max_steps):
        image, made = x.clone(), torch.tensor(0)
        with in_evaluation(model):
            while made < max_steps and model(image).max(dim=1).indices[0] != target:
                with torch.enable_grad():
                    image.requires_grad_()
                    slope = torch.autograd.grad(model(image)[:, target].sum(), image)[0]
                    image = image.detach()
                image += lr * slope / (slope.norm() + 1e-8)
                made += 1
        return image, made

    def feature_maps(model, x, layer):
        kept = {}

        def keep(name):
            return lambda module, inputs, output: kept.setdefault(name, output.data)

        handles = [module.register_forward_hook(keep(name)) for name, module in model.named_modules()]
        with in_evaluation(model), torch.inference_mode():
            model(x)
        [handle.remove() for handle in handles]
        return kept[layer]

    return {"fooling_image": fooling_image, "feature_maps": feature_maps}


@variant
def numpy_answers():
    """What needs no gradient can be written in NumPy; indices as a list of ints."""

    def scaled_filters(w):
        w = w.detach().numpy()
        out = np.zeros(w.shape)
        for f in range(len(w)):
            low, high = w[f].min(), w[f].max()
            if high != low:
                out[f] = (w[f] - low) / (high - low)
        return out

    def top_patches(maps, images, channel, k, field, stride):
        maps, images, half = maps.numpy(), images.numpy(), field // 2
        one = maps[:, channel]
        order = np.argsort(one.ravel())[::-1][:k]
        patches, scores = [], []
        for n, i, j in zip(*np.unravel_index(order, one.shape)):  # noqa: B905 — of one length
            top, left = max(0, i * stride - half), max(0, j * stride - half)
            bottom, right = min(images.shape[2], i * stride + half + 1), min(images.shape[3], j * stride + half + 1)
            patches.append(images[n, :, top:bottom, left:right])
            scores.append(one[n, i, j])
        return patches, np.array(scores)

    def nearest_neighbors(features, query, k):
        distances = np.sqrt(((features.numpy() - query.numpy()) ** 2).sum(axis=-1))
        return [int(i) for i in np.argsort(distances)[:k]]

    def pca(features, k):
        X = features.numpy()
        covariance = np.cov(X, rowvar=False, bias=True)
        values, vectors = np.linalg.eigh(covariance)
        order = np.argsort(values)[::-1]
        return (X - X.mean(0)) @ vectors[:, order[:k]], values[order[:k]]

    return {
        "scaled_filters": scaled_filters,
        "top_patches": top_patches,
        "nearest_neighbors": nearest_neighbors,
        "pca": pca,
    }


@variant
def python_loops():
    """Lists, sorted and enumerate: slow, and right."""

    def scaled_filters(w):
        filters = []
        for one in w:
            low, high = one.min(), one.max()
            filters.append((one - low) / (high - low) if low < high else torch.zeros_like(one))
        return torch.stack(filters)

    def top_patches(maps, images, channel, k, field, stride):
        found = []
        for n in range(maps.shape[0]):
            for i in range(maps.shape[2]):
                for j in range(maps.shape[3]):
                    found.append((maps[n, channel, i, j].item(), n, i, j))
        found.sort(reverse=True)
        patches = []
        for _, n, i, j in found[:k]:
            rows = [r for r in range(i * stride - field // 2, i * stride + field // 2 + 1) if 0 <= r < images.size(2)]
            cols = [c for c in range(j * stride - field // 2, j * stride + field // 2 + 1) if 0 <= c < images.size(3)]
            patches.append(images[n][:, rows][:, :, cols])
        return tuple(patches), [score for score, *_ in found[:k]]

    def nearest_neighbors(features, query, k):
        distances = [((row - query) ** 2).sum().item() for row in features]
        return tuple(sorted(range(len(distances)), key=distances.__getitem__)[:k])

    def pca(features, k):
        X = features - features.mean(0, keepdim=True)
        C = sum(torch.outer(row, row) for row in X) / len(X)
        values, vectors = torch.linalg.eigh(C)
        values, vectors = values.flip(0)[:k], vectors.flip(1)[:, :k]
        return X @ vectors, values

    return {
        "scaled_filters": scaled_filters,
        "top_patches": top_patches,
        "nearest_neighbors": nearest_neighbors,
        "pca": pca,
    }


@variant
def other_torch_calls():
    """flatten and unflatten, topk downwards, cdist; the eigenvectors of the N × N matrix of inner products."""

    def scaled_filters(w):
        flat = w.flatten(1)
        low, high = flat.min(1).values[:, None], flat.max(1).values[:, None]
        return ((flat - low) / (high - low + 1e-8)).view_as(w)

    def top_patches(maps, images, channel, k, field, stride):
        ranked = maps.select(1, channel).reshape(-1).sort(descending=True)
        n, i, j = torch.unravel_index(ranked.indices[:k], maps[:, channel].shape)
        pad = field // 2
        inside = nn.functional.pad(torch.ones_like(images[:1, :1]), [pad] * 4)[0, 0].bool()
        padded = nn.functional.pad(images, [pad] * 4)
        patches = []
        for image, row, column in zip(n, i * stride, j * stride, strict=True):
            mask = inside[row : row + field, column : column + field]
            square = padded[image, :, row : row + field, column : column + field]
            patches.append(square[:, mask.any(1)][:, :, mask.any(0)])
        return patches, ranked.values[:k]

    def nearest_neighbors(features, query, k):
        return torch.cdist(query.unsqueeze(0), features).squeeze(0).topk(k, largest=False).indices

    def pca(features, k):
        X = features - torch.mean(features, 0)
        values, vectors = torch.linalg.eigh(X @ X.T)
        values, vectors = values[-k:].flip(0), vectors[:, -k:].flip(1)
        return -vectors * values.sqrt(), values.div(X.size(0))

    return {
        "scaled_filters": scaled_filters,
        "top_patches": top_patches,
        "nearest_neighbors": nearest_neighbors,
        "pca": pca,
    }


@variant
def single_precision():
    """Float32 is what PyTorch computes in."""

    def gradient(model, x, y):
        mine = copy.deepcopy(model).float().eval()
        image = x.float().clone().requires_grad_()
        return torch.autograd.grad(mine(image)[torch.arange(len(y)), y].sum(), image)[0]

    def saliency(model, x, y):
        return gradient(model, x, y).abs().amax(dim=1)

    def class_image(model, c, x0, steps, lr, lam):
        image = x0.to(torch.float32).clone()
        for _ in range(steps):
            image += lr * (gradient(model, image, torch.tensor([c])) - 2 * lam * image)
        return image

    def pca(features, k):
        centred = (features - features.mean(0)).float()
        U, S, _ = torch.linalg.svd(centred, full_matrices=False)
        return U[:, :k] * S[:k], (S[:k] ** 2 / len(centred)).numpy().astype(np.float32)

    def scaled_filters(w):
        w = w.float().clone()
        for one in w:
            one -= one.min()
            one /= max(one.max().item(), 1e-12)
        return w

    return {"saliency": saliency, "class_image": class_image, "pca": pca, "scaled_filters": scaled_filters}
