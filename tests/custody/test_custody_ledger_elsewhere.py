"""A handover takes no ledger along, and where it comes to nothing is published beside the machine that has it."""

import datetime as dt
import json
import shutil
import zipfile

import pytest
import small_project as small
from small_project import row

from isu_analysis.custody import handover, receive
from isu_analysis.custody.archive import pack
from isu_analysis.disclosure.ledger import Edition, Entered, Ledger
from isu_analysis.disclosure.ledger.chain import anchor_path, ledger_folder
from isu_analysis.errors import DataError, DisclosureError
from isu_analysis.intake import intake

KEY, TOWN = "a-kommun/oppenvard", "a-kommun"


@pytest.fixture
def archive(project, tmp_path):
    """A handover from a machine that has published one report."""
    unit = small.unit(project)
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row("A1"), row("A2")])
    intake(unit, project)
    edition = Edition(
        "oppenvard", 2024, dt.date(2025, 1, 31), "whole", {}, {"flow/eligible": Entered(14, shown=True)}, {},
        {"core_om:client": (frozenset({"pppppqqqqq"}),)}, "f", "k",
    )  # fmt: skip
    Ledger.open(project, TOWN).append(edition)
    handover(project, [KEY], tmp_path / "över.zip")
    return tmp_path / "över.zip"


@pytest.fixture
def elsewhere(tmp_path):
    return tmp_path / "en annan dator"


def test_no_number_and_nobody_of_the_ledger_is_handed_over(project, archive):
    packed = zipfile.ZipFile(archive)
    assert not any("_liggare" in name for name in packed.namelist())
    assert not any(
        b"pppppqqqqq" in packed.read(name) or b"flow/eligible" in packed.read(name) for name in packed.namelist()
    )
    told = json.loads(packed.read("innehall.json"))["published"]
    assert told == {TOWN: {"format": 1, "municipality": TOWN, "entries": 1, "head": Ledger.open(project, TOWN).head}}


def test_nothing_is_published_from_where_it_comes_to(archive, elsewhere):
    assert "ingen liggare" in str(receive(archive, elsewhere))
    with pytest.raises(DisclosureError, match="den saknas") as caught:
        Ledger.open(elsewhere, TOWN)
    assert "överlämnade från en annan dator" in str(caught.value)


def test_the_ledger_can_be_moved_by_hand(project, archive, elsewhere):
    receive(archive, elsewhere)
    shutil.copytree(ledger_folder(project, TOWN), ledger_folder(elsewhere, TOWN))
    shutil.copy(anchor_path(project, TOWN), anchor_path(elsewhere, TOWN))
    assert Ledger.open(elsewhere, TOWN).editions() == Ledger.open(project, TOWN).editions()


def test_a_machine_with_a_ledger_of_its_own_keeps_it(project, archive, elsewhere):
    first = Ledger.open(project, TOWN).editions()[0]
    own = Ledger.open(elsewhere, TOWN).append(first).append(first)
    receive(archive, elsewhere)
    assert Ledger.open(elsewhere, TOWN).head == own.head


def test_where_nothing_is_published_nothing_is_told(project, tmp_path, elsewhere):
    unit = small.unit(project)
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row("A1")])
    intake(unit, project)
    handover(project, [KEY], tmp_path / "över.zip")
    receive(tmp_path / "över.zip", elsewhere)
    assert len(Ledger.open(elsewhere, TOWN)) == 0 and not (elsewhere / ".isu").exists()


@pytest.mark.parametrize(
    "forged",
    [
        [],
        {"annan-kommun": {"format": 1, "municipality": "annan-kommun", "entries": 1, "head": "0" * 64}},
        {TOWN: {"format": 1, "municipality": "../../x", "entries": 1, "head": "0" * 64}},
        {TOWN: {"format": 2, "municipality": TOWN, "entries": 1, "head": "0" * 64}},
        {TOWN: {"format": 1, "municipality": TOWN, "entries": 1, "head": "kort"}},
        {TOWN: None},
    ],
)
def test_an_anchor_that_is_none_is_refused_before_anything_is_written(archive, elsewhere, tmp_path, forged):
    packed = zipfile.ZipFile(archive)
    contents = {name: packed.read(name) for name in packed.namelist()}
    listed = json.loads(contents["innehall.json"]) | {"published": forged}
    (tmp_path / "2.zip").write_bytes(pack(contents | {"innehall.json": json.dumps(listed).encode()}))
    with pytest.raises(DataError, match="liggaren går inte att läsa"):
        receive(tmp_path / "2.zip", elsewhere)
    assert not elsewhere.exists() or not small.tree(elsewhere)
