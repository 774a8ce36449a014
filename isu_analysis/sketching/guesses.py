"""What the columns of a raw file may mean, guessed from headings and cells. Never acted on unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from isu_analysis.measures import Measure, measure, measures_available
from isu_analysis.sketching.look import Look, RawColumn, letters

Kind = Literal[
    "id",
    "start",
    "end",
    "day",
    "ending",
    "intervention",
    "reason",
    "occasion",
    "number",
    "category",
    "score",
    "closing",
    "ignore",
]
MANY = 100  # texts with all their spellings; past this nobody has chosen from a list
FEW = 15  # distinct texts in a column that sorts people into groups
LEAST_INSIDE = 5  # letters of a measure's name that may stand inside another word
OFTEN = 3  # a rarer text may be about one person, and is never written into a file

_PERSONAL = (
    r"namn|person|(?<!lö)pnr|född|födelse|e-?post|mail|telefon|mobil|adress|ansvarig|handläggare|ledare|behandlare|anteckning|kommentar|"
    r"fritext|något mer|berätta|beskriv"
)
_ABOUT_SOMEBODY = re.compile(r"[0-9][0-9 -]{3,}|@")  # a number or an address that is somebody's
_ID = r"ärende|löpn|^(id|nr|kod)$|klient|kodnummer|deltagarn"
_START = r"start|inskriv|inflytt|intag|inkom|ankom|påbörj|öppn|nybesök|inled|första (besök|samtal)"
_END = r"avslut|slut|utskriv|utflytt|stäng|upphör|sista (besök|samtal)"
_AFTERWARDS = r"bedömd|förändring|nöjd|upplev|resultat"  # not known at the start: an outcome, never a background
_RULES: tuple[tuple[Kind, str], ...] = (
    ("ending", r"avslut(sorsak|skod|ssätt|ad hur)?$|orsak till avslut|avslutning|hur .*(avslut|slut)"),
    ("intervention", r"insats|behandling|program|^kurs"),
    ("reason", r"orsak|anledning"),
)
_ENDINGS = (
    ("never_started", r"(ej|inte|aldrig) (i ?gång|igång|påbörja|start)"),
    ("ongoing", r"pågå"),
    ("transferred", r"flytt|överfö|övergå|annan (insats|enhet|kommun)|remitt"),
    ("unplanned", r"avbr|avhopp|förtid|utebl|egen begäran|oplanera"),
    ("planned", r"planera|fullfölj|enligt plan|målupp|slutför|uppnå"),
)
_NOT_DENIED = r"^(?!.*\b(?:ej|inte|ingen|inget|inga|utan|delvis)\b).*"
_MEANINGS = (
    ("not_started", r"(ej|inte|aldrig) (i ?gång|igång|påbörja|start)"),
    ("unchanged_or_worse", r"(ingen|oföränd).*försäm"),
    ("worse", r"försäm"),
    ("unchanged", r"oföränd|ingen (förändring|förbättring)"),
    ("improved", _NOT_DENIED + r"förbätt"),
    ("goal_reached", _NOT_DENIED + r"(målupp|må(l|let|len) (är )?(upp)?nå|uppnå)"),
    ("transferred", r"flytt|överfö|övergå|annan (insats|enhet|kommun)|remitt"),
    ("client_ended", r"avhopp|egen begäran|(klient|brukar|själv|famil).*avbr|avbr.*(klient|brukar|själv|famil)"),
    ("other", r"^(annat|annan|övrigt|övriga)\b"),
)
POSITIVE = {"goal_reached", "improved"}
_OUTCOMES = POSITIVE | {"unchanged", "unchanged_or_worse", "worse"}
_SEXES = {"k": "woman", "kvinna": "woman", "flicka": "woman", "m": "man", "man": "man", "pojke": "man"}
_START_WORDS = r"före|start|nybesök|inskrivning|inflyttning|intag|inledning"
_END_WORDS = r"avslutning|avslut|slut|efter|utskrivning|utflyttning"
_OUTERMOST = {"start": "in|pre", "end": "ut|post"}  # too short to be trusted inside a heading
_MONTHS = re.compile(r"(\d{1,2})\s*(?:månader|månad|mån|m)\b\.?", re.IGNORECASE)
_NUMBERED = (
    r"(?P<before>)(?P<n>\d+)[\s.:_-]+(?P<after>\D.*)",
    r"(?P<before>.*\D)(?<=[\s_:.-])(?P<n>\d+)(?P<after>)",
    r"(?P<before>\D+)(?<=[\s_:.-])(?P<n>\d+)(?=[\s_:.-])(?P<after>\D+)",
)
_FOLLOW_UP = re.compile(r"\buppföljning\b", re.IGNORECASE)


@dataclass(frozen=True)
class Guess:
    """What one column may mean.

    Attributes
    ----------
    measure, occasion : str or None
        For scores: a measure of the registry, or None where the unit must describe its own; and when.
    label : str
        The heading without the words that say when.
    """

    kind: Kind
    column: RawColumn
    measure: str | None = None
    occasion: str | None = None
    label: str = ""


def guess(seen: Look) -> list[Guess]:
    """Guess every column; at most one id, start, end and so on."""
    taken: set[str] = set()
    guesses = []
    numbered = _numbered(column.heading for column in seen.columns)
    for column in seen.columns:
        found = _guess(column, numbered)
        if found.kind == "day" and found.occasion:
            guesses.append(found)  # each occasion may have a date of its own
            continue
        if found.kind in {"id", "start", "end", "day", "ending", "closing", "intervention", "reason", "occasion"}:
            if found.kind in taken:
                found = Guess("category" if found.kind in {"intervention", "reason"} else "ignore", column)
            taken.add(found.kind)
        guesses.append(found)
    return [Guess("ignore", found.column) if _day_of_several(found, guesses) else found for found in guesses]


def _day_of_several(found: Guess, guesses: list[Guess]) -> bool:
    """Whether it is a lone date in a row of several occasions: nobody knows which of them it is of."""
    if found.kind != "day" or found.occasion or any(other.kind == "occasion" for other in guesses):
        return False
    return len({other.occasion for other in guesses if other.kind == "score"}) > 1


def _numbered(headings: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Headings that a 1 and a 2 alone tell apart: occasion and label; a third number makes them items."""
    found: dict[str, dict[str, str]] = {}
    for heading in headings:
        for pattern in _NUMBERED:
            match = re.fullmatch(pattern, heading.strip())
            if match:
                label = " ".join(part.strip(" -_:.") for part in (match["before"], match["after"]) if part)
                found.setdefault(label, {})[match["n"]] = heading
    pairs = {label: numbers for label, numbers in found.items() if set(numbers) == {"1", "2"}}
    occasions = {"1": "start", "2": "end"}
    return {heading: (occasions[n], label) for label, numbers in pairs.items() for n, heading in numbers.items()}


def _guess(column: RawColumn, numbered: dict[str, tuple[str, str]]) -> Guess:
    heading = column.heading.casefold()
    if not column.cells or re.search(_PERSONAL, heading):
        return Guess("ignore", column)
    if column.date_form and not column.numeric:
        occasion, label = numbered.get(column.heading, (None, ""))
        kind: Kind = "day" if occasion else _date_kind(heading)
        return Guess(kind, column, occasion=occasion if kind == "day" else None, label=label)
    if re.search(_ID, heading):
        return Guess("id", column)
    if column.numeric:
        return _number(column, *numbered.get(column.heading, occasion_in(column.heading)))
    return _text(column, heading)


def _date_kind(heading: str) -> Kind:
    kinds: tuple[tuple[Kind, str], ...] = (("end", _END), ("start", _START))
    short: dict[str | None, Kind] = {"start": "start", "end": "end"}
    for kind, words in kinds:
        if re.search(words, heading):
            return kind
    return short.get(occasion_in(heading)[0], "day")


def _number(column: RawColumn, occasion: str | None, label: str) -> Guess:
    known = measure_like(label, column.numbers)
    if known or (occasion and not re.search("ålder", label.casefold())):
        return Guess("score", column, known, occasion, label)
    return Guess("number" if re.search("ålder|antal|väntetid", column.heading.casefold()) else "ignore", column)


def _text(column: RawColumn, heading: str) -> Guess:
    if len(column.texts) > MANY or len(column.groups) > FEW or max(map(column.times, column.groups)) < OFTEN:
        return Guess("ignore", column)
    if any(_ABOUT_SOMEBODY.search(text) for text in column.texts):
        return Guess("ignore", column)
    occasions = [occasion_in(text)[0] for text in column.texts]
    if None not in occasions and len(set(occasions)) == len(occasions) and {"start", "end"} & set(occasions):
        return Guess("occasion", column)
    kind: Kind | None = next((kind for kind, words in _RULES if re.search(words, heading)), None)
    if kind == "ending" and not _only_endings(common_groups(column)):
        return Guess("closing", column, label=column.heading)
    if kind:
        return Guess(kind, column)
    afterwards = re.search(_AFTERWARDS, heading) or occasion_in(column.heading)[0] not in {None, "start"}
    return Guess("ignore" if afterwards else "category", column)


def _only_endings(texts: Iterable[str]) -> bool:
    """Tell whether closing reasons say how a case ended and nothing of how it went for the person."""
    return all(ending_of(text) and meaning_of(text) not in _OUTCOMES for text in texts)


def occasion_in(text: str) -> tuple[str | None, str]:
    """Find when in a heading: ``"BDI 8 mån"`` -> ``("m8", "BDI")``; None where it does not say."""
    months = _MONTHS.search(text)
    if months:
        return f"m{int(months.group(1))}", _without(text, months.group())
    for name, words in (("start", _START_WORDS), ("end", _END_WORDS)):
        found = re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)
        if found:
            return name, _without(text, found.group())
    for name, words in _OUTERMOST.items():
        found = re.search(rf"^(?:{words})[\s_:-]+|[\s_:-]+(?:{words})$|^(?:{words})$", text, re.IGNORECASE)
        if found:
            return name, text.replace(found.group(), " ").strip() or text
    followed = _FOLLOW_UP.search(text)
    return ("follow_up", _without(text, followed.group())) if followed else (None, text)


def _without(text: str, words: str) -> str:
    rest = re.sub(r"\b(vid|efter|uppföljning)\b", " ", text.replace(words, " "), flags=re.IGNORECASE)
    return " ".join(rest.replace("(", " ").replace(")", " ").split()).strip(" -_:,") or text


def measure_like(label: str, scores: Iterable[float] = ()) -> str | None:
    """Find the scale of the registry whose name a heading resembles, unless a score lies outside it."""
    wanted, scores = letters(label), tuple(scores)
    words = {letters(word) for word in re.split(r"[\W_]+", label)}
    for card in _scales():
        low, high = card.minimum or 0, card.maximum or 0
        # A short name stands inside many other words, as ORS in «Avslutsorsak».
        named = any(name in (wanted if len(name) >= LEAST_INSIDE else words) for name in _names(card))
        begun = len(wanted) >= 3 and any(name.startswith(wanted) for name in _names(card))
        if (named or begun) and all(low <= score <= high for score in scores):
            return card.id
    return None


def version_assumed(found: Guess) -> str:
    """Name of the registry's measure where the heading does not say which version it is, else an empty text."""
    if found.measure is None:
        return ""
    card = measure(found.measure)
    return "" if any(name in letters(found.label) for name in _names(card)) else card.name_sv


def _names(card: Measure) -> set[str]:
    return {letters(name) for name in (card.id, card.name_sv, card.name)}


def _scales() -> Iterable[Measure]:
    cards = [measure(name) for name in measures_available()]
    return sorted((card for card in cards if card.kind == "scale"), key=lambda card: -len(card.id))


def common_groups(column: RawColumn) -> list[str]:
    """Texts that occur so often, all spellings together, that they are about a group."""
    return sorted(name for name in column.groups if column.times(name) >= OFTEN)


def ending_of(text: str) -> str | None:
    """Tell which ending a closing reason may mean."""
    return next((ending for ending, words in _ENDINGS if re.search(words, text.casefold())), None)


def meaning_of(text: str) -> str | None:
    """Tell which meaning a closing reason may have."""
    return next((meaning for meaning, words in _MEANINGS if re.search(words, text.casefold())), None)


def sex_of(text: str) -> str | None:
    """Tell the registry's word for a sex."""
    return _SEXES.get(text.casefold())
