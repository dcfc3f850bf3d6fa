"""attack: 250 KB of one expression, to exhaust the compiler's stack
row: 70
layer: P: it is parsed in the sandbox
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.write_text(honest + "\nx = " + "1+" * 120_000 + "1\n")
    return path
