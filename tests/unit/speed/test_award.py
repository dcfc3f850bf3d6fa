"""Points for a ratio: a logarithm between two ends, and doubt beyond them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.model import Interval, Isolation, Level, Standing
from autograder.speed.award import Award, award, beyond_belief, log_scale, outpaced, refused, unless_helped

RATIO = st.floats(1e-6, 1e6)


def at(low: float) -> Interval:
    return Interval(low, 1.1 * low, 1.2 * low)


@given(ratio=RATIO, other=RATIO, floor=st.floats(1e-5, 0.1), target=st.floats(0.2, 10.0))
def test_the_scale_is_bounded_and_never_falls(ratio, other, floor, target):
    low, high = sorted((ratio, other))
    assert 0.0 <= log_scale(low, floor, target) <= log_scale(high, floor, target) <= 1.0


@given(floor=st.floats(1e-5, 0.1), target=st.floats(0.2, 10.0))
def test_the_scale_begins_and_ends_where_it_says(floor, target):
    assert log_scale(floor, floor, target) == 0.0
    assert log_scale(target, floor, target) == 1.0
    assert log_scale((floor * target) ** 0.5, floor, target) == pytest.approx(0.5)


@given(ratio=st.floats(1e-3, 0.2))
def test_each_doubling_earns_the_same(ratio):
    step = log_scale(2 * ratio, 1e-3, 0.6) - log_scale(ratio, 1e-3, 0.6)
    assert step == pytest.approx(log_scale(2e-3, 1e-3, 0.6))


@pytest.mark.parametrize("ratio", [0.0, -1.0])
def test_no_speed_earns_nothing(ratio):
    assert log_scale(ratio, 0.1, 1.0) == 0.0


@pytest.mark.parametrize(("floor", "target"), [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (-1.0, 1.0)])
def test_a_scale_without_a_length_is_refused(floor, target):
    with pytest.raises(ValueError, match=f"the floor {floor} must lie between 0 and the target {target}"):
        log_scale(0.5, floor, target)


def test_the_lower_bound_earns_the_points():
    given_ = award(Interval(0.1, 0.5, 0.9), floor=0.01, target=1.0, points=20, bonus=4, best=1.0)
    assert given_ == Award(
        10.0,
        Standing.SCORED,
        "0.50 times the speed of what it is compared with (at least 0.10 with 95 % confidence)",
    )


@given(low=RATIO, more=st.floats(1.0, 10.0))
def test_points_and_bonus_are_bounded_and_never_fall(low, more):
    assume(low * more < 1e7)
    here, faster = (award(at(ratio), 1e-3, 0.6, 20, 4, 1.0).score for ratio in (low, low * more))
    assert 0 <= here <= faster <= 24


def test_the_bonus_begins_at_the_target():
    scores = [award(at(ratio), 0.01, 0.6, 20, 4, 1.0).score for ratio in (0.01, 0.6, 1.0, 5.0)]
    assert scores == [0.0, 20.0, 24.0, 24.0]
    assert award(at(5.0), 0.01, 1.2, 20, 4, best=1.0).score == 20.0, "no bonus where there is no room for one"


def test_what_may_be_believed_stays_as_it_is():
    given_ = award(at(1.0), 0.01, 0.6, 20, 4, 1.0)
    assert beyond_belief(given_, at(1.0), roofline=0.9) is given_
    assert beyond_belief(given_, Interval(0.9, 1.5, 2.0), roofline=1.9) is given_, "the lower bound is what counts"


def test_faster_than_the_library_waits_for_a_person_and_keeps_its_points():
    given_ = award(at(1.25), 0.01, 0.6, 20, 4, 1.0)
    assert beyond_belief(given_, at(1.25), roofline=0.9) == Award(
        24.0, Standing.HELD, "It beats the library by 25% or more; a person looks before the points count."
    )


def test_faster_than_the_machine_is_refused():
    given_ = award(at(1.0), 0.01, 0.6, 20, 4, 1.0)
    assert beyond_belief(given_, at(1.0), roofline=3.0) == refused(
        "It seems to compute at 3.0 times the machine's peak, which nothing can."
    )
    assert refused("no") == Award(0.0, Standing.REFUSED, "no")


def test_where_processes_could_be_started_a_person_looks_first():
    given_ = award(at(1.0), 0.01, 0.6, 20, 4, 1.0)
    watched, open_ = (Isolation(Level.PROCESS, {"processes": held}) for held in ("enforced", "none"))
    assert unless_helped(given_, watched) is given_
    assert unless_helped(given_, open_) == Award(
        24.0,
        Standing.HELD,
        "Nothing kept it from starting processes, whose time is not counted; a person looks before the points count.",
    )
    assert unless_helped(refused("no"), open_) == refused("no")
    assert unless_helped(given_, Isolation(Level.PROCESS, {})).standing is Standing.HELD


def test_training_faster_than_anybody_waits_for_a_person():
    given = Award(40.0, Standing.SCORED, "fine")
    assert outpaced(given, at(8.0), fastest=8.0) == given
    doubted = outpaced(given, at(8.5), fastest=8.0)
    assert (doubted.score, doubted.standing) == (40.0, Standing.HELD)
    assert doubted.reason == (
        "It trains 8.5 times as fast as the baseline or faster; a person looks before the points count."
    )
