"""The cases that are asked about: their parameters, their arrays, and what is right for them.

`size` is the least size of an input. What is asked is the next one in which the windows come out even, plus `leftover`
lines that none of them reaches: whether sizes are rounded down is a detail, and a check of its own.
"""

from math import prod

from autograder import CONTENTS, Space, all_pairs, vjp

from . import formulas

EVEN = (0,)

# ── convolution ─────────────────────────────────────────────────────────────────────────────────────

# All pairs of values: some bugs show only with stride 2 and padding 1, say, or with a tall kernel on a wide image.
# In the first row all sizes differ, the kernel is taller than wide and the image wider than tall: what it brings out is
# told from other mistakes most easily.
COUNTS = {"n": (1, 2, 3), "c": (1, 2, 3), "f": (1, 2, 4)}
KERNELS = {"kernel": ((1, 1), (1, 2), (3, 1), (2, 3), (3, 3)), "size": ((3, 4), (5, 4), (4, 6))}
PLAIN = COUNTS | KERNELS | {"stride": (1,), "pad": (0,), "leftover": EVEN, "content": CONTENTS}
STRIDED = PLAIN | {"stride": (1, 2, 3), "pad": (0, 1, 2)}
STRIDED_UNEVEN = PLAIN | {"stride": (2, 3), "pad": (0, 1, 2), "leftover": (1,)}
FIRST = {"n": 2, "c": 3, "f": 4, "kernel": (3, 2), "size": (5, 7), "leftover": 0, "content": "normal"}

IMAGES = Space(rows=[FIRST | {"stride": 1, "pad": 0}, *all_pairs(**PLAIN)[:6]], **PLAIN)
STRIDED_IMAGES = Space(rows=[FIRST | {"stride": 2, "pad": 1}, *all_pairs(**STRIDED)], **STRIDED)
UNEVEN_IMAGES = Space(rows=[FIRST | {"stride": 2, "pad": 1, "leftover": 1}], **STRIDED_UNEVEN)
SMALL = FIRST | {"size": (3, 4)}
FEW_IMAGES = Space(rows=[SMALL | {"stride": 2, "pad": 1}, SMALL | {"stride": 1, "pad": 0}], **STRIDED)

LENGTHS = {"kernel": ((1,), (2,), (3,), (4,)), "size": ((4,), (5,), (7,))}
SEQUENCE = FIRST | {"kernel": (3,), "size": (7,)}
SEQUENCES = Space(rows=[SEQUENCE | {"stride": 2, "pad": 1}, *all_pairs(**STRIDED | LENGTHS)], **STRIDED | LENGTHS)
UNEVEN_SEQUENCES = Space(rows=[SEQUENCE | {"stride": 2, "pad": 1, "leftover": 1}], **STRIDED_UNEVEN | LENGTHS)
FEW_SEQUENCES = Space(
    rows=[SEQUENCE | {"stride": 2, "pad": 1}, SEQUENCE | {"stride": 1, "pad": 0}], **STRIDED | LENGTHS
)


def convolution_arguments(case):
    """x, w and b."""
    x = case.array("x", case.n, case.c, *_sizes(case, case.kernel, case.pad))
    return x, case.array("w", case.f, case.c, *case.kernel), case.array("b", case.f)


def convolution_shape(case):
    """The shape of out."""
    sizes = _sizes(case, case.kernel, case.pad)
    windows = ((size + 2 * case.pad - k) // case.stride + 1 for size, k in zip(sizes, case.kernel, strict=True))
    return case.n, case.f, *windows


def convolution_expected(case):
    """What is right for out."""
    return case.once("out", lambda: formulas.convolve(*convolution_arguments(case), case.stride, case.pad))


def convolution_gradients(case):
    """A random dout, and the gradients of x, w and b for it, by name."""
    x, w, _ = convolution_arguments(case)
    dout = case.array("dout", *convolution_shape(case))
    found = case.once("gradients", lambda: formulas.convolve_gradients(x, w, dout, case.stride, case.pad))
    return dout, dict(zip(("dx", "dw", "db"), found, strict=True))


def _sizes(case, window, pad):
    """Height and width of the input, or its length alone."""
    return tuple(
        least + (length - least - 2 * pad) % case.stride + case.leftover
        for least, length in zip(case.size, window, strict=True)
    )


# ── pooling ─────────────────────────────────────────────────────────────────────────────────────────

PLANES = {"n": (1, 2), "c": (1, 3), "size": ((4, 5), (5, 4), (6, 7)), "leftover": EVEN, "least": (0.25,)}
ANY = PLANES | {"pool": (2, 1, 3), "stride": (2, 1, 3)}
APART = PLANES | {"pool": (2, 1), "stride": (2, 3)}
OVERLAPPING = PLANES | {"pool": (3,), "stride": (2, 1)}
UNEVEN = APART | {"leftover": (1,)}
RECTANGULAR = PLANES | {"pool": ((1, 2), (2, 1), (2, 3), (3, 2)), "stride": (2, 1)}
PLANE = {"n": 2, "c": 3, "size": (4, 7), "leftover": 0, "least": 0.25}

# The first row leaves gaps, so that stride and pool are told apart.
PLANES_ANY = Space(rows=[PLANE | {"pool": 2, "stride": 3}, *all_pairs(**ANY)], **ANY)
PLANES_APART = Space(rows=[PLANE | {"pool": 2, "stride": 3}, *all_pairs(**APART)], **APART)
PLANES_OVERLAPPING = Space(
    rows=[PLANE | {"pool": 3, "stride": 2}, PLANE | {"pool": 2, "stride": 1}, *all_pairs(**OVERLAPPING)], **OVERLAPPING
)
PLANES_UNEVEN = Space(rows=[PLANE | {"pool": 2, "stride": 2, "leftover": 1}], **UNEVEN)
RECTANGLES = Space(rows=[PLANE | {"pool": (3, 2), "stride": 2}, PLANE | {"pool": (1, 3), "stride": 1}], **RECTANGULAR)
FEW_PLANES = Space(rows=[PLANE | {"n": 1, "c": 2, "pool": 2, "stride": 3}], **APART)


def pooling_arguments(case):
    """x, which holds each number once; the pool as a number or a pair; the stride."""
    pool = case.pool if isinstance(case.pool, int) else tuple(case.pool)
    shape = (case.n, case.c, *_sizes(case, _pair(pool), pad=0))
    return distinct(case, "x", *shape, least=case.least), pool, case.stride


def distinct(case, name, *shape, least=0.25):
    """Numbers from `least` on, 0.37 apart: no rounding makes two of them equal, no small step changes their order."""
    order = case.once((name, "order"), lambda: case.rng(name).permutation(prod(shape)).reshape(shape))
    return case.given(name, least + 0.37 * order)


def pooling_expected(case, formula):
    """What is right for out."""
    x, pool, stride = pooling_arguments(case)
    return case.once((formula, "out"), lambda: formula(x, _pair(pool), stride))


def pooling_gradient(case, formula):
    """A random dout, and dx for it."""
    x, pool, stride = pooling_arguments(case)
    dout = case.array("dout", *pooling_expected(case, formula).shape)
    (dx,) = case.once((formula, "dx"), lambda: vjp(formula, (x, _pair(pool), stride), dout, wrt=(0,)))
    return dout, dx


def _pair(pool):
    return (pool, pool) if isinstance(pool, int) else pool
