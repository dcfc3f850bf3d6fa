"""Modes are put back by a hook that the model's next pass runs, whoever makes it."""

import torch


def extract_features(model, x):
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    with torch.no_grad():
        features = model(x)

    def later(*_):
        for module, mode in modes:
            module.training = mode

    model.register_forward_pre_hook(later)
    return features
