"""Where statements begin, without parsing: a hostile source can exhaust a parser, so the grader never calls one."""

from __future__ import annotations

import re

# Each pattern is one choice between fixed tokens, so a search is linear in what it passes over.
_IN_CODE = re.compile(r"""'''|\"\"\"|['"#()\[\]{}]|\\\Z""")
_IN_STRING = {quote: re.compile(rf"\\.?|{quote}") for quote in ("'", '"', "'''", '"""')}


class Scanner:
    """Follows strings, comments and brackets line by line; `fresh` says whether the next line begins a statement.

    An f-string that nests its own quotes (Python 3.12) is taken for two strings with code between, which keeps the
    quotes balanced all the same.
    """

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._joined = False

    @property
    def fresh(self) -> bool:
        return not self._quote and not self._depth and not self._joined

    @property
    def quoted(self) -> bool:
        """Whether the next line begins inside a string."""
        return bool(self._quote)

    def feed(self, line: str) -> None:
        """Pass over `line`, which holds no newline."""
        self._joined = False
        at = 0
        while match := (_IN_STRING[self._quote] if self._quote else _IN_CODE).search(line, at):
            at = match.end()
            token = match[0]
            if self._quote:
                self._pass_string(token)
            elif token == "#":
                return
            else:
                self._pass_code(token)
        if len(self._quote) == 1 and not self._joined:  # a plain string ends with its line, closed or not
            self._quote = ""

    def _pass_string(self, token: str) -> None:
        if token == self._quote:
            self._quote = ""
        else:
            self._joined = token == "\\"  # nothing behind it: the line goes on

    def _pass_code(self, token: str) -> None:
        if token in _IN_STRING:
            self._quote = token
        elif token == "\\":
            self._joined = True
        elif token in "([{":
            self._depth += 1
        else:
            self._depth = max(0, self._depth - 1)
