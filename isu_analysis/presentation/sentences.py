"""Sentences made from a protected report's cells; each says only what its cells bear."""

from __future__ import annotations

import math

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation.not_better import NotBetter, not_better
from isu_analysis.presentation.reader import OWN_VOICES, SMALLEST_DENOMINATOR, Reader
from isu_analysis.presentation.wording import phrase

STILL = 0.05  # points; smaller changes print as nought


def scale(read: Reader, outcome: Outcome) -> str:
    """Range and direction of a scale in words."""
    measure = outcome.measure
    ends = {"low": read.numbers.whole(measure.minimum or 0), "high": read.numbers.whole(measure.maximum or 0)}
    if measure.higher_is_better:
        return read.say("{low}–{high} poäng, högre är bättre", **ends)
    return read.say("{low}–{high} poäng, lägre är bättre", **ends)


def mean_change(read: Reader, outcome: Outcome) -> str:
    """How the mean moved among those measured twice."""
    key, name = outcome.key, read.name(outcome.measure)
    if not read.report.has(f"{key}/change") and read.value(f"{key}/paired") == 0:
        return read.say("Ingen är mätt två gånger med {measure}.", measure=name)
    if not read.shown(f"{key}/change", f"{key}/start_mean", f"{key}/end_mean"):
        return read.say("Medelförändringen på {measure} är dold för att skydda enskilda.", measure=name)
    change = read.cell(f"{key}/change")
    values = {"those": read.those(f"{key}/paired"), "measure": name}
    if math.isnan(change.value):
        return read.say(
            "Bland {those} som mättes två gånger går ingen medelförändring på {measure} att räkna.", **values
        )
    values |= {"details": _details(read, outcome), "size": read.size(f"{key}/change"),
               "before": read.points(f"{key}/start_mean"), "after": read.points(f"{key}/end_mean")}  # fmt: skip
    said = read.say(_MOVED[_sign(change.value)], **values)
    return f"{said} {read.say(_ALSO_NONE)}" if change.low <= 0 <= change.high else said


_ALSO_NONE = phrase("Intervallet rymmer även ingen förändring.")
_MOVED = {
    -1: phrase(
        "Bland {those} som mättes två gånger sjönk genomsnittet med {size} poäng, från {before} till {after} på {measure} ({details})."
    ),
    0: phrase("Bland {those} som mättes två gånger var genomsnittet oförändrat på {measure} ({details})."),
    1: phrase(
        "Bland {those} som mättes två gånger steg genomsnittet med {size} poäng, från {before} till {after} på {measure} ({details})."
    ),
}


def _sign(change: float) -> int:
    return 0 if abs(change) < STILL else -1 if change < 0 else 1


def _details(read: Reader, outcome: Outcome) -> str:
    cell = f"{outcome.key}/change"
    if not read.has_interval(cell):
        return scale(read, outcome)
    return read.say("95 % intervall {interval}; {scale}", interval=read.interval(cell), scale=scale(read, outcome))


def persons(read: Reader, outcome: Outcome) -> str:
    """Better, unchanged and worse, with equal weight."""
    key = outcome.key
    better, same, worse = (f"{key}/{name}" for name in ("better", "unchanged", "deteriorated"))
    values = {"better": read.how_many(better).capitalize(), "n": read.count(f"{key}/paired")}
    if rest := not_better(read, outcome):
        return read.say(_PERSONS[bool(rest.few)], **values, **rest_values(read, rest))
    if not any(map(read.tells, (better, same, worse))):
        return read.say(
            "Hur många som blev säkert bättre, oförändrade och säkert sämre är dolt för att skydda enskilda."
        )
    return read.say(
        "{better} blev säkert bättre, {same} fick ingen säker förändring och {worse} blev säkert sämre, av {n} mätta.",
        same=read.count(same),  # «ingen fick ingen» cannot be read
        worse=read.how_many(worse),
        **values,
    )


# Whether it is told that few are worse.
_PERSONS = {
    False: phrase("{better} blev säkert bättre och {rest} fick ingen säker förändring eller blev säkert sämre, av {n} mätta."),
    True: phrase("{better} blev säkert bättre och {rest} fick ingen säker förändring eller blev säkert sämre ({few} blev säkert sämre), av {n} mätta."),
}  # fmt: skip


def rest_values(read: Reader, rest: NotBetter) -> dict[str, str]:
    """Those who are not better, for a sentence."""
    return {"rest": read.numbers.whole(rest.n), "few": rest.few}


# Worst and best case of a share among all, by what it is a share of.
BETTER = phrase("Av alla {whole} blev mellan {low} och {high} säkert bättre, beroende på dem som saknas.")
ANSWERED_SO = phrase("Av alla {whole} svarade mellan {low} och {high} så, beroende på dem som saknas.")
GOT_SO = phrase("Av alla {whole} fick mellan {low} och {high} så, beroende på dem som saknas.")
HAS_SUCH_GOAL = phrase("Av alla {whole} har mellan {low} och {high} minst ett sådant mål, beroende på dem som saknas.")
HAS_SUCH_ANSWER = phrase(
    "Av alla {whole} har mellan {low} och {high} minst ett sådant svar, beroende på dem som saknas."
)

HAS_SOME = phrase(
    "Av alla {whole} har mellan {low} och {high} minst ett svar eller mål bedömt som {labels}, beroende på dem som saknas."
)
# Whose word it is, and whether the answers that count as good are named.
_GOOD = {
    ("own", True): phrase("Av alla {whole} svarade mellan {low} och {high} {labels}, beroende på dem som saknas."),
    ("own", False): phrase("Av alla {whole} gav mellan {low} och {high} {labels}, beroende på dem som saknas."),
    ("judged", True): phrase(
        "Av alla {whole} bedömdes mellan {low} och {high} som {labels}, beroende på dem som saknas."
    ),
    ("judged", False): phrase("Av alla {whole} fick mellan {low} och {high} {labels}, beroende på dem som saknas."),
    ("fact", True): phrase(
        "Av alla {whole} fick mellan {low} och {high} utfallet {labels}, beroende på dem som saknas."
    ),
    ("fact", False): phrase("Av alla {whole} fick mellan {low} och {high} {labels}, beroende på dem som saknas."),
}


def good_range(read: Reader, outcome: Outcome) -> str:
    """Worst and best case of the share of good answers, which it names."""
    template = _GOOD[voice(outcome), names_the_good(outcome)]
    return share_range(read, outcome, f"{outcome.key}/positive/bounds", template, labels=positive_labels(read, outcome))


def share_range(read: Reader, outcome: Outcome, cell_id: str, template: str, **values: str) -> str:
    """Worst and best case of a share among all, said by one of the templates above; empty where nobody is missing."""
    if not read.report.has(cell_id) or not read.shown(cell_id):
        return ""
    bounds = read.cell(cell_id)
    if bounds.low == bounds.high:
        return ""
    # Whole per cent: a decimal would claim precision that bounds lack.
    low, high = read.numbers.percent(bounds.low, None), read.numbers.percent(bounds.high, None)
    if bounds.n and bounds.n < SMALLEST_DENOMINATOR:
        low, high = read.numbers.whole(bounds.low * bounds.n), read.numbers.whole(bounds.high * bounds.n)
    return read.say(template, whole=read.count(read.whole(outcome)), low=low, high=high, **values)


_ARM = {
    True: phrase("{arm}: genomsnittet sjönk {size} poäng ({n} av {of} mätta)."),
    False: phrase("{arm}: genomsnittet steg {size} poäng ({n} av {of} mätta)."),
}


def trial_arms(read: Reader, outcome: Outcome) -> str:
    """Both arms of a trial, and what follows from them."""
    subgroup = next(group for group in read.report.context.unit.subgroups if group.kind == "trial_arms")
    place = f"{outcome.key}/by/{subgroup.by}"
    levels = sorted(
        {cell.id.removeprefix(f"{place}/").rsplit("/", 1)[0] for cell in read.report.within(f"{place}/")} - {""},
        key=lambda level: level != subgroup.reference,
    )
    cells = [f"{place}/{level}" for level in levels]
    if not read.shown(*(f"{cell}/change" for cell in cells)):
        return ""
    arms = [
        read.say(_ARM[read.value(f"{cell}/change") < 0], arm=read.level(subgroup.by, level), size=read.size(f"{cell}/change"),
                 n=read.count(f"{cell}/paired"), of=read.count(f"{cell}/eligible"))
        for level, cell in zip(levels, cells, strict=True)
    ]  # fmt: skip
    reference = read.level(subgroup.by, subgroup.reference or "")
    last = read.say("Poängen ändrades alltså även i gruppen «{reference}».", reference=reference)
    return " ".join([*arms, last])


_MOST_LABELS = 3  # more cannot be taken in as a list


def experienced(outcome: Outcome) -> bool:
    """Whether the answers are somebody's own experience; else they are a judgement, or a fact."""
    return outcome.measure.kind == "after_only" or (outcome.measure.kind == "judgement" and outcome.rater in OWN_VOICES)


def voice(outcome: Outcome) -> str:
    """Whose word an answer is: somebody's ``own``, ``judged`` by another, or a ``fact``."""
    if experienced(outcome):
        return "own"
    return "judged" if outcome.measure.kind == "judgement" else "fact"


def names_the_good(outcome: Outcome) -> bool:
    """Whether `positive_labels` gives the good answers by name."""
    good = [level for level in outcome.measure.levels if level.positive]
    return len(good) <= _MOST_LABELS or all(level.order is not None for level in good)


def positive_labels(read: Reader, outcome: Outcome) -> str:
    """The answers that count as good: by name, from lowest to highest, or as the unit's choice."""
    levels = [level for level in outcome.measure.levels if level.positive]
    if len(levels) <= _MOST_LABELS:
        return read.say(" eller ").join(read.quoted(level) for level in levels)
    if names_the_good(outcome):
        ordered = sorted(levels, key=lambda level: level.order or 0)
        return read.say("«{low}» till «{high}»", low=read.label(ordered[0]), high=read.label(ordered[-1]))
    return read.say("ett av de {n} svar som räknas som goda", n=read.numbers.whole(len(levels)))


_OF_DEVELOPMENT = {"closing", "judgement", "after_only"}  # kinds of answers that say how it went
_DIRECTIONS = {"improved", "unchanged", "unchanged_or_worse", "worse"}


def blind_spot(read: Reader, outcome: Outcome) -> str:
    """What the set of answers cannot say: nothing worse, or nothing unchanged; empty where it can say both."""
    levels = outcome.measure.levels
    if outcome.measure.kind not in _OF_DEVELOPMENT:
        return ""
    meanings = {level.meaning for level in levels}
    worse, same = bool({"worse", "unchanged_or_worse"} & meanings), bool({"unchanged", "unchanged_or_worse"} & meanings)
    if outcome.measure.kind == "closing" and not worse:
        return read.say("Bland utfallen finns inget för oförändrat eller sämre: dåliga resultat kan inte synas.")
    if meanings & _DIRECTIONS and worse and not same:
        return read.say(
            "Bland svaren finns inget för oförändrat: den som är oförändrad hamnar bland de andra, eller saknar svar."
        )
    if meanings & _DIRECTIONS and not worse:
        return read.say("Bland svaren finns inget för sämre: den som har fått det sämre kan inte synas.")
    if any(level.positive for level in levels) and all(level.positive for level in levels):
        return read.say("Alla svar räknas som goda: dåliga resultat kan inte synas.")
    return ""


def missing_once(read: Reader, outcome: Outcome) -> str:
    """How many have no answer; those whose answer says that nobody knows are told apart."""
    key, everyone = outcome.key, read.count(read.whole(outcome))
    missing, silent = f"{key}/missing", f"{key}/silent"
    share = read.bracket(f"{missing}/share")
    if not read.report.has(silent):
        return read.say(
            "{missing} av {all} saknar uppgift{share}.",
            missing=read.how_many(missing).capitalize(),
            all=everyone,
            share=share,
        )
    return " ".join((
        read.say("{silent} av {all} saknar uppgift.", silent=read.how_many(silent).capitalize(), all=everyone),
        *(read.say("För {n} är utfallet okänt («{label}»).", n=read.count(f"{key}/level/{level.code}"), label=read.label(level))
          for level in special(outcome.measure, "not_known")),
        read.say("Tillsammans är det {missing}{share}.", missing=read.count(missing), share=share),
    ))  # fmt: skip


def nobody_knows(read: Reader, outcome: Outcome) -> str:
    """The same within a paragraph that has said of how many."""
    key = outcome.key
    if read.value(f"{key}/missing") == 0:
        return read.say("Ingen uppgift saknas.")
    if not read.report.has(f"{key}/silent"):
        return read.say("För {people} saknas uppgift.", people=read.people(f"{key}/missing"))
    unknown = [read.count(f"{key}/level/{level.code}") for level in special(outcome.measure, "not_known")]
    return read.say(
        "{silent} saknar uppgift, för {unknown} är utfallet okänt.",
        silent=read.how_many(f"{key}/silent").capitalize(),
        unknown=read.say(" och ").join(unknown),
    )


_TARGET_STATES = {
    "reached": phrase("Det är nått vad som än är sant om dem som saknas."),
    "not_reached": phrase("Det är inte nått vad som än är sant om dem som saknas."),
    "open": phrase("Om det är nått av alla beror på dem som saknas."),
}


def targets(read: Reader, outcome: Outcome, *, source: bool = True) -> list[str]:
    """Each target that the unit has decided, beside what was seen and what the missing could make of it."""
    lines = []
    for place, target in enumerate(read.report.context.unit.targets):
        cell = f"{outcome.key}/target/{place}"
        if not read.report.has(f"{cell}/reached"):
            continue
        if not read.shown(f"{cell}/reached", f"{outcome.key}/answered", read.whole(outcome)):
            lines.append(read.say("Enhetens mål är minst {share}. Hur många som har nått det är dolt för att skydda enskilda.",
                                  share=read.numbers.percent(target.share, None)))  # fmt: skip
            continue
        goal = {"share": read.numbers.percent(target.share, None), "source": read.own(target.source)}
        said = [
            read.say("{n} av {of} med uppgift{share}, och av alla {all}{of_all}, har det utfall som målet gäller.",
                     n=read.count(f"{cell}/reached").capitalize(), of=read.count(f"{outcome.key}/answered"),
                     share=read.bracket(f"{cell}/share"), all=read.count(read.whole(outcome)), of_all=read.bracket(f"{cell}/of_all")),
            read.say("Enhetens mål är minst {share} (källa: {source}).", **goal) if source
            else read.say("Enhetens mål är minst {share}.", share=goal["share"]),
        ]  # fmt: skip
        state = _TARGET_STATES.get(read.code(f"{cell}/state"))
        lines.append(" ".join([*said, *([read.say(state)] if state else [])]))
    return lines


def standing(read: Reader) -> str:
    """That the report shows what was out already; empty where it does not."""
    if not read.report.standing:
        return ""
    return read.say(
        "Rapporten visar de uppgifter som redan är publicerade, med datum {date}. Så få har tillkommit sedan dess att nya tal skulle "
        "peka ut dem.",
        date=read.report.context.as_of.isoformat(),
    )


def why_no_person_categories(read: Reader, outcome: Outcome) -> str:
    """Why nobody is called better or worse."""
    return read.say(
        "Ingen enskild kallas bättre eller sämre på {measure}: ingen källa säger hur stor en säker förändring är.",
        measure=read.name(outcome.measure),
    )
