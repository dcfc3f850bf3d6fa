"""`python -m bench.gpu`: the speed tier on a CUDA machine. Honest kernels, cheats, noise, and what a launch costs.

It needs NumPy, PyTorch with CUDA, Triton and msgspec, and nothing of the test extras (docs/speed-gpu.md).
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence

NEEDED = ("numpy", "msgspec", "torch")
PARTS = ("machine", "routes", "honest", "cheats", "noise", "after")


def main(given: Sequence[str] | None = None) -> int:
    """Run the parts that were asked for; the exit status."""
    options = arguments(given)
    if lacking := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        print(f"The speed tier cannot be tried here: pip install {' '.join(lacking)}.", file=sys.stderr)
        return 2
    from bench.gpu_trials import trials

    return trials(options)


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--save", metavar="FILE", help="write the page there, too")
    parser.add_argument("--isolation", choices=["strong", "process"], help="default: strong where it is to be had")
    parser.add_argument("--rehearse", action="store_true", help="everything on the CPU, on its layers")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
