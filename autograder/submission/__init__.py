"""What a student handed in, read once and never run: a script, a notebook, a folder that holds one, or a zip."""

from autograder.submission.find import find_submissions
from autograder.submission.read import read_submission

__all__ = ["find_submissions", "read_submission"]
