"""attack: a notebook nested a hundred thousand deep
row: 80
layer: I: a strict reader; depth is an error
"""

import json


def build(folder, honest, names):
    path = folder / "solution.ipynb"
    cells = "[" * 100_000 + "]" * 100_000
    path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {"x": ' + cells + '}, "cells": []}')
    return path
