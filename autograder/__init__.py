"""Grade hand-written deep learning: property-based tests and numerical gradients against sandboxed student code.

The front door. Everything is imported when it is first used, so `autograder --help` needs neither NumPy nor torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from autograder.version import VERSION

if TYPE_CHECKING:
    from autograder.assignment.declare import mistake, variant
    from autograder.assignment.edits import edits
    from autograder.checks.answers import answers_beside
    from autograder.checks.case import CONTENTS, Case
    from autograder.checks.compare import expect, expect_shape
    from autograder.checks.consistency import expect_consistent
    from autograder.checks.covering import all_pairs
    from autograder.checks.gradcheck import gradcheck
    from autograder.checks.network import Network
    from autograder.checks.oracle import real_where, vjp
    from autograder.checks.pair import Pair
    from autograder.checks.purity import expect_repeatable, expect_unmodified
    from autograder.checks.seeded import expect_seeded
    from autograder.checks.space import Space
    from autograder.checks.statistics import (
        Normal,
        Uniform,
        expect_drawn_anew,
        expect_law,
        expect_mean_square,
        expect_rate,
        expect_variance,
    )
    from autograder.checks.student import Student
    from autograder.errors import AutograderError, CheckFailed
    from autograder.model import GradeReport, Verdict
    from autograder.notebook import check
    from autograder.pipeline import grade
    from autograder.speed.declare import Kernel, Problem, Race, Split, Step, Task
    from autograder.wire import Earlier, Rng

__version__ = VERSION

_HOMES = {
    "CONTENTS": "checks.case",
    "AutograderError": "errors",
    "Case": "checks.case",
    "CheckFailed": "errors",
    "Earlier": "wire",
    "GradeReport": "model",
    "Kernel": "speed.declare",
    "Network": "checks.network",
    "Normal": "checks.statistics",
    "Pair": "checks.pair",
    "Problem": "speed.declare",
    "Race": "speed.declare",
    "Rng": "wire",
    "Space": "checks.space",
    "Split": "speed.declare",
    "Step": "speed.declare",
    "Student": "checks.student",
    "Task": "speed.declare",
    "Uniform": "checks.statistics",
    "Verdict": "model",
    "all_pairs": "checks.covering",
    "answers_beside": "checks.answers",
    "check": "notebook",
    "edits": "assignment.edits",
    "expect": "checks.compare",
    "expect_consistent": "checks.consistency",
    "expect_drawn_anew": "checks.statistics",
    "expect_law": "checks.statistics",
    "expect_mean_square": "checks.statistics",
    "expect_rate": "checks.statistics",
    "expect_repeatable": "checks.purity",
    "expect_seeded": "checks.seeded",
    "expect_shape": "checks.compare",
    "expect_unmodified": "checks.purity",
    "expect_variance": "checks.statistics",
    "gradcheck": "checks.gradcheck",
    "grade": "pipeline",
    "mistake": "assignment.declare",
    "real_where": "checks.oracle",
    "variant": "assignment.declare",
    "vjp": "checks.oracle",
}

__all__ = [
    "CONTENTS",
    "AutograderError",
    "Case",
    "CheckFailed",
    "Earlier",
    "GradeReport",
    "Kernel",
    "Network",
    "Normal",
    "Pair",
    "Problem",
    "Race",
    "Rng",
    "Space",
    "Split",
    "Step",
    "Student",
    "Task",
    "Uniform",
    "Verdict",
    "all_pairs",
    "answers_beside",
    "check",
    "edits",
    "expect",
    "expect_consistent",
    "expect_drawn_anew",
    "expect_law",
    "expect_mean_square",
    "expect_rate",
    "expect_repeatable",
    "expect_seeded",
    "expect_shape",
    "expect_unmodified",
    "expect_variance",
    "gradcheck",
    "grade",
    "mistake",
    "real_where",
    "variant",
    "vjp",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"autograder.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
