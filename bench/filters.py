"""`python -m bench.filters`: what filters that were learnt at home gain in the race of `training`.

Filters are learnt on draws of the public generator, for all their cameras together. Then the same trainers start from
the weights given, and from what a text has room for of those filters, on new draws, and take so many steps to the
target: by their weights as they are, and as the race judges them, with filters near those given. Everybody knows an
affine layer that starts small, so all but "He" have it. Only steps are counted, and MOST for who needs more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.functional import conv2d, cross_entropy

from autograder.assignment.discover import assignment_folders, beside, discover

SPEED: Any = beside(discover(assignment_folders()["training"]).assignment, "speed")
NAMES, FILTERS = ("W1", "b1", "W2", "b2"), ("W1", "W2")
DRAWS, STEPS, AT_ONCE = 16, 1800, 4
TRIALS, MOST, EVERY, BATCH = 4, 300, 5, 64
Weights = dict[str, torch.Tensor]
Trainer = Callable[[Any], torch.optim.Optimizer]
TRAINERS: dict[str, Trainer] = {
    "SGD 0.1": lambda params: torch.optim.SGD(params, lr=0.1),
    "Nesterov 0.04": lambda params: torch.optim.SGD(params, lr=0.04, momentum=0.9, nesterov=True),
    "Adam 0.005": lambda params: torch.optim.Adam(params, lr=0.005),
    "Adam 0.01": lambda params: torch.optim.Adam(params, lr=0.01),
}
MORE: dict[str, Trainer] = {
    "momentum 0.08": lambda params: torch.optim.SGD(params, lr=0.08, momentum=0.9),
    "Adam 0.02": lambda params: torch.optim.Adam(params, lr=0.02),
    "RMSprop 0.003": lambda params: torch.optim.RMSprop(params, lr=0.003),
    "AdaGrad 0.03": lambda params: torch.optim.Adagrad(params, lr=0.03),
    "SGD 0.1, decay 0.01": lambda params: torch.optim.SGD(params, lr=0.1, weight_decay=0.01),
}


def main() -> None:
    """Print what the rule costs those who train, and what filters from home gain with it and without."""
    torch.set_num_threads(1)
    honest()
    attacks(learn())


def honest() -> None:
    """Steps to the target from the weights given, and how far the filters have moved there."""
    print(
        f"{'trainer':<24}{'steps':>8}{'judged near':>12}{'W1 moved':>10}{'W2 moved':>10}  largest of {TRIALS}",
        flush=True,
    )
    for name, make in {**TRAINERS, **MORE}.items():
        plain, near, far = [], [], []
        for split, given in trials():
            free, held, ends = race(small(given), given, split, make)
            plain.append(free)
            near.append(held)
            far.append([moved(given, ends, layer) for layer in FILTERS])
        first, second = np.max(far, axis=0)
        print(f"{name:<24}{_mean(plain):>8.0f}{_mean(near):>12.0f}{first:>10.2f}{second:>10.2f}", flush=True)


def attacks(home: Weights) -> None:
    """Times as fast as the same trainer, and as the best trainer, from the weights given and a small affine layer."""
    print(f"\n{'start':<44}" + "".join(f"{name:>15}" for name in (*TRAINERS, "best of each")), flush=True)
    counts: dict[tuple[str, str], list[int]] = {}
    for split, given in trials():
        for trainer, make in TRAINERS.items():
            for name, start, keeps in starts(given, home):
                free, held, _ = race(start, given, split, make, keeps)
                counts.setdefault((name, trainer), []).append(free)
                counts.setdefault((f"{name}, judged near", trainer), []).append(held)
    means = {key: _mean(steps) for key, steps in counts.items()}
    usual = [means["a small affine layer", trainer] for trainer in TRAINERS]
    for name in dict.fromkeys(name for name, _ in counts):
        mine = [means[name, trainer] for trainer in TRAINERS]
        gains = [*(one / two for one, two in zip(usual, mine, strict=True)), min(usual) / min(mine)]
        print(f"{name:<44}" + "".join(f"{gain:>15.2f}" for gain in gains), flush=True)


def trials() -> Iterator[tuple[Any, Weights]]:
    """New draws, each with the weights that a race gives."""
    for number in range(TRIALS):
        given = {name: torch.tensor(array) for name, array in SPEED.RACE.initial(_rng(3, number)).items()}
        yield SPEED.draw(_rng(2, number)), given


def starts(given: Weights, home: Weights) -> Iterator[tuple[str, Weights, bool]]:
    """Weights to start from, by what a submission would have to carry; and whether it then keeps near those given."""
    coarse = home | {"W2": _rounded(home["W2"], 0.7)}
    yield "He", given, False
    yield "a small affine layer", small(given), False
    yield "both layers, two values a filter: 400 bytes", small(given) | home | {"W2": _rounded(home["W2"], 0.0)}, False
    yield "both layers, three values: 630 bytes", small(given) | coarse, False
    yield "three values, as far as is allowed", small(given) | toward(given, coarse), True
    yield "three values, added to those given", small(given) | added(given, coarse), True
    yield "three values, in few filters", small(given) | few(given, coarse), True


def small(given: Weights) -> Weights:
    """The weights given, with an affine layer that starts small."""
    return given | {"W3": 0.3 * given["W3"]}


def toward(given: Weights, home: Weights) -> Weights:
    """The weights within reach of those given that have the largest cosine with those from home."""
    found = {name: SPEED.REACH * home[name] for name in ("b1", "b2")}
    for name in FILTERS:
        mine, size = given[name], given[name].norm()
        theirs = home[name] - (home[name] * mine).sum() / size**2 * mine
        cosine = math.sqrt(1 - SPEED.REACH**2)
        found[name] = cosine * (cosine * mine + SPEED.REACH * size / theirs.norm() * theirs)
    return found


def added(given: Weights, home: Weights) -> Weights:
    """The weights given, and as much of those from home on top as is allowed."""
    sizes = {name: SPEED.REACH * given[name].norm() / home[name].norm() for name in FILTERS}
    return {name: home[name] for name in ("b1", "b2")} | {
        name: given[name] + size * home[name] for name, size in sizes.items()
    }


def few(given: Weights, home: Weights) -> Weights:
    """As many filters as the reach allows from home, of half the size of those that they replace."""
    found = {"b1": given["b1"].clone(), "b2": given["b2"].clone()}
    for name in FILTERS:
        mine, left = given[name].clone(), (SPEED.REACH * given[name].norm()) ** 2
        for index in given[name].flatten(1).norm(dim=1).argsort().tolist():
            theirs = 0.5 * given[name][index].norm() / home[name][index].norm() * home[name][index]
            left -= (theirs - given[name][index]).norm() ** 2
            if left < 0:
                break
            mine[index] = theirs
        found[name] = mine
    return found


def learn() -> Weights:
    """Filters of both layers that serve many draws, each of which has an affine layer of its own."""
    splits = [SPEED.draw(_rng(0, number)) for number in range(DRAWS)]
    start = {name: torch.tensor(array) for name, array in SPEED.RACE.initial(_rng(1, 0)).items()}
    shared = {name: start[name].clone().requires_grad_() for name in NAMES}
    heads = [{name: torch.zeros_like(start[name]).requires_grad_() for name in ("W3", "b3")} for _ in splits]
    own = [tensor for head in heads for tensor in head.values()]
    optimizer = torch.optim.Adam([{"params": [*shared.values()], "lr": 2e-3}, {"params": own, "lr": 5e-3}])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5 * (1 + np.cos(np.pi * step / STEPS)))
    generator = torch.Generator().manual_seed(0)
    for _ in range(STEPS):
        chosen = torch.randperm(DRAWS, generator=generator)[:AT_ONCE].tolist()
        loss = sum(_loss({**shared, **heads[one]}, splits[one], 48, generator) for one in chosen)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return {name: tensor.detach() for name, tensor in shared.items()}


def race(start: Weights, given: Weights, split: Any, make: Trainer, keeps: bool = False) -> tuple[int, int, Weights]:
    """Steps until the test images are classified as well as a race asks, by the weights as they are and by those that
    the race makes of them; and the first such weights. Who `keeps` near the filters given is brought back each step."""
    params = {name: tensor.clone().requires_grad_() for name, tensor in start.items()}
    optimizer, generator = make([*params.values()]), torch.Generator().manual_seed(0)
    free, held, ends = MOST, MOST, params
    for step in range(1, MOST + 1):
        optimizer.zero_grad()
        _loss(params, split, BATCH, generator).backward()
        optimizer.step()
        if keeps:
            with torch.no_grad():
                for name, tensor in near(given, params).items():
                    params[name].copy_(tensor)
        if step % EVERY == 0:
            if free == MOST and _accuracy(params, split) >= SPEED.RACE.target:
                free, ends = step, {name: tensor.detach().clone() for name, tensor in params.items()}
            if held == MOST and _accuracy(near(given, params), split) >= SPEED.RACE.target:
                held = step
            if max(free, held) < MOST:
                break
    return free, held, ends


def near(given: Weights, params: Weights) -> Weights:
    """What the race judges of `params`."""
    numbers = ({name: tensor.detach().numpy() for name, tensor in weights.items()} for weights in (given, params))
    return {name: torch.tensor(array, dtype=torch.float32) for name, array in SPEED.near(*numbers).items()}


def moved(given: Weights, params: Weights, name: str) -> float:
    """How far a layer lies from the one given, in units of its norm."""
    return float((params[name].detach() - given[name]).norm() / given[name].norm())


def _accuracy(params: Weights, split: Any) -> float:
    with torch.no_grad():
        said = _logits(params, torch.from_numpy(split.test_images)).argmax(dim=1)
    return (said == torch.from_numpy(split.test_labels)).float().mean().item()


def _mean(steps: list[int]) -> float:
    return float(np.exp(np.mean(np.log(steps))))


def _loss(params: Weights, split: Any, batch: int, generator: torch.Generator) -> Any:
    chosen = torch.randint(len(split.labels), (batch,), generator=generator)
    images, labels = torch.from_numpy(split.images)[chosen], torch.from_numpy(split.labels)[chosen]
    return cross_entropy(_logits(params, images), labels)


def _logits(params: Weights, images: torch.Tensor) -> torch.Tensor:
    hidden = conv2d(images, params["W1"], params["b1"], stride=2, padding=2).relu()
    hidden = conv2d(hidden, params["W2"], params["b2"], stride=2, padding=2).relu()
    return hidden.flatten(1) @ params["W3"] + params["b3"]


def _rounded(weights: torch.Tensor, threshold: float) -> torch.Tensor:
    """`weights` with one size for each filter, and zero for those below `threshold` times the mean."""
    large = weights.abs() >= threshold * weights.abs().mean(dim=(1, 2, 3), keepdim=True)
    size = (weights.abs() * large).sum(dim=(1, 2, 3), keepdim=True) / large.sum(dim=(1, 2, 3), keepdim=True)
    return size * large * weights.sign()


def _rng(purpose: int, number: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(0, spawn_key=(0x61C, purpose, number)))


if __name__ == "__main__":
    main()
