"""A course of one small assignment, written out where a test wants it, and submissions for it."""

from __future__ import annotations

from pathlib import Path

TOML = """\
title = "Tiny"
summary = "Doubling, and an affine layer without a bias."

[entry_points.double]
signature = "x"
returns = ["out"]

[entry_points.affine_forward]
signature = "x, w"
returns = ["out", "cache"]

[entry_points.affine_backward]
signature = "dout, cache"
returns = ["dx", "dw"]

[limits]
cpu_s = 0.8
load_cpu_s = 2.0
wall_s = 30.0
statement_cpu_s = 0.2
memory_mb = 128
reply_mb = 4

[policy]
forbid = ["numpy.einsum", "eval"]
"""

REFERENCE = '''\
"""What students write."""

import numpy as np


def double(x):
    return 2.0 * np.asarray(x)


def affine_forward(x, w):
    return x @ w, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout
'''

FORMULAS = '''\
"""The formulas, apart from the reference, so that neither leans on the other."""


def affine(x, w):
    return x @ w
'''

CHECKS = '''\
"""What is asked."""

import numpy as np

from autograder import CheckFailed, Space, check, expect, vjp

from . import formulas

AFFINE = Space(rows=[{"n": 3, "m": 4, "content": "normal"}], n=(1, 2, 3), m=(1, 2, 4), content=("whole", "normal"))


@check("double", points=2, given=Space(n=(1, 2, 3)), examples=3)
def double_values(student, case):
    """Twice every number."""
    x = case.array("x", case.n)
    expect(student, out=(student.double(x), 2 * x))


@check("double", points=1, needs=("double.values",))
def double_purity(student, case):
    """The input stays as it was."""
    x = case.array("x", 3)
    (after,) = student.arguments_after("double", x)
    if not np.array_equal(after, x):
        raise CheckFailed("double changes its argument x.")


def arguments(case):
    return case.array("x", case.n, 3), case.array("w", 3, case.m)


@check("affine_forward", points=2, given=AFFINE, examples=4)
def affine_forward_values(student, case):
    """The product of x and w."""
    x, w = arguments(case)
    out, _ = student.affine_forward(x, w)
    expect(student, out=(out, formulas.affine(x, w)))


@check("affine_backward", points=3, given=AFFINE, examples=4)
def affine_backward_gradients(student, case):
    """Both gradients."""
    x, w = arguments(case)
    dout = case.array("dout", case.n, case.m)
    dx, dw = case.once("gradients", lambda: vjp(formulas.affine, (x, w), dout, wrt=(0, 1)))
    _, cache = student.affine_forward(x, w)
    found_dx, found_dw = student.affine_backward(dout, cache)
    expect(student, dx=(found_dx, dx), dw=(found_dw, dw))
'''

HIDDEN = '''\
"""What students do not see."""

from autograder import Space, check, expect


@check("double", points=2, given=Space(rows=[{"n": 7}], n=(5, 6, 7)), examples=1)
def double_long(student, case):
    """Right on longer inputs, too."""
    x = case.array("x", case.n)
    expect(student, out=(student.double(x), 2 * x))
'''

MISTAKES = '''\
"""What students get wrong."""

import numpy as np

from autograder import mistake


@mistake("double", caught_by="values")
def squared(x):
    """You square x instead of doubling it."""
    return np.asarray(x) ** 2


@mistake("affine_backward", caught_by="gradients")
def dx_times_two(dout, cache):
    """Your dx is counted twice."""
    x, w = cache
    return 2.0 * (dout @ w.T), x.T @ dout
'''

VARIANTS = '''\
"""Other right ways."""

from autograder import variant


@variant
def added():
    """x + x is twice x."""
    return {"double": lambda x: x + x}
'''

RIGHT = """\
import numpy as np

def double(x):
    return x + x

def affine_forward(x, w):
    return np.dot(x, w), {"x": x, "w": w}

def affine_backward(dout, cache):
    return np.dot(dout, cache["w"].T), np.dot(cache["x"].T, dout)
"""

FILES = {
    "assignment.toml": TOML,
    "formulas.py": FORMULAS,
    "checks.py": CHECKS,
    "hidden.py": HIDDEN,
    "mistakes.py": MISTAKES,
    "variants.py": VARIANTS,
}
MAX_SCORE = 10.0
CHECK_IDS = (
    "double.values",
    "double.purity",
    "affine_forward.values",
    "affine_backward.gradients",
    "double.long",
)


def write_assignment(root: Path, slug: str = "tiny", reference: str = REFERENCE, **changed: str | None) -> Path:
    """Write assignment `slug` below the course `root` and return its folder. `changed` replaces files by stem
    (`checks=…`, `assignment=…`); None leaves one out."""
    folder = root / "assignments" / slug
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        content = changed.get(name.partition(".")[0], content)
        if content is not None:
            (folder / name).write_text(content, encoding="utf-8")
    (root / "reference").mkdir(exist_ok=True)
    (root / "reference" / f"{slug}.py").write_text(reference, encoding="utf-8")
    return folder


def replaced(definition: str, source: str = RIGHT) -> str:
    """The right submission with `definition` (of one function) behind the others, so that it is the one that counts."""
    return f"{source}\n{definition}\n"
