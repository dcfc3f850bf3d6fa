import torch
from torch import nn


def saliency(model, x, y):
    x = x.clone().requires_grad_()
    scores = model(x)
    g, = torch.autograd.grad(scores.gather(1, y[:, None]).sum(), x)
    return g.abs().max(dim=1)[0]


def guided_backprop(model, x, y):
    # deconvnet?
    def hook(module, grad_in, grad_out):
        return (torch.clamp(grad_out[0], min=0),)

    modes = [m.training for m in model.modules()]
    model.eval()
    handles = [m.register_full_backward_hook(hook) for m in model.modules() if isinstance(m, nn.ReLU)]
    x = x.clone().requires_grad_()
    g, = torch.autograd.grad(model(x).gather(1, y[:, None]).sum(), x)
    for h in handles:
        h.remove()
    for m, t in zip(model.modules(), modes):
        m.training = t
    return g


def class_image(model, c, x0, steps, lr, lam):
    modes = [m.training for m in model.modules()]
    model.eval()
    I = x0.clone()
    for _ in range(steps):
        I = I.detach().requires_grad_()
        g, = torch.autograd.grad(model(I)[0, c], I)
        I = I + lr * (g - lam * I)
    for m, t in zip(model.modules(), modes):
        m.training = t
    return I.detach()


def fooling_image(model, x, target, lr, max_steps):
    modes = [m.training for m in model.modules()]
    model.eval()
    x = x.clone()
    updates = 0
    for _ in range(max_steps):
        x = x.detach().requires_grad_()
        scores = model(x)
        g, = torch.autograd.grad(scores[0, target], x)
        if scores.argmax() == target and updates > 0:
            break
        x = x + lr * g / g.norm()
        updates += 1
    for m, t in zip(model.modules(), modes):
        m.training = t
    return x.detach(), updates


def feature_maps(model, x, layer):
    modes = [m.training for m in model.modules()]
    model.eval()
    out = []
    h = dict(model.named_children())[layer].register_forward_hook(lambda m, i, o: out.append(o))
    model(x)
    h.remove()
    for m, t in zip(model.modules(), modes):
        m.training = t
    return out[0].detach()


def scaled_filters(w):
    lo, hi = w.min(), w.max()
    return (w - lo) / (hi - lo)


def top_patches(maps, images, channel, k, field, stride):
    scores, idx = maps[:, channel].flatten().topk(k)
    H, W = maps.shape[2:]
    patches = []
    for p in idx.tolist():
        n, i, j = p // (H * W), p // W % H, p % W
        r, c = i * stride, j * stride
        patches.append(images[n, :, r - field // 2 : r + field // 2 + 1, c - field // 2 : c + field // 2 + 1])
    return patches, scores


def nearest_neighbors(features, query, k):
    return torch.argsort(features @ query, descending=True)[:k]


def pca(features, k):
    X = features - features.mean(0)
    U, S, V = torch.linalg.svd(X, full_matrices=False)
    return X @ V[:k].T, S[:k] ** 2 / (len(X) - 1)
