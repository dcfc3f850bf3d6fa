"""From a replay token back to the one question it stands for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from autograder.assignment.discover import Declared
from autograder.checks.case import Case
from autograder.diagnosis.replay import Replay, read_token
from autograder.errors import BadToken
from autograder.model import Check, Isolation
from autograder.pipeline import Grading


class OneCase:
    """A space that holds the token's case alone; it is the smallest already, so there is nothing to shrink."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def cases(self, seed: int, count: int) -> tuple[Case, ...]:
        """The case, whatever the seed."""
        return (self.case,)

    def shrink(self, case: Case, holds: object) -> Case:
        """Nothing smaller."""
        return case


def grading_of(text: str, isolation: Isolation, load: Callable[[str], Declared]) -> Grading:
    """A grading that asks only the question of token `text`; BadToken when it holds no question that can be asked."""
    replay = read_token(text)
    if replay.parameters is None or replay.seed is None:
        named = f"; the diagnosis is {replay.diagnosis}" if replay.diagnosis else ""
        raise BadToken(
            f"This token is of a hidden check of {replay.check} in {replay.assignment}, with verdict "
            f"{replay.verdict}{named}. Its case stays hidden, so it cannot be replayed."
        )
    declared = load(replay.assignment)
    return Grading(declared, replay.seed, isolation, (question(declared, replay),), heard=True)


def question(declared: Declared, replay: Replay) -> Check:
    """The one question that `replay` stands for, as a check that asks nothing else; BadToken when there is none."""
    if replay.seed is None:
        raise BadToken(f"This token names no case of {replay.check}.")
    check = _check(declared, replay)
    if replay.version != declared.assignment.version[7:19]:
        raise BadToken(
            f"This token was made with another version of {replay.assignment} (its files have changed since); "
            "run `autograder check` again for a new one."
        )
    params, space = _parameters(check, replay), check.strategy
    # a bundle's space gives a case with its answers
    case = space.case(params, replay.seed) if space is not None else Case(params, replay.seed)
    return msgspec.structs.replace(check, strategy=OneCase(case), needs=())


def _check(declared: Declared, replay: Replay) -> Check:
    for check in declared.checks:
        if check.id == replay.check:
            return check
    raise BadToken(f"This token is of {replay.check}, which {replay.assignment} does not have (any more).")


def _parameters(check: Check, replay: Replay) -> dict[str, object]:
    """The token's parameters, each of which must be a value that the check's space has: a token is hostile input."""
    params, space = replay.parameters or {}, check.strategy
    try:
        if params.keys() != (space.names if space is not None else set()):
            raise ValueError(f"it has the parameters {sorted(params)}")
        return {name: space.parameter(name, value) for name, value in params.items()}
    except ValueError:
        raise BadToken(
            f"This token asks {check.id} for a case that it does not have; copy it again from the report."
        ) from None
