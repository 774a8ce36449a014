import hashlib
import json
import os
import shutil
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import small_project as small
from pandas.testing import assert_frame_equal
from small_project import row

import isu_analysis as isu
from isu_analysis import files
from isu_analysis.custody import archive as archives
from isu_analysis.custody import handover, receive
from isu_analysis.custody.archive import pack
from isu_analysis.custody.free_text import free_texts
from isu_analysis.errors import DataError, SettingsError
from isu_analysis.intake import intake, keys, list_path, store
from isu_analysis.intake.identities import names_somebody

KEY = "a-kommun/oppenvard"
INSIDE = [
    "data_processed/a-kommun/oppenvard/episodes.parquet",
    "data_processed/a-kommun/oppenvard/intake.json",
    "data_processed/a-kommun/oppenvard/measurements.parquet",
    "innehall.json",
    "parameters/a-kommun/oppenvard.yml",
]
WITH_STAR = small.SETTINGS.replace("ärenden {year}.xlsx", "*.xlsx")


@pytest.fixture
def unit(project):
    unit = small.unit(project)
    rows = [row(f"A{n}", före=10 + n, efter=max(0, 14 - n), ålder=20 + n) for n in range(14)]
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), rows)
    intake(unit, project)
    return unit


@pytest.fixture
def elsewhere(tmp_path):
    place = tmp_path / "annan dator"
    place.mkdir()
    return place


def computed(place):
    results = isu.analyse(isu.cohort(KEY, 2024, project=place))
    return results, isu.protect(results, isu.Release.internal())


def test_another_machine_gets_the_same_results_without_raw_files_and_key(project, unit, elsewhere, tmp_path):
    results, report = computed(project)
    handover(project, [KEY], tmp_path / "över.zip")
    shutil.rmtree(project)
    received = receive(tmp_path / "över.zip", elsewhere)
    assert sorted(small.tree(elsewhere)) == [name for name in INSIDE if name != "innehall.json"]
    again, shown = computed(elsewhere)
    assert_frame_equal(again.to_frame(), results.to_frame())
    assert len(results.to_frame()) > 20
    assert again.fingerprint == results.fingerprint
    quiet = replace(report.context, warnings=shown.context.warnings)  # only how many they were is handed over
    assert shown == replace(report, context=quiet)
    assert received.replaced == () and not (elsewhere / ".isu").exists() and not (elsewhere / "data_raw").exists()


def test_it_says_what_it_holds_and_the_key_is_not_in_it(project, unit, tmp_path):
    files.write(list_path(project, unit), b"gammal lista")
    (store.folder(project, unit) / "korningar").mkdir()
    secret = (project / ".isu" / "pseudonymnyckel").read_text(encoding="ascii")
    made = handover(project, [KEY], tmp_path / "över.zip")
    assert list(made.files) == INSIDE == zipfile.ZipFile(tmp_path / "över.zip").namelist()
    fingerprint = store.fingerprint(project, unit)
    assert made.units[0].people == made.units[0].episodes == 14
    assert made.units[0].measurements == len(store.load(project, unit).measurements)
    said = str(made)
    assert f"{KEY}: 14 personer, 14 ärenden, " in said and fingerprint in said and all(name in said for name in INSIDE)
    packed = zipfile.ZipFile(tmp_path / "över.zip")
    everything = b"".join([(tmp_path / "över.zip").read_bytes(), *map(packed.read, INSIDE)])
    assert secret.encode() not in everything and bytes.fromhex(secret) not in everything and secret not in said
    assert b"A13" not in everything and b"problem" not in everything
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "över.zip").stat().st_mode) == 0o600


def test_the_same_data_give_the_same_bytes(project, unit, tmp_path, monkeypatch):
    handover(project, [KEY], tmp_path / "a.zip")
    for path in project.rglob("*"):
        os.utime(path, (0, 10**9))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    handover(project, [KEY, KEY], tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert {entry.date_time for entry in zipfile.ZipFile(tmp_path / "a.zip").infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_raw_files_name_that_the_unit_file_does_not_say_is_not_handed_over(project, tmp_path):
    unit = small.unit(project, WITH_STAR)
    small.xlsx(small.raw(project, "Anna Andersson.xlsx"), [row("A1"), row("A2")])
    intake(unit, project)
    handover(project, [KEY], tmp_path / "över.zip")
    packed = zipfile.ZipFile(tmp_path / "över.zip")
    assert not any("Andersson" in packed.read(name).decode("latin-1") for name in packed.namelist())
    about = json.loads(packed.read(INSIDE[1]))
    assert [file["file"] for file in about["files"]] == ["råfil 1"]
    assert "Anna Andersson.xlsx" in (store.folder(project, unit) / "intake.json").read_text(encoding="utf-8")


def test_a_name_that_the_unit_file_says_anyway_stays(project, unit, tmp_path):
    handover(project, [KEY], tmp_path / "över.zip")
    about = json.loads(zipfile.ZipFile(tmp_path / "över.zip").read(INSIDE[1]))
    assert [file["file"] for file in about["files"]] == ["ärenden 2024.xlsx"]
    told = store.load(project, unit).about
    assert about | {"warnings": 0, "warnings_left_out": 0} == told | {"warnings": 0, "warnings_left_out": 0}


def test_what_cannot_be_handed_over_is_refused_and_nothing_is_written(project, unit, tmp_path):
    (tmp_path / "finns.zip").write_bytes(b"x")
    for units, name, why in [
        ([], "a.zip", "Ange vilka enheter"),
        ([KEY], "finns.zip", "skrivs inte över"),
        ([KEY], "a.txt", "slutar på .zip"),
    ]:
        with pytest.raises(DataError, match=why):
            handover(project, units, tmp_path / name)
    with pytest.raises(SettingsError, match="Okänd enhet"):
        handover(project, ["a-kommun/annan"], tmp_path / "a.zip")
    keys.change_key(project)
    with pytest.raises(DataError, match="pseudonymnyckeln är bytt"):
        handover(project, [KEY], tmp_path / "a.zip")
    shutil.rmtree(project / "data_processed")
    with pytest.raises(DataError, match="inga inlästa uppgifter"):
        handover(project, [KEY], tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists() and (tmp_path / "finns.zip").read_bytes() == b"x"


def test_a_unit_that_is_there_is_replaced_only_when_told(project, unit, elsewhere, tmp_path):
    handover(project, [KEY], tmp_path / "1.zip")
    receive(tmp_path / "1.zip", elsewhere)
    first = small.tree(elsewhere)
    assert receive(tmp_path / "1.zip", elsewhere).replaced == ()  # the same again is no change
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row(f"A{n}") for n in range(3)])
    intake(unit, project)
    handover(project, [KEY], tmp_path / "2.zip")
    with pytest.raises(DataError, match=f"redan finns för {KEY}. Inget är ändrat.*--replace"):
        receive(tmp_path / "2.zip", elsewhere)
    assert small.tree(elsewhere) == first
    received = receive(tmp_path / "2.zip", elsewhere, replace=True)
    assert received.replaced == (KEY,) and f"Ersatta enheter: {KEY}." in str(received)
    assert len(isu.cohort(KEY, 2024, project=elsewhere).episodes) == 3


def test_a_unit_file_of_the_receiver_is_not_written_over_either(project, unit, elsewhere, tmp_path):
    handover(project, [KEY], tmp_path / "1.zip")
    own = elsewhere / INSIDE[4]
    own.parent.mkdir(parents=True)
    own.write_text("name: Min egen\n", encoding="utf-8")
    with pytest.raises(DataError, match="Inget är ändrat"):
        receive(tmp_path / "1.zip", elsewhere)
    assert small.tree(elsewhere) == {INSIDE[4]: b"name: Min egen\n"}


def repacked(tmp_path, **changes):
    """The good archive with files added or changed and its list made to fit, as a forger would."""
    contents = {name: zipfile.ZipFile(tmp_path / "1.zip").read(name) for name in INSIDE}
    contents |= {name.replace("|", "/"): data for name, data in changes.items()}
    listed = json.loads(contents["innehall.json"])
    listed["files"] = {
        name: hashlib.sha256(data).hexdigest() for name, data in contents.items() if name != "innehall.json"
    }
    contents["innehall.json"] = json.dumps(listed).encode()
    (tmp_path / "2.zip").write_bytes(pack(contents))
    return tmp_path / "2.zip"


@pytest.mark.parametrize(
    "name",
    ["../ut.txt", "/etc/ut.txt", "C:/ut.txt", "parameters/../../ut.yml", "data_processed/a-kommun/oppenvard/../x/intake.json",
     "data_processed\\a\\b\\intake.json", ".isu/pseudonymnyckel", "notebooks/report.ipynb", "parameters/a-kommun/oppenvard.yml/x",
     "data_processed/a-kommun/oppenvard/problem.xlsx", "data_processed/A-kommun/oppenvard/intake.json", "data_raw/a/b/c.xlsx",
     "parameters/a-kommun/", "innehall.json\n"],
)  # fmt: skip
def test_nothing_but_tables_and_unit_files_comes_out_whatever_the_names_say(project, unit, elsewhere, tmp_path, name):
    handover(project, [KEY], tmp_path / "1.zip")
    before = set(tmp_path.rglob("*"))
    forged = repacked(tmp_path, **{name: b"x"})
    with pytest.raises(DataError, match=r"2\.zip är ingen överlämning"):
        receive(forged, elsewhere)
    assert set(tmp_path.rglob("*")) - before == {forged}


def test_damaged_and_forged_archives_are_refused_whole(project, unit, elsewhere, tmp_path):
    handover(project, [KEY], tmp_path / "1.zip")
    good = (tmp_path / "1.zip").read_bytes()
    damaged = tmp_path / "3.zip"
    for data in (b"", b"PK", b"hej", good[: len(good) // 2], good[:-30], good[:200] + b"\0" * 60 + good[260:]):
        damaged.write_bytes(data)
        with pytest.raises(DataError, match=r"3\.zip") as error:
            receive(damaged, elsewhere)
        assert error.value.__suppress_context__ or error.value.__context__ is None
    for part, why in [(INSIDE[0], "tabellerna|går inte att läsa"), (INSIDE[4], "går inte att läsa")]:
        with pytest.raises(DataError, match=why):
            receive(repacked(tmp_path, **{part: b"PAR1 inte en tabell"}), elsewhere)
    with pytest.raises(DataError, match="finns inte"):
        receive(tmp_path / "borta.zip", elsewhere)
    assert not list(elsewhere.iterdir())


def test_a_list_that_does_not_fit_is_refused(project, unit, elsewhere, tmp_path):
    handover(project, [KEY], tmp_path / "1.zip")
    contents = {name: zipfile.ZipFile(tmp_path / "1.zip").read(name) for name in INSIDE}
    listed = json.loads(contents["innehall.json"])
    other = [dict(listed["units"][0], people=99)]
    for forged in ([], {}, {"format": 1}, listed | {"format": 1}, listed | {"files": {}}, listed | {"units": []},
                   listed | {"units": [{"unit": "../x"}]}, listed | {"units": other}, listed | {"units": 3}):  # fmt: skip
        (tmp_path / "2.zip").write_bytes(pack(contents | {"innehall.json": json.dumps(forged).encode()}))
        with pytest.raises(DataError, match=r"2\.zip"):
            receive(tmp_path / "2.zip", elsewhere)
    (tmp_path / "2.zip").write_bytes(pack({name: data for name, data in contents.items() if name != "innehall.json"}))
    with pytest.raises(DataError, match="listan över innehållet saknas"):
        receive(tmp_path / "2.zip", elsewhere)
    changed = contents | {INSIDE[4]: contents[INSIDE[4]] + b"\n# tillagt\n"}
    (tmp_path / "2.zip").write_bytes(pack(changed))
    with pytest.raises(DataError, match="filerna är inte de som listan säger"):
        receive(tmp_path / "2.zip", elsewhere)
    assert not list(elsewhere.iterdir())


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_does(project, unit, elsewhere, tmp_path, monkeypatch):
    handover(project, [KEY], tmp_path / "1.zip")
    monkeypatch.setattr(archives, "MOST_BYTES", 100_000)
    with pytest.raises(DataError, match="större än någon överlämning"):
        receive(repacked(tmp_path, **{INSIDE[0]: b"\0" * 200_000}), elsewhere)
    assert (tmp_path / "2.zip").stat().st_size < 20_000
    assert not list(elsewhere.iterdir())


def test_a_full_disk_leaves_the_receiver_as_it_was(project, unit, elsewhere, tmp_path, monkeypatch):
    handover(project, [KEY], tmp_path / "1.zip")
    receive(tmp_path / "1.zip", elsewhere)
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row("A1")])
    intake(unit, project)
    handover(project, [KEY], tmp_path / "2.zip")
    before, replace = small.tree(elsewhere), Path.replace

    def full(self, target):
        if elsewhere in Path(target).parents and self.name.startswith(".measurements") and self.name.endswith(".ny"):
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(files.WriteError, match="disken är full"):
        receive(tmp_path / "2.zip", elsewhere, replace=True)
    assert small.tree(elsewhere) == before


def test_a_unit_file_that_is_another_one_is_told_by_itself(project, unit, elsewhere, tmp_path):
    handover(project, [KEY], tmp_path / "1.zip")
    receive(tmp_path / "1.zip", elsewhere)
    own = elsewhere / INSIDE[4]
    own.write_bytes(own.read_bytes() + b"# min\n")
    with pytest.raises(DataError, match=f"Inget är ändrat. Enhetsfilen är en annan: {KEY}"):
        receive(tmp_path / "1.zip", elsewhere)
    received = receive(tmp_path / "1.zip", elsewhere, replace=True)
    assert received.settings == (KEY,) and f"Enhetsfilen var en annan och är ersatt: {KEY}." in str(received)
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row("A1")])
    intake(unit, project)
    handover(project, [KEY], tmp_path / "2.zip")
    with pytest.raises(DataError) as error:
        receive(tmp_path / "2.zip", elsewhere)
    assert "Enhetsfilen" not in str(error.value)
    received = receive(tmp_path / "2.zip", elsewhere, replace=True)
    assert received.replaced == (KEY,) and received.settings == () and "Enhetsfilen" not in str(received)


# What people have typed


def test_of_warnings_and_of_all_that_reports_do_not_need_nothing_is_handed_over(project, unit, elsewhere, tmp_path):
    found = store.load(project, unit)
    quoted = ["kolumner lästes inte: «Kontakt Anna Andersson»", "«Bo Ek, rad 2»"]
    files_read = [file | {"note": "Anna"} for file in found.about["files"]]
    about = found.about | {"warnings": quoted, "note": "Bo Ek", "files": files_read}
    store.save(project, unit, replace(found, about=about))
    made = handover(project, [KEY], tmp_path / "1.zip")
    packed = zipfile.ZipFile(tmp_path / "1.zip")
    assert not any(name in packed.read(INSIDE[1]).decode() for name in ("Anna", "Bo Ek", "Kontakt"))
    assert made.units[0].warnings == 2 and "som inte följer med: 2" in str(made)
    receive(tmp_path / "1.zip", elsewhere)
    again = handover(elsewhere, [KEY], tmp_path / "2.zip")  # handed on: still as many
    assert again.units == made.units
    assert isu.cohort(KEY, 2024, project=elsewhere).about["warnings"] == [
        "Inläsningen gav 2 anmärkningar, som visas där filerna lästes in."
    ]
    assert store.load(project, unit).about == about


TYPED = small.SETTINGS.replace(
    "    background:\n",
    "    intervention: {column: Given insats}\n    reason: {column: Skäl, values: {Oro: worry}}\n    team: Grupp\n"
    "    background:\n      home: {column: Boende, label: Bor}\n"
    "      sex: {column: Kön, label: Kön, values: {Kvinna: woman, Man: man}}\n",
)


def typed(project, **columns):
    """Stored tables, as an earlier version may have made them: the columns' texts over again for 14 cases."""
    unit = small.unit(project, TYPED)
    more = ["Given insats", "Skäl", "Grupp", "Boende", "Kön"]
    rows = [[*row(f"A{n}"), "Samtal", "Oro", None, None, "Man"] for n in range(14)]
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), rows, headings=[*small.HEADINGS, *more])
    intake(unit, project)
    found = store.load(project, unit)
    episodes = found.episodes.copy()
    for name, texts in columns.items():
        episodes[name] = [texts[n % len(texts)] for n in range(14)]
    store.save(project, unit, replace(found, episodes=episodes))
    return unit


def test_texts_that_the_unit_file_does_not_list_are_counted_and_told(project, elsewhere, tmp_path):
    interventions = ["Samtal", "Grupp", "Stöd"]
    unit = typed(project, intervention=interventions, reason=["worry", "Bo"], team=[None], home=["Hos mor", None])
    made = handover(project, [KEY], tmp_path / "1.zip")
    assert made.units[0].free_text == {"insats": 3, "orsak": 1, "Bor": 1}
    assert "fritext kan finnas i: insats (3 olika texter), orsak (1 text), Bor (1 text)" in str(made)
    assert not any(text in str(made) for text in ("Hos mor", "Stöd", "inga namn"))
    assert "kan säga vem det gäller" in str(made)
    assert json.loads(zipfile.ZipFile(tmp_path / "1.zip").read("innehall.json"))["units"][0]["free_text"]["insats"] == 3
    assert receive(tmp_path / "1.zip", elsewhere).units == made.units
    assert free_texts(unit, store.load(project, unit))["insats"] == {"Samtal", "Grupp", "Stöd"}


def test_where_every_text_is_listed_no_free_text_is_told(project, unit, tmp_path):
    made = handover(project, [KEY], tmp_path / "1.zip")
    assert made.units[0].free_text == {} and "ritext" not in str(made)


def test_names_of_needs_are_free_text_but_pseudonyms_of_goals_are_not(project, unit):
    found = store.load(project, unit)
    rows = found.measurements.assign(item=["Anna" if n else "Bo" for n in range(len(found.measurements))])
    assert free_texts(unit, replace(found, measurements=rows)) == {}
    need = unit.used_measures["laget"].model_copy(update={"kind": "need"})
    unit = unit.model_copy(update={"local_measures": (need,)})
    assert free_texts(unit, replace(found, measurements=rows))["behov"] == {
        "Anna"
    }  # the first row is of another measure
    source = unit.sources[0]
    named = tuple(column.model_copy(update={"item": "Anna"}) for column in source.measurements)
    unit = unit.model_copy(update={"sources": (source.model_copy(update={"measurements": named}),)})
    assert free_texts(unit, replace(found, measurements=rows)) == {}


@pytest.mark.parametrize("column", ["intervention", "reason", "team", "home"])
@pytest.mark.parametrize("text", ["640823-3234", "Hos mor (640823-3234), helg", "ring anna.ek@example.se"])
def test_a_text_that_names_somebody_is_not_packed_and_not_shown(project, tmp_path, column, text):
    typed(project, **{column: ["Samtal", text]})
    label = {"intervention": "insats", "reason": "orsak", "team": "team", "home": "Bor"}[column]
    with pytest.raises(DataError, match=f"står i «{label}». Inget är packat") as error:
        handover(project, [KEY], tmp_path / "1.zip")
    said = small.everything_said(error.value)
    assert "3234" not in said and "anna" not in said and not (tmp_path / "1.zip").exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("196408233234", True), ("pnr:6408233234.", True), ("mor640823-3234b", True), ("19640823 - 3234", True),
        ("６４０８２３－３２３４", True), ("640823\u00a03234", True), ("640823–3234", True), ("x 19640823-T123 y", True),
        ("a.b@kommun.se", True), ("", False), ("Samtal 2024-01-10", False), ("ärende 202401-0012", False),
        ("556036-0793", False), ("tel 08-123 45 67", False), ("grupp @ torget", False), ("F10.0", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_persons_number_or_address(text, names):
    assert names_somebody(text) == names
