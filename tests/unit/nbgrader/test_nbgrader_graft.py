"""Submitted cells into the notebook that was handed out: what is found, what is kept, what is said."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest

from autograder.nbgrader.graft import MARK, defined, graft, program, refused
from autograder.nbgrader.submitted import StudentCell

DOUBLE = "def double(x):\n    return 2 * x"
AFFINE = "def forward(x):\n    return x\n\ndef backward(dout):\n    return dout"


def labelled(kind, name, source, **changes):
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    label = {"grade_id": name, "grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return make(source, id=name, metadata={"nbgrader": {**label, **changes}})


@pytest.fixture
def released():
    cells = [
        nbformat.v4.new_markdown_cell("# Tiny", id="cell-1"),
        labelled("code", "setup", "from autograder import check", locked=True),
        nbformat.v4.new_code_cell("import numpy as np", id="cell-2"),
        labelled("code", "doubling", "def double(x):\n    raise NotImplementedError()", solution=True),
        labelled("code", "check_double", 'check("double")', grade=True, locked=True, points=5.0),
        labelled("code", "affine", "def forward(x):\n    ...\n\ndef backward(dout):\n    ...", solution=True),
        labelled("code", "check_forward", 'check("forward")', grade=True, locked=True, points=2.0),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={MARK: {"assignment": "tiny"}})
    return nbformat.from_dict(notebook)


def handed_in(released, **sources):
    """The handed-out cells as a student returns them, with `sources` in them."""
    return [
        StudentCell(
            number,
            cell.cell_type,
            sources.get(cell.id, cell.source),
            dict(cell.metadata.get("nbgrader", {})),
            tuple(cell.metadata.get("tags", ())),
        )
        for number, cell in enumerate(released.cells, start=1)
    ]


def renumbered(cells):
    return [StudentCell(n, c.kind, c.source, c.label, c.tags) for n, c in enumerate(cells, start=1)]


def source(grafted, name):
    return next(cell.source for cell in grafted.notebook.cells if cell.id == name)


def run(grafted):
    """What is graded: (number, source) of each code cell."""
    cells = json.loads(program(grafted.notebook))["cells"]
    return [(number, cell["source"]) for number, cell in enumerate(cells, start=1) if cell["cell_type"] == "code"]


def test_an_untouched_structure_needs_no_repair(released):
    before = copy.deepcopy(released)
    grafted = graft(handed_in(released, doubling=DOUBLE, affine=AFFINE), released)
    assert grafted.repairs == ()
    assert released == before
    assert [cell.id for cell in grafted.notebook.cells] == [
        "cell-1", "setup", "own-3", "doubling", "check_double", "affine", "check_forward",
    ]  # fmt: skip
    assert run(grafted) == [(3, "import numpy as np"), (4, DOUBLE), (6, AFFINE)]
    nbformat.validate(grafted.notebook)


def test_the_same_graft_gives_the_same_bytes(released):
    cells = handed_in(released, doubling=DOUBLE)
    assert program(graft(cells, released).notebook) == program(graft(cells, released).notebook)


def test_metadata_of_the_submission_never_comes_along(released):
    cells = handed_in(released, doubling=DOUBLE)
    cells[4] = StudentCell(5, "code", "99.0", {**cells[4].label, "points": 99, "grade": False}, ("skip-execution",))
    grafted = graft(cells, released)
    test = next(cell for cell in grafted.notebook.cells if cell.id == "check_double")
    assert test == released.cells[4]
    assert grafted.repairs == (
        "Cell 5 (check_double) is locked and had been changed; it is as handed out again.",
        "The label of cell 5 (check_double) had been changed; it is as handed out again.",
        "Cell 5 (check_double) carried tags (skip-execution); they do not count.",
    )


def test_lost_labels_are_found_by_the_functions(released):
    cells = [StudentCell(c.number, c.kind, c.source, {}) for c in handed_in(released, doubling=DOUBLE, affine=AFFINE)]
    grafted = graft(cells, released)
    assert (source(grafted, "doubling"), source(grafted, "affine")) == (DOUBLE, AFFINE)
    assert grafted.repairs == (
        "Labels were lost: cell 4 as doubling, cell 6 as affine recognised by the functions defined there.",
        "Missing and put back: setup, check_double, check_forward.",
    )
    assert run(grafted) == [(3, "import numpy as np"), (4, DOUBLE), (6, AFFINE)]


def test_of_copies_the_last_that_defines_the_functions_is_graded_and_all_are_run(released):
    cells = handed_in(released, doubling=DOUBLE)
    first = StudentCell(8, "code", "def double(x):\n    return x + x", cells[3].label)
    plot = StudentCell(9, "code", "print(double(1))", cells[3].label)
    grafted = graft([*cells, first, plot], released)
    assert source(grafted, "doubling") == first.source
    assert "Cells 4, 8, 9 all carry the label doubling; cell 8 is graded, the others are run." in grafted.repairs
    assert [number for number, _ in run(grafted)] == [3, 4, 6, 8, 9]


def test_a_deleted_solution_is_shown_as_handed_out_and_not_run(released):
    cells = [cell for cell in handed_in(released, doubling=DOUBLE) if cell.grade_id not in ("affine", "check_double")]
    grafted = graft(renumbered(cells), released)
    assert source(grafted, "affine") == released.cells[5].source
    assert grafted.repairs == ("Missing: affine; shown as handed out.", "Missing and put back: check_double.")
    assert [text for _, text in run(grafted)] == ["import numpy as np", DOUBLE]


def test_moved_cells_are_shown_in_order_and_run_in_the_student_s(released):
    cells = handed_in(released, doubling=DOUBLE, affine=AFFINE)
    grafted = graft(renumbered([cells[2], cells[5], cells[3]]), released)
    shown = [cell.id for cell in grafted.notebook.cells if cell.id in ("doubling", "affine")]
    assert shown == ["doubling", "affine"]
    assert [text for _, text in run(grafted)] == ["import numpy as np", AFFINE, DOUBLE]
    assert grafted.repairs[-1].startswith("Cells had been moved;")


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_retyped_solution_is_code_again(released, kind):
    cells = handed_in(released, doubling=DOUBLE)
    cells[3] = StudentCell(4, kind, DOUBLE, cells[3].label)
    grafted = graft(cells, released)
    assert (4, DOUBLE) in run(grafted)
    assert grafted.repairs == (f"Cell 4 (doubling) had become a {kind} cell; it is read as code.",)


def test_helpers_of_the_student_s_stay_before_what_uses_them(released):
    cells = handed_in(released, doubling="def double(x):\n    return twice(x)")
    cells.insert(3, StudentCell(0, "code", "def twice(x):\n    return x + x", {}))
    grafted = graft(renumbered(cells), released)
    ids = [cell.id for cell in grafted.notebook.cells]
    assert ids.index("own-4") == ids.index("doubling") - 1
    assert grafted.repairs == ()


def test_code_in_an_edited_test_cell_is_run_but_the_test_is_the_one_handed_out(released):
    cells = handed_in(released, check_double="def double(x):\n    return x + x", doubling="pass")
    grafted = graft(cells, released)
    assert source(grafted, "check_double") == 'check("double")'
    assert "def double(x):\n    return x + x" in [text for _, text in run(grafted)]


def with_helper(released):
    released.cells.insert(3, labelled("code", "helper", "def helper(x):\n    return x", locked=True))
    return released


def test_code_that_the_instructor_locked_is_run_as_it_was_handed_out(released):
    cells = handed_in(with_helper(released), helper="def helper(x):\n    return 0", doubling=DOUBLE)
    grafted = graft(cells, released)
    assert run(grafted)[:3] == [(3, "import numpy as np"), (4, "def helper(x):\n    return x"), (5, DOUBLE)]
    assert grafted.repairs == ("Cell 4 (helper) is locked and had been changed; it is as handed out again.",)


def test_code_that_the_instructor_locked_is_put_back(released):
    cells = [cell for cell in handed_in(with_helper(released), doubling=DOUBLE) if cell.grade_id != "helper"]
    grafted = graft(renumbered(cells), released)
    assert run(grafted)[-1] == (8, "def helper(x):\n    return x")
    assert grafted.repairs == ("Missing and put back: helper.",)


def test_two_solutions_in_one_cell_are_both_run(released):
    cells = handed_in(released, doubling=f"{DOUBLE}\n\n{AFFINE}", affine="")
    assert (4, f"{DOUBLE}\n\n{AFFINE}") in run(graft(cells, released))


def test_an_answer_in_prose_is_kept_and_starts_no_html(released):
    released.cells.append(labelled("markdown", "answer", "YOUR ANSWER", solution=True, grade=True, points=1.0))
    cells = handed_in(released, answer="a < b, <script>alert(1)</script> and `<b>`")
    answer = source(graft(cells, released), "answer")
    assert answer == "a < b, < script>alert(1)< /script> and `< b>`"


def test_prose_of_the_student_s_comes_along_only_where_a_task_asks_for_it(released):
    note = StudentCell(9, "markdown", "my <i>notes</i>", {})
    assert "my" not in str([c.source for c in graft([*handed_in(released), note], released).notebook.cells])
    released.cells.append(labelled("markdown", "task", "Discuss.", task=True, points=1.0))
    cells = [*handed_in(released), note]
    assert graft(cells, released).notebook.cells[-1].source == "my < i>notes< /i>"


def test_what_cannot_be_read_becomes_a_blank_notebook_that_says_so(released):
    grafted = refused("tiny.ipynb is no notebook", released)
    assert grafted.repairs == ("tiny.ipynb is no notebook",)
    assert grafted.notebook.metadata[MARK] == {
        "assignment": "tiny", "repairs": ["tiny.ipynb is no notebook"], "refused": "tiny.ipynb is no notebook",
    }  # fmt: skip
    assert run(grafted) == []
    assert source(grafted, "check_double") == 'check("double")'


def test_a_hundred_repairs_are_not_a_hundred_lines(released):
    cells = handed_in(released)
    cells += [StudentCell(10 + n, "code", str(n), cells[3].label, ("a",)) for n in range(100)]
    found = graft(cells, released).repairs
    assert len(found) == 21
    assert found[-1] == "And 81 more repairs."


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(x): pass", {"f"}),
        ("async  def f(x): pass", {"f"}),
        ("class A:\n    def f(self): pass", {"A"}),
        ("f = lambda x: x", {"f"}),
        ("f == 3", set()),
        ("# def f", set()),
        ("x, def", set()),
    ],
)
def test_definitions_are_found_without_parsing(text, names):
    assert defined(text) == names
