"""What a test cell shows: everything public, of a hidden check its verdict, and no markup but ours."""

from __future__ import annotations

import html.parser
import itertools

import nbformat
import pytest

from autograder.model import CheckResult, Diagnosis, Verdict, Visibility
from autograder.reports.cell import _HEAT, TEXT_LIMIT, notice, outputs
from autograder.reports.text import visible

ASKED = {"f.values": "Twice every number.", "f.long": "Right on longer inputs."}
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m\u202e"


def result(check="f.values", verdict=Verdict.FAIL, points=0.0, hidden=False, **more):
    visibility = Visibility.HIDDEN if hidden else Visibility.PUBLIC
    return CheckResult(check, "f", visibility, verdict, points, 2.0, **more)


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data):
        self.words.append(data)


def shown(*results):
    report, value = outputs(results, ASKED, 3)
    return report["data"]["text/plain"], report["data"]["text/html"], value


def test_outputs_are_a_report_and_then_a_plain_float():
    report, value = outputs([result(verdict=Verdict.PASS, points=2.0), result("f.more")], ASKED, 3)
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(report), nbformat.from_dict(value)])
    nbformat.validate(cell, "code_cell", version=4)
    assert value == {
        "output_type": "execute_result",
        "execution_count": 3,
        "metadata": {},
        "data": {"text/plain": "2.0"},
    }
    assert float(value["data"]["text/plain"]) == 2.0


def test_points_are_rounded_as_a_score_is():
    """nbgrader fails the whole submission for a value above the maximum by a rounding error."""
    parts = [CheckResult(f"f.{n}", "f", Visibility.PUBLIC, Verdict.PASS, n / 10, n / 10) for n in (1, 2)]
    assert shown(*parts)[2]["data"]["text/plain"] == "0.3"


def test_a_failure_names_what_was_asked_found_and_the_case():
    more = {"message": "out is wrong", "diagnosis": Diagnosis("squared", "You square x."), "replay": "ag1-abc"}
    text, page, _ = shown(result(counterexample={"parameters": {"n": 1}, "index": [0]}, **more))
    for words in ("Twice every number.", "out is wrong", "You square x.", "n=1", "autograder replay ag1-abc FILE"):
        assert words in text
        assert words in page
    assert "f: 0 of 2 points" in text


def test_of_a_hidden_check_the_verdict_and_the_diagnosis_alone():
    more = {
        "message": "x = 7",
        "counterexample": {"n": 7},
        "replay": "ag1-abc",
        "diagnosis": Diagnosis("s", "You square x."),
    }
    for words in shown(result("f.long", hidden=True, **more))[:2]:
        assert "hidden check" in words
        assert "wrong answer" in words
        assert "You square x." in words
        for secret in ("long", "longer", "x = 7", "ag1-abc", "n 7"):
            assert secret not in words


def test_a_pass_says_nothing_more():
    text, _, _ = shown(result(verdict=Verdict.PASS, points=2.0))
    assert text == "f: 2 of 2 points\n  ✓ 1 check passed"


def test_one_cause_is_told_once():
    same = [result(f"f.{name}", message="out is wrong", diagnosis=Diagnosis("s", "You square x.")) for name in "abc"]
    text, page, _ = shown(*same, result("f.d", Verdict.PASS, 2.0))
    for words in (text, page):
        assert words.count("You square x.") == 1
        assert "and for the same reason b, c" in words
        assert "0/6" in words
        assert "1 check passed" in words


def test_what_is_not_written_takes_a_line():
    lost = [result(f"f.{name}", Verdict.MISSING, message="f is not written yet.") for name in "abc"]
    text, page, value = shown(
        *lost, result("f.d", Verdict.SKIPPED, message="Not graded: it counts only once f.a passes.")
    )
    assert text == "f: 0 of 8 points\n  ○ f is not written yet."
    assert "f is not written yet." in page
    assert "Not graded" not in page
    assert value["data"]["text/plain"] == "0.0"


def test_what_passed_and_pays_nothing_yet_says_why():
    text, page, _ = shown(result("f.pure", Verdict.PASS, 0.0, message="Pays with values."), result())
    assert "pure 0/2: Pays with values." in text
    assert "pure 0/2: Pays with values." in page


HEAT = {"tensor": "dx", "heat": {"index": [0, 1], "shape": [2, 3], "rows": ["013", "420"]}}


def test_where_an_array_is_wrong_is_drawn():
    text, page, _ = shown(result(message="dx is wrong", counterexample=HEAT))
    assert "      where: dx[0, 1] (· right, ░▒█ further and further off)\n        ·░█\n        ?▒·" in text
    assert "dx[0, 1]: " in page
    assert "not a number" in page
    assert "heat" not in text
    legend = 4
    assert page.count("&nbsp;&nbsp;</span>") == legend + 4, "a square for each element that is wrong"
    assert "dx[0, 1]" not in "".join(shown(result("f.long", hidden=True, counterexample=HEAT))[:2])


def test_a_picture_of_blocks_says_so():
    text, _, _ = shown(result(counterexample={"heat": {"index": [], "shape": [32, 64], "rows": ["01", "10"]}}))
    assert "where: array of shape (32, 64), in blocks" in text


@pytest.mark.parametrize(
    "heat",
    [
        None,
        3,
        {"rows": []},
        {"index": [], "shape": [1], "rows": ["0", EVIL]},
        {"index": [], "shape": [], "rows": ["0", "01"]},
    ],
)
def test_what_is_no_picture_is_shown_as_what_it_is(heat):
    text, page, _ = shown(result(counterexample={"heat": heat}))
    assert "where" not in text
    assert "<script>" not in page


def test_the_colours_of_a_picture_differ_in_lightness():
    """For eyes that tell few colours apart, and for black and white: each step is clearly darker than the last."""
    steps = [luminance(colour.removeprefix("#")) for colour in _HEAT[1:4]]
    assert all((light + 0.05) / (dark + 0.05) > 1.5 for light, dark in itertools.pairwise(steps))


def test_what_students_write_arrives_as_text():
    text, page, _ = shown(result(message=EVIL, counterexample={EVIL: EVIL}, diagnosis=Diagnosis("m", EVIL)))
    tags = Tags(page)
    assert {tag for tag, _ in tags.seen} <= {"div", "span", "strong", "details", "summary"}
    assert {name for _, names in tags.seen for name in names} <= {"style"}
    assert "<script>alert(1)</script>" in "".join(tags.words)
    assert visible(text) == text, "no escape sequence and no change of direction reaches a terminal"


def test_notices_are_escaped_too():
    data = notice("Graded.", [EVIL])["data"]
    assert {tag for tag, _ in Tags(data["text/html"]).seen} == {"div", "strong"}
    assert "\x1b" not in data["text/plain"]


@pytest.mark.parametrize("count", [500])
def test_a_report_has_an_end(count):
    many = [
        result(f"f.c{n}", message="x" * 10_000, counterexample={f"k{i}": "y" * 900 for i in range(50)})
        for n in range(count)
    ]
    text, page, _ = shown(*many[:40])
    assert len(text) <= TEXT_LIMIT
    assert len(page) < 5 * TEXT_LIMIT


def test_every_verdict_is_readable_in_light_and_dark():
    """White on each tag is at least 4.5:1 (WCAG 2.1), and no colour is set without its background."""
    import re

    for verdict in Verdict:
        page = shown(result(verdict=verdict))[1]
        (tag,) = set(re.findall(r"color:#fff;background:#(\w{6})", page))
        assert page.count("color:") == page.count("color:#fff;background:#")
        assert 1.05 / (luminance(tag) + 0.05) >= 4.5, verdict


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_notebook_that_could_not_be_read_says_why_at_each_check():
    reason = "tiny.ipynb is empty (0 bytes); save your work and hand it in again."
    lost = [CheckResult("f.values", "f", Visibility.PUBLIC, Verdict.UNREADABLE, 0.0, 2.0, reason)]
    text, html, value = shown(*lost)
    assert "? UNREADABLE" in text
    assert f"found: {reason}" in text
    assert reason in html
    assert value["data"]["text/plain"] == "0.0"
