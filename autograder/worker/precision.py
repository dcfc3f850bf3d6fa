"""Double precision whatever the code asks for: in a worker that grades, the names of shorter types mean float64.

A gradient by finite differences, rounded to float32, has every digit that a float32 computation can be asked for. So
nobody's gradient is judged by the digits of float32: code that says `np.float32` computes in float64 here, as
`torch_calls` does with PyTorch, and its gradients have to be right to the digits of float64. Timed code is left alone.
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

WIDER = {
    "float16": "float64", "half": "float64", "float32": "float64", "single": "float64",
    "complex64": "complex128", "csingle": "complex128",
}  # fmt: skip
TORCH_TYPES = ("float32", "float", "float16", "half", "bfloat16")
TORCH_CASTS = ("float", "half", "bfloat16")  # of a tensor, of a module
# What a string may call them where a dtype is asked for; "f" and "e" mean much else elsewhere.
CODES = {**WIDER, **dict.fromkeys(("f", "f4", "<f4", "=f4", "e", "f2", "<f2", "=f2"), "float64"), "c8": "complex128"}
_QUOTED = re.compile("[\"'](?:" + "|".join(map(re.escape, CODES)) + ")[\"']")
DTYPE_FIRST = ("astype", "dtype")  # calls whose first argument is a dtype
DTYPE_SECOND = ("array", "asarray", "asanyarray", "ascontiguousarray", "zeros", "ones", "empty", "zeros_like",
    "ones_like", "empty_like")  # fmt: skip


def double_names() -> list[tuple[Any, str, Any]]:
    """Let the names of shorter types mean double precision, in NumPy and in torch if it is loaded. Returns what they
    meant before: (owner, name, value)."""
    wider = [(np, name, getattr(np, other)) for name, other in WIDER.items()]
    if torch := sys.modules.get("torch"):
        wider += [(torch, name, torch.float64) for name in TORCH_TYPES]
        wider += [(torch.Tensor, name, torch.Tensor.double) for name in TORCH_CASTS]
        wider += [(torch.nn.Module, name, torch.nn.Module.double) for name in TORCH_CASTS]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in wider]
    for owner, name, value in wider:
        setattr(owner, name, value)
    return before


@contextlib.contextmanager
def in_double() -> Iterator[None]:
    """The same for a while, in a process that goes on to do other things on no other thread."""
    before = double_names()
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


def widen(tree: ast.AST, source: str) -> None:
    """The same in `tree`, made from `source`, for types that are named by a string: `x.astype("float32")`,
    `np.zeros(3, dtype="f4")`."""
    if not _QUOTED.search(source):
        return  # the walk takes longer than reading the cell, and every fork would pay for it
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in ("float32", "float16", "complex64"):
            node.value = WIDER[node.value]
        if isinstance(node, ast.Call):
            for place in _dtypes(node):
                if isinstance(place, ast.Constant) and isinstance(place.value, str):
                    place.value = CODES.get(place.value, place.value)


def _dtypes(call: ast.Call) -> Iterator[ast.expr]:
    """The expressions of a call that stand where a dtype is asked for."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "dtype")
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    if name in DTYPE_FIRST:
        yield from call.args[:1]
    elif name in DTYPE_SECOND:
        yield from call.args[1:2]
