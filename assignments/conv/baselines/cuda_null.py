"""Nothing: what a launch on a GPU costs before any work is done. Only its costs count, never its answers."""


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    rows, columns = ((x.shape[axis] + 2 * pad - w.shape[axis]) // stride + 1 for axis in (2, 3))
    return x.new_zeros(1).expand(len(x), len(w), rows, columns), (x.shape, w.shape)


def conv2d_fast_backward(dout, cache):
    return *(dout.new_zeros(1).expand(shape) for shape in cache), dout.new_zeros(1).expand(dout.shape[1])
