"""PyTorch without its compiler and without SymPy in the grading process, where they would take 75 MB and seconds.

PyTorch imports `torch._dynamo` when the first optimizer is made, to mark its methods as not to be compiled, and SymPy
at the first operation on the meta device, for shapes that are formulas. Trusted code is not compiled, and its shapes
are numbers. So other modules stand in for these, and hold what PyTorch calls then. Code that asks them for any other
name gets the real modules.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import operator
import sys
import threading
from collections.abc import Mapping
from types import ModuleType
from typing import Any

_lock = threading.Lock()


def without_compiler() -> None:
    """Let modules stand in for PyTorch's compiler, where PyTorch is loaded and its compiler is not."""
    if "torch" in sys.modules:
        _stand_in()


@functools.cache
def _stand_in() -> None:
    for module, names in NAMES.items():
        if module not in sys.modules and importlib.util.find_spec(module):
            sys.modules[module] = standin = Standin(module, names)
            parent, _, name = module.rpartition(".")
            if parent:
                setattr(sys.modules[parent], name, standin)


class Standin(ModuleType):
    """What has `names` in the place of a module, until another name is asked for: then the real module is imported."""

    def __init__(self, module: str, names: Mapping[str, Any]) -> None:
        super().__init__(module)
        self.__spec__ = importlib.util.find_spec(module)
        vars(self).update(names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and not self._is_way_in(name):  # asked of every module by whoever looks through them
            raise AttributeError(name)
        with _lock:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)

    def _is_way_in(self, name: str) -> bool:
        """Whether `name` is what is asked of a package before a module in it is imported."""
        return name == "__path__" and bool(self.__spec__ and self.__spec__.submodule_search_locations)


def _given(value: Any, *_: Any, **__: Any) -> Any:
    return value


def _disable(function: Any = None, *_: Any, **__: Any) -> Any:
    return _given if function is None else function  # `@disable(…)` as well as `disable(function)`


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


GUARDS = ("expect_true", "guard_or_false", "guard_or_true", "guard_size_oblivious", "guarding_hint_or_throw",
    "statically_known_true")  # fmt: skip
# What each name means for functions that are not compiled, and for shapes of numbers.
NAMES: Mapping[str, Mapping[str, Any]] = {
    "torch._dynamo": {"disable": _disable, "graph_break": lambda *_, **__: None},
    "torch.fx.experimental.symbolic_shapes": {
        **dict.fromkeys(GUARDS, _given),
        "has_guarding_hint": lambda _: True,
        "is_nested_int": lambda _: False,
        "sym_and": lambda *parts: functools.reduce(operator.and_, parts),
        "sym_or": lambda *parts: functools.reduce(operator.or_, parts),
        "sym_eq": _equal,
    },
    "sympy": {"Basic": type("Basic", (), {})},
}
