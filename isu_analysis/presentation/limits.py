"""What the result does not say: points that follow from how this unit follows up, and from this year's data."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Bullets, Heading
from isu_analysis.presentation.reader import SMALLEST_DENOMINATOR, Reader
from isu_analysis.presentation.wording import phrase

MOST_POINTS = 7  # a longer list is not read


def blocks(read: Reader) -> list[Block]:
    """The points that concern this report, the unit's own first."""
    own = [read.own(text) for text in read.report.context.unit.assumptions]
    general = [read.say(text) for concerns, text in _POINTS if concerns(read)]
    points = [*own, *general[: max(MOST_POINTS - len(own), 0)]]
    return [Heading(read.say("Vad resultatet inte säger")), Bullets(tuple(points))]


def _is_trial(read: Reader) -> bool:
    return any(group.kind == "trial_arms" for group in read.report.context.unit.subgroups)


def _missing(outcome: Outcome) -> str:
    return f"{outcome.key}/missing" if outcome.once else f"{outcome.key}/lost"


def _some_missing(read: Reader) -> bool:
    cell = _missing(read.report.main)
    return not read.report.has(cell) or read.value(cell) != 0


def _few(read: Reader) -> bool:
    main = read.report.main
    cell = f"{main.key}/answered" if main.once else f"{main.key}/paired"
    return read.shown(cell) and read.value(cell) < SMALLEST_DENOMINATOR


def _ends(read: Reader) -> bool:
    """Nobody is looked at again after the end."""
    return all(occasion.role != "follow_up" for occasion in read.report.context.unit.occasions.values())


def _is_judged(read: Reader) -> bool:
    main = read.report.main
    return main.once and main.rater in {"staff", "interviewer"}


def _is_experienced(read: Reader) -> bool:
    return read.report.main.once and sentences.experienced(read.report.main)


# When a point concerns a report, and what it says; the weightiest first.
_POINTS: tuple[tuple[Callable[[Reader], bool], str], ...] = (
    (lambda read: not _is_trial(read),
     phrase("Ett resultat är inte en effekt. Annat i livet kan ha påverkat, och rapporten prövar inte vad som gjorde det.")),
    (_is_trial,
     phrase("Ett resultat är inte en effekt. Rapporten beskriver grupperna men prövar inte skillnaden mellan dem.")),
    (_some_missing,
     phrase("De som inte följdes upp kan ha det bättre eller sämre än de andra. Rapporten räknar bara ut hur mycket de kan ändra.")),
    (lambda read: read.report.main.once,
     phrase("Ingen vet hur personerna hade det före med samma mått. Därför går det inte att se vem som har förändrats.")),
    (_is_experienced,
     phrase("Den som är nöjd kan svara oftare än den som är missnöjd. Hur mycket det påverkar svaren vet ingen.")),
    (_is_judged,
     phrase("Den som arbetar med en person ser inte allt. En annan bedömare kan ha svarat något annat.")),
    (lambda read: read.report.main.design in {"change", "sessions"},
     phrase("Den som söker hjälp när det är som svårast mår ofta bättre efter en tid även utan hjälp. Det ingår i siffrorna.")),
    (lambda read: True,
     phrase("Enheter med andra målgrupper, mått eller bortfall kan inte jämföras med den här.")),
    (lambda read: read.report.main.criterion is not None and read.report.main.measure.has_own_threshold,
     phrase("Säkert bättre betyder att förändringen når den gräns som enheten själv har satt. Det betyder inte att personen är klar eller nöjd.")),
    (lambda read: read.report.main.criterion is not None and not read.report.main.measure.has_own_threshold,
     phrase("Säkert bättre betyder att förändringen är större än mätfelet. Det betyder inte att personen är klar eller nöjd.")),
    (_few,
     phrase("Det är få personer. En enda till kan ändra bilden.")),
    (_ends,
     phrase("Rapporten följer ingen efter slutet. Om resultatet höll i sig går inte att säga.")),
)  # fmt: skip
