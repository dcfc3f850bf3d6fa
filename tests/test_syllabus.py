"""The page that maps topics to functions names every function of every assignment, and no other."""

import re
from collections import defaultdict
from pathlib import Path

from autograder.assignment.discover import assignment_folders
from autograder.assignment.load import load_assignment

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| [^|`]+ \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAME = re.compile(r"`(\w+)`")


def test_each_topic_names_functions_of_its_assignments_and_each_function_has_a_topic():
    page = (ROOT / "docs" / "syllabus.md").read_text(encoding="utf-8")
    own = {slug: path for slug, path in assignment_folders(ROOT).items() if path.parent == ROOT / "assignments"}
    functions = {slug: {entry.name for entry in load_assignment(path).entry_points} for slug, path in own.items()}
    told = defaultdict(set)
    for assignments, names in ROW.findall(page):
        for name in NAME.findall(names):
            homes = [slug for slug in NAME.findall(assignments) if name in functions[slug]]
            assert homes, f"{name} is not a function of {assignments}"
            for slug in homes:
                told[slug].add(name)
    assert told == functions
