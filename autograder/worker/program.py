"""A submission as running code: executed statement by statement, so that one broken cell costs only itself."""

from __future__ import annotations
import __future__

import ast
import signal
import sys
import time
import types
from collections.abc import Callable, Sequence
from typing import Any

from autograder.worker import absent, by_hand, compiled, precision, years
from autograder.worker.compiled import Read, Statement
from autograder.worker.faults import describe_error
from autograder.worker.names import Names
from autograder.worker.policy import ForbiddenUse, Policy
from autograder.worker.standins import StandIn, ZMQInteractiveShell

DEFINITION_SECONDS = 0.02  # a def or an import that is loaded already takes microseconds
WALL_PER_CPU = 10.0  # a statement that waits is given up after this many times its CPU seconds, on a busy machine too
SHORTEST_WAIT = 0.5
ANNOTATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)


class StatementTooSlow(BaseException):
    """A statement at the top level of a submission used up its CPU time, or waited for too long."""


class Program:
    """The names that a submission defines, and what went wrong on the way. Call `explain` for what its code raises."""

    def __init__(self) -> None:
        self.module = types.ModuleType("submission")
        self.gate = absent.installed()
        self.names = Names(self.module.__dict__)
        self.policy = Policy((), self.module.__dict__)
        self.elsewhere: frozenset[str] = frozenset()
        self.converted = precision.Converted()
        former = {years.REWRITER: years.Former, precision.CONVERTED: self.converted}
        self.module.__dict__.update({**years.BUILTINS, **former})
        sys.modules["submission"] = self.module
        package = sys.modules.get("autograder")
        if package is not None and getattr(package, "__file__", None) is None:
            # the worker's own, empty package: a released notebook's cells that call `check` do not fail
            package.__dict__["check"] = lambda *args, **options: None

    def load(
        self,
        cells: Sequence[Sequence[Any]],
        skip: Sequence[str],
        budget: float,
        total: float,
        double: bool = True,
        entry_points: Sequence[str] = (),
        forbid: Sequence[str] = (),
        elsewhere: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        """Execute `cells` ([number, first line, source], …) but for the statements in `skip`; each statement has
        `budget` CPU seconds and ten times that to wait, and what comes after `total` seconds only enough to define
        things. With `double` it computes in double precision (`worker.precision`). Once it is loaded, calls of what
        `forbid` names are refused; `elsewhere` are packages that other entry points alone may use. Returns what failed:
        a key, where, and why."""
        if double:
            precision.double_names()
            if "torch" in sys.modules:
                by_hand.install()  # before the submission can take hold of what they stand before
        self.policy = Policy(forbid, self.module.__dict__)
        self.elsewhere = frozenset(elsewhere)
        self.names.watch(entry_points)
        if any(number for number, _, _ in cells):
            self._be_a_notebook()
        clock = _Clock(budget, total)
        failed = [
            failure
            for cell, found in zip(cells, compiled.read(cells, double), strict=True)
            for failure in self._cell(cell, found, frozenset(skip), clock)
        ]
        self.policy.armed = True
        return failed

    def _be_a_notebook(self) -> None:
        """Jupyter runs cells in `__main__`, and gives them `get_ipython`."""
        self.module.__dict__["__name__"] = "__main__"
        sys.modules["__main__"] = self.module
        StandIn.shell = ZMQInteractiveShell(self.module.__dict__)
        self.module.__dict__["get_ipython"] = lambda: StandIn.shell

    def _cell(self, cell: Sequence[Any], found: Read, skip: frozenset[str], clock: _Clock) -> list[dict[str, Any]]:
        number, line, _ = cell
        if isinstance(found, Exception):
            fault = describe_error(found, number)
            if number == 0 and fault.get("line"):
                fault["line"] += line - 1  # a script's pieces count their lines from where they start
            return [{"key": f"{number}:{line}:*", **fault}]
        failed = []
        for statement in found:
            node = statement.node
            key = f"{number}:{line}:{node.lineno}:{node.col_offset}"
            if key in skip:
                self.names.lose(node, {"slow": "cpu", "cell": number, "line": node.lineno})
            elif failure := self._run(statement, clock):
                failed.append({"key": key, "cell": number, "line": node.lineno, **failure})
                self.names.lose(node, failed[-1])
            self.names.follow(number, node.lineno)
        return failed

    def _run(self, statement: Statement, clock: _Clock) -> dict[str, Any] | None:
        """Execute one statement; why it failed, if it did."""
        try:
            with clock:
                try:
                    exec(statement.compiled(), self.module.__dict__)
                except NameError:
                    lazy = __future__.annotations.compiler_flag
                    if statement.flags & lazy or not _has_annotations(statement.node):
                        raise
                    # an annotation computes nothing: read lazily, as Python does from 3.14 on, it costs nothing either
                    exec(statement.compiled(lazy), self.module.__dict__)
        except BaseException as error:
            return clock.over or self.explain(error)
        return clock.over

    def function(self, name: str) -> Callable[..., Any] | None:
        """What the submission calls `name`, if it can be called."""
        value = self.module.__dict__.get(name)
        return value if callable(value) else None

    def explain(self, error: BaseException) -> dict[str, Any]:
        """The exception as plain data, with what lies behind it: `forbidden`, `elsewhere` or `absent`, a name, where
        that is what the code reached for, and `because`, the failure of a statement that would have bound a name."""
        fault = describe_error(error)
        if isinstance(error, ForbiddenUse):
            return {**fault, "forbidden": error.name}
        if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
            return {**fault, **self._absence(self.gate.absent(error.name))}
        if type(error) is NameError:
            return {**fault, **self._unbound(str(error.name))}
        return fault

    def _unbound(self, name: str) -> dict[str, Any]:
        """What lies behind a name that is not bound: a package that cannot be had, imported or not, or what failed."""
        if loss := self.names.lost.get(name):
            package = loss.get("forbidden") or loss.get("elsewhere") or loss.get("absent")
            return self._absence(package) or {"because": loss.get("because", loss)}
        return self._absence(name) if name in self.policy.packages | self.elsewhere else {}

    def _absence(self, package: str | None) -> dict[str, str]:
        if package is None:
            return {}
        if package in self.elsewhere:
            return {"elsewhere": package}
        return {"forbidden" if package in self.policy.packages else "absent": package}

    def faults(self, entry_points: Sequence[str]) -> dict[str, dict[str, Any]]:
        """For each entry point that cannot be called what is known of the reason: that of a statement that failed, or
        what stands under its name, and since where."""
        found = {name: self.names.fault(name) for name in entry_points if self.function(name) is None}
        return {name: fault for name, fault in found.items() if fault}


class _Clock:
    """Ends a statement when its time is over. `over` says how, even if the submission caught the exception; the timers
    go off again and again, as one that is caught in a loop does not end it."""

    def __init__(self, budget: float, total: float) -> None:
        self.budget, self.total = budget, total
        self.waited = 0.0
        self.over: dict[str, Any] | None = None

    def __enter__(self) -> None:
        self.over = None
        cpu = max(min(self.budget, self.total - time.process_time()), DEFINITION_SECONDS)
        wall = max(min(self.budget, self.total - self.waited / WALL_PER_CPU) * WALL_PER_CPU, SHORTEST_WAIT)
        self.started = time.monotonic(), time.process_time()
        signal.signal(signal.SIGPROF, lambda _, frame: self._end("cpu", frame))
        signal.signal(signal.SIGALRM, lambda _, frame: self._end("wall", frame))
        signal.setitimer(signal.ITIMER_PROF, cpu, cpu)
        signal.setitimer(signal.ITIMER_REAL, wall, wall)

    def _end(self, slow: str, frame: types.FrameType | None) -> None:
        self.over = {"error": StatementTooSlow.__name__, "text": "", "slow": slow}
        if frame and frame.f_code.co_filename != __file__:  # the statement is over when it is ours
            raise StatementTooSlow

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        wall, cpu = self.started
        self.waited += time.monotonic() - wall - (time.process_time() - cpu)


def _has_annotations(statement: ast.stmt) -> bool:
    return isinstance(statement, ANNOTATED) and any(
        getattr(node, "annotation", None) or getattr(node, "returns", None) for node in ast.walk(statement)
    )
