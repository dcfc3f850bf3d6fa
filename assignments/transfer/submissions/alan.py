import copy
import types

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def truncate(model, n):
    out = nn.Sequential()
    for i in range(len(model) - n):
        out.append(model[i])
    return out


def replace_head(model, classes):
    head = nn.Linear(model[-1].in_features, classes)
    out = truncate(model, 1)
    out.append(head)
    return out


def _inside(name, names):
    for other in names:
        if name == other or name[: len(other) + 1] == other + ".":
            return True
    return False


def freeze(model, names):
    still = [m for name, m in model.named_modules() if _inside(name, names) and isinstance(m, nn.BatchNorm2d)]
    for name, p in model.named_parameters():
        if _inside(name.rsplit(".", 1)[0], names):
            p.requires_grad = False
    old_train = model.train

    def train(self, mode=True):
        old_train(mode)
        for m in still:
            m.training = False
        return self

    model.train = types.MethodType(train, model)
    for m in still:
        m.training = False


def trainable(model):
    return tuple(k for k, v in dict(model.named_parameters()).items() if v.requires_grad)


def extract_features(model, x):
    # a copy may be in whatever mode it likes
    twin = copy.deepcopy(model)
    for m in twin.modules():
        m.training = False
    return twin(x).detach().numpy()


def fine_tune(model, batches, lr, steps):
    for m in [model]:
        m.train()
    losses = np.empty(steps)
    i = 0
    for t in range(steps):
        x, y = batches[i]
        i += 1
        if i >= len(batches):
            i = 0
        for p in model.parameters():
            p.grad = None
        loss = F.nll_loss(F.log_softmax(model(x), dim=1), y)
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                if p.requires_grad:
                    p.sub_(lr * p.grad)
        losses[t] = loss.item()
    return losses


if __name__ == "__main__":
    net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    freeze(net, ["0"])
    print(trainable(net), fine_tune(net, [(torch.randn(5, 4), torch.tensor([0, 1, 1, 0, 1]))], 0.1, 3))
