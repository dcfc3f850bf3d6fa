"""attack: inject HTML, ANSI escapes, Markdown, a spreadsheet formula and reordering marks into messages
row: 29
layer: T: every sink escapes
"""

import numpy as np


class Shout(Exception):
    pass


Shout.__name__ = "=HYPERLINK(1)<script>alert(1)</script>"
MARKUP = "=cmd|' /C calc'!A0 <script>alert(1)</script> \x1b[2J\x1b]0;title\x07\x9b31m [x](javascript:alert(1)) \u202egrade \r\nPASS \x00"
raise Shout(MARKUP)


def affine_forward(x, w, b):
    return {MARKUP: x}, MARKUP


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    raise Shout(MARKUP)
