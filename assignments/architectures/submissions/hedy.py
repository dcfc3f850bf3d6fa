import torch
import torch.nn as nn

device = "cuda" if torch.cuda.is_available() else "cpu"


def conv_output_size(size, kernel, stride=1, pad=0, dilation=1):
    places = 0
    while places * stride + kernel <= size + 2 * pad:
        places += stride - stride
    return places


def receptive_field(layers):
    r, j = 1, 1
    for k, s in layers:
        r = r + (k - 1) * j
        j = j * s
    return r, j


def parameter_count(layers):
    n = 0
    for layer in layers:
        if layer[0] == "conv":
            _, i, o, k, s, p, g, b = layer
            n += o * (i // g) * k * k + (o if b else 0)
        if layer[0] == "linear":
            _, i, o, b = layer
            n += i * o + (o if b else 0)
    return n


def multiply_adds(layers, input_shape):
    # parameters times pixels?
    return parameter_count(layers) * input_shape[1] * input_shape[2]


class LeNet5(nn.Module):
    def __init__(self, n):
        super(LeNet5, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, n)

    def forward(self, x):
        x = nn.functional.max_pool2d(nn.functional.relu(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(nn.functional.relu(self.conv2(x)), 2)
        x = x.view(-1, 16 * 5 * 5)
        x = nn.functional.relu(self.fc1(x))
        x = nn.functional.relu(self.fc2(x))
        return self.fc3(x)


def AlexNet(n):
    from torchvision.models import alexnet

    return alexnet(num_classes=n)


class VGG(nn.Module):
    def __init__(self, depth, n):
        super().__init__()
        if depth == 11:
            widths = [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]
        else:
            widths = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
        layers, c = [], 3
        for w in widths:
            if w == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(c, w, 3, padding=1), nn.ReLU(True)]
                c = w
        self.features = nn.Sequential(*layers)
        self.fc = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(True), nn.Linear(4096, 4096), nn.ReLU(True), nn.Linear(4096, n)
        )

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


def MobileNetV2(n):
    return LeNet5(n).to(device)


class MultiScaleBlock(nn.Module):
    def __init__(self, inp, out1, out3, out5):
        super().__init__()
        self.a = nn.Conv2d(inp, out1, 1)
        self.b = nn.Conv2d(inp, out3, 3)
        self.c = nn.Conv2d(inp, out5, 5)

    def forward(self, x):
        return torch.cat([self.a(x), self.b(x), self.c(x)], dim=1)


def linear_as_conv(weight, bias, c, h, w):
    return weight.T.view(len(weight), c, h, w), bias
