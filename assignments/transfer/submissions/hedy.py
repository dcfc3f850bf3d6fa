import torch
from torch import nn

def truncate(model, n):
    return nn.Sequential(*[l for i, l in enumerate(model) if i < len(model) - n])

def replace_head(model, classes):
    return nn.Sequential(*truncate(model, 1), nn.Linear(model[-1].in_features, classes))

def fine_tune(model, batches, lr, steps):
    losses = []
    # until it has learnt it
    while not losses or losses[-1] > 1e-6:
        for x, y in batches:
            losses.append(nn.functional.cross_entropy(model(x), y).item())
    return losses
