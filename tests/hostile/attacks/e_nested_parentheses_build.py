"""attack: a hundred thousand parentheses, to exhaust the parser's stack
row: 70
layer: P: it is parsed in the sandbox
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.write_text(honest + "\nx = " + "(" * 100_000 + ")" * 100_000 + "\n")
    return path
