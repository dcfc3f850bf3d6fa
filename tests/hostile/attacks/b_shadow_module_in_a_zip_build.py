"""attack: ship a numpy.py beside the solution in a zip
row: 23
layer: I: one source, never on sys.path
"""

import zipfile


def build(folder, honest, names):
    path = folder / "solution.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("solution.py", honest)
        archive.writestr("numpy.py", "def allclose(*a): return True")
    return path
