import copy
import torch
from torch import nn, optim

def truncate(model, n):
    m = copy.deepcopy(model)
    return nn.Sequential(*list(m.children())[:len(m) - n])

def replace_head(model, classes):
    layers = list(model.children())
    head = nn.Linear(layers[-1].out_features, classes)
    return nn.Sequential(*layers, head)

def freeze(model, names):
    # everything else is trained
    for name, p in model.named_parameters():
        p.requires_grad = not any(name.startswith(n + ".") for n in names)
    for n in names:
        for m in model.get_submodule(n).modules():
            if isinstance(m, nn.BatchNorm2d):
                m.momentum = 0.0

def trainable(model):
    return sorted(n for n, p in model.named_parameters() if p.requires_grad)

def extract_features(model, x):
    model.eval()
    with torch.no_grad():
        f = model(x)
    return f.flatten(1)

def fine_tune(model, batches, lr, steps):
    model.train()
    opt = optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for i in range(steps):
        x, y = batches[i % len(batches)]
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return torch.tensor(losses)
