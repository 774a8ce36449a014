"""On which side of a cutoff a score lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import Flags, Floats, same_rows, vector
from isu_analysis.statistics.individual_change.criteria import SLACK


def is_clinical(score: Floats, limit: Floats, inclusive: bool, higher_is_better: bool) -> Flags:
    """Return which scores lie in the clinical range; False where score or limit is missing.

    Parameters
    ----------
    score, limit : ndarray of float, broadcastable
        Scores and the border of the clinical range, in points.
    inclusive : bool
        Whether the border itself is clinical.
    higher_is_better : bool
        Direction of the scale.

    Returns
    -------
    ndarray of bool
    """
    slack = SLACK * np.maximum(1.0, np.abs(limit)) * (1 if inclusive == higher_is_better else -1)
    # Each comparison once and nothing turned round: a change of sign would copy every score.
    if higher_is_better:
        return score <= limit + slack if inclusive else score < limit + slack
    return score >= limit + slack if inclusive else score > limit + slack


def cutoff_of_each(cutoff: float | ArrayLike | None, pre: ArrayLike) -> Floats:
    """Return the cutoff, NaN where unknown: one a person if so given, otherwise one to be spread over all.

    Parameters
    ----------
    cutoff : float, array_like of shape (n_given,), or None
        The argument of `reliable_change`.
    pre : array_like, shape (n_given,)
        The people it belongs to.

    Returns
    -------
    ndarray of float, shape (n_given,), (1,) or ()

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, or a cutoff is not a finite number or missing.
    """
    if cutoff is None:
        return np.asarray(np.nan)
    if np.ndim(cutoff) == 0:
        return vector(np.atleast_1d(cutoff), "cutoff")
    same_rows(pre, cutoff, "pre", "cutoff")
    return vector(cutoff, "cutoff")
