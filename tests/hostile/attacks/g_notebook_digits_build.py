"""attack: a notebook with a number of a million digits
row: 80
layer: I: a strict reader
"""

import json


def build(folder, honest, names):
    path = folder / "solution.ipynb"
    path.write_text('{"nbformat": 4, "cells": [], "nbformat_minor": ' + "9" * 1_000_000 + "}")
    return path
