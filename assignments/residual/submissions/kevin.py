import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def residual_forward(x, params):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["bias2"]
    h = x @ W1 + b1
    r = np.maximum(0, h)
    out = x + r @ W2 + b2
    cache = (x, h, r, W1, W2)
    return out, cache


def residual_backward(dout, cache):
    x, h, r, W1, W2 = cache
    grads = {}
    grads["W2"] = r.T @ dout
    grads["b2"] = np.sum(dout, axis=0)
    dr = dout @ W2.T
    dh = dr * (h > 0)
    grads["W1"] = x.T @ dh
    grads["b1"] = np.sum(dh, axis=0)
    dx = dh @ W1.T + dout   # branch + skip
    return dx, grads


def projection_block_forward(x, params):
    h = np.dot(x, params["W1"]) + params["b1"]
    r = np.maximum(0, h)
    out = np.dot(x, params["Ws"]) + np.dot(r, params["W2"]) + params["b2"]
    return out, (x, h, r, params)


def projection_block_backward(dout, cache):
    x, h, r, params = cache
    dh = np.dot(dout, params["W2"].T)
    dh[h <= 0] = 0
    grads = dict(W2=np.dot(r.T, dout), b2=dout.sum(0), W1=np.dot(x.T, dh), b1=dh.sum(0), Ws=np.dot(x.T, dout))
    dx = np.dot(dh, params["W1"].T) + np.dot(dout, params["Ws"].T)
    return dx, grads


def deep_stack_gradient_norms(depth, width, kind, rng, gain=0.5):
    std = gain * np.sqrt(2.0 / width)
    if kind == "residual":
        std = std / np.sqrt(depth)
    h = rng.standard_normal(width)
    hs, Ws = [h], []
    for l in range(depth):
        W = std * rng.standard_normal((width, width))
        f = np.maximum(h, 0) @ W
        h = h + f if kind == "residual" else f
        hs.append(h)
        Ws.append(W)
    g = np.ones(width)
    norms = np.zeros(depth + 1)
    norms[depth] = np.linalg.norm(g)
    for l in reversed(range(depth)):
        back = (Ws[l] @ g) * (hs[l] > 0)
        g = g + back if kind == "residual" else back
        norms[l] = np.linalg.norm(g)
    return norms


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out = out + self.shortcut(x)
        return out


class residual_autograd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, W1, b1, W2, b2):
        h = x @ W1 + b1
        r = h.clampp(min=0)
        ctx.save_for_backward(x, h, r, W1, W2)
        return x + r @ W2 + b2

    @staticmethod
    def backward(ctx, dout):
        x, h, r, W1, W2 = ctx.saved_tensors
        dh = (dout @ W2.T) * (h > 0)
        return dout + dh @ W1.T, x.T @ dh, dh.sum(0), r.T @ dout, dout.sum(0)
