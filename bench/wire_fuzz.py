"""A worker that answers with valid frames of hostile structure: `python -m bench.wire_fuzz --minutes 5`.

The real grader's side (wire, program, checks, diagnosis) is asked to grade a peer that computes what the reference
computes and then bends the answer: other counts, other references, other shapes and dtypes, NaN and 1e308, forged
questions, half a frame. Whatever comes, each check must end as the student's verdict: nothing uncaught, no
GRADER_ERROR, and no check that takes the grader long or much memory.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import math
import resource
import socket
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from autograder import wire
from autograder.assignment.discover import Declared, assignment_folders, discover
from autograder.errors import SubmissionFault
from autograder.examine import Examiner
from autograder.model import Limits, Verdict
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.sandbox import Ending
from autograder.sandbox.sentences import failure_sentence, unmet
from autograder.worker.serve import Caller

LIMITS = Limits(wall_s=20.0, total_wall_s=math.inf, total_cpu_s=math.inf, reply_mb=2)
BENT = 0.3  # of all answers; the others are honest, or no check would come further than its first call
DTYPES = [*wire.DTYPES, "|O", "<f16", ">f8", "<U2", "", None, 7]
COUNTS = (0, 2, 100, 3_000, wire.NODE_CAP + 1)

Arrays = list[np.ndarray[Any, Any]]


@dataclass
class Tally:
    """What was sent, and what became of it."""

    messages: int = 0
    bent: int = 0
    checks: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    slowest: str = ""

    def took(self, check: str, cpu_s: float) -> None:
        """Note the grader's CPU seconds for `check`."""
        if cpu_s > self.slowest_s:
            self.slowest_s, self.slowest = cpu_s, check

    def __str__(self) -> str:
        verdicts = ", ".join(f"{verdict} {count}" for verdict, count in self.verdicts.most_common())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return (
            f"{self.messages} messages, {self.bent} of them bent; {self.checks} checks ({verdicts}); "
            f"{len(self.broken)} broken; slowest {self.slowest_s:.2f} CPU s ({self.slowest}); peak {peak:.0f} MB"
        )


# ── bending ────────────────────────────────────────────────────────────────────────────────────


def bend(header: dict[str, Any], arrays: Arrays, rng: np.random.Generator) -> bytes:
    """The frame of `header` and `arrays` with one to three things wrong with it."""
    header, arrays = copy.deepcopy(header), [array.copy() for array in arrays]
    head_table: list[Any] | None = None
    for _ in range(int(rng.integers(1, 4))):
        match rng.integers(0, 8):
            case 0 | 1 | 2:
                _bend_node(header, rng)
            case 3 | 4:
                _bend_array(arrays, rng)
            case 5:
                head_table = head_table or [[array.dtype.str, list(array.shape)] for array in arrays]
                _bend_table(head_table, rng)
            case 6:
                header["kind"] = str(rng.choice(["ask", "outcomes", "loaded", "unsendable", "ready"]))
                header.setdefault("callback", _strange(rng))
                header.setdefault("args", [["a", 0]] * int(rng.choice(COUNTS)))
            case 7:
                header["seq"] = _strange(rng)
    return _frame(header, arrays, head_table, rng)


def _frame(header: dict[str, Any], arrays: Arrays, table: list[Any] | None, rng: np.random.Generator) -> bytes:
    table = [[array.dtype.str, list(array.shape)] for array in arrays] if table is None else table
    try:
        head = json.dumps({**header, "arrays": table}).encode()
    except RecursionError:
        head = b"[" * 50_000
    body = b"".join(array.tobytes() for array in arrays)
    frame = wire.PREFIX.pack(wire.MAGIC, len(head) % 2**32, len(body)) + head + body
    match rng.integers(0, 40):
        case 0:
            return frame[: int(rng.integers(0, len(frame)))]
        case 1:
            return frame + frame
        case 2:
            return wire.PREFIX.pack(wire.MAGIC, len(head), int(rng.integers(0, 2**40))) + head + body
    return frame


def _strange(rng: np.random.Generator) -> Any:
    """A value that has no business where it will stand."""
    nest: list[Any] = ["n"]
    for _ in range(int(rng.integers(0, 40))):
        nest = ["l", [nest]]
    choices = [
        None, True, -1, 0, 1, 2**31, 10**30, 1e308, math.nan, math.inf, "", "n", "x" * 5_000, "\ud800", [], {},
        ["a", 0], ["a", 1], ["a", -1], ["g", 0], ["h", 0, "x"], ["h", 2**40, "x"], ["o", "y" * 3_000], ["k", 0],
        ["r", 1], ["i", "9" * 19], ["i", "٣"], ["f", "nan"], ["f", "0x1p1023"], ["s", "é" * 2_000], ["value", ["n"]],
        ["raised", {"error": [], "text": {}, "cell": -1, "line": 1e9}], ["missing"], nest,
        ["l", [["n"]] * int(rng.choice(COUNTS))], ["t", [["a", 0]] * int(rng.choice(COUNTS))],
        ["d", [[str(i % 7), ["f", "1"]] for i in range(int(rng.choice(COUNTS)))]], ["d", [["", []]]],
    ]  # fmt: skip
    return choices[int(rng.integers(0, len(choices)))]


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a JSON tree."""
    found, queue = [], [tree]
    while queue and len(found) < 5_000:
        node = queue.pop()
        pairs = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        for key, child in pairs:
            found.append((node, key))
            if isinstance(child, dict | list):
                queue.append(child)
    return found


def _bend_node(header: dict[str, Any], rng: np.random.Generator) -> None:
    places = _places(header)
    container, key = places[int(rng.integers(0, len(places)))]
    match rng.integers(0, 5):
        case 0:
            del container[key]
        case 1 if isinstance(container, list):
            container.extend([container[key]] * int(rng.choice(COUNTS[:-1])))
        case 2:
            other, name = places[int(rng.integers(0, len(places)))]
            container[key] = copy.deepcopy(other[name]) if name in other or isinstance(other, list) else None
        case _:
            container[key] = _strange(rng)


def _bend_array(arrays: Arrays, rng: np.random.Generator) -> None:
    """A well-formed array that is another than was computed."""
    if not arrays:
        return
    index = int(rng.integers(0, len(arrays)))
    array = arrays[index]
    with np.errstate(all="ignore"), contextlib.suppress(ValueError, TypeError, IndexError):
        bent = [
            lambda: array.T.copy(), lambda: array[None], lambda: array[:0].copy(), lambda: np.zeros_like(array),
            lambda: array.astype(str(rng.choice([name for name in wire.DTYPES]))), lambda: array * 1e308 * 10,
            lambda: np.full_like(array, math.nan), lambda: array * 2, lambda: -array, lambda: array + 1e-3,
            lambda: np.zeros(int(rng.choice([1, 1_000, 200_000]))), lambda: np.ones((1,) * 30),
            lambda: array.reshape(-1), lambda: np.zeros((0, 2**20)), lambda: array + rng.standard_normal(array.shape),
            lambda: np.broadcast_to(array, (3, *array.shape)).copy(), lambda: np.roll(array, 1),
        ][int(rng.integers(0, 17))]  # fmt: skip
        arrays[index] = np.asarray(bent())


def _bend_table(table: list[Any], rng: np.random.Generator) -> None:
    match rng.integers(0, 4):
        case 0:
            table.extend([["<f8", [0, 7]]] * int(rng.choice(COUNTS)))
        case 1 if table:
            table.pop()
        case 2 if table:
            table[0] = _strange(rng)
        case _:
            sizes = [0, 1, 3, -1, True, 1.0, 2**20, 2**39, 10**25, "1", None]
            shape = [sizes[int(k)] for k in rng.integers(0, len(sizes), int(rng.integers(0, 34)))]
            table[:1] = [[DTYPES[int(rng.integers(0, len(DTYPES)))], shape]]


# ── a worker that is forged ──────────────────────────────────────────────────────────────────────


class Peer:
    """Stands where a fork stands. It answers in a thread of its own, until the grader hangs up."""

    body_cap = LIMITS.reply_mb * 2**20
    printed = None  # nobody listens to what it prints

    def __init__(self, functions: dict[str, Any], rng: np.random.Generator, tally: Tally) -> None:
        self.sock, self._theirs = socket.socketpair()
        self._rng, self._tally = rng, tally
        self._caller = Caller(functions.get, self._ask)
        self._seq = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def cpu_seconds(self) -> float:
        """It is not a process."""
        return 0.0

    def end(self) -> Ending:
        """Hang up."""
        self.sock.close()
        return Ending(0, 0.0, 0)

    def end_for(self, fault: SubmissionFault) -> SubmissionFault:
        """Hang up for `fault`."""
        self.end()
        return fault

    def stack(self) -> str:
        """Nothing is known of where the submission stands."""
        return ""

    def crash_site(self, ending: Ending) -> str:
        """Nothing is known of where the submission stood."""
        return ""

    def close(self) -> None:
        """Hang up, and wait for the thread."""
        self.end()
        self._thread.join()

    def _serve(self) -> None:
        # KeyError: the grader answers a forged question, which nobody here has asked
        with contextlib.suppress(wire.WireError, OSError, KeyError), self._theirs:
            self._send({"kind": "ready"}, [], bent=0.0)
            while True:
                request, arrays = wire.receive(self._theirs, time.monotonic() + 60, 2**30)
                self._seq = request["seq"]
                encoder = wire.Encoder()
                if request["op"] == "load":
                    failed = [{"key": "0:1:1:0", "error": "NameError", "text": "x", "cell": 1, "line": 1}]
                    faults = {"f": {"kind": "array", "again": True, "cell": 1, "line": 2, "absent": ""}}
                    reply = {"failed": failed, "defined": request["names"], "faults": faults, "shown": ["tqdm"]}
                    self._send({"kind": "loaded", **reply}, [], BENT / 10)
                else:
                    with np.errstate(all="ignore"):
                        outcomes = self._caller.outcomes(request["calls"], arrays, encoder)
                    self._send({"kind": "outcomes", "outcomes": outcomes}, encoder.arrays)

    def _ask(self, number: int, args: tuple[Any, ...]) -> Any:
        encoder = wire.Encoder()
        nodes = [encoder.node(value) for value in args]
        self._send({"kind": "ask", "callback": number, "args": nodes}, encoder.arrays, BENT / 10)
        reply, arrays = wire.receive(self._theirs, time.monotonic() + 60, 2**30)
        if "error" in reply:
            raise ValueError(reply["error"])
        return wire.Decoder(arrays).value(reply["value"])

    def _send(self, reply: dict[str, Any], arrays: Sequence[Any], bent: float = BENT) -> None:
        header = {"seq": self._seq, **reply}
        self._tally.messages += 1
        if self._rng.random() >= bent:
            wire.send(self._theirs, wire.pack(header, arrays), time.monotonic() + 60)
            return
        self._tally.bent += 1
        frame = bend(header, list(arrays), self._rng)
        wire.send(self._theirs, frame, time.monotonic() + 60)
        if len(frame) < wire.PREFIX.size or len(frame) < wire.PREFIX.size + sum(wire.PREFIX.unpack(frame[:16])[1:]):
            raise wire.WireClosed  # half a frame: hang up, so that nobody waits for the rest


class PeerRunner:
    """A submission, as the examiner sees it, behind which a peer stands."""

    cpu_s = wall_s = 0.0

    def __init__(self, declared: Declared, rng: np.random.Generator, tally: Tally) -> None:
        self._functions = dict(vars(declared.reference))
        self._names = [entry.name for entry in declared.assignment.entry_points]
        self._rng, self._tally = rng, tally

    def fault(self, entry_point: str) -> SubmissionFault | None:
        """None: it is there to be asked."""
        return None

    @contextlib.contextmanager
    def start(self, group: str | None = None, entry_point: str | None = None) -> Iterator[SandboxProgram]:
        """A peer, loaded and afresh."""
        peer = Peer(self._functions, self._rng, self._tally)
        try:
            program = SandboxProgram(peer, LIMITS)  # type: ignore[arg-type]
            loaded = program.load([(0, 1, "")], self._names)
            assert all(isinstance(failure_sentence(item), str) for item in loaded.failed)
            assert all(isinstance(unmet("f", fault), SubmissionFault) for fault in loaded.faults.values())
            yield program
            program.finish()
        finally:
            peer.close()


def fuzz(declared: Declared, seed: int, seconds: float, tally: Tally, rounds: int = 10**9) -> Tally:
    """Grade bent answers on every check of `declared`, `rounds` times or for CPU `seconds`, whichever is less."""
    end = time.process_time() + seconds
    for turn in range(rounds):
        rng = np.random.default_rng([seed, turn, 20])
        for check in declared.checks:
            if time.process_time() > end:
                return tally
            begun = time.thread_time()
            try:
                result = Examiner(declared, seed).examine(check, PeerRunner(declared, rng, tally))
                msgspec.json.encode(result)
            except Exception:
                tally.broken.append(f"{check.id}, round {turn}: {traceback.format_exc()}")
                continue
            tally.took(check.id, time.thread_time() - begun)
            tally.checks += 1
            tally.verdicts[result.verdict] += 1
            if result.verdict is Verdict.GRADER_ERROR:
                tally.broken.append(f"{check.id}, round {turn}: {result.message}")
    return tally


def main() -> None:
    """Fuzz every assignment for its share of the time, and say what came of it; exit status 1 when something broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0, help="of CPU time, for all assignments together")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--assignment", action="append", help="one of the course's; all by default")
    options = parser.parse_args()
    folders = {slug: path for slug, path in assignment_folders().items() if slug in (options.assignment or [slug])}
    tally = Tally()
    for slug, folder in folders.items():
        fuzz(discover(folder), options.seed, 60 * options.minutes / len(folders), tally)
        print(f"{slug}: {tally}", flush=True)
    for broken in tally.broken:
        print(broken)
    raise SystemExit(bool(tally.broken))


if __name__ == "__main__":
    main()
