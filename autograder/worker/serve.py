"""One fork of the worker: loads the submission, then answers calls until the grader hangs up."""

from __future__ import annotations

import functools
import math
import socket
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder import wire
from autograder.wire import WHOLE
from autograder.worker import models, torch_calls
from autograder.worker.faults import describe_error
from autograder.worker.precision import Converted
from autograder.worker.program import Program
from autograder.worker.scan import forbidden_uses
from autograder.worker.timed import Launcher

FAILURE_CAP = 200  # of statements at the top level; further ones fail again in every fork


class Caller:
    """Calls functions by name with values off the wire, and keeps what must not travel."""

    def __init__(
        self,
        lookup: Callable[[str], Callable[..., Any] | None],
        ask: Callable[[int, tuple[Any, ...]], Any],
        explain: Callable[[BaseException], dict[str, Any]] = describe_error,
        converted: Converted | None = None,
    ) -> None:
        self.lookup = lookup
        self.ask = ask
        self.explain = explain
        self.converted = converted or Converted()
        self.kept: list[Any] = []
        self._returned: list[Any] = []  # by the calls of this message

    def outcomes(
        self,
        calls: Sequence[dict[str, Any]],
        arrays: Sequence[np.ndarray[Any, Any]],
        encoder: wire.Encoder,
        more: bool = False,
    ) -> list[list[Any]]:
        """One outcome for each call: `["value", node]`, `["missing"]`, `["raised", fault]`, or `["unasked"]` where it
        takes what an earlier call has not returned. Where `more` is asked before the answers are sent, they are
        as they stand now."""
        decoder = wire.Decoder(arrays, self.ask)
        encoder.begin()
        self._returned = []
        found = []
        walk = any(node[0] == "e" for call in calls for node in call["args"])
        first = len(encoder.arrays)
        for call in calls:
            before = len(encoder.arrays)
            found.append(self._call(call, decoder, encoder))
            if walk:  # as in a walk of a message for each step: a later one may write into what this one returned
                encoder.arrays[before:] = [array.copy() for array in encoder.arrays[before:]]
        if more:
            encoder.arrays[first:] = [array.copy() for array in encoder.arrays[first:]]
        return found

    def _call(self, call: dict[str, Any], decoder: wire.Decoder, encoder: wire.Encoder) -> list[Any]:
        function = self.lookup(call["function"])
        self._returned.append(None)
        if function is None:
            return ["missing"]
        sent = [decoder.value(node) for node in call["args"]]
        try:
            args = [self._kept(value) for value in sent]
            kwargs = {name: self._kept(decoder.value(node)) for name, node in call["kwargs"].items()}
        except LookupError:
            return ["unasked"]
        self.converted.given = (*args, *kwargs.values())
        try:
            adapter = call.get("adapter")
            if adapter:
                function = _adapted(adapter, function)
            self._returned[-1] = function(*args, **kwargs)
            value = self._keep(self._returned[-1], call["keep"])
            return ["value", encoder.node(sent if call["echo"] else models.arrays(value) if adapter else value)]
        except NotImplementedError:
            return ["missing"]
        except KeyboardInterrupt:
            raise  # in a notebook it is the student at the keyboard
        except BaseException as error:
            return ["raised", self.explain(error)]

    def _kept(self, value: Any) -> Any:
        if isinstance(value, wire.Earlier):
            returned = self._returned[value.call]
            if not isinstance(returned, tuple | list):
                raise LookupError
            return returned[value.output]
        return self.kept[value.id] if isinstance(value, wire.Handle) else value

    def _keep(self, value: Any, positions: Sequence[int]) -> Any:
        """`value` with the outputs at `positions` replaced by handles, if it is a tuple that has them."""
        if positions == [WHOLE]:
            self.kept.append(value)
            return wire.Handle(len(self.kept) - 1, wire.type_name(value))
        if not positions or not isinstance(value, tuple | list) or len(value) <= max(positions):
            return value
        outputs = list(value)
        for position in positions:
            self.kept.append(outputs[position])
            outputs[position] = wire.Handle(len(self.kept) - 1, wire.type_name(outputs[position]))
        return tuple(outputs)


def _adapted(adapter: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which is PyTorch code, as something that takes and gives arrays."""
    return functools.partial(torch_calls.call, adapter, function)


class Server:
    """Answers requests on one socket. Each reply carries the number of its request."""

    def __init__(self, sock: socket.socket, body_cap: int, memory: int | None = None) -> None:
        self.sock = sock
        self.body_cap = body_cap
        self.memory = memory
        self.program = Program()
        self.caller = Caller(self.program.function, self._ask, self.program.explain, self.program.converted)
        self.seq = 0

    def run(self) -> None:
        """Say that the worker stands, then serve until the peer closes the socket."""
        self._send({"kind": "ready"}, wire.Encoder())
        while True:
            try:
                request, arrays = wire.receive(self.sock, math.inf, self.body_cap)
            except wire.WireClosed:
                return
            self.seq = request["seq"]
            encoder = wire.Encoder()
            self._send(self._answer(request, arrays, encoder), encoder)

    def _send(self, reply: dict[str, Any], encoder: wire.Encoder) -> None:
        try:
            frame = wire.pack({"seq": self.seq, **reply}, encoder.arrays, wire.MARK_CAP)
        except (wire.WireError, MemoryError) as error:
            frame = wire.pack({"seq": self.seq, "kind": "unsendable", "text": str(error)[:200]}, [])
        wire.send(self.sock, frame, math.inf)

    def _ask(self, number: int, args: tuple[Any, ...]) -> Any:
        """The value of a function that lives with the grader."""
        encoder = wire.Encoder()
        self._send({"kind": "ask", "callback": number, "args": [encoder.node(value) for value in args]}, encoder)
        reply, arrays = wire.receive(self.sock, math.inf, self.body_cap)
        if "error" in reply:
            raise ValueError(reply["error"])
        return wire.Decoder(arrays).value(reply["value"])

    def _answer(
        self, request: dict[str, Any], arrays: Sequence[np.ndarray[Any, Any]], encoder: wire.Encoder
    ) -> dict[str, Any]:
        match request["op"]:
            case "scan":
                return {"kind": "scan", "forbidden": forbidden_uses(request["cells"], request["forbid"])}
            case "load":
                return {"kind": "loaded", **self._load(request)}
            case "calls":
                return {"kind": "outcomes", "outcomes": self.caller.outcomes(request["calls"], arrays, encoder)}
            case "ahead":
                answers = [self.caller.outcomes(calls, arrays, encoder, more=True) for calls in request["questions"]]
                return {"kind": "ahead", "answers": answers}
            case "launch" | "race" if self.memory is not None:
                launcher = Launcher(self.sock, self.memory, self.program.function, self.program.explain)
                return {"kind": "launched", "fault": launcher.serve(request)}
        raise wire.WireError(f"unknown request {request['op']}")

    def _load(self, request: dict[str, Any]) -> dict[str, Any]:
        names, program = request["names"], self.program
        options = {name: request[name] for name in ("skip", "budget", "total", "double", "forbid", "elsewhere")}
        failed = program.load(request["cells"], entry_points=names, **options)
        return {
            "failed": failed[:FAILURE_CAP],
            "defined": [name for name in names if program.function(name)],
            "faults": program.faults(names),
            "shown": program.gate.shown,
        }
