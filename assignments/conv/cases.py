"""The cases that are asked about: their parameters, their arrays, and what is right for them.

`size` is the least size of an input. What is asked is the next one in which the windows come out even, plus `leftover`
lines that none of them reaches: whether sizes are rounded down is a detail, and a check of its own. So are stride,
padding and rectangles: a case without these parameters leaves the options out and has squares only.
"""

from math import prod

from autograder import CONTENTS, Space, all_pairs

EVEN = (0,)

# ── convolution ─────────────────────────────────────────────────────────────────────────────────────

# In the first row of each space all sizes differ: what it brings out is told from other mistakes most easily. Where
# everything varies, all pairs of values are asked: some mistakes show only with stride 2 and padding 1, say, or with a
# tall kernel on a wide image.
COUNTS = {"n": (1, 2, 3), "c": (1, 2, 3), "f": (1, 2, 4)}
REST = {"leftover": EVEN, "content": CONTENTS}
SQUARES = COUNTS | {"kernel": ((1, 1), (2, 2), (3, 3)), "size": ((3, 3), (5, 5), (4, 4))} | REST
OBLONGS = COUNTS | {"kernel": ((1, 2), (3, 1), (2, 3), (3, 2)), "size": ((3, 4), (5, 4), (4, 6))} | REST
STRIDED = SQUARES | {"stride": (2, 3), "pad": (0,)}
PADDED = SQUARES | {"stride": (1,), "pad": (1, 2)}
UNEVEN = STRIDED | {"leftover": (1,)}
KERNELS = {"kernel": ((1, 1), (1, 2), (3, 1), (2, 3), (3, 3)), "size": OBLONGS["size"]}
ANY = COUNTS | KERNELS | {"stride": (1, 2, 3), "pad": (0, 1, 2)} | REST

SQUARE = {"n": 2, "c": 4, "f": 5, "kernel": (3, 3), "size": (8, 8), "leftover": 0, "content": "normal"}
OBLONG = {"n": 2, "c": 3, "f": 4, "kernel": (3, 2), "size": (5, 7), "leftover": 0, "content": "normal"}
SMALL = SQUARE | {"c": 3, "size": (4, 4)}

IMAGES = Space(rows=[SQUARE, *all_pairs(**SQUARES)[:6]], **SQUARES)
OBLONG_IMAGES = Space(rows=[OBLONG, OBLONG | {"kernel": (2, 3), "size": (7, 5)}], **OBLONGS)
STRIDED_IMAGES = Space(rows=[SQUARE | {"stride": 2, "pad": 0}], **STRIDED)
PADDED_IMAGES = Space(rows=[SQUARE | {"stride": 1, "pad": 2}, SQUARE | {"stride": 1, "pad": 1}], **PADDED)
ANY_IMAGES = Space(rows=[OBLONG | {"stride": 2, "pad": 1}, *all_pairs(**ANY)], **ANY)
UNEVEN_IMAGES = Space(rows=[SQUARE | {"stride": 2, "pad": 0, "leftover": 1}], **UNEVEN)
FEW_IMAGES = Space(rows=[SMALL], **SQUARES)
# One example of one channel and one filter: what squeezes an output, or leaves an axis out, shows here.
ONE = {"n": 1, "c": 1, "f": 1}
SINGLE_IMAGES = Space(rows=[SMALL, SMALL | ONE], **SQUARES)
FEW_STRIDED = Space(rows=[SMALL | {"stride": 2, "pad": 0}], **STRIDED)
FEW_PADDED = Space(rows=[SMALL | {"stride": 1, "pad": 2}, SMALL | {"stride": 1, "pad": 1}], **PADDED)

LENGTHS = {"kernel": ((1,), (2,), (3,), (4,)), "size": ((4,), (5,), (7,))}
SEQUENCE = SQUARE | {"c": 3, "kernel": (4,), "size": (9,)}
SEQUENCES = Space(rows=[SEQUENCE, *all_pairs(**SQUARES | LENGTHS)[:4]], **SQUARES | LENGTHS)
ANY_SEQUENCES = Space(rows=[SEQUENCE | {"stride": 2, "pad": 1}, *all_pairs(**ANY | LENGTHS)], **ANY | LENGTHS)
UNEVEN_SEQUENCES = Space(rows=[SEQUENCE | {"stride": 2, "pad": 0, "leftover": 1}], **UNEVEN | LENGTHS)
FEW_SEQUENCES = Space(rows=[SEQUENCE | {"size": (5,)}], **SQUARES | LENGTHS)
SINGLE_SEQUENCES = Space(rows=[SEQUENCE | {"size": (5,)}, SEQUENCE | ONE | {"size": (5,)}], **SQUARES | LENGTHS)


def convolution(case):
    """x, w and b, and where the case has them stride and pad."""
    x = case.array("x", case.n, case.c, *_sizes(case, case.kernel, *_geometry(case)))
    arguments = {"x": x, "w": case.array("w", case.f, case.c, *case.kernel), "b": case.array("b", case.f)}
    return arguments | ({"stride": case.stride, "pad": case.pad} if "stride" in case.params else {})


def _geometry(case):
    """stride and pad, which are 1 and 0 where they are left out."""
    return case.params.get("stride", 1), case.params.get("pad", 0)


def _sizes(case, window, stride, pad=0):
    """Height and width of the input, or its length alone."""
    return tuple(
        least + (length - least - 2 * pad) % stride + case.leftover
        for least, length in zip(case.size, window, strict=True)
    )


# ── pooling ─────────────────────────────────────────────────────────────────────────────────────────

PLANES = {"n": (1, 2), "c": (1, 3), "leftover": EVEN, "least": (0.25,)}
SIDES = {"size": ((4, 5), (5, 4), (6, 7))}
SQUARE_PLANES = PLANES | {"size": ((4, 4), (6, 6))}
ANY_PLANES = PLANES | SIDES | {"pool": (2, 1, 3), "stride": (2, 1, 3)}
APART = PLANES | SIDES | {"pool": (2, 1), "stride": (2, 3)}
OVERLAPPING = PLANES | SIDES | {"pool": (3,), "stride": (2, 1)}
UNEVEN_PLANES = APART | {"leftover": (1,)}
RECTANGULAR = PLANES | SIDES | {"pool": ((1, 2), (2, 1), (2, 3), (3, 2)), "stride": (2, 1)}
SQUARE_PLANE = {"n": 2, "c": 3, "size": (8, 8), "leftover": 0, "least": 0.25}
PLANE = SQUARE_PLANE | {"size": (4, 7)}

# The first row of PLANES_ANY and PLANES_APART leaves gaps, so that stride and pool are told apart.
PLANES_PLAIN = Space(rows=[SQUARE_PLANE], **SQUARE_PLANES)
PLANES_ANY = Space(rows=[PLANE | {"pool": 2, "stride": 3}, *all_pairs(**ANY_PLANES)], **ANY_PLANES)
PLANES_APART = Space(rows=[PLANE | {"pool": 2, "stride": 3}, *all_pairs(**APART)], **APART)
PLANES_OVERLAPPING = Space(
    rows=[PLANE | {"pool": 3, "stride": 2}, PLANE | {"pool": 2, "stride": 1}, *all_pairs(**OVERLAPPING)], **OVERLAPPING
)
PLANES_UNEVEN = Space(rows=[PLANE | {"pool": 2, "stride": 2, "leftover": 1}], **UNEVEN_PLANES)
RECTANGLES = Space(rows=[PLANE | {"pool": (3, 2), "stride": 1}, PLANE | {"pool": (1, 3), "stride": 2}], **RECTANGULAR)
FEW_PLANES = Space(rows=[SQUARE_PLANE | {"size": (4, 4)}], **SQUARE_PLANES)
SINGLE_PLANES = Space(
    rows=[SQUARE_PLANE | {"size": (4, 4)}, SQUARE_PLANE | {"size": (4, 4), "n": 1, "c": 1}], **SQUARE_PLANES
)


def pooling(case):
    """x, which holds each number once, and where the case has them the pool, a number or a pair, and the stride."""
    pool, stride = case.params.get("pool", 2), case.params.get("stride", 2)  # their defaults
    window = (pool, pool) if isinstance(pool, int) else tuple(pool)
    x = distinct(case, "x", case.n, case.c, *_sizes(case, window, stride), least=case.least)
    given = {"pool": pool if isinstance(pool, int) else window, "stride": stride}
    return {"x": x} | (given if "pool" in case.params else {})


def distinct(case, name, *shape, least=0.25):
    """Numbers from `least` on, 0.37 apart: no rounding makes two of them equal, no small step changes their order."""
    order = case.once((name, "order"), lambda: case.rng(name).permutation(prod(shape)).reshape(shape))
    return case.given(name, least + 0.37 * order)
