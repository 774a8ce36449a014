"""Difference in change: the five studies of Morris (2008), leaving out by hand, and the edges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.effect_sizes.change import effect_size
from isu_analysis.statistics.effect_sizes.difference_in_change import difference_in_change


def with_moments(study, rng):
    """Make pairs with exactly the printed means, standard deviations and correlation."""
    raw = rng.normal(size=(study["ni"], 2))
    raw = np.linalg.qr(raw - raw.mean(axis=0))[0] * np.sqrt(study["ni"] - 1)
    r = study["ri"]
    x = study["m_pre"] + study["sd_pre"] * raw[:, 0]
    y = study["m_post"] + study["sd_post"] * (r * raw[:, 0] + np.sqrt(1 - r**2) * raw[:, 1])
    return x, y


def test_five_studies_of_morris(oracle, rng):
    block = oracle("effects_attrition/expected_published_examples.json")["morris_2008"]
    compared = 0
    for i, (treated, control) in enumerate(zip(block["treatment"], block["control"], strict=True)):
        first, second = with_moments(treated, rng), with_moments(control, rng)
        found = difference_in_change(*first, *second)
        assert found.d_ppc2 == pytest.approx(block["dppc2"]["yi"][i], abs=1e-4)
        sizes = effect_size(*first).g_pre, effect_size(*second).g_pre
        assert_allclose(sizes, [block["smcr_treatment"]["yi"][i], block["smcr_control"]["yi"][i]], atol=1e-9)
        assert sizes[0] - sizes[1] == pytest.approx(block["difference"]["yi"][i], abs=1e-9)
        compared += 1
    assert compared == 5


def test_interval_is_that_of_leaving_out_one_at_a_time(rng):
    groups = [rng.normal(10, 3, (2, 9)), rng.exponential(4, (2, 12))]

    def size(first, second):
        df = first.shape[1] + second.shape[1] - 2
        pooled = sum((g.shape[1] - 1) * g[0].var(ddof=1) for g in (first, second)) / df
        return ((first[1] - first[0]).mean() - (second[1] - second[0]).mean()) / np.sqrt(pooled)

    parts, sizes = [], [g.shape[1] for g in groups]
    for which, n in enumerate(sizes):
        left = [size(*[np.delete(g, i, axis=1) if k == which else g for k, g in enumerate(groups)]) for i in range(n)]
        parts.append((n - 1) / n * ((left - np.mean(left)) ** 2).sum())
    df = sum(parts) ** 2 / sum(part**2 / (n - 1) for part, n in zip(parts, sizes, strict=True))
    found = difference_in_change(*groups[0], *groups[1])
    half = stats.t.ppf(0.975, df) * np.sqrt(sum(parts))
    assert_allclose([found.d_ppc2_high - found.d_ppc2, found.d_ppc2 - found.d_ppc2_low], [half, half])


def test_points_are_welchs_interval_and_swapping_turns_the_sign(rng):
    a, b = rng.normal(size=(2, 20)), rng.normal(1, 2, (2, 15))
    found, swapped = difference_in_change(*a, *b), difference_in_change(*b, *a)
    welch = stats.ttest_ind(a[1] - a[0], b[1] - b[0], equal_var=False).confidence_interval()
    assert_allclose([found.difference_low, found.difference_high], [welch.low, welch.high])
    assert found.d_ppc2 == pytest.approx(-swapped.d_ppc2)
    assert found.d_ppc2_low == pytest.approx(-swapped.d_ppc2_high)
    assert difference_in_change(*(a * 3 + 7), *(b * 3 + 7)).d_ppc2_low == pytest.approx(found.d_ppc2_low)


def test_edges():
    whole, few = np.arange(6.0), np.arange(4.0)
    assert difference_in_change(whole, whole**2, few, few**2).reason == "too_few_pairs"
    assert np.isfinite(difference_in_change(whole, whole**2, few, few**2).difference)
    assert difference_in_change(np.ones(6), whole, whole, whole**2).reason == "zero_sd"
    assert difference_in_change([], [], whole, whole).reason == "too_few_pairs"
    holes = difference_in_change([*whole, None], [*whole**2, 4.0], whole, whole)
    assert (holes.n_first, holes.n_second) == (6, 6)


def test_wrong_input_is_refused():
    with pytest.raises(StatisticsError, match="pre och post"):
        difference_in_change([1.0, 2], [1.0], [1.0], [1.0])
    with pytest.raises(StatisticsError, match="level"):
        difference_in_change([1.0], [1.0], [1.0], [1.0], level=0)
