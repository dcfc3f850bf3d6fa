"""`check(…)` in a real JupyterLab in headless Chromium, run by hand: it takes half a minute of CPU.

    python tests/e2e/check_in_jupyterlab.py COURSE OUT

COURSE is a folder in which `check("conv2d_forward")` finds its assignment, an unpacked bundle for one. A right, a
wrong, a crashing and an endless solution are run one after the other; behind each the kernel must answer. Screenshots
of the whole notebook, light and dark, are written to OUT, to be looked at.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:2]]
from nbgrader_browser import BIN, CHROMIUM, TOKEN, _answers, free_port  # noqa: E402

RIGHT = """\
%%check conv2d_forward
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

def conv2d_forward(x, w, b, stride=1, pad=0):
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    views = sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijkl,fckl->nfij", views, w) + b[:, None, None], (x, w, b, stride, pad)
"""
WRONG = RIGHT.replace("(pad, pad)))", "(pad, pad)), mode='edge')")
CRASHING = RIGHT.replace("    padded = ", "    import ctypes; ctypes.string_at(0)\n    padded = ")
ENDLESS = RIGHT.replace("    padded = ", "    while pad >= 0:\n        stride += 1\n    padded = ")
CELLS = ["from autograder import check\nkept = [1, 2]", RIGHT, WRONG, CRASHING, ENDLESS]
ALIVE = "kept.append(3); kept"
THEMES = ("JupyterLab Light", "JupyterLab Dark")


class Page:
    """One page of a browser, over the Chrome DevTools Protocol."""

    def __init__(self, port: int) -> None:
        pages = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/json").read())
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        self._socket = websocket.create_connection(address, timeout=120, suppress_origin=True)
        self._number = 0

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            reply = json.loads(self._socket.recv())
            if reply.get("id") == self._number:
                assert "error" not in reply, reply
                return reply["result"]

    def value(self, script: str) -> Any:
        """What a script comes to, once its promise is kept."""
        found = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, script: str, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not self.value(script):
            assert time.monotonic() < deadline, f"never true: {script}"
            time.sleep(0.3)

    def screenshot(self, path: Path) -> None:
        data = self.send("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))


@contextlib.contextmanager
def jupyterlab(folder: Path, home: Path) -> Iterator[str]:
    port = free_port()
    options = (f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}")
    environment = {**os.environ, "HOME": str(home), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [str(BIN / "jupyter-lab"), "--no-browser", "--allow-root", "--LabApp.expose_app_in_browser=True", *options],
            cwd=folder, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        while not _answers(f"{address}/api/status"):
            assert server.poll() is None, (home / "server.log").read_text()[-2000:]
            time.sleep(0.3)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@contextlib.contextmanager
def browser(profile: Path, address: str) -> Iterator[Page]:
    port = free_port()
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1100,2600")
    running = subprocess.Popen(
        [str(CHROMIUM), *flags, f"--remote-debugging-port={port}", f"--user-data-dir={profile}", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(f"http://127.0.0.1:{port}/json/version"):
            time.sleep(0.2)
        yield Page(port)
    finally:
        running.terminate()
        running.wait(30)


def notebook() -> dict[str, Any]:
    sources = [CELLS[0], *(source for cell in CELLS[1:] for source in (cell, ALIVE))]
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for n, source in enumerate(sources)
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def outputs(page: Page) -> list[str]:
    """The text that each cell shows."""
    return page.value(
        "[...document.querySelectorAll('.jp-CodeCell')].map(cell => "
        "[...cell.querySelectorAll('.jp-OutputArea-output')].map(one => one.innerText).join('\\n'))"
    )


def main(course: Path, out: Path) -> None:
    """Run everything, and look at what the cells show."""
    out.mkdir(parents=True, exist_ok=True)
    (course / "in_jupyterlab.ipynb").write_text(json.dumps(notebook()))
    home = Path(tempfile.mkdtemp())
    with (
        jupyterlab(course, home) as address,
        browser(home / "profile", f"{address}/lab/tree/in_jupyterlab.ipynb?token={TOKEN}") as page,
    ):
        page.wait("!!window.jupyterapp && document.querySelectorAll('.jp-CodeCell').length >= 9")
        page.wait("!!document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')")
        page.value("void jupyterapp.commands.execute('notebook:run-all-cells')")
        page.value("jupyterapp.commands.execute('application:toggle-left-area')")
        page.wait("[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(p => /\\d/.test(p.innerText))")
        time.sleep(1)
        shown = outputs(page)
        for theme in THEMES:
            page.value(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: '{theme}'}})")
            time.sleep(2)
            page.screenshot(out / f"{theme.split()[1].lower()}.png")
    (course / "in_jupyterlab.ipynb").unlink()
    shutil.rmtree(home, ignore_errors=True)
    for number, text in enumerate(shown):
        sys.stdout.write(f"── cell {number}\n{text}\n")
    for number, (words, alive) in enumerate(
        zip(("passed", "FAIL", "SIGSEGV", "TIMEOUT"), ("[1, 2, 3]", "3, 3]", "3, 3, 3]", "3, 3, 3, 3]"), strict=True)
    ):
        assert words in shown[1 + 2 * number], (words, shown[1 + 2 * number])
        assert shown[2 + 2 * number].endswith(alive), "the kernel is not what it was"


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
