"""How many a result builds on, of how many, and how many are missing: one sentence a table or figure."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase


def of_outcome(read: Reader, outcome: Outcome) -> str:
    """What an outcome builds on, as its design counts it."""
    key, whole = outcome.key, read.count(read.whole(outcome))
    if outcome.once:
        return _of(read, phrase("{n} av {of} har en uppgift."), whole, f"{key}/answered", f"{key}/missing")
    if read.report.has(f"{key}/lost"):
        twice = phrase("{n} av {of} är mätta vid båda tillfällena.")
        return _of(read, twice, whole, f"{key}/paired", f"{key}/lost")
    if read.report.has(f"{key}/cases"):
        some = phrase("{n} av {of} har minst en skattning.")
        return _of(read, some, read.count(ELIGIBLE), f"{key}/cases", f"{key}/cases/not")
    return read.say("Av alla {of}. Hur många som saknas står vid varje tillfälle.", of=read.count(ELIGIBLE))


def of_known(read: Reader, known: str, missing: str) -> str:
    """What a description of all who are meant builds on."""
    return _of(read, phrase("{n} av {of} har en uppgift."), read.count(ELIGIBLE), known, missing)


def _of(read: Reader, template: str, whole: str, known: str, missing: str) -> str:
    """How many, of how many, and how many are missing; one sentence where none of that is shown."""
    if read.report.has(missing) and not read.shown(known) and not read.shown(missing):
        return read.say("Hur många av {of} som det bygger på, och hur många som saknas, är dolt.", of=whole)
    told = read.say(template, n=read.count(known), of=whole)
    if not read.report.has(missing):
        return told
    none = read.value(missing) == 0
    rest = read.say("Ingen saknas.") if none else read.say("{n} saknas.", n=_capital(read.count(missing)))
    return f"{told} {rest}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
