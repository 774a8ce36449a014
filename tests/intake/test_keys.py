import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import small_project as small
from small_project import row

from isu_analysis import files
from isu_analysis.cohorts import cohort
from isu_analysis.errors import DataError
from isu_analysis.intake import intake, keys, pseudonyms, store
from isu_analysis.intake.pseudonyms import Key, load_key, owner_only, read_key, write_key

posix = pytest.mark.skipif(os.name != "posix", reason="mode bits mean nothing on Windows")
NAME = "pseudonymnyckel"
OTHER = "3a" * 32


class Windows:
    name = "nt"
    environ = os.environ


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def place(project):
    return project / ".isu" / NAME


def read_in(project, *rows):
    unit = small.unit(project)
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), rows or [row(f"A{n}") for n in range(12)])
    return unit, intake(unit, project)


# Who may read it


@posix
@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602, 0o610, 0o666, 0o777])
def test_a_key_that_others_can_read_is_refused_and_kept(project, bits):
    load_key(project, create=True)
    before = place(project).read_bytes()
    place(project).chmod(bits)
    for create in (True, False):
        with pytest.raises(DataError, match=r"kan läsas av andra än ägaren.*chmod 600 pseudonymnyckel") as error:
            load_key(project, create=create)
        assert str(project) not in str(error.value) and before.decode() not in str(error.value)
    assert place(project).read_bytes() == before and mode(place(project)) == bits
    place(project).chmod(0o600)
    assert load_key(project).secret.hex() == before.decode()


@posix
def test_the_key_is_never_readable_by_others_not_even_while_it_is_written(project, monkeypatch):
    seen = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda self, to: (seen.append(mode(self)), replace(self, to))[1])
    before = os.umask(0o000)
    try:
        load_key(project, create=True)
        assert seen == [0o600] and mode(place(project)) == 0o600 and mode(place(project).parent) == 0o700
        with owner_only():
            pass
        files.write(project / "annat.txt", b"x")
        assert mode(project / "annat.txt") == 0o666  # and nothing else is changed by it
    finally:
        os.umask(before)


def test_on_windows_no_bits_are_set_or_judged_but_the_user_is_told_where_to_look(project, monkeypatch):
    monkeypatch.setattr(Path, "chmod", lambda *_: pytest.fail("mode bits were set"))
    monkeypatch.setattr(pseudonyms, "os", Windows)
    monkeypatch.setattr(keys, "os", Windows)
    assert keys.folder_advice(project) is None  # no key yet, nothing to look after
    key = load_key(project, create=True)
    assert load_key(project) == key
    assert "mappen .isu" in keys.folder_advice(project) and str(project) not in keys.folder_advice(project)


@posix
def test_where_mode_bits_count_there_is_no_advice(project):
    load_key(project, create=True)
    assert keys.folder_advice(project) is None


# Backup


def test_a_backup_is_the_same_key_and_as_secret(project, tmp_path):
    key = load_key(project, create=True)
    (tmp_path / "usb").mkdir()
    said = [
        keys.back_up_key(project, to) for to in (tmp_path / "usb", tmp_path / "ny mapp" / "kopia", tmp_path / "usb")
    ]
    assert [backup.name for backup in said] == [NAME, "kopia", NAME]
    for copy in (tmp_path / "usb" / NAME, tmp_path / "ny mapp" / "kopia"):
        assert read_key(copy) == key
        assert os.name != "posix" or mode(copy) == 0o600
    assert key.fingerprint in str(said[0]) and key.secret.hex() not in f"{said}{said[0]}"


def test_a_backup_brings_the_key_back(project, tmp_path):
    unit, first = read_in(project)
    keys.back_up_key(project, tmp_path / "kopia")
    place(project).unlink()
    shutil.copy(tmp_path / "kopia", place(project))
    assert intake(unit, project).episodes.equals(first.episodes)


def test_no_backup_is_made_inside_the_project_or_over_another_key(project, tmp_path):
    with pytest.raises(DataError, match="saknas"):
        keys.back_up_key(project, tmp_path / "kopia")
    load_key(project, create=True)
    for inside in (project, project / "kopia", project / ".isu", project / "parameters" / ".." / "kopia"):
        with pytest.raises(DataError, match="ska inte ligga i projektmappen"):
            keys.back_up_key(project, inside)
    write_key(tmp_path / "kopia", Key(bytes.fromhex(OTHER)))
    with pytest.raises(DataError, match="redan en annan nyckel"):
        keys.back_up_key(project, tmp_path / "kopia")
    assert read_key(tmp_path / "kopia").secret.hex() == OTHER
    (tmp_path / "brev.txt").write_text("hej", encoding="utf-8")
    with pytest.raises(DataError, match="ingen giltig pseudonymnyckel"):
        keys.back_up_key(project, tmp_path / "brev.txt")
    assert (tmp_path / "brev.txt").read_text(encoding="utf-8") == "hej"


# Change


def test_a_change_keeps_the_old_key_and_says_what_to_read_in_again(project):
    unit, first = read_in(project)
    old = load_key(project)
    change = keys.change_key(project)
    new = load_key(project)
    assert new != old and (change.old, change.new) == (old.fingerprint, new.fingerprint)
    assert read_key(place(project).with_name(change.kept_as)) == old and change.kept_as == f"{NAME}.1"
    assert change.units == keys.to_read_again(project) == (unit.key,)
    assert f"isu intake {unit.key}" in str(change)
    assert old.secret.hex() not in f"{change}{change!r}" and new.secret.hex() not in f"{change}{change!r}"
    assert os.name != "posix" or {mode(path) for path in place(project).parent.iterdir()} == {0o600}
    stored = store.fingerprint(project, unit)
    with pytest.raises(DataError, match=f"nyckeln är bytt. Kör «isu intake {unit.key}»"):
        keys.refuse_retired(project, unit, stored)
    assert keys.is_retired(project, stored) and not keys.is_retired(project, new.fingerprint)
    assert not keys.is_retired(project, None) and not keys.is_retired(project, "00000000")
    shutil.rmtree(store.folder(project, unit))
    second = intake(unit, project)
    keys.refuse_retired(project, unit, store.fingerprint(project, unit))
    assert keys.to_read_again(project) == ()
    assert not set(first.episodes["episode"]) & set(second.episodes["episode"])


def test_keys_are_numbered_and_data_of_any_earlier_key_are_retired(project):
    unit, _ = read_in(project)
    first = load_key(project).fingerprint
    changes = [keys.change_key(project) for _ in range(3)]
    assert [change.kept_as for change in changes] == [f"{NAME}.1", f"{NAME}.2", f"{NAME}.3"]
    assert keys.retired(project) == {first, changes[1].old, changes[2].old} and len(keys.retired(project)) == 3
    assert changes[2].units == (unit.key,)


@pytest.mark.parametrize("fails_at", [1, 2])
def test_an_interrupted_change_leaves_the_old_key_in_use(project, monkeypatch, fails_at):
    unit, first = read_in(project)
    old, real, calls = load_key(project), pseudonyms.files.write, []

    def interrupted(path, data):
        calls.append(path)
        if len(calls) == fails_at:
            raise files.WriteError("disken är full")
        real(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(pseudonyms.files, "write", interrupted)
        with pytest.raises(files.WriteError):
            keys.change_key(project)
    assert load_key(project) == old and keys.retired(project) == frozenset() and keys.to_read_again(project) == ()
    assert intake(unit, project).episodes.equals(first.episodes)
    assert keys.change_key(project).kept_as == f"{NAME}.1"  # the copy already made is used, not made twice
    assert len(list(place(project).parent.iterdir())) == 2


def test_no_change_while_raw_files_are_missing(project):
    unit, _ = read_in(project)
    before = small.tree(project)
    small.raw(project, "ärenden 2024.xlsx").rename(project / "undan.xlsx")
    with pytest.raises(DataError, match=f"Nyckeln är inte bytt: råfiler saknas för {unit.key}"):
        keys.change_key(project)
    (project / "undan.xlsx").rename(small.raw(project, "ärenden 2024.xlsx"))
    assert small.tree(project) == before


def test_what_came_of_a_query_needs_no_raw_file(project):
    unit, processed = read_in(project)
    asked = processed.about | {"files": [{"file": "fråga till datalagret", "rows": 12}]}
    store.save(project, unit, replace(processed, about=asked))
    small.raw(project, "ärenden 2024.xlsx").unlink()
    assert keys.change_key(project).units == (unit.key,)


def test_a_change_without_key_or_data(project):
    with pytest.raises(DataError, match="saknas"):
        keys.change_key(project)
    load_key(project, create=True)
    assert "Ingen enhet behöver läsas in igen" in str(keys.change_key(project))


def test_all_of_it_follows_the_place_named_in_the_environment(project, tmp_path, monkeypatch):
    elsewhere = tmp_path / "låst" / "nyckel [1].txt"
    monkeypatch.setenv("ISU_KEY_FILE", str(elsewhere))
    read_in(project)
    change = keys.change_key(project)
    assert sorted(path.name for path in elsewhere.parent.iterdir()) == ["nyckel [1].txt", "nyckel [1].txt.1"]
    assert keys.to_read_again(project) == change.units and not (project / ".isu").exists()
    keys.back_up_key(project, tmp_path / "kopia")
    assert read_key(tmp_path / "kopia") == load_key(project)


# Loss


def test_without_the_key_old_tables_still_give_results_and_a_new_intake_is_refused(project):
    unit, processed = read_in(project)
    shutil.rmtree(project / ".isu")
    assert len(cohort(unit, 2024, project=project).episodes) == 12
    keys.refuse_retired(project, unit, processed.about["key_fingerprint"])  # not changed, lost: the tables are good
    before = small.tree(store.folder(project, unit))
    with pytest.raises(DataError, match="annan pseudonymnyckel"):
        intake(unit, project)
    assert small.tree(store.folder(project, unit)) == before
    assert len(cohort(unit, 2024, project=project).episodes) == 12
    assert keys.to_read_again(project) == ()


def test_a_lost_key_is_not_replaced_by_a_new_one(project):
    unit, processed = read_in(project)
    stored = processed.about["key_fingerprint"]
    shutil.rmtree(project / ".isu")
    with pytest.raises(DataError, match=r"annan pseudonymnyckel\. Lägg tillbaka nyckeln från säkerhetskopian"):
        keys.key_for_intake(project, unit, stored)
    assert not (project / ".isu").exists()
    made = keys.key_for_intake(project, unit, None)  # nothing stored: the first intake
    assert load_key(project) == made == keys.key_for_intake(project, unit, made.fingerprint)
    with pytest.raises(DataError, match="inlästa med en annan pseudonymnyckel"):
        keys.key_for_intake(project, unit, stored)


def test_after_a_change_the_units_concerned_may_be_read_in_again(project):
    unit, processed = read_in(project)
    keys.change_key(project)
    assert keys.key_for_intake(project, unit, processed.about["key_fingerprint"]) == load_key(project)
    with pytest.raises(DataError, match="annan pseudonymnyckel"):
        keys.key_for_intake(project, unit, "00000000")
