"""attack: say that three hundred thousand statements failed, through which the grader looks for every entry point
row: 39
layer: W: the promises of the worker are held by the receiver
"""

import sys

wire = sys.modules["autograder.wire"]
wire.HEADER_CAP = 10**9
pack = wire.pack


def many(header, arrays, *caps):
    return pack({**header, "failed": [{}] * 300_000} if "failed" in header else header, arrays)


wire.pack = many
