"""Replay tokens: a failure in a line of text, read back as hostile input."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import zlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checks.space import Space
from autograder.diagnosis.replay import PREFIX, TOKEN_CAP, Replay, read_token, token
from autograder.errors import BadToken
from autograder.model import Isolation, Level, Verdict, Visibility
from autograder.replay import grading_of

DAMAGED = r"^This replay token is damaged; copy it again, whole, from the report\.$"
NO_TOKEN = r"^This is not a replay token: it must start with 'ag1-'\. Copy it whole, from the report\.$"
CASE = ({"n": 3, "m": 4, "content": "whole"}, 2**47 + 5)
HELD = Isolation(Level.PROCESS, {})


@pytest.fixture
def checks(tiny):
    return {check.id: check for check in tiny.checks}


@pytest.fixture
def public(tiny, checks):
    return token(tiny.assignment, checks["affine_forward.values"], Verdict.FAIL, CASE, "dx_times_two")


def forged(content: bytes | dict) -> str:
    """A token with a right checksum over whatever somebody wrote."""
    packed = zlib.compress(content if isinstance(content, bytes) else json.dumps(content).encode(), 9)
    data = hashlib.sha256(packed).digest()[:4] + packed
    return PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")


def fields(tiny, **changed):
    version = tiny.assignment.version[7:19]
    whole = {"assignment": "tiny", "version": version, "check": "affine_forward.values", "verdict": "FAIL"}
    return {**whole, "parameters": CASE[0], "seed": CASE[1], **changed}


# ── tokens ─────────────────────────────────────────────────────────────────────────────────────


def test_a_token_says_what_it_was_made_of(tiny, public):
    version = tiny.assignment.version[7:19]
    assert read_token(public) == Replay(
        "tiny", version, "affine_forward.values", Verdict.FAIL, CASE[0], CASE[1], "dx_times_two"
    )
    assert read_token(f"  {public}\n") == read_token(public)


def test_a_token_is_one_short_word(public):
    assert public.startswith(PREFIX)
    assert len(public) < 300
    assert public.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("value", [1, 1.5, "a", True, None, (3, 3), ((1, 2), (3, 4)), [1, [2]]], ids=str)
def test_parameters_of_every_kind_that_a_space_holds_come_back(tiny, checks, value):
    space = Space(p=(value, "other"))
    check = msgspec.structs.replace(checks["double.values"], strategy=space)
    declared = dataclasses.replace(tiny, checks=(check,))
    text = token(tiny.assignment, check, Verdict.FAIL, ({"p": value}, 5), None)
    (asked,) = grading_of(text, HELD, lambda name: declared).checks
    (case,) = asked.strategy.cases(0, 1)
    assert case.params == {"p": value}
    assert type(case.p) is type(value)
    assert case.seed == 5


def test_a_hidden_checks_token_carries_no_case(tiny, checks):
    text = token(tiny.assignment, checks["double.long"], Verdict.FAIL, ({"n": 7}, 5), "squared")
    said = read_token(text)
    assert (said.parameters, said.seed, said.check, said.diagnosis) == (None, None, "double", "squared")
    content = zlib.decompress(base64.urlsafe_b64decode(text[4:] + "===")[4:]).decode()
    assert "long" not in content
    assert '"seed"' not in content


def test_a_failure_without_a_case_has_a_token_without_one(tiny, checks):
    said = read_token(token(tiny.assignment, checks["double.values"], Verdict.TIMEOUT, None, None))
    assert (said.check, said.parameters, said.seed) == ("double.values", None, None)


# ── hostile input ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", "hello", "AG1-x", "ag2-abc"])
def test_what_is_no_token_is_said_to_be_none(text):
    with pytest.raises(BadToken, match=NO_TOKEN):
        read_token(text)


def test_a_token_cut_or_changed_anywhere_is_damaged(public):
    for position in range(len(PREFIX), len(public)):
        other = "A" if public[position] != "A" else "B"
        with pytest.raises(BadToken, match=DAMAGED):
            read_token(public[:position])
        changed = public[:position] + other + public[position + 1 :]
        with contextlib.suppress(BadToken):  # the last letter may hold bits that say nothing
            assert read_token(changed) == read_token(public)


@pytest.mark.parametrize(
    "text",
    [
        PREFIX,
        PREFIX + "!!!!",
        PREFIX + "Ä" * 8,
        PREFIX + "A" * TOKEN_CAP,
        forged(b"not JSON"),
        forged(b"\xff\xfe"),
        forged(b"[" * 19_000),
        forged(b"{}"),
        forged(b'"x"'),
        forged(b"x" * 3_000_000),
        forged(b" " * 3_000_000),
    ],
    ids=["empty", "alphabet", "umlauts", "long", "text", "bytes", "deep", "fields", "string", "bomb", "blank bomb"],
)
def test_hostile_tokens_are_damaged(text):
    with pytest.raises(BadToken, match=DAMAGED):
        read_token(text)


@pytest.mark.parametrize(
    "changed",
    [{"extra": 1}, {"verdict": "GREAT"}, {"seed": "5"}, {"seed": 1.5}, {"parameters": [1]}, {"check": None}],
    ids=str,
)
def test_fields_of_the_wrong_kind_are_damage(tiny, changed):
    with pytest.raises(BadToken, match=DAMAGED):
        read_token(forged(fields(tiny, **changed)))


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(st.binary(max_size=60), st.booleans())
def test_arbitrary_bytes_are_damage_and_nothing_worse(data, packed):
    text = forged(data) if packed else PREFIX + base64.urlsafe_b64encode(data).decode()
    with pytest.raises(BadToken, match=DAMAGED):
        read_token(text)


# ── the one question ───────────────────────────────────────────────────────────────────────────


def refusal(text, tiny) -> str:
    with pytest.raises(BadToken) as refused:
        grading_of(text, HELD, lambda name: tiny)
    return str(refused.value)


def test_a_token_asks_its_question_alone(tiny, public):
    asked = []
    grading = grading_of(public, HELD, lambda name: asked.append(name) or tiny)
    assert asked == ["tiny"]
    (check,) = grading.checks
    (case,) = check.strategy.cases(99, 50)
    assert (check.id, check.needs) == ("affine_forward.values", ())
    assert (case.params, case.seed) == CASE
    assert check.strategy.shrink(case, lambda smaller: True) is case


def test_a_check_without_a_space_is_asked_with_its_seed(tiny, checks):
    text = token(tiny.assignment, checks["double.purity"], Verdict.FAIL, ({}, 5), None)
    (check,) = grading_of(text, HELD, lambda name: tiny).checks
    assert [(case.params, case.seed) for case in check.strategy.cases(0, 1)] == [({}, 5)]
    assert check.needs == ()


def test_a_hidden_checks_token_asks_nothing(tiny, checks):
    plain = token(tiny.assignment, checks["double.long"], Verdict.CRASH, ({"n": 7}, 5), None)
    assert refusal(plain, tiny) == (
        "This token is of a hidden check of double in tiny, with verdict CRASH. "
        "Its case stays hidden, so it cannot be replayed."
    )
    named = token(tiny.assignment, checks["double.long"], Verdict.FAIL, ({"n": 7}, 5), "squared")
    assert "; the diagnosis is squared. Its case stays hidden" in refusal(named, tiny)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"n": 3, "m": 4},
        {"n": 3, "m": 4, "content": "whole", "more": 1},
        {"n": 4000, "m": 4, "content": "whole"},
        {"n": 3.0, "m": 4, "content": "whole"},
        {"n": "3", "m": 4, "content": "whole"},
        {"n": [3], "m": 4, "content": "whole"},
        {"n": {"a": 1}, "m": 4, "content": "whole"},
        {"n": None, "m": 4, "content": "__import__('os')"},
    ],
    ids=str,
)
def test_a_case_that_the_check_does_not_have_is_refused(tiny, parameters):
    assert refusal(forged(fields(tiny, parameters=parameters)), tiny) == (
        "This token asks affine_forward.values for a case that it does not have; copy it again from the report."
    )


def test_a_check_that_the_assignment_does_not_have_is_refused(tiny):
    assert refusal(forged(fields(tiny, check="f.values")), tiny) == (
        "This token is of f.values, which tiny does not have (any more)."
    )


def test_another_version_of_the_assignment_is_refused(tiny):
    assert refusal(forged(fields(tiny, version="0" * 12)), tiny) == (
        "This token was made with another version of tiny (its files have changed since); "
        "run `autograder check` again for a new one."
    )


def test_a_seed_of_any_size_is_only_a_seed(tiny):
    (check,) = grading_of(forged(fields(tiny, seed=-(10**15))), HELD, lambda name: tiny).checks
    assert check.visibility is Visibility.PUBLIC
    assert check.strategy.case.array("x", 2).shape == (2,)
