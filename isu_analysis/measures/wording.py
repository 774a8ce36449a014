"""A card's contents in Swedish words, for the list and the card that a user reads in a console."""

from __future__ import annotations

from isu_analysis.measures.facts import (
    Ages,
    Band,
    Cutoff,
    Fact,
    MissingItems,
    Norm,
    Reliability,
    Threshold,
    TimeFrame,
)
from isu_analysis.measures.model import Level, Measure, Scoring

KINDS = {
    "scale": "skala",
    "judgement": "bedömning i ordnade steg",
    "target": "mål, uppnått eller inte",
    "closing": "avslutsorsak",
    "after_only": "svar bara efteråt",
    "state": "läge",
    "need": "behov",
    "goal": "individuella mål",
    "interview": "intervju eller formulär, räknas del för del",
    "model": "arbetssätt, inget mått",
}
_RATERS = {
    "client": "klient",
    "child": "barn",
    "parent": "förälder",
    "family": "familj",
    "staff": "personal",
    "interviewer": "intervjuare",
    "register": "register",
}
_STATUSES = {
    "published": "publicerad",
    "stated": "uppföljningens egen uppgift",
    "own": "enhetens egen uppgift",
    "unverified": "overifierat",
    "unknown": "inte funnet",
}
_TYPES = {
    "alpha": "intern samstämmighet (alfa)",
    "test_retest": "upprepad mätning (test-retest)",
    "inter_rater": "mellan bedömare",
    "other": "annat slag",
}
_GROUPS = {"man": "män", "woman": "kvinnor", "adult": "vuxna"}
_MEANINGS = {
    "goal_reached": "målet nått",
    "improved": "bättre",
    "unchanged": "oförändrat",
    "unchanged_or_worse": "oförändrat eller sämre",
    "worse": "sämre",
    "client_ended": "klienten avslutade",
    "not_started": "kom inte igång",
    "transferred": "övergick till annat",
    "not_applicable": "räknas inte med",
    "not_known": "räknas som okänt",
}
_LABELS: dict[type[Fact], str] = {
    MissingItems: "obesvarade frågor",
    Ages: "ålder",
    TimeFrame: "gäller tiden",
    Threshold: "säker förändring",
    Cutoff: "gränsvärde",
    Band: "nivå",
    Reliability: "mätsäkerhet",
    Norm: "jämförelsevärde",
}


def number(value: float) -> str:
    """Write a number as it stands on the card, with a decimal comma: ``12.6`` -> ``12,6``."""
    return f"{value:g}".replace(".", ",")


def raters(card: Measure) -> str:
    """Who answers, in the card's order."""
    return ", ".join(_RATERS[rater] for rater in card.raters) or "-"


def outcome(card: Measure) -> str:
    """Outcome type, and what makes the measure no ordinary outcome."""
    notes = [KINDS[card.kind]]
    if card.process:
        notes.append("följer arbetet och är inget utfall")
    if card.cumulative:
        notes.append("kan aldrig minska och är inget mått på förändring")
    return "; ".join(notes)


def scale(card: Measure) -> str:
    """Ends, direction and resolution of a scale."""
    ends = f"{number(card.minimum or 0)}–{number(card.maximum or 0)}"
    steps = "" if card.step == 1 else f", i steg om {number(card.step)}"
    return f"{ends}{steps}; {'högre' if card.higher_is_better else 'lägre'} är bättre"


def scoring(card: Measure) -> str:
    """Where the score comes from, with positions of the questionnaire and never its words."""
    key = card.scoring
    if key is None or key.method == "import_only":
        return "läses in som färdig poäng, räknas inte ur frågor"
    of = f"{len(key.used)} av {key.items} frågor" if len(key.used) != key.items else f"{key.items} frågor"
    answers = f"{number(key.item_min or 0)}–{number(key.item_max or 0)}"
    words = [f"räknas ur {of} (svar {answers}): {_method(key)}"]
    if key.positions:
        words.append(f"frågor: {_positions(key.positions)}")
    if key.reversed:
        words.append(f"vända frågor: {_positions(key.reversed)}")
    few = [f"{position} ({', '.join(map(str, allowed))})" for position, allowed in key.answers.items()]
    if few:
        words.append(f"frågor med färre svar: {', '.join(few)}")
    return ". ".join([words[0], *(word[0].upper() + word[1:] for word in words[1:])])


def _method(key: Scoring) -> str:
    if key.method == "criteria":
        groups = " ".join(f"({_positions(criterion)})" for criterion in key.criteria)
        return f"antal uppfyllda kriterier av {len(key.criteria)}; ett kriterium är uppfyllt när någon av dess frågor har högsta svaret: {groups}"
    times = "" if key.factor == 1 else f" gånger {number(key.factor)}"
    return {"sum": "summan", "mean": "medelvärdet"}[key.method] + times


def _positions(positions: tuple[int, ...]) -> str:
    return ", ".join(map(str, positions))


def missing(card: Measure) -> str:
    """How many unanswered items the score bears."""
    key = card.scoring
    if key is None or key.missing is None or not key.may_miss:
        return "inga får saknas; annars blir det ingen poäng"
    return f"{fact(key.missing, card)} De besvarades medelvärde står för dem"


def certain_change(card: Measure) -> str:
    """Which change counts as certain for one person, and why."""
    if card.cumulative:
        return "finns inte: poängen kan aldrig minska"
    if card.threshold:
        return fact(card.threshold, card)
    known = card.change_reliability
    if known:
        return (
            f"räknas enligt Jacobson och Truax ur standardavvikelse {number(known.sd or 0)} och mätsäkerhet "
            f"{number(known.value)}, från samma källa. {fact_source(known)}"
        )
    return "finns inte: ingen publicerad gräns, och inget mätfel från en och samma källa"


def fact(one: Fact, card: Measure) -> str:
    """One fact with its status, source and note."""
    value = _value(one, card)
    return f"{value}. {fact_source(one)}" if value else fact_source(one)


def label(one: Fact) -> str:
    """What kind of fact it is."""
    return _LABELS.get(type(one), "skala och poängsättning")


def fact_source(one: Fact) -> str:
    """Source, status and note of a fact."""
    said = f"Källa ({_STATUSES[one.status]}): {one.source}." if one.source else f"({_STATUSES[one.status]})"
    return " ".join(part for part in (said, one.note) if part)


def licence(one: Fact) -> str:
    """Terms of use: the terms first, then where they stand."""
    said = f"Källa ({_STATUSES[one.status]}): {one.source}." if one.source else f"({_STATUSES[one.status]})"
    return " ".join(part for part in (one.note, said) if part)


def level(one: Level) -> str:
    """One answer: code, label, and what a report makes of it."""
    notes = ["räknas som gott resultat"] if one.positive else []
    if one.meaning in _MEANINGS:
        notes.append(f"betyder: {_MEANINGS[one.meaning]}")
    told = f" ({'; '.join(notes)})" if notes else ""
    return f"{one.code}: {one.label}{told}"


def part(card: Measure) -> str:
    """A part in one line: its full id, name, and scale or kind."""
    what = scale(card) if card.kind == "scale" else KINDS[card.kind]
    return f"{card.id}: {card.name_sv.rpartition(', ')[2]}; {what}"


def _value(one: Fact, card: Measure) -> str:
    if isinstance(one, Threshold):
        return f"minst {number(one.value)} poäng"
    if isinstance(one, Cutoff):
        return f"{_beyond(one, card)}{_group(one.group)}"
    if isinstance(one, Band):
        ends = number(one.low) if one.low == one.high else f"{number(one.low)}–{number(one.high)}"
        return f"{one.label}, {ends}"
    if isinstance(one, Reliability):
        return _reliability(one)
    if isinstance(one, Norm):
        spread = f", standardavvikelse {number(one.sd)}" if one.sd is not None else ""
        return f"medelvärde {number(one.mean)}{spread}; {one.sample}{_group(one.group)}"
    return _frame(one)


def _frame(one: Fact) -> str:
    if isinstance(one, Ages):
        if one.low is not None and one.high is not None:
            return f"{one.low}–{one.high} år"
        return f"från {one.low} år" if one.low is not None else f"till {one.high} år"
    if isinstance(one, TimeFrame):
        return f"de senaste {one.days} dagarna"
    return f"högst {one.allowed} får saknas" if isinstance(one, MissingItems) else ""


def _beyond(one: Cutoff, card: Measure) -> str:
    value = number(one.value)
    if card.higher_is_better:
        return f"{value} eller lägre" if one.clinical_at else f"under {value}"
    return f"{value} eller högre" if one.clinical_at else f"över {value}"


def _group(group: dict[str, str]) -> str:
    words = [_GROUPS.get(value, f"{value} år" if name.startswith("age") else value) for name, value in group.items()]
    return f", {', '.join(words)}" if words else ""


def _reliability(one: Reliability) -> str:
    to = f"–{number(one.upper)}" if one.upper is not None else ""
    notes = [
        _TYPES[one.type],
        one.interval,
        f"standardavvikelse {number(one.sd)}" if one.sd is not None else "",
        one.sample,
    ]
    return f"{number(one.value)}{to}; {', '.join(note for note in notes if note)}"
