"""Who is lost: a logistic model of being lost on what is known of everyone, with what it shows by chance alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_level, same_rows
from isu_analysis.statistics.attrition.balance import _flags
from isu_analysis.statistics.attrition.design import Design, encode, is_singular
from isu_analysis.statistics.attrition.discrimination import AreaUnderCurve, delong
from isu_analysis.statistics.attrition.firth import Fit, Logistic, Profile, separated
from isu_analysis.statistics.attrition.representativeness import (
    BalanceIndicator,
    Representativeness,
    balance_of,
    representativeness,
)
from isu_analysis.statistics.attrition.unrelated_loss import ExpectedByPermutation, expected_by_permutation

AUTO, ML, FIRTH = "auto", "ml", "firth"
# This project's convention: with fewer lost or kept, a model says more about chance than about loss.
MINIMUM = 100
# Peduzzi et al. (1996), J Clin Epidemiol 49:1373 (from memory, not verified): fewer events a coefficient bias it.
EVENTS_PER_COEFFICIENT = 10
# This project's convention: more is a column of names or free text, not a question put to the data.
MOST_COEFFICIENTS = 30
TERM_COLUMNS = [
    "variable", "level", "coefficient", "se", "z", "p", "p_likelihood_ratio", "odds_ratio", "odds_ratio_low_wald",
    "odds_ratio_high_wald", "odds_ratio_low_profile", "odds_ratio_high_profile", "reason",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class DropoutModel:
    """A logistic model of being lost.

    Attributes
    ----------
    n, n_lost, n_kept : int
        Everyone, those lost, those kept.
    n_coefficients : int
        Slopes, the intercept not counted.
    level : float
        Confidence level of every interval.
    method : str
        "ml" or "firth"; "" when there is no model.
    why_firth : str
        "separation", "few_events" (fewer than 10 of the rarer outcome a slope) or "asked_for"; "" for "ml".
    log_likelihood, log_likelihood_null : float
        Of the model and of the share lost alone; without penalty also for "firth".
    lr_chi2, lr_df, lr_p : float
        Likelihood ratio test of all slopes; for "firth" of the penalised likelihood.
    aic : float
        Akaike's criterion; NaN for "firth".
    mcfadden, cox_snell, nagelkerke, tjur : float
        Shares of "explained" loss by four definitions, from the log likelihoods above (Tjur: mean fitted
        chance among the lost minus that among the kept).
    brier : float
        Mean squared difference between loss (0/1) and fitted chance.
    auc : AreaUnderCurve or None
        Area under the curve of the fitted chances, with DeLong's interval on the logit scale.
    representativeness : Representativeness or None
        R-indicator and largest standardised bias of the fitted chances of being kept.
    balance : BalanceIndicator or None
        Särndal's indicator of the same variables.
    by_chance : ExpectedByPermutation or None
        Area and R-indicator when loss is unrelated to the variables: read the two above only beside these.
    terms : DataFrame
        One row a coefficient, the intercept first: variable, level (None for numbers), coefficient (log
        odds), se, z, p (Wald), p_likelihood_ratio, odds_ratio, its Wald and profile likelihood intervals
        (infinite beyond the largest float, as the intercept's can be for a year),
        reason ("" or "not_converged", where a profile limit is NaN). No rows without a model. For "firth"
        prefer the profile columns (penalised likelihood).
    reason : str
        "" when estimated; "too_few_lost", "too_few_kept", "singular" (a variable does not vary or repeats
        others), "too_many_coefficients" (more than 30 slopes), "separation" (for "ml" only) or
        "not_converged".
    lost_probability : ndarray of float, shape (n,)
        Fitted chances of being lost; empty without a model. Rows of people: never in ``repr``.
    """

    n: int
    n_lost: int
    n_kept: int
    n_coefficients: int
    level: float
    method: str = ""
    why_firth: str = ""
    log_likelihood: float = np.nan
    log_likelihood_null: float = np.nan
    lr_chi2: float = np.nan
    lr_df: float = np.nan
    lr_p: float = np.nan
    aic: float = np.nan
    mcfadden: float = np.nan
    cox_snell: float = np.nan
    nagelkerke: float = np.nan
    tjur: float = np.nan
    brier: float = np.nan
    auc: AreaUnderCurve | None = None
    representativeness: Representativeness | None = None
    balance: BalanceIndicator | None = None
    by_chance: ExpectedByPermutation | None = None
    reason: str = ""
    terms: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TERM_COLUMNS), repr=False)
    lost_probability: Floats = field(default_factory=lambda: np.empty(0), repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row: the plain fields, and those of the four parts as ``part_field``; not the terms.

        Examples
        --------
        >>> from isu_analysis import statistics as st
        >>> import pandas as pd
        >>> background = pd.DataFrame({"alone": [1] * 100 + [0] * 100})
        >>> kept = [False] * 60 + [True] * 40 + [False] * 40 + [True] * 60
        >>> frame = st.dropout_model(background, kept, seed=1, permutations=0).to_frame()
        >>> frame[["n", "n_lost", "auc_area", "tjur"]].round(2)
             n  n_lost  auc_area  tjur
        0  200     100       0.6  0.04
        """
        row: dict[str, Any] = {}
        for own in fields(self):
            value = getattr(self, own.name)
            if hasattr(value, "to_frame") and not isinstance(value, pd.DataFrame):
                row |= {f"{own.name}_{name}": part for name, part in value.to_frame().iloc[0].items()}
            elif own.name not in ("terms", "lost_probability") and value is not None:
                row[own.name] = value
        return pd.DataFrame([row])


def dropout_model(
    background: pd.DataFrame,
    kept: ArrayLike,
    *,
    seed: int | np.random.Generator,
    permutations: int = 500,
    method: str = AUTO,
    minimum: int = MINIMUM,
    level: float = 0.95,
) -> DropoutModel:
    """Model being lost on what is known of everyone at the start (and of what happened since).

    Parameters
    ----------
    background : DataFrame, shape (n, variables)
        Numbers as they are, flags as 0/1, texts and categories as indicators (first level left out). Nothing
        may be missing: decide first what a missing value means, for example a level of its own.
    kept : array_like of bool, shape (n,)
        True = measured again. No missing values. Same index as background when it is a Series.
    seed : int or numpy.random.Generator
        Of the permutations. Same seed, same result.
    permutations : int
        How many; 0 = none.
    method : {"auto", "ml", "firth"}
        "auto": maximum likelihood, but Firth's bias reduction with fewer than 10 of the rarer outcome a slope
        or under separation.
    minimum : int
        Lost, and kept, needed for any number at all; 1 or more.
    level : float
        Confidence level of all intervals, 0-1.

    Returns
    -------
    DropoutModel
        Without numbers and with a reason where there can be no model.

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, kept is not flags, a background value is missing, infinite or a date,
        there is no variable, the method is unknown, or minimum or permutations is out of range.

    Notes
    -----
    Describes the loss of these people; that it finds nothing does not show that loss is harmless, since loss
    may depend on what nobody measured. Firth (1993), Biometrika 80:27 (from memory, not verified); profile
    penalised likelihood: Heinze & Schemper (2002), Stat Med 21:2409. Firth's estimates are finite under
    separation (Kosmidis & Firth 2021). Fitted chances of Firth's model are drawn towards one half: their mean
    is not the share lost. Shares "explained": McFadden ``1 - l/l0``, Cox & Snell ``1 - exp(2 (l0 - l)/n)``,
    Nagelkerke: that over its largest value ``1 - exp(2 l0/n)``; they may fall below 0 for "firth".

    Examples
    --------
    Of 100 living alone 60 were lost, of 100 others 40: the odds ratio is (60/40) / (40/60) = 2.25.

    >>> from isu_analysis import statistics as st
    >>> import pandas as pd
    >>> background = pd.DataFrame({"alone": [1] * 100 + [0] * 100})
    >>> kept = [False] * 60 + [True] * 40 + [False] * 40 + [True] * 60
    >>> model = st.dropout_model(background, kept, seed=1, permutations=0)
    >>> model.terms[["variable", "odds_ratio", "odds_ratio_low_profile", "odds_ratio_high_profile"]].round(2)
          variable  odds_ratio  odds_ratio_low_profile  odds_ratio_high_profile
    0  (intercept)        0.67                    0.44                     0.99
    1        alone        2.25                    1.28                     3.99
    """
    _check(method, minimum, permutations, level)
    flags = _flags(kept)
    same_rows(background, kept, "background", "kept")
    design = encode(background, "background")
    if not design.variables:
        raise StatisticsError("Argumentet background: har inga kolumner. Tillåtet: minst en variabel.")
    lost = ~flags
    model = DropoutModel(lost.size, int(lost.sum()), int(flags.sum()), len(design.variables), level)
    model = replace(model, reason=_cannot(model, design, minimum))
    if model.reason:
        return model
    why_firth = _why_firth(model, design, lost, method)
    if method == ML and why_firth == "separation":
        return replace(model, reason="separation")
    model = replace(model, method=FIRTH if why_firth else ML, why_firth=why_firth)
    return _estimated(model, design, lost, permutations, seed)


def _check(method: str, minimum: int, permutations: int, level: float) -> None:
    check_level(level)
    if method not in (AUTO, ML, FIRTH):
        raise StatisticsError(f"Argumentet method: okänd metod. Tillåtet: {AUTO}, {ML} och {FIRTH}.")
    for name, number, lowest in (("minimum", minimum, 1), ("permutations", permutations, 0)):
        if not isinstance(number, int | np.integer) or number < lowest:
            raise StatisticsError(f"Argumentet {name}: ska vara ett heltal. Tillåtet: {lowest} eller mer.")


def _cannot(model: DropoutModel, design: Design, minimum: int) -> str:
    """Return why there can be no model of any kind, or ""."""
    if model.n_lost < minimum:
        return "too_few_lost"
    if model.n_kept < minimum:
        return "too_few_kept"
    if model.n_coefficients > MOST_COEFFICIENTS:
        return "too_many_coefficients"
    return "singular" if is_singular(design.columns) else ""


def _why_firth(model: DropoutModel, design: Design, lost: Flags, method: str) -> str:
    """Return why Firth's estimates are used (or, asked for maximum likelihood, why there are none), or ""."""
    if method == FIRTH:
        return "asked_for"
    if separated(design.columns, lost.astype(float)):
        return "separation"
    few = min(model.n_lost, model.n_kept) < EVENTS_PER_COEFFICIENT * model.n_coefficients
    return "few_events" if method == AUTO and few else ""


def _estimated(
    model: DropoutModel, design: Design, lost: Flags, permutations: int, seed: int | np.random.Generator
) -> DropoutModel:
    outcome = lost.astype(float)
    logistic = Logistic(design.columns, outcome[np.newaxis], bias_reduced=model.method == FIRTH)
    fit, null = logistic.fit(), logistic.fit_null()
    if not (fit.converged and null.converged):
        return replace(model, reason="not_converged")
    chance = logistic.probabilities(fit.coefficients)[0]
    auc, shown = delong(chance, lost, model.level), representativeness(1 - chance)
    return replace(
        model,
        **_fit_measures(model, logistic, fit, null, outcome),
        tjur=float(chance[lost].mean() - chance[~lost].mean()),
        brier=float(((outcome - chance) ** 2).mean()),
        auc=auc,
        representativeness=shown,
        balance=balance_of(design.columns, ~lost),
        by_chance=expected_by_permutation(
            design.columns,
            lost,
            bias_reduced=logistic.bias_reduced,
            observed=(auc.area, shown.r_indicator),
            permutations=permutations,
            seed=seed,
        ),
        terms=pd.DataFrame(list(_terms(logistic, fit, design, model.level)), columns=TERM_COLUMNS),
        lost_probability=chance,
    )


def _fit_measures(model: DropoutModel, logistic: Logistic, fit: Fit, null: Fit, outcome: Floats) -> dict[str, Any]:
    """Return what the log likelihoods say."""
    logit = logistic.rows @ fit.coefficients[0]
    log_likelihood = float((outcome * logit - np.logaddexp(0, logit)).sum())
    without = float(-special.entr([model.n_lost, model.n_kept]).sum() - special.xlogy(model.n, model.n))
    chi2 = max(2 * float(fit.state.objective[0] - null.state.objective[0]), 0.0)
    cox_snell = -float(np.expm1(2 * (without - log_likelihood) / model.n))
    return {
        "log_likelihood": log_likelihood,
        "log_likelihood_null": without,
        "lr_chi2": chi2,
        "lr_df": model.n_coefficients,
        "lr_p": float(stats.chi2.sf(chi2, model.n_coefficients)),
        "aic": 2 * logistic.size - 2 * log_likelihood if model.method == ML else np.nan,
        "mcfadden": 1 - log_likelihood / without,
        "cox_snell": cox_snell,
        "nagelkerke": cox_snell / -float(np.expm1(2 * without / model.n)),
    }


def _terms(logistic: Logistic, fit: Fit, design: Design, level: float) -> Iterator[list[Any]]:
    z = float(stats.norm.ppf((1 + level) / 2))
    names = [("(intercept)", None), *zip(design.variables, design.levels, strict=True)]
    for index, name in enumerate(names):
        profile = Profile(logistic, fit, index)
        b, se = profile.estimate, profile.se
        low, high, drop = profile.limit(-z), profile.limit(z), profile.signed_root(0.0)
        tests = [b / se, 2 * stats.norm.sf(abs(b / se)), 2 * stats.norm.sf(abs(drop))]
        with np.errstate(over="ignore"):  # the intercept's odds at year 0 are beyond any float: infinite
            ratios = np.exp([b, b - z * se, b + z * se, low, high])
        yield [*name, b, se, *tests, *ratios, "" if np.isfinite(low + high) else "not_converged"]
