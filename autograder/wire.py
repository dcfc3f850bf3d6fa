"""Messages between grader and worker: a JSON header and raw array buffers. No pickle, ever.

A frame is MAGIC, the header's length, the body's length, the header (UTF-8 JSON) and the body: the buffers of all
arrays, C-ordered, one after another, as the header's `arrays` table says.

A value travels as a small tagged list (a *node*):

    ["n"] None    ["b", true]    ["i", "12"]    ["f", "0x1.8p+0"]    ["s", "text"]
    ["a", k] array k of the table    ["g", k] the same, read as a NumPy scalar
    ["t", [node…]] tuple    ["l", [node…]] list    ["d", [[key, node]…]] dict with string keys
    ["h", id, type] something that stays in the worker (a cache)    ["o", type] something that cannot travel
    ["k", id] a function of the grader's, which the worker calls by an `ask` message (only grader → worker)
    ["e", call, output] `Earlier(call, output)`, what an earlier call of a message returned (only grader → worker)
    ["r", seed] `Rng(seed)`, which the worker receives as a fresh `np.random.default_rng(seed)` (only grader → worker)

A generator, or another iterator, travels as the list of what it yields, up to DRAIN_CAP values.

Both sides run this module, and the grader believes nothing that it decodes: every tag, dtype, dimension and length is
checked before memory is taken. What a message costs its receiver is bounded by its bytes: containers hold NODE_CAP
values in all, each array is one value's, and a header whose JSON would be large is not parsed. It needs the standard
library and NumPy only, because the worker has nothing else.
"""

from __future__ import annotations

import json
import math
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

MAGIC = b"ag01"
PREFIX = struct.Struct("!4sIQ")
HEADER_CAP = 2 * 2**20
DEPTH_CAP = 16
NODE_CAP = 20_000  # values inside containers, in one message
MARK_CAP = 12 * NODE_CAP  # brackets and commas in the header of an answer: a dict of small arrays takes 10 a value
DRAIN_CAP = 1_000  # a generator may be endless
WATCH_SECONDS = 0.2
WHOLE_FRAME = 2**16  # bytes; header and body of no more are taken together
WHOLE = -1  # a position that stands for the whole return value

# What may cross: numbers, in the byte order of the machine that both sides share. Float16, longdouble, complex and bool
# cross so that the grader can say "your dx has dtype complex128", not because any of them is right.
DTYPE_NAMES = "<f8 <f4 <f2 <c16 <c8 |b1 |i1 <i2 <i4 <i8 |u1 <u2 <u4 <u8"
DTYPES = {name: np.dtype(name) for name in DTYPE_NAMES.split()}
FLOAT64 = DTYPES["<f8"]

# What is encoded is made of nodes, whose depth is bounded, so none of it holds itself.
_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class WireError(Exception):
    """The peer broke the protocol, or its message is over a cap."""


class WireClosed(WireError):
    """The peer hung up."""


class WireTimeout(WireError):
    """The absolute deadline passed."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Something that the worker keeps: the grader holds its number and passes it back."""

    id: int
    type: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that cannot travel; only the name of its type does."""

    type: str


@dataclass(frozen=True, slots=True)
class Rng:
    """An argument that the worker receives as a fresh `np.random.default_rng(seed)`; `seed` is not negative.

    >>> from autograder import Rng
    >>> Rng(17)
    Rng(seed=17)
    """

    seed: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """An argument of a call: output number `output` of call number `call` among those that are sent together. It stays
    where it was made, so a walk in which each step takes the last one's state is one message.

    >>> from autograder import Earlier
    >>> Earlier(0, 1)
    Earlier(call=0, output=1)
    """

    call: int
    output: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an entry point. `keep` are the positions of its return tuple that stay in the worker; with `echo` the
    arguments come back as the call left them, behind the result. `adapter` names what stands between arrays and PyTorch
    code (see `worker.torch_calls.call`)."""

    function: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    keep: tuple[int, ...] = ()
    echo: bool = False
    adapter: str = ""


# ── values ─────────────────────────────────────────────────────────────────────────────────────


class Encoder:
    """Collects nodes and the arrays they point to, for one frame. With `callbacks`, functions travel as the number
    under which they are collected there; without, they are something that cannot travel."""

    def __init__(self, callbacks: list[Callable[..., Any]] | None = None) -> None:
        self.callbacks = callbacks
        self.arrays: list[np.ndarray[Any, Any]] = []
        self._nodes = 0

    def begin(self) -> None:
        """Begin the next of several answers in one frame: what containers may hold is counted anew."""
        self._nodes = 0

    def node(self, value: Any, depth: int = 0) -> list[Any]:
        """The node of `value`; what cannot travel becomes `["o", type]`."""
        if depth > DEPTH_CAP:
            return ["o", "something nested too deeply"]
        if type(value) is np.ndarray and value.dtype is FLOAT64 and value.flags.c_contiguous:  # the commonest by far
            self.arrays.append(value)
            return ["a", len(self.arrays) - 1]
        if value is None:
            return ["n"]
        if isinstance(value, Handle):
            return ["h", value.id, value.type]
        if type(value) in (np.str_, np.ndarray) and value.dtype.kind == "U" and value.shape == ():
            value = str(value)  # a word out of an array, or one that np.where chose
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        return self._plain(value, depth)

    def _plain(self, value: Any, depth: int) -> list[Any]:
        kind = type(value)
        if kind is bool:
            return ["b", value]
        if kind is int:
            return ["i", str(value)] if abs(value) < 2**63 else ["o", "int beyond 64 bits"]
        if kind is float:
            return ["f", value.hex()]
        if kind is str:
            return ["s", value.encode("utf-8", "replace").decode()]
        if isinstance(value, tuple | list | dict):
            return self._container(value, depth)
        return self._special(value, depth)

    def _container(self, value: Any, depth: int) -> list[Any]:
        if self._nodes + len(value) > NODE_CAP:
            return ["o", f"{type_name(value)} of {len(value)} items"]
        self._nodes += len(value)
        if not isinstance(value, dict):
            return ["l" if isinstance(value, list) else "t", [self.node(item, depth + 1) for item in tuple(value)]]
        if all(type(key) is str for key in value):
            return ["d", [[key, self.node(item, depth + 1)] for key, item in value.items()]]
        return ["o", type_name(value)]

    def _special(self, value: Any, depth: int) -> list[Any]:
        if self.callbacks is not None and type(value) is Rng:
            return ["r", int(value.seed)]
        if self.callbacks is not None and type(value) is Earlier:
            return ["e", value.call, value.output]
        if isinstance(value, Iterator):  # copies, because a generator may fill one buffer again and again
            drained = [item.copy() if isinstance(item, np.ndarray) else item for item in islice(value, DRAIN_CAP)]
            return self._container(drained, depth)
        if self.callbacks is not None and callable(value):
            self.callbacks.append(value)
            return ["k", len(self.callbacks) - 1]
        return ["o", type_name(value)]

    def _array(self, value: Any) -> list[Any]:
        if type(value) is not np.ndarray and isinstance(value, np.ndarray):
            return ["o", type_name(value)]  # a subclass may lie about itself; np.matrix changes what * means
        array = np.asarray(value)
        if array.dtype == np.longdouble and array.dtype != np.float64:
            array = array.astype(np.float64)  # more precise than asked for is not wrong
        if array.dtype.newbyteorder("<").str not in DTYPES:
            return ["o", f"array of dtype {array.dtype}"]
        self.arrays.append(np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C"))
        return ["g" if isinstance(value, np.generic) else "a", len(self.arrays) - 1]


def type_name(value: Any) -> str:
    """A short printable name for the type of `value`."""
    name = getattr(type(value), "__name__", "object")
    return str(name)[:60] if isinstance(name, str) else "object"


def plain_text(text: Any, cap: int | None = None) -> str:
    """At most `cap` characters of what the peer sent as a text: without the lone surrogates that no file can hold, and
    empty when it is not a text (`str` of a deeply nested list would end in a RecursionError)."""
    return text[:cap].encode("utf-8", "replace").decode() if isinstance(text, str) else ""


class Decoder:
    """Rebuilds the values of one message from nodes; strict, and bounded in depth and number. `ask(id, args)` is how a
    function of the grader's is called; without it no function is accepted. `handles` counts those that were met."""

    def __init__(
        self, arrays: Sequence[np.ndarray[Any, Any]], ask: Callable[[int, tuple[Any, ...]], Any] | None = None
    ) -> None:
        self.arrays = arrays
        self.ask = ask
        self.handles = 0
        self._nodes = 0
        self._taken: set[int] = set()

    def begin(self) -> None:
        """Begin the next of several answers in one frame: what containers may hold is counted anew."""
        self._nodes = 0

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of `node`; WireError if it is not one."""
        if depth > DEPTH_CAP + 2:
            raise WireError("a value is nested too deeply")
        # The kinds that most of a message consists of are recognised without patterns, which take twice as long.
        kind = node[0] if type(node) is list and len(node) == 2 else None
        if kind == "a" and isinstance(node[1], int):  # a bool too: `_array` says what is wrong with it
            return self._array(node[1])
        if kind in ("t", "l", "d") and type(node[1]) is list:
            return self._container(kind, node[1], depth + 1)
        if kind == "f" and type(node[1]) is str and len(node[1]) <= 40:
            return _number(float.fromhex, node[1])
        if kind == "i" and type(node[1]) is str and len(node[1]) <= 20:
            return _number(_int64, node[1])
        return self._simple(node)

    def _container(self, kind: str, items: list[Any], depth: int) -> Any:
        self._nodes += len(items)
        if self._nodes > NODE_CAP:
            raise WireError("too many values")
        if kind == "d":
            return dict(self._pair(pair, depth) for pair in items)
        values = [self.value(item, depth) for item in items]
        return tuple(values) if kind == "t" else values

    def _simple(self, node: Any) -> Any:
        match node:
            case ["n"]:
                return None
            case ["b", bool(flag)]:
                return flag
            case ["s", str(text)]:
                return plain_text(text)
            case ["g", int(index)]:
                array = self._array(index)
                if array.shape != ():
                    raise WireError("a scalar that has a shape")
                return array[()]
            case ["h", int(number), str(name)] if not isinstance(number, bool) and 0 <= number < 2**31:
                self.handles += 1
                return Handle(number, plain_text(name, 60))
            case ["o", str(name)]:
                return Opaque(plain_text(name, 120))
        return self._grader_made(node)

    def _grader_made(self, node: Any) -> Any:
        match node:
            case ["k", int(number)] if self.ask is not None:
                ask = self.ask
                return lambda *args: ask(number, args)
            case ["r", int(seed)] if self.ask is not None and type(seed) is int and seed >= 0:
                return np.random.default_rng(seed)
            case ["e", int(call), int(output)] if self.ask is not None:
                return Earlier(call, output)
        raise WireError("a value of an unknown kind")

    def _array(self, index: int) -> np.ndarray[Any, Any]:
        if isinstance(index, bool) or not 0 <= index < len(self.arrays):
            raise WireError("a value points to an array that was not sent")
        if index in self._taken:
            raise WireError("one array for two values")
        self._taken.add(index)
        return self.arrays[index]

    def _pair(self, pair: Any, depth: int) -> tuple[str, Any]:
        match pair:
            case [str(key), node]:
                return plain_text(key), self.value(node, depth)
        raise WireError("a dict with a key that is not a string")


def _int64(digits: str) -> int:
    if abs(number := int(digits)) >= 2**63:
        raise OverflowError
    return number


def _number(convert: Any, digits: str) -> Any:
    try:
        return convert(digits)
    except (ValueError, OverflowError):
        raise WireError("a number that cannot be read") from None


# ── frames ─────────────────────────────────────────────────────────────────────────────────────


def pack(header: dict[str, Any], arrays: Sequence[np.ndarray[Any, Any]], mark_cap: float = math.inf) -> bytes:
    """One frame: `header` with the table of `arrays`, then their bytes."""
    table = [[array.dtype.str, list(array.shape)] for array in arrays]
    head = _json({**header, "arrays": table}).encode()
    if len(head) > HEADER_CAP or marks(head) > mark_cap:
        raise WireError("a message with too long a header")
    body = b"".join([array.tobytes() for array in arrays])
    return PREFIX.pack(MAGIC, len(head), len(body)) + head + body


def unpack_prefix(prefix: bytes | bytearray, body_cap: int) -> tuple[int, int]:
    """Lengths of header and body; WireError when the frame is not ours or over a cap."""
    magic, head, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise WireError("bytes that are not a message")
    if head > HEADER_CAP or body > body_cap:
        raise WireError(f"a message of {head + body} bytes; the limit is {body_cap}")
    return head, body


def unpack(head: bytes | bytearray, body: bytes | bytearray) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Header and arrays of a frame. Each array owns its memory and may be written."""
    try:
        header = json.loads(head.decode())
    except (ValueError, RecursionError, MemoryError):
        raise WireError("a header that is not JSON") from None
    if not isinstance(header, dict) or not isinstance(header.get("arrays"), list):
        raise WireError("a header without an array table")
    arrays, offset = [], 0
    for entry in header.pop("arrays"):
        dtype, shape, size = _layout(entry)
        if offset + size > len(body):
            raise WireError("an array longer than the message")
        flat = np.frombuffer(body, dtype, count=size // dtype.itemsize, offset=offset)
        arrays.append(flat.reshape(shape).copy())
        offset += size
    if offset != len(body):
        raise WireError("a message longer than its arrays")
    return header, arrays


def _layout(entry: Any) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    match entry:
        case [str(name), list(dims)] if name in DTYPES and len(dims) <= 32:
            # NumPy multiplies what is left of a shape without its zeros, and refuses it when that overflows
            size = bound = DTYPES[name].itemsize
            for dim in dims:
                if type(dim) is not int or dim < 0:
                    break
                size, bound = size * dim, bound * (dim or 1)
            else:
                if bound < 2**43:
                    return DTYPES[name], tuple(dims), size
    raise WireError("an array with a dtype or shape that cannot be read")


# ── sockets ────────────────────────────────────────────────────────────────────────────────────


def send(sock: socket.socket, frame: bytes, deadline: float) -> None:
    """Send all of `frame` before `deadline` (time.monotonic), however slowly the peer reads."""
    view = memoryview(frame)
    while view:
        try:
            view = view[sock.send(view, _flags(deadline)) :]
        except BlockingIOError:
            _wait(sock, select.POLLOUT, deadline)
        except OSError:
            raise WireClosed("the worker hung up") from None


def receive(
    sock: socket.socket,
    deadline: float,
    body_cap: int,
    watch: Callable[[], None] | None = None,
    admit: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """The next frame, complete before `deadline`: dripping bytes does not move it. While it waits, `watch` is called
    every now and then and may raise. `admit` is for answers: it is told the lengths of header and body before they are
    taken and may raise, and the header's JSON must be that of an answer in size."""
    if deadline != math.inf:
        _wait(sock, select.POLLIN, deadline, watch)
    head, body = unpack_prefix(_exactly(sock, PREFIX.size, deadline, watch), body_cap)
    if admit:
        admit(head, body)
    if head + body <= WHOLE_FRAME:
        rest = _exactly(sock, head + body, deadline, watch)
        header, rest = rest[:head], rest[head:]
    else:
        header, rest = _exactly(sock, head, deadline, watch), None
    if admit and marks(header) > MARK_CAP:
        raise WireError("too many values")
    return unpack(header, _exactly(sock, body, deadline, watch) if rest is None else rest)


def marks(head: bytes | bytearray) -> int:
    """At most so many values are in the JSON text `head`: counted without parsing it, which could take fifty times its
    bytes."""
    return head.count(b"[") + head.count(b"{") + head.count(b",")


def _exactly(sock: socket.socket, count: int, deadline: float, watch: Callable[[], None] | None) -> bytearray:
    data = bytearray(count)
    rest = memoryview(data)
    flags = _flags(deadline)
    while rest:
        try:
            taken = sock.recv_into(rest[: 2**20], 0, flags)
        except BlockingIOError:
            _wait(sock, select.POLLIN, deadline, watch)
            continue
        except OSError:
            raise WireClosed("the worker hung up") from None
        if not taken:
            raise WireClosed("the worker hung up")
        rest = rest[taken:]
        if rest and time.monotonic() > deadline:
            raise WireTimeout("no answer in time")
    return data


def _flags(deadline: float) -> int:
    """The worker's socket blocks, and its filter allows no flags; the grader's waits in `_wait` alone."""
    return 0 if deadline == math.inf else socket.MSG_DONTWAIT


def _wait(sock: socket.socket, event: int, deadline: float, watch: Callable[[], None] | None = None) -> None:
    """Wait until `sock` is ready for `event`; WireTimeout at `deadline`."""
    poll = select.poll()
    poll.register(sock, event)
    while (left := deadline - time.monotonic()) > 0:
        if poll.poll(math.ceil(1000 * (min(left, WATCH_SECONDS) if watch else left))):
            return
        if watch:
            watch()
    raise WireTimeout("no answer in time" if event == select.POLLIN else "the worker did not read its message in time")
