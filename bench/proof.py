"""The table of docs/proof.md: `autograder prove --mutants --seeds N --json | python -m bench.proof > docs/proof.md`.

The lines of several runs, one after the other, make one table."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

COLUMNS = {
    "the variant scores full": "variants at full score",
    "the mistake is caught": "mistakes caught",
    "the mistake is diagnosed by name": "… and named",
    "some mistake breaks the check": "checks that a mistake breaks",
    "the mutant is killed": "mutants killed",
    "the sample submission gets what it must": "sample submissions as expected",
}


def page(lines: Iterable[str]) -> str:
    """The page for the JSON lines that `prove` printed, in one run or in several; of each assignment only the summary
    counts."""
    found = [json.loads(line) for line in lines]
    summaries = sorted((line for line in found if "claims" in line), key=lambda line: str(line["assignment"]))
    head = ["assignment", *COLUMNS.values(), "seeds", "proven"]
    rows = [
        [
            summary["assignment"],
            *(_count(summary["claims"].get(claim)) for claim in COLUMNS),
            str(summary["seeds"]),
            "yes" if summary["proven"] else "**no**",
        ]
        for summary in summaries
    ]
    table = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    command = "autograder prove" + " --mutants" * all(summary["mutants"] for summary in summaries)
    seeds = sorted({summary["seeds"] for summary in summaries})
    shown = f"{command} --seeds {'|'.join(map(str, seeds))} --json | python -m bench.proof > docs/proof.md"
    return "\n".join(["# Proof", "", f"Made by `{shown}`.", "", *table, "", WORDS, ""])


def _count(counts: dict[str, int] | None) -> str:
    return f"{counts['held']} of {counts['tested']}" if counts else "—"


WORDS = """\
Each variant is graded under so many grading seeds, from 0 on, and must score full under each; mistakes and mutants
under seed 0. For every assignment it also holds that the reference scores full, that the template scores 0 with every
entry point `MISSING`, that no line of a solution is in the template, and that the points add up. Mutants that no input
can tell from the original are listed, each with its reason, in the assignment's `equivalent.toml`; they are not counted
here. A row counts what the assignment held when it was last proven; its bank may have grown since."""


if __name__ == "__main__":
    print(page(sys.stdin), end="")
