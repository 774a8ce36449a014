"""A browser for the tests that look at pages as people do: one that is here, since nothing is downloaded for a test."""

from __future__ import annotations

import os
import shutil


def browser_path() -> str | None:
    """Where a browser is, if there is one."""
    named = os.environ.get("CHROME_BIN", "")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
