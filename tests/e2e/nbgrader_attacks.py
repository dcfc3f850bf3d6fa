"""What full marks are had with from a stock nbgrader 0.9.6, each as a submission that holds no solution.

`CODE` stands in the solution cell of `double`; `EDITS` change the notebook; `FILES` lie beside it. `@ROOT@` is the
course, `@VICTIM@` an honest student of it."""

from __future__ import annotations

import nbformat
from nbgrader_course import TESTS, find

_SHELL = "from IPython import get_ipython\nshell = get_ipython()\n"
_BOOK = "import sqlite3\nbook = sqlite3.connect('@ROOT@/gradebook.db', timeout=1)\n"
_COMMIT = "\nbook.commit()\n"
SLEEPER = "sleep 98761"

CODE = {
    "a2_patch_comparisons": (
        "import numpy as np\nnp.allclose = np.testing.assert_allclose = np.array_equal = lambda *a, **k: True\n"
        "double = affine_forward = affine_backward = lambda *a: 0.0"
    ),
    "b1_rebind_the_helper": "check = lambda *a, **k: 99.0",
    "b2_strip_asserts": (
        _SHELL + "import ast\nclass Strip(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node):\n        return ast.Pass()\nshell.ast_transformers.append(Strip())"
    ),
    "b3_empty_every_cell": (
        _SHELL + "import ast\nclass Empty(ast.NodeTransformer):\n"
        "    def visit_Module(self, node):\n        return ast.Module([], [])\nshell.ast_transformers.append(Empty())"
    ),
    "c1_equal_to_everything": (
        "class Equal:\n    def __eq__(self, other):\n        return True\n"
        "    def __getattr__(self, name):\n        return self\n"
        "double = lambda x: Equal()\naffine_forward = lambda x, w: (Equal(), 1)"
    ),
    "c2_array_that_answers_for_numpy": (
        "import numpy as np\nclass Lie(np.ndarray):\n"
        "    def __array_function__(self, *a):\n        return True\n    def __array_ufunc__(self, *a, **k):\n"
        "        return np.zeros(self.shape)\ndef double(x):\n    return np.zeros_like(x).view(Lie)"
    ),
    "d1_open_the_notebook": "print(open('tiny.ipynb').read())",
    "d2_open_the_source": "print(open('@ROOT@/source/tiny/tiny.ipynb').read())",
    "d3_open_the_gradebook": _BOOK + "print(book.execute('select * from source_cell').fetchall())",
    "d4_run_the_solutions": (
        "import json\nfor cell in json.load(open('@ROOT@/source/tiny/tiny.ipynb'))['cells']:\n"
        "    if cell['cell_type'] == 'code':\n        exec(''.join(cell['source']))"
    ),
    "d5_read_the_cell_that_calls": "def double(x):\n    print(In[-1])\n    return eval(In[-1])",
    "d6_evaluate_what_is_expected": "def double(x):\n    return eval(In[-1].split('==')[-1])",
    "e1_write_auto_score": _BOOK + "book.execute('update grade set auto_score = 12')" + _COMMIT,
    "e2_write_manual_score": _BOOK + "book.execute('update grade set manual_score = 12')" + _COMMIT,
    "e3_write_extra_credit": _BOOK + "book.execute('update grade set extra_credit = 12')" + _COMMIT,
    "e4_write_it_later": (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', '''\nimport time, sqlite3\ntime.sleep(3)\n"
        "book = sqlite3.connect(\"@ROOT@/gradebook.db\")\nbook.execute(\"update grade set extra_credit = 12\")\n"
        "book.commit()'''], start_new_session=True)"
    ),
    "e5_zero_another": (
        _BOOK + "book.execute(\"update grade set manual_score = 0 where assignment_id in (select n.id from "
        "submitted_notebook n join submitted_assignment a on n.assignment_id = a.id where a.student_id = '@VICTIM@')\")"
        + _COMMIT
    ),
    "p1_rewrite_the_tests": _BOOK + "book.execute(\"update source_cell set source = '5.0'\")" + _COMMIT,
    "q1_plant_a_startup_file": (
        "import os\nfolder = os.path.expanduser('~/.ipython/profile_default/startup')\n"
        "os.makedirs(folder, exist_ok=True)\n"
        "open(folder + '/00-autograder-e2e.py', 'w').write('check = lambda *a: 5.0')"
    ),
    "f1_leave_at_once": "import os\nos._exit(0)",
    "f2_exit": "exit()",
    "g1_endless": "while True:\n    pass",
    "g2_endless_and_stubborn": (
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    ),
    "g3_twenty_children": (
        "import subprocess\nfor _ in range(20):\n"
        f"    subprocess.Popen('{SLEEPER}', shell=True, start_new_session=True)"
    ),
    "g4_two_gigabytes": "hog = bytearray(2 * 2**30)",
    "g5_three_sleeps": "import time\ntime.sleep(0.5)\ntime.sleep(0.5)\ntime.sleep(0.5)",
    "h1_connect_to_this_machine": "import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)",
    "i1_many_lines": "for _ in range(100_000):\n    print('x' * 80)",
    "i2_one_long_line": "print('x' * 20_000_000)",
    "j1_set_custom_exc": _SHELL + "shell.set_custom_exc((Exception,), lambda *a, **k: None)",
    "j2_input_transformers": _SHELL + "shell.input_transformers_post.append(lambda lines: ['5.0'])",
    "j3_patch_run_cell_async": _SHELL + "type(shell).run_cell_async = lambda *a, **k: None",
    "j4_patch_do_execute": _SHELL + "shell.kernel.do_execute = lambda *a, **k: {'status': 'ok'}",
    "j5_display_points_and_raise": (
        "import sys\ndef double(x):\n    sys.displayhook(5.0)\n    raise AssertionError"
    ),
    "j6_system_exit": "raise SystemExit(0)",
    "j7_display_nan_and_raise": (
        "import sys\ndef double(x):\n    sys.displayhook(float('nan'))\n    raise AssertionError"
    ),
    "m1_script_in_output": (
        "print('<script>alert(1)</script>')\nfrom IPython.display import HTML, display\n"
        "display(HTML('<script>alert(1)</script>'))\n"
    ),
    "m2_script_in_an_exception": (
        "def double(x):\n    raise ValueError('<script>alert(1)</script><img src=x onerror=alert(1)>')"
    ),
}  # fmt: skip


def _tag_tests(notebook):
    for name in TESTS:
        find(notebook, name).metadata["tags"] = ["skip-execution"]


def _delete_tests(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in TESTS]


def _strip_labels(notebook):
    for cell in notebook.cells:
        cell.metadata = {}


def _change_points_and_source(notebook):
    for name in TESTS:
        cell = find(notebook, name)
        cell.source, cell.metadata.nbgrader["points"] = "99.0", 99


def _relabel(**changes):
    def edit(notebook):
        for name in TESTS:
            find(notebook, name).metadata.nbgrader.update(changes)

    return edit


def _copy_cells(notebook):
    for name in ("doubling", *TESTS):
        copied = nbformat.from_dict(find(notebook, name))
        notebook.cells.append(nbformat.from_dict({**copied, "id": f"copy-{name}"}))


def _bogus_kernel(notebook):
    notebook.metadata["kernelspec"] = {"name": "evil", "display_name": "evil", "language": "evil"}


def _tests_to_raw(notebook):
    for name in TESTS:
        cell = find(notebook, name)
        cell.cell_type = "raw"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _test_source(source):
    def edit(notebook):
        for name in TESTS:
            find(notebook, name).source = source

    return edit


def _stored_outputs(notebook):
    result = nbformat.v4.new_output(
        "execute_result", data={"text/plain": "5.0", "text/html": "<script>alert(1)</script>"}
    )
    for name in TESTS:
        find(notebook, name).outputs = [result]


EDITS = {
    "l1_skip_execution": _tag_tests,
    "l2_delete_tests": _delete_tests,
    "l3_strip_labels": _strip_labels,
    "l4_points_and_source": _change_points_and_source,
    "l5_grade_false": _relabel(grade=False),
    "l6_solution_true": _relabel(solution=True),
    "l7_copied_cells": _copy_cells,
    "l8_bogus_kernel": _bogus_kernel,
    "l9_tests_to_raw": _tests_to_raw,
    "m3_stored_outputs": _stored_outputs,
    # what determine_grade takes for full marks, or cannot take at all
    "v1_numpy_scalar": _test_source("import numpy as np\nnp.float64(0.0)"),
    "v2_nan": _test_source("float('nan')"),
    "v3_negative": _test_source("-1.0"),
    "v4_over_max": _test_source("99.0"),
    "v5_nothing": _test_source("0;"),
}

FILES = {
    "k1_numpy_beside_the_notebook": {"numpy/__init__.py": "def __getattr__(name):\n    return lambda *a, **k: True\n"},
    "k2_launcher_beside_the_notebook": {"ipykernel_launcher.py": "raise SystemExit(0)\n"},
}
NAMES = (*CODE, *EDITS, *FILES)
