"""First page where the same person was measured or known twice."""

from __future__ import annotations

import math

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, basis, sentences, verdicts
from isu_analysis.presentation.blocks import Callout
from isu_analysis.presentation.not_better import NotBetter, not_better
from isu_analysis.presentation.page_one.parts import (
    Page,
    Picture,
    between,
    counted,
    everyone,
    how_sure,
    many,
    meant,
    no_cause,
    nobody,
    of_all,
    unless_hidden,
)
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_MEASURED = {"change": phrase("mättes två gånger"), "sessions": phrase("mättes minst två gånger")}
_ALL_THREE = ("better", "unchanged", "deteriorated")


def change(read: Reader) -> Page:
    """First page of a unit whose primary outcome is a scale measured twice."""
    outcome = read.report.main
    return Page(
        (
            meant(read),
            counted(read, read.say(_MEASURED[outcome.design]), f"{outcome.key}/paired", of_all(read, f"{outcome.key}/paired_share")),
            counted(read, read.say("saknar någon mätning"), f"{outcome.key}/lost", of_all(read, f"{outcome.key}/lost_share")),
        ),
        _known(read, outcome),
        _unknown(read, outcome),
        no_cause(read),
        Picture(
            unless_hidden(read, f"{outcome.key}/lost", bars.change_bars(read, outcome)),
            read.say("{measure}, {start} till {end}", **_named(read, outcome)),
            basis.of_outcome(read, outcome),
            _usual(read, outcome),
        ),
        _sure(read, outcome),
    )  # fmt: skip


def _named(read: Reader, outcome: Outcome) -> dict[str, str]:
    return {
        "measure": read.name(outcome.measure),
        "start": read.occasion(outcome.start),
        "end": read.occasion(outcome.end),
    }


def _known(read: Reader, outcome: Outcome) -> str:
    """Better, unchanged and worse of all; without a limit for people the two means."""
    if not outcome.criterion:
        return _means(read, outcome)
    better, same, worse = (f"{outcome.key}/{name}" for name in _ALL_THREE)
    of = everyone(read)
    if rest := not_better(read, outcome):
        return _together(read, outcome, rest)
    if not any(map(read.tells, (better, same, worse))):
        return read.say("Hur många av {of} som blev bättre och sämre är dolt för att skydda enskilda.", of=of)
    if read.shown(better) and read.value(better) == read.value(read.whole(outcome)):
        return read.say("Alla {of} blev säkert bättre: ingen är oförändrad och ingen blev sämre.", of=of)
    values = {"of": of, "better": read.how_many(better), "worse": read.how_many(worse)}
    if not nobody(read, lost := f"{outcome.key}/lost"):
        return read.say(
            "Av alla {of} blev {better} säkert bättre, {same} fick ingen säker förändring, {worse} blev säkert sämre och {lost} är inte "
            "mätta två gånger.", same=read.count(same), lost=read.how_many(lost), **values,
        )  # fmt: skip
    if nobody(read, same):
        return read.say(
            "Av alla {of} blev {better} säkert bättre och {worse} säkert sämre: alla mätta fick en säker förändring.",
            **values,
        )
    return read.say(
        "Av alla {of} blev {better} säkert bättre, {same} fick ingen säker förändring och {worse} blev säkert sämre.",
        same=read.how_many(same),
        **values,
    )


def _together(read: Reader, outcome: Outcome, rest: NotBetter) -> str:
    """Unchanged and worse in one number, as they are not shown apart."""
    lost = f"{outcome.key}/lost"
    values = {"of": everyone(read), "better": read.how_many(f"{outcome.key}/better")}
    values |= sentences.rest_values(read, rest)
    if nobody(read, lost):
        return read.say(_TOGETHER[bool(rest.few)], **values)
    return read.say(_TOGETHER_OF_MEASURED[bool(rest.few)], lost=read.how_many(lost), **values)


# Whether it is told that few are worse.
_TOGETHER = {
    False: phrase("Av alla {of} blev {better} säkert bättre, och {rest} fick ingen säker förändring eller blev säkert sämre."),
    True: phrase("Av alla {of} blev {better} säkert bättre, och {rest} fick ingen säker förändring eller blev säkert sämre ({few} blev säkert sämre)."),
}  # fmt: skip
_TOGETHER_OF_MEASURED = {
    False: phrase("Av alla {of} blev {better} säkert bättre, {rest} fick ingen säker förändring eller blev säkert sämre, och {lost} är inte mätta två gånger."),
    True: phrase("Av alla {of} blev {better} säkert bättre, {rest} fick ingen säker förändring eller blev säkert sämre ({few} blev säkert sämre), och {lost} är inte mätta två gånger."),
}  # fmt: skip


# Which way a mean moved, and which way is better.
_MEANS = {
    (True, True): phrase("Bland {those} som mättes två gånger steg genomsnittet på {measure} från {before} till {after} poäng, och högre är bättre."),
    (True, False): phrase("Bland {those} som mättes två gånger steg genomsnittet på {measure} från {before} till {after} poäng, men lägre är bättre."),
    (False, True): phrase("Bland {those} som mättes två gånger sjönk genomsnittet på {measure} från {before} till {after} poäng, men högre är bättre."),
    (False, False): phrase("Bland {those} som mättes två gånger sjönk genomsnittet på {measure} från {before} till {after} poäng, och lägre är bättre."),
}  # fmt: skip


def _means(read: Reader, outcome: Outcome) -> str:
    key, measure = outcome.key, outcome.measure
    if not read.shown(f"{key}/change", f"{key}/start_mean", f"{key}/end_mean"):
        return read.say("Medelförändringen på {measure} är dold för att skydda enskilda.", measure=read.name(measure))
    values = {"those": read.those(f"{key}/paired"), "measure": read.name(measure), "before": read.points(f"{key}/start_mean"),
              "after": read.points(f"{key}/end_mean")}  # fmt: skip
    change = read.value(f"{key}/change")
    if abs(change) < sentences.STILL:
        return read.say(
            "Bland {those} som mättes två gånger var genomsnittet på {measure} lika före och efter: {before} och {after} poäng.",
            **values,
        )
    return read.say(_MEANS[change > 0, bool(measure.higher_is_better)], **values)


def _unknown(read: Reader, outcome: Outcome) -> str:
    """How many are missing and what they could make of it; without a limit for people that nobody is called worse."""
    key = outcome.key
    values = {"n": read.how_many(f"{key}/lost"), "of": everyone(read)}
    all_measured = nobody(read, f"{key}/lost")
    if not outcome.criterion:
        name = read.name(outcome.measure)
        if all_measured:
            return read.say(
                "Hur många som blev sämre går inte att säga: {measure} har ingen gräns för säker förändring.",
                measure=name,
            )
        return read.say("För {n} av {of} saknas mätning, och hur många som blev sämre går inte att säga: {measure} har ingen gräns för säker förändring.",
                        measure=name, **values)  # fmt: skip
    if all_measured:
        return read.say("Alla {of} är mätta två gånger, men hur det gick sedan säger siffrorna inte.", of=values["of"])
    better, worse = between(read, f"{key}/better/bounds"), between(read, f"{key}/deteriorated/bounds")
    if better and worse:
        return read.say(
            "För {n} av {of} saknas mätning: mellan {low} och {high} av alla {of} kan ha blivit säkert bättre, och mellan {least} "
            "och {most} säkert sämre.",
            **values, **better, least=worse["low"], most=worse["high"],
        )  # fmt: skip
    if better:
        return read.say(
            "För {n} av {of} saknas mätning, så mellan {low} och {high} av alla {of} kan ha blivit säkert bättre.",
            **values,
            **better,
        )
    return read.say("För {n} av {of} saknas mätning, och hur det gick för dem vet ingen.", **values)


def _usual(read: Reader, outcome: Outcome) -> str:
    """How it is often told, when somebody is missing."""
    key = outcome.key
    if not read.shown(f"{key}/paired", f"{key}/lost") or nobody(read, f"{key}/lost"):
        return ""
    values = {"n": read.count(f"{key}/paired"), "of": everyone(read)}
    if outcome.criterion and read.shown(f"{key}/better/share"):
        share = read.percent(f"{key}/better/share")
        return read.say(
            "Så här låter det ofta: «{share} blev bättre», räknat bara på de {n} som mättes, inte på alla {of}.",
            share=share,
            **values,
        )
    if not outcome.criterion and read.shown(f"{key}/change"):
        size = read.points(f"{key}/change")
        return read.say(
            "Så här låter det ofta: «{size} poäng i snitt», räknat bara på de {n} som mättes, inte på alla {of}.",
            size=size,
            **values,
        )
    return ""


def _sure(read: Reader, outcome: Outcome) -> tuple[Callout, ...]:
    title, text, tone = verdicts.of_change(read, outcome)
    return (Callout(title, f"{mean} {text}" if (mean := _moved(read, outcome)) else text, tone),)  # type: ignore[arg-type]


_MOVED = {
    True: phrase("Genomsnittet på {measure} steg med {size} poäng bland {those} som mättes två gånger ({direction})."),
    False: phrase(
        "Genomsnittet på {measure} sjönk med {size} poäng bland {those} som mättes två gånger ({direction})."
    ),
}


def _moved(read: Reader, outcome: Outcome) -> str:
    """What the verdict is about: how the mean moved, and how sure that is."""
    cell = f"{outcome.key}/change"
    if read.code(f"{outcome.key}/verdict/reason") == "not_estimable":
        return ""
    if not read.shown(cell) or math.isnan(read.value(cell)) or abs(read.value(cell)) < sentences.STILL:
        return ""
    higher = outcome.measure.higher_is_better
    direction = read.say("högre är bättre") if higher else read.say("lägre är bättre")
    if read.has_interval(cell):
        direction = read.say(
            "95 % intervall {interval}; {direction}", interval=read.interval(cell), direction=direction
        )
    return read.say(_MOVED[read.value(cell) > 0], measure=read.name(outcome.measure), size=read.size(cell),
                    those=read.those(f"{outcome.key}/paired"), direction=direction)  # fmt: skip


def transition(read: Reader) -> Page:
    """First page of a unit whose primary outcome is a named state before and after."""
    outcome = read.report.main
    key = outcome.key
    values = {"n": read.how_many(f"{key}/lost"), "of": everyone(read)}
    all_known = nobody(read, f"{key}/lost")
    return Page(
        (
            meant(read),
            counted(read, read.say("är kända vid start och slut"), f"{key}/paired", of_all(read, f"{key}/paired_share")),
            counted(read, read.say("saknar någon uppgift"), f"{key}/lost", of_all(read, f"{key}/lost_share")),
        ),
        _states(read, outcome),
        read.say("Alla {of} är kända vid start och slut, men hur det gick sedan säger siffrorna inte.", of=values["of"]) if all_known
        else read.say("För {n} av {of} saknas läget före eller efter, och åt vilket håll det gick för dem vet ingen.", **values),
        no_cause(read),
        Picture(
            unless_hidden(read, f"{key}/lost", bars.transition_bars(read, outcome)),
            read.say("{measure}, {start} till {end}", **_named(read, outcome)),
            basis.of_outcome(read, outcome),
            _usual_states(read, outcome),
        ),
        (how_sure(read, f"{key}/lost"),),
    )  # fmt: skip


def _states(read: Reader, outcome: Outcome) -> str:
    """Nearer, as near and further; where states have no order, how many were in a good one before and after."""
    key, of = outcome.key, everyone(read)
    if rest := not_better(read, outcome):
        return read.say(
            _STATES_TOGETHER[bool(rest.few)], of=of, up=many(read, f"{key}/up"), **sentences.rest_values(read, rest)
        )
    if read.report.has(f"{key}/up") and not any(read.tells(f"{key}/{name}") for name in ("up", "same", "down")):
        return read.say(
            "Hur många av {of} som kom närmare eller längre från det önskade är dolt för att skydda enskilda.", of=of
        )
    if read.report.has(f"{key}/up"):
        return read.say("Av alla {of} kom {up} närmare det önskade, {same} var lika nära och {down} kom längre från det.", of=of,
                        up=many(read, f"{key}/up"), same=many(read, f"{key}/same"), down=many(read, f"{key}/down"))  # fmt: skip
    if read.report.has(f"{key}/from_good"):
        return read.say("Av alla {of} hade {before} ett gott läge vid start och {after} vid slut.", of=of,
                        before=read.how_many(f"{key}/from_good"), after=read.how_many(f"{key}/to_good"))  # fmt: skip
    return read.say("Av alla {of} är läget känt både före och efter för {n}.", of=of, n=read.how_many(f"{key}/paired"))


_STATES_TOGETHER = {
    False: phrase("Av alla {of} kom {up} närmare det önskade, och {rest} var lika nära eller kom längre från det."),
    True: phrase("Av alla {of} kom {up} närmare det önskade, och {rest} var lika nära eller kom längre från det ({few} kom längre från det)."),
}  # fmt: skip


def _usual_states(read: Reader, outcome: Outcome) -> str:
    key = outcome.key
    if not read.shown(f"{key}/up/share", f"{key}/lost") or nobody(read, f"{key}/lost"):
        return ""
    return read.say("Så här låter det ofta: «{share} kom närmare det önskade», räknat bara på de {n} som är kända, inte på alla {of}.",
                    share=read.percent(f"{key}/up/share"), n=read.count(f"{key}/paired"), of=everyone(read))  # fmt: skip
