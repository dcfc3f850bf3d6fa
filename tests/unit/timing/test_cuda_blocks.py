"""Blocks of baselines around a block of the submission, on made-up costs."""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np
import pytest
import torch

from autograder.errors import Crashed, GraderFault, OutOfMemory
from autograder.model import Verdict
from autograder.speed.declare import Problem, Step, Task
from autograder.timing.cuda import blocks as cuda_blocks
from autograder.timing.cuda.blocks import BlockRun, DeviceRng, agreement, drift, merged, on_host


def draw(rng, small):
    size = 2 if small else 8
    return Problem({"a": rng.standard_normal(size)}, {}, {"out": (size,)}, float(size))


TASK = Task(
    "double", "Twice.", (Step("double", ("a",), ("out",)),), draw, lambda problem: {"out": 2 * problem.inputs["a"]}
)


class Player:
    """Takes part with costs that are made up: `pace` seconds a launch, times the `speed` of the block that it is in."""

    def __init__(self, name, pace, diary, speeds=(1.0,), fault=None, answer=lambda a: 2 * a):
        self.name, self.pace, self.diary, self.speeds, self.answer = name, pace, diary, list(speeds), answer
        self.slow, self.broken, self.fault, self.blocks = False, fault, None, 0
        self.costs, self.landed = {}, {}

    @contextlib.contextmanager
    def ready(self, task):
        self.costs, self.landed, self.fault = {}, {}, None
        self.diary.append(f"+{self.name}")
        yield self
        self.diary.append(f"-{self.name}")

    def run(self, number, problem, flops, budget, keep=False):
        if number == 0:
            self.blocks += 1
            self.diary.append(self.name)
        self.fault = self.fault or self.broken
        if not self.fault:
            self.costs[number] = (
                self.pace * self.speeds[min(self.blocks, len(self.speeds)) - 1] * (1 + number % 3 / 100)
            )
            if keep:
                self.landed[number] = {"out": self.answer(problem.inputs["a"])}


def run(library_speeds=(1.0,), **student):
    diary = []
    paces = {"null": 1e-4, "naive": 1.0, "library": 0.01}
    baselines = {
        name: Player(name, pace, diary, library_speeds if name == "library" else (1.0,)) for name, pace in paces.items()
    }
    return BlockRun(TASK, (12, 40), 0, 7, Player("submission", 0.02, diary, **student), baselines), diary


def test_nobody_else_plays_while_the_submission_lives():
    one, diary = run()
    one.run(lambda task, done, most: None)
    opened, closed = diary.index("+submission"), diary.index("-submission")
    assert diary[opened : closed + 1] == ["+submission", "submission", "-submission"]
    assert diary[:opened] == ["+null", "+naive", "+library", "null", "naive", "library"]
    assert diary[closed + 1 :] == ["null", "library", "-library", "-naive", "-null"]


def test_a_steady_device_gives_the_ratio_at_the_first_try():
    one, diary = run()
    one.run(lambda task, done, most: None)
    timing = one.judge(peak=1e6)
    assert timing.verdict is Verdict.PASS
    assert timing.ratio.value == pytest.approx(0.0099 / 0.0199, rel=0.01)
    assert diary.count("submission") == 1
    assert one.notes == []


def test_the_baseline_is_the_mean_of_before_and_after():
    one, _ = run(library_speeds=(1.0, 1.02))
    one.run(lambda task, done, most: None)
    assert one.baselines["library"].costs[9] == pytest.approx(0.01 * 1.01, rel=1e-9)
    assert one.notes == []


def test_a_device_that_moved_is_tried_once_more_against_the_later_block():
    one, diary = run(library_speeds=(1.0, 1.3, 1.31))
    one.run(lambda task, done, most: None)
    assert diary.count("submission") == 2
    assert one.notes == []
    assert one.baselines["library"].costs[9] == pytest.approx(0.01 * 1.305, rel=1e-9)


def test_a_device_that_never_settles_is_noted():
    one, diary = run(library_speeds=(1.0, 1.3, 1.7))
    one.run(lambda task, done, most: None)
    assert diary.count("submission") == 2
    assert one.notes == ["double: the library's own time moved by 31% during the run."]


def test_a_submission_that_fails_is_not_tried_again():
    one, diary = run(library_speeds=(1.0, 1.3), fault=Crashed("It raised."))
    one.run(lambda task, done, most: None)
    assert diary.count("submission") == 1
    assert one.judge(peak=1e6).verdict is Verdict.CRASH


def test_whoever_fills_the_gpu_is_the_one_that_fails():
    def full(rng, small):
        if "+submission" in diary and "-submission" not in diary:
            raise OutOfMemory("It left no memory on the GPU.")
        return draw(rng, small)

    one, diary = run()
    object.__setattr__(one, "task", dataclasses.replace(TASK, draw=full))
    one.run(lambda task, done, most: None)
    assert one.student.fault.verdict is Verdict.MEMORY


def test_a_baseline_that_fails_is_the_graders_fault():
    one, _ = run()
    one.baselines["naive"].broken = Crashed("It raised.")
    with pytest.raises(GraderFault, match="The baseline naive failed on task double: It raised"):
        one.run(lambda task, done, most: None)


def test_a_wrong_launch_is_found():
    one, _ = run(answer=lambda a: 2 * a + 1e-3)
    one.run(lambda task, done, most: None)
    timing = one.judge(peak=1e6)
    assert timing.verdict is Verdict.FAIL
    assert "out is off by" in timing.message


def test_a_slow_submission_plays_fewer_launches_but_enough(monkeypatch):
    monkeypatch.setattr(cuda_blocks, "BLOCK_SECONDS", 0.0)
    one, _ = run()
    one.run(lambda task, done, most: None)
    assert max(one.student.costs) == cuda_blocks.WARM_UP + cuda_blocks.LEAST


def test_numbers_that_are_the_librarys_are_told_from_numbers_that_are_close():
    same, _ = run()
    same.run(lambda task, done, most: None)
    assert same.alike() == 1.0
    other, _ = run(answer=lambda a: 2 * a * (1 + 1e-7))
    other.run(lambda task, done, most: None)
    assert other.alike() < 0.5


def test_drift_is_of_the_typical_launch():
    first = {number: 1.0 for number in range(9)}
    assert drift(first, {**first, 3: 50.0}) == 0.0
    assert drift(first, {number: 1.05 for number in range(9)}) == pytest.approx(0.05)
    assert drift(first, {number: 0.95 for number in range(9)}) == pytest.approx(0.05)


def test_merged_keeps_what_both_blocks_have():
    assert merged({1: 1.0, 2: 3.0}, {2: 5.0, 3: 1.0}) == {2: 4.0}


def test_arrays_of_other_shapes_do_not_agree():
    assert agreement(np.ones(3), np.ones((3, 1))) == 0.0
    assert agreement(np.ones(4), np.array([1, 1, 1, 2.0])) == 0.75


def test_a_device_draws_the_same_for_the_same_seed_and_not_for_another():
    def numbers(seed):
        return DeviceRng(np.random.default_rng(seed), "cpu").standard_normal((1000, 50), dtype=np.float32)

    assert torch.equal(numbers(1), numbers(1))
    assert not torch.equal(numbers(1), numbers(2))
    assert numbers(1).dtype == torch.float32
    assert abs(float(numbers(1).std()) - 1) < 0.02  # 50 000 numbers: six standard errors
    assert DeviceRng(np.random.default_rng(3), "cpu").standard_normal(4).shape == (4,)


def test_a_problem_comes_to_the_host_as_arrays():
    problem = Problem({"a": torch.ones(3)}, {"pad": 1}, {"out": (3,)}, 1.0)
    host = on_host(problem)
    assert isinstance(host.inputs["a"], np.ndarray)
    assert (host.options, host.outputs) == ({"pad": 1}, {"out": (3,)})
