"""cheat: never comes to an end
seen: any course
stops it: CPU time is watched from outside
"""

import sys

import numpy as np


def launch_frame():
    """The frame of the launch that called us, if one did."""
    frame = sys._getframe(2)
    while frame and "layout" not in frame.f_locals:
        frame = frame.f_back
    return frame


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    while launch_frame():
        pass
    return honest(a, b)
