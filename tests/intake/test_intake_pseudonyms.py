import os
import re
import stat
import unicodedata
from pathlib import Path

import pytest
import small_project as small
from small_project import row

from isu_analysis.errors import DataError
from isu_analysis.intake import intake
from isu_analysis.intake import pseudonyms as keys
from isu_analysis.intake.pseudonyms import Key, load_key

KEY, OTHER = Key(bytes(range(32))), Key(bytes(32))


def test_the_same_case_has_the_same_pseudonym_and_it_looks_like_nothing():
    one = KEY.pseudonym("a", "episode", "17")
    assert one == KEY.pseudonym("a", "episode", "17")
    assert re.fullmatch(r"[a-z2-7]{24}", one)
    assert "17" not in one or KEY.pseudonym("a", "episode", "987654321").find("987654321") == -1


def test_another_municipality_key_kind_or_case_gives_another():
    given = [("a", "episode", "17"), ("b", "episode", "17"), ("a", "client", "17"), ("a", "episode", "18"),
             ("a", "episode", "017"), ("a", "episod", "e17"), ("ae", "pisode", "17")]  # fmt: skip
    made = [key.pseudonym(*parts) for key in (KEY, OTHER) for parts in given]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("written", [" AB-1", "ab-1 ", "Ab-1", "\uff21b-1"])
def test_space_case_and_width_do_not_make_another_person(written):
    assert KEY.pseudonym("a", "episode", written) == KEY.pseudonym("a", "episode", "AB-1")


def test_composed_and_decomposed_letters_are_one_person():
    written = unicodedata.normalize("NFD", "Åsa")
    assert written != "Åsa"
    assert KEY.pseudonym("a", "episode", written) == KEY.pseudonym("a", "episode", "åsa")


def test_neither_repr_nor_message_shows_the_secret(tmp_path):
    assert repr(KEY) == f"Key(fingerprint='{KEY.fingerprint}')"
    assert KEY.secret.hex()[:8] not in repr(KEY) and KEY.fingerprint not in KEY.secret.hex()
    assert f"{KEY}" == str([KEY])[1:-1] == repr(KEY)
    with pytest.raises(DataError) as error:
        load_key(tmp_path)
    assert "saknas" in str(error.value) and str(tmp_path) not in str(error.value)


def test_the_key_is_made_once_and_only_when_asked(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_KEY_FILE", raising=False)
    with pytest.raises(DataError, match="skapas vid den första inläsningen"):
        load_key(tmp_path)
    assert not list(tmp_path.iterdir())
    first = load_key(tmp_path, create=True)
    written = (tmp_path / ".isu" / "pseudonymnyckel").read_bytes()
    assert load_key(tmp_path, create=True) == load_key(tmp_path) == first
    assert (tmp_path / ".isu" / "pseudonymnyckel").read_bytes() == written == first.secret.hex().encode()
    assert load_key(tmp_path / "annan", create=True) != first


@pytest.mark.skipif(os.name != "posix", reason="mode bits mean nothing on Windows")
def test_only_the_owner_may_read_the_key(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_KEY_FILE", raising=False)
    load_key(tmp_path, create=True)
    assert stat.S_IMODE((tmp_path / ".isu" / "pseudonymnyckel").stat().st_mode) == 0o600


def test_on_windows_no_mode_bits_are_set(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_KEY_FILE", raising=False)
    monkeypatch.setattr(Path, "chmod", lambda *_: pytest.fail("mode bits were set"))

    class Windows:
        name = "nt"
        environ = os.environ

    monkeypatch.setattr(keys, "os", Windows)
    assert load_key(tmp_path, create=True) == load_key(tmp_path)


def test_the_key_may_lie_elsewhere(tmp_path, monkeypatch):
    place = tmp_path / "säkert ställe" / "nyckel.txt"
    monkeypatch.setenv("ISU_KEY_FILE", str(place))
    key = load_key(tmp_path / "projekt", create=True)
    assert place.is_file() and not (tmp_path / "projekt").exists()
    place.write_text(f"\n{key.secret.hex().upper()}\r\n", encoding="ascii")
    assert load_key(tmp_path) == key


@pytest.mark.parametrize(
    "content", [b"", b"abc", b"zz" * 32, b"ab" * 31, b"ab" * 33, "ä".encode() * 32, b"\xff\xfe" + b"a\0" * 64]
)
def test_a_file_that_holds_no_key_is_refused_and_kept(tmp_path, monkeypatch, content):
    monkeypatch.setenv("ISU_KEY_FILE", str(tmp_path / "nyckel"))
    (tmp_path / "nyckel").write_bytes(content)
    for create in (True, False):
        with pytest.raises(DataError, match="Filen nyckel innehåller ingen giltig pseudonymnyckel"):
            load_key(tmp_path, create=create)
    assert (tmp_path / "nyckel").read_bytes() == content


def test_a_folder_in_the_place_of_the_key_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ISU_KEY_FILE", str(tmp_path))
    with pytest.raises(DataError, match="ingen giltig pseudonymnyckel"):
        load_key(tmp_path, create=True)


def test_one_person_is_one_pseudonym_over_years_and_forms(project):
    unit = small.unit(project, small.FORMS)
    empty = {"före": None, "efter": None, "läge": None}
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row(17, **empty), row("Åb 2", **empty)])
    forms = [["17 ", "2024-01-10", "Nybesök", 20], [17.0, "2024-06-01", "Avslut", 10],
             [unicodedata.normalize("NFD", "åB\u00a02"), "2024-06-01", "Avslut", 10]]  # fmt: skip
    small.xlsx(small.raw(project, "skattningar 2023.xlsx"), forms[:1], small.FORM_HEADINGS)
    small.xlsx(small.raw(project, "skattningar 2024.xlsx"), forms[1:], small.FORM_HEADINGS)
    processed = intake(unit, project)
    measured = processed.measurements.query("value == value")["episode"]
    first, second = processed.episodes["episode"]
    assert measured.tolist() == [first, first, second]
