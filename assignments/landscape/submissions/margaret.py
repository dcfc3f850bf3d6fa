import numpy as np

def hessian(f, x, h):
    e = h * np.eye(len(x))
    f0 = f(x)
    fi = [f(x + s) for s in e]
    H = [[(f(x + e[i] + e[j]) - fi[i] - fi[j] + f0) / h**2 for j in range(len(x))] for i in range(len(x))]
    return (np.array(H) + np.array(H).T) / 2

def taylor(value, gradient, H, step):
    return value + gradient @ step + step @ H @ step

def condition_number(H):
    l = np.linalg.eigvalsh(H)
    return l.max() / l.min()

def classify(gradient, H, tol=1e-8):
    if np.linalg.norm(gradient) > tol:
        return "not stationary"
    d = np.diag(H)
    if (d > tol).all():
        return "minimum"
    if (d < -tol).all():
        return "maximum"
    if (d > tol).any() and (d < -tol).any():
        return "saddle"
    return "degenerate"

def gradient_descent(grad, x0, lr, steps):
    xs = [x0]
    for t in range(steps):
        xs.append(xs[-1] - lr * grad(xs[-1]))
    return np.array(xs)

def momentum_descent(grad, x0, lr, momentum, steps):
    x, v = x0, np.zeros_like(x0)
    xs = [x]
    for t in range(steps):
        v = momentum * v - lr * grad(x + momentum * v)   # look ahead
        x = x + v
        xs.append(x)
    return np.array(xs)

def largest_stable_rate(H):
    # slide 14: the step may be at most one over the curvature
    return 1 / np.linalg.eigvalsh(H).max()

def best_rate(H):
    l = np.linalg.eigvalsh(H)
    return 2 / (l[0] + l[-1])

def contraction(H, lr):
    return np.max(1 - lr * np.linalg.eigvalsh(H))

def newton_step(gradient, H):
    return np.linalg.solve(H, gradient)

def loss_slice(f, w, d1, d2, a, b):
    return np.array([[f(w + s * d1 + t * d2) for s in a] for t in b])

def filter_normalized(d, w):
    return d * np.linalg.norm(w) / np.linalg.norm(d)
