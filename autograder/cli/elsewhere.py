"""`--executor`: this machine, a Dask cluster, or SLURM jobs."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from autograder.cluster import Cluster

SLURM_JOBS = 4  # asked for where --jobs does not say; not more than there are submissions


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [value for value in ("local", "dask://", "slurm") if value.startswith(incomplete)]


EXECUTOR = click.option(
    "--executor",
    default="local",
    metavar="local|dask://HOST:PORT|slurm",
    shell_complete=_complete,
    help="Where the work is done: on this machine, by the workers of a Dask scheduler, or in SLURM jobs that are "
    "submitted for this command.",
    show_default=True,
)


@contextlib.contextmanager
def opened(where: str, jobs: int | None, count: int, offers: Mapping[str, float] | None = None) -> Iterator[Cluster]:
    """The cluster `where`, for `count` submissions. Workers that are started for it offer the resources `offers`."""
    from autograder.cluster import connect

    with _ended_by_signals():
        if where == "slurm":
            from autograder.slurm import slurm_cluster

            asked = jobs or max(1, min(SLURM_JOBS, count))
            with slurm_cluster(asked, lambda sentence: click.echo(sentence, err=True), offers) as cluster:
                yield cluster
        else:
            with connect(where) as cluster:
                yield cluster


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the command as an exception does, so that jobs are cancelled and credentials removed. What
    is ignored stays so: nohup ignores SIGHUP."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, end) for number in heard]
    try:
        yield
    finally:
        for number, handler in zip(heard, before, strict=True):
            signal.signal(number, handler)
