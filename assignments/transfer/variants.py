"""Other correct ways to write `transfer`; every one must earn full points."""

import copy
import functools
import itertools
import types
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from autograder import variant


@variant
def slices():
    """A Sequential can be sliced, and gives a new Sequential of the same layers, with their names. Features may be
    computed by a copy, whose modes are nobody's concern.
    """

    def truncate(model, n):
        return model[: len(model) - n]

    def replace_head(model, classes):
        new = model[:-1]
        new.append(nn.Linear(model[-1].in_features, classes))
        return new

    def freeze(model, names):
        for name, module in model.named_modules():
            if name in names:
                for part in module.modules():
                    for parameter in part.parameters():
                        parameter.requires_grad = False
                    if isinstance(part, nn.BatchNorm2d):
                        part.train(False)
                        part.train = lambda mode=True: None  # nobody looks at what it returns

    def extract_features(model, x):
        still = copy.deepcopy(model).eval()
        return still(x).detach()

    return {"truncate": truncate, "replace_head": replace_head, "freeze": freeze, "extract_features": extract_features}


@variant
def names_of_its_own():
    """Layers may have other names; a frozen normalisation may be put into evaluation mode before each forward pass.
    A decorator keeps the graph away, and features may be a NumPy array.
    """

    def truncate(model, n):
        names = list(model._modules)
        return nn.Sequential(OrderedDict((f"layer_{k}", model._modules[k]) for k in names[: len(names) - n]))

    def replace_head(model, classes):
        layers = OrderedDict((f"layer_{name}", layer) for name, layer in list(model.named_children())[:-1])
        layers["head"] = nn.Linear(in_features=model[-1].in_features, out_features=classes, bias=True)
        return nn.Sequential(layers)

    def freeze(model, names):
        modules = dict(model.named_modules())
        for name in names:
            for parameter in modules[name].parameters():
                parameter.requires_grad_(False)
            for module in modules[name].modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.register_forward_pre_hook(lambda module, _: module.eval() and None)

    @torch.no_grad()
    def extract_features(model, x):
        modes = {name: module.training for name, module in model.named_modules()}
        features = model.eval()(x)
        for name, module in model.named_modules():
            module.training = modes[name]
        return features.numpy()

    return {"truncate": truncate, "replace_head": replace_head, "freeze": freeze, "extract_features": extract_features}


@variant
def appended():
    """An empty Sequential is filled; the new layer's weights are drawn in another way. Layers are called one by
    one, and modes are put back by train(), from the outside to the inside.
    """

    def truncate(model, n):
        new = nn.Sequential()
        for index, layer in enumerate(model.children()):
            if index < len(model) - n:
                new.append(layer)
        return new

    def replace_head(model, classes):
        new, head = nn.Sequential(), nn.Linear(model[len(model) - 1].weight.shape[1], classes)
        nn.init.xavier_uniform_(head.weight)
        nn.init.zeros_(head.bias)
        for name, layer in model.named_children():
            new.add_module(name, head if name == str(len(model) - 1) else layer)
        return new

    def extract_features(model, x):
        before = {module: module.training for module in model.modules()}
        model.train(False)
        grad = torch.is_grad_enabled()
        torch.set_grad_enabled(False)
        for layer in model:
            x = layer(x)
        torch.set_grad_enabled(grad)
        for module, mode in before.items():
            module.train(mode)
        return x

    return {"truncate": truncate, "replace_head": replace_head, "extract_features": extract_features}


@variant
def train_of_the_whole_model():
    """The model's own train() may be what puts the frozen normalisations back. Gradients by torch.autograd.grad,
    and the step written out; losses as a list of floats.
    """

    def freeze(model, names):
        still = []
        for name in names:
            module = model.get_submodule(name)
            for parameter in module.parameters():
                parameter.requires_grad = False
            still += [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)]
        before = model.train

        def train(self, mode=True):
            before(mode)
            for module in still:
                module.training = False
            return self

        model.train = types.MethodType(train, model)
        for module in still:
            module.eval()

    def fine_tune(model, batches, lr, steps):
        model.train()
        weights = [p for p in model.parameters() if p.requires_grad]
        losses = []
        for (x, y), _ in zip(itertools.cycle(batches), range(steps), strict=False):
            logs = functional.log_softmax(model(x), dim=1)
            loss = -logs[torch.arange(len(y)), y].mean()
            gradients = torch.autograd.grad(loss, weights)
            with torch.no_grad():
                for weight, gradient in zip(weights, gradients, strict=True):
                    weight -= lr * gradient
            losses.append(loss.item())
        return losses

    return {"freeze": freeze, "fine_tune": fine_tune}


@variant
def backbone_and_head():
    """What is kept may be one nested Sequential: its layers are the same objects. The head's weights are normal,
    and the tree of modules is walked by hand.
    """

    def truncate(model, n):
        return nn.Sequential(model[: len(model) - n])

    def replace_head(model, classes):
        head = nn.Linear(model[-1].in_features, classes)
        with torch.no_grad():
            head.weight.normal_(0, 0.01)
        return nn.Sequential(nn.Sequential(*list(model)[:-1]), head)

    def freeze(model, names, prefix="", inside=False):
        for child, module in model.named_children():
            name = prefix + child
            here = inside or name in names
            if here:
                for parameter in module.parameters(recurse=False):
                    parameter.requires_grad = False
                if type(module) is nn.BatchNorm2d:
                    module.training = False
                    module.train = lambda mode=True, m=module: m
            freeze(module, names, f"{name}.", here)

    def trainable(model):
        return [n for n, p in zip(dict(model.named_parameters()), model.parameters(), strict=True) if p.requires_grad]

    return {"truncate": truncate, "replace_head": replace_head, "freeze": freeze, "trainable": trainable}


class FrozenBatchNorm(nn.BatchNorm2d):
    def train(self, mode=True):
        return super().train(False)


@variant
def another_class():
    """A normalisation may become one of a class of its own, whose train() does not go into training. `.data` and
    `.grad` by hand; losses as a NumPy array.
    """

    def freeze(model, names):
        for name in names:
            frozen = model.get_submodule(name).requires_grad_(False)
            for module in frozen.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.__class__ = FrozenBatchNorm
                    module.eval()

    def fine_tune(model, batches, lr, steps):
        model = model.train()
        losses = np.zeros(steps)
        for step in range(steps):
            x, y = batches[step % len(batches)]
            for parameter in model.parameters():
                parameter.grad = None
            scores = model(x)
            loss = (torch.logsumexp(scores, 1) - scores.gather(1, y[:, None])[:, 0]).mean()
            loss.backward()
            for parameter in filter(lambda p: p.grad is not None, model.parameters()):
                parameter.data = parameter.data - lr * parameter.grad
            losses[step] = loss.item()
        return losses

    return {"freeze": freeze, "fine_tune": fine_tune}


@variant
def forward_of_its_own():
    """A normalisation's forward() may always use the running statistics; frozen by prefixes that end in a dot. The
    optimizer may be given all parameters, since it passes over those without a gradient; losses with a graph.
    """

    def freeze(model, names):
        prefixes = tuple(f"{name}." for name in names)
        for name, parameter in model.named_parameters():
            if name.startswith(prefixes):
                parameter.requires_grad = False
        for name, module in model.named_modules():
            if f"{name}.".startswith(prefixes) and isinstance(module, nn.BatchNorm2d):
                module.eval()
                module.forward = functools.partial(normalise, module)

    def normalise(module, x):
        return functional.batch_norm(
            x, module.running_mean, module.running_var, module.weight, module.bias, False, 0.0, module.eps
        )

    def fine_tune(model, batches, lr, steps):
        criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr)
        model.train(True)
        losses, i = [], 0
        while len(losses) < steps:
            inputs, labels = batches[i]
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            model.zero_grad()
            losses.append(loss)
            i = i + 1 if i + 1 < len(batches) else 0
        return torch.stack(losses)

    return {"freeze": freeze, "fine_tune": fine_tune}


class Affine(nn.Module):
    """Like torchvision's FrozenBatchNorm2d: four buffers, and no parameters."""

    def __init__(self, norm):
        super().__init__()
        for name in ("weight", "bias", "running_mean", "running_var"):
            self.register_buffer(name, getattr(norm, name).detach().clone())
        self.eps = norm.eps

    def forward(self, x):
        scale = self.weight * (self.running_var + self.eps).rsqrt()
        shift = self.bias - self.running_mean * scale
        return x * scale[None, :, None, None] + shift[None, :, None, None]


@variant
def another_module():
    """A normalisation may be replaced by a layer of constants."""

    def freeze(model, names):
        for name in names:
            replace(model, name)

    def replace(model, name):
        module = model.get_submodule(name)
        module.requires_grad_(False)
        if isinstance(module, nn.BatchNorm2d):
            parent, _, last = name.rpartition(".")
            setattr(model.get_submodule(parent), last, Affine(module))
        for child, _ in module.named_children():
            replace(model, f"{name}.{child}")

    def trainable(model):
        names = []
        for name, parameter in model.named_parameters():
            if parameter.requires_grad is True:
                names += [name]
        return tuple(names)

    return {"freeze": freeze, "trainable": trainable}


@variant
def recursion_over_modes():
    """The tree of modules is walked by hand, for modes."""

    def collect(module):
        return module.training, [collect(child) for child in module.children()]

    def put_back(module, modes):
        module.training, inner = modes
        for child, mode in zip(module.children(), inner, strict=True):
            put_back(child, mode)

    def extract_features(model, x):
        modes = collect(model)
        try:
            with torch.inference_mode():
                return model.eval()(x).clone()
        finally:
            put_back(model, modes)

    return {"extract_features": extract_features}


@variant
def single_precision_losses():
    """The model computes in double precision, and the losses may be kept in single; nll_loss after log_softmax."""

    def fine_tune(model, batches, lr, steps):
        tuned = filter(lambda p: p.requires_grad, model.parameters())
        optimizer = torch.optim.SGD([{"params": list(tuned), "lr": lr}], lr=1.0, foreach=False)
        losses = torch.zeros(steps, dtype=torch.float32)
        forever = itertools.cycle(batches)
        model.train()
        for step in range(steps):
            x, y = next(forever)
            loss = functional.nll_loss(functional.log_softmax(model(x), dim=-1), y)
            optimizer.zero_grad(set_to_none=False)
            loss.backward()
            optimizer.step()
            losses[step] = loss.detach()
        return losses

    return {"fine_tune": fine_tune}
