"""Decoders of records are made once: submissions are graded in threads, and msgspec 0.22 (StructInfo_Convert) lets a
second thread see what the first has half made of a type, which ends the process."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import autograder

FILES = sorted(Path(autograder.__file__).parent.rglob("*.py"))
ATOMIC = ("msgspec.Raw",)


def typed_decodes(source: str) -> list[int]:
    """Lines of `msgspec.json.decode(…, type=X)` where X is a record."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "msgspec.json.decode"
        for keyword in node.keywords
        if keyword.arg == "type" and ast.unparse(keyword.value) not in ATOMIC
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_type_is_met_for_the_first_time_by_two_threads(path: Path) -> None:
    assert typed_decodes(path.read_text(encoding="utf-8")) == [], "make a msgspec.json.Decoder at import"


def test_a_typed_decode_is_found() -> None:
    source = "msgspec.json.decode(data, type=Report)\nmsgspec.json.decode(data, type=msgspec.Raw)\n"
    assert typed_decodes(source) == [1]
