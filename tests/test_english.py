"""Phrases that must not come back into what people read: messages, docstrings, comments, documents, templates.

CONTRIBUTING.md has the rules. Each phrase stands here with what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PHRASES = {
    r"(?<!there )(?:is|are|was|were) no (?!more|less|\w+er\b)\w+": "is not a …",
    r"\bno valid\b": "not a valid …",
    r"(?:not |nowhere )to be had": "not available",
    r"\b(?:that|which|then|who) (?:is|are) none\b": "name what it is instead",
    r"\b(?:the|same|own|twenty|a hundred|a|its) papers?\b(?! by| of)": "cases, or the grading seed",
    r"\bmeet (?:a failure|it|them) again": "repeat a failure",
}
# These quote a phrase in order to forbid it.
QUOTED = {"tests/test_english.py", "CONTRIBUTING.md"}
KINDS = {".py", ".md", ".txt", ".toml", ".j2", ".yml", ".css"}


def documents() -> list[Path]:
    """Everything of ours that people read, without what students hand in and the templates made from references."""
    tops = ("autograder", "assignments", "reference", "docs", "bench")
    found = [path for top in tops for path in sorted((ROOT / top).rglob("*")) if path.suffix in KINDS]
    found += [*ROOT.glob("*.md"), *(ROOT / "tests").glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    return [
        path
        for path in found
        if not ({"submissions", "gpu_submissions", "_build"} & set(path.parts[:-1])) and name(path) not in QUOTED
    ]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def found_in(text: str) -> list[str]:
    """`line: phrase; write: …` for each phrase in `text`, also where a line, a comment or a string ends within it."""
    words = [
        (word, number)
        for number, line in enumerate(text.splitlines(), start=1)
        for word in (re.sub(r"^(#:?|[frb]*[\"']+)|[\"']+$", "", part) for part in line.split())
        if word
    ]
    joined = " ".join(word for word, _ in words)
    return [
        f"{words[joined.count(' ', 0, match.start())][1]}: {match[0]!r}; write: {instead}"
        for phrase, instead in PHRASES.items()
        for match in re.finditer(phrase, joined, re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", documents(), ids=name)
def test_the_english_is_plain(path):
    assert found_in(path.read_text(encoding="utf-8")) == []


def test_there_is_something_to_read():
    assert len(documents()) > 200


# ── the tester, tested ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "ada.py is no notebook",
        'say(f"{token} is "\n    f"no replay token")',
        "# a list that\n# is none",
        "bubblewrap is not to be had here",
        "this is\nno valid answer",
        "graded under twenty papers",
        "the same paper for everybody",
        "To meet it again:",
    ],
)
def test_a_phrase_is_found(text):
    assert len(found_in(text)) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "There is no assignment 'conv'",
        "it is no longer than the other",
        "ada.py is not a notebook",
        "if value is None or torch is none of them: work it out on paper",
        "the paper by Kingma and Ba",
    ],
)
def test_plain_english_passes(text):
    assert found_in(text) == []


def test_the_place_is_named():
    assert found_in("x = 1\n# what is\n# no array") == ["2: 'is no array'; write: is not a …"]
