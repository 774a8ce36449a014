"""The smallest group that nobody can tell apart in what is stored: by hand, and never in public."""

import datetime as dt

import pytest
from small_project import project, raw, row, unit, xlsx

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.intake import intake

SPRING, SUMMER = dt.date(2024, 1, 10), dt.date(2024, 5, 10)


@pytest.mark.parametrize(
    ("cases", "smallest"),
    [
        ([(30, SPRING), (31, SPRING), (34, SPRING), (40, SPRING), (41, SPRING)], 2),  # 30-34 three, 40-44 two
        ([(30, SPRING), (31, SPRING), (34, SPRING), (40, SPRING), (41, SUMMER)], 1),  # another quarter
        ([(30, SPRING)] * 4 + [(34, dt.date(2024, 3, 31))], 5),
        ([(30, SPRING)] * 4 + [(35, SPRING)], 1),  # another band
    ],
)
def test_the_smallest_group_by_age_band_and_quarter(tmp_path, cases, smallest):
    place = project(tmp_path)
    declared = unit(place)
    xlsx(
        raw(place, "ärenden 2024.xlsx"), [row(f"A{i}", start=start, ålder=age) for i, (age, start) in enumerate(cases)]
    )
    intake(declared, place)
    results = isu.analyse(isu.cohort(declared, 2024, as_of="2024-12-31", project=place))
    assert results.cell("stored/alike").value == smallest
    assert decide([results], "public").decisions[results.key].hidden["stored/alike"] == INTERNAL
