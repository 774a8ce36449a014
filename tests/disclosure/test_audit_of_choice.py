"""The audit against the choice of hidden counts: two programs that share nothing must agree that nothing leaks."""

import numpy as np
import pytest

from isu_analysis.disclosure.audit import Fact, Printed, Secret, attack
from isu_analysis.disclosure.problem import Count, Equation, Problem
from isu_analysis.disclosure.suppression import suppress

SMALL = 5


def linked(seed, noughts_are_plain):
    """Two units and their sum, each a 2 x 3 table with totals."""
    units = np.random.default_rng(seed).poisson(4, (2, 2, 3))
    whole = np.concatenate([units, units.sum(axis=0, keepdims=True)])
    for axis in (1, 2):
        whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
    names = {where: "-".join(map(str, where)) for where in np.ndindex(whole.shape)}
    equations = []
    for axis in range(3):
        for where in np.ndindex(*(size for other, size in enumerate(whole.shape) if other != axis)):
            line = [names[(*where[:axis], at, *where[axis:])] for at in range(whole.shape[axis])]
            equations.append(Equation(((line[-1], 1), *((name, -1) for name in line[:-1]))))
    counts = {}
    for where, name in names.items():
        n = int(whole[where])
        # A sum of counts that are known to be 1 or more can never be 1 itself.
        secret = n < SMALL and not (noughts_are_plain and (n == 0 or max(where[0] - 1, where[1] - 1, where[2] - 2) > 0))
        counts[name] = Count(
            name, n, protect=(1, SMALL) if secret else None, least=int(noughts_are_plain), worth=1 + np.log1p(n)
        )
        if noughts_are_plain and n == 0:
            counts[name] = Count(name, 0, known=True)
    return Problem(counts, tuple(equations))


def audit(problem, hidden, least=None):
    """Attack what would be printed."""
    shown = [
        Printed(each.name, None if each.name in hidden else each.value, each.least if least is None else least)
        for each in problem.counts.values()
    ]
    facts = [
        Fact(tuple((name, float(times)) for name, times in equation.terms), equation.equals, equation.equals)
        for equation in problem.equations
    ]
    secrets = [Secret(each.name, *each.protect) for each in problem.counts.values() if each.protect]
    return attack(shown, facts, secrets), len(secrets)


@pytest.mark.parametrize("noughts_are_plain", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_chosen_stands_the_attack(seed, noughts_are_plain):
    problem = linked(seed, noughts_are_plain)
    broken, asked = audit(problem, suppress(problem).hidden)
    assert asked
    assert broken == ()


def test_what_is_chosen_for_another_intruder_does_not():
    """Choose as if a hidden count could be nought, and print noughts all the same: most of what is hidden comes out."""
    broken = asked = 0
    for seed in range(3):
        problem = linked(seed, noughts_are_plain=False)
        hidden = {name for name in suppress(problem).hidden if problem.counts[name].value > 0}
        found, secrets = audit(problem, hidden, least=1)
        broken += len(found)
        asked += secrets
    assert broken > asked / 4


def test_one_helper_less_is_found_out():
    """The choice is the smallest there is, so that showing any one of its helpers breaks a secret."""
    problem = linked(1, noughts_are_plain=False)
    hidden = suppress(problem, gap=0.0).hidden
    helpers = [name for name in sorted(hidden) if problem.counts[name].protect is None]
    assert helpers
    for helper in helpers:
        assert audit(problem, hidden - {helper})[0]
