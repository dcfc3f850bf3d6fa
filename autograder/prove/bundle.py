"""The student's bundle, proven: it holds no secret, and judges and names as the full assignment does."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.assignment.discover import Declared, discover
from autograder.checks.answers import FILE_NAME, unpack_answers
from autograder.diagnosis.match import candidates
from autograder.model import Mistake, Variant, Visibility
from autograder.prove.forks import in_forks
from autograder.prove.prove import Finding, Known, Options, checks_about, entry_point_points, named, part_of, warm_up
from autograder.release import render
from autograder.sandbox.local import LocalRunner
from autograder.student.bundle import bundle_files, write_tree
from autograder.student.load import PRACTICE_SEED, with_answers
from autograder.student.recorder import About, everything
from autograder.student.secrets import secrets_in

SIZE_CAP = 3_000_000  # bytes before they are packed; a class downloads it over a phone
# Of the public points: in `training` more than half are judged on the student's own numbers, which no record can hold.
LEAST_ASKED = 0.4
SHARE, SHARE_CPU_S = 80, 600  # programs that are tried in one fork, and what they take at most
REFERENCE = Variant("reference", "it is what the bundle was made from", dict)
Told = dict[str, list[str | None]]  # by check: the verdict, and the mistake that is named


def prove_bundle(declared: Declared, options: Options) -> Iterator[Finding]:
    """What must hold of the bundle that `release --student` writes. The part of variants and mistakes that `options`
    name is tried, a mistake is explained where it must be named, and no more is recorded than that takes; in one part
    of all the whole is recorded, and every failure explained."""
    files, theirs = _made(declared, options)
    declared = discover(Path(declared.assignment.folder))  # while the bundle was made, its files had the modules' names
    size = sum(map(len, files.values()))
    if _whole(declared, options):
        yield Finding(
            "the bundle is small", "bundle", size <= SIZE_CAP, f"it has {size:,} bytes, more than {SIZE_CAP:,}"
        )
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
        yield from _agreement(declared, student, theirs, options)


def programs_of(declared: Declared, part: tuple[int, int]) -> list[Variant | Mistake]:
    """Part `part` of the variants and of the mistakes, these in the order of their entry points: what the mistakes of
    one function are explained with is recorded on one day of ten, not on each."""
    number, parts = part
    mistakes = sorted(declared.mistakes, key=lambda mistake: (mistake.entry_points, mistake.name))

    def of(items: Sequence[Variant] | Sequence[Mistake]) -> Sequence[Variant | Mistake]:
        return items[len(items) * (number - 1) // parts : len(items) * number // parts]

    return [REFERENCE, *of(declared.variants), *of(mistakes)]


def _whole(declared: Declared, options: Options) -> bool:
    """Whether all of the bundle is recorded, as in one part of ten: these words spread the dear ones over the parts."""
    return bool(part_of([f"everything of {declared.assignment.id}"], *options.part, str))


def _made(declared: Declared, options: Options) -> tuple[dict[str, bytes], dict[str, Told | str]]:
    """The files of the bundle, and what the full assignment says of each program."""
    theirs: dict[str, Told | str] = {}

    def about(full: Declared, asked: Collection[str]) -> About:
        judged = dataclasses.replace(full, checks=tuple(check for check in full.checks if check.id in asked))
        warm_up(judged, PRACTICE_SEED)
        theirs.update(_tried(judged, full, options))
        return everything(full, asked) if _whole(full, options) else compared(judged, theirs)

    released = render(declared.assignment, entry_point_points(declared.checks))
    return bundle_files(declared, released, about), theirs


def compared(full: Declared, told: Mapping[str, Told | str]) -> dict[str, set[str]]:
    """What explaining these failures may look up: on the checks that failed how each mistake does that could be the
    cause, and on every check that claims such a mistake how that one does, since an answer may speak against it. `told`
    is what is said of each program, by its name; a mistake is explained where it must be named."""
    explained = {mistake.name: named(mistake, full.checks) for mistake in full.mistakes}
    failed = {
        check
        for name, one in told.items()
        if not isinstance(one, str)
        for check, (verdict, _) in one.items()
        if verdict not in ("PASS", "SKIPPED") and check in explained.get(name, one)
    }
    about: dict[str, set[str]] = {check: set() for check in failed}
    for check in (check for check in full.checks if check.id in failed):
        for mistake in candidates(check, full.mistakes):
            for where in (check.id, *mistake.caught_by):
                about.setdefault(where, set()).add(mistake.name)
    return about


def _tried(judge: Declared, declared: Declared, options: Options) -> Iterator[tuple[str, Told | str]]:
    """What `judge` says of each program, or how its fork ended."""
    programs = {one.name: one for one in programs_of(declared, options.part)}
    names, whole = list(programs), _whole(declared, options)
    shares = [names[i : i + SHARE] for i in range(0, len(names), SHARE)]

    def run(share: Sequence[str]) -> list[Told]:
        return [_told(judge, vars(declared.reference), programs[name], whole) for name in share]

    for share, found, how in in_forks(shares, run, jobs=options.jobs, cpu_s=SHARE_CPU_S):
        yield from zip(share, found or [f"it {how}"] * len(share), strict=True)


def _agreement(
    declared: Declared, student: Declared, theirs: Mapping[str, Told | str], options: Options
) -> Iterator[Finding]:
    """Whether the bundle says of each program what the full assignment says."""
    for name, mine in _tried(student, declared, options):
        right = theirs[name]
        if isinstance(right, str) or isinstance(mine, str):
            detail = f"the full assignment: {right}" if isinstance(right, str) else f"the bundle: {mine}"
            yield Finding("the bundle judges as the full assignment does", name, False, detail)
            continue
        other = [check for check, (verdict, _) in right.items() if mine[check][0] != verdict]
        detail = "; ".join(f"{check} is {mine[check][0]}, not {right[check][0]}" for check in other[:3])
        yield Finding("the bundle judges as the full assignment does", name, not other, detail)
        named = [check for check, (_, mistake) in right.items() if mistake]
        lost = [check for check in named if mine[check] != right[check]]
        if named:
            detail = "; ".join(f"{check}: {mine[check][1]}, not {right[check][1]}" for check in lost[:3])
            yield Finding("the bundle names the mistake as the full assignment does", name, not lost, detail)


def _told(judge: Declared, reference: Mapping[str, Any], program: Variant | Mistake, whole: bool) -> Told:
    """What `judge` says of a program; of a mistake on the checks that it may break, and why where it must be named, or
    everywhere in the `whole`. Failures are shrunk on the cases that a bundle has for it, and not elsewhere: neither
    verdict nor name changes by it (`Explainer.smallest`)."""
    mistake = program if isinstance(program, Mistake) else None
    checks = checks_about(judge, mistake) if mistake else judge.checks
    explain = named(mistake, checks) if mistake and not whole else True
    examiner = Known(judge, PRACTICE_SEED, explain, shrink=judge.recorded is not None, mistake=mistake)
    results = examiner.examine_all(checks, LocalRunner({**reference, **program.replacements}))
    return {r.check: [str(r.verdict), r.diagnosis.mistake if r.diagnosis else None] for r in results}
