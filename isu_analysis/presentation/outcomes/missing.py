"""Those of whom something is known and those missing, and one sentence on what that does to a result."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation.reader import Reader


def cells(outcome: Outcome) -> tuple[str, str]:
    """Cells of those of whom something is known, and of those missing."""
    names = ("paired", "lost") if outcome.twice else ("answered", "missing")
    return f"{outcome.key}/{names[0]}", f"{outcome.key}/{names[1]}"


def in_words(read: Reader, outcome: Outcome) -> str:
    """One sentence on trust: how many are missing, and that nothing is known of them."""
    known, lost = cells(outcome)
    if not read.report.has(known):
        return ""
    everyone = read.count(read.whole(outcome))
    if read.value(lost) == 0:
        return read.say("Ingen av {of} saknas.", of=everyone)
    share = f"{outcome.key}/lost_share" if outcome.twice else f"{lost}/share"
    return read.say("{n} av {of} saknas{share}. Hur det gick för dem vet vi inte.", n=read.how_many(lost).capitalize(),
                    of=everyone, share=read.bracket(share))  # fmt: skip
