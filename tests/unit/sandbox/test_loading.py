"""What loading a submission leaves behind, in every process alike: as in Python, and as in Jupyter."""

from __future__ import annotations

import contextlib
import platform
import textwrap

import msgspec
import numpy as np
import pytest

from autograder.errors import Crashed, Forbidden, IsolationUnavailable, Missing, SubmissionFault
from autograder.model import Cell, Level, Submission
from autograder.sandbox.isolation import choose, hold
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.wire import Call

X = np.arange(3.0)
LEVELS = (Level.STRONG, Level.CONTAINED, Level.PROCESS)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(choose(None, at_least=Level.PROCESS).level) as sandbox:
        yield sandbox


@pytest.fixture
def load(sandbox, tiny):
    """Loads cells, or one script: `load(source, …, script=True)`."""
    runners = []

    def start(*sources, script=False, within=sandbox, forbid=("torch", "numpy.gradient", "eval")):
        cells = [Cell(0 if script else n, 1, textwrap.dedent(source)) for n, source in enumerate(sources, 1)]
        submission = Submission("ada", "ada.py", "0" * 64, "script" if script else "notebook", tuple(cells))
        policy = msgspec.structs.replace(tiny.assignment.policy, forbid=forbid)
        runners.append(SandboxRunner(within, msgspec.structs.replace(tiny.assignment, policy=policy), submission))
        return runners[-1]

    yield start
    for runner in runners:
        runner.close()


def answer(runner, name="double", *args):
    """What a call comes to in a fork of its own: a value, or the kind and sentence of a fault."""
    if fault := runner.fault(name):
        return type(fault), str(fault)
    with runner.start() as program:
        (found,) = program.calls([Call(name, args or (X,))])
    if isinstance(found, SubmissionFault):
        return type(found), str(found)
    return found.tolist() if isinstance(found, np.ndarray) else found


DOUBLE = "def double(x):\n    return 2 * x"
DOUBLED = [0, 2, 4]

# ── a statement that fails has done half its work ──────────────────────────────────────────────

HALF_DONE = {
    "one line of imports": "import numpy as np, scipy",
    "names from a module": "from importlib import import_module, nosuch\nnp = import_module('numpy')",
    "a block": "with open('/dev/null'):\n    import numpy as np\n    import scipy",
    "if": "if True:\n    import numpy as np\n    import scipy",
    "for": "for name in 'a':\n    import numpy as np\n    import scipy",
    "try": "try:\n    import numpy as np\n    import scipy\nfinally:\n    pass",
    "a try that is caught": "try:\n    import numpy as np\n    import scipy\nexcept ImportError:\n    scipy = None",
}


@pytest.mark.parametrize("imports", HALF_DONE.values(), ids=HALF_DONE)
def test_a_statement_that_fails_leaves_what_python_would_leave(load, imports):
    assert answer(load(imports, "def double(x):\n    return np.add(x, x)")) == DOUBLED


def test_a_constant_that_is_set_before_a_failure_is_set(load):
    source = "for _ in 'a':\n    SCALE = 2.0\n    raise ValueError\ndef double(x):\n    return SCALE * x"
    runner = load(source, script=True)
    assert answer(runner) == DOUBLED
    assert runner.notes == ("Line 3: ValueError.",)


def test_what_stands_behind_the_failure_is_not_done(load):
    runner = load("if True:\n    a = 1\n    import scipy\n    b = 2", "def double(x):\n    return a * x + b")
    assert answer(runner) == (Crashed, "double needs scipy, which is not part of this assignment (cell 2, line 2).")


def test_every_process_sees_the_same(load):
    failing = "for i in range(9):\n    count.append(i)\n    1 / (i - 3)"
    runner = load("count = []", failing, "def double(x):\n    return len(count)")
    assert [answer(runner) for _ in range(3)] == [4, 4, 4]


# ── absent packages ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("package", ["msgspec", "hypothesis", "nosuchpackage"])
def test_an_absent_package_is_an_import_error_at_every_level(load, level, package):
    """msgspec and hypothesis are installed beside the grader."""
    try:
        hold(level)
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    source = f"try:\n    import {package}\nexcept ImportError:\n    factor = 2\n" + DOUBLE.replace("2", "factor")
    with Sandbox(level) as sandbox:
        runner = load(source, within=sandbox)
        assert answer(runner) == DOUBLED
        assert runner.notes == ()


ABSENT = {
    "called": ("from scipy.special import expit\ndef double(x):\n    return expit(x)", "scipy", 3),
    "inside": ("def double(x):\n    from scipy import signal\n    return signal(x)", "scipy", 2),
    "a module of it": ("import scipy.signal as s\ndef double(x):\n    return s.lfilter(x)", "scipy", 3),
    "a decorator": ("from numba import njit\n@njit\ndef double(x):\n    return 2 * x", "numba", 2),
    "a helper's decorator": (
        "from numba import njit\n@njit\ndef twice(x):\n    return 2 * x\ndef double(x):\n    return twice(x)",
        "numba",
        6,
    ),
    "a base class": ("import keras\nclass A(keras.Layer): ...\ndef double(x):\n    return A()(x)", "keras", 4),
    "an assignment": ("import scipy\nf = scipy.special.expit\ndef double(x):\n    return f(x)", "scipy", 4),
}


@pytest.mark.parametrize(("source", "package", "line"), ABSENT.values(), ids=ABSENT)
def test_the_function_that_needs_an_absent_package_says_so(load, source, package, line):
    sentence = f"double needs {package}, which is not part of this assignment (line {line})."
    assert answer(load(source, script=True)) == (Crashed, sentence)


def test_an_absent_package_is_named_in_the_notes(load):
    assert load("import scipy", DOUBLE).notes == ("Cell 1, line 1: scipy is not part of this assignment.",)


def test_a_package_that_is_forbidden_is_forbidden_where_it_is_used(load):
    source = "import torch\ndef double(x):\n    return torch.tanh(x)\ndef affine_forward(x):\n    return x"
    runner = load(source, script=True)
    assert answer(runner) == (Forbidden, "double uses torch (line 3), which this assignment does not allow.")
    assert answer(runner, "affine_forward") == [0, 1, 2]


@pytest.mark.parametrize("unimported", ["", "try:\n    import torch\nexcept ImportError:\n    pass\n"])
def test_a_forbidden_package_that_is_not_imported_is_forbidden_too(load, unimported):
    source = f"{unimported}def double(x):\n    return torch.tanh(x)"
    line = source.count("\n") + 1
    sentence = f"double uses torch (line {line}), which this assignment does not allow."
    assert answer(load(source, script=True)) == (Forbidden, sentence)


@pytest.mark.parametrize(
    ("before", "used"),
    [
        ("import torch\n", "torch.tanh(x)"),
        ("", "torch.tanh(x)"),
        ("try:\n    import torch\nexcept ImportError:\n    pass\n", "torch.tanh(x)"),
        ("import torch.nn.functional as F\n", "F.relu(x)"),
        ("", "__import__('torch').tanh(x)"),
    ],
)
def test_a_package_that_only_other_entry_points_may_use_is_said_to_be_theirs(sandbox, tiny, before, used):
    """`torch` is there for some entry points of the assignment, and not for `double`, whatever its file imports."""
    source = f"{before}def double(x):\n    return {used}"
    line = source.count("\n") + 1
    assignment = tiny.assignment
    entries = tuple(msgspec.structs.replace(entry, packages=("numpy",)) for entry in assignment.entry_points)
    policy = msgspec.structs.replace(assignment.policy, packages=("numpy", "torch"))
    assignment = msgspec.structs.replace(assignment, entry_points=entries, policy=policy)
    submission = Submission("ada", "ada.py", "0" * 64, "script", (Cell(0, 1, source),))
    runner = SandboxRunner(sandbox, assignment, submission, lambda packages: sandbox)
    with contextlib.closing(runner), runner.start(entry_point="double") as program:
        (found,) = program.calls([Call("double", (X,))])
    assert type(found) is Forbidden
    assert str(found) == f"torch is not available for double (line {line}), which is to be written in NumPy."


def test_another_name_that_is_not_bound_is_told_as_python_tells_it(load):
    assert answer(load("def double(x):\n    return trch.tanh(x)", script=True)) == (
        Crashed,
        "double raised NameError: name 'trch' is not defined (line 2).",
    )


ANNOTATED = {
    "of the package": "import torch\ndef double(x: torch.Tensor) -> torch.Tensor:\n    return 2 * x",
    "subscripted": "from jaxtyping import Array, Float\ndef double(x: Float[Array, 'n d']):\n    return 2 * x",
    "on a class": "from jaxtyping import Float\nclass A:\n    x: Float = 2\ndef double(x):\n    return A.x * x",
    "on a name": "from jaxtyping import Float\nTWO: Float = 2\ndef double(x):\n    return TWO * x",
}


@pytest.mark.parametrize("source", ANNOTATED.values(), ids=ANNOTATED)
def test_an_annotation_costs_nothing(load, source):
    assert answer(load(source)) == DOUBLED


def test_a_function_with_annotations_that_fails_otherwise_still_fails(load):
    source = "def double(x: int, y=nosuch):\n    return 2 * x"
    assert answer(load(source, script=True)) == (
        Crashed,
        "double could not be read: Line 1: NameError: name 'nosuch' is not defined.",
    )


def test_a_function_that_plots_is_graded(load):
    source = """
        import matplotlib.pyplot as plt
        from tqdm import tqdm
        def double(x):
            out = x.copy()
            for i in tqdm(range(len(x))):
                out[i] *= 2
            fig, ax = plt.subplots()
            ax.plot(out)
            plt.show()
            return out
    """
    runner = load(source)
    assert answer(runner) == DOUBLED
    assert runner.notes == (
        "matplotlib is not part of this assignment: what it shows was left out.",
        "tqdm is not part of this assignment: what it shows was left out.",
    )


def test_numpys_own_parts_can_be_imported(load):
    assert load("import numpy.testing, numpy.polynomial, numpy.ma, numpy.lib.stride_tricks", DOUBLE).notes == ()


# ── what is forbidden ──────────────────────────────────────────────────────────────────────────


def test_one_function_that_calls_eval_costs_the_others_nothing(load):
    source = "a = lambda x: eval('x')\nb = lambda x: 2 * x\naffine_forward, double = a, b"
    runner = load(source, script=True)
    assert answer(runner) == DOUBLED
    assert answer(runner, "affine_forward") == (
        Forbidden,
        "affine_forward uses eval (line 1), which this assignment does not allow.",
    )


def test_a_forbidden_function_is_not_refused_while_loading(load):
    assert answer(load("import numpy as np\ng = np.gradient(np.arange(3.0))[0]\ntwo = eval('2')", DOUBLE)) == DOUBLED


# ── a notebook, and a script ───────────────────────────────────────────────────────────────────

SETUP = """
    get_ipython().run_line_magic("matplotlib", "inline")
    if "google.colab" in str(get_ipython()):
        factor = 3
    elif __name__ == "__main__":
        factor = 2
"""


def test_a_notebook_has_a_shell_and_is_main(load):
    runner = load(SETUP, "def double(x):\n    return factor * x")
    assert answer(runner) == DOUBLED
    assert runner.notes == ()


def test_classes_of_a_notebook_can_be_pickled(load):
    source = "import pickle\nclass A:\n    two = 2\ndef double(x):\n    return pickle.loads(pickle.dumps(A())).two * x"
    assert answer(load(source)) == DOUBLED


def test_a_script_is_imported_and_not_run(load):
    runner = load(f'{DOUBLE}\nif __name__ == "__main__":\n    while True: pass', script=True)
    assert answer(runner) == DOUBLED
    assert runner.notes == ()


def test_a_script_has_no_shell(load):
    assert load("get_ipython()", script=True).notes == ("Line 1: NameError: name 'get_ipython' is not defined.",)


def test_pylab_binds_numpys_names(load):
    source = "def double(x):\n    return np.abs(2 * x) + zeros(3)"
    assert answer(load('get_ipython().run_line_magic("pylab", "")', source)) == DOUBLED


# ── names that became something else ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("double(np.ones(2))", "an array"),
        ("float(double(np.ones(1))[0])", "a number"),
        ("double(np.ones(1))[0]", "a number"),
        ("(1, 2)", "a tuple"),
        ("None", "None"),
        ("'text'", "a text"),
        ("object()", "of type object"),
    ],
)
def test_a_name_that_was_reused_is_said_to_be(load, value, kind):
    runner = load("import numpy as np", DOUBLE, f"double = {value}")
    assert answer(runner) == (Crashed, f"double is {kind} here, not a function: cell 3 reassigns it.")
    script = load(f"import numpy as np\n{DOUBLE}\ndouble = {value}", script=True)
    assert answer(script) == (Crashed, f"double is {kind} here, not a function: line 4 reassigns it.")


def test_a_name_that_never_was_a_function(load):
    assert answer(load("double = 2", script=True)) == (Crashed, "double is a number here, not a function (line 1).")


def test_another_function_that_calls_a_reused_name_is_told_of_it(load):
    runner = load("affine_forward = 3", DOUBLE)
    with runner.start() as program:
        (fault,) = program.calls([Call("affine_forward", (X,))])
    assert str(fault) == "affine_forward is a number here, not a function (cell 1, line 1)."


def test_a_name_that_is_redefined_as_a_function_is_one(load):
    assert answer(load("double = 3", DOUBLE)) == DOUBLED


def test_a_name_that_is_nowhere_is_not_defined(load):
    assert answer(load("x = 1")) == (Missing, "double is not defined.")


def test_a_name_whose_definition_failed_is_traced_to_it(load):
    runner = load("SCALE = 1 / 0", "def double(x):\n    return SCALE * x")
    assert answer(runner) == (
        Crashed,
        "double raised NameError: name 'SCALE' is not defined (cell 2, line 2). "
        "What defines it failed: Cell 1, line 1: ZeroDivisionError: division by zero.",
    )


def test_a_plain_slip_is_traced_to_nothing(load):
    assert answer(load("def double(x):\n    return scale * x", script=True)) == (
        Crashed,
        "double raised NameError: name 'scale' is not defined (line 2).",
    )


# ── time ───────────────────────────────────────────────────────────────────────────────────────

SLOW = {
    "computes": ("while True: pass", "took"),
    "sleeps": ("import time; time.sleep(3600)", "waited"),
    "waits for an event": ("import threading; threading.Event().wait()", "waited"),
    "joins a thread": (
        "from threading import Thread as T; import time; t = T(target=time.sleep, args=(3600,), daemon=True)"
        "; t.start(); t.join()",
        "waited",
    ),
    "catches everything": ("try:\n    while True: pass\nexcept BaseException:\n    pass", "took"),
}


@pytest.mark.parametrize(("source", "verb"), SLOW.values(), ids=SLOW)
def test_a_statement_that_takes_too_long_costs_only_itself(load, source, verb):
    lead = "\n" if "\n" not in source else ""
    runner = load(f"{DOUBLE}\n{lead}{source}\ndef affine_forward(x):\n    return x", script=True)
    assert answer(runner) == DOUBLED
    assert answer(runner, "affine_forward") == [0, 1, 2]
    assert len(runner.notes) == 1
    assert runner.notes[0].endswith(
        f': this {verb} too long and was left out; keep experiments under `if __name__ == "__main__":`.'
    )


def test_the_line_is_that_of_the_statement(load):
    source = "def count():\n    for i in range(9**9):\n        i += 1\nwhile True:\n    count()\n" + DOUBLE
    runner = load(source, script=True)
    assert runner.notes[0].startswith("Line 4: this took too long")
    assert answer(runner) == DOUBLED


def test_what_the_slow_statement_was_to_bind_is_traced_to_it(load):
    runner = load("import time\n\nSCALE = [time.sleep(3600)]\ndef double(x):\n    return SCALE * x", script=True)
    kind, sentence = answer(runner)
    assert kind is Crashed
    assert "name 'SCALE' is not defined (line 5). What defines it failed: Line 3: this " in sentence


# ── other years, and other processes ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", ["math.tanh(x[:1])", "float(x.reshape(3, 1)[1])", "x.__setitem__(0, x[:1])"])
def test_an_array_of_one_element_as_a_number_is_explained(load, value):
    kind, sentence = answer(load(f"import math\ndef double(x):\n    return {value}", script=True))
    assert kind is Crashed
    assert sentence.endswith(
        f" (line 3). NumPy {np.__version__} graded this, and takes no array for a single number, "
        "not even an array of one element, as older versions did: write a.item()."
    )


def test_a_name_that_cannot_be_put_back_is_explained(load):
    kind, sentence = answer(load("import numpy as np\ndef double(x):\n    return np.geterrobj()", script=True))
    assert kind is Crashed
    assert sentence.endswith(f"(line 3). NumPy {np.__version__} graded this, and no longer has this name.")


def test_other_errors_do_not_blame_the_version(load):
    assert answer(load("def double(x):\n    return x @ x[:2]", script=True))[1].endswith("(line 2).")


@pytest.mark.parametrize(
    ("source", "named"),
    [("x = f'{'", True), ("type X = = int", True), ("x = (1,", False), ("def f(x)\n    pass", False)],
)
def test_syntax_that_a_newer_python_may_have_names_the_python(load, source, named):
    (note,) = load(source, DOUBLE).notes
    assert note.startswith("Cell 1, line 1: SyntaxError: ")
    assert note.endswith(f" (Python {platform.python_version()} read this).") is named


POOLS = {
    "pool": "from multiprocessing import Pool\ndef double(x):\n    with Pool(2) as pool:\n        return x",
    "process": "import multiprocessing as m\ndef double(x):\n    m.Process(target=print).start()\n    return x",
    "executor": (
        "from concurrent.futures import ProcessPoolExecutor as P\ndef double(x):\n"
        "    with P(2) as pool: return sum(pool.map(abs, x))"
    ),
    "program": "import subprocess\ndef double(x):\n    subprocess.run(['true'])\n    return x",
}


@pytest.mark.parametrize("source", POOLS.values(), ids=POOLS)
def test_another_process_is_refused_by_name(load, sandbox, source):
    if sandbox.level is Level.PROCESS:
        pytest.skip("nothing holds processes back here")
    kind, sentence = answer(load(source, script=True))
    assert kind is Crashed
    assert sentence.startswith("double starts another process, which a submission may not do (line 3): ")


def test_other_system_errors_do_not_speak_of_processes(load):
    _, sentence = answer(load("def double(x):\n    open('/nosuch')", script=True))
    assert sentence == "double raised FileNotFoundError: [Errno 2] No such file or directory: '/nosuch' (line 2)."


def test_what_single_precision_would_have_copied_is_copied(load):
    """Everything computes in double precision, so this conversion has nothing to convert; in NumPy it makes a copy."""
    body = "    y = np.asarray(x, dtype=np.float32)\n    y *= 2\n    return y"
    runner = load(f"import numpy as np\ndef double(x):\n{body}")
    assert answer(runner) == DOUBLED
    with runner.start() as program:
        ((left,),) = program.calls([Call("double", (X,), echo=True)])
    assert left.tolist() == X.tolist()
