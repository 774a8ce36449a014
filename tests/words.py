"""All that a report says, figures' drawings apart."""

from __future__ import annotations

from typing import Any

import isu_analysis as isu
from isu_analysis.presentation import SECTIONS
from isu_analysis.presentation.sealed import to_json


def text_of(report: Any) -> str:
    """Every text of every section, a line each, with plain spaces."""
    shown = [section for key in SECTIONS if (section := isu.show(report, key)) is not None]
    return "\n".join(text for section in shown for text in _texts(to_json(section)["blocks"])).replace("\u00a0", " ")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, part in value.items() if name != "svg" for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list | tuple) else []
