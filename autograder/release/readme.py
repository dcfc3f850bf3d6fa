"""The README beside a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.model import Assignment


def readme(assignment: Assignment, points: Mapping[str, float]) -> bytes:
    """What is to be written, for how many points, and how to check it."""
    return ("\n".join(_lines(assignment, points)) + "\n").encode()


def _lines(assignment: Assignment, points: Mapping[str, float]) -> Iterator[str]:
    slug = assignment.id
    yield from (f"# {assignment.title}", "")
    if assignment.summary:
        yield from (assignment.summary, "")
    yield f"Write your solution in `{slug}.ipynb`, or in `{slug}.py` if you prefer a script: replace each line that"
    yield from ("raises `NotImplementedError`. Hand in one of the two.", "")
    yield from ("Check it as often as you like:", "")
    yield from ("```", f"autograder check {slug} {slug}.ipynb", f"autograder check {slug} {slug}.py", "```", "")
    yield "In the notebook, the cells that call `check` do the same for one function each."
    yield from ("", "| function | points | |", "|---|---:|---|")
    for entry in assignment.entry_points:
        summary = entry.summary.replace("|", "\\|")
        yield f"| `{entry.name}({entry.signature})` | {points.get(entry.name, 0.0):g} | {summary} |".replace(
            "|  |", "| |"
        )
    yield from ("", "The points are those of the checks that you can run; some checks are kept for grading.", "")
    if assignment.conventions:
        yield from ("Conventions:", "", *(f"- {name}: {text}" for name, text in assignment.conventions.items()), "")
    yield f"You may use: {', '.join(assignment.policy.packages)} and the standard library."
    if assignment.policy.forbid:
        yield f"Your functions must not use: {', '.join(f'`{name}`' for name in assignment.policy.forbid)}."
