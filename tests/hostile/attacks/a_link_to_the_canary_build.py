"""attack: hand in a symbolic link to a secret file, to have it shown back
row: 14
layer: I: O_NOFOLLOW
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.symlink_to(names["CANARY"])
    return path
