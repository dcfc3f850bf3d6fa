"""Residual networks, by Alan. Helpers first, then what was asked."""
from __future__ import print_function
import math
import numpy as np
import torch
from torch import nn


def fc(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for i in xrange(x.shape[0]):
        for j in xrange(w.shape[1]):
            s = b[j]
            for k in xrange(w.shape[0]):
                s = s + x[i, k] * w[k, j]
            out[i, j] = s
    return out


def fc_back(d, x, w):
    return d.dot(w.T), x.T.dot(d), d.sum(0)


def branch_forward(x, p):
    z = fc(x, p['W1'], p['b1'])
    a = z * (z > 0)
    return fc(a, p['W2'], p['b2']), (x, z, a, p)


def branch_backward(d, saved):
    x, z, a, p = saved
    da, dW2, db2 = fc_back(d, a, p['W2'])
    dx, dW1, db1 = fc_back(da * (z >= 0), x, p['W1'])
    return dx, {'W1': dW1, 'b1': db1, 'W2': dW2, 'b2': db2}


def residual_forward(x, params):
    f, saved = branch_forward(x, params)
    return f + x, saved


def residual_backward(dout, cache):
    dx, grads = branch_backward(dout, cache)
    return dx + dout, grads


def projection_block_forward(x, params):
    f, saved = branch_forward(x, params)
    return f + fc(x, params['Ws'], np.zeros(f.shape[1])), saved


def projection_block_backward(dout, cache):
    dx, grads = branch_backward(dout, cache)
    grads['Ws'] = cache[0].T.dot(dout)
    return dx + dout.dot(cache[3]['Ws'].T), grads


def deep_stack_gradient_norms(depth, width, kind, rng, gain=0.5):
    skip = 1.0 if kind == 'residual' else 0.0
    std = gain * math.sqrt(2.0 / width / (depth if skip else 1))
    h = rng.normal(0, 1, width)
    stack = []
    for _ in xrange(depth):
        w = rng.normal(0, std, (width, width))
        stack.append((w, h))
        h = skip * h + w.T.dot(h.clip(0))
    g = np.ones(width)
    norms = [math.sqrt((g ** 2).sum())]
    while stack:
        w, h = stack.pop()
        g = skip * g + (h > 0) * w.dot(g)
        norms.append(math.sqrt((g ** 2).sum()))
    norms.reverse()
    return norms


def conv3x3(i, o, s=1):
    return nn.Conv2d(i, o, kernel_size=3, stride=s, padding=1)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super(ResidualBlock, self).__init__()
        self.left = nn.Sequential(
            conv3x3(in_channels, out_channels, stride), nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True),
            conv3x3(out_channels, out_channels), nn.BatchNorm2d(out_channels))
        self.right = None
        if stride != 1 or in_channels != out_channels:
            self.right = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, kernel_size=1, stride=stride), nn.BatchNorm2d(out_channels))

    def forward(self, x):
        skip = x if self.right is None else self.right(x)
        return self.left(x) + skip


class _Residual(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, W1, b1, W2, b2):
        z = torch.mm(x, W1) + b1
        ctx.save_for_backward(x, W1, z, W2)
        return x + torch.mm(torch.relu(z), W2) + b2

    @staticmethod
    def backward(ctx, d):
        x, W1, z, W2 = ctx.saved_tensors
        dz = torch.mm(d, W2.t())
        dz[z < 0] = 0
        return d + torch.mm(dz, W1.t()), torch.mm(x.t(), dz), dz.sum(0), torch.mm(torch.relu(z).t(), d), d.sum(0)


residual_autograd = _Residual.apply


if __name__ == '__main__':
    print(deep_stack_gradient_norms(20, 50, 'plain', np.random.default_rng(1)))
