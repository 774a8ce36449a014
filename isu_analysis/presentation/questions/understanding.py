"""Questions about why the numbers are as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation.questions import groups_apart, setbacks
from isu_analysis.presentation.questions.facts import SAME, WORSE, coverage, good
from isu_analysis.presentation.questions.facts import said as said_of
from isu_analysis.presentation.quotable import part_of
from isu_analysis.presentation.reader import OWN_VOICES, Reader
from isu_analysis.presentation.wording import phrase

_OF_DEVELOPMENT = {"closing", "judgement", "after_only"}
_WORSE_ANSWERS = {"worse", "unchanged_or_worse"}


def _missing(read: Reader) -> str:
    found = coverage(read)
    if found is None:
        return ""
    _, missing, whole = found
    if read.value(missing) == 0:
        return read.say("Alla {of} är uppföljda. Vad är det som gör att ni når alla?", of=read.count(whole))
    return read.say("{n} av {of} saknas i uppföljningen. Vilka är de, och vad vet ni om hur det gick?",
                    n=read.count(missing), of=read.count(whole))  # fmt: skip


def _lost_differ(read: Reader) -> str:
    """The first thing, known from the start, in which those missing are unlike those measured."""
    place = f"{read.report.main.key}/loss/"
    for cell in read.report.within(place):
        name = cell.id.removesuffix("/verdict")
        if cell.code != "imbalanced" or name == cell.id:
            continue
        variable, kind, level = name.removeprefix(place).split("/", 2)
        if kind == "number" and read.shown(f"{name}/kept", f"{name}/lost", f"{name}/kept/n", f"{name}/lost/n"):
            return read.say(
                "{what}: i genomsnitt {kept} bland {n} mätta och {lost} bland {m} som saknas. Vad säger det om vilka ni inte når?",
                what=read.variable(variable), kept=read.points(f"{name}/kept"), lost=read.points(f"{name}/lost"),
                n=read.count(f"{name}/kept/n"), m=read.count(f"{name}/lost/n"),
            )  # fmt: skip
        if kind == "level" and read.shown(
            *(f"{name}/{side}/{part}" for side in ("kept", "lost") for part in ("n", "with"))
        ):
            return read.say(
                "{what}: {kept} av {n} mätta och {lost} av {m} som saknas. Vad säger det om vilka ni inte når?",
                what=read.level(variable, level), kept=read.count(f"{name}/kept/with"), n=read.count(f"{name}/kept/n"),
                lost=read.count(f"{name}/lost/with"), m=read.count(f"{name}/lost/n"),
            )  # fmt: skip
    return ""


def _worse(read: Reader) -> str:
    said, n = said_of(read, WORSE)
    if not said:
        return ""
    ask = phrase("{said} Stämmer det med vad ni ser?") if n == 0 else phrase("{said} Vad kan det bero på?")
    return read.say(ask, said=said)


def _same(read: Reader) -> str:
    said, n = said_of(read, SAME)
    return read.say("{said} För vilka av dem var det just vad ni ville?", said=said) if n else ""


def _others(read: Reader) -> str:
    said = good(read)
    return read.say("{said} Hur gick det för de andra, och varför?", said=said) if said else ""


def _mean(read: Reader) -> str:
    """For a scale on which nobody is called better or worse: the mean hides those who went the other way."""
    key = read.report.main.key
    if not read.shown(f"{key}/change", f"{key}/paired") or read.report.has(f"{key}/better"):
        return ""
    return read.say("Genomsnittet ändrades med {change} poäng bland {n} mätta. För vilka gick det åt andra hållet?",
                    change=read.points(f"{key}/change"), n=read.count(f"{key}/paired"))  # fmt: skip


def _groups(read: Reader) -> str:
    found = groups_apart.widest(read, read.report.main)
    return read.say("{said} Vad mer än slumpen kan ligga bakom?", said=groups_apart.said(read, found)) if found else ""


def _voices(read: Reader) -> str:
    """Where the person and the staff say different things of the same."""
    for outcome in read.report.context.outcomes:
        for cell in read.report.within(f"{outcome.key}/agreement/"):
            whole = cell.id.removesuffix("/different")
            if whole != cell.id and read.shown(cell.id, whole) and cell.value:
                return read.say("I {n} av {of} bedömningar säger personal och klient olika. Vad ser den ena som den andra missar?",
                                n=read.count(cell.id), of=read.count(whole))  # fmt: skip
    return next(_same_measure_two_voices(read), "")


def _same_measure_two_voices(read: Reader) -> Iterator[str]:
    for own in read.report.context.outcomes:
        for other in read.report.context.outcomes:
            alike = own.measure.id == other.measure.id and own.at == other.at
            if alike and own.rater in OWN_VOICES and other.rater not in OWN_VOICES:
                texts = [_good_answers(read, outcome) for outcome in (own, other)]
                if all(texts):
                    yield read.say(
                        "{measure}: goda svar är {own} enligt dem det gäller och {other} enligt personalen. Vad beror det på?",
                        measure=read.name(own.measure), own=texts[0], other=texts[1],
                    )  # fmt: skip


def _good_answers(read: Reader, outcome: Outcome) -> str:
    part = f"{outcome.key}/positive"
    whole = next((cell for name in ("answers", "answered") if read.report.has(cell := f"{outcome.key}/{name}")), "")
    return part_of(read, part, whole) if whole and read.shown(part, whole) else ""


def _blind_spot(read: Reader) -> str:
    """Where no answer can say that somebody is worse off."""
    main = read.report.main
    answered = f"{main.key}/answered"
    meanings = {level.meaning for level in main.measure.levels}
    if main.measure.kind not in _OF_DEVELOPMENT or meanings & _WORSE_ANSWERS or not read.shown(answered):
        return ""
    return read.say(
        "Inget av de {n} svaren kan säga att någon fick det sämre. Hur får ni veta det?", n=read.count(answered)
    )


def _late(read: Reader) -> str:
    late, dated = "principle/in_time/not", "principle/dated"
    if not read.shown(late, dated) or read.value(late) == 0:
        return ""
    return read.say(
        "{n} av {of} mätningar är inte gjorda i tid. Vad betyder det för svaren?",
        n=read.count(late),
        of=read.count(dated),
    )


def _unknown(read: Reader) -> str:
    main = read.report.main
    for level in special(main.measure, "not_known"):
        cell, whole = f"{main.key}/level/{level.code}", read.whole(main)
        if read.shown(cell, whole) and read.value(cell):
            return read.say("För {n} av {of} är utfallet okänt («{label}»). Hur kan ni få veta mer?",
                            n=read.count(cell), of=read.count(whole), label=read.label(level))  # fmt: skip
    return ""


def _anonymous(read: Reader) -> str:
    """Ratings that cannot be put together."""
    main = read.report.main
    cells = [f"{main.key}/at/{name}" for name in (main.start, main.end)]
    if main.design != "cross_sections" or not read.shown(*cells):
        return ""
    return read.say("Svaren är anonyma: {n} i början och {m} i slutet. Vilka tror ni svarar bara en gång?",
                    n=read.count(cells[0]), m=read.count(cells[1]))  # fmt: skip


def _are_they_alike(read: Reader) -> str:
    found = coverage(read)
    if found is None or not read.value(found[0]):
        return ""
    return read.say("{n} av {of} är uppföljda. Liknar de alla andra, eller är det de som det gick bäst för?",
                    n=read.count(found[0]), of=read.count(found[2]))  # fmt: skip


def _too_heavy(read: Reader) -> str:
    name = read.name(read.report.main.measure)
    return read.say(
        "Är «{measure}» rätt mått för {n}, eller tar det för mycket tid?", measure=name, n=read.people(ELIGIBLE)
    )


def _right_measure(read: Reader) -> str:
    name = read.name(read.report.main.measure)
    if not read.shown(ELIGIBLE):
        return read.say("Är «{measure}» det viktigaste att mäta?", measure=name)
    return read.say("Är «{measure}» det viktigaste att mäta för {n}?", measure=name, n=read.people(ELIGIBLE))


def _right_people(read: Reader) -> str:
    if not read.shown(ELIGIBLE):
        return read.say("Kommer de som insatsen är till för?")
    return read.say("{n} skulle följas upp. Är det de som insatsen är till för?", n=read.people(ELIGIBLE))


def _surprise(read: Reader) -> str:
    return read.say("Vilken siffra är ni mest förvånade över?")


Asked = Callable[[Reader], str]
OF_RESULTS: tuple[Asked, ...] = (
    _missing, _worse, _others, setbacks.ask, _anonymous, _lost_differ, _mean, _groups, _voices, _blind_spot, _unknown, _late, _same,
)  # fmt: skip
OF_A_REFUSAL: tuple[Asked, ...] = (_missing, _are_they_alike, _lost_differ, _too_heavy, _unknown)
ALWAYS: tuple[Asked, ...] = (_right_measure, _right_people, _surprise)
