"""Prompts that were pasted with the code, which IPython takes off before it runs a cell.

As in IPython 9 (`inputtransformer2.PromptStripper`): `>>> ` wherever a line begins with it, and with it `... `;
`In [1]: ` and `   ...: ` where one of the first two lines begins with them. Inside strings nothing is taken off.
"""

from __future__ import annotations

import re

from autograder.submission.statements import Scanner

_CLASSIC = re.compile(r"^[ \t]*(?:>>>|\.\.\.)[ \t]?")
_CLASSIC_FIRST = re.compile(r"^[ \t]*>>>", re.MULTILINE)
_IPYTHON = re.compile(r"^(?:(?:(?:\[nav\]|\[ins\])? )?In \[\d+\]: |[ \t]*\.{3,}: ?)")


def without_prompts(source: str) -> str:
    """`source` without its prompts; every line stays on its line."""
    lines = source.split("\n")
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if any(_IPYTHON.match(line) for line in lines[start : start + 2]):
        return "\n".join(_IPYTHON.sub("", line, count=1) for line in lines)
    return _without_classic(lines) if _CLASSIC_FIRST.search(source) else source


def _without_classic(lines: list[str]) -> str:
    scanner = Scanner()
    kept, prompted = [], False
    for line in lines:
        if not scanner.quoted:
            prompted = prompted or _CLASSIC_FIRST.match(line) is not None
            line = _CLASSIC.sub("", line, count=1) if prompted else line
        scanner.feed(line)
        kept.append(line)
    return "\n".join(kept)
