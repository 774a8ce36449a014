"""What to install when a part of the package's environment is missing, in one line."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires

_EXTRA = re.compile(r"^([A-Za-z0-9._-]+).*extra == ['\"]([a-z]+)['\"]")


def install_line(error: ModuleNotFoundError) -> str:
    """Name the extra that a missing module belongs to, and the command that installs it."""
    module = (error.name or "").partition(".")[0]
    extra = _extra_of(module)
    wanted = f"isu-analysis[{extra}]" if extra else module
    return f'Modulen «{module}» är inte installerad. Installera den med: python -m pip install "{wanted}"'


def _extra_of(module: str) -> str:
    try:
        declared = requires("isu-analysis") or []
    except PackageNotFoundError:
        return ""
    for line in declared:
        found = _EXTRA.match(line)
        if found and _plain(found.group(1)) == _plain(module):
            return found.group(2)
    return "reports" if module.startswith(("jupyter", "nbclient", "IPython")) else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
