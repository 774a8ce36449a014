"""A public report is made from what is released, and from nothing else: which texts there are tells of no hidden number."""

import dataclasses
import json
import math
import random
import re

import pytest
import small_project as small
import wording_matrix as matrix

import isu_analysis as isu
from isu_analysis.analysis.results import CODE, COUNT, SHARE
from isu_analysis.disclosure.gate import Shown
from isu_analysis.disclosure.release import HIDDEN, INTERNAL, SMALL, Decision, Release
from isu_analysis.presentation import SECTIONS
from isu_analysis.presentation.bars import change_bars, transition_bars
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.sealed import to_json
from isu_analysis.presentation.wording import Wording

UNITS = ("stodboende-unga", "unga-vuxna", "vuxen-asi", "familjeteam", "skolstod-familjehem", "boende-hemloshet")


def of(release, results):
    return release.decisions[results.key]


@pytest.fixture(scope="module")
def released(results_of):
    """Results and the public decision about them, each once."""
    made = {}

    def decide(unit):
        if unit not in made:
            results = results_of(f"exempelstad/{unit}", 2024)
            made[unit] = results, of(isu.disclosure.decide([results], "public"), results)
        return made[unit]

    return decide


def protected(results, decision):
    decided = dataclasses.replace(decision, fingerprint=results.fingerprint)
    return isu.protect(results, Release("public", decisions={results.key: decided}, reviewed=True))


def texts(report, language="sv"):
    """Every section as it is stored, in order; None where there is none."""
    made = [isu.show(report, name, language) for name in SECTIONS]
    return [json.dumps(to_json(section), ensure_ascii=False) if section else None for section in made]


def another(cell, numbers):
    """The same cell with other values: small, large, impossible or not there at all."""
    if cell.kind == CODE:
        return dataclasses.replace(cell, code=numbers.choice(["holds", "cannot_judge", "met", "unmet", "annat", ""]))
    if cell.kind == COUNT:
        value = numbers.choice([0, 1, 2, 4, 5, 6, 17, 400, -3])
        return dataclasses.replace(cell, value=float(value), n=value, persons=numbers.choice([None, 0, 1, value]))
    low, value, high = numbers.choice([(math.nan,) * 3, (-7.5, 0.0, 7.5), (0.0, 0.0, 0.0), (2.0, 99.0, 1e9)])
    n = numbers.choice([0, 1, 4, 30, None])
    whole = numbers.choice([0, 5, 19, 20, 400]) if cell.kind == SHARE else cell.of
    return dataclasses.replace(cell, value=value, low=low, high=high, n=n, of=whole)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_word_depends_on_a_hidden_number(unit, language, released):
    """With other numbers under the same hidden cells every section is the same, byte by byte."""
    results, decision = released(unit)
    before = texts(protected(results, decision), language)
    for seed in range(3):
        numbers = random.Random(f"{unit} {seed}")
        cells = tuple(another(cell, numbers) if cell.id in decision.hidden else cell for cell in results.cells)
        changed = dataclasses.replace(results, cells=cells)
        assert changed.fingerprint != results.fingerprint or not decision.hidden
        assert texts(protected(changed, decision), language) == before


def test_the_comparison_sees_a_number_that_is_shown(released):
    """Otherwise the test above would hold of a report that says nothing."""
    results, decision = released("unga-vuxna")
    before = texts(protected(results, decision))
    cells = tuple(
        dataclasses.replace(cell, value=cell.value + 1, n=cell.n + 1) if cell.id == "flow/eligible" else cell
        for cell in results.cells
    )
    assert texts(protected(dataclasses.replace(results, cells=cells), decision)) != before


def hidden_in(report, why):
    """The same report as a public one, with these cells hidden."""
    cells = {
        name: Shown(name, cell.kind, math.nan, math.nan, math.nan, None, None, "", cell.declared, why[name]) if name in why else cell
        for name, cell in report._cells.items()
    }  # fmt: skip
    return dataclasses.replace(report, mode="public", _cells=cells)


def sentences(report, language="sv"):
    """What is said outside tables and drawings."""
    for name in SECTIONS:
        section = isu.show(report, name, language)
        for block in to_json(section)["blocks"] if section else []:
            for field in ("text", "note", "basis", "alt"):
                if isinstance(block.get(field), str) and block["kind"] != "Table":
                    yield block[field]
            yield from (item for item in block.get("items", []) if isinstance(item, str))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("share", [0.2, 0.6, 1.0])
def test_whatever_is_hidden_a_report_can_be_made_and_its_sentences_read(unit, share, released):
    """A symbol belongs in a table: in a sentence it is read out, and nothing comes out as «nan»."""
    results, _ = released(unit)
    numbers = random.Random(f"{unit} {share}")
    internal = isu.protect(results, Release.internal())
    chosen = [cell.id for cell in results.cells if not cell.declared and numbers.random() < share]
    report = hidden_in(internal, dict.fromkeys(chosen, HIDDEN))
    said = list(sentences(report))
    assert said
    for text in said:
        assert not re.search(r"(?<!«)\.\.(?!»)|\bnan\b", text), text
    assert not any("färre än 5 " in text for text in said if "skrivs ut" not in text)


@pytest.fixture(scope="module")
def worse(tmp_path_factory):
    """30 people: 14 better, 4 unchanged, 6 worse and 6 who are not measured twice."""
    place = small.project(tmp_path_factory.mktemp("prov"))
    return matrix.report(place, "continuous_prepost", "some_worse")


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """The same people by a named state."""
    place = small.project(tmp_path_factory.mktemp("prov"))
    return matrix.report(place, "state_transition", "some_worse")


KEYS = {"core_om:client": ("unchanged", "deteriorated"), "laget:staff": ("same", "down")}


def without_worse(report, why):
    """The report with unchanged and worse hidden, and all that is computed from them."""
    key = report.main.key
    same, down = KEYS[key]
    cells = [cell.id for name in (same, down) for cell in report.within(f"{key}/{name}/")]
    cells += [cell.id for part in ("from", "to", "grid", "way") for cell in report.within(f"{key}/{part}/")]
    return hidden_in(report, dict.fromkeys(cells, HIDDEN) | {f"{key}/{same}": HIDDEN, f"{key}/{down}": why})


def everything(report, name):
    """All texts of a section, its drawings too, without soft hyphens and hard spaces."""
    return texts(report)[SECTIONS.index(name)].replace("\u00ad", "").replace("\u00a0", " ")


def test_unchanged_and_worse_that_are_hidden_are_told_together_in_sentence_bar_and_table(worse):
    """4 and 6 are 10, whoever they are; nobody can leave the worse out."""
    report = without_worse(worse, HIDDEN)
    page, results, appendix = (everything(report, name) for name in ("first_page", "results", "method"))
    assert (
        "Av alla 30 blev 14 säkert bättre, 10 fick ingen säker förändring eller blev säkert sämre, och 6 är inte mätta två gånger."
        in page
    )
    assert "14 blev säkert bättre och 10 fick ingen säker förändring eller blev säkert sämre, av 24 mätta." in results
    assert "ej säker förändring, eller sämre 10 (42 %)" in page  # the bar in words: of those measured,
    assert "ej säker förändring, eller sämre 10 (33 %)" in results  # and of all
    assert '["ingen säker förändring eller säkert sämre", "10", "", "", ""]' in appendix
    for text in (page, results, appendix.partition("Vad som är dolt")[0]):
        assert "färre än 5" not in text


def test_few_worse_are_said_to_be_few_wherever_the_better_are_counted(worse):
    report = without_worse(worse, SMALL)
    page, results, appendix = (everything(report, name) for name in ("first_page", "results", "method"))
    assert "10 fick ingen säker förändring eller blev säkert sämre (färre än 5 blev säkert sämre)" in page
    assert (
        "10 fick ingen säker förändring eller blev säkert sämre (färre än 5 blev säkert sämre), av 24 mätta." in results
    )
    assert "ej säkert bättre, färre än 5 sämre 10 (42 %)" in page
    assert "ej säkert bättre, färre än 5 sämre 10 (33 %)" in results
    assert '["varav säkert sämre", "färre än 5", "", "", ""]' in appendix


def test_states_that_are_hidden_are_told_together_too(states):
    hidden, few = without_worse(states, HIDDEN), without_worse(states, SMALL)
    assert "Av alla 30 kom 14 närmare det önskade, och 10 var lika nära eller kom längre från det." in everything(
        hidden, "first_page"
    )
    assert (
        "14 kom närmare det önskade, och 10 var lika nära eller kom längre från det, av 24 som är kända vid start och slut."
        in everything(hidden, "results")
    )
    assert "10 var lika nära eller kom längre från det (färre än 5 kom längre från det)" in everything(
        few, "first_page"
    )


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("why", [HIDDEN, SMALL])
def test_what_is_told_together_has_room_in_a_legend(worse, states, language, why):
    """A label of more than 34 characters is cut, and «worse» stands last in it."""
    for report, made in ((worse, change_bars), (states, transition_bars)):
        read = Reader(without_worse(report, why), Wording(language))
        labels = [part.label for bar in made(read, read.report.main) for part in bar.parts]
        assert len(labels) == 5 and max(map(len, labels)) <= 34, labels


def test_of_one_hidden_part_no_sum_is_told(worse):
    """With unchanged shown, all but the worse taken from all would be the worse themselves."""
    key = worse.main.key
    report = hidden_in(worse, {f"{key}/deteriorated": HIDDEN, f"{key}/better": HIDDEN})
    page = everything(report, "first_page")
    assert "ett dolt antal säkert bättre, 4 fick ingen säker förändring, ett dolt antal blev säkert sämre" in page
    assert not re.search(r"\b20 (blev|fick)", page)


def test_a_public_report_tells_what_it_hides_and_whom_it_protects_against(worse):
    """How many numbers, the rules with their limits, the symbols, the threat, and what was simplified."""
    whole = dataclasses.replace(
        hidden_in(worse, {"core_om:client/deteriorated": SMALL, "core_om:client/g_pre": INTERNAL})
    )
    told = everything(whole, "method").partition("Vad som är dolt, och varför")[2]
    assert "1 tal är dolt, för att ingen ska kunna kännas igen." in told  # what is left out is not counted
    for words in ("under 5", "minst 10 personer", "minst 30", "projektets eget val", "«–»", "«.»", "«..»", "press", "anhöriga",
                  "alla publicerade rapporter för alla år", "egen personal", "p-värden", "Inget är förenklat utöver det"):  # fmt: skip
        assert words in told, words
    assert "Vad som är dolt, och varför, står i bilagan." in everything(whole, "first_page")
    simplified = everything(dataclasses.replace(whole, rung="no_subgroups"), "method")
    assert "alla uppdelningar av resultatet på grupper utelämnade" in simplified
    assert "Inget är förenklat" not in simplified


def test_a_report_that_stands_says_so_on_page_one_and_in_the_appendix(worse):
    report = dataclasses.replace(hidden_in(worse, {}), standing=True)
    words = f"redan är publicerade, med datum {report.context.as_of.isoformat()}. Så få har tillkommit sedan dess"
    assert words in everything(report, "first_page")
    assert words in everything(report, "method")
    assert words not in everything(dataclasses.replace(report, standing=False), "first_page")


def test_the_mark_of_an_internal_report_is_a_reminder_with_the_law_in_force(worse):
    told = everything(worse, "method")
    assert "en påminnelse, inget beslut" in told
    assert "26 kap. 1 § offentlighets- och sekretesslagen, 2009:400" in told
    assert "Vad som är dolt" not in told


def test_hidden_backgrounds_are_one_row_without_names_with_their_sum(released):
    """30 families: 24 ended as planned, so the others are 6; how they are divided is for nobody outside."""
    results, decision = released("familjeteam")
    who = everything(protected(results, decision), "who")
    assert '["Avslut: övriga (2 svar tillsammans)", "6", ""]' in who
    assert "avslut i förtid" not in who


def test_a_decision_that_is_not_ours_opens_nothing():
    assert not Decision("", {}, "too_small").publishable
