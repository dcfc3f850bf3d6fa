"""What a student handed in, read once and never run: a script, a notebook, a folder that holds one, or a zip."""

from autograder.submission.find import Entry, HandedIn, find_submissions
from autograder.submission.folder import RULE
from autograder.submission.read import read_submission, submission_of

__all__ = ["RULE", "Entry", "HandedIn", "find_submissions", "read_submission", "submission_of"]
