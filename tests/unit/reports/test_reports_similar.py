"""Similar code: a copy under other names is found, what all write and what the template holds is not."""

import msgspec
import pytest
from report_factory import perfect
from test_reports_html import Page

from autograder.model import Cell, SubmissionRef
from autograder.reports.html import render_similar_html
from autograder.reports.similar import FEW, GUARANTEED, code, pairs

TEMPLATE = '''\
import numpy as np


def softmax_loss(scores, y):
    """The loss and its gradient."""
    raise NotImplementedError("softmax_loss is not written yet")
'''
BODY = """\
    shifted = scores - scores.max(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    log_p = shifted - np.log(total)
    n = scores.shape[0]
    loss = -log_p[np.arange(n), y].mean()
    grad = np.exp(log_p)
    grad[np.arange(n), y] -= 1.0
    return loss, grad / n
"""
RENAMED = """\
    # my own work
    s = scores - scores.max(axis=1, keepdims=True)
    t = np.exp(s).sum(axis=1,
                      keepdims=True)
    lp = s - np.log(t)

    count = scores.shape[0]
    cost = -lp[np.arange(count), y].mean()
    d = np.exp(lp)
    d[np.arange(count), y] -= 1
    return cost, d / count
"""
OWN = """\
    p = np.exp(scores)
    p = p / p.sum(1)[:, None]
    picked = [p[i, y[i]] for i in range(len(y))]
    hot = np.eye(scores.shape[1])[y]
    return -np.mean(np.log(picked)), (p - hot) / len(y)
"""


def written(body):
    return TEMPLATE.replace('    raise NotImplementedError("softmax_loss is not written yet")\n', body)


def found(*sources, shas=None):
    codes = [code((Cell(0, 1, source),), TEMPLATE) for source in sources]
    shas = shas or [f"{i:064}" for i in range(len(sources))]
    reports = [
        msgspec.structs.replace(perfect(f"s{i}"), submission=SubmissionRef(f"s{i}", sha)) for i, sha in enumerate(shas)
    ]
    return codes, pairs(reports, codes)


def who(*sources):
    return [(pair.one, pair.other) for pair in found(*sources)[1]]


def test_a_copy_under_other_names_is_found_with_its_lines():
    codes, (pair,) = found(written(BODY), written(OWN), written(RENAMED))
    assert (pair.one, pair.other, pair.passages, pair.same_file) == (0, 2, 1, False)
    assert [codes[0].lines[n].strip()[:7] for n in sorted(pair.one_lines)][:2] == ["shifted", "total ="]
    assert len(pair.other_lines) == 10


def test_functions_in_another_order_and_another_cell_are_found():
    helper = "def other():\n    return [k * k for k in range(100) if k % 7 == 3 and k > 20 or k == 1]\n"
    codes = [
        code((Cell(1, 1, helper), Cell(2, 1, written(BODY))), TEMPLATE),
        code((Cell(1, 1, written(RENAMED) + helper),), TEMPLATE),
    ]
    (pair,) = pairs([perfect("a"), perfect("b")], codes)
    assert pair.same_file  # the factory's reports are of one hash
    assert pair.passages == 2


def test_own_work_and_the_bare_template_share_nothing():
    assert who(written(BODY), written(OWN), TEMPLATE, TEMPLATE) == []


def test_what_many_write_is_left_out():
    assert len(who(*[written(BODY)] * FEW)) == 3
    assert who(*[written(BODY)] * (FEW + 1)) == []


def test_a_run_of_the_guaranteed_length_is_found_wherever_it_stands():
    words = ["if", "for", "while", "in", "not", "and", "or", "is", "del", "try", "with", "as", "class", "def", "from"]
    run = "\n".join((words * 2)[:GUARANTEED])
    for before in range(9):
        codes = [code((Cell(0, 1, "[\n" * n + run + "\n" + tail),), "") for n, tail in ((before, ";"), (0, "%"))]
        assert set(codes[0].prints) & set(codes[1].prints)


def test_the_same_file_is_said():
    _, (pair,) = found(written(BODY), written(BODY), shas=["a" * 64, "a" * 64])
    assert pair.same_file


def test_page_marks_shared_lines_and_escapes_the_rest():
    evil = "\n<script>alert(1)</script> = '\x1b[31m'\n"
    codes, both = found(written(BODY) + evil, written(RENAMED))
    html = render_similar_html("Softmax", ["ada <b>", "bob"], codes, both)
    page = Page(html)
    assert "script" not in page.tags
    assert "\x1b" not in html
    assert "ada <b> – bob 1 passage, 8 lines" in page.text
    assert html.count("<mark>") == 18
    assert "<mark>    log_p = shifted - np.log(total)</mark>" in html


def test_nothing_similar_is_said():
    assert "No two submissions share a passage" in render_similar_html("Softmax", [], [], [])


@pytest.mark.parametrize("text", ["'''\"\"\"" * 5000, '"' * 30000, "(" * 30000, "\\" * 30000, "r" * 30000, "1." * 9000])
def test_hostile_text_is_told_apart_in_one_pass(text):
    code((Cell(0, 1, text),), TEMPLATE)
