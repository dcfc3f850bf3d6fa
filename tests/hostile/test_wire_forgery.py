"""Forged messages: student code has the worker's socket in its hands and writes to it what it likes.

Whatever arrives, the grader takes it for what it is (a broken protocol), neither hangs nor breaks, and can go on.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from autograder.errors import CheckFailed, Crashed, IsolationUnavailable, SubmissionFault, TimedOut
from autograder.model import Level, Limits
from autograder.sandbox.isolation import hold
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.sentences import failure_sentence
from autograder.wire import WHOLE, Call

LIMITS = Limits(cpu_s=1, load_cpu_s=1, wall_s=4, memory_mb=128, reply_mb=2)
PATIENCE_S = 60  # far above wall_s, for a busy machine
HONEST = "def total(x):\n    return float(x.sum())\n"
X = np.arange(3.0)

# Ways to the socket that no Python-level protection can close; `frame` makes a message, `write` sends bytes.
FINDERS = {
    "collector": """
import gc

def write(data):
    next(thing for thing in gc.get_objects() if type(thing).__name__ == "Server").sock.sendall(data)
""",
    "frames": """
import sys

def write(data):
    frame = sys._getframe()
    while type(frame.f_locals.get("self")).__name__ != "Server":
        frame = frame.f_back
    frame.f_locals["self"].sock.sendall(data)
""",
    "descriptors": """
import os, stat

def write(data):
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                while data:
                    data = data[os.write(descriptor, data):]
        except OSError:
            pass
""",
}
FRAME = """
import json, struct, time

def frame(header, body=b""):
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!4sIQ", b"ag01", len(head), len(body)) + head + body

def reply(arrays=(), body=b"", **header):
    return frame({"seq": 2, "kind": "outcomes", **header, "arrays": list(arrays)}, body)

def value(node, arrays=(), body=b""):
    return reply(arrays, body, outcomes=[["value", node]])
"""
ARRAY = "a dtype or shape that cannot be read"
NO_JSON = "a header that is not JSON"
OTHER_QUESTION = "an answer to a question that was not asked"
UNKNOWN = "an answer of an unknown kind"
NO_VALUE = "a value of an unknown kind"
TOO_DEEP = "a value is nested too deeply"

# an expression for the bytes that are written instead of an answer, and what the grader says that it was sent
FORGERIES = {
    "nothing_of_ours": ("b'HTTP/1.1 200 OK' + bytes(100)", "bytes that are not a message"),
    "python_pickle": ("b'\\x80\\x04cos\\nsystem\\n(S\\'id\\'\\ntR.' + bytes(100)", "bytes that are not a message"),
    "huge_header_length": ("struct.pack('!4sIQ', b'ag01', 2**32 - 1, 0)", "the limit is"),
    "huge_body_length": ("struct.pack('!4sIQ', b'ag01', 2, 2**64 - 1) + b'{}'", "the limit is"),
    "body_over_the_cap": ("struct.pack('!4sIQ', b'ag01', 2, 2**21 + 1) + b'{}'", "the limit is"),
    "empty_header": ("frame(b'')", NO_JSON),
    "not_json": ("frame(b'{')", NO_JSON),
    "not_utf8": ("frame(b'\\xff' * 8)", NO_JSON),
    "deeply_nested_json": ("frame(b'[' * 100_000 + b']' * 100_000)", NO_JSON),
    "deeply_nested_dicts": ("frame(b'{\"a\":' * 100_000)", NO_JSON),
    "million_digits": ("frame(b'9' * 1_000_000)", NO_JSON),
    "million_digits_in_seq": ("frame(b'{\"seq\":' + b'9' * 1_000_000 + b'}')", NO_JSON),
    "a_list": ("frame([])", "a header without an array table"),
    "no_array_table": ("frame({'seq': 2, 'kind': 'outcomes'})", "a header without an array table"),
    "array_table_is_a_dict": ("frame({'seq': 2, 'arrays': {}})", "a header without an array table"),
    "wrong_seq": ("reply(seq=3)", OTHER_QUESTION),
    "old_seq": ("reply(seq=1)", OTHER_QUESTION),
    "no_seq": ("reply(seq=None)", OTHER_QUESTION),
    "seq_is_true": ("reply(seq=True)", OTHER_QUESTION),
    "seq_is_a_float": ("reply(seq=2.0)", OTHER_QUESTION),
    "seq_is_a_text": ("reply(seq='2')", OTHER_QUESTION),
    "seq_is_endless": ("reply(seq=10**4000)", OTHER_QUESTION),
    "other_kind": ("reply(kind='loaded')", UNKNOWN),
    "kind_is_a_list": ("reply(kind=['outcomes'])", UNKNOWN),
    "a_score": ("reply(kind='score', ok=True, score=100)", UNKNOWN),
    "unasked_callback": ("reply(kind='ask', callback=0, args=[])", UNKNOWN),
    "no_outcomes": ("reply()", "more or fewer answers than questions"),
    "too_many_outcomes": ("reply(outcomes=[['missing']] * 2)", "more or fewer answers than questions"),
    "outcomes_is_a_text": ("reply(outcomes='x')", "more or fewer answers than questions"),
    "outcome_of_a_pass": ("reply(outcomes=[['PASS', 100]])", UNKNOWN),
    "outcome_raised_text": ("reply(outcomes=[['raised', 'x']])", UNKNOWN),
    "dim_negative": ("value(['a', 0], [['<f8', [-1]]])", ARRAY),
    "dim_true": ("value(['a', 0], [['<f8', [True]]], bytes(8))", ARRAY),
    "dim_float": ("value(['a', 0], [['<f8', [1.0]]], bytes(8))", ARRAY),
    "dim_text": ("value(['a', 0], [['<f8', ['1']]], bytes(8))", ARRAY),
    "dim_endless": ("value(['a', 0], [['<f8', [10**4000]]])", ARRAY),
    "dims_overflow": ("value(['a', 0], [['<f8', [2**31, 2**31, 4]]])", ARRAY),
    "dims_overflow_beside_zero": ("value(['a', 0], [['<f8', [0, 2**39, 2**39]]])", ARRAY),
    "dims_too_many": ("value(['a', 0], [['<f8', [1] * 33]], bytes(8))", ARRAY),
    "dims_no_list": ("value(['a', 0], [['<f8', 1]], bytes(8))", ARRAY),
    **{
        f"dtype_{name}": (f"value(['a', 0], [[{dtype!r}, [1]]], bytes(16))", ARRAY)
        for name, dtype in {
            "object": "|O",
            "void": "|V8",
            "longdouble": "<g",
            "float128": "<f16",
            "swapped": ">f8",
            "text": "<U2",
            "date": "<M8[s]",
            "fields": "<f8,<f8",
            "shaped": "(2,)<f8",
            "list": ["<f8"],
            "none": None,
            "empty": "",
        }.items()
    },
    "array_longer_than_body": ("value(['a', 0], [['<f8', [2]]], bytes(8))", "an array longer than the message"),
    "body_longer_than_arrays": ("value(['a', 0], [['<f8', [1]]], bytes(9))", "a message longer than its arrays"),
    "index_beyond": ("value(['a', 1], [['<f8', []]], bytes(8))", "an array that was not sent"),
    "index_negative": ("value(['a', -1], [['<f8', []]], bytes(8))", "an array that was not sent"),
    "index_true": ("value(['a', True], [['<f8', []]] * 2, bytes(16))", "an array that was not sent"),
    "scalar_with_a_shape": ("value(['g', 0], [['<f8', [1]]], bytes(8))", "a scalar that has a shape"),
    "node_unknown": ("value(['pickle', 'x'])", NO_VALUE),
    "node_is_a_text": ("value('n')", NO_VALUE),
    "node_is_empty": ("value([])", NO_VALUE),
    "node_is_a_function": ("value(['k', 0])", NO_VALUE),
    "bool_that_is_none": ("value(['b', 1])", NO_VALUE),
    "handle_true": ("value(['h', True, 'x'])", NO_VALUE),
    "handle_without_type": ("value(['h', 1, 2])", NO_VALUE),
    "key_no_text": ("value(['d', [[1, ['n']]]])", "a key that is not a string"),
    "integer_of_21_digits": ("value(['i', '9' * 21])", NO_VALUE),
    "integer_of_letters": ("value(['i', 'abc'])", "a number that cannot be read"),
    "float_of_letters": ("value(['f', 'xyz'])", "a number that cannot be read"),
    "float_beyond_range": ("value(['f', '0x1p99999'])", "a number that cannot be read"),
    "nested_value": ("value(eval(\"['l', [\" * 60 + \"['n']\" + ']]' * 60))", TOO_DEEP),
    "many_nodes": ("value(['l', [['n']] * 30_000])", "too many values"),
    "many_nodes_in_one_message": (
        "reply(outcomes=[['value', ['t', [['l', [['n']] * 7_000]] * 3]]])",
        "too many values",
    ),
    "many_marks": ("frame(b'{\"arrays\":[],\"x\":[' + b'[],' * 130_000 + b'0]}')", "too many values"),
    "one_array_for_all_values": (
        "value(['d', [[str(i), ['a', 0]] for i in range(9_000)]], [['<f8', [100_000]]], bytes(800_000))",
        "one array for two values",
    ),
    "many_empty_arrays": ("reply([['<f8', [0]]] * 70_000, outcomes=[['missing']])", "too many values"),
    "handle_that_was_not_asked_for": ("value(['h', 0, 'Cache'])", "a handle to something that was not to stay"),
    "handle_inside": ("value(['d', [['w', ['h', 0, 'Cache']]]])", "a handle to something that was not to stay"),
    "handle_beyond": ("value(['h', 2**31, 'Cache'])", NO_VALUE),
    "integer_beyond_64_bits": ("value(['i', '9' * 19])", "a number that cannot be read"),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    try:
        level = hold(Level.STRONG).level
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    with Sandbox(level) as sandbox:
        yield sandbox


@contextlib.contextmanager
def started(sandbox: Sandbox, source: str) -> Iterator[SandboxProgram]:
    """A fork that has loaded `source`."""
    with sandbox.fork(LIMITS) as fork:
        program = SandboxProgram(fork, LIMITS)
        assert program.load([(0, 1, source)], ["total"]).defined == {"total"}
        yield program


def forged(sandbox: Sandbox, action: str, finder: str = "collector", args: tuple[Any, ...] = (X,)) -> SubmissionFault:
    """The fault that comes of a `total` which does `action`; the fork is gone then, and the sandbox goes on."""
    body = "".join(f"    {line}\n" for line in action.splitlines())
    source = FINDERS[finder] + FRAME + f"def total(*args):\n{body}    time.sleep(3600)\n"
    begun = time.monotonic()
    with started(sandbox, source) as program:
        (fault,) = program.calls([Call("total", args)])
        assert isinstance(fault, SubmissionFault)
        assert program.ended
        assert program.calls([Call("total", args)] * 2) == [fault] * 2
    assert time.monotonic() - begun < PATIENCE_S
    with started(sandbox, HONEST) as program:
        assert program.calls([Call("total", (X,))]) == [3.0]
    return fault


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_reply_is_a_violation(sandbox: Sandbox, name: str) -> None:
    expression, said = FORGERIES[name]
    fault = forged(sandbox, f"write({expression})")
    assert isinstance(fault, Crashed)
    assert str(fault).startswith("The program broke the grading protocol: it sent ")
    assert said in str(fault)


TRAVELS = "a value that was to stay where it was made"


@pytest.mark.parametrize(
    ("options", "node", "said"),
    [
        ({"keep": (1,)}, "['t', [['n'], ['l', [['n']]]]]", TRAVELS),
        ({"keep": (1,)}, "['t', [['h', 0, 'x'], ['h', 1, 'x']]]", "a handle to something that was not to stay"),
        ({"keep": (WHOLE,)}, "['d', []]", TRAVELS),
        ({"echo": True}, "['l', [['h', 0, 'x']]]", "a handle to something that was not to stay"),
    ],
)
def test_what_was_to_stay_must_not_travel(sandbox: Sandbox, options: dict[str, Any], node: str, said: str) -> None:
    source = FINDERS["collector"] + FRAME + f"def total(x):\n    write(value({node}))\n    time.sleep(3600)\n"
    with started(sandbox, source) as program:
        (fault,) = program.calls([Call("total", (X,), **options)])
    assert isinstance(fault, Crashed)
    assert said in str(fault)


def test_a_cache_does_not_come_back_with_the_arguments(sandbox: Sandbox) -> None:
    """Not even of honest code, whose cache can be large: what stays, stays."""
    source = "import numpy as np\ndef total(x):\n    return x, np.ones(10**6)\ndef back(x, cache):\n    x += 1\n"
    with started(sandbox, source) as program:
        ((_, cache),) = program.calls([Call("total", (X,), keep=(1,))])
        ((x, same),) = program.calls([Call("back", (X, cache), echo=True)])
        assert (x.tolist(), same) == ([1, 2, 3], cache)


def test_answers_of_a_check_are_bounded_in_all(sandbox: Sandbox) -> None:
    """Each is below the cap, and the grader would keep them all to compare them with known mistakes."""
    with started(sandbox, "import numpy as np\ndef total(x):\n    return np.zeros(200_000)\n") as program:
        program.rearm(LIMITS)
        for _ in range(5):
            assert program.calls([Call("total", (X,))])[0].size == 200_000
        (fault,) = program.calls([Call("total", (X,))])
    assert type(fault) is CheckFailed
    assert str(fault) == "What it returned in this check is more than 8 MB in all."


def test_the_grader_spends_no_more_time_on_a_check_than_it_may(sandbox: Sandbox) -> None:
    def dear(x: float) -> float:
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass
        return x

    with started(sandbox, "def total(f):\n    return sum(f(1.0) for _ in range(10**6))\n") as program:
        program.rearm(msgspec.structs.replace(LIMITS, grader_cpu_s=0.2))
        (fault,) = program.calls([Call("total", (dear,))])
    assert type(fault) is CheckFailed
    assert str(fault) == "What it returned keeps the grader busy for more than 0.2 seconds."


@pytest.mark.parametrize("failed", ["[{}] * 300", "[[]]", "{}"])
def test_a_list_of_failures_is_bounded(sandbox: Sandbox, failed: str) -> None:
    """The grader looks through it for every entry point."""
    forge = f'write(frame({{"seq": 1, "kind": "loaded", "defined": [], "arrays": [], "failed": {failed}}}))'
    with sandbox.fork(LIMITS) as fork, pytest.raises(Crashed, match="a report on its loading that is malformed"):
        SandboxProgram(fork, LIMITS).load([(0, 1, FINDERS["collector"] + FRAME + forge)])


@pytest.mark.parametrize("finder", FINDERS)
def test_the_socket_is_found_and_it_does_not_help(sandbox: Sandbox, finder: str) -> None:
    assert OTHER_QUESTION in str(forged(sandbox, "write(reply(seq=99))", finder))


def test_a_forged_value_is_the_students_own_answer(sandbox: Sandbox) -> None:
    """A well-formed reply is an answer like any other, judged by its value; the real one behind it is too much."""
    source = FINDERS["collector"] + FRAME + "def total(x):\n    write(value(['f', '0x1p+3']))\n    return 3.0\n"
    with started(sandbox, source) as program:
        assert program.calls([Call("total", (X,))]) == [8.0]
        (fault,) = program.calls([Call("total", (X,))])
        assert OTHER_QUESTION in str(fault)


def test_replies_in_advance_are_found_at_the_end(sandbox: Sandbox) -> None:
    source = FINDERS["collector"] + FRAME + "def total(x):\n    write(reply(seq=3))\n    return 3.0\n"
    with (
        started(sandbox, source) as program,
        pytest.raises(Crashed, match=r"a question that was not asked|nobody asked for"),
    ):
        for outcome in program.calls([Call("total", (X,))]):
            if isinstance(outcome, SubmissionFault):
                raise outcome
        program.finish()


SLOW = {
    "half_a_message": "write(value(['n'])[:-1])",
    "half_a_prefix": "write(b'ag01')",
    "nothing": "pass",
    "drip": "for byte in value(['n']) + bytes(10**6):\n    write(bytes([byte]))\n    time.sleep(0.05)",
}


@pytest.mark.parametrize("name", SLOW)
def test_slow_message_meets_the_deadline(sandbox: Sandbox, name: str) -> None:
    begun = time.monotonic()
    fault = forged(sandbox, SLOW[name])
    assert isinstance(fault, TimedOut)
    assert str(fault) == "No answer within 4 seconds."
    assert time.monotonic() - begun >= LIMITS.wall_s


def test_worker_that_never_reads_meets_the_deadline(sandbox: Sandbox) -> None:
    """The grader's send blocks once the socket's buffer is full."""
    source = f"{HONEST}\nfrom autograder import wire\nimport time\nwire.receive = lambda *args: time.sleep(3600)\n"
    with started(sandbox, source) as program:
        (fault,) = program.calls([Call("total", (np.zeros(2**20),))])
    assert isinstance(fault, TimedOut)


def test_flood_of_replies_is_a_violation(sandbox: Sandbox) -> None:
    fault = forged(sandbox, "while True:\n    write(reply(seq=7) * 100)")
    assert isinstance(fault, Crashed)


def test_forged_questions_about_functions(sandbox: Sandbox) -> None:
    """A check's function can be asked, others cannot; nonsense for arguments is the asker's own error."""
    for number in ("1", "-1", "True", "'0'", "None", "10**4000"):
        fault = forged(sandbox, f"write(reply(kind='ask', callback={number}, args=[]))", args=(np.sum,))
        assert "a question about a function that it was not given" in str(fault)
    assert "a question about a function" in str(forged(sandbox, "write(reply(kind='ask', callback=0))", args=(np.sum,)))
    assert NO_VALUE in str(forged(sandbox, "write(reply(kind='ask', callback=0, args=[1]))", args=(np.sum,)))
    with started(sandbox, "def total(f):\n    return f('x', None, 7)\n") as program:
        (fault,) = program.calls([Call("total", (lambda x: x + 1.0,))])
        assert "the function was given what it cannot take (TypeError)" in str(fault)


def test_endless_questions_are_counted(sandbox: Sandbox) -> None:
    fault = forged(sandbox, "while True:\n    args[0](1.0)", args=(lambda x: x,))
    assert isinstance(fault, TimedOut)


DEEP = "b'[' * 300 + b'1' + b']' * 300"


@pytest.mark.parametrize("failed", ["b'[7]'", "b'{}'", "b'null'"])
def test_forged_load_is_a_violation(sandbox: Sandbox, failed: str) -> None:
    action = f'write(frame(b\'{{"seq":1,"kind":"loaded","defined":[],"arrays":[],"failed":\' + {failed} + b\'}}\'))'
    with sandbox.fork(LIMITS) as fork, pytest.raises(Crashed, match="a report on its loading that is malformed"):
        SandboxProgram(fork, LIMITS).load([(0, 1, FINDERS["collector"] + FRAME + action)])


def test_forged_failure_is_only_text(sandbox: Sandbox) -> None:
    """Half a surrogate pair cannot be written to a report, and `str` of a nested list can exhaust the stack."""
    item = f'b\'{{"key":\' + {DEEP} + b\',"error":{{}},"text":"\\\\ud800","cell":true,"line":1e999}}\''
    action = f'write(frame(b\'{{"seq":1,"kind":"loaded","defined":[],"arrays":[],"failed":[\' + {item} + b\']}}\'))'
    with sandbox.fork(LIMITS) as fork:
        failed = SandboxProgram(fork, LIMITS).load([(0, 1, FINDERS["collector"] + FRAME + action)]).failed
    assert failure_sentence(failed[0]) == "Somewhere: an exception: ?."


def test_forged_exception_is_only_text(sandbox: Sandbox) -> None:
    fault = '{"error": ["E"], "text": "\\ud800", "cell": 10**4000, "line": None}'
    source = FINDERS["collector"] + FRAME + f"def total(x):\n    write(reply(outcomes=[['raised', {fault}]]))\n"
    with started(sandbox, source) as program:
        (crash,) = program.calls([Call("total", (X,))])
    assert isinstance(crash, Crashed)
    assert str(crash).encode("utf-8")
