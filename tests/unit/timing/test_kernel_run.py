"""A run of programs whose costs and answers are written down: which is timed on what, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest

from autograder.errors import Crashed, GraderFault
from autograder.model import Standing, Verdict
from autograder.speed.award import scored
from autograder.speed.declare import Kernel, Problem, Task
from autograder.timing.entry import Entry
from autograder.timing.kernel import SLOW_ROUNDS, WARM_UP, KernelRun, floor_of

LEAST, MOST = 4, 9
SMALL_FLOPS, FLOPS = 10.0, 1000.0
COSTS = {"null": 0.001, "naive": 0.081, "library": 0.011}


def draw(rng, small):
    return Problem({"x": rng.standard_normal(5)}, {}, {"y": (5,)}, SMALL_FLOPS if small else FLOPS)


TASK = Task("double", "Twice x.", (), draw, lambda problem: {"y": 2 * problem.inputs["x"]})


@dataclass
class Scripted(Entry):
    """Takes `takes(number, problem)` seconds a launch and gives `gives(number, x)`."""

    takes: Callable[[int, Problem], float] = lambda number, problem: 0.021
    gives: Callable[[int, np.ndarray], np.ndarray] = lambda number, x: 2 * x
    ran: list[tuple[int, Problem]] = field(default_factory=list)
    budgets: list[float] = field(default_factory=list)

    @contextmanager
    def ready(self, task):
        self.costs, self.landed, self.fault, self.slow, self.ran = {}, {}, None, False, []
        yield self

    def run(self, number, problem, flops, budget, keep=False):
        if self.fault:
            return
        self.ran.append((number, problem))
        self.budgets.append(budget)
        try:
            answer = self.gives(number, problem.inputs["x"])
        except Crashed as fault:
            self.fault = fault
            return
        self.costs[number] = self.takes(number, problem) * flops / problem.flops
        if keep:
            self.landed[number] = {"y": answer}


def steady(seconds: float) -> Callable[[int, Problem], float]:
    return lambda number, problem: seconds * problem.flops / FLOPS


def kernel_run(seed: int = 1, **script) -> KernelRun:
    baselines = {name: Scripted(name, None, takes=steady(cost)) for name, cost in COSTS.items()}
    student = Scripted("submission", None, **{"takes": steady(0.021), **script})
    return KernelRun(TASK, (LEAST, MOST), 0, seed, student, baselines)


def run(**script) -> KernelRun:
    one = kernel_run(**script)
    one.run(lambda task, done, most: None)
    return one


def crash(number, x):
    raise Crashed("It fell over.")


# ── what is ran ─────────────────────────────────────────────────────────────────────────────


def test_entries_is_given_the_same_problems_and_nobody_twice_the_same():
    done = run()
    entries = [done.student, *done.baselines.values()]
    for turns in zip(*(one.ran for one in entries), strict=True):
        assert len({number for number, _ in turns}) == 1
        assert len({problem.inputs["x"].tobytes() for _, problem in turns}) == 1
    assert len({problem.inputs["x"].tobytes() for _, problem in done.student.ran}) == len(done.student.ran)


def test_another_seed_gives_other_problems():
    first, second = kernel_run(seed=1), kernel_run(seed=2)
    assert (first.problem(3, False).inputs["x"] != second.problem(3, False).inputs["x"]).all()
    np.testing.assert_array_equal(first.problem(3, False).inputs["x"], kernel_run(seed=1).problem(3, False).inputs["x"])


def test_the_order_changes_from_round_to_round():
    order = []
    done = kernel_run()
    for one in (done.student, *done.baselines.values()):
        one.takes = lambda number, problem, name=one.name: order.append((number, name)) or 0.02
    done.run(lambda task, done, most: None)
    rounds = [tuple(name for number, name in order if number == one) for one in range(1, WARM_UP + LEAST)]
    assert all(sorted(names) == sorted(rounds[0]) for names in rounds)
    assert len(set(rounds)) > 1


def test_it_ends_as_soon_as_the_interval_is_narrow_and_at_last_anyway():
    assert len(run().student.costs) == 1 + WARM_UP + LEAST
    noise = np.random.default_rng(4).uniform(0.01, 0.2, 100)
    wild = run(takes=lambda number, problem: noise[number] * problem.flops / FLOPS)
    assert len(wild.student.costs) == 1 + WARM_UP + MOST


def test_progress_is_told_round_by_round():
    told = []
    kernel_run().run(lambda *row: told.append(row))
    assert told[0] == ("double", 1, WARM_UP + MOST)
    assert [done for _, done, _ in told] == list(range(1, len(told) + 1))


def test_slow_code_is_given_few_small_problems():
    slow = run(takes=lambda number, problem: 2.0 * problem.flops / SMALL_FLOPS)
    assert [number for number, _ in slow.student.ran] == [0, *range(SLOW_ROUNDS + 1)]
    assert {problem.flops for _, problem in slow.student.ran} == {SMALL_FLOPS}
    assert slow.judge(1e9).ratio.value == pytest.approx(0.01 / (2.0 * FLOPS / SMALL_FLOPS), rel=0.05)


def test_a_slow_first_call_is_forgiven():
    costs = iter([2.0])
    late = run(takes=lambda number, problem: next(costs, 0.011 * problem.flops / FLOPS))
    assert not late.student.slow
    assert late.student.ran[0][0] == late.student.ran[1][0] == 0
    assert len({number for number, _ in late.student.ran}) == 1 + WARM_UP + LEAST


def test_a_launch_may_take_ten_times_what_the_try_out_promises():
    done = run(takes=steady(0.021))
    assert done.student.budgets[0] == pytest.approx(5.0 * 0.081 * SMALL_FLOPS / FLOPS + 1.0)
    assert done.student.budgets[1:] == pytest.approx([10.0 * 0.021 + 1.0] * (len(done.student.budgets) - 1))


def test_who_sleeps_through_the_rounds_is_not_waited_for(monkeypatch):
    clock = iter(range(0, 10**6, 50))
    monkeypatch.setattr("autograder.timing.kernel.time.monotonic", lambda: float(next(clock)))
    timing = run().judge(1e9)
    assert timing.verdict is Verdict.TIMEOUT
    assert timing.message == "Its launches took so long, asleep or at work, that too few were made."


# ── what it says ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("seconds", "ratio"), [(0.011, 1.0), (0.021, 0.5), (0.006, 2.0), (0.081, 0.125)])
def test_the_ratio_is_that_of_the_work_without_what_nothing_costs(seconds, ratio):
    timing = run(takes=steady(seconds)).judge(peak=1e9)
    assert timing.verdict is Verdict.PASS
    assert timing.ratio.low == pytest.approx(ratio)
    assert timing.ratio.value == pytest.approx(ratio)


def test_the_rate_is_set_against_the_peak():
    timing = run(takes=steady(0.021)).judge(peak=FLOPS / 0.04)
    assert timing.gflops == pytest.approx(FLOPS / 0.02 / 1e9)
    assert timing.roofline == pytest.approx(2.0)


def test_the_warm_up_costs_nothing():
    late = run(takes=lambda number, problem: 5.0 if 0 < number <= WARM_UP else 0.011 * problem.flops / FLOPS)
    assert late.judge(1e9).ratio.value == pytest.approx(1.0)


@pytest.mark.parametrize("number", [0, 1, WARM_UP, WARM_UP + LEAST])
def test_one_wrong_launch_is_one_too_many_whichever_it_is(number):
    done = run(gives=lambda now, x: 2 * x if now != number else x)
    timing = done.judge(1e9)
    assert timing.verdict is Verdict.FAIL
    assert timing.message == "In one launch, y is off by 5.0e-01 of its size; 1e-05 is allowed."
    assert timing.ratio is None


def test_a_fault_of_the_submission_ends_its_part_and_nobody_elses():
    done = run(gives=lambda number, x: crash(number, x) if number == 2 else 2 * x)
    timing = done.judge(1e9)
    assert (timing.verdict, timing.message, timing.ratio) == (Verdict.CRASH, "It fell over.", None)
    assert len(done.baselines["library"].costs) == 1 + WARM_UP + LEAST


def test_a_baseline_that_fails_is_the_graders_fault():
    broken = kernel_run()
    broken.baselines["naive"].gives = crash
    with pytest.raises(GraderFault, match=r"The baseline naive failed on task double: It fell over\."):
        broken.run(lambda task, done, most: None)


# ── what it is worth ───────────────────────────────────────────────────────────────────────────

KERNEL = Kernel((TASK,), {}, target=1.0, points=20.0, bonus=4.0)


def worth(done: KernelRun, peak: float = 1e9):
    return scored(KERNEL, floor_of([done]), [done.judge(peak)])


def test_points_run_from_the_naive_to_the_target():
    assert worth(run(takes=steady(COSTS["naive"]))).award.score == 0.0
    assert worth(run(takes=steady(COSTS["library"]))).award.score == pytest.approx(20.0, abs=0.01)
    half = worth(run(takes=steady(0.001 + (0.01 * 0.08) ** 0.5)))
    assert half.award.score == pytest.approx(10.0, abs=0.01)
    assert half.floor == pytest.approx(0.125)
    assert half.award.standing is Standing.SCORED


def test_what_is_wrong_earns_nothing_and_says_why():
    outcome = worth(run(gives=lambda number, x: x))
    assert outcome.award.standing is Standing.REFUSED
    assert outcome.award.reason.startswith("double: In one launch, y is off by 5.0e-01")
    assert (outcome.award.score, outcome.ratio) == (0.0, None)


def test_what_is_past_belief_is_held_or_refused():
    fast = run(takes=steady(0.003))
    assert worth(fast).award.standing is Standing.HELD
    assert worth(fast, peak=1.0).award.standing is Standing.REFUSED
