"""Modules on the meta device, where tensors have shapes and no numbers: what they are made of, and what runs in them.

A network of a hundred million weights is made and called in milliseconds there. torch is imported by the functions
that need it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

from autograder.worker.by_hand import Refused
from autograder.worker.models import is_not

CALL_CAP = 5000
TEXT_CAP = 200
WEIGHTED = {"convolution": ("conv", 0), "addmm": ("linear", 1), "mm": ("linear", 0)}  # and where their input stands
POOLING = {"max_pool2d": "max", "max_pool2d_with_indices": "max", "avg_pool2d": "average"}
# PyTorch takes 2 ms for a normalisation on this device, ten times as long as for what is around it, and gives its
# input's shape; whether the two fit together has been looked at before.
NORMALISATIONS = ("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training")

_runs: weakref.WeakKeyDictionary[Any, dict[str, dict[str, Any]]] = weakref.WeakKeyDictionary()


def on_meta(make: Callable[..., Any], arguments: Sequence[Any], shape: Sequence[int]) -> dict[str, Any]:
    """Make the module on the meta device and call it there, in evaluation mode, with an input of `shape`: shapes of its
    parameters and buffers by name, of its output, and of what went in and out of each operation, in the order of
    running; and the parameters that no operation read. Several checks ask about one run, which is made once."""
    known = _runs.setdefault(make, {})
    key = repr((arguments, shape))
    if key not in known:
        known[key] = _run(make, arguments, shape)
    return known[key]


def _run(make: Callable[..., Any], arguments: Sequence[Any], shape: Sequence[int]) -> dict[str, Any]:
    import torch

    try:
        with torch.device("meta"):
            module = make(*arguments)
            if not isinstance(module, torch.nn.Module):
                raise is_not(module, "a torch.nn.Module")
            module.eval()
            given = torch.empty(tuple(shape))
            with torch.no_grad(), _recording() as (calls, read):
                out = module(given)
    except NotImplementedError as error:
        if "meta" not in str(error):
            raise  # it is not written yet
        raise Refused(
            f"It does not run on the meta device, where tensors have no numbers: {error!s:.{TEXT_CAP}}"
        ) from None
    if not isinstance(out, torch.Tensor):
        raise is_not(out, "a tensor")
    parameters = dict(module.named_parameters())  # after the call: a lazy layer has no shapes before it
    return {
        "parameters": {name: list(parameter.shape) for name, parameter in parameters.items()},
        "buffers": {name: list(buffer.shape) for name, buffer in module.named_buffers()},
        "out": list(out.shape),
        "calls": calls,
        "unread": [name for name, parameter in parameters.items() if id(parameter) not in read],
    }


def _recording() -> Any:
    """While it lasts, each operation notes its shapes in the list, and the tensors that it reads in the set."""
    from torch import Tensor
    from torch.nn.parameter import is_lazy
    from torch.utils._python_dispatch import TorchDispatchMode

    calls: list[list[Any]] = []
    read: set[int] = set()

    class Recording(TorchDispatchMode):  # type: ignore[misc, unused-ignore]
        def __enter__(self) -> Any:
            super().__enter__()
            return calls, read

        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = function.overloadpacket.__name__
            read.update(id(argument) for argument in args if isinstance(argument, Tensor))
            if name in NORMALISATIONS:
                out = tuple(args[0].new_empty(shape) for shape in (args[0].shape, (0,), (0,)))
            else:
                out = function(*args, **(kwargs or {}))
            first = out[0] if isinstance(out, tuple | list) and out else out
            shaped = [argument for argument in (first, *args) if isinstance(argument, Tensor)]
            if shaped and shaped[0] is first and not any(map(is_lazy, shaped)) and len(calls) < CALL_CAP:
                calls.append(_noted(name, args, first))
            return out

    return Recording()


def _noted(name: str, args: Sequence[Any], out: Any) -> list[Any]:
    """What went on in one of PyTorch's operations: its kind, the shapes of input, weight (a pooling's window; None
    without) and output, and its padding (None without)."""
    if name in WEIGHTED:
        kind, at = WEIGHTED[name]
        weight = list(args[at + 1].shape)
        pad = list(args[4]) if kind == "conv" else None
        return [kind, list(args[at].shape), weight if kind == "conv" else weight[::-1], list(out.shape), pad]
    if name in POOLING:
        pad = list(args[3]) if len(args) > 3 else [0, 0]
        return [POOLING[name], list(args[0].shape), list(args[1]), list(out.shape), pad]
    given = next((argument for argument in args if hasattr(argument, "shape")), None)
    return [name.rstrip("_"), None if given is None else list(given.shape), None, list(out.shape), None]
