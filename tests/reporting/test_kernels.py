"""A forked kernel is an ordinary kernel that is there at once: same figures, same world, same ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from kernel_clients import QUIET, command, is_gone, kernel, needs_fork, parent, until
from made_project import CHILDREN, REPOSITORY, make
from nbformat.v4 import new_code_cell, new_notebook

from isu_analysis.disclosure import Release
from isu_analysis.reporting import kernel as papermill_kernel
from isu_analysis.reporting.kernels import server

pytestmark = [pytest.mark.slow, needs_fork]
GIGABYTE = 1024**3
# What a kernel finds around it: whatever of this differs could make a figure differ.
WORLD = """
import gc, json, locale, multiprocessing, os, resource, signal, sys, threading, time
import matplotlib.pyplot as plt
kept = {name: value for name, value in os.environ.items() if name not in ("ISU_KERNELS", "PYDEVD_USE_FRAME_EVAL")}
ours = {"connection_file", "parent_handle", "ignore_cwd"}
print(json.dumps({
    "path": sys.path, "folder": os.getcwd(), "environment": kept, "locale": locale.setlocale(locale.LC_ALL),
    "arguments": [word for word in sys.argv if "json" not in word], "backend": plt.get_backend(),
    "style": {name: str(value) for name, value in plt.rcParams.items()}, "zone": time.tzname,
    "signals": {str(number): str(signal.getsignal(number)).split(" at ")[0] for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)},
    "leads": os.getsid(0) == os.getpid(), "limits": [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)],
    "processes": [multiprocessing.get_start_method(), multiprocessing.current_process().name, multiprocessing.current_process().daemon],
    "config": {name: value for name, value in get_ipython().config.IPKernelApp.items() if name not in ours},
    "standard": [type(stream).__name__ for stream in (sys.stdin, sys.stdout, sys.stderr)],
    "interpreter": [sys.executable, sys.prefix, sys.getrecursionlimit(), gc.isenabled(), gc.get_threshold(), sys.gettrace() is None],
}))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("kernels"))


def outputs(project: Path, folder: Path) -> list[object]:
    """Run the real notebook on the made project; give all that its cells show."""
    folder.mkdir()
    parameters = {"unit": CHILDREN, "year": 2024, "release": "internal", "as_of": "", "language": "sv", "through": ""}
    release = folder / "release.json"
    release.write_text(Release.internal().to_json(), encoding="utf-8")
    with papermill_kernel.environment(project, folder, release):
        executed = papermill_kernel.execute(papermill_kernel.notebook_path(REPOSITORY), parameters, folder)
    return [cell.get("outputs") for cell in executed.cells]


def test_a_report_is_the_same_with_a_forked_and_with_an_ordinary_kernel(project, tmp_path, monkeypatch):
    forked = outputs(project, tmp_path / "forked")
    monkeypatch.setenv(server.SWITCH, server.ORDINARY)
    ordinary = outputs(project, tmp_path / "ordinary")
    assert any("application/vnd.isu.section+json" in str(output) for output in forked)
    assert forked == ordinary


def test_a_forked_kernel_finds_the_world_that_an_ordinary_one_finds(tmp_path, monkeypatch):
    with kernel(tmp_path, TZ="Asia/Tokyo", SAID="å") as asked:
        assert asked.is_forked
        forked = json.loads(asked.ask(WORLD))
    monkeypatch.setenv(server.SWITCH, server.ORDINARY)
    with kernel(tmp_path, TZ="Asia/Tokyo", SAID="å") as asked:
        assert not asked.is_forked
        ordinary = json.loads(asked.ask(WORLD))
    assert forked == ordinary
    assert (forked["environment"]["SAID"], forked["zone"][0], forked["folder"]) == ("å", "JST", str(tmp_path))


def test_nothing_of_one_kernel_is_found_in_another():
    leave = """
import builtins, colorsys, os, pandas, matplotlib, warnings
left = 1; builtins.left = 1; colorsys.rgb_to_hsv = None; os.environ["LEFT"] = "1"
pandas.set_option("display.max_rows", 7); matplotlib.rcParams["font.size"] = 77; warnings.simplefilter("error")"""
    look = """
import builtins, colorsys, os, pandas, matplotlib, warnings
print("left" in globals(), hasattr(builtins, "left"), colorsys.rgb_to_hsv is None, "LEFT" in os.environ,
      pandas.get_option("display.max_rows") == 7, matplotlib.rcParams["font.size"] == 77, warnings.filters[0][0] == "error")"""
    with kernel() as first:
        first.ask(leave)
        assert set(first.ask(look).split()) == {"True"}
        with kernel() as second:
            assert parent(first.pid) == parent(second.pid)
            assert set(second.ask(look).split()) == {"False"}


def test_each_kernel_has_chance_of_its_own():
    draw = """
import random, uuid, numpy, tempfile
print(random.random(), numpy.random.random(), numpy.random.default_rng().random(), uuid.uuid4(), next(tempfile._get_candidate_names()))"""
    with kernel() as first, kernel() as second:
        drawn = [first.ask(draw).split(), second.ask(draw).split()]
    assert [len(set(pair)) for pair in zip(*drawn, strict=True)] == [2] * 5


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os; os._exit(7)", 7),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("quit()", 0),
    ],
)
def test_an_end_is_told_as_it_was(code, expected):
    with kernel() as asked:
        assert asked.is_forked
        assert asked.ends(code) == expected


def test_what_shall_be_done_at_the_end_is_done(tmp_path):
    with kernel(tmp_path) as asked:
        asked.ask("import atexit, tempfile, pathlib; kept = tempfile.TemporaryDirectory(dir='.')")
        asked.ask("atexit.register(pathlib.Path('said').touch)")
        assert asked.ends("quit()") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["said"]


def test_an_error_ends_no_kernel():
    with kernel() as asked:
        assert "ZeroDivisionError" in asked.ask("1 / 0")
        assert "SystemExit" in asked.ask("import sys; sys.exit(3)")
        assert asked.ask("print(6 * 7)") == "42"


@pytest.mark.parametrize("loop", ["while True: pass", "import time; time.sleep(600)"])
def test_an_endless_cell_is_interrupted(loop):
    with kernel() as asked:
        # Without the last word a kernel also drops what is asked right after an error.
        mine = asked.client.execute(f"print('igång', flush=True)\n{loop}", stop_on_error=False)
        while asked.client.get_iopub_msg(timeout=30)["msg_type"] != "stream":  # before that, Jupyter may lose it
            pass
        asked.manager.interrupt_kernel()
        while (reply := asked.client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != mine:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert asked.ask("print(1)") == "1"


def test_a_kernel_starts_again():
    with kernel() as asked:
        first = asked.pid
        asked.ask("left = 1")
        asked.manager.restart_kernel(now=True)
        asked.client.wait_for_ready(timeout=60)
        assert asked.ask("print('left' in globals())") == "False"
        assert asked.is_forked
        assert asked.pid != first
        assert is_gone(first)


@pytest.mark.parametrize("kind", ["forked", server.ORDINARY])
def test_a_kernel_has_the_limits_of_its_environment(kind, monkeypatch):
    monkeypatch.setenv(server.SWITCH, kind)
    with kernel(ISU_KERNEL_MEMORY=str(4 * GIGABYTE), ISU_KERNEL_CPU_SECONDS="3000") as asked:
        assert asked.is_forked == (kind == "forked")
        assert "MemoryError" in asked.ask(f"x = bytearray({8 * GIGABYTE})")
        assert asked.ask("import resource; print(resource.getrlimit(resource.RLIMIT_CPU)[0])") == "3000"


def test_a_drawing_is_shown():
    with kernel() as asked:
        shown = asked.messages("import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()")
    assert any("image/png" in message["content"].get("data", {}) for message in shown)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import subprocess; print(subprocess.run(['echo', 'ja'], capture_output=True, text=True).stdout)", "ja"),
        ("import asyncio; await asyncio.sleep(0); print('ja')", "ja"),
        ("import multiprocessing as m\nwith m.Pool(2) as pool: print(sum(pool.map(abs, [-1, -2])))", "3"),
        ("import multiprocessing as m\nwith m.get_context('spawn').Pool(1) as pool: print(pool.map(abs, [-3]))", "[3]"),
        ("import concurrent.futures as f\nwith f.ProcessPoolExecutor(2) as p: print(list(p.map(abs, [-4])))", "[4]"),
        ("import pyarrow as pa; pa.set_cpu_count(2); print(pa.compute.sum(pa.array(range(10))).as_py())", "45"),
        ("import numpy as n; print(int((n.ones((200, 200)) @ n.ones((200, 200))).sum()))", "8000000"),
        ("input()", "StdinNotImplementedError"),
    ],
)
def test_what_is_possible_in_an_ordinary_kernel_is_possible(code, said):
    with kernel() as asked:
        assert said in asked.ask(code)


def test_papermill_by_hand_gets_a_forked_kernel(tmp_path):
    asks = "import os, pathlib\nprint(pathlib.Path(f'/proc/{os.getppid()}/cmdline').read_text())"
    nbformat.write(new_notebook(cells=[new_code_cell(asks)]), tmp_path / "in.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "-k", "isu", "--no-progress-bar", "in.ipynb", "out.ipynb"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (output,) = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[0].outputs
    assert "multiprocessing.forkserver" in output.text


def test_a_notebook_server_gets_forked_kernels():
    managers = pytest.importorskip("jupyter_server.services.kernels.kernelmanager")

    async def started() -> tuple[str, bool]:
        every = managers.AsyncMappingKernelManager(default_kernel_name="isu")
        name = await every.start_kernel(kernel_name="isu", extra_arguments=QUIET)
        try:
            return command(parent(every.get_kernel(name).provisioner.pid)), await every.is_alive(name)
        finally:
            await every.shutdown_kernel(name, now=True)

    how, alive = asyncio.run(started())
    assert "multiprocessing.forkserver" in how
    assert alive


def test_kernels_of_one_folder_never_share_their_sockets(tmp_path):
    with kernel(tmp_path) as first, kernel(tmp_path) as second:
        first.ask("x = 1")
        second.ask("x = 2")
        assert (first.ask("print(x)"), second.ask("print(x)")) == ("1", "2")
        folders = {Path(asked.manager.ip).parent for asked in (first, second)}
        assert len(folders) == 2
        assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert not list(tmp_path.iterdir())
    assert not any(folder.exists() for folder in folders)


def test_a_socket_has_a_short_name_whatever_the_folder_of_temporary_files(tmp_path, monkeypatch):
    long = tmp_path / ("l" * 120)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with kernel(tmp_path) as asked:
        assert asked.ask("print(1)") == "1"


def test_somebodys_own_kernel_of_the_same_name_is_not_taken(tmp_path, monkeypatch, project):
    for name in ("isu", "python3"):
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"argv": ["false"], "display_name": "Min"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    with papermill_kernel.environment(project, tmp_path, tmp_path / "none.json"):
        assert KernelSpecManager().get_kernel_spec("isu").display_name == "ISU (Python)"
        with kernel() as asked:
            assert asked.ask("import sys; print(sys.executable)") == sys.executable


def test_a_kernel_ends_with_the_program_that_asked_for_it(tmp_path):
    code = (
        "import time\nfrom kernel_clients import kernel\nwith kernel() as k: print(k.pid, flush=True); time.sleep(600)"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
    }
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as program:
        pid = int(program.stdout.readline())
        above = parent(pid)
        assert not is_gone(pid)
        program.kill()
        assert until(lambda: is_gone(pid))
        assert until(lambda: is_gone(above))
