"""What the reports say: the right words for each design, and nothing that was hidden."""

import json
import re
from dataclasses import replace

import pytest

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.errors import SettingsError
from isu_analysis.presentation import SECTIONS
from isu_analysis.presentation.sealed import Figure, to_json

ALL = [
    (unit, year)
    for unit in ("unga-vuxna", "resurs-barn", "foraldrastod", "behandling-vuxna")
    for year in (2022, 2023, 2024)
]


def sections(results, mode="internal"):
    """Every section that the report has."""
    report = isu.protect(results, decide([results], mode))
    return [section for key in SECTIONS if (section := isu.show(report, key)) is not None]


def text_of(shown):
    """All text of sections, figures' drawings apart."""
    found = []

    def walk(value):
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for name, part in value.items():
                if name != "svg":
                    walk(part)
        elif isinstance(value, list | tuple):
            for part in value:
                walk(part)

    for section in shown:
        walk(to_json(section)["blocks"])
    return "\n".join(found).replace("\u00a0", " ")


def text(results, mode="internal"):
    return text_of(sections(results, mode))


@pytest.mark.parametrize(("unit", "year"), ALL)
@pytest.mark.parametrize("mode", ["internal", "public"])
def test_every_report_says_that_its_people_are_invented(results_of, unit, year, mode):
    """The mark is on every page, the figures have their words, and no word is a code of ours."""
    shown = sections(results_of(f"exempelstad/{unit}", year), mode)
    for section in shown:
        assert any("Påhittade uppgifter" in mark for mark in section.document.marks)
        for block in section.blocks:
            if isinstance(block, Figure):
                assert any(figure.isdigit() for figure in block.alt)
    words = text_of(shown)
    for code in (r"\bnan\b", "None", "holds_if", "cannot_", "start_only", "[{}]"):
        assert not re.search(code, words), code


@pytest.mark.parametrize(("unit", "year"), ALL)
def test_usual_stands_beside_known(results_of, unit, year):
    """Page one of every kind of report shows both, unless nobody can tell whose the answers are."""
    first = sections(results_of(f"exempelstad/{unit}", year))[0]
    assert first.key == "first_page"
    words = text_of([first])
    anonymous = "Ingen förändring redovisas" in words
    assert anonymous or ("Så brukar det redovisas: av" in words and "Så mycket vet vi: av alla" in words)


def test_anonymous_year_refuses_change(results_of):
    """Two cross-sections, a refusal, and the word change only where it is denied."""
    words = text(results_of("exempelstad/unga-vuxna", 2022))
    assert "Ingen förändring redovisas" in words
    assert "två anonyma tvärsnitt" in words
    assert "uppmätt förändring" not in words
    assert "säkert bättre" not in words


def test_paired_year_shows_worse_with_better(results_of):
    """Better, no certain change and worse are in one sentence, and of all who were meant."""
    words = text(results_of("exempelstad/unga-vuxna", 2024))
    assert (
        "Av alla 93 blev 31 säkert bättre, 18 fick ingen säker förändring, 2 blev säkert sämre och 42 är inte mätta två gånger."
        in words
    )
    assert "KASAM är gjort för forskning" in words
    assert "Ingen enskild kallas bättre eller sämre på KASAM-13" in words


def test_closing_reasons_are_never_called_change(results_of):
    """No before-value: an outcome at closing, and the negative one by name on page one."""
    results = results_of("exempelstad/resurs-barn", 2023)
    words = text(results)
    assert "utfall vid avslut" in words
    assert "utan mätning före kan ingen förändring beräknas" in words
    assert "uppmätt förändring" not in words
    assert re.search(r"och 14 «Ingen eller försämrad utveckling»", text_of(sections(results)[:1]))


def test_parents_survey_is_experienced(results_of):
    """Both losses are printed, and every change is an experienced one."""
    words = text(results_of("exempelstad/foraldrastod", 2023))
    assert "45,9 % av alla 231, 33,2 % av 187 som fullföljde" in words
    assert "upplevd förändring" in words
    assert words.count("uppmätt förändring") == words.count("ingen uppmätt förändring")


def test_a_refusal_has_reason_and_cure_and_no_result(results_of):
    """100 of 700: why, and what would be needed; no result anywhere."""
    shown = sections(results_of("exempelstad/behandling-vuxna", 2023))
    assert [section.key for section in shown] == [
        "first_page",
        "who",
        "over_time",
        "principles",
        "reflection",
        "method",
    ]
    words = text_of(shown[:1])
    assert "Underlaget räcker inte för ett samlat resultat" in words
    assert "100 av 700 är uppföljda (14,3 %)" in words
    assert "minst 210, alltså 110 till" in words
    assert "bättre" not in words.replace("Mycket bättre", "").lower().replace("säger inget om hur bra", "")


def test_real_data_on_paper(real_project):
    """The issue's figures as printed, and what follows from them."""
    results = isu.analyse(isu.cohort("oppna-data/beat-the-blues", 2003, project=real_project))
    words = text(results)
    for printed in ("start 100, 2 månader 97, 3 månader 73, 5 månader 58, 8 månader 52", "−11,9", "−12,1", "−10,8",
                    "Sedvanlig vård: genomsnittet sjönk 10,5 poäng (25 av 48 mätta)", "Datorprogrammet: genomsnittet sjönk 13,1 poäng (27 av 52 mätta)",
                    "Ett resultat är inte en effekt", "de drar åt olika håll", "prövning med två grupper",
                    "användarens egen uppgift"):  # fmt: skip
        assert printed in words, printed


def test_public_text_does_not_follow_hidden_numbers(results_of):
    """Another number of deteriorated, still hidden, gives the very same report."""
    results = results_of("exempelstad/unga-vuxna", 2024)
    other = {"core_om:client/deteriorated": 4.0, "core_om:client/unchanged": 16.0}
    changed = replace(results, cells=tuple(
        replace(cell, value=other[cell.id], n=int(other[cell.id])) if cell.id in other else cell for cell in results.cells
    ))  # fmt: skip
    releases = [decide([made], "public") for made in (results, changed)]
    assert set(other) <= set(releases[0].decisions[results.key].hidden)
    reports = [isu.protect(made, release) for made, release in zip((results, changed), releases, strict=True)]
    for key in SECTIONS:
        one, two = (isu.show(report, key) for report in reports)
        assert (one is None) == (two is None)
        assert one is None or two is None or json.dumps(to_json(one)) == json.dumps(to_json(two))


def test_public_text_says_that_worse_is_few(results_of):
    """A hidden deterioration is said, never dropped."""
    words = text(results_of("exempelstad/unga-vuxna", 2024), "public")
    assert "färre än 5 blev säkert sämre" in words
    assert "2 blev säkert sämre" not in words


def test_unknown_section_and_language_are_refused(results_of):
    """One clear message each."""
    report = isu.protect(results_of("exempelstad/resurs-barn", 2023), isu.Release.internal())
    with pytest.raises(SettingsError, match="Tillåtna: first_page"):
        isu.show(report, "firstpage")
    with pytest.raises(SettingsError, match="Tillåtna: sv, en"):
        isu.show(report, "who", "fi")


def test_a_report_made_by_hand_says_so(results_of):
    """Not reviewed, on every page."""
    shown = isu.show(isu.protect(results_of("exempelstad/resurs-barn", 2023), isu.Release.internal()), "who")
    assert "Ej granskad" in shown.document.marks
