"""Every cheat of the catalogue against the speed tier: refused, or nothing gained."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cheat_trial import ASSIGNMENTS, CHEATS, HERE, attempt, expectations

from autograder.errors import IsolationUnavailable
from autograder.model import Level, Standing
from autograder.sandbox.isolation import choose, hold

EXPECTED = expectations()
REFUSED = sorted(name for name, reason in EXPECTED.items() if reason)
HARMLESS = sorted(name for name, reason in EXPECTED.items() if not reason)
NOTHING = 1.05  # times the speed of the honest code, timed in the same run
# What a cheat gains, it gains each time; the noise of six launches on a busy machine is another each time.
TRIES = 3


@pytest.fixture(autouse=True, scope="module")
def isolated() -> None:
    """Cheats are tried where submissions are graded, and nowhere else."""
    try:
        choose(None)
    except IsolationUnavailable as error:
        pytest.skip(str(error))


def test_every_cheat_is_expected() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in CHEATS.glob("*.py"))
    assert len(EXPECTED) >= 40


@pytest.mark.parametrize("cheat", sorted(EXPECTED))
def test_cheat_says_what_it_is_and_where_it_was_seen(cheat: str) -> None:
    first, second, third = (CHEATS / f"{cheat}.py").read_text(encoding="utf-8").splitlines()[:3]
    assert first.startswith('"""cheat: ')
    assert second.startswith("seen: ")
    assert third.startswith("stops it: ")


@pytest.mark.parametrize("cheat", REFUSED)
def test_cheat_is_refused(cheat: str) -> None:
    trial = attempt(CHEATS / f"{cheat}.py")
    assert trial.standing is Standing.REFUSED
    assert re.search(EXPECTED[cheat], trial.reason), trial.reason


@pytest.mark.parametrize("cheat", HARMLESS)
def test_cheat_gains_nothing(cheat: str) -> None:
    gains = []
    for _ in range(TRIES):
        trial = attempt(CHEATS / f"{cheat}.py")
        assert trial.standing is not Standing.REFUSED, trial.reason
        assert trial.gain is not None
        gains.append(trial.gain.low)
        if trial.gain.low <= NOTHING:
            return
    pytest.fail(f"{cheat} was faster than the honest code every time: {gains}")


def test_where_a_helper_can_be_started_no_time_counts_unseen() -> None:
    trial = attempt(CHEATS / "fork_a_helper.py", hold(Level.PROCESS))
    assert trial.standing in (Standing.HELD, Standing.REFUSED)
    assert re.search("a person looks before the points count|times the machine's peak", trial.reason)


def test_honest_code_is_scored() -> None:
    gains = []
    for _ in range(TRIES):
        honest = attempt(ASSIGNMENTS / "speed_product" / "baselines" / "honest.py")
        assert honest.standing in (Standing.SCORED, Standing.HELD)  # held when noise makes it beat the library by 10 %
        assert honest.gain is not None
        # 0.92 to 1.05 in twelve runs on a machine that was busy with others
        if honest.gain.low <= 1.15 and honest.gain.high >= 0.85:
            return
        gains.append(honest.gain)
    pytest.fail(f"honest code was not as fast as itself in any try: {gains}")


def test_an_honest_race_is_scored(tmp_path: Path) -> None:
    trainer = shutil.copy(ASSIGNMENTS / "speed_race" / "baselines" / "sgd.py", tmp_path / "race_honest.py")
    assert attempt(Path(trainer)).standing is Standing.SCORED


@pytest.mark.parametrize("cheat", ["patch_the_clock", "memo_by_address", "race_commit_then_train"])
def test_the_usual_harness_believes_it(cheat: str) -> None:
    command = [sys.executable, str(HERE / "naive_harness.py"), str(CHEATS / f"{cheat}.py")]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as in the sandbox
    found = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120, env=env).stdout)
    assert found["right"]
    assert found["faster"] > 5
