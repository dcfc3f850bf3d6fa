# loops over the 25 positions of a filter; plain SGD. float64, to be on the safe side
import numpy as np

K, S, P = 5, 2, 2


def conv(x, w, b):
    N, C, H, W = x.shape
    Ho, Wo = (H + 2 * P - K) // S + 1, (W + 2 * P - K) // S + 1
    xp = np.zeros((N, C, H + 2 * P, W + 2 * P))
    xp[:, :, P:P + H, P:P + W] = x
    out = np.zeros((N, w.shape[0], Ho, Wo))
    for p in range(K):
        for q in range(K):
            patch = xp[:, :, p:p + S * Ho:S, q:q + S * Wo:S]
            out += np.einsum('nchw,fc->nfhw', patch, w[:, :, p, q], optimize=True)
    return out + b.reshape(1, -1, 1, 1), xp


def conv_back(dout, xp, w):
    Ho, Wo = dout.shape[2:]
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    for p in range(K):
        for q in range(K):
            patch = xp[:, :, p:p + S * Ho:S, q:q + S * Wo:S]
            dw[:, :, p, q] = np.einsum('nfhw,nchw->fc', dout, patch, optimize=True)
            dxp[:, :, p:p + S * Ho:S, q:q + S * Wo:S] += np.einsum('nfhw,fc->nchw', dout, w[:, :, p, q], optimize=True)
    return dxp[:, :, P:-P, P:-P], dw, dout.sum((0, 2, 3))


def network_forward(params, images):
    z1, x1 = conv(images, params['W1'], params['b1'])
    a1 = z1 * (z1 > 0)
    z2, x2 = conv(a1, params['W2'], params['b2'])
    a2 = (z2 * (z2 > 0)).reshape(images.shape[0], -1)
    return a2.dot(params['W3']) + params['b3'], (x1, z1, x2, z2, a2)


def network_loss(params, images, labels):
    logits, (x1, z1, x2, z2, a2) = network_forward(params, images)
    N = images.shape[0]
    logits = logits - logits.max(1).reshape(-1, 1)
    p = np.exp(logits)
    p = p / p.sum(1).reshape(-1, 1)
    loss = np.mean([np.log(np.exp(logits[n]).sum()) - logits[n, labels[n]] for n in range(N)])
    d = p.copy()
    for n in range(N):
        d[n, labels[n]] -= 1
    d /= N
    grads = {'W3': a2.T.dot(d), 'b3': d.sum(0)}
    da, grads['W2'], grads['b2'] = conv_back(d.dot(params['W3'].T).reshape(z2.shape) * (z2 > 0), x2, params['W2'])
    _, grads['W1'], grads['b1'] = conv_back(da * (z1 > 0), x1, params['W1'])
    return loss, grads


def train(params, images, labels, commit, rng):
    params = {k: v.astype(float) for k, v in params.items()}
    for step in range(120):
        i = rng.integers(0, len(labels), 32)
        loss, grads = network_loss(params, images[i], labels[i])
        for k in params:
            params[k] = params[k] - 0.1 * grads[k]
        if step % 40 == 39:
            commit(params)
    return params
