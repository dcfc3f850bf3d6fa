"""cheat: a socket of its own that receives GO before it was sent and answers at once
seen: found here
stops it: an early answer finds NaN
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


class Eager:
    def __init__(self, sock):
        self.sock = sock

    def recv(self, size):
        return b"G"

    def sendall(self, data):
        self.sock.sendall(data)


def product(a, b):
    frame = launch_frame()
    if frame is not None:
        frame.f_locals["self"].sock = Eager(frame.f_locals["self"].sock)
    return honest(a, b)
