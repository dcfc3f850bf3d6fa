"""A notebook's own process as the grader's worker would be: for a check in a cell that says what the grade will say."""

from __future__ import annotations

import builtins
import contextlib
import functools
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.worker import years
from autograder.worker.absent import Gate
from autograder.worker.policy import Policy
from autograder.worker.program import explain

OF_THE_KERNEL = ("ipykernel", "traitlets", "zmq")


@contextlib.contextmanager
def as_graded(
    namespace: dict[str, Any], modules: Sequence[str], forbid: Sequence[str]
) -> Iterator[Callable[[BaseException], dict[str, Any]]]:
    """Within, code of `namespace` cannot reach packages but Python's own and `modules`, nor call what `forbid` names,
    and NumPy has its former names. Gives what explains an exception. Afterwards all is as it was."""
    gate, policy = Gate(modules), Policy(forbid, namespace)
    packages = {
        name: package for name, value in namespace.items() if (package := _absent(name, value, namespace, gate))
    }
    hidden = {name: namespace.pop(name) for name in packages}
    lost = {name: {"absent": package} for name, package in packages.items()}
    usual = builtins.__import__

    def gated(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if globals is namespace and level == 0 and gate.absent(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return usual(name, globals, locals, fromlist, level)

    with years.put_back():
        builtins.__import__ = gated
        policy.armed = True
        try:
            yield functools.partial(explain, gate=gate, packages=policy.packages, lost=lost)
        finally:
            builtins.__import__ = usual
            policy.restore()
            namespace.update(hidden)


def _absent(name: str, value: Any, namespace: Mapping[str, Any], gate: Gate) -> str | None:
    """The package that `value` is of, if the assignment does not have it."""
    if isinstance(value, types.ModuleType):
        module = value.__name__
    else:
        own = getattr(value, "__module__", None)
        module = own if isinstance(own, str) else type(value).__module__
    ours = name.startswith("_") or module == namespace.get("__name__") or module.partition(".")[0] in OF_THE_KERNEL
    return None if ours else gate.absent(module)


def under_settings(function: Any, errors: Mapping[str, Any], filters: Sequence[Any]) -> Any:
    """`function`, called under NumPy's error state `errors` and the warning `filters`; classes stay as they are."""
    if not isinstance(function, types.FunctionType):
        return function

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with np.errstate(**errors), warnings.catch_warnings():
            warnings.filters[:] = filters  # type: ignore[index]
            return function(*args, **kwargs)

    return call
