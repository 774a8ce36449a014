"""A workbook made from a unit file, filled in as somebody would, passes the unit's own check."""

import csv
import datetime as dt
import io
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import small_project as small

from isu_analysis.errors import IntakeError
from isu_analysis.intake import check, raw_folder
from isu_analysis.measures import measure
from isu_analysis.settings import load_unit, unit_files
from isu_analysis.sketching.template import template

REPOSITORY = Path(__file__).parents[2]
UNITS = [f"{path.parent.name}/{path.stem}" for path in unit_files(REPOSITORY)]
KEY = "a-kommun/oppenvard"
YEAR = 2024
RICH = (
    small.SETTINGS
    + """\
  - file: "skattningar {year}.xlsx"
    rows: form
    sheet: Mätningar
    header_row: 3
    id: Nr
    day: Dag
    occasion: {column: När, values: {Nybesök: start, Avslut: end}}
    missing_reason: {column: Skäl, values: {"Ville inte": declined, "Fick ingen, frågan glömdes": not_asked}}
    measurements:
      - {column: "=CORE", measure: core_om, rater: client, missing: {"99": declined, "Ej ifyllt": not_asked}}
  - file: "skattningar {year}.xlsx"
    rows: measurement
    sheet: Allt
    id: Nr
    occasion: {column: När, values: {Avslut: end}}
    long:
      measure: {column: Mått, values: {CORE: core_om, Läge: laget}}
      value: Värde
      values: {Dåligt: dalig, Bra: bra}
      rater_column: {column: Vem, values: {Klienten: client, Personalen: staff}}
"""
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_KEY_FILE", raising=False)
    return small.project(tmp_path)


@pytest.fixture
def books(project):
    """Give a function from a unit file's text to its workbooks, by the name of the file."""

    def made(settings=small.SETTINGS):
        small.unit(project, settings)
        return {path.stem: openpyxl.load_workbook(path) for path in template(project, KEY)}

    return made


def rules(sheet):
    """Rule of each heading, and the first and last row it is for."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        (area,) = rule.sqref.ranges
        found[sheet.cell(area.min_row - 1, area.min_col).value] = rule
    return found


def choices(book, rule):
    """Texts of a list, whether it stands in the rule or on the hidden sheet."""
    if rule.formula1.startswith('"'):
        return rule.formula1[1:-1].split(",")
    title, area = re.fullmatch(r"'(.+)'!(.+)", rule.formula1).groups()
    return [cell.value for (cell,) in book[title][area.replace("$", "")]]


def fill_in(book, rows=4, leave=()):
    """Fill in the sheets as somebody would who follows the rules and nothing else; lists are gone through in turn."""
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and sheet.data_validations.count:
            for heading, rule in rules(sheet).items():
                (area,) = rule.sqref.ranges
                for place in range(rows) if heading not in leave else ():
                    sheet.cell(area.min_row + place, area.min_col).value = value(book, sheet, area, rule, place)


def value(book, sheet, area, rule, place):
    if rule.type == "list":
        words = choices(book, rule)
        return words[place % len(words)]
    if rule.type in {"whole", "decimal"}:
        return float(rule.formula1) + place % (float(rule.formula2) - float(rule.formula1))
    if rule.type == "date" or "DATE(" in (rule.formula1 or ""):
        return dt.date(YEAR, 6 if ">=" in (rule.formula1 or "") and rule.type == "custom" else 2, 1 + place)
    if rule.type == "custom":
        low = re.search(r">=([-0-9.]+)", rule.formula1)
        return float(low[1]) if low else 1
    return f"00{place + 1}"  # a number that must stay a text


def save_as_intake_wants(project, unit, path, book):
    source = next(
        source for source in unit.sources if f"mall_{source.file.replace('{year}', 'ÅÅÅÅ')}".startswith(path.stem)
    )
    target = raw_folder(project, unit) / source.file.replace("{year}", str(YEAR))
    if target.suffix == ".xlsx":
        book.save(target)
    else:
        target.write_bytes(as_excel_saves_csv(book.worksheets[0]))


def as_excel_saves_csv(sheet):
    """`CSV UTF-8` with Swedish settings: semicolons, decimal commas, dates as they are shown."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    for row in sheet.iter_rows():
        assert not any(
            cell.is_date and sheet.column_dimensions[cell.column_letter].number_format != "yyyy-mm-dd" for cell in row
        )
        writer.writerow(
            [
                "" if c.value is None else c.value.date() if isinstance(c.value, dt.datetime) else shown(c.value)
                for c in row
            ]
        )
    return stream.getvalue().encode("utf-8-sig")


def shown(value):
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else value


@pytest.mark.parametrize("key", UNITS)
def test_every_units_workbooks_pass_its_own_check_when_filled_in(project, key):
    shutil.copytree(REPOSITORY / "parameters", project / "parameters", dirs_exist_ok=True)
    whole = load_unit(key, project)
    # What comes from other systems is not filled in, and has tests of its own.
    unit = whole.model_copy(update={"sources": tuple(s for s in whole.sources if s.file.endswith((".xlsx", ".csv")))})
    if not unit.sources:
        with pytest.raises(IntakeError, match="ingen fil att fylla i"):
            template(project, key)
        return
    reasons = [column.missing_reason for column in (*unit.sources, *(c for s in unit.sources for c in s.measurements))]
    for path in template(project, key):
        book = openpyxl.load_workbook(path)
        fill_in(book, leave={reason.column for reason in reasons if reason})
        save_as_intake_wants(project, unit, path, book)
    processed = check(unit, project)
    assert len(processed.measurements)
    if any(source.rows == "episode" for source in unit.sources):
        assert len(processed.episodes) == 4


def test_a_rich_unit_file_too(project):
    small.unit(project, RICH)
    # The long sheet has two measures: a row says which, and only then what may stand in its value.
    unit = load_unit(KEY, project)
    first, second = template(project, KEY)
    book = openpyxl.load_workbook(first)
    fill_in(book)
    book.save(raw_folder(project, unit) / "ärenden 2024.xlsx")
    book = openpyxl.load_workbook(second)
    assert book.sheetnames == ["Mätningar", "Allt", "Så fyller du i", "Listor"]
    for place, line in enumerate([["001", dt.date(2024, 2, 1), "Nybesök", None, 17.5], ["001", dt.date(2024, 6, 1), "Avslut", None, 99],
                                  ["002", None, "Nybesök", "Ville inte", None]]):  # fmt: skip
        write(book["Mätningar"], 4 + place, ["Nr", "Dag", "När", "Skäl", "=CORE"], 3, line)
    write(book["Allt"], 2, ["Nr", "När", "Mått", "Värde", "Vem"], 1, ["003", "Avslut", "CORE", 12, "Klienten"])
    write(book["Allt"], 3, ["Nr", "När", "Mått", "Värde", "Vem"], 1, ["003", "Avslut", "Läge", "Bra", "Personalen"])
    book.save(raw_folder(project, unit) / "skattningar 2024.xlsx")
    # The two files must not tell the same measurement twice, so the first one's are left out of the comparison.
    settings = RICH.replace("      - {column: CORE före, measure: core_om, rater: client, occasion: start, missing: {\"99\": declined, Nej: declined}}\n"
                            "      - {column: CORE efter, measure: core_om, rater: client, occasion: end}\n"
                            "      - {column: Läge, measure: laget, rater: staff, occasion: end, values: {Dåligt: dalig, Bra: bra}}\n",
                            "      []\n")  # fmt: skip
    measured = check(
        small.unit(project, settings.replace("measurements:\n      []", "measurements: []")), project
    ).measurements
    told = measured.dropna(subset="missing_reason")["missing_reason"].tolist()
    assert sorted(told) == ["declined", "declined"]
    assert sorted(measured["value"].dropna()) == [12, 17.5]
    assert measured["level"].dropna().tolist() == ["bra"]


def write(sheet, row, headings, header_row, line):
    where = {cell.value: cell.column for cell in sheet[header_row]}
    for heading, text in zip(headings, line, strict=True):
        sheet.cell(row, where[heading]).value = text


def test_lists_have_one_spelling_of_each_meaning_and_the_reasons(books):
    settings = small.SETTINGS.replace(
        "{Dåligt: dalig, Bra: bra}", "{Dåligt: dalig, dåligt: dalig, Bra: bra}, missing: {Vet ej: unknown}"
    )
    (book,) = books(settings).values()
    rule = rules(book.worksheets[0])
    assert choices(book, rule["Läge"]) == ["Dåligt", "Bra", "Vet ej"]
    assert choices(book, rule["Avslut"]) == ["Planerat", "Avbrutet", "Pågår", "Kom aldrig"]
    assert rule["Läge"].type == "list" and rule["Läge"].formula1 == '"Dåligt,Bra,Vet ej"'


def test_numbers_keep_to_the_scale_and_to_the_words_for_missing(books):
    book = books(RICH)["mall_skattningar ÅÅÅÅ"]
    rule = rules(book["Mätningar"])["=CORE"]
    card = measure("core_om")
    address = re.search(r"'Listor'!\$[A-Z]\$1:\$[A-Z]\$2", rule.formula1)[0]
    whole = ",E4=INT(E4)" if card.step == 1 else ""
    number = f"AND(ISNUMBER(E4),E4>=0,E4<={card.maximum:g}{whole})"
    assert rule.formula1 == f'OR({number},SUMPRODUCT(--EXACT({address},E4&""))>0)'
    letter = address.split("$")[1]
    assert [cell.value for cell in book["Listor"][letter]] == ["99", "Ej ifyllt"]
    assert book["Listor"].sheet_state == "hidden"


def test_a_scale_without_words_is_a_plain_span(books):
    (book,) = books().values()
    rule, card = rules(book.worksheets[0]), measure("core_om")
    spans = {name: (rule[name].type, rule[name].formula1, rule[name].formula2) for name in ("CORE efter", "Ålder")}
    kind = "whole" if card.step == 1 else "decimal"
    assert spans == {"CORE efter": (kind, "0", f"{card.maximum:g}"), "Ålder": ("decimal", "18", "100")}


def test_dates_are_dates_and_none_ends_before_it_begins(books):
    (book,) = books().values()
    sheet = book.worksheets[0]
    rule = rules(sheet)
    assert (rule["Start"].type, rule["Start"].formula1, rule["Start"].formula2) == (
        "date",
        "DATE(1900,1,1)",
        "DATE(2100,12,31)",
    )
    assert rule["Slut"].formula1 == "AND(ISNUMBER(C2),C2>=DATE(1900,1,1),C2<=DATE(2100,12,31),C2>=B2)"
    assert [sheet.column_dimensions[letter].number_format for letter in "ABC"] == ["@", "yyyy-mm-dd", "yyyy-mm-dd"]


def test_every_rule_stops_and_reaches_as_far_as_intake_reads(books):
    for book in books(RICH).values():
        for sheet in book.worksheets:
            for rule in sheet.data_validations.dataValidation:
                (area,) = rule.sqref.ranges
                assert area.max_row == 50_000
                assert rule.showErrorMessage and rule.errorStyle in {None, "stop"}
                assert len(rule.prompt) <= 255 and len(rule.error) <= 225 and len(rule.promptTitle) <= 32


@pytest.mark.parametrize("word", ["x" * 60, "med, komma", 'med "citat"'])
def test_lists_that_do_not_fit_stand_on_a_hidden_sheet(books, word):
    words = [f"{word} {number}" for number in range(5)]
    values = ", ".join(f"'{text}': {'planned' if place else 'unplanned'}" for place, text in enumerate(words[:2]))
    (book,) = books(small.SETTINGS.replace("{Planerat: planned, Avbrutet: unplanned, Pågår: ongoing, \"Kom aldrig\": never_started}",
                                           f"{{{values}, {words[2]!r}: ongoing, {words[3]!r}: transferred, {words[4]!r}: never_started}}")).values()  # fmt: skip
    rule = rules(book.worksheets[0])["Avslut"]
    assert rule.formula1.startswith("'Listor'!$A$1:")
    assert choices(book, rule) == words
    assert not [r for r in rules(book.worksheets[0]).values() if r.type == "list" and len(r.formula1) > 255]


def test_the_workbook_is_plain_and_can_be_read_by_anyone(books, project):
    for book in books(RICH).values():
        guide = book["Så fyller du i"]
        assert book.active is guide and book.worksheets[0] is not guide
        for sheet in book.worksheets:
            assert not sheet.merged_cells.ranges and not sheet.protection.sheet
        assert not book.security or not book.security.lockStructure
    for path in (raw_folder(project, load_unit(KEY, project)) / "mall").iterdir():
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if "vba" in name.lower() or "external" in name.lower()]


def test_headings_are_frozen_where_the_unit_file_says(books):
    book = books(RICH)["mall_skattningar ÅÅÅÅ"]
    sheet = book["Mätningar"]
    assert sheet.freeze_panes == "A4"
    assert [cell.value for cell in sheet[3]] == ["Nr", "Dag", "När", "Skäl", "=CORE"]
    assert sheet["E3"].data_type == "s" and sheet["E3"].font.bold


def instructions(book):
    sheet = book["Så fyller du i"]
    return [" | ".join(str(cell.value) for cell in row if cell.value) for row in sheet.iter_rows()]


def test_the_instructions_say_what_where_and_under_what_name(books):
    book = books(RICH)["mall_skattningar ÅÅÅÅ"]
    said = "\n".join(instructions(book))
    assert (
        "Spara arbetsboken som «skattningar ÅÅÅÅ.xlsx», där ÅÅÅÅ är året som uppgifterna gäller, till exempel 2024"
        in said
    )
    assert "i mappen data_raw/a-kommun/oppenvard/" in said and "isu check a-kommun/oppenvard" in said
    assert "Bladet «Mätningar»: en rad för varje ifylld blankett" in said
    assert (
        "Mätningar | När | Mättillfälle. | ja | «Nybesök», «Avslut» | går inte, raden behöver ett mättillfälle" in said
    )
    assert "«99» (saknas: ville inte svara), «Ej ifyllt» (saknas: blev inte tillfrågad)" in said
    every = [cell.value for sheet in ("Mätningar", "Allt") for cell in book[sheet][3 if sheet == "Mätningar" else 1]]
    assert all(any(f" | {heading} | " in line for line in instructions(book)) for heading in every)


def test_a_text_file_has_two_ways(books):
    (book,) = books(small.AS_CSV).values()
    said = "\n".join(instructions(book))
    assert "Enklast är att byta namnet under «sources › file» i enhetsfilen till «ärenden {year}.xlsx»" in said
    assert "«CSV UTF-8 (kommaavgränsad)», och döp filen till «ärenden ÅÅÅÅ.csv»" in said


def test_a_workbook_that_somebody_may_have_begun_in_is_never_written_over(project):
    small.unit(project)
    (path,) = template(project, KEY)
    before = path.read_bytes()
    with pytest.raises(
        IntakeError, match=r"Mallen finns redan: data_raw/a-kommun/oppenvard/mall/mall_ärenden ÅÅÅÅ\.xlsx"
    ):
        template(project, KEY)
    assert path.read_bytes() == before


def test_intake_does_not_take_an_empty_workbook_for_data(project):
    from isu_analysis.intake import has_raw_files, unread

    unit = small.unit(project)
    template(project, KEY)
    assert not has_raw_files(project, unit) and unread(project, unit) == []


def test_what_comes_from_other_systems_has_nothing_to_fill_in(project):
    small.unit(project, small.SETTINGS.replace("ärenden {year}.xlsx", "ärenden {year}.sav"))
    with pytest.raises(IntakeError, match="ingen fil att fylla i"):
        template(project, KEY)
