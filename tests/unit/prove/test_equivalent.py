"""The list of equivalent mutants: what is read, what is refused, and what is stale in it."""

import pytest

from autograder.errors import AssignmentError
from autograder.prove.equivalent import Equivalent, check_equivalent, read_equivalent
from autograder.prove.mutants import generate

REFERENCE = "def relu_backward(dout, x):\n    return dout * (x > 0)\n"
MUTANTS = generate(REFERENCE)
AT_ZERO = next(mutant for mutant in MUTANTS if mutant.after == "x >= 0")
WHY = "the gradient at exactly 0 is a convention"


def entry(**changes: str) -> Equivalent:
    return Equivalent(**({"id": AT_ZERO.id, "before": "x > 0", "after": "x >= 0", "reason": WHY} | changes))


def write(tmp_path, text):
    path = tmp_path / "equivalent.toml"
    path.write_text(text, encoding="utf-8")
    return path


# ── reading ────────────────────────────────────────────────────────────────────────────────────


def test_no_file_is_an_empty_list(tmp_path):
    assert read_equivalent(tmp_path / "equivalent.toml") == []


def test_entries_are_read(tmp_path):
    path = write(tmp_path, f'[[mutant]]\nid = "{AT_ZERO.id}"\nbefore = "x > 0"\nafter = "x >= 0"\nreason = "{WHY}"\n')
    assert [entry.reason for entry in read_equivalent(path)] == [WHY]
    assert check_equivalent(read_equivalent(path), MUTANTS) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[mutant]\n", "not TOML: "),
        ("[[mutants]]\n", "unknown key 'mutants'; the file holds only [[mutant]] tables"),
        ('mutant = "f"\n', "mutant must be a list of tables; head each one [[mutant]]"),
        ("[mutant]\n", "mutant must be a list of tables; head each one [[mutant]]"),
        ('[[mutant]]\nreason = "r"\n', "[[mutant]] 1 has no id; `prove --mutants` prints the ids of survivors"),
        (
            '[[mutant]]\nid = "f"\nwhy = "r"\n',
            "[[mutant]] 1 has an unknown key 'why'; it may have id, before, after, reason",
        ),
        ('[[mutant]]\nid = "f"\nafter = 0\n', "[[mutant]] 1: after must be a string but is 0 (int)"),
    ],
)
def test_a_file_that_is_no_list_of_mutants_is_refused(tmp_path, text, problem):
    path = write(tmp_path, text)
    with pytest.raises(AssignmentError) as error:
        read_equivalent(path)
    assert str(error.value).startswith(f"{path}: {problem}")


def test_all_problems_are_told_at_once(tmp_path):
    path = write(tmp_path, '[[mutant]]\nid = "f"\nwhy = "r"\n[[mutant]]\nreason = 1\n')
    with pytest.raises(AssignmentError) as error:
        read_equivalent(path)
    assert len(error.value.problems) == 3


# ── checking against the mutants ───────────────────────────────────────────────────────────────


def test_a_sound_list_has_no_problems():
    assert check_equivalent([entry()], MUTANTS) == []
    assert check_equivalent([], MUTANTS) == []


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_missing_reason(reason):
    assert check_equivalent([entry(reason=reason)], MUTANTS) == [
        f"mutant '{AT_ZERO.id}' is listed without a reason; say why no input can tell it apart"
    ]


def test_a_duplicate():
    assert check_equivalent([entry(), entry()], MUTANTS) == [f"mutant '{AT_ZERO.id}' is listed 2 times; keep one entry"]


def test_an_id_that_no_longer_exists():
    gone = "relu_backward:comparison:00000000"
    assert check_equivalent([entry(id=gone, before="x > 1")], MUTANTS) == [
        f"mutant '{gone}' does not exist; the reference has changed: delete the entry"
    ]


def test_an_edit_that_lives_on_under_another_id():
    rewritten = generate(REFERENCE.replace("dout * (x > 0)", "np.multiply(dout, x > 0)"))
    heir = next(mutant for mutant in rewritten if mutant.after == "x >= 0")
    assert heir.id != AT_ZERO.id
    assert check_equivalent([entry()], rewritten) == [
        f"mutant '{AT_ZERO.id}' does not exist; the same edit is now '{heir.id}': check that the reason still holds"
    ]


def test_an_entry_that_speaks_of_another_edit():
    assert check_equivalent([entry(after="x < 0")], MUTANTS) == [
        f"mutant '{AT_ZERO.id}' turns 'x > 0' into 'x >= 0', but its entry says that it turns 'x > 0' into 'x < 0'; "
        "look again whether the reason is about this mutant"
    ]
