"""Last year beside this one, the months, the plan and the raters: each against the years' own analyses and plain counting."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from demo_units import DEMO_UNITS
from scipy import stats

import isu_analysis as isu
from isu_analysis.analysis import over_time, planning, raters
from isu_analysis.statistics import wilson

TOWN = "exempelstad"
BESIDE = ["unga-vuxna", "oppenvard-fit", "resurs-barn", "familjeteam", "spel-alkohol", "boende-hemloshet"]


def cells(results):
    return {cell.id: cell for cell in results.cells}


@pytest.mark.parametrize("unit", BESIDE)
def test_each_year_s_share_is_the_one_of_its_own_report(results_of, unit):
    this, last = (results_of(f"{TOWN}/{unit}", year) for year in (2024, 2023))
    found = cells(this)
    for when, results in (("this", this), ("last", last)):
        own, key = cells(results), results.context.primary
        twice = results.context.main.twice
        known, good = ("paired", "better") if twice else ("answered", "positive")
        whole = f"{key}/due" if f"{key}/due" in own else "flow/eligible"
        followed, well = found[f"{over_time.PLACE}/followed_up/{when}"], found[f"{over_time.PLACE}/good/{when}"]
        assert (followed.n, followed.of) == (own[f"{key}/{known}"].value, own[whole].value)
        assert (well.n, well.of) == (own[f"{key}/{good}"].value, own[f"{key}/{known}"].value)


@pytest.mark.parametrize("unit", BESIDE)
def test_the_change_is_the_difference_and_lies_in_its_interval(results_of, unit):
    found = cells(results_of(f"{TOWN}/{unit}", 2024))
    for name in ("followed_up", "good"):
        change = found[f"{over_time.PLACE}/{name}/change"]
        this, last = (found[f"{over_time.PLACE}/{name}/{when}"] for when in ("this", "last"))
        assert change.value == pytest.approx(this.n / this.of - last.n / last.of)
        assert change.low < change.value < change.high


def test_people_in_both_years_are_counted_by_the_person(results_of, demo_project):
    this, last = (isu.cohort(f"{TOWN}/boende-hemloshet", year, project=demo_project) for year in (2024, 2023))
    both = set(this.episodes["client"]) & set(last.episodes["client"])
    shared = cells(results_of(f"{TOWN}/boende-hemloshet", 2024))[f"{over_time.PLACE}/followed_up/shared"]
    assert shared.value == len(both) > 100


@pytest.mark.parametrize(
    ("unit", "year", "why"),
    [
        ("unga-vuxna", 2022, over_time.NO_LAST_YEAR),
        ("unga-vuxna", 2023, over_time.OTHER_DESIGN),
        ("unga-vuxna", 2024, "none"),
        ("ung-framtid", 2024, over_time.OTHER_KIND),
        ("foraldrastod", 2024, over_time.ANONYMOUS),
    ],
)
def test_years_that_are_not_one_line_are_not_compared(results_of, unit, year, why):
    found = cells(results_of(f"{TOWN}/{unit}", year))
    assert found[f"{over_time.PLACE}/break"].code == why
    assert (f"{over_time.PLACE}/good/change" in found) == (why == "none")


def test_an_outcome_decided_this_year_is_not_compared_with_the_last(demo_project):
    unit = isu.load_unit(f"{TOWN}/resurs-barn", demo_project)
    later = unit.model_copy(
        update={"primary": unit.primary.model_copy(update={"declared": pd.Timestamp("2024-02-01").date()})}
    )
    found = cells(isu.analyse(isu.cohort(later, 2024, project=demo_project)))
    assert found[f"{over_time.PLACE}/break"].code == over_time.NEW_OUTCOME
    assert f"{over_time.PLACE}/followed_up/change" in found  # how many were followed up is no matter of choice
    assert not any(name.startswith((f"{over_time.PLACE}/good", f"{over_time.PLACE}/points")) for name in found)


def test_the_mean_of_both_years_and_its_change_are_those_of_another_library(results_of, demo_project):
    """Nobody is in both years, so it is Welch's."""
    key, found, years = f"{TOWN}/oppenvard-fit", cells(results_of(f"{TOWN}/oppenvard-fit", 2024)), {}
    for when, year in (("this", 2024), ("last", 2023)):
        results = results_of(key, year)
        main = results.context.main
        due = sorted(results.people[f"{main.key}/due"])
        pairs = isu.cohort(key, year, project=demo_project).pairs("ors", main.start, main.end).loc[due]
        years[when] = (pairs["post"] - pairs["pre"]).dropna()
        cell = found[f"{over_time.PLACE}/points/{when}"]
        assert (cell.value, cell.n) == (pytest.approx(years[when].mean()), len(years[when]))
        own = cells(results)[f"{main.key}/change"]
        assert cell.value == pytest.approx(own.value)
    assert found[f"{over_time.PLACE}/followed_up/shared"].value == 0
    test = stats.ttest_ind(years["this"], years["last"], equal_var=False)
    interval, change = test.confidence_interval(), found[f"{over_time.PLACE}/points/change"]
    assert change.value == pytest.approx(years["this"].mean() - years["last"].mean())
    assert (change.low, change.high) == pytest.approx((interval.low, interval.high))


def test_a_part_of_a_year_is_compared_with_nothing(demo_project):
    part = isu.cohort(f"{TOWN}/resurs-barn", 2024, project=demo_project, through="2024-06-30")
    assert part.last_year is None
    assert not any(name.startswith((over_time.PLACE, "flow/none")) for name in cells(isu.analyse(part)))


def test_months_are_those_of_the_date_the_rule_goes_by(results_of, demo_project):
    found = cells(results_of(f"{TOWN}/resurs-barn", 2024))
    place = f"{over_time.PLACE}/months/"
    counted = {
        name.removeprefix(place): cell.value
        for name, cell in found.items()
        if name.startswith(place) and cell.kind == "count"
    }
    ends = pd.concat(
        [isu.cohort(f"{TOWN}/resurs-barn", year, project=demo_project).episodes["end"] for year in (2022, 2023, 2024)]
    )
    own = ends.dt.strftime("%Y-%m").value_counts()
    assert len(counted) >= 24
    assert counted == {month: own.get(month, 0) for month in counted}
    assert found[f"{place}median"].value == pd.Series(counted).median()


@pytest.mark.parametrize("unit", DEMO_UNITS)
def test_nothing_of_it_is_ever_public(results_of, unit):
    for name, cell in cells(results_of(f"{TOWN}/{unit}", 2024)).items():
        if name.startswith((f"{over_time.PLACE}/", f"{planning.PLACE}/", f"{raters.PLACE}/")):
            assert cell.internal, name


def test_the_plan_keeps_chance_and_loss_apart(results_of):
    """51 of 93 measured, 31 of them better: by hand and by Wilson's interval."""
    found = cells(results_of(f"{TOWN}/unga-vuxna", 2024))
    low, high = wilson(31, 51)
    assert found["plan/sampling/half_width"].value == pytest.approx((high - low) / 2)
    assert found["plan/bounds/half_width"].value == pytest.approx((93 - 51) / 93 / 2)
    assert found["plan/bounds/needed"].value == 75  # (93 - 75) / 93 / 2 = 0.097, and of 74 it is 0.102
    half = [(high - low) / 2 for low, high in (wilson(round(n * 31 / 51), n) for n in (88, 89))]
    assert half[1] <= 0.10 < half[0] and found["plan/sampling/needed"].value == 89


def test_two_raters_are_counted_as_a_cross_table_counts_them(demo_project):
    """Here the staff also say what they think of every second client: a step worse for every sixth."""
    cohort = isu.cohort(f"{TOWN}/spel-alkohol", 2024, project=demo_project)
    rows = cohort.measurements
    rated = (rows["measure"] == "bedomd_forandring") & (rows["occasion"] == "end") & rows["level"].notna()
    theirs = rows[rated & (rows["rater"] == "client")]
    order = ["samre", "oforandrat", "battre", "mycket_battre"]
    said = theirs.iloc[::2].assign(rater="staff")
    lower = [order[max(order.index(level) - (number % 3 == 0), 0)] for number, level in enumerate(said["level"])]
    others = rows[
        ~((rows["measure"] == "bedomd_forandring") & (rows["rater"] == "staff") & rows["episode"].isin(said["episode"]))
    ]
    both = dataclasses.replace(cohort, measurements=pd.concat([others, said.assign(level=lower)], ignore_index=True))
    found = cells(isu.analyse(both))
    at = "raters/bedomd_forandring:client/staff"
    steps = [order.index(mine) - order.index(staff) for mine, staff in zip(said["level"], lower, strict=True)]
    assert found[f"{at}/both"].value == len(steps) > 100
    assert found[f"{at}/same"].value == steps.count(0)
    assert (found[f"{at}/first_higher"].value, found[f"{at}/first_lower"].value) == (steps.count(1), 0)
    assert found[f"{at}/net"].value == pytest.approx(steps.count(1) / len(steps))
    assert found[f"{at}/net"].low > 0


def test_raters_of_different_people_are_not_compared(results_of):
    found = cells(results_of(f"{TOWN}/spel-alkohol", 2024))
    at = "raters/bedomd_forandring:client/staff"
    assert found[f"{at}/both"].value == 0 and f"{at}/same" not in found


def test_shares_of_months_are_the_year_s_own_counts(results_of):
    """All months of both years together are those followed up, and those who were due."""
    this, last = (cells(results_of(f"{TOWN}/spel-alkohol", year)) for year in (2024, 2023))
    place = f"{over_time.PLACE}/monthly/followed_up/"
    months = {name.removeprefix(place).partition("/")[0] for name in this if name.startswith(place)} - {"centre"}
    n, of = (sum(this[f"{place}{month}/{part}"].value for month in months) for part in ("n", "of"))
    key = "bedomd_forandring:client"
    assert len(months) == 24
    assert n == this[f"{key}/answered"].value + last[f"{key}/answered"].value
    assert of == this["flow/eligible"].value + last["flow/eligible"].value
    assert this[f"{place}centre"].value == pytest.approx(n / of)
    for month in months:
        share = this[f"{place}{month}/share"]
        assert 0 <= share.low <= n / of <= share.high <= 1


def test_a_state_at_two_times_is_seen_as_its_own_report_sees_it(results_of, demo_project):
    results = results_of(f"{TOWN}/unga-vuxna", 2024)
    (outcome,) = [one for one in results.context.outcomes if one.design == "transition"]
    followed, nearer, _ = over_time._seen(isu.cohort(f"{TOWN}/unga-vuxna", 2024, project=demo_project), outcome)
    own = cells(results)
    assert (followed.sum(), len(followed)) == (own[f"{outcome.key}/paired"].value, own[f"{outcome.key}/due"].value)
    assert (nearer.sum(), len(nearer)) == (own[f"{outcome.key}/up"].value, own[f"{outcome.key}/paired"].value)


def test_a_measure_that_was_not_used_last_year_is_not_compared(demo_project):
    cohort = isu.cohort(f"{TOWN}/resurs-barn", 2024, project=demo_project)
    before = cohort.last_year
    without = dataclasses.replace(before, measurements=before.measurements.iloc[:0])
    found = cells(isu.analyse(dataclasses.replace(cohort, last_year=without)))
    assert found[f"{over_time.PLACE}/break"].code == over_time.NOT_MEASURED
    assert not any(name.startswith(f"{over_time.PLACE}/followed_up") for name in found)


def test_declared_groups_are_counted_as_a_cross_table_counts_them(results_of, demo_project):
    key = f"{TOWN}/spel-alkohol"
    found, cohort = cells(results_of(key, 2024)), isu.cohort(key, 2024, project=demo_project)
    said = cohort.levels("bedomd_forandring", "end", "client").dropna().astype(object)
    good = said.isin(["battre", "mycket_battre"])
    for by in ("team", "sex"):
        table = good.groupby(cohort.episodes[by].astype(object).reindex(said.index)).agg(["sum", "size"])
        assert len(table) == 2
        for level, (n, of) in table.iterrows():
            at = f"subgroups/{by}/{level}"
            assert (found[f"{at}/n"].value, found[f"{at}/of"].value) == (n, of)
            own, rest = n / of, (table["sum"].sum() - n) / (table["size"].sum() - of)
            assert found[f"{at}/share"].low < own < found[f"{at}/share"].high
            assert found[f"{at}/rest"].value == pytest.approx(own - rest)
        shares = table["sum"] / table["size"]
        assert found[f"subgroups/{by}/apart"].value == pytest.approx(shares.max() - shares.min())
        shrunken = [found[f"subgroups/{by}/{level}/shrunken"].value for level in table.index]
        assert shares.min() <= min(shrunken) <= max(shrunken) <= shares.max()


def test_a_norm_of_unknown_size_is_a_fixed_number(results_of, demo_project):
    """The ends of 93 people less 30.53 on the card, with the interval of one mean."""
    key = f"{TOWN}/oppenvard-fit"
    found, results = cells(results_of(key, 2024)), results_of(key, 2024)
    main = results.context.main
    ends = isu.cohort(key, 2024, project=demo_project).values("ors", main.end, "client")
    ends = ends[sorted(results.people[f"{main.key}/due"])].dropna()
    interval = stats.ttest_1samp(ends, 30.53).confidence_interval()
    difference = found["norm/ors:client/0/difference"]
    assert difference.n == len(ends) and difference.value == pytest.approx(ends.mean() - 30.53)
    assert (difference.low + 30.53, difference.high + 30.53) == pytest.approx((interval.low, interval.high))
    assert found["norm/ors:client/0/d"].value == pytest.approx((ends.mean() - 30.53) / 5.83)
