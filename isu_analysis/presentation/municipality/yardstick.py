"""What each unit's bar is about: kind, who answers, the smallest change that counts, and the measure."""

from __future__ import annotations

from typing import NamedTuple

from isu_analysis.municipalities.common_form import InForm
from isu_analysis.presentation.municipality.view import WHO, View
from isu_analysis.presentation.municipality.what import kind
from isu_analysis.presentation.reader import HIDDEN, Reader


class One(NamedTuple):
    """A unit in the form, and the reader of its report."""

    row: InForm
    read: Reader


def yardstick(view: View, read: Reader) -> str:
    """Say the measure, and by what it counts."""
    outcome = read.report.main
    told = (view.say(kind(outcome)), view.say(WHO[outcome.rater]), _smallest(view, read), read.name(outcome.measure))
    return " · ".join(filter(None, told))


def _smallest(view: View, read: Reader) -> str:
    criterion = read.report.main.criterion
    if criterion is None:
        return ""
    least = criterion.smallest_counting(read.report.main.measure.step)
    return view.say("minst {points} poäng", points=view.numbers.plain(least))


def count(view: View, n: int | None) -> str:
    """A count as a table has it."""
    return HIDDEN if n is None else view.numbers.whole(n)
