"""The arrows of the design, held by reading imports: which part may know which."""

from __future__ import annotations

import ast
import collections
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# The stages, each of which knows the records, the errors, the wire and itself.
STAGES = ("assignment", "submission", "sandbox", "checks", "diagnosis", "score", "reports", "release", "speed")
COMMON = (
    "autograder.model",
    "autograder.errors",
    "autograder.patience",
    "autograder.wire",
    "autograder.text",
    "autograder.version",
)

# What joins the stages and may therefore import them.
JOINERS = (
    "examine",
    "explain",
    "pipeline",
    "cluster",
    "slurm",
    "timing",
    "replay",
    "practice",
    "rehearsal",
    "script",
    "student",
    "notebook",
    "kernel",
    "prove",
    "nbgrader",
    "pytest_plugin",
    "cli",
)

# Every exception to "a stage knows only itself", with its reason.
EXCEPTIONS = {
    (
        "autograder/sandbox/",
        "autograder.worker",
    ): "it starts the worker and probes its confinement; local runs its Caller",
    ("autograder/checks/pair.py", "autograder.assignment.declare"): "a pair's questions are declared as checks",
    ("autograder/sandbox/view.py", "autograder"): "the package's own folder, which holds the worker's files",
}

# What a part may import beside the standard library and itself; parts that are not here may import anything of others'.
THIRD_PARTY = {
    "autograder/worker/": ("numpy", "torch"),  # torch inside functions, for assignments that ask for it
    "autograder/wire.py": ("numpy",),
    "autograder/reports/": ("rich", "jinja2", "markupsafe", "msgspec"),  # markupsafe is jinja2's own
    "autograder/score.py": ("msgspec",),
    "autograder/model.py": ("msgspec",),
    "autograder/errors.py": (),
}
OURS = {
    "autograder/worker/": ("autograder.wire", "autograder.worker"),
    "autograder/wire.py": (),
    "autograder/model.py": (),
    "autograder/errors.py": ("autograder.model",),
    "autograder/text.py": (),
    "autograder/version.py": (),
    "autograder/reports/": (
        "autograder.model",
        "autograder.errors",
        "autograder.score",
        "autograder.text",
        "autograder.reports",
    ),
    "autograder/score.py": ("autograder.model", "autograder.errors", "autograder.score"),
    "autograder/patience.py": ("autograder.errors",),
    "autograder/executors.py": ("autograder.errors", "autograder.patience"),
    "autograder/store.py": ("autograder.model", "autograder.errors", "autograder.text", "autograder.disk"),
    "autograder/disk.py": ("autograder.errors",),
    "assignments/": ("autograder",),
    "reference/": ("autograder",),
    **{
        f"autograder/{stage}/": (*COMMON, f"autograder.{stage}")
        for stage in STAGES
        if stage not in ("reports", "score")
    },
}
# Names of the front door are imported from the package itself, never from where they live.
FRONT_DOOR_ONLY = ("assignments/", "reference/")

# Running text as code, and reading it back as objects: what a worker is for, and what mutants and edits of our own
# reference need.
DANGEROUS_MODULES = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib")
DANGEROUS_CALLS = ("eval", "exec", "compile", "__import__")
MAY_RUN_TEXT = ("autograder/worker/", "autograder/prove/", "autograder/assignment/edits.py")

# `print`, `sys.exit` and click belong to the command line; a check in a notebook shows its table by design.
SPEAKERS = ("autograder/cli/",)


def violations(path: str, source: str) -> list[str]:
    """What `source`, at `path` below the repository, must not do: `path:line: …`."""
    tree = ast.parse(source, path)
    found = [*_import_violations(path, tree), *_call_violations(path, tree), *_heavy_imports(path, tree)]
    return [f"{path}:{line}: {problem}" for line, problem in sorted(set(found))]


def _import_violations(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    for line, module in _imports(path, tree):
        if not _may_import(path, module):
            yield line, f"{path} must not import {module}"


def _imports(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported, but for imports that only a type checker sees."""
    for node in _walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(path, node)
            yield from ((node.lineno, _whole(module, alias.name)) for alias in node.names)


def _whole(module: str, name: str) -> str:
    """`from autograder import wire` imports autograder.wire; `from autograder import Space` imports autograder."""
    inside = ROOT / module.replace(".", "/") / name
    is_module = module.startswith("autograder") and (inside.is_dir() or inside.with_suffix(".py").is_file())
    return f"{module}.{name}" if is_module else module


def _absolute(path: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = Path(path).parent.parts[: len(Path(path).parent.parts) - node.level + 1]
    return ".".join([*package, *filter(None, [node.module])])


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes, without the bodies of `if TYPE_CHECKING:`."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield from _walk(child)


def _may_import(path: str, module: str) -> bool:
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names and top not in DANGEROUS_MODULES:
        return top != "click"
    if top in DANGEROUS_MODULES:
        return path.startswith(MAY_RUN_TEXT)
    if top == "click":
        return path.startswith(SPEAKERS)
    if top == "autograder":
        return _may_import_ours(path, module)
    if path.startswith(("assignments/", "reference/")) and top in ("assignments", "reference"):
        return top == "assignments" == path.split("/")[0] and module.split(".")[1] == path.split("/")[1]
    allowed = [packages for prefix, packages in THIRD_PARTY.items() if path.startswith(prefix)]
    return not allowed or top in allowed[0]


def _may_import_ours(path: str, module: str) -> bool:
    if path.startswith(FRONT_DOOR_ONLY):
        return module == "autograder"
    if any(path.startswith(where) and _is_in(module, what) for where, what in EXCEPTIONS if what != "autograder"):
        return True
    if (path, module) in EXCEPTIONS:
        return True
    allowed = [modules for prefix, modules in OURS.items() if path.startswith(prefix)]
    return not allowed or any(_is_in(module, one) for one in allowed[0])


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _call_violations(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in _walk(tree):
        name = _called(node)
        if name in ("print", "sys.exit", "exit", "quit") and not path.startswith(
            (*SPEAKERS, "assignments/", "reference/")
        ):
            yield node.lineno, f"{path} must not call {name}"  # type: ignore[attr-defined]
        if name in DANGEROUS_CALLS and not path.startswith(MAY_RUN_TEXT):
            yield node.lineno, f"{path} must not call {name}"  # type: ignore[attr-defined]
        if (isinstance(node, ast.Call) and name == "numpy.load") or name == "np.load":
            yield node.lineno, f"{path} must not call {name}"  # type: ignore[attr-defined]


def _called(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name):
        return node.func.id
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return f"{node.func.value.id}.{node.func.attr}"
    return None


def _heavy_imports(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """torch is imported where it is used: at the top of a module it costs every command two seconds. A reference that
    defines a torch.nn.Module needs it there, and whoever loads that assignment pays for it."""
    if path.startswith(FRONT_DOOR_ONLY):
        return
    for statement in tree.body:
        for node in [statement, *(ast.walk(statement) if isinstance(statement, ast.If | ast.Try) else ())]:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(_is_in(name, "torch") for name in names):
                yield node.lineno, f"{path} must not import torch at its top"


def sources() -> list[Path]:
    """Every module of the house: submissions are not ours, and templates are generated."""
    found = [path for top in ("autograder", "assignments", "reference") for path in sorted((ROOT / top).rglob("*.py"))]
    return [path for path in found if not {"submissions", "skeleton", "__pycache__"} & set(path.parts)]


def test_there_is_a_house_to_look_at():
    tops = {path.relative_to(ROOT).parts[0] for path in sources()}
    assert {"autograder", "assignments", "reference"} == tops
    assert len(sources()) > 50


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_arrows_hold(path):
    where = str(path.relative_to(ROOT))
    assert violations(where, path.read_text(encoding="utf-8")) == []


def test_no_two_test_files_share_a_name():
    """pytest imports a test file by its bare name where its folder is not a package: of two, it loads one."""
    names = collections.Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_part_of_the_package_has_a_role():
    parts = {
        path.stem
        for path in (ROOT / "autograder").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    known = {
        *STAGES,
        *JOINERS,
        "model",
        "errors",
        "disk",
        "patience",
        "wire",
        "text",
        "version",
        "worker",
        "executors",
        "store",
        "__init__",
        "__main__",
    }
    assert parts - known == set(), "say in STAGES, JOINERS or OURS what this part may know"


def test_every_exception_is_needed():
    used = {
        (where, what)
        for path in sources()
        for where, what in EXCEPTIONS
        if str(path.relative_to(ROOT)).startswith(where)
        and any(
            module == what or (what != "autograder" and _is_in(module, what))
            for _, module in _imports(str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    assert used == set(EXCEPTIONS)


# ── the tester, tested ─────────────────────────────────────────────────────────────────────────

REFUSED = [
    ("autograder/worker/x.py", "import autograder.model", "must not import autograder.model"),
    ("autograder/worker/x.py", "from autograder import errors", "must not import autograder.errors"),
    ("autograder/worker/x.py", "from autograder import grade", "must not import autograder"),
    ("autograder/worker/x.py", "from ..checks import case", "must not import autograder.checks.case"),
    ("autograder/worker/x.py", "import msgspec", "must not import msgspec"),
    ("autograder/worker/x.py", "import torch", "must not import torch at its top"),
    ("autograder/reports/x.py", "import numpy as np", "must not import numpy"),
    ("autograder/reports/x.py", "from autograder.checks.case import Case", "must not import autograder.checks.case"),
    ("autograder/reports/x.py", "def f():\n    import hypothesis", "must not import hypothesis"),
    ("autograder/score.py", "import torch", "must not import torch"),
    ("autograder/checks/x.py", "from autograder.sandbox import local", "must not import autograder.sandbox.local"),
    ("autograder/checks/x.py", "import autograder.pipeline", "must not import autograder.pipeline"),
    ("autograder/submission/x.py", "from autograder.score import total", "must not import autograder.score"),
    ("autograder/sandbox/x.py", "from autograder.examine import Examiner", "must not import autograder.examine"),
    ("autograder/sandbox/x.py", "import autograder", "must not import autograder"),
    ("autograder/model.py", "import numpy", "must not import numpy"),
    ("autograder/checks/x.py", "import torch", "must not import torch at its top"),
    (
        "autograder/checks/x.py",
        "try:\n    from torch import nn\nexcept ImportError: ...",
        "must not import torch at its top",
    ),
    ("autograder/pipeline.py", "print('x')", "must not call print"),
    ("autograder/pipeline.py", "import sys\nsys.exit(1)", "must not call sys.exit"),
    ("autograder/pipeline.py", "import click", "must not import click"),
    ("autograder/store.py", "import pickle", "must not import pickle"),
    ("autograder/store.py", "from marshal import loads", "must not import marshal"),
    ("autograder/store.py", "eval('1')", "must not call eval"),
    ("autograder/store.py", "exec('1')", "must not call exec"),
    ("autograder/checks/x.py", "import numpy as np\nnp.load('x')", "must not call np.load"),
    (
        "assignments/tiny/checks.py",
        "from autograder.checks.case import Space",
        "must not import autograder.checks.case",
    ),
    ("assignments/tiny/checks.py", "from autograder import wire", "must not import autograder.wire"),
    ("reference/tiny.py", "import assignments.tiny.checks", "must not import assignments.tiny.checks"),
    ("reference/tiny.py", "import autograder.pipeline", "must not import autograder.pipeline"),
]
ACCEPTED = [
    (
        "autograder/worker/x.py",
        "import json\nimport numpy\nfrom autograder import wire\nfrom autograder.worker import scan",
    ),
    ("autograder/worker/x.py", "exec('x')\nimport pickle\ndef f():\n    import torch"),
    (
        "autograder/reports/x.py",
        "import rich.table, jinja2, msgspec\nfrom autograder.model import Verdict\nfrom . import ink",
    ),
    (
        "autograder/checks/x.py",
        "from autograder.wire import Call\nfrom autograder.checks.case import Case\nfrom . import run",
    ),
    ("autograder/checks/x.py", "def oracle():\n    import torch"),
    ("autograder/sandbox/x.py", "from autograder.worker.confine import landlock_abi"),
    ("autograder/checks/x.py", "if TYPE_CHECKING:\n    from autograder.sandbox import local"),
    ("autograder/cli/x.py", "import click, sys\nfrom autograder.pipeline import grade\nprint(1)\nsys.exit(0)"),
    (
        "autograder/pipeline.py",
        "from autograder.sandbox.sandbox import Sandbox\nfrom autograder.checks.case import Case",
    ),
    ("autograder/checks/x.py", "import re\nre.compile('x')\nmodel.eval()"),
    ("assignments/tiny/checks.py", "import numpy as np\nfrom autograder import Space\nfrom . import formulas"),
    ("reference/tiny.py", "import numpy as np"),
]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: f"{row[0]} {row[1]}"[:70])
def test_a_violation_is_flagged_with_its_place(row):
    path, source, problem = row
    found = violations(path, f'"""Docstring."""\n{source}')
    assert found, f"{source!r} passed"
    assert any(one.endswith(problem) for one in found), found
    assert all(
        one.startswith(f"{path}:") and one.split(":")[1].isdigit() and f": {path} must not " in one for one in found
    )


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: f"{row[0]} {row[1]}"[:70])
def test_what_is_allowed_is_not_flagged(row):
    assert violations(*row) == []
