"""What the files of a report must not hold: gathered anew for each report, and stored nowhere."""

from __future__ import annotations

import base64
import calendar
import datetime as dt
import getpass
import platform
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.disclosure.scan import Forbidden
from isu_analysis.errors import IsuError
from isu_analysis.intake import store
from isu_analysis.intake.pseudonyms import KEPT_BYTES, Key, key_path, read_key
from isu_analysis.settings import Unit

PSEUDONYM, MACHINE, KEY = "en pseudonym", "en uppgift om datorn", "pseudonymnyckeln"
RAW_FILE, RAW_VALUE, EXACT_DAY = (
    "en råfils namn eller kontrollsumma",
    "ett ovanligt råvärde",
    "ett exakt datum ur uppgifterna",
)
CASE, PERSON, GOAL = "ett ärendenummer eller klientnummer", "namnet på en anställd eller en grupp", "ett mål i egna ord"

FEW = 5  # people; a raw value that fewer have, and that nobody has declared, is somebody's
SHORTEST_NAME = 4  # characters of a user's or a computer's name; a shorter one turns up by chance
LONGEST_PATH_PART = 8  # characters; a shorter folder such as "/root" is found by its pattern, not by its name
_PSEUDONYMS = ("episode", "client", "worker", "group", "item")
_PSEUDONYM = re.compile(
    rf"[a-z2-7]{{{KEPT_BYTES * 8 // 5}}}"
)  # what a need is called stands beside goals, in plain text
_CODES = {*_PSEUDONYMS, "ending", "service_form", "protected", "start", "end", "year", "contacts"}
_WORDS_OF_A_GOAL = 4  # fewer words are anybody's: "må bättre"
_LONGEST = {CASE: 2, PERSON: 3, GOAL: 6}  # words
_SPOKEN = {"analysis", "measures", "municipalities", "presentation", "reporting"}  # wings whose words reports print
_READ = (".py", ".yml", ".po", ".css", ".html", ".j2", ".typ", ".txt")


def forbidden(project: Path, units: Sequence[Unit], release: str) -> Forbidden:
    """Texts that no file of a report about some units may hold.

    Numbers of cases and people are in no file here. But a word of the report whose pseudonym is among the stored ones
    is such a number: where the key is, the report is searched for them all without anybody listing one.

    Parameters
    ----------
    units : sequence of Unit
        Those that the report is about, read in.
    release : {"internal", "public"}
        In a public one raw files, exact days and values that few have are not to be seen either.
    """
    data = [store.load(project, unit) for unit in units]
    frames = [frame for processed in data for frame in (processed.episodes, processed.measurements)]
    pseudonyms = {name: frozenset(filter(_PSEUDONYM.fullmatch, _values(frames, name))) for name in _PSEUDONYMS}
    held = _keys(project)
    anywhere = {
        PSEUDONYM: frozenset().union(*pseudonyms.values()),
        MACHINE: frozenset(_folders(project)),
        KEY: frozenset(form for key in held for form in _forms(key)),
    }
    words = {MACHINE: frozenset(_names())}
    declared = _Declared(project, units)
    if release == "public":
        anywhere[RAW_FILE] = frozenset(
            text for unit, one in zip(units, data, strict=True) for text in _sources(project, unit, one.about)
        )
        words[EXACT_DAY] = frozenset(day for one in data if (day := _exact_day(one.about)))
        words[RAW_VALUE] = frozenset(value for one in data for value in _rare(one) if value not in declared)
    slugs = sorted({unit.municipality_slug for unit in units})
    recognised = _recognised(held, slugs, pseudonyms)
    most_words = max((_LONGEST[what] for what in recognised), default=1)
    return Forbidden(anywhere, words, declared.__contains__, recognised, most_words)


def about_the_machine(project: Path) -> Forbidden:
    """What no page or list may hold, whichever units it is about."""
    keys = frozenset(form for key in _keys(project) for form in _forms(key))
    return Forbidden({MACHINE: frozenset(_folders(project)), KEY: keys})


def _values(frames: Iterable[Any], name: str) -> Iterator[str]:
    for frame in frames:
        if name in frame:
            yield from filter(None, frame[name].dropna().astype(str).unique())


# The machine


def _folders(project: Path) -> Iterator[str]:
    """Folders of the project, the user and the program, written as either system writes them."""
    places = [project, project.resolve(), Path.home(), Path(sys.prefix), Path(sys.base_prefix)]
    for place in places:
        yield from (text for text in {str(place), place.as_posix()} if len(text) >= LONGEST_PATH_PART)


def _names() -> Iterator[str]:
    """Names of the user and the computer, where they are long enough to be told from other words."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        user = ""
    yield from (name for name in (user, platform.node()) if len(name) >= SHORTEST_NAME)


def _keys(project: Path) -> tuple[Key, ...]:
    """The key and those it has been changed from, where they are; reports are made without them elsewhere."""
    path = key_path(project)
    found = []
    for place in sorted(path.parent.glob(f"{path.name}*")):
        try:
            found.append(read_key(place))
        except IsuError:
            continue
    return tuple(found)


def _forms(key: Key) -> Iterator[str]:
    yield from (key.secret.hex(), key.fingerprint)
    for encode in (base64.b32encode, base64.b64encode, base64.urlsafe_b64encode):
        yield encode(key.secret).decode().rstrip("=")


# The data


def _sources(project: Path, unit: Unit, about: dict[str, Any]) -> Iterator[str]:
    settings = project / "parameters" / f"{unit.key}.yml"
    if settings.is_file():
        yield files.sha256(settings)
    for file in filter(None, about.get("files", [])):
        yield from (str(text) for text in (file["file"], file.get("sha256")) if text)


def _exact_day(about: dict[str, Any]) -> str:
    """The latest day in the data, which is some person's, unless it is the month's last, as printed."""
    text = str(about.get("as_of") or "")
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return ""
    return text if day.day < calendar.monthrange(day.year, day.month)[1] else ""


def _rare(processed: store.Processed) -> Iterator[str]:
    """Values as the raw files have them, that fewer than five cases have."""
    episodes, needs = processed.episodes, processed.measurements
    texts = [name for name in episodes if name not in _CODES and episodes[name].dtype.kind not in "iufMmb"]
    for name in texts:
        yield from _of_few(episodes[name])
    yield from _of_few(needs.drop_duplicates(["episode", "item"])["item"])


def _of_few(column: Any) -> Iterator[str]:
    counts = column.dropna().astype(str).value_counts()
    few = counts.index[counts < FEW]
    yield from (value for value in few if len(value) >= SHORTEST_NAME and not _PSEUDONYM.fullmatch(value))


class _Declared:
    """What the unit files say, and the words that every report uses: found in a report, they tell of nobody."""

    def __init__(self, project: Path, units: Sequence[Unit]) -> None:
        paths = [project / "parameters" / f"{unit.key}.yml" for unit in units]
        self._texts = [" ".join(_tokens(path.read_text(encoding="utf-8"))) for path in paths if path.is_file()]

    def __contains__(self, text: object) -> bool:
        sought = f" {' '.join(_tokens(str(text)))} "
        return any(sought in f" {said} " for said in (*self._texts, spoken()))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@cache
def spoken() -> str:
    """The words of the program's own texts, cards and page templates."""
    wings = [folder for folder in package_files("isu_analysis").iterdir() if folder.is_dir() and folder.name in _SPOKEN]
    return " ".join(word for wing in wings for text in _sources_of(wing) for word in _tokens(text))


def _sources_of(folder: Traversable) -> Iterator[str]:
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        if item.is_dir():
            yield from _sources_of(item)
        elif item.name.endswith(_READ):
            yield item.read_text(encoding="utf-8")


# Numbers and names that only the key recognises


def _recognised(
    held: Sequence[Key], municipalities: Sequence[str], pseudonyms: Mapping[str, frozenset[str]]
) -> dict[str, Callable[[Collection[str]], Collection[str]]]:
    """For each kind, a function that picks the phrases of a report whose pseudonym is one of the stored ones."""
    rows = {
        CASE: (("episode", "client"), _may_be_a_number),
        PERSON: (("worker", "group"), _may_be_a_name),
        GOAL: (("item",), _may_be_a_goal),
    }
    makers = [partial(key.pseudonyms, municipality) for key in held for municipality in municipalities]
    stored = {what: {name: pseudonyms[name] for name in names if pseudonyms[name]} for what, (names, _) in rows.items()}
    return {what: partial(_known, makers, stored[what], may_be) for what, (_, may_be) in rows.items() if stored[what]}


def _known(
    makers: Sequence[Callable[[str, list[str]], list[str]]],
    stored: Mapping[str, frozenset[str]],
    may_be: Callable[[str], bool],
    there: Collection[str],
) -> set[str]:
    chosen = [phrase for phrase in there if may_be(phrase)]
    return {
        phrase
        for make in makers
        for kind, ours in stored.items()
        for phrase, made in zip(chosen, make(kind, chosen) if chosen else (), strict=True)
        if made in ours
    }


def _may_be_a_number(phrase: str) -> bool:
    """Whether a phrase can be a case's number; one of a few figures alone is any number of the report."""
    if phrase.count(" ") >= _LONGEST[CASE] or len(phrase) < 4 or not any(map(str.isdigit, phrase)):
        return False
    return len(phrase) > 4 or any(map(str.isalpha, phrase))


def _may_be_a_name(phrase: str) -> bool:
    return phrase.count(" ") < _LONGEST[PERSON] and len(phrase) >= SHORTEST_NAME and any(map(str.isalpha, phrase))


def _may_be_a_goal(phrase: str) -> bool:
    return phrase.count(" ") >= _WORDS_OF_A_GOAL - 1
