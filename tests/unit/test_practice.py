"""`check("…")` in a notebook: a table, a plain float, and nothing that nbgrader could misread."""

from __future__ import annotations

import sys
import types

import pytest
from tiny_course import RIGHT, replaced

from autograder.practice import KERNEL, PRACTICE, practise


def check(name, script):
    """`check(name)` as `script` calls it. The script is not run here: its text is what is checked."""
    return practise(name, {"__file__": script})


@pytest.fixture
def ask(course, tmp_path, monkeypatch, capfd):
    """Runs a script of `source` and then `check(name)` in the course; returns (value, what was printed)."""
    monkeypatch.chdir(course)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)

    def run(source, name="double"):
        script = tmp_path / "work.py"
        script.write_text(f"{source}\nfrom autograder import check\nvalue = check({name!r})\n")
        value = check(name, str(script))
        printed = capfd.readouterr()
        assert printed.err == ""
        return value, printed.out

    return run


def test_right_code_earns_the_public_points_as_a_plain_float(ask):
    value, printed = ask(RIGHT)
    assert type(value) is float
    assert value == 3.0
    assert printed.startswith("double: 3 of 3 points\n  ✓ 2 checks passed\n")


def test_every_run_says_that_it_is_practice(ask):
    for source in (RIGHT, replaced("def double(x):\n    return x * x"), ""):
        assert PRACTICE in ask(source)[1]


def test_wrong_code_is_told_the_mistake(ask):
    value, printed = ask(replaced("def double(x):\n    return x * x"))
    assert value == 0.0
    assert "asked: Twice every number." in printed
    assert "why: You square x instead of doubling it." in printed


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError('x')",
        "raise SystemExit(3)",
        "exit()",
        "return NotImplemented",
        "raise NotImplementedError",
        "raise Warning('x')",
        "return double(x)",
        "import sys; sys.exit(1)",
    ],
)
def test_what_the_code_raises_is_a_verdict(ask, body):
    value, printed = ask(replaced(f"def double(x):\n    {body}"))
    assert value == 0.0
    assert "double: 0 of 3 points" in printed


def test_what_the_code_says_is_not_shown_and_costs_nothing(ask):
    noisy = "import sys, warnings\n    print('out'); print('err', file=sys.stderr); warnings.warn('w')"
    value, printed = ask(
        replaced(f"def double(x):\n    {noisy}\n    np.log(-np.ones(1))\n    return np.float64(2) * x")
    )
    assert value == 3.0
    assert "out\n" not in printed.partition("double:")[0]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("dubble", "No assignment here has an entry point 'dubble'; did you mean double?"),
        (3, "No assignment here has an entry point 3; there are double, affine_forward, affine_backward."),
    ],
)
def test_an_unknown_name_is_a_sentence(ask, name, sentence):
    value, printed = ask(RIGHT, name)
    assert value == 0.0
    assert sentence in printed


def test_an_assignment_that_cannot_be_loaded_is_a_sentence(ask, monkeypatch):
    def broken(folder):
        raise RuntimeError("<b>no</b>")

    monkeypatch.setattr("autograder.practice.discover", broken)
    value, printed = ask(RIGHT)
    assert value == 0.0
    assert "RuntimeError: <b>no</b>" in printed
    assert "not your fault" in printed


def test_under_autograde_hidden_checks_count(ask, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    value, printed = ask(RIGHT)
    assert value == 5.0
    assert "3 checks passed, 1 of them hidden" in printed
    assert f"{KERNEL} nbgrader took these points from it" in printed


def test_under_validate_no_points_are_named_once_everything_passes(ask, monkeypatch):
    """The cell's maximum counts hidden checks, and nbgrader takes no value for full marks."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert ask(RIGHT)[0] is None
    assert ask(replaced("def double(x):\n    return x * x"))[0] == 0.0


def test_in_a_notebook_it_is_html_too(ask, monkeypatch):
    shown = []
    shell = types.ModuleType("IPython")
    shell.get_ipython = lambda: types.SimpleNamespace(user_ns={})
    shell.display = types.ModuleType("IPython.display")
    shell.display.display = lambda bundle, raw: shown.append((bundle, raw))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", shell.display)
    value, printed = ask(replaced("def double(x):\n    raise ValueError('<script>')"))
    ((bundle, raw),) = shown
    assert (value, printed, raw) == (0.0, "", True)
    assert set(bundle) == {"text/plain", "text/html"}
    assert "&lt;script&gt;" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_a_prompt_has_neither_cells_nor_a_file(capsys, course, monkeypatch):
    monkeypatch.chdir(course)
    assert practise("double", {}) == 0.0
    assert "check() reads the cells of a notebook or the file of a script, and there is neither here." in (
        capsys.readouterr().out
    )
