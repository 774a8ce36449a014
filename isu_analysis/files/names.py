"""What lies beside a file while it is written: hidden, and marked with whose it is.

======================== =================================================================================
``.<name>.<mark>.ny``     new contents, waiting to be put in place
``.<name>.<mark>.gammal`` the file as it was, to be put back if something goes wrong
``.<mark>.byte``          journal of several files: all that is new is whole, and the change goes forward
``.<mark>.ater``          the same journal once the change has turned: it goes back
``.<name>.tagen``         a name that is taken, where the file system cannot do that in one step; holds the mark
======================== =================================================================================

A mark is chance, process and thread: what a program that is still running writes is no leftover. Earlier versions
marked by chance only, and moved a file away before the new one was in its place.
"""

from __future__ import annotations

import os
import re
import threading
import uuid
from pathlib import Path

from isu_analysis.files.processes import is_running

NEW, OLD, FORWARD, BACK = "ny", "gammal", "byte", "ater"
CLAIM_OF = ".{}.tagen"
HIDDEN = (".ny", ".gammal", ".byte", ".ater", ".tagen")
MARK = re.compile(r"[0-9a-f]{8}-([1-9][0-9]{0,9})-([0-9]{1,20})")
PART_OF_MARK = re.compile(r"[0-9a-f-]*")
LEFT = re.compile(rf"\.(?P<name>.+)\.(?P<mark>[0-9a-f]{{8}}|{MARK.pattern})\.(?P<kind>{NEW}|{OLD})")
JOURNAL = re.compile(rf"\.(?P<mark>{MARK.pattern})\.(?P<kind>{FORWARD}|{BACK})")
CLAIM = re.compile(r"\..+\.tagen")


def new_mark() -> str:
    """Mark what this thread is about to write."""
    return f"{uuid.uuid4().hex[:8]}-{os.getpid()}-{threading.get_native_id()}"


def beside(target: Path, mark: str, kind: str) -> Path:
    """Where a file waits before it is put in place, put back or thrown away."""
    return target.with_name(f".{target.name}.{mark}.{kind}")


def is_written_now(mark: str) -> bool:
    """Whether somebody else is still at it. What this very thread finds, it has left itself, or a process before it."""
    told = MARK.fullmatch(mark)
    if told is None:
        return False
    process, thread = int(told[1]), int(told[2])
    if process != os.getpid():
        return is_running(process)
    return thread != threading.get_native_id() and thread in {one.native_id for one in threading.enumerate()}


def is_there(path: Path) -> bool:
    """Whether a name is taken, also by a link that points nowhere."""
    return os.path.lexists(path)
