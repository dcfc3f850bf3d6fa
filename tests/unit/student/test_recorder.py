"""What is recorded of a question: its answer, or what it asks of the formulas where the answer cannot be kept."""

from __future__ import annotations

import types

from autograder.checks.answers import decode, question
from autograder.checks.case import Case
from autograder.student.recorder import Recorder


def test_what_a_kept_answer_asked_is_not_noted_and_what_another_asked_is():
    formulas = types.ModuleType("formulas")
    formulas.double = lambda x: 2 * x
    recorder = Recorder(formulas)
    case = Case({"n": 3}, 17, recorder)

    def asked(x):
        return recorder.call("double", (x,), {})

    kept = case.once("a number", lambda: asked(1) + asked(2))
    lost = case.once("a set", lambda: {asked(4), case.once("inside", lambda: asked(8))})
    assert (kept, lost) == (6, {8, 16})
    found = {key: decode(node) for key, node in recorder.values.items()}
    assert found == {
        question("once", case.params, 17, "a number"): 6,
        question("double", (4,), {}): 8,
        question("once", case.params, 17, "inside"): 16,
    }
