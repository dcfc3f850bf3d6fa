"""The student's side of timed code, driven by a grader that is a few bytes."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from autograder.worker.arena import Layout, plan
from autograder.worker.timed import ACKNOWLEDGED, COMMITTED, DONE, END, GO, RAISED, Launcher

SIZE = 2**16
PRODUCT = {"op": "launch", "tensors": False, "steps": [["product", ["a", "b"], ["out"], False]]}
RACE = {"op": "race", "tensors": False, "function": "train"}


@dataclass
class Grader:
    """The other end of the socket, and the memory as the worker sees it."""

    sock: socket.socket
    launcher: Launcher
    layout: Layout | None = None
    answers: list[Any] = field(default_factory=list)

    def show(self, inputs: dict[str, Any], outputs: dict[str, tuple[int, ...]], **options: int) -> None:
        shapes = {name: (value.dtype.str, value.shape) for name, value in inputs.items()}
        self.layout = plan(shapes, {name: ("<f4", shape) for name, shape in outputs.items()}, options)
        for slot in self.layout.inputs:
            slot.view(self.launcher.memory)[...] = inputs[slot.name]
        for slot in self.layout.outputs:
            slot.view(self.launcher.memory)[...] = np.nan
        self.layout.write(self.launcher.memory)

    def says(self, byte: bytes) -> bytes:
        self.sock.sendall(byte)
        return self.sock.recv(1)

    def output(self, name: str) -> np.ndarray:
        (slot,) = (slot for slot in self.layout.outputs if slot.name == name)
        return slot.view(self.launcher.memory).copy()


@pytest.fixture
def serving() -> Callable[..., Any]:
    """Serves a request with some functions in a thread; `answers` holds what `serve` returned once it has ended."""

    @contextmanager
    def start(request: dict[str, Any], **functions: Callable[..., Any]) -> Iterator[Grader]:
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as file, ours, theirs:
            os.ftruncate(file.fileno(), SIZE)
            grader = Grader(ours, Launcher(theirs, os.dup(file.fileno()), functions.get))
            ours.settimeout(20)
            thread = threading.Thread(target=lambda: grader.answers.append(grader.launcher.serve(request)))
            thread.start()
            yield grader
            ours.sendall(END)
            thread.join(20)
            assert not thread.is_alive()

    return start


A, B = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones((3, 4), np.float32)


def test_a_launch_reads_its_inputs_and_delivers_its_output(serving):
    with serving(PRODUCT, product=lambda a, b: a @ b) as grader:
        for factor in (1, 2):
            grader.show({"a": factor * A, "b": B}, {"out": (2, 4)})
            assert grader.says(GO) == DONE
            np.testing.assert_array_equal(grader.output("out"), factor * A @ B)
    assert grader.answers == [None]


def test_steps_hand_their_results_on_and_options_go_where_they_are_asked_for(serving):
    request = {
        "op": "launch",
        "tensors": False,
        "steps": [["forward", ["x"], ["y", "cache"], True], ["backward", ["y", "cache"], ["dx"], False]],
    }
    functions = {
        "forward": lambda x, factor: (factor * x, {"factor": factor}),
        "backward": lambda y, cache: y * cache["factor"],
    }
    with serving(request, **functions) as grader:
        grader.show({"x": A}, {"y": (2, 3), "dx": (2, 3)}, factor=3)
        assert grader.says(GO) == DONE
        np.testing.assert_array_equal(grader.output("y"), 3 * A)
        np.testing.assert_array_equal(grader.output("dx"), 9 * A)


@pytest.mark.parametrize(
    ("product", "error", "text"),
    [
        (lambda a, b: a @ a, "ValueError", None),
        (lambda a, b: np.float32(1), "ValueError", "out has shape (); it must be (2, 4)"),
        (lambda a, b: (a @ b)[:1], "ValueError", "out has shape (1, 4); it must be (2, 4)"),
        (lambda a, b: (a @ b) * 1j, "TypeError", None),
        (lambda a, b: os.nosuch, "AttributeError", None),
        (None, "NameError", "product is not defined"),
    ],
)
def test_what_the_code_raises_is_said_at_the_end(serving, product, error, text):
    with serving(PRODUCT, **({"product": product} if product else {})) as grader:
        grader.show({"a": A, "b": B}, {"out": (2, 4)})
        assert grader.says(GO) == RAISED
        assert np.isnan(grader.output("out")).all()
    (fault,) = grader.answers
    assert fault["error"] == error
    assert text is None or fault["text"] == text


def test_a_launch_after_one_that_raised_is_answered(serving):
    calls = []

    def product(a, b):
        calls.append(1)
        return a @ b if len(calls) > 1 else 1 / 0

    with serving(PRODUCT, product=product) as grader:
        grader.show({"a": A, "b": B}, {"out": (2, 4)})
        assert [grader.says(GO), grader.says(GO)] == [RAISED, DONE]
    assert grader.answers[0]["error"] == "ZeroDivisionError"


def test_even_an_exit_is_no_more_than_an_exception(serving):
    def product(a, b):
        raise SystemExit

    with serving(PRODUCT, product=product) as grader:
        grader.show({"a": A, "b": B}, {"out": (2, 4)})
        assert grader.says(GO) == RAISED


W = np.zeros((3, 2), np.float32)
DATA = {"images": A, "labels": np.array([0, 1]), "w": W}


def test_a_race_hands_over_as_often_as_it_is_acknowledged(serving):
    seen = []

    def train(params, images, labels, commit, rng):
        seen.extend([images.copy(), labels.copy(), rng.integers(10**9)])
        for step in (1, 2):
            params["w"] += step
            commit(params)

    with serving(RACE, train=train) as grader:
        grader.show(DATA, {"w": (3, 2)}, seed=7)
        assert grader.says(GO) == COMMITTED
        np.testing.assert_array_equal(grader.output("w"), W + 1)
        assert grader.says(ACKNOWLEDGED) == COMMITTED
        np.testing.assert_array_equal(grader.output("w"), W + 3)
        assert grader.says(ACKNOWLEDGED) == DONE
    np.testing.assert_array_equal(seen[0], A)
    np.testing.assert_array_equal(seen[1], [0, 1])
    assert seen[2] == np.random.default_rng(7).integers(10**9)


def test_a_race_starts_from_copies_of_the_weights(serving):
    def train(params, images, labels, commit, rng):
        params["w"][...] = 9

    with serving(RACE, train=train) as grader:
        grader.show(DATA, {"w": (3, 2)}, seed=7)
        assert grader.says(GO) == DONE
        (slot,) = (slot for slot in grader.layout.inputs if slot.name == "w")
        np.testing.assert_array_equal(slot.view(grader.launcher.memory), W)


def test_a_race_that_is_not_acknowledged_is_over(serving):
    after = []

    def train(params, images, labels, commit, rng):
        commit(params)
        after.append("went on")

    with serving(RACE, train=train) as grader:
        grader.show(DATA, {"w": (3, 2)}, seed=7)
        assert grader.says(GO) == COMMITTED
        assert grader.says(b"?") == RAISED
    assert after == []


@pytest.mark.parametrize(
    ("given", "error"),
    [({}, "KeyError"), ({"w": np.zeros((2, 3))}, "ValueError"), ({"w": np.zeros(2)}, "ValueError")],
)
def test_weights_that_are_not_those_of_the_network_are_refused_where_they_were_made(serving, given, error):
    with serving(RACE, train=lambda params, images, labels, commit, rng: commit(given)) as grader:
        grader.show(DATA, {"w": (3, 2)}, seed=7)
        assert grader.says(GO) == RAISED
    assert grader.answers[0]["error"] == error
