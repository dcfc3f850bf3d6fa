"""attack: more source than a submission may have
row: 70
layer: I: size cap
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.write_text(honest + "# " + "x" * 300_000)
    return path
