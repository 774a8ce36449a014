"""When people were measured: hand counts, borders, every missing day counted."""

from statistics import mean, median, stdev

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.trajectories.timing import Window, interval_spread, within_window


def test_window_holds_both_borders_and_says_early_late_unknown():
    window = Window(target=180, earliest=150, latest=240)
    r = within_window([149, 150, 180, 240, 241, np.nan, None, 149.9], window)
    expected = ["early", "in_window", "in_window", "in_window", "late", "unknown", "unknown", "early"]
    assert r.timings.tolist() == expected
    frame = r.to_frame()
    assert frame["timing"].tolist() == ["early", "in_window", "late", "unknown"]
    assert frame["n"].tolist() == [2, 3, 1, 2] and set(frame["of"]) == {8}
    assert (r.n, r.n_given) == (6, 8)
    assert_allclose(r.share("in_window").share, 3 / 8)
    assert "150" not in repr(r).split("Window(")[0] and "early'" not in repr(r)


def test_nobody_has_no_share():
    r = within_window([], Window(1, 0, 2))
    assert r.to_frame()["n"].tolist() == [0] * 4 and r.to_frame()["share"].isna().all()


def test_spread_of_intervals_by_hand():
    start = [0, 10, np.nan, 5, np.nan, 0, 0]
    end = [90, 190, 100, np.nan, np.nan, 0, 365]
    days = [90, 180, 0, 365]
    r = interval_spread(start, end)
    assert (r.n, r.n_given, r.no_start, r.no_end, r.neither, r.reason) == (4, 7, 1, 1, 1, "")
    assert_allclose([r.mean, r.sd, r.median], [mean(days), stdev(days), median(days)])
    assert (r.shortest, r.longest) == (0, 365)
    many = interval_spread(np.zeros(101), np.arange(101)[::-1])
    assert [many.p10, many.p25, many.median, many.p75, many.p90] == [10, 25, 50, 75, 90]
    assert r.to_frame().shape == (1, 15)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_intervals_give_no_number(n):
    r = interval_spread([0.0] * n + [np.nan], [50.0] * n + [3])
    assert (r.n, r.reason, r.no_start) == (n, "too_few", 1)
    assert np.isnan([r.mean, r.sd, r.median, r.p10, r.shortest, r.longest]).all()


def test_two_intervals_suffice():
    r = interval_spread(pd.Series([0, 0]), pd.Series([10, 20]))
    assert (r.reason, r.mean) == ("", 15)


def test_refusals_name_the_argument():
    with pytest.raises(StatisticsError, match="Argumentet end_day"):
        interval_spread([5], [4])
    with pytest.raises(StatisticsError, match="start_day och end_day"):
        interval_spread([5, 6], [4])
    with pytest.raises(StatisticsError, match="Argumentet start_day"):
        interval_spread(["måndag"], [4])
    with pytest.raises(StatisticsError, match="Argumentet days"):
        within_window([np.inf], Window(1, 0, 2))
    with pytest.raises(StatisticsError, match="Argumentet name"):
        within_window([1], Window(1, 0, 2)).count("end")
    for days in ((1, 2, 3), (4, 2, 3), (2, np.nan, 3), (2, 1, np.inf)):
        with pytest.raises(StatisticsError, match="Argumentet window"):
            Window(*days)
