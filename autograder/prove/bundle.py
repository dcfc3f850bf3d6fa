"""The student's bundle, proven: it holds no secret, and judges and names as the full assignment does."""

from __future__ import annotations

import dataclasses
import operator
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.assignment.discover import Declared, discover
from autograder.checks.answers import FILE_NAME, unpack_answers
from autograder.examine import Examiner
from autograder.model import Visibility
from autograder.prove.forks import in_forks
from autograder.prove.prove import Finding, Options, entry_point_points, part_of
from autograder.release import render
from autograder.sandbox.local import LocalRunner
from autograder.student.bundle import bundle_files, write_tree
from autograder.student.load import PRACTICE_SEED, with_answers
from autograder.student.secrets import secrets_in

SIZE_CAP = 3_000_000  # bytes before they are packed; a class downloads it over a phone
# Of the public points: in `training` more than half are judged on the student's own numbers, which no record can hold.
LEAST_ASKED = 0.4
SHARE, SHARE_CPU_S = 8, 240  # programs that are tried in one fork, and what they take at most
Told = dict[str, list[str | None]]  # by check: the verdict, and the mistake that is named


def prove_bundle(declared: Declared, options: Options) -> Iterator[Finding]:
    """What must hold of the bundle that `release --student` writes. Of variants and mistakes the part that `options`
    name is tried."""
    files = bundle_files(declared, render(declared.assignment, entry_point_points(declared.checks)))
    declared = discover(Path(declared.assignment.folder))  # while the bundle was made, its files had the modules' names
    size = sum(map(len, files.values()))
    yield Finding("the bundle is small", "bundle", size <= SIZE_CAP, f"it has {size:,} bytes, more than {SIZE_CAP:,}")
    secrets = secrets_in(files, declared)
    yield Finding("the bundle holds no secret", "bundle", not secrets, "; ".join(secrets[:3]))
    answers = unpack_answers(files[f"assignments/{declared.assignment.id}/{FILE_NAME}"], Path(FILE_NAME))
    asked = [c for c in declared.checks if c.visibility is Visibility.PUBLIC and c.id in answers.cases]
    public = sum(check.points for check in declared.checks if check.visibility is Visibility.PUBLIC)
    part = sum(check.points for check in asked) / public
    detail = f"it asks {part:.0%} of the public points; it leaves out {', '.join(answers.left_out)}"
    yield Finding("the bundle asks what can be recorded", "bundle", part >= LEAST_ASKED, detail)
    with tempfile.TemporaryDirectory() as root:
        write_tree(files, Path(root))
        student = with_answers(discover(Path(root).resolve() / "assignments" / declared.assignment.id))
        yield from _agreement(dataclasses.replace(declared, checks=tuple(asked)), student, options)


def _agreement(full: Declared, student: Declared, options: Options) -> Iterator[Finding]:
    """Whether the bundle says of each program what the full assignment says."""
    everything: list[Any] = [*full.variants, *full.mistakes]
    programs = {one.name: one for one in part_of(everything, *options.part, operator.attrgetter("name"))}
    names = list(programs)
    shares = [names[i : i + SHARE] for i in range(0, len(names), SHARE)]

    def run(share: Sequence[str]) -> list[list[Told]]:
        functions = [{**vars(full.reference), **programs[name].replacements} for name in share]
        return [[_told(full, program), _told(student, program)] for program in functions]

    for share, found, how in in_forks(shares, run, jobs=options.jobs, cpu_s=SHARE_CPU_S):
        if found is None:
            yield Finding("the bundle judges as the full assignment does", ", ".join(share), False, f"it {how}")
            continue
        for name, (theirs, mine) in zip(share, found, strict=True):
            other = [check for check, (verdict, _) in theirs.items() if mine[check][0] != verdict]
            detail = "; ".join(f"{check} is {mine[check][0]}, not {theirs[check][0]}" for check in other[:3])
            yield Finding("the bundle judges as the full assignment does", name, not other, detail)
            named = [check for check, (_, mistake) in theirs.items() if mistake]
            lost = [check for check in named if mine[check] != theirs[check]]
            if named:
                detail = "; ".join(f"{check}: {mine[check][1]}, not {theirs[check][1]}" for check in lost[:3])
                yield Finding("the bundle names the mistake as the full assignment does", name, not lost, detail)


def _told(declared: Declared, functions: Mapping[str, Any]) -> Told:
    results = Examiner(declared, PRACTICE_SEED).examine_all(declared.checks, LocalRunner(functions))
    return {r.check: [str(r.verdict), r.diagnosis.mistake if r.diagnosis else None] for r in results}
