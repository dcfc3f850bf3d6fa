"""What a student and an instructor see on a terminal."""

import io
import re
import shlex

import pytest
from report_factory import (
    SENTENCES,
    STRIDE,
    TOKEN,
    assignment,
    blank,
    every_verdict,
    hostile,
    missing,
    mixed,
    passing,
    perfect,
    report,
    result,
    unreadable,
    wrong,
)
from rich.console import Console

from autograder.model import Diagnosis, Verdict
from autograder.reports.digest import ORDER, case_lines
from autograder.reports.ink import ASCII, UNICODE
from autograder.reports.terminal import make_console, render_class, render_report


def drawn(renderable, width=100, **options):
    file = io.StringIO()
    Console(file=file, width=width, **({"color_system": None} | options)).print(renderable)
    return file.getvalue()


def shown(found, width=100, **options):
    return drawn(render_report(found, assignment(), SENTENCES, **options), width)


def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


# ── one report ─────────────────────────────────────────────────────────────────────────────────


def test_header_names_the_assignment_and_the_score():
    first, second, *_ = lines(shown(perfect()))
    assert first == "Convolution and pooling · grace"
    assert second == "━" * 40 + "  60 of 60 points  100 %"


def test_passing_entry_points_take_a_line_each():
    text = lines(shown(perfect()))
    assert len(text) == 2 + 5 + 1
    assert re.fullmatch(r"✓ conv2d_forward  3 checks passed +12 / 12", text[2])


def test_failure_says_what_is_asked_found_and_why_and_shows_the_case():
    text = shown(report([wrong()]))
    assert "✗ FAIL values" in text
    for row in (
        "asked  For any stride and padding the numbers are those of the definition, to rounding error.",
        "found  dw is wrong at [0, 0, 1, 1]: yours is 0.333333, it must be 1.25.",
        "why    Your dw is right for stride 1 only",
        "case   n=1, c=1, stride=2, pad=0, content=whole",
        "x              [[[[1, -2, 3], [4, 1, -1], [2, 2.5, 3]]]]",
        "dout           array of shape (2, 3, 64, 64)",
        "dw[0, 0, 1, 1] yours 0.33333   expected 1.25",
    ):
        assert row in text


def test_wrong_shapes_are_compared():
    case = {"expected_shape": [3], "actual_shape": [1, 3]}
    assert "shape yours (1, 3)   expected (3,)" in shown(report([wrong(counterexample=case)]))


def test_what_is_wrong_comes_before_what_is_missing_before_what_is_right():
    text = shown(mixed())
    order = [
        "✗ conv2d_backward",
        "! max_pool2d_backward",
        "◷ avg_pool2d_forward",
        "○ not written yet",
        "✓ conv2d_forward",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_unwritten_entry_points_share_a_line():
    text = lines(shown(report([*missing("conv2d_forward", "conv2d_backward"), *passing("max_pool2d_forward")])))
    assert any(
        re.fullmatch(r"○ not written yet, in this order  conv2d_forward, conv2d_backward +0 / 24", line)
        for line in text
    )
    assert "MISSING" not in shown(blank())


def test_one_cause_is_told_once():
    same = [wrong(), wrong("conv2d_backward.known_answers", counterexample=None)]
    text = shown(report(same))
    assert text.count(STRIDE.says[:30]) == 1
    assert "values, and for the same reason known_answers" in text


def test_a_signature_that_is_told_in_two_sentences_may_have_two_reasons():
    scaled = [Diagnosis(mistake="scaled", says=f"Your {name} is 3 times too large.") for name in ("dx", "db")]
    text = shown(
        report([wrong(diagnosis=scaled[0]), wrong("conv2d_backward.db", diagnosis=scaled[1], counterexample=None)])
    )
    assert "values, and in the same way db" in text
    assert "same reason" not in text


def test_different_causes_are_told_apart():
    text = shown(report([wrong(), wrong("conv2d_backward.known_answers", diagnosis=None, message="db is wrong.")]))
    assert "for the same reason" not in text
    assert "db is wrong." in text


def test_hidden_checks_give_verdict_and_diagnosis_alone():
    text = shown(report([wrong("conv2d_backward.secret_name", hidden=True)]))
    assert "✗ FAIL hidden check  wrong answer" in text
    assert STRIDE.says[:30] in text
    for secret in ("secret_name", "yours", "stride=2", TOKEN[:20], "case  ", "asked"):
        assert secret not in text


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.PASS])
def test_each_verdict_has_a_glyph_and_a_word(verdict):
    text = shown(report([result("conv2d_forward.a", verdict), result("conv2d_forward.b")]))
    assert f"{UNICODE.verdicts[verdict]} {verdict} a" in text


def test_every_verdict_has_a_rank():
    assert sorted(ORDER) == sorted(Verdict)
    assert "1 of 10 points" in shown(every_verdict())


def test_what_could_not_be_read_says_why_once():
    text = shown(unreadable())
    assert text.count("sue.ipynb is cut off: its JSON ends half-way.") == 1
    assert "? UNREADABLE  sue.ipynb is cut off" in text
    assert "0 of 60 points" in text
    assert "not written yet" not in text
    assert "conv2d" not in text


def test_class_says_who_could_not_be_read():
    text = drawn(render_class([unreadable(), perfect()], [assignment()]), 140)
    assert re.search(r"sue +0 / 60 +─{10} +\?{5} +could not be read: sue\.ipynb is cut off", text)
    assert "? 15 UNREADABLE" in text


def test_class_tells_not_defined_from_not_written():
    text = drawn(render_class([report([result("f.a", Verdict.MISSING, message="f is not defined.")])]))
    assert "f: not defined." in text


def test_a_grader_error_is_no_fault_of_the_student():
    assert "The grader itself failed on 1 check. This costs no points" in shown(every_verdict())


def test_passed_but_unpaid_is_told():
    text = shown(report([wrong(), result("conv2d_backward.pure", points=0.0, message="Pays with values.")]))
    assert re.search(r"✓ PASS pure  Pays with values\. +0 / 4", text)


def test_notes_and_isolation_are_told():
    text = shown(mixed())
    assert "note   cell 3: a line that starts with %" in text
    assert "isolation contained · not enforced: signals (in part), identity" in text
    assert "isolation strong · all guarantees enforced" in shown(perfect())
    assert "all guarantees enforced · Python 3.12.4, NumPy 2.3.5" in shown(perfect(), width=120)


@pytest.mark.parametrize("width", [40, 80, 100, 200])
@pytest.mark.parametrize("file", ["ada.py", "it's mine.py"])
def test_replay_command_pastes_as_it_stands(width, file):
    text = shown(report([wrong()]), width, file=file)
    command = text[text.index("autograder replay") :]
    assert shlex.split(command.replace("\\\n", "")) == ["autograder", "replay", TOKEN, file]


def test_only_a_token_is_offered_for_pasting():
    assert "autograder replay" not in shown(report([wrong(replay="x; rm -rf ~")]))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    text = shown(mixed(), width) + drawn(render_class([mixed(), blank()], [assignment()]), width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_an_empty_report_is_drawn():
    assert "0 of 0 points" in drawn(render_report(report()))


# ── a class ────────────────────────────────────────────────────────────────────────────────────


def test_class_has_a_row_for_each_submission():
    text = drawn(render_class([mixed(), perfect(), blank()], [assignment()]), 110)
    assert "Convolution and pooling · 3 submissions" in text
    assert re.search(r"ada +15 / 44 +━━━─+ +✓✗○!◷ +conv2d_backward: Your dw is right", text)
    assert re.search(r"grace +60 / 60 +━{10} +✓✓✓✓✓", text)
    assert re.search(r"tim +0 / 60 +─{10} +○○○○○ +conv2d_forward: not written yet", text)
    assert "a conv2d_forward  b conv2d_backward" in text


def test_class_footer_counts_and_names_what_it_gets_wrong():
    text = drawn(render_class([mixed(), mixed("kofi"), perfect()]), 110)
    assert "2 of 3 conv2d_backward  Your dw is right" in text
    assert "✓ 25 PASS  ✗ 6 FAIL  ! 2 CRASH  ◷ 2 TIMEOUT  ○ 6 MISSING  – 2 SKIPPED" in text
    assert "isolation contained, strong · not enforced: signals (in part), identity · 3.9 s of CPU time" in text
    assert re.search(r"Needs your attention *\n TIMEOUT ada, kofi *\n", text)
    assert "mean 56 %, median 34 %, full marks 1 of 3" in text


def test_class_ends_with_where_to_look():
    text = drawn(render_class([perfect(), blank()], look=["Each student's answers: autograder report out"]))
    assert text.endswith("Each student's answers: autograder report out\n")
    assert "Needs your attention" not in text


def test_class_does_not_tell_a_hidden_message():
    text = drawn(render_class([report([result("a.b", Verdict.FAIL, hidden=True, message="the case")])]))
    assert "a: wrong answer" in text
    assert "the case" not in text


def test_class_has_a_table_for_each_assignment():
    text = drawn(render_class([perfect(), report(passing("batchnorm_forward"), slug="bn")], [assignment()]))
    assert "Convolution and pooling · 1 submission" in text
    assert "bn · 1 submission" in text


def test_a_class_of_none_is_drawn():
    assert "isolation none" in drawn(render_class([]))


# ── hostile words ──────────────────────────────────────────────────────────────────────────────

ATTACKS = [
    "[bold red]x[/bold red]",
    "[/]",
    "\x1b[2J\x1b]0;title\x07",
    "\u202ecod.exe",
    ":smile:",
    "a\rb",
    "\x9b31m",
    "=1+1",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_words_are_only_words(attack):
    text = shown(hostile(attack)) + drawn(render_class([hostile(attack)]))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    if attack.isprintable():
        assert text.count(attack) > 5
    else:
        assert text.count("\\") > 5


def test_control_codes_on_a_colour_terminal_are_ours_alone():
    text = drawn(render_report(hostile("\x1b[2J\x1b[5mX")), color_system="truecolor", force_terminal=True)
    assert set(re.findall(r"\x1b(?!\[[0-9;]*m)", text)) == set()
    assert "\x1b[5m" not in text


# ── consoles ───────────────────────────────────────────────────────────────────────────────────


class Stream(io.TextIOWrapper):
    """A standard stream that may be a terminal."""

    def __init__(self, terminal, encoding):
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self):
        return self._terminal

    def written(self):
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


@pytest.fixture
def printed(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def run(terminal, encoding="utf-8", found=None, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        stream = Stream(terminal, encoding)
        monkeypatch.setattr("sys.stdout", stream)
        console = make_console()
        console.print(render_report(found or mixed(), assignment(), SENTENCES))
        monkeypatch.undo()
        return stream.written(), console.width

    return run


def test_a_pipe_gets_plain_lines_of_100_columns(printed):
    text, width = printed(terminal=False)
    assert width == 100
    assert "\x1b" not in text


def test_a_pipe_heeds_columns(printed):
    assert printed(terminal=False, COLUMNS="72")[1] == 72


def test_a_terminal_gets_colours(printed):
    assert "\x1b[31m" in printed(terminal=True)[0]


def test_force_color_colours_a_pipe(printed):
    assert "\x1b[31m" in printed(terminal=False, FORCE_COLOR="1")[0]


@pytest.mark.parametrize("force", [{}, {"FORCE_COLOR": "1"}])
def test_no_color_means_no_colour(printed, force):
    text, _ = printed(terminal=True, NO_COLOR="1", **force)
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9|10)[0-7]m", text)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_other_encodings_get_ascii_glyphs(printed, encoding):
    text, _ = printed(terminal=False, encoding=encoding, found=hostile("漢字 ∂"))
    assert "x conv2d_forward" in text
    assert "\\u6f22\\u5b57 d" in text
    assert "━" not in text


def test_ascii_glyphs_are_ascii_and_all_glyphs_differ():
    assert all(glyph.isascii() for glyph in ASCII.verdicts.values())
    for ink in (ASCII, UNICODE):
        assert len(set(ink.verdicts.values())) == len(Verdict)


def test_a_console_on_stderr_writes_there(capsys):
    make_console(stderr=True).print("progress")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "progress\n")


def test_numbers_of_a_case_that_differ_look_different():
    case = {"tensor": "dx", "worst_index": [0], "expected": 4.01815, "allowed": 4e-9}
    near = case | {"actual": 4.0181502, "difference": 2e-7}
    assert case_lines(near) == [("dx[0]", "yours 4.0181502   expected 4.01815   (difference 2e-07, allowed 4e-09)")]
    assert case_lines(case | {"actual": 1.0, "difference": 3.0}) == [("dx[0]", "yours 1   expected 4.0182")]
