"""Exceptions as plain data: the type, the text, and the innermost place in the submission."""

from __future__ import annotations

from typing import Any

MESSAGE_CAP = 400
STEPS = 2000  # of a traceback
START_PROCESSES = ("multiprocessing", "subprocess", "concurrent.futures.process", "torch.multiprocessing")


def cell_name(number: int) -> str:
    """The file name that tracebacks show for a cell."""
    return f"<cell {number}>" if number else "<submission>"


def describe_error(error: BaseException, number: int | None = None) -> dict[str, Any]:
    """An exception as plain data; `number` is the cell of a source that could not be parsed. `process` says that it
    comes of an attempt to start another process."""
    try:
        text = str(error)[:MESSAGE_CAP]
    except BaseException:
        text = "an exception that cannot be printed"
    fault: dict[str, Any] = {"error": type(error).__name__[:60], "text": text}
    if isinstance(error, SyntaxError) and number is not None:
        return {**fault, "text": str(error.msg)[:MESSAGE_CAP], "cell": number, "line": error.lineno or 0}
    return {**fault, **_walk(error)}


def _walk(error: BaseException) -> dict[str, Any]:
    found: dict[str, Any] = {}
    step = error.__traceback__
    for _ in range(STEPS):
        if step is None:
            break
        code = step.tb_frame.f_code
        if code.co_filename.startswith(("<cell ", "<submission>")):
            number = int(code.co_filename[6:-1]) if code.co_filename.startswith("<cell ") else 0
            found = {"cell": number, "line": step.tb_lineno, "function": code.co_name[:60]}
        elif isinstance(error, OSError) and str(step.tb_frame.f_globals.get("__name__")).startswith(START_PROCESSES):
            found["process"] = True
        step = step.tb_next
    return found
