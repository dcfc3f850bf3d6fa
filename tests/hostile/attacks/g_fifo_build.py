"""attack: a named pipe, at which the grader would wait for ever
row: 79
layer: I: O_NONBLOCK and regular files alone
"""

import os


def build(folder, honest, names):
    path = folder / "solution.py"
    os.mkfifo(path)
    return path
