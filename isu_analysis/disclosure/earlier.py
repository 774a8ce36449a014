"""What earlier editions of a report have told, in the words the choice of hidden numbers needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from isu_analysis.analysis.results import Results
from isu_analysis.disclosure.release import Decision


@dataclass(frozen=True, repr=False)
class Earlier:
    """Editions of one report that are out.

    Attributes
    ----------
    counts : sequence of mapping of str to tuple of int and bool
        Of each edition, the value of each count by its cell's id, and whether it was shown.
    stands : callable, optional
        From results to the decision that stands for them, if any.
    """

    counts: Sequence[Mapping[str, tuple[int, bool]]] = ()
    stands: Callable[[Results], Decision | None] | None = None

    def shows(self, cell_id: str, value: int) -> bool:
        """Whether an edition has shown this very value."""
        return any(edition.get(cell_id) == (value, True) for edition in self.counts)

    def hides(self, cell_id: str) -> bool:
        """Whether an edition has hidden the count: beside that one, showing it now would tell what it was."""
        return any(not edition.get(cell_id, (0, True))[1] for edition in self.counts)

    def protects(self, cell_id: str, min_cell: int) -> bool:
        """Whether the count was small in an edition that hid it."""
        return any(
            not shown and value < min_cell
            for value, shown in (edition.get(cell_id, (0, True)) for edition in self.counts)
        )

    def standing(self, results: Results) -> Decision | None:
        """The decision that stands, where nothing new is to be decided.

        Either the results are those of the edition that is out, or so few have been added since that the two beside
        each other would tell of them: then that edition is what the report shows. None where a new one is to be made.
        """
        return None if self.stands is None else self.stands(results)

    def __repr__(self) -> str:
        return f"Earlier({len(self.counts)} editions)"


@dataclass(frozen=True, repr=False)
class Before:
    """What is out already of a municipality.

    Attributes
    ----------
    editions : mapping of str to Earlier
        By report.
    sets : mapping of str to sequence of frozenset of str, or None
        Sets of people told of, by variable; None for one of which nobody can tell any longer who is in it.
    secret : bytes
        What nobody outside knows of how hidden counts are chosen.
    unread : frozenset of str
        Keys of units with a report out whose data are not at hand.
    """

    editions: Mapping[str, Earlier] = field(default_factory=dict)
    sets: Mapping[str, Sequence[frozenset[str] | None]] = field(default_factory=dict)
    secret: bytes = b""
    unread: frozenset[str] = frozenset()


NOTHING = Earlier()
