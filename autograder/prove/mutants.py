"""Mutants: the reference with one small fault each. A grader that lets one pass does not check what it breaks.

The idea is DeMillo, Lipton and Sayward, "Hints on Test Data Selection" (IEEE Computer, 1978): tests that tell a program
from all its small faults tell it from most large ones too.
"""

from __future__ import annotations

import ast
import hashlib
import types
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence

from autograder.model import Record
from autograder.prove import array_operators, operators
from autograder.prove.sites import Site, walk

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

OPERATORS = array_operators.OPERATORS | operators.OPERATORS
"""All operators in the order in which they run: of two that yield the same code the first names the mutant."""


class Mutant(Record, frozen=True):
    """One fault. `function` is the top-level definition that holds it, `line` where (1-based) in the original source,
    `before` and `after` the code that differs, `source` the whole mutated module. Lines of `source` above the
    definition are those of the original; the definition itself is normalised and has lost its comments.

    `id` depends on the function, the operator, the statement around the fault and how often the same fault occurred
    before in the function: edits elsewhere do not change it."""

    id: str
    function: str
    line: int
    operator: str
    before: str
    after: str
    source: str

    def compile(self) -> types.CodeType:
        """The code of the whole mutated module, under the file name `<mutant ID>`."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of "0[i]" and the like; whoever runs it will crash
            return compile(self.source, f"<mutant {self.id}>", "exec", dont_inherit=True)


def generate(source: str, functions: Sequence[str] | None = None) -> list[Mutant]:
    """All first-order mutants of the top-level functions and classes of a module, in source order.

    `functions` narrows them to some top-level names. No two mutants have the same code, none has the original's.
    Raises SyntaxError if the source does not parse, ValueError if it does not define one of `functions`."""
    tree = ast.parse(source)
    definitions = [node for node in tree.body if isinstance(node, Definition)]
    defined = [definition.name for definition in definitions]
    unknown = [name for name in functions or () if name not in defined]
    if unknown:
        raise ValueError(
            f"cannot mutate {', '.join(unknown)}: the source defines only {', '.join(defined) or 'nothing'}"
        )
    lines = source.split("\n")
    seen: Counter[str] = Counter()
    return [
        mutant
        for definition in definitions
        if functions is None or definition.name in functions
        for mutant in _mutants(definition, lines, seen)
    ]


def _mutants(definition: Definition, lines: list[str], seen: Counter[str]) -> Iterator[Mutant]:
    first = min(node.lineno for node in (definition, *definition.decorator_list))
    above, below = lines[: first - 1], lines[definition.end_lineno :]
    texts = {ast.unparse(definition)}
    for name, site, replacement in _faults(definition):
        before, after = ast.unparse(site.node), ast.unparse(replacement)
        identity = _identity(f"{definition.name}:{name}", site, before, after, seen)
        text = _with(replacement, site, definition)
        if text not in texts:
            texts.add(text)
            yield Mutant(
                id=identity,
                function=definition.name,
                line=_line(site),
                operator=name,
                before=before,
                after=after,
                source="\n".join([*above, text, *below]),
            )


def _faults(definition: Definition) -> Iterator[tuple[str, Site, ast.AST]]:
    for site in walk(definition):
        for name, replacements in OPERATORS.items():
            for replacement in replacements(site):
                yield name, site, replacement


def _with(replacement: ast.AST, site: Site, definition: Definition) -> str:
    """The definition's code with the replacement in place; the tree is as before afterwards."""
    site.put(replacement)
    try:
        return ast.unparse(definition)
    finally:
        site.put(site.node)


def _identity(prefix: str, site: Site, before: str, after: str, seen: Counter[str]) -> str:
    """Only headlines count, so that the body of a loop may change under a mutant of its first line. Counted before
    duplicates are dropped: whether a mutant is one depends on the rest of the function."""
    fault = "\n".join([prefix, _headline(ast.unparse(site.statement)), _headline(before), _headline(after)])
    seen[fault] += 1
    digest = hashlib.sha256(f"{fault}\n{seen[fault]}".encode()).hexdigest()[:8]
    return f"{prefix}:{digest}"


def _headline(code: str) -> str:
    return code.partition("\n")[0]


def _line(site: Site) -> int:
    return int(getattr(site.node, "lineno", site.statement.lineno))
