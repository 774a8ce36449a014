"""A night alone: what is new is read in and made, whatever happens is told, and nothing of anybody is in what is told."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import made_project
import pytest
import small_project
from made_project import CHILDREN, OVERVIEW, PARENTS

from isu_analysis import cli
from isu_analysis.errors import ReportError
from isu_analysis.files import WriteError
from isu_analysis.intake import store
from isu_analysis.reporting import batch, collection
from isu_analysis.reporting.exit_codes import MEANINGS
from isu_analysis.reporting.plan import Failed, Job
from isu_analysis.reporting.progress import LEFT_OUT
from isu_analysis.reporting.run import RunSummary
from isu_analysis.reporting.running.lock import BusyError, one_run
from isu_analysis.reporting.scheduled import log, night, summary
from isu_analysis.reporting.scheduled.account import Kind
from isu_analysis.reporting.scheduled.night import Asked
from isu_analysis.settings import load_unit

CET = dt.timezone(dt.timedelta(hours=1))
NUMBER = "19121212-1212"  # the tax agency's test number
ONE, TWO = "a-kommun/oppenvard", "a-kommun/andra"


def wall_clock():
    """A clock on which a minute passes between any two looks."""
    moments = (dt.datetime(2026, 2, 15, 4, 30, tzinfo=CET) + dt.timedelta(minutes=n) for n in range(10**6))
    return lambda: next(moments)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two units of one municipality with a raw file each, nothing read in."""
    place = small_project.project(tmp_path)
    small_project.unit(place)
    small_project.xlsx(small_project.raw(place, "ärenden 2024.xlsx"), [small_project.row(f"A{n}") for n in range(9)])
    settings = (place / "parameters" / f"{ONE}.yml").read_text(encoding="utf-8")
    (place / "parameters" / f"{TWO}.yml").write_text(settings.replace("Öppenvården", "Andra"), encoding="utf-8")
    shutil.copytree(place / "data_raw" / ONE, place / "data_raw" / TWO)
    monkeypatch.chdir(place)
    monkeypatch.delenv("ISU_PROJECT", raising=False)
    return place


@pytest.fixture
def asked_for(monkeypatch):
    """What reports were asked for; each unit's 2024 is made, unless a test says otherwise."""
    asked = []

    def made(project, names, years, release, as_of, say, language, **how):
        asked.append((tuple(names), release, as_of, language))
        say("1 av 2 · Öppenvården 2024 · 3,2 s")
        return RunSummary(tuple(Job(name, 2024) for name in names), ())

    monkeypatch.setattr(batch, "report_named", made)
    return asked


def run(project, *, say=lambda _: None, **asked):
    return night.run(project, Asked(**asked), say=say, now=wall_clock())


def raw_of(project, key):
    return project / "data_raw" / key / "ärenden 2024.xlsx"


def spoil(project, key, heading=None):
    """Let a unit's raw file be refused."""
    headings = [*small_project.HEADINGS[:-1], heading] if heading else small_project.HEADINGS
    small_project.xlsx(raw_of(project, key), [small_project.row(None)], headings)


def told(project, folder="logs"):
    place = project / folder
    return {name: (place / name).read_text(encoding="utf-8") for name in ("isu.log", "summary.txt", "message.json")}


def message(project):
    return json.loads(told(project)["message.json"])


def tree(place):
    return {
        path.relative_to(place).as_posix(): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [place, *place.rglob("*")]
    }


def test_only_what_has_changed_is_read_in(project, asked_for):
    first = run(project)
    assert first.read_in == [TWO, ONE] and first.exit_code == 0
    assert asked_for == [((TWO, ONE), "internal", None, "sv")]
    assert run(project).read_in == []
    small_project.xlsx(raw_of(project, ONE), [small_project.row("B1")])
    assert run(project).read_in == [ONE]
    with (project / "parameters" / f"{TWO}.yml").open("a", encoding="utf-8") as file:
        file.write("# ny\n")
    assert run(project).read_in == [TWO]
    assert len(store.load(project, load_unit(ONE, project)).episodes) == 1


def test_what_is_wrong_with_one_unit_stops_no_other_and_its_reports_are_of_what_was_read_in_before(project, asked_for):
    run(project)
    before = (project / "data_processed" / ONE / "episodes.parquet").read_bytes()
    spoil(project, ONE)
    small_project.xlsx(raw_of(project, TWO), [small_project.row("B1")])
    account = run(project)
    assert account.read_in == [TWO] and account.older == {ONE} and account.exit_code == 3
    assert asked_for[-1][0] == (TWO, ONE)
    assert (project / "data_processed" / ONE / "episodes.parquet").read_bytes() == before
    text = told(project)["summary.txt"]
    assert text.startswith("Klart: 2 rapporter gjorda, 1 enhet behöver åtgärd.\n")
    assert "Inläsningen: " in text and "problem.xlsx" in text
    assert "Rapporterna bygger på det som lästes in tidigare." in text
    assert "Att göra: Rätta råfilen eller enhetsfilen." in text
    (problem,) = message(project)["problems"]
    assert (problem["unit"], problem["year"], problem["kind"], problem["older_data"]) == (ONE, None, "intake", True)
    assert message(project)["status"] == "attention"


def test_a_unit_never_read_in_is_not_said_to_have_older_data(project, asked_for):
    spoil(project, ONE)
    assert run(project).older == set()
    assert "lästes in tidigare" not in told(project)["summary.txt"]


def test_a_unit_whose_reading_in_crashes_is_told_by_the_kind_of_error_alone(project, asked_for, monkeypatch):
    real = batch.intake_units

    def crash(place, units, say):
        if units[0].key == TWO:
            raise KeyError(NUMBER)
        return real(place, units, say)

    monkeypatch.setattr(batch, "intake_units", crash)
    account = run(project)
    assert account.read_in == [ONE] and [one.reason for _, one in account.failed] == ["oväntat fel (KeyError)."]
    assert NUMBER not in "".join(told(project).values())


def test_a_broken_unit_file_is_told_once_and_the_others_are_done(project, asked_for):
    (project / "parameters" / f"{TWO}.yml").write_text("namn: x\n", encoding="utf-8")
    account = run(project, public=True)
    assert [kind for kind, _ in account.failed] == ["unit_file"]
    assert [asked[:2] for asked in asked_for] == [((ONE,), "internal"), ((ONE,), "public")]
    assert told(project)["summary.txt"].count("okänd nyckel") == 1


def test_where_no_unit_file_can_be_read_nothing_is_asked_for_and_not_every_unit_there_is(project, asked_for):
    for key in (ONE, TWO):
        (project / "parameters" / f"{key}.yml").write_text("namn: x\n", encoding="utf-8")
    assert run(project, collect=True).exit_code == 3
    assert asked_for == []


def test_public_language_and_date_reach_the_reports_and_what_is_held_back_is_told(project, monkeypatch):
    asked = []
    later = "Översikt a-kommun 2024 görs när alla enheter är publicerade."

    def made(_, names, years, release, as_of, say, language, **how):
        asked.append((release, as_of, language))
        if release == "internal":
            return RunSummary((), (), current=(Job(ONE, 2023), Job(ONE, 2024)))
        return RunSummary((Job(ONE, 2024),), (Failed(TWO, 2024, "för få."),), held_back=(later, later))

    monkeypatch.setattr(batch, "report_named", made)
    run(project, public=True, as_of="2025-01-31", language="en")
    assert asked == [("internal", "2025-01-31", "en"), ("public", "2025-01-31", "en")]
    text = told(project)["summary.txt"]
    assert f"Redan aktuella rapporter för internt bruk (2):\n  {ONE}: 2023, 2024\n" in text
    assert f"Gjorda rapporter för publicering (1):\n  {ONE}: 2024\n" in text
    assert text.count(later) == 1 and message(project)["held_back"] == [later]
    assert "Rapporten för publicering 2024: för få." in text
    assert message(project)["counts"] == {"read_in": 2, "made": 1, "current": 2, "failed": 1, "units_to_mend": 1}


def test_one_kind_of_reports_that_cannot_be_made_stops_not_the_other(project, monkeypatch):
    def made(_, names, years, release, *__, **how):
        if release == "internal":
            raise ReportError("Anteckningsboken finns inte.")
        return RunSummary((Job(ONE, 2024),), ())

    monkeypatch.setattr(batch, "report_named", made)
    account = run(project, public=True)
    assert account.exit_code == 3 and len(account.made) == 1
    assert (
        "  Alla enheter\n    Rapporten för internt bruk: Anteckningsboken finns inte." in told(project)["summary.txt"]
    )
    assert account.first_line == "Klart: 1 rapport gjord, men något behöver åtgärdas."
    assert message(project)["problems"][0]["unit"] is None


def test_the_collection_is_checked_only_when_asked_for_and_as_of_today(project, asked_for, monkeypatch):
    checked = []

    def collected(_, names, as_of, say):
        checked.append((tuple(names), as_of))
        return [Failed(TWO, None, "ärendenumren går inte att läsa.")]

    monkeypatch.setattr(collection, "collect_named", collected)
    run(project)
    assert checked == []
    account = run(project, collect=True)
    assert checked == [((TWO, ONE), "2026-02-15")]
    assert account.collected == 1 and "Insamlingen är kontrollerad för 1 enhet." in told(project)["summary.txt"]
    assert "Insamlingskontrollen: ärendenumren går inte att läsa." in told(project)["summary.txt"]
    run(project, collect=True, as_of="2025-03-31")
    assert checked[-1][1] == "2025-03-31"


def test_the_log_has_local_time_with_its_offset_and_is_the_only_place_with_durations(project, asked_for):
    run(project)
    run(project)
    files = told(project)
    lines = files["isu.log"].splitlines()
    assert all(re.match(r"2026-02-15T\d\d:\d\d:\d\d\+01:00 (  )?\S", line) for line in lines)
    assert sum(line.endswith(" Körningen börjar.") for line in lines) == 2  # the second is added to the first
    assert any("Öppenvården 2024 · 3,2 s" in line for line in lines)
    assert re.search(r"Körningen tog \d+ min och slutar med 0\.$", lines[-1])
    assert "3,2 s" not in files["summary.txt"] + files["message.json"]
    assert "Började 2026-02-15 kl. 04.31 (UTC+01:00)." in files["summary.txt"]


def test_while_it_runs_the_message_says_so_with_the_process(project, monkeypatch):
    seen = []

    def made(*_, **how):
        seen.append(told(project))
        return RunSummary((), ())

    monkeypatch.setattr(batch, "report_named", made)
    run(project)
    during = json.loads(seen[0]["message.json"])
    assert (during["status"], during["exit_code"], during["ended"], during["pid"]) == (
        "running",
        None,
        None,
        os.getpid(),
    )
    assert seen[0]["summary.txt"].startswith("Pågår.\n") and "strömavbrott" in seen[0]["summary.txt"]
    after = message(project)
    assert (after["status"], after["exit_code"]) == ("ok", 0)
    assert after["started"] < after["ended"]
    assert after["summary"] == "Klart: inga nya rapporter behövdes, inget behöver åtgärdas."


def test_a_process_killed_in_mid_run_leaves_the_message_that_it_was_running(project):
    code = (
        "import os, pathlib\nfrom isu_analysis.reporting import batch\nfrom isu_analysis.reporting.scheduled import night\n"
        "batch.report_named = lambda *_, **__: os._exit(9)\n"
        "night.run(pathlib.Path.cwd(), night.Asked())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, check=False, timeout=120)
    assert done.returncode == 9
    assert message(project)["status"] == "running" and message(project)["pid"] != os.getpid()
    with one_run(project):
        pass  # and the next run may start


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Någon avbröt den"),
        (ZeroDivisionError(f"{NUMBER} i /home/anna"), 6, "Oväntat fel (ZeroDivisionError)."),
        (SystemExit(NUMBER), 6, "Oväntat fel (SystemExit)."),
        (MemoryError(), 6, "mer minne"),
        (BusyError("En annan körning pågår i projektmappen (process 7). Vänta tills den är klar."), 5, "process 7"),
        (ModuleNotFoundError("No module named 'papermill'", name="papermill"), 1, "isu-analysis[reports]"),
    ],
)
def test_whatever_stops_the_run_is_told_without_a_value(project, monkeypatch, error, code, said):
    def stop(*_, **how):
        raise error

    monkeypatch.setattr(batch, "report_named", stop)
    account = run(project)
    assert account.exit_code == code and code in MEANINGS
    files = told(project)
    after = json.loads(files["message.json"])
    assert (after["status"], after["exit_code"]) == ("failed", code) and after["ended"]
    assert said in after["stopped"] and said in files["summary.txt"] and said in files["isu.log"]
    assert after["counts"]["read_in"] == 2  # what was done before is not forgotten
    assert files["summary.txt"].startswith(("Misslyckades. Det som hann", "Avbruten. Det som hann"))
    assert "Att göra: " in files["summary.txt"]
    assert not any(secret in "".join(files.values()) for secret in (NUMBER, "/home"))


def test_a_crash_in_our_own_code_names_the_module_and_the_line(project, asked_for, monkeypatch):
    monkeypatch.setattr(collection, "collect_named", lambda *_: 1 / 0)
    monkeypatch.setattr(night, "is_read_in", lambda *_: True)
    account = run(project, collect=True)
    assert re.search(r"\(isu_analysis\.reporting\.scheduled\.night, rad \d+\)$", account.stopped)


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_a_machine_that_shuts_down_is_an_interruption_and_the_old_answer_is_back_afterwards(project, monkeypatch):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(batch, "report_named", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM))
    assert run(project).exit_code == 130
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_run_keeps_its_message_and_summary(project, asked_for):
    run(project)
    before = told(project)
    with one_run(project), pytest.raises(BusyError):
        run(project)
    after = told(project)
    assert after["message.json"] == before["message.json"] and after["summary.txt"] == before["summary.txt"]
    assert "Inget görs: En annan körning pågår" in after["isu.log"]
    assert len(asked_for) == 1


def test_nothing_of_a_person_or_a_machine_is_in_what_is_told(project, monkeypatch):
    lines = []
    spoil(project, ONE, heading=NUMBER)
    (raw_of(project, TWO).parent / f"kopia {NUMBER}.xlsx").write_bytes(b"x")

    def made(_, names, years, release, as_of, say, language, **how):
        say(f"Obs: {NUMBER} i {project}")
        failed = Failed(TWO, 2024, f"rad 1 är hel\n{NUMBER} finns\nfilen {project}/x")
        return RunSummary((), (failed,), held_back=(f"väntar på {NUMBER}",))

    monkeypatch.setattr(batch, "report_named", made)
    account = run(project, say=lines.append)
    assert {kind for kind, _ in account.failed} == {"intake", "internal"}
    said = "\n".join([*told(project).values(), *lines])
    assert NUMBER not in said and "1212" not in said and str(project.parent) not in said
    assert LEFT_OUT in said and "rad 1 är hel" in said


def test_a_dry_run_says_what_would_be_done_and_writes_nothing_at_all(project, monkeypatch, capsys):
    run(project)  # which reads in, and makes nothing as there is no notebook
    shutil.rmtree(project / "logs")
    small_project.xlsx(raw_of(project, ONE), [small_project.row("B1"), small_project.row("B2")])
    before = tree(project)
    assert cli.main(["run", "--dry-run", "--public", "--collect"]) == 0
    assert tree(project) == before
    out = capsys.readouterr().out
    assert f"Läser in 1 enhet.\n  {ONE}: 1 ändrad råfil\n" in out
    assert "Kontrollerar insamlingen för 2 enheter." in out
    assert "Gör 3 rapporter för internt bruk; 0 är redan aktuella." in out and "för publicering" in out
    assert f"  {TWO}/2024: ny\n" in out and "a-kommun/oversikt/2024" in out
    assert out.endswith("Inget är gjort eller ändrat.\n")


def test_a_dry_run_of_what_was_never_read_in(project, capsys):
    before = tree(project)
    assert cli.main(["run", "--dry-run"]) == 0
    assert tree(project) == before
    out = capsys.readouterr().out
    assert (
        "Läser in 2 enheter." in out and f"{ONE}: inget är inläst än" in out and f"{ONE}: när enheten är inläst" in out
    )


def test_a_unit_that_is_not_there_ends_with_1_and_is_told(project, asked_for, capsys):
    assert cli.main(["run", "a-kommun/finns-inte"]) == 1
    assert "Varför den stannade" in capsys.readouterr().err
    assert message(project)["exit_code"] == 1 and asked_for == []


def test_the_command_says_how_it_went_and_when_quiet_only_what_needs_somebody(project, asked_for, capsys):
    assert cli.main(["run"]) == 0
    out, err = capsys.readouterr()
    assert "Öppenvården: inläst." in out and out.splitlines()[-1].startswith("Klart: 2 rapporter gjorda") and not err
    assert cli.main(["run", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    spoil(project, ONE)
    assert cli.main(["run", "--quiet"]) == 3
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("Klart: 2 rapporter gjorda, 1 enhet behöver åtgärd.")
    with one_run(project):
        assert cli.main(["run", "--quiet"]) == 5


def test_today_is_a_date_that_the_command_reads_off_the_clock(project, asked_for, monkeypatch):
    monkeypatch.setattr(log, "local_now", lambda: dt.datetime(2026, 2, 15, 4, 30, tzinfo=CET))
    assert cli.main(["run", "--as-of", "idag"]) == 0
    assert asked_for[0][2] == "2026-02-15"


def test_another_folder_for_the_log_counts_from_the_project(project, asked_for, monkeypatch, tmp_path):
    (project / "djupt").mkdir()
    monkeypatch.chdir(project / "djupt")
    assert cli.main(["run", "--logs", "natt"]) == 0
    assert told(project, "natt") and not (project / "logs").exists()
    assert cli.main(["run", "--logs", str(tmp_path / "annan")]) == 0
    assert (tmp_path / "annan" / "message.json").is_file()


def test_a_folder_that_cannot_be_written_in_stops_the_run_before_anything_is_done(project, asked_for, capsys):
    (project / "logs").write_bytes(b"en fil")
    assert cli.main(["run"]) == 1
    assert "Kan inte skriva i" in capsys.readouterr().err
    assert asked_for == [] and not (project / "data_processed" / ONE).exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows tells nothing of rights through the mode bits")
def test_an_account_without_rights_to_the_log_is_told_so_and_does_nothing(project, asked_for, monkeypatch):
    logs = project / "logs"
    logs.mkdir()
    real = Path.open

    def refused(self, mode="r", *rest, **named):
        if self.parent == logs and mode[0] in "awx":
            raise PermissionError(13, "Permission denied")
        return real(self, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(WriteError, match="saknas behörighet"):
        run(project)
    assert asked_for == [] and not (project / "data_processed").exists()


def test_a_summary_that_is_open_in_a_program_keeps_the_message_from_nobody(project, asked_for):
    run(project)
    (project / "logs" / "summary.txt").unlink()
    (project / "logs" / "message.json").unlink()
    (project / "logs" / "summary.txt").mkdir()  # cannot be replaced, as an open file on Windows
    assert run(project).exit_code == 0
    assert json.loads((project / "logs" / "message.json").read_text(encoding="utf-8"))["status"] == "ok"
    assert "Kan inte skriva i" in (project / "logs" / "isu.log").read_text(encoding="utf-8")


def test_a_log_that_can_no_longer_be_written_stops_no_report(project, asked_for, monkeypatch):
    real, count = night.files.append, [0]

    def full(*given):
        count[0] += 1
        if count[0] > 1:
            raise WriteError("disken är full")
        real(*given)

    monkeypatch.setattr(night.files, "append", full)
    assert run(project).exit_code == 0
    assert len(asked_for) == 1 and count[0] > 3


def test_every_kind_and_every_way_to_stop_has_its_words():
    assert set(get_args(Kind)) == set(summary._WHAT) == set(summary._WHAT_TO_DO)
    assert set(summary._AFTER_STOP) == {1, 5, 6, 130}


@pytest.mark.slow
def test_a_night_with_real_reports_from_raw_files_to_the_message(tmp_path):
    project = made_project.make(tmp_path)
    shutil.rmtree(project / "data_processed" / PARENTS)
    made_project.write_notebook(project, f"if unit == {PARENTS!r} and year == 2023:\n    raise ValueError({NUMBER!r})")
    lines = []
    account = run(project, names=(PARENTS,), say=lines.append)
    assert account.read_in == [PARENTS]
    assert [(one.unit_key, one.year) for _, one in account.failed] == [(PARENTS, 2023)]
    assert {job.key for _, job in account.made} == {
        *(f"{PARENTS}/{year}" for year in (2022, 2024)),
        *(f"{OVERVIEW}/{year}" for year in (2022, 2023, 2024)),
    }
    assert (project / "reports" / "internal" / PARENTS / "2024" / "report.pdf").is_file()
    assert not (project / "reports" / "internal" / CHILDREN).exists()
    after = message(project)
    assert after["exit_code"] == 3 and after["counts"]["made"] == len(account.made)
    said = "".join([*told(project).values(), *lines])
    assert NUMBER not in said and "oväntat fel (ValueError)" in said
