"""The parts of `python -m bench.gpu`: the machine, the routes to it, honest kernels, cheats, and noise.

Every part stands alone: what fails is told at the end, with its traceback, and the rest is on the page all the same.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import statistics
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from assignments.conv import speed
from autograder.assignment.load import load_assignment
from autograder.errors import IsolationUnavailable, SubmissionFault
from autograder.model import Assignment, Isolation, Level, Standing
from autograder.sandbox.cuda import GUARANTEES, Gpu
from autograder.sandbox.cuda_memory import StagedMemory, one_line
from autograder.sandbox.isolation import choose
from autograder.speed.award import Outcome
from autograder.speed.declare import Kernel
from autograder.submission import read_submission
from autograder.timing.cuda import blocks as cuda_blocks
from autograder.timing.cuda import device as cuda_device
from autograder.timing.cuda import setup as cuda_setup
from autograder.timing.cuda.run import Judged, on_device, time_kernel

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "gpu_submissions"
CONV = ROOT / "assignments/conv"
# The last is the library under its own name, which a submission may not use: it is what a ratio of 1 looks like.
HONEST = (FOLDER / "unfold_matmul.py", FOLDER / "triton_implicit_gemm.py", CONV / "baselines/cuda_library.py")
NOISY = FOLDER / "unfold_matmul.py"
GAIN = 1.05  # times the honest speed of the im2col baseline, on which the cheats stand
SEED = 5


@dataclasses.dataclass
class Bench:
    """What has been found out so far, as lines of Markdown."""

    assignment: Assignment
    kernel: Kernel
    isolation: Isolation
    rehearsal: bool
    lines: list[str] = dataclasses.field(default_factory=list)
    failures: list[str] = dataclasses.field(default_factory=list)

    def say(self, line: str = "") -> None:
        """One more line, at once on the screen."""
        self.lines.append(line)
        print(line, flush=True)

    def fail(self, title: str) -> None:
        """Keep the traceback of what is being handled."""
        self.failures.append(f"### {title}\n\n```\n{traceback.format_exc()}```")

    def part(self, title: str, run: Callable[[Bench], None]) -> None:
        """One part of the whole. What it raises is kept for the end."""
        started = time.monotonic()
        self.say(f"\n## {title}\n")
        try:
            run(self)
        except Exception:
            self.fail(title)
            self.say(f"\nThis part failed: {one_line(sys.exc_info()[1] or Exception())}")
        self.say(f"\n({time.monotonic() - started:.0f} s)")

    @contextlib.contextmanager
    def setup(self) -> Iterator[cuda_setup.Setup]:
        """Where all entries are timed."""
        if not self.rehearsal:
            with cuda_setup.prepare(self.assignment, self.isolation) as setup:
                yield setup
            return
        memory = partial(StagedMemory, 64 * 2**20, "cpu")
        track = cuda_setup.Track("torch", "wall", memory, cuda_setup.LIMITS)
        held = Isolation(self.isolation.level, GUARANTEES)
        yield cuda_setup.Setup(self.assignment, held, Gpu((), ()), track, device="cpu")

    def judge(
        self, setup: cuda_setup.Setup, path: Path, kernel: Kernel | None = None, seed: int = SEED, scan: bool = True
    ) -> Judged:
        """One submission, timed."""
        submission = read_submission(path, id=path.stem)
        return time_kernel(setup, kernel or self.kernel, submission, seed, lambda task, done, most: None, scan)


def trials(options: argparse.Namespace) -> int:
    """Run every part that was asked for; the exit status."""
    if not options.rehearse and (missing := cuda_device.without_cuda()):
        print(f"The speed tier cannot be tried on a GPU here: {missing}.", file=sys.stderr)
        return 2
    bench = Bench(load_assignment(CONV), speed.KERNEL, isolation(options), options.rehearse)
    if options.rehearse:
        bench.kernel = smaller(speed.KERNEL)
    bench.say("# The speed tier on a GPU")
    parts: dict[str, tuple[str, Callable[[Bench], None]]] = {
        "machine": ("The machine", machine),
        "routes": ("How a worker reaches the GPU", routes),
        "honest": ("Honest kernels", honest),
        "cheats": ("Cheats", cheats),
        "noise": ("Noise", partial(noise, repeats=2 if options.quick else 5)),
        "after": ("The machine afterwards", lambda bench: state(bench, "after")),
    }
    for name in options.only or parts:
        bench.part(*parts[name])
    if bench.failures:
        bench.say("\n## What failed\n")
        bench.say("\n\n".join(bench.failures))
    if options.save:
        Path(options.save).parent.mkdir(parents=True, exist_ok=True)
        Path(options.save).write_text("\n".join(bench.lines) + "\n", encoding="utf-8")
    return 1 if bench.failures else 0


def isolation(options: argparse.Namespace) -> Isolation:
    """What was asked for, or bubblewrap where it works; the page says which."""
    if options.isolation:
        return choose(Level(options.isolation))
    try:
        return choose(Level.STRONG)
    except IsolationUnavailable:
        return choose(Level.PROCESS)


def smaller(kernel: Kernel) -> Kernel:
    """The kernel on the layers that are timed on a CPU, where PyTorch's naive code comes near its library: any ratio
    will do."""
    tasks = tuple(dataclasses.replace(task, cuda_draw=task.draw) for task in kernel.tasks)
    return dataclasses.replace(kernel, tasks=tasks, target=100.0)


def machine(bench: Bench) -> None:
    """The device, the versions, and the state before anything has run."""
    bench.say(f"- device: {'a rehearsal on the CPU' if bench.rehearsal else cuda_device.device_name()}")
    for name, value in cuda_device.versions().items():
        bench.say(f"- {name}: {value}")
    bench.say(f"- python: {sys.version.split()[0]}; user: {'root' if os.getuid() == 0 else 'not root'}")
    bench.say(f"- isolation: {bench.isolation.level}")
    state(bench, "before")


def state(bench: Bench, when: str) -> None:
    """Clocks and throttling."""
    for name, value in cuda_device.gpu_state(when).items():
        bench.say(f"- {name}: {value}")


def routes(bench: Bench) -> None:
    """Which combinations of isolation, account and memory work, and what a launch that does nothing costs by each."""
    bench.say("| isolation | worker's account | memory | works | nothing, ms |\n|---|---|---|---|---|")
    if bench.rehearsal:
        with bench.setup() as setup:
            bench.say(f"| {bench.isolation.level} | | host | yes | {1e3 * nothing(bench, setup):.3f} |")
        return
    levels = dict.fromkeys((bench.isolation.level, Level.PROCESS))
    accounts = (False, True) if os.getuid() == 0 else (False,)
    for level in levels:
        for same in accounts:
            for route in ("ipc",) if same else ("ipc", "host"):
                account = "the grader's" if same or os.getuid() else "another"
                bench.say(f"| {level} | {account} | {route} | {_route(bench, level, same, route)} |")


def _route(bench: Bench, level: Level, same: bool, route: str) -> str:
    try:
        wanted = Isolation(level, bench.isolation.guarantees)
        with cuda_setup.prepare(bench.assignment, wanted, route, same) as setup:
            return f"yes | {1e3 * nothing(bench, setup):.3f}"
    except Exception as error:
        return f"no: {one_line(error)} | "


def nothing(bench: Bench, setup: cuda_setup.Setup) -> float:
    """Seconds of a launch of the null baseline on a whole problem: the median of a few."""
    task = bench.kernel.tasks[0]
    drawn = on_device(task, lambda problem: {}, setup.device)
    source = (CONV / bench.kernel.cuda_baselines["null"]).read_text(encoding="utf-8")
    with setup.sandbox() as sandbox:
        one = cuda_setup.launched(setup, sandbox, drawn, source, launches=12)
    return statistics.median(list(one.costs.values())[2:])


def honest(bench: Bench) -> None:
    """What honest work is worth, and the baselines beside it."""
    bench.say("| submission | standing | ratio | 90 % | points | each task | GFLOP/s | of peak | alike | error | s |")
    bench.say(f"|{'---|' * 11}")
    runs: tuple[cuda_blocks.BlockRun, ...] = ()
    notes: dict[str, None] = {}
    with bench.setup() as setup:
        notes.update(dict.fromkeys(setup.notes))
        for path in HONEST:
            if bench.rehearsal and "triton" in path.stem:
                continue
            started = time.monotonic()
            try:
                judged = bench.judge(setup, path, scan="baselines" not in path.parts)
            except Exception as error:
                bench.fail(path.stem)
                bench.say(f"| {path.stem} | **not judged**: {one_line(error)} |{' |' * 9}")
                continue
            bench.say(_honest_row(path.stem, judged, time.monotonic() - started))
            runs = judged.runs or runs
            notes.update(dict.fromkeys(judged.notes))
    for note in notes:
        bench.say(f"\nNote: {note}")
    bench.say("\n| task | entry | ms, median | least | most |\n|---|---|---|---|---|")
    for run in runs:
        for one in (*run.baselines.values(), run.student):
            costs = [1e3 * cost for number, cost in one.costs.items() if number > run.warm_up] or [float("nan")]
            figures = f"{statistics.median(costs):.3f} | {min(costs):.3f} | {max(costs):.3f}"
            bench.say(f"| {run.task.name} | {one.name} | {figures} |")


def _honest_row(name: str, judged: Judged, seconds: float) -> str:
    outcome = judged.outcome
    if outcome.ratio is None:
        return f"| {name} | {outcome.award.standing}: {outcome.award.reason} |{' |' * 9}"
    each = "/".join(f"{timing.ratio.value:.3f}" for timing in outcome.timings if timing.ratio)
    rates = "/".join(f"{timing.gflops or 0:.0f}" for timing in outcome.timings)
    parts = "/".join(f"{timing.roofline or 0:.0%}" for timing in outcome.timings)
    alike = "/".join(f"{part:.0%}" for part in judged.alike)
    errors = "/".join(f"{error:.0e}" for error in judged.errors)
    interval = f"{outcome.ratio.low:.3f}–{outcome.ratio.high:.3f}"
    cells = [name, outcome.award.standing, f"{outcome.ratio.value:.3f}", interval, f"{outcome.award.score:.1f}"]
    return f"| {' | '.join([*cells, each, rates, parts, alike, errors, f'{seconds:.0f}'])} |"


def cheats(bench: Bench) -> None:
    """Each cheat must be refused, held, or gain nothing over the honest code that it stands on."""
    kernel = dataclasses.replace(bench.kernel, tasks=bench.kernel.tasks[:1])
    bench.say("| cheat | fares | ratio | why |\n|---|---|---|---|")
    with bench.setup() as setup:
        fair = bench.judge(setup, CONV / "baselines/cuda_im2col.py", kernel).outcome.ratio
        bound = GAIN * fair.high if fair else 0.0
        for path in sorted((FOLDER / "cheats").glob("*.py")):
            try:
                bench.say(f"| {path.stem} | {_fares(bench.judge(setup, path, kernel).outcome, bound)} |")
            except SubmissionFault as fault:
                bench.say(f"| {path.stem} | refused | | {fault} |")
            except Exception as error:
                bench.say(f"| {path.stem} | **not judged** | | {one_line(error)} |")
                bench.fail(path.stem)


def _fares(outcome: Outcome, bound: float) -> str:
    ratio = f"{outcome.ratio.value:.3f}" if outcome.ratio else ""
    fares = str(outcome.award.standing)
    if outcome.award.standing is Standing.SCORED:
        fares = "gains nothing" if outcome.ratio and outcome.ratio.value <= bound else "**GAINS**"
    return f"{fares} | {ratio} | {outcome.award.reason}"


def noise(bench: Bench, repeats: int) -> None:
    """How much the ratio of one submission's forward pass varies from run to run."""
    ratios = []
    kernel = dataclasses.replace(bench.kernel, tasks=bench.kernel.tasks[:1])
    with bench.setup() as setup:
        for repeat in range(repeats):
            outcome = bench.judge(setup, NOISY, kernel, SEED + repeat).outcome
            if outcome.ratio:
                ratios.append(outcome.ratio.value)
                bench.say(f"- run {repeat + 1}: {outcome.ratio.value:.4f}")
    if len(ratios) > 1:
        cv = statistics.stdev(ratios) / statistics.mean(ratios)
        bench.say(f"\nCoefficient of variation over {len(ratios)} runs: {cv:.1%}")
