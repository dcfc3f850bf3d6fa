"""attack: a zip of kilobytes that unpacks to 100 MB
row: 78
layer: I: caps before inflating
"""

import zipfile


def build(folder, honest, names):
    path = folder / "solution.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("solution.py", b"#" * 100_000_000)
    return path
