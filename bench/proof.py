"""The table of docs/proof.md: `autograder prove --mutants --seeds N --json | python -m bench.proof > docs/proof.md`."""

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
    """The page for the JSON lines that `prove` printed; of each assignment only the summary counts."""
    summaries = [found for line in lines if "claims" in (found := json.loads(line))]
    head = ["assignment", *COLUMNS.values(), "proven"]
    rows = [
        [
            summary["assignment"],
            *(f"{counts['held']} of {counts['tested']}" for counts in (summary["claims"][claim] for claim in COLUMNS)),
            "yes" if summary["proven"] else "**no**",
        ]
        for summary in summaries
    ]
    table = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(["# Proof", "", WORDS, "", *table, ""])


WORDS = """\
Made by `autograder prove --mutants --json | python -m bench.proof`. For every assignment it also holds that the
reference scores full, that the template scores 0 with every entry point `MISSING`, that no line of a solution is in
the template, and that the points add up. Mutants that no input can tell from the original are listed, each with its
reason, in the assignment's `equivalent.toml`; they are not counted here."""


if __name__ == "__main__":
    print(page(sys.stdin), end="")
