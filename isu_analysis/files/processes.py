"""Whether another program is still running, as far as this machine knows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ASK, _GOES_ON = 0x1000, 259  # PROCESS_QUERY_LIMITED_INFORMATION and STILL_ACTIVE of Windows


def is_running(process: int) -> bool:
    """Whether there is a process with this number."""
    if os.name == "nt":  # there os.kill ends the process, whatever the signal
        return _is_running_on_windows(process)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it is somebody else's
        return True
    return not _is_ended(process)


def _is_ended(process: int) -> bool:
    """Whether it is dead and only waits for its parent to take notice; told by Linux alone."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[:1] in (["Z"], ["X"])


def _is_running_on_windows(process: int) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(_ASK, False, process)
    if not handle:
        return bool(ctypes.get_last_error() == 5)  # access denied: it is there, and somebody else's
    code = ctypes.c_ulong()
    asked = kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
    kernel.CloseHandle(ctypes.c_void_p(handle))
    return bool(asked) and code.value == _GOES_ON
