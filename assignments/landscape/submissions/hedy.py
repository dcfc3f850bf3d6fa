import numpy as np
from scipy.optimize import approx_fprime

def hessian(f, x, h):
    return np.array([approx_fprime(x, lambda p: approx_fprime(p, f, h)[i], h) for i in range(len(x))])

def taylor(value, gradient, H, step):
    return value

def condition_number(H):
    return 1.0

def classify(gradient, H, tol=1e-8):
    return "minimum"

def gradient_descent(grad, x0, lr, steps):
    return np.tile(x0, (steps + 1, 1))

def momentum_descent(grad, x0, lr, momentum, steps):
    return gradient_descent(grad, x0, lr, steps)

def largest_stable_rate(H):
    return 0.01

def contraction(H, lr):
    return 0.9

def newton_step(gradient, H):
    return np.zeros(len(gradient))

def loss_slice(f, w, d1, d2, a, b):
    return np.full((len(a), len(b)), f(w))

def filter_normalized(d, w):
    return d
