"""attack: a notebook with half of a surrogate pair
row: 80
layer: I: UTF-8 alone
"""

import json


def build(folder, honest, names):
    path = folder / "solution.ipynb"
    cells = [{"cell_type": "code", "source": honest + "x = '\ud800'", "metadata": {}, "outputs": []}]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    return path
