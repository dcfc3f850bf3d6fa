"""What formulas and checks both need of arrays; like the formulas it takes complex input, so nothing calls var."""


def variance(x, axes):
    """The biased variance over `axes`."""
    return ((x - x.mean(axis=axes, keepdims=True)) ** 2).mean(axis=axes)


def along(x, values):
    """One value for each feature or channel, shaped so that it is broadcast over x's second axis."""
    return values.reshape(-1, *[1] * (x.ndim - 2))
