"""What students write."""


def train(params, images, labels, commit, rng):
    commit(params)
