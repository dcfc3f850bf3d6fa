"""Short types mean float64 where code is graded, however they are named, and mean themselves again afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.worker.compiled import parse
from autograder.worker.precision import CONVERTED, Converted, in_double, widen
from autograder.worker.years import REWRITER, Former

X = np.array([1 / 3, 2 / 3])


def run(source, x=X):
    tree = parse(source, 1, "submission")
    widen(tree, source)
    converted = Converted()
    converted.given = (x,)
    names = {"np": np, "x": x, CONVERTED: converted, REWRITER: Former}
    with in_double():
        exec(compile(tree, "submission", "exec"), names)  # noqa: S102 — a line of this file
    return names["y"]


@pytest.mark.parametrize(
    "source",
    [
        "y = np.float32(x)",
        "y = np.half(x)",
        "from numpy import float32\ny = x.astype(float32)",
        "y = np.asarray(x, dtype=np.single)",
        "y = x.astype('float32')",
        "y = x.astype('f')",
        "y = x.astype('<f4')",
        "y = x.astype(dtype='float16')",
        "y = np.asarray(x, 'f4')",
        "y = np.array(x, dtype='e')",
        "DTYPE = 'float32'\ny = x.astype(DTYPE)",
        "y = x.astype(np.dtype('f'))",
        "y = np.zeros(2, np.float32) + x",
        "y = np.zeros(2, 'float32')\ny += x",
    ],
)
def test_what_asks_for_single_precision_gets_double(source):
    y = run(source)
    assert y.dtype == np.float64
    assert np.array_equal(y, X)


CONVERSIONS = [
    "np.asarray(x, dtype=np.float32)",
    "np.asarray(x, 'f4')",
    "np.asarray(x[:1], np.dtype('f'))",
    "np.array(x, np.float32, copy=False)",
    "x.astype(np.float32, copy=False)",
    "np.ascontiguousarray(x, np.half)",
    "np.float32(x)",
]


@pytest.mark.parametrize("conversion", CONVERSIONS)
def test_a_conversion_to_single_precision_is_a_copy_of_an_argument(conversion):
    x = X.copy()
    y = run(f"y = {conversion}\ny[0] = 7", x)
    assert y[0] == 7
    assert np.array_equal(x, X)


@pytest.mark.parametrize(
    "conversion", ["np.asarray(x, np.float64)", "np.asarray(x, float)", "x.astype('f8', copy=False)"]
)
def test_what_is_no_copy_in_numpy_is_none_here(conversion):
    x = X.copy()
    run(f"y = {conversion}\ny[0] = 7", x)
    assert x[0] == 7


def test_an_array_of_the_submissions_own_is_not_copied():
    assert run("own = np.zeros(2)\nalias = np.asarray(own, np.float32)\nalias[0] = 7\ny = own")[0] == 7


def test_complex_numbers_are_double_too():
    assert run("y = (x * 1j).astype('complex64')").dtype == np.complex128
    assert run("y = np.complex64(1j) * x").dtype == np.complex128


def test_letters_that_mean_something_else_stay():
    assert run("y = {'f': 1, 'e': 2}.get('f')") == 1
    assert run("y = np.einsum('f,f->', x, x)") == pytest.approx(X @ X)
    assert run("y = 'f4'") == "f4"


def test_the_names_are_put_back():
    single, complex64 = np.float32, np.complex64
    with in_double():
        assert np.float32 is np.float64
    assert (np.float32, np.complex64) == (single, complex64)


def test_torch_is_double_too():
    torch = pytest.importorskip("torch")
    single = torch.float32
    with in_double():
        tensor = torch.tensor([0.5], dtype=torch.float32).float()
        assert (tensor.dtype, torch.nn.Linear(1, 1).float().weight.dtype) == (torch.float64, torch.float64)
    assert torch.tensor([0.5]).double().float().dtype == single == torch.float32
    assert torch.nn.Linear(1, 1).double().float().weight.dtype == single
