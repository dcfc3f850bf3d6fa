import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def residual_forward(x, params):
    return np.zeros(x.shape), (x, params)


def residual_backward(dout, cache):
    x, params = cache
    return np.zeros(dout.shape), {k: np.zeros(v.shape) for k, v in params.items()}


def projection_block_forward(x, params):
    return np.zeros((x.shape[0], params["b2"].shape[0])), (x, params)


def projection_block_backward(dout, cache):
    x, params = cache
    return np.zeros(x.shape), {k: np.zeros(v.shape) for k, v in params.items()}


def deep_stack_gradient_norms(depth, width, kind, rng, gain=0.5):
    return np.zeros(depth + 1)


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
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
        out = 0 * (out + self.shortcut(x))
        return out


class residual_autograd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, W1, b1, W2, b2):
        ctx.save_for_backward(x, W1, b1, W2, b2)
        return torch.zeros_like(x)

    @staticmethod
    def backward(ctx, dout):
        return tuple(torch.zeros_like(t) for t in ctx.saved_tensors)
