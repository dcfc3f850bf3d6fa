# %% [markdown]
# # Architectures: five networks, counted before they are trained
#
# LeNet-5, AlexNet, VGG, ResNet and MobileNet: five networks in twenty years of looking at images. An article describes each in
# a table of a few lines, and whoever builds it from that table gets a number wrong somewhere. The network will still
# train, a little worse, and nobody will ever know why. So this notebook is about **arithmetic**: how large a layer's
# output is, how many weights it has, how many multiplications it costs, how much of the image it sees. Numbers that you
# can compute on paper, and that tell you at once whether the network that you built is the one in the article.
#
# | network | year | parameters | what was new |
# |---|---|---|---|
# | LeNet-5 (10 classes) | 1998 | 61,706 | convolutions that are learned |
# | AlexNet, in one column | 2012 | 61,100,840 | depth, ReLU, dropout, GPUs |
# | VGG-16 | 2014 | 138,357,544 | nothing but 3×3 |
# | ResNet-152 | 2015 | 60,192,808 | shortcuts, and 152 layers |
# | MobileNetV2 | 2018 | 3,504,872 | depthwise convolutions, for phones |
#
# These counts are for 1000 classes (10 for LeNet), and yours must match them **to the last weight**.
#
# **How the networks are judged.** They are built and called on PyTorch's *meta device*, where a tensor has a shape and
# no numbers: VGG with its half a gigabyte of weights takes milliseconds there. Compared are the shapes of your
# parameters, whatever you call them, what goes into and comes out of each convolution, linear layer and pooling on the way
# from the image to the scores, and where activations stand.
# On the meta device nothing has a value, so do not ask for one (`.item()`, `print` of a tensor's numbers) and do not
# move anything to another device. Try it yourself:
#
# ```python
# with torch.device("meta"):
#     network = VGG(16, 1000)
#     print(network(torch.empty(1, 3, 224, 224)).shape, sum(p.numel() for p in network.parameters()))
# ```
#
# Wherever a module is asked for, a class and a function that returns a module are both right, in any style:
# `nn.Sequential`, a `forward` of your own, loops over a table. All networks end with scores, one for each of n classes.

# %%
import torch
from torch import nn

# %% [markdown]
# ## How large, and how much does it see?
#
# A window of `kernel` pixels slides over `size + 2 · pad` pixels in steps of `stride`, and stops where it would stick out:
#
# $$\text{out} = \left\lfloor \frac{\text{size} + 2\,\text{pad} - \text{extent}}{\text{stride}} \right\rfloor + 1.$$
#
# A **dilated** kernel has gaps: its neighbouring weights meet pixels that are `dilation` apart, so three weights
# with a dilation of 2 extend over five pixels. In general the extent is $\text{dilation}\cdot(\text{kernel} - 1) + 1$.
#
# The **receptive field** of a unit is the piece of the input that can change it. Go through the layers and keep two
# numbers: the field's `size`, and the `jump`, how many input pixels apart two neighbouring units look. At the input both
# are 1. A layer adds $\text{kernel} - 1$ neighbours, each of them one jump away, and its stride multiplies the jump:
#
# $$\text{size} \leftarrow \text{size} + (\text{kernel} - 1)\cdot\text{jump}, \qquad
#   \text{jump} \leftarrow \text{jump}\cdot\text{stride}.$$
#
# Three 3×3 layers see 7×7, with 27 weights for each pair of channels where one 7×7 layer has 49. That is all of VGG.


# %% nbgrader={"grade": false, "grade_id": "sizes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_output_size(size, kernel, stride=1, pad=0, dilation=1):
    """Compute how many steps a window makes along one side of an image.

    size, kernel: pixels along this side, of the image and of the window
    stride, pad, dilation: of the convolution or pooling; pad on each of the two ends

    Returns an int.
    """
    ### BEGIN SOLUTION
    extent = dilation * (kernel - 1) + 1
    return (size + 2 * pad - extent) // stride + 1
    ### END SOLUTION


def receptive_field(layers):
    """Compute what a unit behind the last layer sees of the input, along one side.

    layers: list of (kernel, stride), the first layer first

    Returns (size, jump): the number of input pixels from the first to the last that the unit sees, and how many input
    pixels lie between where it looks and where its neighbour looks. Without layers both are 1.
    """
    ### BEGIN SOLUTION
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size, jump
    ### END SOLUTION


# %% [markdown]
# ## How many weights, how much work?
#
# Describe a network by a list of layers, each a tuple:
#
# ```python
# ("conv", in, out, kernel, stride, pad, groups, bias)     # square kernels, bias True or False
# ("linear", in, out, bias)
# ("pool", kernel, stride)
# ("flatten",)
# ```
#
# A filter of a convolution has `kernel · kernel` weights for each channel that it looks at. With `groups` > 1 the channels
# are divided: each filter looks at `in / groups` of them. With groups = in and as many filters each one has a channel of
# its own, a *depthwise* convolution.
#
# The **multiply-adds** are the work: each weight of a convolution is used once at *each place of its output*, each
# weight of a linear layer once. Biases and pooling count nothing here, but a pooling changes how large the maps are that
# come after it. `input_shape` is (C, H, W), one image, and H and W may differ.
#
# LeNet-5 below must give you 61,706 parameters and 416,520 multiply-adds.


# %% nbgrader={"grade": false, "grade_id": "counting", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameter_count(layers):
    """Count the weights and biases of a network.

    layers: list of tuples, see above

    Returns an int.
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION


def multiply_adds(layers, input_shape):
    """Count the multiplications that a network needs for one image.

    layers: list of tuples, see above
    input_shape: (C, H, W)

    Returns an int.
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %%
LENET = [
    ("conv", 1, 6, 5, 1, 0, 1, True),
    ("pool", 2, 2),
    ("conv", 6, 16, 5, 1, 0, 1, True),
    ("pool", 2, 2),
    ("flatten",),
    ("linear", 400, 120, True),
    ("linear", 120, 84, True),
    ("linear", 84, 10, True),
]

# %% [markdown]
# ## LeNet-5
#
# LeCun's network for handwritten digits, as the lecture draws it: ReLU and max pooling where the article of 1998 has other
# functions. From (N, 1, 32, 32):
#
# | layer | output |
# |---|---|
# | convolution 5×5, 6 filters; ReLU | 6 × 28 × 28 |
# | max pooling 2×2 | 6 × 14 × 14 |
# | convolution 5×5, 16 filters; ReLU | 16 × 10 × 10 |
# | max pooling 2×2 | 16 × 5 × 5 = 400 |
# | linear, ReLU | 120 |
# | linear, ReLU | 84 |
# | linear | n |


# %% nbgrader={"grade": false, "grade_id": "lenet", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LeNet5(nn.Module):
    """LeNet-5 for n classes."""

    def __init__(self, n):
        super().__init__()
        ### BEGIN SOLUTION
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.linear1 = nn.Linear(16 * 5 * 5, 120)
        self.linear2 = nn.Linear(120, 84)
        self.linear3 = nn.Linear(84, n)
        ### END SOLUTION

    def forward(self, x):
        """x (N, 1, 32, 32) -> (N, n)"""
        ### BEGIN SOLUTION
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = torch.relu(self.linear1(x))
        x = torch.relu(self.linear2(x))
        return self.linear3(x)
        ### END SOLUTION


# %% [markdown]
# ## AlexNet
#
# The network of 2012 was split over two graphics cards; this is the same in one column (Krizhevsky, 2014). From
# (N, 3, 224, 224), with a ReLU behind every convolution and every linear layer but the last:
#
# | layer | output |
# |---|---|
# | convolution 11×11, stride 4, padding 2, 64 filters | 64 × 55 × 55 |
# | max pooling 3×3, stride 2 | 64 × 27 × 27 |
# | convolution 5×5, padding 2, 192 filters | 192 × 27 × 27 |
# | max pooling 3×3, stride 2 | 192 × 13 × 13 |
# | convolution 3×3, padding 1, 384 filters | 384 × 13 × 13 |
# | convolution 3×3, padding 1, 256 filters | 256 × 13 × 13 |
# | convolution 3×3, padding 1, 256 filters | 256 × 13 × 13 |
# | max pooling 3×3, stride 2 | 256 × 6 × 6 = 9216 |
# | linear | 4096 |
# | linear | 4096 |
# | linear | n |
#
# Dropout in front of the first two linear layers is what kept it from overfitting. It has no parameters, and whether you
# have it is up to you, here and in VGG; so is an `nn.AdaptiveAvgPool2d` in front of the linear layers, which for images
# of 224 × 224 changes nothing.


# %% nbgrader={"grade": false, "grade_id": "alexnet", "locked": false, "schema_version": 3, "solution": true, "task": false}
class AlexNet(nn.Module):
    """AlexNet in one column, for n classes."""

    def __init__(self, n):
        super().__init__()
        ### BEGIN SOLUTION
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d((3, 3), stride=2),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
            nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(),
            nn.Linear(4096, n),
        )  # fmt: skip
        ### END SOLUTION

    def forward(self, x):
        """x (N, 3, 224, 224) -> (N, n)"""
        ### BEGIN SOLUTION
        return self.classifier(torch.flatten(self.features(x), 1))
        ### END SOLUTION


# %% [markdown]
# ## VGG
#
# Simonyan and Zisserman asked what depth alone does: every convolution is 3×3 with padding 1, every pooling 2×2, and the
# depth is the number of layers with weights. Five stages of 64, 128, 256, 512 and 512 channels, each a few convolutions
# with a ReLU behind each, and then a max pooling; no batch normalisation. The numbers of convolutions:
#
# | depth | stages |
# |---|---|
# | 11 | 1, 1, 2, 2, 2 |
# | 13 | 2, 2, 2, 2, 2 |
# | 16 | 2, 2, 3, 3, 3 |
# | 19 | 2, 2, 4, 4, 4 |
#
# Then 512 × 7 × 7 numbers go through linear layers of 4096, 4096 and n, with a ReLU behind the first two.
# 132,863,336, 133,047,848, 138,357,544 and 143,667,240 parameters: twelve more convolutions cost less than a tenth.


# %% nbgrader={"grade": false, "grade_id": "vgg", "locked": false, "schema_version": 3, "solution": true, "task": false}
def VGG(depth, n):  # noqa: N802 (it makes a module)
    """Make a VGG network.

    depth: 11, 13, 16 or 19
    n: number of classes

    Returns a module that takes (N, 3, 224, 224) to (N, n).
    """
    ### BEGIN SOLUTION
    stages = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
    layers, inp = [], 3
    for width, convolutions in zip((64, 128, 256, 512, 512), stages[depth], strict=True):
        for _ in range(convolutions):
            layers += [nn.Conv2d(inp, width, 3, padding=1), nn.ReLU()]
            inp = width
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout()]
    layers += [nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, n))
    ### END SOLUTION


# %% [markdown]
# ### Where the weights are, and where the work is
#
# When `VGG` stands, set `draw` to True (it needs matplotlib, and is not graded). The weights are at the end, nine out of ten in
# the three linear layers; the work is at the beginning, where the maps are large. Most of what came after VGG can be read
# from this picture: ResNet and MobileNet have no large linear layers, and MobileNet makes the convolutions cheap.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    weights, work = [], []

    def note(layer, _, output):
        places = output[0, 0].numel() if output.ndim == 4 else 1
        weights.append(layer.weight.numel())
        work.append(layer.weight.numel() * places)

    with torch.device("meta"):
        network = VGG(16, 1000)
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                layer.register_forward_hook(note)
        network(torch.empty(1, 3, 224, 224))
    figure, axes = plt.subplots(2, 1, sharex=True, figsize=(8, 5))
    for axis, counts, title in zip(axes, (weights, work), ("parameters", "multiply-adds"), strict=True):
        axis.bar(range(1, len(counts) + 1), counts)
        axis.set_title(f"{title} of VGG-16, layer by layer")
    plt.show()

# %% [markdown]
# ## ResNet-152
#
# A shortcut lets a gradient pass 152 layers (see the assignment `residual`), and a **bottleneck** makes them affordable:
# a 1×1 convolution reduces the channels to `width`, a 3×3 convolution works on the few, a 1×1 convolution widens them to
# 4 · `width`. Batch normalisation follows each convolution, a ReLU the first two and the *sum* with the shortcut. The
# shortcut is x itself; where the block changes the channels or the size it is a 1×1 convolution with the block's stride,
# and a batch normalisation.
#
# | stage | output |
# |---|---|
# | convolution 7×7, stride 2, padding 3, 64 filters; normalisation; ReLU | 64 × 112 × 112 |
# | max pooling 3×3, stride 2, padding 1 | 64 × 56 × 56 |
# | 3 bottlenecks of width 64 | 256 × 56 × 56 |
# | 8 bottlenecks of width 128, the first with stride 2 | 512 × 28 × 28 |
# | 36 bottlenecks of width 256, the first with stride 2 | 1024 × 14 × 14 |
# | 3 bottlenecks of width 512, the first with stride 2 | 2048 × 7 × 7 |
# | average over all places | 2048 |
# | linear | n |
#
# He et al. have the stride in the first 1×1 convolution, most programs in the 3×3: both are right. **A convolution in front
# of a batch normalisation has no bias**: the normalisation takes the mean away, and the bias with it. A bias there
# changes nothing but the count, by 75,712 here.
#
# `Bottleneck` is only a proposal: what counts is `ResNet152`.


# %% nbgrader={"grade": false, "grade_id": "resnet", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Bottleneck(nn.Module):
    """1×1 - 3×3 - 1×1, plus a shortcut: (N, inp, H, W) -> (N, 4 * width, H / stride, W / stride)."""

    def __init__(self, inp, width, stride):
        super().__init__()
        ### BEGIN SOLUTION
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
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return torch.relu(self.branch(x) + self.shortcut(x))
        ### END SOLUTION


def ResNet152(n):  # noqa: N802
    """Make a ResNet with 152 layers for n classes: a module that takes (N, 3, 224, 224) to (N, n)."""
    ### BEGIN SOLUTION
    layers = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    layers.append(nn.MaxPool2d(3, stride=2, padding=1))
    inp = 64
    for width, blocks, stride in ((64, 3, 1), (128, 8, 2), (256, 36, 2), (512, 3, 2)):
        for i in range(blocks):
            layers.append(Bottleneck(inp, width, stride if i == 0 else 1))
            inp = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, n))
    ### END SOLUTION


# %% [markdown]
# ## An inverted residual
#
# MobileNetV2 turns the bottleneck round: narrow outside, wide inside. A 1×1 convolution *expands* the channels by a factor,
# a **depthwise** 3×3 convolution filters each of them alone, at 9 multiply-adds a channel and place where an ordinary one
# has 9 · C, and a 1×1 convolution *projects* them down again:
#
# 1×1 – normalisation – ReLU6 – depthwise 3×3 – normalisation – ReLU6 – 1×1 – normalisation.
#
# - ReLU6 is $\min(\max(x, 0), 6)$: with few bits for a number, large ones are expensive.
# - **No activation behind the last normalisation.** A ReLU would throw away half of the few channels that are left.
# - The 3×3 convolution has the block's stride, and padding 1.
# - x is added where the stride is 1 and `inp` equals `out`, and nowhere else: there is no convolution on the shortcut.
# - With `expand` = 1 there is nothing to expand: the block begins with the depthwise convolution.
#
# The normalisations are `nn.BatchNorm2d` as it comes, and the convolutions need no bias. Your block is judged with
# weights that the grader loads into it, so make the layers in the order in which they run.


# %% nbgrader={"grade": false, "grade_id": "inverted_residual", "locked": false, "schema_version": 3, "solution": true, "task": false}
class InvertedResidual(nn.Module):
    """The block of MobileNetV2: (N, inp, H, W) -> (N, out, ceil(H / stride), ceil(W / stride)).

    inp, out: channels
    stride: of the depthwise convolution, 1 or 2
    expand: factor between inp and the channels inside
    """

    def __init__(self, inp, out, stride, expand):
        super().__init__()
        ### BEGIN SOLUTION
        inside = inp * expand
        layers = []
        if expand != 1:
            layers += [nn.Conv2d(inp, inside, 1, bias=False), nn.BatchNorm2d(inside), nn.ReLU6()]
        layers += [nn.Conv2d(inside, inside, 3, stride=stride, padding=1, groups=inside, bias=False)]
        layers += [nn.BatchNorm2d(inside), nn.ReLU6()]
        layers += [nn.Conv2d(inside, out, 1, bias=False), nn.BatchNorm2d(out)]
        self.branch = nn.Sequential(*layers)
        self.adds = stride == 1 and inp == out
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return x + self.branch(x) if self.adds else self.branch(x)
        ### END SOLUTION


# %% [markdown]
# ## MobileNetV2
#
# | stage | output |
# |---|---|
# | convolution 3×3, stride 2, padding 1, 32 filters; normalisation; ReLU6 | 32 × 112 × 112 |
# | 1 inverted residual, expand 1 | 16 × 112 × 112 |
# | 2, expand 6, the first with stride 2 | 24 × 56 × 56 |
# | 3, expand 6, the first with stride 2 | 32 × 28 × 28 |
# | 4, expand 6, the first with stride 2 | 64 × 14 × 14 |
# | 3, expand 6 | 96 × 14 × 14 |
# | 3, expand 6, the first with stride 2 | 160 × 7 × 7 |
# | 1, expand 6 | 320 × 7 × 7 |
# | convolution 1×1, 1280 filters; normalisation; ReLU6 | 1280 × 7 × 7 |
# | average over all places | 1280 |
# | linear | n |
#
# Dropout in front of the linear layer is up to you.


# %% nbgrader={"grade": false, "grade_id": "mobilenet", "locked": false, "schema_version": 3, "solution": true, "task": false}
def MobileNetV2(n):  # noqa: N802
    """Make a MobileNetV2 for n classes: a module that takes (N, 3, 224, 224) to (N, n)."""
    ### BEGIN SOLUTION
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    layers = [nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()]
    inp = 32
    for expand, out, blocks, stride in stages:
        for i in range(blocks):
            layers.append(InvertedResidual(inp, out, stride if i == 0 else 1, expand))
            inp = out
    layers += [nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, n))
    ### END SOLUTION


# %% [markdown]
# ## Several scales at once
#
# GoogLeNet does not choose between kernels, it takes them all: convolutions of 1×1, 3×3 and 5×5 look at the same input side
# by side, each padded so that the size stays ("same"), and their outputs are concatenated as channels, in this order.
# Here without activations and without a pooling branch.


# %% nbgrader={"grade": false, "grade_id": "multi_scale", "locked": false, "schema_version": 3, "solution": true, "task": false}
class MultiScaleBlock(nn.Module):
    """Convolutions of three sizes in parallel: (N, inp, H, W) -> (N, out1 + out3 + out5, H, W).

    inp: channels of the input
    out1, out3, out5: filters of the 1×1, the 3×3 and the 5×5 convolution
    """

    def __init__(self, inp, out1, out3, out5):
        super().__init__()
        ### BEGIN SOLUTION
        self.conv1 = nn.Conv2d(inp, out1, 1)
        self.conv3 = nn.Conv2d(inp, out3, 3, padding=1)
        self.conv5 = nn.Conv2d(inp, out5, 5, padding=2)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return torch.cat([self.conv1(x), self.conv3(x), self.conv5(x)], dim=1)
        ### END SOLUTION


# %% [markdown]
# ## A linear layer is a convolution
#
# A classifier that was trained on windows of C × H × W numbers can look at a larger image without being called once for each
# window. Give each of its M rows of C · H · W weights the shape of a window again, and it is a filter: the convolution gives
# the classifier's scores at *every* place of the image, and shares the work where windows overlap. This is how VGG was
# tested, and how detectors began.
#
# The rows are in the order in which `torch.flatten` lays a window out: channel, row, column.


# %% nbgrader={"grade": false, "grade_id": "linear_as_conv", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_as_conv(weight, bias, c, h, w):
    """Turn a linear layer on flattened (c, h, w) windows into a convolution.

    weight: (M, c * h * w), a tensor
    bias: (M,), a tensor

    Returns kernel (M, c, h, w) and bias (M,).
    """
    ### BEGIN SOLUTION
    return weight.reshape(len(weight), c, h, w), bias
    ### END SOLUTION
