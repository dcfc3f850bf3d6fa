"""Mutants: what each operator changes, what it leaves alone, and that ids, order and code can be relied upon."""

import ast
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.prove import array_operators, operators
from autograder.prove.mutants import OPERATORS, Mutant, generate

SAMPLE = '''
import numpy as np


def affine_forward(x, w, b):
    """out = x w + b"""
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)


def leaky_relu_forward(x, alpha=0.01):
    return np.where(x > 0, x, alpha * x), (x, alpha)


def leaky_relu_backward(dout, cache):
    x, alpha = cache
    return dout * np.where(x > 0, 1.0, alpha)


def sigmoid_forward(x):
    decay = np.exp(-np.abs(x))
    out = np.where(x >= 0, 1.0 / (1.0 + decay), decay / (1.0 + decay))
    return out, out


def sigmoid_backward(dout, cache):
    return dout * cache * (1.0 - cache)


def tanh_forward(x):
    out = np.tanh(x)
    return out, out


def tanh_backward(dout, cache):
    return dout * (1.0 - cache**2)


def softmax_loss(x, y):
    n = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(n), y].mean()
    dx = np.exp(log_probs)
    dx[np.arange(n), y] -= 1.0
    dx /= n
    return float(loss), dx


def mse_loss(x, y):
    difference = x - y
    return float(np.mean(difference**2)), 2.0 * difference / difference.size


def two_layer_loss(params, x, y, reg=0.0):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    hidden, cache1 = affine_forward(x, W1, b1)
    active, cache_relu = relu_forward(hidden)
    scores, cache2 = affine_forward(active, W2, b2)
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dactive, dW2, db2 = affine_backward(dscores, cache2)
    dhidden = relu_backward(dactive, cache_relu)
    _, dW1, db1 = affine_backward(dhidden, cache1)
    return loss, {"W1": dW1 + reg * W1, "b1": db1, "W2": dW2 + reg * W2, "b2": db2}


def numerical_gradient(f, x, h=1e-5):
    point = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        kept = point[index]
        point[index] = kept + h
        above = f(point)
        point[index] = kept - h
        below = f(point)
        point[index] = kept
        gradient[index] = (above - below) / (2.0 * h)
    return gradient
'''


def in_function(body: str, signature: str = "f()") -> str:
    return f"def {signature}:\n" + "".join(f"    {line}\n" for line in body.split("\n"))


def edits(operator: str, source: str) -> list[str]:
    return [f"{m.before} → {m.after}" for m in generate(source) if m.operator == operator]


# ── each operator, on a body of f() ────────────────────────────────────────────────────────────

CHANGES = [
    ("drop-term", "g(a + b)", ["a + b → a", "a + b → b"]),
    ("drop-term", "g(a - b)", ["a - b → a", "a - b → -b"]),
    ("drop-factor", "g(a * b)", ["a * b → a", "a * b → b"]),
    ("drop-factor", "g(a / b)", ["a / b → a"]),
    ("drop-factor", "g(a ** 2)", ["a ** 2 → a"]),
    ("swap-operator", "g(a + b - c)", ["a + b - c → a + b + c", "a + b → a - b"]),
    ("swap-operator", "g(a * b, a / b)", ["a * b → a / b", "a / b → a * b"]),
    ("swap-operator", "g(a ** b, a @ b)", ["a ** b → a * b", "a @ b → a * b"]),
    ("swap-operands", "g(a - b, a / b)", ["a - b → b - a", "a / b → b / a"]),
    ("swap-operands", "g(a @ b)", ["a @ b → b @ a"]),
    ("drop-sign", "g(-a)", ["-a → a"]),
    ("negate", "return a * b", ["a * b → -(a * b)"]),
    ("negate", "return a, (b, c)", ["a → -a"]),
    ("negate", "a = g(b)", ["g(b) → -g(b)"]),
    ("negate", "return {'W': a}", ["a → -a"]),
    ("constant", "g(3)", ["3 → 4", "3 → 2", "3 → 6", "3 → 0", "3 → -3"]),
    ("constant", "g(0)", ["0 → 1", "0 → -1"]),
    ("constant", "g(-1)", ["-1 → 0", "-1 → -2", "-1 → 1"]),
    ("constant", "g(0.5)", ["0.5 → 1.5", "0.5 → -0.5", "0.5 → 1.0", "0.5 → 0.0"]),
    ("constant", "g(0.0)", ["0.0 → 1.0", "0.0 → -1.0"]),
    ("constant", "g(1e-6)", ["1e-06 → 1e-05", "1e-06 → 1e-07", "1e-06 → 0.0", "1e-06 → -1e-06"]),
    ("constant", "g(True)", ["True → False"]),
    ("constant", "a.reshape(n, -1)", ["-1 → 0", "-1 → 1"]),
    ("constant", "a.reshape((n, -1))", ["-1 → 0", "-1 → 1"]),
    ("delete-statement", "a = b\nreturn a", ["a = b → pass"]),
    ("delete-statement", "g(a)\na += b", ["g(a) → pass", "a += b → pass"]),
    ("delete-statement", "while a:\n    break", ["while a:\n    break → pass", "break → pass"]),
    ("augmented", "a += b", ["a += b → a -= b", "a += b → a = b"]),
    ("augmented", "a /= b", ["a /= b → a *= b", "a /= b → a = b"]),
    ("condition", "if a:\n    g()", ["a → True", "a → False"]),
    ("condition", "while a:\n    g()", ["a → False"]),
    ("condition", "g(b if a else c)", ["a → True", "a → False"]),
    ("comparison", "g(a < b)", ["a < b → a <= b", "a < b → a > b"]),
    ("comparison", "g(a >= b)", ["a >= b → a > b", "a >= b → a <= b"]),
    ("comparison", "g(a == b, a is b)", ["a == b → a != b", "a is b → a is not b"]),
    ("comparison", "g(a in b == c)", ["a in b == c → a not in b == c", "a in b == c → a in b != c"]),
    ("boolean", "g(a and b)", ["a and b → a or b", "a and b → b", "a and b → a"]),
    ("boolean", "g(not a)", ["not a → a"]),
    ("swap-elements", "return a, b, c", ["(a, b, c) → (b, a, c)", "(a, b, c) → (a, c, b)"]),
    ("swap-elements", "n, c = g()", ["(n, c) → (c, n)"]),
    ("swap-elements", "g(a[:, 0])", ["(:, 0) → (0, :)"]),
    ("swap-elements", "return {'W': a, 'b': b}", ["{'W': a, 'b': b} → {'W': b, 'b': a}"]),
    ("swap-arguments", "g(a, b, c)", ["g(a, b, c) → g(b, a, c)", "g(a, b, c) → g(a, c, b)"]),
    ("swap-key", "g(p['W1'], p['b1'])", ["'W1' → 'b1'", "'b1' → 'W1'"]),
    ("range-bounds", "range(n)", ["range(n) → range(1, n)", "range(n) → range(n - 1)"]),
    (
        "range-bounds",
        "range(0, n, s)",
        ["range(0, n, s) → range(1, n, s)", "range(0, n, s) → range(0, n - 1, s)", "range(0, n, s) → range(0, n)"],
    ),
    ("swap-reduction", "np.sum(a)", ["np.sum(a) → np.mean(a)"]),
    ("swap-reduction", "g(a.max(), a.argmax())", ["a.max() → a.min()", "a.argmax() → a.argmin()"]),
    ("swap-reduction", "max(a, b)", ["max(a, b) → min(a, b)"]),
    ("swap-function", "np.log(a)", ["np.log(a) → np.log1p(a)", "np.log(a) → np.log2(a)"]),
    ("swap-function", "np.maximum(a, b)", ["np.maximum(a, b) → np.minimum(a, b)"]),
    ("swap-function", "np.zeros_like(a)", ["np.zeros_like(a) → np.ones_like(a)"]),
    ("drop-call", "g(np.exp(a))", ["np.exp(a) → a"]),
    ("drop-call", "g(np.linalg.norm(a, axis=0))", ["np.linalg.norm(a, axis=0) → a"]),
    ("drop-call", "g(np.maximum(a, 0))", ["np.maximum(a, 0) → a", "np.maximum(a, 0) → 0"]),
    ("drop-call", "g(a.reshape(n, c))", ["a.reshape(n, c) → a"]),
    ("drop-call", "g(a.copy(), b.sum(axis=0))", ["a.copy() → a", "b.sum(axis=0) → b"]),
    (
        "swap-branches",
        "np.where(c, a, b)",
        ["np.where(c, a, b) → np.where(c, b, a)", "np.where(c, a, b) → a", "np.where(c, a, b) → b"],
    ),
    ("swap-branches", "g(a if c else b)", ["a if c else b → b if c else a"]),
    ("axis", "a.sum(axis=0)", ["axis=0 → axis=1", "axis=0 → axis=-1"]),
    ("axis", "a.sum(axis=1)", ["axis=1 → axis=0", "axis=1 → axis=2"]),
    ("axis", "a.sum(axis=-1)", ["axis=-1 → axis=0", "axis=-1 → axis=-2"]),
    ("axis", "a.sum(axis=(0, 2))", ["axis=(0, 2) → axis=(2,)", "axis=(0, 2) → axis=(0,)"]),
    ("drop-axis", "a.sum(axis=0, dtype=t)", ["a.sum(axis=0, dtype=t) → a.sum(dtype=t)"]),
    ("keepdims", "a.sum(keepdims=True)", ["keepdims=True → keepdims=False"]),
    ("ddof", "a.var(axis=0)", ["a.var(axis=0) → a.var(axis=0, ddof=1)"]),
    ("ddof", "np.std(a, ddof=1)", ["np.std(a, ddof=1) → np.std(a)"]),
    ("transpose", "g(a.T)", ["a.T → a"]),
    ("transpose", "g(a.T @ b)", ["a.T → a", "b → b.T"]),
    ("transpose", "np.dot(a, b)", ["a → a.T", "b → b.T"]),
    ("index", "g(a[0])", ["0 → 1", "0 → -1"]),
    ("index", "g(a[:, 1])", ["1 → 2", "1 → 0"]),
    ("index", "g(a.shape[-1])", ["-1 → 0", "-1 → -2"]),
    ("slice-bounds", "g(a[1:n])", ["1:n → 2:n", "1:n → 1:n - 1", "1:n → :n", "1:n → 1:"]),
    ("slice-bounds", "g(a[:, ::2])", [": → 1:", ": → :-1", "::2 → 1::2", "::2 → :-1:2", "::2 → :"]),
]


@pytest.mark.parametrize(("operator", "body", "expected"), CHANGES)
def test_an_operator_changes(operator, body, expected):
    assert edits(operator, in_function(body)) == expected


def test_every_operator_is_shown():
    assert {operator for operator, _, _ in CHANGES} | {"replace-name"} == set(OPERATORS)


def test_the_two_tables_share_no_name():
    assert not array_operators.OPERATORS.keys() & operators.OPERATORS.keys()


LEFT_ALONE = [
    ("swap-operands", "g(a + b, a * b)"),  # they commute
    ("drop-sign", "g(-1)"),
    ("negate", "a = np.zeros(3)"),
    ("negate", "a = b, c"),
    ("negate", "a += b"),
    ("constant", "g('relu', None)"),
    ("constant", "g(a[0], a[1:2], a.sum(axis=1), range(3))"),
    ("delete-statement", "'''Words.'''\nreturn a"),
    ("delete-statement", "a: int\nif a:\n    return 1"),
    ("swap-elements", "g((a, b))"),
    ("swap-elements", "return a, a"),
    ("swap-arguments", "np.maximum(a, b)\nnp.where(c, a, b)\ng(a, key=b)"),
    ("swap-key", "g(p['W'], 'W')"),
    ("swap-reduction", "sum(a)"),
    ("drop-call", "float(a)\nlen(a)\nnp.zeros(a)\nnp.asarray(a)\ng(a)"),
    ("drop-call", "np.add.at(a, b, c)"),
    ("axis", "a.sum(axis=k)"),
    ("transpose", "g(a * b)"),
    ("index", "g(a[i], a['W'], a[None])"),
]


@pytest.mark.parametrize(("operator", "body"), LEFT_ALONE)
def test_an_operator_leaves_alone(operator, body):
    assert edits(operator, in_function(body)) == []


def test_an_input_is_replaced_by_the_next_two_inputs():
    source = in_function("x, w = cache\nreturn x @ w * dout", "backward(dout, cache, alpha=0.1)")
    assert edits("replace-name", source) == ["x → w", "x → dout", "w → dout", "w → x", "dout → x", "dout → w"]


def test_a_computed_local_is_replaced_by_one_input_but_not_by_what_it_repeats():
    source = in_function("out = x * 2\ncache = x\nreturn out, cache", "forward(x)")
    assert edits("replace-name", source) == ["out → x"]


def test_the_mask_of_dout_is_among_the_mutants():
    source = in_function("x = cache\nreturn dout * (x > 0)", "relu_backward(dout, cache)")
    assert any("return dout * (dout > 0)" in mutant.source for mutant in generate(source))


def test_functions_dicts_defaults_and_shapes_are_not_replaced():
    source = in_function("g(f(x), p['W'], x.shape, np.zeros_like(x), len(x), h)", "numeric(f, p, x, y, h=1)")
    assert edits("replace-name", source) == ["x → y"]


# ── what is never mutated ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "source",
    [
        in_function('"""a + 1"""\nraise NotImplementedError'),
        in_function('raise NotImplementedError(f"write {1 + 1} of {a[0]}")'),
        in_function("pass", "f(x: Array[1] = None, mode='same', *, y: int = None) -> Array[2]"),
        in_function("import math\nfrom a import b\nassert x > 0, -x"),
        "@decorated(1)\n" + in_function("pass"),
        "a = 1 + 1\nif a > 2:\n    a -= 1\n",
        "class Layer(Base[0]):\n    '''Words.'''\n\n    def f(self):\n        ...\n",
    ],
    ids=["stub", "message", "signature", "imports", "decorator", "module level", "class"],
)
def test_nothing_to_mutate(source):
    assert generate(source) == []


def test_a_numeric_default_is_mutated():
    assert edits("constant", in_function("pass", "f(x, alpha=0.01)"))[0] == "0.01 → 1.01"


def test_methods_belong_to_their_class():
    mutants = generate("class Layer:\n    def forward(self, x):\n        return x + 1\n")
    assert {mutant.function for mutant in mutants} == {"Layer"}
    assert {mutant.line for mutant in mutants} == {3}


# ── the list of mutants ────────────────────────────────────────────────────────────────────────


def test_an_assignment_of_usual_size_yields_hundreds_of_mutants_of_many_kinds():
    mutants = generate(SAMPLE)
    assert 400 <= len(mutants) <= 700
    assert len({mutant.operator for mutant in mutants}) >= 20
    per_function = Counter(mutant.function for mutant in mutants)
    assert min(per_function.values()) >= 8


def test_every_mutant_compiles_differs_and_has_its_own_id():
    mutants = generate(SAMPLE)
    for mutant in mutants:
        mutant.compile()
    codes = {ast.unparse(ast.parse(mutant.source)) for mutant in mutants}
    assert len(codes) == len(mutants) == len({mutant.id for mutant in mutants})
    assert ast.unparse(ast.parse(SAMPLE)) not in codes


def test_the_list_is_deterministic():
    assert generate(SAMPLE) == generate(SAMPLE)


def test_a_mutant_names_its_place():
    source = "# why\n\n@jit\n" + in_function("return x + 1  # bias", "f(x)") + "\n# below\n"
    mutant = generate(source)[0]
    assert (mutant.function, mutant.operator, mutant.line) == ("f", "drop-term", 5)
    assert mutant.id.startswith("f:drop-term:")
    assert mutant.source == "# why\n\n@jit\ndef f(x):\n    return x\n\n# below\n"


def test_a_mutant_runs():
    mutant = next(m for m in generate(in_function("return x + 1", "f(x)")) if m.operator == "swap-operator")
    namespace: dict[str, object] = {}
    exec(mutant.compile(), namespace)  # noqa: S102 - a mutant is code of ours
    assert namespace["f"](3) == 2  # type: ignore[operator]


def test_a_mutant_that_python_would_warn_of_compiles():
    mutants = generate(in_function("return np.maximum(x, 0)[i]", "f(x, i)"))
    (odd,) = [mutant for mutant in mutants if mutant.after == "0" and mutant.operator == "drop-call"]
    odd.compile()


# ── ids ────────────────────────────────────────────────────────────────────────────────────────


def ids(mutants: list[Mutant]) -> list[str]:
    return [mutant.id for mutant in mutants]


def test_ids_survive_an_unrelated_function_above():
    above = in_function("return x * 2 + 1", "helper(x)") + "\n\n"
    assert ids(generate(above + SAMPLE, ["softmax_loss"])) == ids(generate(SAMPLE, ["softmax_loss"]))


def test_ids_survive_other_statements_comments_and_layout():
    before = generate(in_function("a = x + 1\nreturn a", "f(x)"))
    after = generate(in_function("# why\nb = g(x)\na = (x +\n    1)\nreturn a", "f(x)"))
    assert set(ids(before)) < set(ids(after))


def test_ids_of_a_loop_survive_a_change_of_its_body():
    before, after = (generate(in_function(f"for i in range(n):\n    g({call})")) for call in ("a", "b"))
    loop = {m.id for m in before if m.operator in {"range-bounds", "delete-statement"} and m.line == 2}
    assert len(loop) == 3
    assert loop < set(ids(after))


def test_equal_edits_in_one_function_are_told_apart():
    mutants = [m for m in generate(in_function("a += 1\na += 1")) if m.after == "pass"]
    assert len(mutants) == len(set(ids(mutants))) == 2


# ── which functions ────────────────────────────────────────────────────────────────────────────


def test_only_the_functions_asked_for():
    assert {mutant.function for mutant in generate(SAMPLE, ["mse_loss", "tanh_forward"])} == {
        "mse_loss",
        "tanh_forward",
    }
    assert generate(SAMPLE, []) == []


def test_an_unknown_function_is_named():
    with pytest.raises(ValueError) as error:
        generate(in_function("return x", "f(x)"), ["f", "g"])
    assert str(error.value) == "cannot mutate g: the source defines only f"


# ── any expression ─────────────────────────────────────────────────────────────────────────────

LEAVES = st.sampled_from(["x", "y", "0", "2", "1e-8", "-1", "x.T", "x[0]", "x[:, 1:]", "x.shape[0]", "p['W']"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "@", "<", "==", "and"])
    call = st.sampled_from(["np.sum({}, axis=0)", "np.exp({})", "({}).reshape(2, -1)", "-({})", "not ({})", "({})[0]"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, binary, inner),
        st.builds(str.format, call, inner),
        st.builds("np.where({}, {}, {})".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    )


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.recursive(LEAVES, larger, max_leaves=6))
def test_every_mutant_of_any_expression_compiles_and_is_new(expression):
    source = in_function(f"return {expression}", "f(x, y, p)")
    mutants = generate(source)
    assert mutants == generate(source)
    assert len({mutant.source for mutant in mutants}) == len(mutants)
    assert ast.unparse(ast.parse(source)) not in {mutant.source.strip() for mutant in mutants}
    for mutant in mutants:
        assert ast.unparse(ast.parse(mutant.source)) == mutant.source.strip()
        mutant.compile()
