"""Which forbidden names the functions of a submission reach, found by reading it."""

from __future__ import annotations

import pytest

from autograder.worker.scan import forbidden_uses

FORBID = ("torch", "numpy.gradient", "scipy", "eval", "__import__", ".backward")


def uses(*sources: str, forbid=FORBID):
    """`{function: forbidden name}` of a notebook with these cells."""
    cells = [(number, 1, source) for number, source in enumerate(sources, 1)]
    return {name: found["name"] for name, found in forbidden_uses(cells, forbid).items()}


CAUGHT = {
    "plain": "import torch\ndef f(x):\n    return torch.tanh(x)",
    "alias": "import torch as np\ndef f(x):\n    return np.tanh(x)",
    "submodule": "import torch.nn.functional as F\ndef f(x):\n    return F.relu(x)",
    "from": "from torch import tanh\ndef f(x):\n    return tanh(x)",
    "from alias": "from torch.nn import functional as g\ndef f(x):\n    return g.relu(x)",
    "inside": "def f(x):\n    import torch\n    return torch.tanh(x)",
    "inside from": "def f(x):\n    from torch import tanh as t\n    return t(x)",
    "below if": "if True:\n    import torch as t\ndef f(x):\n    return t.tanh(x)",
    "below try": "try:\n    from torch import tanh\nexcept ImportError: ...\ndef f(x):\n    return tanh(x)",
    "later import": "def f(x):\n    return t.tanh(x)\nimport torch as t",
    "helper": "import torch\ndef g(x):\n    return torch.tanh(x)\ndef f(x):\n    return g(x)",
    "helper of a helper": "import torch\ndef h(x): return torch.tanh(x)\ndef g(x): return h(x)\ndef f(x): return g(x)",
    "mutual": "import torch\ndef g(x): return f(x)\ndef f(x): return g(x) if x else torch.tanh(x)",
    "lambda": "import torch\nf = lambda x: torch.tanh(x)",
    "assigned": "import torch\nf = torch.tanh",
    "through a variable": "import torch\ng = torch.tanh\ndef f(x):\n    return g(x)",
    "class": "import torch\nclass Net:\n    def go(self, x): return torch.tanh(x)\ndef f(x):\n    return Net().go(x)",
    "method of a base": "import torch\nclass A:\n    go = torch.tanh\nclass B(A): ...\ndef f(x): return B.go(x)",
    "decorator": "import torch\n@torch.compile\ndef f(x):\n    return x",
    "default": "import torch\ndef f(x, go=torch.tanh):\n    return go(x)",
    "defined below if": "import torch\nif True:\n    def f(x):\n        return torch.tanh(x)",
    "defined below try": "import torch\ntry:\n    def f(x): return torch.tanh(x)\nfinally:\n    pass",
    "full width": "import torch\ndef f(x):\n    return ｔｏｒｃｈ.tanh(x)",
    "full width import": "import ｔｏｒｃｈ as t\ndef f(x):\n    return t.tanh(x)",
    "unpacked": "import torch\nf, g = torch.tanh, torch.relu",
}


@pytest.mark.parametrize("source", CAUGHT.values(), ids=CAUGHT)
def test_a_forbidden_package_is_found(source):
    assert uses(source)["f"] == "torch"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import numpy as np\ndef f(x):\n    return np.gradient(x)", "numpy.gradient"),
        ("from numpy import gradient as slope\ndef f(x):\n    return slope(x)", "numpy.gradient"),
        ("import numpy\ndef f(x):\n    return numpy.gradient(x)", "numpy.gradient"),
        ("def f(x):\n    return eval(x)", "eval"),
        ("def f(x):\n    return __import__(x)", "__import__"),
        ("import scipy.signal\ndef f(x):\n    return scipy.signal.convolve2d(x, x)", "scipy"),
        ("def f(x):\n    (x * x).sum().backward()\n    return x.grad", ".backward"),
    ],
)
def test_a_forbidden_function_is_found(source, name):
    assert uses(source) == {"f": name}


FREE = {
    "not used": "import torch\ndef f(x):\n    return x",
    "another function": "import torch\ndef g(x):\n    return torch.tanh(x)\ndef f(x):\n    return x",
    "a relative of the name": "import numpy as np\ndef f(x):\n    return np.gradients(x)",
    "an attribute of another": "import numpy as np\ndef f(model):\n    return model.eval()",
    "a string": 'def f(x):\n    """torch"""\n    return "torch.tanh"',
    "replaced later": "import torch\ndef f(x): return torch.tanh(x)\ndef f(x): return x",
    "torchlike": "import torchlike\ndef f(x): return torchlike.tanh(x)",
}


@pytest.mark.parametrize("source", FREE.values(), ids=FREE)
def test_what_does_not_reach_it_is_left_alone(source):
    assert "f" not in uses(source)


def test_nothing_forbidden_finds_nothing():
    assert uses(CAUGHT["plain"], forbid=()) == {}


def test_a_use_is_found_across_cells_and_has_a_place():
    cells = [(3, 1, "import torch as t"), (5, 10, "def g(x):\n    return t.tanh(x)"), (7, 1, "def f(x): return g(x)")]
    assert forbidden_uses(cells, FORBID)["f"] == {"name": "torch", "cell": 5, "line": 11}


@pytest.mark.parametrize("broken", ["def f(:", "x = '", "\0", "(" * 500, "-" * 5000 + "1", "f(" * 3000])
def test_cells_that_cannot_be_parsed_define_nothing(broken):
    assert uses(broken, CAUGHT["plain"]) == {"f": "torch"}
