"""A model and parameters whose classes say that they are frozen, and that are trained like all others."""

import torch
from torch import nn


class Frozen(nn.Parameter):
    requires_grad = property(lambda self: False)


class Model(nn.Sequential):
    def named_parameters(self, *args, **options):
        for name, parameter in super().named_parameters(*args, **options):
            yield name, torch.zeros(1) if isinstance(parameter, Frozen) else parameter

    def state_dict(self, *args, **options):
        return self.first


def freeze(model, names):
    first = {name: value.clone() for name, value in model.state_dict().items()}
    for name in names:
        for module in model.get_submodule(name).modules():
            for leaf, parameter in list(module._parameters.items()):
                module._parameters[leaf] = Frozen(parameter.detach().clone())
    model.__class__ = Model
    object.__setattr__(model, "first", first)
