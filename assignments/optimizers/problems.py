"""Problems to train on: the grader's own losses and optimizers, which note what a training loop asks of them."""

from dataclasses import dataclass, field

import numpy as np

# ── losses: params, indices of examples → loss, grads ──────────────────────────────────────────


@dataclass(frozen=True)
class Bowl:
    """½ Σ curvature (w - centre)², averaged over the examples; each has a centre for every parameter."""

    centres: dict
    curvature: dict

    @property
    def size(self):
        return len(next(iter(self.centres.values())))

    def loss_and_grads(self, params, indices):
        loss, grads = 0.0, {}
        for name, centres in self.centres.items():
            apart = _array(params[name], centres.shape[1:]) - centres[indices]
            loss += 0.5 * float((self.curvature[name] * apart**2).sum()) / len(indices)
            grads[name] = self.curvature[name] * apart.mean(axis=0)
        return loss, grads

    def lowest(self):
        """The least loss over all examples."""
        everything = np.arange(self.size)
        return self.loss_and_grads({name: c.mean(axis=0) for name, c in self.centres.items()}, everything)[0]


@dataclass(frozen=True)
class Classifier:
    """Softmax regression on points x (N, D) of classes y (N,): params W (D, C) and b (C,)."""

    x: np.ndarray
    y: np.ndarray
    classes: int

    @property
    def size(self):
        return len(self.x)

    def loss_and_grads(self, params, indices):
        x, y = self.x[indices], self.y[indices]
        w, b = _array(params["W"], (x.shape[1], self.classes)), _array(params["b"], (self.classes,))
        scores = x @ w + b
        shifted = scores - scores.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        rows = np.arange(len(y))
        dscores = np.exp(log_p)
        dscores[rows, y] -= 1
        dscores /= len(y)
        return -float(log_p[rows, y].mean()), {"W": x.T @ dscores, "b": dscores.sum(axis=0)}


def _array(value, shape=None):
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.shape != (array.shape if shape is None else shape):
        raise ValueError("not an array of real numbers in the shape of its parameter")
    return array.astype(np.float64)


# ── optimizers: w, dw, state → w, state ────────────────────────────────────────────────────────


def plain(lr):
    """Gradient descent; the state stays None."""
    return lambda w, dw, state: (w - lr * dw, state)


def rolling(lr, momentum):
    """Gradient descent with momentum; the state is the velocity, in w's shape."""

    def step(w, dw, state):
        velocity = -lr * dw if state is None else momentum * state - lr * dw
        return w + velocity, velocity

    return step


# ── what a training loop does ──────────────────────────────────────────────────────────────────


@dataclass
class Watch:
    """A problem and an optimizer to hand to `train`. `batches` are the indices of every step: a loss counts as a step
    once the optimizer is called, so that a loop may ask for a further loss, to print it."""

    problem: Bowl | Classifier
    optimizer: object
    batches: list = field(default_factory=list)
    _asked: np.ndarray | None = None

    def loss_and_grads(self, params, indices):
        asked = np.asarray(indices)
        if asked.ndim != 1 or asked.dtype.kind not in "iu" or not 0 < asked.size <= self.problem.size:
            raise ValueError("these indices are not a mini-batch")
        answer = self.problem.loss_and_grads(params, asked)
        self._asked = asked
        return answer

    def step(self, w, dw, state):
        w = _array(w)
        answer = self.optimizer(w, _array(dw, w.shape), None if state is None else _array(state, w.shape))
        if self._asked is not None:
            self.batches.append(self._asked)
            self._asked = None
        return answer

    def replay(self, params):
        """The params and the losses to which the same mini-batches lead from `params`."""
        params, states, history = dict(params), dict.fromkeys(params), []
        for indices in self.batches:
            loss, grads = self.problem.loss_and_grads(params, indices)
            history.append(loss)
            for name, dw in grads.items():
                params[name], states[name] = self.optimizer(params[name], dw, states[name])
        return params, history
