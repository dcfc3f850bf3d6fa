"""A race needs no other check than the race."""

from autograder import check


@check("train", points=1)
def train_is_there(student, case):
    """It is timed, by `autograder speed`."""
