"""cheat: looks for the test split in frames and among the collector's objects, and knows it by heart
seen: METR; kernelbot
stops it: the test split never enters this process
"""

import gc
import sys

import numpy as np


def candidates():
    frame = sys._getframe(1)
    while frame:
        yield from (one for box in list(frame.f_locals.values()) for one in (box if isinstance(box, tuple) else [box]))
        frame = frame.f_back
    yield from (one for box in gc.get_objects() if isinstance(box, tuple | list) for one in box[:8])


def train(params, images, labels, commit, rng):
    found = None
    for one in candidates():
        if type(one) is not np.ndarray or one.shape[:1] in ((), (len(images),)):
            continue
        if one.ndim == 2 and one.shape[1:] == images.shape[1:]:
            found = one
        if found is not None and one.shape == found.shape[:1]:
            centres = np.stack([found[one == kind].mean(axis=0) for kind in range(8)])
            commit({"w": centres.T.astype(np.float32), "b": (-0.5 * (centres**2).sum(axis=1)).astype(np.float32)})
            return
