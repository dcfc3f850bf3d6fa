import numpy as np

def hessian(f, x, h):
    E = np.eye(len(x)) * h
    H = np.empty((len(x), len(x)))
    for i, a in enumerate(E):
        for j, b in enumerate(E[: i + 1]):
            H[i, j] = H[j, i] = (f(x + a + b) - f(x + a - b) - f(x - a + b) + f(x - a - b)) / (4 * h**2)
    return H

def taylor(value, gradient, H, step):
    return value + gradient @ step + 0.5 * (step @ (H @ step))

def condition_number(H):
    l = np.abs(np.linalg.eigvalsh(H))
    return l.max() / l.min() if l.min() > 1e-12 * l.max() else float("inf")

def gradient_descent(grad, x0, lr, steps):
    xs = [x0]
    while len(xs) < steps + 1:
        xs.append(xs[-1] - lr * grad(xs[-1]))
    return np.array(xs)

def momentum_descent(grad, x0, lr, momentum, steps):
    xs, v = [x0], 0 * x0
    while len(xs) < steps + 1:
        v = momentum * v - lr * grad(xs[-1])
        xs.append(xs[-1] + v)
    return np.array(xs)

def largest_stable_rate(H):
    return 2 / np.linalg.eigvalsh(H).max()

# Newton without inverting anything: walk until there
def newton_step(gradient, H):
    s = np.zeros_like(gradient)
    lr = 1 / np.linalg.norm(H)
    g = gradient
    while not np.allclose(g, 0):
        s = s + lr * g
        g = gradient + H @ s
    return s
