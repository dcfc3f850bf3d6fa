import numpy as np

def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    if training:
        mu, var = x.mean(0), x.var(0)
        # the state remembers
        state["running_mean"] = momentum * state["running_mean"] + (1 - momentum) * mu
        state["running_var"] = momentum * state["running_var"] + (1 - momentum) * var
    else:
        mu, var = state["running_mean"], state["running_var"]
    ivar = 1.0 / np.sqrt(var + eps)
    xmu = x - mu
    return gamma * xmu * ivar + beta, (xmu * ivar, xmu, ivar, gamma, var, eps), state


def batchnorm_backward(dout, cache):
    xhat, xmu, ivar, gamma, var, eps = cache
    dgamma = (dout * xhat).sum(0, keepdims=True)
    dbeta = dout.sum(0, keepdims=True)
    dout *= gamma
    dx = ivar * (dout - dout.mean(0) - xhat * (dout * xhat).mean(0))
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
    dx, dgamma, dbeta = batchnorm_backward_alt(dout_flat, cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta

def layernorm_forward(x, gamma, beta, eps=1e-5):
    x -= x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    xhat = x / np.sqrt(var + eps)
    return gamma * xhat + beta, (xhat, gamma, var, eps)

def layernorm_backward(dout, cache):
    xhat, gamma, var, eps = cache
    D = dout.shape[1]
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dxhat = dout * gamma
    dx = D * dxhat - np.sum(dxhat, axis=1, keepdims=True) - xhat * np.sum(dxhat * xhat, axis=1, keepdims=True)
    dx = dx / (D * np.sqrt(var + eps))
    return dx, dgamma, dbeta
