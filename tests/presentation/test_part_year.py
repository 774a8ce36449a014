"""A part-year report says that it is one, wherever it is met, and puts nothing beside a whole year."""

import datetime as dt
import io
from dataclasses import replace

import openpyxl
import pytest
from test_reflection import FILLED

import isu_analysis as isu
from isu_analysis.disclosure import Issue, Release, decide, protect
from isu_analysis.errors import DisclosureError
from isu_analysis.municipalities import Municipality
from isu_analysis.presentation import SECTIONS
from isu_analysis.presentation.blocks import Bullets, Callout, Paragraph, Table
from isu_analysis.presentation.when import in_words
from isu_analysis.presentation.wording import Wording

UNIT = "exempelstad/unga-vuxna"
MARK = "Delårsrapport: jämför inte antalen med helårets"
SWEDISH, ENGLISH = "2024, till och med 30 juni 2024", "2024, to 30 June 2024"


@pytest.fixture(scope="module")
def part_of(demo_project):
    """Give a function from unit and last day to the results of that part of 2024, each computed once."""
    made = {}

    def compute(unit=UNIT, through="2024-06-30"):
        if (unit, through) not in made:
            chosen = isu.cohort(unit, 2024, project=demo_project, as_of="2025-02-01", through=through)
            made[unit, through] = isu.analyse(chosen)
        return made[unit, through]

    return compute


def sections_of(results, language="sv", decided=None, issued=None):
    release = Release("internal", reviewed=True, issued={results.key: issued} if issued else {})
    report = protect(results, release, decided)
    return tuple(made for key in SECTIONS if (made := isu.show(report, key, language)) is not None)


def texts_of(sections):
    for block in (block for section in sections for block in section.blocks):
        if isinstance(block, Paragraph | Callout):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.items


@pytest.mark.parametrize(
    ("year", "through", "updated", "sv", "en"),
    [
        (2024, None, "", "2024", "2024"),
        (2024, dt.date(2024, 6, 30), "", SWEDISH, ENGLISH),
        (2023, None, "2024-10", "2023, uppdaterad 2024-10", "2023, updated 2024-10"),
        (2024, dt.date(2024, 2, 1), "2024-10", "2024, till och med 1 februari 2024, uppdaterad 2024-10",
         "2024, to 1 February 2024, updated 2024-10"),
    ],
)  # fmt: skip
def test_what_a_report_is_about_in_words(year, through, updated, sv, en):
    assert in_words(year, through, updated, Wording("sv")) == sv
    assert in_words(year, through, updated, Wording("en")) == en


@pytest.mark.parametrize(("language", "when"), [("sv", SWEDISH), ("en", ENGLISH)])
def test_title_and_every_page_say_what_part_it_is(part_of, language, when):
    document = sections_of(part_of(), language)[0].document
    assert document.when == when and document.subtitle.endswith(f" {when}") and document.full_title.endswith(f" {when}")
    assert document.marks[0] == Wording(language).say(MARK)


def test_every_file_says_what_part_it_is(part_of):
    from isu_analysis.reporting.exporters.html_page import render_html
    from isu_analysis.reporting.exporters.pictures import render_pictures
    from isu_analysis.reporting.exporters.workbook import render_workbook

    sections = sections_of(part_of())
    page = render_html(sections)
    assert f"Exempelstad {SWEDISH}</title>" in page and f"<li>{MARK}</li>" in page and page.count(SWEDISH) == 3
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(sections)))
    assert book.properties.title.endswith(SWEDISH)
    for sheet in book:
        cells = [str(cell.value) for row in sheet.iter_rows(max_row=9) for cell in row]
        assert MARK in cells and any(SWEDISH in cell for cell in cells)
    pictures = render_pictures(sections[:1])
    assert pictures and all(SWEDISH.encode() in data for data in pictures.values())


def test_a_whole_year_says_none_of_it(results_of):
    document = sections_of(results_of(UNIT, 2024))[0].document
    assert document.when == "2024" and document.subtitle == "Uppföljning 2024" and MARK not in document.marks
    assert not any("elår" in text for text in texts_of(sections_of(results_of(UNIT, 2024))))


def test_who_is_left_out_is_said(part_of):
    said = "\n".join(texts_of(sections_of(part_of())))
    assert "De som hör till året först därefter är inte med." in said
    assert (
        "De som avslutades efter 30 juni 2024 är inte med. Det som är känt om de andra räknas till och med 2025-02-01."
        in said
    )


def test_those_without_dates_are_told_of(part_of, results_of):
    results = part_of("exempelstad/vald-nara")
    undated = int(results.cell("flow/undated").value)
    assert undated > 1
    assert any(text.startswith(f"Ärenden och svar utan datum: {undated}. ") for text in texts_of(sections_of(results)))
    assert not any(cell.id == "flow/undated" for cell in results_of("exempelstad/vald-nara", 2024).cells)


def test_the_numbers_are_of_the_part(part_of, results_of):
    assert 0 < part_of().cell("flow/eligible").value < results_of(UNIT, 2024).cell("flow/eligible").value


def test_declared_counts_of_the_year_are_not_shown(part_of, results_of):
    """The unit declares how many were enrolled in the whole year."""

    def captions(results):
        return [
            block.caption for section in sections_of(results) for block in section.blocks if isinstance(block, Table)
        ]

    school = "exempelstad/skolstod-familjehem"
    assert "Uppgivna antal" in captions(results_of(school, 2024))
    assert "Uppgivna antal" not in captions(part_of(school, "2024-05-31"))


def test_a_decision_is_shown_without_a_figure_that_cannot_be_compared(part_of, results_of):
    def table(results):
        blocks = next(one for one in sections_of(results, decided=FILLED) if one.key == "reflection").blocks
        return next(block for block in blocks if isinstance(block, Table))

    whole, part = table(results_of(UNIT, 2024)), table(part_of())
    assert [column.label for column in whole.columns][2:4] == ["Då, 2023", "Nu, 2024"]
    assert [column.label for column in part.columns][2:] == ["Då, 2023", "Vem och när"]
    assert (
        part.note
        == "Siffran nu visas i rapporten för hela året, eftersom ett delår inte går att jämföra med ett helår."
    )
    assert {len(row) for row in part.rows} == {4} and part.rows[0][2] == whole.rows[0][2]


def test_no_file_of_decisions_is_promised_beside_it(part_of):
    said = list(texts_of(sections_of(part_of())))
    assert "Filen för beslut, beslut.xlsx, ligger bredvid rapporten för ett helt år." in said
    assert not any("Den ligger bredvid den interna rapporten" in text for text in said)


def test_so_few_that_the_year_must_be_waited_for(part_of):
    """Four in a quarter; what is said of a year would be said of a quarter."""
    said = "\n".join(texts_of(sections_of(part_of("exempelstad/stodboende-unga", "2024-03-31"))))
    assert "4 räcker inte. Vänta på rapporten för hela året." in said
    assert "4 om året" not in said and "I år är" not in said and "Så här långt är 3 av 4 uppföljda." in said


def test_a_part_of_a_year_is_never_public(part_of, results_of):
    results = part_of()
    wanted = r"^En delårsrapport \(through\) kan inte publiceras"
    with pytest.raises(DisclosureError, match=wanted):
        decide([results_of(UNIT, 2024), results], "public")
    whole = decide([results_of(UNIT, 2024)], "public")
    forged = replace(
        whole, decisions={results.key: replace(next(iter(whole.decisions.values())), fingerprint=results.fingerprint)}
    )
    with pytest.raises(DisclosureError, match=wanted):
        protect(results, forged)


def test_a_municipality_is_never_made_of_parts(part_of):
    with pytest.raises(DisclosureError, match="bara av rapporter för hela året"):
        Municipality("exempelstad", 2024, (protect(part_of(), Release.internal()),))


def test_an_updated_report_says_so_and_when_it_was_first_made(results_of):
    results = results_of(UNIT, 2023)
    month = results.context.as_of.isoformat()[:7]
    first = Issue("2024-02", "2024-02", "0" * 64)
    sections = sections_of(results, issued=first)
    assert sections[0].document.subtitle == f"Uppföljning 2023, uppdaterad {month}"
    assert any(
        f"Den gjordes första gången på uppgifter från 2024-02. Siffrorna har ändrats sedan dess, senast med uppgifter från {month}."
        in text
        for text in texts_of(sections)
    )
    same = sections_of(results, issued=replace(first, figures=results.fingerprint))
    assert same[0].document.subtitle == "Uppföljning 2023" and not any(
        "första gången på" in text for text in texts_of(same)
    )
