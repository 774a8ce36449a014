"""A new kind of outcome has a place in every table that asks by design; this says all the tables that lack it, at once."""

from typing import get_args

import pytest

from isu_analysis import analysis
from isu_analysis.analysis import designs, results
from isu_analysis.measures.model import Kind
from isu_analysis.measures.wording import KINDS
from isu_analysis.presentation import outcomes, page_one, trust
from isu_analysis.presentation.appendix import details
from isu_analysis.presentation.outcomes import kinds, overview
from isu_analysis.presentation.who import flow

DESIGNS = set(analysis._BY_DESIGN)
NO_RESULT_OF_PAIRS = {"cross_sections", "process", "interviews"}  # of these page one and trust speak otherwise
TABLES = {
    "presentation/page_one/__init__.py": (page_one._BY_DESIGN, DESIGNS - NO_RESULT_OF_PAIRS),
    "presentation/who/flow.py": (flow._BY_DESIGN, DESIGNS),
    "presentation/trust/__init__.py": (trust._BY_DESIGN, DESIGNS - NO_RESULT_OF_PAIRS),
    "presentation/outcomes/__init__.py": (outcomes._BY_DESIGN, DESIGNS),
    "presentation/outcomes/overview.py": (overview._COUNTS, DESIGNS - overview._NO_RESULT),
    "presentation/outcomes/kinds.py": (kinds._KINDS, DESIGNS - results._ONCE),  # the others: by the kind of measure
    "presentation/appendix/details.py": (details._BY_DESIGN, DESIGNS),
}


@pytest.mark.parametrize("place", TABLES)
def test_a_table_by_design_has_every_design(place):
    table, wanted = TABLES[place]
    assert set(table) == wanted, f"isu_analysis/{place}"


def test_every_kind_of_measure_has_words_and_a_design():
    assert set(KINDS) == set(get_args(Kind))
    assert set(designs._DESIGNS) == set(get_args(Kind)) - {"model"}
