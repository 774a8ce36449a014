"""Swedish sentences made from a protected report's cells; each says only what its cells bear."""

from __future__ import annotations

import math

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import numbers
from isu_analysis.presentation.reader import OWN_VOICES, SMALLEST_DENOMINATOR, Reader

STILL = 0.05  # points; smaller changes print as nought
HIDDEN_VERDICT = (
    "Omdömet är dolt",
    "I den publika rapporten går det inte att säga hur säker slutsatsen är utan att röja enskilda. Det står i den interna.",
    "note",
)


def scale(outcome: Outcome) -> str:
    """Range and direction of a scale in words."""
    measure = outcome.measure
    direction = "högre" if measure.higher_is_better else "lägre"
    return f"{numbers.whole(measure.minimum or 0)}–{numbers.whole(measure.maximum or 0)} poäng, {direction} är bättre"


def mean_change(read: Reader, outcome: Outcome) -> str:
    """How the mean moved among those measured twice."""
    key, name = outcome.key, outcome.measure.name_sv
    if not read.report.has(f"{key}/change"):
        return f"Ingen är mätt två gånger med {name}."
    if not read.shown(f"{key}/change", f"{key}/start_mean", f"{key}/end_mean"):
        return f"Medelförändringen på {name} är dold för att skydda enskilda."
    among = f"Bland de {read.count(f'{key}/paired')} som mättes två gånger"
    change = read.cell(f"{key}/change")
    if math.isnan(change.value):
        return f"{among} går ingen medelförändring på {name} att räkna."
    moved = "var genomsnittet oförändrat"
    if abs(change.value) >= STILL:
        moved = (
            f"{'sjönk' if change.value < 0 else 'steg'} genomsnittet med {read.size(f'{key}/change')} poäng, "
            f"från {read.points(f'{key}/start_mean')} till {read.points(f'{key}/end_mean')}"
        )
    return (
        f"{among} {moved} på {name} ({_interval(read, outcome)}{scale(outcome)}).{_certainty(change.low, change.high)}"
    )


def _interval(read: Reader, outcome: Outcome) -> str:
    cell = f"{outcome.key}/change"
    return "" if math.isnan(read.cell(cell).low) else f"95 % intervall {read.interval(cell)}; "


def _certainty(low: float, high: float) -> str:
    return " Intervallet rymmer även ingen förändring." if low <= 0 <= high else ""


def persons(read: Reader, outcome: Outcome) -> str:
    """Better, unchanged and worse, with equal weight."""
    key = outcome.key
    return (
        f"{read.how_many(f'{key}/better').capitalize()} blev säkert bättre, {read.how_many(f'{key}/unchanged')} fick ingen säker "
        f"förändring och {read.how_many(f'{key}/deteriorated')} blev säkert sämre, av {read.count(f'{key}/paired')} mätta."
    )


def verdict_of_change(read: Reader, outcome: Outcome) -> tuple[str, str, str]:
    """Title, text and tone of the verdict on a mean change."""
    key = outcome.key
    state, lost, word = read.code(f"{key}/verdict"), read.count(f"{key}/lost"), _direction(read, outcome)
    if read.report.has(f"{key}/verdict") and read.cell(f"{key}/verdict").hidden:
        return HIDDEN_VERDICT
    if state == "holds" and read.value(f"{key}/lost") == 0:
        return "Slutsatsen håller", f"Alla är mätta två gånger, och gruppen blev i genomsnitt {word}.", "known"
    if state == "holds":
        return (
            "Slutsatsen håller",
            f"Att gruppen i genomsnitt blev {word} gäller vad som än hände med dem som saknas ({lost}).",
            "known",
        )
    if state == "holds_if" and read.shown(f"{key}/verdict/tolerance"):
        return (
            "Slutsatsen håller under ett villkor",
            f"Att gruppen i genomsnitt blev {word} gäller om de som saknas ({lost}) i genomsnitt är högst "
            f"{numbers.at_most(read.value(f'{key}/verdict/tolerance'))} poäng {'sämre' if word == 'bättre' else 'bättre'} än "
            "mätningarna tyder på. Om det är så vet ingen.",
            "unknown",
        )
    return "Det går inte att avgöra", _cannot_judge(read, outcome), "warning"


def _direction(read: Reader, outcome: Outcome) -> str:
    return "sämre" if read.code(f"{outcome.key}/verdict/direction") == "worse" else "bättre"


def _cannot_judge(read: Reader, outcome: Outcome) -> str:
    lost = read.count(f"{outcome.key}/lost")
    reasons = {
        "too_few_pairs": "För få är mätta två gånger för att bära en slutsats om gruppen.",
        "low_share": "För liten del av dem som borde ha mätts är mätta två gånger.",
        "interval_includes_zero": (
            "Medelförändringen är så osäker att den kan ha gått åt båda hållen, även om bara de mätta räknas."
        ),
        "lost_differ": f"De som saknas ({lost}) skilde sig redan från början från dem som mättes.",
        "not_estimable": "Förändringen går inte att beräkna med de värden som finns.",
    }
    reason = reasons.get(read.code(f"{outcome.key}/verdict/reason"), "Underlaget bär ingen slutsats om gruppen.")
    return f"{reason} Därför säger rapporten inte om gruppen som helhet blev bättre eller sämre."


def verdict_of_share(read: Reader, outcome: Outcome, claim: str) -> tuple[str, str, str]:
    """Title, text and tone of the verdict on "more than half"."""
    key = f"{outcome.key}/positive"
    state, direction = read.code(f"{key}/verdict"), read.code(f"{key}/verdict/direction")
    half = "Mindre än hälften" if direction == "less_than_half" else "Mer än hälften"
    lost = read.count(f"{outcome.key}/missing")
    if read.cell(f"{key}/verdict").hidden:
        return HIDDEN_VERDICT
    if state == "holds" and read.value(f"{outcome.key}/missing") == 0:
        return "Slutsatsen håller", f"{half} av alla {claim}. Ingen saknas.", "known"
    if state == "holds":
        text = f"{half} av alla {claim}. Det gäller vad som än är sant om dem som saknas ({lost})."
        return "Slutsatsen håller", text, "known"
    if state == "holds_if" and read.shown(f"{key}/verdict/tolerance"):
        share = numbers.at_least_percent(read.value(f"{key}/verdict/tolerance"))
        text = f"{half} av alla {claim}, om minst {share} av dem som saknas ({lost}) har samma svar. Om det är så vet ingen."
        return "Slutsatsen håller under ett villkor", text, "unknown"
    return (
        "Det går inte att avgöra",
        f"Det går inte att säga om mer eller mindre än hälften av alla {claim}.",
        "warning",
    )


def share_range(read: Reader, outcome: Outcome, cell_id: str, verb: str, what: str) -> str:
    """Worst and best case of a share among all: ``Av alla 93 blev mellan 33 % och 78 % säkert bättre, ...``."""
    if not read.shown(cell_id):
        return ""
    bounds = read.cell(cell_id)
    if bounds.low == bounds.high:
        return ""
    # Whole per cent: a decimal would claim precision that bounds lack.
    low, high = numbers.percent(bounds.low, None), numbers.percent(bounds.high, None)
    if bounds.n and bounds.n < SMALLEST_DENOMINATOR:
        low, high = numbers.whole(bounds.low * bounds.n), numbers.whole(bounds.high * bounds.n)
    return (
        f"Av alla {read.count(read.whole(outcome))} {verb} mellan {low} och {high} {what}, beroende på dem som saknas."
    )


_WORDS = {2: "två", 3: "tre", 4: "fyra"}


def trial_arms(read: Reader, outcome: Outcome) -> str:
    """Both arms of a trial, and what follows from them."""
    subgroup = next(group for group in read.report.context.unit.subgroups if group.kind == "trial_arms")
    place = f"{outcome.key}/by/{subgroup.by}"
    levels = sorted(
        {cell.id.removeprefix(f"{place}/").rsplit("/", 1)[0] for cell in read.report.within(f"{place}/")} - {""},
        key=lambda level: level != subgroup.reference,
    )
    parts = []
    for level in levels:
        cell = f"{place}/{level}"
        if not read.shown(f"{cell}/change"):
            return ""
        verb = "sjönk" if read.value(f"{cell}/change") < 0 else "steg"
        name = subgroup.labels.get(level, level)
        parts.append(
            f"{name}: genomsnittet {verb} {read.size(f'{cell}/change')} poäng ({read.count(f'{cell}/paired')} av {read.count(f'{cell}/eligible')} mätta)"
        )
    reference = subgroup.labels.get(subgroup.reference or "", subgroup.reference or "")
    return (
        f"Materialet är en prövning med {_WORDS.get(len(levels), str(len(levels)))} grupper. {'. '.join(parts)}. Poängen ändrades alltså även i gruppen "
        f"«{reference}». Ett resultat är inte en effekt."
    )


_MOST_LABELS = 3  # more cannot be taken in as a list


def experienced(outcome: Outcome) -> bool:
    """Whether the answers are somebody's own experience; else they are a judgement, or a fact."""
    return outcome.measure.kind == "after_only" or (outcome.measure.kind == "judgement" and outcome.rater in OWN_VOICES)


def positive_labels(outcome: Outcome) -> str:
    """The answers that count as good: by name, from lowest to highest, or as the unit's choice."""
    levels = [level for level in outcome.measure.levels if level.positive]
    if len(levels) <= _MOST_LABELS:
        return " eller ".join(f"«{level.label}»" for level in levels)
    ordered = sorted(levels, key=lambda level: level.order or 0)
    if all(level.order is not None for level in levels):
        return f"«{ordered[0].label}» till «{ordered[-1].label}»"
    return f"ett av de {len(levels)} svar som räknas som goda"


_OF_DEVELOPMENT = {"closing", "judgement", "after_only"}  # kinds of answers that say how it went
_DIRECTIONS = {"improved", "unchanged", "unchanged_or_worse", "worse"}


def blind_spot(outcome: Outcome) -> str:
    """What the set of answers cannot say: nothing worse, or nothing unchanged; empty where it can say both."""
    levels = outcome.measure.levels
    if outcome.measure.kind not in _OF_DEVELOPMENT:
        return ""
    meanings = {level.meaning for level in levels}
    worse, same = bool({"worse", "unchanged_or_worse"} & meanings), bool({"unchanged", "unchanged_or_worse"} & meanings)
    if outcome.measure.kind == "closing" and not worse:
        return "Bland utfallen finns inget för oförändrat eller sämre: dåliga resultat kan inte synas."
    if meanings & _DIRECTIONS and worse and not same:
        return (
            "Bland svaren finns inget för oförändrat: den som är oförändrad hamnar bland de andra, eller saknar svar."
        )
    if meanings & _DIRECTIONS and not worse:
        return "Bland svaren finns inget för sämre: den som har fått det sämre kan inte synas."
    if any(level.positive for level in levels) and all(level.positive for level in levels):
        return "Alla svar räknas som goda: dåliga resultat kan inte synas."
    return ""


def missing_once(read: Reader, outcome: Outcome) -> str:
    """How many have no answer; those whose answer says that nobody knows are told apart."""
    key, everyone = outcome.key, read.count(read.whole(outcome))
    missing, silent = f"{key}/missing", f"{key}/silent"
    if not read.report.has(silent):
        return f"{read.count(missing)} av {everyone} saknar uppgift{read.bracket(f'{missing}/share')}."
    return (
        f"{read.how_many(silent).capitalize()} av {everyone} saknar uppgift, {_outcome_unknown(read, outcome)}. "
        f"Tillsammans är det {read.count(missing)}{read.bracket(f'{missing}/share')}."
    )


def _outcome_unknown(read: Reader, outcome: Outcome) -> str:
    levels = special(outcome.measure, "not_known")
    return " och ".join(
        f"för {read.count(f'{outcome.key}/level/{level.code}')} är utfallet okänt («{level.label}»)" for level in levels
    )


def nobody_knows(read: Reader, outcome: Outcome) -> str:
    """The same within a paragraph that has said of how many."""
    key = outcome.key
    if read.value(f"{key}/missing") == 0:
        return "Ingen uppgift saknas."
    if not read.report.has(f"{key}/silent"):
        return f"För {read.people(f'{key}/missing')} saknas uppgift."
    unknown = " och ".join(read.count(f"{key}/level/{level.code}") for level in special(outcome.measure, "not_known"))
    return f"{read.how_many(f'{key}/silent').capitalize()} saknar uppgift, för {unknown} är utfallet okänt."


_TARGET_STATES = {
    "reached": "Det är nått vad som än är sant om dem som saknas.",
    "not_reached": "Det är inte nått vad som än är sant om dem som saknas.",
    "open": "Om det är nått av alla beror på dem som saknas.",
}


def targets(read: Reader, outcome: Outcome, *, source: bool = True) -> list[str]:
    """Each target that the unit has decided, beside what was seen and what the missing could make of it."""
    lines = []
    for place, target in enumerate(read.report.context.unit.targets):
        cell = f"{outcome.key}/target/{place}"
        if not read.report.has(f"{cell}/reached"):
            continue
        goal = f"minst {numbers.percent(target.share, None)}" + (f" (källa: {target.source})" if source else "")
        everyone = read.count(read.whole(outcome))
        lines.append(
            f"{read.count(f'{cell}/reached').capitalize()} av {read.count(f'{outcome.key}/answered')} med uppgift"
            f"{read.bracket(f'{cell}/share')}, och av alla {everyone}{read.bracket(f'{cell}/of_all')}, har det utfall som målet "
            f"gäller. Enhetens mål är {goal}. {_TARGET_STATES.get(read.code(f'{cell}/state'), '')}".strip()
        )
    return lines


def why_no_person_categories(outcome: Outcome) -> str:
    """Why nobody is called better or worse."""
    return (
        f"Ingen enskild kallas bättre eller sämre på {outcome.measure.name_sv}: det finns ingen publicerad gräns för säker "
        "förändring, och inget mätfel där standardavvikelse och reliabilitet kommer från samma källa."
    )


def chance(read: Reader, outcome: Outcome) -> str:
    """How many would pass the limit by chance, or why it cannot be said."""
    cell = f"{outcome.key}/chance"
    if not read.report.has(cell) or read.cell(cell).hidden:
        return ""
    shown = read.cell(cell)
    if shown.kind == "code":
        return (
            "Hur många som skulle passera gränsen av en slump om ingen förändrats går inte att säga: ingen källa anger både "
            f"standardavvikelse och reliabilitet för {outcome.measure.name_sv}."
        )
    return (
        f"Om ingen hade förändrats skulle mätfelet ändå få ungefär {numbers.decimal(shown.value)} att se säkert bättre ut och "
        f"lika många att se säkert sämre ut, av {read.count(f'{outcome.key}/paired')}."
    )
