"""The pages of a course as a person meets them: a Jupyter server with the formgrader, and a headless browser."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from nbgrader_course import BIN, NbCourse

TOKEN = "for-this-test"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1100,1500",
    "--virtual-time-budget=8000",
    "--timeout=30000",
)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def formgrader(course: NbCourse, home: Path) -> Iterator[str]:
    """The address of a server that serves `course`; it ends with the context."""
    port = free_port()
    environment = {**os.environ, "HOME": str(home), "JUPYTER_PLATFORM_DIRS": "1", "PYTHONWARNINGS": "ignore"}
    options = (f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={course.root}")
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [str(BIN / "jupyter-server"), "--no-browser", "--allow-root", *options],
            cwd=course.root, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 90
        while not _answers(f"{address}/api/status"):
            assert server.poll() is None, (home / "server.log").read_text()[-2000:]
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.3)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        ask(address)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def ask(address: str, method: str = "GET") -> str:
    """What the server says at `address`."""
    request = urllib.request.Request(address, method=method, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return reply.read().decode()


def press_autograde(address: str, slug: str, student: str) -> dict[str, object]:
    """The formgrader's button."""
    return json.loads(ask(f"{address}/formgrader/api/submission/{slug}/{student}/autograde", "POST"))


def screenshot(address: str, path: Path, profile: Path) -> str:
    """Open `address`, write what is seen to `path`, and return the page as the browser has it after its scripts ran."""
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", f"--screenshot={path}", "--dump-dom", address]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
