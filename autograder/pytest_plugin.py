"""`pytest --assignment conv conv.ipynb`: each public check is a test, so that -k, -x, --junitxml, xdist and the test
explorers of editors work on a submission. pytest loads this file by its entry point; nothing heavy is imported before a
submission is collected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.model import Check, CheckResult
    from autograder.pipeline import Grading

SUFFIXES = (".py", ".ipynb", ".zip")


class NotPassed(Exception):
    """A check that did not pass; its result is what the failure shows."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.message)
        self.result = result


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("autograder", "checking a submission")
    group.addoption(
        "--assignment",
        metavar="NAME",
        default=None,
        help="Collect the public checks of assignment NAME for each submission that is named.",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Handed | None:
    if parent.config.getoption("assignment") is None or file_path.suffix not in SUFFIXES:
        return None
    return Handed.from_parent(parent, path=file_path)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """A script that is a submission is not a module of tests: importing it would run it, outside of every limit."""
    return _Nothing.from_parent(parent, path=module_path) if parent.config.getoption("assignment") else None


class _Nothing(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        return iter(())


class Handed(pytest.File):
    """A submission. All of its checks that pytest selected are asked in one grading, when the first is run."""

    def collect(self) -> Iterator[CheckItem]:
        from autograder.cli.common import chosen_checks, load
        from autograder.errors import AutograderError

        try:
            declared = load(str(self.config.getoption("assignment")))
        except AutograderError as error:
            raise self.CollectError(str(error)) from None
        self.declared = declared
        self._results: dict[str, CheckResult] = {}
        for check in chosen_checks(declared, (), public_only=True):
            yield CheckItem.from_parent(self, name=check.id, check=check)

    def result(self, check: Check) -> CheckResult:
        """What `check` said."""
        if check.id not in self._results:
            from autograder.pipeline import grade_one

            report = grade_one(self._grading(), self.path.stem, self.path)
            self._results = {result.check: result for result in report.results}
        return self._results[check.id]

    def _grading(self) -> Grading:
        from autograder.pipeline import Grading
        from autograder.sandbox.remembered import choose_for_practice
        from autograder.student.load import PRACTICE_SEED

        selected = [item.check for item in self.session.items if isinstance(item, CheckItem) and item.parent is self]
        return Grading(self.declared, PRACTICE_SEED, choose_for_practice(), tuple(selected), heard=True)


class CheckItem(pytest.Item):
    """One public check of one submission."""

    def __init__(self, *, check: Check, **more: Any) -> None:
        super().__init__(**more)
        self.check = check

    def runtest(self) -> None:
        from autograder.model import Verdict

        assert isinstance(self.parent, Handed)
        result = self.parent.result(self.check)
        if result.verdict is Verdict.SKIPPED:
            pytest.skip(result.message)
        if result.verdict is not Verdict.PASS:
            raise NotPassed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a student reads in a report, in place of a traceback of ours."""
        if not isinstance(excinfo.value, NotPassed):
            return super().repr_failure(excinfo, style)
        from autograder.reports.export.told import lines_of

        assert isinstance(self.parent, Handed)
        return "\n".join(lines_of(excinfo.value.result, {self.check.id: self.check.sentence}, str(self.path.name)))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.check.id
