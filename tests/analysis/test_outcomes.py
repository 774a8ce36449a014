"""Each design of outcome on the demonstration data, against counts made by another way than the analysis."""

import json
from collections import Counter

import pytest

import isu_analysis as isu
from isu_analysis.analysis.results import ELIGIBLE


@pytest.fixture(scope="module")
def truth(demo_project):
    """What the generator stored about everybody, also those whose answers were lost."""
    return json.loads((demo_project / "data_raw" / "exempelstad" / "sanning.json").read_text(encoding="utf-8"))["units"]


def value(results, cell_id):
    return results.cell(cell_id).value


def test_anonymous_year_gives_no_change(results_of):
    """Two cross-sections: no pair, no change, no category - not even as a hidden cell."""
    results = results_of("exempelstad/unga-vuxna", 2022)
    assert results.cell("result").code == "unpaired"
    ours = [cell.id for cell in results.cells if cell.id.startswith(("core_om:", "kasam13:"))]
    assert ours
    assert not [
        name for name in ours if any(word in name for word in ("change", "paired", "improved", "better", "estimate"))
    ]


def test_anonymous_year_cannot_be_paired_by_force(demo_project):
    """Asking for pairs is refused with the reason."""
    cohort = isu.cohort("exempelstad/unga-vuxna", 2022, project=demo_project)
    with pytest.raises(isu.IsuError, match="anonyma"):
        cohort.pairs("core_om", "start", "end")


@pytest.mark.parametrize("year", [2023, 2024])
def test_pairs_of_the_coded_years(results_of, truth, year):
    """Pairs exist for fewer than the 70 % who answered, and their figures are those of the stored pairs."""
    results, known = results_of("exempelstad/unga-vuxna", year), truth["unga-vuxna"][str(year)]
    pairs = known["core_om"]["pairs"]
    assert value(results, "core_om:client/paired") == pairs["n"] < 0.7 * known["n"]
    assert value(results, "core_om:client/change") == pytest.approx(pairs["mean_change"], abs=0.05)
    assert [value(results, f"core_om:client/{name}") for name in ("better", "unchanged", "deteriorated")] == [
        pairs["better"], pairs["unchanged"], pairs["worse"]
    ]  # fmt: skip


@pytest.mark.parametrize("year", [2023, 2024])
def test_truth_about_everybody_lies_within_what_the_report_allows(results_of, truth, year):
    """The bounds hold the true share and the true mean of all, which the measured alone do not show."""
    results, known = results_of("exempelstad/unga-vuxna", year), truth["unga-vuxna"][str(year)]["core_om"]["all"]
    bounds = results.cell("core_om:client/better/bounds")
    assert bounds.low <= known["share_better"] <= bounds.high
    assert (
        results.cell("core_om:client/bounds").low <= known["mean_change"] <= results.cell("core_om:client/bounds").high
    )
    assert value(results, "core_om:client/change") < known["mean_change"]


def test_employment_by_staff_is_a_from_to_table(results_of, truth):
    """Every cell of the table is the stored one, and up, same and down are all of them."""
    results, known = (
        results_of("exempelstad/unga-vuxna", 2024),
        truth["unga-vuxna"]["2024"]["sysselsattning"]["from_to"],
    )
    key = "sysselsattning:staff"
    for before, row in known.items():
        for after, n in row.items():
            assert value(results, f"{key}/from/{before}/to/{after}") == n
    assert sum(value(results, f"{key}/{name}") for name in ("up", "same", "down")) == value(results, ELIGIBLE)


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_closing_reasons_are_counted_with_their_spellings(results_of, truth, year):
    """All spellings of a reason are one reason; the negative one is its own."""
    results, known = results_of("exempelstad/resurs-barn", year), truth["resurs-barn"][str(year)]
    for code, n in known["avslutsorsak"]["written"].items():
        assert value(results, f"avslutsorsak:staff/level/{code}") == n
    assert value(results, "avslutsorsak:staff/missing") == known["empty"]


def test_two_ways_of_counting_closing_reasons(results_of):
    """As the unit counts (never started left out) and of all: the same numerator."""
    results = results_of("exempelstad/resurs-barn", 2023)
    usual, of_all = (
        results.cell("avslutsorsak:staff/positive/usual"),
        results.cell("avslutsorsak:staff/positive/of_all"),
    )
    assert usual.n == of_all.n
    assert usual.of == 210 - 6 - value(results, "avslutsorsak:staff/level/kom_ej_igang")
    assert of_all.of == 210


def test_parents_missing_of_completers_and_of_starters(results_of):
    """231 started, 187 completed, 125 answered: 33.2 % and 45.9 % missing."""
    results = results_of("exempelstad/foraldrastod", 2023)
    assert results.cell("starkt_formaga:parent/missing_of_completed/share").value == pytest.approx(62 / 187)
    assert results.cell("starkt_formaga:parent/missing/share").value == pytest.approx(106 / 231)
    assert results.cell("flow/started").declared


def test_hundred_of_seven_hundred_bears_no_result(results_of):
    """Coverage below the limit: the code says so and the report will refuse."""
    results = results_of("exempelstad/behandling-vuxna", 2023)
    assert results.cell("result").code == "low_coverage"
    assert (value(results, "dok_forandring:client/answered"), value(results, ELIGIBLE)) == (100, 700)


def test_every_stated_sum_adds_up(results_of):
    """The equations that the gate relies on are true of the numbers."""
    for unit, year in (
        ("unga-vuxna", 2022),
        ("unga-vuxna", 2024),
        ("resurs-barn", 2023),
        ("foraldrastod", 2023),
        ("behandling-vuxna", 2023),
    ):
        results = results_of(f"exempelstad/{unit}", year)
        for equation in results.sums:
            assert value(results, equation.total) == sum(value(results, part) for part in equation.parts), equation


def test_every_share_carries_its_counts(results_of):
    """n / of is the value, and both are cells of the report."""
    results = results_of("exempelstad/unga-vuxna", 2024)
    shares = [cell for cell in results.cells if cell.kind == "share"]
    assert shares
    for cell in shares:
        part, whole = (results.cell(name) for name in cell.counts)
        assert (cell.n, cell.of) == (part.value, whole.value)
        assert cell.low <= cell.value <= cell.high


def test_counts_about_people_name_no_person(results_of):
    """No pseudonym is in any cell or in the printed form of the results."""
    results = results_of("exempelstad/unga-vuxna", 2024)
    people = set().union(*results.people.values())
    text = results.to_frame().to_csv() + repr(results)
    assert people
    assert not [name for name in people if name in text]


def test_background_counts_are_those_of_the_file(results_of, demo_project):
    """Women and men are counted as the raw file has them."""
    import openpyxl

    path = demo_project / "data_raw" / "exempelstad" / "unga-vuxna" / "personalenkat_2024.xlsx"
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    place = rows[0].index("Kön")
    raw = Counter(row[place] for row in rows[1:])
    results = results_of("exempelstad/unga-vuxna", 2024)
    assert (value(results, "who/sex/woman"), value(results, "who/sex/man")) == (raw["Kvinna"], raw["Man"])
