"""attack: tens of thousands of section marks and quotes, to make the reader slow
row: 70
layer: I: number of pieces; no backtracking
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.write_text(honest + "# %%\nx = 1\n" * 12_000)
    return path
