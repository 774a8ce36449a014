"""Categories from any index: definitions by hand, agreement with the report's own function, edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics import jacobson_truax_criterion, reliable_change
from isu_analysis.statistics.individual_change.categorise import beyond, categorise
from isu_analysis.statistics.individual_change.methods import change_index
from isu_analysis.statistics.individual_change.references import reference_sample


def test_every_category_by_hand():
    index = [3.0, 3, 3, 3, 0, -3, -3, -3, -3, np.nan, 1.96, -1.96, np.inf, -np.inf]
    start = [1, 1, 0, np.nan, 1, 0, 0, 1, np.nan, 1, 1, 0, 1, 0]
    end = [1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0]
    found = categorise(index, 1.96, clinical_start=start, functional_end=end)
    assert list(found.categories) == [
        "recovered",
        "improved",  # still clinical
        "improved",  # was functional already
        "improved",  # start range unknown
        "unchanged",
        "deteriorated",  # functional to clinical: harmed
        "deteriorated",  # still functional: not harmed, though one R package says so
        "deteriorated",  # was clinical already
        "deteriorated",
        "not_paired",
        "unchanged",  # equal to the critical value is no change
        "unchanged",
        "recovered",
        "deteriorated",
    ]
    assert list(found.is_harmed.nonzero()[0]) == [5, 13]
    assert (found.n, found.n_given, found.count("harmed"), found.count("not_paired")) == (13, 14, 2, 1)
    frame = found.to_frame()
    assert list(frame.category) == ["recovered", "improved", "unchanged", "deteriorated", "harmed"]
    assert list(frame.n) == [2, 3, 3, 5, 2] and (frame["of"] == 13).all()
    assert frame.share[0] == pytest.approx(2 / 13) and frame.low[0] < frame.share[0] < frame.high[0]


def test_no_functional_end_is_not_always_a_clinical_one():
    """By Hageman and Arrindell an end may be neither surely functional nor on the clinical side."""
    flags = {"clinical_start": [0, 0], "functional_end": [0, 0]}
    assert list(categorise([-3.0, -3], 1.96, **flags).is_harmed) == [True, True]
    assert list(categorise([-3.0, -3], 1.96, **flags, clinical_end=[0, 1]).is_harmed) == [False, True]


def test_without_a_range_nobody_is_recovered_or_harmed():
    found = categorise([3.0, -3], 1.96)
    assert list(found.to_frame().category) == ["improved", "unchanged", "deteriorated"]
    for name in ("recovered", "harmed"):
        with pytest.raises(StatisticsError, match=name):
            found.count(name)


def test_binary_digits_do_not_make_a_change():
    """(0.7 - 0.2) / 0.5 is a hair under 1, (0.8 - 0.3) / 0.5 is 1: neither exceeds 1."""
    assert list(categorise([0.5 / 0.5 * (1 + 1e-15), 1.0, 1.001], 1.0).categories) == ["unchanged"] * 2 + ["improved"]


people = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=40)


@settings(max_examples=50)
@given(people, st.booleans(), st.integers(5, 35), st.booleans())
def test_the_same_as_the_reports_own_function(pairs, higher, cutoff, inclusive):
    x, y = np.array(pairs, dtype=float).T
    criterion = jacobson_truax_criterion(7, 0.8, sd_source="norm", reliability_source="norm", reliability_type="retest")
    own = reliable_change(x, y, criterion, higher_is_better=higher, cutoff=cutoff, cutoff_inclusive=inclusive)
    norm = reference_sample(source="norm", sd_pre=7, reliability_pre=0.8)
    index = change_index(x, y, "jacobson_truax", norm, higher_is_better=higher)
    side = {"higher_is_better": higher, "cutoff_inclusive": inclusive}
    found = categorise(
        index.index,
        index.critical,
        clinical_start=1 - beyond(x, cutoff, **side),
        functional_end=beyond(y, cutoff, **side),
    )
    assert (found.categories == own.categories).all()
    assert found.count("harmed") == own.count("harmed")
    assert index.smallest_improvement == pytest.approx(criterion.threshold)


def test_which_side_of_the_cutoff():
    at = [9.0, 10, 11, np.nan]
    assert list(beyond(at, 10, higher_is_better=True)[:3]) == [0, 0, 1]
    assert list(beyond(at, 10, higher_is_better=True, cutoff_inclusive=False)[:3]) == [0, 1, 1]
    assert list(beyond(at, 10, higher_is_better=False)[:3]) == [1, 0, 0]
    assert list(beyond(at, 10, higher_is_better=False, cutoff_inclusive=False)[:3]) == [1, 1, 0]
    assert np.isnan(beyond(at, 10, higher_is_better=True)[3])
    assert np.isnan(beyond(at, np.nan, higher_is_better=True)).all()
    assert list(beyond([0.1 + 0.2, 0.3], 0.3, higher_is_better=True)) == [0, 0]


def test_standing_on_the_cutoff_from_start_to_end_is_no_crossing():
    """One R package, strict on both sides, calls someone who stays on the cutoff deteriorated."""
    for inclusive in (True, False):
        start, end = (beyond([10.0], 10, higher_is_better=False, cutoff_inclusive=inclusive) for _ in range(2))
        found = categorise([0.0], 1.96, clinical_start=1 - start, functional_end=end)
        assert found.categories[0] == "unchanged" and not found.is_harmed[0]
        assert start[0] == end[0] and start[0] in (0, 1)


def test_nobody_is_a_result_without_shares():
    found = categorise([], 1.96)
    assert found.n == 0 and found.to_frame().share.isna().all()
    assert categorise([np.nan], 1.96).share("improved").of == 0


def test_people_never_print_and_cannot_be_overwritten():
    found = categorise([3.25, -1], 1.96)
    assert "improved" not in repr(found) and "array" not in repr(found)
    for rows in (found.categories, found.is_harmed):
        with pytest.raises(ValueError):
            rows[0] = rows[1]


def test_refusals():
    flags = {"clinical_start": [1, 0], "functional_end": [1, 0]}
    with pytest.raises(StatisticsError, match="clinical_start och functional_end"):
        categorise([1.0, 2], 1.96, clinical_start=[1, 0])
    with pytest.raises(StatisticsError, match="clinical_start och functional_end"):
        categorise([1.0, 2], 1.96, functional_end=[1, 0])
    with pytest.raises(StatisticsError, match="Argumentet functional_end"):
        categorise([1.0, 2], 1.96, **{**flags, "functional_end": [2, 0]})
    with pytest.raises(StatisticsError, match="index och clinical_start"):
        categorise([1.0, 2], 1.96, **{**flags, "clinical_start": [1]})
    with pytest.raises(StatisticsError, match="index och clinical_end"):
        categorise(pd.Series([1.0, 2]), 1.96, **flags, clinical_end=pd.Series([0, 1], index=[5, 6]))
    with pytest.raises(StatisticsError, match="critical"):
        categorise([1.0], 0)
    with pytest.raises(StatisticsError, match="Argumentet index"):
        categorise([[1.0]], 1.96)
    with pytest.raises(StatisticsError, match="name"):
        categorise([1.0], 1.96).count("better")
    with pytest.raises(StatisticsError, match="name"):
        categorise([1.0], 1.96).share("not_paired")
