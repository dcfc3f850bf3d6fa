"""What is to be written by hand is: submissions that let autograd or finite differences do it earn nothing for it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from autograder.errors import IsolationUnavailable
from autograder.pipeline import grade
from autograder.sandbox.isolation import choose

HERE = Path(__file__).parent / "by_hand"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="module")
def isolated() -> None:
    try:
        choose(None)
    except IsolationUnavailable as error:
        pytest.skip(str(error))


def verdicts(slug: str, path: Path) -> dict[str, str]:
    return {result.check: str(result.verdict) for result in grade(slug, path, seed=11).results}


def test_finite_differences_rounded_to_float32_are_no_gradients() -> None:
    found = verdicts("backprop", HERE / "fd_float32.py")
    gradients = [
        *(f"{name}_backward.gradients" for name in ("relu", "leaky_relu", "sigmoid", "tanh")),
        "softmax_loss.gradient",
        "mse_loss.gradient",
    ]
    assert {name: found[name] for name in gradients} == dict.fromkeys(gradients, "FAIL")
    assert found["sigmoid_forward.values"] == "PASS"  # which it computes


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_autograd_under_another_name_earns_no_backward_pass() -> None:
    found = verdicts("residual", HERE / "torch_hidden_autograd.py")
    earned = {name for name, verdict in found.items() if verdict == "PASS"}
    assert all(name.startswith("residual_autograd.") for name in earned)  # its forward pass is its own
    assert found["residual_autograd.gradients"] == found["residual_autograd.hidden_gradients"] == "FORBIDDEN"


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_one_file_with_numpy_and_pytorch_in_it_is_graded_in_full() -> None:
    report = grade("residual", ROOT / "reference" / "residual.py", seed=11)
    assert report.score == report.max_score
