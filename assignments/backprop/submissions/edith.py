import numpy as np

# right shapes first, values later


def affine_forward(x, w, b):
    return np.zeros((x.shape[0], w.shape[1])), (x, w, b)


def affine_backward(dout, cache):
    return tuple(np.zeros(a.shape) for a in cache)


def _zeros(x, alpha=None):
    return np.zeros(x.shape), x


relu_forward = leaky_relu_forward = sigmoid_forward = tanh_forward = _zeros


def relu_backward(dout, cache):
    return np.zeros(dout.shape)


leaky_relu_backward = sigmoid_backward = tanh_backward = relu_backward


def softmax_loss(x, y):
    return 0.0, np.zeros(x.shape)


mse_loss = softmax_loss


def two_layer_loss(params, x, y, reg=0.0):
    return 0.0, {k: np.zeros(v.shape) for k, v in params.items()}


def numerical_gradient(f, x, h=1e-5):
    return np.zeros(x.shape)
