"""Several answers or goals a person: answers and people are both counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import bars, sentences
from isu_analysis.presentation.blocks import Block, Paragraph
from isu_analysis.presentation.outcomes import drawing
from isu_analysis.presentation.outcomes.levels import every_answer, with_interval
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase


@dataclass(frozen=True)
class Words:
    """What is said of answers, or of goals."""

    rated: str
    good: str
    has_one: str
    one_good: str
    none_good: str
    one_of_many: str
    none_of_many: str
    several: str
    figure: str
    few: str


ANSWERS = Words(
    rated=phrase("{n} svar är bedömda, hos {people}."),
    good=phrase("Av svaren bedömdes {n} som {labels}{share}."),
    has_one=phrase("{people} har minst ett sådant{share}."),
    one_good=phrase("minst ett svar {labels}"),
    none_good=phrase("inget svar {labels}"),
    one_of_many=phrase("minst ett svar som räknas som gott"),
    none_of_many=phrase("inget svar som räknas som gott"),
    several=phrase("Flera svar hos samma person är inte oberoende av varandra; intervallet räknar med det."),
    figure=phrase("{measure}. Överst räknas svar, underst {people}."),
    few=phrase("Hur svaren fördelar sig finns bara i den interna rapporten."),
)
GOALS = Words(
    rated=phrase("{n} mål är bedömda, hos {people}."),
    good=phrase("Av målen bedömdes {n} som {labels}{share}."),
    has_one=phrase("{people} har minst ett sådant{share}."),
    one_good=phrase("minst ett mål {labels}"),
    none_good=phrase("inget mål {labels}"),
    one_of_many=phrase("minst ett mål som räknas som gott"),
    none_of_many=phrase("inget mål som räknas som gott"),
    several=phrase("Flera mål hos samma person är inte oberoende av varandra; intervallet räknar med det."),
    figure=phrase("{measure}. Överst räknas mål, underst {people}."),
    few=phrase("Hur målen gick finns bara i den interna rapporten."),
)


def answers(read: Reader, outcome: Outcome) -> list[Block]:
    """Answers by level, and how many people they come from."""
    return _blocks(read, outcome, ANSWERS)


def goals(read: Reader, outcome: Outcome) -> list[Block]:
    """Goals by level, and people with a goal reached."""
    return _blocks(read, outcome, GOALS)


def _blocks(read: Reader, outcome: Outcome, words: Words) -> list[Block]:
    key = outcome.key
    if read.cell(f"{key}/answers").hidden == INTERNAL:
        return [Paragraph(read.say(words.few))]
    said = [both(read, outcome, words), *sentences.targets(read, outcome), sentences.blind_spot(read, outcome)]
    out: list[Block] = [Paragraph(" ".join(filter(None, said)))]
    if not read.report.has(f"{key}/people"):
        return [*out, Paragraph(every_answer(read, outcome))]
    shown = bars.people_bars(read, outcome, *_good_and_other(read, outcome, words))
    if shown:
        rated = read.say("Bedömda: {n}", n=read.count(f"{key}/answers"))
        shown = (replace(shown[0], label=rated), replace(shown[1], label=drawing.whole(read, outcome)))
    caption = read.say(words.figure, measure=read.name(outcome.measure), people=read.unit_word)
    return [*out, *drawing.figure(read, outcome, shown, caption)]


def _good_and_other(read: Reader, outcome: Outcome, words: Words) -> tuple[str, str]:
    """Labels of those with a good answer and those without, short enough for a legend."""
    if sum(level.positive for level in outcome.measure.levels) > 1:
        return read.say(words.one_of_many), read.say(words.none_of_many)
    labels = sentences.positive_labels(read, outcome)
    return read.say(words.one_good, labels=labels), read.say(words.none_good, labels=labels)


def both(read: Reader, outcome: Outcome, words: Words) -> str:
    """Answers (or goals) and people in one breath."""
    key = outcome.key
    said = [read.say(words.rated, n=read.count(f"{key}/answers"), people=read.people(f"{key}/answered"))]
    if read.report.has(f"{key}/positive"):
        labels = sentences.positive_labels(read, outcome)
        share = with_interval(read, f"{key}/positive/share")
        said.append(read.say(words.good, n=read.count(f"{key}/positive"), labels=labels, share=share))
        of_all = read.bracket(f"{key}/people/of_all", read.say("av alla"))
        said.append(read.say(words.has_one, people=read.people(f"{key}/people").capitalize(), share=of_all))
    said.append(_missing(read, key))
    if not has_one_each(read, key) and read.report.has(f"{key}/positive"):
        said.append(read.say(words.several))
    return " ".join(said)


def has_one_each(read: Reader, key: str) -> bool:
    """Whether nobody has more than one."""
    cells = f"{key}/answers", f"{key}/answered"
    return read.shown(*cells) and read.value(cells[0]) == read.value(cells[1])


def _missing(read: Reader, key: str) -> str:
    missing = f"{key}/missing"
    if read.value(missing) == 0:
        return read.say("Ingen bedömning saknas.")
    return read.say("För {people} saknas bedömning.", people=read.people(missing))
