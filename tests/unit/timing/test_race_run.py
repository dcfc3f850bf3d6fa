"""A race between trainers whose weights and times are written down."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from autograder.errors import Crashed, GraderFault
from autograder.model import Checkpoint, Verdict
from autograder.sandbox.timed import Landing
from autograder.speed.declare import Race, Split
from autograder.timing.entry import Track
from autograder.timing.race import COMMITS, Draw, RaceRun, overall, to_target


def draw(rng):
    images = rng.standard_normal((8, 2)).astype(np.float32)
    return Split(images[:4], np.zeros(4, int), images[4:], np.ones(4, int))


def initial(rng):
    return {"w": rng.standard_normal(3).astype(np.float32)}


# the accuracy of weights is what their first number says
RACE = Race(draw, initial, lambda params, images, labels: params["w"][0], "sgd.py", target=0.9, draws=2, budget=3.0)


@dataclass(frozen=True)
class WrittenDown(Track):
    """A track on which nothing runs: trainers are scripts, and launches read them out."""

    @contextmanager
    def launches(self, runner, request):
        yield runner


@dataclass
class Trainer:
    """Hands over weights of these accuracies, one a second, and then fails if it is to."""

    accuracies: list[float]
    fault: Crashed | None = None
    asked: list[dict] = field(default_factory=list)

    def commits(self, inputs, options, outputs, budget, at_most):
        self.asked.append({**inputs, **options, "budget": budget, "at_most": at_most, "outputs": outputs})
        for second, accuracy in enumerate(self.accuracies, 1):
            yield Landing(float(second), 10.0 * second, {"w": np.full(3, accuracy, np.float32)})
        if self.fault:
            raise self.fault


STEADY = [0.3, 0.6, 0.95]


def judged(student: Trainer, baseline: Trainer | None = None, track: Track | None = None):
    race = RaceRun(RACE, 5, track or WrittenDown())
    race.run(student, baseline or Trainer(STEADY), lambda task, done, most: None)
    return race.judge()


@pytest.mark.parametrize(
    ("accuracies", "ratio"), [(STEADY, 1.0), ([0.95], 3.0), ([0.1] * 5 + [0.91], 0.5), ([0.2, 0.91, 0.1], 1.5)]
)
def test_the_first_weights_that_reach_the_target_give_the_time(accuracies, ratio):
    timings = judged(Trainer(accuracies))
    assert [timing.verdict for timing in timings] == [Verdict.PASS] * 2
    assert overall(timings).value == pytest.approx(ratio)
    assert timings[0].costs["baseline"] == (3.0,)


@pytest.mark.parametrize(
    ("accuracies", "best"),
    [([0.3, 0.89], "2 checkpoints reached 89.0%"), ([np.nan], "1 checkpoints reached 0.0%"), ([7.0], "reached 0.0%")],
)
def test_weights_below_the_target_or_beyond_reason_do_not_count(accuracies, best):
    timings = judged(Trainer(accuracies))
    assert overall(timings) is None
    assert timings[0].verdict is Verdict.FAIL
    assert best in timings[0].message
    assert timings[0].message.endswith("; the target is 90%.")


def test_what_is_judged_may_be_kept_near_the_weights_given():
    seen = []

    def near(given, params):
        seen.append(given["w"])
        return {"w": params["w"] - 0.05}

    run = RaceRun(replace(RACE, near=near), 5, WrittenDown())
    run.run(student := Trainer([0.9, 0.94, 1.0]), Trainer([0.9, 1.0]), lambda task, done, most: None)
    assert [timing.checkpoints[-1].cpu_s for timing in run.judge()] == [3.0, 3.0]
    given = {tuple(asked["w"]) for asked in student.asked}  # one for each draw
    assert {tuple(w) for w in seen} == given
    assert len(given) == 2


def test_nothing_handed_over_is_said_to_be_so():
    (first, _) = judged(Trainer([]))
    assert first.message == "It handed no weights over: commit(params) was never called, or too late."


def test_a_fault_before_the_target_is_the_verdict_and_after_it_changes_nothing():
    early, late = judged(Trainer([0.5], Crashed("It fell over."))), judged(Trainer([0.95], Crashed("It fell over.")))
    assert (early[0].verdict, early[0].message) == (Verdict.CRASH, "It fell over.")
    assert (late[0].verdict, late[0].message) == (Verdict.PASS, "")


def test_each_draw_has_data_weights_and_a_seed_of_its_own_the_same_for_both():
    student, baseline = Trainer(STEADY), Trainer(STEADY)
    judged(student, baseline)
    for name in ("images", "labels", "w", "seed"):
        for mine, theirs in zip(student.asked, baseline.asked, strict=True):
            np.testing.assert_array_equal(mine[name], theirs[name])
    assert (student.asked[0]["images"] != student.asked[1]["images"]).all()
    assert student.asked[0]["seed"] != student.asked[1]["seed"]


def test_the_test_set_is_never_shown():
    student = Trainer(STEADY)
    judged(student)
    hidden = Draw(RACE, 0, 5, WrittenDown()).split()
    shown = student.asked[0]
    assert set(shown) == {"images", "labels", "w", "seed", "budget", "at_most", "outputs"}
    np.testing.assert_array_equal(shown["images"], hidden.images)
    assert not np.isin(hidden.test_images, shown["images"]).any()


def test_what_the_baseline_takes_is_the_measure_of_the_budget():
    student, baseline = Trainer(STEADY), Trainer(STEADY)
    judged(student, baseline)
    assert [asked["budget"] for asked in student.asked] == [9.0, 9.0]
    assert {asked["at_most"] for asked in student.asked} == {COMMITS}


def test_a_baseline_that_never_gets_there_is_the_graders_fault():
    with pytest.raises(GraderFault, match=r"The baseline did not reach the target on draw 1\. It fell over\."):
        judged(Trainer(STEADY), Trainer([0.2], Crashed("It fell over.")))


def test_the_clock_is_the_tracks():
    points = (Checkpoint(1.0, 40.0, 0.5), Checkpoint(2.0, 50.0, 0.9))
    assert to_target(points, 0.9) == 2.0
    assert to_target(points, 0.9, WrittenDown(clock="wall")) == 50.0
    assert to_target(points, 0.95) is None
    assert judged(Trainer([0.95]), track=WrittenDown(clock="wall"))[0].costs == {
        "baseline": (30.0,),
        "submission": (10.0,),
    }


def test_a_draw_is_known_by_its_number_and_the_secret():
    first = Draw(RACE, 0, 5).split()
    np.testing.assert_array_equal(first.images, Draw(RACE, 0, 5).split().images)
    for other in (Draw(RACE, 1, 5), Draw(RACE, 0, 6)):
        assert (first.images != other.split().images).all()
