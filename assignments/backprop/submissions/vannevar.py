# Lösung zu Blatt 1
import numpy as np


def relu_forward(x):
    # größer als null
    return np.maximum(x, 0), x
