"""The registry: every measure card that ships with the package, by id."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from isu_analysis import declarations
from isu_analysis.errors import SettingsError
from isu_analysis.measures.model import Measure

CARDS = Path(__file__).parent / "cards"


@cache
def measures_available() -> tuple[str, ...]:
    """Ids of the measures in the registry, in alphabetical order.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> [name for name in isu.measures_available() if name.startswith("core")]
    ['core_om']
    """
    return tuple(sorted(card.stem for card in CARDS.glob("*.yml")))


@cache
def measure(measure_id: str) -> Measure:
    """Read one measure from the registry.

    Parameters
    ----------
    measure_id : str
        For example ``"core_om"``, or ``"core_om.risk"`` for a part of it; `measures_available` lists them.

    Returns
    -------
    Measure

    Raises
    ------
    SettingsError
        No such measure; the message lists those there are and the nearest spelling.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> core = isu.measure("core_om")
    >>> core.minimum, core.maximum, core.higher_is_better, core.threshold.value
    (0.0, 40.0, False, 5.0)
    """
    whole, dot, part = measure_id.partition(".")
    if whole not in measures_available():
        known = list(measures_available())
        raise SettingsError(
            f"Okänt mått «{measure_id}».{declarations.nearest(measure_id, known)} Måtten i registret: {', '.join(known)}. "
            "Ett eget mått beskrivs i enhetsfilen under «local_measures»."
        )
    if dot:
        return measure(whole).part(part)
    return declarations.validate(Measure, declarations.read(CARDS / f"{whole}.yml"))
