"""`python -m bench.cheats`: every cheat of tests/hostile/speed, in the eyes of the usual harness and of the speed tier.

Prints docs/speed-cheats.md, or with names of cheats their rows. The usual harness times a cheat in its own process; the
speed tier's ratio is to the honest code that the cheat builds on, timed in the same run, the middle of three runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.hostile.speed.cheat_trial import ASSIGNMENTS, CHEATS, HERE, Trial, attempt

RUNS = 3
PATIENCE_S = 120
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # as in the sandbox
HEAD = """\
# Cheats against the speed tier

Made by `python -m bench.cheats`, on {machine}. Each row is a file of `tests/hostile/speed/cheats`, which
says where the idea was seen. *Usual harness*: how much faster than the honest code a harness in one process finds the
cheat (warm up, read a clock around calls on the same inputs, compare one answer), if it takes the answer for right.
*Here*: what becomes of it in the speed tier, and its speed against the honest code, timed in the same run, as the
middle of three runs with its 90 % interval; 1 is nothing gained.

| cheat | usual harness | here | against the honest code | what stops it |
|---|---|---|---|---|
"""


def main() -> None:
    """Print the table, or the rows of the cheats that are named."""
    if named := sys.argv[1:]:
        for name in named:
            _row(CHEATS / f"{name}.py")
        return
    honest = ASSIGNMENTS / "speed_product" / "baselines" / "honest.py"
    trial = _middle(honest)
    print(f"{HEAD.format(machine=trial.machine)}| the honest code itself | {_usual(honest)} | {_here(trial)} | |")
    for path in sorted(CHEATS.glob("*.py")):
        _row(path)


def _row(path: Path) -> None:
    idea, _, stops = (line.partition(": ")[2] for line in path.read_text(encoding="utf-8").splitlines()[:3])
    print(f"| `{path.stem}`: {idea} | {_usual(path)} | {_here(_middle(path))} | {stops} |", flush=True)


def _middle(path: Path) -> Trial:
    """The trial with the median gain; one is enough of a cheat that is refused."""
    trials = [attempt(path)]
    while trials[-1].gain and len(trials) < RUNS:
        trials.append(attempt(path))
    return sorted(trials, key=lambda trial: trial.gain.value if trial.gain else 0.0)[len(trials) // 2]


def _here(trial: Trial) -> str:
    """The speed tier's two columns."""
    gain = trial.gain
    return f"{trial.standing} | {gain.value:.2f} ({gain.low:.2f}–{gain.high:.2f})" if gain else f"{trial.standing} |"


def _usual(path: Path) -> str:
    """The usual harness's opinion, from a process of its own."""
    command = [sys.executable, str(HERE / "naive_harness.py"), str(path)]
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=PATIENCE_S, env={**os.environ, **ONE_THREAD}
    )
    if done.returncode or not done.stdout:
        return "ends"
    found = json.loads(done.stdout.splitlines()[-1])
    faster = found["faster"]
    return (f"{faster:,.0f} ×" if faster >= 10 else f"{faster:.1f} ×") if found["right"] else "wrong"


if __name__ == "__main__":
    main()
