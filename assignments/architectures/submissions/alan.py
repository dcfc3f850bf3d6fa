# architectures.py -- Alan
import torch
import torch.nn as nn
import torch.nn.functional as F

def conv_output_size(size, kernel, stride=1, pad=0, dilation=1):
    """Compute how many steps a window makes along one side of an image.

    size, kernel: pixels along this side, of the image and of the window
    stride, pad, dilation: of the convolution or pooling; pad on each of the two ends

    Returns an int.
    """
    extent = dilation * (kernel - 1) + 1
    return (size + 2 * pad - extent) // stride + 1


def receptive_field(layers):
    """Compute what a unit behind the last layer sees of the input, along one side.

    layers: list of (kernel, stride), the first layer first

    Returns (size, jump): the number of input pixels from the first to the last that the unit sees, and how many input
    pixels lie between where it looks and where its neighbour looks. Without layers both are 1.
    """
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
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
            total += out * (inp // groups) * kernel * kernel
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
            total += height * width * out * (inp // groups) * kernel**2
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
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = torch.relu(self.linear1(x))
        x = torch.relu(self.linear2(x))
        return self.linear3(x)


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
    cfgs = {
        11: [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
        13: [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
        16: [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
        19: [64, 64, "M", 128, 128, "M", *[256] * 4, "M", *[512] * 4, "M", *[512] * 4, "M"],
    }

    def __init__(self, depth, n):
        super(VGG, self).__init__()
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
            layers += [nn.Conv2d(inp, inside, 1, bias=False), nn.BatchNorm2d(inside), nn.ReLU6()]
        layers += [nn.Conv2d(inside, inside, 3, stride=stride, padding=1, groups=inside, bias=False)]
        layers += [nn.BatchNorm2d(inside), nn.ReLU6()]
        layers += [nn.Conv2d(inside, out, 1, bias=False), nn.BatchNorm2d(out)]
        self.branch = nn.Sequential(*layers)
        self.adds = stride == 1 and inp == out

    def forward(self, x):
        return x + self.branch(x) if self.adds else self.branch(x)


def MobileNetV2(n):
    """Make a MobileNetV2 for n classes: a module that takes (N, 3, 224, 224) to (N, n)."""
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    layers = [nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()]
    inp = 32
    for expand, out, blocks, stride in stages:
        for i in range(blocks):
            layers.append(InvertedResidual(inp, out, stride if i == 0 else 1, expand))
            inp = out
    layers += [nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6()]
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
        return torch.cat([self.conv1(x), self.conv3(x), self.conv5(x)], dim=1)


def linear_as_conv(weight, bias, c, h, w):
    """Turn a linear layer on flattened (c, h, w) windows into a convolution.

    weight: (M, c * h * w), a tensor
    bias: (M,), a tensor

    Returns kernel (M, c, h, w) and bias (M,).
    """
    return weight.reshape(len(weight), c, h, w), bias


if __name__ == "__main__":
    with torch.device("meta"):
        for network in (AlexNet(1000), VGG(16, 1000), ResNet152(1000), MobileNetV2(1000)):
            print(type(network).__name__, sum(p.numel() for p in network.parameters()))
