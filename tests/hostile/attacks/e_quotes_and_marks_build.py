"""attack: unclosed quotes between section marks, to make the reader slow
row: 70
layer: I: one pass over the text
"""

def build(folder, honest, names):
    path = folder / "solution.py"
    path.write_text(honest + "'''\\\"# %%\n" * 20_000)
    return path
