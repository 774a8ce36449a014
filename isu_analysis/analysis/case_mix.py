"""How people ended beside what is expected of others with their start: the reference is fixed and written in the unit file."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.norms import LEAST, SCALES, clusters
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import CaseMix

PLACE = "case_mix"
SHOWN, TOO_LATE, TOO_FEW = "shown", "too_late", "too_few"


def analyse(cohort: Cohort, outcomes: Sequence[Outcome], book: Book) -> None:
    """Write observed less expected, beside the plain difference to the reference, or why there is none."""
    declared = cohort.unit.case_mix
    found = [
        one
        for one in outcomes
        if declared and (one.measure.id, one.rater, one.item) == (declared.measure, declared.rater, "")
    ]
    outcome = next((one for one in found if one.design in SCALES and book.has(f"{one.key}/paired")), None)
    if declared is None or outcome is None or cohort.through:
        return
    with book.internal_only():
        if declared.until >= dt.date(cohort.year, 1, 1):
            book.code(f"{PLACE}/result", TOO_LATE, declared=True)
            return
        compared = _difference(cohort, outcome, declared, book)
        if compared.reason or compared.n < LEAST:
            book.code(f"{PLACE}/result", TOO_FEW, declared=True)
            return
        book.code(f"{PLACE}/result", SHOWN, declared=True)
        _cells(compared, outcome, book)


def model(declared: CaseMix) -> st.ReferenceModel:
    """The declared model as the statistics use it."""
    covariance = np.array([term.covariance for term in declared.terms])
    terms = [
        (term.name, term.value, float(np.sqrt(own)))
        for term, own in zip(declared.terms, covariance.diagonal(), strict=True)
    ]
    ranges = [(term.name, term.lowest, term.highest) for term in declared.terms if term.is_number]
    return st.ReferenceModel(
        declared.n,
        declared.n,
        declared.source,
        mean_post=declared.mean_post,
        sd_post=declared.sd_post,
        residual_sd=declared.residual_sd,
        df=declared.df,
        terms=pd.DataFrame(terms, columns=["term", "coefficient", "se"]),
        ranges=pd.DataFrame(ranges, columns=["column", "lowest", "highest"]),
        levels=_in_order_of_terms(declared),
        covariance=covariance,
    )


def _in_order_of_terms(declared: CaseMix) -> dict[str, tuple[object, ...]]:
    """The words of each background as the terms stand; one with a single word has no term and may stand anywhere."""
    names = [term.name for term in declared.terms]
    place = {name: names.index(f"{name}: {words[1]}") for name, words in declared.words.items() if len(words) > 1}
    in_order = sorted(declared.words.items(), key=lambda item: place.get(item[0], len(names)))
    return {name: tuple(words) for name, words in in_order}


def fingerprint(declared: CaseMix) -> str:
    """Tells whether two units are held against one and the same model."""
    return hashlib.sha256(declared.model_dump_json().encode()).hexdigest()


def _difference(cohort: Cohort, outcome: Outcome, declared: CaseMix, book: Book) -> st.CaseMixDifference:
    due = sorted(book.people[f"{outcome.key}/due"])
    pairs = cohort.pairs(outcome.measure.id, str(outcome.start), str(outcome.end), outcome.rater).loc[due]
    known = cohort.background.reindex(columns=list(declared.backgrounds)).loc[due]
    asked = {name: pd.to_numeric(known[name], errors="coerce") for name in declared.numbers}
    asked |= {name: known[name].astype("string").astype(object) for name in declared.words}
    covariates = pd.DataFrame(asked, index=pairs.index) if asked else None
    cluster = clusters(cohort, due)
    return st.case_mix_difference(
        model(declared), pairs["pre"], pairs["post"], covariates, outside_reference="leave_out", cluster=cluster
    )


def _cells(found: st.CaseMixDifference, outcome: Outcome, book: Book) -> None:
    book.model(f"{PLACE}/observed", found.observed, found.n, ())
    book.model(f"{PLACE}/expected", found.expected, found.n, ())
    book.model(f"{PLACE}/adjusted", found.adjusted, found.n, (), low=found.adjusted_low, high=found.adjusted_high)
    book.model(f"{PLACE}/raw", found.raw, found.n, (), low=found.raw_low, high=found.raw_high)
    book.model(f"{PLACE}/outside", found.n_outside, found.n, ())
    book.code(f"{PLACE}/outcome", outcome.key, declared=True)
