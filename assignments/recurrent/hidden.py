"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .checks import lstm, lstm_step_backward_gradients, multiscale, rnn, rnn_step


def steps_alone():
    return Space(
        rows=[{"n": 5, "d": 4, "hidden": 3, "content": "normal"}],
        n=(4, 6),
        d=(4, 5),
        hidden=(2, 3),
        content=("normal",),
    )


def sequences():
    return Space(
        rows=[{"n": 3, "steps": 6, "d": 2, "hidden": 4, "content": "normal"}],
        n=(2, 4),
        steps=(3, 5),
        d=(3, 4),
        hidden=(2, 3),
        content=("normal",),
    )


FORKS = Space(rows=[{"n": 5, "d": 4, "first": 6, "second": 3, "m": 2}], n=(6,), d=(3,), first=(5,), second=(4,), m=(3,))
UNSEEN = "Right on further inputs, too."
VALUES = {"name": "hidden_values", "examples": 1}
GRADIENTS = {"name": "hidden_gradients", "examples": 1}

rnn_step.gradients(0.5, UNSEEN, given=steps_alone(), **GRADIENTS)
check("lstm_step_backward", points=0.5, sentence=UNSEEN, given=steps_alone(), **GRADIENTS)(lstm_step_backward_gradients)
for layer in (rnn, lstm):
    given = sequences()
    layer.values(0.5, UNSEEN, given=given, **VALUES)
    layer.gradients(0.5, UNSEEN, given=given, **GRADIENTS)
multiscale.values(0.5, UNSEEN, given=FORKS, **VALUES)
multiscale.gradients(1, UNSEEN, given=FORKS, **GRADIENTS)
