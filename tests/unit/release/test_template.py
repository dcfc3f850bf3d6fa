"""Cutting solutions out: what is refused, what is left, and that nothing leaks."""

import pytest

from autograder.model import Assignment, EntryPoint, Limits, Policy
from autograder.release.template import cut, leaks, problems

SOURCE = '''import numpy as np


def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    doubled = x + x
    return doubled
    ### END SOLUTION


class Adam:
    def step(self, w):
        if w is None:
            ### BEGIN SOLUTION
            return self.learning_rate
            ### END SOLUTION
        return w
'''


def test_a_solution_becomes_a_stub_where_it_stood():
    assert (
        cut(SOURCE)
        == '''import numpy as np


def double(x):
    """Twice x."""
    raise NotImplementedError("double is not written yet")


class Adam:
    def step(self, w):
        if w is None:
            raise NotImplementedError("Adam.step is not written yet")
        return w
'''
    )


def test_source_without_solutions_stays():
    assert cut("%matplotlib inline") == "%matplotlib inline"
    assert problems(SOURCE, ["double", "Adam"]) == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def f(:\n", "line 1: this is not Python: invalid syntax"),
        (
            "def f():\n    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n",
            "line 3: BEGIN SOLUTION inside the solution that begins in line 2; end that one first",
        ),
        (
            "def f():\n    return 1\n    ### END SOLUTION\n",
            "line 3: END SOLUTION without BEGIN SOLUTION; add the marker that begins the solution, or remove this",
        ),
        (
            "def f():\n    ### BEGIN SOLUTION\n    return 1\n",
            "line 2: BEGIN SOLUTION without END SOLUTION; add `### END SOLUTION` behind the solution",
        ),
        (
            'def f():\n    """\n# %% title\n    """\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n',
            "line 3: `# %%` inside a function or string begins a new cell; indent it or reword it",
        ),
        (
            "### BEGIN SOLUTION\ndef f():\n    return 1\n### END SOLUTION\n",
            "line 1: this solution is in no function; put its markers inside a function",
        ),
        (
            "def f():\n    x = 1\n  ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n",
            "without its solutions this is not Python (unindent does not match any outer indentation level); "
            "indent the markers like the code between them",
        ),
        (
            "def f():\n    ### BEGIN SOLUTION\n    return 1\n\ndef g():\n    return 2\n    ### END SOLUTION\n",
            "g stands inside the solution of another function; end that one before it",
        ),
        ("def f():\n    return 1\n", "entry point f has no solution region; put `### BEGIN SOLUTION` and "
         "`### END SOLUTION` around its solution"),
        ("def g():\n    return 1\n", "entry point f is not defined; write it here, or take it out of assignment.toml"),
    ],
)  # fmt: skip
def test_what_cannot_be_released_says_why(source, problem):
    assert problems(source, ["f"]) == [problem]


def assignment(tmp_path, source=SOURCE):
    reference = tmp_path / "double.py"
    reference.write_text(source)
    entry = EntryPoint(name="double", signature="x", returns=("out",))
    return Assignment(
        "double", "Double", "", (entry,), Limits(), Policy(), {}, str(tmp_path), str(reference), "sha256:0"
    )


def test_no_leak_in_what_was_cut(tmp_path):
    assert leaks(assignment(tmp_path), {"double.py": cut(SOURCE).encode()}) == []


@pytest.mark.parametrize("name", ["double.py", "README.md"])
def test_a_leak_is_found_whatever_its_spaces(tmp_path, name):
    found = leaks(assignment(tmp_path), {name: b"# was:  doubled=x + x"})
    assert found == []  # 11 characters say nothing
    found = leaks(assignment(tmp_path), {name: b"#  return   self.learning_rate"})
    assert found == [f"{name} shows a line of the solution: return self.learning_rate"]


def test_a_leak_in_the_output_of_a_notebook_is_found(tmp_path):
    content = b'{"cells": [{"outputs": [{"text": ["a", "return\\tself.learning_rate"]}]}]}'
    assert len(leaks(assignment(tmp_path), {"double.ipynb": content})) == 1


def test_what_the_reference_shows_itself_is_no_leak(tmp_path):
    told = SOURCE + "# hint: return self.learning_rate\n"
    assert leaks(assignment(tmp_path, told), {"double.py": cut(told).encode()}) == []
