import numpy as np

# everything in float32, as on the GPU later
F = np.float32


def f32(*arrays):
    return [np.asarray(a, dtype=F) for a in arrays]


def affine_forward(x, w, b):
    x, w, b = f32(x, w, b)
    return x.reshape(x.shape[0], -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dout, = f32(dout)
    return (dout @ w.T).reshape(x.shape), x.reshape(x.shape[0], -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    x, = f32(x)
    return np.maximum(x, F(0)), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0).astype(F)


def leaky_relu_forward(x, alpha=0.01):
    x, = f32(x)
    return np.where(x > 0, x, F(alpha) * x), (x, F(alpha))


def leaky_relu_backward(dout, cache):
    x, alpha = cache
    return np.where(x > 0, F(1), alpha) * dout.astype(F)


def sigmoid_forward(x):
    x, = f32(x)
    e = np.exp(-np.abs(x))
    out = np.where(x > 0, F(1), e) / (F(1) + e)
    return out, out


def sigmoid_backward(dout, cache):
    return dout.astype(F) * cache * (F(1) - cache)


def tanh_forward(x):
    out = np.tanh(x.astype(F))
    return out, out


def tanh_backward(dout, cache):
    return dout.astype(F) * (F(1) - cache * cache)


def softmax_loss(x, y):
    x, = f32(x)
    n = np.arange(len(y))
    x = x - x.max(axis=1, keepdims=True)
    logp = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[n, y] -= F(1)
    return -logp[n, y].mean(), dx / F(len(y))


def mse_loss(x, y):
    d = x.astype(F) - y.astype(F)
    return np.mean(d * d), F(2) * d / F(d.size)


def two_layer_loss(params, x, y, reg=0.0):
    h, c1 = affine_forward(x, params["W1"], params["b1"])
    a, m = relu_forward(h)
    s, c2 = affine_forward(a, params["W2"], params["b2"])
    loss, d = softmax_loss(s, y)
    da, dW2, db2 = affine_backward(d, c2)
    _, dW1, db1 = affine_backward(relu_backward(da, m), c1)
    W1, W2 = f32(params["W1"], params["W2"])
    reg = F(reg)
    loss = loss + F(0.5) * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    return loss, {"W1": dW1 + reg * W1, "b1": db1, "W2": dW2 + reg * W2, "b2": db2}


def numerical_gradient(f, x, h=1e-5):
    # differences need double precision, 1e-5 is too small for float32
    x = x.astype(np.float64)
    g = np.empty_like(x)
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = h
        step = step.reshape(x.shape)
        g.flat[i] = (f(x + step) - f(x - step)) / (2 * h)
    return g
