"""`python -m bench.gpu` where there is no GPU, and where a part of it fails."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from autograder.model import Isolation, Level

ROOT = Path(__file__).parents[3]


@pytest.fixture
def gpu(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from bench import gpu_trials

    return gpu_trials


def main(gpu):
    return importlib.import_module("bench.gpu").main


def test_without_what_it_needs_it_says_what_to_install(gpu, monkeypatch, capsys):
    monkeypatch.setattr(importlib.import_module("bench.gpu"), "NEEDED", ("numpy", "no_such_package"))
    assert main(gpu)([]) == 2
    assert capsys.readouterr().err == "The speed tier cannot be tried here: pip install no_such_package.\n"


def test_without_a_gpu_it_ends_with_a_sentence(gpu, monkeypatch, capsys):
    monkeypatch.setattr(gpu.cuda_device, "without_cuda", lambda: "torch finds no CUDA device here")
    assert main(gpu)([]) == 2
    said = capsys.readouterr()
    assert said.err == "The speed tier cannot be tried on a GPU here: torch finds no CUDA device here.\n"
    assert said.out == ""


def test_a_part_that_fails_does_not_lose_the_rest(gpu, monkeypatch, capsys, tmp_path):
    def broken(bench):
        raise RuntimeError("CUDA error: unspecified launch failure")

    page = tmp_path / "page" / "gpu.md"
    monkeypatch.setattr(gpu, "routes", broken)
    monkeypatch.setattr(gpu, "isolation", lambda options: Isolation(Level.PROCESS, {}))
    monkeypatch.setattr(gpu.cuda_device, "gpu_state", lambda when: {f"clocks.sm {when}": "1980 MHz"})
    assert main(gpu)(["--rehearse", "--only", "routes", "after", "--save", str(page)]) == 1
    text = page.read_text(encoding="utf-8")
    assert "This part failed: RuntimeError: CUDA error: unspecified launch failure" in text
    assert "- clocks.sm after: 1980 MHz" in text
    assert text.index("clocks.sm after") < text.index("## What failed") < text.index("Traceback")
    assert capsys.readouterr().out.strip() == text.strip()


def test_every_cheat_is_a_file_that_says_what_it_does(gpu):
    files = sorted((gpu.FOLDER / "cheats").glob("*.py"))
    assert len(files) >= 8
    for path in [*files, *gpu.HONEST]:
        source = path.read_text(encoding="utf-8")
        assert source.startswith('"""'), path
        assert "def conv2d_fast_forward(x, w, b, stride=1, pad=0):" in source, path
