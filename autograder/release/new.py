"""A new assignment to start from: small, and everything in it works and can be proved."""

from __future__ import annotations

import keyword
from importlib import resources
from pathlib import Path

from autograder.errors import AutograderError
from autograder.model import SLUG

SUFFIX = ".txt"  # the skeleton is not code of this package: no tool should import, lint or compile it


def scaffold(slug: str, root: Path) -> list[Path]:
    """Create `reference/<slug>.py` and `assignments/<slug>/` under `root`; returns the files, in that order.

    Raises AutograderError for a name that no assignment may have, or when something is already there."""
    if not SLUG.fullmatch(slug) or keyword.iskeyword(slug):
        raise AutograderError(
            f"{slug!r} cannot name an assignment; use lower-case letters, digits and _, starting with a letter, "
            "and not a keyword of Python."
        )
    reference, folder = root / "reference" / f"{slug}.py", root / "assignments" / slug
    for path in (reference, folder):
        if path.exists():
            raise AutograderError(f"{path} is already there; choose another name, or remove it.")
    skeleton = Path(str(resources.files("autograder.release") / "skeleton"))
    sources = {reference: skeleton / f"reference.py{SUFFIX}"}
    for source in sorted(skeleton.glob(f"assignment/**/*{SUFFIX}")):
        sources[folder / source.relative_to(skeleton / "assignment").with_suffix("")] = source
    for path, source in sources.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8").replace("@title@", slug.replace("_", " ").capitalize())
        path.write_text(text, encoding="utf-8")
    return list(sources)
