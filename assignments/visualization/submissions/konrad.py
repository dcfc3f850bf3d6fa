import torch
import torch.nn as nn

# everything with .backward(), as in the lecture

def saliency(model, x, y):
    model.eval()
    x.requires_grad_()
    loss = model(x).gather(1, y.view(-1, 1)).sum()
    loss.backward()
    return x.grad.abs().max(dim=1).values

def guided_backprop(model, x, y):
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.register_full_backward_hook(lambda m, gi, go: (torch.clamp(gi[0], min=0.0),))
    x = x.clone().requires_grad_()
    model(x).gather(1, y.view(-1, 1)).sum().backward()
    return x.grad

def class_image(model, c, x0, steps, lr, lam):
    model.eval()
    for param in model.parameters():
        param.requires_grad = False
    img = x0.clone()
    for _ in range(steps):
        img.requires_grad_()
        score = model(img)[0, c] - lam * (img ** 2).sum()
        g = torch.autograd.grad(score, img)[0]
        with torch.no_grad():
            img += lr * g
    return img.detach()

def fooling_image(model, x, target, lr, max_steps):
    model.eval()
    with torch.enable_grad():
        for i in range(max_steps):
            z = x.clone().requires_grad_()
            scores = model(z)
            if scores.argmax().item() == target:
                return x, i
            g = torch.autograd.grad(scores[0, target], z)[0]
            if g.norm() > 0:
                x += lr * g / g.norm()
    return x, max_steps

def feature_maps(model, x, layer):
    model.eval()
    keep = []
    for name, module in model.named_modules():
        if name == layer:
            module.register_forward_hook(lambda m, i, o: keep.append(o))
    model(x)
    model.train()
    return keep[0]

def scaled_filters(w):
    for f in w:
        f -= f.min()
        if f.max() > 0:
            f /= f.max()
    return w

def top_patches(maps, images, channel, k, field, stride):
    patches, scores = [], []
    m = maps[:, channel]
    for _ in range(k):
        best = m.max()
        n, i, j = (m == best).nonzero()[0].tolist()
        r, c, h = i * stride, j * stride, field // 2
        patches.append(images[n, :, max(0, r - h):r + h + 1, max(0, c - h):c + h + 1])
        scores.append(best.item())
        m[n, i, j] = -1e9
    return patches, torch.tensor(scores)

def nearest_neighbors(features, query, k):
    features -= query
    return features.pow(2).sum(1).sort().indices[:k]

def pca(features, k):
    features -= features.mean(dim=0)
    u, s, v = torch.svd(features)
    return features @ v[:, :k], s[:k] ** 2 / features.shape[0]
