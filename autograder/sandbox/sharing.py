"""Which checks share a fork of the submission: nothing that is learnt in those of one entry point reaches another's."""

from __future__ import annotations

from collections import Counter

from autograder.model import Check, Visibility


class Sharing:
    """Checks of one entry point that follow each other share a fork; a question without a check has one of its own. A
    fork that has been asked a hidden check is asked no public one: its answer, which is shown, could carry the hidden
    case out."""

    def __init__(self) -> None:
        self._forks: Counter[str] = Counter()
        self._entry_point = ""
        self._saw_hidden = False

    def fork(self, check: Check | None, is_open: bool) -> tuple[str, int]:
        """The fork that is to serve `check`: its entry point, and how many have served that before. `is_open` says
        whether the last one is still there."""
        entry_point = check.entry_point if check else ""
        hidden = check is not None and check.visibility is Visibility.HIDDEN
        stays = is_open and entry_point and entry_point == self._entry_point and (hidden or not self._saw_hidden)
        if not stays:
            self._forks[entry_point] += 1
        self._entry_point, self._saw_hidden = entry_point, hidden
        return entry_point, self._forks[entry_point] - 1
