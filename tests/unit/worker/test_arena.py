"""The layout of the shared memory: nothing overlaps, and both sides read the same."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.worker.arena import ALIGNMENT, HEADER_BYTES, Layout, Slot, plan, read

SHAPES = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.tuples(st.sampled_from(["<f4", "<f8", "<i8", "|u1"]), st.lists(st.integers(0, 5), max_size=4).map(tuple)),
    max_size=4,
)
OPTIONS = st.dictionaries(st.text("pqrs", min_size=1, max_size=4), st.integers(-(2**31), 2**31), max_size=3)


def ends(slot: Slot) -> int:
    return slot.offset + math.prod(slot.shape) * np.dtype(slot.dtype).itemsize


@given(inputs=SHAPES, outputs=SHAPES.filter(bool), options=OPTIONS)
def test_no_two_arrays_overlap_and_all_are_aligned(inputs, outputs, options):
    layout = plan(inputs, outputs, options)
    slots = [*layout.inputs, *layout.outputs]
    assert [(slot.name, slot.dtype, slot.shape) for slot in slots] == [
        (name, *kind) for name, kind in [*inputs.items(), *outputs.items()]
    ]
    for one, other in itertools.pairwise(slots):
        assert ends(one) <= other.offset
    for slot in slots:
        assert slot.offset >= HEADER_BYTES
        assert slot.offset % ALIGNMENT == 0
        assert ends(slot) <= layout.size


@given(inputs=SHAPES, outputs=SHAPES.filter(bool), options=OPTIONS)
def test_what_is_written_is_read(inputs, outputs, options):
    layout = plan(inputs, outputs, options)
    memory = bytearray(layout.size + HEADER_BYTES)
    layout.write(memory)
    assert read(memory) == layout


@given(inputs=SHAPES, outputs=SHAPES.filter(bool), seed=st.integers(0, 99))
def test_what_one_array_holds_the_others_do_not_touch(inputs, outputs, seed):
    layout = plan(inputs, outputs, {})
    memory, rng = bytearray(layout.size), np.random.default_rng(seed)
    written = {}
    for side, slots in enumerate((layout.inputs, layout.outputs)):
        for slot in slots:
            written[side, slot.name] = rng.integers(0, 100, slot.shape).astype(slot.dtype)
            slot.view(memory)[...] = written[side, slot.name]
    for side, slots in enumerate((layout.inputs, layout.outputs)):
        for slot in slots:
            np.testing.assert_array_equal(slot.view(memory), written[side, slot.name])


def test_a_shorter_layout_replaces_a_longer_one():
    memory = bytearray(2**16)
    plan({"a_long_name": ("<f4", (3, 4))}, {"out": ("<f4", (5,))}, {"stride": 2}).write(memory)
    shorter = plan({}, {"y": ("<f4", (1,))}, {})
    shorter.write(memory)
    assert read(memory) == shorter


def test_a_layout_too_long_for_the_header_is_refused():
    many = {f"input_{number:03}": ("<f4", (1, 2, 3)) for number in range(200)}
    with pytest.raises(ValueError, match="a layout too long for the header"):
        plan(many, {"out": ("<f4", (1,))}, {}).write(bytearray(2**20))


def test_a_view_beyond_the_memory_is_an_error():
    layout = Layout((), (Slot("out", "<f4", (10,), HEADER_BYTES),), {})
    with pytest.raises(ValueError):
        layout.outputs[0].view(bytearray(HEADER_BYTES + 8))
