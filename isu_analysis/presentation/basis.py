"""How many a result builds on, of how many, and how many are missing: one sentence a table or figure."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation.reader import Reader


def of_outcome(read: Reader, outcome: Outcome) -> str:
    """What an outcome builds on, as its design counts it."""
    key, whole = outcome.key, read.count(read.whole(outcome))
    if outcome.once:
        return _said(
            read, f"{key}/missing", read.say("{n} av {of} har en uppgift.", n=read.count(f"{key}/answered"), of=whole)
        )
    if read.report.has(f"{key}/lost"):
        twice = read.say("{n} av {of} är mätta vid båda tillfällena.", n=read.count(f"{key}/paired"), of=whole)
        return _said(read, f"{key}/lost", twice)
    if read.report.has(f"{key}/cases"):
        some = read.say("{n} av {of} har minst en skattning.", n=read.count(f"{key}/cases"), of=read.count(ELIGIBLE))
        return _said(read, f"{key}/cases/not", some)
    return read.say("Av alla {of}. Hur många som saknas står vid varje tillfälle.", of=read.count(ELIGIBLE))


def of_known(read: Reader, known: str, missing: str) -> str:
    """What a description of all who are meant builds on."""
    told = read.say("{n} av {of} har en uppgift.", n=read.count(known), of=read.count(ELIGIBLE))
    return _said(read, missing, told)


def _said(read: Reader, missing: str, told: str) -> str:
    if not read.report.has(missing):
        return told
    none = read.value(missing) == 0
    rest = read.say("Ingen saknas.") if none else read.say("{n} saknas.", n=_capital(read.count(missing)))
    return f"{told} {rest}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
