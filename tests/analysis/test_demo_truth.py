"""What the reports of the demonstration say, against the stored truth: of the measured exactly, of all within bounds."""

import json

import pytest
from demo_units import DEMO_UNITS

YEARS = pytest.mark.parametrize("year", [2022, 2023, 2024])


@pytest.fixture(scope="module")
def truth(demo):
    return json.loads(demo.truth.read_text(encoding="utf-8"))["units"]


@pytest.fixture
def cells(results_of):
    """Give a function from unit and year to the numbers of its cells, by id."""

    def of(unit, year):
        return {cell.id: cell for cell in results_of(f"exempelstad/{unit}", year).cells}

    return of


@pytest.mark.parametrize("unit", DEMO_UNITS)
def test_every_year_of_every_unit_has_an_analysis(cells, unit):
    assert all(cells(unit, year)["flow/eligible"].value > 0 for year in (2022, 2023, 2024))


@YEARS
def test_moves_are_not_people(cells, results_of, truth, year):
    known, found = truth["boende-hemloshet"][str(year)], cells("boende-hemloshet", year)
    assert found["flow/eligible"].value == known["persons"]
    assert (
        found["flow/events"].value == known["moves"] if "flow/events" in found else known["moves"] == known["persons"]
    )
    levels = known["of_persons"]["measured"]["levels"]
    assert {code: found[f"boende_utfall:register/level/{code}"].value for code in levels} == levels


@YEARS
def test_targets_of_started_and_of_ended(cells, truth, year):
    known, found = truth["familjeteam"][str(year)], cells("familjeteam", year)
    for area in ("bor_hemma", "skola_eller_arbete", "inga_nya_gripanden"):
        told, key = known["mst_ultimate"][area], f"mst_ultimate.{area}:staff"
        assert found[f"{key}/level/ja"].value == told["measured"]["ja"]
        assert found[f"{key}/answered"].value == told["measured"]["n"]
        bounds = found[f"{key}/positive/bounds"]
        assert bounds.low <= told["all"]["share"] <= bounds.high, "the truth of all lies in the worst and best case"
        assert told["measured"]["share"] > told["all"]["share"], "who is left looks better than who began"


@YEARS
def test_sessions_are_counted_and_scored_from_items_as_they_were_given(cells, truth, year):
    known, found = truth["oppenvard-fit"][str(year)], cells("oppenvard-fit", year)
    assert found["ors:client/paired"].value == known["rated"]["more"]
    told = known["ors"]["as_rated"]
    assert found["ors:client/change"].value == pytest.approx(told["mean_change"], abs=1e-6)
    assert (found["ors:client/better"].value, found["ors:client/deteriorated"].value) == (told["better"], told["worse"])


@YEARS
def test_judgements_on_file_are_apart_from_interviews(cells, truth, year):
    known, found = truth["unga-substans"][str(year)], cells("unga-substans", year)
    levels = known["mini_maria_change"]["end_recorded"]["levels"]
    assert {code: found[f"mini_maria_change:staff/level/{code}"].value for code in levels} == levels
    assert found["mini_maria_change:staff/mode/by/on_file"].value == known["on_file"]


@YEARS
def test_half_of_the_closed_were_followed_up(cells, truth, year):
    known, found = truth["vald-nara"][str(year)], cells("vald-nara", year)
    key = "su_vald.valdsutsatthet_minskad:staff"
    assert found[f"{key}/answered"].value == known["followed"]
    assert found[f"{key}/positive/share"].value == pytest.approx(
        known["su_vald"]["measured"]["valdsutsatthet_minskad"], abs=1e-6
    )
    bounds = found[f"{key}/positive/bounds"]
    assert bounds.low <= known["su_vald"]["all"]["valdsutsatthet_minskad"] <= bounds.high


@YEARS
def test_school_leavers_who_left_are_a_row_of_their_own(cells, truth, year):
    known, found = truth["skolstod-familjehem"][str(year)], cells("skolstod-familjehem", year)
    key = "skolfam_gymnasium:register"
    assert found[f"{key}/answered"].value == known["n"] - known["left"]
    bounds = found[f"{key}/positive/bounds"]
    assert bounds.low - 1e-6 <= known["skolfam_gymnasium"]["all"]["share_positive"] <= bounds.high + 1e-6


@YEARS
def test_nobody_is_lost_between_start_and_end_of_the_talks(cells, truth, year):
    known, found = truth["samtalsmottagning"][str(year)], cells("samtalsmottagning", year)
    assert found["flow/eligible"].value == known["n"] == found["lidande:client/paired"].value
    assert found["lidande:client/change"].value == pytest.approx(known["lidande"]["start_end"]["mean_change"], abs=1e-6)


def test_the_attrition_that_the_seed_prints(cells):
    """«Ca 34 %» is 33.2 and «85 %» is 85.7."""
    parents, clients = cells("foraldrastod", 2023), cells("behandling-vuxna", 2023)
    assert round(100 * parents["starkt_formaga:parent/missing_of_completed/share"].value, 1) == 33.2
    assert round(100 * parents["starkt_formaga:parent/missing/share"].value, 1) == 45.9
    assert round(100 * clients["dok_forandring:client/missing/share"].value, 1) == 85.7
    assert clients["result"].code == "low_coverage"
