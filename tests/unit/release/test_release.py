"""A rendered release: the notebook, the script and the README, and their files on disk."""

import copy
import json
import re

import jupytext
import nbformat
import pytest

from autograder.assignment.load import load_assignment
from autograder.errors import AssignmentError
from autograder.release import drift, leaks, render, write
from autograder.release.new import scaffold
from autograder.release.notebook import read_cells
from autograder.submission import read_submission

POINTS = {"scale_forward": 4.0, "scale_backward": 5.5}
HEADER = '{"grade": false, "grade_id": "scale", "locked": false, "schema_version": 3, "solution": true, "task": false}'


@pytest.fixture
def assignment(tmp_path):
    scaffold("scale", tmp_path)
    return load_assignment(tmp_path / "assignments" / "scale")


@pytest.fixture
def files(assignment):
    return render(assignment, POINTS)


@pytest.fixture
def template(files):
    return nbformat.reads(files["scale.ipynb"].decode(), as_version=4)


def rewrite(assignment, old, new):
    with open(assignment.reference) as file:
        source = file.read()
    assert old in source
    with open(assignment.reference, "w") as file:
        file.write(source.replace(old, new))


def refusal(assignment):
    with pytest.raises(AssignmentError) as caught:
        render(assignment, POINTS)
    assert caught.value.where == assignment.reference
    return caught.value.problems


def test_the_same_reference_gives_the_same_bytes(assignment, files):
    assert sorted(files) == ["README.md", "scale.ipynb", "scale.py"]
    assert render(assignment, POINTS) == files
    assert leaks(assignment, files) == []


def test_notebook_is_valid_and_carries_nothing_of_a_run(template):
    nbformat.validate(template)
    assert (template.nbformat, template.nbformat_minor) == (4, 5)
    assert template.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(not cell.outputs and cell.execution_count is None for cell in template.cells if cell.cell_type == "code")


def test_notebook_has_a_locked_test_cell_for_each_entry_point_behind_its_code(template):
    assert [cell.id for cell in template.cells] == [
        "cell-1", "setup", "cell-2", "scale", "check_scale_forward", "check_scale_backward",
    ]  # fmt: skip
    sources = {cell.id: cell.source for cell in template.cells}
    assert sources["setup"] == "from autograder import check"
    assert sources["check_scale_backward"] == 'check("scale_backward")'
    assert template.cells[-1].metadata.nbgrader == {
        "grade": True, "grade_id": "check_scale_backward", "locked": True, "points": 5.5, "schema_version": 3,
        "solution": False, "task": False,
    }  # fmt: skip


def test_script_is_the_notebook_without_tests(files, template, tmp_path):
    text = files["scale.py"].decode()
    compile(text, "scale.py", "exec")
    assert 'raise NotImplementedError("scale_forward is not written yet")' in text
    assert "nbgrader" not in text
    assert "check(" not in text
    assert text.endswith("# Check your work with: autograder check scale scale.py\n")
    code = [cell.source for cell in template.cells if cell.id in ("cell-2", "scale")]
    script = jupytext.reads(text, fmt="py:percent")
    assert [cell.source for cell in script.cells if cell.cell_type == "code"] == code
    (tmp_path / "scale.py").write_bytes(files["scale.py"])
    assert len(read_submission(tmp_path / "scale.py").cells) == 2  # a syntax error in one loses one


def test_readme_names_functions_points_and_the_command(files):
    text = files["README.md"].decode()
    assert "| `scale_forward(x, gain)` | 4 | x (N, D), gain (D,) → out (N, D) |" in text
    assert "autograder check scale scale.ipynb" in text
    assert "- gain: (D,): one number for each column of x" in text


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "# %% nbgrader=" + HEADER,
            "# %%",
            "the cell that starts with `def scale_forward(x, gain):` holds a solution but is not a solution cell; "
            'put nbgrader={"grade_id": "…", "solution": true, …} behind its `# %%`',
        ),
        ('"grade_id": "scale"', '"grade_id": "setup"', "2 cells have grade_id setup; give each its own"),
        (
            "\n\ndef scale_backward",
            f"\n\n# %% nbgrader={HEADER}\ndef scale_backward",
            "2 cells have grade_id scale; give each its own",
        ),
        (
            '"grade_id": "scale"',
            '"grade_id": "the scale"',
            "grade_id 'the scale' is not a cell id; use up to 64 letters, digits, - and _",
        ),
        (
            "def scale_backward",
            "def scale_back",
            "entry point scale_backward is not defined; write it here, or take it out of assignment.toml",
        ),
    ],
)
def test_references_that_are_refused(assignment, old, new, problem):
    rewrite(assignment, old, new)
    assert refusal(assignment) == (problem,)


def test_a_reference_that_cannot_be_read_is_refused(assignment):
    with open(assignment.reference, "wb") as file:
        file.write(b"\xff")
    assert refusal(assignment)[0].startswith("this cannot be read: ")


def test_nbgrader_leaves_the_same_stubs(assignment, template):
    clear = pytest.importorskip("nbgrader.preprocessors").ClearSolutions(
        code_stub={"python": "raise NotImplementedError()"}
    )
    with open(assignment.reference) as file:
        source = nbformat.v4.new_notebook(cells=read_cells(file.read()))
    cleared, _ = clear.preprocess(copy.deepcopy(source), {})
    ours = {cell.source for cell in template.cells if not cell.id.startswith(("check_", "setup"))}
    anonymous = {re.sub(r'NotImplementedError\(".*"\)', "NotImplementedError()", text) for text in ours}
    assert {cell.source for cell in cleared.cells} == anonymous


def test_nbgrader_finds_its_metadata_valid(template):
    pytest.importorskip("nbgrader.nbgraderformat").MetadataValidator().validate_nb(template)


def test_files_are_written_and_drift_is_named(files, tmp_path):
    folder = tmp_path / "student_templates" / "scale"
    assert len(drift(files, folder)) == 3
    write(files, folder)
    write(files, folder)
    assert drift(files, folder) == []
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)
    (folder / "README.md").unlink()
    (folder / "notes.txt").write_text("mine")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / "scale.py").write_bytes(files["scale.py"].replace(b"import numpy as np", b"import numpy"))
    line = files["scale.py"].decode().splitlines().index("import numpy as np") + 1
    assert drift(files, folder) == [
        f"{folder}/README.md is missing; run `autograder release`.",
        f"{folder}/notes.txt is not of the release; remove it.",
        f"{folder}/scale.py differs from the release in line {line}: it has `import numpy`, the release "
        "`import numpy as np`.",
    ]
    (folder / "scale.py").write_bytes(files["scale.py"].replace(b"\n", b"\r\n"))
    assert f"{folder}/scale.py differs from the release in its line ends." in drift(files, folder)


def test_a_failed_write_changes_nothing(files, tmp_path):
    folder = tmp_path / "out"
    write(files, folder)
    with pytest.raises(TypeError):
        write({"README.md": b"new", "scale.py": None}, folder)
    assert drift(files, folder) == []
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)


def test_notebook_bytes_end_in_one_newline(files):
    assert files["scale.ipynb"].endswith(b"}\n")
    json.loads(files["scale.ipynb"])
