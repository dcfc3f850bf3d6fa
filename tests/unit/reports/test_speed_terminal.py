"""A time on a terminal: the words, the columns, the drawings, and what cannot be drawn."""

import io
import re

import pytest
from rich.console import Console
from speed_factory import draw, interval, race_report, speed_report, task

from autograder.model import Standing, Verdict
from autograder.reports.ink import ASCII, UNICODE
from autograder.reports.speed import render_noise, render_speed
from autograder.reports.speed_digest import LogScale
from autograder.reports.speed_plot import axis, growth, ruler, strip

WRONG = "In one launch, out is off by 2.9e-03 of its size; 1e-05 is allowed."


def shown(renderable, width=100, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="autograder.spell")
    console = Console(file=stream, width=width, markup=False, emoji=False, highlight=False)
    console.print(renderable)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_what_is_scored_is_said_and_drawn():
    page = shown(render_speed(speed_report(), "Convolution and pooling"))
    assert page.startswith("Convolution and pooling · ada\n")
    assert "18.4 of 20 points\n" in page
    assert "0.480 times the speed of the library; scored is 0.466, the lower bound of the 90 % interval" in page
    names = next(line for line in page.splitlines() if line.startswith("naive 0.013"))
    assert names.split() == ["naive", "0.013", "scored", "0.47", "target", "0.6", "library", "1"]


def test_each_task_has_a_row_and_each_competitor_a_strip():
    lines = shown(render_speed(speed_report())).splitlines()
    row = next(line for line in lines if line.startswith(" forward"))
    assert row.split() == ["forward", "✓", "PASS", "0.480", "0.466–0.494", "12.3", "34", "%"]
    strips = [line.split()[0] for line in lines if re.match(r"  [a-z]", line)]
    assert strips == ["null", "naive", "im2col", "library", "submission"] * 2
    assert "forward  The forward pass of a convolutional layer." in lines
    assert next(line for line in lines if line.startswith("  naive")).split()[1] == "505"


def test_a_bonus_is_told_from_the_points():
    assert "23.1 of 20 points (3.1 bonus)\n" in shown(render_speed(speed_report(score=23.1)))


def test_a_held_time_says_why():
    why = "It beats the library by 26% or more; a person looks before the points count."
    page = shown(render_speed(speed_report(value=1.3, standing=Standing.HELD, score=23.1, reason=why)))
    assert "(3.1 bonus)  held\n" in page
    assert f"Held: {why}\n" in page
    assert "Held" not in shown(render_speed(speed_report(reason="fine")))


def test_a_refused_time_has_no_points_and_says_why_once():
    broken = (task(verdict=Verdict.FAIL, message=WRONG), task("step", 0.4))
    told = {"standing": Standing.REFUSED, "floor": None, "timings": broken, "score": 9.0}
    page = shown(render_speed(speed_report(value=None, reason=f"forward: {WRONG}", **told)))
    assert "0 of 20 points  refused\n" in page
    assert f"Refused: forward: {WRONG}\n" in page
    assert page.count(WRONG) == 1
    assert "times the speed" not in page
    assert f" forward: {WRONG}" in shown(render_speed(speed_report(value=None, reason="See below.", **told)))


def test_a_submission_that_was_never_timed_is_a_sentence():
    page = shown(render_speed(speed_report(value=None, standing=Standing.REFUSED, reason="No.", timings=())))
    assert "Refused: No." in page
    assert "verdict" not in page
    assert "ms a launch" not in page


def test_a_race_shows_accuracy_over_time():
    page = shown(render_speed(race_report(timings=(draw(1), draw(2, 2.7, None, 0.91)))))
    rows = [line.split() for line in page.splitlines() if line.startswith(" draw")]
    assert rows[1] == ["draw", "1", "✓", "PASS", "1.50", "2.40", "1.60"]
    assert rows[2] == ["draw", "2", "✗", "FAIL", "2.70"]
    assert "draw 2: The best of its 9 checkpoints reached 91.0%; the target is 95%." in page
    assert "test accuracy over CPU seconds, green once the target is reached; the best of it" in page
    curves = [line for line in page.splitlines() if line.startswith("  draw")]
    assert [line.split()[-2] for line in curves] == ["96.8", "91.0"]
    assert "GFLOP/s" not in page
    assert "naive" not in page


def test_a_race_without_a_checkpoint_draws_nothing():
    never = draw(1, cost=None)
    silent = type(never)(**{**{name: getattr(never, name) for name in never.__struct_fields__}, "checkpoints": ()})
    assert "test accuracy" not in shown(render_speed(race_report(value=None, timings=(silent,))))


def test_the_noise_of_several_runs():
    reports = [speed_report(value=v, timings=(task(value=v),)) for v in (0.47, 0.48, 0.49)]
    page = shown(render_noise(reports))
    assert page.startswith("ada · ratio to the library over 3 runs\n")
    rows = {line.split("  ")[0].strip(): line.split() for line in page.splitlines()}
    assert rows["scored (lower bound)"][3:] == ["3", "0.466", "0.456–0.475", "2.1", "%"]
    assert rows["estimate"][1:] == ["3", "0.480", "0.470–0.490", "2.1", "%"]
    assert rows["forward"][1:] == ["3", "0.480", "0.470–0.490", "2.1", "%"]


def test_runs_without_a_ratio_are_counted_and_not_averaged():
    reports = [speed_report(timings=()), speed_report(value=None, standing=Standing.REFUSED, timings=())]
    assert "1 of 2    0.466" in shown(render_noise(reports))
    assert "0 of 1" in shown(render_noise(reports[1:]))


def test_words_of_a_student_stay_words():
    page = shown(render_speed(speed_report(name="\x1b[31mred\u202e", notes=("[bold]\x07",))))
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "\\x1b[31mred\\u202e" in page
    assert "note: [bold]\\x07" in page


@pytest.mark.parametrize("width", [40, 60, 80, 110, 140])
def test_nothing_is_wider_than_the_terminal(width):
    for page in (speed_report(), race_report(), speed_report(name="n" * 300, value=1e-4)):
        assert max(map(len, shown(render_speed(page), width).splitlines())) <= width


def test_a_terminal_without_unicode_gets_ascii_drawings():
    page = shown(render_speed(speed_report(value=0.5, ratio=interval(0.5, 0))), encoding="ascii")
    assert "|---" in page
    assert "*" in page


# ── drawings ───────────────────────────────────────────────────────────────────────────────────


def test_a_strip_is_as_high_as_there_are_launches():
    scale = LogScale(1.0, 100.0)
    assert strip([1, 1, 1, 1, 11, 100, 100], scale, 4, UNICODE, "").plain == "█ ▂▄"
    assert strip([1], scale, 4, ASCII, "").plain == "#   "


def test_accuracy_grows_by_what_was_there_in_time():
    line = growth([(1.0, 0.1), (2.0, 0.5), (3.0, 1.0), (3.5, 0.2)], 4.0, 4, UNICODE, reached=3.0)
    assert line.plain == "▁▄██"
    assert [str(span.style) for span in line.spans] == ["yellow", "yellow", "green", "green"]


def test_the_ruler_names_its_marks_in_their_order():
    line, names = ruler(interval(0.1, 0.5), {"naive": 0.01, "target": 0.6, "library": 1.0}, 60, UNICODE)
    assert len(line.plain) == 60
    assert line.plain.index("◆") < line.plain.rindex("━") < line.plain.rindex("┼")
    assert names.plain.split() == ["naive", "0.01", "scored", "0.05", "target", "0.6", "library", "1"]
    assert len(names.plain) <= 60


def test_names_that_do_not_fit_are_left_out():
    _, names = ruler(interval(0.1), {"naive": 0.01, "target": 0.6, "library": 1.0}, 30, UNICODE)
    assert names.plain == ""


def test_an_axis_labels_round_numbers_in_their_place():
    line = axis(LogScale(0.001, 0.1), 41, "ms", 1000.0).plain
    assert line.split() == ["1", "2", "5", "10", "20", "50", "100"]
    assert line.index("10") in (19, 20)
    assert axis(LogScale(0.001, 0.15), 60, "ms", 1000.0).plain.endswith("100 ms")
