"""The answers of one column (or of a questionnaire's item columns) as score, level or the reason there is none.

Everything is judged on distinct cells; `Answers` holds what each row got.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from isu_analysis.intake import cells as rules
from isu_analysis.intake.cells import CellProblem
from isu_analysis.intake.checks import Fault
from isu_analysis.intake.columns import Cells
from isu_analysis.measures import Measure, Scoring, score_items

UNKNOWN, INCOMPLETE = "unknown", "incomplete"

Rule = Callable[[Any], Any]
Judge = Callable[[str, Cells, Rule], Cells]
"""Puts every distinct cell of a heading through a rule, lists what breaks it, and gives the results (None there)."""


@dataclass(frozen=True, repr=False)
class Answers:
    """What the rows answered: a number, or a level, or neither and why."""

    value: npt.NDArray[np.float64]
    level: Cells
    reason: Cells

    def __repr__(self) -> str:
        return f"Answers({len(self.value)} rows)"


@dataclass(frozen=True)
class Texts:
    """What the texts of a column mean: `values` answers, `missing` reasons that there is none."""

    values: Mapping[str, str]
    missing: Mapping[str, str]

    def is_missing(self, cell: Any) -> bool:
        """Whether a cell, a text or a number such as 99, is declared to mean that the answer is missing."""
        return self.reason(cell) is not None and cell is not None

    def reason(self, cell: Any) -> str | None:
        """Why a cell holds no answer; None where it holds one."""
        if cell is None:
            return UNKNOWN
        names = () if isinstance(cell, Fault) else self._names(cell)
        return next((self.missing[name] for name in names if name in self.missing), None)

    def answer(self, cell: Any) -> Any:
        """The cell, or what the unit file says that its text stands for."""
        if getattr(cell, "missing", False):
            raise CellProblem(
                "SPSS-filen säger att värdet saknas, men enhetsfilen säger inte varför", "ett skäl under «missing»"
            )
        if not self.values:
            return cell
        for name in self._names(cell):
            if name in self.values:
                return self.values[name]
        raise CellProblem("texten finns inte i enhetsfilens lista", rules.words(tuple(self.values)))

    @staticmethod
    def _names(cell: Any) -> tuple[str, ...]:
        """What a cell may be called in the unit file: its text; a labelled SPSS value by its label, then by its code."""
        return tuple(getattr(cell, "spellings", ())) or (rules.as_text(cell),)


def of_column(heading: str, column: Cells, texts: Texts, measure: Measure, decimal: str, judge: Judge) -> Answers:
    """Read a column of finished scores or of named answers."""

    def read(cell: Any) -> Any:
        if texts.is_missing(cell):
            return None
        answer = texts.answer(cell)
        if measure.kind == "scale":
            return rules.score(answer, measure, "." if texts.values else decimal)
        return rules.level(answer, measure)

    found = judge(heading, column, read)
    reason = Cells([texts.reason(cell) for cell in column.values], column.codes)
    nothing = Cells.constant(None, len(column.codes))
    if measure.kind == "scale":
        return Answers(found.floats(), nothing, reason)
    return Answers(np.full(len(column.codes), math.nan), found, reason)


def of_items(columns: Mapping[str, Cells], texts: Texts, measure: Measure, decimal: str, judge: Judge) -> Answers:
    """Score a questionnaire from its items; one that is not answered enough has a reason and no score."""
    scoring = measure.scoring
    numbered = enumerate(columns.items(), start=1)
    read = {place: _item(place, texts, scoring, decimal) for place in range(1, len(columns) + 1)}
    items = np.column_stack([judge(heading, cells, read[place]).floats() for place, (heading, cells) in numbered])
    value = score_items(items, measure)
    asked = items[:, [position - 1 for position in scoring.used]] if scoring else items
    code = np.where(~np.isnan(value), 0, np.where(np.isnan(asked).all(axis=1), 1, 2))
    return Answers(value, Cells.constant(None, len(value)), Cells([None, UNKNOWN, INCOMPLETE], code.astype(np.int32)))


def _item(place: int, texts: Texts, scoring: Scoring | None, decimal: str) -> Rule:
    """What the answer to one question may be: within the scale, in its steps, or one of a few."""
    low, high, step = (scoring.item_min or 0, scoring.item_max or 0, scoring.item_step) if scoring else (0, 0, 1.0)
    few = scoring.answers.get(place, ()) if scoring else ()
    steps = f"ett heltal {low}–{high}" if step == 1 else f"{low}–{high} i steg om {step:g}".replace(".", ",")
    allowed = f"{', '.join(map(str, few)) or steps}, eller tomt"

    def read(cell: Any) -> Any:
        if texts.is_missing(cell):
            return None
        value = rules.number(texts.answer(cell), "." if texts.values else decimal)
        between = abs((value - low) / step - round((value - low) / step)) > rules.SCALE_SLACK
        if not low <= value <= high or between or (few and value not in few):
            raise CellProblem("svaret ligger utanför frågans skala", allowed)
        return value

    return read
