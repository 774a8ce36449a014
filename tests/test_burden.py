"""A unit may say how long its measurements take: of measures that its files hold, by those who answer them, once."""

from __future__ import annotations

import datetime as dt

import pytest
import small_project

from isu_analysis.errors import SettingsError

GOOD = (
    '{measure: core_om, client_minutes: 10, staff_minutes: 5, source: "uppskattning av enheten", declared: 2024-01-10}'
)


def with_burden(tmp_path, *rows):
    settings = small_project.SETTINGS + "burden:\n" + "".join(f"  - {row}\n" for row in rows)
    return small_project.unit(small_project.project(tmp_path), settings), settings


def test_what_is_declared_is_kept(tmp_path):
    unit, _ = with_burden(tmp_path, GOOD)
    (burden,) = unit.burden
    assert (burden.measure, burden.rater, burden.client_minutes, burden.staff_minutes) == ("core_om", None, 10, 5)
    assert burden.declared == dt.date(2024, 1, 10)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (GOOD.replace("core_om", "kasam13"), "måttet «kasam13» finns inte i någon av enhetens filer."),
        (GOOD.replace("{measure: core_om,", "{measure: core_om, rater: staff,"), "«staff» svarar inte på måttet i enhetens filer."),
        (GOOD.replace("client_minutes: 10", "client_minutes: 900"), "client_minutes"),
        (GOOD.replace("client_minutes: 10", "client_minutes: -1"), "client_minutes"),
        (GOOD.replace('source: "uppskattning av enheten", ', ""), "source» nyckeln saknas"),
        (GOOD.replace("staff_minutes", "staf_minutes"), "staf_minutes"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_on_its_line(tmp_path, row, message):
    last = len((small_project.SETTINGS + "burden:\n").splitlines()) + 1
    with pytest.raises(SettingsError) as caught:
        with_burden(tmp_path, row)
    assert message in str(caught.value) and f"rad {last}" in str(caught.value)


def test_the_same_measure_twice_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="angiven två gånger"):
        with_burden(tmp_path, GOOD, GOOD)


def test_a_whole_stands_for_its_parts_and_the_rater_for_itself():
    from isu_analysis.presentation.municipality.collected import applies
    from isu_analysis.settings import Burden

    def burden(**more):
        return Burden(client_minutes=1, staff_minutes=1, source="x", declared=dt.date(2024, 1, 1), **more)

    assert applies(burden(measure="asi"), "asi.alkohol_oro", "client")
    assert applies(burden(measure="asi.alkohol_oro", rater="client"), "asi.alkohol_oro", "client")
    assert not applies(burden(measure="asi.alkohol_dagar"), "asi.alkohol_oro", "client")
    assert not applies(burden(measure="asi", rater="interviewer"), "asi.alkohol_oro", "client")
