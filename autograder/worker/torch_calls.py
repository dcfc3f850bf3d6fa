"""PyTorch code of a submission, called with arrays and answered in arrays.

What crosses the wire is NumPy's. Here arrays become tensors, a given cotangent is carried back, and the numbers come
out again, all in float64 on one thread: so a grade depends neither on the machine nor on how single precision rounds.
Whatever is wrong with the code as PyTorch code is `Refused` in one sentence, which becomes a failed check.

torch is imported by the functions that need it, and only when an assignment asks a PyTorch question.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.worker import by_hand, meta, models
from autograder.worker.by_hand import Refused
from autograder.worker.models import array_of, tensors
from autograder.worker.weights import Mismatch, match

Array = np.ndarray[Any, np.dtype[Any]]
SEED = 17

_settings = threading.Lock()  # default dtype, threads and the guard belong to the whole process


def call(adapter: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`function` through the adapter of that name; or only `refused`, in a dict.

    "module" and "function" give `out`, `gradients` by name (None where none arrives), `state` (a module's parameters
    and buffers afterwards) and `arguments` (the inputs as they were left); "meta" the shapes of a module on the meta
    device. With "tensors" it is called with tensors for arrays. "build", "tensor" and "look" leave `function` alone:
    they make and look at what stays here (see `models`)."""
    try:
        with _settings, _double_precision_on_one_thread():
            return _ADAPTERS[adapter](function, *args, **kwargs)
    except Refused as refusal:
        return {"refused": str(refusal)}


def _module(
    make: Callable[..., Any],
    arguments: Sequence[Any],
    state: Mapping[str, Array],
    inputs: Mapping[str, Array],
    dout: Array | None,
    training: bool,
) -> dict[str, Any]:
    """Build the module with `arguments`, load `state` into it, call it with `inputs`, and have autograd carry `dout`
    (if there is one) back to the inputs and parameters. Names are those of `state`, whatever the module's own are."""
    import torch

    module = make(*arguments)
    if not isinstance(module, torch.nn.Module):
        raise Refused(f"It makes a {type(module).__name__} where a torch.nn.Module is asked for.")
    module = module.to(torch.float64).train(training)
    names = _load(module, state)
    parameters = dict(module.named_parameters())
    wanted = {ours: parameters[theirs] for ours, theirs in names.items() if theirs in parameters}
    leaves, given = _tensors(inputs)
    out = _tensor(module(*given.values()))
    after = module.state_dict()
    return {
        "out": array_of(out),
        "gradients": _gradients(out, dout, leaves | wanted),
        "state": {ours: array_of(after[theirs]) for ours, theirs in names.items()},
        "arguments": {name: array_of(tensor) for name, tensor in given.items()},
    }


def _function(apply: Any, inputs: Mapping[str, Array], dout: Array | None) -> dict[str, Any]:
    """Call a `torch.autograd.Function`, the class or its `apply`, and hand `dout` (if any) to its own backward: the
    engine would sum a gradient that has too many axes down to the input's shape, and hide the mistake. Nothing of it
    may ask autograd for a derivative."""
    import torch

    by_hand.install()
    if isinstance(apply, type) and issubclass(apply, torch.autograd.Function):
        apply = getattr(apply, "apply")  # noqa: B009 — torch leaves it untyped
    _, given = _tensors(inputs)
    with by_hand.by_hand():
        out = _tensor(apply(*given.values()))
    if not isinstance(by_hand.grad_fn_of(out), torch.autograd.function.BackwardCFunction):
        raise Refused("Its result does not come out of a torch.autograd.Function with a backward of your own.")
    handed = {} if dout is None else {"dout": torch.tensor(dout)}
    return {
        "out": array_of(out),
        "gradients": dict(zip(inputs, _handed_back(out, *handed.values(), count=len(inputs)), strict=True)),
        "state": {},
        "arguments": {name: array_of(tensor) for name, tensor in (given | handed).items()},
    }


def _handed_back(out: Any, dout: Any = None, *, count: int) -> list[Array | None]:
    """What the backward of the Function that made `out` returns, one for each of its `count` inputs."""
    if dout is None:
        return [None] * count
    with by_hand.by_hand(), by_hand.without_graph():
        found = by_hand.grad_fn_of(out).apply(dout)
    found = found if isinstance(found, tuple) else (found,)
    if len(found) != count:
        raise Refused(f"Its backward returns {len(found)} gradients for {count} inputs.")
    return [None if one is None else array_of(_tensor(one)) for one in found]


_ADAPTERS: Mapping[str, Callable[..., Any]] = {
    "module": _module,
    "function": _function,
    "meta": meta.on_meta,
    "tensors": lambda function, *args, **kwargs: function(*map(tensors, args), **tensors(kwargs)),
    "build": lambda _, *args: models.build(*args),
    "tensor": lambda _, array: tensors(array),
    "look": lambda _, *args: models.look(*args),
}


# ── tensors ────────────────────────────────────────────────────────────────────────────────────


def _tensors(inputs: Mapping[str, Array]) -> tuple[dict[str, Any], dict[str, Any]]:
    """For each input a leaf that collects its gradient, and what the code is given: as in a network it is not a leaf,
    so that writing into it is possible, and is seen."""
    import torch

    leaves = {name: torch.tensor(array, requires_grad=True) for name, array in inputs.items()}
    return leaves, {name: leaf.clone() for name, leaf in leaves.items()}


def _gradients(out: Any, dout: Array | None, wanted: Mapping[str, Any]) -> dict[str, Array | None]:
    import torch

    if dout is None or not out.requires_grad or tuple(out.shape) != dout.shape:
        return dict.fromkeys(wanted)
    # a scalar: with grad_outputs torch imports SymPy to compare shapes, a third of a CPU second in every fork
    total = (out * torch.tensor(dout)).sum()
    found = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
    return {name: None if one is None else array_of(one) for name, one in zip(wanted, found, strict=True)}


def _tensor(value: Any) -> Any:
    import torch

    if not isinstance(value, torch.Tensor):
        raise Refused(f"It returns a {type(value).__name__} where a tensor is asked for.")
    return value


@contextlib.contextmanager
def _double_precision_on_one_thread() -> Iterator[None]:
    import torch

    before = torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled()
    random = torch.default_generator.get_state()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)  # a process that has computed on several threads has forks that hang
    torch.default_generator.manual_seed(SEED)  # new layers and dropout: the same code gives the same numbers
    try:
        yield
    finally:
        torch.set_default_dtype(before[0])
        torch.set_num_threads(before[1])
        torch.default_generator.set_state(random)
        torch.set_grad_enabled(before[2])  # code may turn it off and leave it so: the next call begins as this one did


def _load(module: Any, state: Mapping[str, Array]) -> dict[str, str]:
    """Load `state` strictly, after finding out what the module calls each entry. Entries of the module's own that no
    state fills — a convolution's bias in front of a normalisation, a counter — become zero."""
    import torch

    own = module.state_dict()
    try:
        names = match({n: a.shape for n, a in state.items()}, {n: tuple(t.shape) for n, t in own.items()})
    except Mismatch as mismatch:
        raise Refused(str(mismatch)) from None
    filled = {names[name]: torch.tensor(array) for name, array in state.items()}
    zeros = {name: torch.zeros_like(tensor) for name, tensor in own.items() if name not in filled}
    module.load_state_dict({**zeros, **filled}, strict=True)
    return names
