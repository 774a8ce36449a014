"""Who is in both of two years, and in how many rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import Floats, check_column
from isu_analysis.statistics.clusters import Codes, shared_codes

NAMES = ("this_year", "last_year", "this_person", "last_person")
REPEATED = "clusters"


class TwoYears(NamedTuple):
    """What was seen in two years; the same person has the same code in both."""

    this: Floats
    last: Floats
    this_code: Codes
    last_code: Codes
    n_given: tuple[int, int]
    n_shared: int
    design: str

    def pairs(self) -> tuple[Floats, Floats]:
        """Return both years' values of the shared, one row a person."""
        _, here, there = np.intersect1d(self.this_code, self.last_code, return_indices=True)
        return self.this[here], self.last[there]

    def together(self, r: float) -> float:
        """Return the correlation of the years' errors when that of the shared people's values is ``r``."""
        return float(r * self.n_shared / np.sqrt(self.this.size * self.last.size)) if self.n_shared else 0.0


def two_years(this: Floats, last: Floats, given: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]) -> TwoYears:
    """Return the rows with a value, and who is in both years."""
    this_rows, last_rows, this_person, last_person = given
    for people, name in zip((this_person, last_person), NAMES[2:], strict=True):
        check_column(people, name)
    codes = shared_codes(this_person, last_person, this_rows, last_rows, names=NAMES) or []
    seen = [~np.isnan(values) for values in (this, last)]
    here, there = (code[known] for code, known in zip(codes, seen, strict=True))
    shared = np.intersect1d(here, there).size
    if max(here.size - np.unique(here).size, there.size - np.unique(there).size) > 0:
        design = REPEATED
    elif not shared:
        design = "independent"
    else:
        design = "same_people" if shared == here.size == there.size else "partly_shared"
    return TwoYears(this[seen[0]], last[seen[1]], here, there, (this.size, last.size), shared, design)
