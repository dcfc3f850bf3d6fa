"""Text from students: nothing in it moves a cursor, hides, reorders, or becomes a formula."""

import pytest

from autograder.reports.text import compact, one_line, points, spreadsheet, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("two\r\nlines", "two\nlines"),
        ("a\tb", "a   b"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),  # CSI in one character
        ("over\rwritten\x08", "over\\rwritten\\x08"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028end", "line\\u2028end"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),  # a tag character: invisible text
        ("a\u00a0b", "a b"),
        ("Zoë, 漢字, ∂L/∂W₁, שלום", "Zoë, 漢字, ∂L/∂W₁, שלום"),
        ("e\u0301", "e\u0301"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "\\u0301" * 2),
    ],
)
def test_visible_spells_out_what_would_act_or_hide(text, shown):
    assert visible(text) == shown


def test_every_control_character_is_spelt_out():
    for code in [*range(9), *range(11, 32), *range(127, 160)]:
        assert visible(chr(code)).isprintable(), hex(code)


def test_one_line_joins_and_clips():
    assert one_line("a\n  b\n") == "a b"
    assert one_line("x" * 500, 10) == "xxxxxxxxx…"
    assert one_line(" " * 100 + "late", 10) == "…"


@pytest.mark.parametrize(
    ("value", "text"), [(41.5, "41.5"), (50.0, "50"), (1 / 3, "0.33"), (0.0, "0"), (100, "100"), (0.1 + 0.2, "0.3")]
)
def test_points_drop_needless_digits(value, text):
    assert points(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([[1.0, -2.5], [1 / 3, 1e-9]], "[[1, -2.5], [0.33333, 1e-09]]"),
        ({"stride": 2, "train": True}, "stride=2, train=True"),
        ("nan", "nan"),
        (float("inf"), "inf"),
        (None, "None"),
        ("\x1b[1m", "\\x1b[1m"),
        ([], "[]"),
    ],
)
def test_compact_shows_json_values(value, text):
    assert compact(value) == text


def test_compact_is_cut():
    assert len(compact([1.5] * 10_000, 60)) == 60


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=cmd|'/c calc'!A0"])
def test_spreadsheet_cells_are_no_formulas(formula):
    assert spreadsheet(formula).startswith("'")


def test_spreadsheet_leaves_words_alone():
    assert spreadsheet("dw is wrong = bad") == "dw is wrong = bad"
