"""A submission against the trusted baselines, in one run and by one clock."""

from autograder.timing.run import time_submission

__all__ = ["time_submission"]
