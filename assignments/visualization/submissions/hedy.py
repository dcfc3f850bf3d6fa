import numpy as np
import torch
from captum.attr import GuidedBackprop, Saliency
from sklearn.decomposition import PCA
from torchvision.utils import make_grid

def saliency(model, x, y):
    return Saliency(model).attribute(x, target=y).max(dim=1)[0]

def guided_backprop(model, x, y):
    return GuidedBackprop(model).attribute(x, target=y)

def class_image(model, c, x0, steps, lr, lam):
    return x0

def fooling_image(model, x, target, lr, max_steps):
    return x

def feature_maps(model, x, layer):
    return getattr(model, layer)(x)

def scaled_filters(w):
    return make_grid(w, normalize=True, scale_each=True)

def top_patches(maps, images, channel, k, field, stride):
    best = maps[:, channel].flatten().topk(k)
    return images[:k], best.values

def nearest_neighbors(features, query, k):
    return np.argsort(np.linalg.norm(features - query, axis=1))[:k]

def pca(features, k):
    p = PCA(k)
    return p.fit_transform(features), p.explained_variance_
