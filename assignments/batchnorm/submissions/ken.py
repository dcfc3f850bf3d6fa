import numpy as np

def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    running_mean = state["running_mean"]
    running_var = state["running_var"]
    if training:
        mu = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        mu = running_mean
        var = running_var
    xmu = x - mu
    ivar = 1.0 / np.sqrt(var + eps)
    xhat = xmu * ivar
    out = gamma * xhat + beta
    cache = (xhat, xmu, ivar, gamma, var, eps)
    return out, cache, {"running_mean": running_mean, "running_var": running_var}

def batchnorm_backward(dout, cache):
    xhat, xmu, ivar, gamma, var, eps = cache
    N, D = dout.shape

    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma

    divar = np.sum(dxhat * xmu, axis=0)
    dxmu = dxhat * ivar
    dvar = divar * -0.5 * (var + eps) ** -1.5
    dxmu += 2.0 * xmu * dvar / N
    dmu = -np.sum(dxmu, axis=0)
    dx = dxmu + dmu / N
    return dx, dgamma, dbeta

def batchnorm_backward_alt(dout, cache):
    xhat, xmu, ivar, gamma, var, eps = cache
    N = dout.shape[0]
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dx = (gamma * ivar / N) * (N * dout - xhat * dgamma - dbeta)
    return dx, dgamma, dbeta

def spatial_batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    N, C, H, W = x.shape
    x_flat = x.transpose(0, 2, 3, 1).reshape(N * H * W, C)
    out, cache, state = batchnorm_forward(x_flat, gamma, beta, state, training, momentum, eps)
    out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return out, cache, state

def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dout_flat = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)
    dx, dgamma, dbeta = batchnorm_backward(dout_flat, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta

def layernorm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    xhat = (x - mu) / np.sqrt(var + eps)
    out = gamma * xhat + beta
    return out, (xhat, gamma, var, eps)

def layernorm_backward(dout, cache):
    xhat, gamma, var, eps = cache
    N, D = dout.shape
    dx = np.zeros((N, D))
    n = 0
    while n < N:
        g = dout[n] * gamma
        dx[n] = (g - g.mean() - xhat[n] * (g * xhat[n]).mean()) / np.sqrt(var[n] + eps)
    n += 1
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
