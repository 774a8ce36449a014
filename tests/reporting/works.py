"""Pieces of work for processes of their own: each does one thing that a report may do to its process."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from isu_analysis.errors import DataError


def double(number):
    return 2 * number


def large(bytes_):
    return b"x" * bytes_


def own_error(_):
    raise DataError("uppgifterna saknas.")


def foreign_error(name):
    raise ValueError(name)


def leaves(_):
    sys.exit("Anna Andersson")


def vanishes(code):
    os._exit(code)


def crashes(_):
    ctypes.string_at(0)


def is_killed(_):
    os.kill(os.getpid(), signal.SIGKILL)


def takes_memory(bytes_):
    return len(bytearray(bytes_))


def says_where_and_hangs(path):
    """Write the number of this process and of one that it has started, and never end."""
    below = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    waiting = Path(f"{path}.ny")
    waiting.write_text(f"{os.getpid()} {below.pid}", encoding="utf-8")
    waiting.replace(path)
    while True:
        time.sleep(1)


def environment(name):
    return os.environ.get(name)


def slowly(seconds):
    time.sleep(seconds)
    return seconds


def marks(given):
    """Leave a file that says when the work was begun."""
    folder, number = given
    (Path(folder) / str(number)).touch()
    return number


def process(_):
    return os.getpid()


def core_limit(_):
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)


def hangs_beside_a_session(path):
    """Start a process that has left this one's group, as an ordinary kernel has; say where both are, and hang."""
    below = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    waiting = Path(f"{path}.ny")
    waiting.write_text(f"{os.getpid()} {below.pid}", encoding="utf-8")
    waiting.replace(path)
    while True:
        time.sleep(1)
