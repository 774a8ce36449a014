"""What the columns of a raw file may mean, guessed from headings and cells. Never acted on unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from isu_analysis.measures import Measure, measure, measures_available
from isu_analysis.sketching.look import Look, RawColumn

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
    "ignore",
]
FEW = 15  # distinct texts in a column that sorts people into groups
OFTEN = 3  # a rarer text may be about one person, and is never written into a file

_PERSONAL = r"namn|person|pnr|e-?post|mail|telefon|adress|ansvarig|handläggare"
_ID = r"ärende|löpn|^(id|nr|kod)$|klient|kodnummer|deltagarn"
_START = r"start|inskriv|intag|inkom|påbörj|öppn|nybesök|inled"
_END = r"avslut|slut|utskriv|stäng"
_AFTERWARDS = r"bedömd|förändring|nöjd|upplev|resultat"  # not known at the start: an outcome, never a background
_RULES: tuple[tuple[Kind, str], ...] = (
    ("ending", r"avslut(sorsak|skod|ssätt|ad hur)?$|orsak till avslut|avslutning"),
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
_SEXES = {"k": "woman", "kvinna": "woman", "flicka": "woman", "m": "man", "man": "man", "pojke": "man"}
_START_WORDS = r"före|start|nybesök|inskrivning|intag|inledning"
_END_WORDS = r"avslutning|avslut|slut|efter|utskrivning"
_MONTHS = re.compile(r"(\d{1,2})\s*(?:månader|månad|mån|m)\b\.?", re.IGNORECASE)
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
    for column in seen.columns:
        found = _guess(column)
        if found.kind in {"id", "start", "end", "day", "ending", "intervention", "reason", "occasion"}:
            if found.kind in taken:
                found = Guess("category" if found.kind in {"intervention", "reason"} else "ignore", column)
            taken.add(found.kind)
        guesses.append(found)
    return guesses


def _guess(column: RawColumn) -> Guess:
    heading = column.heading.casefold()
    if not column.cells or re.search(_PERSONAL, heading):
        return Guess("ignore", column)
    if column.date_form and not column.numeric:
        kinds: tuple[tuple[Kind, str], ...] = (("end", _END), ("start", _START))
        return Guess(next((kind for kind, words in kinds if re.search(words, heading)), "day"), column)
    if re.search(_ID, heading):
        return Guess("id", column)
    if column.numeric:
        return _number(column)
    return _text(column, heading)


def _number(column: RawColumn) -> Guess:
    occasion, label = occasion_in(column.heading)
    known = measure_like(label)
    if known or (occasion and not re.search("ålder", label.casefold())):
        return Guess("score", column, known, occasion, label)
    return Guess("number" if re.search("ålder|antal|väntetid", column.heading.casefold()) else "ignore", column)


def _text(column: RawColumn, heading: str) -> Guess:
    if len(column.texts) > FEW or max(column.texts.values()) < OFTEN:
        return Guess("ignore", column)
    occasions = [occasion_in(text)[0] for text in column.texts]
    if None not in occasions and len(set(occasions)) == len(occasions) and {"start", "end"} & set(occasions):
        return Guess("occasion", column)
    kind = next((kind for kind, words in _RULES if re.search(words, heading)), None)
    if kind:
        return Guess(kind, column)
    afterwards = re.search(_AFTERWARDS, heading) or occasion_in(column.heading)[0] not in {None, "start"}
    return Guess("ignore" if afterwards else "category", column)


def occasion_in(text: str) -> tuple[str | None, str]:
    """Find when in a heading: ``"BDI 8 mån"`` -> ``("m8", "BDI")``; None where it does not say."""
    months = _MONTHS.search(text)
    if months:
        return f"m{int(months.group(1))}", _without(text, months.group())
    for name, words in (("start", _START_WORDS), ("end", _END_WORDS)):
        found = re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)
        if found:
            return name, _without(text, found.group())
    followed = _FOLLOW_UP.search(text)
    return ("follow_up", _without(text, followed.group())) if followed else (None, text)


def _without(text: str, words: str) -> str:
    rest = re.sub(r"\b(vid|efter|uppföljning)\b", " ", text.replace(words, " "), flags=re.IGNORECASE)
    return " ".join(rest.replace("(", " ").replace(")", " ").split()).strip(" -_:,") or text


def measure_like(label: str) -> str | None:
    """Find the scale of the registry whose name a heading resembles."""
    wanted = _letters(label)
    for card in _scales():
        names = {_letters(name) for name in (card.id, card.name_sv, card.name)}
        if any(name in wanted or (len(wanted) >= 3 and name.startswith(wanted)) for name in names):
            return card.id
    return None


def _scales() -> Iterable[Measure]:
    cards = [measure(name) for name in measures_available()]
    return sorted((card for card in cards if card.kind == "scale"), key=lambda card: -len(card.id))


def _letters(text: str) -> str:
    return re.sub(r"[^a-zåäö0-9]", "", text.casefold())


def ending_of(text: str) -> str | None:
    """Tell which ending a closing reason may mean."""
    return next((ending for ending, words in _ENDINGS if re.search(words, text.casefold())), None)


def sex_of(text: str) -> str | None:
    """Tell the registry's word for a sex."""
    return _SEXES.get(text.casefold())
