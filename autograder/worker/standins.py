"""Inert stand-ins for packages that only show things: code that plots or has a progress bar is graded all the same."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

# Packages, or parts of one, that compute nothing. Anything else that an assignment does not have is absent.
SHOW_ONLY = (
    "matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "tqdm", "IPython", "ipywidgets", "google.colab",
)  # fmt: skip

# What `from matplotlib.pyplot import *` is mostly used for.
PYPLOT = (
    "axis", "close", "colorbar", "figure", "grid", "hist", "imshow", "legend", "pause", "plot", "savefig", "scatter",
    "show", "subplot", "subplots", "tight_layout", "title", "xlabel", "xlim", "ylabel", "ylim",
)  # fmt: skip


def stands_in(name: str) -> bool:
    """Whether the module `name` has a stand-in, or holds one that has."""
    return any(f"{name}.".startswith(f"{one}.") or one.startswith(f"{name}.") for one in SHOW_ONLY)


class Inert:
    """Takes any use and does nothing. It counts as empty, and holds no number."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return KNOWN.get(name) or Inert()

    def __setattr__(self, name: str, value: Any) -> None:
        return None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if args and isinstance(args[0], types.FunctionType) else Inert()  # as a decorator does

    def __getitem__(self, key: Any) -> Inert:
        return Inert()

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def _with_another(self, other: Any) -> Inert:
        return Inert()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _with_another


class Bar:
    """A progress bar that only passes on what it is given."""

    def __init__(self, iterable: Any = (), *args: Any, total: int | None = None, **options: Any) -> None:
        self.iterable, self.total, self.n = iterable, total, 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable) if hasattr(self.iterable, "__len__") else self.total or 0

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, n: int = 1) -> None:
        """Count, as code may read `n`."""
        self.n += n

    @staticmethod
    def write(*args: Any, **options: Any) -> None:
        """What is printed beside the bar is not read here."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()


def _range(*args: int, **options: Any) -> Bar:
    return Bar(range(*args))


def _subplots(nrows: int = 1, ncols: int = 1, *args: Any, squeeze: bool = True, **options: Any) -> tuple[Inert, Any]:
    axes = np.empty((nrows, ncols), dtype=object)
    axes.fill(Inert())
    if not squeeze:
        return Inert(), axes
    return Inert(), Inert() if axes.size == 1 else axes.squeeze()


def _hist(*args: Any, **options: Any) -> tuple[Inert, Inert, Inert]:
    return Inert(), Inert(), Inert()


def _plot(*args: Any, **options: Any) -> list[Inert]:
    return [Inert()]


class ZMQInteractiveShell(Inert):
    """What `get_ipython()` gives in a notebook; by its class's name code asks where it runs, and this is not Colab."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.__dict__["_namespace"] = namespace

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "<ipykernel.zmqshell.ZMQInteractiveShell object>"

    def run_line_magic(self, name: str, line: str = "", *args: Any, **options: Any) -> None:
        """Nothing, but for `%pylab`, which binds NumPy's names."""
        if name == "pylab":
            self._namespace.update(pylab_names(), np=np, numpy=np, plt=Inert(), pyplot=Inert(), pylab=Inert())

    def magic(self, line: str) -> None:
        """The same, as older notebooks write it."""
        self.run_line_magic(*line.split(None, 1))


def pylab_names() -> dict[str, Any]:
    """What `from pylab import *` binds: NumPy's names, but for those that Python has, and what draws."""
    names = {name: getattr(part, name) for part in (np.linalg, np.random, np.fft, np) for name in part.__all__}
    ours = {
        name: value
        for name, value in names.items()
        if name not in ("abs", "bool", "bytes", "max", "min", "pow", "round")
    }
    return {**ours, **{name: KNOWN.get(name) or Inert() for name in PYPLOT}}


KNOWN: dict[str, Any] = {
    "subplots": _subplots, "hist": _hist, "plot": _plot, "tqdm": Bar, "tqdm_notebook": Bar, "trange": _range,
    "tnrange": _range,
}  # fmt: skip


class StandIn(types.ModuleType):
    """A module of a package that only shows things. `shell` is what IPython's own `get_ipython()` gives."""

    shell: ZMQInteractiveShell | None = None

    def __init__(self, name: str) -> None:
        super().__init__(name)
        if name.endswith("pyplot"):
            self.__dict__["__all__"] = PYPLOT
        if name.endswith("pylab"):
            self.__dict__.update(pylab_names())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name == "get_ipython":
            return lambda: StandIn.shell
        return KNOWN.get(name) or Inert()
