"""The front door: small, sorted, complete, and light to open."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograder

HEAVY = ("numpy", "torch", "hypothesis", "nbformat", "jupytext", "nbgrader", "IPython", "jinja2")


def test_the_door_is_sorted_as_ruff_sorts_it():
    constants = [name for name in autograder.__all__ if name.isupper()]
    classes = [name for name in autograder.__all__ if name[0].isupper() and not name.isupper()]
    functions = [name for name in autograder.__all__ if name.islower()]
    assert autograder.__all__ == [*sorted(constants), *sorted(classes), *sorted(functions)]
    assert len(set(autograder.__all__)) == len(autograder.__all__)


@pytest.mark.parametrize("name", autograder.__all__)
def test_every_name_is_there(name):
    value = getattr(autograder, name)
    assert value is getattr(autograder, name)
    if callable(value):
        assert (value.__doc__ or "").strip()


def test_every_name_has_a_home_and_every_home_a_name():
    assert sorted(autograder._HOMES) == sorted(autograder.__all__)
    assert dir(autograder) == sorted([*autograder.__all__, "__version__"])


def test_names_for_type_checkers_are_the_same_names():
    source = Path(autograder.__file__).read_text(encoding="utf-8")
    (block,) = (node for node in ast.parse(source).body if isinstance(node, ast.If))
    names = [alias.name for node in block.body for alias in node.names]
    assert sorted(names) == sorted(autograder.__all__)


def test_the_documentation_has_every_name_once():
    page = (Path(autograder.__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\.\. auto\w+:: autograder\.(\w+)$", page, re.MULTILINE)) == sorted(autograder.__all__)


def test_an_unknown_name_is_refused_as_modules_do():
    with pytest.raises(AttributeError, match=r"^module 'autograder' has no attribute 'grad_check'$"):
        _ = autograder.grad_check
    with pytest.raises(ImportError, match="cannot import name 'grad_check'"):
        from autograder import grad_check  # noqa: F401


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages a fresh Python has loaded after `code`."""
    report = f"import sys; print('LOADED', *(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])


def run(*arguments: str) -> str:
    return f"from autograder.cli import cli\ncli.main({list(arguments)!r}, standalone_mode=False)"


@pytest.mark.parametrize(
    "code",
    [
        "import autograder",
        "import autograder.model, autograder.errors, autograder.score, autograder.store, autograder.executors",
        run("--help"),
        run("--version"),
        run("schema"),
    ],
    ids=["import", "records", "help", "version", "schema"],
)
def test_nothing_heavy_is_loaded(code):
    assert loaded_by(code) == set()


def test_the_test_of_lightness_can_fail():
    assert loaded_by("import autograder\nautograder.Space") == {"numpy"}


def test_a_check_in_a_notebook_needs_no_torch():
    assert "torch" not in loaded_by("from autograder import check, expect, gradcheck, vjp, grade, Space")
