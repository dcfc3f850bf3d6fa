"""What students get wrong in `architectures`, and what a teacher says: edits of the reference, all else right.

They come from what published student code and tables of papers get wrong: paddings and strides that leave the parameters as
they are, biases in front of normalisations, activations that are left out, and the slips in formulas of size and cost.
"""
# ruff: noqa: E501 — one line for the edit, one for the sentence

from autograder import edits

from .reference import (
    VGG,
    AlexNet,
    Bottleneck,
    InvertedResidual,
    LeNet5,
    MobileNetV2,
    MultiScaleBlock,
    ResNet152,
    conv_output_size,
    linear_as_conv,
    multiply_adds,
    parameter_count,
    receptive_field,
)

# fmt: off

# ── sizes ──────────────────────────────────────────────────────────────────────────────────────

of = edits(conv_output_size)
SIZE, EXTENT = "(size + 2 * pad - extent) // stride + 1", "dilation * (kernel - 1) + 1"
of("padding_on_one_end", "2 * pad", "pad", "values known_answers dilation",
   "You add the padding once: it stands on both ends, so the side grows by 2 · pad.")
of("size_rounded_up", SIZE, "-(-(size + 2 * pad - extent) // stride) + 1", "values known_answers dilation",
   "You round up: a window that would stick out does not count, so round down.")
of("last_window_forgotten", " // stride + 1", " // stride", "values known_answers dilation",
   "You count the steps and not the windows: add 1 for the one that stands at the beginning.")
of("stride_forgotten", " // stride", "", "values known_answers dilation",
   "You leave out the stride: only every stride-th place is looked at.")
of("dilation_forgotten", EXTENT, "kernel", "dilation",
   "You leave out the dilation: a dilated kernel extends over dilation · (kernel - 1) + 1 pixels.")
of("dilation_times_kernel", EXTENT, "dilation * kernel", "dilation",
   "You multiply the whole kernel by the dilation: only its kernel - 1 gaps grow.")
of = edits(receptive_field)
GROWS, JUMPS = "size += (kernel - 1) * jump", "jump *= stride"
of("field_without_jump", GROWS, "size += kernel - 1", "size known_answers pixels",
   "You add kernel - 1 in every layer: behind a stride these neighbours are jump pixels apart.")
of("jump_too_early", f"{GROWS}\n        {JUMPS}", f"{JUMPS}\n        {GROWS}", "size known_answers pixels",
   "You multiply the jump by a layer's stride before that layer: its window moves over units that are still the old jump apart.")
of("own_stride_for_jump", GROWS, "size += (kernel - 1) * stride", "size known_answers pixels",
   "You multiply by the layer's own stride: what counts is the product of all strides before it.")
of("field_from_zero", "size, jump = 1, 1", "size, jump = 0, 1", "size known_answers pixels",
   "You begin with a size of 0: a unit of the input sees one pixel, itself.")
of("jump_added", JUMPS, "jump += stride - 1", "jump size known_answers pixels",
   "You add up the strides: they are multiplied.")
of("layers_backwards", "in layers", "in reversed(layers)", "size known_answers pixels",
   "You go through the layers from the last to the first: your rule begins at the input.")
of("jump_before_size", "return size, jump", "return jump, size", "size jump known_answers pixels",
   "You return the jump first: the order is (size, jump).")

# ── counts ─────────────────────────────────────────────────────────────────────────────────────

of = edits(parameter_count)
FILTERS = "out * (inp // groups) * kernel * kernel"
of("convolution_bias_forgotten", FILTERS, f"{FILTERS} - out * bias", "values lenet groups",
   "You count the weights of a convolution alone: each filter has a bias, too.")
of("biases_forgotten", "            total += out\n", "            total += 0\n", "values lenet groups",
   "You never count a bias: each filter and each output of a linear layer has one.")
of("kernel_not_squared", " * kernel * kernel", " * kernel", "values lenet groups",
   "You count kernel weights for each channel: a square window has kernel².")
of("channels_forgotten", FILTERS, "out * kernel * kernel", "values lenet groups",
   "You count one window for each filter: a filter has one for each channel that it looks at.")
of("bias_always", "        if bias:\n", "        if True:\n", "bias",
   "You count a bias where there is none: look at the flag.")
of("groups_forgotten", "(inp // groups)", "inp", "groups",
   "You leave out the groups: a filter looks at in / groups channels.")
of("groups_divide_twice", "out * (inp // groups)", "(out // groups) * (inp // groups)", "groups",
   "You divide the filters by the groups as well: there are still `out` of them, each looks at in / groups channels.")
of = edits(multiply_adds)
WORK = "total += height * width * out * (inp // groups) * kernel**2"
SIDES = "height = conv_output_size(height, kernel, stride, pad)\n            width = conv_output_size(width, kernel, stride, pad)\n            "
of("places_of_the_input", f"{SIDES}{WORK}", f"{WORK}\n            {SIDES}".rstrip(), "values lenet oblong groups",
   "You count the places of a convolution's input: its weights are used once at each place of its output.")
of("pooling_keeps_the_size", "height = conv_output_size(height, kernel, stride)\n            width = conv_output_size(width, kernel, stride)", "continue", "values lenet oblong",
   "Your maps keep their size through a pooling: what comes after it has fewer places.")
of("height_for_width", "width = conv_output_size(width, kernel, stride, pad)", "width = height", "oblong",
   "You take the height for the width: images may be oblong.", also={"width = conv_output_size(width, kernel, stride)": "width = height"})
of("work_without_stride", "conv_output_size(height, kernel, stride, pad)", "conv_output_size(height, kernel, 1, pad)", "values oblong groups",
   "You leave a convolution's stride out of its output's size.", also={"conv_output_size(width, kernel, stride, pad)": "conv_output_size(width, kernel, 1, pad)"})
of("work_without_groups", "(inp // groups)", "inp", "groups",
   "You leave out the groups: a filter looks at in / groups channels.")
of("linear_at_each_place", "total += inp * out", "total += inp * out * height * width", "values lenet",
   "You multiply a linear layer by the size of the maps before it: each of its weights is used once.")
of("operations_counted_twice", "return total", "return 2 * total", "values lenet oblong groups",
   "You count a multiplication and an addition as two: together they are one multiply-add.")
# ── LeNet-5 ────────────────────────────────────────────────────────────────────────────────────

of = edits(LeNet5)
of("lenet_average_pooling", "nn.MaxPool2d(2)", "nn.AvgPool2d(2)", "layers",
   "Your LeNet-5 pools by averages, as the paper of 1998 does: the handout asks for max pooling.")
of("lenet_tanh", "torch.relu(self.conv1(x))", "torch.tanh(self.conv1(x))", "activations",
   "Your LeNet-5 has tanh, as the paper of 1998 has: the handout asks for ReLU.",
   also={"torch.relu(self.conv2(x))": "torch.tanh(self.conv2(x))", "torch.relu(self.linear1(x))": "torch.tanh(self.linear1(x))", "torch.relu(self.linear2(x))": "torch.tanh(self.linear2(x))"})
of("lenet_linear_without_relu", "torch.relu(self.linear1(x))", "self.linear1(x)", "activations",
   "Your LeNet-5 has no ReLU between its linear layers, so the three of them are one.", also={"torch.relu(self.linear2(x))": "self.linear2(x)"})
of("lenet_convolutions_without_relu", "torch.relu(self.conv1(x))", "self.conv1(x)", "activations",
   "Your LeNet-5 has no ReLU behind its convolutions.", also={"torch.relu(self.conv2(x))": "self.conv2(x)"})
of("lenet_relu_on_scores", "return self.linear3(x)", "return torch.relu(self.linear3(x))", "activations",
   "Your LeNet-5 puts a ReLU on its scores: half of the classes could no longer be told apart.")
of("lenet_ten_classes", "nn.Linear(84, n)", "nn.Linear(84, 10)", "classes",
   "Your LeNet-5 always has 10 classes: take n.")
of("lenet_padded", "nn.Conv2d(1, 6, kernel_size=5)", "nn.Conv2d(1, 6, kernel_size=5, padding=2)", "layers",
   "You pad the first convolution, as one does for images of 28 × 28: the input has 32 × 32.", also={"16 * 5 * 5": "16 * 6 * 6"})
of("lenet_layer_never_called", "torch.relu(self.linear2(x))", "torch.relu(x[:, :84])", "parameters",
   "Your LeNet-5 makes a layer of 84 units, and never calls it.")

# ── AlexNet ────────────────────────────────────────────────────────────────────────────────────

of = edits(AlexNet)
ADAPTED = {"torch.flatten(self.features(x), 1)": "torch.flatten(nn.functional.adaptive_avg_pool2d(self.features(x), 6), 1)"}
of("alexnet_two_columns", "nn.Conv2d(3, 64,", "nn.Conv2d(3, 96,", "parameters layers",
   "Your AlexNet has the 96 and 256 filters of the two columns of 2012: in one column the first two layers have 64 and 192.",
   also={"nn.Conv2d(64, 192,": "nn.Conv2d(96, 256,", "nn.Conv2d(192, 384,": "nn.Conv2d(256, 384,"})
of("alexnet_first_padding", "stride=4, padding=2", "stride=4", "layers",
   "Your AlexNet does not pad its first convolution: it has a padding of 2, which makes maps of 55 × 55.", also=ADAPTED)
of("alexnet_padded_by_three", "stride=4, padding=2", "stride=4, padding=3", "layers",
   "Your AlexNet pads its first convolution by 3: it is 2, and though the maps are 55 × 55 all the same, they see other pixels.")
of("alexnet_small_windows", "nn.MaxPool2d(3, stride=2)", "nn.MaxPool2d(2, stride=2)", "layers",
   "Your AlexNet pools over 2 × 2: its windows are 3 × 3 with stride 2, so that they overlap, though the maps have the same size.",
   also={"nn.MaxPool2d(kernel_size=3, stride=2)": "nn.MaxPool2d(2)", "nn.MaxPool2d((3, 3), stride=2)": "nn.MaxPool2d(2)"})
of("alexnet_last_pooling_missing", ", nn.MaxPool2d((3, 3), stride=2)", "", "layers",
   "Your AlexNet has no max pooling behind its last convolution: an adaptive average pooling hides that.", also=ADAPTED)
of("alexnet_linear_without_relu", "nn.Linear(4096, 4096), nn.ReLU(),", "nn.Linear(4096, 4096),", "activations",
   "Your AlexNet lacks a ReLU between its last two linear layers, which are one without it.")
# ── VGG ────────────────────────────────────────────────────────────────────────────────────────

of = edits(VGG)
of("vgg_with_normalisation", "3, padding=1), nn.ReLU()", "3, padding=1), nn.BatchNorm2d(width), nn.ReLU()", "parameters",
   "Your VGG has batch normalisation: it was made a year before.")
of("vgg_depth_ignored", "stages[depth]", "stages[16]", "parameters layers",
   "Your VGG has 16 layers whatever depth says.")
of("vgg_without_padding", "nn.Conv2d(inp, width, 3, padding=1)", "nn.Conv2d(inp, width, 3)", "layers",
   "Your VGG's convolutions are not padded, so that each shrinks the maps by 2: a padding of 1 keeps their size.", also={"nn.Flatten()": "nn.AdaptiveAvgPool2d(7), nn.Flatten()"})
of("vgg_last_pooling_missing", "        layers.append(nn.MaxPool2d(2))", "        layers += [nn.MaxPool2d(2)] if len(layers) < 2 * sum(stages[depth]) else []", "layers",
   "Your VGG has no max pooling behind its last stage: an adaptive average pooling hides that.", also={"nn.Flatten()": "nn.AdaptiveAvgPool2d(7), nn.Flatten()"})
of("vgg_large_windows", "nn.MaxPool2d(2)", "nn.MaxPool2d(3, stride=2, padding=1)", "layers",
   "Your VGG pools over 3 × 3: its windows are 2 × 2, though the maps have the same size.")
of("vgg_one_relu_a_stage", "[nn.Conv2d(inp, width, 3, padding=1), nn.ReLU()]", "[nn.Conv2d(inp, width, 3, padding=1)]", "activations",
   "Your VGG has one ReLU in each stage: it has one behind each convolution.", also={"layers.append(nn.MaxPool2d(2))": "layers += [nn.ReLU(), nn.MaxPool2d(2)]"})
# ── ResNet-152 ─────────────────────────────────────────────────────────────────────────────────

of = edits(ResNet152)
of("resnet_of_101_layers", "(256, 36, 2)", "(256, 23, 2)", "parameters layers",
   "Your ResNet has 23 blocks in its third stage: that is ResNet-101, 152 layers have 36.", also={"(128, 8, 2)": "(128, 4, 2)"})
of("resnet_stem_pooling_missing", "    layers.append(nn.MaxPool2d(3, stride=2, padding=1))\n", "", "layers",
   "Your ResNet has no max pooling behind its first convolution.")
of("resnet_small_pooling", "nn.MaxPool2d(3, stride=2, padding=1)", "nn.MaxPool2d(2)", "layers",
   "Your ResNet's pooling has windows of 2 × 2: they are 3 × 3 with stride 2, though the maps have the same size.")
of("resnet_global_maximum", "nn.AdaptiveAvgPool2d(1)", "nn.AdaptiveMaxPool2d(1)", "layers",
   "Your ResNet takes the largest number of each map at its end: it takes their average.")
of = edits(ResNet152, inside=Bottleneck)
SUM = "torch.relu(self.branch(x) + self.shortcut(x))"
PROJECTION = "nn.Conv2d(inp, out, 1, stride=stride, bias=False), nn.BatchNorm2d(out)"
of("resnet_biases", "nn.Conv2d(inp, width, 1, bias=False)", "nn.Conv2d(inp, width, 1)", "parameters",
   "Your convolutions have biases: a normalisation follows each of them, which takes the bias away.",
   also={"padding=1, bias=False)": "padding=1)", "nn.Conv2d(width, out, 1, bias=False)": "nn.Conv2d(width, out, 1)", PROJECTION: "nn.Conv2d(inp, out, 1, stride=stride), nn.BatchNorm2d(out)"})
of("resnet_projection_only_with_stride", "if stride != 1 or inp != out:", "if stride != 1:", "parameters layers",
   "Your shortcut is a projection only where there is a stride: the first stage changes the channels from 64 to 256 without one.")
of("resnet_projections_alone", SUM, "torch.relu(self.branch(x) + self.shortcut(x) if len(list(self.shortcut.children())) else self.branch(x))", "shortcuts",
   "Your blocks add their shortcut only where it is a projection: the others add x itself.")
of("resnet_sum_without_relu", SUM, "self.branch(x) + self.shortcut(x)", "activations",
   "Your blocks have no ReLU behind the sum.")
of("resnet_relu_before_the_sum", SUM, "torch.relu(self.branch(x)) + self.shortcut(x)", "activations",
   "Your ReLU stands before the sum with the shortcut: it follows the sum.")
of("resnet_stride_in_the_last_convolution", "3, stride=stride, padding=1", "3, padding=1", "layers",
   "Your blocks have their stride in the last 1×1 convolution: it stands in the 3×3, or in the first 1×1.", also={"nn.Conv2d(width, out, 1, bias=False)": "nn.Conv2d(width, out, 1, stride=stride, bias=False)"})
of("resnet_projection_not_normalised", PROJECTION, "nn.Conv2d(inp, out, 1, stride=stride, bias=False)", "parameters",
   "Your projections are convolutions alone: a batch normalisation follows them.")
of("resnet_shortcut_averages", PROJECTION, "nn.AvgPool2d(stride), nn.Conv2d(inp, out, 1, bias=False), nn.BatchNorm2d(out)", "layers",
   "Your shortcut averages what the stride would skip: a 1×1 convolution has the stride.")
of("resnet_inner_relus_missing", "nn.BatchNorm2d(width),\n            nn.ReLU(),\n            nn.Conv2d(width, width,", "nn.BatchNorm2d(width),\n            nn.Conv2d(width, width,", "activations",
   "Your bottlenecks have no ReLU behind their first normalisation.")

of("resnet_normalisation_in_the_wrong_place", "nn.ReLU(),\n            nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False),\n            nn.BatchNorm2d(width),", "nn.ReLU(),\n            nn.BatchNorm2d(width),\n            nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False),", "activations",
   "Your second normalisation stands before the 3×3 convolution: one follows each convolution.")

# ── MobileNetV2 ────────────────────────────────────────────────────────────────────────────────

of = edits(MobileNetV2)
of("mobilenet_first_block_expanded", "(1, 16, 1, 1)", "(6, 16, 1, 1)", "parameters layers",
   "Your first block expands by 6: it has expand = 1.")
of("mobilenet_stride_too_many", "(6, 96, 3, 1)", "(6, 96, 3, 2)", "layers",
   "Your stage of 96 channels has stride 2: it keeps 14 × 14.")
of("mobilenet_last_convolution_missing", "    layers += [nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6()]\n", "", "parameters layers",
   "Your MobileNetV2 has no convolution from 320 to 1280 channels before the average.", also={"nn.Linear(1280, n)": "nn.Linear(320, n)"})
of("mobilenet_stem_stride", "nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False)", "nn.Conv2d(3, 32, 3, padding=1, bias=False)", "layers",
   "Your first convolution has stride 1: it has 2.")
of = edits(MobileNetV2, inside=InvertedResidual)
of("mobilenet_ordinary_convolutions", ", groups=inside", "", "parameters layers",
   "Your 3×3 convolutions mix all channels: they are depthwise, with groups = channels.")
of("mobilenet_without_shortcuts", "x + self.branch(x) if self.adds else self.branch(x)", "self.branch(x)", "shortcuts",
   "Your blocks never add their input: those that keep the shape do.")
of("mobilenet_biases", "nn.Conv2d(inp, inside, 1, bias=False)", "nn.Conv2d(inp, inside, 1)", "parameters",
   "Your convolutions have biases: a normalisation follows each of them, which takes the bias away.",
   also={"groups=inside, bias=False)": "groups=inside)", "nn.Conv2d(inside, out, 1, bias=False)": "nn.Conv2d(inside, out, 1)"})
EXPANDED = "nn.BatchNorm2d(inside), nn.ReLU6()]\n        layers += [nn.Conv2d(inside, inside"
of("mobilenet_activations_missing", EXPANDED, EXPANDED.replace(", nn.ReLU6()", ""), "activations",
   "Your blocks have no ReLU6 behind the expansion.")
of("mobilenet_relu", EXPANDED, EXPANDED.replace("ReLU6", "ReLU"), "activations",
   "Your blocks have ReLU for ReLU6: values end at 6.", also={"[nn.BatchNorm2d(inside), nn.ReLU6()]\n        layers += [nn.Conv2d(inside, out": "[nn.BatchNorm2d(inside), nn.ReLU()]\n        layers += [nn.Conv2d(inside, out"})

# ── the inverted residual ──────────────────────────────────────────────────────────────────────

of = edits(InvertedResidual)
RETURN, ADDS = "x + self.branch(x) if self.adds else self.branch(x)", "stride == 1 and inp == out"
LAST = "layers += [nn.Conv2d(inside, out, 1, bias=False), nn.BatchNorm2d(out)]"
of("inverted_activation_at_the_end", LAST, LAST.replace("(out)]", "(out), nn.ReLU6()]"), "same changed",
   "You have a ReLU6 behind the last normalisation: the narrow end of the block is linear.")
of("inverted_relu_on_the_sum", "return x + self.branch(x)", "return torch.relu(x + self.branch(x))", "same",
   "You have a ReLU behind the sum: the sum itself is the output.")
of("inverted_relu", "nn.BatchNorm2d(inside), nn.ReLU6()]\n        layers += [nn.Conv2d(inside, inside", "nn.BatchNorm2d(inside), nn.ReLU()]\n        layers += [nn.Conv2d(inside, inside", "same changed",
   "You have ReLU for ReLU6: values end at 6.", also={"[nn.BatchNorm2d(inside), nn.ReLU6()]\n        layers += [nn.Conv2d(inside, out": "[nn.BatchNorm2d(inside), nn.ReLU()]\n        layers += [nn.Conv2d(inside, out"})
of("inverted_without_shortcut", RETURN, "self.branch(x)", "same",
   "You never add x: where stride is 1 and inp equals out, it is added.")
of("inverted_adds_whatever_the_stride", ADDS, "inp == out", "changed",
   "You add x wherever the channels stay, but with a stride the sizes differ.")
of("inverted_always_expands", "if expand != 1:", "if True:", "unexpanded",
   "You have an expansion where expand is 1: such a block begins with the depthwise convolution.")
of("inverted_ordinary_convolution", ", groups=inside", "", "same changed",
   "Your 3×3 convolution mixes all channels: it is depthwise, with groups = channels.")
of("inverted_stride_in_the_expansion", "nn.Conv2d(inp, inside, 1, bias=False)", "nn.Conv2d(inp, inside, 1, stride=stride, bias=False)", "changed",
   "Your first convolution has the stride: the depthwise one has it.", also={"3, stride=stride": "3, stride=stride if expand == 1 else 1"})
of("inverted_stride_ignored", "stride=stride, ", "", "changed",
   "Your depthwise convolution has stride 1 always: take the block's.")
of("inverted_first_activation_missing", "nn.BatchNorm2d(inside), nn.ReLU6()]\n        layers += [nn.Conv2d(inside, inside", "nn.BatchNorm2d(inside)]\n        layers += [nn.Conv2d(inside, inside", "same changed",
   "You have no ReLU6 behind the expansion.")
of("inverted_activation_first", "nn.BatchNorm2d(inside), nn.ReLU6()]\n        layers += [nn.Conv2d(inside, inside", "nn.ReLU6(), nn.BatchNorm2d(inside)]\n        layers += [nn.Conv2d(inside, inside", "same changed",
   "Your activations stand before the normalisations: the order is convolution, normalisation, ReLU6.", also={"[nn.BatchNorm2d(inside), nn.ReLU6()]\n        layers += [nn.Conv2d(inside, out": "[nn.ReLU6(), nn.BatchNorm2d(inside)]\n        layers += [nn.Conv2d(inside, out"})
of("inverted_branch_detached", "return x + self.branch(x)", "return x + self.branch(x).detach()", "gradients",
   "You detach the branch, so nothing in it can be trained.")
of("inverted_shortcut_detached", "return x + self.branch(x)", "return x.detach() + self.branch(x)", "gradients",
   "You detach the shortcut, so no gradient comes back through it.")
of("inverted_always_in_training", "return x +", "self.train()\n        return x +", "evaluation",
   "Your normalisations use the batch's statistics in evaluation too: leave it to .eval() to switch them.")
of("inverted_x_plus_equals", "return x + self.branch(x)", "return x.add_(self.branch(x))", "pure",
   "You add the branch into x, which is the caller's tensor: make a new one.")

# ── several scales, and the linear layer ───────────────────────────────────────────────────────

of = edits(MultiScaleBlock)
CAT = "torch.cat([self.conv1(x), self.conv3(x), self.conv5(x)], dim=1)"
of("scales_turned_round", CAT, "torch.cat([self.conv5(x), self.conv3(x), self.conv1(x)], dim=1)", "values",
   "You concatenate the 5×5 convolution first: the order is 1×1, 3×3, 5×5.")
of("scales_without_padding", "3, padding=1", "3", "values",
   "Your convolutions are not padded, so their outputs have different sizes.", also={"5, padding=2": "5"})
of("scales_activated", CAT, f"torch.relu({CAT})", "values",
   "You have a ReLU behind the concatenation: this block has no activation.")
of("scales_summed", CAT, "self.conv1(x) + self.conv3(x) + self.conv5(x)", "values",
   "You add the three outputs: they are concatenated as channels.")
of("scales_detached", CAT, CAT.replace("conv3(x)", "conv3(x.detach())"), "gradients",
   "You detach x before the 3×3 convolution, so no gradient comes back through it.")
of("scales_moved", "self.conv5(x)]", "torch.roll(self.conv5(x), 1, dims=3)]", "values identity",
   "The output of your 5×5 convolution is moved by a pixel: with a padding of 2 on both sides it stays in its place.")

of = edits(linear_as_conv)
RESHAPED = "weight.reshape(len(weight), c, h, w)"
of("kernel_width_first", RESHAPED, "weight.reshape(len(weight), c, w, h).swapaxes(2, 3)", "values windows",
   "You read the columns of a window before its rows: flatten lays out channel, row, column.")
of("kernel_channels_last", RESHAPED, "weight.reshape(len(weight), h, w, c).moveaxis(3, 1)", "values windows",
   "You read the channels of each pixel together: flatten lays out channel, row, column.")
of("kernel_flipped", RESHAPED, "weight.reshape(len(weight), c, h, w).flip(2, 3)", "values windows",
   "You flip the kernel: PyTorch's convolution is a cross-correlation and does not flip it back.")
of("bias_dropped", "w), bias", "w), 0 * bias", "values windows",
   "Your bias is 0: it stays what it is.")
of("bias_with_more_axes", "w), bias", "w), bias.reshape(1, -1, 1, 1)", "shapes",
   "Your bias has the shape of an image: it is (M,), as a convolution takes it.")
of("weights_written_over", f"return {RESHAPED}, bias", f"kernel = {RESHAPED}.clone()\n    weight.zero_()\n    return kernel, bias", "pure",
   "You write zeros into the weights when you are done: they are the caller's.")
