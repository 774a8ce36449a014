"""Real runs with a notebook that does harm where a test says, and what is left of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import made_project
import psutil
from made_project import CHILDREN, OVERVIEW, PARENTS

from isu_analysis.disclosure.ledger import Ledger
from isu_analysis.reporting.planning.status import status

GENEROUS = 120  # seconds; a test that waits this long has found a fault
PERSON = "Anna Andersson 19900101-2385"
ORDERS = "ofog.json"
FIRST, SECOND = "Utgåva ett.", "Utgåva två."
_MARK = "ISU_OF_THIS_RUN"
_OBEY = f"""import pathlib
orders = pathlib.Path(os.environ["ISU_PROJECT"]) / {ORDERS!r}
about = unit if "unit" in globals() else municipality
order = json.loads(orders.read_text("utf-8")).get(f"{{about}}/{{year}}", "") if orders.exists() else ""
exec(order)"""

# What a cell may do to its process, to the one that started it, and to the one that both were forked from.
IS_KILLED = "os.kill(os.getpid(), 9)"
CRASHES = "import ctypes; ctypes.string_at(0)"
TAKES_MEMORY = "bytearray(5_000_000_000)"
NEVER_ENDS = "import time\nwhile True: time.sleep(1)"
KILLS_ITS_WORKER = "import time; os.kill(os.getppid(), 9); time.sleep(600)"
KILLS_THE_SERVER = "import psutil, time; os.kill(psutil.Process(os.getppid()).ppid(), 9); time.sleep(600)"
SHOWS_A_PERSON = f"raise ValueError({PERSON!r})"
WAITS = "import time; pathlib.Path(os.environ['ISU_PROJECT'], 'jag väntar').touch(); time.sleep(600)"
WAITING = "jag väntar"


def make(folder: Path, demo_project: Path) -> Path:
    """A project of two units of the demonstration, whose notebooks obey orders and show the first edition."""
    project = folder / made_project.FOLDER
    for key in (CHILDREN, PARENTS):
        for part in ("data_raw", "data_processed"):
            shutil.copytree(demo_project / part / key, project / part / key)
        unit = project / "parameters" / f"{key}.yml"
        unit.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(demo_project / "parameters" / f"{key}.yml", unit)
    shutil.copytree(demo_project / ".isu", project / ".isu")
    made_project.give_secret(project, "exempelstad")
    edition(project, FIRST)
    return project


def edition(project: Path, text: str) -> None:
    """Let the notebooks show an edition."""
    of_municipality = {"parameters": made_project.OF_MUNICIPALITY, "name": made_project.kernel.OVERVIEW}
    for how in ({}, of_municipality):
        made_project.write_notebook(project, _OBEY, **how)
    for path in (project / "notebooks").glob("*.ipynb"):
        old = path.read_text(encoding="utf-8")
        new = old.replace("En mening om resultatet.", text)
        assert new != old
        path.write_text(new, encoding="utf-8")


def order(project: Path, orders: dict[str, str]) -> None:
    """Tell the notebooks what to do, by ``municipality/unit/year``."""
    (project / ORDERS).write_text(json.dumps(orders), encoding="utf-8")


def copy(prepared: Path, folder: Path, text: str = SECOND, orders: dict[str, str] | None = None) -> Path:
    """A project of one's own, of which a new edition is due."""
    project = Path(shutil.copytree(prepared, folder / prepared.name))
    edition(project, text)
    order(project, orders or {})
    return project


def _hear_the_keyboard() -> None:
    """Let Ctrl-C reach the run also where the tests themselves run in the background, deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """``isu report`` in a process of its own, with a session of its own and a mark on all that it starts."""

    def __init__(self, project: Path, *words: str, environment: dict[str, str] | None = None) -> None:
        self.mark, self._output = uuid.uuid4().hex, project.parent / f"{uuid.uuid4().hex}.txt"
        inherited = {name: value for name, value in os.environ.items() if name != "ISU_PROJECT"}
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "isu_analysis", "report", *words],
                cwd=project,
                env={**inherited, **(environment or {}), _MARK: self.mark, "PYTHONUTF8": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_hear_the_keyboard,
            )

    def wait(self) -> int:
        """Exit code, when it has ended."""
        return self.process.wait(GENEROUS)

    def said(self) -> str:
        """All that it has written on the screen."""
        return self._output.read_text(encoding="utf-8")

    def left(self) -> list[psutil.Process]:
        """What runs of all that it has started, and of itself."""
        return [one for one in psutil.process_iter() if self._is_marked(one)]

    def end(self) -> None:
        """Leave nothing of it, whatever the test has found."""
        for one in self.left():
            one.kill()
        self.process.wait(GENEROUS)

    def _is_marked(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(_MARK) == self.mark
        except psutil.Error:
            return False

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def until(found, run: Run | None = None) -> None:
    """Wait until something is so."""
    last = time.monotonic() + GENEROUS
    while not found():
        assert time.monotonic() < last, f"it never came to be: {run.said() if run else ''}"
        assert run is None or run.process.poll() is None, run.said()
        time.sleep(0.05)


def runs(process: int) -> bool:
    """Whether a process is there, and not only waits for somebody to take notice of its end."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def editions(project: Path, release: str = "internal") -> dict[str, str]:
    """Which edition each report is of; every file of every report whole and of that one edition."""
    found = {}
    folder = project / "reports" / release
    for manifest in sorted(folder.rglob("manifest.json")):
        report, listed = manifest.parent, json.loads(manifest.read_text(encoding="utf-8"))["report"]
        there = {path.relative_to(report).as_posix() for path in report.rglob("[!.]*") if path.is_file()}
        assert there - {"beslut.xlsx"} == {*listed, "manifest.json"}
        for name, told in listed.items():
            assert hashlib.sha256((report / name).read_bytes()).hexdigest() == told, f"{report}: {name}"
        page = (report / "report.html").read_text(encoding="utf-8")
        (shown,) = [text for text in (FIRST, SECOND) if text in page]
        found[report.relative_to(folder).as_posix()] = shown
    reports = {path.parent.relative_to(folder).as_posix() for path in folder.rglob("report.*")}
    assert reports == set(found), "a report without its manifest"
    return found


def hidden(project: Path) -> list[str]:
    """What a stop has left unseen, where readers look and where the data lie."""
    places = (project / "reports", project / "data_processed", project / ".isu")
    return [path.name for place in places for path in place.rglob(".*") if path.is_file()]


def ledger(project: Path) -> dict[str, int]:
    """How many editions the ledger has of each report that is published; it is whole, and knows every report there is."""
    whole, counted = Ledger.open(project, "exempelstad"), {}
    for one in whole.editions():
        counted[f"exempelstad/{one.unit}/{one.year}"] = one.edition
    for manifest in (project / "reports" / "public").rglob("manifest.json"):
        about = json.loads(manifest.read_text(encoding="utf-8"))
        if not about["overview"]:
            _, unit, year = about["key"].split("/")
            assert about["ledger"] == whole.head_of(unit, int(year))
    return counted


def is_current(project: Path, release: str = "internal", years: tuple[int, ...] = (2024,)) -> bool:
    """Whether ``isu status`` has nothing to say."""
    return bool(status(project, [CHILDREN, PARENTS], years, release))


def keys(*years: int) -> set[str]:
    """Every report of some years."""
    return {f"{key}/{year}" for key in (CHILDREN, PARENTS, OVERVIEW) for year in years}
