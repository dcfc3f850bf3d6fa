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
from collections.abc import Iterator, Sequence
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
_SHORT = re.compile(rf"\b(?:{'|'.join(WIDER)})\b|[\"'](?:{'|'.join(map(re.escape, CODES))})[\"']")
DTYPE_FIRST = ("astype", "dtype")  # calls whose first argument is a dtype
DTYPE_SECOND = ("array", "asarray", "asanyarray", "ascontiguousarray", "zeros", "ones", "empty", "zeros_like",
    "ones_like", "empty_like")  # fmt: skip
CONVERSIONS = ("array", "asarray", "asanyarray", "ascontiguousarray", "astype")  # which may return what they are given
CONVERTED = "__converted__"  # what conversions to a short type go through, a name of the submission's module


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


class Converted:
    """What a conversion to a short type returns. In NumPy it is never what it was given, which has other numbers: code
    that goes on to write into it leaves the argument as it was. `given` are the arguments of the call that runs."""

    def __init__(self) -> None:
        self.given: Sequence[Any] = ()

    def __call__(self, value: Any) -> Any:
        """`value`, or a copy where it lies in the memory of an argument."""
        arrays = [array for array in self.given if isinstance(array, np.ndarray)]
        if isinstance(value, np.ndarray) and any(np.may_share_memory(value, array) for array in arrays):
            return value.copy()
        return value


def widen(tree: ast.AST, source: str) -> None:
    """The same in `tree`, made from `source`, for types that are named by a string: `x.astype("float32")`,
    `np.zeros(3, dtype="f4")`. Conversions to a short type go through `Converted`."""
    if not _SHORT.search(source):
        return  # the walk takes longer than reading the cell, and every fork would pay for it
    _Conversions().visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in ("float32", "float16", "complex64"):
            node.value = WIDER[node.value]
        if isinstance(node, ast.Call):
            for place in _dtypes(node):
                if isinstance(place, ast.Constant) and isinstance(place.value, str):
                    place.value = CODES.get(place.value, place.value)


class _Conversions(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if _is_short(node.func) or (_name(node.func) in CONVERSIONS and any(map(_is_short, _dtypes(node)))):
            converted = ast.Call(ast.Name(CONVERTED, ast.Load()), [node], [])
            return ast.fix_missing_locations(ast.copy_location(converted, node))
        return node


def _is_short(place: ast.expr) -> bool:
    """Whether an expression that says a dtype names a short one: `np.float32`, `float32`, `"f4"`, `np.dtype("f")`."""
    match place:
        case ast.Call(args=[inner]) if _name(place.func) == "dtype":
            return _is_short(inner)
        case ast.Constant(value=str(code)):
            return code in CODES
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name):
            return name in WIDER
    return isinstance(place, ast.Name) and place.id in WIDER and place.id not in ("half", "single")


def _name(function: ast.expr) -> str | None:
    """The last name of what is called, also where it goes through `years.Former`."""
    if isinstance(function, ast.Call) and _name(function.func) == "keywords" and function.args:
        return _name(function.args[0])
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)


def _dtypes(call: ast.Call) -> Iterator[ast.expr]:
    """The expressions of a call that stand where a dtype is asked for."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "dtype")
    name = _name(call.func)
    if name in DTYPE_FIRST:
        yield from call.args[:1]
    elif name in DTYPE_SECOND:
        yield from call.args[1:2]
