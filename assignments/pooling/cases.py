"""The cases that are asked about: their parameters, their arrays, and what each function is given."""

import numpy as np

from autograder import CONTENTS, CheckFailed, Space, expect

# In the first row of each space all sizes differ: what it brings out is told from other mistakes most easily.
COUNTS = {"n": (1, 2), "c": (1, 2, 3)}
USUAL = ("normal",)
FIRST = {"n": 2, "c": 3, "content": "normal"}

# ── Lp pooling ─────────────────────────────────────────────────────────────────────────────────

POWERS = (2.0, 1.0, 3.0, 1.5, 4.5, 8.0)
PLAIN = COUNTS | {"size": ((2, 4), (4, 4), (4, 2)), "p": POWERS, "content": ("whole", "normal")}
ANY = COUNTS | {"size": ((4, 5), (5, 4), (6, 7)), "p": (2.0, 3.0), "content": USUAL}
LP = Space(
    rows=[FIRST | {"size": (4, 6), "p": p} for p in (3.0, 1.0, 2.5)],
    **PLAIN,
)
LP_OVERLAPPING = Space(
    rows=[FIRST | {"size": (4, 7), "p": 3.0, "pool": 3, "stride": 1}], **ANY, pool=(3, 2), stride=(1,)
)
LP_APART = Space(rows=[FIRST | {"size": (5, 7), "p": 3.0, "pool": 2, "stride": 3}], **ANY, pool=(1, 2), stride=(3,))
LP_RECTANGLES = Space(
    rows=[FIRST | {"size": (4, 7), "p": 3.0, "pool": (3, 2), "stride": 2}],
    **ANY,
    pool=((1, 2), (3, 1), (2, 3)),
    stride=(2,),
)
LP_FEW = Space(rows=[FIRST | {"size": (2, 4), "p": 3.0}], **PLAIN | {"content": USUAL})


def large(case, *shape):
    """Numbers of either sign, so large that a constant of 1e-8, which guards a division by 0, is lost beside them."""
    rng = case.rng("x")
    sizes = rng.integers(1, 5, shape) if case.content == "whole" else 0.05 + np.abs(rng.standard_normal(shape))
    return 1e8 * sizes * rng.choice([-1.0, 1.0], shape)


def lp_pooling(case):
    """x and p, and where the case has them pool and stride."""
    arguments = {"x": case.given("x", large(case, case.n, case.c, *case.size)), "p": case.p}
    if "pool" in case.params:
        arguments |= {"pool": case.pool if isinstance(case.pool, int) else tuple(case.pool), "stride": case.stride}
    return arguments


# ── tiles ──────────────────────────────────────────────────────────────────────────────────────

TILES = COUNTS | {"tiles": ((1, 2), (2, 1), (2, 2)), "span": (2, 3), "left": ((0, 0),)}


def tiling(kind, contents, rest=((0, 0),)):
    """The cases of one kind; `rest` are the rows and columns that are left over."""
    first = FIRST | {"tiles": (2, 3), "span": 2, "left": rest[0], "kind": kind}
    return Space(
        rows=[first, first | {"tiles": (1, 2), "span": 3}],
        **TILES | {"left": rest},
        content=contents,
        kind=(kind,),
    )


# No two numbers of a tile are equal where the kind is max: "whole" numbers would be.
KINDS = {"max": tiling("max", USUAL), "average": tiling("average", CONTENTS), "l2": tiling("l2", ("whole", "normal"))}
REMAINDERS = tiling("average", USUAL, ((1, 1), (1, 0), (0, 1)))


def tiled(case):
    """x, span and kind."""
    h, w = (case.span * tiles + left for tiles, left in zip(case.tiles, case.left, strict=True))
    shape = case.n, case.c, h, w
    x = case.given("x", large(case, *shape)) if case.kind == "l2" else case.array("x", *shape)
    return {"x": x, "span": case.span, "kind": case.kind}


def one_spot_a_tile(case):
    """x (N, C, H, W) with one pixel above 0 in each tile, its upper left one."""
    x = np.zeros((case.n, case.c, case.span * case.tiles[0], case.span * case.tiles[1]))
    x[:, :, :: case.span, :: case.span] = np.abs(case.array("spots", case.n, case.c, *case.tiles))
    return case.given("image", x)  # not "x", which `tiled` draws on the cases that both share


# ── between resolutions ────────────────────────────────────────────────────────────────────────

UP = Space(
    rows=[FIRST | {"size": (3, 4), "factor": 2}, FIRST | {"size": (2, 3), "factor": 3}],
    **COUNTS,
    size=((1, 2), (2, 2), (3, 2)),
    factor=(2, 3, 4),
    content=CONTENTS,
)
PYRAMIDS = Space(
    rows=[{"size": (9, 12), "levels": 3, "content": "normal"}, {"size": (6, 5), "levels": 2, "content": "normal"}],
    size=((5, 6), (7, 5), (6, 10), (9, 9)),
    levels=(2, 3),
    content=CONTENTS,
)


def upsampling(case):
    """x and factor."""
    return {"x": case.array("x", case.n, case.c, *case.size), "factor": case.factor}


def image(case):
    """x (H, W)."""
    return case.array("x", *case.size)


def expect_images(student, found, expected):
    """`found`, what gaussian_pyramid returned, must be a list of these images."""
    if not isinstance(found, tuple | list):
        raise CheckFailed("gaussian_pyramid must return a list of images.", tensor="pyramid")
    if len(found) != len(expected):
        raise CheckFailed(f"The pyramid has {len(found)} images; it must have {len(expected)}.", tensor="pyramid")
    expect(student, **{f"level {i}": pair for i, pair in enumerate(zip(found, expected, strict=True))})


# ── normalisation, shifts ──────────────────────────────────────────────────────────────────────

SIZES = {"size": ((3, 4), (4, 3), (4, 5)), "content": CONTENTS}
SQUARE_KERNELS = {"kernel": ((3, 3),), "symmetric": (True,)}
ANY_KERNELS = {"kernel": ((3, 1), (1, 3), (3, 5)), "symmetric": (False,)}
PLANE = FIRST | {"size": (4, 6)}
NORMAL = Space(rows=[PLANE | {"kernel": (3, 3), "symmetric": True}], **COUNTS, **SIZES, **SQUARE_KERNELS)
NORMAL_ANY = Space(rows=[PLANE | {"kernel": (3, 5), "symmetric": False}], **COUNTS, **SIZES, **ANY_KERNELS)
DIVIDED = Space(
    rows=[PLANE | {"kernel": (3, 3), "symmetric": True, "eps": 1e-3}], **COUNTS, **SIZES, **SQUARE_KERNELS, eps=(1e-3,)
)
DIVIDED_ANY = Space(
    rows=[PLANE | {"kernel": (3, 5), "symmetric": False, "eps": 1e-3}], **COUNTS, **SIZES, **ANY_KERNELS, eps=(1e-3,)
)
# So large that it stands in for about half of the deviations.
FLAT = Space(
    rows=[PLANE | {"kernel": (3, 3), "symmetric": True, "eps": 1.0}],
    **COUNTS,
    **SIZES | {"content": USUAL},
    **SQUARE_KERNELS,
    eps=(1.0, 0.8),
)
SHIFTS = Space(
    rows=[PLANE | {"dy": 1, "dx": -2}, PLANE | {"dy": -2, "dx": 1}, PLANE | {"dy": 0, "dx": 3}],
    **COUNTS,
    **SIZES,
    dy=(0, 1, -1, 2, -2),
    dx=(0, 1, -1, 2, -2),
)
BEYOND = Space(
    rows=[PLANE | {"dy": 0, "dx": 6}, PLANE | {"dy": -4, "dx": 1}, PLANE | {"dy": 9, "dx": -11}],
    **COUNTS,
    **SIZES,
    dy=(7, -6),
    dx=(0, 9),
)


def kernel_of(case):
    """Weights above 0 whose sum is 1; the same after half a turn where the case says symmetric."""
    weights = case.rng("kernel").uniform(0.2, 1.0, case.kernel)
    if case.symmetric:
        weights = weights + weights[::-1, ::-1]
    return case.given("kernel", weights / weights.sum())


def normalizing(case):
    """x and kernel."""
    return {"x": case.array("x", case.n, case.c, *case.size), "kernel": kernel_of(case)}


def plane(case):
    """x (N, C, H, W)."""
    return case.array("x", case.n, case.c, *case.size)
