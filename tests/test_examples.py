"""The examples of the front door run, each as a reader would run it: in a course, with `student` as in a check."""

from __future__ import annotations

import doctest
import inspect

import pytest
from tiny_course import RIGHT, write_assignment

import autograder
from autograder.assignment.discover import discover
from autograder.checks.student import Student
from autograder.sandbox.local import LocalProgram


def examples(name: str) -> list[doctest.Example]:
    """Those in the docstring of a name of the front door."""
    doc = inspect.getdoc(getattr(autograder, name)) or ""
    return doctest.DocTestParser().get_examples(doc, name)


@pytest.mark.parametrize("name", autograder.__all__)
def test_every_name_has_an_example(name):
    elsewhere = ("Case",) if name == "CONTENTS" else (name,)  # a tuple has no docstring
    assert any(name in example.source for one in elsewhere for example in examples(one)), "write a >>> example"


@pytest.mark.parametrize("name", [name for name in autograder.__all__ if name != "CONTENTS"])
def test_the_example_runs(name, tmp_path, monkeypatch):
    write_assignment(tmp_path)
    (tmp_path / "ada.py").write_text(RIGHT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    declared = discover(tmp_path / "assignments" / "tiny")
    program = LocalProgram(
        {entry.name: getattr(declared.reference, entry.name) for entry in declared.assignment.entry_points}
    )
    test = doctest.DocTest(examples(name), {"student": Student(declared.assignment, program)}, name, None, 0, None)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert not said, "".join(said)
