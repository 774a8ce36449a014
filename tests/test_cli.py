"""The command line: words a spreadsheet user understands, exit codes a scheduler understands."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import small_project as small

from isu_analysis import cli
from isu_analysis.intake import check
from isu_analysis.reporting import batch, run
from isu_analysis.reporting.plan import Failed, Job, plan
from isu_analysis.reporting.run import RunSummary
from isu_analysis.settings import load_unit
from isu_analysis.sketching import sketch
from isu_analysis.sketching.guesses import common_groups, guess, meaning_of, occasion_in
from isu_analysis.sketching.look import RawColumn, look
from isu_analysis.synthetic import write_demo

ROOT = Path(__file__).parents[1]
BEAT_THE_BLUES = ROOT.parent / "shared" / "data" / "beat_the_blues.xlsx"
CHILDREN, PARENTS = "exempelstad/resurs-barn", "exempelstad/foraldrastod"
TODAY = dt.date(2026, 1, 2)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    project = tmp_path_factory.mktemp("cli") / "å ä ö och mellanslag"
    shutil.copytree(ROOT / "parameters" / "exempelstad", project / "parameters" / "exempelstad")
    write_demo(project)
    return project


@pytest.fixture
def project(prepared, tmp_path, monkeypatch):
    copy = Path(shutil.copytree(prepared, tmp_path / prepared.name))
    (copy / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(copy / "deep" / "down")
    monkeypatch.delenv("ISU_PROJECT", raising=False)
    return copy


def isu(capsys, *words):
    """Run a command; return its exit code and what it wrote."""
    try:
        code = cli.main(words)
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


def spoil(project, key=CHILDREN, name="arenden_2024.xlsx"):
    path = project / "data_raw" / key / name
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0]["A5"] = None
    workbook.worksheets[0]["A6"] = None
    workbook.save(path)


@pytest.mark.parametrize("command", [[], ["demo"], ["init"], ["check"], ["intake"], ["report"]])
def test_every_command_has_help_in_swedish(capsys, command):
    code, out, _ = isu(capsys, *command, "--help")
    assert code == 0
    assert "usage: isu" in out and "options:" in out and "visa den här hjälpen" in out
    assert "show this help" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "det här saknas: KOMMANDO"),
        (["bygg"], "finns inte: 'bygg'"),
        (["init", "a/b"], "det här saknas: --from"),
        (["report", "--year", "förra"], "--year: «förra» är inte ett årtal, eller flera med komma emellan"),
        (["report", "--year", "2023,20x4"], "är inte ett årtal"),
        (["report", "--as-of", "2024"], "ÅÅÅÅ-MM-DD"),
        (["check", "--snabbt"], "okänt på kommandoraden: --snabbt"),
        (["key"], "Fel i kommandot: en av de här behövs: --backup --change\n"),
        (["key", "--backup", "plats", "--change"], "--change: kan inte anges tillsammans med --backup"),
        (["report", "--public=ja"], "--public: här ska inget värde stå: 'ja'"),
        (["run", "--l", "en"], "flera val börjar så: --l välj bland --language, --logs"),
    ],
)
def test_a_mistyped_command_ends_with_2(capsys, words, said):
    code, _, err = isu(capsys, *words)
    assert code == 2
    assert said in err


def test_a_unit_is_found_from_a_folder_below_and_by_its_path(capsys, project):
    assert isu(capsys, "check", CHILDREN)[0] == 0
    code, out, _ = isu(capsys, "check", "parameters\\exempelstad\\resurs-barn.yml")
    assert code == 0
    assert "Resurs barn: inga problem." in out


def test_an_unknown_unit_or_municipality_ends_with_1(capsys, project):
    assert "Menade du «exempelstad/resurs-barn»?" in isu(capsys, "check", "exempelstad/resurs-bran")[2]
    code, _, err = isu(capsys, "check", "exempelsta")
    assert code == 1
    assert "Okänd kommun «exempelsta». Menade du «exempelstad»?" in err
    assert "Flera år skrivs som --year 2023,2024." in isu(capsys, "report", "--year", "2023", "2024")[2]


def test_units_without_files_are_skipped_unless_named(capsys, project):
    shutil.rmtree(project / "data_raw" / PARENTS)
    code, out, _ = isu(capsys, "check")
    assert code == 0
    assert f"Riktat föräldrastöd hoppas över: inga råfiler i data_raw/{PARENTS}/" in out
    code, _, err = isu(capsys, "check", PARENTS)
    assert code == 1
    assert f"inga råfiler i data_raw/{PARENTS}/" in err


def test_problems_are_listed_with_row_and_column_and_kept_from_no_other_unit(capsys, project):
    spoil(project)
    code, out, err = isu(capsys, "intake", "exempelstad")
    assert code == 1
    assert "Unga vuxna: inläst." in out and "Riktat föräldrastöd: inläst." in out
    assert err.count("ärendet saknar nummer") == 2 and "rad 5" in err and "rad 6" in err
    listed = project / "data_processed" / CHILDREN / "problem.xlsx"
    assert listed.relative_to(project).as_posix() in err
    assert openpyxl.load_workbook(listed).active.max_row == 3
    assert not (listed.parent / "intake.json").exists()


def test_bad_input_leaves_the_earlier_data(capsys, project):
    assert isu(capsys, "intake", CHILDREN)[0] == 0
    folder = project / "data_processed" / CHILDREN
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    spoil(project)
    assert isu(capsys, "intake", CHILDREN)[0] == 1
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_broken_unit_file_stops_no_other(capsys, project):
    (project / "parameters" / f"{PARENTS}.yml").write_text("namn: x\n", encoding="utf-8")
    code, out, err = isu(capsys, "check")
    assert code == 1
    assert "Resurs barn: inga problem." in out
    assert "foraldrastod.yml, rad 1: okänd nyckel «namn»." in err


def test_some_failed_reports_end_with_3_and_none_with_0(capsys, project, monkeypatch):
    asked = []

    def made(project, names, years=None, release="internal", as_of=None, say=None, language="sv", **how):
        asked.append((names, years, release, as_of, how["force"], how["through"]))
        return summary

    monkeypatch.setattr(batch, "report_named", made)
    job, failed = Job(CHILDREN, 2023), Failed(CHILDREN, 2024, "tog slut")
    summary = RunSummary((job,), (failed,))
    code, out, err = isu(
        capsys, "report", "--year", "2023", CHILDREN, "--year", "2024", "--public", "--as-of", "2025-01-31"
    )
    assert asked == [([CHILDREN], [2023, 2024], "public", "2025-01-31", False, "")]
    assert code == 3
    assert f"{CHILDREN} 2024: tog slut" in err and "1 gick inte att göra" in out
    summary = RunSummary((job,), ())
    assert isu(capsys, "report", "--year", "2023,2024")[:2] == (0, "Klart. Öppna reports/internal/index.html\n")
    assert asked[-1][:2] == ([], [2023, 2024])
    summary = RunSummary((), (failed,))
    assert isu(capsys, "report")[:2] == (3, "")  # nothing made, so no page to open


def test_demo_writes_reads_in_and_makes_both_kinds(capsys, project, monkeypatch):
    shutil.rmtree(project / "data_raw")
    made = []
    done = RunSummary((Job(CHILDREN, 2024),), ())
    monkeypatch.setattr(batch, "report_named", lambda *_, release, say: made.append(release) or done)
    code, out, _ = isu(capsys, "demo")
    assert code == 0
    assert made == ["internal", "public"]
    assert out.splitlines()[-1] == "Klart. Öppna reports/internal/index.html"
    assert (project / "data_processed" / CHILDREN / "intake.json").is_file()


def test_reports_of_units_not_read_in_say_what_to_run(capsys, project):
    shutil.copytree(ROOT / "notebooks", project / "notebooks")
    code, _, err = isu(capsys, "report", CHILDREN)
    assert code == 3
    assert f"Kör «isu intake {CHILDREN}» först." in err


def test_ctrl_c_is_one_line_and_130(capsys, project, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "check_named", interrupted)
    code, _, err = isu(capsys, "check")
    assert code == 130
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("module", "extra"), [("openpyxl", "intake"), ("papermill", "reports"), ("nbclient", "reports")]
)
def test_a_missing_extra_is_named_in_one_line(capsys, project, monkeypatch, module, extra):
    def missing(*_):
        raise ModuleNotFoundError(f"No module named '{module}'", name=f"{module}.part")

    monkeypatch.setattr(batch, "check_named", missing)
    code, _, err = isu(capsys, "check")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert f"isu-analysis[{extra}]" in err


def test_an_old_console_and_a_foreign_folder_stop_nothing(project):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "ISU_PROJECT": str(project)}
    command = [sys.executable, "-m", "isu_analysis", "check", CHILDREN]
    done = subprocess.run(command, env=environment, cwd=project.parent, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"inga problem" in done.stdout


def test_help_does_not_wait_for_the_heavy_libraries():
    code = "import sys, isu_analysis.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\nassert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_command_is_installed():
    assert importlib.metadata.entry_points(group="console_scripts", name="isu")


def test_years_that_no_unit_has_are_named_and_the_others_planned(project):
    batch.intake_named(project, [CHILDREN])
    planned = plan([CHILDREN], [2024, 1999], project)
    assert [job.year for job in planned.jobs] == [2024]
    assert planned.notes == ("Inget att redovisa för 1999. År med uppgifter: 2022, 2023, 2024.",)


def test_a_file_that_fits_no_name_is_told_and_changes_no_exit_code(capsys, project):
    folder = project / "data_raw" / CHILDREN
    for name in ("Uppfoljning.xlsx", "~$arenden_2024.xlsx", ".dold", "Thumbs.db"):
        (folder / name).write_bytes(b"")
    said = "«Uppfoljning.xlsx» passar inget filnamn i enhetsfilen (väntade «arenden_{year}.xlsx»), och läses inte"
    for command in ("check", "intake"):
        code, out, err = isu(capsys, command, CHILDREN)
        assert code == 0
        assert out.count("passar inget filnamn") == 1 and f"Resurs barn: {said}" in out
    for path in folder.glob("arenden_*"):
        path.unlink()
    code, _, err = isu(capsys, "check", CHILDREN)
    assert code == 1
    assert said in err and "inga råfiler" not in err
    assert f"Resurs barn hoppas över: {said}" in isu(capsys, "check")[1]


def test_only_what_was_measured_is_counted(capsys, project):
    _, out, _ = isu(capsys, "check", "exempelstad")
    measured = {unit: check(load_unit(unit, project), project).measurements for unit in (CHILDREN, PARENTS)}
    filled = {unit: int((frame["value"].notna() | frame["level"].notna()).sum()) for unit, frame in measured.items()}
    assert f"{filled[CHILDREN]} mätningar." in out and filled[CHILDREN] < len(measured[CHILDREN])
    assert f"Riktat föräldrastöd: inga problem. {filled[PARENTS]} svar." in out


def test_check_writes_the_list_and_takes_it_away_when_clean(capsys, project):
    raw = project / "data_raw" / CHILDREN / "arenden_2024.xlsx"
    whole = raw.read_bytes()
    spoil(project)
    code, _, err = isu(capsys, "check", CHILDREN)
    listed = project / "data_processed" / CHILDREN / "problem.xlsx"
    assert code == 1 and listed.is_file()
    assert f"Hela listan: data_processed/{CHILDREN}/problem.xlsx." in err and "Inget är inläst" not in err
    assert [path.name for path in listed.parent.iterdir()] == ["problem.xlsx"]
    raw.write_bytes(whole)
    assert isu(capsys, "check", CHILDREN)[0] == 0
    assert not listed.exists()


def test_a_report_of_older_data_says_so(capsys, project, monkeypatch):
    monkeypatch.setattr(run, "run_reports", lambda *_, **__: RunSummary((Job(CHILDREN, 2024),), ()))
    isu(capsys, "intake", CHILDREN)
    assert "Obs:" not in isu(capsys, "report", CHILDREN)[1]
    spoil(project)
    isu(capsys, "intake", CHILDREN)
    _, out, _ = isu(capsys, "report", CHILDREN)
    assert "av Resurs barn misslyckades; rapporten bygger på det som lästes in tidigare." in out


def test_a_draft_is_reported_by_no_release_and_stops_no_other(capsys, project, monkeypatch):
    asked = []
    monkeypatch.setattr(run, "run_reports", lambda _, keys, *rest, **how: asked.append(keys) or RunSummary((), ()))
    path = project / "parameters" / f"{CHILDREN}.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('intervention: "', 'intervention: "FYLL I: '), encoding="utf-8")
    for words in ([CHILDREN], [CHILDREN, "--public"]):
        code, _, err = isu(capsys, "report", *words)
        assert code == 1
        assert "enhetsfilen är inte färdig" in err
        assert f"Att fylla i: parameters/{CHILDREN}.yml, rad 11 (intervention)" in err
    assert asked == []
    code, _, err = isu(capsys, "report", CHILDREN, PARENTS)
    assert code == 3
    assert asked == [[PARENTS]] and "enhetsfilen är inte färdig" in err


# isu init


def test_init_refuses_to_write_over_a_unit_file_and_names_that_are_no_folders(capsys, project):
    raw = str(project / "data_raw" / CHILDREN / "arenden_2024.xlsx")
    code, _, err = isu(capsys, "init", CHILDREN, "--from", raw)
    assert code == 1
    assert "finns redan och skrivs inte över" in err
    assert "Förslag: «ostra/oppenvard»" in isu(capsys, "init", "Östra/Öppenvård", "--from", raw)[2]
    assert "finns inte" in isu(capsys, "init", "ny/enhet", "--from", "saknas.xlsx")[2]


def test_init_of_a_file_with_known_measures_can_be_used_as_it_is(capsys, project):
    raw = project / "data_raw" / "exempelstad" / "unga-vuxna" / "skattningar_2024.xlsx"
    code, out, _ = isu(capsys, "init", "exempelstad/ny", "--from", str(raw))
    assert code == 0
    assert "går inte att använda" not in out
    unit = load_unit("exempelstad/ny", project)
    assert unit.measures == ("core_om", "kasam13")
    assert unit.municipality == "Exempelstad"
    shutil.copytree(raw.parent, project / "data_raw" / "exempelstad" / "ny")
    code, out, _ = isu(capsys, "check", "exempelstad/ny")
    assert code == 0
    assert "Att fylla i: parameters/exempelstad/ny.yml, rad 6 (purpose)" in out


def test_init_finds_headings_below_a_title_and_lists_only_common_texts(project):
    raw = project / "data_raw" / CHILDREN / "arenden_2024.xlsx"
    said = sketch(project, "exempelstad/ny", raw, TODAY)
    text = (project / "parameters" / "exempelstad" / "ny.yml").read_text(encoding="utf-8")
    assert "header_row: 3" in text and 'file: "arenden_{year}.xlsx"' in text
    assert '{code: klienten_avbryter, label: "Klienten avbryter", meaning: client_ended}' in text
    assert '"Klienten avbryter": "klienten_avbryter"' in text
    assert "Färre än 3 gånger förekommer" in text
    assert "Att fylla i: rad 9, intervention" in said
    assert all("#" in line for line in text.splitlines() if "GISSNING" in line)


def test_init_never_writes_a_rare_text_or_a_column_with_names(tmp_path):
    (tmp_path / "parameters").mkdir()
    rows = ["Ärende;Namn;Kön;Orsak;Poäng före;Poäng efter"]
    rows += [f"{n};Person {n % 2};Kvinna;{'Oro' if n else 'Ensam i Storbyn'};{n};{n + 1}" for n in range(9)]
    raw = tmp_path / "lista 2024.csv"
    raw.write_text("\n".join(rows), encoding="cp1252")
    sketch(tmp_path, "ny/enhet", raw, TODAY)
    text = (tmp_path / "parameters" / "ny" / "enhet.yml").read_text(encoding="utf-8")
    assert "Storbyn" not in text and "Person 1" not in text
    assert 'ignore: ["Namn"]' in text
    assert 'delimiter: ";"' in text and "Färre än 3 gånger förekommer 1 text till" in text


HEADINGS = [
    "Ärendenr", "Inflyttning", "Utflyttning", "Kön", "Ålder", "KASAM inflyttning", "KASAM utflyttning",
    "Trivsel in", "Trivsel ut", "Avslutsorsak",
]  # fmt: skip
SPELLINGS = ["God måluppfyllelse", "god måluppfyllelse", "God målupp.", "Klienten avbryter", "Flyttat till annan ort"]


def register(path):
    """Write an ordinary register: a title, empty cells, spellings, cases still open and a row of sums."""
    book = openpyxl.Workbook()
    for line in (["Stödboendet Linden"], [], HEADINGS):
        book.active.append(line)
    for n in range(40):
        start, is_open = dt.date(2023, 1, 5) + dt.timedelta(days=9 * n), n % 9 == 8
        after = [None] * 3 if is_open else [45 + n % 35, 3 + n % 8, SPELLINGS[n % 5]]
        after[0] = None if n % 5 == 4 else after[0]
        end = None if is_open else start + dt.timedelta(days=200)
        sex = ["Kvinna", "Man", None][n % 3]
        book.active.append([f"B{n}", start, end, sex, 18 + n % 8, 40 + n % 30, after[0], n % 8, *after[1:]])
    book.active.cell(10, 10).value = "Flyttat till Storbyn"
    book.active.append(["Totalt", None, None, None, 900, 2000, 1500, 200, 200])
    book.save(path)
    return path


def sketched_register(capsys, project):
    folder = project / "data_raw" / "ny" / "linden"
    folder.mkdir(parents=True)
    raw = register(folder / "Boende.xlsx")
    code, out, _ = isu(capsys, "init", "ny/linden", "--from", str(raw))
    assert code == 0 and "higher_is_better" in out
    return project / "parameters" / "ny" / "linden.yml", raw


def fill_in(path):
    text = path.read_text(encoding="utf-8").replace("better: FYLL I", "better: true").replace("FYLL I: ", "Svar: ")
    sources = '          "Flyttat till Storbyn": "flyttat_till_annan_ort"\n'
    text = text.replace("    header_row: 3", "    skip_rows: [Totalt]\n    header_row: 3")
    path.write_text(text.rstrip("\n").rsplit("\n", 1)[0] + f"\n{sources}", encoding="utf-8")


def test_init_of_an_ordinary_register_guesses_every_column(capsys, project):
    path, _ = sketched_register(capsys, project)
    text = path.read_text(encoding="utf-8")
    for line in (
        "rows: episode", "header_row: 3", 'id: "Ärendenr"', 'start: "Inflyttning"', 'end: "Utflyttning"', "rule: ended",
        "measures: [kasam13, trivsel, avslutsorsak]", "«KASAM» antas vara KASAM-13", "minimum: 0 # GISSNING",
        "maximum: 10 # GISSNING", '"KASAM utflyttning", measure: kasam13, rater: client, occasion: end',
        '"Trivsel in", measure: trivsel, rater: client, occasion: start', '"Kvinna": "woman"', "type: number",
        'label: "God måluppfyllelse", meaning: goal_reached, positive: true} # GISSNING',
        '"God målupp.": "god_malupp"', "# Rad 44, den sista, ser ut som en summarad", "skip_rows: [Totalt]", 'intervention: "FYLL I',
    ):  # fmt: skip
        assert line in text
    assert "ignore:" not in text and "Storbyn" not in text


def test_a_sketch_filled_in_is_checked_and_read_in(capsys, project):
    path, _ = sketched_register(capsys, project)
    assert isu(capsys, "check", "ny/linden")[0] == 1
    fill_in(path)
    code, out, err = isu(capsys, "check", "ny/linden")
    assert (code, err) == (0, "") and "Linden: inga problem. 40 ärenden" in out
    assert isu(capsys, "intake", "ny/linden")[0] == 0


@pytest.mark.slow
def test_a_sketch_filled_in_gives_a_report(capsys, project):
    shutil.copytree(ROOT / "notebooks", project / "notebooks")
    fill_in(sketched_register(capsys, project)[0])
    assert isu(capsys, "intake", "ny/linden")[0] == 0
    code, _, err = isu(capsys, "report", "ny/linden", "--year", "2023")
    assert (code, err) == (0, "")
    assert (project / "reports" / "internal" / "ny" / "linden" / "2023" / "report.pdf").is_file()


@pytest.mark.parametrize(
    ("heading", "occasion", "label"),
    [
        ("KASAM inflyttning", "start", "KASAM"), ("Utskrivning KASAM", "end", "KASAM"), ("In KASAM", "start", "KASAM"),
        ("GAF pre", "start", "GAF"), ("GAF post", "end", "GAF"), ("Stege_ut", "end", "Stege"), ("Mat in natura", None, ""),
        ("Inne", None, ""), ("GAF intag", "start", "GAF"), ("GAF efter", "end", "GAF"),
    ],
)  # fmt: skip
def test_words_that_say_when(heading, occasion, label):
    assert occasion_in(heading) == (occasion, label or heading)


def guessed(tmp_path, headings, *rows):
    raw = tmp_path / "lista.csv"
    raw.write_text("\n".join(";".join(map(str, line)) for line in [headings, *rows]), encoding="utf-8")
    return {found.column.heading: found for found in guess(look(raw))}


def test_a_1_and_a_2_are_occasions_and_a_3_makes_them_questions(tmp_path):
    headings = ["Nr", "GAF 1", "GAF 2", "Fråga 1", "Fråga 2", "Fråga 3"]
    found = guessed(tmp_path, headings, *([n, 50, 60, 1, 2, 3] for n in range(5)))
    assert [found[name].occasion for name in headings[1:3]] == ["start", "end"]
    assert {found[name].kind for name in headings[3:]} == {"ignore"}


def test_scores_outside_a_measure_are_another_version(tmp_path):
    found = guessed(tmp_path, ["Nr", "KASAM in", "KASAM ut"], *([n, 140, 150] for n in range(5)))
    assert {found[name].measure for name in ("KASAM in", "KASAM ut")} == {"kasam29"}


def test_closing_reasons_that_all_fit_are_endings(tmp_path):
    found = guessed(tmp_path, ["Nr", "Avslut"], *([n, ["Planerat", "Avbrott"][n % 2]] for n in range(8)))
    assert found["Avslut"].kind == "ending"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("Målet ej uppnått", None), ("Oplanerat", None), ("Ingen eller försämrad utveckling", "unchanged_or_worse"),
     ("Målet är uppnått", "goal_reached"), ("Förbättrad situation", "improved"), ("Annat", "other")],
)  # fmt: skip
def test_a_denied_goal_is_never_guessed_as_reached(text, meaning):
    assert meaning_of(text) == meaning


def test_a_rare_longer_text_never_joins_a_common_shorter_one():
    texts = ["Flyttat"] * 5 + ["flyttat"] + ["Flyttat till Anna"] + ["Avbröt hos Anna", "Avbröt", "avbröt"]
    column = RawColumn("Avslut", tuple(texts))
    common = [text for name in common_groups(column) for text in column.groups[name]]
    assert common == ["Flyttat", "flyttat"]


@pytest.mark.skipif(not BEAT_THE_BLUES.is_file(), reason="the open data file is not on this machine")
def test_init_of_real_data_needs_only_what_no_file_can_tell(project):
    said = sketch(project, "prov/blues", BEAT_THE_BLUES, TODAY)
    path = project / "parameters" / "prov" / "blues.yml"
    text = path.read_text(encoding="utf-8")
    for gap in ("minimum", "maximum", "higher_is_better", "year"):
        assert f", {gap}" in said
    filled = {"minimum: FYLL I": "minimum: 0", "maximum: FYLL I": "maximum: 63", "year: FYLL I": "year: 2003"}
    for gap, value in {**filled, "higher_is_better: FYLL I": "higher_is_better: false"}.items():
        text = text.replace(gap, value)
    path.write_text(text, encoding="utf-8")
    folder = project / "data_raw" / "prov" / "blues"
    folder.mkdir(parents=True)
    shutil.copy(BEAT_THE_BLUES, folder)
    processed = check(load_unit("prov/blues", project), project)
    assert len(processed.episodes) == 100
    counted = processed.measurements.dropna(subset="value").groupby("occasion").size()
    assert counted.to_dict() == {"start": 100, "m2": 97, "m3": 73, "m5": 58, "m8": 52}


def test_an_unforeseen_error_is_told_without_what_it_quotes(tmp_path, monkeypatch, capsys):
    """A foreign error's text and trace may hold a cell of somebody's."""
    from isu_analysis.cli import commands

    def break_down(options, project):
        raise KeyError("Anna Andersson")

    monkeypatch.setenv("ISU_PROJECT", str(tmp_path))
    (tmp_path / "parameters").mkdir()
    monkeypatch.setattr(commands, "measures", break_down)
    assert cli.main(["measures"]) == 6
    told = capsys.readouterr()
    assert "Anna" not in told.out + told.err and "Traceback" not in told.err
    assert told.err.startswith("Oväntat fel (KeyError)") and "docs/fel.md" in told.err


def test_files_in_which_nobody_has_answered_are_remarked_on(tmp_path):
    """All is as the unit file says, and nothing is read: most often the wrong columns are named."""
    place, told = small.project(tmp_path), []
    unit = small.unit(place)
    path = small.raw(place, "ärenden 2024.xlsx")
    small.xlsx(path, [small.row("A1", före=None, efter=None, läge=None)])
    assert batch.check_units(place, [unit], told.append) == []
    assert "Obs: inte ett enda svar finns i det som lästes." in "\n".join(told)
    told.clear()
    small.xlsx(path, [small.row("A1")])
    batch.check_units(place, [unit], told.append)
    assert not [line for line in told if "inte ett enda svar" in line]
