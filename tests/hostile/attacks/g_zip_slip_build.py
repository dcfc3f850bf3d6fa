"""attack: a zip whose members climb out of it
row: 77
layer: I: nothing is extracted; such names are refused
"""

import zipfile


def build(folder, honest, names):
    path = folder / "solution.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("solution.py", honest)
        archive.writestr("../../../../../../../../tmp/" + names["MARK"] + "-slipped.py", honest)
        archive.writestr("/tmp/" + names["MARK"] + "-slipped", honest)
    return path
