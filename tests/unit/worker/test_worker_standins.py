"""Stand-ins for what only shows, and the absence of all that an assignment does not have."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest

from autograder.worker.absent import Gate, install
from autograder.worker.standins import PYPLOT, SHOW_ONLY, StandIn, ZMQInteractiveShell, stands_in


@pytest.fixture
def gate():
    """A gate that lets NumPy pass; what was imported behind it is forgotten afterwards."""
    tops = {one.partition(".")[0] for one in SHOW_ONLY} | {"scipy", "numba", "jaxtyping"}
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in tops}
    for name in kept:
        del sys.modules[name]
    importlib.import_module("numpy.testing")
    gate = install(("numpy",))
    yield gate
    sys.meta_path.remove(gate)
    for name in [name for name in sys.modules if name.partition(".")[0] in tops]:
        del sys.modules[name]
    sys.modules.update(kept)


def run(source):
    names: dict = {}
    exec(source, names)  # noqa: S102
    return names


PLOTS = """
import matplotlib
import matplotlib.pyplot as plt
from matplotlib import cm, pyplot
from mpl_toolkits.mplot3d import Axes3D
import seaborn as sns
plt.rcParams["figure.figsize"] = (10.0, 8.0)
plt.style.use("ggplot")
sns.set(style="white")
fig, ax = plt.subplots()
ax.plot([1, 2], label="loss")
fig, axes = plt.subplots(2, 3, figsize=(8, 6))
axes[1, 2].imshow([[1]])
for ax in axes.flat:
    ax.axis("off")
one, two = plt.subplots(1, 2)[1]
line, = plt.plot([1, 2], color=cm.viridis(0.5) * 2)
line.set_ydata([2, 3])
n, bins, patches = plt.hist([1, 2, 3])
with plt.style.context("dark"):
    plt.show()
plt.gca().set_title("x").set_fontsize(12)
class Mine(plt.Formatter):
    def own(self): return 7
seven = Mine().own()
"""

NOTEBOOK = """
from IPython.display import HTML, clear_output, display
from google.colab import drive, files
import google.colab
import ipywidgets as widgets
from ipywidgets import interact
drive.mount("/content/drive")
clear_output(wait=True)
display(HTML("<b>x</b>"))
@interact(n=(1, 5))
def shown(n): return n
shown = shown(4)
"""

BARS = """
import tqdm
from tqdm import tqdm as bar, trange
from tqdm.auto import tqdm as auto
from tqdm.notebook import tnrange
steps = [i for i in trange(3)] + list(auto([7])) + list(tnrange(1, 3, desc="x")) + list(tqdm.tqdm((9,)))
pairs = list(enumerate(bar([4, 5], total=2)))
with bar(total=4) as progress:
    progress.update(3)
    progress.set_postfix(loss=1.0)
done, length = progress.n, len(bar([1, 2]))
bar.write("epoch")
"""


def test_plots_of_every_kind_are_drawn_nowhere(gate):
    assert run(PLOTS)["seven"] == 7
    assert gate.shown == ["matplotlib", "mpl_toolkits", "seaborn"]


def test_what_notebooks_show_is_shown_nowhere(gate):
    assert run(NOTEBOOK)["shown"] == 4
    assert gate.shown == ["IPython", "google.colab", "ipywidgets"]


def test_progress_bars_pass_on_what_they_are_given(gate):
    names = run(BARS)
    assert names["steps"] == [0, 1, 2, 7, 1, 2, 9]
    assert names["pairs"] == [(0, 4), (1, 5)]
    assert (names["done"], names["length"]) == (3, 2)


def test_names_can_be_imported_with_a_star(gate):
    names = run("from matplotlib.pyplot import *\nplot([1])\nshow()")
    assert set(PYPLOT) <= set(names)
    names = run("from pylab import *\ny = tanh(array([0.0])) + norm([3, 4])\nz = max([1, 2])")
    assert (names["y"].tolist(), names["z"]) == ([5.0], 2)


def test_there_is_no_number_in_a_stand_in(gate):
    names = run("import matplotlib.pyplot as plt\nfig = plt.figure()")
    assert (bool(names["fig"]), len(names["fig"]), list(names["fig"])) == (False, 0, [])
    with pytest.raises(TypeError):
        float(names["fig"])


@pytest.mark.parametrize("name", ["scipy", "scipy.signal", "numba", "jaxtyping", "google.cloud", "helpers"])
def test_all_else_is_absent_as_python_says_it(gate, name):
    first = name if name.startswith("google") else name.partition(".")[0]
    with pytest.raises(ModuleNotFoundError, match=f"^No module named '{first}'$") as caught:
        __import__(name)
    assert caught.value.name == first
    names = run(f"try:\n    import {name}\nexcept ImportError:\n    found = False")
    assert names["found"] is False
    assert gate.shown == []


def test_what_the_assignment_has_is_there(gate):
    assert run("import numpy.fft, json, autograder\nx = numpy.fft.fft([1.0])")["x"].tolist() == [1]
    assert [gate.absent(name) for name in ("numpy.fft", "json", "tqdm.auto", "scipy.signal")] == [None] * 3 + ["scipy"]


def test_a_package_that_an_assignment_does_have_is_no_stand_in():
    assert Gate(("matplotlib",)).find_spec("matplotlib") is None


def test_stand_ins_are_whole_names():
    assert [stands_in(name) for name in ("google", "google.colab.files", "tqdm2", "matplotlib_x", "goog")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_the_shell_is_inert_and_not_colab():
    names: dict = {}
    shell = ZMQInteractiveShell(names)
    shell.run_line_magic("matplotlib", "inline")
    shell.system("pip install x")
    assert names == {}
    assert "google.colab" not in str(shell)
    assert shell
    assert type(shell).__name__ == "ZMQInteractiveShell"


@pytest.mark.parametrize("ask", [lambda s: s.run_line_magic("pylab", "inline"), lambda s: s.magic("pylab inline")])
def test_pylab_binds_numpy(ask):
    names: dict = {}
    ask(ZMQInteractiveShell(names))
    assert names["np"] is np
    assert names["tanh"](np.zeros(1)) == 0
    assert names["randn"](2, 3).shape == (2, 3)
    assert "max" not in names
    names["plt"].plot([1])


def test_a_module_has_no_dunder_names():
    with pytest.raises(AttributeError, match="module 'matplotlib' has no attribute '__file__'"):
        StandIn("matplotlib").__file__  # noqa: B018
