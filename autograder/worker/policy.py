"""What an assignment forbids, refused at the call: a variable, a parameter or an annotation of that name is allowed.

A package that is forbidden is absent (`absent.py`). A function that is there is replaced, wherever it is bound, by one
that raises `ForbiddenUse` when the submission's own code calls it; libraries call on, and so does the grader.
This keeps honest students to the task. It is not the boundary, which is the sandbox.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

# Functions of NumPy that call what they are given: who passes on a forbidden function has called it.
PASS_ON = (
    "apply_along_axis", "apply_over_axes", "piecewise", "fromfunction", "_vectorize_call", "_get_ufunc_and_otypes",
)  # fmt: skip

USE_THEIR_CALLER = (eval, exec)  # they look at the frame that calls them, for names


class ForbiddenUse(Exception):
    """The submission called `name`, which its assignment forbids."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not allowed in this assignment")
        self.name = name


Found = list[tuple[str, Callable[..., Any], list[Any]]]  # attribute, value, and the places that bind it

_known: dict[str, Found] = {}


def prepare(forbid: Sequence[str]) -> None:
    """Look up what `forbid` names; for a process that runs no student code, whose forks begin with what it found."""
    _known.update((name, _found(name)) for name in forbid)


def _looked_up(name: str) -> Found:
    """What was found of `name`, if all of it stands where it stood; else what is found now."""
    known = _known.get(name)
    if known and all(vars(place).get(attribute) is value for attribute, value, places in known for place in places):
        return known
    return _found(name)


def _found(name: str) -> Found:
    return [
        (attribute, value, [place for place in (owner, *_modules_of(owner)) if vars(place).get(attribute) is value])
        for owner, attribute, value in _targets(name)
    ]


class Policy:
    """Replaces what `forbid` names. Until it is armed, and again after it, everything works: what a submission runs at
    its top level is not part of an entry point."""

    def __init__(self, forbid: Sequence[str], namespace: dict[str, Any]) -> None:
        self.packages = frozenset(name for name in forbid if "." not in name and not hasattr(builtins, name))
        self.armed = False
        self._namespace = namespace
        self._undo = contextlib.ExitStack()
        for name in forbid:
            for attribute, value, places in _looked_up(name):
                self._replace(name, attribute, value, places)

    def restore(self) -> None:
        """Put everything back."""
        self.armed = False
        self._undo.close()

    def _replace(self, name: str, attribute: str, value: Any, places: Sequence[Any]) -> None:
        refusing = self._refusing(name, attribute, value)
        for place in places:
            if vars(place).get(attribute) is value:
                setattr(place, attribute, refusing)
                self._undo.callback(setattr, place, attribute, value)
        for bound in [key for key, one in self._namespace.items() if one is value]:
            self._namespace[bound] = refusing
            self._undo.callback(self._namespace.__setitem__, bound, value)

    def _refusing(self, name: str, attribute: str, value: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(*args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1)
            while caller.f_code.co_name in PASS_ON and caller.f_back and caller.f_globals is not self._namespace:
                caller = caller.f_back
            if self.armed and caller.f_globals is self._namespace:
                raise ForbiddenUse(name)
            if value in USE_THEIR_CALLER and len(args) == 1 and not kwargs:
                args = (*args, caller.f_globals, caller.f_locals)
            return value(*args, **kwargs)

        refuse.__name__ = refuse.__qualname__ = attribute
        refuse.__doc__ = value.__doc__
        return refuse


def _targets(name: str) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """What `name` forbids of what is loaded: (owner, attribute, value). A module stands for all its functions, and
    `.method` for the method of tensors."""
    if name.startswith("."):
        torch = sys.modules.get("torch")
        owner, attribute = (torch and torch.Tensor), name[1:]
    elif "." in name:
        path, _, attribute = name.rpartition(".")
        owner = _find(path)
    else:
        owner, attribute = builtins, name
    value = getattr(owner, attribute, None)
    if isinstance(value, types.ModuleType):
        yield from ((value, each, one) for each, one in list(vars(value).items()) if _is_public(value, each, one))
    elif owner is not None and callable(value):
        yield owner, attribute, value


def _is_public(module: types.ModuleType, name: str, value: Any) -> bool:
    return not name.startswith("_") and callable(value) and getattr(value, "__module__", None) == module.__name__


def _find(path: str) -> Any:
    """What stands at a dotted path below a module that is loaded, or None."""
    top, *rest = path.split(".")
    found: Any = sys.modules.get(top)
    for part in rest:
        found = getattr(found, part, None)
    return found


def _modules_of(owner: Any) -> list[types.ModuleType]:
    """The loaded modules of the package that `owner` belongs to, which may bind its functions once more."""
    if not isinstance(owner, types.ModuleType) or owner is builtins:
        return []
    top = owner.__name__.partition(".")[0]
    return [module for name, module in list(sys.modules.items()) if module and name.partition(".")[0] == top]
