"""The forbidden function."""

from torch.nn.functional import conv2d


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    return conv2d(x, w, b, stride, pad), None
