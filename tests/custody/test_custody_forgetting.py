"""A purge takes people out of the ledger, and nothing else; the chain holds."""

import datetime as dt
import json

import pytest
import small_project as small
from small_project import row

from isu_analysis import files
from isu_analysis.custody import purge
from isu_analysis.disclosure.ledger import Edition, Entered, Ledger, entering
from isu_analysis.disclosure.ledger.chain import ledger_folder
from isu_analysis.errors import DisclosureError
from isu_analysis.intake import intake, store

TOWN = "a-kommun"
NEW_YEAR = dt.date(2023, 1, 1)


def edition(year, sets, clients=None, unit="oppenvard"):
    return Edition(
        unit, year, dt.date(year + 1, 1, 31), "whole", {"min_cell": 5}, {"flow/eligible": Entered(14, shown=True)}, {},
        {"core_om:client": tuple(map(frozenset, sets))}, "f" * 64, "key", clients=clients or {},
    )  # fmt: skip


@pytest.fixture
def unit(project):
    """One case each that ended in 2021 and 2022, and two in 2024."""
    unit = small.unit(project)
    for year, numbers in ((2021, "1"), (2022, "2"), (2024, "34")):
        rows = [row(f"{year}-{n}", start=dt.date(year, 1, 10), slut=dt.date(year, 12, 30)) for n in numbers]
        small.xlsx(small.raw(project, f"ärenden {year}.xlsx"), rows)
    intake(unit, project)
    return unit


@pytest.fixture
def cases(project, unit):
    """Pseudonyms of the four cases in the order they ended."""
    return list(store.load(project, unit).episodes.sort_values(["end", "episode"])["episode"])


@pytest.fixture
def ledger(project, cases):
    """The three years: that of 2022 also tells of the one of 2021, that of 2024 of the one of 2022."""
    ledger = Ledger.open(project, TOWN)
    ledger = ledger.append(edition(2021, [cases[:1]]))
    ledger = ledger.append(edition(2022, [cases[:2], cases[1:2]], {cases[0]: "samma", cases[1]: "samma"}))
    return ledger.append(edition(2024, [cases[1:], cases[2:]]))


def said_of(project):
    """Everything that the ledger's folder says, hidden files too."""
    return b"".join(small.tree(ledger_folder(project, TOWN)).values()).decode()


def test_purged_people_leave_every_edition_and_the_chain_holds(project, unit, cases, ledger):
    before, heads = said_of(project), [ledger.head]
    assert all(case in before for case in cases)
    purge(project, NEW_YEAR)
    after, opened = said_of(project), Ledger.open(project, TOWN)
    assert [case in after for case in cases] == [False, False, True, True] and "samma" not in after
    assert len(opened) == 4 and all(opened.holds(head) for head in heads)
    first, second, third = opened.editions()
    assert [[len(one) for one in edition.sets["core_om:client"]] for edition in (first, second, third)] == [
        [1],
        [2, 1],
        [3, 2],
    ]
    assert third.sets["core_om:client"][1] == frozenset(cases[2:])
    assert first.counts["flow/eligible"].value == 14


def test_the_purged_are_still_told_apart_and_known_again(project, unit, cases, ledger):
    """What two editions told of the same people is still the same, though nobody can say of whom."""
    purge(project, NEW_YEAR)
    first, second, third = (one.sets["core_om:client"] for one in Ledger.open(project, TOWN).editions())
    (oldest,) = first[0]
    (next_one,) = second[1]
    assert second[0] == {oldest, next_one} and next_one in third[0] and oldest not in third[0]
    clients = Ledger.open(project, TOWN).editions()[1].clients
    assert clients[oldest] == clients[next_one] and not {oldest, next_one, clients[oldest]} & {*cases, "samma"}


def test_a_dry_run_leaves_the_ledger_alone(project, unit, ledger):
    before = small.tree(project)
    purge(project, NEW_YEAR, dry_run=True)
    assert small.tree(project) == before


def test_a_second_purge_adds_nothing_and_the_next_year_goes_on(project, unit, cases, ledger):
    purge(project, NEW_YEAR)
    before = small.tree(ledger_folder(project, TOWN))
    purge(project, NEW_YEAR)
    assert small.tree(ledger_folder(project, TOWN)) == before
    opened = Ledger.open(project, TOWN).append(edition(2024, [cases[2:]]))
    assert opened.latest("oppenvard", 2024).edition == 2 == Ledger.open(project, TOWN).latest("oppenvard", 2024).edition
    purge(project, dt.date(2025, 1, 1))
    assert not any(case in said_of(project) for case in cases) and len(Ledger.open(project, TOWN)) == 6


def test_another_unit_keeps_its_people(project, unit, cases, ledger):
    """A pseudonym that occurs in two units is another unit's to forget."""
    ledger.append(edition(2021, [cases[:1]], unit="annan"))
    purge(project, NEW_YEAR)
    opened = Ledger.open(project, TOWN)
    assert opened.latest("annan", 2021).sets["core_om:client"] == (frozenset(cases[:1]),)
    assert cases[0] not in opened.latest("oppenvard", 2021).sets["core_om:client"][0]


def test_those_whom_the_tables_no_longer_hold_go_with_their_year(project, unit, cases, ledger):
    """As after a change of key, or when a case was taken out of the unit's files."""
    ledger.append(edition(2021, [["annan nyckel"]])).append(edition(2024, [["ny nyckel"]]))
    purge(project, NEW_YEAR)
    assert "annan nyckel" not in said_of(project) and "ny nyckel" in said_of(project)


def test_without_tables_the_years_that_are_over_go(project, unit, cases, ledger):
    for path in store.folder(project, unit).glob("*"):
        path.unlink()
    purge(project, NEW_YEAR)
    assert [case in said_of(project) for case in cases] == [False, False, True, True]


def test_an_interrupted_purge_is_finished_by_the_next(project, unit, cases, ledger, monkeypatch):
    folder, real = ledger_folder(project, TOWN), files.write

    def write(path, data):
        if path.name == "000002.json":
            (folder / ".000002.json.1a2b3c4d.ny").write_bytes(data)
            raise KeyboardInterrupt
        real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", write)
        with pytest.raises(KeyboardInterrupt):
            purge(project, NEW_YEAR)
    assert len(store.load(project, unit).episodes) == 4 and cases[0] in said_of(project)
    opened = Ledger.open(project, TOWN)  # whole, and who is to be forgotten is so already
    assert cases[0] not in {one for edition in opened.editions() for sets in edition.sets.values() for one in sets[0]}
    purge(project, NEW_YEAR)
    assert not any(case in said_of(project) for case in cases[:2])
    assert not list(folder.glob(".*")) and len(Ledger.open(project, TOWN)) == 4


def test_people_who_are_missing_without_a_purge_show(project, unit, ledger):
    purge(project, NEW_YEAR)
    path = ledger_folder(project, TOWN) / "000003.json"
    page = json.loads(path.read_bytes())
    page["people"].pop()
    path.write_bytes(json.dumps(page, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    with pytest.raises(DisclosureError, match="personer saknas i post 3"):
        Ledger.open(project, TOWN)


def test_a_ledger_that_is_not_whole_stops_the_purge_before_rows_are_gone(project, unit, ledger):
    (ledger_folder(project, TOWN) / "000002.json").unlink()
    before = small.tree(project)
    with pytest.raises(DisclosureError, match="Lägg tillbaka"):
        purge(project, NEW_YEAR)
    assert small.tree(project) == before


def test_a_purge_of_what_is_not_there_is_refused(project, unit, ledger):
    """A purge in the ledger that empties what no edition has, or the same place twice, was not made by a purge."""
    for places in ([[[(9, 0)]]], [[[(1, 5)]]], [[[(1, 0)], [(1, 0)]]]):
        page = entering.purge_page(TOWN, "oppenvard", 4, ledger.head, NEW_YEAR, places)
        ledger._with(page)
        with pytest.raises(DisclosureError, match="gallr"):
            Ledger.open(project, TOWN)
        (ledger_folder(project, TOWN) / "000004.json").unlink()
        files.write(project / ".isu" / "liggare" / f"{TOWN}.json", _anchor_of(ledger))
    assert len(Ledger.open(project, TOWN)) == 3


def _anchor_of(ledger):
    said = {"entries": len(ledger), "format": 1, "head": ledger.head, "municipality": TOWN}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode() + b"\n"
