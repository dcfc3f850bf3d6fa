"""Mutation operators on plain Python: each says by which nodes a node may be replaced.

An operator takes a site and yields replacements of the site's node; most sites get none. `OPERATORS` names them; the
names become part of the mutants' ids. The choice follows what students get wrong, and avoids what is equivalent by
construction (b + a for a + b).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

from autograder.prove.sites import Site, altered, called, literal, number

Operator = Callable[[Site], Iterator[ast.AST]]


# ── arithmetic ─────────────────────────────────────────────────────────────────────────────────


def drop_term(site: Site) -> Iterator[ast.AST]:
    """a + b → a, b; a - b → a, -b."""
    match site.node:
        case ast.BinOp(left=a, op=ast.Add(), right=b):
            yield from (a, b)
        case ast.BinOp(left=a, op=ast.Sub(), right=b):
            yield from (a, ast.UnaryOp(ast.USub(), b))


def drop_factor(site: Site) -> Iterator[ast.AST]:
    """a * b → a, b; a / b, a // b, a ** b → a."""
    match site.node:
        case ast.BinOp(left=a, op=ast.Mult(), right=b):
            yield from (a, b)
        case ast.BinOp(left=a, op=ast.Div() | ast.FloorDiv() | ast.Pow()):
            yield a


_OPPOSITES: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
}


def swap_operator(site: Site) -> Iterator[ast.AST]:
    """+ ↔ -, * ↔ /, ** → *, @ → *, // → /."""
    if isinstance(site.node, ast.BinOp) and type(site.node.op) in _OPPOSITES:
        yield altered(site.node, op=_OPPOSITES[type(site.node.op)]())


def swap_operands(site: Site) -> Iterator[ast.AST]:
    """a - b → b - a, and for /, //, ** and @; the others commute."""
    match site.node:
        case ast.BinOp(left=a, op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Pow() | ast.MatMult(), right=b):
            yield altered(site.node, left=b, right=a)


def drop_sign(site: Site) -> Iterator[ast.AST]:
    """-a → a; a negative literal is the constants' business."""
    match site.node:
        case ast.UnaryOp(op=ast.USub(), operand=a) if number(site.node) is None:
            yield a


def negate(site: Site) -> Iterator[ast.AST]:
    """a → -a for a returned value, the right-hand side of an assignment and a value of a dict; not -zeros or -empty."""
    match site.parent, site.field:
        case (ast.Return() | ast.Assign() | ast.AnnAssign(), "value") | (ast.Dict(), "values"):
            pass
        case (ast.Tuple(), _) if site.outer and isinstance(site.outer.parent, ast.Return):
            pass
        case _:
            return
    match site.node:
        case ast.BinOp() | ast.Call() | ast.Name() | ast.Subscript() if not called(site.node).startswith(
            ("zeros", "empty")
        ):
            yield ast.UnaryOp(ast.USub(), site.node)


# ── constants ──────────────────────────────────────────────────────────────────────────────────

_SMALL = 1e-3
"""Floats up to this size guard a division or a logarithm, or are steps: only their magnitude means anything."""


def constant(site: Site) -> Iterator[ast.AST]:
    """c → c + 1, c - 1, 2c, 0, -c; a small float → 10c, c/10, 0, -c; True ↔ False. Not for axes and indices."""
    if _is_position(site):
        return
    match site.node:
        case ast.Constant(value=bool(flag)):
            yield ast.Constant(not flag)
    value = number(site.node)
    if value is None:
        return
    small = isinstance(value, float) and 0 < abs(value) <= _SMALL
    values = (10 * value, value / 10, 0.0, -value) if small else (value + 1, value - 1, 2 * value, 0 * value, -value)
    for new in dict.fromkeys(_rounded(new) for new in values):
        if new != value and not (new < 0 and value < 0 and _in_reshape(site)):
            yield literal(new)


def _rounded(value: int | float) -> int | float:
    """1e-6 / 10 is 1e-07 to the reader; -0.0 is 0."""
    return value if isinstance(value, int) else float(f"{value:.12g}") + 0.0


def _is_position(site: Site) -> bool:
    """An axis, an index, a bound: they have operators of their own, which know the neighbours."""
    match site.parent:
        case ast.keyword(arg="axis" | "dim" | "ddof" | "keepdims") | ast.Subscript() | ast.Slice():
            return True
        case ast.Tuple():
            return site.outer is not None and _is_position(site.outer)
    return called(site.parent) == "range"


def _in_reshape(site: Site) -> bool:
    """NumPy reads every negative length as "the rest", so -2 in place of -1 changes nothing."""
    around = site.outer.outer if site.outer and isinstance(site.parent, ast.Tuple) else site.outer
    return around is not None and called(around.node) == "reshape"


# ── statements and conditions ──────────────────────────────────────────────────────────────────


def delete_statement(site: Site) -> Iterator[ast.AST]:
    """A simple statement or a loop → pass. Not a return; an `if` without its body is `condition`'s False."""
    match site.node:
        case ast.AnnAssign(value=None):
            return
        case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.Expr() | ast.Delete():
            yield ast.Pass()
        case ast.For() | ast.While() | ast.Break() | ast.Continue():
            yield ast.Pass()


def augmented(site: Site) -> Iterator[ast.AST]:
    """a += b → a -= b, a = b; likewise for -=, *=, /=."""
    match site.node:
        case ast.AugAssign(target=target, op=op, value=value):
            if type(op) in _OPPOSITES:
                yield altered(site.node, op=_OPPOSITES[type(op)]())
            yield ast.copy_location(ast.Assign([target], value), site.node)


def condition(site: Site) -> Iterator[ast.AST]:
    """The test of an `if` → True, False; of a `while` only False, for an endless loop costs a time-out."""
    if site.field == "test":
        if not isinstance(site.parent, ast.While):
            yield ast.Constant(True)
        yield ast.Constant(False)


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def comparison(site: Site) -> Iterator[ast.AST]:
    """a < b → a <= b, a > b; == ↔ !=; is ↔ is not; in ↔ not in."""
    match site.node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                for other in _COMPARISONS[type(op)]:
                    yield altered(site.node, ops=[*ops[:i], other(), *ops[i + 1 :]])


def boolean(site: Site) -> Iterator[ast.AST]:
    """a and b → a or b, a, b; not a → a."""
    match site.node:
        case ast.BoolOp(op=op, values=values):
            yield altered(site.node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for index in range(len(values)):
                rest = [*values[:index], *values[index + 1 :]]
                yield rest[0] if len(rest) == 1 else altered(site.node, values=rest)
        case ast.UnaryOp(op=ast.Not(), operand=a):
            yield a


# ── the order of things ───────────────────────────────────────────────────────────────────────


def _neighbours_swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for i, j in pairwise(range(len(items))):
        yield [*items[:i], items[j], items[i], *items[j + 1 :]]


def swap_elements(site: Site) -> Iterator[ast.AST]:
    """a, b → b, a where it is returned, assigned, unpacked or an index; {k: a, l: b} → {k: b, l: a}."""
    match site.parent, site.node:
        case ast.Return() | ast.Assign() | ast.Subscript(), ast.Tuple(elts=items):
            yield from (altered(site.node, elts=swapped) for swapped in _neighbours_swapped(items))
        case _, ast.Dict(values=items):
            yield from (altered(site.node, values=swapped) for swapped in _neighbours_swapped(items))


_SYMMETRIC = frozenset({"maximum", "minimum", "max", "min", "add", "multiply", "allclose", "isclose", "where"})


def swap_arguments(site: Site) -> Iterator[ast.AST]:
    """f(a, b) → f(b, a) for neighbours; not if f does not care. `np.where` has an operator of its own."""
    if isinstance(site.node, ast.Call) and called(site.node) not in _SYMMETRIC:
        yield from (altered(site.node, args=swapped) for swapped in _neighbours_swapped(site.node.args))


OPERATORS: dict[str, Operator] = {
    "drop-term": drop_term,
    "drop-factor": drop_factor,
    "swap-operator": swap_operator,
    "swap-operands": swap_operands,
    "drop-sign": drop_sign,
    "negate": negate,
    "constant": constant,
    "delete-statement": delete_statement,
    "augmented": augmented,
    "condition": condition,
    "comparison": comparison,
    "boolean": boolean,
    "swap-elements": swap_elements,
    "swap-arguments": swap_arguments,
}
