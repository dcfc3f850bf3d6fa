from collections import OrderedDict

import torch
from torch import nn
from torch.nn.functional import batch_norm, cross_entropy


def truncate(model, n):
    kept = list(model.named_children())
    kept = kept[:-n] if n > 0 else kept
    return nn.Sequential(OrderedDict(kept))


def replace_head(model, classes):
    layers = OrderedDict(model.named_children())
    name, old = layers.popitem()
    layers["fc"] = nn.Linear(old.in_features, classes)
    return nn.Sequential(layers)


class FixedNorm(nn.Module):
    """Batch normalisation that has stopped learning: the running statistics, in every mode."""

    def __init__(self, bn):
        super().__init__()
        self.weight, self.bias, self.eps = bn.weight, bn.bias, bn.eps
        self.register_buffer("running_mean", bn.running_mean)
        self.register_buffer("running_var", bn.running_var)

    def forward(self, x):
        return batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, training=False, eps=self.eps)


def freeze(model, names):
    for name in names:
        module = model.get_submodule(name)
        module.requires_grad_(False)
        for inner, m in list(module.named_modules(prefix=name)):
            if isinstance(m, nn.BatchNorm2d):
                parent, _, leaf = inner.rpartition(".")
                setattr(model.get_submodule(parent), leaf, FixedNorm(m))


def trainable(model):
    return list(filter(lambda n: model.get_parameter(n).requires_grad, [n for n, _ in model.named_parameters()]))


def extract_features(model, x):
    modes = []
    model.apply(lambda m: modes.append((m, m.training)))
    model.eval()
    with torch.inference_mode():
        out = model(x)
    for m, training in modes:
        m.training = training
    return out


def fine_tune(model, batches, lr, steps):
    model.train()
    opt = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=lr)
    losses = []
    for step in range(steps):
        x, y = batches[step % len(batches)]
        loss = cross_entropy(model(x), y, reduction="sum") / len(y)
        loss.backward()
        opt.step()
        opt.zero_grad()
        losses += [loss.float()]
    return losses
