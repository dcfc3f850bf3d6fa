import numpy as np
from math import sqrt

# everything one number at a time, then I cannot get an axis wrong

def normalise(numbers, eps):
    n = float(len(numbers))
    mean = sum(numbers) / n
    var = sum([(v - mean) ** 2 for v in numbers]) / n
    return [(v - mean) / sqrt(var + eps) for v in numbers], mean, var


def pull_back(upstream, xhat, std):
    n = float(len(upstream))
    a = sum(upstream) / n
    b = sum([u * h for u, h in zip(upstream, xhat)]) / n
    return [(u - a - h * b) / std for u, h in zip(upstream, xhat)]

def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    N, D = x.shape
    xhat, std = np.zeros((N, D)), np.zeros(D)
    rm, rv = np.array(state["running_mean"]), np.array(state["running_var"])
    for d in range(D):
        if training:
            xhat[:, d], mean, var = normalise(list(x[:, d]), eps)
            rm[d] = momentum * rm[d] + (1 - momentum) * mean
            rv[d] = momentum * rv[d] + (1 - momentum) * var
            std[d] = sqrt(var + eps)
        else:
            for n in range(N):
                xhat[n, d] = (x[n, d] - rm[d]) / sqrt(rv[d] + eps)
    out = np.zeros((N, D))
    for n in range(N):
        for d in range(D):
            out[n, d] = gamma[d] * xhat[n, d] + beta[d]
    return out, (xhat, std, gamma), dict(running_mean=rm, running_var=rv)


def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dx = np.zeros(dout.shape)
    dgamma, dbeta = np.zeros(len(gamma)), np.zeros(len(gamma))
    for d in range(len(gamma)):
        dx[:, d] = pull_back([u * gamma[d] for u in dout[:, d]], xhat[:, d], std[d])
        dgamma[d] = sum([u * h for u, h in zip(dout[:, d], xhat[:, d])])
        dbeta[d] = sum(dout[:, d])
    return dx, dgamma, dbeta


batchnorm_backward_alt = batchnorm_backward

def columns(x):
    N, C, H, W = x.shape
    return np.array([[x[n, c, i, j] for c in range(C)] for n in range(N) for i in range(H) for j in range(W)])


def pictures(rows, shape):
    N, C, H, W = shape
    out, row = np.zeros(shape), 0
    for n in range(N):
        for i in range(H):
            for j in range(W):
                out[n, :, i, j] = rows[row]
                row += 1
    return out


def spatial_batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    out, cache, state = batchnorm_forward(columns(x), gamma, beta, state, training, momentum, eps)
    return pictures(out, x.shape), cache, state


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(columns(dout), cache)
    return pictures(dx, dout.shape), dgamma, dbeta

def layernorm_forward(x, gamma, beta, eps=1e-5):
    out, xhats, stds = [], [], []
    for row in x:
        xhat, mean, var = normalise(list(row), eps)
        xhats.append(xhat)
        stds.append(sqrt(var + eps))
        out.append([g * h + b for g, h, b in zip(gamma, xhat, beta)])
    return np.array(out), (xhats, stds, gamma)


def layernorm_backward(dout, cache):
    xhats, stds, gamma = cache
    dx = [pull_back([u * g for u, g in zip(up, gamma)], xhat, std) for up, xhat, std in zip(dout, xhats, stds)]
    dgamma = [sum([dout[n][d] * xhats[n][d] for n in range(len(dout))]) for d in range(len(gamma))]
    dbeta = [sum([dout[n][d] for n in range(len(dout))]) for d in range(len(gamma))]
    return np.array(dx), np.array(dgamma), np.array(dbeta)
