"""Hypothesis as a grader needs it: what it draws depends on the seed alone, and it leaves no file behind.

By itself it also tries literals that it reads out of the modules it takes for local code, which differ from one
machine, installation and order of imports to another, and keeps what it found in `.hypothesis` where it was started.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator

_ours = threading.local()


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Within it, this thread draws without literals of modules. Hypothesis of others in this process stays as it is."""
    _install()
    before = getattr(_ours, "drawing", False)
    _ours.drawing = True
    try:
        yield
    finally:
        _ours.drawing = before


@functools.cache
def _install() -> None:
    """Hypothesis has no setting for it, so the function that collects the literals is asked through ours."""
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    collect = providers._get_local_constants

    def literals() -> Constants:
        return Constants() if getattr(_ours, "drawing", False) else collect()

    providers._get_local_constants = literals
