"""How the reference and the known mistakes fared on recorded cases: what an explanation compares a student with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.checks.answers import Reader, decode, question
from autograder.checks.case import Case
from autograder.diagnosis.match import Seen
from autograder.errors import CheckFailed, Crashed, Forbidden, Missing, OutOfMemory, SubmissionFault, TimedOut
from autograder.model import Check, Verdict

_FAULTS = {kind.verdict: kind for kind in (CheckFailed, Crashed, Forbidden, Missing, OutOfMemory, TimedOut)}


def seen_question(check: Check, params: Mapping[str, Any], seed: int, name: str) -> bytes:
    """What the record is asked for: how `name` (of a mistake; "" is the reference) fared on a case of `check`."""
    return question("seen", check.id, params, seed, name)


def fault_told(fault: SubmissionFault | None) -> dict[str, Any] | None:
    """What a comparison needs to know of a fault, as plain data."""
    if fault is None:
        return None
    parts = {name: getattr(fault, name, None) or "" for name in ("tensor", "error", "text")}
    return {"verdict": str(fault.verdict), **{name: str(part) for name, part in parts.items()}}


class RecordedSeen:
    """Looks up how the reference or a mistake fared; None where it was not recorded, as where a mistake passes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __call__(self, check: Check, case: Case, name: str) -> Seen | None:
        found = self._reader.answers.values.get(seen_question(check, case.params, case.seed, name))
        if found is None:
            return None
        trace, told = decode(found)
        return Seen(trace, _fault(told))


def _fault(told: Mapping[str, str] | None) -> SubmissionFault | None:
    if told is None:
        return None
    kind = _FAULTS[Verdict(told["verdict"])]
    if kind is CheckFailed:
        return CheckFailed("", tensor=told["tensor"] or None)
    return Crashed("", told["error"], told["text"]) if kind is Crashed else kind("")
