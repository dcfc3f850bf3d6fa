"""Models that are built where the student's code runs, stay there, and are looked at afterwards.

What is said of a model can be forged by whoever made it, so points rest on the numbers that it computes. torch is
imported by the functions that need it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.worker.by_hand import Refused

Array = np.ndarray[Any, np.dtype[Any]]
NAME_CAP = 60
HOOKS = (
    "_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks",
)  # fmt: skip


def build(layers: Sequence[Any], state: Mapping[str, Array], modes: Mapping[str, bool], frozen: Sequence[str]) -> Any:
    """An `nn.Sequential` of `layers` (see `checks.network`) in double precision, with the parameters and buffers of
    `state`; `modes` are those of modules by name, "" for all; the parameters named in `frozen` require no gradient."""
    import torch

    with undrawn():
        model = _sequential(layers).to(torch.float64)  # as it is in a worker already
    counters = {name: tensor for name, tensor in model.state_dict().items() if name not in state}
    model.load_state_dict({**counters, **{name: torch.tensor(array) for name, array in state.items()}}, strict=True)
    model.train(modes.get("", True))
    modules, parameters = dict(model.named_modules()), dict(model.named_parameters())
    for name, mode in modes.items():
        modules[name].training = mode
    for name in frozen:
        parameters[name].requires_grad_(False)
    return model


@contextlib.contextmanager
def undrawn() -> Iterator[None]:
    """While it lasts, PyTorch's own layers draw no initial weights, which takes half of the time that it takes to make
    a network: for networks into which weights are loaded, and on the meta device, which holds only shapes."""
    from torch import nn

    layers = nn.modules.conv._ConvNd, nn.Linear, nn.modules.batchnorm._NormBase
    before = [layer.reset_parameters for layer in layers]
    try:
        for layer in layers:
            layer.reset_parameters = _nothing
        yield
    finally:
        for layer, method in zip(layers, before, strict=True):
            layer.reset_parameters = method


def _nothing(_: Any) -> None:
    pass


def _sequential(layers: Sequence[Any]) -> Any:
    from torch import nn

    return nn.Sequential(*(_sequential(layer) if isinstance(layer, list) else _layer(*layer) for layer in layers))


def _layer(kind: str, *numbers: Any) -> Any:
    from torch import nn

    made: Mapping[str, Callable[..., Any]] = {
        "conv": lambda inner, outer, kernel, stride, pad: nn.Conv2d(inner, outer, kernel, stride, pad),
        "linear": nn.Linear,
        "batchnorm": nn.BatchNorm2d,
        "relu": nn.ReLU,
        "max": nn.MaxPool2d,
        "average": nn.AvgPool2d,
        "adaptive": nn.AdaptiveAvgPool2d,
        "flatten": nn.Flatten,
        "dropout": nn.Dropout,
    }
    return made[kind](*numbers)


def look(target: Any, x: Array | None, training: bool | None, runs: int, origin: Any) -> dict[str, Any]:
    """What can be seen of a model, or of a tensor: its numbers, gradients, modes, flags and hooks as they were found,
    which of its modules are those of `origin`; then, in mode `training` where it is given, the outputs of `runs` passes
    over `x` without a graph, and parameters and buffers after them."""
    import torch

    if isinstance(target, np.ndarray) and target.dtype.kind in "fiub":
        target = tensors(target)
    if isinstance(target, torch.Tensor):
        return _look_at_tensor(target)
    if not isinstance(target, torch.nn.Module):
        raise is_not(target, "a torch.nn.Module")
    parameters = _entries(target, "_parameters")
    found = {
        "grads": {name: _gradient(parameter) for name, parameter in parameters.items()},
        "modes": {name: bool(module.training) for name, module in _modules(target).items()},
        "requires_grad": {name: _requires_grad(parameter) for name, parameter in parameters.items()},
        "hooks": _hooks(target),
        "kinds": {name: type(module).__name__[:NAME_CAP] for name, module in _modules(target).items() if name},
        "same": _same(target, origin),
    }
    if training is not None:
        target.train(training)
    with torch.no_grad():
        outs = [array_of(target(torch.tensor(x))) for _ in range(runs if x is not None else 0)]
    state = _entries(target, "_parameters") | _entries(target, "_buffers")
    return {**found, "outs": outs, "state": {name: array_of(one) for name, one in state.items()}}


def _modules(model: Any) -> dict[str, Any]:
    """All modules of `model` by name, itself first, in order. PyTorch's own records say so: a class may have a
    `named_modules` of its own, which says otherwise."""
    found: dict[int, tuple[str, Any]] = {}

    def walk(name: str, module: Any) -> None:
        if id(module) not in found:
            found[id(module)] = name, module
            for inner, child in vars(module)["_modules"].items():
                if child is not None:
                    walk(f"{name}.{inner}" if name else inner, child)

    walk("", model)
    return dict(found.values())


def _entries(model: Any, record: str) -> dict[str, Any]:
    """Parameters, or buffers, of `model` and all modules in it, by name, by that record of PyTorch's."""
    return {
        f"{name}.{leaf}" if name else leaf: tensor
        for name, module in _modules(model).items()
        for leaf, tensor in vars(module)[record].items()
        if tensor is not None
    }


def _requires_grad(tensor: Any) -> bool:
    """The flag itself: a class of tensors may have another one under the same name."""
    import torch

    with torch._C.DisableTorchFunctionSubclass():
        return bool(torch.Tensor.requires_grad.__get__(tensor))


def is_not(value: Any, wanted: str) -> Refused:
    """What is said of a `value` of another type than `wanted`."""
    return Refused(f"It gives a value of type {type(value).__name__[:NAME_CAP]} where {wanted} is asked for.")


def _look_at_tensor(tensor: Any) -> dict[str, Any]:
    return {
        "grads": {"value": _gradient(tensor)},
        "modes": {},
        "requires_grad": {"value": _requires_grad(tensor)},
        "hooks": len(tensor._backward_hooks or ()),
        "kinds": {},
        "same": {},
        "outs": [],
        "state": {"value": array_of(tensor)},
    }


def _gradient(tensor: Any) -> Array | None:
    # not every tensor keeps its gradient: asking one that does not warns, and gives None
    return array_of(tensor.grad) if tensor.is_leaf and tensor.grad is not None else None


def _same(model: Any, origin: Any) -> dict[str, str | None]:
    """For each module within `model` the name that the very same object has in `origin`, None where it has none."""
    if origin is None:
        return {}
    known = {id(module): name for name, module in _modules(origin).items()}
    return {name: known.get(id(module)) for name, module in _modules(model).items() if name}


def _hooks(model: Any) -> int:
    """Hooks on modules and parameters of `model`, and those that hang on every module."""
    import torch

    on_modules = sum(len(getattr(module, name)) for module in _modules(model).values() for name in HOOKS)
    on_parameters = sum(len(parameter._backward_hooks or ()) for parameter in _entries(model, "_parameters").values())
    everywhere = sum(len(getattr(torch.nn.modules.module, f"_global{name}", ())) for name in HOOKS)
    return on_modules + on_parameters + everywhere


# ── arrays and tensors ─────────────────────────────────────────────────────────────────────────


def tensors(value: Any) -> Any:
    """`value` with tensors for its arrays, in the same memory: floats in double precision, integers in 64 bits."""
    import torch

    if isinstance(value, np.ndarray):
        wider = {"f": np.float64, "i": np.int64, "u": np.int64}.get(value.dtype.kind, value.dtype)
        return torch.from_numpy(value.astype(wider, copy=False))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list):
        return type(value)(map(tensors, value))
    if isinstance(value, dict):
        return {key: tensors(part) for key, part in value.items()}
    return value


def arrays(value: Any) -> Any:
    """`value` with arrays for its tensors."""
    import torch

    return _arrays(value, torch.Tensor)


def _arrays(value: Any, tensor: type) -> Any:
    if isinstance(value, tensor):
        return array_of(value)
    if isinstance(value, tuple | list):
        parts = [_arrays(part, tensor) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {key: _arrays(part, tensor) for key, part in value.items()}
    return value


def array_of(tensor: Any) -> Array:
    """The numbers of `tensor`."""
    array: Array = tensor.detach().cpu().numpy().copy()
    return array
