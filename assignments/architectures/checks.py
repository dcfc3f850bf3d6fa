"""What is asked of an architectures submission. A docstring, or the sentence beside the points, is what the student
reads."""

import numpy as np

from autograder import CheckFailed, check, expect, expect_shape, expect_unmodified

from . import formulas
from .cases import (
    BIASES,
    CHANGED,
    DEPTHS,
    DILATED,
    FEW_SCALES,
    GAPS,
    GROUPED,
    LINEAR,
    NETS,
    OBLONG,
    SAME,
    SCALES,
    SHALLOW,
    SHORTCUTS,
    SIZES,
    SMALL,
    STACKS,
    UNEXPANDED,
    arguments_of,
    expect_count,
    expect_field,
    images,
    inverted_gradients,
    inverted_right,
    inverted_state,
    lenet,
    linear,
    run_network,
    scales_gradients,
    scales_right,
    scales_state,
)
from .networks import (
    expect_activations,
    expect_bounds,
    expect_layers,
    expect_normalisations,
    expect_parameters,
    expect_relus_of_resnet,
    expect_shortcuts,
)

# ── sizes ──────────────────────────────────────────────────────────────────────────────────────


@check("conv_output_size", points=3, given=SIZES)
def conv_output_size_values(student, case):
    """The size is ⌊(size + 2·pad - kernel) / stride⌋ + 1: a window that would stick out does not count."""
    numbers = case.size, case.kernel, case.stride, case.pad
    expect_count("size", student.conv_output_size(*numbers), formulas.output_size(*numbers))


@check("conv_output_size", points=1)
def conv_output_size_known_answers(student, case):
    """5 pixels on 32 leave 28; 11 with stride 4 and padding 2 make 55 of 224; 3 with padding 1 keep 224."""
    for numbers, right in (((32, 5), 28), ((224, 11, 4, 2), 55), ((224, 3, 1, 1), 224), ((55, 3, 2), 27)):
        expect_count("size", student.conv_output_size(*numbers), right)


@check("conv_output_size", points=1, given=DILATED, examples=4)
def conv_output_size_dilation(student, case):
    """A dilated kernel extends over dilation · (kernel - 1) + 1 pixels."""
    found = student.conv_output_size(case.size, case.kernel, case.stride, case.pad, dilation=case.dilation)
    right = formulas.output_size(case.size, case.kernel, case.stride, case.pad, case.dilation)
    expect_count("size", found, right)


@check("receptive_field", points=3, given=STACKS)
def receptive_field_size(student, case):
    """size grows by (kernel - 1) · jump with each layer."""
    expect_field(student.receptive_field(list(case.layers)), formulas.receptive_field(case.layers), only="size")


@check("receptive_field", points=2, given=STACKS)
def receptive_field_jump(student, case):
    """jump is the product of the strides."""
    expect_field(student.receptive_field(list(case.layers)), formulas.receptive_field(case.layers), only="jump")


@check("receptive_field", points=1)
def receptive_field_known_answers(student, case):
    """Three 3×3 layers see 7 pixels; VGG-16 sees 212 before its linear layers, in jumps of 32; no layer sees 1."""
    convolution, pooling = [(3, 1)], [(2, 2)]
    vgg = [layer for count in (2, 2, 3, 3, 3) for layer in convolution * count + pooling]
    for layers, right in ((convolution * 3, (7, 1)), (vgg, (212, 32)), ([], (1, 1))):
        expect_field(student.receptive_field(layers), right)


@check("receptive_field", points=1, given=GAPS, examples=2)
def receptive_field_pixels(student, case):
    """size reaches from the first to the last pixel that can change the unit, over gaps that a large stride leaves."""
    expect_field(student.receptive_field(list(case.layers)), formulas.receptive_field(case.layers))


# ── counts ─────────────────────────────────────────────────────────────────────────────────────


@check("parameter_count", points=3, given=NETS, examples=4)
def parameter_count_values(student, case):
    """A filter has kernel² weights for each channel of its input and a bias, an output of a linear layer likewise."""
    layers, _ = case.net
    expect_count("count", student.parameter_count(list(layers)), formulas.parameter_count(layers))


@check("parameter_count", points=1)
def parameter_count_lenet(student, case):
    """LeNet-5 has 61,706 parameters, and 63,066 for 26 classes."""
    for n, right in ((10, 61706), (26, 63066)):
        expect_count("count", student.parameter_count(lenet(n)), right)


@check("parameter_count", points=1, given=BIASES, examples=2, needs=("parameter_count.values",))
def parameter_count_bias(student, case):
    """Layers without a bias have weights alone."""
    expect_count("count", student.parameter_count(list(case.layers)), formulas.parameter_count(case.layers))


@check("parameter_count", points=1, given=GROUPED, examples=2)
def parameter_count_groups(student, case):
    """With groups a filter looks at in / groups channels."""
    layers, _ = case.net
    expect_count("count", student.parameter_count(list(layers)), formulas.parameter_count(layers))


@check("multiply_adds", points=4, given=NETS, examples=4)
def multiply_adds_values(student, case):
    """Each weight of a convolution counts once for each place of its output, each weight of a linear layer once."""
    layers, shape = case.net
    found = student.multiply_adds(list(layers), tuple(shape))
    expect_count("count", found, formulas.multiply_adds(layers, shape))


@check("multiply_adds", points=1)
def multiply_adds_lenet(student, case):
    """LeNet-5 needs 416,520 multiply-adds for an image of (1, 32, 32), and 417,864 for 26 classes."""
    for n, right in ((10, 416520), (26, 417864)):
        expect_count("count", student.multiply_adds(lenet(n), (1, 32, 32)), right)


@check("multiply_adds", points=1, given=GROUPED, examples=2, name="groups")
@check("multiply_adds", points=1, given=OBLONG, examples=2, name="oblong", sentence="H and W may differ.")
def multiply_adds_groups(student, case):
    """With groups a filter looks at in / groups channels, and a depthwise convolution costs so much less."""
    multiply_adds_values(student, case)


# ── the networks ───────────────────────────────────────────────────────────────────────────────

PARAMETERS = (
    "For {n} classes it has {count} parameters in layers of the right shapes, and its forward pass uses all of them."
)
LAYERS = "Each convolution and pooling makes maps of the right size, from {image} to (N, n)."
COUNTS = {
    "LeNet5": (10, "61,706"),
    "AlexNet": (1000, "61,100,840"),
    "VGG": (1000, "132,863,336 (depth 11), 133,047,848 (13), 138,357,544 (16) or 143,667,240 (19)"),
    "ResNet152": (1000, "60,192,808"),
    "MobileNetV2": (1000, "3,504,872"),
}
# of parameters, layers and classes
POINTS = {
    "LeNet5": (3, 3, 1.5),
    "AlexNet": (3, 4, 1.5),
    "VGG": (4, 4, 1.5),
    "ResNet152": (4, 4, 1),
    "MobileNetV2": (4, 3, 1),
}


def ask_about(name):
    """The questions that all networks have in common."""
    n, count = COUNTS[name]
    image = "(N, 1, 32, 32)" if name == "LeNet5" else "(N, 3, 224, 224)"
    parameter_points, layer_points, class_points = POINTS[name]
    given = {"given": DEPTHS, "examples": 0} if name == "VGG" else {}

    @check(name, points=parameter_points, name="parameters", sentence=PARAMETERS.format(n=n, count=count), **given)
    def parameters(student, case):
        arguments = arguments_of(name, case)
        run = run_network(student, name, arguments)
        expect_parameters(name, run, formulas.network(name, *arguments)["shapes"])

    @check(name, points=layer_points, name="layers", sentence=LAYERS.format(image=image), **given)
    def layers(student, case):
        arguments = arguments_of(name, case)
        run = run_network(student, name, arguments)
        expect_layers(name, run, formulas.network(name, *arguments), (2, n))

    @check(name, points=1, name="activations", needs=(f"{name}.parameters",), **given)
    def activations(student, case):
        """Behind each layer that the handout names stands a ReLU (in MobileNetV2 a ReLU6), and between the two their
        normalisation, where they have one; none stands behind the last layer."""
        run = run_network(student, name, arguments_of(name, case))
        expect_activations(name, run, six=name == "MobileNetV2")
        expect_normalisations(name, run)
        if name == "ResNet152":
            expect_relus_of_resnet(run)
        if name == "MobileNetV2":
            expect_bounds(name, run, 35)

    @check(name, points=class_points, name="classes", **(given and {"given": SHALLOW, "examples": 0}))
    def classes(student, case):
        """n sets the number of scores, for any number of images."""
        arguments = arguments_of(name, case, 7)
        run = run_network(student, name, arguments, 3)
        expect_parameters(name, run, formulas.network(name, *arguments)["shapes"])
        if tuple(run.out) != (3, 7):
            raise CheckFailed(f"{name} returns a tensor of shape {tuple(run.out)}; it must be (3, 7).", tensor="out")


for network in COUNTS:
    ask_about(network)


@check("ResNet152", points=1, name="shortcuts", needs=("ResNet152.parameters",))
def resnet_shortcuts(student, case):
    """Each of the 50 blocks adds its shortcut to its branch."""
    expect_shortcuts("ResNet152", run_network(student, "ResNet152", [1000]), SHORTCUTS["ResNet152"])


@check("MobileNetV2", points=1, name="shortcuts", needs=("MobileNetV2.parameters",))
def mobilenet_shortcuts(student, case):
    """The 10 blocks that keep the shape add their input."""
    expect_shortcuts("MobileNetV2", run_network(student, "MobileNetV2", [1000]), SHORTCUTS["MobileNetV2"])


# ── the blocks ─────────────────────────────────────────────────────────────────────────────────


def run_inverted(student, case, dout=None, training=True):
    arguments = [*case.channels, case.stride, case.expand]
    state, inputs = inverted_state(case), {"x": images(case)}
    return student.run_module("InvertedResidual", arguments, state, inputs, dout, training=training)


KEEPS = "Where stride is 1 and inp equals out, out is x plus the branch, without an activation behind either."
MOVES = "Where the stride or the channels change, out is the branch alone; the depthwise convolution has the stride."
BARE = "With expand = 1 the block begins with the depthwise convolution."


@check("InvertedResidual", points=1, given=UNEXPANDED, examples=2, name="unexpanded", sentence=BARE)
@check("InvertedResidual", points=3, given=CHANGED, examples=3, name="changed", sentence=MOVES)
@check("InvertedResidual", points=3, given=SAME, examples=3, name="same", sentence=KEEPS)
def inverted_values(student, case):
    expect(student, out=(run_inverted(student, case).out, inverted_right(case)))


@check("InvertedResidual", points=1, given=SAME, examples=1, name="evaluation")
def inverted_evaluation(student, case):
    """After .eval() the normalisations use their running statistics."""
    expect(student, out=(run_inverted(student, case, training=False).out, inverted_right(case, training=False)))


@check("InvertedResidual", points=1, given=SMALL, examples=0, name="gradients")
def inverted_gradient_values(student, case):
    """Autograd reaches x and every parameter from out."""
    dout, gradients = inverted_gradients(case)
    run = run_inverted(student, case, dout)
    expect_shape(out=(run.out, dout.shape))
    expect(student, gradients=(run.gradients, gradients))


@check("InvertedResidual", points=0.5, given=SAME, examples=1, needs=("InvertedResidual.same",), name="pure")
def inverted_pure(student, case):
    """x is left as it was."""
    expect(student, x=(run_inverted(student, case).arguments.get("x"), images(case)))


def run_scales(student, case, state=None, dout=None):
    arguments = [case.inp, *case.filters]
    return student.run_module("MultiScaleBlock", arguments, state or scales_state(case), {"x": images(case)}, dout)


@check("MultiScaleBlock", points=4, given=SCALES, name="values")
def scales_values(student, case):
    """out is the outputs of the 1×1, the 3×3 and the 5×5 convolution of x as channels, in this order."""
    expect(student, out=(run_scales(student, case).out, scales_right(case)))


@check("MultiScaleBlock", points=1, given=SCALES, examples=1, name="identity")
def scales_identity(student, case):
    """With a 1 in the centre of each kernel, all that comes out is the first channel of x: nothing moves it."""
    state = {name: np.zeros(weights.shape) for name, weights in scales_state(case).items()}
    for weights in state.values():
        weights[:, 0, weights.shape[2] // 2, weights.shape[3] // 2] = 1.0
    right = np.repeat(images(case)[:, :1], sum(case.filters), axis=1)
    expect(student, out=(run_scales(student, case, state).out, right))


@check("MultiScaleBlock", points=1, given=FEW_SCALES, examples=0, name="gradients")
def scales_gradient_values(student, case):
    """Autograd reaches x and every weight from out."""
    dout, gradients = scales_gradients(case)
    run = run_scales(student, case, dout=dout)
    expect_shape(out=(run.out, dout.shape))
    expect(student, gradients=(run.gradients, gradients))


@check("linear_as_conv", points=3, given=LINEAR)
def linear_as_conv_values(student, case):
    """kernel[m] is row m of the weights as channels, rows and columns, and the bias stays."""
    weight, bias = linear(case)
    kernel, same = student.linear_as_conv(weight, bias, case.c, case.h, case.w)
    expect(student, kernel=(kernel, weight.reshape(case.m, case.c, case.h, case.w)), bias=(same, bias))


@check("linear_as_conv", points=2, given=LINEAR, examples=2)
def linear_as_conv_windows(student, case):
    """Slid over a larger image, the kernel gives at each place what the linear layer gives for that window."""
    weight, bias = linear(case)
    x = case.array("x", 2, case.c, case.h + 2, case.w + 1)
    kernel, same = student.linear_as_conv(weight, bias, case.c, case.h, case.w)
    expect_shape(kernel=(kernel, (case.m, case.c, case.h, case.w)), bias=(same, (case.m,)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (case.h, case.w), axis=(2, 3))
    out = np.einsum("nchwij,mcij->nmhw", windows, kernel) + same[:, None, None]
    expect(student, out=(out, formulas.linear_at_each_window(x, weight, bias, case.h, case.w)))


@check("linear_as_conv", points=0.5, given=LINEAR, examples=2, needs=("linear_as_conv.values",))
def linear_as_conv_shapes(student, case):
    """kernel has exactly the shape (M, C, H, W), and bias (M,)."""
    kernel, same = student.linear_as_conv(*linear(case), case.c, case.h, case.w)
    expect_shape(kernel=(kernel, (case.m, case.c, case.h, case.w)), bias=(same, (case.m,)))


@check("linear_as_conv", points=0.5, given=LINEAR, examples=1, needs=("linear_as_conv.values",))
def linear_as_conv_pure(student, case):
    """weight and bias are left as they were."""
    weight, bias = linear(case)
    expect_unmodified(student, "linear_as_conv", weight=weight, bias=bias, c=case.c, h=case.h, w=case.w)
