"""The worker's parent: what it starts with must exist."""

from __future__ import annotations

import importlib
import socket

import pytest

from autograder.worker.control import Control
from autograder.worker.main import WARM, WARM_IN


@pytest.mark.parametrize("name", [*WARM, *(part for parts in WARM_IN.values() for part in parts)])
def test_what_is_warmed_up_can_be_imported(name):
    assert importlib.import_module(name)


def test_control_messages_arrive_whole_with_their_descriptors():
    left, right = socket.socketpair()
    with left, right:
        Control(left).send({"op": "x", "text": "é" * 10_000})
        message, descriptors = Control(right).receive()
        assert (message["text"][-1], descriptors) == ("é", [])
        left.close()
        with pytest.raises(EOFError):
            Control(right).receive()
