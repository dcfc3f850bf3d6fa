"""Architectures, in functions of PyTorch where I could."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def conv_output_size(size, kernel, stride=1, pad=0, dilation=1):
    return math.floor((size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1)

def receptive_field(layers):
    field, jump = 1, math.prod(stride for _, stride in layers)
    for kernel, stride in layers[::-1]:
        field = (field - 1) * stride + kernel
    return [field, jump]

def parameter_count(layers):
    def of(layer):
        match layer:
            case ("conv", inp, out, k, _, _, groups, bias):
                return inp * out * k**2 // groups + out * bias
            case ("linear", inp, out, bias):
                return (inp + bias) * out
        return 0

    return sum(of(layer) for layer in layers)

def multiply_adds(layers, input_shape):
    (c, *sides), total = input_shape, 0
    for layer in layers:
        if layer[0] == "linear":
            total += math.prod(layer[1:3])
        elif layer[0] in ("conv", "pool"):
            k, s, p = layer[3:6] if layer[0] == "conv" else (*layer[1:], 0)
            sides = [conv_output_size(side, k, s, p) for side in sides]
            if layer[0] == "conv":
                c = layer[2]
                total += c * (layer[1] // layer[6]) * k * k * math.prod(sides)
    return total


class LeNet5(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, n)]
        )

    def forward(self, x):
        for layer in self.layers[:2]:
            x = F.max_pool2d(layer(x).clamp(min=0), kernel_size=2)
        x = x.reshape(len(x), -1)
        for layer in self.layers[2:-1]:
            x = torch.maximum(layer(x), torch.zeros_like(x[:, :1]))
        return F.log_softmax(self.layers[-1](x), dim=1)

class AlexNet(nn.Module):
    """With the paper's local response normalisation, which has no parameters."""

    def __init__(self, n):
        super().__init__()
        self.c1 = nn.Conv2d(3, 64, 11, 4)
        self.c2 = nn.Conv2d(64, 192, 5, padding="same")
        self.c3, self.c4 = nn.Conv2d(192, 384, 3, padding="same"), nn.Conv2d(384, 256, 3, padding="same")
        self.c5 = nn.Conv2d(256, 256, 3, padding=1)
        self.f6, self.f7, self.f8 = nn.LazyLinear(4096), nn.LazyLinear(4096), nn.LazyLinear(n)

    def forward(self, x):
        x = F.relu(self.c1(F.pad(x, (2, 2, 2, 2))))
        x = F.max_pool2d(F.local_response_norm(x, 5), 3, 2)
        x = F.max_pool2d(F.local_response_norm(F.relu(self.c2(x)), 5), 3, 2)
        x = F.relu(self.c4(F.relu(self.c3(x))))
        x = F.max_pool2d(F.relu(self.c5(x)), 3, 2).flatten(start_dim=1)
        x = F.relu(self.f6(F.dropout(x, training=self.training)))
        return self.f8(F.relu(self.f7(F.dropout(x, training=self.training))))

class VGG(nn.Module):
    def __init__(self, depth, n):
        super().__init__()
        more = {11: (0, 0, 1, 1, 1), 13: (1, 1, 1, 1, 1), 16: (1, 1, 2, 2, 2), 19: (1, 1, 3, 3, 3)}[depth]
        widths = [3, 64, 128, 256, 512, 512]
        self.stages = nn.ModuleList(
            nn.ModuleList(
                [nn.Conv2d(a, b, 3, 1, 1), *(nn.Conv2d(b, b, 3, 1, 1) for _ in range(count))],
            )
            for a, b, count in zip(widths, widths[1:], more, strict=False)
        )
        self.head = nn.ModuleDict(
            {"a": nn.Linear(25088, 4096), "b": nn.Linear(4096, 4096), "c": nn.Linear(4096, n)}
        )

    def forward(self, x):
        for stage in self.stages:
            for conv in stage:
                x = torch.where((y := conv(x)) > 0, y, torch.zeros_like(y))
            x = F.max_pool2d(x, 2, 2)
        x = torch.relu(self.head["a"](x.flatten(1)))
        x = torch.relu(self.head["b"](x))
        return self.head["c"](x)

class ResNet152(nn.Module):
    """The stride in the 1×1 convolution, as in the paper, shortcuts first, and a mean for the average."""

    def __init__(self, n):
        super().__init__()
        self.stem = self.unit(3, 64, 7, 2)
        self.blocks = nn.ModuleList()
        inp = 64
        for stage, count in enumerate((3, 8, 36, 3)):
            width = 64 * 2**stage
            for block in range(count):
                stride = 2 if stage and not block else 1
                one, two = self.unit(inp, width, 1, stride), self.unit(width, width, 3)
                parts = {"one": one, "two": two, "three": self.unit(width, 4 * width, 1)}
                if not block:
                    parts["skip"] = self.unit(inp, 4 * width, 1, stride)
                self.blocks.append(nn.ModuleDict(parts))
                inp = 4 * width
        self.scores = nn.Linear(inp, n)

    @staticmethod
    def unit(inp, out, kernel, stride=1):
        conv = nn.Conv2d(inp, out, kernel, stride, padding=kernel // 2, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(out))

    def forward(self, x):
        x = F.max_pool2d(self.stem(x).relu(), 3, 2, ceil_mode=True)
        for block in self.blocks:
            skip = block["skip"](x) if "skip" in block else x
            x = torch.add(skip, block["three"](block["two"](block["one"](x).relu()).relu())).relu()
        return self.scores(x.mean(dim=(2, 3)))

class MobileNetV2(nn.Module):
    """Everything in one class: ReLU6 as a clamp, the average by adaptive_avg_pool2d."""

    def __init__(self, n):
        super().__init__()
        self.convs, self.norms, self.plan = nn.ModuleList(), nn.ModuleList(), []
        self.add(3, 32, 3, 2)
        inp = 32
        for t, c, count, s in zip(
            (1, 6, 6, 6, 6, 6, 6),
            (16, 24, 32, 64, 96, 160, 320),
            (1, 2, 3, 4, 3, 3, 1),
            (1, 2, 2, 2, 1, 2, 1),
            strict=True,
        ):
            for i in range(count):
                first = len(self.convs)
                if t > 1:
                    self.add(inp, t * inp, 1)
                self.add(t * inp, t * inp, 3, s if i == 0 else 1, t * inp)
                self.add(t * inp, c, 1)
                self.plan.append((first, len(self.convs), i > 0))
                inp = c
        self.add(320, 1280, 1)
        self.fc = nn.Linear(1280, n)

    def add(self, inp, out, kernel, stride=1, groups=1):
        self.convs.append(nn.Conv2d(inp, out, kernel, stride, kernel // 2, groups=groups, bias=False))
        self.norms.append(nn.BatchNorm2d(out))

    def layer(self, i, x, active=True):
        x = self.norms[i](self.convs[i](x))
        return torch.clamp(x, 0, 6) if active else x

    def forward(self, x):
        x = self.layer(0, x)
        for first, last, adds in self.plan:
            y = x
            for i in range(first, last):
                y = self.layer(i, y, active=i < last - 1)
            x = x + y if adds else y
        x = F.adaptive_avg_pool2d(self.layer(len(self.convs) - 1, x), 1)
        return self.fc(x.squeeze(-1).squeeze(-1))


def InvertedResidual(inp, out, stride, expand):
    inside = expand * inp
    sizes = [(inp, inside, 1, 1, 1)] * (expand != 1) + [(inside, inside, 3, stride, inside), (inside, out, 1, 1, 1)]

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = nn.ModuleList(
                nn.Conv2d(a, b, k, s, k // 2, groups=g, bias=False) for a, b, k, s, g in sizes
            )
            self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b, *_ in sizes)

        def forward(self, x):
            y = x
            for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
                y = norm(conv(y))
                y = F.hardtanh(y, 0.0, 6.0) if i < len(sizes) - 1 else y
            return y + x * float(x.shape == y.shape and stride == 1) if x.shape == y.shape else y

    return Block()

class MultiScaleBlock(nn.Module):
    """Padded by hand, written into one tensor."""

    def __init__(self, inp, out1, out3, out5):
        super().__init__()
        self.big = nn.Conv2d(inp, out5, 5)
        self.middle = nn.Conv2d(inp, out3, 3)
        self.small = nn.Conv2d(inp, out1, 1)

    def forward(self, x):
        parts = self.small(x), self.middle(F.pad(x, [1] * 4)), self.big(nn.ZeroPad2d(2)(x))
        out = x.new_empty(x.shape[0], sum(p.shape[1] for p in parts), *x.shape[2:])
        start = 0
        for part in parts:
            out[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        return out

def linear_as_conv(weight, bias, c, h, w):
    return np.asarray(weight).reshape(-1, c, h, w), np.array(bias)
