"""attack: inject markup through the name of the file
row: 29
layer: T: every sink escapes
"""

def build(folder, honest, names):
    path = folder / "=1+1<img src=x onerror=alert(1)>\x1b[31m\u202e.py"
    path.write_text(honest)
    return path
