"""The primary outcome by intervention: counted by hand, against the demonstration's truth, and only where numbers bear it."""

import json

import pytest
from small_project import SETTINGS, project, raw, row, unit, xlsx

import isu_analysis as isu
from isu_analysis.analysis.by_intervention import FEWEST_MEASURED
from isu_analysis.disclosure import decide
from isu_analysis.intake import intake

HEADINGS = ["Nr", "Start", "Slut", "Avslut", "Ålder", "CORE före", "CORE efter", "Läge", "Anteckning", "Insats"]
WITH = SETTINGS.replace("    end: Slut\n", "    end: Slut\n    intervention: {column: Insats}\n")
DECLARED = WITH + "subgroups: [{by: intervention, label: Insats}]\n"
STATE = WITH.replace(
    "{measure: core_om, rater: client, start: start, end: end,", "{measure: laget, rater: staff, end: end,"
)
KEY = "core_om:client"


@pytest.fixture
def made(tmp_path):
    """Give a function from (intervention, before, after) to results."""

    def make(cases, settings=WITH):
        place = project(tmp_path)
        declared = unit(place, settings)
        rows = [[*row(f"A{i}", före=before, efter=after), name] for i, (name, before, after) in enumerate(cases)]
        xlsx(raw(place, "ärenden 2024.xlsx"), rows, HEADINGS)
        intake(declared, place)
        return isu.analyse(isu.cohort(declared, 2024, as_of="2024-12-31", project=place))

    return make


def cases(name, better=0, same=0, worse=0, lost=0):
    """People of one intervention: ten points down, none, ten up, and without an end; they start at 20 or 21."""
    changes = [-10] * better + [0] * same + [10] * worse + [None] * lost
    starts = [20 + i % 2 for i in range(len(changes))]
    return [
        (name, start, None if change is None else start + change) for start, change in zip(starts, changes, strict=True)
    ]


def counts(results, name, *cells):
    return [results.cell(f"{KEY}/by/intervention/{name}/{cell}").value for cell in cells]


def of(results, start):
    return {cell.id for cell in results.cells if cell.id.startswith(start)}


def test_each_intervention_by_hand(made):
    """A: 6 better, 3 same, 3 worse of 12 measured, 4 lost. B: 10 same. Means: (6 * -10 + 3 * 10) / 12 and 0."""
    results = made([*cases("A", 6, 3, 3, 4), *cases("B", same=10)])
    assert results.cell(f"{KEY}/by/intervention").code == "given"
    assert counts(results, "A", "eligible", "paired", "better", "badly", "neither", "change") == [16, 12, 6, 3, 3, -2.5]
    assert counts(results, "B", "eligible", "paired", "better", "badly", "neither", "change") == [10, 10, 0, 0, 10, 0]


def test_nobody_is_counted_twice(made):
    """A text that names two interventions is a group of its own, and the groups add up to everybody."""
    results = made([*cases("A", 12), *cases("B", 11), *cases("A och B", 5, lost=2), *cases(None, 3)])
    sizes = [
        cell.value
        for cell in results.cells
        if cell.id.startswith(f"{KEY}/by/intervention/") and cell.id.endswith("/eligible")
    ]
    assert sorted(sizes) == [3, 7, 11, 12] and sum(sizes) == results.cell("flow/eligible").value
    assert counts(results, "A och B", "eligible", "paired") == [7, 5]
    equations = {(equation.total, len(equation.parts)) for equation in results.sums}
    assert (f"{KEY}/better", 4) in equations and (f"{KEY}/deteriorated", 4) in equations


@pytest.mark.parametrize(("second", "state"), [(FEWEST_MEASURED, "given"), (FEWEST_MEASURED - 1, "too_few")])
def test_the_limit_is_on_the_measured(made, second, state):
    """Ten measured of the second intervention are enough; nine are not, however many came."""
    results = made([*cases("A", 20), *cases("B", second, lost=30)])
    assert results.cell(f"{KEY}/by/intervention").code == state
    assert bool(of(results, f"{KEY}/by/intervention/")) is (state == "given")


@pytest.mark.parametrize("names", [["A"], [None], ["A", None]])
def test_one_intervention_is_no_division(made, names):
    """Nothing is written where there is nothing to divide by."""
    results = made([case for name in names for case in cases(name, 15)])
    assert not of(results, f"{KEY}/by/intervention")


def test_a_declared_breakdown_is_written_once(made):
    """Declared as a subgroup too: the same numbers, and no error of a cell written twice."""
    results = made([*cases("A", 6, 3, 3, 4), *cases("B", same=10)], DECLARED)
    assert counts(results, "A", "eligible", "paired", "better", "badly", "change") == [16, 12, 6, 3, -2.5]
    assert counts(results, "B", "eligible", "paired", "better", "badly", "change") == [10, 10, 0, 0, 0]


def test_an_answer_once_is_divided_too(made):
    """The staff's state at the end: 12 of A and 10 of B, all good; it has no words for worse."""
    results = made([*cases("A", 12), *cases("B", 10)], STATE)
    place = "laget:staff/by/intervention"
    assert [results.cell(f"{place}/{name}/{cell}").value for name in "AB" for cell in ("eligible", "answered", "positive")] == [
        12, 12, 12, 10, 10, 10,
    ]  # fmt: skip
    assert not of(results, f"{place}/A/badly")


def test_thirty_names_with_one_each_are_too_few(made):
    """Many small interventions bear no table."""
    results = made([case for i in range(30) for case in cases(f"Insats {i}", 1)])
    assert results.cell(f"{KEY}/by/intervention").code == "too_few"


def test_small_numbers_are_given_up_before_any_figure_of_the_whole(made):
    """One worse among B: the division by better and worse is internal, and the whole is as if it were not there."""
    people = [*cases("A", 20, 10, 8, 6), *cases("B", 20, 10, 1, 7)]
    results = made(people)
    hidden = decide([results], "public").decisions[results.key].hidden
    assert hidden[f"{KEY}/by/intervention/A/badly"] == hidden[f"{KEY}/by/intervention/A/better"] == "internal"
    whole = {f"{KEY}/{name}" for name in ("paired", "lost", "better", "unchanged", "deteriorated", "change")}
    assert not whole & set(hidden)


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_the_demonstration_adds_up_to_its_truth(demo, results_of, year):
    """Good and bad closings of all four interventions together are those of the stored truth."""
    written = json.loads(demo.truth.read_text(encoding="utf-8"))["units"]["resurs-barn"][str(year)]["avslutsorsak"][
        "written"
    ]
    found = results_of("exempelstad/resurs-barn", year)
    key = found.context.primary
    place = f"{key}/by/intervention/"

    def total(name):
        return sum(cell.value for cell in found.cells if cell.id.startswith(place) and cell.id.endswith(f"/{name}"))

    assert total("answered") == sum(written.values())
    assert total("positive") == written["god_maluppfyllelse"] + written["forbattrad_situation"]
    assert total("badly") == written["ingen_eller_forsamrad"]


def test_means_weigh_up_to_the_truth_of_the_pairs(demo, results_of):
    """Mean changes weighted by people give that of all pairs; better and worse add up to the truth's."""
    pairs = json.loads(demo.truth.read_text(encoding="utf-8"))["units"]["unga-vuxna"]["2024"]["core_om"]["pairs"]
    found = results_of("exempelstad/unga-vuxna", 2024)
    names = {cell.id.split("/")[3] for cell in found.cells if cell.id.startswith(f"{KEY}/by/intervention/")} - {""}
    people = {name: counts(found, name, "paired", "change", "better", "badly") for name in names}
    assert sum(n for n, *_ in people.values()) == pairs["n"]
    assert sum(n * change for n, change, *_ in people.values()) / pairs["n"] == pytest.approx(
        pairs["mean_change"], abs=1e-6
    )
    assert (sum(row[2] for row in people.values()), sum(row[3] for row in people.values())) == (
        pairs["better"],
        pairs["worse"],
    )


def test_the_arms_of_a_trial_keep_their_own_table(real_project):
    """Beat the Blues: arms, not interventions that somebody chose."""
    results = isu.analyse(isu.cohort("oppna-data/beat-the-blues", 2003, project=real_project))
    assert "bdi:client/by/intervention" not in of(results, "bdi:client/by")
