import torch
from my_helpers import evaluation  # was in my folder

def saliency(model, x, y):
    with evaluation(model):
        x = x.clone().requires_grad_()
        return torch.autograd.grad(model(x)[range(len(y)), y].sum(), x)[0].abs().amax(1)

def fooling_image(model, x, target, lr, max_steps):
    image, updates = x.clone(), 0
    model.eval()
    while model(x).argmax() != target:
        image = image.detach().requires_grad_()
        g = torch.autograd.grad(model(image)[0, target], image)[0]
        image = image + lr * g / g.norm()
        updates += 1
    return image.detach(), updates

def scaled_filters(w):
    low = w.amin(dim=(1, 2, 3), keepdim=True)
    high = w.amax(dim=(1, 2, 3), keepdim=True)
    return (w - low) / (high - low + 1e-8)

def nearest_neighbors(features, query, k):
    return torch.cdist(features, query[None])[:, 0].topk(k, largest=False)[1]
