"""attack: print a perfect report, and write one to every descriptor and file
row: 15
layer: P: nothing that it prints is read
"""

import json
import os
import sys

import numpy as np

REPORT = json.dumps({"schema": "autograder/report/v1", "score": 100.0, "max_score": 100.0, "verdict": "PASS"})
print(REPORT)
print(REPORT, file=sys.stderr)
for descriptor in (0, 1, 2):
    try:
        os.write(descriptor, REPORT.encode())
    except OSError:
        pass
for name in ("results.json", "/autograder/results/results.json", "/tmp/@MARK@-report.json"):
    try:
        with open(name, "w") as file:
            file.write(REPORT)
    except OSError:
        pass


def affine_forward(x, w, b):
    return np.zeros((len(x), len(b))), (x, w, b)


def affine_backward(dout, cache):
    return tuple(np.zeros_like(part) for part in cache)


def total(x):
    return 0.0
