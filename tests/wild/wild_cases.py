"""The cases of cases.toml, handed in and graded in the real sandbox; `python -m bench.wild` counts them by kind."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from autograder.model import CheckResult, GradeReport, Verdict
from autograder.pipeline import Grading, grade_one

TABLE = Path(__file__).with_name("cases.toml")


@dataclass(frozen=True)
class Case:
    """What a student hands in, of a kind, and what the report must say of `double` unless it earns all its points."""

    kind: str
    script: str = ""
    cells: list[str] = field(default_factory=list)
    name: str = ""
    file: str = ""
    says: str = ""

    def write(self, folder: Path) -> Path:
        path = folder / (self.name or ("ada.ipynb" if self.cells else "ada.py"))
        path.write_text(self.file or self.script or _notebook(self.cells), encoding="utf-8")
        return path


def cases() -> list[Case]:
    """All of the table, in its order."""
    return [Case(**entry) for entry in tomllib.loads(TABLE.read_text(encoding="utf-8"))["case"]]


def shortfall(case: Case, grading: Grading, folder: Path) -> str:
    """What falls short of `case`, which is written to `folder` and graded; empty where it holds."""
    report = grade_one(grading, "ada", case.write(folder))
    told = [_told(result) for result in report.results if result.entry_point == "double"]
    if case.says:
        return "" if any(re.search(case.says, line) for line in told) else f"nothing says {case.says!r}: {told}"
    return "" if _full(report) else f"double earns less than it should: {told} {report.notes}"


def _full(report: GradeReport) -> bool:
    return all(result.verdict is Verdict.PASS for result in report.results if result.entry_point == "double")


def _told(result: CheckResult) -> str:
    why = result.diagnosis.says if result.diagnosis else ""
    return " ".join(f"{result.verdict.value}: {result.message} {why}".split())


def _notebook(cells: list[str]) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "outputs": []}
                | {"execution_count": None}
                for i, source in enumerate(cells)
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
