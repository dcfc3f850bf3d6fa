"""`--executor`: how a command that uses a cluster ends, and what the shell completes."""

from __future__ import annotations

import os
import signal

import pytest

from autograder.cli.elsewhere import _complete, _ended_by_signals


def test_a_signal_ends_the_command_as_an_exception_does():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught, _ended_by_signals():
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _ended_by_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("begun", "values"), [("", ["local", "dask://", "slurm"]), ("s", ["slurm"]), ("x", [])])
def test_the_shell_completes_where_the_work_is_done(begun, values):
    assert _complete(None, None, begun) == values
