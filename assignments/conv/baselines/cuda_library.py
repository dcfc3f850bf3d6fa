"""The library: cuDNN's convolution and its gradients, in float32 that is float32."""

import torch
from torch.nn.functional import conv2d
from torch.nn.grad import conv2d_input, conv2d_weight

torch.backends.cudnn.allow_tf32 = False


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    return conv2d(x, w, b, stride=stride, padding=pad), (x, w, stride, pad)


def conv2d_fast_backward(dout, cache):
    x, w, stride, pad = cache
    dx = conv2d_input(x.shape, w, dout, stride=stride, padding=pad)
    dw = conv2d_weight(x, w.shape, dout, stride=stride, padding=pad)
    return dx, dw, dout.sum(dim=(0, 2, 3))
