"""Names of raw files, which may say whom they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from isu_analysis.settings import Source, Unit


def without_names(about: Mapping[str, Any], unit: Unit) -> Any:
    """What intake said, with every raw file's name replaced that says more than the unit file does.

    A name that is the unit file's own, but for the year, stays; another (matched by ``*``) may be a person's name and
    becomes ``råfil 1``, wherever it stands.
    """
    names = [str(file.get("file", "")) for file in about.get("files", []) if isinstance(file, dict)]
    declared = [re.compile(_declared(source), re.IGNORECASE) for source in unit.sources]
    hidden = [name for name in dict.fromkeys(names) if not any(pattern.fullmatch(name) for pattern in declared)]
    return _replaced(about, {name: f"råfil {number}" for number, name in enumerate(hidden, start=1)})


def _declared(source: Source) -> str:
    return re.escape(source.name).replace(r"\{year\}", "[0-9]{4}")


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name in sorted(names, key=len, reverse=True):
            value = value.replace(name, names[name]) if name else value
        return value
    if isinstance(value, dict):
        return {_replaced(key, names): _replaced(inner, names) for key, inner in value.items()}
    return [_replaced(inner, names) for inner in value] if isinstance(value, list) else value
