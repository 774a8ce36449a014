"""Somebody with every file of every edition, and this program, works out nothing; and would, were anything more shown."""

import shutil
from dataclasses import replace

import pytest

from benchmarks import outsider
from benchmarks.outsider_files import cells, guess, pages, sums
from benchmarks.outsider_files.pages import Room, Seen
from isu_analysis import files
from isu_analysis.disclosure.ledger import secret_path

UNITS = {"unga-vuxna", "behandling-vuxna"}
SMALL, YEARS = "unga-vuxna", (2023, 2024)


@pytest.fixture(scope="module")
def project(demo_project, tmp_path_factory):
    """A copy with a few units, for each publication enters its ledger."""
    copy = tmp_path_factory.mktemp("utomstående") / "projekt"
    shutil.copytree(demo_project, copy, ignore=shutil.ignore_patterns("data_raw", "reports", "liggare", "_liggare"))
    for path in (copy / "parameters" / "exempelstad").glob("*.yml"):
        if path.stem not in UNITS:
            path.unlink()
    # One secret for all runs: of four reports alone the stronger attacker learns some groups to be inside others by chance.
    files.write(secret_path(copy, "exempelstad"), b"2" * 64)
    return copy


@pytest.fixture(scope="module")
def editions(project):
    """Two years in order, then both reports that have had late answers."""
    first = [outsider.publish(project, [year]) for year in YEARS]
    assert outsider.one_late_answer(project, SMALL, 2023).endswith(" 1 sena svar")
    outsider.many_late_answers(project, "behandling-vuxna", 2023)
    return [*first, outsider.publish(project, [2023])]


@pytest.fixture(scope="module")
def attacked(editions):
    return outsider.attack(editions)


def test_nothing_is_worked_out_from_all_files_of_all_editions(attacked):
    assert attacked.secrets > 5
    assert attacked.broken == {}


def test_nothing_is_worked_out_from_all_that_passed_the_gate(attacked):
    assert attacked.strong_secrets > 10
    assert attacked.strong_broken == {}


def test_a_late_answer_is_not_told_by_two_editions(editions, attacked):
    assert attacked.steps == []
    assert editions[2][f"exempelstad/{SMALL}/2023"].decision.standing is not None
    assert attacked.editions["första"] == len(UNITS) * len(YEARS)


def test_the_share_that_is_kept_is_of_the_same_numbers(attacked):
    shown, all_of_them, weighted = attacked.shown_in_tables
    assert 0 < shown < all_of_them
    assert shown / all_of_them < weighted < 1  # what is hidden is small
    assert 0 < attacked.hidden < attacked.counts


def small_report(editions):
    return editions[0][f"exempelstad/{SMALL}/2023"]


def test_pages_that_hide_only_what_is_small_give_small_numbers_away(editions):
    """Protection switched off for all numbers that are hidden only for the sake of others."""
    reports = [published[f"exempelstad/{SMALL}/{year}"] for published, year in zip(editions, YEARS, strict=False)]
    relations = sums.learn([edition.whole for edition in reports])
    found = []
    for edition in reports:
        large = {place: seen for place, seen in edition.whole.items() if place[0] != pages.TEXT and seen.value >= 5}
        found += guess.work_out({**edition.page, **large}, edition.whole, relations)[0]
    assert any(one.least == one.most == one.truth < 5 for one in found)


def test_a_count_less_in_the_decision_gives_small_ones_away(editions):
    edition = small_report(editions)
    results, decision = edition.results, edition.decision
    inside = cells.always_inside([results])
    helpers = [
        cell.id
        for cell in results.cells
        if cell.kind == "count" and decision.hidden.get(cell.id) == "hidden" and cell.value >= 5
    ]

    def broken_without(name):
        less = replace(decision, hidden={key: why for key, why in decision.hidden.items() if key != name})
        return cells.work_out(results, edition.report, less, inside)[0]

    assert any(found.most < 5 for name in helpers for found in broken_without(name) if found.most is not None)


def test_a_small_step_between_two_editions_is_seen():
    place = ("Tabell", "Rad", "Antal", 0)
    before, after = {place: Seen(40)}, {place: Seen(42)}
    assert guess.small_steps(before, after) == [(place, 2)]
    assert guess.small_steps(before, {place: Seen(45)}) == guess.small_steps(before, {place: Seen(None)}) == []


def test_a_page_is_read_back_as_it_was_written():
    html = (
        '<h3>Resultat</h3><p>Av 1\u00a0204 är 47 av 90 kända (52\u00a0%), 5,5 poäng.</p><img alt="färre än 5 sämre">'
        "<table><tr><td>99</td></tr></table><p>Ett dolt antal saknas.</p>"
    )
    told = [(words, [(one.value, one.few) for one in pages._tokens(words)]) for _, words in pages.sentences(html)]
    assert [numbers for _, numbers in told if numbers] == [
        [(1204, False), (47, False), (90, False)], [(None, True)], [(None, False)],
    ]  # fmt: skip


def test_what_the_missing_could_change_tells_how_many_were_never_measured():
    """(10.4 + 15.8) / 40 * 90 is 59: the 43 lost, and once more the 16 who lack both; so 43 - 24 - 16 lack the first."""
    caption = "Mått: vilka som följdes upp och vilka som saknas"
    rows = {
        "mättes både vid start och vid slut": 47, "mättes vid start men inte vid slut": 24,
        "mättes vid slut men inte vid start": 3, "mättes varken vid start eller vid slut": 16, "alla": 90,
    }  # fmt: skip
    whole = {(caption, row, "Antal", 0): Seen(n) for row, n in rows.items()}
    page = {place: Seen(None) if seen.value in {3, 16} else seen for place, seen in whole.items()}
    *parts, total = whole
    relations = [(total, tuple(parts))]
    assert guess.work_out(page, whole, relations) == ([], 1)
    (found,), _ = guess.work_out(page, whole, relations, Room(-15.8, 10.4, 40.0))
    assert (found.place[1], found.least, found.most) == ("mättes vid slut men inte vid start", 3, 3)


def test_sums_are_learnt_only_where_they_always_hold():
    def page(a, b, total, other):
        values = {"a": a, "b": b, "Alla": total, "c": other}
        return {("Tabell", row, "Antal", 0): Seen(value) for row, value in values.items()}

    found = sums.learn([page(3, 9, 12, 3), page(4, 10, 14, 8)])
    at = {row: ("Tabell", row, "Antal", 0) for row in ("a", "b", "Alla", "c")}
    assert (at["Alla"], (at["a"], at["b"])) in found
    assert (at["a"], (at["c"],)) not in found
