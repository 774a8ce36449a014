"""What the questions quote of the main outcome: who was followed up, and how it went, by the design of the follow-up."""

from __future__ import annotations

from isu_analysis.presentation import sentences
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

# By design, what went the wrong way: the count, what it is of, and what happened to them, in words.
WORSE = {
    "change": ("deteriorated", "paired", phrase("{n} av {of} mätta blev säkert sämre.")),
    "sessions": ("deteriorated", "paired", phrase("{n} av {of} mätta blev säkert sämre.")),
    "transition": ("down", "paired", phrase("{n} av {of} kom längre från det önskade läget.")),
    "needs": ("still_unmet", "asked", phrase("{n} av {of} behov är kvar.")),
}
SAME = {
    "change": ("unchanged", "paired", phrase("{n} av {of} mätta fick ingen säker förändring.")),
    "sessions": ("unchanged", "paired", phrase("{n} av {of} mätta fick ingen säker förändring.")),
    "transition": ("same", "paired", phrase("{n} av {of} är i samma läge som vid start.")),
}
# What went well is always said with how many nobody knows of.
_UNNAMED = phrase("{n} av {of} med uppgift har ett gott utfall, {missing} saknas.")
_NAMED = {
    "own": phrase("{n} av {of} svarade {labels}, {missing} saknas."),
    "judged": phrase("{n} av {of} bedömdes som {labels}, {missing} saknas."),
    "fact": phrase("{n} av {of} med uppgift fick utfallet {labels}, {missing} saknas."),
}
_GOOD = {
    "levels": ("positive", _UNNAMED),
    "target": ("positive", _UNNAMED),
    "answers": ("people", phrase("{n} av {of} med svar har minst ett gott svar, {missing} saknas.")),
    "goals": ("people", phrase("{n} av {of} med bedömda mål har minst ett mål med gott utfall, {missing} saknas.")),
}


def said(read: Reader, rows: dict[str, tuple[str, str, str]]) -> tuple[str, float]:
    """What a table above says of the main outcome, and of how many; nothing where it is hidden or not there."""
    main = read.report.main
    part, whole, template = rows.get(main.design, ("", "", ""))
    cells = f"{main.key}/{part}", f"{main.key}/{whole}"
    if not part or not read.shown(*cells) or read.value(cells[1]) == 0:
        return "", 0
    return read.say(template, n=read.count(cells[0]), of=read.count(cells[1])), read.value(cells[0])


def good(read: Reader) -> str:
    """How many had a good outcome, which one, and how many are missing; nothing where it is hidden or not there."""
    main = read.report.main
    part, template = _GOOD.get(main.design, ("", ""))
    n, of, missing = (f"{main.key}/{name}" for name in (part, "answered", "missing"))
    if not part or not read.shown(n, of) or not read.report.has(missing) or read.value(of) == 0:
        return ""
    if template == _UNNAMED and sentences.names_the_good(main):
        template = _NAMED[sentences.voice(main)]
    return read.say(template, n=read.count(n), of=read.count(of), missing=read.how_many(missing),
                    labels=sentences.positive_labels(read, main))  # fmt: skip


def coverage(read: Reader) -> tuple[str, str, str] | None:
    """Cells of those followed up, those missing and all, of the main outcome; None where they are hidden."""
    key = read.report.main.key
    for part, missing in (("answered", "missing"), ("paired", "lost")):
        cells = f"{key}/{part}", f"{key}/{missing}", read.whole(read.report.main)
        if read.shown(*cells):
            return cells
    return None
