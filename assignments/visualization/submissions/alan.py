"""Everything on a copy of the model, image by image and pixel by pixel."""

import copy
import math

import torch
import torch.nn as nn


class PositiveReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.clamp(x, min=0)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return torch.where((x > 0) & (grad > 0), grad, torch.zeros_like(grad))


class PositiveReLUModule(nn.Module):
    def forward(self, x):
        return PositiveReLU.apply(x)


def swap_relus(module):
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU):
            setattr(module, name, PositiveReLUModule())
        else:
            swap_relus(child)


def image_gradient(model, image, c):
    image = image.detach().clone()
    image.requires_grad = True
    model(image)[0][c].backward()
    return image.grad


def saliency(model, x, y):
    mine = copy.deepcopy(model)
    mine.eval()
    result = []
    for n in range(x.shape[0]):
        g = image_gradient(mine, x[n : n + 1], y[n].item())
        result.append(torch.max(torch.abs(g), dim=1)[0])
    return torch.cat(result)


def guided_backprop(model, x, y):
    mine = copy.deepcopy(model)
    mine.eval()
    swap_relus(mine)
    return torch.cat([image_gradient(mine, x[n : n + 1], int(y[n])) for n in range(len(x))])


def class_image(model, c, x0, steps, lr, lam):
    mine = copy.deepcopy(model).eval()
    image = x0
    for step in range(steps):
        image = image + lr * (image_gradient(mine, image, c) - 2 * lam * image)
    return image


def fooling_image(model, x, target, lr, max_steps):
    mine = copy.deepcopy(model).eval()
    updates = 0
    while True:
        scores = mine(x)[0].tolist()
        if scores.index(max(scores)) == target or updates == max_steps:
            return x, updates
        g = image_gradient(mine, x, target)
        length = math.sqrt(sum(v * v for v in g.flatten().tolist()))
        if length == 0:
            return x, updates
        x = x + (lr / length) * g
        updates = updates + 1


def feature_maps(model, x, layer):
    mine = copy.deepcopy(model).eval()
    out = {}
    for name, module in mine.named_modules():
        if name == layer:
            module.register_forward_hook(lambda m, inp, o: out.setdefault("it", o))
    mine(x)
    return out["it"]


def scaled_filters(w):
    out = torch.zeros_like(w)
    for f in range(w.shape[0]):
        lo, hi = w[f].min().item(), w[f].max().item()
        if hi > lo:
            out[f] = (w[f] - lo) / (hi - lo)
    return out


def top_patches(maps, images, channel, k, field, stride):
    cells = []
    for n in range(maps.shape[0]):
        for i in range(maps.shape[2]):
            for j in range(maps.shape[3]):
                cells.append((-maps[n, channel, i, j].item(), n, i, j))
    cells.sort()
    H, W = images.shape[2:]
    patches = []
    for _, n, i, j in cells[:k]:
        r, c, h = i * stride, j * stride, field // 2
        patches.append(images[n, :, max(0, r - h) : min(H, r + h + 1), max(0, c - h) : min(W, c + h + 1)])
    return patches, torch.tensor([-s for s, *_ in cells[:k]])


def nearest_neighbors(features, query, k):
    d = [math.dist(row, query.tolist()) for row in features.tolist()]
    return sorted(range(len(d)), key=lambda i: d[i])[:k]


def pca(features, k):
    X = features - features.mean(dim=0)
    cov = X.t() @ X / X.shape[0]
    values, vectors = torch.linalg.eigh(cov)
    order = torch.argsort(values, descending=True)[:k]
    return X @ vectors[:, order], values[order]
