"""What may stand as the number of people behind reference numbers, and which steps fit a scale."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.references import reference_sample
from isu_analysis.statistics.individual_change.unchanged_people import score_grid


@pytest.mark.parametrize("n", [1, 2, 3, 250])
def test_a_number_of_people_is_a_whole_number_from_one(n):
    assert reference_sample(source="manualen", n=n).n == n


@pytest.mark.parametrize("n", [0, -1, 0.5, 2.5])
def test_other_numbers_of_people_are_refused(n):
    with pytest.raises(StatisticsError, match="Argumentet n: ska vara ett heltal, minst 1"):
        reference_sample(source="manualen", n=n)


def test_binary_rounding_of_a_long_scale_is_no_misfit():
    """Neither 1000.1, 1100.1 nor 0.05 is a binary number: their quotient is 2,000 but for some 1e-12."""
    assert (1100.1 - 1000.1) / 0.05 != 2000
    assert_allclose(score_grid((1000.1, 1100.1), 0.05), np.arange(2001) / 20 + 1000.1)


@pytest.mark.parametrize(("scale", "step"), [((0, 20), 0.3), ((0, 20.001), 0.01), ((0, 20), 40.5), ((0, 20), 0.009)])
def test_steps_that_do_not_fit_are_refused(scale, step):
    with pytest.raises(StatisticsError, match="Argumentet step"):
        score_grid(scale, step)
