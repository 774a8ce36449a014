"""The five principles: each judgement follows from signs that are counted by hand here, and hides with its numbers."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import small_project
from demo_units import DEMO_UNITS

import isu_analysis as isu
from isu_analysis.analysis.principles import CANNOT_JUDGE, FOLLOWED, NOT_FOLLOWED, PARTLY, PRINCIPLES, judgement
from isu_analysis.disclosure import Release, decide, protect
from isu_analysis.intake import intake
from isu_analysis.presentation import principles
from isu_analysis.presentation.blocks import Paragraph, Table
from isu_analysis.presentation.reader import Reader

DECLARED = "declared: 2021-12-01"
ONLY_INTERNAL = "visas bara i den interna rapporten"
WORDS = {"följs", "följs delvis", "följs inte", "går inte att bedöma", ONLY_INTERNAL}


@pytest.fixture
def judged(tmp_path_factory):
    """Give a function from rows and a unit file to the codes and counts of the principles."""

    def compute(rows, settings=small_project.SETTINGS, forms=()):
        place = small_project.project(tmp_path_factory.mktemp("principer"))
        unit = small_project.unit(place, settings)
        small_project.xlsx(small_project.raw(place, "ärenden 2024.xlsx"), rows)
        if forms:
            small_project.xlsx(small_project.raw(place, "skattningar 2024.xlsx"), forms, small_project.FORM_HEADINGS)
        intake(unit, place)
        return isu.analyse(isu.cohort(unit, 2024, project=place))

    return compute


def cases(measured, of=10):
    return [small_project.row(f"A{n}", efter=11 if n < measured else None) for n in range(of)]


def codes(results):
    return {cell.id.removeprefix("principle/"): cell.code for cell in results.cells if cell.kind == "code"}


def values(results):
    return {cell.id.removeprefix("principle/"): cell.value for cell in results.cells if cell.kind == "count"}


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ([True, True], FOLLOWED), ([True, None], FOLLOWED), ([True, False], PARTLY), ([False, None], NOT_FOLLOWED),
        ([False, False], NOT_FOLLOWED), ([None, None], CANNOT_JUDGE), ([], CANNOT_JUDGE),
    ],
)  # fmt: skip
def test_one_rule_makes_every_judgement(signs, expected):
    assert judgement(signs) == expected


@pytest.mark.parametrize(("measured", "followed", "twice"), [(10, "met", "met"), (8, "met", "met"), (7, "unmet", "met"),
                                                            (5, "unmet", "met"), (4, "unmet", "unmet")])  # fmt: skip
def test_four_of_five_followed_up_and_half_measured_twice_are_the_limits(judged, measured, followed, twice):
    found = codes(judged(cases(measured)))
    assert found["systematic/followed"] == followed
    assert found["comparable/twice"] == twice


def test_nobody_missing_needs_no_reason_and_missing_without_a_reason_is_not_systematic(judged):
    assert codes(judged(cases(10)))["systematic"] == FOLLOWED
    found = codes(judged(cases(7)))
    assert (found["systematic/reasons"], found["systematic/in_time"]) == ("unmet", "unseen")
    assert found["systematic"] == NOT_FOLLOWED


def test_a_reason_for_four_of_five_missing_is_enough(judged):
    rows = [small_project.row(f"A{n}", före="Nej" if n < 4 else 20, efter=None if n == 4 else 11) for n in range(10)]
    results = judged(rows)
    assert (values(results)["stated"], values(results)["stated/not"]) == (4, 1)
    assert codes(results)["systematic/reasons"] == "met"
    rows[0] = small_project.row("A0", efter=None)
    assert codes(judged(rows))["systematic/reasons"] == "unmet"


@pytest.mark.parametrize(
    ("day", "before_the_year", "as_the_year_before"),
    [("2021-12-01", "met", "met"), ("2022-12-31", "met", "met"), ("2023-01-01", "met", "unmet"),
     ("2023-12-31", "met", "unmet"), ("2024-01-01", "unmet", "unmet")],
)  # fmt: skip
def test_the_main_measure_is_declared_before_the_year_and_the_same_the_year_before(
    judged, day, before_the_year, as_the_year_before
):
    found = codes(judged(cases(10), small_project.SETTINGS.replace(DECLARED, f"declared: {day}")))
    assert found["related/declared"] == before_the_year
    assert found["comparable/years"] == as_the_year_before


def test_both_voices_are_counted_of_all(judged):
    results = judged(cases(6))
    assert (values(results)["both"], values(results)["both/not"]) == (6, 4)
    assert codes(results)["voices"] == FOLLOWED
    assert codes(judged(cases(4)))["voices"] == PARTLY


def test_what_the_unit_file_says_decides_purpose_and_problem(judged):
    found = codes(judged(cases(10)))
    assert (found["purpose"], found["purpose/intervention"], found["related/problem"]) == (PARTLY, "unmet", "unmet")
    said = small_project.SETTINGS.replace(
        "retention_years", 'intervention: "Samtal."\nproblem: "Oro."\nretention_years'
    )
    found = codes(judged(cases(10), said))
    assert (found["purpose"], found["related/problem"], found["related/reason"]) == (FOLLOWED, "met", "unmet")


@pytest.mark.parametrize(("late", "expected"), [(1, "met"), (2, "unmet")])
def test_thirty_days_from_the_end_is_in_time_and_thirty_one_is_not(judged, late, expected):
    settings = small_project.FORMS.replace("      - {column: CORE före, measure: core_om, rater: client, occasion: start, "
        'missing: {"99": declined, Nej: declined}}\n      - {column: CORE efter, measure: core_om, rater: client, occasion: end}\n', "")  # fmt: skip
    end = dt.date(2024, 6, 1)
    forms = []
    for n in range(5):
        after = end + dt.timedelta(days=31 if n < late else 30)
        forms += [[f"A{n}", dt.date(2024, 1, 10), "Nybesök", 20], [f"A{n}", after, "Avslut", 11]]
    results = judged([small_project.row(f"A{n}") for n in range(5)], settings, forms)
    assert (values(results)["dated"], values(results)["in_time"]) == (5, 5 - late)
    assert codes(results)["systematic/in_time"] == expected


def test_the_table_says_the_numbers_behind_and_what_the_weakest_needs(judged):
    read = Reader(protect(judged(cases(7)), Release.internal()))
    made = principles.blocks(read)
    table = next(block for block in made if isinstance(block, Table))
    assert [row[1] for row in table.rows] == ["följs delvis", "följs delvis", "följs", "följs", "följs inte"]
    assert "7 av 10 är uppföljda." in table.rows[4][2]
    assert "Båda finns för 7 av 10." in table.rows[3][2]
    assert table.basis == "Huvudmåttet: 7 av 10 är uppföljda, 3 saknas."
    weakest = made[made.index(table) - 1]
    assert isinstance(weakest, Paragraph) and weakest.text.startswith("Svagast är princip 5.")
    assert "minst 80\u00a0% följs upp" in weakest.text


def test_the_rules_are_told_with_their_limits(judged):
    told = " ".join(principles.rules(Reader(protect(judged(cases(10)), Release.internal()))))
    for limit in ("80\u00a0%", "50\u00a0%", "30 dagar", "projektets eget val", "Princip 5"):
        assert limit in told


@pytest.mark.parametrize("mode", ["internal", "public"])
@pytest.mark.parametrize("unit", DEMO_UNITS)
def test_every_unit_is_judged_and_a_judgement_is_hidden_with_its_numbers(results_of, unit, mode):
    results = results_of(f"exempelstad/{unit}", 2024)
    report = protect(results, decide([results], mode))
    if report.withheld:
        return
    table = next(block for block in principles.blocks(Reader(report)) if isinstance(block, Table))
    assert len(table.rows) == len(PRINCIPLES) == 5
    assert {row[1] for row in table.rows} <= (WORDS if mode == "public" else WORDS - {ONLY_INTERNAL})
    by_id = {cell.id: cell for cell in results.cells}
    for name, row in zip(PRINCIPLES, table.rows, strict=True):
        hidden = any(report.cell(count).hidden for count in by_id[f"principle/{name}"].counts)
        assert hidden == (row[1] == ONLY_INTERNAL)
        assert ".." not in row[2]


def test_hidden_numbers_are_not_told_in_public(results_of):
    results = results_of("exempelstad/stodboende-unga", 2024)
    table = next(
        block
        for block in principles.blocks(Reader(protect(results, decide([results], "public"))))
        if isinstance(block, Table)
    )
    assert table.rows[3][1] == table.rows[4][1] == ONLY_INTERNAL
    assert not re.search(r"\d", table.rows[3][2] + table.rows[4][2])
