"""The same questions on cases that nobody has seen."""

from .cases import BATCH, space
from .checks import ask, batchnorm, closed_form, layernorm, running, spatial

UNSEEN = "Right on further inputs, too."
SCALE = (3e9, 2e10)

FEATURES = {"given": space(n=(6, 9), d=(4, 5), scale=SCALE), "examples": 2}
IMAGES = {"given": space(n=(2, 3), c=(4, 2), h=(4, 2), w=(3, 5), scale=SCALE), "examples": 2}
EXAMPLES = {"given": space(n=(4, 5), d=(6, 8), scale=SCALE), "examples": 2}
MOMENTA = {"given": space(n=(6, 9), d=(4, 5), scale=(0.3, 5.0), momentum=(0.6, 0.99)), "examples": 2}

batchnorm.values(1, UNSEEN, name="hidden_values", **FEATURES)
ask(BATCH, 1, running, name="hidden_running", sentence=UNSEEN, **MOMENTA)
batchnorm.gradients(1.5, UNSEEN, name="hidden_gradients", **FEATURES)
closed_form.gradients(1.5, UNSEEN, name="hidden_gradients", **FEATURES)
spatial.values(0.5, UNSEEN, name="hidden_values", **IMAGES)
spatial.gradients(0.5, UNSEEN, name="hidden_gradients", **IMAGES)
layernorm.values(0.5, UNSEEN, name="hidden_values", **EXAMPLES)
layernorm.gradients(0.5, UNSEEN, name="hidden_gradients", **EXAMPLES)
