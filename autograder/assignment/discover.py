"""Finds assignments in a course, and what their Python files declare."""

from __future__ import annotations

import graphlib
import importlib.metadata
import importlib.util
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from autograder.assignment.declare import Declaration, collecting
from autograder.assignment.edits import edit_problems
from autograder.assignment.load import load_assignment
from autograder.assignment.taught import load_taught
from autograder.errors import AssignmentError, AutograderError
from autograder.model import Assignment, Check, Mistake, Taught, Variant, Visibility
from autograder.text import hint

ENTRY_POINT_GROUP = "autograder.assignments"
MODULES = "autograder_assignments"
LISTED = "autograder_listed"
HOMES = {"checks": Check, "hidden": Check, "mistakes": Mistake, "variants": Variant}
R = TypeVar("R")


@dataclass(frozen=True)
class Declared:
    """An assignment with everything that its folder declares, and its reference as a module."""

    assignment: Assignment
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]
    variants: tuple[Variant, ...]
    reference: types.ModuleType
    taught: tuple[Taught, ...] = ()
    # in a student's bundle: how the reference ("") or a mistake, by name, fared on a case of a check
    recorded: Callable[[Check, Any, str], Any] | None = None


def course_folders(start: Path | None = None) -> list[Path]:
    """Folders that hold assignments: the nearest `assignments/` from `start` (the working directory) upwards, else the
    one that this package came with, and whatever other distributions offer."""
    start = (start or Path.cwd()).resolve()
    own = Path(__file__).resolve().parents[2]
    here = [folder for folder in (start, *start.parents, own) if any(folder.glob("assignments/*/assignment.toml"))]
    found = [here[0] / "assignments"] if here else []
    for entry in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP):
        spec = importlib.util.find_spec(entry.value)
        if spec and spec.submodule_search_locations:
            found.append(Path(spec.submodule_search_locations[0]))
    return list(dict.fromkeys(found))


def assignment_folders(start: Path | None = None) -> dict[str, Path]:
    """Every assignment that can be found, by name; AutograderError when two folders own one name."""
    found: dict[str, Path] = {}
    for course in course_folders(start):
        for path in sorted(course.glob("*/assignment.toml")):
            slug = path.parent.name
            if slug in found:
                raise AutograderError(
                    f"Two assignments are called {slug}: {found[slug]} and {path.parent}; rename or remove one."
                )
            found[slug] = path.parent
    return found


def find_assignment(slug: str, start: Path | None = None) -> Declared:
    """The assignment called `slug`; AutograderError, with the nearest name, when there is none."""
    folders = assignment_folders(start)
    if slug not in folders:
        raise AutograderError(f"There is no assignment {slug!r}; {hint(slug, folders)}")
    return discover(folders[slug])


def discover(folder: Path) -> Declared:
    """Load the assignment in `folder` with its checks, mistakes and variants."""
    assignment = load_assignment(folder)
    package = f"{MODULES}.{assignment.id}"
    _forget(package)
    _package(MODULES, [])
    _package(package, [str(folder)])
    reference = _module(f"{package}.reference", Path(assignment.reference))
    declared = _declarations(package, folder)
    checks = [*_of(declared, f"{package}.checks", Check), *_hidden(declared, package)]
    mistakes = _of(declared, f"{package}.mistakes", Mistake)
    variants = _of(declared, f"{package}.variants", Variant)
    problems = [
        *_check_problems(assignment, checks, reference),
        *_mistake_problems(assignment, mistakes, checks),
        *_variant_problems(assignment, variants),
        *_stray_problems(package, declared),
    ]
    if problems:
        raise AssignmentError(str(folder), problems)
    taught = load_taught(folder, [check.id for check in checks])
    return Declared(assignment, tuple(checks), tuple(mistakes), tuple(variants), reference, taught)


def points_in(folder: Path) -> float | None:
    """What the checks of the assignment in `folder` add up to, without its reference, which may take packages that are
    not installed here; None where the checks take the reference, or such a package, themselves."""
    package = f"{LISTED}.{folder.name}"
    _package(LISTED, [])
    _package(package, [str(folder)])
    try:
        declared = _declarations(package, folder, ("checks", "hidden"))
    except AssignmentError as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            return None
        raise
    finally:
        _forget(package)
    return sum(check.points for _, check in declared if isinstance(check, Check))


def beside(assignment: Assignment, name: str) -> types.ModuleType | None:
    """The module `name`.py of a discovered assignment's folder, None where there is none."""
    path = Path(assignment.folder) / f"{name}.py"
    return _module(f"{MODULES}.{assignment.id}.{name}", path) if path.is_file() else None


def _declarations(package: str, folder: Path, names: Iterable[str] = tuple(HOMES)) -> list[Declaration]:
    """Everything that the folder's files declare. They may import each other, so what a file declares is told by the
    module that the declaration stands in, not by the file that was being loaded."""
    with collecting() as declared:
        for name in names:
            if (folder / f"{name}.py").is_file():
                _module(f"{package}.{name}", folder / f"{name}.py")
    return list(declared)


def _stray_problems(package: str, declared: list[Declaration]) -> Iterator[str]:
    """Declarations that would count for nothing, because they stand in a module that is not asked for them."""
    homes = {f"{package}.{name}": kind for name, kind in HOMES.items()}
    for module, record in declared:
        if not isinstance(record, homes.get(module, ())):
            kind = type(record).__name__.lower()
            name = record.id if isinstance(record, Check) else record.name
            where = " or ".join(f"{home}.py" for home, kinds in HOMES.items() if isinstance(record, kinds))
            yield f"{kind} {name} is declared in {module.rpartition('.')[2]}.py; declare it in {where}"


def _of(declared: list[Declaration], module: str, kind: type[R]) -> list[R]:
    return [record for name, record in declared if name == module and isinstance(record, kind)]


def _hidden(declared: list[Declaration], package: str) -> list[Check]:
    checks = _of(declared, f"{package}.hidden", Check)
    return [msgspec.structs.replace(check, visibility=Visibility.HIDDEN) for check in checks]


def _check_problems(assignment: Assignment, checks: list[Check], reference: types.ModuleType) -> Iterator[str]:
    names = {entry.name for entry in assignment.entry_points}
    known = {check.id for check in checks}
    if not checks:
        yield "checks.py declares no check"
    yield from _duplicates("check", [check.id for check in checks])
    for check in checks:
        if check.entry_point not in names:
            yield f"check {check.id} is of {check.entry_point}, which assignment.toml does not name"
        if not check.sentence:
            yield f"check {check.id} has no docstring; it is the sentence that the student reads"
        if not check.points > 0:
            yield f"check {check.id} is worth {check.points:g} points; it must be more than 0"
        yield from (f"check {check.id} needs {need}, which is not a check" for need in check.needs if need not in known)
    try:
        graphlib.TopologicalSorter({check.id: check.needs for check in checks}).prepare()
    except graphlib.CycleError as error:
        yield f"checks need each other in a circle: {', '.join(error.args[1])}"
    yield from _entry_point_problems(names, {check.entry_point for check in checks}, reference)


def _entry_point_problems(names: set[str], checked: set[str], reference: types.ModuleType) -> Iterator[str]:
    for name in sorted(names - checked):
        yield f"entry point {name} has no check"
    for name in sorted(names):
        if not callable(getattr(reference, name, None)):
            yield f"the reference does not define {name}"


def _mistake_problems(assignment: Assignment, mistakes: list[Mistake], checks: list[Check]) -> Iterator[str]:
    names = {entry.name for entry in assignment.entry_points}
    known = {check.id for check in checks}
    yield from _duplicates("mistake", [mistake.name for mistake in mistakes])
    source = Path(assignment.reference).read_text(encoding="utf-8")
    for mistake in mistakes:
        for entry_point in mistake.entry_points:
            if entry_point not in names:
                yield f"mistake {mistake.name} is of {entry_point}, which assignment.toml does not name"
        if not mistake.says:
            place = "sentence" if mistake.edit else "docstring"
            yield f"mistake {mistake.name} has no {place}; it is what a teacher would say"
        if mistake.edit:
            yield from (f"mistake {mistake.name}: {problem}" for problem in edit_problems(mistake.edit, source))
        for check in mistake.caught_by:
            if check not in known:
                yield f"mistake {mistake.name} is caught by {check}, which is not a check"


def _variant_problems(assignment: Assignment, variants: list[Variant]) -> Iterator[str]:
    names = {entry.name for entry in assignment.entry_points}
    yield from _duplicates("variant", [variant.name for variant in variants])
    for variant in variants:
        for name in sorted(variant.replacements.keys() - names):
            yield f"variant {variant.name} replaces {name}, which assignment.toml does not name"


def _duplicates(kind: str, names: list[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{count} {kind}s are called {name}; only one may be"


def _package(name: str, path: list[str]) -> None:
    if name not in sys.modules:
        module = types.ModuleType(name)
        module.__path__ = path
        sys.modules[name] = module


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


def _module(name: str, path: Path) -> Any:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise AssignmentError(str(path), ["this is not a Python file"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except AutograderError:
        raise
    except Exception as error:
        del sys.modules[name]
        line = _line_in(error, str(path))
        if isinstance(error, ModuleNotFoundError):
            needed = f"{line}it needs {error.name}, which is not installed here: pip install {error.name}"
            raise AssignmentError(str(path), [needed]) from error
        raise AssignmentError(str(path), [f"{line}{type(error).__name__}: {error}"]) from error
    return module


def _line_in(error: Exception, path: str) -> str:
    step, line = error.__traceback__, None
    while step is not None:
        if step.tb_frame.f_code.co_filename == path:
            line = step.tb_lineno
        step = step.tb_next
    return f"line {line}: " if line else ""
