"""The grader, graded: for one assignment, everything that must hold before its grades can be trusted.

What a proof says (the "wheats and chaffs" of Wrenn, Krishnamurthi & Fisler, ICER 2018): correct code passes however it
is written, wrong code is caught by a named check, and every check earns its place by catching something.
"""

from __future__ import annotations

import ast
import hashlib
import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from autograder.assignment.discover import Declared
from autograder.assignment.edits import diff
from autograder.checks.run import cases_of
from autograder.diagnosis.replay import read_token
from autograder.errors import AssignmentError
from autograder.examine import Examiner, Met
from autograder.model import Check, CheckResult, Mistake, Record, Verdict
from autograder.prove.equivalent import check_equivalent, read_equivalent
from autograder.prove.forks import in_forks
from autograder.prove.mutants import Mutant, generate
from autograder.prove.runners import NotingRunner
from autograder.release import leaks, render
from autograder.replay import OneCase, question
from autograder.sandbox.local import LocalRunner
from autograder.worker.precision import in_double

T = TypeVar("T")

MUTANT_CPU_S = 10
MISTAKE_CPU_S = 60
HARMLESS = (Verdict.PASS, Verdict.SKIPPED)
# Of each check that was asked: its id, the verdict, the mistake that is named or "", and whether the reference passes
# the case that is shown.
Results = list[list[Any]]
SHARE, SHARE_CPU_S = 80, 600  # mistakes of one entry point that are tried in one fork, and what they take at most


class Finding(Record, frozen=True):
    """One thing that was looked at: a claim, about what, whether it holds, and what to do where it does not."""

    claim: str
    subject: str
    holds: bool
    detail: str = ""


@dataclass(frozen=True)
class Options:
    """How a proof is made: the grading seeds that correct code must pass, how many forks run at a time, and which part
    of the mutants is tried, and of the programs that the student's bundle judges: (3, 10) for the third tenth. Failures
    of that part of the mistakes and of the sample class are shrunk; the others are caught and named on the cases that
    bring them out. In (1, 1) all is, and failures are explained also where nothing has to be named."""

    seeds: Sequence[int] = (0,)
    jobs: int = 2
    part: tuple[int, int] = (1, 1)


def prove(declared: Declared, options: Options) -> Iterator[Finding]:
    """Every finding but those about mutants and the sample class, as they come."""
    yield from _points(declared)
    yield from _template(declared)
    yield from _correct(declared, options)
    yield from _sharing(declared, options)
    yield from prove_mistakes(declared, options)


# ── what must pass ─────────────────────────────────────────────────────────────────────────────


def _points(declared: Declared) -> Iterator[Finding]:
    whole = sum(check.points for check in declared.checks)
    detail = f"they add up to {whole:g}; make it a whole number"
    yield Finding("points add up", "all checks", float(whole).is_integer(), detail)


def _template(declared: Declared) -> Iterator[Finding]:
    assignment = declared.assignment
    files = render(assignment, entry_point_points(declared.checks))
    problems = leaks(assignment, files)
    yield Finding("no solution in the template", "student_templates", not problems, "; ".join(problems[:3]))
    namespace: dict[str, Any] = {}
    exec(compile(files[f"{assignment.id}.py"], "template", "exec"), namespace)  # noqa: S102 — our own file
    results = Examiner(declared, 0).examine_all(declared.checks, LocalRunner(namespace))
    wrong = [result.check for result in results if result.verdict not in (Verdict.MISSING, Verdict.SKIPPED)]
    missing = {result.entry_point for result in results if result.verdict is Verdict.MISSING}
    wrong += [entry.name for entry in assignment.entry_points if entry.name not in missing]
    yield Finding("the template scores 0 and every entry point is MISSING", "template", not wrong, ", ".join(wrong[:5]))


def _correct(declared: Declared, options: Options) -> Iterator[Finding]:
    programs: dict[str, dict[str, Callable[..., Any]]] = {"reference": {}}
    with in_double():  # a variant in float32 may take the type when it is built
        programs |= {variant.name: variant.replacements for variant in declared.variants}
    lost: dict[str, list[str]] = {name: [] for name in programs}
    variants = {name: functions for name, functions in programs.items() if name != "reference"}
    for seed in reversed(options.seeds):  # the first one last: mistakes and mutants meet its cases, still warm
        for check in declared.checks:  # drawn here, so that every fork inherits them
            cases_of(check, seed)
        lost["reference"] += _lost_points(declared, seed, {"reference": {}}, options.jobs)["reference"]
        called = None if lost["reference"] else warm_up(declared, seed)
        for name, failures in _lost_points(declared, seed, variants, options.jobs, called).items():
            lost[name] += failures
    for name, failures in lost.items():
        claim = "the reference scores full" if name == "reference" else "the variant scores full"
        yield Finding(claim, name, not failures, "; ".join(failures[:2]))


def _lost_points(
    declared: Declared,
    seed: int,
    programs: Mapping[str, Mapping[str, Callable[..., Any]]],
    jobs: int,
    called: Mapping[str, Collection[str]] | None = None,
) -> dict[str, list[str]]:
    """What each program does not pass under `seed`, each in a fork of its own. Where it is known which functions each
    check calls, a check that calls none of a program's own is not asked: it would meet the reference alone."""

    def run(name: str) -> list[str]:
        runner = LocalRunner({**vars(declared.reference), **programs[name]})
        asked = [check for check in declared.checks if called is None or {*called[check.id]} & programs[name].keys()]
        results = Examiner(declared, seed).examine_all(asked, runner)
        return [
            f"{r.check} is {r.verdict} (seed {seed}): {r.message}" for r in results if r.verdict is not Verdict.PASS
        ]

    forks = in_forks(programs, run, jobs=jobs, cpu_s=60)
    return {name: [f"it {how} (seed {seed})"] if failures is None else failures for name, failures, how in forks}


def _sharing(declared: Declared, options: Options) -> Iterator[Finding]:
    """Whether the checks of each space can be asked on one case, as a class and shrinking ask them: a name in a case
    stands for one thing. Whether two checks meet on a case otherwise is left to what is drawn."""
    spaces: dict[int, list[Check]] = {}
    for check in declared.checks:
        if check.strategy is not None:
            spaces.setdefault(id(check.strategy), []).append(check)
    seed = options.seeds[0]

    def run(checks: Sequence[Check]) -> list[str]:
        shared = OneCase(cases_of(checks[0], seed)[0])
        asked = [msgspec.structs.replace(check, strategy=shared, needs=()) for check in checks]
        results = Examiner(declared, seed, explain=False).examine_all(asked, LocalRunner(vars(declared.reference)))
        return [result.message for result in results if result.verdict is Verdict.GRADER_ERROR]

    broken: list[str] = []
    for checks, found, how in in_forks(spaces.values(), run, jobs=options.jobs, cpu_s=60):
        broken += [f"{checks[0].id}: it {how}"] if found is None else found
    yield Finding("the checks of a space share its cases", "all spaces", not broken, "; ".join(broken[:3]))


def warm_up(declared: Declared, seed: int) -> dict[str, set[str]]:
    """Draw the cases of `seed`, and work out what they should give, here: every fork inherits both, and a mutant then
    takes a twentieth of the time. Only for a reference that has passed in a fork; what runs here has no limit.

    Returns the entry points that each check calls."""
    if "torch" in declared.assignment.policy.packages:
        import torch

        torch.set_num_threads(1)  # forks of a process whose other threads have computed hang
    called: dict[str, set[str]] = {}
    for check in declared.checks:
        runner = NotingRunner(vars(declared.reference))
        Examiner(declared, seed).examine(check, runner)
        called[check.id] = runner.called
    return called


# ── what must fail ─────────────────────────────────────────────────────────────────────────────


def prove_mistakes(declared: Declared, options: Options) -> Iterator[Finding]:
    """Whether each mistake is caught and named, and each check broken by one."""
    by_name = {mistake.name: mistake for mistake in declared.mistakes}
    source = Path(declared.assignment.reference).read_text(encoding="utf-8")
    broken: set[str] = set()
    for name, results, how in _tried(declared, options):
        if results is None or isinstance(results, str):
            yield Finding("the mistake is caught", name, False, results or f"it {how}")
            continue
        unfair = [check for check, *_, fair in results if not fair]
        claim = "the reference passes every case that is shown"
        yield Finding(claim, name, not unfair, f"it fails what is shown of {', '.join(unfair[:3])}")
        broken |= _failed(results).keys()
        yield from _with_diff(by_name[name], source, _caught(by_name[name], results))
    broken |= _broken_by_some(declared, options, [check for check in declared.checks if check.id not in broken])
    for check in declared.checks:
        yield Finding("some mistake breaks the check", check.id, check.id in broken, "no mistake does")


def _tried(declared: Declared, options: Options) -> Iterator[tuple[str, Results | str | None, str]]:
    """For each mistake what the checks that are about it made of it, or what kept them from being asked, and how that
    ended. Mistakes of one function share a fork, and with it what is known of each other's answers; where one of them
    brings the fork down, each is asked in a fork of its own."""

    def run(names: Sequence[str]) -> list[Results | str]:
        return [_results(declared, by_name[name], options, name in shrunk) for name in names]

    by_name = {mistake.name: mistake for mistake in declared.mistakes}
    shrunk = set(part_of(tuple(by_name), *options.part, str))
    alone: list[tuple[str, ...]] = []
    for names, found, _ in in_forks(_shares(declared.mistakes), run, jobs=options.jobs, cpu_s=SHARE_CPU_S):
        if found is None:
            alone += [(name,) for name in names]
        else:
            yield from ((name, results, "done") for name, results in zip(names, found, strict=True))
    for (name,), found, how in in_forks(alone, run, jobs=options.jobs, cpu_s=MISTAKE_CPU_S):
        yield name, found and found[0], how


def _shares(mistakes: Sequence[Mistake]) -> list[tuple[str, ...]]:
    """The names of the mistakes of each entry point, in parts of at most `SHARE`."""
    groups: dict[str, list[str]] = {}
    for mistake in mistakes:
        groups.setdefault(mistake.entry_point, []).append(mistake.name)
    return [tuple(names[i : i + SHARE]) for names in groups.values() for i in range(0, len(names), SHARE)]


def _results(declared: Declared, mistake: Mistake, options: Options, shrink: bool = True) -> Results | str:
    """What the checks that are about `mistake` make of it. Where nothing is shrunk, those alone are asked that must
    catch it, as long as they do and name it: what others say can only speak against further mistakes. Where all is
    tried, every failure is explained, and not only where the mistake must be named."""
    try:
        runner = LocalRunner({**vars(declared.reference), **mistake.replacements})
    except AssignmentError as error:
        return str(error)
    seed, checks = options.seeds[0], checks_about(declared, mistake)
    claimed = named(mistake, checks)
    if shrink:
        results = Examiner(declared, seed, options.part == (1, 1) or claimed).examine_all(checks, runner)
        return [[r.check, r.verdict, _diagnosed(r), _reference_passes(declared, r)] for r in results]
    examiner = Known(declared, seed, claimed, shrink=False, mistake=mistake)
    found: Results = []
    for asked in ([check for check in checks if check.id in claimed], checks):
        # a case that is not shrunk is one that the reference was asked
        found = [[r.check, r.verdict, _diagnosed(r), True] for r in examiner.examine_all(asked, runner)]
        if all(finding.holds for finding in _caught(mistake, found)):
            break
    return found


def _diagnosed(result: CheckResult) -> str:
    return result.diagnosis.mistake if result.diagnosis else ""


def _broken_by_some(declared: Declared, options: Options, checks: Sequence[Check]) -> set[str]:
    """Those of `checks` that some mistake of their entry point breaks."""

    def run(check: Check) -> bool:
        examiner = Examiner(declared, options.seeds[0], explain=False, shrink=False)
        for mistake in declared.mistakes:
            if check.entry_point in mistake.entry_points:
                runner = LocalRunner({**vars(declared.reference), **mistake.replacements})
                (result,) = examiner.examine_all([check], runner)
                if result.verdict not in HARMLESS:
                    return True
        return False

    return {check.id for check, broken, _ in in_forks(checks, run, jobs=options.jobs, cpu_s=SHARE_CPU_S) if broken}


@dataclass(frozen=True)
class Known(Examiner):
    """Examines a listed mistake, if one is given. Where nothing is shrunk, its answers are taken for what is known of
    it: it is not asked a second time."""

    mistake: Mistake | None = None

    def _meet(self, check: Check, *more: Any, **options: Any) -> Met:
        met = super()._meet(check, *more, **options)
        if self.mistake and not self.shrink and met.first and met.first.fault:
            self._explainer.note(check, met.first, self.mistake)
        return met


def named(mistake: Mistake, checks: Sequence[Check]) -> set[str]:
    """Those of `checks` that may be the ones at which `mistake` must be named: explanations of others nobody reads."""
    return {check.id for check in checks if check.id in mistake.caught_by or check.entry_point in mistake.seen_in}


def checks_about(declared: Declared, mistake: Mistake) -> list[Check]:
    """The checks that `mistake` may break, and those whose answers speak for or against the mistakes that a failure of
    these is compared with (`Explainer.listed`): such a mistake may be one of other entry points."""
    asked = [c for c in declared.checks if c.entry_point in mistake.entry_points or c.id in mistake.caught_by]
    touched = {check.entry_point for check in asked}
    for other in declared.mistakes:
        if any(check.id in other.caught_by and check.entry_point not in other.entry_points for check in asked):
            touched.update(other.entry_points)
    return [check for check in declared.checks if check.entry_point in touched]


def _reference_passes(declared: Declared, result: CheckResult) -> bool:
    """Whether the reference passes the case that is shown of `result`, asked by its replay token."""
    if result.counterexample is None or result.replay is None:
        return True
    alone = question(declared, read_token(result.replay))
    examiner = Examiner(declared, 0, explain=False)
    return examiner.examine(alone, LocalRunner(vars(declared.reference))).verdict is Verdict.PASS


def _failed(results: Results) -> dict[str, str]:
    """The checks that did not pass, with the mistake that each names."""
    return {check: diagnosis for check, verdict, diagnosis, _ in results if verdict not in HARMLESS}


def _caught(mistake: Mistake, results: Results) -> Iterator[Finding]:
    failed = _failed(results)
    skipped = {check for check, verdict, *_ in results if verdict == Verdict.SKIPPED}
    escaped = [check for check in mistake.caught_by if check not in failed and check not in skipped]
    detail = f"{', '.join(escaped)} passes it"
    yield Finding("the mistake is caught", mistake.name, not escaped and bool(failed), detail)
    yield _named(mistake, mistake.name, {check: failed[check] for check in mistake.caught_by if check in failed})
    for view in mistake.seen_in:
        of_view = {check: named for check, named in failed.items() if check.startswith(f"{view}.")}
        subject = f"{mistake.name} in {view}"
        yield Finding("the mistake is caught", subject, bool(of_view), f"every check of {view} passes it")
        yield _named(mistake, subject, of_view)


def _named(mistake: Mistake, subject: str, failed: dict[str, str]) -> Finding:
    others = sorted({other for other in failed.values() if other and other != mistake.name})
    detail = f"it is taken for {', '.join(others)}" if others else "nothing names it"
    return Finding("the mistake is diagnosed by name", subject, mistake.name in failed.values(), detail)


def _with_diff(mistake: Mistake, source: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """`findings` whose detail ends with what the mistake changes in the reference, where something does not hold."""
    for finding in findings:
        if mistake.edit and not finding.holds:
            shown = diff(mistake.edit, source).replace("\n", "\n        ")
            finding = msgspec.structs.replace(finding, detail=f"{finding.detail}\n        {shown}")
        yield finding


# ── mutants ────────────────────────────────────────────────────────────────────────────────────


def prove_mutants(declared: Declared, options: Options) -> Iterator[Finding]:
    """One finding for each mutant of the reference that is not known to be equivalent, and for each problem with the
    list of those that are."""
    source = Path(declared.assignment.reference).read_text(encoding="utf-8")
    mutants = generate(source, asked_of_students(source))
    listed = read_equivalent(Path(declared.assignment.folder) / "equivalent.toml")
    for problem in check_equivalent(listed, mutants):
        yield Finding("the list of equivalent mutants is right", "equivalent.toml", False, problem)
    equivalent = {entry.id for entry in listed}

    def run(mutant: Mutant) -> str:
        return killer(declared, mutant, options.seeds[0])

    chosen = [mutant for mutant in part_of(mutants, *options.part) if mutant.id not in equivalent]
    for mutant, verdict, how in in_forks(chosen, run, jobs=options.jobs, cpu_s=MUTANT_CPU_S):
        survives = verdict == "" or (verdict or "").startswith("GRADER_ERROR")
        where = f"line {mutant.line}: {mutant.before}  →  {mutant.after}"
        detail = f"{where} ({verdict or 'survives' if how == 'done' else how})"
        yield Finding("the mutant is killed", mutant.id, not survives, detail)


def part_of(
    items: Sequence[T], number: int, parts: int, name: Callable[[T], str] = operator.attrgetter("id")
) -> list[T]:
    """Part `number`, from 1, of `parts`: an item's part follows from its name, so that no other item moves it."""

    def part(item: T) -> int:
        return int.from_bytes(hashlib.sha256(name(item).encode()).digest()[:4], "big") % parts + 1

    return [item for item in items if part(item) == number]


def asked_of_students(source: str) -> list[str]:
    """The top-level definitions that hold a solution: code that is given to students is not what checks are about."""
    lines = source.split("\n")
    return [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and any("### BEGIN SOLUTION" in line for line in lines[node.lineno - 1 : node.end_lineno])
    ]


def killer(declared: Declared, mutant: Mutant, seed: int) -> str:
    """The first check that does not pass `mutant`, those of the mutated function first; "" if it survives."""
    namespace: dict[str, Any] = {"__name__": "mutant"}
    try:
        exec(mutant.compile(), namespace)  # noqa: S102 — our own reference, altered by us
    except Exception as error:
        return f"import: {type(error).__name__}"
    examiner, runner = Examiner(declared, seed, explain=False), LocalRunner(namespace)
    for check in sorted(declared.checks, key=lambda check: check.entry_point != mutant.function):
        result = examiner.examine(check, runner)
        if result.verdict is Verdict.GRADER_ERROR:
            return f"GRADER_ERROR: {result.message}"
        if result.verdict is not Verdict.PASS:
            return check.id
    return ""


def entry_point_points(checks: Sequence[Check]) -> dict[str, float]:
    """Points of the public checks of each entry point, for the template's test cells."""
    points: dict[str, float] = {}
    for check in checks:
        if check.visibility == "public":
            points[check.entry_point] = points.get(check.entry_point, 0.0) + check.points
    return points
