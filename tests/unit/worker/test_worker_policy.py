"""What is forbidden is refused at the call, where the submission's own code makes it, and nowhere else."""

from __future__ import annotations

import builtins
from collections import namedtuple

import numpy as np
import pytest

from autograder.worker.policy import ForbiddenUse, Policy, prepare

FORBID = ("torch", "numpy.gradient", "numpy.convolve", "eval", "exec")
X = np.arange(3.0)


@pytest.fixture
def submit():
    """Runs a source as a submission under FORBID; its names, with everything refused from then on."""
    policies = []

    def run(source):
        names: dict = {"__name__": "submission"}
        policies.append(Policy(FORBID, names))
        exec(compile(source, "<submission>", "exec"), names)  # noqa: S102
        policies[-1].armed = True
        return names

    yield run
    for policy in policies:
        policy.restore()


REACHED = {
    "plain": ("import numpy as np\ndef f(x):\n    return np.gradient(x)", "numpy.gradient"),
    "alias": ("from numpy import gradient as slope\ndef f(x):\n    return slope(x)", "numpy.gradient"),
    "helper": ("import numpy as np\ng = lambda x: np.gradient(x)\ndef f(x):\n    return g(x)", "numpy.gradient"),
    "a computed name": ("import numpy as np\ndef f(x):\n    return getattr(np, 'gra' + 'dient')(x)", "numpy.gradient"),
    "where it lives": (
        "import numpy.lib._function_base_impl as inner\ndef f(x):\n    return inner.gradient(x)",
        "numpy.gradient",
    ),
    "partial": (
        "from functools import partial\nimport numpy as np\ng = partial(np.convolve, [1.0])\ndef f(x): return g(x)",
        "numpy.convolve",
    ),
    "passed on": (
        "import numpy as np\ndef f(x):\n    return np.apply_along_axis(np.gradient, 0, x)",
        "numpy.gradient",
    ),
    "builtin": ("def f(x):\n    return eval('x + 1')", "eval"),
    "full width": ("def f(x):\n    return ｅｖａｌ('x + 1')", "eval"),
    "by its module": ("import builtins\ndef f(x):\n    return builtins.eval('x + 1')", "eval"),
    "exec": ("def f(x):\n    exec('y = 1')", "exec"),
}


@pytest.mark.parametrize(("source", "name"), REACHED.values(), ids=REACHED)
def test_what_is_reached_is_refused(submit, source, name):
    with pytest.raises(ForbiddenUse, match=f"^{name} is not allowed in this assignment$") as caught:
        submit(source)["f"](X)
    assert caught.value.name == name


HONEST = {
    "a parameter": "def f(x, eval=2):\n    return x * eval",
    "a local": "def f(x):\n    eval = 2 * x\n    return eval",
    "a loop": "def f(x):\n    for eval in range(3): x = x + eval\n    return x",
    "a comprehension": "def f(x):\n    return sum(exec for exec in x)",
    "an own function": "def eval(x):\n    return 2 * x\ndef f(x):\n    return eval(x)",
    "an attribute": "class Model:\n    def eval(self): return 1\ndef f(x):\n    return Model().eval() * x",
    "an own gradient": "class Layer:\n    def gradient(self, x): return x\ndef f(x):\n    return Layer().gradient(x)",
    "a branch not taken": "import numpy as np\ndef f(x, debug=False):\n    return np.gradient(x) if debug else x",
    "another function": "def g(x):\n    return eval('x')\ndef f(x):\n    return x",
    "an unpacked pair": "a = lambda x: eval('x')\nb = lambda x: 2 * x\ng, f = a, b",
    "at the top level": "two = eval('1 + 1')\nexec('def f(x): return two * x')",
    "a library's own eval": "from collections import namedtuple\ndef f(x):\n    return namedtuple('P', 'x')(x).x",
    "a library's own use": "import numpy as np\ndef f(x):\n    return np.polynomial.polynomial.polymul(x, x)",
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_a_name_is_no_use_of_what_is_forbidden(submit, source):
    submit(source)["f"](X)


def test_the_graders_own_code_is_not_refused(submit):
    submit("")
    assert np.gradient(X).tolist() == [1, 1, 1]
    assert eval("X.size") == 3  # noqa: S307
    assert namedtuple("P", "x")(3).x == 3


def test_everything_is_put_back():
    before = np.gradient, np.lib._function_base_impl.gradient, builtins.eval
    mine = {"slope": np.gradient}
    policy = Policy(FORBID, mine)
    assert np.gradient is not before[0]
    assert mine["slope"] is np.gradient
    policy.restore()
    assert (np.gradient, np.lib._function_base_impl.gradient, builtins.eval) == before
    assert mine == {"slope": before[0]}


def test_packages_are_told_apart_from_builtins():
    policy = Policy(("torch", "eval", "numpy.gradient", ".backward"), {})
    policy.restore()
    assert policy.packages == {"torch"}


def test_methods_and_modules_of_torch_are_refused():
    torch = pytest.importorskip("torch")
    names: dict = {"__name__": "submission"}
    policy = Policy((".backward", "torch.func", "torch.enable_grad"), names)
    try:
        source = "import torch\ndef f(x): x.backward()\ndef g(x): return torch.func.grad(torch.sin)(x)\n"
        source += "def h(x):\n    with torch.no_grad():\n        return Own().backward()\n"
        source += "class Own:\n    def backward(self): return 3\n"
        exec(source, names)  # noqa: S102
        policy.armed = True
        x = torch.ones((), requires_grad=True)
        for name, forbidden in (("f", ".backward"), ("g", "torch.func")):
            with pytest.raises(ForbiddenUse) as caught:
                names[name](x)
            assert caught.value.name == forbidden
        assert names["h"](x) == 3
        (2 * x).backward()
        assert x.grad == 2
    finally:
        policy.restore()


# ── what the forks' parent looks up for them ───────────────────────────────────────────────────


@pytest.fixture
def looked_up(monkeypatch):
    monkeypatch.setattr("autograder.worker.policy._known", {})
    prepare(FORBID)


@pytest.mark.parametrize(("source", "name"), REACHED.values(), ids=REACHED)
def test_what_was_looked_up_before_is_refused(looked_up, submit, source, name):
    with pytest.raises(ForbiddenUse, match=f"^{name} is not allowed in this assignment$"):
        submit(source)["f"](X)


def test_what_has_been_replaced_since_is_looked_up_again(looked_up, submit, monkeypatch):
    monkeypatch.setattr(np, "gradient", lambda x: x)
    with pytest.raises(ForbiddenUse, match=r"^numpy\.gradient is not"):
        submit(REACHED["plain"][0])["f"](X)
