import numpy as np

# right shapes first, values later

def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    new = {name: np.zeros(value.shape) for name, value in state.items()}
    return np.zeros(x.shape), (gamma, beta), new


spatial_batchnorm_forward = batchnorm_forward


def layernorm_forward(x, gamma, beta, eps=1e-5):
    return np.zeros(x.shape), (gamma, beta)


def batchnorm_backward(dout, cache):
    gamma, beta = cache
    return np.zeros(dout.shape), np.zeros(gamma.shape), np.zeros(beta.shape)


batchnorm_backward_alt = spatial_batchnorm_backward = layernorm_backward = batchnorm_backward
