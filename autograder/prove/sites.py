"""Where a mutant may change a definition: every node that code depends on, with its surroundings.

Left alone, because no check can or should see them: docstrings, annotations, decorators, imports, assertions,
f-strings and `raise` statements (so a stub that raises NotImplementedError has no mutants).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)

_SKIPPED_NODES = (
    *(ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.JoinedStr),
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
_SKIPPED_FIELDS = frozenset({"annotation", "returns", "decorator_list", "type_params", "bases"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a function's names stand for. `arrays` are its array-like inputs in order: parameters without a default
    that are not called or indexed by a string, and what is unpacked from one of them (`x, w = cache`). `derived`
    maps each local that holds a computed value to the name that it merely repeats, or to "". `keys` are the strings
    that index something."""

    arrays: tuple[str, ...] = ()
    derived: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A node, the field (and index in it, where the field is a list) of the node around it, and its function."""

    node: ast.AST
    scope: Scope = Scope()
    outer: Site | None = None
    field: str = ""
    index: int | None = None

    @property
    def parent(self) -> ast.AST | None:
        """The node around this one; None at a top-level definition."""
        return self.outer.node if self.outer else None

    @property
    def statement(self) -> ast.stmt:
        """The innermost statement that holds the node, or is it."""
        site: Site | None = self
        while site is not None:
            if isinstance(site.node, ast.stmt):
                return site.node
            site = site.outer
        raise ValueError("a site lies inside a definition, which is a statement")

    def put(self, node: ast.AST) -> None:
        """Put `node` in this place of the tree. Not for the root, which has no place."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def walk(definition: ast.stmt) -> Iterator[Site]:
    """All sites of a top-level definition, in source order, the definition itself first."""
    return _walk(Site(definition))


def _walk(site: Site) -> Iterator[Site]:
    yield site
    scope = _scope(site.node) if isinstance(site.node, AnyFunction) else site.scope
    for name, index, child in _children(site.node):
        if not (isinstance(child, _SKIPPED_NODES) or _is_docstring(child)):
            yield from _walk(Site(child, scope, site, name, index))


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    if number(node) is not None:  # -1 is one constant, not a negated 1
        return
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED_FIELDS:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield name, index, child


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _scope(function: AnyFunction) -> Scope:
    inside = [node for statement in function.body for node in ast.walk(statement)]
    unpacked: dict[str, list[str]] = {}
    derived: dict[str, str] = {}
    not_arrays = {"self", "cls"}
    keys: dict[str, None] = {}
    for node in inside:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Name(id=source)):
                unpacked[source] = [name.id for name in names if isinstance(name, ast.Name)]
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=source)):
                derived[name] = source
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() | ast.UnaryOp() | ast.Call()):
                derived[name] = ""
            case ast.Call(func=ast.Name(id=name)):
                not_arrays.add(name)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                keys[key] = None
                not_arrays.update({value.id} if isinstance(value, ast.Name) else ())
    inputs = [name for name in _required(function.args) if name not in not_arrays]
    arrays = [name for name in inputs if name not in unpacked]
    arrays += [one for name in inputs for one in unpacked.get(name, ())]
    return Scope(tuple(dict.fromkeys(arrays)), derived, tuple(keys))


def _required(arguments: ast.arguments) -> list[str]:
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    return positional[: len(positional) - len(arguments.defaults)]


# ── reading and building nodes ─────────────────────────────────────────────────────────────────


def number(node: ast.AST | None) -> int | float | None:
    """The value of a numeric literal with its sign; None for anything else, True and False included."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int(value)) | ast.Constant(value=float(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as operand):
            size = number(operand)
            return None if size is None else -size
    return None


def literal(value: int | float) -> ast.expr:
    """The literal as Python parses it: a minus sign is an operator."""
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def plus(node: ast.expr, step: int) -> ast.expr:
    """`node + step`, computed at once if the node is a literal."""
    value = number(node)
    if value is not None:
        return literal(value + step)
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))


def altered(node: Node, **changes: object) -> Node:
    """A copy of the node with some fields changed; its children are shared."""
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **changes}), node)


def called(node: ast.AST | None) -> str:
    """The last name of what a call calls ("sum" for np.sum(x), x.sum() and sum(x)); "" if the node is not a call."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return str(name)
    return ""
