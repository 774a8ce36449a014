"""The ledger: whole or refused, only ever longer, and silent about what is in it."""

import datetime as dt
import json
import os
import shutil
import stat
from dataclasses import replace

import pytest

from isu_analysis import files
from isu_analysis.disclosure.ledger import Edition, Entered, Ledger
from isu_analysis.disclosure.ledger.chain import anchor_path, ledger_folder
from isu_analysis.disclosure.problem import Equation
from isu_analysis.errors import DisclosureError
from isu_analysis.settings.loading import _SLUG

TOWN = "exempelstad"
KEY = "0a1b2c3d"
# Values and names that no message and no repr may hold.
SECRET = ("731", "867", "-11.9", "-11,9", "aaaaabbbbb", "cccccddddd", "eeeeefffff")
PEOPLE = frozenset(SECRET[4:])


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_KEY_FILE", raising=False)
    return tmp_path


def edition(unit="unga-vuxna", year=2024, value=731, people=PEOPLE):
    return Edition(
        unit,
        year,
        as_of=dt.date(year + 1, 1, 31),
        rung="whole",
        limits={"min_cell": 5, "min_n_mean": 10},
        counts={
            "flow/eligible": Entered(value, shown=True),
            "bdi:client/deteriorated": Entered(3, shown=False, least=0, most=4, protect=(1, 4)),
            "bdi:client/up": Entered(867, shown=False, protect=(1, 5)),
        },
        numbers={"bdi:client/change": -11.9, "bdi:client/g_pre": None},
        sets={"bdi:client": (people, people - {SECRET[4]}), "core:client": (frozenset({SECRET[4]}),)},
        fingerprint="f" * 64,
        key=KEY,
        equations=(Equation((("flow/eligible", 1), ("bdi:client/up", -1)), 4),),
        hidden={"bdi:client/deteriorated": "small", "bdi:client/g_pre": "hidden"},
        clients={SECRET[4]: "samma", SECRET[5]: "samma"},
        shown={"bdi:client/change": {"kind": "mean", "value": -11.9, "low": float("nan"), "n": 52, "declared": False}},
        pages={"report.pdf": "a" * 64},
    )


@pytest.fixture
def three(project):
    """Three editions: 2023, 2024, and 2024 once more."""
    ledger = Ledger.open(project, TOWN)
    for one in (edition(year=2023), edition(), edition(value=800)):
        ledger = ledger.append(one)
    return ledger


def entry(project, number):
    return ledger_folder(project, TOWN) / f"{number:06}.json"


def refused(project, *words):
    """Message of the refusal; it says whose ledger, where and what to do, and holds nothing of what is in it."""
    with pytest.raises(DisclosureError) as caught:
        Ledger.open(project, TOWN)
    said = str(caught.value)
    assert TOWN in said and all(word in said for word in words), said
    assert not any(secret in said for secret in SECRET) and str(project) not in said
    assert caught.value.__context__ is None  # whose text could quote the file
    return said


def rewrite(path, change):
    """Change what a file says and write it as the program would: the only trace left is in the hashes."""
    found = json.loads(path.read_bytes())
    change(found)
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    path.write_bytes(text.encode() + b"\n")


def test_nothing_published_is_an_empty_ledger(project):
    ledger = Ledger.open(project, TOWN)
    assert len(ledger) == 0 and ledger.editions() == () and ledger.latest("unga-vuxna", 2024) is None
    assert not list(project.iterdir())  # to look is not to write


def test_what_is_entered_comes_back_as_it_was(project, three):
    ledger = Ledger.open(project, TOWN)
    assert [(one.year, one.edition, one.number) for one in ledger.editions()] == [
        (2023, 1, 1),
        (2024, 1, 2),
        (2024, 2, 3),
    ]
    given, back = edition(value=800), ledger.latest("unga-vuxna", 2024)
    shown = {"bdi:client/change": {"kind": "mean", "value": -11.9, "n": 52, "declared": False}}
    assert back == replace(given, edition=2, number=3, shown=shown)
    assert back.shown["bdi:client/change"]["declared"] is False
    assert ledger.latest("unga-vuxna", 2022) is None and ledger.latest("annan", 2024) is None
    assert ledger.head == three.head and ledger.holds(three.head)


def test_editions_of_different_reports_are_numbered_apart(project, three):
    ledger = three.append(edition(unit="annan")).append(edition(year=2023))
    assert [one.edition for one in ledger.editions()] == [1, 1, 2, 1, 2]
    assert ledger.editions() == Ledger.open(project, TOWN).editions()


def test_sets_of_a_variable_come_from_every_edition_and_are_unknown_under_another_key(three):
    assert three.sets_of("bdi:client", KEY) == (PEOPLE, PEOPLE - {SECRET[4]}) * 3
    assert three.sets_of("core:client", KEY, "unga-vuxna") == (frozenset({SECRET[4]}),) * 3
    assert three.sets_of("core:client", KEY, "annan") == () == three.sets_of("finns-inte", KEY)
    assert three.sets_of("core:client", "en annan") == (None,) * 3


@pytest.mark.skipif(os.name != "posix", reason="on Windows the folder's own access list decides")
def test_only_the_owner_can_read_it(project, three):
    for path in (entry(project, 1), anchor_path(project, TOWN)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_lies_where_no_unit_can(project, three):
    assert not _SLUG.fullmatch(ledger_folder(project, TOWN).name)


def test_the_anchor_lies_with_the_key(project, tmp_path, monkeypatch):
    monkeypatch.setenv("ISU_KEY_FILE", str(tmp_path / "annanstans" / "nyckel"))
    Ledger.open(project, TOWN).append(edition())
    assert (tmp_path / "annanstans" / "liggare" / f"{TOWN}.json").is_file()


def test_nothing_of_a_person_or_a_value_is_said(three):
    said = [repr(one) for one in (three, *three.editions(), *three.latest("unga-vuxna", 2024).counts.values())]
    assert not any(secret in text for secret in SECRET for text in said)
    assert repr(three) == "Ledger('exempelstad', 3 entries)"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_any_changed_byte_of_an_entry_shows(project, three, number):
    path = entry(project, number)
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):  # 7 and the length have nothing in common with how the text is built
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        refused(project)
    for other in (whole[:-1], whole + b"\n", whole + b" ", b"", whole[: len(whole) // 2], b"\xff" + whole):
        path.write_bytes(other)
        refused(project)
    path.write_bytes(whole)
    assert Ledger.open(project, TOWN) is not None


def test_any_changed_byte_of_the_anchor_shows(project, three):
    path = anchor_path(project, TOWN)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        refused(project)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "change",
    [
        lambda page: page["entry"]["counts"]["flow/eligible"].update(value=732),
        lambda page: page["entry"]["counts"].pop("bdi:client/up"),
        lambda page: page["entry"].update(year=2022),
        lambda page: page["entry"]["sets"].pop("core:client"),
        lambda page: page["entry"].update(salt="0" * 64),
        lambda page: page["entry"].update(municipality="annan-stad"),
    ],
)
def test_a_careful_edit_shows_too(project, three, number, change):
    rewrite(entry(project, number), change)
    refused(project)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda page: page["people"].pop(0), "saknas"),
        (lambda page: page["people"][0].update(episode="ggggghhhhh"), "ändrade"),
        (lambda page: page["people"][0].update(client=None if page["people"][0]["client"] else "någon"), "ändrade"),
        (lambda page: page["people"].append(page["people"][0]), "ändrade"),
        (lambda page: page["people"].append(page["people"][0] | {"place": 9}), "ändrade"),
    ],
)
def test_an_edit_of_the_people_shows(project, three, change, words):
    rewrite(entry(project, 3), change)
    refused(project, "post 3", words)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page["entry"].update(format=2),
        lambda page: page["entry"].update(kind="annat"),
        lambda page: page["entry"].update(okänd=1),
        lambda page: page["entry"].pop("rung"),
        lambda page: page["entry"]["counts"]["flow/eligible"].update(value="731"),
        lambda page: page["entry"]["counts"]["flow/eligible"].update(value=True),
        lambda page: page["entry"]["counts"]["flow/eligible"].update(shown=1),
        lambda page: page["entry"]["counts"]["flow/eligible"].update(value=-1),
        lambda page: page["entry"]["numbers"].update({"bdi:client/change": float("nan")}),
        lambda page: page["entry"]["shown"]["bdi:client/change"].update(value=float("inf")),
        lambda page: page.update(mer=[]),
    ],
)
def test_an_unknown_form_is_refused(project, three, change):
    rewrite(entry(project, 3), change)
    refused(project, "000003.json", "skadad eller ändrad")


def test_a_key_that_is_there_twice_is_refused(project, three):
    path = entry(project, 3)
    path.write_bytes(path.read_bytes().replace(b'"rung":"whole"', b'"rung":"x","rung":"whole"'))
    refused(project, "000003.json")


@pytest.mark.parametrize("gone", [(1,), (2,), (3,), (2, 3), (1, 2, 3)])
def test_what_is_removed_shows(project, three, gone):
    for number in gone:
        entry(project, number).unlink()
    refused(project, "Lägg tillbaka")


def test_a_removed_folder_shows(project, three):
    shutil.rmtree(ledger_folder(project, TOWN))
    refused(project, "den saknas", "3 poster", "Lägg tillbaka")


def test_another_order_shows(project, three):
    first, second = entry(project, 1).read_bytes(), entry(project, 2).read_bytes()
    entry(project, 1).write_bytes(second)
    entry(project, 2).write_bytes(first)
    refused(project, "post 1")


def test_an_entry_twice_shows(project, three):
    entry(project, 4).write_bytes(entry(project, 3).read_bytes())
    refused(project, "post 4")


@pytest.mark.parametrize("name", ["000002 (kopia).json", "000002-DATOR.json", "1.json", "000002.JSON"])
def test_a_copy_beside_it_shows(project, three, name):
    (ledger_folder(project, TOWN) / name).write_bytes(entry(project, 2).read_bytes())
    refused(project, name, "kopia", "flytta")


@pytest.mark.parametrize("name", [".000003.json.1a2b3c4d.ny", ".DS_Store", "Thumbs.db"])
def test_what_the_computer_leaves_is_let_be(project, three, name):
    (ledger_folder(project, TOWN) / name).write_bytes(b"x")
    assert len(Ledger.open(project, TOWN)) == 3


def test_a_ledger_of_another_place_is_refused(project, tmp_path, three):
    """A ledger and its anchor, whole, but moved to another municipality or made anew beside the old anchor."""
    shutil.copytree(ledger_folder(project, TOWN), ledger_folder(project, "grannstad"))
    shutil.copy(anchor_path(project, TOWN), anchor_path(project, "grannstad"))
    with pytest.raises(DisclosureError, match="grannstad"):
        Ledger.open(project, "grannstad")
    renamed = anchor_path(project, TOWN).read_bytes().replace(TOWN.encode(), b"grannstad")
    anchor_path(project, "grannstad").write_bytes(renamed)
    with pytest.raises(DisclosureError, match="post 1"):
        Ledger.open(project, "grannstad")
    other = tmp_path / "annat projekt"
    for year in (2023, 2024, 2025):
        Ledger.open(other, TOWN).append(edition(year=year))
    shutil.rmtree(ledger_folder(project, TOWN))
    shutil.copytree(ledger_folder(other, TOWN), ledger_folder(project, TOWN))
    refused(project, "hör ankaret till en annan liggare")


def test_a_ledger_without_its_anchor_is_refused(project, three):
    anchor_path(project, TOWN).unlink()
    refused(project, "ankaret saknas")


def published(project, report, **about):
    files.write(project / "reports" / "public" / TOWN / report / "manifest.json", json.dumps(about).encode())


def test_public_reports_without_a_ledger_are_refused(project, three):
    published(project, "unga-vuxna/2024")
    assert len(Ledger.open(project, TOWN)) == 3
    shutil.rmtree(ledger_folder(project, TOWN))
    anchor_path(project, TOWN).unlink()
    refused(project, "publika rapporter men ingen liggare", "säkerhetskopian", f"ta bort mappen reports/public/{TOWN}")
    assert len(Ledger.open(project, "grannstad")) == 0  # of another municipality nothing is out
    files.remove(project / "reports" / "public" / TOWN / "unga-vuxna" / "2024" / "manifest.json")
    assert len(Ledger.open(project, TOWN)) == 0


def test_a_public_report_that_the_ledger_does_not_know_is_refused(project, three):
    """As when both the ledger and its anchor are put back from a copy of last year."""
    published(project, "oversikt/2024")  # made of the units' reports alone
    published(project, "unga-vuxna/2024-en")  # the same report said in English
    assert len(Ledger.open(project, TOWN)) == 3
    published(project, "unga-vuxna/2025")
    refused(project, "unga-vuxna/2025")


def test_a_ledger_older_than_a_public_report_is_refused(project, tmp_path, three):
    """Both halves put back from a copy, whole in itself: the report's manifest notes how far the ledger had come."""
    for place in ("data_processed", ".isu"):
        shutil.copytree(project / place, tmp_path / "kopia" / place)
    published(project, "unga-vuxna/2024", ledger=three.append(edition(value=900)).head)
    assert len(Ledger.open(project, TOWN)) == 4
    for place in ("data_processed", ".isu"):
        shutil.rmtree(project / place)
        shutil.copytree(tmp_path / "kopia" / place, project / place)
    refused(project, "äldre än den publika rapporten unga-vuxna/2024", "Lägg tillbaka")


def interrupted(monkeypatch, name):
    """Let the next write of a file fail as a power cut would."""
    real = files.write

    def write(path, data):
        if path.name == name and path.exists():
            raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr(files, "write", write)


def test_an_interruption_before_the_anchor_is_mended_by_the_next(project, three, monkeypatch):
    anchor = anchor_path(project, TOWN)
    before = anchor.read_bytes()
    with monkeypatch.context() as patch:
        interrupted(patch, anchor.name)
        with pytest.raises(KeyboardInterrupt):
            three.append(edition(year=2025))
    assert anchor.read_bytes() == before
    ledger = Ledger.open(project, TOWN)
    assert len(ledger) == 4 and ledger.latest("unga-vuxna", 2025).edition == 1
    ledger = ledger.append(edition(year=2025))
    assert len(Ledger.open(project, TOWN)) == 5 and ledger.latest("unga-vuxna", 2025).edition == 2
    assert json.loads(anchor.read_bytes())["entries"] == 5


def test_an_interruption_of_the_very_first_entry_is_mended_too(project, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted(patch, f"{TOWN}.json")
        with pytest.raises(KeyboardInterrupt):
            Ledger.open(project, TOWN).append(edition())
    ledger = Ledger.open(project, TOWN)
    assert len(ledger) == 1 and len(ledger.append(edition())) == 2
    assert len(Ledger.open(project, TOWN)) == 2


def test_an_interruption_before_the_entry_leaves_the_ledger_as_it_was(project, three, monkeypatch):
    def create(path, data):
        raise files.WriteError("disken är full")

    with monkeypatch.context() as patch:
        patch.setattr(files, "create", create)
        with pytest.raises(files.WriteError):
            three.append(edition())
    assert Ledger.open(project, TOWN).editions() == three.editions()


def test_two_entries_beyond_the_anchor_are_refused(project, three):
    before = anchor_path(project, TOWN).read_bytes()
    three.append(edition()).append(edition())
    anchor_path(project, TOWN).write_bytes(before)
    refused(project, "5 poster", "ankaret säger 3")


def test_of_two_runs_at_once_the_second_is_told_and_nothing_is_lost(project, three):
    first, second = Ledger.open(project, TOWN), Ledger.open(project, TOWN)
    first.append(edition(year=2025))
    with pytest.raises(DisclosureError, match="en annan körning") as caught:
        second.append(edition(year=2026))
    assert not any(secret in str(caught.value) for secret in SECRET)
    ledger = Ledger.open(project, TOWN)
    assert len(ledger) == 4 and ledger.latest("unga-vuxna", 2025) and ledger.latest("unga-vuxna", 2026) is None


def test_a_late_run_does_not_move_the_anchor_back(project, three, monkeypatch):
    """One run has its entry in place and is slow; another enters the next and moves the anchor; then the first goes on."""
    anchor, real = anchor_path(project, TOWN), files.create

    def create(path, data):
        real(path, data)
        monkeypatch.setattr(files, "create", real)
        Ledger.open(project, TOWN).append(edition(year=2026)).append(edition(year=2027))

    monkeypatch.setattr(files, "create", create)
    three.append(edition(year=2025))
    assert json.loads(anchor.read_bytes())["entries"] == 6 == len(Ledger.open(project, TOWN))


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": {"x": Entered(731.5, shown=True)}},
        {"counts": {"x": Entered(-867, shown=True)}},
        {"numbers": {"x": float("nan")}},
        {"numbers": {"x": "-11,9"}},
        {"unit": "../unga"},
        {"limits": {"min_cell": "731"}},
        {"pages": {"report.pdf": "731"}},
        {"shown": {"x": {"value": [731]}}},
        {"sets": {"x": (frozenset({731}),)}},
    ],
)
def test_what_no_ledger_may_hold_is_not_written(project, three, wrong):
    with pytest.raises(DisclosureError) as caught:
        three.append(replace(edition(), **wrong))
    assert "kan inte skrivas" in str(caught.value) and not any(secret in str(caught.value) for secret in SECRET)
    assert len(Ledger.open(project, TOWN)) == 3


def test_the_chained_half_confirms_no_guess_of_a_person(project, three):
    """The same people stand under other commitments, and in another order, in every edition."""
    pages = [json.loads(entry(project, number).read_bytes()) for number in (1, 2, 3)]
    commitments = [one for page in pages for one in page["entry"]["people"]]
    assert len(set(commitments)) == 9 and len({page["entry"]["salt"] for page in pages}) == 3
    assert not any(person in json.dumps(page["entry"]) for page in pages for person in (*PEOPLE, "samma"))


def test_an_earlier_head_tells_whether_it_is_the_same_ledger(project, tmp_path, three):
    noted = three.head
    later = three.append(edition())
    assert later.holds(noted) and later.holds(later.head) and not three.holds(later.head)
    assert not Ledger.open(tmp_path / "annat", TOWN).append(edition()).holds(noted)
