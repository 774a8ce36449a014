"""What to expect at the end for people with this start, age and sex: one regression on a fixed reference."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from statsmodels.regression.linear_model import OLS

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats, check_kind, paired, same_rows, vector
from isu_analysis.statistics.results import one_row

MINIMUM_REFERENCE = 200
PRE = "pre"


@dataclass(frozen=True, eq=False)
class ReferenceModel:
    """A regression of the end score on the start score and covariates.

    Attributes
    ----------
    n, n_given : int
        People used (nothing missing), and rows given.
    source : str
        Which people these are.
    mean_post, sd_post : float
        Their end scores, in points.
    residual_sd, r_squared : float
        Scatter around what is expected, in points, and the share of the variance accounted for, 0-1.
    df : float
        Degrees of freedom of the scatter.
    reason : str
        "" when fitted; "too_few_reference" (under 200), "singular" (a column is constant or follows from the others),
        "zero_se" (it fits exactly).
    terms : DataFrame
        One row a term: term, coefficient (points a unit of the term), se (HC3).
    ranges : DataFrame
        One row a column of numbers: column, lowest, highest among the reference.
    levels : dict
        Column of words -> the words among the reference, sorted; the first is the one the others are held against.
    covariance : ndarray, shape (terms, terms)
        Of the coefficients (HC3).
    """

    n: int
    n_given: int
    source: str
    mean_post: float = np.nan
    sd_post: float = np.nan
    residual_sd: float = np.nan
    r_squared: float = np.nan
    df: float = np.nan
    reason: str = ""
    terms: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    ranges: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    levels: dict[str, tuple[object, ...]] = field(default_factory=dict, repr=False)
    covariance: Floats = field(default_factory=lambda: np.empty((0, 0)), repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return what is one number or word as a frame with one row."""
        return one_row(self).drop(columns=["terms", "ranges", "levels", "covariance"])

    def declared(self) -> dict[str, Any]:
        """Return the model as plain words and numbers, to be kept in a unit file under ``case_mix``.

        Raises
        ------
        StatisticsError
            The model has a ``reason``: there is nothing to keep.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> start = [10, 14, 18, 22, 26] * 48
        >>> end = [5 + 0.6 * score + extra for score, extra in zip(start, [-3, -1, 1, 3] * 60)]
        >>> kept = isu.reference_model(start, end, source="the county 2019-2022").declared()
        >>> kept["source"], kept["n"], [(term["name"], round(term["value"], 2)) for term in kept["terms"]]
        ('the county 2019-2022', 240, [('constant', 5.0), ('pre', 0.6)])
        """
        if self.reason:
            raise StatisticsError("Modellen kunde inte beräknas (se reason), så den kan inte skrivas ut.")
        ends = self.ranges.set_index("column")
        terms: list[dict[str, Any]] = []
        for name, value, row in zip(self.terms["term"], self.terms["coefficient"], self.covariance, strict=True):
            known = (
                {"lowest": float(ends.loc[name, "lowest"]), "highest": float(ends.loc[name, "highest"])}
                if name in ends.index
                else {}
            )
            terms.append({"name": str(name), "value": float(value), "covariance": row.tolist(), **known})
        return {
            "source": self.source,
            "n": self.n,
            **{name: float(getattr(self, name)) for name in ("mean_post", "sd_post", "residual_sd", "df")},
            "terms": terms,
            "words": {name: [str(word) for word in words] for name, words in self.levels.items()},
        }


def reference_model(
    pre: ArrayLike, post: ArrayLike, covariates: pd.DataFrame | None = None, *, source: str
) -> ReferenceModel:
    """Fit what to expect at the end on people who are not the unit to be compared.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores of the reference, in points.
    covariates : DataFrame, shape (n_given, k), optional
        Known at the start: columns of numbers (age) or words (sex). Rows lacking anything are left out and counted.
    source : str
        Which people these are, and from when; not empty.

    Returns
    -------
    ReferenceModel
        Under 200 people none: reason "too_few_reference".

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a number is not finite, a column mixes numbers and words or is named "pre".

    Notes
    -----
    ``post = b0 + b1 pre + b2 age + b3 sex``: least squares by statsmodels, straight lines, words as one step each
    against the first in sorted order. Covariance HC3, since scores near the end of a scale scatter less. A fixed
    reference makes units and years comparable: fit it once, on earlier years or other units, and keep it.

    Examples
    --------
    240 people of earlier years who ended at 5 + 0.6 x start, give or take 1 or 3 points.

    >>> import isu_analysis as isu
    >>> start = [10, 14, 18, 22, 26] * 48
    >>> end = [5 + 0.6 * score + extra for score, extra in zip(start, [-3, -1, 1, 3] * 60)]
    >>> model = isu.reference_model(start, end, source="the county 2019-2022")
    >>> model.n, round(model.residual_sd, 2), round(model.r_squared, 2)
    (240, 2.25, 0.7)
    >>> model.terms.round(2)
           term  coefficient    se
    0  constant          5.0  0.49
    1       pre          0.6  0.03
    """
    if not isinstance(source, str) or not source.strip():
        raise StatisticsError("Argumentet source: är tomt. Tillåtet: en text om vilka referensen är.")
    x, y = paired(pre, post)
    frame = columns_of(x, covariates, pre)
    seen = ~(np.isnan(y) | frame.isna().any(axis=1).to_numpy())
    kept, y = frame[seen], y[seen]
    model = ReferenceModel(y.size, seen.size, source)
    if y.size < MINIMUM_REFERENCE:
        return replace(model, reason="too_few_reference")
    model = replace(model, mean_post=float(y.mean()), sd_post=float(y.std(ddof=1)), **_extent(kept))
    return _fitted(model, design(model, kept), y)


def _extent(kept: pd.DataFrame) -> dict[str, Any]:
    numbers = kept.select_dtypes("number")
    rows = [(name, float(column.min()), float(column.max())) for name, column in numbers.items()]
    words = {str(name): tuple(sorted(kept[name].unique())) for name in kept.columns.difference(numbers.columns)}
    return {"ranges": pd.DataFrame(rows, columns=["column", "lowest", "highest"]), "levels": words}


def columns_of(pre: Floats, covariates: pd.DataFrame | None, rows: ArrayLike) -> pd.DataFrame:
    """Return start score and covariates as one frame: floats, or words as objects."""
    if covariates is None:
        return pd.DataFrame({PRE: pre})
    check_kind(covariates, pd.DataFrame, "covariates", "pandas")
    same_rows(rows, covariates, PRE, "covariates")
    names = [str(name) for name in covariates.columns]
    if PRE in names or len(set(names)) < len(names):
        raise StatisticsError("Argumentet covariates: varje kolumn ska ha ett eget namn, och ingen får heta pre.")
    return pd.DataFrame({PRE: pre} | {name: _column(covariates.iloc[:, i], name) for i, name in enumerate(names)})


def _column(column: pd.Series, name: str) -> pd.Series:
    column = column.reset_index(drop=True)
    plain = column.astype(object)
    words = plain.dropna().map(lambda value: isinstance(value, str))
    if not (len(words) and words.all()):
        return pd.Series(vector(column, f"covariates[{name}]"))
    if plain.dropna().map(lambda word: not word.strip()).any():
        raise StatisticsError(f"Argumentet covariates[{name}]: har tom text. Tillåtet: ord eller tomt.")
    return plain.where(plain.notna(), None)


def design(model: ReferenceModel, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the model's columns for people with nothing missing; words the reference lacks are in no step."""
    terms = {"constant": np.ones(len(frame))}
    terms |= {name: frame[name].to_numpy(dtype=float) for name in model.ranges["column"]}
    for name, words in model.levels.items():
        terms |= {f"{name}: {word}": (frame[name] == word).to_numpy(dtype=float) for word in words[1:]}
    return pd.DataFrame(terms)


def outside(model: ReferenceModel, frame: pd.DataFrame) -> Flags:
    """Return who the reference has nobody like: beyond its range in a column of numbers, or with a word it lacks."""
    beyond = np.zeros(len(frame), dtype=bool)
    for name, lowest, highest in model.ranges.itertuples(index=False):
        values = frame[name].to_numpy(dtype=float)
        slack = NO_SPREAD * max(abs(lowest), abs(highest))
        beyond |= (values < lowest - slack) | (values > highest + slack)
    for name, words in model.levels.items():
        beyond |= (frame[name].notna() & ~frame[name].isin(words)).to_numpy()
    return beyond


def _fitted(model: ReferenceModel, columns: pd.DataFrame, y: Floats) -> ReferenceModel:
    values = columns.to_numpy()
    centre, spread = values.mean(axis=0), values.std(axis=0)
    centre[0], spread[0] = 0.0, 1.0
    if (spread <= NO_SPREAD * np.abs(values).max(axis=0)).any():
        return replace(model, reason="singular")
    # Standardised, so that the rank does not depend on the units, and the fit not on the distance to zero.
    standard = (values - centre) / spread
    if np.linalg.matrix_rank(standard) < values.shape[1]:
        return replace(model, reason="singular")
    fit = OLS(y, standard).fit(cov_type="HC3")
    residual_sd = float(np.sqrt(fit.mse_resid))
    if residual_sd <= np.sqrt(NO_SPREAD) * y.std():
        return replace(model, reason="zero_se")
    back = np.diag(1 / spread)
    back[0] -= centre / spread
    coefficients, covariance = back @ fit.params, back @ fit.cov_params() @ back.T
    terms = {"term": columns.columns, "coefficient": coefficients, "se": np.sqrt(np.diag(covariance))}
    return replace(
        model,
        residual_sd=residual_sd,
        r_squared=float(fit.rsquared),
        df=float(fit.df_resid),
        terms=pd.DataFrame(terms),
        covariance=covariance,
    )
