"""What it would take to know more: how many measured, and how many fewer lost. For the unit's own eyes."""

from __future__ import annotations

import math

from isu_analysis import statistics as st
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome

PLACE = "plan"
WANTED = 0.10  # half-width: ten percentage points either way; the project's own choice, printed with the figures
# Odds of the lost over those of the measured, here and in the common form: to a tenth, as where staff rated the lost, and to
# twice, since a range that ends at one misses every second unit whose lost were no different.
ODDS_RATIOS = (2.0, 1.0, 0.5, 0.25, 0.1)
PLAUSIBLE = (min(ODDS_RATIOS), max(ODDS_RATIOS))
ONE_PERSON_ONCE = {"change", "sessions", "levels", "target"}  # designs in which a share is a share of people
# The rows that a reader needs: what chance takes, and what the lost take, with nothing supposed of them and with something.
ROWS = {
    "sampling": ("sampling", "none"),
    "bounds": ("missingness", "bounds"),
    "plausible": ("missingness", "plausible"),
}


def analyse(primary: Outcome, book: Book) -> None:
    """Write half-widths at this year's coverage, and what brings each within ten percentage points."""
    if primary.design not in ONE_PERSON_ONCE:
        return
    key = primary.key
    known, good = (f"{key}/paired", f"{key}/better") if primary.twice else (f"{key}/answered", f"{key}/positive")
    whole = f"{key}/due" if book.has(f"{key}/due") else ELIGIBLE
    if not all(map(book.has, (known, good, whole))) or not 0 < book.n(known) <= book.n(whole):
        return
    eligible, measured = book.n(whole), book.n(known)
    plan = st.plan_follow_up(
        eligible, measured / eligible, share=book.n(good) / measured, half_width=WANTED, odds_ratios=PLAUSIBLE
    )
    rows = plan.to_frame().set_index(["part", "about_the_lost"])
    with book.internal_only():
        book.model(f"{PLACE}/wanted", WANTED, eligible, ())
        for name, place in ROWS.items():
            row = rows.loc[place]
            book.model(f"{PLACE}/{name}/half_width", float(row["half_width"]), measured, ())
            if not math.isnan(row["needed"]):
                book.model(f"{PLACE}/{name}/needed", float(row["needed"]), eligible, ())
        book.model(f"{PLACE}/paired_needed", float(plan.paired_needed), eligible, ())
