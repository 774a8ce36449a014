"""Each person's own cut-off on a scale, by the background that the cut-off speaks of."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort


def cutoffs_of(cohort: Cohort, outcome: Outcome, people: pd.Index) -> np.ndarray | None:
    """Each person's own cut-off, a group's before everybody's; missing where the background that decides it is."""
    limits = pd.Series(math.nan, index=people)
    for cutoff in sorted(outcome.measure.active_cutoffs, key=lambda cutoff: len(cutoff.group)):
        fits = pd.Series(True, index=people)
        for name, value in cutoff.group.items():
            known = name in cohort.episodes
            fits &= (cohort.episodes.loc[people, name] == value).fillna(False).astype(bool) if known else False
        limits[fits] = cutoff.value
    return limits.to_numpy() if limits.notna().any() else None
