"""Mistakes that are edits of the reference: what they compute, and what is said of a text that is not there."""

from __future__ import annotations

import pytest
from tiny_course import MISTAKES, REFERENCE, write_assignment

from autograder.assignment.discover import discover
from autograder.assignment.edits import apply, diff, edit_problems
from autograder.errors import AssignmentError
from autograder.model import Edit
from autograder.prove.prove import Options, prove_mistakes

LAYERS = '''\
"""Layers."""

import numpy as np

SCALE = 2.0  # times x


def double(x):
    """Return SCALE * x: twice x."""
    ### BEGIN SOLUTION
    # SCALE * x, as an array
    return SCALE * np.asarray(x)
    ### END SOLUTION


def _product(x, w):
    return x @ w


def affine_forward(x, w):
    return _product(x, w), (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout
'''


def mistakes(lines: str) -> str:
    names = "_product, affine_backward, affine_forward, double"
    return f"from autograder import edits\nfrom .reference import {names}\n{MISTAKES}\n{lines}\n"


def declared(tmp_path, lines, reference=LAYERS):
    return discover(write_assignment(tmp_path, reference=reference, mistakes=mistakes(lines)))


def the(found, name):
    return next(mistake for mistake in found.mistakes if mistake.name == name)


def problems(tmp_path, lines):
    with pytest.raises(AssignmentError) as refused:
        declared(tmp_path, lines)
    return refused.value.problems


# ── what an edit makes ─────────────────────────────────────────────────────────────────────────


def test_an_edit_is_the_reference_with_one_text_changed(tmp_path):
    found = declared(
        tmp_path, 'edits(double)("tripled", "SCALE *", "1.5 * SCALE *", "values purity", "You\\n  triple.")'
    )
    mistake = the(found, "tripled")
    assert (mistake.entry_point, mistake.entry_points) == ("double", ("double",))
    assert mistake.caught_by == ("double.values", "double.purity")
    assert mistake.says == "You triple."
    assert mistake.replacements["double"](2.0) == 6.0
    assert found.reference.double(2.0) == 4.0


def test_text_in_docstrings_and_comments_does_not_count(tmp_path):
    edit = Edit("double", (("SCALE * np", "np"),))
    assert list(edit_problems(Edit("double", (("SCALE *", "3 *"),)), LAYERS)) == []
    assert diff(edit, LAYERS) == ("@@ -12 +12 @@\n-    return SCALE * np.asarray(x)\n+    return np.asarray(x)")


def test_several_edits_make_one_mistake():
    edit = Edit("affine_backward", (("dout @ w.T", "dout"), ("x.T @ dout", "x"), ("x, w = cache", "w, x = cache")))
    changed = apply(edit, LAYERS)
    assert changed.endswith("    w, x = cache\n    return dout, x\n")
    assert changed.startswith(LAYERS[:300])


def test_what_an_edit_puts_in_is_not_searched_again():
    edit = Edit("affine_backward", (("dout @ w.T", "x.T @ dout"), ("x.T @ dout", "dout @ w.T")))
    assert apply(edit, LAYERS).endswith("    return x.T @ dout, dout @ w.T\n")


def test_a_mistake_is_in_the_place_of_every_entry_point_that_sees_it(tmp_path):
    twice = LAYERS.replace("return _product(x, w), (x, w)", "return double(x) @ w, (x, w)")
    found = declared(
        tmp_path,
        'edits(double, seen_in=(affine_forward,))("halved", "SCALE *", "0.5 *", "values", "You halve.")',
        twice,
    )
    functions = the(found, "halved").replacements
    assert functions.keys() == {"double", "affine_forward"}
    assert functions["affine_forward"](4.0 * found.reference.np.eye(2), found.reference.np.eye(2))[0][0, 0] == 2.0


def test_the_text_may_be_that_of_a_helper(tmp_path):
    found = declared(
        tmp_path, 'edits(affine_forward, inside=_product)("added", "x @ w", "x @ w + 1", "values", "You add.")'
    )
    mistake = the(found, "added")
    assert (mistake.entry_point, mistake.edit.function) == ("affine_forward", "_product")
    eye = found.reference.np.eye(2)
    assert mistake.replacements["affine_forward"](eye, eye)[0][0, 1] == 1.0


def test_a_decorated_helper_is_edited_where_it_is_defined(tmp_path):
    reference = LAYERS.replace("def _product", "@contextlib.contextmanager\ndef _product")
    reference = reference.replace("return x @ w\n", "yield x @ w\n").replace(
        "import numpy", "import contextlib\n\nimport numpy"
    )
    reference = reference.replace(
        "return _product(x, w), (x, w)", "with _product(x, w) as out:\n        return out, (x, w)"
    )
    lines = 'edits(affine_forward, inside=_product)("added", "x @ w", "x @ w + 1", "values", "You add.")'
    found = declared(tmp_path, lines, reference)
    eye = found.reference.np.eye(2)
    assert the(found, "added").replacements["affine_forward"](eye, eye)[0][0, 1] == 1.0


def test_nothing_is_compiled_before_it_is_called(tmp_path):
    found = declared(tmp_path, 'edits(double)("unfinished", "SCALE *", "SCALE * (", "values", "You stop.")')
    with pytest.raises(AssignmentError, match=r"mistake unfinished: '\(' was never closed"):
        _ = the(found, "unfinished").replacements


# ── what is wrong with one ─────────────────────────────────────────────────────────────────────


def test_a_text_that_is_not_there_is_told_with_the_nearest_line(tmp_path):
    assert problems(tmp_path, 'edits(double)("gone", "SCALE*np", "np", "values", "You.")') == (
        "mistake gone: 'SCALE*np' is not in double; the nearest line is line 12, 'return SCALE * np.asarray(x)'",
    )


def test_a_text_that_is_there_twice_is_refused(tmp_path):
    assert problems(tmp_path, 'edits(affine_backward)("both", "dout", "1", "gradients", "You.")') == (
        "mistake both: 'dout' is in affine_backward 3 times; write so much of the line that it is there once",
    )


def test_every_problem_is_told_at_once(tmp_path):
    lines = (
        'of = edits(double)\nof("same", "SCALE *", "SCALE *", "values", "You.")\n'
        'of("empty", "", "x", "values", "You.")\nof("silent", "SCALE *", "", "valves", " ")'
    )
    assert problems(tmp_path, lines) == (
        "mistake same: 'SCALE *' is replaced by itself",
        "mistake empty: an edit of double names no text that it replaces",
        "mistake silent has no sentence; it is what a teacher would say",
        "mistake silent is caught by double.valves, which is not a check",
    )


def test_what_sees_a_mistake_must_be_an_entry_point(tmp_path):
    assert problems(tmp_path, 'edits(double, seen_in=(_product,))("x", "SCALE *", "", "values", "You.")') == (
        "mistake x is of _product, which assignment.toml does not name",
    )


def test_a_function_that_the_reference_does_not_define_is_refused():
    assert list(edit_problems(Edit("triple", (("x", "y"),)), LAYERS)) == [
        "the reference does not define triple at its top level"
    ]


# ── what a proof says of it ────────────────────────────────────────────────────────────────────


def test_a_proof_shows_an_edit_that_escapes_as_a_diff(tmp_path):
    found = declared(tmp_path, 'edits(double)("silent", "np.asarray(x)", "np.array(x)", "values", "You copy.")')
    details = {
        f.subject: f.detail for f in prove_mistakes(found, Options()) if not f.holds and f.claim.endswith("caught")
    }
    assert details == {
        "silent": "double.values passes it\n"
        "        @@ -12 +12 @@\n"
        "        -    return SCALE * np.asarray(x)\n"
        "        +    return SCALE * np.array(x)"
    }


def test_a_proof_wants_every_view_of_a_mistake_caught_and_named(tmp_path):
    lines = 'edits(double, seen_in=(affine_forward,))("halved", "SCALE *", "0.5 *", "values", "You halve.")'
    twice = LAYERS.replace("return _product(x, w), (x, w)", "return double(x) @ w / 2, (x, w)")
    seen = [f for f in prove_mistakes(declared(tmp_path, lines, twice), Options()) if f.subject.startswith("halved")]
    assert [(f.claim, f.subject, f.holds) for f in seen if f.claim.startswith("the mistake")] == [
        ("the mistake is caught", "halved", True),
        ("the mistake is diagnosed by name", "halved", True),
        ("the mistake is caught", "halved in affine_forward", True),
        ("the mistake is diagnosed by name", "halved in affine_forward", True),
    ]
    blind = [
        f for f in prove_mistakes(declared(tmp_path / "b", lines), Options()) if f.subject == "halved in affine_forward"
    ]
    assert [f.detail.split("\n")[0] for f in blind] == ["every check of affine_forward passes it", "nothing names it"]


def test_a_mistake_that_cannot_be_compiled_is_a_finding(tmp_path):
    found = declared(tmp_path, 'edits(double)("unfinished", "SCALE *", "SCALE * (", "values", "You stop.")')
    (finding,) = [f for f in prove_mistakes(found, Options()) if f.subject == "unfinished"]
    assert not finding.holds
    assert "mistake unfinished: '(' was never closed" in finding.detail


def test_the_reference_of_the_tiny_course_has_no_docstring_to_hide():
    assert apply(Edit("double", (("2.0 *", "3.0 *"),)), REFERENCE).count("3.0") == 1
