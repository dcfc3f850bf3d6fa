"""Other correct ways to write `landscape`; every one must earn full points."""

import itertools
import math

import numpy as np

from autograder import variant


@variant
def short_steps_on_the_diagonal():
    """Steps of h on the diagonal; f(x) is computed once; x is moved and restored, on a copy."""

    def hessian(f, x, h):
        x = x.copy()
        D = x.size
        H = np.zeros((D, D))
        here = f(x)
        for i in range(D):
            x[i] += h
            ahead = f(x)
            x[i] -= 2 * h
            behind = f(x)
            x[i] += h
            H[i, i] = (ahead - 2 * here + behind) / h**2
            for j in range(i + 1, D):
                total = 0.0
                for s, t in itertools.product((1, -1), repeat=2):
                    moved = x.copy()
                    moved[i] += s * h
                    moved[j] += t * h
                    total += s * t * f(moved)
                H[i, j] = H[j, i] = total / (4 * h * h)
        return H

    return {"hessian": hessian}


@variant
def seven_points():
    """A mixed derivative from f along the diagonal x ± (h, h) and along both axes, and symmetrised at the end."""

    def hessian(f, x, h):
        e = np.eye(len(x)) * h
        ahead, behind = [f(x + row) for row in e], [f(x - row) for row in e]
        H = np.empty((len(x), len(x)))
        for i, j in np.ndindex(H.shape):
            if i == j:
                H[i, i] = (ahead[i] + behind[i] - 2 * f(x)) / h**2
            else:
                both = f(x + e[i] + e[j]) + f(x - e[i] - e[j]) + 2 * f(x)
                H[i, j] = (both - ahead[i] - ahead[j] - behind[i] - behind[j]) / (2 * h**2)
        return 0.5 * (H + H.T)

    return {"hessian": hessian}


@variant
def gradient_of_a_gradient():
    """Central differences of a central difference; the mean with the transpose is symmetric to the bit."""

    def slope(f, x, h):
        g = np.zeros_like(x)
        for k in range(len(x)):
            e = np.zeros_like(x)
            e[k] = h
            g[k] = (f(x + e) - f(x - e)) / (2 * h)
        return g

    def hessian(f, x, h):
        columns = []
        for k in range(len(x)):
            e = np.zeros(len(x))
            e[k] = h
            columns.append((slope(f, x + e, h) - slope(f, x - e, h)) / (2 * h))
        H = np.column_stack(columns)
        return (H + H.T) / 2

    return {"hessian": hessian}


@variant
def half_steps():
    """Both differences with steps of h / 2, so that the points are h apart; the upper triangle is mirrored."""

    def hessian(f, x, h):
        D = len(x)
        e = np.identity(D) * (h / 2)
        H = np.zeros((D, D))
        for i in range(D):
            for j in range(i, D):
                up = f(x + e[i] + e[j]) - f(x + e[i] - e[j])
                down = f(x - e[i] + e[j]) - f(x - e[i] - e[j])
                H[i, j] = (up - down) / h / h
        return np.triu(H) + np.triu(H, 1).T

    return {"hessian": hessian}


@variant
def points_in_a_list():
    """A list of Python floats is a point as well as an array; f is asked the same more than once."""

    def hessian(f, x, h):
        def at(*moves):
            moved = x.tolist()
            for index, by in moves:
                moved[index] = moved[index] + by
            return f(np.array(moved, dtype=float))

        def second(i, j):
            plus = at((i, h), (j, h)) + at((i, -h), (j, -h))
            return (plus - at((i, h), (j, -h)) - at((i, -h), (j, h))) / (4 * h**2)

        return np.array([[second(max(i, j), min(i, j)) for j in range(len(x))] for i in range(len(x))])

    return {"hessian": hessian}


@variant
def fourth_order():
    """A diagonal of fourth order is a central difference too, with a smaller error."""

    def hessian(f, x, h):
        D = len(x)
        H = np.zeros((D, D))
        for i in range(D):
            e = np.zeros(D)
            e[i] = h
            H[i, i] = (-f(x + 2 * e) + 16 * f(x + e) - 30 * f(x) + 16 * f(x - e) - f(x - 2 * e)) / (12 * h**2)
            for j in range(i):
                d = np.zeros(D)
                d[j] = h
                H[i, j] = H[j, i] = (f(x + e + d) - f(x + e - d) - f(x - e + d) + f(x - e - d)) / (4 * h**2)
        return H

    return {"hessian": hessian}


@variant
def loops():
    """Sums written out with Python's floats; eigenvalues as they come."""

    def taylor(value, gradient, H, step):
        total = float(value)
        for i in range(len(step)):
            total += gradient[i] * step[i]
            for j in range(len(step)):
                total += 0.5 * H[i][j] * step[i] * step[j]
        return total

    def condition_number(H):
        sizes = sorted(abs(e) for e in np.linalg.eigvalsh(H).tolist())
        if sizes[0] <= 1e-12 * sizes[-1]:
            return math.inf
        return sizes[-1] / sizes[0]

    def largest_stable_rate(H):
        return 2.0 / max(np.linalg.eigvalsh(H))

    def best_rate(H):
        e = sorted(np.linalg.eigvalsh(H))
        return 2 / float(e[0] + e[-1])

    def contraction(H, lr):
        worst = 0
        for e in np.linalg.eigvalsh(H):
            worst = max(worst, abs(1 - lr * e))
        return worst

    return {
        "taylor": taylor,
        "condition_number": condition_number,
        "largest_stable_rate": largest_stable_rate,
        "best_rate": best_rate,
        "contraction": contraction,
    }


@variant
def signs_counted():
    """How many eigenvalues are above tol, below -tol and between says all."""

    def classify(gradient, H, tol=1e-8):
        if math.sqrt(sum(g * g for g in gradient)) > tol:
            return "not stationary"
        up = down = flat = 0
        for e in np.linalg.eigvalsh(H):
            if e > tol:
                up += 1
            elif e < -tol:
                down += 1
            else:
                flat += 1
        if up and down:
            return "saddle"
        if flat:
            return "degenerate"
        return "minimum" if up else "maximum"

    return {"classify": classify}


@variant
def numpy_knows():
    """NumPy has a function for nearly everything: cond, the spectral norm, eigenvalues of I - lr H, einsum."""

    def taylor(value, gradient, H, step):
        return np.array(value + np.dot(gradient, step) + np.einsum("i,ij,j", step, H, step) / 2)

    def condition_number(H):
        return np.linalg.cond(H)

    def classify(gradient, H, tol=1e-8):
        e = np.linalg.eigvals(H).real
        words = ["not stationary", "saddle", "degenerate", "minimum"]
        checks = [np.sqrt(gradient @ gradient) > tol, (e > tol).any() and (e < -tol).any(), (abs(e) <= tol).any()]
        return np.select([*checks, (e > 0).all()], words, "maximum")

    def largest_stable_rate(H):
        return 2 / np.linalg.norm(H, 2)

    def best_rate(H):
        return 2 / (np.linalg.norm(H, 2) + np.linalg.norm(H, -2))

    def contraction(H, lr):
        return np.linalg.norm(np.eye(len(H)) - lr * H, ord=2)

    def newton_step(gradient, H):
        return -np.linalg.inv(H) @ gradient

    return {
        "taylor": taylor,
        "condition_number": condition_number,
        "classify": classify,
        "largest_stable_rate": largest_stable_rate,
        "best_rate": best_rate,
        "contraction": contraction,
        "newton_step": newton_step,
    }


@variant
def singular_values():
    """Of a symmetric matrix the singular values are the |eigenvalues|; words of NumPy's; columns for vectors."""

    def taylor(value, gradient, H, step):
        s = step.reshape(-1, 1)
        return (value + gradient.reshape(1, -1) @ s + 0.5 * s.T @ H @ s).item()

    def condition_number(H):
        s = np.linalg.svd(H, compute_uv=False)
        with np.errstate(divide="ignore"):
            return s[0] / s[-1]

    def classify(gradient, H, tol=1e-8):
        if np.sum(gradient**2) ** 0.5 > tol:
            return "not stationary"
        low, *_, high = np.sort(np.linalg.eigh(H)[0])
        if low < -tol < tol < high:
            return "saddle"
        flat = np.linalg.svd(H)[1].min() <= tol
        return np.array(["degenerate", "minimum", "maximum"])[0 if flat else 1 if low > tol else 2]

    def largest_stable_rate(H):
        return np.float64(2.0 / np.linalg.svd(H, compute_uv=False)[0])

    def contraction(H, lr):
        e = np.linalg.eigvalsh(np.identity(H.shape[0]) - lr * H)
        return max(e[-1], -e[0])

    def newton_step(gradient, H):
        values, vectors = np.linalg.eigh(H)
        return -vectors @ ((vectors.T @ gradient) / values)

    return {
        "taylor": taylor,
        "condition_number": condition_number,
        "classify": classify,
        "largest_stable_rate": largest_stable_rate,
        "contraction": contraction,
        "newton_step": newton_step,
    }


@variant
def filled_in():
    """An array for the whole walk, filled row by row, each from the one before."""

    def gradient_descent(grad, x0, lr, steps):
        walk = np.zeros((steps + 1, x0.shape[0]))
        walk[0] = x0
        for k in range(steps):
            walk[k + 1] = walk[k] - lr * grad(walk[k])
        return walk

    def momentum_descent(grad, x0, lr, momentum, steps):
        walk = np.empty((steps + 1, len(x0)))
        walk[0] = x0
        v = 0
        for k in range(1, steps + 1):
            v = momentum * v - lr * grad(walk[k - 1])
            walk[k] = walk[k - 1] + v
        return walk

    def loss_slice(f, w, d1, d2, a, b):
        values = np.zeros((len(a), len(b)))
        for i in range(len(a)):
            for j in range(len(b)):
                values[i, j] = f(w + a[i] * d1 + b[j] * d2)
        return values

    return {"gradient_descent": gradient_descent, "momentum_descent": momentum_descent, "loss_slice": loss_slice}


@variant
def in_place_on_copies():
    """A copy may be changed in place, and a row is a copy of it; the rate stands outside the velocity."""

    def gradient_descent(grad, x0, lr, steps):
        x = x0.copy()
        rows = [x.copy()]
        for _ in range(steps):
            g = grad(x)
            g *= lr
            x -= g
            rows.append(x.copy())
        return np.stack(rows)

    def momentum_descent(grad, x0, lr, momentum, steps):
        x, v = np.array(x0), np.zeros(x0.shape)
        rows = [np.array(x)]
        for _ in range(steps):
            v *= momentum
            v += grad(x)
            x -= lr * v
            rows.append(np.array(x))
        return np.vstack(rows)

    def filter_normalized(d, w):
        scaled = d.copy()
        for row, like in zip(scaled, w, strict=True):
            row *= np.linalg.norm(like) / (np.linalg.norm(row) + 1e-10)
        return scaled

    def newton_step(gradient, H):
        step = np.linalg.solve(H, gradient)
        step *= -1
        return step

    return {
        "gradient_descent": gradient_descent,
        "momentum_descent": momentum_descent,
        "filter_normalized": filter_normalized,
        "newton_step": newton_step,
    }


@variant
def one_point_moved():
    """A copy of w is moved from place to place, and f is asked there."""

    def loss_slice(f, w, d1, d2, a, b):
        values, moved = [], w.copy()
        for s in a:
            for t in b:
                moved[...] = w
                moved += s * d1
                moved += t * d2
                values.append(f(moved))
        return np.array(values).reshape(len(a), len(b))

    return {"loss_slice": loss_slice}


@variant
def plain_descent_is_momentum_zero():
    """Gradient descent is the walk without momentum; its velocity is the last difference of positions."""

    def momentum_descent(grad, x0, lr, momentum, steps):
        before, x = x0, x0
        walk = x0[np.newaxis]
        for _ in range(steps):
            before, x = x, x + momentum * (x - before) - lr * np.asarray(grad(x))
            walk = np.append(walk, [x], axis=0)
        return walk

    def gradient_descent(grad, x0, lr, steps):
        return momentum_descent(grad, x0, lr, 0.0, steps)

    return {"momentum_descent": momentum_descent, "gradient_descent": gradient_descent}


@variant
def accumulated():
    """itertools.accumulate walks; the gradient is called with a list turned into an array."""

    def gradient_descent(grad, x0, lr, steps):
        walk = itertools.accumulate(range(steps), lambda x, _: x - lr * grad(np.array(list(x))), initial=x0)
        return np.array([list(map(float, x)) for x in walk])

    def momentum_descent(grad, x0, lr, momentum, steps):
        def step(state, _):
            x, v = state
            v = momentum * v + lr * grad(x)
            return x - v, v

        states = itertools.accumulate(range(steps), step, initial=(x0, 0.0 * x0))
        return np.array([x for x, _ in states])

    return {"gradient_descent": gradient_descent, "momentum_descent": momentum_descent}


@variant
def filters_as_rows():
    """Flattened filters are rows of a matrix; a mask leaves the zero filters out."""

    def filter_normalized(d, w):
        rows, like = d.reshape(d.shape[0], -1), w.reshape(w.shape[0], -1)
        norms = np.linalg.norm(rows, axis=1)
        scaled = np.zeros_like(rows)
        there = norms != 0
        scaled[there] = rows[there] / norms[there, None] * np.linalg.norm(like, axis=1)[there, None]
        return scaled.reshape(d.shape)

    def loss_slice(f, w, d1, d2, a, b):
        A, B = np.meshgrid(a, b, indexing="ij")
        values = [f(w + s * d1 + t * d2) for s, t in zip(A.ravel(), B.ravel(), strict=True)]
        return np.reshape(values, A.shape)

    return {"filter_normalized": filter_normalized, "loss_slice": loss_slice}


@variant
def a_small_constant():
    """A constant of 1e-8 in the denominator is lost beside a norm of 100, and leaves a zero filter at zero."""

    def filter_normalized(d, w):
        norms = [np.sqrt((part**2).sum()) for part in d]
        return np.array([
            part * (np.sqrt((like * like).sum()) / (norm + 1e-8)) for part, like, norm in zip(d, w, norms, strict=True)
        ])  # fmt: skip

    def loss_slice(f, w, d1, d2, a, b):
        columns = [[f(w + d1 * s + d2 * t) for s in a] for t in b]
        return np.array(columns).T

    return {"filter_normalized": filter_normalized, "loss_slice": loss_slice}


@variant
def cholesky():
    """A positive definite matrix has a Cholesky factor; Newton's step by least squares is as good as by a solver."""

    def newton_step(gradient, H):
        L = np.linalg.cholesky(H)
        return np.linalg.solve(L.T, np.linalg.solve(L, -gradient))

    def classify(gradient, H, tol=1e-8):
        def definite(M):
            return bool(np.all(np.linalg.eigvalsh(M) > tol))

        if np.linalg.norm(gradient) > tol:
            kind = "not stationary"
        elif definite(H):
            kind = "minimum"
        elif definite(-H):
            kind = "maximum"
        elif np.prod([np.any(np.linalg.eigvalsh(s * H) > tol) for s in (1, -1)]):
            kind = "saddle"
        else:
            kind = "degenerate"
        return kind

    return {"newton_step": newton_step, "classify": classify}


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; the Hessian is measured in double, whose h asks for it."""
    f32 = np.float32

    def taylor(value, gradient, H, step):
        s = step.astype(f32)
        return f32(value) + gradient.astype(f32) @ s + f32(0.5) * s @ H.astype(f32) @ s

    def contraction(H, lr):
        return np.abs(f32(1) - f32(lr) * np.linalg.eigvalsh(H.astype(f32))).max()

    def largest_stable_rate(H):
        return f32(2) / np.linalg.eigvalsh(H.astype(f32))[-1]

    def best_rate(H):
        e = np.linalg.eigvalsh(H.astype(f32))
        return f32(2) / (e[0] + e[-1])

    def gradient_descent(grad, x0, lr, steps):
        walk = [x0.astype(f32)]
        for _ in range(steps):
            walk.append(walk[-1] - f32(lr) * grad(walk[-1]).astype(f32))
        return np.array(walk, dtype=f32)

    def momentum_descent(grad, x0, lr, momentum, steps):
        walk, v = [x0.astype(f32)], np.zeros(len(x0), dtype=f32)
        for _ in range(steps):
            v = f32(momentum) * v - f32(lr) * grad(walk[-1]).astype(f32)
            walk.append(walk[-1] + v)
        return np.array(walk, dtype=f32)

    def filter_normalized(d, w):
        d, w = d.astype(f32), w.astype(f32)
        axes = tuple(range(1, d.ndim))
        norms = np.sqrt((d * d).sum(axis=axes, keepdims=True))
        norms[norms == 0] = 1
        return d / norms * np.sqrt((w * w).sum(axis=axes, keepdims=True))

    return {
        "taylor": taylor,
        "contraction": contraction,
        "largest_stable_rate": largest_stable_rate,
        "best_rate": best_rate,
        "gradient_descent": gradient_descent,
        "momentum_descent": momentum_descent,
        "filter_normalized": filter_normalized,
    }
