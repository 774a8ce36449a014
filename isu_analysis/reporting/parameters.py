"""Strict parameters: a mistyped name or type stops the notebook, also when somebody runs it by hand.

Papermill itself only logs an unknown name, and the notebook then runs with its default.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from isu_analysis import declarations
from isu_analysis.errors import ReportError

_INJECTED = "# Parameters\n"  # what papermill begins the cell with that it adds
_WORDS = {"str": "text", "int": "heltal"}


def check_parameters() -> None:
    """Refuse what a notebook has been given if it has no such parameter, or wants it of another type.

    To be called in a notebook after the cell of its parameters, each written as ``name: type = value``. Outside a
    notebook it does nothing.

    Raises
    ------
    ReportError
        With the name, and what is allowed; the value is not told.

    Examples
    --------
    In a notebook, the cell after the one with ``unit: str = "exempelstad/unga-vuxna"`` and ``year: int = 2024``:

    >>> import isu_analysis as isu
    >>> isu.check_parameters()
    """
    try:
        from IPython import get_ipython
    except ModuleNotFoundError:
        return
    shell = get_ipython()
    if shell is not None:
        there = shell.user_ns
        wanted = there.get("__annotations__", {})
        refuse(wanted, {name: there[name] for name in (*_given(there["In"]), *wanted) if name in there})


def refuse(wanted: Mapping[str, type], given: Mapping[str, Any], where: str = "") -> None:
    """Refuse parameters that are not wanted, or are wanted of another type.

    Raises
    ------
    ReportError
    """
    problems = [
        f"okänd parameter «{name}».{declarations.nearest(name, list(wanted))}" for name in given if name not in wanted
    ]
    problems += [
        f"parametern «{name}» ska vara {_WORDS.get(kind.__name__, kind.__name__)}."
        for name, kind in wanted.items()
        if name in given and type(given[name]) is not kind
    ]
    if problems:
        raise ReportError(f"{where}{' '.join(problems)} Tillåtna: {', '.join(wanted)}.")


def _given(cells: Any) -> list[str]:
    """Names that the cell sets which papermill has added, if there is one; the last one if it has been run again."""
    added = [source for source in cells if source.startswith(_INJECTED)]
    body = ast.parse(added[-1]).body if added else []
    return [
        target.id
        for one in body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    ]
