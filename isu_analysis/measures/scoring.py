"""From the answers of a questionnaire to its score, by the card and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from isu_analysis.errors import DataError, SettingsError
from isu_analysis.measures.model import Measure, Scoring

_SLACK = 1e-9


def score_items(items: npt.ArrayLike, measure: Measure) -> npt.NDArray[np.float64]:
    """Score a questionnaire from its items.

    Parameters
    ----------
    items : array_like, shape (people, items)
        One column an item of the whole questionnaire, in its own order; numbers within the item range and in
        its steps, NaN where unanswered. Items that no position of the measure uses may be anything.
    measure : Measure
        With open scoring; a part of a measure (``measure("core_om.risk")``) takes its own positions.

    Returns
    -------
    ndarray, shape (people,)
        Sum or mean of the answers after reversed items are turned (``item_min + item_max - answer``), times the
        card's factor. With up to ``scoring.may_miss`` unanswered the answered ones' mean stands for the rest; with
        more, and where nothing is answered, NaN. By ``criteria``: how many are met; NaN where an unanswered item
        could still meet one.

    Raises
    ------
    SettingsError
        The measure is scored elsewhere (``import_only``), or its card has no scoring.
    DataError
        Wrong number of columns, or an answer outside the item range.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> score_items([[0, 1, 2, 3, 0, 1, 2, 3, 0]], isu.measure("phq9"))
    array([12.])
    """
    scoring = measure.scoring
    if scoring is None or scoring.method == "import_only" or scoring.items is None:
        raise SettingsError(f"{measure.name_sv}: poängen räknas inte fram här. Läs in den färdiga poängen.")
    answers = _answers(items, measure, scoring.items)
    low, high = float(scoring.item_min or 0), float(scoring.item_max or 0)
    _check(answers, measure, scoring, low, high)
    if scoring.method == "criteria":
        return _criteria_met(answers, scoring.criteria, high) * scoring.factor
    chosen = answers[:, [position - 1 for position in scoring.used]]
    known = ~np.isnan(chosen)
    turned = np.isin(scoring.used, scoring.reversed)
    chosen = np.where(turned, low + high - chosen, chosen)
    answered = known.sum(axis=1)
    total = np.where(known, chosen, 0.0).sum(axis=1)
    mean: npt.NDArray[np.float64] = np.divide(total, answered, out=np.full(len(total), np.nan), where=answered > 0)
    mean[len(scoring.used) - answered > scoring.may_miss] = np.nan
    whole = len(scoring.used) if scoring.method == "sum" else 1
    return mean * whole * scoring.factor


def _check(answers: npt.NDArray[np.float64], measure: Measure, scoring: Scoring, low: float, high: float) -> None:
    used = answers[:, [position - 1 for position in scoring.used]]
    known = used[~np.isnan(used)]
    within = (known >= low - _SLACK) & (known <= high + _SLACK)
    steps = (known[within] - low) / scoring.item_step
    if not within.all() or (np.abs(steps - np.round(steps)) > _SLACK).any():
        whole = "ett heltal" if scoring.item_step == 1 else f"ett tal i steg om {scoring.item_step:g}"
        raise DataError(f"{measure.name_sv}: ett svar ligger utanför {low:g}–{high:g} eller är inte {whole}.")
    for position, allowed in scoring.answers.items():
        column = answers[:, position - 1]
        if position in scoring.used and not np.isin(np.round(column[~np.isnan(column)]), allowed).all():
            raise DataError(
                f"{measure.name_sv}: ett svar på fråga {position} är inte tillåtet. Tillåtna: {', '.join(map(str, allowed))}."
            )


def _criteria_met(
    answers: npt.NDArray[np.float64], criteria: tuple[tuple[int, ...], ...], yes: float
) -> npt.NDArray[np.float64]:
    met = np.zeros(len(answers))
    for criterion in criteria:
        group = answers[:, [position - 1 for position in criterion]]
        one = (group == yes).any(axis=1)
        met += np.where(one, 1.0, np.where(np.isnan(group).any(axis=1), np.nan, 0.0))
    return met


def _answers(items: Any, measure: Measure, width: int) -> npt.NDArray[np.float64]:
    answers = np.asarray(items, dtype=float)
    if answers.ndim != 2 or answers.shape[1] != width:
        raise DataError(f"{measure.name_sv} har {width} frågor: en kolumn för var och en behövs, i frågornas ordning.")
    return answers
