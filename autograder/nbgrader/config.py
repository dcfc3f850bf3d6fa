"""`nbgrader_config.py`: our settings between two lines, everything else as it was."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import AutograderError
from autograder.nbgrader.course import CONFIG
from autograder.text import write_whole

BEGIN = "# >>> autograder >>> written by `autograder nbgrader init`; what is changed between these lines is lost"
END = "# <<< autograder <<<"

# nbgrader starts `alembic` by name to make a gradebook, which fails where its own bin folder is not on PATH.
_BLOCK = """\
{begin}
import os, shutil, sys

if shutil.which("alembic") is None:
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])

c = get_config()
c.Autograde.exporter_class = "autograder.nbgrader.preprocessors.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "autograder.nbgrader.preprocessors.Graft",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "autograder.nbgrader.preprocessors.OverwriteKernelspec",
    "autograder.nbgrader.preprocessors.OverwriteCells",
    "autograder.nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader.preprocessors.SandboxGrade",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.nbgrader.preprocessors.SaveAutoGrades",
    "autograder.nbgrader.preprocessors.AssignLatePenalties",
    "autograder.nbgrader.preprocessors.CheckCellMetadata",
]
c.SandboxGrade.assignments = {assignments}
{end}
"""
_NEW = """\
c = get_config()
c.CourseDirectory.course_id = {course_id}
"""
_OVERRIDDEN = re.compile(r"^[^#\n]*\bAutograde\.((?:sanitize|autograde)_preprocessors|exporter_class)\b", re.MULTILINE)


@dataclass(frozen=True)
class Amendment:
    """A configuration before and after. `overridden` are settings of the course's own that ours come after."""

    path: Path
    before: str | None
    after: str
    overridden: tuple[str, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty when there is none."""
        old, new = (self.before or "").splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(difflib.unified_diff(old, new, f"{CONFIG} (before)", CONFIG))

    def write(self) -> Path | None:
        """Write it; returns where the file that was there is kept, if one was. Writes nothing where nothing changes."""
        if self.after == self.before:
            return None
        backup = None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.before is not None:
            backup = _free(self.path)
            backup.write_text(self.before, encoding="utf-8")
        write_whole(self.path, self.after.encode())
        return backup


def amend(course: Path, assignments: Path) -> Amendment:
    """What makes the course in the folder `course`, new or not, grade through the sandbox with what is declared in
    `assignments`. Raises AutograderError for a configuration whose lines of ours are damaged."""
    path = course / CONFIG
    block = _BLOCK.format(begin=BEGIN, end=END, assignments=json.dumps(str(assignments)))
    if not path.is_file():
        return Amendment(path, None, f"{_NEW.format(course_id=json.dumps(course.resolve().name))}\n{block}", ())
    before = path.read_text(encoding="utf-8")
    if (before.count(BEGIN), before.count(END)) not in ((0, 0), (1, 1)) or before.find(BEGIN) > before.find(END) >= 0:
        raise AutograderError(f"{path} has a damaged autograder block; delete its lines from >>> to <<< and run again.")
    head, _, rest = before.partition(BEGIN)
    tail = rest.partition(f"{END}\n")[2] if rest else ""
    head = head if rest or head.endswith("\n\n") else f"{head.rstrip()}\n\n"
    overridden = tuple(sorted({f"Autograde.{found[1]}" for found in _OVERRIDDEN.finditer(head + tail)}))
    return Amendment(path, before, f"{head}{block}{tail}", overridden)


def _free(path: Path) -> Path:
    number = 1
    while (backup := path.with_name(f"{path.name}.backup-{number}")).exists():
        number += 1
    return backup
