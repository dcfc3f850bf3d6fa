"""The same questions on cases that nobody has seen."""

from autograder import check

from .cases import UNSEEN_EPS, space
from .checks import BACKWARD, FORWARD

FEATURES = space(n=(6, 9), d=(4, 5), scale=(0.3, 5.0), eps=UNSEEN_EPS, momentum=(0.6, 0.99))
IMAGES = space(n=(2, 3), c=(4, 2), h=(4, 2), w=(3, 5), scale=(3.0,), eps=UNSEEN_EPS, momentum=(0.8,))
EXAMPLES = space(n=(4, 5), d=(6, 8), scale=(0.3, 5.0), eps=UNSEEN_EPS)


def ask(of, given, **points):
    for name, worth in points.items():
        method, sentence = getattr(of, name), "Right on further inputs, too."
        check(of.name, points=worth, given=given, examples=2, name=f"hidden_{name}", sentence=sentence)(method)


ask(FORWARD["batchnorm_forward"], FEATURES, values=1, running=1)
ask(BACKWARD["batchnorm_backward"], FEATURES, gradients=1.5)
ask(BACKWARD["batchnorm_backward_alt"], FEATURES, gradients=1.5)
ask(FORWARD["spatial_batchnorm_forward"], IMAGES, values=0.5)
ask(BACKWARD["spatial_batchnorm_backward"], IMAGES, gradients=0.5)
ask(FORWARD["layernorm_forward"], EXAMPLES, values=0.5)
ask(BACKWARD["layernorm_backward"], EXAMPLES, gradients=0.5)
