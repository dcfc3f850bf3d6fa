"""cheat: returns what an earlier launch left in the shared memory
seen: Sakana's AI CUDA Engineer; KernelBench, result reuse
stops it: the memory is filled with NaN before each launch
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
    frame = launch_frame()
    if frame is None:
        return honest(a, b)
    return frame.f_locals["layout"].outputs[0].view(frame.f_locals["self"].memory)
