"""Every fault of threats.md 4.2 that lies in what is read: a file named after it, and all that the user is told of it.

`faults/` holds a folder for each kind of raw file with its unit file (`enhet.yml`), the faults, and beside each fault
the expected lines (`<name>.problem.txt`; empty where a declared rule accepts it, «Varning: » before what is only a
warning). Workbooks, archives and SPSS files are made by `faults/built_files.py`.
"""

import logging
import time
import warnings
from pathlib import Path

import openpyxl
import pytest
import small_project as small
from faults.built_files import BUILT

from isu_analysis.errors import SettingsError
from isu_analysis.intake import ProblemsFound, intake, store
from isu_analysis.settings import load_unit, read_unit

FOLDER = Path(__file__).parent / "faults"
OTHER_KINDS = ("enhetsfil", "namn")  # unit files and names, which have tests of their own below
SECONDS = 5
MARKS = ("HEMLIGT", "hemligt", "987654")
PROCESSED = "data_processed/a-kommun/oppenvard"
EXPECTED = ".problem.txt"
COUNTED = (215, 182, 33)  # tried, refused or listed, accepted by a declared rule


def written(folder):
    """Faults of a folder that are files in git."""
    return [
        f"{folder.name}/{path.name}"
        for path in sorted(folder.iterdir())
        if not path.name.endswith(EXPECTED) and path.name not in {"enhet.yml", "register.csv"}
    ]


FOLDERS = [place for place in sorted(FOLDER.iterdir()) if (place / "enhet.yml").is_file()]
RAW_FILES = sorted({*(name for place in FOLDERS for name in written(place)), *BUILT})
UNIT_FILES = written(FOLDER / "enhetsfil")
NAMES = [name for name in written(FOLDER / "namn") if name.endswith(".namn")]


def expected(name):
    """The lines beside a fault."""
    return (FOLDER / f"{name}{EXPECTED}").read_text(encoding="utf-8").splitlines()


def laid(project, name):
    """Give the unit of a fault, whose file (and the register, where the unit has one) lies where it is read."""
    folder = FOLDER / name.split("/")[0]
    path = small.raw(project, Path(name).name)
    if name in BUILT:
        BUILT[name](path)
    else:
        path.write_bytes((FOLDER / name).read_bytes())
    if (folder / "register.csv").is_file():
        small.raw(project, "register.csv").write_bytes((folder / "register.csv").read_bytes())
    return small.unit(project, (folder / "enhet.yml").read_text(encoding="utf-8"))


def told(unit, project):
    """Lines as the user sees them, everything an error can show, and the tables if there are any."""
    try:
        processed = intake(unit, project)
    except ProblemsFound as error:
        return small.lines(error), small.everything_said(error) + repr([vars(one) for one in error.problems]), None
    return (
        [f"Varning: {line}" for line in processed.about["warnings"]],
        repr(processed) + str(processed.about),
        processed,
    )


@pytest.mark.parametrize("name", RAW_FILES)
def test_a_fault_is_told_in_full_and_without_what_stands_in_the_file(project, name, caplog, capfd, recwarn):
    unit, before = laid(project, name), small.tree(project)
    warnings.simplefilter("always")
    began = time.perf_counter()
    with caplog.at_level(logging.DEBUG):
        lines, said, processed = told(unit, project)
    assert time.perf_counter() - began < SECONDS
    assert lines == expected(name)
    said += caplog.text + "".join(capfd.readouterr()) + "".join(str(one.message) for one in recwarn)
    after = small.tree(project)
    assert {path: after[path] for path in before} == before
    new = {path for path in set(after) - set(before) if not path.startswith(".isu/")}
    if processed is None:
        assert new == {f"{PROCESSED}/problem.xlsx"}
        said += "".join(small.cells_of(store.folder(project, unit) / "problem.xlsx"))
        assert_no_formulas(store.folder(project, unit) / "problem.xlsx")
    else:
        assert new == {f"{PROCESSED}/{part}" for part in ("episodes.parquet", "measurements.parquet", "intake.json")}
        said += "".join(after[path].decode("latin-1") for path in new)
    assert [mark for mark in MARKS if mark in said] == []


def assert_no_formulas(path):
    sheet = openpyxl.load_workbook(path).active
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None} <= {"s", "n"}


def refused(read):
    """The message and everything else that a refusal of settings can show."""
    with pytest.raises(SettingsError) as error:
        read()
    return str(error.value), small.everything_said(error.value)


@pytest.mark.parametrize("name", UNIT_FILES)
def test_a_faulty_unit_file_is_told_line_by_line(tmp_path, name):
    path = tmp_path / "a-kommun" / "oppenvard.yml"
    path.parent.mkdir()
    path.write_bytes((FOLDER / name).read_bytes())
    began = time.perf_counter()
    if not expected(name):
        read_unit(path)
    else:
        said, everything = refused(lambda: read_unit(path))
        assert said.splitlines() == expected(name)
        assert str(tmp_path) not in everything.split("Traceback")[0]
    assert time.perf_counter() - began < SECONDS
    assert sorted(small.tree(tmp_path)) == ["a-kommun/oppenvard.yml"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_only_looks_like_a_unit_s_is_refused_with_the_nearest(project, unit, name):
    given = (FOLDER / name).read_text(encoding="utf-8")
    before = small.tree(project)
    said, _ = refused(lambda: load_unit(given, project))
    assert said.splitlines() == expected(name)
    assert small.tree(project) == before


def test_a_unit_file_whose_name_is_no_folder_everywhere_is_refused(tmp_path):
    names = (FOLDER / "namn" / "enhetsfiler.filnamn").read_text(encoding="utf-8").split("\n")
    said = [refused(lambda name=name: read_unit(tmp_path / "a-kommun" / f"{name}.yml"))[0] for name in names]
    assert said == expected("namn/enhetsfiler.filnamn")
    assert small.tree(tmp_path) == {}


# What a declared rule accepts, and what it is read as: (rows of episodes, values of the last row or of the measure asked)
SCORE, COST = "score", "cost"
ACCEPTED = {
    "arenden/citattecken-mitt-i-cellen.csv": (3, SCORE, [20, 20, 20, 11, 7.5, 11]),
    "arenden/cp1252.csv": (3, SCORE, [20, 20, 20, 11, 7.5, 11]),
    "arenden/datum-med-klockslag.xlsx": (3, SCORE, [20, 20, 20, 11, 7.5, 11]),
    "arenden/dimensionsbomb-bara-angiven.xlsx": (2, SCORE, [20, 20, 11, 7.5]),
    "arenden/felvarde-i-kolumn-som-inte-lases.xlsx": (3, SCORE, [20, 20, 20, 11, 7.5, 11]),
    "arenden/id-none-na-1e5.csv": (9, SCORE, [20] * 9 + [11, 7.5] + [11] * 7),
    "arenden/minustecken-u2212.csv": (3, COST, [1200, 1200, -5.5]),
    "arenden/okand-kolumn.csv": (2, SCORE, [20, 20, 11, 7.5]),
    "arenden/personnummer-skrivet-pa-flera-satt.csv": (4, SCORE, [20] * 4 + [11, 7.5, 11, 11]),
    "arenden/rubrik-med-mellanslag-och-fast-mellanslag.csv": (2, SCORE, [20, 20, 11, 7.5]),
    "arenden/samma-person-kommer-igen.csv": (3, SCORE, [20, 20, 20, 11, 7.5, 11]),
    "arenden/sokvag-ut-ur-arkivet.xlsx": (2, SCORE, [20, 20, 11, 7.5]),
    "arenden/tusental-med-fast-mellanslag.csv": (3, COST, [1200, 1200, 1234.5]),
    "arenden/tusental-med-mellanslag.csv": (4, COST, [1200, 1200, 1234.5, 12_345_678]),
    "arenden/tusental-med-smalt-mellanslag.csv": (3, COST, [1200, 1200, 1234.5]),
    "arenden/utf-8-med-bom.csv": (3, SCORE, [20, 20, 20, 11, 7.5, 11]),
    "blanketter/blankett-till-okant-arende.csv": (3, SCORE, [20, 20]),
    "blanketter/blankett-utan-kod-och-person.csv": (3, SCORE, [20, 20, 20]),
    "fragor-ors/tiondelar-ar-tillatna.csv": (0, SCORE, [19.9]),
    "fyll/sammanfogade-celler-fylls.xlsx": (4, SCORE, [20] * 4 + [11, 7.5, 11, 11]),
    "kommaseparerad/decimalpunkt-ar-deklarerad.csv": (3, SCORE, [20, 20, 20, 11, 7.5, 12.5]),
    "matningar/skal-i-vardekolumnen.csv": (0, SCORE, [12.5]),
    "ms-forms/forms-export.xlsx": (0, SCORE, [20, 7]),
    "ms-forms/forms-fler-personuppgifter.xlsx": (0, SCORE, [20]),
    "ors/ors-lagt-men-ratt.csv": (0, SCORE, [*(place / 2 for place in range(3, 20)), 31]),
    "ors/ors-som-medelvarde-i-cm.csv": (0, SCORE, [place / 2 for place in range(3, 20)]),
    "sammanskrivna-datum/deklarerad-summarad.csv": (2, SCORE, [20, 20, 11, 7.5]),
    "spss/etikett-i-talkolumn.sav": (0, SCORE, [20, 7.5]),
    "spss/etiketter-och-koder.sav": (0, SCORE, [20, 7.5]),
    "spss/saknadkod-forklarad-i-spss.sav": (0, SCORE, [20]),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_a_declared_rule_accepts_is_read_as_it_says(project, name):
    rows, what, values = ACCEPTED[name]
    _, _, processed = told(laid(project, name), project)
    assert len(processed.episodes) == processed.episodes["episode"].nunique() == rows
    if what == COST:
        assert processed.episodes["cost"].tolist() == values
    else:
        assert processed.measurements["value"].dropna().round(9).tolist() == values


@pytest.mark.parametrize(("name", "encoding"), [("cp1252.csv", "Windows-1252"), ("utf-8-med-bom.csv", "UTF-8")])
def test_how_a_text_file_was_read_is_kept_with_the_tables(project, name, encoding):
    _, _, processed = told(laid(project, f"arenden/{name}"), project)
    assert [file["encoding"] for file in processed.about["files"]] == [encoding]


def test_no_fault_disappears():
    """Faults tried, refused or listed, accepted by a declared rule (two of them with a warning)."""
    lines = {
        name: expected(name) for name in [*RAW_FILES, *[f"enhetsfil/{Path(name).name}" for name in UNIT_FILES], *NAMES]
    }
    problems = {name for name, said in lines.items() if any(not line.startswith("Varning: ") for line in said)}
    assert (len(lines), len(problems), len(lines) - len(problems)) == COUNTED
    assert {name for name in RAW_FILES if name not in problems} == set(ACCEPTED)
    beside = set(FOLDER.rglob(f"*{EXPECTED}"))
    assert beside == {FOLDER / f"{name}{EXPECTED}" for name in [*lines, "namn/enhetsfiler.filnamn"]}


def test_a_list_behind_a_link_is_replaced_and_what_the_link_points_to_is_untouched(project, tmp_path):
    unit = laid(project, "arenden/utanfor-skalan.csv")
    other = tmp_path / "någon annans.xlsx"
    other.write_bytes(b"as it was")
    path = store.folder(project, unit) / "problem.xlsx"
    path.parent.mkdir(parents=True)
    try:
        path.symlink_to(other)
    except OSError:
        pytest.skip("this system lets nobody make links")
    small.refused(unit, project)
    assert other.read_bytes() == b"as it was" and not path.is_symlink()


def test_the_folder_s_guide_names_every_row_of_the_table_that_is_no_input():
    guide = (FOLDER / "LÄSMIG.md").read_text(encoding="utf-8")
    tests = Path(__file__).parents[1]
    for line in [line for line in guide.splitlines() if "`tests/" in line]:
        for named in [part for part in line.split("`") if part.startswith("tests/")]:
            path, _, function = named.partition("::")
            text = (tests.parent / path).read_text(encoding="utf-8")
            assert f"def {function}(" in text or not function, named
