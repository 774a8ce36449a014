"""The collection check from raw files to the list: who is on it, where it lies, and that nobody is named elsewhere."""

import datetime as dt
import logging
import os
import stat
import zipfile
from argparse import Namespace
from pathlib import Path

import openpyxl
import pytest
import small_project as small

from isu_analysis import files
from isu_analysis.cli import commands, main
from isu_analysis.custody import handover, purge
from isu_analysis.errors import SettingsError
from isu_analysis.intake import intake
from isu_analysis.reporting import collection
from isu_analysis.reporting.collection import collect_named
from isu_analysis.reporting.collection_file import FILE, collection_path

KEY, DAY = "a-kommun/oppenvard", "2024-06-20"
RAW = "ärenden 2024.csv"
PERSON = "19121212-1212"  # one of the Swedish Tax Agency's published test numbers
SECRETS = ("HEMLIGT-17", "HEMLIGT-18", "19121212", "=1+1")
FEW = ("A1", dt.date(2024, 6, 1), 12, None), ("A2", dt.date(2024, 5, 10), 12, 5)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_KEY_FILE", raising=False)
    return small.project(tmp_path)


def write(project, *cases, text=small.AS_CSV, read_in=True):
    """Write cases (number, end, start value, end value) and read them in."""
    unit = small.unit(project, text)
    rows = [small.row(number, slut=end, före=before, efter=after) for number, end, before, after in cases]
    small.text(small.raw(project, RAW), rows)
    if read_in:
        intake(unit, project)
    return unit


def sheets(project):
    """Every sheet of the list as rows of what a reader sees."""
    book = openpyxl.load_workbook(collection_path(project, KEY))
    return {sheet.title: [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)] for sheet in book}  # fmt: skip


def listed(project):
    """The rows below the headings of the first sheet."""
    rows = sheets(project)["Att mäta"]
    heads = [place for place, row in enumerate(rows) if row and row[0] == "Ärende"]
    return rows[heads[0] + 1 :] if heads else []


def table(project, first, sheet="Vad det betyder"):
    rows = sheets(project)[sheet]
    at = next(place for place, row in enumerate(rows) if row and row[0] == first)
    return [dict(zip(rows[at], row, strict=False)) for row in rows[at + 1 :]]


def run(project, as_of=DAY, names=()):
    lines = []
    failed = collect_named(project, names, as_of, lines.append)
    return lines, failed


def test_the_list_says_whom_to_measure_and_what_it_means(project):
    write(project, ("A1", dt.date(2024, 6, 1), 12, None), ("A2", dt.date(2024, 5, 10), 12, None), ("A3", dt.date(2024, 5, 10), 12, 5),
          ("A4", dt.date(2024, 2, 1), 12, None), ("A5", dt.date(2024, 6, 10), "Nej", None), ("A6", dt.date(2024, 9, 1), 12, None))  # fmt: skip
    lines, failed = run(project)
    assert failed == []
    assert lines == [
        "Öppenvården: 1 att mäta nu, 1 försenad. Utan åtgärd blir 2024 års andel med både start och slut "
        "1 av 6 (17\u00a0%); med listan 3 av 6 (50\u00a0%)."
    ]
    assert listed(project) == [
        ["A2", "avslut", "CORE-OM", "klienten", dt.datetime(2024, 5, 10), dt.datetime(2024, 7, 10), "försenad", "ja"],
        ["A1", "avslut", "CORE-OM", "klienten", dt.datetime(2024, 6, 1), dt.datetime(2024, 8, 1), "nu", "ja"],
    ]
    core = table(project, "År")[0]
    assert core["Utfall"] == "CORE-OM (huvudutfallet)" and core["Vad som räknas"] == "både nybesök och avslut"
    shares = [core[name] for name in ("I dag", "Utan åtgärd", "Om listan görs", "Som bäst")]
    assert shares == ["1 av 5 (20\u00a0%)", "1 av 6 (17\u00a0%)", "3 av 6 (50\u00a0%)", "4 av 6 (67\u00a0%)"]
    standing = {(row["Mättillfälle"], row["Vad"]): row for row in table(project, "Mättillfälle") if "Mätta" in row}
    end = standing["avslut", "CORE-OM"]
    assert [end[name] for name in ("Mätta", "Inte dags än", "Att mäta nu", "Försenade", "För sent", "Frågas inte")] == [1, 1, 1, 1, 1, 1]  # fmt: skip


def test_the_list_is_only_its_owners_and_lies_with_the_protected_data(project):
    write(project, *FEW)
    before = set(small.tree(project))
    old = os.umask(0o000)
    try:
        run(project)
    finally:
        os.umask(old)
    path = project / "data_processed" / "a-kommun" / "oppenvard" / FILE
    assert {str(name) for name in set(small.tree(project)) - before} == {path.relative_to(project).as_posix()}
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_list_says_that_it_is_secret_how_new_it_is_and_that_data_are_invented(project):
    write(project, *FEW)
    run(project)
    head = [row[0] for row in sheets(project)["Att mäta"][:4]]
    assert head[0] == "Öppenvården: att mäta 2024-06-20"
    assert "sekretessbelagda uppgifter" in head[1] and head[2].endswith(
        "det senaste datumet i uppgifterna är 2024-06-01."
    )
    assert "Påhittade" not in str(sheets(project))
    write(project, *FEW, text=small.AS_CSV.replace("purpose:", "invented: true\npurpose:"))
    run(project)
    assert all("Påhittade uppgifter" in str(rows) and "sekretess" in str(rows) for rows in sheets(project).values())
    write(project, *FEW[:1], text=small.AS_CSV, read_in=False)
    lines, _ = run(project)
    assert "Råfilerna har ändrats sedan inläsningen" in str(sheets(project)) and "Råfilerna är nyare" in lines[0]


def test_headings_stay_in_sight_and_columns_are_wide_enough(project):
    write(project, *FEW)
    run(project)
    sheet = openpyxl.load_workbook(collection_path(project, KEY))["Att mäta"]
    head = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "Ärende")
    assert sheet.freeze_panes == f"B{head + 1}" and sheet.auto_filter.ref.startswith(f"A{head}:")
    for column in range(1, 10):
        texts = [str(sheet.cell(row, column).value or "") for row in range(head, sheet.max_row + 1)]
        width = sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width
        assert width >= max(min(len(text), 12) for text in texts)


@pytest.mark.parametrize("number", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(A1)"])
def test_a_case_number_is_never_a_formula(project, number):
    write(project, (number, dt.date(2024, 6, 1), 12, None))
    run(project)
    cell = openpyxl.load_workbook(collection_path(project, KEY))["Att mäta"]
    found = next(row[0] for row in cell.iter_rows() if row[0].value == number)
    assert found.data_type == "s" and found.quotePrefix == (number[0] in "=+-@")
    with zipfile.ZipFile(collection_path(project, KEY)) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())


def test_a_number_that_looks_like_the_formats_own_code_for_a_sign_stays_as_it_is(project):
    write(project, ("_x0041_", dt.date(2024, 6, 1), 12, None))
    run(project)
    with zipfile.ZipFile(collection_path(project, KEY)) as book:
        assert any(b"_x005F_x0041_" in book.read(name) for name in book.namelist())


def test_when_nobody_is_due_the_list_says_so_and_the_names_of_before_are_gone(project):
    write(project, *FEW)
    run(project)
    assert [row[0] for row in listed(project)] == ["A1"]
    lines, failed = run(project, "2024-12-31")
    assert not failed and lines[0].startswith("Öppenvården: ingen att mäta just nu. Utan åtgärd blir 2024 års andel")
    assert (
        listed(project) == [] and "Ingen att mäta just nu." in str(sheets(project)) and "A1" not in str(sheets(project))
    )


def test_in_january_the_year_before_is_told_as_long_as_the_list_can_change_it(project):
    write(project, ("A1", dt.date(2024, 12, 20), 12, None), ("A2", dt.date(2024, 11, 30), 12, 5))
    lines, _ = run(project, "2025-01-10")
    assert lines == ["Öppenvården: 1 att mäta nu. Utan åtgärd blir 2024 års andel med både start och slut 1 av 2 (50\u00a0%); med listan 2 av 2 (100\u00a0%)."]  # fmt: skip
    assert run(project, "2025-06-10")[0] == ["Öppenvården: ingen att mäta just nu."]
    assert "För 2025 finns ingen andel att räkna ut." in str(sheets(project))


def test_a_unit_where_nobody_can_be_named_is_told_so(project):
    columns = small.AS_CSV.replace("occasion: start", "occasion: start, mode: register")
    write(project, *FEW, text=columns.replace("occasion: end", "occasion: end, mode: register"))
    lines, failed = run(project)
    assert not failed and lines[0].startswith(f"Öppenvården: ingen kan pekas ut, se {FILE}.")
    assert "Ingen kan pekas ut" in str(sheets(project)["Att mäta"])
    assert "hämtas ur register; ingen behöver frågas." in str(sheets(project)["Vad det betyder"])


def test_who_is_gone_from_the_raw_files_is_counted_and_not_in_the_forecast_of_the_list(project):
    write(project, ("A1", dt.date(2024, 6, 1), 12, None), ("A2", dt.date(2024, 6, 2), 12, None))
    write(project, ("A2", dt.date(2024, 6, 2), 12, None), read_in=False)
    lines, _ = run(project)
    assert "1 att mäta nu." in lines[0] and "med listan 1 av 2" in lines[0]
    assert "1 ärende att mäta finns inte längre i råfilerna" in lines[0]
    assert [row[0] for row in listed(project)] == ["A2"]


def test_people_with_a_protected_identity_are_counted_and_never_on_the_list(project):
    text = small.AS_CSV.replace("    ending:\n", "    protected: {column: Anteckning, values: {Ja: protected}}\n    ending:\n")  # fmt: skip
    unit = small.unit(project, text)
    rows = [small.row("HEMLIGT-17", efter=None, slut=dt.date(2024, 6, 1), anteckning="Ja"), small.row("A2", efter=None, slut=dt.date(2024, 6, 1))]  # fmt: skip
    small.text(small.raw(project, RAW), rows)
    intake(unit, project)
    run(project)
    assert [row[0] for row in listed(project)] == ["A2"] and "HEMLIGT" not in str(sheets(project))
    end = next(row for row in table(project, "Mättillfälle") if row["Mättillfälle"] == "avslut")
    assert end["Kan inte bedömas"] == 1
    small.text(
        small.raw(project, RAW), [rows[0], small.row("A2", efter=None, slut=dt.date(2024, 6, 1), anteckning="Ja")]
    )
    lines, _ = run(project)  # protected since the data were read in
    assert listed(project) == [] and "1 ärende har fått skyddade personuppgifter" in lines[0]
    assert "A2" not in str(sheets(project))


def test_a_person_number_is_the_place_of_its_row(project):
    write(project, (PERSON, dt.date(2024, 6, 1), 12, None))
    run(project)
    assert [row[0] for row in listed(project)] == [f"rad 2 i {RAW}"]
    assert "1212" not in str(sheets(project)).replace("2024-12-12", "")


@pytest.mark.parametrize("spoiled", [b"HEMLIGT-17;=1+1", None])
def test_a_list_that_cannot_be_made_anew_is_removed_and_the_reason_told(project, spoiled):
    write(project, ("HEMLIGT-17", dt.date(2024, 6, 1), 12, None))
    run(project)
    assert collection_path(project, KEY).exists()
    small.raw(project, RAW).unlink() if spoiled is None else files.write(small.raw(project, RAW), spoiled)
    lines, failed = run(project)
    assert lines == [] and not collection_path(project, KEY).exists()
    assert (
        "råfilerna går inte att läsa" in failed[0].reason
        and "Den tidigare listan (insamling.xlsx) är borttagen" in failed[0].reason
    )
    assert "HEMLIGT" not in str(failed)


def test_a_broken_unit_file_also_takes_the_list_with_it(project):
    write(project, *FEW)
    run(project)
    (project / "parameters" / f"{KEY}.yml").write_text("nonsens: ja\n", encoding="utf-8")
    _, failed = run(project)
    assert len(failed) == 1 and "borttagen" in failed[0].reason and not collection_path(project, KEY).exists()


def test_an_unforeseen_error_is_told_by_its_kind_only(project, monkeypatch):
    write(project, ("HEMLIGT-17", dt.date(2024, 6, 1), 12, None))
    run(project)
    monkeypatch.setattr(collection, "workbook", lambda found: {}["HEMLIGT-17"])
    lines, failed = run(project)
    assert lines == [] and failed[0].reason.startswith("oväntat fel (KeyError).") and "HEMLIGT" not in str(failed)
    assert not collection_path(project, KEY).exists()


def test_a_list_that_is_open_on_windows_is_told_to_be_old(project, monkeypatch):
    write(project, *FEW)
    run(project)
    held = collection_path(project, KEY).read_bytes()
    locked = lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "open"))  # noqa: E731
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(Path, "replace", locked)
    monkeypatch.setattr(Path, "unlink", locked)
    _, failed = run(project)
    assert "Stäng filen och kör igen" in failed[0].reason and "är gammal och gick inte att ta bort" in failed[0].reason
    assert collection_path(project, KEY).read_bytes() == held


def test_what_is_wrong_with_one_unit_stops_no_other(project):
    write(project, *FEW)
    text = (project / "parameters" / f"{KEY}.yml").read_text(encoding="utf-8")
    (project / "parameters" / "a-kommun" / "aldrig.yml").write_text(text, encoding="utf-8")
    folder = project / "data_raw" / "a-kommun" / "aldrig"
    folder.mkdir()
    small.text(folder / RAW, [small.row("A9")])
    lines, failed = run(project)
    assert [one.unit_key for one in failed] == ["a-kommun/aldrig"] and "Kör «isu intake a-kommun/aldrig» först" in str(
        failed
    )
    assert len(lines) == 1 and listed(project)


def test_no_number_is_anywhere_but_in_the_list(project, capsys, caplog, monkeypatch):
    cases = [("HEMLIGT-17", dt.date(2024, 6, 1), 12, None), ("=1+1", dt.date(2024, 5, 1), 12, None), (PERSON, dt.date(2024, 6, 2), 12, None)]  # fmt: skip
    unit = write(project, *cases)
    before = small.tree(project)
    found = collection.collect(unit, project, dt.date(2024, 6, 20))
    monkeypatch.setenv("ISU_PROJECT", str(project))
    with caplog.at_level(logging.DEBUG):
        assert main(["collect", "--as-of", DAY]) == 0
    said = "".join(capsys.readouterr()) + caplog.text + repr(found) + str(found) + repr(found.due) + repr(found.numbers)
    assert not [one for one in SECRETS if one in said]
    assert [row[0] for row in listed(project)] == ["=1+1", "HEMLIGT-17", f"rad 4 i {RAW}"]
    new = {name for name, data in small.tree(project).items() if before.get(name) != data}
    assert new == {f"data_processed/{KEY}/{FILE}"} and not (project / "reports").exists()


def test_a_handover_leaves_the_list_behind_and_a_purge_removes_it(project, tmp_path):
    write(project, ("HEMLIGT-17", dt.date(2024, 6, 1), 12, None))
    run(project)
    handover(project, [KEY], tmp_path / "över.zip")
    with zipfile.ZipFile(tmp_path / "över.zip") as packed:
        assert not [name for name in packed.namelist() if FILE in name]
        assert not any(b"HEMLIGT" in packed.read(name) for name in packed.namelist())
    assert purge(project, dt.date(2020, 1, 1)).units[0].collections == 0  # nothing is that old
    assert "1 insamlingslista" in str(purge(project, dt.date(2026, 1, 1), dry_run=True))
    assert collection_path(project, KEY).exists()
    purge(project, dt.date(2026, 1, 1))
    assert not collection_path(project, KEY).exists()


@pytest.mark.parametrize("as_of", ["20240620", "2024-W25-4", "i dag", "", "2024-02-30"])
def test_a_day_that_is_none_is_refused_before_anything_is_touched(project, as_of):
    write(project, *FEW)
    run(project)
    with pytest.raises(SettingsError, match="ska vara ett datum"):
        collect_named(project, [], as_of)
    assert collection_path(project, KEY).exists()


def test_today_is_asked_for_at_the_outermost_edge_only(project, capsys):
    write(project, *FEW)
    options = Namespace(as_of="idag", units=[])
    assert commands.collect(options, project, today=lambda: dt.date(2024, 6, 20)) == 0
    assert sheets(project)["Att mäta"][0] == ["Öppenvården: att mäta 2024-06-20"]
    assert (
        capsys.readouterr().out.splitlines()[-1]
        == f"Klart. Listorna heter {FILE} och ligger i enheternas mappar i data_processed/."
    )


def test_the_command_refuses_a_day_it_cannot_read(project, capsys, monkeypatch):
    monkeypatch.setenv("ISU_PROJECT", str(project))
    for words in (["collect"], ["collect", "--as-of", "i går"]):
        with pytest.raises(SystemExit) as stopped:
            main(words)
        assert stopped.value.code == 2
    assert "«i går» är inte ett datum" in capsys.readouterr().err
