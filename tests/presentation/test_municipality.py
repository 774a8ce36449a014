"""The overview of a municipality: the units' own numbers and no others, by name and never by value."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re

import pytest
from demo_units import DEMO_UNITS

import isu_analysis as isu
from isu_analysis.decisions import Decided, Decision, Quotable
from isu_analysis.disclosure import Release, decide
from isu_analysis.disclosure.release import TOO_SMALL, Limits
from isu_analysis.disclosure.release import Decision as GateDecision
from isu_analysis.errors import DataError, DisclosureError, SettingsError
from isu_analysis.municipalities import FAILED, NO_YEAR, NOT_READ_IN, Absent, Municipality, alphabetical
from isu_analysis.presentation import OVERVIEW_SECTIONS
from isu_analysis.presentation.blocks import Bullets, Callout, Figure, KeyFigures, Paragraph, Table
from isu_analysis.presentation.municipality.collected import NOWHERE, collected
from isu_analysis.presentation.municipality.inventory import joined
from isu_analysis.presentation.reader import Reader
from isu_analysis.reporting.exporters.html_page import render_html
from isu_analysis.reporting.exporters.pdf import render_pdf
from isu_analysis.settings import BackgroundColumn

TOWN, YEAR = "exempelstad", 2024
INTERNAL = Release.internal(reviewed=True)
# Small units whose public reports hide what this overview would show, and two that hide none of it.
FEW = ("skolstod-familjehem", "digitalt-stod", "resurs-unga", "unga-vuxna")
HOSTILE = "<script>alert(1)</script> #strong[x] $y$ \\ 😀 " + "å" * 200


def blocks(overview, section, kind):
    return [block for block in isu.show_overview(overview, section).blocks if isinstance(block, kind)]


def text(overview, section="first_page"):
    """Everything that a section says, in one string."""
    return json.dumps([str(block) for block in isu.show_overview(overview, section).blocks], ensure_ascii=False)


@pytest.fixture(scope="module")
def internal(results_of):
    return Municipality(
        TOWN, YEAR, tuple(isu.protect(results_of(f"{TOWN}/{unit}", YEAR), INTERNAL) for unit in DEMO_UNITS)
    )


@pytest.fixture(scope="module")
def public(results_of):
    results = [results_of(f"{TOWN}/{unit}", YEAR) for unit in FEW]
    release = decide(results, "public")
    return Municipality(TOWN, YEAR, tuple(isu.protect(one, release) for one in results))


@pytest.fixture
def one(internal):
    """The report of a unit with a scale, a state and a declared burden."""
    return next(report for report in internal.reports if report.context.unit.slug == "unga-vuxna")


def with_unit(report, **changes):
    """The same report of a unit that has declared something else."""
    unit = report.context.unit.model_copy(update=changes)
    return dataclasses.replace(report, context=dataclasses.replace(report.context, unit=unit))


def alone(report, *absent):
    return Municipality(TOWN, YEAR, (report,), absent)


# Who was meant and who is known, as the invented municipality itself stores it: by unit, the two and where they stand.
TRUE_COUNTS = {
    "Unga och substanser": ("unga-substans", lambda true: (true["n"], true["judged"])),
    "Familjeteamet": ("familjeteam", lambda true: (true["n"], true["ended"])),
    "Riktat föräldrastöd": ("foraldrastod", lambda true: (true["started"], true["answered"])),
    "Behandling vuxna": ("behandling-vuxna", lambda true: (true["n"], true["interviewed"])),
    "Stöd vid våld i nära relation": ("vald-nara", lambda true: (true["n"], true["followed"])),
    "Unga vuxna": ("unga-vuxna", lambda true: (true["n"], true["forms"]["pairs"])),
    "Resurs barn": ("resurs-barn", lambda true: (true["n"], true["n"] - true["empty"])),
    "Digitalt stöd vid alkoholproblem": ("digitalt-stod", lambda true: (true["started"], true["answered"])),
}


def test_each_row_is_as_many_as_truly_were(internal, demo):
    true = json.loads(demo.truth.read_text(encoding="utf-8"))["units"]
    (table,) = blocks(internal, "coverage", Table)
    rows = {row[0]: row[1:] for row in table.rows}
    assert len(rows) == len(DEMO_UNITS)
    for name, (unit, counts) in TRUE_COUNTS.items():
        meant, known = counts(true[unit][str(YEAR)])
        assert (rows[name][0].split()[0], *rows[name][1:]) == (str(meant), str(known), str(meant - known)), name


def test_the_sums_are_those_of_the_rows(internal):
    """People are added to people and cases to cases, and nothing to anything else."""
    (table,), (sums,) = blocks(internal, "coverage", Table), blocks(internal, "first_page", KeyFigures)
    for item, word in zip(sums.items, ("personer", "familjer", "ärenden", "placeringar"), strict=True):
        rows = [row for row in table.rows if row[1].split()[-1][:6] == word[:6]]  # a table says 1 placering too
        whole, known, missing = (
            sum(int("".join(c for c in row[at] if c.isdecimal())) for row in rows) for at in (1, 2, 3)
        )
        assert item.label == f"{word} följdes upp"
        counted = "enhet" if len(rows) == 1 else "enheter"
        assert (int(item.value.replace("\u00a0", "")), item.note.replace("\u00a0", "")) == (
            known, f"av {whole} i {len(rows)} {counted}; {missing} saknas"
        )  # fmt: skip
    assert "Enheterna räknar olika saker: personer, familjer, ärenden, placeringar. De läggs inte ihop." in text(
        internal
    )


def test_units_that_count_the_same_thing_have_one_sum(internal):
    """Two units that count people: one sum in the old place, and nothing about what is not added."""
    alike = [report for report in internal.reports if report.context.unit.slug in ("unga-vuxna", "foraldrastod")]
    overview = dataclasses.replace(internal, reports=tuple(alike))
    (row,), (figure,) = blocks(overview, "first_page", KeyFigures), blocks(overview, "first_page", Figure)
    assert [item.label for item in row.items[1:]] == ["skulle följas upp", "följdes upp", "saknas"]
    whole, known, missing = (item.value for item in row.items[1:])
    assert figure.basis == f"{known} av {whole} följdes upp, {missing} saknas."
    assert "läggs inte ihop" not in text(overview)


def test_units_with_too_few_followed_up_are_named(internal):
    few = [
        report.context.unit.name
        for report in internal.reports
        if Reader(report).code("result") in {"low_coverage", "too_few"}
    ]
    assert few
    (points,) = blocks(internal, "first_page", Bullets)
    named = next(point for point in points.items if "för få uppföljda" in point)
    assert named.startswith(f"I {len(few)} enhet")
    assert set(named.rstrip(".").partition(": ")[2].split(", ")) == set(few)


def test_units_stand_by_name_and_never_by_value(internal):
    (table,), (figure,) = blocks(internal, "coverage", Table), blocks(internal, "first_page", Figure)
    names = [row[0] for row in table.rows]
    assert names[0] == "Behandling vuxna" and names[-2:] == [
        "Öppenvård för barn och familjer",
        "Öppenvård med återkoppling",
    ]
    assert [row[0] for row in blocks(internal, "what", Table)[0].rows] == names
    places = [figure.alt.index(f"{name}: ") for name in names]
    assert places == sorted(places)
    turned = dataclasses.replace(internal, reports=internal.reports[::-1])
    assert [row[0] for row in blocks(turned, "coverage", Table)[0].rows] == names


def test_the_swedish_alphabet_ends_with_three_letters_of_its_own():
    assert sorted(["Öst", "zon", "Ås", "Äng", "Ax"], key=alphabetical) == ["Ax", "zon", "Ås", "Äng", "Öst"]


def test_no_outcome_of_any_unit_is_told(internal):
    """Coverage, what is collected and nothing about how it went, but in the form and the comparison made for that."""
    said = " ".join(text(internal, section) for section in OVERVIEW_SECTIONS if section not in {"common_form", "alike"})
    for word in ("säkert bättre", "säkert sämre", "i snitt", "oförändrad", "andelen"):
        assert word not in said
    assert "%" not in "".join("".join(row) for row in blocks(internal, "coverage", Table)[0].rows)


def test_what_a_public_report_hides_its_overview_hides(public):
    (table,) = blocks(public, "coverage", Table)
    rows = {row[0]: row for row in table.rows}
    hidden = 0
    for report in public.reports:
        read, outcome = Reader(report), report.main
        known, missing = ("paired", "lost") if outcome.twice else ("answered", "missing")
        cells = [read.whole(outcome), f"{outcome.key}/{known}", f"{outcome.key}/{missing}"]
        assert rows[report.context.unit.name][2:] == (read.count(cells[1]), read.count(cells[2]))
        assert rows[report.context.unit.name][1] == read.people(cells[0])
        hidden += not read.shown(*cells)
    assert 0 < hidden < len(public.reports), "the fixture has units of both kinds"


def test_a_sum_that_would_give_a_hidden_number_away_is_not_made(public):
    (row,) = blocks(public, "first_page", KeyFigures)
    labels = ["enheter har en rapport", "av dem har inga eller dolda antal", "ärenden följdes upp"]
    assert [item.label for item in row.items] == labels and row.items[-1].value == "143"
    assert row.items[1].note == "därför ges inte alla summor"
    (figure,) = blocks(public, "first_page", Figure)
    assert figure.basis == "Antal, och hur många som saknas, står vid varje enhet."
    shown = [report for report in public.reports if report.context.unit.slug in ("resurs-unga", "unga-vuxna")]
    (row,) = blocks(dataclasses.replace(public, reports=tuple(shown)), "first_page", KeyFigures)
    assert [(item.value, item.note) for item in row.items[1:]] == [
        ("143", "av 143 i 1 enhet; 0 saknas"), ("51", "av 93 i 1 enhet; 42 saknas"),
    ]  # fmt: skip


def test_no_bar_is_drawn_of_a_hidden_number(public):
    from isu_analysis.presentation.municipality.first_page import _row
    from isu_analysis.presentation.municipality.view import View

    drawn = {unit.report.context.unit.slug: _row(View(public), unit).known for unit in View(public).units}
    assert drawn == {"skolstod-familjehem": None, "digitalt-stod": 11, "resurs-unga": 143, "unga-vuxna": 51}


def test_a_withheld_report_is_named_without_a_number(results_of):
    results = results_of(f"{TOWN}/digitalt-stod", YEAR)
    release = Release("public", Limits(), {results.key: GateDecision(results.fingerprint, {}, TOO_SMALL)})
    overview = alone(isu.protect(results, release))
    said = " ".join(text(overview, section) for section in OVERVIEW_SECTIONS)
    assert "inga tal publiceras" in said
    assert blocks(overview, "coverage", Table)[0].rows == (
        ("Digitalt stöd vid alkoholproblem", "inga tal publiceras", "..", ".."),
    )
    assert not re.search(r"\d av \d", said)
    (figure,) = blocks(overview, "first_page", Figure)
    assert figure.alt.endswith("saknas. Digitalt stöd vid alkoholproblem: inga tal publiceras.")
    assert render_pdf(tuple(isu.show_overview(overview, section) for section in OVERVIEW_SECTIONS)).startswith(b"%PDF")


def test_units_without_a_report_are_named_with_the_reason(one):
    absent = (
        Absent(f"{TOWN}/a", "Aspen", NO_YEAR),
        Absent(f"{TOWN}/b", "Björken", NOT_READ_IN),
        Absent(f"{TOWN}/o", "Ölet", FAILED, "rad 3: okänd nyckel."),
    )
    overview = alone(one, *absent)
    (table,) = blocks(overview, "coverage", Table)
    assert [row[:2] for row in table.rows] == [
        ("Aspen", "inga uppgifter för året"),
        ("Björken", "inga uppgifter är inlästa"),
        ("Unga vuxna", "93 personer"),
        ("Ölet", "rapporten gick inte att göra"),
    ]
    (told,) = blocks(overview, "first_page", Callout)
    assert told.text == "Ölet: rad 3: okänd nyckel."
    assert "1 av 4 enheter har en rapport." in text(overview)


def test_the_inventory_tells_the_declared_burden_and_says_where_there_is_none(one):
    def minutes(report):
        (table,) = blocks(alone(report), "inventory", Table)
        return {row[0]: row[2] for row in table.rows}

    assert minutes(one)["CORE-OM (klienten)"] == "svarande 10, personalen 10"
    assert minutes(one)["Sysselsättning (personalen)"] == "personalen 2"
    assert minutes(with_unit(one, burden=()))["CORE-OM (klienten)"] == "inte uppgivet"


def test_the_inventory_tells_how_complete_each_occasion_is(one, demo):
    true = json.loads(demo.truth.read_text(encoding="utf-8"))["units"]["unga-vuxna"][str(YEAR)]
    (table,) = blocks(alone(one), "inventory", Table)
    complete = {row[0]: row[1] for row in table.rows}["CORE-OM (klienten)"]
    # One form at the start and one at the end belong to nobody in particular, and are not among the 93.
    assert true["forms"]["start"] == 74
    assert complete == "nybesök: 73 av 93; avslut: 57 av 93"


def test_a_column_that_no_result_has_is_listed_as_not_used(one):
    unit = one.context.unit
    shoe = BackgroundColumn(column="Sko", label="Skostorlek", type="number")
    first = unit.sources[0].model_copy(update={"background": {**unit.sources[0].background, "shoe": shoe}})
    report = with_unit(one, sources=(first, *unit.sources[1:]))
    assert [row.names for row in collected(Reader(report)) if row.use == NOWHERE] == [("skostorlek",)]
    (unused,) = blocks(alone(report), "inventory", Bullets)
    assert unused.items == ("Unga vuxna: skostorlek.",)
    said = [block.text for block in blocks(alone(one), "inventory", Paragraph)]
    assert "Allt som läses in används i någon rapport." in said


def test_a_measure_without_any_outcome_is_listed_as_not_used(one):
    kept = tuple(outcome for outcome in one.context.outcomes if outcome.measure.id != "kasam13")
    report = dataclasses.replace(one, context=dataclasses.replace(one.context, outcomes=kept))
    unused = next(row for row in collected(Reader(report)) if row.use == NOWHERE)
    assert (unused.names, unused.complete, unused.minutes) == (("KASAM-13",), "ingår inte i någon rapport", (10, 5))


def decided_on(figure):
    about = Quotable(figure, "en siffra", "8")
    decision = Decision("Hemligt beslut om NN.", about, None, "chefen", dt.date(2024, 3, 1), "", 2023)
    return Decided(2023, (decision,), 1)


def test_a_decision_marks_what_it_was_about_and_is_never_quoted(one):
    report = dataclasses.replace(one, decided=decided_on("core_om:client/better"))
    (table,) = blocks(alone(report), "inventory", Table)
    uses = {row[0]: row[3] for row in table.rows}
    assert (uses["CORE-OM (klienten)"], uses["KASAM-13 (klienten)"]) == ("huvudmått, och i beslut", "i rapporten")
    assert "fattades 1 beslut" in table.note
    assert "Hemligt" not in " ".join(text(alone(report), section) for section in OVERVIEW_SECTIONS)


def test_in_public_decisions_are_only_counted(public):
    report = next(report for report in public.reports if report.context.unit.slug == "unga-vuxna")
    counted = dataclasses.replace(report, decided=decided_on("core_om:client/better").counted)
    (table,) = blocks(alone(counted), "inventory", Table)
    assert "fattades 1 beslut" in table.note
    assert not any("beslut" in row[3] for row in table.rows)


def test_hostile_names_come_out_as_plain_text(one):
    overview = alone(with_unit(one, name=HOSTILE, municipality=HOSTILE), Absent(f"{TOWN}/a", HOSTILE, NO_YEAR))
    sections = tuple(isu.show_overview(overview, section) for section in OVERVIEW_SECTIONS)
    assert "<script>alert" not in render_html(sections)
    assert "&lt;script&gt;alert" in render_html(sections)
    assert render_pdf(sections).startswith(b"%PDF")


def test_alike_things_share_a_row_and_their_whole_is_said_once():
    assert joined(("ASI, alkohol: oro", "ASI, alkohol: dagar")) == "ASI, alkohol: oro, dagar"
    assert joined(("MST, hemma", "MST, skola")) == "MST: hemma, skola"
    assert joined(("kön", "ålder")) == "kön, ålder"
    assert joined(("MST, hemma",)) == "MST, hemma"


def test_every_table_and_figure_of_numbers_says_what_it_rests_on(internal):
    for section in ("first_page", "coverage", "inventory"):
        for block in blocks(internal, section, (Table, Figure)):
            assert block.basis
    (figure,) = blocks(internal, "first_page", Figure)
    assert figure.basis == "Antal, och hur många som saknas, står vid varje enhet."


def test_a_long_list_of_units_is_drawn_in_parts(one):
    absent = tuple(Absent(f"{TOWN}/x{number}", f"Enhet {number:02}", NO_YEAR) for number in range(40))
    assert len(blocks(alone(one, *absent), "first_page", Figure)) == 2


def test_only_protected_reports_of_one_release_make_an_overview(one, public, results_of):
    with pytest.raises(DisclosureError, match="skyddade rapporter"):
        Municipality(TOWN, YEAR, (results_of(f"{TOWN}/unga-vuxna", YEAR),))
    with pytest.raises(DisclosureError, match="samma publicering"):
        Municipality(TOWN, YEAR, (one, public.reports[0]))
    with pytest.raises(DataError, match="ingen enhet har uppgifter"):
        Municipality(TOWN, YEAR, ())
    with pytest.raises(DisclosureError, match=r"isu\.municipality"):
        isu.show_overview(one, "coverage")
    with pytest.raises(SettingsError, match="Okänt avsnitt «ranking»"):
        isu.show_overview(alone(one), "ranking")


def test_the_seal_follows_everything_that_is_shown(one):
    plain = alone(one)
    seals = {
        plain.seal,
        dataclasses.replace(plain, reports=(dataclasses.replace(one, seal="0" * 64),)).seal,
        alone(one, Absent("a/b", "B", NO_YEAR)).seal,
        alone(one, Absent("a/b", "B", FAILED)).seal,
    }
    assert len(seals) == 4


def test_the_marks_and_the_date_are_those_of_the_reports(internal, public):
    document = isu.show_overview(internal, "limits").document
    assert document.full_title == "Kommunöversikt – Alla enheter, Exempelstad 2024"
    assert document.as_of == max(report.context.as_of for report in internal.reports).isoformat()
    by_hand = alone(dataclasses.replace(internal.reports[0], reviewed=False))
    assert "Ej granskad" in isu.show_overview(by_hand, "limits").document.marks
    assert isu.show_overview(public, "limits").document.marks[-1] == "Publik version: små tal är dolda"
