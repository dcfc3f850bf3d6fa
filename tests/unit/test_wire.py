"""Both ends of the wire: what goes in comes out, and nothing that comes in does harm."""

from __future__ import annotations

import itertools
import json
import math
import socket
import struct
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import wire

CAP = 2**20
plainly = settings(deadline=None, database=None, derandomize=True, max_examples=60)


def frame_of(value, callbacks=None):
    encoder = wire.Encoder(callbacks)
    return wire.pack({"value": encoder.node(value)}, encoder.arrays)


def read(frame: bytes, ask=None):
    head, body = wire.unpack_prefix(frame[: wire.PREFIX.size], CAP)
    start = wire.PREFIX.size
    if len(frame) != start + head + body:
        raise wire.WireError("cut off")
    header, arrays = wire.unpack(frame[start : start + head], frame[start + head :])
    return wire.Decoder(arrays, ask).value(header.get("value"))


def over(value):
    return read(frame_of(value))


# ── what goes in comes out ─────────────────────────────────────────────────────────────────────

plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]))
)
nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text("abé", max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@plainly
@given(nested)
def test_nested_values_arrive_with_their_types(value):
    assert repr(over(value)) == repr(value)  # repr: NaN equals itself, 1 differs from True and 1.0, -0.0 from 0.0


arrays = st.sampled_from(sorted(wire.DTYPES)).flatmap(
    lambda name: hnp.arrays(wire.DTYPES[name], hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
)


@plainly
@given(arrays, st.sampled_from(["C", "F", "reversed", "every other", "transposed"]))
def test_arrays_of_every_dtype_and_layout_arrive_bit_for_bit(array, layout):
    match layout:
        case "F":
            array = np.asfortranarray(array)
        case "reversed" if array.ndim:
            array = array[::-1]
        case "every other" if array.ndim:
            array = array[..., ::2]
        case "transposed":
            array = array.T
    got = over(array)
    assert (got.dtype, got.shape) == (array.dtype, array.shape)
    assert got.tobytes() == array.tobytes()
    assert got.flags.c_contiguous
    assert got.flags.writeable
    assert got.base is None or got.base.nbytes == got.nbytes, "it must own its memory, not share the message's"


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1, 1)])
def test_empty_and_zero_dimensional_arrays_keep_their_shape(shape):
    assert over(np.zeros(shape)).shape == shape


def test_a_big_endian_array_arrives_with_the_same_numbers():
    got = over(np.arange(5, dtype=">f8"))
    assert got.dtype == np.dtype("<f8")
    assert got.tolist() == [0, 1, 2, 3, 4]


def test_a_numpy_scalar_stays_one():
    got = over(np.float32(1.5))
    assert type(got) is np.float32
    assert got == 1.5


@pytest.mark.parametrize("word", [np.array(["saddle", "maximum"])[0], np.where(True, "saddle", "maximum")])
def test_a_word_of_numpys_arrives_as_text(word):
    arrived = over(word)
    assert type(arrived) is str
    assert arrived == "saddle"


def test_long_doubles_arrive_as_float64():
    got = over(np.ones(2, np.longdouble))
    assert got.dtype == np.float64


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (object(), "object"),
        (np.zeros(2).view(np.recarray), "recarray"),
        (np.ma.masked_array([1.0]), "MaskedArray"),
        (np.array([None]), "array of dtype object"),
        (np.array(["a"]), "array of dtype <U1"),
        (2**63, "int beyond 64 bits"),
        ({1: 2}, "dict"),
        (len, "builtin_function_or_method"),
        ({1, 2}, "set"),
    ],
)
def test_what_cannot_travel_arrives_as_the_name_of_its_type(value, name):
    assert over(value) == wire.Opaque(name)


def test_a_value_that_contains_itself_ends():
    endless: list = []
    endless.append(endless)
    value = over(endless)
    for _ in range(wire.DEPTH_CAP):
        (value,) = value
    assert value == [wire.Opaque("something nested too deeply")]


def test_a_value_of_too_many_parts_is_cut():
    assert over([None] * (wire.NODE_CAP + 5)) == wire.Opaque(f"list of {wire.NODE_CAP + 5} items")
    assert over(([1.0] * (wire.NODE_CAP // 2), 2)) == ([1.0] * (wire.NODE_CAP // 2), 2)


def test_handles_travel_both_ways():
    assert over((wire.Handle(3, "tuple"),)) == (wire.Handle(3, "tuple"),)


def test_functions_travel_only_where_they_are_collected():
    collected: list = []
    frame = frame_of([math.sin], collected)
    assert collected == [math.sin]
    asked = []
    (function,) = read(frame, ask=lambda number, args: asked.append((number, args)) or 7)
    assert function(1.0, 2) == 7
    assert asked == [(0, (1.0, 2))]
    with pytest.raises(wire.WireError, match="a value of an unknown kind"):
        read(frame)


def test_a_generator_arrives_as_the_list_of_what_it_yields():
    order = np.arange(5)
    batches = over(order[i : i + 2] for i in range(0, 5, 2))
    assert [batch.tolist() for batch in batches] == [[0, 1], [2, 3], [4]]
    assert over((1, map(float, [2]), iter(()))) == (1, [2.0], [])


def test_a_buffer_that_a_generator_fills_again_arrives_as_it_was():
    def refilled():
        buffer = np.zeros(2)
        for i in range(3):
            buffer[:] = i
            yield buffer

    assert [item.tolist() for item in over(refilled())] == [[0, 0], [1, 1], [2, 2]]


def test_an_endless_generator_is_cut():
    assert over(itertools.count()) == list(range(wire.DRAIN_CAP))


def test_an_rng_arrives_as_a_fresh_generator():
    frame = frame_of((wire.Rng(7), wire.Rng(7)), callbacks=[])
    first, second = read(frame, ask=lambda number, args: None)
    expected = np.random.default_rng(7).standard_normal(3).tolist()
    assert type(first) is np.random.Generator
    assert first.standard_normal(3).tolist() == second.standard_normal(3).tolist() == expected


def test_an_rng_travels_to_the_worker_alone():
    assert over(wire.Rng(7)) == wire.Opaque("Rng")
    with pytest.raises(wire.WireError, match=r"^a value of an unknown kind$"):
        read(frame_of(wire.Rng(7), callbacks=[]))


@pytest.mark.parametrize("seed", [-1, True, 1.5, "7", None, [7]])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(wire.WireError, match=r"^a value of an unknown kind$"):
        wire.Decoder([], ask=lambda number, args: None).value(["r", seed])


# ── what comes in does no harm ─────────────────────────────────────────────────────────────────


def harmless(frame: bytes) -> None:
    """Reading `frame` gives a value or a WireError, nothing else."""
    try:
        read(frame)
    except wire.WireError:
        pass
    except struct.error:
        assert len(frame) < wire.PREFIX.size


@plainly
@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_wire_errors(data):
    harmless(data)
    harmless(wire.PREFIX.pack(wire.MAGIC, len(data), 0) + data)
    harmless(wire.PREFIX.pack(wire.MAGIC, 0, len(data)) + data)


VALID = frame_of({"x": (np.arange(6.0).reshape(2, 3), 1.5, "text"), "y": [True, None, 12]})


@settings(plainly, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_mutated_frames_raise_nothing_but_wire_errors(changes):
    frame = bytearray(VALID)
    for position, byte in changes:
        frame[position] = byte
    harmless(bytes(frame))


@plainly
@given(st.integers(0, len(VALID)))
def test_cut_frames_raise_nothing_but_wire_errors(length):
    harmless(VALID[:length])


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from("nbifsagtldhok"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=10,
)


@settings(plainly, max_examples=300)
@given(anything, anything)
def test_any_json_in_the_place_of_a_value_or_a_table_raises_nothing_but_wire_errors(value, table):
    for header in (
        {"value": value, "arrays": []},
        {"value": ["a", 0], "arrays": table},
        {"value": value, "arrays": table},
    ):
        head = json.dumps(header).encode()
        harmless(wire.PREFIX.pack(wire.MAGIC, len(head), 0) + head)


ENTRIES = [
    (["<f8", [-1]], "an array with a dtype or shape that cannot be read"),
    (["<f8", [True]], "an array with a dtype or shape that cannot be read"),
    (["<f8", [2**40]], "an array with a dtype or shape that cannot be read"),
    (["<f8", [1] * 33], "an array with a dtype or shape that cannot be read"),
    (["<f8", [2.0]], "an array with a dtype or shape that cannot be read"),
    (["|O", [1]], "an array with a dtype or shape that cannot be read"),
    (["<M8[s]", [1]], "an array with a dtype or shape that cannot be read"),
    (["<f8", [0, 2**39, 2**39]], "an array with a dtype or shape that cannot be read"),
    (["<f8", [2]], "an array longer than the message"),
    (["|u1", [7]], "a message longer than its arrays"),
    "<f8",
    None,
]


@pytest.mark.parametrize("row", ENTRIES, ids=str)
def test_a_table_that_lies_is_refused(row):
    entry, message = row if isinstance(row, tuple) else (row, "an array with a dtype or shape that cannot be read")
    with pytest.raises(wire.WireError, match=f"^{message}$"):
        wire.unpack(json.dumps({"arrays": [entry]}).encode(), bytes(8))


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (["a", 1], "a value points to an array that was not sent"),
        (["a", -1], "a value points to an array that was not sent"),
        (["a", True], "a value points to an array that was not sent"),
        (["g", 0], "a scalar that has a shape"),
        (["i", "1" * 21], "a value of an unknown kind"),
        (["i", "x"], "a number that cannot be read"),
        (["f", "0x1p+99999"], "a number that cannot be read"),
        (["d", [[1, ["n"]]]], "a dict with a key that is not a string"),
        (["h", True, "x"], "a value of an unknown kind"),
        (["k", 0], "a value of an unknown kind"),
        (["zz"], "a value of an unknown kind"),
        ({}, "a value of an unknown kind"),
    ],
    ids=str,
)
def test_a_node_that_lies_is_refused(node, message):
    with pytest.raises(wire.WireError, match=f"^{message}$"):
        wire.Decoder([np.zeros(2)]).value(node)


def test_a_node_nested_too_deeply_is_refused():
    node: list = ["n"]
    for _ in range(wire.DEPTH_CAP + 3):
        node = ["l", [node]]
    with pytest.raises(wire.WireError, match=r"^a value is nested too deeply$"):
        wire.Decoder([]).value(node)


def test_a_value_of_too_many_nodes_is_refused():
    with pytest.raises(wire.WireError, match=r"^too many values$"):
        wire.Decoder([]).value(["l", [["n"]] * (wire.NODE_CAP + 1)])


def test_values_are_counted_over_a_whole_message():
    """By both sides alike: what is written can be read, and what does not fit is a value that cannot travel."""
    encoder = wire.Encoder()
    half = [1.0] * (wire.NODE_CAP // 2)
    nodes = [encoder.node(value) for value in (half, half, [1.0], (), 2.0)]
    assert nodes[2] == ["o", "list of 1 items"]
    decoder = wire.Decoder([])
    assert [decoder.value(node) for node in nodes] == [half, half, wire.Opaque("list of 1 items"), (), 2.0]
    with pytest.raises(wire.WireError, match=r"^too many values$"):
        decoder.value(["l", [["n"]]])


def test_the_longest_value_that_can_travel_is_admitted_as_an_answer():
    encoder = wire.Encoder()
    node = encoder.node({f"key {i}": np.float64(i) for i in range(wire.NODE_CAP)})
    frame = wire.pack({"seq": 1, "value": node}, encoder.arrays, wire.MARK_CAP)
    assert wire.marks(frame) <= wire.MARK_CAP
    with pytest.raises(wire.WireError, match=r"^a message with too long a header$"):
        wire.pack({"text": "," * (wire.MARK_CAP + 1)}, [], wire.MARK_CAP)


def test_an_array_is_one_values():
    """Sixty thousand values that are all the one large array of a message would cost its receiver hours."""
    decoder = wire.Decoder([np.zeros(2), np.zeros(2)])
    assert len(decoder.value(["l", [["a", 0], ["a", 1]]])) == 2
    with pytest.raises(wire.WireError, match=r"^one array for two values$"):
        decoder.value(["a", 0])


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"\xff", "a header that is not JSON"),
        (b"[" * 100_000, "a header that is not JSON"),
        (b"9" * 10_000, "a header that is not JSON"),
        (b"[]", "a header without an array table"),
        (b"{}", "a header without an array table"),
        (b'{"arrays": {}}', "a header without an array table"),
    ],
    ids=["not UTF-8", "deep", "long number", "list", "no table", "dict for a table"],
)
def test_a_header_that_is_none_is_refused(head, message):
    with pytest.raises(wire.WireError, match=f"^{message}$"):
        wire.unpack(head, b"")


@pytest.mark.parametrize(("head", "body"), [(wire.HEADER_CAP + 1, 0), (10, CAP + 1), (10, 2**63), (2**32 - 1, 0)])
def test_lengths_over_a_cap_are_refused_before_memory_is_taken(head, body):
    left, right = socket.socketpair()
    with left, right:
        left.sendall(wire.PREFIX.pack(wire.MAGIC, head, body))
        tracemalloc.start()
        with pytest.raises(wire.WireError, match=f"^a message of {head + body} bytes; the limit is {CAP}$"):
            wire.receive(right, time.monotonic() + 5, CAP)
        assert tracemalloc.get_traced_memory()[1] < 2**17
        tracemalloc.stop()


def test_bytes_that_are_no_message_are_refused():
    with pytest.raises(wire.WireError, match=r"^bytes that are not a message$"):
        wire.unpack_prefix(b"x" * wire.PREFIX.size, CAP)


def test_too_long_a_header_is_not_sent():
    with pytest.raises(wire.WireError, match=r"^a message with too long a header$"):
        wire.pack({"text": "x" * wire.HEADER_CAP}, [])


# ── deadlines ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def test_a_frame_crosses_a_socket(pair):
    left, right = pair
    wire.send(left, VALID, time.monotonic() + 5)
    header, received = wire.receive(right, time.monotonic() + 5, CAP)
    assert wire.Decoder(received).value(header["value"])["y"] == [True, None, 12]


def test_dripping_bytes_does_not_move_the_deadline(pair):
    left, right = pair
    stop = threading.Event()

    def drip():
        for byte in VALID:
            if stop.wait(0.01):
                return
            left.send(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    try:
        with pytest.raises(wire.WireTimeout, match=r"^no answer in time$"):
            wire.receive(right, started + 0.15, CAP)
        assert time.monotonic() - started < len(VALID) * 0.01
    finally:
        stop.set()
        thread.join()


def test_a_deadline_in_the_past_is_a_timeout_even_when_bytes_wait(pair):
    left, right = pair
    left.sendall(VALID)
    with pytest.raises(wire.WireTimeout, match=r"^no answer in time$"):
        wire.receive(right, time.monotonic() - 1, CAP)


def test_a_peer_that_does_not_read_is_a_timeout(pair):
    left, _ = pair
    with pytest.raises(wire.WireTimeout, match=r"^(the worker did not read its message in time|no answer in time)$"):
        wire.send(left, bytes(2**24), time.monotonic() + 0.1)


def test_a_peer_that_hangs_up_is_said_to(pair):
    left, right = pair
    left.sendall(VALID[:20])
    left.close()
    with pytest.raises(wire.WireClosed, match=r"^the worker hung up$"):
        wire.receive(right, time.monotonic() + 5, CAP)
    with pytest.raises(wire.WireClosed, match=r"^the worker hung up$"):
        wire.send(right, VALID, time.monotonic() + 5)
