"""The page that shows the proofs: from the lines of one run of `prove`, or of several."""

import json

from bench.proof import COLUMNS, page

HELD = {"tested": 3, "held": 3}


def lines(slug, seeds=1, proven=True, mutants=True):
    claims = {claim: HELD for claim in COLUMNS if mutants or claim != "the mutant is killed"}
    finding = {"assignment": slug, "claim": "the mutant is killed", "subject": "m1", "holds": True, "detail": ""}
    summary = {"assignment": slug, "seeds": seeds, "mutants": mutants, "proven": proven, "claims": claims}
    return [json.dumps(finding), json.dumps(summary)]


def test_several_runs_make_one_table_in_order():
    text = page([*lines("conv"), *lines("backprop", proven=False)])
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert [row.split(" | ")[0] for row in rows] == ["| backprop", "| conv"]
    assert rows[0].endswith("| 3 of 3 | 1 | **no** |")
    assert rows[1].endswith("| 3 of 3 | 1 | yes |")


def test_the_page_says_by_which_command_it_was_made():
    made = "Made by `autograder prove --mutants --seeds 1 --json | python -m bench.proof > docs/proof.md`."
    assert made in page(lines("conv"))
    assert "`autograder prove --seeds 5|20 --json |" in page([*lines("a", 20, mutants=False), *lines("b", 5)])


def test_what_was_not_tested_is_a_dash():
    assert "| — |" in page(lines("conv", mutants=False))
