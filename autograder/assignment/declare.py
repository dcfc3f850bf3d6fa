"""How an author declares checks, mistakes and variants: decorators that note a record and leave the function alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from autograder.model import Check, Mistake, Variant, Visibility

F = TypeVar("F", bound=Callable[..., Any])

Declaration = tuple[str, Check | Mistake | Variant]
_collected: ContextVar[list[Declaration] | None] = ContextVar("collected", default=None)


@contextmanager
def collecting() -> Any:
    """Collect everything that is declared while the context lasts, with the name of the module that declares it;
    duplicates included, for the loader to refuse."""
    declared: list[Declaration] = []
    token = _collected.set(declared)
    try:
        yield declared
    finally:
        _collected.reset(token)


def is_collecting() -> bool:
    """Whether a file of an assignment is being loaded, so that what it declares is noted."""
    return _collected.get() is not None


def declare_check(
    entry_point: str,
    *,
    points: float,
    given: Any = None,
    examples: int = 8,
    needs: Sequence[str] = (),
    visibility: str = "public",
    name: str | None = None,
    sentence: str | None = None,
) -> Callable[[F], F]:
    """Declare `function(student, case)` as a check of `entry_point`, worth `points`.

    Its docstring is the sentence that the student reads. `given` is the `Space` its cases are drawn from (none: one
    case, for known answers); `needs` are ids of checks that must pass before this one pays. The id is
    `entry_point.rest` for a function called `entry_point_rest`; `name` and `sentence` stand in for both where one
    function serves several entry points."""

    def decorate(function: F) -> F:
        rest = name or function.__name__.removeprefix(f"{entry_point}_")
        note(
            Check(
                id=f"{entry_point}.{rest}",
                entry_point=entry_point,
                points=float(points),
                sentence=sentence or first_paragraph(function),
                visibility=Visibility(visibility),
                run=function,
                strategy=given,
                examples=examples,
                needs=tuple(needs),
            )
        )
        return function

    return decorate


def mistake(entry_point: str, *, caught_by: str | Sequence[str], name: str | None = None) -> Callable[[F], F]:
    """Declare a function as a known-wrong `entry_point`. `caught_by` are the checks that must fail it (ids, or the part
    behind the entry point); its docstring is what a teacher would say to the student who wrote it.

    >>> from autograder import mistake
    >>> @mistake("affine_backward", caught_by="gradients")
    ... def db_averaged(dout, cache):
    ...     "You average db over the rows; every row uses the bias, so its gradient is their sum."
    ...     x, w = cache
    ...     return dout @ w.T, x.T @ dout, dout.mean(axis=0)
    """

    def decorate(function: F) -> F:
        note(
            Mistake(
                name=name or function.__name__,
                entry_point=entry_point,
                caught_by=checks_of(entry_point, (caught_by,) if isinstance(caught_by, str) else caught_by),
                says=first_paragraph(function),
                build=lambda: {entry_point: function},
            )
        )
        return function

    return decorate


def variant(function: F) -> F:
    """Declare another correct way to write some entry points. The function takes no arguments and returns
    `{entry point: function}`; its docstring says why that way is right.

    >>> from autograder import variant
    >>> @variant
    ... def added():
    ...     "x + x is 2x, to the last bit."
    ...     return {"double": lambda x: x + x}
    """
    note(Variant(name=function.__name__, why=first_paragraph(function), build=function))
    return function


def checks_of(entry_point: str, names: Sequence[str]) -> tuple[str, ...]:
    """The ids of checks that are named by their id, or by the part behind their entry point."""
    return tuple(name if "." in name else f"{entry_point}.{name}" for name in names)


def first_paragraph(function: Callable[..., Any]) -> str:
    """The first paragraph of a docstring, on one line; empty without one."""
    return " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())


def note(record: Check | Mistake | Variant) -> None:
    """Hand a declaration to whoever is collecting them, if anybody is."""
    collected = _collected.get()
    if collected is not None:
        collected.append((_declaring_module(), record))


def _declaring_module() -> str:
    """The module whose line is being executed outside of this package: that of the author, not of the function, since
    one module may declare what another defines."""
    frame = inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("autograder."):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__")) if frame is not None else ""
