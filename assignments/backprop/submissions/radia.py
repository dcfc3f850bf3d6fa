# -*- coding: utf-8 -*-
"""Übung 1: Backpropagation."""
import numpy as np


def affine_forward(x, w, b):
    # x: (N, D), w: (D, M)
    out = x @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    x = x.reshape(len(x), -1)
    dx = dout @ w.T
    dw = (dout.T @ x).reshape(w.shape)   # make the shapes fit
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(x, 0)
    return out, x

def relu_backward(dout, cache):
    return dout * (cache > 0)


def leaky_relu_forward(x, alpha=0.01):
    out = np.maximum(x, alpha * x)
    return out, (x, alpha)

def leaky_relu_backward(dout, cache):
    x, alpha = cache
    dx = dout.copy()
    dx[x < 0] *= alpha
    return dx


def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-x))
    return out, out

def sigmoid_backward(dout, cache):
    return dout * cache * (1 - cache)


def tanh_forward(x):
    out = np.tanh(x)
    return out, out

def tanh_backward(dout, cache):
    return dout * (1 - cache ** 2)


def softmax_loss(x, y):
    N = x.shape[0]
    z = x - np.max(x, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    loss = -np.mean(logp[np.arange(N), y])
    dx = np.exp(logp)
    dx[np.arange(N), y] -= 1
    return loss, dx / N


def mse_loss(x, y):
    diff = x - y
    return np.mean(diff ** 2), 2 * diff / diff.size


def two_layer_loss(params, x, y, reg=0.0):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    N = len(x)
    h = x @ W1 + b1
    a = np.maximum(h, 0)
    s = a @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).mean() + 0.5 * reg * ((W1 ** 2).sum() + (W2 ** 2).sum())
    ds = p
    ds[np.arange(N), y] -= 1
    ds /= N
    dh = (ds @ W2.T) * (h > 0)
    return loss, {"W1": x.T @ dh + reg * W1, "b1": dh.sum(0), "W2": a.T @ ds + reg * W2, "b2": ds.sum(0)}


def numerical_gradient(f, x, h=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        fp = f(x)
        x[i] = old - h
        fm = f(x)
        x[i] = old
        grad[i] = (fp - fm) / (2 * h)
    return grad
