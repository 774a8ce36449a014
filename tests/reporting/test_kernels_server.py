"""The server that processes are forked from: refused where it would not be right, and never in the way."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from kernel_clients import is_gone, kernel, needs_fork, parent, until

import isu_analysis
from isu_analysis.reporting.kernels import server
from isu_analysis.reporting.kernels.signature import signature

pytestmark = pytest.mark.slow
ASK = "import os, pathlib; from isu_analysis.reporting.kernels import server; "


def said(code: str, tmp_path: Path, **options: object) -> str:
    """Let a forked process write something down; return it."""
    place = tmp_path / "said"
    child = server.fork(exec, f"{ASK}pathlib.Path({str(place)!r}).write_text(str({code}))", {}, **options)
    child.join()
    assert child.exitcode == 0
    return place.read_text(encoding="utf-8")


@needs_fork
def test_a_forked_process_knows_that_it_is_one(tmp_path):
    assert not server.is_fork()
    assert said("server.is_fork()", tmp_path) == "True"


@needs_fork
def test_a_program_without_a_guard_is_not_run_again_in_what_it_forks(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(
        "print('körs')\nfrom isu_analysis.reporting.kernels import server\n"
        "child = server.fork(exec, 'print(6 * 7)')\nchild.join()\nprint(child.exitcode)",
        encoding="utf-8",
    )
    assert run(script).split() == ["körs", "42", "0"]


@needs_fork
def test_the_server_holds_code_and_no_data(tmp_path):
    opened = "'|'.join(os.readlink(path) for path in pathlib.Path(f'/proc/{os.getppid()}/fd').iterdir())"
    maps = "pathlib.Path(f'/proc/{os.getppid()}/maps').read_text()"
    ours = {str(Path(f"/proc/self/fd/{number}").readlink()) for number in (0, 1, 2)}
    files = {name for name in said(opened, tmp_path).split("|") if Path(name).is_file()} - ours
    assert all(Path(file).is_relative_to(sys.prefix) for file in files), files  # the typeface
    assert not {"data_raw", "data_processed", ".parquet"} & set(re.split(r"[/\s]", said(maps, tmp_path)))


@needs_fork
def test_the_server_has_one_thread_and_so_has_what_it_forks(tmp_path):
    assert said("[len(os.listdir(f'/proc/{n}/task')) for n in (os.getpid(), os.getppid())]", tmp_path) == "[1, 1]"


@needs_fork
@pytest.mark.parametrize(
    "environment", [{"PYTHONHASHSEED": "5"}, {"PYTHONPATH": "/x"}, {"OMP_NUM_THREADS": "2"}, {"LD_PRELOAD": ""}]
)
def test_an_environment_that_is_read_at_a_start_needs_one(environment):
    with pytest.raises(server.Unforkable, match="Miljövariablerna"):
        server.fork(abs, 1, environment={**os.environ, **environment})


@needs_fork
def test_a_kernel_with_such_an_environment_is_an_ordinary_one(caplog):
    with caplog.at_level(logging.WARNING), kernel(PYTHONWARNINGS="ignore") as asked:
        assert not asked.is_forked
        assert asked.ask("print(6 * 7)") == "42"


@needs_fork
def test_a_killed_server_takes_its_kernels_along_and_the_next_one_works():
    with kernel() as first:
        above = parent(first.pid)
        os.kill(above, signal.SIGKILL)
        assert until(lambda: is_gone(first.pid))
        assert not first.manager.is_alive()
    with kernel() as second:
        assert second.is_forked
        assert parent(second.pid) != above


@needs_fork
def test_a_worker_forks_its_kernel_from_itself(tmp_path):
    code = """
        import os, pathlib
        from kernel_clients import kernel, parent
        with kernel() as asked:
            children = [int(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit() and parent(int(p.name)) == os.getpid()]
            print(asked.is_forked, parent(asked.pid) == os.getpid(), children == [asked.pid], asked.ask("print(6 * 7)"))
        import threading, time
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        with kernel() as asked:
            print(asked.is_forked, asked.ask("print(6 * 7)"))
    """
    assert run(worker(tmp_path, code)).split() == ["True", "True", "True", "42", "False", "42"]


@needs_fork
def test_a_kernel_ends_with_its_worker(tmp_path):
    code = """
        import os, signal
        from kernel_clients import kernel
        with kernel() as asked:
            print(asked.pid, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    pid = int(run(worker(tmp_path, code)))
    assert until(lambda: is_gone(pid))


@needs_fork
def test_code_that_has_changed_is_read_again(tmp_path):
    """And while something made of the older code is at work, an ordinary kernel reads the new one."""
    copied = copy(tmp_path)
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(f"""
        import pathlib
        from kernel_clients import kernel
        version = pathlib.Path({str(copied / "version.py")!r})
        ASK = "import isu_analysis.version as v; print(v.__version__)"
        with kernel() as old:
            print(old.is_forked, old.ask(ASK))
            version.write_text("__version__ = '10.0'")
            with kernel() as new:
                print(new.is_forked, new.ask(ASK))
        version.write_text("__version__ = '11.0.0'")
        with kernel() as newer:
            print(newer.is_forked, newer.ask(ASK))
    """), encoding="utf-8")  # fmt: skip
    assert run(program, tmp_path).split() == ["True", isu_analysis.__version__, "False", "10.0", "True", "11.0.0"]


@needs_fork
def test_a_server_with_two_threads_is_not_forked_from(tmp_path):
    preload = copy(tmp_path) / "reporting" / "kernels" / "preload.py"
    with preload.open("a", encoding="utf-8") as file:
        file.write("\nimport threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n")
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent("""
        import logging
        from kernel_clients import kernel
        logging.basicConfig()
        with kernel() as asked:
            print(asked.is_forked, asked.ask("print(6 * 7)"))
    """), encoding="utf-8")  # fmt: skip
    done = run(program, tmp_path, errors=True)
    assert "False 42" in done
    assert "mer än en tråd" in done


def test_no_fork_is_tried_where_there_is_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert not server.available()
    assert not server.is_fork()
    server.start()
    with pytest.raises(server.Unforkable):
        server.fork(abs, 1)


def test_it_can_be_switched_off(monkeypatch):
    monkeypatch.setenv(server.SWITCH, server.ORDINARY)
    assert not server.available()


def test_the_signature_tells_of_every_change(tmp_path):
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "code.py").write_text("a", encoding="utf-8")
    signed = [signature(package)]
    (package / "__pycache__" / "code.pyc").write_text("a", encoding="utf-8")
    assert signature(package) == signed[0]
    (package / "code.py").write_text("ab", encoding="utf-8")
    signed.append(signature(package))
    (package / "texts.po").write_text("a", encoding="utf-8")
    signed.append(signature(package))
    os.utime(package / "texts.po", ns=(1, 1))
    signed.append(signature(package))
    (package / "code.py").unlink()
    signed.append(signature(package))
    assert len(set(signed)) == len(signed)


def copy(folder: Path) -> Path:
    """Copy the package, to be changed."""
    target = folder / "isu_analysis"
    shutil.copytree(Path(isu_analysis.__file__).parent, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def worker(folder: Path, code: str) -> Path:
    """Write a program that runs the code in a forked process."""
    program = folder / "program.py"
    program.write_text(
        f"from isu_analysis.reporting.kernels import server\n"
        f"child = server.fork(exec, {textwrap.dedent(code)!r}, {{}})\nchild.join()",
        encoding="utf-8",
    )
    return program


def run(program: Path, first: Path | None = None, errors: bool = False) -> str:
    """Run a program in a process of its own; modules in the folder `first` go before all others."""
    folders = [*([str(first)] if first else []), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, folders))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + (done.stderr if errors else "")
