"""attack: a chain of a hundred thousand attributes and calls, to exhaust whatever walks the tree
row: 70
layer: P: it is scanned in the sandbox
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.write_text(honest + "\n# %%\ndef total(x):\n    return x" + ".T" * 100_000 + "\n")
    return path
