"""Recorded answers: what the formulas of an assignment gave on the cases that a student's bundle asks about.

A bundle holds no formula. Its `formulas.py` gets every name from the file beside it, and `Case.once` its results, so
that the checks run as they stand: they ask, and the answer is looked up under a digest of the question. The file is
read as hostile input: decoded with caps, checked field by field, never executed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np

from autograder.checks.fingerprint import Fingerprint
from autograder.errors import AutograderError, GraderFault
from autograder.model import Record
from autograder.wire import Handle, Opaque

FILE_NAME = "answers.agr"
MAGIC = b"autograder answers 1\n"
SIZE_CAP = 64 * 2**20  # decoded; an assignment's file has a few MB
DTYPES = ("<f8", "<f4", "<i8", "<c16", "|b1")


class NotRecorded(GraderFault):
    """A check asked something that was not asked when the bundle was made."""


class Listed(Record, frozen=True):
    """A known mistake without its code: its sentence, and where it is seen."""

    name: str
    entry_point: str
    caught_by: tuple[str, ...]
    says: str
    seen_in: tuple[str, ...] = ()


class Answers(Record, frozen=True):
    """Everything that a bundle knows beside its checks. `source` is the digest of the checks that it was made for;
    `cases` are the cases of each check, by parameters and seed, and `simple` those that a failure is shrunk to;
    `values` are encoded answers by the digest of their question, `constants` those of `formulas` by name. `left_out`
    says why a check is not asked. A value is what `encode` makes of it; there is one file format for each MAGIC."""

    assignment: str
    source: str
    seed: int
    made_with: str
    cases: dict[str, list[tuple[dict[str, Any], int]]]
    simple: dict[str, list[tuple[dict[str, Any], int]]]
    values: dict[bytes, Any]
    constants: dict[str, Any]
    left_out: dict[str, str]
    mistakes: list[Listed]


def write_answers(answers: Answers) -> bytes:
    """The file for `answers`; the same answers give the same bytes."""
    return MAGIC + zlib.compress(msgspec.msgpack.encode(answers), 9)


def read_answers(path: Path) -> Answers:
    """The answers in `path`. Raises AutograderError, with what to do, for a file that is damaged or of another version
    of this package."""
    again = "download the bundle again"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AutograderError(f"{path} cannot be read ({error.strerror}); {again}.") from None
    return unpack_answers(data, path)


def unpack_answers(data: bytes, path: Path) -> Answers:
    """The answers in `data`, the content of `path`; see `read_answers`."""
    again = "download the bundle again"
    if not data.startswith(MAGIC):
        kind, _, number = MAGIC.rpartition(b" ")
        if data.startswith(kind):
            found = data[len(kind) : len(kind) + 8].split(b"\n")[0].strip().decode("ascii", "replace")
            raise AutograderError(
                f"{path} has format {found}, and this autograder reads format {number.decode().strip()}; "
                "install the version that the bundle's README names."
            )
        raise AutograderError(f"{path} is not a file of recorded answers; {again}.")
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(data[len(MAGIC) :], SIZE_CAP)
        if not inflater.eof:
            raise AutograderError(f"{path} is cut off or too large; {again}.")
        return msgspec.msgpack.decode(content, type=Answers)
    except (zlib.error, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        raise AutograderError(f"{path} is damaged; {again}.") from None


class Tape(Protocol):
    """What stands behind the names of a bundle's `formulas`, and behind `Case.once`: a record, or what makes one."""

    def once(self, case: Any, key: Any, compute: Callable[[], Any]) -> Any: ...

    def name(self, name: str) -> Any: ...

    def call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any: ...


class Formula:
    """A function of a bundle's `formulas`, by name: what is behind it is looked up when it is called."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return tape_of(self._folder).call(self.__name__, args, kwargs)


class Reader:
    """Looks answers up."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def once(self, case: Any, key: Any, compute: Callable[[], Any]) -> Any:
        """The recorded value of `case.once(key, …)`; where it was not recorded it is computed, from what was."""
        try:
            found = self.answers.values.get(question("once", case.params, case.seed, key))
        except Unanswerable:
            found = None
        return compute() if found is None else decode(found)

    def name(self, name: str) -> Any:
        """A constant of `formulas`; AttributeError for a function's name."""
        if name in self.answers.constants:
            return decode(self.answers.constants[name])
        raise AttributeError(name)

    def call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What the function `name` gave for these arguments; NotRecorded where it was not asked."""
        try:
            found = self.answers.values.get(question(name, args, kwargs))
        except Unanswerable as error:
            raise NotRecorded(f"{name} was asked about {error}, which cannot be looked up") from None
        if found is None:
            raise NotRecorded(f"the bundle holds no answer of {name} for this case")
        return decode(found)


_recorders: dict[Path, Tape] = {}


@contextlib.contextmanager
def recorded_by(tape: Tape, folder: Path) -> Iterator[None]:
    """While it lasts, `tape` answers for the formulas of the bundle in `folder`."""
    _recorders[folder] = tape
    try:
        yield
    finally:
        del _recorders[folder]


def tape_of(folder: Path) -> Tape:
    """What answers for the bundle in `folder`: its record, read once as long as the file stays as it is."""
    if folder in _recorders:
        return _recorders[folder]
    path = folder / FILE_NAME
    try:
        status = path.stat()
    except OSError:
        return Reader(read_answers(path))
    return _reader(path, (status.st_mtime_ns, status.st_size))


@functools.lru_cache(maxsize=16)
def _reader(path: Path, stamp: tuple[int, int]) -> Reader:
    return Reader(read_answers(path))


def answers_beside(file: str) -> Callable[[str], Any]:
    """The `__getattr__` of a bundle's `formulas.py`, whose path is `file`: each name is a function that looks its
    answers up in the record beside the file, when it is called.

    >>> from autograder import answers_beside
    >>> __getattr__ = answers_beside("bundle/formulas.py")  # all that the file of a bundle says
    """
    folder = Path(file).parent

    def name(wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        try:
            return tape_of(folder).name(wanted)
        except AttributeError:
            return Formula(folder, wanted)

    return name


# ── questions and values ───────────────────────────────────────────────────────────────────────


class Unanswerable(Exception):
    """A value that has no digest, or that cannot be kept: its message says what it is."""


def question(*parts: Any) -> bytes:
    """A digest of `parts`: equal for equal values, whatever the memory layout. Raises Unanswerable."""
    digest = hashlib.blake2b(digest_size=12)
    _feed(digest, parts)
    return digest.digest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray | np.generic):
        array = np.ascontiguousarray(value) + 0  # -0.0 and 0.0 are one question
        if array.dtype.kind not in "fciub":
            raise Unanswerable(f"an array of {array.dtype}")
        digest.update(f"a{array.dtype.str}{array.shape}".encode() + array.tobytes())
    elif isinstance(value, bool | int | float | str | bytes) or value is None:
        digest.update(f"{type(value).__name__}{value!r};".encode())
    elif isinstance(value, tuple | list):
        digest.update(f"({len(value)}".encode())
        for item in value:
            _feed(digest, item)
    elif isinstance(value, Mapping):
        digest.update(f"{{{len(value)}".encode())
        for key, item in value.items():
            _feed(digest, (key, item))
    elif name := _name_of(value):
        digest.update(f"f{name};".encode())
    else:
        raise Unanswerable(f"a {type(value).__name__}")


def _name_of(value: Any) -> str | None:
    """The name of a function, which is that of a formula in a bundle, too."""
    return value.__name__ if callable(value) and hasattr(value, "__name__") else None


def encode(value: Any) -> Any:
    """`value` as plain data for the file. Raises Unanswerable for what is not numbers, text, or containers of them."""
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        kind = array.dtype.newbyteorder("<").str
        if kind not in DTYPES:
            raise Unanswerable(f"an array of {array.dtype}")
        whole = array.astype(kind)
        return ["g" if isinstance(value, np.generic) else "a", kind, list(array.shape), whole.tobytes()]
    if isinstance(value, Handle | Opaque):
        return ["h" if isinstance(value, Handle) else "o", value.type]
    if isinstance(value, Fingerprint):
        return ["p", list(value.shape), value.scale, list(value.projections)]
    if isinstance(value, bool | int | float | str) or value is None:
        return ["v", value]
    if isinstance(value, tuple | list):
        return ["t" if isinstance(value, tuple) else "l", [encode(item) for item in value]]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return ["d", {key: encode(item) for key, item in value.items()}]
    raise Unanswerable(f"a {type(value).__name__}")


def decode(node: Any) -> Any:
    """The value that `encode` made `node` of; arrays cannot be written to. Raises GraderFault for anything else."""
    match node:
        case ["a" | "g" as tag, str(kind), list(shape), bytes(data)] if kind in DTYPES:
            try:
                array = np.frombuffer(data, kind).reshape([int(length) for length in shape])
            except (ValueError, TypeError):
                raise GraderFault("a recorded answer is damaged; download the bundle again") from None
            return array[()] if tag == "g" else array
        case ["h" | "o" as tag, str(kind)]:
            return Handle(0, kind) if tag == "h" else Opaque(kind)
        case ["p", list(shape), float(scale), list(projections)]:
            return Fingerprint(tuple(shape), scale, tuple(projections))
        case ["v", bool() | int() | float() | str() | None as value]:
            return value
        case ["t", list(items)]:
            return tuple(decode(item) for item in items)
        case ["l", list(items)]:
            return [decode(item) for item in items]
        case ["d", dict(items)]:
            return {str(key): decode(item) for key, item in items.items()}
    raise GraderFault("a recorded answer is damaged; download the bundle again")
