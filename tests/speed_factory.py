"""Speed reports of every kind, without timing anything."""

import random

from autograder.model import (
    AssignmentRef,
    Checkpoint,
    Device,
    Interval,
    Isolation,
    Level,
    SpeedReport,
    Standing,
    SubmissionRef,
    Timing,
    Verdict,
)

SHA256 = "5ec1e7" + "0" * 58
CPU = Device("cpu", "AMD EPYC 7B13", "NumPy computes on the CPU")
BASELINES = {"null": 0.0006, "naive": 0.5, "im2col": 0.0152, "library": 0.0072}


def interval(value, width=0.03):
    return Interval(value * (1 - width), value, value * (1 + width))


def launches(seconds, count=20, seed=0):
    """`count` costs of which none is below `seconds`: noise only ever adds."""
    rng = random.Random(f"{seconds} {seed}")
    return tuple(seconds * (1 + rng.expovariate(12)) for _ in range(count))


def task(name="forward", value=0.48, verdict=Verdict.PASS, **more):
    costs = {who: launches(seconds, 4 if who == "naive" else 20) for who, seconds in BASELINES.items()}
    told = {
        "sentence": "The forward pass of a convolutional layer.",
        "ratio": interval(value) if verdict is Verdict.PASS else None,
        "costs": {**costs, "submission": launches(0.0072 / value)},
        "gflops": 12.31 if verdict is Verdict.PASS else None,
        "roofline": 0.342 if verdict is Verdict.PASS else None,
    }
    return Timing(task=name, verdict=verdict, **{**told, **more})


def draw(number=1, pace=2.4, cost=1.6, best=0.968):
    """A draw of a race that the baseline ends after `pace` seconds and the submission after `cost`, or never (None)."""
    steps = [(0.1 + (cost or 4.0) * step / 8, 0.1 + (best - 0.1) * step / 9) for step in range(1, 10)]
    passed = cost is not None
    return Timing(
        task=f"draw {number}",
        sentence="To 95% on a data set of its own.",
        verdict=Verdict.PASS if passed else Verdict.FAIL,
        message="" if passed else f"The best of its 9 checkpoints reached {best:.1%}; the target is 95%.",
        ratio=interval(pace / cost, 0) if passed else None,
        costs={"baseline": (pace,), **({"submission": (cost,)} if passed else {})},
        checkpoints=tuple(Checkpoint(seconds, 2 * seconds, accuracy) for seconds, accuracy in steps),
    )


def speed_report(name="ada", value=0.48, standing=Standing.SCORED, alias=None, **more):
    """A kernel's report; `value` is its ratio to the library, None where there is none."""
    told = {
        "assignment": AssignmentRef("conv", "sha256:0"),
        "submission": SubmissionRef(name, SHA256),
        "track": "numpy",
        "device": CPU,
        "clock": "cpu",
        "standing": standing,
        "reason": "",
        "ratio": interval(value) if value else None,
        "floor": 0.0131,
        "target": 0.6,
        "score": 0.0 if standing is Standing.REFUSED else 18.4,
        "max_score": 20.0,
        "bonus": 4.0,
        "timings": (task(), task("step", 0.47, sentence="Its forward and backward pass: one training step.")),
        "isolation": Isolation(Level.STRONG, {}),
        "grader": "0.1.0",
        "cpu_s": 11.0,
        "wall_s": 24.31,
        "alias": alias,
        "environment": {"python": "3.12.3", "numpy": "2.3.1"},
    }
    return SpeedReport(**{**told, **more})


def race_report(name="ada", value=1.5, timings=None, **more):
    told = {
        "assignment": AssignmentRef("training", "sha256:0"),
        "ratio": interval(value, 0) if value else None,
        "floor": 1.0,
        "target": 2.0,
        "score": 11.7,
        "timings": timings or (draw(1), draw(2, 2.7, 1.9), draw(3, 2.5, 1.6)),
    }
    return speed_report(name, **{**told, **more})
