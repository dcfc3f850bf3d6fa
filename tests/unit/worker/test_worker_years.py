"""Names that NumPy has dropped: NumPy's own list is put back, and the rest is known to be out of reach."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from autograder.worker import years


@pytest.fixture
def put_back():
    with years.put_back():
        yield


def evaluate(source):
    """The value of an expression, its calls rewritten as those of a submission are."""
    tree = ast.parse(source, mode="eval")
    years.rewrite(tree, source)
    return eval(compile(tree, "<submission>", "eval"), {"np": np, years.REWRITER: years.Former})  # noqa: S307


def test_every_name_of_numpys_own_tables_is_put_back_or_listed(put_back):
    table = {*getattr(np, "__former_attrs__", ()), *getattr(np, "__expired_attributes__", ())}
    assert len(table) > 40
    assert sorted(name for name in table if name not in vars(np)) == sorted(years.NOT_PUT_BACK)


def test_names_go_away_again():
    before = {*vars(np)}
    with years.put_back():
        assert np.float is float
    assert {*vars(np)} - before <= {"core"}
    assert not hasattr(np.linalg, "linalg")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("np.asscalar(np.array([2.5]))", 2.5),
        ("np.in1d([1, 2], [2]).tolist()", [False, True]),
        ("np.round_(1.26, 1)", 1.3),
        ("[np.NINF, np.PINF, np.Inf]", [-np.inf, np.inf, np.inf]),
        ("np.alen([1, 2, 3])", 3),
        ("np.rank(np.ones((2, 3)))", 2),
        ("np.msort(np.array([[2, 1], [1, 2]])).tolist()", [[1, 1], [2, 2]]),
        ("np.math.exp(0)", 1.0),
        ("np.trapz([1.0, 3.0])", 2.0),
        ("np.cast[np.float32](1).dtype.name", "float32"),
        ("np.nbytes[np.float64]", 8),
        ("np.find_common_type([np.float32], [np.int64]).name", "float64"),
        ("np.maximum_sctype(np.float32)", np.longdouble),
        ("np.asfarray([1, 2]).dtype.name", "float64"),
        ("np.safe_eval('[1, 2]')", [1, 2]),
        ("np.byte_bounds(np.ones(2))[0] > 0", True),
        ("np.linalg.linalg.norm(np.array([3.0, 4.0]))", 5.0),
        ("np.lib.function_base.flip(np.arange(2)).tolist()", [1, 0]),
        ("issubclass(np.VisibleDeprecationWarning, UserWarning)", True),
        ("np.arange(4.0).ptp()", 3.0),
        ("np.array([[1, 5], [2, 2]]).ptp(axis=1).tolist()", [4, 0]),
        ("np.arange(2, dtype='<i2').newbyteorder().dtype.str", ">i2"),
        ("np.arange(2, dtype='u1').tostring()", b"\x00\x01"),
        ("np.reshape(np.arange(4), newshape=(2, 2)).shape", (2, 2)),
        ("np.percentile([1.0, 2.0], 50, interpolation='lower')", 1.0),
        ("np.histogram([1.0, 2.0], bins=2, normed=True)[0].tolist()", [1.0, 1.0]),
        ("np.array([1, 2], copy=False).tolist()", [1, 2]),
    ],
)
def test_old_code_means_what_it_meant(put_back, source, value):
    assert evaluate(source) == value


def test_a_value_can_be_set_by_itemset(put_back):
    tree = ast.parse("a = np.zeros((2, 2))\na.itemset(1, 5)\na.itemset((1, 0), 7)\nb = np.zeros(1)\nb.itemset(3)")
    years.rewrite(tree, ".itemset")
    names = {"np": np, years.REWRITER: years.Former}
    exec(compile(tree, "<submission>", "exec"), names)  # noqa: S102
    assert (names["a"].tolist(), names["b"].tolist()) == ([[0, 5], [7, 0]], [3])


class Own:
    """A student's class that has methods of the same names."""

    def ptp(self, **options):
        return "own", options


def test_what_is_not_numpys_is_left_alone(put_back):
    tree = ast.parse("[own.ptp(newshape=1), (lambda newshape: newshape)(newshape=3)]", mode="eval")
    years.rewrite(tree, ".ptp")
    value = eval(compile(tree, "", "eval"), {"own": Own(), years.REWRITER: years.Former})  # noqa: S307
    assert value == [("own", {"newshape": 1}), 3]


def test_a_method_that_no_array_ever_had_raises_as_it_does():
    with pytest.raises(AttributeError, match="'int' object has no attribute 'ptp'"):
        evaluate("(3).ptp()")


def test_lines_stay_where_they_were():
    tree = ast.parse("x = 1\ny = (\n  x.ptp(\n    newshape=2))")
    places = [(node.lineno, node.col_offset) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    years.rewrite(tree, ".ptp")
    assert places[0] in [(node.lineno, node.col_offset) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    compile(tree, "", "exec")
