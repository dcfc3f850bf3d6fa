"""Mutation operators on array code: axes, reductions, transposes, indices, bounds, and which array."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from autograder.prove.operators import Operator
from autograder.prove.sites import Site, altered, called, literal, number, plus

# ── which function ─────────────────────────────────────────────────────────────────────────────

_MODULES = frozenset({"np", "numpy", "math", "torch"})
_PAIRED_REDUCTIONS = (("sum", "mean"), ("max", "min"), ("argmax", "argmin"), ("var", "std"), ("any", "all"))
_PAIRED_FUNCTIONS = (("maximum", "minimum"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("sin", "cos"))


def _both_ways(pairs: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    return {a: (b,) for pair in pairs for a, b in (pair, pair[::-1])}


_REDUCTIONS = _both_ways(_PAIRED_REDUCTIONS) | {"prod": ("sum",), "cumsum": ("cumprod",), "median": ("mean",)}
_FUNCTIONS = _both_ways(_PAIRED_FUNCTIONS) | {
    "exp": ("expm1", "exp2"),
    "expm1": ("exp",),
    "log": ("log1p", "log2"),
    "log1p": ("log",),
    "sqrt": ("square",),
    "tanh": ("arctan", "sinh"),
    "arctan": ("tanh",),
    "floor": ("ceil",),
    "ceil": ("floor",),
}
_BUILTINS = frozenset({"max", "min", "any", "all"})


def swap_reduction(site: Site) -> Iterator[ast.AST]:
    """sum ↔ mean, max ↔ min, argmax ↔ argmin, var ↔ std; of the built-ins max ↔ min and any ↔ all."""
    return _renamed(site, _REDUCTIONS)


def swap_function(site: Site) -> Iterator[ast.AST]:
    """exp → expm1, exp2; log → log1p, log2; tanh → arctan; maximum ↔ minimum; zeros ↔ ones; …"""
    return _renamed(site, _FUNCTIONS)


def _renamed(site: Site, names: dict[str, tuple[str, ...]]) -> Iterator[ast.AST]:
    match site.node:
        case ast.Call(func=ast.Attribute(attr=name) as function):
            yield from (altered(site.node, func=altered(function, attr=new)) for new in names.get(name, ()))
        case ast.Call(func=ast.Name(id=name) as function) if name in _BUILTINS:
            yield from (altered(site.node, func=altered(function, id=new)) for new in names.get(name, ()))


_FIRST_ARGUMENT = frozenset({"reshape", "transpose", "swapaxes", "moveaxis", "clip", "pad", "flip", "roll"})
_METHODS = _FIRST_ARGUMENT | _REDUCTIONS.keys() | {"copy", "astype", "ravel", "flatten", "squeeze"}
_KEPT = frozenset(
    {"zeros", "ones", "empty", "eye", "arange", "array", "asarray", "float64", "float32"}
    | {"zeros_like", "ones_like", "empty_like"}
)
"""Functions that do not map an array to an array, or hand on an array as it is."""


def drop_call(site: Site) -> Iterator[ast.AST]:
    """np.f(x) → x, np.maximum(a, b) → a, b; x.reshape(s), x.sum(axis=0), x.copy(), x.astype(t) → x."""
    match site.node:
        case ast.Call(func=ast.Attribute(value=module, attr=name), args=args) if _root(module) in _MODULES:
            if name in {"maximum", "minimum"}:
                yield from args[:2]
            elif name in _FIRST_ARGUMENT or (len(args) == 1 and name not in _KEPT):
                yield from args[:1]
        case ast.Call(func=ast.Attribute(value=receiver, attr=name)) if name in _METHODS:
            yield receiver


def _root(node: ast.expr) -> str:
    """ "np" for np.linalg; "" if the dotted name does not start with a name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def swap_branches(site: Site) -> Iterator[ast.AST]:
    """np.where(c, a, b) → np.where(c, b, a), a, b; a if c else b → b if c else a."""
    match site.node:
        case ast.Call(args=[test, a, b]) if called(site.node) == "where":
            yield altered(site.node, args=[test, b, a])
            yield from (a, b)
        case ast.IfExp(body=a, orelse=b):
            yield altered(site.node, body=b, orelse=a)


# ── along which axis ───────────────────────────────────────────────────────────────────────────

_AXES = frozenset({"axis", "dim"})
_OTHER_AXES = {0: (1, -1), 1: (0, 2), -1: (0, -2)}
"""Not 1 ↔ -1: they are the same axis of a matrix, so the mutant would be equivalent."""


def axis(site: Site) -> Iterator[ast.AST]:
    """axis=0 → 1, -1; axis=1 → 0, 2; axis=-1 → 0, -2; axis=(0, 2) → (2,), (0,)."""
    match site.node:
        case ast.keyword(arg=name, value=ast.Tuple(elts=axes) as value) if name in _AXES and len(axes) > 1:
            for i in range(len(axes)):
                yield altered(site.node, value=altered(value, elts=[*axes[:i], *axes[i + 1 :]]))
        case ast.keyword(arg=name, value=value) if name in _AXES:
            old = number(value)
            if isinstance(old, int):
                others = _OTHER_AXES.get(old, (old - 1, old + 1))
                yield from (altered(site.node, value=literal(new)) for new in others)


def drop_axis(site: Site) -> Iterator[ast.AST]:
    """np.sum(x, axis=0) → np.sum(x): over the whole array."""
    match site.node:
        case ast.Call(keywords=keywords):
            rest = [keyword for keyword in keywords if keyword.arg not in _AXES]
            if len(rest) < len(keywords):
                yield altered(site.node, keywords=rest)


def keepdims(site: Site) -> Iterator[ast.AST]:
    """keepdims=True ↔ keepdims=False."""
    match site.node:
        case ast.keyword(arg="keepdims", value=ast.Constant(value=bool(flag))):
            yield altered(site.node, value=ast.Constant(not flag))


def ddof(site: Site) -> Iterator[ast.AST]:
    """var(x) → var(x, ddof=1), and the reverse; likewise std."""
    match site.node:
        case ast.Call(keywords=keywords) if called(site.node) in {"var", "std"}:
            rest = [keyword for keyword in keywords if keyword.arg != "ddof"]
            added = [] if len(rest) < len(keywords) else [ast.keyword("ddof", ast.Constant(1))]
            yield altered(site.node, keywords=rest + added)


def transpose(site: Site) -> Iterator[ast.AST]:
    """a.T → a; in a matrix product also a → a.T."""
    match site.node, site.parent:
        case ast.Attribute(attr="T", value=matrix), _:
            yield matrix
        case ast.expr(), ast.BinOp(op=ast.MatMult()):
            yield ast.Attribute(site.node, "T", ast.Load())
        case ast.expr(), ast.Call() if called(site.parent) in {"dot", "matmul"} and site.field == "args":
            yield ast.Attribute(site.node, "T", ast.Load())


# ── which elements ─────────────────────────────────────────────────────────────────────────────


def index(site: Site) -> Iterator[ast.AST]:
    """x[0] → x[1], x[-1]; x[:, 1] → x[:, 2], x[:, 0]; x.shape[k] → x.shape[k + 1], x.shape[k - 1]."""
    around = site.outer if isinstance(site.parent, ast.Tuple) else site
    if around and around.field == "slice":
        old = number(site.node)
        if isinstance(old, int):
            yield from (literal(old + 1), literal(old - 1))


def slice_bounds(site: Site) -> Iterator[ast.AST]:
    """x[a:b:s] → a + 1, b - 1, no a, no b, no s; x[:] → x[1:], x[:-1]."""
    match site.node:
        case ast.Slice(lower=lower, upper=upper, step=step):
            yield altered(site.node, lower=plus(lower, 1) if lower else literal(1))
            yield altered(site.node, upper=plus(upper, -1) if upper else literal(-1))
            yield from (altered(site.node, lower=None) for _ in (lower,) if lower)
            yield from (altered(site.node, upper=None) for _ in (upper,) if upper)
            yield from (altered(site.node, step=None) for _ in (step,) if step)


def range_bounds(site: Site) -> Iterator[ast.AST]:
    """range(n) → range(1, n), range(n - 1); range(a, b, s) → a + 1, b - 1, no step."""
    options: list[list[ast.expr]] = []
    match site.node:
        case ast.Call(func=ast.Name(id="range"), args=[stop]):
            options = [[literal(1), stop], [plus(stop, -1)]]
        case ast.Call(func=ast.Name(id="range"), args=[start, stop, *step]):
            options = [[plus(start, 1), stop, *step], [start, plus(stop, -1), *step], [start, stop]]
    yield from (altered(site.node, args=args) for args in options)


# ── which array ────────────────────────────────────────────────────────────────────────────────


def swap_key(site: Site) -> Iterator[ast.AST]:
    """params["W1"] → params["W2"]: the next string that indexes something in the function."""
    match site.parent, site.node:
        case ast.Subscript(), ast.Constant(value=str(key)):
            yield from (ast.Constant(other) for other in _after(key, site.scope.keys)[:1])


_SHAPE_ONLY = frozenset({"shape", "ndim", "size", "dtype"})


def replace_name(site: Site) -> Iterator[ast.AST]:
    """x → dout: an input by the next two inputs of its function, a computed local by the first.

    Not where the shape alone is read: inputs that share it would make the mutant equivalent."""
    match site.node, site.parent:
        case (_, ast.Attribute(attr=attribute)) if attribute in _SHAPE_ONLY:
            return
        case (_, ast.Call()) if called(site.parent).endswith("_like") or called(site.parent) == "len":
            return
        case ast.Name(id=name, ctx=ast.Load()), _:
            arrays, derived = site.scope.arrays, site.scope.derived
            if name in arrays:
                yield from _names(_after(name, arrays)[:2])
            elif name in derived:
                yield from _names([other for other in arrays if other != derived[name]][:1])


def _after(item: str, ring: tuple[str, ...]) -> tuple[str, ...]:
    start = ring.index(item)
    return ring[start + 1 :] + ring[:start]


def _names(names: Iterable[str]) -> Iterator[ast.AST]:
    return (ast.Name(name, ast.Load()) for name in names)


OPERATORS: dict[str, Operator] = {
    "swap-reduction": swap_reduction,
    "swap-function": swap_function,
    "drop-call": drop_call,
    "swap-branches": swap_branches,
    "axis": axis,
    "drop-axis": drop_axis,
    "keepdims": keepdims,
    "ddof": ddof,
    "transpose": transpose,
    "index": index,
    "slice-bounds": slice_bounds,
    "range-bounds": range_bounds,
    "swap-key": swap_key,
    "replace-name": replace_name,
}
