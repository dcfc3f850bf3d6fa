"""How gradient checkers compare: calls, time, false alarms, and the smallest error they find.

`python bench/gradcheck.py` prints one table. Every method sees the same operations, inputs and injected errors; the
first is this project's, the next two are PyTorch's as shipped, the last two follow published rules.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.checks import gradcheck as ours
from bench.regimes import REGIMES
from bench.trials import OPS, Damage, Op, damaged, single, uniform

Function = Callable[..., Any]
Method = Callable[[Function, Function, tuple[Any, ...], int], bool]  # forward, backward, args, seed -> accepted

COMPARED = tuple(op for op in OPS if op.name in ("affine", "sigmoid", "softmax loss", "two-layer net"))
LABELS = np.arange(50) % 10
HOMEWORK = {
    "affine": (((20, 60), (60, 10), (10,)), ()),
    "sigmoid": (((20, 30),), ()),
    "softmax loss": (((50, 10),), (LABELS,)),
    "two-layer net": (((50, 30), (30, 20), (20,), (20, 10), (10,)), (LABELS,)),
}
SIZES = tuple(10.0**-k for k in range(1, 9))
TRIALS = 20  # correct trials in each regime, for each operation
TRIES = 20  # of each injected error; 19 found are 95 %


class Row(NamedTuple):
    """One method on one operation. `uniform` and `one` are relative errors, None where not even 1e-1 is found."""

    method: str
    op: str
    forward_calls: float
    time_ratio: float
    homework_calls: float
    homework_ratio: float
    false_alarms: int
    trials: int
    uniform: float | None
    one: float | None


# ── methods ────────────────────────────────────────────────────────────────────────────────────


def this_project(forward: Function, backward: Function, args: tuple[Any, ...], seed: int) -> bool:
    return ours.gradcheck(forward, backward, args, seed=seed).status != "FAIL"


def torch_slow(forward: Function, backward: Function, args: tuple[Any, ...], seed: int) -> bool:
    return _torch(forward, backward, args, fast=False)


def torch_fast(forward: Function, backward: Function, args: tuple[Any, ...], seed: int) -> bool:
    return _torch(forward, backward, args, fast=True)


def autograd_rule(forward: Function, backward: Function, args: tuple[Any, ...], seed: int) -> bool:
    """check_grads of HIPS autograd (test_util.py): a joint random direction, EPS = 1e-6, absolute or relative 1e-6."""
    tensors, call = _split(forward, args)
    draw = np.random.default_rng(seed)
    direction = [draw.standard_normal(x.shape) for x in tensors]
    cotangent = draw.standard_normal(np.shape(call(tensors)))
    ahead, behind = (call([x + h * v for x, v in zip(tensors, direction, strict=True)]) for h in (5e-7, -5e-7))
    numeric = float(np.sum(cotangent * (ahead - behind) / 1e-6))
    gradients = backward(cotangent, *args)
    analytic = sum(float(np.sum(g * v)) for g, v in zip(gradients, direction, strict=True))
    gap = abs(numeric - analytic)
    return gap < 1e-6 or gap / max(abs(numeric) + abs(analytic), 1e-300) < 1e-6


def cs231n_rule(forward: Function, backward: Function, args: tuple[Any, ...], seed: int) -> bool:
    """eval_numerical_gradient_array of CS231n: every element, h = 1e-5, and rel_error < 1e-5 as its notes advise."""
    tensors, call = _split(forward, args)
    cotangent = np.random.default_rng(seed).standard_normal(np.shape(call(tensors)))
    worst = 0.0
    for x, gradient in zip(tensors, backward(cotangent, *args), strict=True):
        numeric = np.empty_like(x)
        for i in np.ndindex(x.shape):
            old = x[i]
            x[i] = old + 1e-5
            ahead = call(tensors)
            x[i] = old - 1e-5
            numeric[i] = np.sum((ahead - call(tensors)) * cotangent) / 2e-5
            x[i] = old
        error = np.abs(numeric - gradient) / np.maximum(1e-8, np.abs(numeric) + np.abs(gradient))
        worst = max(worst, float(error.max()))
    return worst < 1e-5


METHODS: dict[str, Method] = {
    "this project": this_project,
    "torch slow": torch_slow,
    "torch fast_mode": torch_fast,
    "autograd rule": autograd_rule,
    "cs231n rule": cs231n_rule,
}


def _split(forward: Function, args: tuple[Any, ...]) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The float tensors (copied), and the forward as a function of them alone."""
    tensors = [a.copy() for a in args if a.dtype.kind == "f"]
    rest = [a for a in args if a.dtype.kind != "f"]
    return tensors, lambda values: forward(*values, *rest)


class _Wrapped(torch.autograd.Function):
    """A NumPy pair as an autograd function, for torch.autograd.gradcheck."""

    @staticmethod
    def forward(ctx: Any, forward: Function, backward: Function, rest: tuple[Any, ...], *tensors: torch.Tensor) -> Any:
        ctx.backward_pass, ctx.args = backward, (*(t.detach().numpy() for t in tensors), *rest)
        return torch.from_numpy(np.array(forward(*ctx.args)))

    @staticmethod
    def backward(ctx: Any, dout: torch.Tensor) -> Any:  # type: ignore[override]
        return None, None, None, *(torch.from_numpy(np.array(g)) for g in ctx.backward_pass(dout.numpy(), *ctx.args))


def _torch(forward: Function, backward: Function, args: tuple[Any, ...], *, fast: bool) -> bool:
    rest = tuple(a for a in args if a.dtype.kind != "f")
    tensors = [torch.from_numpy(a.copy()).requires_grad_() for a in args if a.dtype.kind == "f"]
    return torch.autograd.gradcheck(
        lambda *values: _Wrapped.apply(forward, backward, rest, *values), tensors, fast_mode=fast, raise_exception=False
    )


# ── measurements ───────────────────────────────────────────────────────────────────────────────


def table() -> list[Row]:
    """One row for each method and operation; this project's first, to which times are related."""
    return [_row(name, method, op) for op in COMPARED for name, method in METHODS.items()]


def _row(name: str, method: Method, op: Op) -> Row:
    shapes, rest = HOMEWORK[op.name]
    alarms = sum(
        not method(op.forward, op.backward, op.arguments(regime, seed), seed)
        for regime in REGIMES
        for seed in range(TRIALS)
    )
    return Row(
        name,
        op.name,
        *_cost(method, op, TRIALS),
        *_cost(method, replace(op, shapes=shapes, rest=rest), 3),
        alarms,
        TRIALS * len(REGIMES),
        _smallest(method, op, uniform),
        _smallest(method, op, single),
    )


def _cost(method: Method, op: Op, repeats: int) -> tuple[float, float]:
    """Forward calls, and the median of the CPU time over ours, on correct normal inputs; the two run in turn."""
    calls = 0

    def counted(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        return op.forward(*args)

    ratios = []
    for seed in range(repeats):
        args = op.arguments("normal", seed)
        method(counted, op.backward, args, seed)
        ratios.append(_seconds(method, op, args, seed) / _seconds(this_project, op, args, seed))
    return calls / repeats, statistics.median(ratios)


def _seconds(method: Method, op: Op, args: tuple[Any, ...], seed: int) -> float:
    start = time.process_time()
    method(op.forward, op.backward, args, seed)
    return time.process_time() - start


def _smallest(method: Method, op: Op, damage: Callable[[float], Damage]) -> float | None:
    """The smallest injected relative error of which, and of all larger ones, 95 % are found on normal inputs."""
    smallest = None
    for size in SIZES:
        if sum(_caught(method, op, damage(size))) < 0.95 * TRIES:
            break
        smallest = size
    return smallest


def _caught(method: Method, op: Op, damage: Damage) -> Iterator[bool]:
    for seed in range(TRIES):
        args = op.arguments("normal", seed)
        yield not method(op.forward, damaged(op, damage, args, seed), args, seed)


def main() -> None:
    torch.set_num_threads(1)
    start = time.process_time()
    write = sys.stdout.write
    write(f"{'':<32}{'small':>17}{'homework':>19}\n")
    write(f"{'op':<15}{'method':<17}{'calls':>8}{'time':>9}{'calls':>10}{'time':>9}")
    write(f"{'false alarms':>16}{'uniform':>10}{'one element':>13}\n")
    with np.errstate(all="ignore"):
        for row in table():
            write(
                f"{row.op:<15}{row.method:<17}{row.forward_calls:>8.1f}{row.time_ratio:>8.2f}x"
                f"{row.homework_calls:>10.1f}{row.homework_ratio:>8.2f}x"
                f"{f'{row.false_alarms} of {row.trials}':>16}{_size(row.uniform):>10}{_size(row.one):>13}\n"
            )
    write("calls: of the forward; time: CPU time over this project's; false alarms: correct operations in eight\n")
    write("regimes; uniform, one element: the smallest relative error of which 95 % are found on normal inputs\n")
    write(f"torch {torch.__version__}, NumPy {np.__version__}, {time.process_time() - start:.0f} s of CPU time\n")


def _size(error: float | None) -> str:
    return "none" if error is None else f"{error:.0e}"


if __name__ == "__main__":
    main()
