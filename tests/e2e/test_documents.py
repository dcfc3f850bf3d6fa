"""Commands in README and docs work as they stand."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli import COMMANDS, cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path) -> list[str]:
    """Fenced blocks without a language."""
    return re.findall(r"^```\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[str]:
    """Every command in code, in a block or in a line, without comments and prompts."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in blocks(page) for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", text)
    bare = (re.sub(r"\s+#.*|^\$ |^!", "", line).removeprefix(".venv/bin/") for line in lines)
    return [line for line in bare if re.match(r"(autograder|make) ", line) and "…" not in line and "|" not in line]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_options_and_targets_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in commands(page):
        program, first, *rest = shlex.split(line)
        if program == "make":
            assert first in targets, line
            continue
        if not re.fullmatch("[a-z]+", first):
            continue
        assert first in COMMANDS, line
        command = cli.get_command(None, first)
        command = getattr(command, "commands", {}).get(rest[0] if rest else "", command)
        known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
        assert {word.split("=")[0] for word in rest if word.startswith("--")} <= known, line


def test_the_instructors_page_can_be_pasted(tmp_path):
    page = ROOT / "docs" / "instructors.md"
    lines = [line for block in blocks(page) for line in block.splitlines()]
    assert len(lines) >= 7
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for line in lines:
        if line.startswith("autograder doctor"):
            continue  # ends with 1 where submissions cannot be isolated
        # where nothing isolates, `grade` refuses; the page's commands are shown all the same
        asked = f"{line} --isolation process" if line.startswith("autograder grade") else line
        if line.startswith("autograder prove"):
            continue  # tests/unit/release/test_new.py proves what `new` writes
        done = subprocess.run(
            shlex.split(asked), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert (tmp_path / "results" / "report.html").is_file()
    assert list((tmp_path / "results" / "feedback").glob("*.html"))
