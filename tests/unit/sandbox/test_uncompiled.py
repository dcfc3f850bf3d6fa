"""PyTorch without its compiler and SymPy: nothing that trusted code does loads them, and who needs them gets them."""

import subprocess
import sys

import pytest

pytest.importorskip("torch")

BEGIN = """
import inspect
import sys

import torch
from torch import nn

from autograder.sandbox.uncompiled import NAMES, Standin, _stand_in, without_compiler

without_compiler()


def loaded():
    return [name for name in NAMES if not isinstance(sys.modules.get(name), Standin)]
"""


def run(code):
    """Run `code` in an interpreter of its own, in which PyTorch has just been loaded."""
    done = subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_optimizers_and_the_meta_device_need_neither_compiler_nor_sympy():
    run("""
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3))
for optimizer in (torch.optim.SGD(model.parameters(), lr=0.1), torch.optim.Adam(model.parameters())):
    before = model[0].weight.detach().clone()
    optimizer.zero_grad()
    model(torch.ones(2, 1, 5, 5)).square().sum().backward()
    optimizer.step()
    assert (model[0].weight != before).all()
with torch.device("meta"):
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Tanh(), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1))
    assert (net(torch.empty(2, 1, 8, 8)) + torch.empty(3, 1, 1, 1, 1)).shape == (3, 2, 2, 1, 1)
    for wrong, said in (
        (lambda: net(torch.empty(2, 3, 8, 8)), "Invalid channel dimensions"),
        (lambda: torch.empty(2, 3) + torch.empty(2, 4), "broadcast"),
    ):
        try:
            wrong()
        except RuntimeError as error:
            assert said in str(error), error
        else:
            raise AssertionError(said)
inspect.getmodule(inspect.currentframe())
assert not loaded(), loaded()
""")


def test_whoever_asks_for_more_gets_the_real_modules_which_then_stay():
    run("""
held = torch._dynamo
import torch._dynamo.config  # a module in a package
assert torch._dynamo.config.suppress_errors in (True, False)
from torch._dynamo import OptimizedModule
import sympy
assert str(sympy.Symbol("n") + 1) == "n + 1"
assert set(loaded()) == set(NAMES)
real = torch._dynamo
assert real is sys.modules["torch._dynamo"] is not held and held.OptimizedModule is OptimizedModule
_stand_in.cache_clear()
without_compiler()
assert torch._dynamo is sys.modules["torch._dynamo"] is real
""")


def test_a_function_is_handed_back_in_both_ways_in_which_a_decorator_is_used():
    run("""
def function(): ...
assert torch._dynamo.disable(function, recursive=False) is function
assert torch._dynamo.disable(recursive=False)(function) is function
assert torch._dynamo.graph_break(msg="here") is None
assert not loaded(), loaded()
""")


def test_what_stands_in_gives_what_the_real_functions_give():
    run("""
names = NAMES["torch.fx.experimental.symbolic_shapes"]
del sys.modules["torch.fx.experimental.symbolic_shapes"]
import torch.fx.experimental.symbolic_shapes as real
for name, function in names.items():
    for args in {
        "sym_and": ((True, True), (True, False, True), (False,)),
        "sym_or": ((True, False), (False, False), (True,)),
        "sym_eq": ((3, 3), (3, 4), ((1, 2), [1, 2]), ((1, 2), (1, 3)), ((1,), (1, 1))),
        "is_nested_int": ((3,), (0,)),
        "has_guarding_hint": ((3,), (True,)),
        "guarding_hint_or_throw": ((3,), (True,)),
    }.get(name, ((True,), (False,))):
        theirs = getattr(real, name)(*args)
        assert function(*args) == theirs and type(function(*args)) is type(theirs), (name, args)
""")
