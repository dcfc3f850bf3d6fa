"""attack: ship numpy/, sitecustomize.py and a conftest.py beside the solution in a folder
row: 23
layer: I: one source, never on sys.path
"""

def build(folder, honest, names):
    student = folder / "student"
    (student / "numpy").mkdir(parents=True)
    (student / "numpy" / "__init__.py").write_text("raise SystemExit")
    (student / "pytest.ini").write_text("[pytest]\naddopts = --collect-only")
    (student / "solution.py").write_text(honest)
    return student
