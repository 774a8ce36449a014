"""Questions for a unit's own people, made from this report's numbers: first to understand, then to act.

Each asks about one thing that the report holds and quotes it with how many it is of. What is hidden is not asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from isu_analysis.presentation.page_one import refused
from isu_analysis.presentation.questions import acting, understanding
from isu_analysis.presentation.reader import Reader

MOST_TO_UNDERSTAND, FEWEST_TO_UNDERSTAND = 5, 3
MOST_TO_ACT, FEWEST_TO_ACT = 4, 2

Asked = Callable[[Reader], str]


def to_understand(read: Reader) -> tuple[str, ...]:
    """Three to five questions about why the numbers are as they are."""
    asked = understanding.OF_A_REFUSAL if refused(read) else understanding.OF_RESULTS
    return _chosen(read, asked, understanding.ALWAYS, FEWEST_TO_UNDERSTAND, MOST_TO_UNDERSTAND)


def to_act(read: Reader) -> tuple[str, ...]:
    """Two to four questions about what to do."""
    asked = acting.OF_A_REFUSAL if refused(read) else acting.OF_RESULTS
    return _chosen(read, asked, acting.ALWAYS, FEWEST_TO_ACT, MOST_TO_ACT)


def _chosen(read: Reader, asked: Iterable[Asked], always: Iterable[Asked], fewest: int, most: int) -> tuple[str, ...]:
    """The questions that the numbers give rise to; those that can always be asked where they are too few."""
    found = [text for ask in asked if (text := ask(read))][:most]
    spare = (ask(read) for ask in always)
    return (*found, *(text for text, _ in zip(spare, range(fewest - len(found)), strict=False)))
