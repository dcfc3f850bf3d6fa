"""attack: a zip whose sizes are not what it says
row: 78
layer: I: no header is believed
"""

import zipfile


def build(folder, honest, names):
    path = folder / "solution.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("solution.py", b"#" * 50_000_000)
    data = path.read_bytes()
    path.write_bytes(data.replace((50_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    return path
