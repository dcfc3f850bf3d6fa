import numpy as np

def hessian(f, x, h):
    h = 1e-4  # smaller is better
    n = len(x)
    H = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            p = [x.copy() for _ in range(4)]
            p[0][i] += h; p[0][j] += h
            p[1][i] += h; p[1][j] -= h
            p[2][i] -= h; p[2][j] += h
            p[3][i] -= h; p[3][j] -= h
            H[i, j] = (f(p[0]) - f(p[1]) - f(p[2]) + f(p[3])) / (4 * h * h)
    return H

def taylor(value, gradient, H, step):
    return np.array([value + gradient @ step + 0.5 * step @ H @ step])

def condition_number(H):
    l = np.abs(np.linalg.eigvalsh(H))
    return l.max() / (l.min() + 1e-10)

def classify(gradient, H, tol=1e-8):
    if np.abs(gradient).max() > tol:
        return "Not stationary"
    l = np.linalg.eigvalsh(H)
    if np.abs(l).min() <= tol:
        return "Degenerate"
    if l.min() > 0:
        return "Minimum"
    if l.max() < 0:
        return "Maximum"
    return "Saddle"

def gradient_descent(grad, x0, lr, steps):
    x = x0
    path = [x0.copy()]
    for i in range(steps):
        g = grad(x)
        if np.linalg.norm(g) < 1e-10:
            break
        x -= lr * g
        path.append(x.copy())
    return np.array(path)

def momentum_descent(grad, x0, lr, momentum, steps):
    x = x0.copy()
    v = np.zeros_like(x)
    path = [x]
    for i in range(steps):
        v = momentum * v - lr * grad(x)
        x += v
        path.append(x)
    return np.array(path)

def largest_stable_rate(H):
    return 2 / np.linalg.eigvalsh(H)[-1]

def best_rate(H):
    return 1 / np.linalg.eigvalsh(H)[-1]

def contraction(H, lr):
    k = np.linalg.cond(H)
    return (k - 1) / (k + 1)

def newton_step(gradient, H):
    return -gradient / np.diag(H)

def loss_slice(f, w, d1, d2, a, b):
    out = []
    for s in a:
        for t in b:
            out.append(f(w + s * d1 + t * d2))
    return np.array(out)

def filter_normalized(d, w):
    n = np.sqrt((d ** 2).sum(axis=(1, 2, 3), keepdims=True))
    m = np.sqrt((w ** 2).sum(axis=(1, 2, 3), keepdims=True))
    return d / n * m
