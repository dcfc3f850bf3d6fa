"""`assignment.toml` → `Assignment`: every problem at once, unknown keys refused with the key that was meant."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from autograder.errors import AssignmentError
from autograder.model import SLUG, Assignment, EntryPoint, Limits, Policy
from autograder.text import hint

ENTRY_KEYS = ("signature", "returns", "opaque", "gradients", "packages", "tensors", "summary")
TOP_LEVEL = ("title", "summary", "entry_points", "limits", "policy", "conventions")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
GRADIENT = re.compile(r"d[a-z]\w*|grads")  # dx, dw, dgamma: what an output is called that is a gradient
# What can change a grade: the hash of these is the assignment's version.
GRADED_FILES = ("assignment.toml", "checks.py", "hidden.py", "mistakes.py")


def load_assignment(folder: Path) -> Assignment:
    """The assignment in `folder`; AssignmentError lists everything that is wrong with its `assignment.toml`."""
    path = folder / "assignment.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssignmentError(str(folder), ["there is no assignment.toml here"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(str(path), [f"this is not TOML: {error}"]) from None
    reference = folder.parent.parent / "reference" / f"{folder.name}.py"
    problems = list(_problems(folder.name, table, reference))
    if problems:
        raise AssignmentError(str(path), problems)
    return Assignment(
        id=folder.name,
        title=table["title"],
        summary=table.get("summary", ""),
        entry_points=tuple(_entry_point(name, entry) for name, entry in table["entry_points"].items()),
        limits=msgspec.convert(table.get("limits", {}), Limits),
        policy=msgspec.convert(table.get("policy", {}), Policy),
        conventions={name: str(value) for name, value in table.get("conventions", {}).items()},
        folder=str(folder),
        reference=str(reference),
        version=_version(folder, reference),
    )


def _problems(slug: str, table: Mapping[str, Any], reference: Path) -> Iterator[str]:
    if not SLUG.fullmatch(slug):
        yield f"the folder is called {slug!r}; an assignment's name is lower-case letters, digits and _"
    if not reference.is_file():
        yield f"there is no {reference.parent.name}/{reference.name} beside assignments/"
    yield from unknown_keys("", table, TOP_LEVEL)
    yield from _required_problems(table)
    for key, record in (("limits", Limits), ("policy", Policy)):
        yield from _record_problems(key, table.get(key, {}), record)
    if isinstance(entries := table.get("entry_points"), dict):
        for name, entry in entries.items():
            yield from _entry_problems(name, entry)
            yield from _package_problems(name, entry, table.get("policy"))


def _required_problems(table: Mapping[str, Any]) -> Iterator[str]:
    for key, kind in (("title", str), ("entry_points", dict)):
        if key not in table:
            yield f"{key} is missing"
        elif not isinstance(table[key], kind) or not table[key]:
            yield f"{key} must be a non-empty {'table' if kind is dict else 'string'}, not {table[key]!r}"
    if not isinstance(table.get("summary", ""), str):
        yield f"summary must be a string, not {table['summary']!r}"
    if not isinstance(table.get("conventions", {}), dict):
        yield f"conventions must be a table, not {table['conventions']!r}"


def _entry_problems(name: str, entry: Any) -> Iterator[str]:
    where = f"entry_points.{name}"
    if not NAME.fullmatch(name):
        yield f"{where}: {name!r} is not a function's name"
    if not isinstance(entry, dict):
        yield f"{where} must be a table with signature and returns, not {entry!r}"
        return
    yield from unknown_keys(f"{where}.", entry, ENTRY_KEYS)
    if not isinstance(entry.get("tensors", False), bool):
        yield f"{where}.tensors must be true or false, not {entry['tensors']!r}"
    for key in ("signature", "summary"):
        if not isinstance(entry.get(key, ""), str):
            yield f"{where}.{key} must be a string, not {entry[key]!r}"
    if "signature" not in entry:
        yield f'{where}.signature is missing: write the parameters, as in "x, w, b"'
    returns = entry.get("returns")
    if not _is_names(returns) or not returns:
        yield f'{where}.returns must list the names of what it returns, as in ["out", "cache"]'
        return
    for key in ("opaque", "gradients"):
        names = entry.get(key, [])
        if not _is_names(names) or not set(names) <= set(returns):
            yield f"{where}.{key} must list names out of returns ({', '.join(returns)}), not {names!r}"


def _package_problems(name: str, entry: Any, policy: Any) -> Iterator[str]:
    declared = policy.get("packages") if isinstance(policy, dict) else None
    allowed: list[str] = declared if isinstance(declared, list) and _is_names(declared) else list(Policy().packages)
    packages = entry.get("packages", []) if isinstance(entry, dict) else []
    if not _is_names(packages) or not set(packages) <= set(allowed):
        known = ", ".join(allowed)
        yield f"entry_points.{name}.packages must list names out of policy.packages ({known}), not {packages!r}"


def _record_problems(key: str, table: Any, record: type[msgspec.Struct]) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"{key} must be a table, not {table!r}"
        return
    unknown = list(unknown_keys(f"{key}.", table, record.__struct_fields__))
    yield from unknown
    for name, value in table.items():
        if name in record.__struct_fields__:
            try:
                msgspec.convert({name: value}, record)
            except msgspec.ValidationError as error:
                yield f"{key}.{name}: {str(error).split(' - ')[0]}, not {value!r}"
            else:
                if isinstance(value, int | float) and not 0 < value < math.inf:
                    yield f"{key}.{name} must be finite and more than 0, not {value!r}"


def unknown_keys(where: str, table: Mapping[str, Any], known: Iterable[str]) -> Iterator[str]:
    """A sentence for each key of `table` that is not `known`, with the one that was probably meant."""
    names = tuple(known)
    for key in table:
        if key not in names:
            yield f"unknown key {where}{key}; {hint(key, names, 'known are {}')}"


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and NAME.fullmatch(item) for item in value)


def _entry_point(name: str, entry: Mapping[str, Any]) -> EntryPoint:
    returns = tuple(entry["returns"])
    return EntryPoint(
        name=name,
        signature=entry["signature"],
        returns=returns,
        opaque=tuple(entry.get("opaque", [output for output in returns if output == "cache"])),
        packages=tuple(entry.get("packages", ())),
        tensors=entry.get("tensors", False),
        gradients=tuple(entry.get("gradients", [output for output in returns if GRADIENT.fullmatch(output)])),
        summary=entry.get("summary", ""),
    )


def _version(folder: Path, reference: Path) -> str:
    digest = hashlib.sha256()
    helpers = sorted(path.name for path in folder.glob("*.py"))
    for path in (*(folder / name for name in dict.fromkeys((*GRADED_FILES, *helpers))), reference):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.name}:{len(content)}:".encode() + content)
    return f"sha256:{digest.hexdigest()}"
