"""Checks that several update rules share, and those that both schedules share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder import CheckFailed, Space, expect, expect_shape, expect_unmodified

from .cases import gradients, options, times, weights
from .walks import Walker, expect_updates, path_of, updates_along, updates_in_turn


@dataclass(frozen=True, eq=False)
class Rule:
    """An update rule, the forms of its formula that are right, and its default options. Its methods are the checks that
    several rules share."""

    name: str
    given: Space
    forms: tuple
    defaults: dict

    def options(self, case):
        """Every option: the case's, or the default, which is handed over like any other."""
        return {**self.defaults, **options(case)}

    def walk(self, student, case, w=None, **other):
        """A walk from `w`, by default the case's weights, with some options exchanged for `other`."""
        return Walker(student, self.name, weights(case) if w is None else w, **{**self.options(case), **other})

    def updates(self, student, case, gradients, right, **other):
        """What the student adds to w at each of the gradients, where w moves by what is `right`; some options may be
        exchanged for `other`."""
        options = {**self.options(case), **other}
        return updates_along(student, self.name, path_of(weights(case), right), gradients, **options)

    def right(self, case, gradients, form=0):
        """What must be added."""
        return self.forms[form](gradients, **self.options(case))

    def values(self, student, case):
        right = case.once(self.name, lambda: self.right(case, gradients(case)))
        expect_updates(student, self.updates(student, case, gradients(case), right), right)

    def other_options(self, student, case):
        """Other values of the options are used as they are given."""
        self.values(student, case)

    def separate(self, student, case):
        """Two arrays that are updated in turn, one of them from the second step on, do not disturb each other."""
        g = gradients(case)
        right = {"early": self.right(case, g), "late": self.right(case, -g[:-1])}
        early, late = (
            [(walk, w, dw) for w, dw in zip(path_of(weights(case), right[walk]), given, strict=True)]
            for walk, given in (("early", g), ("late", -g[:-1]))
        )
        steps = [early[0], *(step for both in zip(early[1:], late, strict=True) for step in both)]
        found = updates_in_turn(student, self.name, steps, **self.options(case))
        for walk, expected in right.items():
            own = [update for update, step in zip(found, steps, strict=True) if step[0] == walk]
            expect_updates(student, np.stack(own), expected)

    def default_options(self, student, case):
        w, g = case.array("w", 2, 3) / 64, 1e8 * case.array("g", 3, 2, 3)
        right = self.right(case, g)
        expect_updates(student, updates_along(student, self.name, path_of(w, right), g), right)

    def shape(self, student, case):
        """The new w has exactly w's shape."""
        state = None
        for dw in gradients(case)[:2]:
            new_w, state = getattr(student, self.name)(weights(case), dw, state, **self.options(case))
            expect_shape(w=(new_w, weights(case).shape))

    def pure(self, student, case):
        """w and dw are left as they were, by the first call and by the next."""
        w, (first, second, *_) = weights(case), gradients(case)
        _, state = getattr(student, self.name)(w, first, None, **self.options(case))
        expect_unmodified(student, self.name, w=w, dw=first, state=None, **self.options(case))
        expect_unmodified(student, self.name, w=w, dw=second, state=state, **self.options(case))

    def scale(self, student, case):
        """Gradients that are a thousand times as large give the same steps."""
        right = self.right(case, gradients(case))
        found = self.updates(student, case, gradients(case), right)
        if not ((found != 0) & np.isfinite(found)).all():
            raise CheckFailed("w does not move in every element, or not by a finite number.", tensor="update")
        if not (np.sign(found[0]) == -np.sign(gradients(case)[0])).all():
            raise CheckFailed("The first step does not lead against the gradient in every element.", tensor="update")
        expect_updates(student, self.updates(student, case, 1000 * gradients(case), right), found)

    def zero_gradient(self, student, case):
        """An element whose gradient is 0 stays where it is; nothing becomes NaN."""
        g = gradients(case).copy()
        g.reshape(len(g), -1)[:, ::2] = 0.0
        right = self.right(case, g)
        expect_updates(student, self.updates(student, case, g, right), right)

    def eps(self, student, case):
        g = gradients(case)
        forms = [self.right(case, g, form) for form in range(len(self.forms))]
        expect_updates(student, self.updates(student, case, g, forms[0]), *forms)

    def default_eps(self, student, case):
        w, g = case.array("w", 2, 3) / 64, 1e-8 * case.array("g", 3, 2, 3)
        forms = [self.right(case, g, form) for form in range(len(self.forms))]
        expect_updates(student, updates_along(student, self.name, path_of(w, forms[0]), g), *forms)


@dataclass(frozen=True)
class Schedule:
    """A learning rate over time; its methods are the checks that both schedules share."""

    name: str
    formula: Callable
    half_time: Callable

    def values(self, student, case):
        found = getattr(student, self.name)(case.lr0, case.k, case.t)
        expect(student, lr=(found, self.formula(case.lr0, case.k, case.t)))

    def arrays(self, student, case):
        """t may be an array of times."""
        t = times(case)
        found = getattr(student, self.name)(case.lr0, case.k, t)
        expect(student, lr=(found, self.formula(case.lr0, case.k, t)))

    def shape(self, student, case):
        """The result has t's shape: a number for a number."""
        for t in (times(case), 0.5):
            expect_shape(lr=(getattr(student, self.name)(case.lr0, case.k, t), np.shape(t)))

    def known_answers(self, student, case):
        half = [getattr(student, self.name)(0.8, k, t) for k in (0.1, 3.0) for t in (0, self.half_time(k))]
        for found, expected in zip(half, (0.8, 0.4, 0.8, 0.4), strict=True):
            expect(student, lr=(found, expected))

    def pure(self, student, case):
        """The array t is left as it was."""
        expect_unmodified(student, self.name, lr0=case.lr0, k=case.k, t=times(case))
