"""`python -m bench.filters`: what filters that were learnt at home gain in the race of `training`.

Filters are learnt on draws of the public generator, for all their cameras together. Then the same trainers start from
them, from what a text has room for of them, and from He's rule, on new draws, and take so many steps to the
target. Everybody knows an affine layer that starts small, so all but the first row have it. Only steps are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn.functional import conv2d, cross_entropy

from autograder.assignment.discover import assignment_folders, beside, discover

SPEED: Any = beside(discover(assignment_folders()["training"]).assignment, "speed")
NAMES = ("W1", "b1", "W2", "b2")
DRAWS, STEPS, BATCH, AT_ONCE = 16, 1800, 48, 4
TRIALS, MOST, EVERY = 6, 1200, 10
Weights = dict[str, torch.Tensor]
TRAINERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "SGD": lambda params: torch.optim.SGD(params, lr=0.03),
    "momentum": lambda params: torch.optim.SGD(params, lr=0.01, momentum=0.9),
    "Adam": lambda params: torch.optim.Adam(params, lr=0.003),
}


def main() -> None:
    """Print how many times faster than from He's rule."""
    torch.set_num_threads(1)
    home = learn()
    ratios: dict[tuple[str, str], list[float]] = {}
    for number in range(TRIALS):
        split = SPEED.draw(_rng(2, number))
        he = {name: torch.tensor(array) for name, array in SPEED.RACE.initial(_rng(3, number)).items()}
        small = he | {"W3": 0.3 * he["W3"]}
        for trainer, make in TRAINERS.items():
            steps = {name: steps_to_target(start, split, make) for name, start in starts(he, small, home).items()}
            for name, count in steps.items():
                ratios.setdefault((trainer, name), []).append(steps["a small affine layer"] / count)
    print(f"{'speed against He and a small affine layer':<44}" + "".join(f"{trainer:>10}" for trainer in TRAINERS))
    for name in dict.fromkeys(name for _, name in ratios):
        means = (float(np.exp(np.mean(np.log(ratios[trainer, name])))) for trainer in TRAINERS)
        print(f"{name:<44}" + "".join(f"{mean:>10.2f}" for mean in means))


def starts(he: Weights, small: Weights, home: Weights) -> dict[str, Weights]:
    """Weights to start from, by what a submission would have to carry."""
    first = small | {name: home[name] for name in ("W1", "b1")}
    return {
        "He": he,
        "a small affine layer": small,
        "W1 from home, 200 numbers": first,
        "W2 too, two values a filter: 400 bytes": first | home | {"W2": _rounded(home["W2"], 0.0)},
        "W2 too, three values a filter: 630 bytes": first | home | {"W2": _rounded(home["W2"], 0.7)},
        "W2 too, all of it": first | home,
    }


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
        loss = sum(_loss({**shared, **heads[one]}, splits[one], BATCH, generator) for one in chosen)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return {name: tensor.detach() for name, tensor in shared.items()}


def steps_to_target(start: Weights, split: Any, make: Callable[[Any], torch.optim.Optimizer]) -> int:
    """Steps with 32 images until the test images are classified as well as a race asks."""
    params = {name: tensor.clone().requires_grad_() for name, tensor in start.items()}
    optimizer, generator = make([*params.values()]), torch.Generator().manual_seed(0)
    images, labels = torch.tensor(split.test_images), torch.tensor(split.test_labels)
    for step in range(1, MOST + 1):
        optimizer.zero_grad()
        _loss(params, split, 32, generator).backward()
        optimizer.step()
        if step % EVERY == 0:
            with torch.no_grad():
                right = (_logits(params, images).argmax(dim=1) == labels).float().mean().item()
            if right >= SPEED.RACE.target:
                return step
    return MOST


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
