"""What of a unit file decides how raw files are read: stored beside the tables, so that a change is never passed over."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from isu_analysis.settings import Unit

_WORDS = {"label"}  # as printed; they change no table
_OF_CARDS = {"kind", "minimum", "maximum", "step", "raters", "scoring", "cumulative"}
_OF_COHORT = {"rule", "overlapping"}


def rules_of(unit: Unit) -> str:
    """SHA-256 of what is read from which columns, what the texts mean, and what each measure allows."""
    cards = {
        name: card.model_dump(mode="json", include=_OF_CARDS) | {"codes": card.codes}
        for name, card in unit.used_measures.items()
    }
    rules = {
        "sources": [_without_words(source.model_dump(mode="json")) for source in unit.sources],
        "occasions": {name: _without_words(one.model_dump(mode="json")) for name, one in unit.occasions.items()},
        "cohort": unit.cohort.model_dump(mode="json", include=_OF_COHORT),
        "measures": cards,
        # How those with a protected identity ended is kept only where it leaves them out.
        "outside": sorted(unit.cohort.outside) if any(source.protected for source in unit.sources) else [],
    }
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_words(inner) for name, inner in value.items() if name not in _WORDS}
    return [_without_words(inner) for inner in value] if isinstance(value, list) else value
