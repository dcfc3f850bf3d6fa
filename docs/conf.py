"""The documentation site: `make docs` builds it into out/docs, and every warning is an error.

The catalogue of mistakes is made from what the assignments declare: names and sentences, never code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.assignment.discover import Declared, assignment_folders, discover
from autograder.version import VERSION

project = "dl-autograder"
release = version = VERSION
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click"]
html_theme = "furo"
html_title = f"dl-autograder {VERSION}"
myst_heading_anchors = 3
default_role = "code"  # docstrings write `name`, as Markdown does
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say what matters of them


def mistakes_of(declared: Declared) -> Iterator[str]:
    """The known mistakes of an assignment as Markdown, by entry point."""
    yield f"\n## {declared.assignment.title}\n"
    for entry_point in declared.assignment.entry_points:
        mistakes = [mistake for mistake in declared.mistakes if mistake.entry_point == entry_point.name]
        if mistakes:
            yield f"\n### `{entry_point.name}` in {declared.assignment.id}\n"
            yield "| mistake | what the student reads |\n|---|---|"
            yield from (f"| `{mistake.name}` | {_cell(mistake.says)} |" for mistake in mistakes)


def _cell(text: str) -> str:
    """`text` as it stands, in a cell of a table."""
    return "".join(f"\\{c}" if c in "\\|*_<>[]$~" else c for c in text)


def add_mistakes(app: Any, page: str, source: list[str]) -> None:
    """The catalogue, behind what docs/mistakes.md says."""
    if page == "mistakes":
        found = (discover(folder) for folder in assignment_folders(Path(__file__).parent).values())
        source[0] += "\n".join(line for declared in found for line in mistakes_of(declared)) + "\n"


def setup(app: Any) -> None:
    app.connect("source-read", add_mistakes)
