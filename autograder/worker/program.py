"""A submission as running code: executed statement by statement, so that one broken cell costs only itself."""

from __future__ import annotations
import __future__

import ast
import functools
import signal
import sys
import time
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.worker import by_hand, precision

MESSAGE_CAP = 400
DEFINITION_SECONDS = 0.02  # a def or an import that is loaded already takes microseconds

# Names that NumPy and Python have dropped and that solutions written a few years ago still use. A grade must not depend
# on the year in which a student learnt NumPy (NumPy 1.20, 1.24, 2.0 and Python 3.0 release notes).
LEGACY_NUMPY: dict[str, Any] = {
    "float": float, "int": int, "object": object, "str": str, "complex": complex, "float_": np.float64,
    "Inf": np.inf, "Infinity": np.inf, "infty": np.inf, "NaN": np.nan, "NAN": np.nan, "product": np.prod,
    "cumproduct": np.cumprod, "sometrue": np.any, "alltrue": np.all, "row_stack": np.vstack,
}  # fmt: skip
LEGACY_BUILTINS: dict[str, Any] = {"xrange": range, "reduce": functools.reduce}


class StatementTooSlow(BaseException):
    """A statement at the top level of a submission used up its CPU time."""


class Program:
    """The names that a submission defines, and what went wrong on the way."""

    def __init__(self) -> None:
        self.module = types.ModuleType("submission")
        self.future = 0
        self.module.__dict__.update(LEGACY_BUILTINS)
        sys.modules["submission"] = self.module
        package = sys.modules.get("autograder")
        if package is not None and getattr(package, "__file__", None) is None:
            # the worker's own, empty package: a released notebook's cells that call `check` are no failures
            package.__dict__["check"] = lambda *args, **options: None
        for name, value in LEGACY_NUMPY.items():
            if name not in np.__dict__:
                setattr(np, name, value)

    def load(
        self, cells: Sequence[Sequence[Any]], skip: Sequence[str], budget: float, total: float, double: bool = True
    ) -> list[dict[str, Any]]:
        """Execute `cells` ([number, first line, source], …) but for the statements in `skip`; each statement has
        `budget` CPU seconds, and what comes after `total` seconds only enough to define things. With `double`
        it computes in double precision (`worker.precision`). Returns what failed: a key to skip it by, where, and
        why."""
        if double:
            precision.double_names()
            if "torch" in sys.modules:
                by_hand.install()  # before the submission can take hold of what they stand before
        failed: list[dict[str, Any]] = []
        skipped = set(skip)
        for number, line, source in cells:
            filename = cell_name(number)
            try:
                tree = parse(source, line, filename)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                fault = describe_error(error, number)
                if number == 0 and fault.get("line"):
                    fault["line"] += line - 1  # a script's pieces count their lines from where they start
                failed.append({"key": f"{number}:{line}:*", **fault})
                continue
            if double:
                precision.widen(tree)
            for statement in tree.body:
                key = f"{number}:{line}:{statement.lineno}:{statement.col_offset}"
                if key in skipped:
                    continue
                left = max(min(budget, total - time.process_time()), DEFINITION_SECONDS)
                if failure := self._run(statement, filename, left):
                    failed.append({"key": key, "cell": number, "line": statement.lineno, **failure})
        return failed

    def _run(self, statement: ast.stmt, filename: str, budget: float) -> dict[str, Any] | None:
        signal.signal(signal.SIGPROF, _too_slow)
        try:
            code = compile(ast.Module([statement], []), filename, "exec", self._future(statement), dont_inherit=True)
            signal.setitimer(signal.ITIMER_PROF, budget)
            exec(code, self.module.__dict__)
        except BaseException as error:
            return describe_error(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        return None

    def _future(self, statement: ast.stmt) -> int:
        """Compiler flags of every `from __future__ import …` so far: they hold for the rest of a program."""
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                self.future |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
        return self.future

    def function(self, name: str) -> Callable[..., Any] | None:
        """What the submission calls `name`, if it can be called."""
        value = self.module.__dict__.get(name)
        return value if callable(value) else None


def parse(source: str, line: int, filename: str) -> ast.Module:
    """The syntax tree of a cell, with the line numbers of the file."""
    tree = ast.parse(source, filename)
    return ast.increment_lineno(tree, line - 1) if line > 1 else tree


def cell_name(number: int) -> str:
    """The file name that tracebacks show for a cell."""
    return f"<cell {number}>" if number else "<submission>"


def _too_slow(_signal: int, _frame: object) -> None:
    raise StatementTooSlow


def describe_error(error: BaseException, number: int | None = None) -> dict[str, Any]:
    """An exception as plain data: its type, its text, and the innermost place in the submission."""
    try:
        text = str(error)[:MESSAGE_CAP]
    except BaseException:
        text = "an exception that cannot be printed"
    fault: dict[str, Any] = {"error": type(error).__name__[:60], "text": text}
    if isinstance(error, SyntaxError) and number is not None:
        return {**fault, "text": str(error.msg)[:MESSAGE_CAP], "cell": number, "line": error.lineno or 0}
    return {**fault, **_place(error)}


def _place(error: BaseException) -> dict[str, Any]:
    place: dict[str, Any] = {}
    step = error.__traceback__
    for _ in range(2000):
        if step is None:
            break
        code = step.tb_frame.f_code
        if code.co_filename.startswith(("<cell ", "<submission>")):
            number = int(code.co_filename[6:-1]) if code.co_filename.startswith("<cell ") else 0
            place = {"cell": number, "line": step.tb_lineno, "function": code.co_name[:60]}
        step = step.tb_next
    return place
