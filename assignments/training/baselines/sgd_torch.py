"""The plain trainer of the PyTorch track: mini-batches of 32, a constant rate, no momentum; gradients by autograd."""

import torch
from torch.nn.functional import conv2d, cross_entropy


def logits(params, images):
    hidden = conv2d(images, params["W1"], params["b1"], stride=2, padding=2).relu()
    hidden = conv2d(hidden, params["W2"], params["b2"], stride=2, padding=2).relu()
    return hidden.flatten(1) @ params["W3"] + params["b3"]


def train(params, images, labels, commit, rng):
    params = {name: weights.clone().requires_grad_() for name, weights in params.items()}
    for step in range(1, 2001):
        batch = torch.randint(len(labels), (32,), generator=rng).to(images.device)
        loss = cross_entropy(logits(params, images[batch]), labels[batch])
        gradients = torch.autograd.grad(loss, list(params.values()))
        with torch.no_grad():
            for weights, gradient in zip(params.values(), gradients, strict=True):
                weights -= 0.03 * gradient
        if step % 40 == 0:
            commit({name: weights.detach() for name, weights in params.items()})
    return {name: weights.detach() for name, weights in params.items()}
