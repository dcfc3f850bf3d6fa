import numpy as np
import torch
import torch.nn.functional as F


def network_forward(params, images):
    t = {k: torch.tensor(v) for k, v in params.items()}
    h = F.relu(F.conv2d(torch.tensor(images), t["W1"], t["b1"], stride=2, padding=2))
    h = F.relu(F.conv2d(h, t["W2"], t["b2"], stride=2, padding=2)).flatten(1)
    return (h @ t["W3"] + t["b3"]).numpy(), None


def network_loss(params, images, labels):
    t = {k: torch.tensor(v, requires_grad=True) for k, v in params.items()}
    h = F.relu(F.conv2d(torch.tensor(images), t["W1"], t["b1"], stride=2, padding=2))
    h = F.relu(F.conv2d(h, t["W2"], t["b2"], stride=2, padding=2)).flatten(1)
    loss = F.cross_entropy(h @ t["W3"] + t["b3"], torch.tensor(labels))
    loss.backward()
    return loss.item(), {k: v.grad.numpy() for k, v in t.items()}


def train(params, images, labels, commit, rng):
    params = dict(params)
    for step in range(300):
        i = rng.integers(0, len(labels), 32)
        loss, grads = network_loss(params, images[i], labels[i])
        params = {k: params[k] - 0.05 * grads[k] for k in params}
        if step % 30 == 29:
            commit(params)
    return params
