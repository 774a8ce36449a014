"""A unit held against a fixed reference in its own file: the statistics' own figures, another library's, and refusals."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
import small_project as small
import yaml
from statsmodels.regression.linear_model import OLS

import isu_analysis as isu
from isu_analysis.analysis import case_mix
from isu_analysis.disclosure import decide
from isu_analysis.errors import SettingsError, StatisticsError
from isu_analysis.settings import CaseMix, read_unit
from isu_analysis.settings import case_mix as declared_case_mix
from isu_analysis.statistics.comparison import reference_model as reference

TOWN, UNIT, YEAR = "exempelstad", "oppenvard-fit", 2024
KEY = f"{TOWN}/{UNIT}"
INTERNAL = isu.Release.internal(reviewed=True)


@pytest.fixture
def others():
    """400 people of other units, invented: they end at 8 + 0.7 times their start, boys two points higher."""
    rng = np.random.default_rng(20)
    pre = np.round(rng.uniform(2, 38, 400), 1)
    background = pd.DataFrame({"age": rng.integers(10, 20, 400), "sex": rng.choice(["boy", "girl"], 400)})
    post = np.clip(8 + 0.7 * pre + 2 * (background["sex"] == "boy") + rng.normal(0, 4, 400), 0, 40)
    return pre, post, background


def declared(model, **changes):
    values = {"measure": "ors", "rater": "client", "until": "2023-12-31", **model.declared(), **changes}
    return CaseMix.model_validate_json(json.dumps(values))


def with_case_mix(demo_project, found):
    return isu.load_unit(KEY, demo_project).model_copy(update={"case_mix": found})


def analysed(demo_project, found):
    return isu.analyse(isu.cohort(with_case_mix(demo_project, found), YEAR, project=demo_project))


def cells(results):
    return {cell.id: cell for cell in results.cells if cell.id.startswith(f"{case_mix.PLACE}/")}


def pairs_of(results, demo_project):
    main = results.context.main
    people = isu.cohort(KEY, YEAR, project=demo_project)
    due = sorted(results.people[f"{main.key}/due"])
    return people.pairs("ors", main.start, main.end).loc[due].join(people.background.loc[due])


def test_what_is_written_out_is_read_as_the_same_model(others):
    model = isu.reference_model(*others, source="tre enheter 2019-2022")
    text = yaml.safe_dump({"case_mix": model.declared()}, allow_unicode=True)
    again = case_mix.model(declared(model, **yaml.safe_load(text)["case_mix"]))
    unit = (np.array([10.0, 20.0, 30.0] * 5), np.arange(15.0) + 12, others[2].iloc[:15].reset_index(drop=True))
    before, after = (isu.case_mix_difference(one, *unit).to_frame() for one in (model, again))
    pd.testing.assert_frame_equal(before, after)


def test_a_background_with_a_single_word_takes_no_term(others):
    """All the reference's people are of one sex: who is of another is outside it, and nothing breaks."""
    only = others[2].assign(sex="boy")
    model = isu.reference_model(others[0], others[1], only, source="andra")
    again = case_mix.model(declared(model))
    assert again.levels == {"sex": ("boy",)} and len(again.terms) == len(model.terms)
    unit = (np.array([10.0, 20.0]), np.array([11.0, 21.0]), pd.DataFrame({"age": [12, 13], "sex": ["boy", "girl"]}))
    found = isu.case_mix_difference(again, *unit, outside_reference="leave_out")
    assert (found.n, found.n_outside) == (1, 1)


def test_the_difference_is_that_of_ordinary_least_squares(others, results_of, demo_project):
    """Predicted by statsmodels from the reference's own rows, and averaged by hand."""
    pre, post, _ = others
    results = analysed(demo_project, declared(isu.reference_model(pre, post, None, source="andra")))
    seen = pairs_of(results, demo_project)[["pre", "post"]].astype(float).dropna()
    fit = OLS(post, np.column_stack([np.ones(400), pre])).fit()
    inside = seen[seen["pre"].between(pre.min(), pre.max())]
    expected = fit.predict(np.column_stack([np.ones(len(inside)), inside["pre"]]))
    found = cells(results)
    assert len(inside) > 50
    assert found["case_mix/expected"].value == pytest.approx(expected.mean())
    assert found["case_mix/adjusted"].value == pytest.approx((inside["post"] - expected).mean())
    assert found["case_mix/adjusted"].n == len(inside)
    assert found["case_mix/outside"].value == len(seen) - len(inside)
    assert found["case_mix/raw"].value == pytest.approx(inside["post"].mean() - post.mean())
    assert found["case_mix/adjusted"].low < found["case_mix/adjusted"].value < found["case_mix/adjusted"].high


def test_all_of_it_is_internal_and_none_of_it_public(others, demo_project):
    results = analysed(demo_project, declared(isu.reference_model(others[0], others[1], source="andra")))
    assert cells(results) and all(cell.internal for cell in cells(results).values())
    hidden = decide([results], "public").decisions[results.key].hidden
    assert set(cells(results)) <= set(hidden)
    inside = text(isu.protect(results, INTERNAL))
    assert "Med hänsyn till utgångsläget" in inside and "(andra)" in inside


def text(report):
    return json.dumps([str(block) for block in isu.show(report, "over_time").blocks], ensure_ascii=False)


def test_people_of_the_same_year_are_no_reference(others, demo_project):
    late = declared(isu.reference_model(others[0], others[1], source="andra"), until="2024-01-01")
    results = analysed(demo_project, late)
    assert list(cells(results)) == ["case_mix/result"]
    assert "inte från tiden före året" in text(isu.protect(results, INTERNAL))


def test_a_reference_like_nobody_is_not_used(others, demo_project):
    """All its people started above what the scale allows."""
    model = isu.reference_model(others[0] + 100, others[1], source="andra")
    results = analysed(demo_project, declared(model))
    assert [cell.code for cell in cells(results).values()] == [case_mix.TOO_FEW]
    assert "Underlaget går inte att använda" in text(isu.protect(results, INTERNAL))


def test_better_follows_the_direction_of_the_scale(others, demo_project):
    """On a scale where higher is better, others who ended ten points lower make the unit better than expected."""
    said = {}
    for shift in (-10, 10):
        model = isu.reference_model(others[0], others[1] + shift, source="andra")
        said[shift] = text(isu.protect(analysed(demo_project, declared(model)), INTERNAL))
    assert "bättre än väntat" in said[-10] and "sämre än väntat" in said[10]


def changed(place, **new):
    """A change of one term."""

    def change(values):
        values["terms"][place] |= new

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: values.update(n=199), "greater than or equal to 200"),
        (changed(1, name="start"), "De ska vara: constant, pre, start"),
        (changed(1, lowest=None), "båda ska finnas för «pre»"),
        (changed(1, lowest=40.0), "mindre än"),
        (changed(3, name="sex: boy"), "De ska vara: constant, pre, age, sex: girl."),
        (changed(0, covariance=[1.0]), "ett tal för var och en"),
        (lambda values: values["terms"].reverse(), "De ska vara: constant, pre, age"),
    ],
)
def test_a_mended_model_is_refused(others, change, said):
    values = {"measure": "ors", "rater": "client", "until": "2023-12-31"}
    values |= isu.reference_model(*others, source="andra").declared()
    change(values)
    with pytest.raises(ValueError, match=said):
        CaseMix.model_validate_json(json.dumps(values))


@pytest.mark.parametrize("square", [[[1, 2], [2, 1]], [[1, 0.5], [0, 1]], [[-1, 0], [0, 1]]])
def test_what_is_no_covariance_is_refused(others, square):
    values = {"measure": "ors", "rater": "client", "until": "2023-12-31"}
    values |= isu.reference_model(others[0], others[1], source="andra").declared()
    for term, row in zip(values["terms"], square, strict=True):
        term["covariance"] = [float(value) for value in row]
    with pytest.raises(ValueError, match="inte en kovariansmatris"):
        CaseMix.model_validate_json(json.dumps(values))


def test_the_unit_file_is_told_where_it_is_wrong(others, tmp_path):
    project = small.project(tmp_path)
    model = isu.reference_model(*others, source="andra").declared()
    path = project / "parameters" / "a-kommun" / "oppenvard.yml"
    block = {"case_mix": {"measure": "core_om", "rater": "client", "until": "2023-12-31", **model}}
    path.write_text(f"{small.FORMS}\n{yaml.safe_dump(block)}", encoding="utf-8")
    with pytest.raises(SettingsError, match="«sex» finns inte bland bakgrundsuppgifterna"):
        read_unit(path)


def test_a_model_that_could_not_be_fitted_is_not_written_out():
    with pytest.raises(StatisticsError, match="reason"):
        isu.reference_model([1.0, 2.0], [2.0, 3.0], source="två").declared()


def test_both_places_ask_for_as_many():
    assert declared_case_mix.MINIMUM_REFERENCE == reference.MINIMUM_REFERENCE
    assert declared_case_mix.PRE == reference.PRE


def test_until_is_a_day(others):
    assert declared(isu.reference_model(*others, source="andra")).until == dt.date(2023, 12, 31)
