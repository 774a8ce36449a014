"""Many sets of units in one call: the numbers of one set at a time, in any order of rows."""

import numpy as np
import pandas as pd
import pytest

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.funnel import funnel
from isu_analysis.statistics.comparison.many_units import compare_units
from isu_analysis.statistics.comparison.shrinkage import shrunken_shares

NAMES = {"by": "kommun", "n": "bättre", "of": "mätta"}


@pytest.fixture
def frame(rng):
    """Eleven sets of 1-40 units: too few, alike, empty, missing, all or nothing, and the rest."""
    sets = []
    for code, units in enumerate([1, 4, 6, 8, 10, 12, 20, 25, 40, 9, 10]):
        of = rng.integers(0, 120, units)
        n = rng.binomial(of, rng.beta(6, 4, units)) if code < 9 else of * (np.arange(units) % 2 if code == 10 else 1)
        sets.append(pd.DataFrame({"kommun": f"k{code:02}", "bättre": n.astype(float), "mätta": of}))
    rows = pd.concat(sets, ignore_index=True)
    rows.loc[60, "bättre"] = np.nan
    return rows.sample(frac=1, random_state=3)


@pytest.mark.parametrize("method", ["ml", "moments"])
@pytest.mark.parametrize("target", [None, 0.55])
def test_each_set_is_as_if_alone(frame, method, target):
    found = compare_units(frame, **NAMES, target=target, method=method)
    assert found.units.index.equals(frame.index)
    assert found.groups.index.tolist() == list(frame["kommun"].unique())
    for name, rows in frame.groupby("kommun"):
        alone = funnel(rows["bättre"], rows["mätta"], target=target)
        drawn = shrunken_shares(rows["bättre"], rows["mätta"], method=method)
        units = found.units.loc[rows.index]
        pd.testing.assert_frame_equal(units[alone.units.columns], alone.units)
        expected = drawn.units.rename(columns={c: f"shrunken_{c}" for c in ("low", "high", "reason")})
        pd.testing.assert_frame_equal(units[expected.columns], expected, rtol=1e-8)
        whole = found.groups.loc[name]
        for prefix, fields in (("funnel", alone.to_frame()), ("shrunken", drawn.to_frame())):
            for field in fields.columns.difference(["method", "level"]):
                ours, single = whole[f"{prefix}_{field}"], fields[field].iloc[0]
                assert ours == single or ours == pytest.approx(single, rel=1e-6, nan_ok=True), (name, field)
        needed = whole["shrunken_of_for_reliability_70"]
        assert needed == pytest.approx(drawn.of_for_reliability(0.7), nan_ok=True)


def test_every_reason_was_met(frame):
    found = compare_units(frame, **NAMES)
    assert {"", "too_few_units", "all_alike"} <= set(found.groups["funnel_reason"])
    assert {"", "too_few_units", "all_alike", "all_or_nothing"} <= set(found.groups["shrunken_reason"])
    assert {"", "too_few_people", "missing", "own_target"} <= set(found.units["reason"])


def test_names_of_sets_and_order_of_rows_do_not_matter(frame, rng):
    found = compare_units(frame, **NAMES)
    other = frame.assign(kommun="x" + frame["kommun"].str[::-1]).iloc[rng.permutation(len(frame))]
    again = compare_units(other, **NAMES).units.loc[frame.index]
    pd.testing.assert_frame_equal(again.drop(columns="kommun"), found.units.drop(columns="kommun"), rtol=1e-8)


def test_no_rows_and_no_units_in_the_repr(frame):
    assert compare_units(frame.iloc[:0], **NAMES).n_groups == 0
    assert repr(compare_units(frame, **NAMES)) == "UnitComparison(n_groups=11, n_units=145, method='ml', level=0.95)"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"by": "region"}, "by"),
        ({"n": "region"}, "n"),
        ({"of": "region"}, "of"),
        ({"n": "mätta", "of": "bättre"}, "n och of"),
        ({"target": 2.0}, "target"),
        ({"method": "bayes"}, "method"),
        ({"level": 0}, "level"),
    ],
)
def test_wrong_frames_are_refused(frame, changed, named):
    with pytest.raises(StatisticsError, match=f"Argument(et|en) {named}:"):
        compare_units(frame.dropna().query("mätta > bättre"), **NAMES | changed)


def test_a_row_without_a_set_is_refused(frame):
    with pytest.raises(StatisticsError, match="by"):
        compare_units(frame.assign(kommun=None), **NAMES)
