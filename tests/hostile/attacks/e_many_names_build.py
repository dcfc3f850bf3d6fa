"""attack: a hundred thousand names in one statement, to make the scan quadratic
row: 70
layer: D: CPU time of the scan
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.write_text(honest + "\n# %%\n" + "".join(f"a{i:x}=" for i in range(30_000)) + "0\n")
    return path
