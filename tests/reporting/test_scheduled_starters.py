"""What starts a run by itself: written so that each scheduler reads back just the command, the folder and the time meant."""

from __future__ import annotations

import configparser
import datetime as dt
import os
import re
import shlex
import shutil
import stat
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from isu_analysis import cli
from isu_analysis.errors import SettingsError
from isu_analysis.reporting.exit_codes import MEANINGS
from isu_analysis.reporting.plan import Failed
from isu_analysis.reporting.scheduled import cron, message, systemd, windows
from isu_analysis.reporting.scheduled import starting as starting_module
from isu_analysis.reporting.scheduled.account import Account
from isu_analysis.reporting.scheduled.schedule import schedule, starting
from isu_analysis.reporting.scheduled.starting import Start, program, user_of
from isu_analysis.reporting.scheduled.timetable import Timetable, timetable

ROOT = Path(__file__).parents[2]
DAILY, WEEKLY, MONTHLY = Timetable("day", 4, 30), Timetable("week", 22, 5, 7), Timetable("month", 0, 0, 15)
ODD = "100 % å ä ö & $HOME (vård)"  # a folder's name with what schedulers replace or stop at
WINDOWS = {"system": "nt"}
TASK = f"{{{windows.NAMESPACE}}}"


def start(when=DAILY, folder="/srv/isu", **changed):
    given = {
        "command": (f"{folder}/bin/isu", "run", "--quiet", "--public", "exempelstad/unga-vuxna"),
        "project": Path(folder), "when": when, "name": "isu-rapporter", "user": "isu",
    }  # fmt: skip
    return Start(**given | changed)


# When


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        (("day", "04:30"), DAILY, "varje dag kl. 04.30"),
        (("day", "4.30"), DAILY, "varje dag kl. 04.30"),
        (("week", "22:05", "söndag"), WEEKLY, "varje söndag kl. 22.05"),
        (("week", "22:05", "Sondag"), WEEKLY, "varje söndag kl. 22.05"),
        (("week", "1:59"), Timetable("week", 1, 59, 1), "varje måndag kl. 01.59"),
        (("month", "00:00", "15"), MONTHLY, "den 15 varje månad kl. 00.00"),
        (("month", "03:00"), Timetable("month", 3, 0, 1), "den 1 varje månad kl. 03.00"),
    ],
)
def test_a_time_is_read(asked, found, said):
    assert timetable(*asked) == found and str(found) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("day", "24:00"), "Skriv den som 04:30."),
        (("day", "4"), "Skriv den som 04:30."),
        (("day", "04:60"), "Skriv den som 04:30."),
        (("day", "04:30:00"), "Skriv den som 04:30."),
        (("day", "٠٤:٣٠"), "Skriv den som 04:30."),
        (("day", "02:00"), "finns inte den natt då sommartiden börjar"),
        (("month", "2:59", "1"), "finns inte den natt då sommartiden börjar"),
        (("day", "04:30", "måndag"), "--every week eller --every month"),
        (("week", "04:30", "måndgen"), "Menade du «måndag»?"),
        (("week", "04:30", "3"), "Tillåtna: måndag, tisdag"),
        (("month", "04:30", "29"), "Tillåtna: 1 till 28."),
        (("month", "04:30", "0"), "Tillåtna: 1 till 28."),
        (("month", "04:30", "sista"), "Tillåtna: 1 till 28."),
    ],
)
def test_a_time_that_is_none_or_not_always_is_refused_in_one_line(asked, said):
    with pytest.raises(SettingsError) as error:
        timetable(*asked)
    assert said in str(error.value) and len(str(error.value).splitlines()) == 1


# systemd


def sections(data):
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(data.decode())
    return parser


def as_systemd_reads(line):
    """Words of a line as systemd takes them: quotes off, ``%%`` and ``$$`` one sign."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(line.replace("\\", "\\\\"))]


def test_the_service_starts_the_command_in_the_folder_and_may_write_there_only():
    folder = f"/srv/{ODD}"
    other = Path(f"/var/log/{ODD}")
    given = start(folder=folder, writable=(other,), variables={"ISU_KEY_FILE": f"{folder}/nyckel"})
    written = systemd.write(given)
    assert list(written.files) == ["isu-rapporter.service", "isu-rapporter.timer"]
    service = sections(written.files["isu-rapporter.service"])["Service"]
    assert as_systemd_reads(service["ExecStart"]) == list(given.command)
    assert service["WorkingDirectory"].replace("%%", "%") == folder  # taken as it stands, without quotes
    assert as_systemd_reads(service["ReadWritePaths"]) == [folder, str(other)]
    assert (service["Type"], service["User"], service["TimeoutStartSec"]) == ("oneshot", "isu", "12h")
    assert (service["ProtectSystem"], service["ProtectHome"], service["PrivateTmp"]) == ("strict", "read-only", "yes")
    text = written.files["isu-rapporter.service"].decode()
    assert f'Environment="ISU_KEY_FILE={folder}/nyckel"'.replace("%", "%%") in text
    assert "MPLCONFIGDIR=%C/isu-rapporter" in text  # this one systemd shall replace


@pytest.mark.parametrize(
    ("when", "calendar"),
    [(DAILY, "*-*-* 04:30:00"), (WEEKLY, "Sun *-*-* 22:05:00"), (MONTHLY, "*-*-15 00:00:00")],
)
def test_the_timer_starts_when_meant_and_makes_up_for_what_was_missed(when, calendar):
    timer = sections(systemd.write(start(when)).files["isu-rapporter.timer"])
    assert timer["Timer"]["OnCalendar"] == calendar
    assert timer["Timer"]["Persistent"] == "true" and timer["Timer"]["RandomizedDelaySec"] == "10min"
    assert timer["Install"]["WantedBy"] == "timers.target"


def analyze(*words):
    found = shutil.which("systemd-analyze")
    if not found:
        pytest.skip("systemd-analyze is not on this machine")
    return subprocess.run([found, *words], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("folder", ["enkel", ODD, "två  mellanslag ; och #", "50%n"])
def test_systemd_itself_finds_nothing_to_say(tmp_path, folder):
    place = tmp_path / folder
    (place / "bin").mkdir(parents=True)
    isu = place / "bin" / "isu"
    isu.write_text("#!/bin/sh\n", encoding="utf-8")
    isu.chmod(stat.S_IRWXU)
    written = systemd.write(start(folder=str(place), user="root", variables={"ISU_KEY_FILE": f"{place}/nyckel"}))
    for name, data in written.files.items():
        (tmp_path / name).write_bytes(data)
    done = analyze("verify", *(str(tmp_path / name) for name in written.files))
    assert done.returncode == 0, done.stderr
    assert "isu-rapporter" not in done.stderr
    isu.unlink()  # and it did look for that very file
    assert "isu-rapporter" in analyze("verify", str(tmp_path / "isu-rapporter.service")).stderr


@pytest.mark.parametrize("when", [DAILY, WEEKLY, MONTHLY])
def test_systemd_itself_understands_the_time(when):
    done = analyze("calendar", systemd.calendar(when))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("folder", ["/srv/O'Hara", '/srv/"a"', "/srv/a\\b", "/srv/a\nExecStart=x", "/srv/slut "])
def test_a_path_that_systemd_takes_nowhere_is_refused(folder):
    with pytest.raises(SettingsError, match="flytta projektet") as error:
        systemd.write(start(folder=folder))
    assert "/srv" not in str(error.value) and len(str(error.value).splitlines()) == 1


# cron


def as_cron_and_the_shell_read(line, home):
    """The line's five fields, and the words its command prints in a real shell, as cron hands it over."""
    *fields, command = line.split(" ", 5)
    assert not re.search(r"(?<!\\)%", command), "cron ends the command at a bare %"
    command = command.replace(r"\%", "%")
    shell = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, check=True, cwd=home, env={"HOME": "/fel"}, timeout=60
    )
    return fields, shell.stdout.decode().split("\0")[:-1]


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("folder", ["enkel", ODD, 'O\'Hara "x" `id`'])
def test_the_line_of_cron_starts_the_command_in_the_folder_without_a_path(tmp_path, folder):
    place = tmp_path / folder
    (place / "bin").mkdir(parents=True)
    isu = place / "bin" / "isu"
    isu.write_text('#!/bin/sh\nprintf "%s\\0" "$(/bin/pwd)" "$ISU_KEY_FILE" "$0" "$@"\n', encoding="utf-8")
    isu.chmod(stat.S_IRWXU)
    given = start(folder=str(place), variables={"ISU_KEY_FILE": f"{place}/ny ckel"})
    (data,) = cron.write(given).files.values()
    comment, line = data.decode().splitlines()
    assert comment == "# isu-rapporter: varje dag kl. 04.30" and data.endswith(b"\n")
    fields, said = as_cron_and_the_shell_read(line, tmp_path)
    assert fields == ["30", "4", "*", "*", "*"]
    assert said == [str(place), f"{place}/ny ckel", *given.command]
    assert ">" not in line and "|" not in line  # the log is the program's own


@pytest.mark.parametrize(
    ("when", "fields"),
    [
        (WEEKLY, "5 22 * * 0"),
        (Timetable("week", 3, 0, 1), "0 3 * * 1"),
        (Timetable("week", 3, 0, 6), "0 3 * * 6"),
        (MONTHLY, "0 0 15 * *"),
    ],
)
def test_cron_counts_sunday_as_nought(when, fields):
    assert cron.fields(when) == fields


def test_cron_is_told_no_more_than_it_reads_and_no_second_line():
    with pytest.raises(SettingsError, match="längre än"):
        cron.write(start(folder="/srv/" + "å" * 400))
    with pytest.raises(SettingsError, match="ett osynligt tecken"):
        cron.write(start(folder="/srv/a\n* * * * * rm"))


# Windows

FOLDER = "C:\\Program Files\\ISU å ä ö"


def task(when=DAILY, **changed):
    given = start(when, command=(f"{FOLDER}\\Scripts\\isu.exe", "run", "--logs", "D:\\natt körning"), **changed)
    given = Start(**{**given.__dict__, "project": FOLDER})
    (data,) = windows.write(given).files.values()
    return data, ET.fromstring(data)


def find(element, *names):
    for name in names:
        element = element.find(f"{TASK}{name}")
        assert element is not None, name
    return element


def names_of(element):
    return [child.tag.removeprefix(TASK) for child in element]


def test_the_task_is_in_the_encoding_of_windows_and_starts_the_command_in_the_folder():
    data, root = task()
    assert data.startswith((b"\xff\xfe", b"\xfe\xff")) and "encoding='utf-16'" in data.decode("utf-16")
    assert root.tag == f"{TASK}Task" and root.get("version") == "1.2"
    execute = find(root, "Actions", "Exec")
    assert names_of(execute) == ["Command", "Arguments", "WorkingDirectory"]  # the schema's order
    assert [child.text for child in execute] == [
        f"{FOLDER}\\Scripts\\isu.exe",
        'run --logs "D:\\natt körning"',
        FOLDER,
    ]
    assert find(root, "Actions").get("Context") == find(root, "Principals", "Principal").get("id")
    settings = {child.tag.removeprefix(TASK): child.text for child in find(root, "Settings")}
    assert settings["MultipleInstancesPolicy"] == "IgnoreNew" and settings["StartWhenAvailable"] == "true"
    assert settings["ExecutionTimeLimit"] == "PT12H"
    principal = {child.tag.removeprefix(TASK): child.text for child in find(root, "Principals", "Principal")}
    assert principal == {"UserId": "isu", "LogonType": "Password", "RunLevel": "LeastPrivilege"}


def test_the_task_starts_when_meant():
    triggers = {when: find(task(when)[1], "Triggers", "CalendarTrigger") for when in (DAILY, WEEKLY, MONTHLY)}
    kinds = {DAILY: "ScheduleByDay", WEEKLY: "ScheduleByWeek", MONTHLY: "ScheduleByMonth"}
    for when, trigger in triggers.items():
        assert names_of(trigger) == ["StartBoundary", "RandomDelay", kinds[when]]  # the schema's order
        assert find(trigger, "StartBoundary").text.endswith(f"T{when.hour:02}:{when.minute:02}:00")
    assert names_of(find(triggers[WEEKLY], "ScheduleByWeek", "DaysOfWeek")) == ["Sunday"]
    month = find(triggers[MONTHLY], "ScheduleByMonth")
    assert names_of(month) == ["DaysOfMonth", "Months"]
    assert [child.text for child in find(month, "DaysOfMonth")] == ["15"]
    assert len(names_of(find(month, "Months"))) == 12 and names_of(find(month, "Months"))[4] == "May"


def test_a_path_that_windows_would_replace_is_refused():
    with pytest.raises(SettingsError, match="«%»"):
        windows.write(start(folder="C:\\100%\\isu"))


def test_the_steps_for_windows_hold_the_one_line_that_registers_the_task(tmp_path):
    said = schedule("windows", start(folder="C:\\isu", variables={"ISU_KEY_FILE": "C:\\k"}), tmp_path, **WINDOWS)
    assert 'schtasks /Create /TN "ISU\\isu-rapporter" /XML "isu-rapporter.xml" /RU "isu" /RP *' in said
    assert "Sätt ISU_KEY_FILE som systemvariabel" in said and "Logga in som batchjobb" in said
    assert (tmp_path / "isu-rapporter.xml").is_file()
    with pytest.raises(SettingsError, match="--to"):
        schedule("windows", start(), None, **WINDOWS)


# The command


@pytest.fixture
def project(tmp_path, monkeypatch):
    place = tmp_path / "å ä ö"
    (place / "parameters").mkdir(parents=True)
    monkeypatch.chdir(place)
    for name in ("ISU_PROJECT", "ISU_KEY_FILE", "ISU_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return place


def isu(capsys, *words):
    try:
        code = cli.main(words)
    except SystemExit as stop:
        code = stop.code
    return (code, *capsys.readouterr())


on_posix = pytest.mark.skipif(os.name == "nt", reason="systemd and cron are for other systems")


@on_posix
def test_the_command_shows_or_writes_the_files_and_the_steps(capsys, project, tmp_path):
    code, out, err = isu(capsys, "schedule", "systemd", "--every", "month", "--day", "1", "--", "--public", "--collect")
    assert (code, err) == (0, "")
    assert "----- isu-rapporter.timer -----" in out and "OnCalendar=*-*-01 04:30:00" in out
    assert "run --quiet --public --collect\n" in out and "sudo systemctl enable --now isu-rapporter.timer" in out
    assert not list(project.glob("*.timer"))
    code, out, _ = isu(capsys, "schedule", "cron", "--to", str(tmp_path / "ny mapp"), "--name", "isu-natt")
    assert code == 0 and "Skrev ny mapp/isu-natt.cron" in out and "MAILTO" in out
    line = (tmp_path / "ny mapp" / "isu-natt.cron").read_text(encoding="utf-8").splitlines()[1]
    assert line == f"30 4 * * * cd {shlex.quote(str(project))} && {shlex.join([*program(), 'run', '--quiet'])}"


@on_posix
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["systemd", "--at", "02:30"], 1, "sommartiden"),
        (["systemd", "--name", "Isu rapporter"], 1, "duger inte som namn"),
        (["systemd", "--name", "-rf"], 2, "--name"),
        (["systemd", "--user", "a\nb"], 1, "--user"),
        (["systemd", "--", "--publik"], 2, "okänt på kommandoraden: --publik"),
        (["systemd", "--", "--as-of", "igår"], 2, "ÅÅÅÅ-MM-DD"),
        (["systemd", "--", "--dry-run"], 1, "--dry-run"),
        (["launchd"], 2, "finns inte"),
        (["windows", "--to", "."], 1, "systemd eller cron"),
        ([], 2, "det här saknas: SLAG"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_now_and_not_at_night(capsys, project, words, code, said):
    found, out, err = isu(capsys, "schedule", *words)
    assert found == code and said in err and out == ""
    assert [path.name for path in project.iterdir()] == ["parameters"]


@on_posix
def test_the_key_file_goes_with_it_and_the_address_of_the_warehouse_never(capsys, project, monkeypatch):
    monkeypatch.setenv("ISU_KEY_FILE", "../nycklar/isu")
    monkeypatch.setenv("ISU_DATABASE_URL", "postgresql://a:HEMLIG@b/c")
    for kind in ("systemd", "cron"):
        code, out, _ = isu(capsys, "schedule", kind)
        assert code == 0
        assert "ISU_KEY_FILE=" in out and f"{project}/../nycklar/isu" in out
        assert "HEMLIG" not in out and "lägg datalagrets adress i filen .isu/databas" in out


@on_posix
def test_a_log_outside_the_project_may_be_written_in(project, tmp_path):
    outside = starting(project, DAILY, ("--logs", str(tmp_path / "l")), logs=tmp_path / "l")
    assert outside.writable == (tmp_path / "l",)
    assert starting(project, DAILY, logs=Path("logs")).writable == ()
    assert outside.user == project.owner() and outside.project == project.resolve()
    assert Path(outside.command[0]).is_absolute() and Path(outside.command[0]).is_file()


def test_an_account_is_the_one_named_the_owner_or_on_windows_whoever_asks_with_the_domain(tmp_path, monkeypatch):
    def owner(_):
        raise NotImplementedError

    assert user_of(tmp_path, "isu", {}) == "isu"
    monkeypatch.setattr(Path, "owner", owner)
    monkeypatch.setattr(starting_module.getpass, "getuser", lambda: "anna")
    assert user_of(tmp_path, None, {"USERDOMAIN": "KOMMUN"}) == "KOMMUN\\anna"
    assert user_of(tmp_path, None, {}) == "anna"
    with pytest.raises(SettingsError, match="--user"):
        user_of(tmp_path, 'a" /x', {})
    with pytest.raises(SettingsError, match="systemd"):
        systemd.write(start(user="KOMMUN\\anna"))


@pytest.mark.parametrize("words", [["run"], ["schedule"], ["schedule", "systemd"], ["schedule", "windows"]])
def test_there_is_help_in_swedish(capsys, words):
    code, out, _ = isu(capsys, *words, "--help")
    assert code == 0 and "visa den här hjälpen" in out and "show this help" not in out


# The documentation


def test_the_documentation_tells_every_field_every_code_and_every_option(capsys):
    told = (ROOT / "docs" / "schemalaggning.md").read_text(encoding="utf-8")
    moment = dt.datetime(2026, 2, 15, 4, 30, tzinfo=dt.UTC)
    fields = message.fields(Account(moment, moment, failed=[("intake", Failed("a/b", 2024, "x"))]))
    wanted = {
        *fields,
        *(f"counts.{name}" for name in fields["counts"]),
        *(f"problems[].{name}" for name in fields["problems"][0]),
    }
    assert {field for field in wanted if f"`{field}`" not in told} == set()
    assert {code for code, what in MEANINGS.items() if f"| {code} | {what} |" not in told} == set()
    cli_help = isu(capsys, "--help")[1]
    assert all(re.search(rf"^  {code} +{re.escape(what)}$", cli_help, re.MULTILINE) for code, what in MEANINGS.items())


@on_posix
def test_every_command_in_the_documentation_can_be_written(capsys, project):
    told = (ROOT / "docs" / "schemalaggning.md").read_text(encoding="utf-8")
    commands = [line.removeprefix("isu ") for line in told.splitlines() if line.startswith("isu schedule ")]
    assert len(commands) >= 4
    for command in commands:
        words = shlex.split(command)
        code, _, err = isu(capsys, *words)
        assert code == (1 if "windows" in words else 0), err
        assert "På den här passar" in err or not err


def test_a_dollar_is_doubled_in_arguments_and_not_in_the_program_where_systemd_replaces_nothing():
    service = (
        systemd.write(start(command=("/a$b/isu", "run", "--logs", "/c$d"))).files["isu-rapporter.service"].decode()
    )
    assert 'ExecStart="/a$b/isu" run --logs "/c$$d"\n' in service
