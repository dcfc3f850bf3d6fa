"""Golden files: what a command or a renderer writes, kept under tests/golden, compared to the letter.

`AUTOGRADER_GOLDEN=write pytest …` writes them anew; read the difference before it is committed."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def golden(name, text):
    """`text` is what tests/golden/`name` holds."""
    path = FOLDER / name
    if os.environ.get("AUTOGRADER_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode(), f"{path.name} differs; AUTOGRADER_GOLDEN=write writes it anew"
