"""Who is due for a measurement on a day: what the processed data and the unit file tell, case by case.

What is not due here is not due in the report either: the occasion's day and window, and what an end that has not come
means, are read as `Cohort.response` reads them. The report waits until a window has closed, and this module splits that
time in two: before the window opens, and while it is open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from isu_analysis.cohorts.due_forms import Form
from isu_analysis.cohorts.episodes import counted, joined, left_out, with_first_and_last
from isu_analysis.cohorts.people import Cohort
from isu_analysis.intake.store import Processed
from isu_analysis.settings import Occasion, Unit

DONE, NOT_YET, NOW, OVERDUE, TOO_LATE, CLOSED, UNDATED = (
    "done", "not_yet", "now", "overdue", "too_late", "closed", "undated",
)  # fmt: skip
STATUSES = (DONE, NOT_YET, NOW, OVERDUE, TOO_LATE, CLOSED, UNDATED)
LISTED = (NOW, OVERDUE)

# The project's own choice for occasions without a window, by role: days after the target day until it is overdue, and
# until it is too late. Everyone is on at least one monthly list; a start taken later than that is no start.
WITHOUT_WINDOW = {"start": (14, 31), "end": (31, 61), "follow_up": (31, 61)}

DIED = "died"  # at any form: nothing more is asked about that case
# Somebody has said no, or cannot: the form is never asked for again. Other reasons (not asked, not reached, not
# complete, unknown) leave it to be asked for as long as there is time.
NEVER_AGAIN = frozenset({"declined", "language", "broke_down", "placed", "moved", DIED})
NOT_REACHED = "not_reached"
_YEAR = 365  # days


@dataclass(frozen=True, repr=False)
class Due:
    """What is to be measured, and how it stands with every form.

    Attributes
    ----------
    rows : DataFrame
        One row a case, occasion and rater that should be measured: columns episode, occasion, raters, measures,
        status (``now`` or ``overdue``), since, last (days), begun (whether there is a start; missing where it has no
        meaning) and not_reached. The most urgent comes first.
    counts : dict of Form to dict of str to int
        Of the cases that are open, or ended within a year before the day, how many have each status.
    """

    rows: pd.DataFrame
    counts: dict[Form, dict[str, int]]

    @property
    def overdue(self) -> int:
        """Cases that anything is overdue for."""
        return int(self.rows.loc[self.rows["status"] == OVERDUE, "episode"].nunique())

    @property
    def now(self) -> int:
        """Cases with something to measure now, and nothing overdue."""
        return int(self.rows["episode"].nunique()) - self.overdue

    def __repr__(self) -> str:
        return f"Due({len(self.rows)} rows)"


def everyone(unit: Unit, as_of: dt.date, processed: Processed) -> Cohort:
    """All cases of the unit as the report counts them (joined, one a person and year), and those still open."""
    rows = processed.measurements
    rows = rows[~(rows["day"] > pd.Timestamp(as_of))]
    every, rows = joined(unit, processed.episodes, rows)
    inside = every[~left_out(unit, every)]
    years = [counted(unit, part) for _, part in inside.groupby("year", dropna=False)]
    episodes = pd.concat(years).set_index("episode") if years else inside.set_index("episode")
    ours = with_first_and_last(unit, rows[rows["episode"].isin(episodes.index)])
    return Cohort(unit, as_of.year, as_of, episodes, ours, {}, 0, 0, len(episodes), 0, processed.about)


def statuses(people: Cohort, form: Form) -> pd.DataFrame:
    """How it stands with one form for each case.

    Returns
    -------
    DataFrame
        Indexed by case: status, since (first day it could be measured) and last (last day).
    """
    today = pd.Timestamp(people.as_of)
    occasion = people.unit.occasions[form.occasion]
    since, in_time, last = _span(people, occasion)
    status = pd.Series(TOO_LATE, index=people.episodes.index, dtype="object")
    status[last >= today] = OVERDUE
    status[in_time >= today] = NOW
    status[since.isna()] = UNDATED
    status[people.episodes.index.isin(never_again(people, form.measures, form.raters))] = CLOSED
    status[(since > today) | (since.isna() & _waits_for_its_end(people, occasion))] = NOT_YET
    status[people.episodes.index.isin(_of_form(people, form, measured=True)["episode"])] = DONE
    return pd.DataFrame({"status": status, "since": since, "last": last})


def to_measure(people: Cohort, forms: Sequence[Form]) -> Due:
    """What should be measured, of the forms that can be looked for person by person."""
    recent = _recent(people)
    found, counts = [], {}
    for form in forms:
        if form.why_not:
            continue
        status = statuses(people, form)
        counts[form] = {name: int(n) for name, n in status["status"][recent].value_counts().items()}
        found.append(_rows(people, form, status[status["status"].isin(LISTED)]))
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)
    return Due(_in_order(_together(rows)), counts)


def never_again(people: Cohort, measures: Sequence[str], raters: Sequence[str]) -> set[str]:
    """Cases for which somebody has registered why the form will not be answered, at any occasion."""
    rows = people.measurements
    ours = rows["measure"].isin(list(measures)) & rows["rater"].isin(list(raters))
    told = (ours & rows["missing_reason"].isin(list(NEVER_AGAIN))) | (rows["missing_reason"] == DIED)
    return set(rows.loc[told.fillna(False), "episode"].dropna())


_COLUMNS = ["episode", "occasion", "raters", "measures", "status", "since", "last", "begun", "not_reached"]
_Days = tuple[pd.Series, pd.Series, pd.Series]


def _span(people: Cohort, occasion: Occasion) -> _Days:
    """First day, last day in time and last day at all of an occasion, missing where no date tells."""
    if occasion.role == "end" and occasion.day is None:
        target, window = people.episodes["end"], None
    else:
        target = people.episodes["start"] + pd.Timedelta(days=occasion.day or 0)
        window = occasion.window
    if window:
        start = people.episodes["start"]
        first, last = (start + pd.Timedelta(days=day) for day in window)
        return first, last, last
    in_time, possible = (pd.Timedelta(days=days) for days in WITHOUT_WINDOW[occasion.role])
    return target, target + in_time, target + possible


def _waits_for_its_end(people: Cohort, occasion: Occasion) -> pd.Series:
    """Whether an end has not come. Where the year is that of the file, an end that is not told may have come."""
    starts, ends = people.episodes["start"], people.episodes["end"]
    is_end = occasion.role == "end" and occasion.day is None
    return ends.isna() & starts.notna() & (is_end and people.unit.cohort.rule != "declared")


def _of_form(people: Cohort, form: Form, *, measured: bool) -> pd.DataFrame:
    """Rows of a form at its occasion, with an answer or without."""
    rows = people.measurements
    ours = rows["measure"].isin(form.measures) & rows["rater"].isin(form.raters) & (rows["occasion"] == form.occasion)
    return rows[ours & (rows["missing_reason"].isna() == measured)]


def _recent(people: Cohort) -> pd.Series:
    """Cases that are open, ended within a year, or without dates and of this year."""
    starts, ends, today = people.episodes["start"], people.episodes["end"], pd.Timestamp(people.as_of)
    undated = starts.isna() & ends.isna()
    this_year = (people.episodes["year"] == people.as_of.year).fillna(False).astype(bool)
    dated = (starts.isna() | (starts <= today)) & (ends.isna() | (ends > today - pd.Timedelta(days=_YEAR)))
    return (undated & this_year) | (~undated & dated)


def _rows(people: Cohort, form: Form, chosen: pd.DataFrame) -> pd.DataFrame:
    blank = _of_form(people, form, measured=False)
    tried = set(blank.loc[blank["missing_reason"] == NOT_REACHED, "episode"])
    made = chosen.rename_axis("episode").reset_index()
    return made.assign(
        occasion=form.occasion,
        raters=[form.raters] * len(made),
        measures=[form.measures] * len(made),
        begun=_begun(people, form, made["episode"]),
        not_reached=made["episode"].isin(tried),
    )[_COLUMNS]


def _begun(people: Cohort, form: Form, episodes: pd.Series) -> pd.Series:
    """Whether each case has a start to put the answer beside; missing where the form is given only once."""
    starts = [name for name, occasion in people.unit.occasions.items() if occasion.role == "start"]
    rows = people.measurements
    ours = rows["measure"].isin(form.measures) & rows["rater"].isin(form.raters) & rows["occasion"].isin(starts)
    if form.occasion in starts or not ours.any():
        return pd.Series(pd.NA, index=episodes.index, dtype="boolean")
    measured = rows.loc[ours & rows["missing_reason"].isna(), "episode"].dropna()
    return episodes.isin(measured).astype("boolean")


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for what the same person answers at the same occasion, however many forms it is."""
    if not len(rows):
        return rows
    parts = rows.groupby(["episode", "occasion", "raters"], sort=False)
    return parts.agg(
        measures=("measures", lambda several: tuple(dict.fromkeys(one for form in several for one in form))),
        status=("status", "first"),
        since=("since", "first"),
        last=("last", "first"),
        begun=("begun", "max"),
        not_reached=("not_reached", "any"),
    ).reset_index()[_COLUMNS]


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Those with the least time left first; the pseudonyms settle the rest, so that the order tells nothing."""
    return rows.sort_values(["last", "since", "occasion", "episode"], kind="stable").reset_index(drop=True)
