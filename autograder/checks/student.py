"""The student, as a check sees them: functions that take arrays and give arrays.

`Student` wraps a `Program` — whatever runs the code: a sandboxed worker, or functions in this process — unpacks what
the entry points return, and remembers the first answers, so that a wrong answer can be compared with known mistakes.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from autograder.checks.asked import Answered, copied, keep
from autograder.checks.network import Network
from autograder.checks.tolerance import BY_HAND, FLOAT32, TOLERANCES, Tolerance, precision_of
from autograder.errors import CheckFailed, Crashed, SubmissionFault
from autograder.model import Assignment, EntryPoint
from autograder.wire import WHOLE, Call, Handle, Opaque, plain_text

Array = np.ndarray[Any, np.dtype[Any]]
T = TypeVar("T")
SENTENCE_CAP = 400
PLAIN = (bool, int, float, str, type(None))
NUMBERS = (np.ndarray, np.generic, float)
# Calls that are remembered: a gradient measured element by element takes tens of thousands, which tell no mistake from
# another that the first ones do not, and would take a gigabyte.
TRACE_CAP = 64
TORCH_ANSWER = {"out", "gradients", "state", "arguments"}
LOOK = {"outs", "state", "grads", "modes", "requires_grad", "hooks", "kinds", "same"}
META = {"parameters", "buffers", "out", "calls", "unread"}
LAYERS = {"conv", "linear", "max", "average"}
# Operations that only lay numbers out anew, or average them over an image: code may have more or fewer of them.
MOVES = {"view", "_unsafe_view", "reshape", "t", "transpose", "permute", "squeeze", "unsqueeze", "alias", "detach",
    "clone", "empty", "zeros", "mean", "_adaptive_avg_pool2d"}  # fmt: skip


@dataclass(frozen=True)
class TorchRun:
    """What PyTorch code gave: its output, gradients of inputs and parameters by name (None where none arrived), a
    module's parameters and buffers afterwards, and the inputs as it left them. Nothing of it is validated yet, but that
    the last three are dicts."""

    out: Any
    gradients: dict[str, Any]
    state: dict[str, Any]
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What was seen of a model that stays with the student's code, or of a tensor. As it was found: gradients (None
    where there is none) and flags by parameter, modes, class names (`kinds`) and, if it was compared with another
    model, names in that one (`same`, None for a module of its own) by module, and the number of hooks. After the passes
    that were asked for: their outputs, and parameters and buffers. A tensor has one name, "value".

    Whoever made the model can forge all of it, numbers that nobody can guess excepted. Nothing of it is validated yet,
    but its types down to the dicts."""

    outs: list[Any]
    state: dict[str, Any]
    grads: dict[str, Any]
    modes: dict[str, Any]
    requires_grad: dict[str, Any]
    hooks: int
    kinds: dict[str, Any]
    same: dict[str, Any]


@dataclass(frozen=True)
class MetaRun:
    """The shapes of a module that was made on the meta device and called there in evaluation mode: of its parameters
    and buffers by name, of its output, and of each operation between input and output in the order of running, [kind,
    input, weight, output, padding]; and the names of the parameters on which the output does not depend.

    Kinds are "conv", "linear", "max" and "average", and PyTorch's own names of all others ("relu", "add", "view", …),
    which have neither weight nor padding, but None. A pooling's weight is its window. A shape is a list of ints;
    nothing of it is validated yet, but its types down to the dicts and lists."""

    parameters: dict[str, Any]
    buffers: dict[str, Any]
    out: Any
    calls: list[Any]
    unread: list[Any]

    def remembered(self) -> tuple[str, ...]:
        """What tells one mistake from another, whatever the names and the order of what runs side by side."""
        layers = sorted(repr(call) for call in self.calls if call[0] in LAYERS)
        others = sorted(repr((call[0], call[3])) for call in self.calls if call[0] not in LAYERS | MOVES)
        parts = sorted(map(repr, self.parameters.values())), layers, others, self.out, len(self.unread)
        return tuple(hashlib.sha256(repr(part).encode()).hexdigest()[:16] for part in parts)


class Program(Protocol):
    """What runs a submission. One outcome for each call: a value, or the fault that ended it."""

    def calls(self, calls: Sequence[Call]) -> list[Any | SubmissionFault]: ...


class Student:
    """A submission under one check: `student.affine_forward(x, w, b)` gives what `assignment.toml` says it returns.

    >>> import numpy as np
    >>> from autograder import Student
    >>> isinstance(student, Student)
    True
    >>> student.double(np.array([1.0, 2.0]))
    array([2., 4.])
    """

    def __init__(self, assignment: Assignment, program: Program, told_in_full: bool = True) -> None:
        """Without `told_in_full` nobody reads the sentence of a failure, so no time is spent on what stands in it."""
        self.told_in_full = told_in_full
        self._assignment = assignment
        self._program = program
        self.trace: list[tuple[str, tuple[Any, ...]]] = []
        self.precision = "float64"  # of the answers
        self._asked = "float64"  # of the questions
        self._gradients = {name for entry in assignment.entry_points for name in entry.gradients}
        self._given: dict[Any, Call | Mapping[str, Any]] = {}  # the last call of each function, latest last
        self.last: tuple[str, tuple[Any, ...]] | None = None
        self._ended: tuple[str, SubmissionFault] | None = None
        self._cap = TRACE_CAP
        self._noting: list[tuple[str, tuple[Any, ...]]] | None = None

    def forget(self) -> None:
        """Begin the next case."""
        self.trace.clear()
        self._given = {}
        self.last = None

    @contextmanager
    def remembering(self, calls: int) -> Iterator[None]:
        """While it lasts, no more than `calls` calls are remembered in `trace`."""
        before, self._cap = self._cap, calls
        try:
            yield
        finally:
            self._cap = before

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            entry = self._assignment.entry_point(name)
        except KeyError:
            raise AttributeError(f"{self._assignment.id} has no entry point {name}") from None
        return lambda *args, **kwargs: self.each(entry.name, [args], **kwargs)[0]

    def each(self, name: str, argument_lists: Iterable[Sequence[Any]], **kwargs: Any) -> list[Any]:
        """Call `name` once for each list of arguments, in one round trip; raises the first fault."""
        entry = self._assignment.entry_point(name)
        keep = tuple(i for i, output in enumerate(entry.returns) if output in entry.opaque)
        if keep and len(entry.returns) == 1:
            keep = (WHOLE,)
        calls = [Call(name, tuple(args), kwargs, keep, adapter=_adapter(entry)) for args in argument_lists]
        if self._asked != "float32" and any(_holds_float32(call.args) for call in calls):
            self._asked = "float32"
        with self._calling(name):
            if calls:
                self._note_options(calls[-1])
            return [self._accept(entry, outcome) for outcome in self._program.calls(calls)]

    def once(self, key: Any, ask: Callable[[], T]) -> T:
        """The value of `ask`, which makes calls: asked once of a fork, so its checks that ask the same share the
        answer, each a copy of it. `key` names the calls with all that they are given. What `ask` leaves in the worker,
        a cache, must not be used afterwards: a second use of it is another question. Nothing is kept of a program that
        has no `answered`."""
        kept: dict[Any, Answered] | None = getattr(self._program, "answered", None)
        if kept is None:
            return ask()
        if key in kept:
            known: T = self._again(kept[key])
            return known
        self._noting = []
        try:
            value = ask()
            keep(kept, key, Answered(value, tuple(self._noting), self.options, self._asked))
        finally:
            self._noting = None
        return value

    def _again(self, answered: Answered) -> Any:
        """What was answered, as if it had been asked for this check."""
        self._given[len(self._given), "again"] = answered.options
        self._asked = answered.precision if self._asked == "float64" else self._asked
        for name, outputs in answered.outputs:
            self._remember(name, copied(outputs))
        return copied(answered.value)

    def arguments_after(self, name: str, *args: Any, **kwargs: Any) -> list[Any]:
        """The arguments as a call of `name` left them: for checks that inputs are not modified."""
        with self._calling(name):
            call = Call(name, args, kwargs, echo=True, adapter=_adapter(self._assignment.entry_point(name)))
            self._note_options(call)
            (outcome,) = self._program.calls([call])
            if isinstance(outcome, SubmissionFault):
                raise outcome
            if not isinstance(outcome, list) or len(outcome) != len(args):
                raise Crashed("The program broke the grading protocol: it sent other arguments than it was given.")
        # What was done to the arguments tells one mistake from another; a cache is the student's own business.
        left = [after for before, after in zip(args, outcome, strict=True) if not isinstance(before, Handle)]
        self.trace.append((name, tuple(left)))
        return list(outcome)

    def run_module(
        self,
        name: str,
        arguments: Sequence[Any],
        state: Mapping[str, Array],
        inputs: Mapping[str, Array],
        dout: Array | None = None,
        *,
        training: bool = True,
    ) -> TorchRun:
        """Build the `torch.nn.Module` that `name` makes of `arguments`, load the weights and buffers in `state`, call
        it with `inputs`, and have autograd carry `dout` back. All in float64."""
        return self._run_torch(Call(name, (list(arguments), state, inputs, dout, training), adapter="module"))

    def run_function(self, name: str, inputs: Mapping[str, Array], dout: Array | None = None) -> TorchRun:
        """Call the `torch.autograd.Function` called `name`, and hand `dout`, if there is one, to its own backward. All
        in float64; `arguments` has the dout that it was handed, too."""
        return self._run_torch(Call(name, (inputs, dout), adapter="function"))

    def run_meta(self, name: str, arguments: Sequence[Any], shape: Sequence[int]) -> MetaRun:
        """Make the `torch.nn.Module` that `name` makes of `arguments` on the meta device, and call it there with an
        input of `shape`."""
        outcome = self._ask_torch(Call(name, (list(arguments), list(shape)), adapter="meta"))
        match _told(outcome):
            case {"parameters": dict(), "buffers": dict(), "calls": list(calls), "unread": list()} as told if (
                told.keys() == META and all(map(_is_call, calls))
            ):
                run = MetaRun(**told)
                self._remember(name, run.remembered())
                return run
        raise self._no_torch()

    def build(
        self,
        name: str,
        network: Network,
        *,
        training: bool | Mapping[str, bool] = True,
        frozen: Iterable[str] = (),
    ) -> Handle:
        """Build `network` where the student's code runs, for a call of `name`, and leave it there. `training` is the
        mode of all modules, or the modes of some by name ("" is the whole; the others are in training mode); the
        parameters named in `frozen` require no gradient."""
        modes = {"": training} if isinstance(training, bool) else dict(training)
        given = (list(network.layers), dict(network.state), modes, list(frozen))
        return self._leave(Call(name, given, keep=(WHOLE,), adapter="build"))

    def tensor(self, name: str, array: Array) -> Handle:
        """Make a tensor of `array` where the student's code runs, for a call of `name`, and leave it there."""
        return self._leave(Call(name, (array,), keep=(WHOLE,), adapter="tensor"))

    def look(
        self,
        name: str,
        target: Handle,
        x: Array | None = None,
        *,
        training: bool | None = None,
        runs: int = 1,
        origin: Handle | None = None,
    ) -> Look:
        """What can be seen of the model, or tensor, `target` after a call of `name`; then put it in mode `training`, if
        that is given, and call it `runs` times in a row with `x`, if there is one, without a graph. `origin` is a model
        whose modules may be found in it again."""
        outcome = self._ask_torch(Call(name, (target, x, training, runs, origin), adapter="look"))
        match outcome:
            case {"outs": list(), "hooks": int()} if outcome.keys() == LOOK and _are_dicts(outcome):
                seen = Look(**outcome)
                # after passes it is the numbers that a mistake is known by: flags and modes have many causes
                told = sorted(LOOK) if x is None else ["outs", "state"]
                # gradients that cancel are rounding, a few bits, which look like single precision
                self._remember(name, tuple(outcome[part] for part in told), (seen.state, *seen.outs))
                return seen
        raise self._no_torch()

    def _leave(self, call: Call) -> Handle:
        outcome = self._ask_torch(call)
        if not isinstance(outcome, Handle):
            raise self._no_torch()
        return outcome

    def _run_torch(self, call: Call) -> TorchRun:
        outcome = self._ask_torch(call)
        match outcome:
            case {"gradients": dict(), "state": dict(), "arguments": dict()} if outcome.keys() == TORCH_ANSWER:
                run = TorchRun(**outcome)
                self._remember(call.function, (run.out, run.gradients, run.state, run.arguments))
                return run
        raise self._no_torch()

    def _ask_torch(self, call: Call) -> Any:
        """What comes of `call`; CheckFailed with the worker's sentence where it refuses."""
        self._assignment.entry_point(call.function)
        (outcome,) = self._program.calls([call])
        if isinstance(outcome, SubmissionFault):
            raise outcome
        match outcome:
            case {"refused": str(text)}:
                sentence = plain_text(text, SENTENCE_CAP)
                self.trace.append((call.function, (sentence,)))
                raise CheckFailed(f"{call.function}: {sentence}")
        return outcome

    @staticmethod
    def _no_torch() -> Crashed:
        return Crashed("The program broke the grading protocol: it sent no result of PyTorch code.")

    def tolerance(self, name: str) -> Tolerance:
        """How close the output called `name` must be to what is right: by the precision of the answers so far, but for
        a gradient by that of the arrays that the student was given."""
        if name in self._gradients or name == "gradients":
            return BY_HAND[self._asked]
        return TOLERANCES[self.precision]

    def culprit(self, fault: SubmissionFault) -> str | None:
        """The entry point whose call ended in `fault`; None for a fault that was found in what it returned."""
        return self._ended[0] if self._ended and self._ended[1] is fault else None

    @contextmanager
    def _calling(self, name: str) -> Iterator[None]:
        try:
            yield
        except SubmissionFault as fault:
            self._ended = (name, fault)
            raise

    def _accept(self, entry: EntryPoint, outcome: Any) -> Any:
        if isinstance(outcome, SubmissionFault):
            raise outcome
        outputs = _unpack(entry, outcome)
        self._remember(entry.name, outputs)
        return outputs if len(entry.returns) > 1 else outputs[0]

    def _note_options(self, call: Call) -> None:
        self._given.pop(call.function, None)
        self._given[call.function] = call

    @property
    def options(self) -> dict[str, Any]:
        """What was not an array among the arguments of the last calls, by the names that the contract gives them, and
        None for what they left out: what the case says of the same names was not asked."""
        found: dict[str, Any] = {}
        for given in self._given.values():
            found |= self._options(given) if isinstance(given, Call) else given
        return found

    def _options(self, call: Call) -> dict[str, Any]:
        names = _parameters(self._assignment.entry_point(call.function).signature)
        given = dict.fromkeys(names) | dict(zip(names, call.args, strict=False)) | dict(call.kwargs)
        return {name: value for name, value in given.items() if isinstance(value, PLAIN)}

    def _remember(self, name: str, outputs: tuple[Any, ...], computed: Iterable[Any] | None = None) -> None:
        """Note what a call gave; `computed`, of it or else all, shows in which precision."""
        self.last = name, outputs
        if self._noting is not None:
            self._noting.append((name, outputs))
        if len(self.trace) < self._cap:
            self.trace.append((name, outputs))
        parts = _arrays(outputs if computed is None else computed)
        if self.precision == "float64" and any(precision_of(part) == "float32" for part in parts):
            self.precision = "float32"  # for the rest of the check: after `out - x` float32 can no longer be seen


def _adapter(entry: EntryPoint) -> str:
    return "tensors" if entry.tensors else ""


def _told(outcome: Any) -> Any:
    """What stands in the text of JSON that the worker sent; None where it sent anything else. The text is no larger
    than an answer may be."""
    match outcome:
        case {"run": str(text)}:
            with suppress(ValueError, RecursionError):
                told = json.loads(text)
                json.dumps(told, ensure_ascii=False).encode()  # a ValueError where no file can hold a name
                return told
    return None


def _is_call(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 5 and isinstance(value[0], str)


def _are_dicts(answer: Mapping[str, Any]) -> bool:
    return all(isinstance(answer[part], dict) for part in LOOK - {"outs", "hooks"})


def _unpack(entry: EntryPoint, value: Any) -> tuple[Any, ...]:
    if len(entry.returns) == 1:
        return (value,)  # as it is: [out] is not an array, and a list of one batch is a list
    wanted = ", ".join(entry.returns)
    if isinstance(value, tuple | list) and len(value) == len(entry.returns):
        return tuple(value)
    raise CheckFailed(f"{entry.name} returned {describe(value)} where ({wanted}) is asked for.")


@functools.cache
def _parameters(signature: str) -> tuple[str, ...]:
    """The names in a signature such as `x, w, stride=1`; none where it is not a signature."""
    try:
        (function,) = ast.parse(f"def f({signature}): ...").body
    except SyntaxError:
        return ()
    return tuple(argument.arg for argument in function.args.args) if isinstance(function, ast.FunctionDef) else ()


def _arrays(outputs: Iterable[Any]) -> Iterator[Any]:
    for output in outputs:
        if isinstance(output, NUMBERS):
            yield output
        elif isinstance(output, dict):
            yield from _arrays(output.values())


def _holds_float32(values: Iterable[Any]) -> bool:
    return any(
        _holds_float32(value.values()) if isinstance(value, dict) else getattr(value, "dtype", None) == FLOAT32
        for value in values
    )


def describe(value: Any) -> str:
    """A value in a few words, for a message."""
    if isinstance(value, Opaque | Handle):
        return f"a value of type {value.type}"
    if isinstance(value, np.ndarray):
        return f"one array of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} value{'s' if len(value) != 1 else ''}"
    return "None" if value is None else f"a {type(value).__name__}"
