"""Pairs of submissions that share passages which few others have: something to look at, and never a score.

Winnowing (Schleimer, Wilkerson, Aiken: "Winnowing: local algorithms for document fingerprinting", 2003) over normalised
tokens: names that a student chooses, numbers, strings and the layout do not count. What the template holds is taken
out, and so is what many have, since a formula can be written in few ways. A run of GUARANTEED tokens that two share is
always found. Nothing that a student wrote is parsed: tokens are told apart by a regular expression.
"""

from __future__ import annotations

import itertools
import keyword
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.model import Cell, GradeReport

GRAM, WINDOW = 14, 7  # tokens in a fingerprint, and fingerprints of which one is kept
GUARANTEED = GRAM + WINDOW - 1
COMMON = 0.1  # of the class: a passage that more than these have tells nothing of two of them
FEW = 3  # and these in a small class
MOST = 30  # pairs on a page
LEAST = 3  # lines: less is what any two people write
_TOKEN = re.compile(
    r"(?P<none>#[^\n]*|\s+)"
    r"|(?P<text>[rRbBuUfF]{0,2}(?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'))"
    r"|(?P<number>\d[\w.]*)|(?P<attribute>\.\s*[^\W\d]\w*)|(?P<name>\w+)|(?P<sign>.)"
)


@dataclass(frozen=True)
class Code:
    """A submission's code: its lines, and its fingerprints with the lines on which they begin and end."""

    lines: tuple[str, ...]
    prints: Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Pair:
    """Two submissions, by their place in the class, and the lines of each that stand in passages which they share."""

    one: int
    other: int
    passages: int
    same_file: bool
    one_lines: frozenset[int]
    other_lines: frozenset[int]


def code(cells: Sequence[Cell], template: str) -> Code:
    """The code in `cells`, without the lines of `template`."""
    given = {line.strip() for line in template.split("\n")}
    lines = [line for cell in cells for line in cell.source.split("\n")]
    tokens = list(_tokens("\n".join("" if line.strip() in given else line for line in lines)))
    return Code(tuple(lines), dict(_winnowed(tokens)))


def pairs(reports: Sequence[GradeReport], codes: Sequence[Code], most: int = MOST) -> list[Pair]:
    """The `most` pairs that share the most lines in passages that few have, the most first."""
    holders: dict[int, list[int]] = {}
    for who, one in enumerate(codes):
        for mark in one.prints:
            holders.setdefault(mark, []).append(who)
    limit = max(FEW, int(COMMON * len(codes)))
    rare = {mark: who for mark, who in holders.items() if 1 < len(who) <= limit}
    shared = Counter(pair for who in rare.values() for pair in itertools.combinations(who, 2))
    found = [_pair(reports, codes, one, other, rare) for (one, other), _ in shared.most_common(4 * most)]
    found = [pair for pair in found if min(len(pair.one_lines), len(pair.other_lines)) >= LEAST]
    return sorted(found, key=lambda pair: (-len(pair.one_lines | pair.other_lines), pair.one, pair.other))[:most]


def _pair(
    reports: Sequence[GradeReport], codes: Sequence[Code], one: int, other: int, rare: Mapping[int, Sequence[int]]
) -> Pair:
    marks = [mark for mark in codes[one].prints if mark in codes[other].prints and mark in rare]
    left, right = (_lines(codes[who], marks) for who in (one, other))
    same = reports[one].submission.sha256 == reports[other].submission.sha256
    return Pair(one, other, _runs(left), same, left, right)


def _lines(of: Code, marks: Sequence[int]) -> frozenset[int]:
    return frozenset(n for mark in marks for n in range(of.prints[mark][0], of.prints[mark][1] + 1))


def _runs(lines: frozenset[int]) -> int:
    return sum(number - 1 not in lines for number in lines)


def _tokens(source: str) -> Iterator[tuple[str, int]]:
    """(token, its line from 0): names that a student chooses are all one, keywords and attributes are themselves."""
    line = 0
    for found in _TOKEN.finditer(source):
        kind, text = found.lastgroup, found[0]
        if kind == "name":
            yield (text if keyword.iskeyword(text) else "name"), line
        elif kind in ("text", "number"):
            yield kind, line
        elif kind != "none":
            yield "".join(text.split()), line
        line += text.count("\n")


def _winnowed(tokens: Sequence[tuple[str, int]]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Of each window of hashes the smallest, the last of equal ones, with the lines of its tokens."""
    words = [word for word, _ in tokens]
    hashes = [zlib.crc32(" ".join(words[i : i + GRAM]).encode()) for i in range(len(words) - GRAM + 1)]
    for start in range(max(len(hashes) - WINDOW + 1, min(len(hashes), 1))):
        window = hashes[start : start + WINDOW]
        at = start + len(window) - 1 - window[::-1].index(min(window))
        yield hashes[at], (tokens[at][1], tokens[at + GRAM - 1][1])
