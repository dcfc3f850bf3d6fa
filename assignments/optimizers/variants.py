"""Other correct ways to write the optimizers: all must earn full points."""

import math
from itertools import islice

import numpy as np

from autograder import variant


@variant
def velocity_uphill():
    """With v = momentum * v + lr * dw the velocity points uphill, and w - v is the same step."""

    def sgd(w, dw, state, lr=1e-2):
        return np.subtract(w, np.multiply(lr, dw)), {}

    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        if state is None:
            state = {"velocity": np.zeros(w.shape)}
        velocity = momentum * state["velocity"] + lr * dw
        return w - velocity, {"velocity": velocity}

    return {"sgd": sgd, "sgd_momentum": sgd_momentum}


@variant
def velocity_in_units_of_the_gradient():
    """v = momentum * v + dw and w - lr * v: the learning rate may wait, as long as it does not change."""

    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        v = dw.copy() if state is None else momentum * state + dw
        return w - lr * v, v

    return {"sgd_momentum": sgd_momentum}


@variant
def heavy_ball():
    """Polyak's form: the velocity is the last step that w took, so the old w is all that must be remembered."""

    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        before = w if state is None else state
        return w - lr * dw + momentum * (w - before), w.copy()

    return {"sgd_momentum": sgd_momentum}


@variant
def eps_under_the_root():
    """RMSProp's eps may stand under the root; and the state may be a dict."""

    def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
        cache = state or {"s": 0.0}
        cache["s"] = decay * cache["s"] + (1 - decay) * dw * dw
        return w - lr * dw / np.sqrt(cache["s"] + eps), cache

    return {"rmsprop": rmsprop}


@variant
def mean_square_by_its_change():
    """s + (1 - decay) * (dw² - s) is the same average; np.divide and np.power compute the same step."""

    def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
        s = np.zeros(w.shape) if state is None else state[0]
        s = s + (1 - decay) * (np.square(dw) - s)
        return w - np.divide(lr, np.power(s, 0.5) + eps) * dw, (s,)

    def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        if not state:
            state = [0.0, 0.0, 0]
        m, v, t = state
        m = m + (1 - beta1) * (dw - m)
        v = v + (1 - beta2) * (dw * dw - v)
        t = t + 1
        return w - lr * (m / (1 - beta1**t)) / (eps + np.sqrt(v / (1 - beta2**t))), [m, v, t]

    return {"rmsprop": rmsprop, "adam": adam}


@variant
def correction_folded_into_lr():
    """The corrections may be folded into lr, if eps is scaled with the root."""

    def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        if state is None:
            state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
        t = state["t"] + 1
        m = beta1 * state["m"] + (1 - beta1) * dw
        v = beta2 * state["v"] + (1 - beta2) * dw**2
        root = math.sqrt(1 - beta2**t)
        step = lr * root / (1 - beta1**t)
        return w - step * m / (np.sqrt(v) + eps * root), {"m": m, "v": v, "t": t}

    return {"adam": adam}


@variant
def t_starts_at_one_and_counts_up_last():
    """t may start at 1 if it is counted up after its use; powers of beta may be kept instead of t."""

    def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        config = dict(state) if state else {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 1, "power": beta1}
        config["m"] = beta1 * config["m"] + (1 - beta1) * dw
        config["v"] = beta2 * config["v"] + (1 - beta2) * dw**2
        m_hat = config["m"] / (1 - config["power"])
        v_hat = config["v"] / (1 - beta2 ** config["t"])
        config["t"] += 1
        config["power"] *= beta1
        return w - lr * m_hat / (np.sqrt(v_hat) + eps), config

    return {"adam": adam}


class _Memory:
    """What a rule remembers of one array, changed in place."""

    def __init__(self, shape):
        self.m, self.v, self.t = np.zeros(shape), np.zeros(shape), 0


@variant
def objects_changed_in_place():
    """The state may be an object, and a call may change the one that it is given."""

    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        memory = state if state is not None else _Memory(w.shape)
        memory.v *= momentum
        memory.v -= lr * dw
        return w + memory.v, memory

    def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
        memory = state if state is not None else _Memory(w.shape)
        memory.v *= decay
        memory.v += (1 - decay) * dw**2
        return w - lr * dw / (np.sqrt(memory.v) + eps), memory

    def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        memory = state if state is not None else _Memory(w.shape)
        memory.t += 1
        memory.m *= beta1
        memory.m += (1 - beta1) * dw
        memory.v *= beta2
        memory.v += (1 - beta2) * dw**2
        denominator = np.sqrt(memory.v / (1 - beta2**memory.t))
        denominator += eps
        step = memory.m / (1 - beta1**memory.t)
        step *= lr
        step /= denominator
        return w - step, memory

    return {"sgd_momentum": sgd_momentum, "rmsprop": rmsprop, "adam": adam}


@variant
def loops():
    """Element by element in plain Python, with lists for a state."""

    def sgd(w, dw, state, lr=1e-2):
        new_w = w.copy()
        for index in np.ndindex(w.shape):
            new_w[index] = w[index] - lr * dw[index]
        return new_w, "nothing"

    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        velocities = state or [0.0] * w.size
        velocities = [momentum * v - lr * g for v, g in zip(velocities, dw.ravel().tolist(), strict=True)]
        moved = [x + v for x, v in zip(w.ravel().tolist(), velocities, strict=True)]
        return np.array(moved).reshape(w.shape), velocities

    def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        if state is None:
            state = {"t": 0, "elements": [(0.0, 0.0)] * w.size}
        t, elements, new_w = state["t"] + 1, [], []
        for x, g, (m, v) in zip(w.flat, dw.flat, state["elements"], strict=True):
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g * g
            new_w.append(x - lr * m / (1 - beta1**t) / (math.sqrt(v / (1 - beta2**t)) + eps))
            elements.append((m, v))
        return np.reshape(new_w, w.shape), {"t": t, "elements": elements}

    return {"sgd": sgd, "sgd_momentum": sgd_momentum, "adam": adam}


@variant
def lists_cut_and_times_one_by_one():
    """Schedules that treat each time alone, and batches as slices of a shuffled list."""

    def exponential_decay(lr0, k, t):
        if np.ndim(t) == 0:
            return lr0 * math.exp(-k * t)
        return np.array([exponential_decay(lr0, k, part) for part in t])

    def inverse_time_decay(lr0, k, t):
        if np.ndim(t) == 0:
            return lr0 / (1.0 + k * t)
        return np.vectorize(inverse_time_decay)(lr0, k, t)

    def minibatches(n, batch_size, rng):
        remaining, batches = list(range(n)), []
        rng.shuffle(remaining)
        while remaining:
            batches.append(remaining[:batch_size])
            remaining = remaining[batch_size:]
        return batches

    return {
        "exponential_decay": exponential_decay,
        "inverse_time_decay": inverse_time_decay,
        "minibatches": minibatches,
    }


@variant
def whole_history():
    """A state that holds every gradient so far, and sums written out as in the formulas."""

    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        seen = [*(state or []), dw.copy()]
        return w - lr * sum(momentum**age * g for age, g in enumerate(reversed(seen))), seen

    def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
        seen = [*(state or []), dw.copy()]
        s = sum((1 - decay) * decay**age * g**2 for age, g in enumerate(reversed(seen)))
        return w - lr * dw / (s**0.5 + eps), seen

    return {"sgd_momentum": sgd_momentum, "rmsprop": rmsprop}


@variant
def single_precision():
    """All in float32: less precise, and right."""

    def sgd(w, dw, state, lr=1e-2):
        return w.astype(np.float32) - np.float32(lr) * dw.astype(np.float32), state

    def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
        w, dw = np.float32(w), np.float32(dw)
        v = np.zeros_like(w) if state is None else state
        v = np.float32(momentum) * v - np.float32(lr) * dw
        return w + v, v

    def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
        w, dw = np.float32(w), np.float32(dw)
        s = np.zeros_like(w) if state is None else state
        s = np.float32(decay) * s + np.float32(1 - decay) * dw**2
        return w - np.float32(lr) * dw / (np.sqrt(s) + np.float32(eps)), s

    def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        w, dw = np.float32(w), np.float32(dw)
        m, v, t = (np.zeros_like(w), np.zeros_like(w), 1) if state is None else state
        m = np.float32(beta1) * m + np.float32(1 - beta1) * dw
        v = np.float32(beta2) * v + np.float32(1 - beta2) * dw**2
        m_hat, v_hat = m / np.float32(1 - beta1**t), v / np.float32(1 - beta2**t)
        return w - np.float32(lr) * m_hat / (np.sqrt(v_hat) + np.float32(eps)), (m, v, t + 1)

    return {"sgd": sgd, "sgd_momentum": sgd_momentum, "rmsprop": rmsprop, "adam": adam}


@variant
def in_place_on_copies():
    """Working in place is fine on arrays of one's own."""

    def sgd(w, dw, state, lr=1e-2):
        w = w.copy()
        w -= lr * dw
        return w, state

    def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        w, g = np.array(w), np.array(dw)
        m, v, t = (np.zeros_like(w), np.zeros_like(w), 0) if state is None else state
        t += 1
        m *= beta1
        m += (1 - beta1) * g
        g *= g
        v *= beta2
        v += (1 - beta2) * g
        w -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        return w, (m, v, t)

    return {"sgd": sgd, "adam": adam}


@variant
def schedules_by_powers():
    """The same numbers by other formulas, and NumPy scalars for floats."""

    def exponential_decay(lr0, k, t):
        return lr0 * np.power(np.e, np.multiply(-k, t))

    def inverse_time_decay(lr0, k, t):
        return np.true_divide(lr0, np.add(1, np.multiply(k, t)))

    return {"exponential_decay": exponential_decay, "inverse_time_decay": inverse_time_decay}


@variant
def list_of_batches():
    """A list of batches, drawn by sorting random numbers and cut by np.split."""

    def minibatches(n, batch_size, rng):
        order = np.argsort(rng.random(n))
        return np.split(order, np.arange(batch_size, n, batch_size))

    return {"minibatches": minibatches}


@variant
def iterator_of_tuples():
    """Any iterator of sequences of whole numbers will do; a random order may be drawn without replacement."""

    def minibatches(n, batch_size, rng):
        order = iter(rng.choice(n, size=n, replace=False).tolist())
        return iter(lambda: tuple(islice(order, batch_size)), ())

    return {"minibatches": minibatches}


@variant
def sorted_batches():
    """Which examples meet is random; the order inside a batch does not matter, nor the type of the integers."""

    def minibatches(n, batch_size, rng):
        order = np.arange(n, dtype=np.int32)
        rng.shuffle(order)
        first = 0
        while first < n:
            yield np.sort(order[first : first + batch_size])
            first += batch_size

    return {"minibatches": minibatches}


@variant
def one_buffer_for_all_batches():
    """A generator may fill the same buffer again and again: each batch is used before the next is asked for."""

    def minibatches(n, batch_size, rng):
        order, buffer = rng.permutation(n), np.empty(batch_size, dtype=np.int64)
        for start in range(0, n, batch_size):
            part = order[start : start + batch_size]
            buffer[: len(part)] = part
            yield buffer[: len(part)]

    return {"minibatches": minibatches}


@variant
def training_by_counting_steps():
    """One loop over all steps that cuts a new permutation when the old one is used up; new dicts for each step."""

    def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
        each = math.ceil(data_size / batch_size)
        states, losses, order = {name: None for name in params}, np.zeros(each * epochs), None
        for step in range(each * epochs):
            if step % each == 0:
                order = rng.permutation(data_size)
            start = step % each * batch_size
            losses[step], grads = loss_and_grads(params, order[start : start + batch_size])
            updated = {name: optimizer(params[name], grads[name], states[name]) for name in reversed(list(params))}
            params = {name: pair[0] for name, pair in updated.items()}
            states = {name: pair[1] for name, pair in updated.items()}
        return params, losses

    return {"train": train}


@variant
def training_that_watches():
    """Asking for a further loss at the end of an epoch, to print it, changes nothing; indices may be lists."""

    def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
        trained = {name: w.copy() for name, w in params.items()}
        states, history, curve = {}, [], []
        for _ in range(epochs):
            order = list(range(data_size))
            rng.shuffle(order)
            while order:
                batch, order = order[:batch_size], order[batch_size:]
                loss, grads = loss_and_grads(trained, batch)
                history.append(float(loss))
                for name, gradient in grads.items():
                    new_w, states[name] = optimizer(trained[name], gradient, states.get(name))
                    trained[name][...] = new_w
            curve.append(loss_and_grads(trained, np.arange(data_size))[0])
        return trained, history

    return {"train": train}
