"""Other correct ways to write `architectures`; every one must earn full points.

Each is a style that students really hand in: other names, other containers, functions for layers, other conventions.
"""
# ruff: noqa: C901 — a variant holds whole networks, class by class

import math
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (as everybody calls it)

from autograder import variant

# ── sizes and counts ───────────────────────────────────────────────────────────────────────────


@variant
def counted_with_math():
    """math.floor, recursion from the last layer, generators and named cases."""

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

    return {
        "conv_output_size": conv_output_size,
        "receptive_field": receptive_field,
        "parameter_count": parameter_count,
        "multiply_adds": multiply_adds,
    }


@variant
def counted_by_pytorch():
    """The layers are built on the meta device, and PyTorch is asked; numbers come as tensors and arrays."""

    def conv_output_size(size, kernel, stride=1, pad=0, dilation=1):
        x = torch.empty(1, 1, size, device="meta")
        return nn.Conv1d(1, 1, kernel, stride, pad, dilation, device="meta")(x).shape[-1]

    def receptive_field(layers):
        k, s = torch.tensor([[1, 1], *layers]).T
        jumps = torch.cumprod(s, 0)
        return np.array([1 + int(((k[1:] - 1) * jumps[:-1]).sum()), int(jumps[-1])])

    def built(layers):
        made = []
        for kind, *numbers in layers:
            if kind == "conv":
                inp, out, kernel, stride, pad, groups, bias = numbers
                made.append(nn.Conv2d(inp, out, kernel, stride, pad, groups=groups, bias=bias))
            elif kind == "linear":
                made.append(nn.Linear(*numbers))
            else:
                made.append(nn.MaxPool2d(*numbers) if kind == "pool" else nn.Flatten())
        return nn.Sequential(*made)

    def parameter_count(layers):
        with torch.device("meta"):
            return torch.tensor([p.numel() for p in built(layers).parameters()], device="cpu").sum()

    def multiply_adds(layers, input_shape):
        total = 0
        with torch.device("meta"):
            x = torch.empty(1, *input_shape)
            for layer in built(layers):
                if isinstance(layer, nn.Linear):
                    total += layer.weight.numel()
                    continue
                x = layer(x)
                if isinstance(layer, nn.Conv2d):
                    total += layer.weight.numel() * x[0, 0].numel()
        return float(total)

    return {
        "conv_output_size": conv_output_size,
        "receptive_field": receptive_field,
        "parameter_count": parameter_count,
        "multiply_adds": multiply_adds,
    }


# ── the networks ───────────────────────────────────────────────────────────────────────────────


@variant
def everything_sequential():
    """One nn.Sequential for each network, as functions, with dropout, adaptive pooling and in-place ReLU."""

    def LeNet5(n):  # noqa: N802
        return nn.Sequential(
            OrderedDict(
                c1=nn.Conv2d(1, 6, (5, 5)),
                s2=nn.MaxPool2d(2, 2),
                r2=nn.ReLU(inplace=True),  # behind the pooling: the two can be exchanged
                c3=nn.Conv2d(6, 16, 5),
                s4=nn.MaxPool2d(2, 2),
                r4=nn.ReLU(inplace=True),
                flat=nn.Flatten(),
                f5=nn.Linear(400, 120),
                r5=nn.ReLU(),
                f6=nn.Linear(120, 84),
                r6=nn.ReLU(),
                out=nn.Linear(84, n),
            )
        )

    def AlexNet(n):  # noqa: N802
        layers = []
        for inp, out, kernel, stride, pad, pool in (
            (3, 64, 11, 4, 2, True),
            (64, 192, 5, 1, 2, True),
            (192, 384, 3, 1, 1, False),
            (384, 256, 3, 1, 1, False),
            (256, 256, 3, 1, 1, True),
        ):
            layers += [nn.Conv2d(inp, out, kernel, stride, pad), nn.ReLU(inplace=True)]
            if pool:
                layers += [nn.MaxPool2d(3, 2)]
        layers += [nn.AdaptiveAvgPool2d((6, 6)), nn.Flatten()]
        for inp, out in ((9216, 4096), (4096, 4096)):
            layers += [nn.Dropout(p=0.5), nn.Linear(inp, out), nn.ReLU(inplace=True)]
        return nn.Sequential(*layers, nn.Linear(4096, n))

    def basic(inp, out, kernel, stride=1, groups=1):
        return nn.Sequential(
            nn.Conv2d(inp, out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU6(inplace=True),
        )

    class InvertedResidual(nn.Module):
        def __init__(self, inp, out, stride, expand):
            super().__init__()
            hidden = round(inp * expand)
            self.use_res_connect = stride == 1 and inp == out
            layers = [] if expand == 1 else [basic(inp, hidden, 1)]
            layers += [basic(hidden, hidden, 3, stride, groups=hidden), nn.Conv2d(hidden, out, 1, 1, 0, bias=False)]
            self.conv = nn.Sequential(*layers, nn.BatchNorm2d(out))

        def forward(self, x):
            if self.use_res_connect:
                return x + self.conv(x)
            return self.conv(x)

    def MobileNetV2(n):  # noqa: N802
        features, channels = [basic(3, 32, 3, 2)], 32
        for t, c, count, s in (
            (1, 16, 1, 1),
            (6, 24, 2, 2),
            (6, 32, 3, 2),
            (6, 64, 4, 2),
            (6, 96, 3, 1),
            (6, 160, 3, 2),
            (6, 320, 1, 1),
        ):
            for stride in [s] + [1] * (count - 1):
                features.append(InvertedResidual(channels, c, stride, t))
                channels = c
        features.append(basic(320, 1280, 1))
        return nn.Sequential(*features, nn.AvgPool2d(7), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, n))

    return {"LeNet5": LeNet5, "AlexNet": AlexNet, "InvertedResidual": InvertedResidual, "MobileNetV2": MobileNetV2}


@variant
def as_torchvision_writes_them():
    """Classes with features, avgpool and classifier, initialised by hand, ResNet with make_layer and downsample."""

    class AlexNet(nn.Module):
        def __init__(self, n, dropout=0.5):
            super().__init__()
            self.features = nn.Sequential(
                nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=3, stride=2),
                nn.Conv2d(64, 192, kernel_size=5, padding=2),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=3, stride=2),
                nn.Conv2d(192, 384, kernel_size=3, padding=1),
                nn.ReLU(inplace=True),
                nn.Conv2d(384, 256, kernel_size=3, padding=1),
                nn.ReLU(inplace=True),
                nn.Conv2d(256, 256, kernel_size=3, padding=1),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=3, stride=2),
            )
            self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
            self.classifier = nn.Sequential(
                nn.Dropout(p=dropout),
                nn.Linear(256 * 6 * 6, 4096),
                nn.ReLU(inplace=True),
                nn.Dropout(p=dropout),
                nn.Linear(4096, 4096),
                nn.ReLU(inplace=True),
                nn.Linear(4096, n),
            )

        def forward(self, x):
            return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

    class VGG(nn.Module):
        cfgs = {  # noqa: RUF012
            11: [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
            13: [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
            16: [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
            19: [64, 64, "M", 128, 128, "M", *[256] * 4, "M", *[512] * 4, "M", *[512] * 4, "M"],
        }

        def __init__(self, depth, n):
            super(VGG, self).__init__()  # noqa: UP008 (as older tutorials write it)
            self.features = self._make_layers(self.cfgs[depth])
            self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
            self.fc1 = nn.Linear(512 * 7 * 7, 4096)
            self.fc2 = nn.Linear(4096, 4096)
            self.fc3 = nn.Linear(4096, n)
            for m in self.modules():
                if isinstance(m, nn.Conv2d):
                    nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
                    nn.init.constant_(m.bias, 0)
                elif isinstance(m, nn.Linear):
                    nn.init.normal_(m.weight, 0, 0.01)

        def _make_layers(self, cfg):
            layers, in_channels = [], 3
            for v in cfg:
                if v == "M":
                    layers += [nn.MaxPool2d(kernel_size=2, stride=2)]
                else:
                    layers += [nn.Conv2d(in_channels, v, kernel_size=3, padding=1), nn.ReLU(inplace=True)]
                    in_channels = v
            return nn.Sequential(*layers)

        def forward(self, x):
            x = self.avgpool(self.features(x))
            x = x.view(x.size(0), -1)
            x = F.dropout(F.relu(self.fc1(x)), 0.5, self.training)
            x = F.dropout(F.relu(self.fc2(x)), 0.5, self.training)
            return self.fc3(x)

    class Bottleneck(nn.Module):
        expansion = 4

        def __init__(self, inplanes, planes, stride=1, downsample=None):
            super().__init__()
            self.conv1 = nn.Conv2d(inplanes, planes, kernel_size=1, bias=False)
            self.bn1 = nn.BatchNorm2d(planes)
            self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, stride=stride, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(planes)
            self.conv3 = nn.Conv2d(planes, planes * self.expansion, kernel_size=1, bias=False)
            self.bn3 = nn.BatchNorm2d(planes * self.expansion)
            self.relu = nn.ReLU(inplace=True)
            self.downsample = downsample

        def forward(self, x):
            identity = x
            out = self.relu(self.bn1(self.conv1(x)))
            out = self.relu(self.bn2(self.conv2(out)))
            out = self.bn3(self.conv3(out))
            if self.downsample is not None:
                identity = self.downsample(x)
            out += identity
            return self.relu(out)

    class ResNet152(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.inplanes = 64
            self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.relu = nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
            self.layer1 = self._make_layer(64, 3)
            self.layer2 = self._make_layer(128, 8, stride=2)
            self.layer3 = self._make_layer(256, 36, stride=2)
            self.layer4 = self._make_layer(512, 3, stride=2)
            self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
            self.fc = nn.Linear(512 * 4, n)
            for m in self.modules():
                if isinstance(m, nn.BatchNorm2d):
                    nn.init.constant_(m.weight, 1)
                    nn.init.constant_(m.bias, 0)

        def _make_layer(self, planes, blocks, stride=1):
            downsample = None
            if stride != 1 or self.inplanes != planes * 4:
                downsample = nn.Sequential(
                    nn.Conv2d(self.inplanes, planes * 4, kernel_size=1, stride=stride, bias=False),
                    nn.BatchNorm2d(planes * 4),
                )
            layers = [Bottleneck(self.inplanes, planes, stride, downsample)]
            self.inplanes = planes * 4
            for _ in range(1, blocks):
                layers.append(Bottleneck(self.inplanes, planes))
            return nn.Sequential(*layers)

        def forward(self, x):
            x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
            return self.fc(torch.flatten(self.avgpool(x), 1))

    return {"AlexNet": AlexNet, "VGG": VGG, "ResNet152": ResNet152}


@variant
def functions_for_layers():
    """forward with functions alone, ReLU in other words, means for the average, a softmax at the end."""

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
        """With the local response normalisation of Krizhevsky et al., which has no parameters."""

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
        """The stride in the 1×1 convolution, as He et al. have it, shortcuts first, and a mean for the average."""

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

    return {"LeNet5": LeNet5, "AlexNet": AlexNet, "VGG": VGG, "ResNet152": ResNet152, "MobileNetV2": MobileNetV2}


@variant
def parameters_of_ones_own():
    """Weights as nn.Parameter and torch.nn.functional: a LeNet and a block without a layer object."""

    class LeNet5(nn.Module):
        def __init__(self, n):
            super().__init__()
            shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (n, 84)]
            self.w = nn.ParameterList([nn.Parameter(torch.randn(*s) * 0.1) for s in shapes])
            self.b = nn.ParameterList([nn.Parameter(torch.zeros(s[0])) for s in shapes])

        def forward(self, x):
            for i in (0, 1):
                x = F.max_pool2d(F.conv2d(x, self.w[i], self.b[i]), 2).relu()
            x = x.flatten(1)
            x = torch.relu(x @ self.w[2].T + self.b[2])
            x = torch.relu(torch.addmm(self.b[3], x, self.w[3].t()))
            return F.linear(x, self.w[4], self.b[4])

    def linear_as_conv(weight, bias, c, h, w):
        kernel = torch.empty(weight.shape[0], c, h, w, dtype=weight.dtype)
        for m in range(weight.shape[0]):
            for i in range(c):
                for j in range(h):
                    for k in range(w):
                        kernel[m, i, j, k] = weight[m, (i * h + j) * w + k]
        return kernel, bias.clone()

    return {"LeNet5": LeNet5, "linear_as_conv": linear_as_conv}


# ── the blocks ─────────────────────────────────────────────────────────────────────────────────


@variant
def work_seen_by_running():
    """The described layers are made and called on the meta device, and the maps looked at."""

    def multiply_adds(layers, input_shape):
        x, total = torch.empty(1, *input_shape, device="meta"), 0
        for name, *numbers in layers:
            if name == "pool":
                x = F.max_pool2d(x, *numbers)
            elif name == "flatten":
                x = x.flatten(1)
            else:
                made = nn.Linear(*numbers, device="meta") if name == "linear" else None
                if name == "conv":
                    inp, out, kernel, stride, pad, groups, bias = numbers
                    made = nn.Conv2d(inp, out, kernel, stride, pad, groups=groups, bias=bias, device="meta")
                x = made(x)
                total += made.weight.numel() * x[0, 0].numel()
        return total

    return {"multiply_adds": multiply_adds}


@variant
def linear_layers_as_convolutions():
    """C5 of LeNet-5 and the last layers as convolutions, as the articles draw them."""

    def LeNet5(n):  # noqa: N802
        return nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 120, 5), nn.ReLU(), nn.Flatten(),
            nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, n),
        )  # fmt: skip

    def VGG(depth, n):  # noqa: N802
        layers, c = [], 3
        for out, count in zip(
            (64, 128, 256, 512, 512), {11: "11222", 13: "22222", 16: "22333", 19: "22444"}[depth], strict=True
        ):
            for _ in range(int(count)):
                layers += [nn.Conv2d(c, out, 3, padding=1), nn.ReLU()]
                c = out
            layers.append(nn.MaxPool2d(2))
        heads = nn.Conv2d(512, 4096, 7), nn.ReLU(), nn.Conv2d(4096, 4096, 1), nn.ReLU(), nn.Conv2d(4096, n, 1)
        return nn.Sequential(*layers, *heads, nn.Flatten())

    class MobileNetV2(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.first, c = self.unit(3, 32, 3, 2), 32
            self.blocks = nn.ModuleList()
            for t, out, count, s in (
                (1, 16, 1, 1),
                (6, 24, 2, 2),
                (6, 32, 3, 2),
                (6, 64, 4, 2),
                (6, 96, 3, 1),
                (6, 160, 3, 2),
                (6, 320, 1, 1),
            ):
                for stride in (s, *[1] * (count - 1)):
                    widen = [self.unit(c, c * t, 1)] if t > 1 else []
                    narrow = nn.Conv2d(c * t, out, 1, bias=False), nn.BatchNorm2d(out)
                    self.blocks.append(nn.Sequential(*widen, self.unit(c * t, c * t, 3, stride, c * t), *narrow))
                    c = out
            self.last, self.scores = self.unit(c, 1280, 1), nn.Conv2d(1280, n, 1)

        @staticmethod
        def unit(inp, out, kernel, stride=1, groups=1):
            convolution = nn.Conv2d(inp, out, kernel, stride, kernel // 2, groups=groups, bias=False)
            return nn.Sequential(convolution, nn.BatchNorm2d(out), nn.ReLU6())

        def forward(self, x):
            x = self.first(x)
            for block in self.blocks:
                out = block(x)
                x = x + out if x.shape == out.shape else out
            return self.scores(F.adaptive_avg_pool2d(self.last(x), 1)).squeeze(3).squeeze(2)

    return {"LeNet5": LeNet5, "VGG": VGG, "MobileNetV2": MobileNetV2}


@variant
def layers_by_name():
    """Each layer of a block under a name of its own, with biases, functional ReLU6, padding "same"."""

    class InvertedResidual(nn.Module):
        def __init__(self, inp, out, stride, expand):
            super().__init__()
            self.inp, self.out, self.stride, self.expand = inp, out, stride, expand
            mid = inp * expand
            if expand > 1:
                self.pw1 = nn.Conv2d(inp, mid, kernel_size=1)
                self.pw1_bn = nn.BatchNorm2d(mid)
            self.dw = nn.Conv2d(mid, mid, kernel_size=3, stride=stride, padding=1, groups=mid)
            self.dw_bn = nn.BatchNorm2d(mid)
            self.pw2 = nn.Conv2d(mid, out, kernel_size=1)
            self.pw2_bn = nn.BatchNorm2d(out)

        def forward(self, x):
            y = x
            if self.expand != 1:
                y = F.relu6(self.pw1_bn(self.pw1(y)))
            y = F.relu6(self.dw_bn(self.dw(y)), inplace=True)
            y = self.pw2_bn(self.pw2(y))
            if self.stride == 1 and self.inp == self.out:
                y += x
            return y

    class MultiScaleBlock(nn.Module):
        def __init__(self, inp, out1, out3, out5):
            super().__init__()
            sizes = ((1, out1), (3, out3), (5, out5))
            self.branches = nn.ModuleList(nn.Conv2d(inp, out, k, padding="same", bias=False) for k, out in sizes)

        def forward(self, x):
            return torch.cat(tuple(branch(x) for branch in self.branches), 1)

    def linear_as_conv(weight, bias, c, h, w):
        return weight.view(-1, c, h, w), bias

    return {"InvertedResidual": InvertedResidual, "MultiScaleBlock": MultiScaleBlock, "linear_as_conv": linear_as_conv}


@variant
def convolutions_then_normalisations():
    """All convolutions made first; a hard tanh for ReLU6; a list of ones and zeros decides about the shortcut."""

    def InvertedResidual(inp, out, stride, expand):  # noqa: N802
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

    return {"InvertedResidual": InvertedResidual, "MultiScaleBlock": MultiScaleBlock, "linear_as_conv": linear_as_conv}


@variant
def blocks_in_single_precision():
    """Blocks and the kernel in float32: less exact, not wrong."""

    class MultiScaleBlock(nn.Module):
        def __init__(self, inp, out1, out3, out5):
            super().__init__()
            self.one = nn.Conv2d(inp, out1, 1, dtype=torch.float32)
            self.three = nn.Conv2d(inp, out3, 3, padding=1, dtype=torch.float32)
            self.five = nn.Conv2d(inp, out5, 5, padding=2, dtype=torch.float32)

        def forward(self, x):
            x = x.float()
            return torch.concat((self.one(x), self.three(x), self.five(x)), dim=-3)

    def linear_as_conv(weight, bias, c, h, w):
        layer = nn.Conv2d(c, len(bias), (h, w)).float()
        with torch.no_grad():
            layer.weight.copy_(weight.unflatten(1, (c, h, w)))
            layer.bias.copy_(bias)
        return layer.weight, layer.bias

    return {"MultiScaleBlock": MultiScaleBlock, "linear_as_conv": linear_as_conv}


@variant
def blocks_of_nested_modules():
    """A module for each convolution with its normalisation, Identity for what is not there."""

    class Unit(nn.Module):
        def __init__(self, conv, act):
            super().__init__()
            self.conv, self.norm, self.act = conv, nn.BatchNorm2d(conv.out_channels), act

        def forward(self, x):
            return self.act(self.norm(self.conv(x)))

    class InvertedResidual(nn.Sequential):
        def __init__(self, inp, out, stride, expand):
            c = inp * expand
            super().__init__(
                Unit(nn.Conv2d(inp, c, 1), nn.ReLU6()) if expand > 1 else nn.Identity(),
                Unit(nn.Conv2d(c, c, 3, stride, 1, groups=c), nn.ReLU6()),
                Unit(nn.Conv2d(c, out, 1), nn.Identity()),
            )
            self.skip = (inp, stride) == (out, 1)

        def forward(self, input):
            out = super().forward(input)
            return torch.stack([out, input]).sum(dim=0) if self.skip else out

    def MobileNetV2(n):  # noqa: N802
        """One table of all 17 blocks, with a shortcut by stacking."""

        def free(block):
            for module in block.modules():
                if isinstance(module, nn.Conv2d):
                    module.register_parameter("bias", None)
            return block

        outs = [16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320]
        strides = [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1]
        blocks = [
            free(InvertedResidual(a, b, s, 6 if i else 1))
            for i, (a, b, s) in enumerate(zip([32, *outs], outs, strides, strict=False))
        ]
        head = free(Unit(nn.Conv2d(320, 1280, 1), nn.ReLU6()))
        stem = free(Unit(nn.Conv2d(3, 32, 3, 2, 1), nn.ReLU6()))
        return nn.Sequential(stem, *blocks, head, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(1), nn.Linear(1280, n))

    return {"InvertedResidual": InvertedResidual, "MobileNetV2": MobileNetV2}
