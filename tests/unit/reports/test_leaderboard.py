"""The leaderboard: who is on it, in which order, and that it tells nothing else of anybody."""

import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from report_factory import assignment
from speed_factory import SHA256, interval, race_report, speed_report

from autograder.model import Device, Interval, Standing
from autograder.reports.html import render_class_html
from autograder.reports.leaderboard import boards, ranks, render_leaderboard_html

HELD, REFUSED = Standing.HELD, Standing.REFUSED


def names(board):
    return [(entry.rank, entry.name) for entry in board.ranked]


def board(*reports):
    (only,) = boards(reports)
    return only


def test_only_those_who_chose_a_name_are_on_it():
    page = render_leaderboard_html([speed_report("ada"), speed_report("bob", alias="flash"), speed_report(alias="  ")])
    assert "flash" in page
    assert "ada" not in page
    assert page.count('scope="row"') == 1


def test_nothing_but_the_name_tells_who_they_are():
    shown = speed_report("s1234567", alias="flash", notes=("/home/s1234567/conv.py",), reason="s1234567 is fast")
    page = render_leaderboard_html([shown, msgspec.structs.replace(shown, standing=HELD, alias="late")])
    assert "flash" in page
    assert "late" in page
    assert not re.search("s1234567|conv.py", page)
    assert SHA256 not in page


def test_the_fastest_is_first():
    assert names(board(speed_report(value=0.2, alias="slow"), speed_report(value=0.8, alias="quick"))) == [
        ("1", "quick"),
        ("2", "slow"),
    ]


def test_overlapping_intervals_tie():
    reports = [speed_report(alias=name, ratio=Interval(*ratio)) for name, ratio in ROWS.items()]
    assert names(board(*reports)) == [("1=", "a"), ("1=", "b"), ("2", "c"), ("4", "d")]


ROWS = {"d": (0.1, 0.2, 0.3), "b": (0.5, 0.6, 0.9), "a": (0.7, 0.8, 0.9), "c": (0.4, 0.5, 0.6)}


@given(st.lists(st.tuples(*[st.floats(0.01, 10)] * 3).map(lambda bounds: Interval(*sorted(bounds)))))
def test_a_rank_is_what_the_intervals_allow(intervals):
    given = dict(enumerate(ranks(intervals)))
    assert not given or min(given.values()) == 1
    for i, one in enumerate(intervals):
        for j, other in enumerate(intervals):
            if given[i] == given[j]:
                assert one.low <= other.high
            if one.low > other.high:
                assert given[i] < given[j]
            if one.high >= other.high:
                assert given[i] <= given[j]


def test_held_times_are_below_without_a_rank_and_refused_ones_nowhere():
    reports = (speed_report(alias="fair"), speed_report(value=1.3, standing=HELD, alias="doubted"))
    page = render_leaderboard_html([*reports, speed_report(standing=REFUSED, alias="cheat")])
    assert page.index("fair") < page.index("Not ranked yet: so fast that a person looks first") < page.index("doubted")
    assert "cheat" not in page
    only = board(*reports)
    assert names(only) == [("1", "fair")]
    assert [(entry.rank, entry.name) for entry in only.held] == [("", "doubted")]
    assert "Not ranked" not in render_leaderboard_html(reports[:1])


def test_a_name_that_two_chose_is_numbered():
    reports = [speed_report(f"s{i}", 0.9 - i / 5, alias=name) for i, name in enumerate(["flash", "flash (2)", "Flash"])]
    assert [name for _, name in names(board(*reports))] == ["flash", "flash (2)", "Flash (3)"]
    twins = [speed_report("a", 0.9, alias="flash"), speed_report("b", 0.3, alias="flash")]
    assert [name for _, name in names(board(*twins))] == ["flash", "flash (2)"]


def test_what_cannot_be_compared_is_on_boards_of_its_own():
    one = speed_report(alias="x")
    others = [
        {"track": "torch"},
        {"device": Device("cuda", "NVIDIA H100", "it is there")},
        {"clock": "wall"},
        {"device": Device("cpu", "another", "")},
    ]
    reports = [one, *(msgspec.structs.replace(one, **other) for other in others), race_report(alias="x")]
    found = boards(reports, {"conv": "Convolution", "training": "Race"})
    assert [names(each) for each in found] == [[("1", "x")]] * 6
    assert [each.title for each in found] == ["Convolution"] * 5 + ["Race"]
    assert found[0].facts == ("NumPy", "AMD EPYC 7B13", "CPU time")
    assert found[1].facts[0] == "PyTorch"
    assert found[3].facts[2] == "wall time"
    assert [each.rival for each in found] == ["library"] * 5 + ["baseline"]
    same = msgspec.structs.replace(one, device=Device("cpu", one.device.name, "another reason"))
    assert len(boards([one, same])) == 1


def test_the_interval_is_drawn_on_the_boards_own_scale():
    only = board(speed_report(alias="x", ratio=Interval(0.3, 0.5, 0.6)))
    places = [only.x(value) for value in (0.3, 0.5, 0.6, 1.0)]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 400
    page = render_leaderboard_html([speed_report(alias="x", ratio=Interval(0.3, 0.5, 0.6))])
    assert 'aria-label="0.500, between 0.300 and 0.600"' in page
    assert f'x="{places[0]}" y="5" width="{round(places[2] - places[0], 1)}"' in page


def test_the_target_is_drawn_where_there_is_one():
    one, other = speed_report(alias="x"), speed_report(alias="y", target=0.8)
    assert "0.6: the target" in render_leaderboard_html([one])
    assert "the target" not in render_leaderboard_html([one, other])


def test_names_are_escaped_and_made_visible():
    page = render_leaderboard_html([speed_report(alias="<script>alert(1)</script>\u202e")])
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e" in page
    assert page.count("Content-Security-Policy") == 1
    assert "prefers-color-scheme: dark" in page


def test_an_empty_board_says_how_to_get_on_it():
    page = render_leaderboard_html([speed_report()])
    assert "Nobody is on it yet." in page
    assert "# leaderboard: NAME" in page
    assert "Nobody" not in render_leaderboard_html([speed_report(alias="x")])


def test_the_pages_link_each_other():
    assert '<a href="report.html">Class report</a>' in render_leaderboard_html([], report="report.html")
    assert "Class report" not in render_leaderboard_html([])
    assert '<a href="leaderboard.html">Leaderboard</a>' in render_class_html([], leaderboard="leaderboard.html")
    assert "Leaderboard" not in render_class_html([])


def test_a_title_is_the_assignments():
    page = render_leaderboard_html([speed_report(alias="x", ratio=interval(0.5))], [assignment()])
    assert "Convolution and pooling" in page
