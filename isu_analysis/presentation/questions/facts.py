"""What the questions quote of the main outcome: who was followed up, and how it went, by the design of the follow-up."""

from __future__ import annotations

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
GOOD = {
    "levels": ("positive", "answered", phrase("{n} av {of} med uppgift har ett gott utfall.")),
    "target": ("positive", "answered", phrase("{n} av {of} med uppgift har nått målet.")),
    "answers": ("people", "answered", phrase("{n} av {of} har minst ett gott svar.")),
    "goals": ("people", "answered", phrase("{n} av {of} har minst ett mål med gott utfall.")),
}


def said(read: Reader, rows: dict[str, tuple[str, str, str]]) -> tuple[str, float]:
    """What a table above says of the main outcome, and of how many; nothing where it is hidden or not there."""
    main = read.report.main
    part, whole, template = rows.get(main.design, ("", "", ""))
    cells = f"{main.key}/{part}", f"{main.key}/{whole}"
    if not part or not read.shown(*cells) or read.value(cells[1]) == 0:
        return "", 0
    return read.say(template, n=read.count(cells[0]), of=read.count(cells[1])), read.value(cells[0])


def coverage(read: Reader) -> tuple[str, str, str] | None:
    """Cells of those followed up, those missing and all, of the main outcome; None where they are hidden."""
    key = read.report.main.key
    for part, missing in (("answered", "missing"), ("paired", "lost")):
        cells = f"{key}/{part}", f"{key}/{missing}", read.whole(read.report.main)
        if read.shown(*cells):
            return cells
    return None
