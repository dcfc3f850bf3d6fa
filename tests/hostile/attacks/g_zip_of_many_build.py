"""attack: a zip of thousands of members
row: 78
layer: I: number of members
"""

import zipfile


def build(folder, honest, names):
    path = folder / "solution.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5000):
            archive.writestr(f"{number}.txt", "")
        archive.writestr("solution.py", honest)
    return path
