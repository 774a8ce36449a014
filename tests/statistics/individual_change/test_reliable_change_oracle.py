"""Every case of the reliable-change oracle: what an R package and base R returned, person by person.

`cs300_*.json` is R clinicalsignificance 3.0.0 on five data sets, 368 cases; `literature_expected.json` is base R
from the published formulas. Where the package is not the literature (the README beside it lists seven places) the
test holds the literature's answer and shows the difference. Out of scope here, 11 cases: four with random slopes
(HLM), whose literature values belong to the random-slope model, and seven by Bayes factor (an estimate drawn at random).
"""

import functools
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from isu_analysis.statistics.individual_change.anchors import (
    important_change,
    important_mean_change,
    important_mean_difference,
)
from isu_analysis.statistics.individual_change.categorise import beyond, categorise
from isu_analysis.statistics.individual_change.cutoffs import cutoff_a, cutoff_b, cutoff_c
from isu_analysis.statistics.individual_change.historical import hageman_arrindell_clinical, historical_index
from isu_analysis.statistics.individual_change.methods import change_index
from isu_analysis.statistics.individual_change.percentage import percentage_change
from isu_analysis.statistics.individual_change.references import control_sample, reference_sample

FOLDER = "reliable_change/"
FILES = {
    "own_prepost": ("own_cs300_own_prepost.json", "own_prepost.csv"),
    "own_waves": ("own_cs300_own_waves.json", "own_waves.csv"),
    "jacobson_1989": ("cs300_jacobson_1989.json", "data/jacobson_1989.csv"),
    "anxiety": ("cs300_anxiety.json", "data/anxiety.csv"),
    "antidepressants": ("cs300_antidepressants.json", "data/antidepressants.csv"),
}
METHODS = {"JT": "jacobson_truax", "GLN": "gulliksen_lord_novick", "EN": "edwards_nunnally", "NK": "nunnally_kotsch",
           "HLL": "hsu_linn_lord", "HA": "hageman_arrindell"}  # fmt: skip
GROUP_VERDICTS = {
    "Statistically not significant": "not_significant",
    "Statistically significant but not clinically relevant": "significant_not_relevant",
    "Not significantly less than the threshold": "not_significantly_below",
    "Probably clinically significant effect": "probably_relevant",
    "Large clinically significant effect": "clearly_relevant",
}


class Case:
    """One case of the package with its people, and the same numbers made by this library."""

    def __init__(self, case, data):
        self.case, self.name = case, case["case"]
        said = dict(part.split("=", 1) for part in case["call"].split(": ", 1)[1].rstrip(")").split(", "))
        said = {key: value.strip('"') for key, value in said.items()}
        self.said, self.higher = said, said["better_is"] == "higher"
        self.sign = 1 if self.higher else -1
        self.method = case.get("rci_method") or case.get("cutoff_method") or ""
        self.functional = tuple(float(said[key]) for key in ("m_functional", "sd_functional") if key in said)
        self.data = data

    @functools.cached_property
    def r(self):
        """What the package says of each person."""
        return pd.DataFrame(self.case["individual"]).set_index("id")

    @functools.cached_property
    def people(self):
        """Pairs, and their group; in the package's order where it lists people."""
        said = self.said
        found = self.data(said["id"], said["time"], said["outcome"], said.get("group"))
        found = found.rename(columns={said["pre"]: "pre", said["post"]: "post"})
        found = found[["pre", "post", *(["group"] if "group" in said else [])]].dropna()
        return found.loc[self.r.index] if "individual" in self.case else found

    def reference(self):
        reliability = self.case.get("reliability")
        post = self.case.get("intermediates", {}).get("reliability_post")
        sample = control_sample(self.people.pre, self.people.post, source="the same people")
        return replace(sample, reliability_pre=reliability, reliability_post=post)

    def index(self):
        function = change_index if self.method in ("JT", "GLN") else historical_index
        return function(
            self.people.pre,
            self.people.post,
            METHODS[self.method],
            self.reference(),
            higher_is_better=self.higher,
            z=self.case["critical_value"],
        )

    def hageman_arrindell(self, kind):
        return hageman_arrindell_clinical(
            self.people.post,
            self.reference(),
            kind,
            higher_is_better=self.higher,
            functional=self.functional or None,
            z=self.case["critical_value"],
        )

    def ranges(self):
        """Who starts clinical and who ends functional, with the package's own cutoff."""
        cutoff = self.case["cutoff"]["value"]
        start = 1 - beyond(self.people.pre, cutoff, higher_is_better=self.higher)
        return start, beyond(self.people.post, cutoff, higher_is_better=self.higher)


def wide(data, person, time, outcome, group):
    """One row a person, one column an occasion, and the group."""
    data = data.assign(**{person: data[person].astype(str), time: data[time].astype(str)})
    found = data.pivot(index=person, columns=time, values=outcome)
    if group:
        found["group"] = data.drop_duplicates(person).set_index(person)[group]
    return found


@pytest.fixture(scope="module")
def cases(oracle, oracle_data):
    found = []
    for json_name, csv_name in FILES.values():
        data = functools.cache(functools.partial(wide, oracle_data(FOLDER + csv_name)))
        found += [Case(case, data) for case in oracle(FOLDER + json_name)["cases"]]
    return found


def of(cases, approach, *methods):
    return [c for c in cases if c.case["approach"] == approach and (not methods or c.method in methods)]


def assert_same_categories(case, found):
    """Person by person, and the package's own table of counts; "Harmed" is a part of deteriorated here."""
    names = np.where(found.is_harmed, "harmed", found.categories)
    assert list(names) == list(case.r.category.str.lower()), case.name
    table = pd.DataFrame(case.case["summary"])
    if "group" in table:
        table = table.groupby("category").n.sum().reset_index()
    expected = dict(zip(table.category.str.lower(), table.n, strict=True))
    expected["deteriorated"] += expected.get("harmed", 0)
    assert {name: found.count(name) for name in expected} == expected, case.name


def test_every_case_belongs_to_a_family(cases, oracle_data):
    families = Counter(c.case["approach"] for c in cases)
    assert families == {
        "combined": 165, "distribution": 116, "statistical": 42, "percentage": 14, "anchor_individual_within": 7,
        "cs_anchor_group_within": 19, "cs_anchor_group_between": 5,
    }  # fmt: skip
    assert sum(families.values()) == 368
    assert Counter(c.method for c in cases if c.method == "HLM") == {"HLM": 4}
    assert sum("bayes" in c.name for c in cases) == 7
    index = oracle_data(FOLDER + "index.csv")
    assert set(index["case"]) <= {c.name for c in cases} and len(index) == 170


@pytest.mark.parametrize("method", METHODS)
def test_indices_and_categories_by_distribution(cases, method):
    compared = 0
    for c in of(cases, "distribution", method):
        found = c.index()
        assert_allclose(c.sign * found.index, c.r.rci, rtol=1e-9, atol=1e-11, err_msg=c.name)
        assert_same_categories(c, categorise(found.index, found.critical))
        assert found.historical == (method not in ("JT", "GLN"))
        compared += 1
    assert compared == 19


@pytest.mark.parametrize("method", [m for m in METHODS if m != "HA"])
def test_indices_and_categories_combined_with_a_cutoff(cases, method):
    compared = 0
    for c in of(cases, "combined", method):
        found = c.index()
        assert_allclose(c.sign * found.index, c.r.rci, rtol=1e-9, atol=1e-11, err_msg=c.name)
        start, end = c.ranges()
        assert (start == c.r.clinical_pre).all() and (end == c.r.functional_post).all()
        assert_same_categories(c, categorise(found.index, found.critical, clinical_start=start, functional_end=end))
        compared += 1
    assert compared == 26


def test_combined_by_hageman_and_arrindell(cases):
    """Recovered needs a certain end in the functional range; harmed an end on the clinical side of the cutoff.

    The package never looks at the end of those it calls harmed; in these data all of them did end clinical.
    With kind "b" its cutoff has the clinical SD: compared are then the indices, and the cutoff as wrong.
    """
    compared = Counter()
    for c in of(cases, "combined", "HA"):
        kind = c.said["cutoff_type"]
        found, clinical = c.index(), c.hageman_arrindell(kind)
        assert_allclose(c.sign * found.index, c.r.rci, rtol=1e-9, atol=1e-11, err_msg=c.name)
        assert_allclose(clinical.r_dd, c.case["intermediates"]["r_dd"], rtol=1e-9)
        compared[kind] += 1
        if kind == "b":
            continue
        start, _ = c.ranges()
        ends = {"functional_end": clinical.distance > clinical.z, "clinical_end": clinical.distance < 0}
        assert_same_categories(c, categorise(found.index, found.critical, clinical_start=start, **ends))
        if "group" not in c.said:  # by group the package mixes the group's SD with the whole's reliability
            assert_allclose(
                [clinical.changed_share, clinical.functional_share], c.case["group_level"]["percent"], rtol=1e-9
            )
    assert compared == {"a": 7, "b": 7, "c": 12}


def test_distances_of_hageman_and_arrindell(cases):
    """CS_indiv and the "true" cutoffs; the package's b has the clinical SD, the literature's the functional one."""
    same, other = 0, 0
    for c in of(cases, "combined", "HA") + of(cases, "statistical", "HA"):
        cutoff, kind = c.case["cutoff"], c.said["cutoff_type"]
        found = c.hageman_arrindell(kind)
        if kind != "b":
            assert_allclose(found.cutoff, cutoff["value"], rtol=1e-9, err_msg=c.name)
            assert_allclose(c.sign * found.distance, c.r.cs_indiv, rtol=1e-9, atol=1e-10, err_msg=c.name)
            same += 1
            continue
        s0, r0 = cutoff["sd_functional"], cutoff["reliability_functional"]
        assert_allclose(found.cutoff, cutoff["m_functional"] - c.sign * 2 * s0 * np.sqrt(r0), rtol=1e-9)
        s1, r1 = cutoff["sd_clinical"], cutoff["reliability_clinical"]
        assert_allclose(cutoff["value"], cutoff["m_functional"] - c.sign * 2 * s1 * np.sqrt(r1), rtol=1e-9)
        other += 1
    assert (same, other) == (33, 14)


def test_statistical_approach(cases):
    """Across the cutoff and nothing else: the package is strict on both sides; no one stands on a cutoff here."""
    compared = 0
    for c in of(cases, "statistical"):
        start, end = c.ranges()
        if c.method == "HA" and c.said["cutoff_type"] == "b":
            continue  # the wrong cutoff: compared in the test above
        if c.method == "HA":
            distance = c.hageman_arrindell(c.said["cutoff_type"]).distance
            improved = (start == 1) & (distance > c.case["critical_value"])
            worse = (start == 0) & (distance < -c.case["critical_value"])
        else:
            improved, worse = (start == 1) & (end == 1), (start == 0) & (end == 0)
        names = np.select([improved, worse], ["Improved", "Deteriorated"], "Unchanged")
        assert list(names) == list(c.r.category), c.name
        compared += 1
    assert compared == 42 - 7


def test_cutoffs(cases):
    """a and c as the package's; b is the literature's, which differs by twice the difference between the SDs."""
    compared = Counter()
    for c in [*of(cases, "combined"), *of(cases, "statistical", "JT")]:
        if c.method in ("HA", "HLM"):
            continue
        r = c.case["cutoff"]
        clinical, norm = (r["m_clinical"], r["sd_clinical"]), (r["m_functional"], r["sd_functional"])
        ours = {
            "a": cutoff_a(*clinical, higher_is_better=c.higher),
            "b": cutoff_b(*norm, higher_is_better=c.higher),
            "c": cutoff_c(*clinical, *norm),
        }[r["type"]]
        wrong = c.sign * 2 * (norm[1] - clinical[1]) if r["type"] == "b" else 0
        assert_allclose(ours - r["value"], -wrong, atol=1e-9, err_msg=c.name)
        compared[r["type"]] += 1
    assert compared == {"a": 42, "b": 42, "c": 74}


def test_the_wrong_cutoff_changes_who_recovered(cases):
    """The same people and the same index, literature against package: the package's b moves people between improved and recovered."""
    moved = {}
    for c in of(cases, "combined", "JT"):
        if c.said["cutoff_type"] != "b":
            continue
        found, right = c.index(), cutoff_b(*c.functional, higher_is_better=c.higher)
        start = 1 - beyond(c.people.pre, right, higher_is_better=c.higher)
        end = beyond(c.people.post, right, higher_is_better=c.higher)
        recovered = categorise(found.index, found.critical, clinical_start=start, functional_end=end).count("recovered")
        theirs = dict(zip(c.case["summary"]["category"], c.case["summary"]["n"], strict=True))["Recovered"]
        moved[c.name] = (theirs, recovered)
    assert len(moved) == 7
    assert moved["own_prepost.score.comb.JT.b"] == (18, 30)


def test_percentage_when_lower_is_better(cases):
    """The package divides by the start score: the distance to the best value when that is 0.

    Two people start at 0 in the synthetic data. The package makes one of them improved and deteriorated at once.
    """
    compared, at_zero, below = 0, 0, 0
    for c in of(cases, "percentage"):
        if c.higher:
            continue
        thresholds = {"response": c.case["pct_improvement"], "worse": c.case["pct_deterioration"]}
        people = c.people[(c.people[["pre", "post"]] >= 0).all(axis=1)]
        below += len(c.people) - len(people)
        found = percentage_change(people.pre, people.post, best=0, higher_is_better=False, **thresholds)
        ours = pd.DataFrame({"value": -found.share_of_distance, "name": found.categories}, index=people.index)
        ours["name"] = ours["name"].map({"response": "Improved", "worse": "Deteriorated", "unchanged": "Unchanged"})
        r = c.r.loc[people.index]
        distant = people.pre > 0
        assert_allclose(ours.value[distant], r["pct_change"][distant].astype(float), rtol=1e-9, atol=1e-12)
        assert list(ours.name[distant]) == list(r.category[distant]), c.name
        at_zero += found.at_best
        if found.at_best:
            assert list(ours.name[~distant]) == ["Unchanged", "Deteriorated"]  # E01: 0 -> 0, E02: 0 -> 5
            assert list(r.category[~distant]) == ["Unchanged", "Improved"]
            assert sum(c.case["summary"]["n"]) == found.n + 1
        compared += 1
    assert (compared, at_zero, below) == (10, 4, 8)  # eight simulated anxiety pairs reach below 0: left out


def test_percentage_when_higher_is_better(cases):
    """The package divides by the start score, ours by the way left to the best value: the same points moved."""
    compared = 0
    for c in of(cases, "percentage"):
        if not c.higher:
            continue
        best = 100.0 if c.said["outcome"] == "wellbeing" else 200.0
        thresholds = {"response": c.case["pct_improvement"], "worse": c.case["pct_deterioration"]}
        found = percentage_change(c.people.pre, c.people.post, best=best, higher_is_better=True, **thresholds)
        room = best - c.people.pre
        assert_allclose(found.share_of_distance[room > 0] * room[room > 0], (c.r["pct_change"] * c.people.pre)[room > 0],
                        rtol=1e-9, atol=1e-9)  # fmt: skip
        # What the package would have said of the turned scale, on which 0 is best, counted by hand.
        turned = (c.people.post - c.people.pre) / room.where(room > 0)
        assert (found.categories == "response").sum() == (turned >= thresholds["response"] - 1e-12).sum()
        compared += 1
    assert compared == 4


def test_minimal_important_difference_of_a_person(cases):
    compared = 0
    for c in of(cases, "anchor_individual_within") + of(cases, "combined", "CWB"):
        improvement = float(c.said["mid_improvement"])
        important = {
            "improvement": improvement,
            "deterioration": float(c.said.get("mid_deterioration", improvement)),
            "higher_is_better": c.higher,
        }
        if "cutoff" in c.case:
            start, end = c.ranges()
            important |= {"clinical_start": start, "functional_end": end}
        assert_same_categories(c, important_change(c.people.pre, c.people.post, **important))
        compared += 1
    assert compared == 14


def test_minimal_important_difference_of_a_mean(cases):
    """Interval and verdict; a verdict the package leaves empty is the one the interval implies."""
    compared, empty = 0, 0
    for c in of(cases, "cs_anchor_group_within"):
        if c.case["bayesian"]:
            continue
        r = pd.DataFrame(c.case["results"])
        groups = c.people.groupby("group") if "group" in r else [("all", c.people)]
        parts = dict(iter(groups))
        for row in r.itertuples():
            people = parts[getattr(row, "group", "all")]
            found = important_mean_change(people.pre, people.post, **mid(c), higher_is_better=c.higher)
            assert (found.n, found.level) == (row.n, row.ci)
            assert_allclose(
                [found.difference, found.difference_low, found.difference_high],
                [row.difference, row.lower, row.upper],
                rtol=1e-9,
            )
            if pd.isna(row.category) or found.direction == "worse":
                # Higher better and the interval across 0: no verdict there. Worse: there "not relevant" whatever its size.
                assert found.verdict == ("not_significant" if pd.isna(row.category) else "significant_not_relevant")
                empty += pd.isna(row.category)
            else:
                assert found.verdict == GROUP_VERDICTS[row.category], c.name
        compared += 1
    assert (compared, empty) == (12, 1)


def test_minimal_important_difference_between_groups(cases):
    """Welch's interval of the end scores. A worse mean beyond the difference is relevant, not "not relevant"."""
    compared, worse = 0, []
    for c in of(cases, "cs_anchor_group_between"):
        parts = dict(iter(c.people.groupby("group")))
        for row in pd.DataFrame(c.case["results"]).itertuples():
            reference, comparison = parts[row.reference].post, parts[row.comparison].post
            found = important_mean_difference(reference, comparison, **mid(c), higher_is_better=c.higher)
            assert (found.n_reference, found.n) == (row.n_reference, row.n_comparison)
            assert_allclose(
                [found.difference, found.difference_low, found.difference_high],
                [row.difference, row.lower, row.upper],
                rtol=1e-9,
            )
            if found.direction == "worse":
                worse.append((c.said["outcome"], row.comparison, found.verdict, GROUP_VERDICTS[row.category]))
            else:
                assert found.verdict == GROUP_VERDICTS[row.category]
        compared += 1
    assert compared == 5
    assert worse == [
        ("score", "B", "probably_relevant", "significant_not_relevant"),
        ("score", "C", "clearly_relevant", "significant_not_relevant"),
        ("wellbeing", "B", "not_significantly_below", "significant_not_relevant"),
        ("wellbeing", "C", "probably_relevant", "significant_not_relevant"),
    ]


def mid(c):
    improvement = float(c.said["mid_improvement"])
    return {"improvement": improvement, "deterioration": float(c.said.get("mid_deterioration", improvement))}


LITERATURE = {
    "jacobson_truax": "JT_norm_sd",
    "christensen_mendoza": "Christensen_Mendoza_1986",
    "maassen": "Maassen_2004_unequal_sd",
    "mcnemar": "McNemar_unequal_sd_and_rel",
    "chelune": "Chelune_1993",
    "iverson": "Iverson_2001",
    "temkin": "Temkin_1999_sd_of_difference",
    "mcsweeny": "McSweeny_1993_SRB",
    "crawford_howell": "Crawford_Howell_1998_t",
}


@pytest.fixture(scope="module")
def literature(oracle, oracle_data):
    """Expected values of base R, and the people: service C is the control group."""
    expected = oracle(FOLDER + "literature_expected.json")
    long = oracle_data(FOLDER + "own_prepost.csv")
    wide = long.pivot(index=["id", "service"], columns="wave", values="score").set_axis(["pre", "post"], axis=1)
    return expected, wide.reset_index("service")


@pytest.mark.parametrize("method", LITERATURE)
@pytest.mark.parametrize("higher", [True, False])
def test_methods_equal_the_literature(literature, method, higher):
    expected, people = literature
    case = expected["prepost"][LITERATURE[method]]
    controls = people[people.service == "C"]
    reference = control_sample(controls.pre, controls.post, source="service C")
    if method == "mcnemar":
        p = case["params"]
        reference = reference_sample(
            source="x", sd_pre=p["s1"], sd_post=p["s2"], reliability_pre=p["r1"], reliability_post=p["r2"]
        )
    if method == "jacobson_truax":
        reference = reference_sample(source="norm", sd_pre=8, reliability_pre=0.85)
    treated = people.loc[case["id"]]
    found = change_index(treated.pre, treated.post, method, reference, higher_is_better=higher)
    assert_allclose(found.index * (1 if higher else -1), case["values"], rtol=1e-9, atol=1e-12)
    assert found.n == 169
    if method == "crawford_howell":
        assert found.df == case["params"]["df"] == 41
        assert_allclose(found.p, expected["prepost"]["Crawford_Howell_1998_p_two_sided"]["values"], rtol=1e-9)


def test_every_method_of_the_literature_is_compared(literature):
    named = {*LITERATURE.values(), "Crawford_Howell_1998_p_two_sided"}
    assert set(literature[0]["prepost"]) == named and len(named) == 10


def test_jacobson_and_truax_1991(literature):
    """The worked example and the cutoffs with unequal SDs."""
    r = literature[0]["jacobson_truax_1991"]
    norm = reference_sample(source="1991", sd_pre=7.5, reliability_pre=0.80)
    found = change_index([32.5], [47.5], "jacobson_truax", norm, higher_is_better=True)
    assert_allclose([found.standard_error, found.index[0]], [r["S_diff"], r["RC"]], rtol=1e-12)
    up = {"higher_is_better": True}
    cutoffs = [cutoff_a(40, 7.5, **up), cutoff_b(60, 7.5, **up), cutoff_c(40, 7.5, 60, 7.5)]
    assert_allclose(cutoffs, [r["a"], r["b"], r["c"]])
    u = r["unequal_sd_example"]
    numbers = (u["M1"], u["s1"], u["M0"], u["s0"])
    cutoffs = [cutoff_a(*numbers[:2], **up), cutoff_b(*numbers[2:], **up), cutoff_c(*numbers)]
    assert_allclose(cutoffs, [u["a"], u["b"], u["c"]])
