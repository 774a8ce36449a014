import re
from pathlib import Path

from isu_analysis.intake import check
from isu_analysis.settings import Column, unit_files

PROJECT = Path(__file__).resolve().parents[2]
SLUGS = {
    "unga-vuxna", "resurs-barn", "foraldrastod", "behandling-vuxna", "unga-substans", "familjeteam", "stodboende-unga",
    "ung-framtid", "skolstod-familjehem", "resurs-centrum", "resurs-unga", "oppenvard-fit", "samtalsmottagning",
    "spel-alkohol", "vuxen-asi", "digitalt-stod", "vald-nara", "boende-hemloshet", "oppenvard-loke",
}  # fmt: skip
REAL_NAMES = ("Columbus", "Resursenhet", "Göteborg", "Behandlingsgruppen", "Trygghetscirkeln")


def _mapped(source) -> list[Column]:
    parts = [source.ending, source.intervention, source.reason, source.occasion]
    parts += [*source.background.values(), *source.measurements]
    return [part for part in parts if part is not None and part.values]


def test_the_municipality_has_these_units():
    assert {path.stem for path in unit_files(PROJECT, "exempelstad")} == SLUGS


def test_every_unit_says_that_it_is_invented(unit):
    assert unit.invented
    assert unit.municipality == "Exempelstad"
    assert "åhittade" in unit.origin


def test_no_unit_file_names_a_real_unit(unit):
    text = (PROJECT / "parameters" / f"{unit.key}.yml").read_text(encoding="utf-8")
    assert not [name for name in REAL_NAMES if name.lower() in text.lower()]


def test_every_text_of_a_mapped_column_is_mapped(unit, rows_of):
    for source in unit.sources:
        written = rows_of(source)
        assert written, source.file
        for column in _mapped(source):
            texts = {str(row[column.column]).strip() for row in written if row[column.column] is not None}
            assert texts <= {*column.values, *column.missing}, (source.file, column.column)


def test_every_mapping_is_used(unit, rows_of):
    for source in unit.sources:
        written = rows_of(source)
        for column in _mapped(source):
            texts = {str(row[column.column]).strip() for row in written if row[column.column] is not None}
            assert set(column.values) <= texts, (source.file, column.column)


def test_every_mapped_level_exists(unit):
    for source in unit.sources:
        for column in source.measurements:
            assert set(column.values.values()) <= set(unit.measure(column.measure).codes)


def test_every_column_of_a_file_is_read_or_ignored(unit, rows_of):
    for source in unit.sources:
        headings = {heading for row in rows_of(source) for heading in row}
        assert headings == {*source.columns(unit.used_measures), *source.ignore}, source.file


def test_numbers_lie_within_the_declared_limits(unit, rows_of):
    for source in unit.sources:
        for column in source.background.values():
            if column.type == "number":
                cells = [row[column.column] for row in rows_of(source) if row[column.column] is not None]
                values = [float(str(cell).replace(",", ".")) for cell in cells]
                assert column.minimum <= min(values)
                assert max(values) <= column.maximum


def test_pairing_follows_the_code_on_the_form(unit):
    expected = {"unga-vuxna": (False, True, True), "foraldrastod": (False, False, False)}
    assert tuple(map(unit.pairable, (2022, 2023, 2024))) == expected.get(unit.slug, (True, True, True))


def test_declared_volumes_are_the_true_ones(unit, known):
    for volume in unit.volumes:
        assert known[unit.slug][str(volume.year)][volume.what] == volume.n


def test_intake_accepts_every_file(unit, demo, project):
    processed = check(unit, project)
    assert {file["file"] for file in processed.about["files"]} == {
        path.name for path in demo.files if path.parent.name == unit.slug
    }


def test_comments_are_in_swedish_and_first(unit):
    text = (PROJECT / "parameters" / f"{unit.key}.yml").read_text(encoding="utf-8")
    assert re.match(r"# Exempelstad är en påhittad kommun\.", text)
