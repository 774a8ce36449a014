"""A piece of work that changes the working folder of its process, as papermill does."""

from __future__ import annotations

import os
import time
from pathlib import Path


def stands_in(folder):
    """Go to a folder, wait until another process stands in the one beside it, and say where this one is."""
    os.chdir(folder)
    Path("här").touch()
    last = time.monotonic() + 60
    while len(list(folder.parent.glob("*/här"))) < 2 and time.monotonic() < last:
        time.sleep(0.05)
    time.sleep(0.2)
    return Path.cwd()
