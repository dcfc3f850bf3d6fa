import torch
from torch import nn


def conv_output_size(size, kernel, stride=1, pad=0, dilation=1):
    """Compute how many steps a window makes along one side of an image.

    size, kernel: pixels along this side, of the image and of the window
    stride, pad, dilation: of the convolution or pooling; pad on each of the two ends

    Returns an int.
    """
    extent = dilation * (kernel - 1) + 1
    return (size + pad - extent) // stride + 1


def receptive_field(layers):
    """Compute what a unit behind the last layer sees of the input, along one side.

    layers: list of (kernel, stride), the first layer first

    Returns (size, jump): the number of input pixels from the first to the last that the unit sees, and how many input
    pixels lie between where it looks and where its neighbour looks. Without layers both are 1.
    """
    size, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size, jump


def parameter_count(layers):
    """Count the weights and biases of a network.

    layers: list of tuples, see above

    Returns an int.
    """
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            inp, out, kernel, _, _, groups, bias = numbers
            total += out * inp * kernel * kernel
        elif kind == "linear":
            inp, out, bias = numbers
            total += out * inp
        else:
            continue
        if bias:
            total += out
    return total


def multiply_adds(layers, input_shape):
    """Count the multiplications that a network needs for one image.

    layers: list of tuples, see above
    input_shape: (C, H, W)

    Returns an int.
    """
    _, height, width = input_shape
    total = 0
    for kind, *numbers in layers:
        if kind == "conv":
            inp, out, kernel, stride, pad, groups, _ = numbers
            height = conv_output_size(height, kernel, stride, pad)
            width = conv_output_size(width, kernel, stride, pad)
            total += height * width * out * inp * kernel**2
        elif kind == "pool":
            kernel, stride = numbers
            height = conv_output_size(height, kernel, stride)
            width = conv_output_size(width, kernel, stride)
        elif kind == "linear":
            inp, out, _ = numbers
            total += inp * out
    return total


class LeNet5(nn.Module):
    """LeNet-5 for n classes."""

    def __init__(self, n):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.linear1 = nn.Linear(16 * 5 * 5, 120)
        self.linear2 = nn.Linear(120, 84)
        self.linear3 = nn.Linear(84, n)

    def forward(self, x):
        """x (N, 1, 32, 32) -> (N, n)"""
        x = self.pool(torch.tanh(self.conv1(x)))
        x = self.pool(torch.tanh(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = torch.tanh(self.linear1(x))
        x = torch.tanh(self.linear2(x))
        return self.linear3(x)


class AlexNet(nn.Module):
    """AlexNet in one column, for n classes."""

    def __init__(self, n):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(6), nn.Flatten(), nn.Dropout(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
            nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(),
            nn.Linear(4096, n),
        )  # fmt: skip

    def forward(self, x):
        """x (N, 3, 224, 224) -> (N, n)"""
        return self.classifier(self.features(x))


def VGG(depth, n):
    """Make a VGG network.

    depth: 11, 13, 16 or 19
    n: number of classes

    Returns a module that takes (N, 3, 224, 224) to (N, n).
    """
    stages = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
    layers, inp = [], 3
    for width, convolutions in zip((64, 128, 256, 512, 512), stages[16], strict=True):
        for _ in range(convolutions):
            layers += [nn.Conv2d(inp, width, 3, padding=1), nn.ReLU()]
            inp = width
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout()]
    layers += [nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, n))


class Bottleneck(nn.Module):
    """1×1 - 3×3 - 1×1, plus a shortcut: (N, inp, H, W) -> (N, 4 * width, H / stride, W / stride)."""

    def __init__(self, inp, width, stride):
        super().__init__()
        out = 4 * width
        self.branch = nn.Sequential(
            nn.Conv2d(inp, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, out, 1, bias=False),
            nn.BatchNorm2d(out),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or inp != out:
            self.shortcut = nn.Sequential(nn.Conv2d(inp, out, 1, stride=stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


def ResNet152(n):
    """Make a ResNet with 152 layers for n classes: a module that takes (N, 3, 224, 224) to (N, n)."""
    layers = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    layers.append(nn.MaxPool2d(3, stride=2, padding=1))
    inp = 64
    for width, blocks, stride in ((64, 3, 1), (128, 8, 2), (256, 36, 2), (512, 3, 2)):
        for i in range(blocks):
            layers.append(Bottleneck(inp, width, stride if i == 0 else 1))
            inp = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, n))


class InvertedResidual(nn.Module):
    """The block of MobileNetV2: (N, inp, H, W) -> (N, out, ceil(H / stride), ceil(W / stride)).

    inp, out: channels
    stride: of the depthwise convolution, 1 or 2
    expand: factor between inp and the channels inside
    """

    def __init__(self, inp, out, stride, expand):
        super().__init__()
        inside = inp * expand
        layers = []
        if expand != 1:
            layers += [nn.Conv2d(inp, inside, 1, bias=False), nn.BatchNorm2d(inside), nn.ReLU()]
        layers += [nn.Conv2d(inside, inside, 3, stride=stride, padding=1, groups=inside, bias=False)]
        layers += [nn.BatchNorm2d(inside), nn.ReLU()]
        layers += [nn.Conv2d(inside, out, 1, bias=False), nn.BatchNorm2d(out)]
        self.branch = nn.Sequential(*layers)
        self.adds = stride == 1 and inp == out

    def forward(self, x):
        return x + self.branch(x) if self.adds else self.branch(x)


def MobileNetV2(n):
    """Make a MobileNetV2 for n classes: a module that takes (N, 3, 224, 224) to (N, n)."""
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    layers = [nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU()]
    inp = 32
    for expand, out, blocks, stride in stages:
        for i in range(blocks):
            layers.append(InvertedResidual(inp, out, stride if i == 0 else 1, expand))
            inp = out
    layers += [nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, n))


class MultiScaleBlock(nn.Module):
    """Convolutions of three sizes in parallel: (N, inp, H, W) -> (N, out1 + out3 + out5, H, W).

    inp: channels of the input
    out1, out3, out5: filters of the 1×1, the 3×3 and the 5×5 convolution
    """

    def __init__(self, inp, out1, out3, out5):
        super().__init__()
        self.conv1 = nn.Conv2d(inp, out1, 1)
        self.conv3 = nn.Conv2d(inp, out3, 3, padding=1)
        self.conv5 = nn.Conv2d(inp, out5, 5, padding=2)

    def forward(self, x):
        return torch.cat([self.conv5(x), self.conv3(x), self.conv1(x)], dim=1)


def linear_as_conv(weight, bias, c, h, w):
    """Turn a linear layer on flattened (c, h, w) windows into a convolution.

    weight: (M, c * h * w), a tensor
    bias: (M,), a tensor

    Returns kernel (M, c, h, w) and bias (M,).
    """
    return weight.reshape(len(weight), h, w, c).permute(0, 3, 1, 2), bias
