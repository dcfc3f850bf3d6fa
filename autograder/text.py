"""Small things of text and files that every part needs: what was probably meant, and files that are written whole."""

from __future__ import annotations

import difflib
import io
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path


def hint(name: str, known: Iterable[str], otherwise: str = "there are {}.") -> str:
    """What was probably meant by `name`: "did you mean relu?" where one of `known` is near, else the list of all in
    the words of `otherwise`."""
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    return f"did you mean {near[0]}?" if near else otherwise.format(", ".join(names) or "none here")


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to the file `path`, or leave what was there: another process never reads half of it. A part that
    could not be written is removed; OSError as it comes."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def zipped(files: Mapping[str, bytes]) -> bytes:
    """`files`, by their path, as a zip: equal files give equal bytes, and what starts with `#!` may be executed."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(
                name, (1980, 1, 1, 0, 0, 0)
            )  # a zip holds a time; a fixed one keeps the bytes equal
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if files[name].startswith(b"#!") else 0o644) << 16
            archive.writestr(entry, files[name])
    return data.getvalue()
