import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from isu_analysis.settings import unit_files
from isu_analysis.synthetic import YEARS, draws, truth

EVERY_YEAR = pytest.mark.parametrize("year", [str(year) for year in YEARS])


def test_every_unit_and_year_has_its_truth(known):
    assert set(known) == {path.stem for path in unit_files(Path(__file__).resolve().parents[2], "exempelstad")}
    assert all(set(unit) == {str(year) for year in YEARS} for unit in known.values())


def test_the_truth_says_that_it_is_invented(demo):
    assert json.loads(demo.truth.read_text(encoding="utf-8"))["note"].startswith("Påhittade uppgifter.")


@EVERY_YEAR
def test_shares_of_forms(known, year):
    unit = known["unga-vuxna"][year]
    forms, n = unit["forms"], unit["n"]
    assert forms["start"] == round(0.80 * n)
    assert forms["end"] == round(0.62 * n)
    assert 0.52 <= forms["both"] / n <= 0.58
    assert forms["pairs"] == (0 if year == "2022" else unit["core_om"]["pairs"]["n"])
    assert forms["pairs"] <= forms["both"]


@EVERY_YEAR
def test_the_lost_young_adults_fared_worse(known, year):
    core, kasam = known["unga-vuxna"][year]["core_om"], known["unga-vuxna"][year]["kasam13"]
    assert core["both_forms"]["mean_change"] < core["all"]["mean_change"] < core["lost"]["mean_change"]
    assert core["both_forms"]["share_worse"] < core["all"]["share_worse"] < core["lost"]["share_worse"]
    assert core["both_forms"]["share_better"] > core["all"]["share_better"] > core["lost"]["share_better"]
    assert core["both_forms"]["worse"] > 0
    assert kasam["both_forms"]["mean_change"] > kasam["all"]["mean_change"] > kasam["lost"]["mean_change"]


@EVERY_YEAR
def test_the_level_of_the_scores(known, year):
    core, kasam = known["unga-vuxna"][year]["core_om"]["all"], known["unga-vuxna"][year]["kasam13"]["all"]
    assert core["mean_start"] == pytest.approx(18, abs=1.5)
    assert core["mean_change"] == pytest.approx(-4, abs=1)
    assert kasam["mean_start"] == pytest.approx(50, abs=3)
    assert kasam["mean_change"] == pytest.approx(4, abs=1.5)


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_pairs_in_the_files_are_the_pairs_of_the_truth(known, rows, year):
    forms = pd.DataFrame(rows(f"skattningar_{year}.xlsx")).dropna(subset="Ärendenummer")
    wide = forms.pivot(index="Ärendenummer", columns="Tillfälle", values="CORE-OM").dropna()
    raw = wide["Avslut"] - wide["Nybesök"]
    told = known["unga-vuxna"][year]["core_om"]["pairs"]
    assert len(wide) == told["n"]
    assert raw.mean() == pytest.approx(told["mean_change"], abs=1e-6)
    assert (raw.round(1) <= -5).sum() == told["better"]
    assert (raw.round(1) >= 5).sum() == told["worse"]


@EVERY_YEAR
def test_occupation_in_the_files_is_the_occupation_of_the_truth(known, rows, year):
    words = {"utan": "Utan sysselsättning", "praktik": "Praktik/arbetsträning"}
    words |= {"studier": "Studier", "arbete": "Arbete"}
    staff = rows(f"personalenkat_{year}.xlsx")
    counted = Counter((row["Sysselsättning vid intag"], row["Sysselsättning vid avslut"]) for row in staff)
    told = known["unga-vuxna"][year]["sysselsattning"]["from_to"]
    assert {(words[a], words[b]): n for a, row in told.items() for b, n in row.items() if n} == counted


@EVERY_YEAR
def test_empty_closing_reasons_are_more_often_bad_endings(known, year):
    unit = known["resurs-barn"][year]
    reasons = unit["avslutsorsak"]
    assert 5 <= unit["empty"] <= 8
    for code, n in reasons["all"].items():
        assert n == reasons["written"][code] + reasons["empty"][code]
    bad = reasons["empty"]["ingen_eller_forsamrad"] / unit["empty"]
    assert bad > reasons["written"]["ingen_eller_forsamrad"] / (unit["n"] - unit["empty"])


@EVERY_YEAR
def test_parents_who_answered_are_more_satisfied(known, year):
    for statement in ("starkt_formaga", "battre_relation"):
        told = known["foraldrastod"][year][statement]
        assert told["answered"]["share_positive"] > told["all"]["share_positive"] > told["lost"]["share_positive"]


@EVERY_YEAR
def test_the_interviewed_ended_as_planned_and_fared_better(known, year):
    told = known["behandling-vuxna"][year]["dok_forandring"]
    assert told["interviewed"]["share_planned_ending"] > 0.8
    assert told["lost"]["share_planned_ending"] < 0.5
    assert told["interviewed"]["share_positive"] > told["all"]["share_positive"] > told["lost"]["share_positive"]
    assert told["interviewed"]["share_negative"] < told["all"]["share_negative"] < told["lost"]["share_negative"]


def test_a_change_equal_to_the_threshold_counts():
    told = truth.change(pd.Series([17.9, 10.0, 3.0]), pd.Series([12.9, 5.1, 8.0]), 5.0, higher_is_better=False)
    assert (told["better"], told["unchanged"], told["worse"]) == (1, 1, 1)
    assert told["mean_change"] == pytest.approx(-1.633333)


def test_nobody_has_no_mean():
    told = truth.change(pd.Series([], dtype=float), pd.Series([], dtype=float), 5.0, higher_is_better=True)
    assert (told["n"], told["mean_change"], told["share_better"]) == (0, None, None)


def test_keep_flags_exactly_so_many_and_prefers_the_heavier():
    weights = np.where(np.arange(1000) < 500, 4.0, 1.0)
    kept = draws.keep(draws.generator(9, 2023), weights, 300)
    assert kept.sum() == 300
    assert kept[:500].sum() > 2 * kept[500:].sum()


def test_draws_do_not_change():
    # The stream of bits is what numpy promises; a new version must not give another Exempelstad.
    rng = draws.generator(1, 2023)
    assert draws.whole(rng, 5, 1, 100).tolist() == [1, 72, 9, 96, 81]
    assert draws.choose(rng, 3, {"a": 1, "b": 0, "c": 1}) == ["c", "a", "c"]
    assert draws.normal(rng, 2, 10, 2).tolist() == pytest.approx([8.371520, 9.216938], abs=1e-6)
