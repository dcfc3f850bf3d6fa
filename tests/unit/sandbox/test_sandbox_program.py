"""Calls into a sandbox: the verdict of everything that can go wrong, and the same outcomes as without one."""

from __future__ import annotations

import dataclasses
import textwrap

import msgspec
import numpy as np
import pytest

from autograder.errors import CheckFailed, Crashed, Missing, OutOfMemory, SubmissionFault, TimedOut
from autograder.model import Level, Limits
from autograder.sandbox.calls import decode_outcomes, encode_calls
from autograder.sandbox.isolation import choose
from autograder.sandbox.local import LocalProgram
from autograder.sandbox.program import Loaded, SandboxProgram
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.sentences import place, raised
from autograder.wire import Call, Handle, Opaque, WireError

LIMITS = Limits(cpu_s=1, wall_s=20, load_cpu_s=2, statement_cpu_s=0.2, memory_mb=64, reply_mb=1)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(choose(None, at_least=Level.PROCESS).level) as sandbox:
        yield sandbox


@pytest.fixture
def start(sandbox):
    """Starts programs in forks of the module's sandbox: `start(source, …)` loads one cell for each source."""
    forks = []

    def load(*sources, limits=LIMITS, number=0):
        context = sandbox.fork(limits)
        forks.append(context)
        program = SandboxProgram(context.__enter__(), limits)
        cells = [(number and number + i, 1, textwrap.dedent(source)) for i, source in enumerate(sources)]
        loaded = program.load(cells, ["f"])
        program.failed, program.defined = loaded.failed, loaded.defined
        return program

    yield load
    for context in forks:
        context.__exit__(None, None, None)


def call(program, *args, name="f", **options):
    (outcome,) = program.calls([Call(name, args, **options)])
    return outcome


# ── the same outcomes with and without a sandbox ───────────────────────────────────────────────

ODD = """
import numpy as np

class Sub(np.ndarray): ...

def endless():
    out = []
    out.append(out)
    return out

def fails():
    raise ValueError("no")

class Sulky(Exception):
    def __str__(self):
        raise RuntimeError

def sulks():
    raise Sulky

def unwritten():
    raise NotImplementedError

def leaves():
    raise SystemExit(3)

def deep():
    return deep()

def answers(x):
    return [x, x.T, x[::-1], x[:0], x.sum(), float(x.sum()), x > 0, x.astype(">f4"), x.view(Sub)]

VALUES = {
    "none": lambda: None, "true": lambda: True, "int": lambda: 12, "large": lambda: 2**70, "float": lambda: 0.1,
    "nan": lambda: float("nan"), "text": lambda: "é\\ud800", "bytes": lambda: b"x", "tuple": lambda: (1, (2.0, [None])),
    "dict": lambda: {"a": np.ones(2), "b": {"c": 1}}, "odd dict": lambda: {1: 2}, "set": lambda: {1},
    "object": lambda: np.array([None]), "strings": lambda: np.array(["a"]),
    "f2": lambda: np.ones(2, np.dtype("f" + "2")), "c16": lambda: np.ones(2) * 1j, "zero-d": lambda: np.array(1.5),
    "scalar": lambda: np.dtype("f" + "4").type(0.1), "masked": lambda: np.ma.masked_array([1.0]),
    "generator": lambda: (i for i in ()), "function": lambda: len,
    "module": lambda: np, "endless": endless, "fails": fails, "sulks": sulks, "unwritten": unwritten, "leaves": leaves,
    "deep": deep,
}
"""


def plain(outcome):
    """An outcome as something that can be compared."""
    if isinstance(outcome, SubmissionFault):
        return type(outcome).__name__, str(outcome).partition(" (line")[0]
    if isinstance(outcome, np.ndarray):
        return outcome.dtype.str, outcome.shape, outcome.tolist()
    if isinstance(outcome, tuple | list):
        return type(outcome).__name__, [plain(item) for item in outcome]
    if isinstance(outcome, dict):
        return {key: plain(item) for key, item in outcome.items()}
    return type(outcome).__name__, repr(outcome)


@pytest.fixture(scope="module")
def trusted():
    namespace: dict = {}
    exec(compile(ODD, "<submission>", "exec"), namespace)  # noqa: S102 — the source above
    return namespace


def test_odd_values_come_out_the_same_without_a_sandbox(start, trusted):
    program = start(ODD + "\nglobals().update({f'v_{name}': f for name, f in VALUES.items()})\n")
    local = LocalProgram({f"v_{name}": function for name, function in trusted["VALUES"].items()})
    calls = [Call(f"v_{name}", ()) for name in (*trusted["VALUES"], "nosuch")]
    for asked, one, other in zip(calls, program.calls(calls), local.calls(calls), strict=True):
        assert plain(one) == plain(other), asked.function


def test_arrays_of_all_layouts_come_out_the_same_without_a_sandbox(start, trusted):
    x = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    asked = [Call("answers", (x,)), Call("answers", (x[:, ::2],)), Call("answers", (x,), echo=True)]
    one, other = start(ODD).calls(asked), LocalProgram(trusted).calls(asked)
    assert plain(one) == plain(other)
    assert one[0][-1] == Opaque("Sub")


def test_caches_stay_where_they_were_made(start):
    source = """
        class Cache: ...
        def f(x):
            cache = Cache()
            cache.x = x
            return x, cache
        def g(cache):
            return 3 * cache.x
    """
    program = start(source)
    _, cache = call(program, np.ones(2), keep=(1,))
    assert cache == Handle(0, "Cache")
    assert call(program, cache, name="g").tolist() == [3, 3]


def test_a_function_of_the_checks_can_be_called_back(start):
    source = """
        def f(g, x):
            x[0] = 7
            return g(x + 1) - g(x)
        def hopeless(g):
            return g("text")
    """
    asked = []

    def square(x):
        asked.append(x.tolist())
        return np.sum(x**2)

    program = start(source)
    local = LocalProgram({"f": lambda g, x: (x.__setitem__(0, 7), g(x + 1) - g(x))[1]})
    for each in (program, local):
        asked.clear()
        assert call(each, square, np.array([1.0, 2.0])) == 20.0
        assert asked == [[8.0, 3.0], [7.0, 2.0]]
    assert str(call(program, square, name="hopeless")).startswith(
        "hopeless raised ValueError: the function was given what"
    )


def judge(x):
    raise CheckFailed("Your step is too large.")


def test_a_failure_that_the_checks_own_function_finds_is_the_outcome(start):
    outcome = call(start("def f(g):\n    return g(1.0)"), judge)
    assert (type(outcome), str(outcome)) == (CheckFailed, "Your step is too large.")


def test_such_a_failure_is_the_outcome_without_a_sandbox_too():
    outcome = call(LocalProgram({"f": lambda g: g(1.0)}), judge)
    assert (type(outcome), str(outcome)) == (CheckFailed, "Your step is too large.")


def test_such_a_failure_leaves_the_program_in_step_or_ends_it(start):
    program = start("def f(g):\n    return g(1.0)\ndef h():\n    return 1")
    call(program, judge)
    assert program.ended or call(program, name="h") == 1


# ── verdicts ───────────────────────────────────────────────────────────────────────────────────

FAULTS = [
    ("def g(x): ...", Missing, r"^f is not written yet\.$"),
    ("def f(x):\n    raise NotImplementedError", Missing, r"^f is not written yet\.$"),
    ("f = 3", Missing, r"^f is not written yet\.$"),
    ("def f(x):\n    return x / 0", Crashed, r"^f raised ZeroDivisionError: float division by zero \(line 2\)\.$"),
    ("def f(x):\n    raise ValueError('\\ud800')", Crashed, r"^f raised ValueError: . \(line 2\)\.$"),
    ("def f(x):\n    raise SystemExit", Crashed, r"^f raised SystemExit \(line 2\)\.$"),
    ("def f(x):\n    return f(x)", Crashed, r"^f raised RecursionError: maximum recursion depth exceeded"),
    (
        "import os\ndef f(x):\n    os._exit(3)",
        Crashed,
        r"^The program ended the Python process instead of returning \(exit status 3\)\.$",
    ),
    (
        "import ctypes\ndef f(x):\n    ctypes.string_at(0)",
        Crashed,
        r"^The program ended the Python process instead of returning \(SIGSEGV\)\.$",
    ),
    (
        "import numpy as np\ndef f(x):\n    return np.ones(2**28)",
        OutOfMemory,
        r"^f asked for more memory than the check allows \(line 3\)\.$",
    ),
    ("def f(x):\n    return [0] * 2**28", OutOfMemory, r"^f asked for more memory than the check allows \(line 2\)\.$"),
    (
        "import numpy as np\ndef f(x):\n    return np.zeros(2**18)",
        Crashed,
        r"^The program broke the grading protocol: it sent a message of \d+ bytes; the limit is 1048576\.$",
    ),
    ("def f(x):\n    while True: pass", TimedOut, r"^It used more than .* seconds of CPU time\.$"),
]


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row[0][-30:])
def test_each_fault_has_its_verdict_and_sentence(row, start):
    source, kind, sentence = row
    program = start(source)
    outcome = call(program, 1.0)
    assert type(outcome) is kind
    assert outcome.args[0] == str(outcome)
    with pytest.raises(kind, match=sentence):
        raise outcome
    msgspec.json.encode(str(outcome))  # every sentence can be written into a report


def test_code_that_only_sleeps_runs_into_the_wall(start):
    program = start("import time\ndef f(x):\n    time.sleep(60)", limits=msgspec.structs.replace(LIMITS, wall_s=0.5))
    outcome = call(program, 1.0)
    assert type(outcome) is TimedOut
    assert str(outcome) == "No answer within 0.5 seconds."


def test_one_fault_leaves_the_other_calls_of_a_batch_alone(start):
    program = start("def f(x):\n    return 1 / x")
    first, second, third = program.calls([Call("f", (1.0,)), Call("f", (0.0,)), Call("f", (2.0,))])
    assert (first, type(second), third) == (1.0, Crashed, 0.5)
    assert not program.ended


def test_after_its_end_every_call_repeats_the_fault(start):
    program = start("import os\ndef f(x):\n    os._exit(3)")
    first = call(program, 1.0)
    assert program.ended
    assert program.calls([Call("f", (1.0,)), Call("g", ())]) == [first, first]


# ── loading ────────────────────────────────────────────────────────────────────────────────────


def test_a_failing_cell_takes_no_other_with_it(start):
    program = start("x = 1 / 0\ny = 2", "def f(x):\n    return x + y", number=4)
    assert [(one["cell"], one["line"], one["error"]) for one in program.failed] == [(4, 1, "ZeroDivisionError")]
    assert program.defined == {"f"}
    assert call(program, 1.0) == 3.0


def test_a_syntax_error_is_told_by_its_cell_and_line(start):
    program = start("y = 1\ndef f(:\n    pass", "def f(x):\n    return x", number=4)
    assert [(one["cell"], one["line"]) for one in program.failed] == [(4, 2)]
    assert call(program, 2.0) == 2.0


def test_a_slow_statement_is_left_out(start):
    program = start("while True: pass", "def f(x):\n    return x", number=1)
    assert [one["error"] for one in program.failed] == ["StatementTooSlow"]
    assert call(program, 2.0) == 2.0


def test_statements_that_are_skipped_do_not_run(sandbox):
    cells = [(1, 1, "x = 1\nx = 1 / 0\nx = 3"), (2, 1, "def f():\n    return x")]
    with sandbox.fork(LIMITS) as fork:
        failed = SandboxProgram(fork, LIMITS).load(cells).failed
    with sandbox.fork(LIMITS) as fork:
        program = SandboxProgram(fork, LIMITS)
        assert program.load(cells, ["f"], [failed[0]["key"]]) == Loaded([], frozenset({"f"}), {}, ())
        assert call(program) == 3


def test_the_syntax_of_tomorrow_can_be_asked_for_in_any_cell(start):
    program = start(
        "from __future__ import annotations", "def f(x: nosuch) -> nosuch.more:\n    return str(f.__annotations__)"
    )
    assert program.failed == []
    assert call(program, 1.0) == "{'x': 'nosuch', 'return': 'nosuch.more'}"


def test_names_of_older_years_still_work(start):
    source = """
        import numpy as np
        def f(x):
            total = reduce(lambda a, b: a + b, [np.float(i) for i in xrange(4)])
            return total + np.product([1, 2]) + np.array([1], dtype=np.int)[0] + np.float_(1) + (np.Inf > np.infty)
    """
    assert call(start(source), 1.0) == 10.0


def test_nothing_passes_from_one_fork_to_the_next(start):
    source = "import numpy as np\ndef f(x):\n    np.mark = getattr(np, 'mark', 0) + 1\n    return np.mark"
    assert call(start(source), 1.0) == 1
    assert call(start(source), 1.0) == 1


def test_a_submission_is_importable_by_name_and_pickles_its_classes(start):
    source = """
        import pickle
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: float
        def f(x):
            return pickle.loads(pickle.dumps(Point(x))).x
    """
    assert call(start(source), 1.5) == 1.5


# ── what is decoded ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "outcomes",
    [None, [], [["missing"], ["missing"]], [["value"]], [["raised", "x"]], [["wat"]], ["missing"], [["value", ["z"]]]],
    ids=str,
)
def test_answers_that_are_none_break_the_protocol(outcomes):
    with pytest.raises(WireError):
        decode_outcomes([Call("f", ())], outcomes, [])


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        (
            {"error": "ValueError", "text": "no", "cell": 7, "line": 3},
            Crashed,
            "f raised ValueError: no (cell 7, line 3).",
        ),
        ({"error": "ValueError", "text": "", "cell": 0, "line": 3}, Crashed, "f raised ValueError (line 3)."),
        ({"error": "ValueError", "text": "no"}, Crashed, "f raised ValueError: no."),
        ({"error": "MemoryError", "text": ""}, OutOfMemory, "f asked for more memory than the check allows."),
        (
            {"error": "_ArrayMemoryError", "cell": True, "line": 1},
            OutOfMemory,
            "f asked for more memory than the check allows.",
        ),
    ],
)
def test_an_exception_becomes_a_sentence(fault, kind, sentence):
    made = raised("f", fault)
    assert (type(made), str(made)) == (kind, sentence)


def test_a_place_that_is_none_is_left_out():
    assert place({"cell": "7", "line": 3}) == place({}) == place({"cell": 7}) == ""


def test_calls_share_one_table_of_arrays_and_functions():
    messages, encoder = encode_calls([Call("f", (np.ones(2), len)), Call("g", (np.zeros(1),), {"k": abs})])
    assert [message["args"] for message in messages] == [[["a", 0], ["k", 0]], [["a", 1]]]
    assert messages[1]["kwargs"] == {"k": ["k", 1]}
    assert encoder.callbacks == [len, abs]
    assert dataclasses.is_dataclass(Call)
