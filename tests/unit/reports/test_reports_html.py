"""The page: self-contained, whole without its script, and deaf to what students write."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from report_factory import (
    SENTENCES,
    STRIDE,
    TOKEN,
    assignment,
    blank,
    every_verdict,
    hostile,
    mixed,
    passing,
    perfect,
    report,
    result,
    unreadable,
    wrong,
)
from speed_factory import speed_report

from autograder.model import Standing
from autograder.reports.html import render_class_html, render_report_html

READ = "sue.ipynb is cut off: its JSON ends half-way."
VOID = {"meta", "wbr", "br"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; AssertionError where a tag is not closed in its place."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.words, self._open = [], [], [], []
        self.feed(html)
        assert self._open == []
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attr) for attr in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attr) for attr in attrs]

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self._open):
            self.words.append(data)


def class_page(*reports, **options):
    return render_class_html(reports, [assignment()], SENTENCES, **options)


def test_page_is_self_contained():
    page = Page(class_page(mixed(), perfect(), blank()))
    assert not {"link", "img", "iframe", "object", "form", "base"} & set(page.tags)
    assert page.tags.count("script") == 1
    names = {name for _, name, _ in page.attributes}
    assert not {"src", "style", "srcset", "action"} & names
    assert not any(name.startswith("on") for name in names)
    assert all(value.startswith("#a") for _, name, value in page.attributes if name == "href")


def hash_of(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_policy_allows_the_style_sheet_and_the_script_by_their_hashes_alone():
    html = class_page(mixed())
    css, js = (re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)[1] for tag in ("style", "script"))
    policy = (
        f"default-src 'none'; style-src {hash_of(css)}; script-src {hash_of(js)}; base-uri 'none'; form-action 'none'"
    )
    assert ("meta", "content", policy) in Page(html).attributes
    assert "url(" not in css
    assert "@import" not in css


def test_script_writes_no_markup_and_asks_for_nothing():
    js = re.search("<script>(.*?)</script>", class_page(mixed()), re.DOTALL)[1]
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval", "fetch", "import", "http"):
        assert word not in js


def test_a_students_page_has_no_script():
    html = render_report_html(mixed(), assignment())
    assert "script" not in html.lower()


def test_links_lead_somewhere_and_ids_are_unique():
    page = Page(class_page(mixed(), perfect(), report(passing("batchnorm_forward"), slug="bn")))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for _, name, value in page.attributes if name == "href"} <= set(ids)


def test_class_page_tells_scores_mistakes_and_cases():
    text = Page(class_page(mixed(), mixed("kofi"), perfect(), title="Autumn class")).text
    for words in (
        "Autumn class 3 submissions · isolation contained, strong, not enforced: signals (in part), identity · seed 17",
        "seed 17 · Python 3.12.4, NumPy 2.3.5 · autograder 0.1.0",
        "mean 56 %",
        "median 34 %",
        "full marks 1",
        "Needs your attention TIMEOUT 2 students: took too long ada avg_pool2d_forward : avg_pool2d_forward used more",
        "2 of 3 Your dw is right for stride 1 only",
        "dw[0, 0, 1, 1] yours 0.33333 expected 1.25",
        SENTENCES["conv2d_backward.values"],
    ):
        assert words in text


def test_histogram_counts_every_submission_and_full_marks_are_in_the_last_bin():
    html = class_page(perfect(), perfect("b"), blank())
    label = re.search(r"Histogram of scores in per cent: ([\d, ]+) submissions", html)
    assert label[1] == "1, 0, 0, 0, 0, 0, 0, 0, 0, 2"


def test_table_has_a_cell_for_every_function_that_unfolds_to_what_did_not_pass():
    page = Page(class_page(mixed(), perfect()))
    marks = [value for tag, name, value in page.attributes if name == "title" and tag in ("summary", "span")]
    for words in ("conv2d_forward: PASS", "conv2d_backward: FAIL", "max_pool2d_forward: MISSING"):
        assert words in marks
    assert "✗ 1/4 ✗ known_ answers ✗ values ✗ large (hidden)" in page.text
    assert "all checks passed by 2 1 1 1 1" in page.text


def test_rows_carry_what_the_script_sorts_and_filters_by():
    page = Page(class_page(mixed(), perfect()))
    rows = {name: value for tag, name, value in page.attributes if tag == "tr" and name.startswith("data-")}
    assert rows == {"data-sheet": "a1s2", "data-verdicts": "PASS"}
    assert "00060.00" in {value for _, name, value in page.attributes if name == "data-v"}


def test_held_times_need_attention():
    held = speed_report("ada", standing=Standing.HELD, reason="Faster than the fastest library.")
    page = Page(render_class_html([mixed(), perfect()], [assignment()], speeds=[held]))
    assert "HELD 1 student: so fast that a person looks first" in page.text


def test_assignments_come_in_the_order_given():
    reports = [report(passing("b"), slug="second"), report(passing("a"), slug="first")]
    text = Page(render_class_html(reports, [assignment("first", "One"), assignment("second", "Two")])).text
    assert text.index("One") < text.index("Two")


def test_instructor_reads_hidden_cases_and_student_does_not():
    found = report([wrong("conv2d_backward.secret_name", hidden=True, message="secret case")])
    assert "secret case" in class_page(found)
    page = render_report_html(found, assignment(), SENTENCES)
    assert STRIDE.says[:30] in page
    assert "wrong answer" in page
    for secret in ("secret_name", "secret case", "0.33333", TOKEN[:20]):
        assert secret not in page


def test_report_page_names_the_file_to_replay():
    assert f"autograder replay {TOKEN} ada.py" in Page(render_report_html(mixed(), assignment(), file="ada.py")).text


def test_grader_errors_are_flagged():
    assert "The grader itself failed on 1 check. This costs no points" in Page(class_page(every_verdict())).text


@pytest.mark.parametrize("reports", [[], [report()], [report([result(max_points=0.0)])]])
def test_little_to_tell_is_told(reports):
    assert "Class report" in Page(render_class_html(reports)).text


ATTACKS = [
    "<script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- ",
    "javascript:alert(1)",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_words_are_only_words(attack):
    calm = Page(class_page(hostile("plain")) + render_report_html(hostile("plain")))
    page = Page(class_page(hostile(attack)) + render_report_html(hostile(attack)))
    assert page.tags == calm.tags
    assert [found[:2] for found in page.attributes] == [found[:2] for found in calm.attributes]
    assert page.text.count(attack.strip()) > 10


@pytest.mark.parametrize("attack", ["\x1b[31m", "\u202e", "\u200b", "\x00", "\ud800", "\x85"])
def test_invisible_characters_are_spelt_out(attack):
    html = class_page(hostile(attack)) + render_report_html(hostile(attack))
    assert attack[0] not in html
    assert html.encode().count(attack[0].encode("unicode_escape")) > 10


def test_what_could_not_be_read_says_why_once():
    for page in (Page(render_report_html(unreadable(), assignment(), SENTENCES)), Page(class_page(unreadable()))):
        assert page.text.count(f"UNREADABLE {READ}") == 1
        assert "not written yet" not in page.text
