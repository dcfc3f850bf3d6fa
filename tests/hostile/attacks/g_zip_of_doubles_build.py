"""attack: a zip with two members of one name: one to be scanned, one to be run
row: 78
layer: I: names are unique
"""

import zipfile


def build(folder, honest, names):
    path = folder / "solution.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("solution.py", honest)
        archive.writestr("SOLUTION.py", "import torch")
    return path
