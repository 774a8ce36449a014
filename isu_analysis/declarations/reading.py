"""A YAML file as plain values, each with its line.

Plain scalars mean what they look like. What YAML 1.1 would silently turn into something else (`NO`, `0123`, `22:30`,
`1_000`) is refused with a request for quotation marks, whatever version the author had in mind. Aliases and tags
are refused: no unit needs them, and they are how small files become big or dangerous.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count, takewhile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from isu_analysis.errors import SettingsError

MAX_BYTES = 200_000  # a unit file is a few kilobytes; anything near this is not one
MAX_DEPTH = 20  # keys under keys; a unit file has six

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")  # longer ones are no number anybody means
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNREADABLE = "går inte att läsa som YAML."
_END = object()  # of a list or a group of keys
_WORDS = {"true": True, "false": False, "null": None, "": None}
_TRAPS = re.compile(
    r"~|[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|True|TRUE|False|FALSE|Null|NULL"
    r"|[-+]?0[0-9]+(\.[0-9]+)?|[-+]?[0-9][0-9_]*_[0-9_]*|[0-9]+(:[0-9]+)+|[-+]?[0-9]+,[0-9]+"
    r"|0[xob][0-9a-fA-F]+|[-+]?[0-9.]+[eE][-+]?[0-9]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)

Place = tuple[str | int, ...]
Problem = tuple[Place, str]


@dataclass(frozen=True)
class Document:
    """A YAML file as plain values, the line each of them stands on, and the values that could be misread."""

    path: Path
    values: dict[str, Any]
    lines: dict[Place, int]
    problems: tuple[Problem, ...] = ()

    def line(self, place: Place) -> int:
        """Line of the nearest declared place at or above `place`."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path) -> Document:
    """Read one YAML file into plain values with line marks.

    Parameters
    ----------
    path : Path
        A UTF-8 file of at most 200 000 bytes.

    Returns
    -------
    Document

        Values that could be misread are None, and listed in its ``problems``; `validate` tells them with the rest.

    Raises
    ------
    SettingsError
        The file is missing, too large, not UTF-8 or not YAML.
    """
    parsed = _parsed(_text(path), path.name)
    return Document(path, deepcopy(parsed.values), parsed.lines, parsed.problems)


def found(values: Any, *pattern: str) -> Iterator[tuple[Place, Any]]:
    """Values at a pattern of keys, each with its place; ``*`` stands for every key or row. Other shapes give nothing."""
    if not pattern:
        yield (), values
        return
    key, *rest = pattern
    inner: Iterable[tuple[str | int, Any]] = ()
    if key == "*" and isinstance(values, dict | list):
        inner = values.items() if isinstance(values, dict) else enumerate(values)
    elif isinstance(values, dict) and key in values:
        inner = [(key, values[key])]
    for part, value in inner:
        for place, at_end in found(value, *rest):
            yield (part, *place), at_end


def _text(path: Path) -> str:
    if not path.is_file():
        raise SettingsError(f"{path.name}: filen finns inte i {path.parent.name}/.")
    if path.stat().st_size > MAX_BYTES:
        raise SettingsError(f"{path.name}: filen är större än {MAX_BYTES} byte och kan inte vara en enhetsfil.")
    try:
        return unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name}: filen är inte sparad som UTF-8. Spara om den som UTF-8.") from None
    except OSError:
        raise SettingsError(f"{path.name}: filen kan inte öppnas. Stäng den i andra program och kör igen.") from None


@lru_cache(maxsize=512)  # a run looks at each unit's file several times, and reading YAML is slow
def _parsed(text: str, name: str) -> Document:
    lines: dict[Place, int] = {}
    problems: list[Problem] = []
    told = (event for event in _events(text, name) if isinstance(event, NodeEvent | CollectionEndEvent))
    values = _plain(told, (), lines, problems)
    if not isinstance(values, dict):
        raise SettingsError(f"{name}: filen är tom eller saknar nycklar på formen «nyckel: värde».")
    return Document(Path(name), values, lines, tuple(problems))


def _events(text: str, name: str) -> list[Any]:
    """Return what the file says, piece by piece as the YAML reader tells it, when all of it is allowed."""
    events: list[Any] = []
    try:
        refused = list(dict.fromkeys(_refused(YAML(typ="safe", pure=True).parse(text), events)))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", rad {mark.line + 1}" if mark else ""
        raise SettingsError(f"{name}{where}: {_UNREADABLE} Kontrollera indrag och kolon.") from None
    except (YAMLError, RecursionError, ValueError):
        raise SettingsError(f"{name}: {_UNREADABLE}") from None
    if refused:
        raise SettingsError("\n".join(f"{name}, {problem}" for problem in refused))
    return events


def _refused(parsed: Iterable[Any], read: list[Any]) -> Iterator[str]:
    """What no unit file may hold; past `MAX_DEPTH` nothing more is read, since depth alone can take minutes."""
    depth = documents = 0
    for event in parsed:
        read.append(event)
        line = event.start_mark.line + 1
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        documents += isinstance(event, DocumentStartEvent)
        if depth > MAX_DEPTH:
            yield f"rad {line}: fler än {MAX_DEPTH} nivåer. Kontrollera indrag och parenteser."
            return
        if documents > 1:
            yield f"rad {line}: {_UNREADABLE} Kontrollera indrag och kolon."
            return
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            yield f"rad {line}: & och * (hänvisningar) är inte tillåtna. Skriv ut värdet."
        elif isinstance(event, NodeEvent) and getattr(event, "tag", None):
            yield f"rad {line}: taggar (ord som börjar med !) är inte tillåtna."


def _plain(events: Iterator[Any], at: Place, lines: dict[Place, int], problems: list[Problem]) -> Any:
    """Take one value off the events, whole; the end of a list or a group of keys is `_END`."""
    event = next(events, None)
    if event is None or isinstance(event, CollectionEndEvent):
        return _END
    lines.setdefault(at, event.start_mark.line + 1)
    if isinstance(event, MappingStartEvent):
        return _mapping(events, at, lines, problems)
    if isinstance(event, SequenceStartEvent):
        rows = ((*at, number) for number in count())
        return list(takewhile(lambda value: value is not _END, (_plain(events, row, lines, problems) for row in rows)))
    return _scalar(event, at, problems)


def _mapping(events: Iterator[Any], at: Place, lines: dict[Place, int], problems: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_event in iter(events.__next__, None):
        if isinstance(key_event, CollectionEndEvent):
            break
        if not isinstance(key_event, ScalarEvent):
            problems.append((at, "en nyckel måste vara ett ord."))
            _plain(chain([key_event], events), at, {}, [])
            _plain(events, at, {}, [])
            continue
        key = str(key_event.value)
        if key in values:
            problems.append(((*at, key), f"nyckeln «{key}» står två gånger."))
        lines[(*at, key)] = key_event.start_mark.line + 1
        values[key] = _plain(events, (*at, key), lines, problems)
    return values


def _scalar(event: Any, at: Place, problems: list[Problem]) -> Any:
    text = str(event.value)
    if event.style:  # quoted or block text: always text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _TRAPS.fullmatch(text):
        problems.append((at, "värdet kan läsas på flera sätt. Skriv det inom citattecken (eller med decimalpunkt)."))
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
