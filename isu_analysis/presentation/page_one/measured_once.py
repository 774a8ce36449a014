"""First page where each person has one answer: closing reasons, judgements, statements afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import Outcome
from isu_analysis.measures import Level
from isu_analysis.presentation import bars, basis, sentences, verdicts
from isu_analysis.presentation.blocks import Callout, KeyFigure
from isu_analysis.presentation.outcomes.levels import marked, placed
from isu_analysis.presentation.page_one.parts import (
    Page,
    Picture,
    between,
    bracket,
    counted,
    everyone,
    listed,
    many,
    meant,
    nobody,
    of_all,
    unless_hidden,
)
from isu_analysis.presentation.reader import RATERS, SMALLEST_DENOMINATOR, Reader
from isu_analysis.presentation.together import together
from isu_analysis.presentation.wording import phrase

_AGAINST = {"worse", "unchanged_or_worse", "unchanged"}
_MOST_AGAINST = 4  # more answers than this are told by the figure


@dataclass(frozen=True)
class Words:
    """How one sort of answer is spoken of: somebody's own, a judgement, or a fact."""

    answered: str
    missing: str
    good: str  # where the good answers are too many to name
    known: str
    answer: str
    between: str
    unknown: str
    often: str
    often_without: str  # some answers are left out of that way of counting
    beside: str


_OWN = Words(
    phrase("svarade"), phrase("saknar svar"), phrase("ett gott svar"),
    phrase("Av alla {of} svarade {answers}."), phrase("{n} {label}{share}"),
    phrase("För {n} av {of} saknas svar, så de goda svaren kan vara mellan {low} och {high} av alla {of}."),
    phrase("För {n} av {of} saknas svar, och vad de skulle ha svarat vet ingen."),
    phrase("Så här låter det ofta: {share} svarade {labels}, räknat bara på {n} av {of}."),
    phrase("Så här låter det ofta: {share} svarade {labels}, räknat bara på {n} av {of}. Där är {outside} inte med."),
    phrase("{caption}. Samma svar, räknade på två sätt."),
)  # fmt: skip
_JUDGED = Words(
    phrase("har en bedömning"), phrase("saknar bedömning"), phrase("goda"),
    phrase("Av alla {of} bedömdes {answers}."), phrase("{n} som {label}{share}"),
    phrase("För {n} av {of} saknas bedömning, så de goda kan vara mellan {low} och {high} av alla {of}."),
    phrase("För {n} av {of} saknas bedömning, och hur det gick för dem vet ingen."),
    phrase("Så här låter det ofta: {share} bedömdes som {labels}, räknat bara på {n} av {of}."),
    phrase("Så här låter det ofta: {share} bedömdes som {labels}, räknat bara på {n} av {of}. Där är {outside} inte med."),
    phrase("{caption}. Samma bedömningar, räknade på två sätt."),
)  # fmt: skip
_FACT = Words(
    phrase("har ett känt utfall"), phrase("har ett okänt utfall"), phrase("ett gott utfall"),
    phrase("Av alla {of} fick {answers}."), phrase("{n} {label}{share}"),
    phrase("För {n} av {of} är utfallet okänt, så de goda utfallen kan vara mellan {low} och {high} av alla {of}."),
    phrase("För {n} av {of} är utfallet okänt, och hur det gick för dem vet ingen."),
    phrase("Så här låter det ofta: {share} fick {labels}, räknat bara på {n} av {of}."),
    phrase("Så här låter det ofta: {share} fick {labels}, räknat bara på {n} av {of}. Där är {outside} inte med."),
    phrase("{caption}. Samma utfall, räknade på två sätt."),
)  # fmt: skip


def levels(read: Reader) -> Page:
    """First page of a unit with one answer per person."""
    outcome = read.report.main
    words = _words(outcome)
    usual, known = bars.level_bars(read, outcome)
    return Page(
        _counted(read, outcome, words),
        _known(read, outcome, words),
        _unknown(read, outcome, words),
        _not_meant(read, outcome),
        Picture(
            unless_hidden(read, f"{outcome.key}/missing", (usual, marked(read, outcome, known))),
            read.name(outcome.measure),
            basis.of_outcome(read, outcome),
            " ".join(filter(None, (_often(read, outcome, words), _maintained(read, outcome)))),
            words.beside,
        ),
        _sure(read, outcome),
    )


def _words(outcome: Outcome) -> Words:
    return {"own": _OWN, "judged": _JUDGED, "fact": _FACT}[sentences.voice(outcome)]


def _good(read: Reader, outcome: Outcome, words: Words) -> str:
    return sentences.positive_labels(read, outcome) if sentences.names_the_good(outcome) else read.say(words.good)


def _counted(read: Reader, outcome: Outcome, words: Words) -> tuple[KeyFigure, ...]:
    """Who came, who completed where that is known, who answered, and who did not."""
    key = outcome.key
    row = [meant(read)]
    if read.report.has("flow/completed"):
        row.append(counted(read, read.say("fullföljde"), "flow/completed", _of_started(read)))
    row.append(counted(read, read.say(words.answered), f"{key}/answered", of_all(read, f"{key}/answered/share")))
    return *row, counted(read, read.say(words.missing), f"{key}/missing", _missing_note(read, outcome))


def _of_started(read: Reader) -> str:
    if not read.shown("flow/completed_share", "flow/started"):
        return ""
    return read.say(
        "{share} av {of} som började", share=read.percent("flow/completed_share"), of=read.count("flow/started")
    )


def _missing_note(read: Reader, outcome: Outcome) -> str:
    """The loss among all, and beside it the loss among those who completed."""
    whole, completed = of_all(read, f"{outcome.key}/missing/share"), f"{outcome.key}/missing_of_completed/share"
    if not read.shown(completed, "flow/completed"):
        return whole
    return read.say(
        "{whole}, {share} av {of} som fullföljde",
        whole=whole,
        share=read.percent(completed),
        of=read.count("flow/completed"),
    )


def _known(read: Reader, outcome: Outcome, words: Words) -> str:
    """How many of all had a good answer, and how many each answer that speaks against."""
    good = f"{outcome.key}/positive"
    told = [_answer(read, words, good, _good(read, outcome, words))] if read.report.has(good) else []
    rest = _against(outcome) if told else ordinary(outcome.measure)
    cells = {level.code: f"{outcome.key}/level/{level.code}" for level in rest}
    if not any(map(read.shown, [*cells.values(), good])):
        return read.say("Hur svaren fördelar sig bland alla {of} är dolt för att skydda enskilda.", of=everyone(read))
    hidden = [level for level in rest if not read.shown(cells[level.code])]
    apart = [level for level in rest if level not in hidden or len(hidden) == 1]
    told += [_answer(read, words, cells[level.code], read.quoted(level)) for level in apart]
    told += _together(read, outcome, words, hidden) if len(hidden) > 1 else []
    told += [] if rest else _others(read, outcome)
    answers, missing = listed(read, told), f"{outcome.key}/missing"
    if not nobody(read, missing):
        answers = read.say("{answers}; för {n} saknas uppgift", answers=answers, n=read.how_many(missing))
    return read.say(words.known, of=everyone(read), answers=answers)


def _together(read: Reader, outcome: Outcome, words: Words, hidden: list[Level]) -> list[str]:
    """Answers that are not shown apart, with their number together where anybody can work it out."""
    key = outcome.key
    good = [f"{key}/positive"] if read.report.has(f"{key}/positive") else []
    others = [f"{key}/level/{level.code}" for level in ordinary(outcome.measure) if not (good and level.positive)]
    sum_ = together(read, f"{key}/answered", [*good, *others], [f"{key}/level/{level.code}" for level in hidden])
    n = read.say("ett dolt antal") if sum_ is None else read.numbers.whole(sum_)
    return [read.say(words.answer, n=n, label=read.say(" eller ").join(map(read.quoted, hidden)), share="")]


def _others(read: Reader, outcome: Outcome) -> list[str]:
    """How many had none of the good answers, where no single one of the others speaks against."""
    cells = [f"{outcome.key}/level/{level.code}" for level in ordinary(outcome.measure) if not level.positive]
    if not cells or not read.shown(*cells, read.whole(outcome)):
        return []
    n, of = sum(map(read.value, cells)), int(read.value(read.whole(outcome)))
    share = f" ({read.numbers.percent(n / of, of)})" if of >= SMALLEST_DENOMINATOR and n else ""
    return [read.say("{n} något annat{share}", n=read.numbers.whole(n) if n else read.say("ingen"), share=share)]


def _answer(read: Reader, words: Words, cell: str, label: str) -> str:
    return read.say(words.answer, n=many(read, cell), label=label, share=bracket(read, f"{cell}/of_all"))


def _against(outcome: Outcome) -> list[Level]:
    """Answers below the good ones where there is an order; else those whose meaning is unchanged or worse. Best first."""
    rest = [level for level in ordinary(outcome.measure) if not level.positive]
    if any(level.order is None for level in rest) or len(rest) > _MOST_AGAINST:
        rest = [level for level in rest if level.meaning in _AGAINST]
    return sorted(rest, key=lambda level: -(level.order or 0))


def _unknown(read: Reader, outcome: Outcome, words: Words) -> str:
    """For how many nothing is known and what they could make of it; where nobody is missing what no answer can show."""
    missing, of = f"{outcome.key}/missing", everyone(read)
    if nobody(read, missing):
        return sentences.blind_spot(read, outcome) or read.say(
            "Alla {of} är med, men hur det gick sedan säger siffrorna inte.", of=of
        )
    ends, gone = between(read, f"{outcome.key}/positive/bounds"), f"{outcome.key}/reason/by/placed"
    if ends and outcome.measure.missed_if_placed and read.shown(gone):
        return read.say(
            "För {n} av {of} saknas uppgift, men {placed} av dem är placerade och har inte nått målet: mellan {low} och {high} av alla "
            "{of} kan ha nått det.", n=read.how_many(missing), of=of, placed=read.how_many(gone), **ends,
        )  # fmt: skip
    return read.say(words.between if ends else words.unknown, n=read.how_many(missing), of=of, **ends)


# Whose word it is, where it is neither a judgement of change nor somebody's own experience.
_NOT_MEANT = {
    "staff": phrase("Utfallet är personalens bedömning vid {at}: utan mätning före kan ingen förändring beräknas."),
    "register": phrase("Utfallet vid {at} är hämtat ur register: utan mätning före kan ingen förändring beräknas."),
}


def _not_meant(read: Reader, outcome: Outcome) -> str:
    """What an answer without anything before it does not mean."""
    if sentences.experienced(outcome):
        return read.say("Svaren gäller upplevd förändring efteråt: utan mätning före finns ingen uppmätt förändring.")
    occasion = read.report.context.unit.occasions[str(outcome.end)]
    at = read.say("avslutet") if occasion.role == "end" else read.occasion(outcome.end)
    voice = read.say(RATERS[outcome.rater])
    if outcome.measure.kind == "judgement":
        return read.say(
            "Förändringen är bedömd vid {at} ({voice}), inte uppmätt: ingen mätning finns före.", at=at, voice=voice
        )
    other = phrase("Utfallet vid {at} är {voice}: utan mätning före kan ingen förändring beräknas.")
    return read.say(_NOT_MEANT.get(outcome.rater, other), at=at, voice=voice)


def _often(read: Reader, outcome: Outcome, words: Words) -> str:
    """How it is often told, where somebody is left out of that."""
    key, outside = outcome.key, read.report.has(f"{outcome.key}/positive/usual")
    share, base = (f"{key}/positive/usual", f"{key}/usual") if outside else (f"{key}/positive/share", f"{key}/answered")
    if not read.shown(share, base, read.whole(outcome)) or read.value(base) == read.value(read.whole(outcome)):
        return ""
    left_out = [level for level in ordinary(outcome.measure) if level.code in read.report.context.unit.counting_outside]
    return read.say(
        words.often_without if outside else words.often,
        share=read.percent(share), labels=_good(read, outcome, words), n=read.count(base), of=everyone(read),
        outside=listed(read, [read.quoted(level) for level in left_out]),
    )  # fmt: skip


def _maintained(read: Reader, outcome: Outcome) -> str:
    """That what is unchanged is good, where the unit says so."""
    kept = [read.quoted(level) for level in outcome.measure.levels if level.positive and level.meaning == "unchanged"]
    if not kept:
        return ""
    return read.say("{labels} är ett gott resultat här: det har enheten bestämt.", labels=listed(read, kept))


def _sure(read: Reader, outcome: Outcome) -> tuple[Callout, ...]:
    """The unit's own target where it has one, else whether it is more than half; and what the answers cannot show."""
    callouts = [Callout(*verdict) for verdict in verdicts.of_answers(read, outcome)]  # type: ignore[arg-type]
    blind = (
        "" if nobody(read, f"{outcome.key}/missing") else sentences.blind_spot(read, outcome)
    )  # else it is one of the three
    if notes := " ".join(filter(None, (placed(read, outcome), blind))):
        callouts.append(Callout(read.say("Att tänka på"), notes, "note"))
    return tuple(callouts)
