"""Shares of reliable change by cluster: hand counts, and the same interval as of the flags themselves."""

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.categories import reliable_change
from isu_analysis.statistics.individual_change.category_shares import category_share
from isu_analysis.statistics.individual_change.criteria import published_criterion
from isu_analysis.statistics.proportions.observed import share_of

CRITERION = published_criterion(5.0, "manual")
START = pd.Series([20.0, 20, 20, 20, 4, None] * 8, index=range(100, 148))
END = pd.Series([8.0, 14, 19, 26, 15, 3] * 8, index=range(100, 148))
COURSE = pd.Series(np.repeat(list("abcdefgh"), 6), index=range(100, 148))
CHANGE = reliable_change(START, END, CRITERION, higher_is_better=False, cutoff=10)


@pytest.mark.parametrize(
    ("name", "each"),
    [
        ("recovered", 1),
        ("improved", 1),
        ("improved_or_recovered", 2),
        ("unchanged", 1),
        ("deteriorated", 2),
        ("harmed", 1),
    ],
)
def test_counts_by_hand(name, each):
    found = category_share(CHANGE, name, cluster=COURSE)
    assert (found.n, found.of, found.n_given, found.n_clusters) == (8 * each, 40, 48, 8)
    alone, plain = category_share(CHANGE, name), CHANGE.share(name)
    assert (alone.low, alone.high) == pytest.approx((plain.low, plain.high))


def test_interval_is_that_of_the_flags():
    change = reliable_change(START, END + 12 * (COURSE < "d"), CRITERION, higher_is_better=False)
    flags = np.where(START.isna(), np.nan, START - (END + 12 * (COURSE < "d")) >= 5)
    found, expected = category_share(change, "improved", cluster=COURSE), share_of(flags, cluster=COURSE.to_numpy())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.high - found.low > category_share(change, "improved").high - category_share(change, "improved").low


def test_wrong_input_is_refused():
    for arguments, named in (
        ({"name": "better"}, "name"),
        ({"name": "not_paired"}, "name"),
        ({"name": "improved", "cluster": COURSE.reset_index(drop=True)}, "index"),
        ({"name": "improved", "cluster": ["a"]}, "cluster"),
    ):
        with pytest.raises(StatisticsError, match=named):
            category_share(CHANGE, **arguments)
    without = reliable_change(START, END, CRITERION, higher_is_better=False)
    with pytest.raises(StatisticsError, match="cutoff"):
        category_share(without, "harmed")
