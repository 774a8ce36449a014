"""What is to be estimated, said before anything is computed: for whom, of what, when, and how each ending counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, paired, same_rows
from isu_analysis.statistics.attrition.patterns import Coverage, coverage
from isu_analysis.statistics.proportions.observed import flags_or_missing
from isu_analysis.statistics.results import one_row

# How an ending counts. A value: what was measured. Missing: as if never measured again. Excluded: not in the
# population. Failure: the target was not reached, whatever was measured ("placed").
VALUE, MISSING, EXCLUDED, FAILURE = "value", "missing", "excluded", "failure"
COUNTS_AS = (VALUE, MISSING, EXCLUDED, FAILURE)
UNITS_OF_ANALYSIS = ("episode", "person", "family", "placement")
MEAN_CHANGE, SHARE = "mean_change", "share"
SUMMARIES = (MEAN_CHANGE, SHARE)


@dataclass(frozen=True, eq=False)
class ChangeSample:
    """The people a mean change is about, after every ending has been counted as declared.

    Attributes
    ----------
    n_given, n_excluded : int
        Rows given, and those whose ending puts them outside the population.
    n_set_missing : int
        People in the population whose end value is not used, because of their ending.
    coverage : Coverage
        All eligible (``n_given - n_excluded``) split into paired, start only, end only, neither.
    included : ndarray of bool, shape (n_given,)
        Which rows are in the population. Rows of people: never in ``repr``.
    pre, post : ndarray of float, shape (eligible,)
        Start and end values, NaN = missing. Never in ``repr``.
    """

    n_given: int
    n_excluded: int
    n_set_missing: int
    coverage: Coverage
    included: NDArray[np.bool_] = field(repr=False)
    pre: Floats = field(repr=False)
    post: Floats = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the four parts of all eligible: part, n, of, share, low, high."""
        return self.coverage.to_frame()


@dataclass(frozen=True, eq=False)
class ShareSample:
    """The people a share is about, after every ending has been counted as declared.

    Attributes
    ----------
    n_given, n_excluded : int
        Rows given, and those whose ending puts them outside the population.
    n_failures : int
        People whose ending counts as a target not reached; among ``observed``.
    n_set_missing : int
        People whose outcome is not used, because of their ending.
    n, observed, of : int
        Those who reached the target, those whose outcome counts, and all eligible: what `share_bounds` takes.
    included : ndarray of bool, shape (n_given,)
        Which rows are in the population. Rows of people: never in ``repr``.
    reached : ndarray of float, shape (of,)
        1, 0 and NaN. Never in ``repr``.
    """

    n_given: int
    n_excluded: int
    n_failures: int
    n_set_missing: int
    n: int
    observed: int
    of: int
    included: NDArray[np.bool_] = field(repr=False)
    reached: Floats = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the counts as a frame with one row."""
        return one_row(self).drop(columns=["included", "reached"])


@dataclass(frozen=True)
class Estimand:
    """What is to be estimated; made before the data are looked at.

    Attributes
    ----------
    population : str
        Who is meant, all eligible: "all who ended in 2024".
    unit_of_analysis : str
        "episode", "person", "family" or "placement": what one row is.
    outcome : str
        What is measured or has happened.
    time : str
        From when to when: "start to end", "12 months after the end".
    summary : str
        "mean_change" or "share".
    endings : mapping of str to str
        Every ending that occurs -> how it counts: "value" (what was measured), "missing" (as never measured
        again), "excluded" (not in the population), "failure" (target not reached; only for a share).

    Raises
    ------
    StatisticsError
        If a text is empty, a word is unknown, no ending is declared, or a failure is declared for a mean
        change: a failed target has no score.

    Examples
    --------
    Someone who moved away is not known, an evicted person did not reach the goal, and the dead are not counted.

    >>> import isu_analysis as isu
    >>> goal = isu.Estimand(
    ...     population="all who ended in 2024",
    ...     unit_of_analysis="person",
    ...     outcome="own housing",
    ...     time="12 months after the end",
    ...     summary="share",
    ...     endings={"as planned": "value", "moved away": "missing", "died": "excluded", "evicted": "failure"},
    ... )
    >>> endings = ["as planned", "as planned", "as planned", "moved away", "died", "evicted"]
    >>> people = goal.share_sample([True, True, False, True, None, None], endings)
    >>> people.n, people.observed, people.of
    (2, 4, 5)
    """

    population: str
    unit_of_analysis: str
    outcome: str
    time: str
    summary: str
    endings: Mapping[str, str]

    def __post_init__(self) -> None:
        for name in ("population", "outcome", "time"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise StatisticsError(f"Argumentet {name}: är tomt. Tillåtet: en kort text.")
        _check_word(self.unit_of_analysis, UNITS_OF_ANALYSIS, "unit_of_analysis")
        _check_word(self.summary, SUMMARIES, "summary")
        if not isinstance(self.endings, Mapping):
            raise StatisticsError("Argumentet endings: ska säga hur varje avslut räknas. Tillåtet: avslut -> ord.")
        if not self.endings:
            raise StatisticsError("Argumentet endings: är tomt. Tillåtet: minst ett avslut och hur det räknas.")
        for counts_as in self.endings.values():
            _check_word(counts_as, COUNTS_AS, "endings")
        if self.summary == MEAN_CHANGE and FAILURE in self.endings.values():
            raise StatisticsError(
                "Argumentet endings: failure har inget poängvärde. Tillåtet för mean_change: value, missing, excluded."
            )
        object.__setattr__(self, "endings", MappingProxyType(dict(self.endings)))

    def __reduce__(self) -> tuple[object, ...]:
        """Let an estimand be copied and sent to another process, which its read-only endings alone cannot."""
        said = (self.population, self.unit_of_analysis, self.outcome, self.time, self.summary)
        return Estimand, (*said, dict(self.endings))

    def change_sample(self, pre: ArrayLike, post: ArrayLike, ending: ArrayLike) -> ChangeSample:
        """Return the people of a mean change.

        Parameters
        ----------
        pre, post : array_like, shape (n_given,)
            Start and end values in points, one row a unit of analysis; NaN = not measured.
        ending : array_like of str, shape (n_given,)
            How each one ended; all declared in ``endings``.

        Returns
        -------
        ChangeSample

        Raises
        ------
        StatisticsError
            If the summary is not "mean_change", lengths or indexes differ, an ending is missing or not
            declared, or a value is not a finite number.
        """
        self._check_summary(MEAN_CHANGE)
        before, after = paired(pre, post)
        counts_as = self._counted(ending, pre)
        included = counts_as != EXCLUDED
        unused = included & (counts_as == MISSING) & ~np.isnan(after)
        after = np.where(counts_as == MISSING, np.nan, after)
        return ChangeSample(
            n_given=included.size,
            n_excluded=int((~included).sum()),
            n_set_missing=int(unused.sum()),
            coverage=coverage(before[included], after[included]),
            included=included,
            pre=before[included],
            post=after[included],
        )

    def share_sample(self, reached: ArrayLike, ending: ArrayLike) -> ShareSample:
        """Return the people of a share.

        Parameters
        ----------
        reached : array_like of bool or 0/1, shape (n_given,)
            Whether the target was reached; missing = not known.
        ending : array_like of str, shape (n_given,)
            How each one ended; all declared in ``endings``.

        Returns
        -------
        ShareSample

        Raises
        ------
        StatisticsError
            If the summary is not "share", lengths or indexes differ, an ending is missing or not declared, or
            a value is neither true, false nor missing.
        """
        self._check_summary(SHARE)
        outcome = flags_or_missing(reached, "reached")
        counts_as = self._counted(ending, reached)
        included, failed = counts_as != EXCLUDED, counts_as == FAILURE
        unused = (counts_as == MISSING) & ~np.isnan(outcome)
        outcome = np.select([failed, counts_as == MISSING], [0.0, np.nan], default=outcome)[included]
        return ShareSample(
            n_given=included.size,
            n_excluded=int((~included).sum()),
            n_failures=int(failed.sum()),
            n_set_missing=int(unused.sum()),
            n=int(np.nansum(outcome)),
            observed=int((~np.isnan(outcome)).sum()),
            of=outcome.size,
            included=included,
            reached=outcome,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a declaration: columns part and said; each ending is a row of its own."""
        parts = ["population", "unit_of_analysis", "outcome", "time", "summary"]
        rows = [(part, getattr(self, part)) for part in parts]
        rows += [(f"ending: {ending}", counts_as) for ending, counts_as in self.endings.items()]
        return pd.DataFrame(rows, columns=["part", "said"])

    def _check_summary(self, summary: str) -> None:
        if self.summary != summary:
            raise StatisticsError(f"Argumentet summary: är {self.summary}. Tillåtet för detta: {summary}.")

    def _counted(self, ending: ArrayLike, rows: ArrayLike) -> NDArray[np.str_]:
        """Return how each row's ending counts."""
        same_rows(rows, ending, "värdena", "ending")
        counts_as = pd.Series(ending).reset_index(drop=True).astype(object).map(dict(self.endings))
        if counts_as.isna().any():
            allowed = ", ".join(map(str, self.endings))
            raise StatisticsError(f"Argumentet ending: har avslut som inte är deklarerade. Tillåtet: {allowed}.")
        counted: NDArray[np.str_] = counts_as.to_numpy(dtype=str)
        return counted


def _check_word(word: str, allowed: tuple[str, ...], name: str) -> None:
    if word not in allowed:
        raise StatisticsError(f"Argumentet {name}: okänt ord. Tillåtet: {', '.join(allowed)}.")
