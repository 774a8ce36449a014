"""What is changed makes a report stale, and says so; what is not changed is not read again."""

import json
import os
import shutil
from dataclasses import replace

import pytest
import small_project
from planned_project import LATER, OTHER, OURS, PAGES, form, later, make, publish, read_in, state, write

from isu_analysis import files
from isu_analysis.decisions import FILE
from isu_analysis.disclosure.ledger.chain import FOLDER
from isu_analysis.errors import ReportError
from isu_analysis.intake import intake, keys, list_path, store
from isu_analysis.reporting.plan import Job, plan
from isu_analysis.reporting.planning import hashes as planning_hashes
from isu_analysis.reporting.planning import inputs, known, program, raw, record
from isu_analysis.reporting.planning import state as planning_state
from isu_analysis.reporting.planning.hashes import COARSEST, Hashes, path_of_memory
from isu_analysis.reporting.planning.inputs import OVERVIEW, UNIT_REPORT
from isu_analysis.reporting.planning.jobs import find_jobs
from isu_analysis.reporting.planning.status import status
from isu_analysis.settings import load_unit, read_unit

JOB = Job(OURS, 2024, "Öppenvården")
MUNICIPALITY = Job("a-kommun/oversikt", 2024)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("plan"))


@pytest.fixture
def project(made, tmp_path):
    return shutil.copytree(made, tmp_path / "Å ä ö {mellanslag}")


@pytest.fixture(scope="module")
def copied_package(tmp_path_factory):
    ignored = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(program.FOLDER, tmp_path_factory.mktemp("p") / "x", ignore=ignored)


@pytest.fixture(autouse=True)
def package(copied_package, monkeypatch):
    """A copy of the package's files, so that somebody who edits the package while the tests run changes no answer."""
    monkeypatch.setattr(program, "FOLDER", copied_package)
    return copied_package


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def settings(project, key=OURS):
    return project / "parameters" / f"{key}.yml"


def other_data(project, key=OURS):
    """A late follow-up: one more person in the raw file, read in."""
    path = project / "data_raw" / key / "ärenden 2024.xlsx"
    small_project.xlsx(path, [small_project.row("A1"), small_project.row("A2")])
    read_in(project, key)


# A report and what it is made of


def test_a_report_is_new_then_current_and_a_later_year_is_another_report(project):
    assert state(project, JOB).kind == "new"
    publish(project, JOB)
    assert state(project, JOB) == planning_state.State(JOB, "current")
    assert state(project, replace(JOB, year=2023)).kind == "new"
    assert state(project, replace(JOB, through="2024-05-31")).kind == "new"
    assert state(project, JOB, language="en").kind == "new"
    assert state(project, JOB, "public").kind == "new"


CHANGES = {
    "uppgifterna": other_data,
    "enhetsfilen": lambda project: edit(settings(project), "Bättre.", "Mycket bättre."),
    "anteckningsboken": lambda project: write(project / "notebooks" / UNIT_REPORT, b"{ }"),
    "besluten": lambda project: form(project, OURS, 2023, "Fler mäts vid avslut."),
}


@pytest.mark.parametrize("word", CHANGES)
def test_each_thing_that_changes_is_told(project, word):
    publish(project, JOB)
    assert state(project, JOB).kind == "current"
    CHANGES[word](project)
    assert (state(project, JOB).kind, state(project, JOB).why) == ("stale", (word,))
    publish(project, JOB)
    assert state(project, JOB).kind == "current"


def test_a_file_of_the_package_or_a_version_of_a_library_makes_every_report_stale(project, package, monkeypatch):
    publish(project, JOB)
    publish(project, MUNICIPALITY)
    card = next((package / "measures" / "cards").glob("*.yml"))
    card.write_text(card.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert [state(project, job).why for job in (JOB, MUNICIPALITY)] == [("programmet",), ("programmet",)]
    publish(project, JOB)
    write(package / "__pycache__" / "x.pyc", b"x")
    assert state(project, JOB).kind == "current"
    write(package / "presentation" / "languages" / "fi.po", b"x")
    assert state(project, JOB).why == ("programmet",)
    publish(project, JOB)
    monkeypatch.setattr(program.platform, "python_version", lambda: "3.99.0")
    assert state(project, JOB).why == ("miljön",)


def test_the_environment_is_what_reports_are_made_with_and_nothing_else():
    needed = {line.split()[0] for line in program._needed()}
    assert {"pandas", "numpy", "scipy", "pyarrow", "matplotlib", "typst", "pillow", "nbconvert", "markupsafe"} <= needed
    assert not {"pytest", "ruff", "mypy", "jupyterlab", "jupyterlab-server", "distributed"} & needed


def test_an_upgraded_library_is_seen(project, monkeypatch):
    before = program.environment(Hashes(project))
    assert program.environment(Hashes(project)) == before
    real = program.metadata.distribution

    class Newer:
        version, requires = "99.0", []

    monkeypatch.setattr(program.metadata, "distribution", lambda name: Newer() if name == "pillow" else real(name))
    monkeypatch.setattr(program, "_installed", lambda: iter(["pillow-99.0.dist-info"]))
    assert program.environment(Hashes(project)) != before


def test_the_date_that_is_asked_for_is_an_input_only_where_it_is_another_than_the_datas_own(project):
    publish(project, JOB)
    assert state(project, JOB, as_of="2024-06-01").kind == "current"
    assert state(project, JOB, as_of="2024-05-01").why == ("uppgifternas datum",)


def test_a_touched_file_is_no_changed_file(project):
    publish(project, JOB)
    folder = store.folder(project, load_unit(OURS, project))
    for path in (settings(project), folder / "episodes.parquet", JOB.folder(project, "internal") / "report.html"):
        os.utime(path, ns=(LATER, LATER))
    assert state(project, JOB).kind == "current"


def test_reading_the_same_files_in_again_changes_nothing(project):
    publish(project, JOB)
    read_in(project)
    assert state(project, JOB).kind == "current"


def test_a_page_that_is_edited_or_removed_is_seen_and_an_added_one_is_none_of_ours(project):
    publish(project, JOB)
    folder = JOB.folder(project, "internal")
    write(folder / FILE, b"ett eget papper")
    assert state(project, JOB).kind == "current"
    page = folder / "report.html"
    before = page.stat()
    page.write_bytes(b"sidx")  # as long, and with the same time
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert state(project, JOB).why == (planning_state.NOT_AS_PUBLISHED,)
    write(page, PAGES["report.html"])
    assert state(project, JOB).kind == "current"
    (folder / "figurer" / "f1.png").unlink()
    assert (state(project, JOB).kind, state(project, JOB).why) == ("stale", (planning_state.NOT_AS_PUBLISHED,))


# Decisions


def test_the_empty_form_that_a_run_lays_there_is_no_decision(project):
    publish(project, JOB)
    form(project, OURS, 2023)
    assert state(project, JOB).kind == "current"
    form(project, OURS, 2024, "Det egna årets beslut hör till nästa rapport.")
    assert state(project, JOB).kind == "current"
    form(project, OURS, 2023, "Fler mäts.")
    assert state(project, JOB).why == ("besluten",)


def test_without_a_reader_of_workbooks_any_form_counts(project, monkeypatch):
    form(project, OURS, 2023)
    publish(project, JOB)

    def missing(path, year):
        raise ModuleNotFoundError(name="openpyxl")

    monkeypatch.setattr(inputs, "read", missing)
    path_of_memory(project).unlink()
    assert state(project, JOB).why == ("besluten",)


# A municipality


def test_an_overview_is_made_of_every_unit_and_a_public_report_too(project):
    for release in ("internal", "public"):
        publish(project, JOB, release)
        publish(project, MUNICIPALITY, release)
    other_data(project, OTHER)
    assert state(project, JOB).kind == "current"
    assert state(project, JOB, "public").why == ("kommunens andra enheter",)
    assert state(project, MUNICIPALITY).why == state(project, MUNICIPALITY, "public").why == ("kommunens enheter",)


def test_what_is_told_elsewhere_of_another_unit_and_a_unit_more_reach_a_public_report(project):
    publish(project, JOB, "public")
    known_elsewhere = 'known_elsewhere:\n  - {source: Bokslut, total: 9, parts: ["2024/flow/eligible"]}\nsources:'
    edit(settings(project, OTHER), "sources:", known_elsewhere)
    assert state(project, JOB, "public").why == ("kommunens andra enheter",)
    publish(project, JOB, "public")
    shutil.copy(settings(project, OTHER), settings(project, "a-kommun/tredje"))
    assert state(project, JOB, "public").why == ("kommunens andra enheter",)


def test_the_date_asked_for_reaches_the_other_units_of_a_public_report(project):
    publish(project, JOB, "public")
    assert state(project, JOB, "public", as_of="2024-06-01").why == ("kommunens andra enheter",)


def test_decisions_and_notebook_of_an_overview(project):
    publish(project, MUNICIPALITY)
    write(project / "notebooks" / UNIT_REPORT, b"{ }")
    assert state(project, MUNICIPALITY).kind == "current"
    form(project, OTHER, 2023, "Fler mäts.")
    assert state(project, MUNICIPALITY).why == ("kommunens enheter",)
    write(project / "notebooks" / OVERVIEW, b"{ }")
    assert state(project, MUNICIPALITY).why == ("kommunens enheter", "anteckningsboken")


def test_a_public_report_without_a_ledger_is_not_left_alone(project):
    publish(project, JOB, "public")
    assert state(project, JOB, "public").kind == "current"
    shutil.rmtree(project / "data_processed" / "a-kommun" / planning_state.LEDGER)
    assert state(project, JOB, "public").why == (planning_state.NO_LEDGER,)
    assert planning_state.LEDGER == FOLDER


def test_what_one_publication_enters_in_the_ledger_makes_no_other_report_stale(project):
    publish(project, JOB, "public")
    write(project / "data_processed" / "a-kommun" / planning_state.LEDGER / "000002.json", b"{}")
    assert state(project, JOB, "public").kind == "current"


# What is in the way


def test_a_broken_unit_stops_itself_alone(project):
    publish(project, JOB)
    edit(settings(project, OTHER), "purpose:", "purpoze:")
    broken = state(project, replace(JOB, unit_key=OTHER))
    assert (broken.kind, broken.why) == ("blocked", ("annan.yml, rad 1: «purpose» nyckeln saknas. (och 1 rad till)",))
    assert state(project, JOB).kind == "current"
    assert state(project, MUNICIPALITY).kind == "new"
    edit(settings(project), "purpose:", "purpoze:")
    assert state(project, MUNICIPALITY).kind == "blocked"


def test_a_draft_a_unit_without_data_and_a_year_that_is_not_there_are_stopped(project):
    edit(settings(project), "Bättre.", "FYLL I")
    assert state(project, JOB).why == ("enhetsfilen är inte färdig: 1 uppgift att fylla i",)
    edit(settings(project), "FYLL I", "Bättre.")
    assert state(project, replace(JOB, year=1999)).why == ("inga uppgifter för 1999",)
    shutil.rmtree(project / "data_processed" / OURS)
    assert state(project, JOB).why == (f"inga inlästa uppgifter. Kör «isu intake {OURS}» först.",)


def test_data_under_a_key_that_has_been_changed_are_stopped(project):
    publish(project, JOB)
    keys.change_key(project)
    assert (state(project, JOB).kind, state(project, JOB).why) == (
        "blocked",
        (f"pseudonymnyckeln är bytt. Kör «isu intake {OURS}» igen.",),
    )
    read_in(project)
    assert state(project, JOB).why == ("uppgifterna",)


# The record


def test_a_report_without_a_record_or_with_a_damaged_one_is_made_again(project):
    made = publish(project, JOB)
    path = record.path_of(project, JOB, "internal")
    assert record.read(project, JOB, "internal") == made
    whole = path.read_bytes()
    told = json.loads(whole)
    damaged = [b"", b"{", b"[]", b"null", whole[:-30], json.dumps(told | {"format": 99}).encode(),
               json.dumps(told | {"pages": {"a": 1}}).encode(), json.dumps(told | {"inputs": {}}).encode()]  # fmt: skip
    for data in damaged:
        path.write_bytes(data)
        assert record.read(project, JOB, "internal") is None
        assert (state(project, JOB).kind, state(project, JOB).why) == ("stale", (planning_state.UNKNOWN_MAKING,))
    told["inputs"] |= {"väder": "regn"}
    path.write_text(json.dumps(told), encoding="utf-8")
    assert state(project, JOB).why == (planning_state.UNKNOWN_MAKING,)


def test_records_lie_with_the_protected_data_and_only_their_owner_reads_them(project):
    publish(project, JOB, language="en")
    publish(project, MUNICIPALITY, "public")
    there = project / "data_processed" / OURS / "korningar" / "2024-internal-en.json"
    of_overview = project / "data_processed" / "a-kommun" / "_oversikt" / "2024-public.json"
    assert there.is_file() and of_overview.is_file()
    if os.name == "posix":
        assert {path.stat().st_mode & 0o077 for path in (there, of_overview, path_of_memory(project))} == {0}


# Raw files


def test_raw_files_are_read_in_until_one_changes_comes_or_goes(project):
    unit, folder = load_unit(OURS, project), project / "data_raw" / OURS
    assert raw.is_read_in(project, unit)
    (folder / "anteckningar.txt").write_text("läses inte", encoding="utf-8")
    os.utime(folder / "ärenden 2024.xlsx", ns=(LATER, LATER))
    assert raw.is_read_in(project, unit)
    small_project.xlsx(folder / "ärenden 2024.xlsx", [small_project.row("A1"), small_project.row("A2")])
    shutil.copy(folder / "ärenden 2023.xlsx", folder / "ärenden 2022.xlsx")
    (folder / "ärenden 2023.xlsx").unlink()
    said = raw.unread(project, OURS, [source.file for source in unit.sources])
    assert said == ("1 ny råfil", "1 ändrad råfil", "1 borttagen råfil")
    assert not raw.is_read_in(project, unit)


def test_another_unit_file_and_no_intake_are_not_read_in_but_put_away_files_are(project):
    edit(settings(project), "maximum: 100", "maximum: 110")
    unit = load_unit(OURS, project)
    assert raw.unread(project, OURS, [source.file for source in unit.sources]) == (raw.OTHER_SETTINGS,)
    intake(unit, project)
    assert raw.is_read_in(project, unit)
    about = project / "data_processed" / OURS / "intake.json"
    about.write_text("{", encoding="utf-8")
    assert not raw.is_read_in(project, unit)
    shutil.rmtree(project / "data_raw" / OURS)
    assert raw.is_read_in(project, unit)


def test_the_answer_of_a_query_is_never_known_beforehand(project):
    assert raw.unread(project, OURS, [""]) == ("2 borttagna råfiler", raw.QUERY)


def test_the_list_of_problems_has_the_name_that_intake_gives_it(project):
    assert list_path(project, load_unit(OURS, project)).name == raw.PROBLEMS


# The memory


def test_a_damaged_or_missing_memory_costs_time_and_nothing_else(project):
    publish(project, JOB)
    state(project, JOB)
    path = path_of_memory(project)
    whole = path.read_bytes()
    assert json.loads(whole)["known"]
    other = settings(project).read_bytes().replace("Bättre.".encode(), "Sämre..".encode())
    for data in (b"", b"{}", whole[:-40], whole.replace(b"2024", b"2025", 1), b"\xff" + whole, whole[:200]):
        path.write_bytes(data)
        assert not Hashes(project)._known
        assert state(project, JOB).kind == "current"
    settings(project).write_bytes(other)
    path.write_bytes(whole)
    assert state(project, JOB).why == ("enhetsfilen",)


def test_a_memory_that_cannot_be_written_is_done_without(project, monkeypatch):
    publish(project, JOB)

    def refuse(path, data):
        raise files.WriteError("disken är full")

    monkeypatch.setattr(files, "write", refuse)
    assert state(project, JOB).kind == "current"


@pytest.mark.parametrize(("lately", "is_remembered"), [(COARSEST // 2, False), (COARSEST, False), (2 * COARSEST, True)])
def test_a_file_touched_too_lately_is_not_remembered(tmp_path, monkeypatch, lately, is_remembered):
    """Two changes within one tick of a coarse clock leave the same size and times: nothing tells them apart."""
    path, touched = tmp_path / "fil", 1_000_000 * COARSEST
    monkeypatch.setattr(planning_hashes, "_looks_of", lambda folder, names: ("samma", touched))
    memory = Hashes(tmp_path, clock=lambda: touched + lately)
    path.write_bytes(b"ett")
    first = memory.together("fil", tmp_path, ["fil"])
    path.write_bytes(b"tva")
    assert (memory.together("fil", tmp_path, ["fil"]) == first) is is_remembered


def test_a_file_of_the_future_is_read_each_time(tmp_path):
    path = tmp_path / "fil"
    path.write_bytes(b"ett")
    os.utime(path, ns=(later() + LATER, later() + LATER))
    memory = Hashes(tmp_path)
    memory.together("fil", tmp_path, ["fil"])
    assert not memory._known


def test_what_is_missing_has_no_sum(tmp_path):
    assert Hashes(tmp_path).together("fil", tmp_path, ["finns", "inte"]) == ""


# Many


def test_jobs_are_those_of_the_slow_plan(project):
    edit(settings(project, OTHER), "purpose:", "purpoze:")
    for years in (None, [2024], [2023, 1999]):
        assert find_jobs(project, [OURS, OTHER, OURS], years) == plan([OURS, OTHER, OURS], years, project)
    assert find_jobs(project, ["a-kommun/okänd"]).failed == plan(["a-kommun/okänd"], None, project).failed
    for call in (lambda: find_jobs(project, [OURS], [1999]), lambda: plan([OURS], [1999], project)):
        with pytest.raises(ReportError, match=r"Inget att redovisa för 1999\. År med uppgifter: 2023, 2024\."):
            call()


def test_two_hundred_units_are_planned_again_without_opening_one(project, monkeypatch):
    unit = read_unit(settings(project))
    names = [f"kommun-{m}/enhet-{u}" for m in range(10) for u in range(20)]
    copies = {
        name: unit.model_copy(update=dict(zip(("municipality_slug", "slug"), name.split("/"), strict=True)))
        for name in names
    }
    for name in names:
        path = settings(project, name)
        path.parent.mkdir(exist_ok=True)
        shutil.copy(settings(project), path)
        shutil.copytree(project / "data_processed" / OURS, project / "data_processed" / name)
    with monkeypatch.context() as patched:
        patched.setattr(known, "read_unit", lambda path: copies.get(f"{path.parent.name}/{path.stem}", unit))
        memory = Hashes(project, clock=later)
        first = status(project, hashes=memory)
        memory.save()
    assert len(first.rows) == 2 * 200 + 2 * 10 + 6

    def opened(*arguments, **more):
        raise AssertionError("a file that has not changed is opened")

    for module, name in ((known, "read_unit"), (known, "years"), (raw, "unread"), (inputs, "read")):
        monkeypatch.setattr(module, name, opened)
    monkeypatch.setattr("isu_analysis.files.sha256", opened)
    assert status(project, hashes=Hashes(project, clock=later)) == first
