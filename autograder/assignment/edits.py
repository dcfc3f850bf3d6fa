"""A mistake as an edit of the reference: the few characters that a student gets wrong, all else right.

An edit names a text of one function and what stands there instead. Docstrings and comments are left out of the search,
so that a text may be as short as the code allows. The edited reference is compiled when a mistake is first called."""

from __future__ import annotations
import __future__

import ast
import difflib
import functools
import inspect
import io
import tokenize
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from autograder.assignment.declare import checks_of, note
from autograder.errors import AssignmentError
from autograder.model import Edit, Mistake

FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
HIDDEN = "\0"  # stands for each character of a docstring or a comment while a text is searched


class DeclareEdit(Protocol):
    """What `edits` returns."""

    def __call__(
        self,
        name: str,
        before: str,
        after: str,
        caught_by: str | Sequence[str],
        says: str,
        *,
        also: Mapping[str, str] = ...,
    ) -> Mistake: ...


def edits(
    function: Callable[..., Any],
    *,
    inside: Callable[..., Any] | None = None,
    seen_in: Sequence[Callable[..., Any]] = (),
) -> DeclareEdit:
    """A function `of(name, before, after, caught_by, says)` that declares mistakes of the reference's `function`, each
    by an edit of its text: `before`, which must stand there exactly once outside of docstrings and comments, becomes
    `after`. `caught_by` are the checks that must fail (ids, or the part behind the entry point, separated by blanks),
    `says` is what a teacher would say, and `also={before: after, …}` are further edits of the same mistake. It returns
    the mistake, for those who have another use for its functions.

    With `inside`, the text is that of a function or class which `function` uses. `seen_in` are further entry points
    that use the edited code: the mistake is in their place, too, and a check of each must catch and name it.

    >>> from autograder import edits
    >>> def affine_forward(x, w, b):
    ...     return x @ w + b, (x, w, b)
    >>> of = edits(affine_forward)
    >>> mistake = of("bias_forgotten", "x @ w + b", "x @ w", "values", "You never add the bias: add b to every row.")
    >>> mistake.entry_point, mistake.caught_by
    ('affine_forward', ('affine_forward.values',))
    """
    edited = function if inside is None else inside
    # At once: Python finds a class's file by its module's name, which a bundle's files take over while it is made.
    path = inspect.getsourcefile(inspect.unwrap(edited)) or ""  # a decorator's file is another one

    def declare(
        name: str,
        before: str,
        after: str,
        caught_by: str | Sequence[str],
        says: str,
        *,
        also: Mapping[str, str] | None = None,
    ) -> Mistake:
        edit = Edit(edited.__name__, ((before, after), *(also or {}).items()))
        declared = Mistake(
            name=name,
            entry_point=function.__name__,
            caught_by=checks_of(function.__name__, caught_by.split() if isinstance(caught_by, str) else caught_by),
            says=" ".join(says.split()),
            build=functools.cache(lambda: _compiled(path, edited.__module__, edit, name)),
            seen_in=tuple(other.__name__ for other in seen_in),
            edit=edit,
        )
        note(declared)
        return declared

    return declare


def apply(edit: Edit, source: str) -> str:
    """`source`, a whole module, after `edit`. Raises ValueError where one of its texts is not found exactly once."""
    return "".join(_parts(edit, source))


def _parts(edit: Edit, source: str) -> tuple[str, str, str]:
    """What `apply` gives: what stands above the edited definition, this, and what stands below."""
    if problems := list(edit_problems(edit, source)):
        raise ValueError("; ".join(problems))
    start, segment = _definition(source, edit.function)
    end = start + len(segment)
    places = sorted((_searched(segment).index(before), before, after) for before, after in edit.changes)
    for place, before, after in reversed(places):
        segment = segment[:place] + after + segment[place + len(before) :]
    return source[:start], segment, source[end:]


def edit_problems(edit: Edit, source: str) -> Iterator[str]:
    """What keeps `edit` from being made in `source`, a sentence each."""
    try:
        start, segment = _definition(source, edit.function)
    except KeyError:
        yield f"the reference does not define {edit.function} at its top level"
        return
    searched, first = _searched(segment), source.count("\n", 0, start) + 1
    for before, after in edit.changes:
        count = searched.count(before)
        if not before:
            yield f"an edit of {edit.function} names no text that it replaces"
        elif count == 0:
            yield f"{before!r} is not in {edit.function}; the nearest line is {_nearest(before, searched, first)}"
        elif count > 1:
            yield f"{before!r} is in {edit.function} {count} times; write so much of the line that it is there once"
        elif before == after:
            yield f"{before!r} is replaced by itself"


def diff(edit: Edit, source: str) -> str:
    """The lines that `edit` changes, as a unified diff without its head."""
    lines = difflib.unified_diff(source.split("\n"), apply(edit, source).split("\n"), n=0, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def _compiled(path: str, module: str, edit: Edit, name: str) -> dict[str, Any]:
    """The namespace of the reference after `edit`: everything in it meets the edited code, as in a student's file."""
    try:
        above, edited, below = _parts(edit, Path(path).read_text(encoding="utf-8"))
        before = _code(above)
        future = before.co_flags & FUTURE
        code = compile(edited, f"<mistake {name}>", "exec", future, dont_inherit=True)
    except (ValueError, SyntaxError) as error:  # a SyntaxError is a ValueError to nobody
        raise AssignmentError(path, [f"mistake {name}: {error}"]) from None
    namespace: dict[str, Any] = {"__name__": module}
    for part in (before, code, _code(below, future)):
        exec(part, namespace)  # noqa: S102 — our own reference, altered by us
    return namespace


@functools.lru_cache(maxsize=64)
def _code(source: str, flags: int = 0) -> types.CodeType:
    """The code of a part of the reference that no mistake of one definition alters: compiled for all of them."""
    code: types.CodeType = compile(source, "<reference>", "exec", flags, dont_inherit=True)
    return code


@functools.lru_cache(maxsize=256)
def _definition(source: str, name: str) -> tuple[int, str]:
    """Where the top-level definition of `name` starts in `source`, and its text; KeyError where there is none."""
    node = _definitions(source)[name]
    lines = source.splitlines(keepends=True)
    first = min(part.lineno for part in (node, *node.decorator_list))
    return sum(map(len, lines[: first - 1])), "".join(lines[first - 1 : node.end_lineno])


@functools.lru_cache(maxsize=16)
def _definitions(source: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@functools.lru_cache(maxsize=256)
def _searched(segment: str) -> str:
    """`segment` with every character of a docstring or a comment hidden, so that places in both are the same."""
    lines = segment.splitlines(keepends=True)
    for node in ast.walk(ast.parse(segment)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            text = node.body[0]
            for number in range(text.lineno - 1, text.end_lineno or text.lineno):
                lines[number] = _hide(lines[number], 0)
    for token in tokenize.generate_tokens(io.StringIO(segment).readline):
        if token.type == tokenize.COMMENT:
            lines[token.start[0] - 1] = _hide(lines[token.start[0] - 1], token.start[1])
    return "".join(lines)


def _hide(line: str, start: int) -> str:
    """`line` with everything from `start` on hidden, but for its end."""
    text = line.rstrip("\r\n")
    return text[:start] + HIDDEN * (len(text) - start) + line[len(text) :]


def _nearest(before: str, searched: str, first: int) -> str:
    """The line of the definition that is most like the text that was not found, with its number in the file."""
    lines = {number: line.strip() for number, line in enumerate(searched.split("\n"), first) if HIDDEN not in line}
    wanted = before.strip().split("\n")[0]

    def likeness(number: int) -> float:
        matcher = difflib.SequenceMatcher(None, wanted, lines[number], autojunk=False)
        return sum(block.size for block in matcher.get_matching_blocks()) / max(len(wanted), 1) + matcher.ratio()

    best = max(lines, key=likeness)
    return f"line {best}, {lines[best]!r}"
