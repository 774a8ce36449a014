"""From the answers of a questionnaire to its score, by the card and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from isu_analysis.errors import DataError, SettingsError
from isu_analysis.measures.model import Measure

_SLACK = 1e-9


def score_items(items: npt.ArrayLike, measure: Measure) -> npt.NDArray[np.float64]:
    """Score a questionnaire from its items.

    Parameters
    ----------
    items : array_like, shape (people, items)
        One column an item of the whole questionnaire, in its own order; whole numbers within the item range, NaN
        where unanswered. Items that no position of the measure uses may be anything.
    measure : Measure
        With open scoring; a part of a measure (``measure("core_om.risk")``) takes its own positions.

    Returns
    -------
    ndarray, shape (people,)
        Sum or mean of the answers after reversed items are turned (``item_min + item_max - answer``), times the
        card's factor. With up to ``scoring.may_miss`` unanswered the answered ones' mean stands for the rest; with
        more, and where nothing is answered, NaN.

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
    chosen = answers[:, [position - 1 for position in scoring.used]]
    low, high = float(scoring.item_min or 0), float(scoring.item_max or 0)
    known = ~np.isnan(chosen)
    if (known & ((chosen < low) | (chosen > high) | (np.abs(chosen - np.round(chosen)) > _SLACK))).any():
        raise DataError(f"{measure.name_sv}: ett svar ligger utanför {low:g}–{high:g} eller är inte ett heltal.")
    turned = np.isin(scoring.used, scoring.reversed)
    chosen = np.where(turned, low + high - chosen, chosen)
    answered = known.sum(axis=1)
    total = np.where(known, chosen, 0.0).sum(axis=1)
    mean = np.divide(total, answered, out=np.full(len(total), np.nan), where=answered > 0)
    mean[len(scoring.used) - answered > scoring.may_miss] = np.nan
    whole = len(scoring.used) if scoring.method == "sum" else 1
    return mean * whole * scoring.factor


def _answers(items: Any, measure: Measure, width: int) -> npt.NDArray[np.float64]:
    answers = np.asarray(items, dtype=float)
    if answers.ndim != 2 or answers.shape[1] != width:
        raise DataError(f"{measure.name_sv} har {width} frågor: en kolumn för var och en behövs, i frågornas ordning.")
    return answers
