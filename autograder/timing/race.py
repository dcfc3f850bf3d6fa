"""The training race: from the same weights, on a secret data set, to a stated accuracy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from autograder.errors import GraderFault, SubmissionFault
from autograder.model import Checkpoint, Interval, Timing, Verdict
from autograder.sandbox.timed import Landing, race_request
from autograder.speed.declare import Array, Race, Split
from autograder.speed.ratio import geometric_mean
from autograder.timing.entry import CPU, Launchable, Progress, Track

COMMITS = 64  # more would make luck a strategy: the best of many noisy checkpoints
BASELINE_BUDGET = 120.0


@dataclass
class Training:
    """What one trainer handed over on one draw, and how its training ended."""

    landings: list[Landing] = field(default_factory=list)
    fault: SubmissionFault | None = None


@dataclass(frozen=True)
class Draw:
    """One data set and the weights to start from, known by its number and the secret."""

    race: Race
    number: int
    seed: int
    track: Track = CPU

    def _rng(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(self.number, purpose)))

    def split(self) -> Split:
        """The data. Drawn again whenever it is asked for, so that the test set need not lie about."""
        return self.race.draw(self._rng(0))

    def initial(self) -> dict[str, Array]:
        """The weights to start from."""
        return self.race.initial(self._rng(1))

    def train(
        self, runner: Launchable, budget: float, enough: Callable[[Landing], bool] = lambda landing: False
    ) -> Training:
        """Let one trainer train. Its weights are copied and stamped as it hands them over. Nothing is judged yet but
        by `enough`, which ends the training: only a trusted trainer is judged while it lives."""
        split, initial = self.split(), self.initial()
        inputs = {"images": split.images, "labels": split.labels, **initial}
        shapes = {name: array.shape for name, array in initial.items()}
        options = {"seed": int(self._rng(2).integers(2**31))}
        training = Training()
        with self.track.launches(runner, race_request(self.race.function)) as launches:
            try:
                for landing in launches.commits(inputs, options, shapes, budget, COMMITS):
                    training.landings.append(landing)
                    if enough(landing):
                        break
            except SubmissionFault as fault:
                training.fault = fault
        return training

    def pace(self, runner: Launchable) -> float:
        """Seconds that the baseline takes to the target; GraderFault when it never gets there."""
        split = self.split()
        done = self.train(runner, BASELINE_BUDGET, lambda landing: self._accuracy(landing, split) >= self.race.target)
        if not done.landings or self._accuracy(done.landings[-1], split) < self.race.target:
            raise GraderFault(f"The baseline did not reach the target on draw {self.number + 1}. {done.fault or ''}")
        return self.track.cost(done.landings[-1])

    def checkpoints(self, training: Training) -> tuple[Checkpoint, ...]:
        """What was handed over, judged on the test set, until the target is reached: what comes after changes nothing.
        Weights that are not finite are right about nothing."""
        split = self.split()
        judged: list[Checkpoint] = []
        for landing in training.landings:
            judged.append(Checkpoint(landing.cpu_s, landing.wall_s, self._accuracy(landing, split)))
            if judged[-1].accuracy >= self.race.target:
                break
        return tuple(judged)

    def _accuracy(self, landing: Landing, split: Split) -> float:
        if not all(np.isfinite(array).all() for array in landing.outputs.values()):
            return 0.0
        with np.errstate(all="ignore"):  # weights of 1e38 overflow, and are judged all the same
            params = self.race.near(self.initial(), landing.outputs) if self.race.near else landing.outputs
            accuracy = float(self.race.accuracy(params, split.test_images, split.test_labels))
        return accuracy if 0.0 <= accuracy <= 1.0 else 0.0


@dataclass
class RaceRun:
    """One run of a race, all its draws: first timed, then, when the submission's process is dead, judged."""

    race: Race
    seed: int
    track: Track = CPU
    trainings: list[tuple[Draw, float, Training]] = field(default_factory=list)

    def run(self, student: Launchable, baseline: Launchable, progress: Progress) -> None:
        """Every draw, the baseline first: what it needed says how long the submission may take."""
        for number in range(self.race.draws):
            draw = Draw(self.race, number, self.seed, self.track)
            pace = draw.pace(baseline)
            self.trainings.append((draw, pace, draw.train(student, self.race.budget * pace)))
            progress("race", number + 1, self.race.draws)

    def judge(self) -> tuple[Timing, ...]:
        """A timing for each draw."""
        return tuple(self._timing(*row) for row in self.trainings)

    def _timing(self, draw: Draw, pace: float, mine: Training) -> Timing:
        target = self.race.target
        checkpoints = draw.checkpoints(mine)
        cost = to_target(checkpoints, target, self.track)
        told = Timing(
            task=f"draw {draw.number + 1}",
            sentence=f"To {target:.0%} on a data set of its own.",
            verdict=Verdict.PASS,
            costs={"baseline": (pace,), **({"submission": (cost,)} if cost else {})},
            checkpoints=checkpoints,
        )
        if cost is None:
            verdict = mine.fault.verdict if mine.fault else Verdict.FAIL
            return replace(told, verdict=verdict, message=_missed(checkpoints, target, mine.fault))
        ratio = pace / cost
        return replace(told, ratio=Interval(ratio, ratio, ratio))


def to_target(checkpoints: Sequence[Checkpoint], target: float, track: Track = CPU) -> float | None:
    """Seconds to the first weights that reach `target`, by the track's clock; None when none do."""
    return next((track.cost(point) for point in checkpoints if point.accuracy >= target), None)


def overall(timings: Sequence[Timing]) -> Interval | None:
    """The ratio over all draws, None unless the target was reached on each."""
    ratios = [timing.ratio.value for timing in timings if timing.ratio]
    return geometric_mean(ratios) if len(ratios) == len(timings) else None


def _missed(checkpoints: Sequence[Checkpoint], target: float, fault: SubmissionFault | None) -> str:
    if fault:
        return str(fault)
    if not checkpoints:
        return "It handed no weights over: commit(params) was never called, or too late."
    best = max(point.accuracy for point in checkpoints)
    return f"The best of its {len(checkpoints)} checkpoints reached {best:.1%}; the target is {target:.0%}."
