"""What the worker reports, as the student reads it. Nothing that it says is trusted to be of the right kind."""

from __future__ import annotations

import platform
import re
from typing import Any

import numpy as np

from autograder.errors import Crashed, Forbidden, OutOfMemory, SubmissionFault
from autograder.wire import plain_text

# What Python says of syntax that a later version has: nested quotes in f-strings and `type` (3.12), `def f[T]` (3.12),
# `except A, B` (3.14). It says most of these of a plain slip, too, so no cause is named.
MAYBE_NEWER = re.compile(r"^invalid syntax|^f-string: |^expected '\('|^multiple exception types")

# NumPy's years, where what it dropped cannot be put back: what it says, and what to write (release notes, 2.0 to 2.4).
NUMPY_CHANGED = {
    r"only (0-dimensional|length-1|size-1) arrays can be converted|setting an array element with a sequence": (
        "takes no array for a single number, not even an array of one element, as older versions did: write a.item()"
    ),
    r"unsupported format string passed to numpy\.ndarray": "formats no array as a number: write a.item()",
    r"module 'numpy[\w.]*' has no attribute|was removed in the NumPy|is now private": "no longer has this name",
    r"'numpy\.\w+' object has no attribute": "has no such method or attribute, though an older version may have had it",
}


def place(fault: dict[str, Any]) -> str:
    """Where it happened, as the student counts: ` (cell 7, line 3)`."""
    cell, line = fault.get("cell"), fault.get("line")
    if type(cell) is not int or type(line) is not int:
        return ""
    return f" (cell {cell}, line {line})" if cell else f" (line {line})"


def raised(function: str, fault: dict[str, Any]) -> SubmissionFault:
    """The fault for an exception that the student's code raised, with its place and what lies behind it."""
    if reached := _out_of_reach(function, fault):
        return reached
    error, text = plain_text(fault.get("error"), 60) or "an exception", plain_text(fault.get("text"), 400)
    if error in ("MemoryError", "_ArrayMemoryError"):
        return OutOfMemory(f"{function} asked for more memory than the check allows{place(fault)}.")
    words = f"{error}: {text}" if text else error
    if fault.get("process") is True:
        sentence = f"{function} starts another process, which a submission may not do{place(fault)}: {words}."
        return Crashed(sentence, error, text)
    if isinstance(because := fault.get("because"), dict):
        sentence = f"{function} raised {words}{place(fault)}. What defines it failed: {failure_sentence(because)}"
        return Crashed(sentence, error, text)
    return Crashed(f"{function} raised {words}{place(fault)}.{_numpy(text)}", error, text)


def unmet(entry_point: str, fault: dict[str, Any]) -> SubmissionFault:
    """Why `entry_point` cannot be asked anything: what stands under its name, or the statement that failed."""
    if reached := _out_of_reach(entry_point, fault):
        return reached
    if kind := plain_text(fault.get("kind"), 60):
        kind = kind if " " in kind or kind == "None" else f"of type {kind}"
        where = place(fault).strip(" ()").partition(",")[0]
        since = f": {where} reassigns it" if fault.get("again") is True and where else place(fault)
        return Crashed(f"{entry_point} is {kind} here, not a function{since}.")
    return Crashed(f"{entry_point} could not be read: {failure_sentence(fault)}")


def _out_of_reach(function: str, fault: dict[str, Any]) -> SubmissionFault | None:
    if name := plain_text(fault.get("forbidden"), 60):
        return Forbidden(f"{function} uses {name}{place(fault)}, which this assignment does not allow.")
    if package := plain_text(fault.get("elsewhere"), 60):
        return Forbidden(f"{package} is not available for {function}{place(fault)}, which is to be written in NumPy.")
    if package := plain_text(fault.get("absent"), 60):
        return Crashed(f"{function} needs {package}, which is not part of this assignment{place(fault)}.")
    return None


def failure_sentence(failure: dict[str, Any]) -> str:
    """What a statement of the top level did, and what follows for the student."""
    error, text = plain_text(failure.get("error"), 60) or "an exception", plain_text(failure.get("text"), 200)
    where = place(failure).strip(" ()") or "somewhere"
    where = where[0].upper() + where[1:]
    if failure.get("slow"):
        waited = "waited" if failure["slow"] == "wall" else "took"
        return f"{where}: this {waited} too long and was left out; {_advice(failure)}."
    if error == "ModuleNotFoundError" and (package := plain_text(failure.get("elsewhere"), 60)):
        return f"{where}: {package} is not available for what is to be written in NumPy."
    if error == "ModuleNotFoundError" and (package := plain_text(failure.get("absent", failure.get("forbidden")), 60)):
        return f"{where}: {package} is not part of this assignment."
    version = f" (Python {platform.python_version()} read this)" if _maybe_newer(error, text) else ""
    return f"{where}: {error}: {text}{version}." if text else f"{where}: {error}."


def _advice(failure: dict[str, Any]) -> str:
    """How to keep an experiment from being run; in a notebook there is no way, as in Jupyter."""
    if failure.get("cell"):
        return "no function may depend on it"
    return 'keep experiments under `if __name__ == "__main__":`'


def _maybe_newer(error: str, text: str) -> bool:
    return error == "SyntaxError" and MAYBE_NEWER.search(text) is not None


def _numpy(text: str) -> str:
    """A sentence on what the NumPy that graded does otherwise than older ones, if `text` may come of that."""
    said = next((said for pattern, said in NUMPY_CHANGED.items() if re.search(pattern, text)), None)
    return f" NumPy {np.__version__} graded this, and {said}." if said else ""
