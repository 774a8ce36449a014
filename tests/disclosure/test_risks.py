"""The catalogue of risks of small statistics, R1-R18: each is tried here, or is named with the test that tries it."""

import math
from dataclasses import replace

import numpy as np
import pytest

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.disclosure.audit import Fact, Printed, narrowest
from isu_analysis.disclosure.release import INTERNAL

# R1 and R8: test_gate (no small count, noughts alike), test_decide (zeros are hidden like other small counts)
# R2: test_suppression (T1-T3, brute force), test_audit; R4: test_decide (a total known elsewhere links units)
# R5: test_decide (a cumulative figure, T4); R6: test_sets and test_decide (the same people in two years)
# R7: test_decide (40 of 40; a share of all); R13: no report has survival curves; R15: here, raw texts
# R16: tests/reporting/test_nothing_leaks; R18: tests/analysis/test_alikeness


@pytest.fixture(scope="module")
def public(results_of):
    """Results and what the public sees of them, for units of every kind."""
    made = {}
    for unit in ("unga-vuxna", "stodboende-unga", "vuxen-asi", "oppenvard-fit", "resurs-barn"):
        results = results_of(f"exempelstad/{unit}", 2024)
        made[unit] = results, isu.protect(results, decide([results], "public"))
    return made


def test_r3_no_share_is_shown_of_a_hidden_count(public):
    """A whole percent and its whole give the count, so it goes with it; and so does a share of nearly all."""
    shares = 0
    for results, report in public.values():
        for cell in results.cells:
            shown = report.cell(cell.id)
            if cell.kind == "share" and not shown.hidden:
                shares += 1
                assert all(not report.cell(count).hidden for count in cell.counts)
                assert min(shown.n, shown.of - shown.n) >= 5 or _rest_is_plain(results, cell, shown)
    assert shares > 100


def _rest_is_plain(results, cell, shown):
    """Nought of something that tells nothing of anybody: nobody is missing, or everybody is."""
    part, whole = cell.counts
    sums = [one for one in results.sums if one.total == whole and part in one.parts]
    rest = [other for one in sums for other in one.parts if other != part]
    by_id = {one.id: one for one in results.cells}
    if shown.n == 0:
        return by_id[part].zero_is_plain
    return bool(rest) and all(by_id[other].zero_is_plain and by_id[other].value == 0 for other in rest)


def test_r9_two_people_follow_from_mean_and_spread():
    """14.5 and 2.12 of two people are 13 and 16 (T6): why no spread is shown of fewer than thirty."""
    mean, spread = 14.5, 2.12
    both = mean - spread / math.sqrt(2), mean + spread / math.sqrt(2)
    assert np.round(both).tolist() == [13.0, 16.0]


def test_no_estimate_tells_how_many_of_the_lost_are_lost_when(results_of):
    """(high - low) times due by the width of the scale is lost and neither; carried back by completers is paired of started."""
    seen = 0
    for unit, year in (("vuxen-asi", 2022), ("unga-vuxna", 2023), ("stodboende-unga", 2022)):
        results = results_of(f"exempelstad/{unit}", year)
        report = isu.protect(results, decide([results], "public"))
        for outcome in (one for one in results.context.outcomes if report.has(f"{one.key}/bounds")):
            key = outcome.key
            parts = [f"{key}/{name}" for name in ("paired", "start_only", "end_only", "neither", "due")]
            if any(report.cell(part).hidden for part in parts):
                seen += 1
                assert all(report.cell(f"{key}/{name}").hidden for name in ("bounds", "verdict", "verdict/tolerance"))
            if any(report.cell(part).hidden for part in parts[:2]):
                assert all(cell.hidden for cell in report.within(f"{key}/estimate/"))
    assert seen > 5


def test_r10_and_r12_no_spread_of_few_and_no_single_value(public):
    """Every number that is no plain mean is about thirty people or more."""
    for results, report in public.values():
        for cell in results.cells:
            if cell.kind in {"mean", "model", "code"} and cell.people and not report.cell(cell.id).hidden:
                few = min(len(results.people[name]) for name in cell.people)
                assert few >= (10 if cell.id.endswith(("_mean", "/mean", "/change", "/per_person")) else 30), cell.id


def test_r11_no_square_of_a_figure_is_a_few_people(public):
    """The change plot is drawn from counts that the gate has seen; a hidden one is in no figure."""
    for results, report in public.values():
        squares = [cell for cell in results.cells if "/grid/" in cell.id and cell.kind == "count"]
        assert all(cell.value >= 5 for cell in squares if not report.cell(cell.id).hidden)


def test_r14_no_table_of_the_lost_is_public(public):
    """How two who stayed differ from 38 who left is what the two are like."""
    for results, report in public.values():
        lost = [cell for cell in results.cells if "/loss/" in cell.id]
        assert all(report.cell(cell.id).hidden == INTERNAL for cell in lost)


def test_r15_a_text_that_the_unit_file_does_not_list_is_never_public(results_of):
    """However many it is true of: it may hold a name."""
    results = results_of("exempelstad/resurs-barn", 2024)
    unit = results.context.unit
    raw = tuple(
        source.model_copy(update={"reason": source.reason.model_copy(update={"values": {}})})
        if source.reason
        else source
        for source in unit.sources
    )
    results = replace(results, context=replace(results.context, unit=unit.model_copy(update={"sources": raw})))
    hidden = decide([results], "public").decisions[results.key].hidden
    reasons = [cell.id for cell in results.cells if cell.id.startswith("who/reason/")]
    assert reasons and all(hidden[cell] == INTERNAL for cell in reasons)
    assert any(cell.id not in hidden for cell in results.cells if cell.id.startswith("who/intervention/"))


@pytest.mark.parametrize("insiders", [1, 2, 3])
def test_r17_those_who_know_themselves_do_not_find_the_next(insiders):
    """Of four hidden beside a hidden helper of nine in a total of forty, up to three know each other."""
    printed = [Printed("all", 40), Printed("few", None, least=insiders), Printed("helper", None), Printed("rest", 27)]
    facts = [Fact((("all", 1), ("few", -1), ("helper", -1), ("rest", -1)), 0, 0)]
    least, most = narrowest(printed, facts, "few")
    assert least == insiders and most >= 5
