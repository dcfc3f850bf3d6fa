"""PyTorch without derivatives, for code that is to write them out: refused at the call, whatever name it is called by.

The guards are put up before a submission is loaded, in the places that every way to autograd comes through (PyTorch
2.6 to 2.13): the engine, `grad_fn`, and the switches that turn the recording of a graph on. Code may take hold of
`torch.autograd.grad` or `torch.enable_grad` in advance, and under another name; what it holds looks these up when it is
called. A guard in the student's own process hinders whoever means to get around it, and does not stop them: whoever
digs the engine out of PyTorch's innards is found by reading the source.

torch is imported by the functions that need it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

SENTENCE = "It calls autograd; write the gradients out by hand."


class Refused(Exception):
    """The code cannot be judged, or does what it must not; the text is for the student."""


class _State:
    installed = False
    derivatives = True  # may be asked of the engine, or of a tensor's grad_fn
    graphs = True  # may be recorded


def install() -> None:
    """Put up the guards, once in a process. They are open until `by_hand` or `without_graph` closes them."""
    if _State.installed:
        return
    import torch

    _State.installed = True
    engine = torch.autograd.Variable._execution_engine
    torch.autograd.Variable._execution_engine = _Engine(engine)
    grad_fn = torch._C.TensorBase.grad_fn
    torch.Tensor.grad_fn = property(_unless_by_hand(grad_fn.__get__))
    torch._C._set_fwd_grad_enabled = _switch("derivatives", torch._C._set_fwd_grad_enabled, on=True)
    torch._C._set_grad_enabled = _switch("graphs", torch._C._set_grad_enabled, on=True)
    torch._C._InferenceMode = _switch("graphs", torch._C._InferenceMode, on=False)


@contextlib.contextmanager
def by_hand() -> Iterator[None]:
    """Within, no derivative can be asked for, neither of a graph nor in forward mode."""
    import torch

    with torch.autograd.forward_ad._set_fwd_grad_enabled(False), _set(derivatives=False):
        yield


@contextlib.contextmanager
def without_graph() -> Iterator[None]:
    """Within, no graph is recorded, and nothing turns that on."""
    import torch

    with torch.no_grad(), _set(graphs=False):
        yield


def grad_fn_of(tensor: Any) -> Any:
    """The node that made `tensor`, for the grader's own use."""
    import torch

    return torch._C.TensorBase.grad_fn.__get__(tensor)


class _Engine:
    """Stands before the engine."""

    def __init__(self, engine: Any) -> None:
        def run_backward(*args: Any, **kwargs: Any) -> Any:
            return engine.run_backward(*args, **kwargs)

        self.run_backward = _unless_by_hand(run_backward)
        self.queue_callback = engine.queue_callback
        self.is_checkpoint_valid = engine.is_checkpoint_valid


def _unless_by_hand(function: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not _State.derivatives:
            raise Refused(SENTENCE)
        return function(*args, **kwargs)

    return guarded


def _switch(what: str, function: Callable[..., Any], on: bool) -> Callable[..., Any]:
    """`function(mode)`, which turns `what` on when `mode` is `on`."""

    def guarded(mode: bool) -> Any:
        if bool(mode) is on and not getattr(_State, what):
            raise Refused(SENTENCE)
        return function(mode)

    return guarded


@contextlib.contextmanager
def _set(**values: bool) -> Iterator[None]:
    before = {name: getattr(_State, name) for name in values}
    for name, value in values.items():
        setattr(_State, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(_State, name, value)
