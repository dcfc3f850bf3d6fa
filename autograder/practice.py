"""Public checks on functions of the running process: what `check("affine_forward")` does in a notebook."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from autograder.assignment.discover import Declared, assignment_folders, discover
from autograder.errors import AutograderError
from autograder.examine import Examiner
from autograder.model import CheckResult, Verdict, Visibility
from autograder.prove.local import LocalRunner
from autograder.score import total


def practise(entry_point: str, depth: int) -> float:
    """Check `entry_point` as the caller `depth` frames up defines it; show the result, return the points."""
    namespace = _unwrapped(sys._getframe(depth).f_globals)
    declared = _owner(entry_point)
    checks = [c for c in declared.checks if c.entry_point == entry_point and c.visibility is Visibility.PUBLIC]
    needed = {need for check in checks for need in check.needs}
    asked = [c for c in declared.checks if c in checks or c.id in needed]
    results = Examiner(declared, 0).examine_all(asked, LocalRunner(namespace))
    mine = tuple(result for result in results if result.entry_point == entry_point)
    _show(entry_point, mine)
    return float(total(mine)[0])


def _owner(entry_point: str) -> Declared:
    for folder in assignment_folders().values():
        declared = discover(folder)
        if any(entry.name == entry_point for entry in declared.assignment.entry_points):
            return declared
    raise AutograderError(f"No assignment here has an entry point {entry_point!r}.")


def _unwrapped(namespace: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in namespace.items() if callable(value)}


def _show(entry_point: str, results: tuple[CheckResult, ...]) -> None:
    """A table as text and, in a notebook, as HTML."""
    rows = [(r.check.partition(".")[2], r.verdict.value, f"{r.points:g}/{r.max_points:g}", _why(r)) for r in results]
    text = "\n".join(
        f"{verdict:<8} {points:>7}  {name}{': ' + why if why else ''}" for name, verdict, points, why in rows
    )
    shell = sys.modules.get("IPython")
    if shell is None or shell.get_ipython() is None:
        sys.stdout.write(f"{entry_point}\n{text}\n")
        return
    from html import escape

    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in (v, p, n, w)) + "</tr>" for n, v, p, w in rows
    )
    bundle = {
        "text/plain": f"{entry_point}\n{text}",
        "text/html": f"<b>{escape(entry_point)}</b><table>{cells}</table>",
    }
    shell.display.display(bundle, raw=True)


def _why(result: CheckResult) -> str:
    if result.verdict is Verdict.PASS:
        return ""
    return result.diagnosis.says if result.diagnosis else result.message
