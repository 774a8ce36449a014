"""How long cases lasted and how many contacts they had: by hand, by the demonstration's truth, and behind the gate."""

import datetime as dt
import json

import pytest
from small_project import SETTINGS, project, raw, row, unit, xlsx

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.intake import intake

HEADINGS = ["Nr", "Start", "Slut", "Avslut", "Ålder", "CORE före", "CORE efter", "Läge", "Anteckning", "Samtal"]
WITH_CONTACTS = SETTINGS.replace("    end: Slut\n", "    end: Slut\n    contacts: Samtal\n")


@pytest.fixture
def made(tmp_path):
    """Give a function from rows of start, end and contacts to results."""

    def make(cases):
        place = project(tmp_path)
        declared = unit(place, WITH_CONTACTS)
        rows = [
            [*row(f"A{i}", start=start, slut=end, efter=(10, 20, 30)[i % 3], läge=("Bra", "Dåligt")[i % 2]), contacts]
            for i, (start, end, contacts) in enumerate(cases)
        ]
        xlsx(raw(place, "ärenden 2024.xlsx"), rows, HEADINGS)
        intake(declared, place)
        return isu.analyse(isu.cohort(declared, 2024, as_of="2024-12-31", project=place))

    return make


def lengths(results, place):
    return [results.cell(f"{place}/{name}").value for name in ("lower_quartile", "median", "upper_quartile")]


def dates(*days):
    """Cases that start on the first of January and last so many days."""
    return [(dt.date(2024, 1, 1), dt.date(2024, 1, 1) + dt.timedelta(days=n)) for n in days]


def test_the_middle_case_and_the_middle_half(made):
    """Of 10, 20, 30, 40 and 100 days: a quarter lies at 20, the half at 30, three quarters at 40."""
    results = made([(*case, n) for case, n in zip(dates(10, 20, 30, 40, 100), (1, 2, 3, 8, 20), strict=True)])
    assert lengths(results, "duration") == [20, 30, 40]
    assert lengths(results, "contacts") == [2, 3, 8]


def test_an_unknown_number_is_counted_and_not_guessed(made):
    """Two of six say nothing of contacts: the middle of 1, 3, 5 and 9 is 4, and six are still meant."""
    cases = [(*case, n) for case, n in zip(dates(5, 6, 7, 8, 9, 10), (1, 3, 5, 9, None, None), strict=True)]
    results = made(cases)
    assert results.cell("contacts/median").value == 4
    assert [results.cell(f"contacts/{name}").value for name in ("known", "unknown")] == [4, 2]
    assert not [cell for cell in results.cells if cell.id == "duration/known"], "known of all is no number of its own"


def test_a_few_unknown_keep_the_whole_spread_internal(made):
    """33 of 36 known: how many they are would tell of the three, so none of it is public."""
    numbers = [*range(1, 34), None, None, None]
    results = made([(*case, n) for case, n in zip(dates(*range(10, 46)), numbers, strict=True)])
    hidden = decide([results], "public").decisions[results.key].hidden
    assert hidden["contacts/median"] == hidden["contacts/known"] == "internal"
    assert hidden.get("duration/median") is None, "36 cases of different lengths bear a median"


@pytest.mark.parametrize("people", [26, 29])
def test_a_spread_of_few_is_not_public(made, people):
    """Quartiles of fewer than 30 stand close to single people."""
    results = made([(*case, 1 + i) for i, case in enumerate(dates(*range(10, 10 + people)))])
    hidden = decide([results], "public").decisions[results.key].hidden
    assert {f"duration/{name}" for name in ("lower_quartile", "median", "upper_quartile")} <= set(hidden)


def test_equal_lengths_are_not_public(made):
    """If all lasted 40 days, the median is everybody's."""
    results = made([(*case, 1 + i) for i, case in enumerate(dates(*[40] * 35))])
    hidden = decide([results], "public").decisions[results.key].hidden
    assert hidden["duration/median"] == "internal" and "contacts/median" not in hidden


def test_one_case_has_no_spread(made):
    """One person's length is that person's."""
    results = made([(*case, None) for case in dates(40)])
    assert not [cell for cell in results.cells if cell.id.startswith(("duration/", "contacts/"))]


def test_the_protected_have_no_length(demo, results_of):
    """Six with a protected identity have no dates: 69 of 75 in the truth of the year 2024."""
    known = json.loads(demo.truth.read_text(encoding="utf-8"))["units"]["vald-nara"]["2024"]
    results = results_of("exempelstad/vald-nara", 2024)
    assert results.cell("duration/known").value == known["n"] - known["protected"]
    assert results.cell("duration/unknown").value == known["protected"]


def test_contacts_add_up_to_the_sessions_of_the_truth(demo_project, demo):
    """The cohort whose median is told has every session that the truth counts."""
    known = json.loads(demo.truth.read_text(encoding="utf-8"))["units"]["oppenvard-fit"]["2024"]
    contacts = isu.cohort("exempelstad/oppenvard-fit", 2024, project=demo_project).episodes["contacts"]
    assert contacts.sum() == known["sessions"]
