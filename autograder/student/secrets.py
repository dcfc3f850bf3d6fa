"""What must not be in a student's bundle, looked for in every one of its files."""

from __future__ import annotations

import ast
import inspect
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.assignment.discover import Declared
from autograder.checks.answers import FILE_NAME, MAGIC
from autograder.model import Visibility
from autograder.student.recorder import FORMULAS

LEAST = 24  # characters; a shorter line, `return dx, dw`, is anybody's


def secrets_in(files: Mapping[str, bytes], declared: Declared) -> list[str]:
    """A sentence for each line of a solution, formula or mistake, and each hidden check's name, that `files` hold.

    A line that a file of the template or of the public checks has of its own is not secret."""
    own = "\n".join(_public_texts(declared))
    secrets = {line: what for line, what in _secrets(declared) if line not in own}
    found = []
    for name, data in sorted(files.items()):
        text = _text(name, data)
        found += [f"{name} holds {what}: {line[:60]}" for line, what in secrets.items() if line in text]
    return found


def _text(name: str, data: bytes) -> str:
    if name.endswith(FILE_NAME):
        data = zlib.decompress(data.removeprefix(MAGIC))
    return data.decode("utf-8", "replace")


def _public_texts(declared: Declared) -> Iterator[str]:
    folder = Path(declared.assignment.folder)
    for path in sorted(folder.glob("*.py")):
        if path.name not in ("hidden.py", "mistakes.py", "variants.py", f"{FORMULAS}.py"):
            yield path.read_text(encoding="utf-8")
    source = Path(declared.assignment.reference).read_text(encoding="utf-8")
    yield re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", source, flags=re.DOTALL)


def _secrets(declared: Declared) -> Iterator[tuple[str, str]]:
    folder = Path(declared.assignment.folder)
    source = Path(declared.assignment.reference).read_text(encoding="utf-8")
    for solution in re.findall(r"### BEGIN SOLUTION(.*?)### END SOLUTION", source, flags=re.DOTALL):
        yield from ((line, "a line of the solution") for line in _lines(solution))
    if (formulas := folder / f"{FORMULAS}.py").is_file():
        yield from ((line, "a line of a formula") for line in _lines(_code(formulas.read_text(encoding="utf-8"))))
    yield from ((c.id, "the name of a hidden check") for c in declared.checks if c.visibility is Visibility.HIDDEN)
    for mistake in declared.mistakes:
        if mistake.edit is None:
            for function in mistake.replacements.values():
                yield from (
                    (line, f"code of the mistake {mistake.name}") for line in _lines(_code(_source_of(function)))
                )


def _source_of(function: object) -> str:
    try:
        return inspect.cleandoc("\n" + inspect.getsource(function))  # type: ignore[arg-type]
    except (OSError, TypeError):
        return ""


def _code(source: str) -> str:
    """`source` without docstrings and comments, as Python writes it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        line = line.strip()
        if len(line) >= LEAST and not line.startswith(("#", "def ", "class ", "import ", "from ", "raise ")):
            yield line
