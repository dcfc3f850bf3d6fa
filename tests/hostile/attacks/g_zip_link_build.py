"""attack: a zip that holds a symbolic link to a secret
row: 77
layer: I: regular members alone
"""

import stat
import zipfile


def build(folder, honest, names):
    path = folder / "solution.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        link = zipfile.ZipInfo("solution.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, names["CANARY"])
    return path
