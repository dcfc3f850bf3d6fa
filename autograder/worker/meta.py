"""Modules on the meta device, where tensors have shapes and no numbers: what they are made of, and what runs in them.

A network of a hundred million weights is made and called in milliseconds there. torch is imported by the functions
that need it.
"""

from __future__ import annotations

import functools
import json
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.worker.by_hand import Refused
from autograder.worker.models import is_not, undrawn

STEP_CAP = 5000
TEXT_CAP = 200
WEIGHTED = {"convolution": ("conv", 0), "addmm": ("linear", 1), "mm": ("linear", 0)}  # and where their input stands
POOLING = {"max_pool2d": "max", "max_pool2d_with_indices": "max", "avg_pool2d": "average"}
# What PyTorch computes in Python on this device, up to a millisecond for each, though the shape is the input's. Whether
# a normalisation fits its input has been looked at before.
SAME_SHAPE = {
    "relu", "hardtanh", "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training",
}  # fmt: skip

# What gives a new tensor, whatever stands in the one that it is asked of.
FRESH = ("new_empty", "new_zeros", "new_ones", "new_full", "empty_like", "zeros_like", "ones_like", "full_like")

_runs: weakref.WeakKeyDictionary[Any, dict[str, str]] = weakref.WeakKeyDictionary()


def on_meta(make: Callable[..., Any], arguments: Sequence[Any], shape: Sequence[int]) -> dict[str, Any]:
    """Make the module on the meta device and call it there, in evaluation mode, with an input of `shape`: shapes of its
    parameters and buffers by name, of its output, and of what went in and out of each operation between input and
    output, in the order of running; and the parameters on which the output does not depend. All of it is one text of
    JSON: ten thousand numbers of shapes, each a value of its own, take longer to travel than the network to run.
    Several checks ask about one run, which is made once."""
    try:
        known = _runs.setdefault(make, {})
    except TypeError:  # an object that is called, and cannot be a key
        known = {}
    key = repr((arguments, shape))
    if key not in known:
        known[key] = json.dumps(_run(make, arguments, shape), ensure_ascii=False, separators=(",", ":"))
    return {"run": known[key]}


def _run(make: Callable[..., Any], arguments: Sequence[Any], shape: Sequence[int]) -> dict[str, Any]:
    import torch

    try:
        with torch.device("meta"), undrawn():
            module = make(*arguments)
            if not isinstance(module, torch.nn.Module):
                raise is_not(module, "a torch.nn.Module")
            module.eval()
            given = torch.empty(tuple(shape))
            steps: list[Step] = []
            with torch.no_grad(), _recording(given, steps):
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
    calls, needed = _that_lead_to(out, steps)
    return {
        "parameters": {name: list(parameter.shape) for name, parameter in parameters.items()},
        "buffers": {name: list(buffer.shape) for name, buffer in module.named_buffers()},
        "out": list(out.shape),
        "calls": calls,
        "unread": [name for name, parameter in parameters.items() if _storage(parameter) not in needed],
    }


@dataclass(frozen=True)
class Step:
    """An operation: what is told of it, None where it does not depend on the input, and the storages that it reads and
    writes. Views share a storage, so what is written into a part of a tensor is not lost. `kept` are its tensors: no
    storage takes the place of another one."""

    told: list[Any] | None
    reads: frozenset[int]
    writes: frozenset[int]
    kept: list[Any]


def _recording(given: Any, steps: list[Step]) -> Any:
    """While it lasts, each operation becomes one of `steps`."""
    from torch.utils._python_dispatch import TorchDispatchMode

    from_input = {_storage(given)}

    class Recording(TorchDispatchMode):  # type: ignore[misc, unused-ignore]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # nothing is compiled here, and each call would pass through a guard against it

        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = function.overloadpacket.__name__
            out = _known(name, args)
            if out is None:
                out = function(*args, **(kwargs or {}))
            read, written = _tensors_in(args, kwargs), _tensors_in(out)
            reads, writes = (frozenset(map(_storage, tensors)) for tensors in (read, written))
            told = None
            if reads & from_input and name not in FRESH:
                from_input.update(writes)
                told = _noted(name, args, written[0]) if written else None
            if len(steps) < STEP_CAP:
                steps.append(Step(told, reads, writes, [*read, *written]))
            return out

    return Recording()


def _that_lead_to(out: Any, steps: Sequence[Step]) -> tuple[list[list[Any]], set[int]]:
    """What is told of the steps on the way from the input to `out`, and all storages that it depends on."""
    needed, told = {_storage(out)}, []
    for step in reversed(steps):
        if step.writes & needed:
            needed |= step.reads
            told += [step.told] if step.told else []
    return told[::-1], needed


def _storage(tensor: Any) -> int:
    return int(tensor.untyped_storage()._cdata)


def _tensors_in(*values: Any) -> list[Any]:
    """The tensors in `values`, those without a shape yet left out."""
    tensor, is_lazy = _tensor_types()
    found: list[Any] = []
    for value in values:
        if isinstance(value, tensor):
            found += [] if is_lazy(value) else [value]
        elif isinstance(value, tuple | list):
            found += _tensors_in(*value)
        elif isinstance(value, dict):
            found += _tensors_in(*value.values())
    return found


@functools.cache
def _tensor_types() -> tuple[type, Callable[[Any], bool]]:
    import torch

    return torch.Tensor, torch.nn.parameter.is_lazy


def _known(name: str, args: Sequence[Any]) -> Any:
    """What an operation gives where its shape is plain to see; None where PyTorch must be asked."""
    if name in SAME_SHAPE:
        out = _alike(args[0], *args[0].shape)
        return (out, _alike(args[0], 0), _alike(args[0], 0)) if "norm" in name else out
    match name, args:
        case (("add" | "add_"), [one, other, *_]) if _are_alike(one, other):
            return one if name == "add_" else _alike(one, *one.shape)
        case "addmm", [bias, x, weight] if _fit(bias, x, weight):
            return _alike(x, x.shape[0], weight.shape[1])
    return None


def _alike(given: Any, *shape: int) -> Any:
    import torch

    return torch.empty(shape, dtype=given.dtype, device=given.device)  # `new_empty` takes five times as long


def _are_alike(one: Any, other: Any) -> bool:
    """Whether these are tensors of one shape and type, and the first has a place of its own for each number."""
    return (
        hasattr(other, "shape") and (one.shape, one.dtype) == (other.shape, other.dtype) and bool(one.is_contiguous())
    )


def _fit(bias: Any, x: Any, weight: Any) -> bool:
    """Whether these are a bias (n,), x (m, k) and a weight (k, n) of one type."""
    return (
        (bias.dim(), x.dim(), weight.dim()) == (1, 2, 2)
        and (x.shape[1], bias.shape[0]) == tuple(weight.shape)
        and bool(bias.dtype == x.dtype == weight.dtype)
    )


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
