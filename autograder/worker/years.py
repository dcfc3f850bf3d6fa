"""Names that NumPy and Python have dropped, put back: a grade must not depend on when a student learnt NumPy.

The list is NumPy's own: `np.__former_attrs__`, `np.__expired_attributes__` and the release notes, 1.20 to 2.4. Methods
of arrays cannot be put back, because the type is closed, so calls of them are rewritten in the syntax tree; neither can
arguments by their former names. What is in neither table cannot be had, and NumPy's own message says so.
"""

from __future__ import annotations

import ast
import collections
import collections.abc
import contextlib
import functools
import importlib
import math
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

BUILTINS: dict[str, Any] = {"xrange": range, "reduce": functools.reduce}  # Python 3.0
REWRITER = "__former__"  # what rewritten calls go through, a name of the submission's module

# Nothing that a solution needs; each of these steers or describes NumPy itself.
NOT_PUT_BACK = (
    "geterrobj", "seterrobj", "set_numeric_ops", "add_newdoc_ufunc", "get_array_wrap", "set_string_function",
)  # fmt: skip

_MODULES = {
    "numpy.linalg": {"linalg": "_linalg"},
    "numpy.fft": {"fftpack": "_pocketfft", "pocketfft": "_pocketfft", "helper": "_helper"},
    "numpy.lib": {
        name: f"_{name}_impl"
        for name in (
            "arraypad", "arraysetops", "function_base", "histograms", "index_tricks", "nanfunctions", "polynomial",
            "shape_base", "twodim_base", "type_check", "ufunclike", "utils",
        )
    },
}  # fmt: skip


def put_back() -> contextlib.ExitStack:
    """Give NumPy and Python the names that they have dropped; closing the stack takes them away again."""
    undo = contextlib.ExitStack()
    for owner, names in _dropped():
        for name, value in names.items():
            if name not in vars(owner):
                setattr(owner, name, value)
                undo.callback(delattr, owner, name)
    for package, modules in _MODULES.items():
        for old, new in modules.items():
            with contextlib.suppress(ImportError):
                _put_back_module(package, old, new, undo)
    return undo


def _put_back_module(package: str, old: str, new: str, undo: contextlib.ExitStack) -> None:
    owner = importlib.import_module(package)
    if old in vars(owner):
        return
    module = importlib.import_module(f"{package}.{new}")
    setattr(owner, old, module)
    sys.modules[f"{package}.{old}"] = module
    undo.callback(sys.modules.pop, f"{package}.{old}", None)
    undo.callback(delattr, owner, old)


def _dropped() -> Iterator[tuple[Any, dict[str, Any]]]:
    yield np, {**_scalars(), **_numbers(), **_functions(), **_moved()}
    yield collections, {name: getattr(collections.abc, name) for name in collections.abc.__all__}  # Python 3.10
    yield time, {"clock": time.perf_counter}  # Python 3.8


def _scalars() -> dict[str, Any]:
    """Types, and what was known of them (1.20, 1.24, 2.0)."""
    return {
        "float": float, "int": int, "object": object, "str": str, "complex": complex, "unicode": str, "long": int,
        "bool8": np.bool_, "int0": np.intp, "uint0": np.uintp, "str0": np.str_, "bytes0": np.bytes_,
        "void0": np.void, "object0": np.object_, "Str0": np.str_, "Bytes0": np.bytes_,
        "float_": np.float64, "complex_": np.complex128, "cfloat": np.complex128, "longfloat": np.longdouble,
        "singlecomplex": np.complex64, "longcomplex": np.clongdouble, "clongfloat": np.clongdouble,
        "string_": np.bytes_, "unicode_": np.str_, "typeDict": np.sctypeDict,
        "sctypes": {
            "int": [np.int8, np.int16, np.int32, np.int64],
            "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
            "float": [np.float16, np.float32, np.float64, np.longdouble],
            "complex": [np.complex64, np.complex128, np.clongdouble],
            "others": [bool, object, bytes, str, np.void],
        },
        "cast": {kind: functools.partial(np.asarray, dtype=kind) for kind in set(np.sctypeDict.values())},
        "nbytes": {kind: np.dtype(kind).itemsize for kind in set(np.sctypeDict.values())},
        "issctype": lambda rep: isinstance(rep, type) and issubclass(rep, np.generic),
        "obj2sctype": lambda rep, default=None: np.dtype(rep).type,
        "sctype2char": lambda sctype: np.dtype(sctype).char,
        "maximum_sctype": lambda t: max((k for ks in np.sctypes.values() for k in ks if issubclass(k, _kind(t))),  # type: ignore[attr-defined]
                                        key=lambda k: np.dtype(k).itemsize),
        "issubsctype": lambda arg1, arg2: issubclass(np.dtype(arg1).type, np.dtype(arg2).type),
        "issubclass_": lambda arg1, arg2: isinstance(arg1, type) and issubclass(arg1, arg2),
        "find_common_type": lambda array_types, scalar_types: np.result_type(*array_types, *scalar_types),
    }  # fmt: skip


def _kind(t: Any) -> type:
    kinds = (np.unsignedinteger, np.signedinteger, np.floating, np.complexfloating)
    return next((kind for kind in kinds if issubclass(np.dtype(t).type, kind)), np.generic)


def _numbers() -> dict[str, Any]:
    return {
        "Inf": np.inf, "Infinity": np.inf, "infty": np.inf, "PINF": np.inf, "NINF": -np.inf,
        "NaN": np.nan, "NAN": np.nan, "PZERO": 0.0, "NZERO": -0.0,
    }  # fmt: skip


def _functions() -> dict[str, Any]:
    return {
        "product": np.prod, "cumproduct": np.cumprod, "sometrue": np.any, "alltrue": np.all, "round_": np.round,
        "row_stack": np.vstack, "rank": np.ndim, "mat": np.asmatrix, "trapz": np.trapezoid,
        "in1d": lambda ar1, ar2, *args, **kwargs: np.isin(np.ravel(ar1), ar2, *args, **kwargs),
        "asscalar": lambda a: np.asarray(a).item(),
        "alen": lambda a: len(np.atleast_1d(a)),
        "msort": lambda a: np.sort(a, axis=0),
        "fastCopyAndTranspose": lambda a: np.asarray(a).T.copy(),
        "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype if np.issubdtype(dtype, np.inexact) else float),
        "safe_eval": ast.literal_eval,
        **dict.fromkeys(("disp", "source", "lookfor", "who"), lambda *args, **kwargs: None),
        **dict.fromkeys(("recfromcsv", "recfromtxt"), functools.partial(np.genfromtxt, dtype=None, names=True)),
        "deprecate": lambda *args, **kwargs: args[0] if args else lambda function: function,
        "deprecate_with_doc": lambda msg: lambda function: function,
    }  # fmt: skip


def _moved() -> dict[str, Any]:
    """What lives elsewhere now (2.0)."""
    places: dict[Any, tuple[str, ...]] = {
        np.exceptions: (
            "AxisError", "ComplexWarning", "ModuleDeprecationWarning", "RankWarning", "TooHardError",
            "VisibleDeprecationWarning",
        ),
        np.lib: ("add_newdoc", "add_docstring", "tracemalloc_domain"),
        np.lib.npyio: ("DataSource",), np.lib.array_utils: ("byte_bounds",),
        np.char: ("compare_chararrays",), np.rec: ("format_parser",),
    }  # fmt: skip
    found = {name: getattr(place, name) for place, names in places.items() for name in names if hasattr(place, name)}
    return {"math": math, **found}


# ── methods and arguments, by rewriting calls ──────────────────────────────────────────────────

_METHODS: dict[str, Callable[..., Any]] = {  # 2.0, and 2.3 for tostring
    "ptp": np.ptp,
    "itemset": lambda a, *args: _set_item(a, args[:-1], args[-1]),
    "newbyteorder": lambda a, new_order="S": a.view(a.dtype.newbyteorder(new_order)),
    "tostring": lambda a, order="C": a.tobytes(order),
}


def _set_item(a: Any, where: tuple[Any, ...], value: Any) -> None:
    index = where[0] if len(where) == 1 else where
    if isinstance(index, tuple) and index:
        a[index] = value
    else:
        a.flat[index or 0] = value


_KEYWORDS: dict[str, dict[Any, str]] = {
    "newshape": {np.reshape: "shape"},  # 2.4
    "interpolation": dict.fromkeys((np.percentile, np.quantile, np.nanpercentile, np.nanquantile), "method"),  # 2.4
    "normed": {np.histogram: "density"},  # 1.24
}
_WORDS = (*(f".{name}" for name in _METHODS), *_KEYWORDS, "copy")


def rewrite(tree: ast.AST, source: str) -> None:
    """Have calls in `tree`, made from `source`, that need it go through `Former`; lines stay as they are."""
    if not any(word in source for word in _WORDS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (former := _former_call(node)):
            node.func = ast.copy_location(former, node.func)
            ast.fix_missing_locations(node.func)


def _former_call(node: ast.Call) -> ast.expr | None:
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in _METHODS:
        return _through("method", function.value, ast.Constant(function.attr))
    if any(keyword.arg in _KEYWORDS or _never_copies(keyword) for keyword in node.keywords):
        return _through("keywords", function)
    return None


def _never_copies(keyword: ast.keyword) -> bool:
    return keyword.arg == "copy" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False


def _through(name: str, *args: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(ast.Name(REWRITER, ast.Load()), name, ast.Load()), list(args), [])


class Former:
    """What rewritten calls go through. It changes nothing of what still works."""

    @staticmethod
    def method(owner: Any, name: str) -> Any:
        """The method `name` of `owner`, or what it was when it is an array's and NumPy has dropped it."""
        if isinstance(owner, np.ndarray | np.generic) and not hasattr(owner, name):
            return functools.partial(_METHODS[name], owner)
        return getattr(owner, name)

    @staticmethod
    def keywords(function: Any) -> Any:
        """`function`, or if it is NumPy's and has renamed an argument, something that takes the former name."""
        if function is np.array:
            return _array
        names = {old: renamed[function] for old, renamed in _KEYWORDS.items() if _is_renamed(function, renamed)}
        if not names:
            return function

        def call(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **{names.get(name, name): value for name, value in kwargs.items()})

        return call


def _is_renamed(function: Any, renamed: dict[Any, str]) -> bool:
    return any(function is known for known in renamed)


def _array(*args: Any, copy: Any = True, **kwargs: Any) -> Any:
    """np.array as in NumPy 1, where `copy=False` meant: only if it must be."""
    return np.array(*args, copy=None if copy is False else copy, **kwargs)
