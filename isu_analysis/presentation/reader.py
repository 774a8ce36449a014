"""A protected report's cells as words in the language of the reader; the one way from a number to a text.

A hidden number reads ".." in a table and "ett dolt antal" in a sentence, whatever it was hidden for; only a small number
of worse reads "färre än 5", so that nobody can leave it out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from isu_analysis.analysis.results import ELIGIBLE, MEAN, MODEL, Outcome
from isu_analysis.disclosure.gate import Report, Shown
from isu_analysis.disclosure.release import SMALL
from isu_analysis.measures import Level, Measure
from isu_analysis.presentation.wording import Speaking, Wording, phrase

# As Statistics Sweden writes them: hidden; cannot be worked out, or does not apply; nothing to count.
HIDDEN, NONE, NOTHING = "..", ".", "–"
_ENDS = (".", "?", "!")  # of a sentence
# The project's own choice: below it one person is more than five per cent, and a count says more than a share.
SMALLEST_DENOMINATOR = 20
_SLUG = re.compile(r"[a-z0-9_]+")

_PEOPLE = {
    "episode": (phrase("ärende"), phrase("ärenden")),
    "person": (phrase("person"), phrase("personer")),
    "family": (phrase("familj"), phrase("familjer")),
    "placement": (phrase("placering"), phrase("placeringar")),
}


RATERS = {
    "client": phrase("klientens egen skattning"),
    "child": phrase("barnets egen skattning"),
    "parent": phrase("förälderns svar"),
    "family": phrase("familjens svar"),
    "staff": phrase("personalens bedömning"),
    "interviewer": phrase("intervjuarens bedömning"),
    "register": phrase("uppgift ur register"),
}

# Whose own experience an answer is, rather than somebody's judgement of them.
OWN_VOICES = {"client", "child", "parent", "family"}
MODES = {
    "interview": phrase("intervju"),
    "form": phrase("formulär"),
    "on_file": phrase("läst i akten"),
    "staff_alone": phrase("ifyllt av personalen ensam"),
    "register": phrase("register"),
}
REASONS = {
    "declined": phrase("ville inte"),
    "not_reached": phrase("gick inte att nå"),
    "not_asked": phrase("blev inte tillfrågade"),
    "language": phrase("språket"),
    "broke_down": phrase("insatsen bröts"),
    "placed": phrase("placerades"),
    "moved": phrase("flyttade"),
    "died": phrase("avled"),
    "incomplete": phrase("ofullständigt ifyllt"),
    "unknown": phrase("orsaken är inte angiven"),
}


def sentence(text: str) -> str:
    """Text from a unit file as a sentence: a full stop is added where none ends it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


@dataclass(frozen=True)
class Reader(Speaking):
    """Reads cells of one report, and says them in one language.

    Attributes
    ----------
    report : Report
        Protected.
    wording : Wording
        Its language; `say`, `plural` and `numbers` are those of the language.
    """

    report: Report
    wording: Wording = field(default_factory=Wording)

    def say(self, template: str, /, **values: str) -> str:
        """Fill in a template; in a sentence the symbol of a hidden number is read out."""
        if HIDDEN in values.values() and (template.endswith(_ENDS) or ". " in template):
            values = {name: self._read_out(template, name) if text == HIDDEN else text for name, text in values.items()}
        return super().say(template, **values)

    def _read_out(self, template: str, name: str) -> str:
        before = template.partition(f"{{{name}}}")[0]
        begins = not before or before.endswith(". ")
        return self.wording.say("Ett dolt antal") if begins else self.wording.say("ett dolt antal")

    def own(self, text: str) -> str:
        """The unit's own words: in the language, if the unit file has them in it, else as they stand."""
        for language, texts in self.report.context.unit.translations.items():
            if language == self.language:
                return texts.get(text, text)
        return text

    def text(self, card_text: str) -> str:
        """A text of a measure's card: the register's by the catalogue, the unit's own as the unit says."""
        return self.wording.text(self.own(card_text))

    def name(self, measure: Measure) -> str:
        """Name of a measure."""
        return self.text(measure.name_sv)

    def construct(self, measure: Measure) -> str:
        """What a measure is about; its name where the card does not say."""
        return self.text(measure.construct_sv or measure.name_sv)

    def label(self, level: Level) -> str:
        """Label of an answer."""
        return self.text(level.label)

    def quoted(self, level: Level) -> str:
        """Label of an answer in quotation marks."""
        return self.say("«{label}»", label=self.label(level))

    @property
    def unit_word(self) -> str:
        """What is counted, in the plural: ``personer``, ``ärenden``."""
        return self.say(_PEOPLE[self.report.context.unit.unit_of_analysis][1])

    def whole(self, outcome: Outcome) -> str:
        """Cell of all that an outcome is about: those whose end has fallen due, or all who are meant."""
        due = f"{outcome.key}/due"
        return due if self.report.has(due) else ELIGIBLE

    def people(self, cell_id: str) -> str:
        """Count with its word: ``1 person``, ``52 personer``, ``färre än 5 personer``."""
        cell = self.report.cell(cell_id)
        words = _PEOPLE[self.report.context.unit.unit_of_analysis]
        return f"{self.in_words(cell_id)} {self.say(words[0] if cell.value == 1 else words[1])}"

    def those(self, cell_id: str) -> str:
        """Whom a sentence is about: ``de 51``, or ``dem`` where their number is hidden."""
        return self.say("de {n}", n=self.count(cell_id)) if self.shown(cell_id) else self.say("dem")

    def shown(self, *cell_ids: str) -> bool:
        """Whether all these cells exist and may be read."""
        return all(self.report.has(name) and not self.report.cell(name).hidden for name in cell_ids)

    def all_shown(self, prefix: str) -> bool:
        """Whether there are cells whose id starts so, and every one may be read."""
        cells = self.report.within(prefix)
        return bool(cells) and not any(cell.hidden for cell in cells)

    def tells(self, cell_id: str) -> bool:
        """Whether a count says anything: it is shown, or said to be small."""
        return self.report.has(cell_id) and self.report.cell(cell_id).hidden in {"", SMALL}

    def cell(self, cell_id: str) -> Shown:
        """Get a cell."""
        return self.report.cell(cell_id)

    def how_many(self, cell_id: str) -> str:
        """Count as it reads in a sentence: ``ingen``, ``25``, ``färre än 5``, ``ett dolt antal``."""
        return self.say("ingen") if self.report.cell(cell_id).value == 0 else self.in_words(cell_id)

    def value(self, cell_id: str) -> float:
        """Value of a cell; NaN when hidden."""
        return self.report.cell(cell_id).value

    def code(self, cell_id: str) -> str:
        """Word of a code cell; empty when hidden or absent."""
        return self.report.cell(cell_id).code if self.report.has(cell_id) else ""

    def count(self, cell_id: str) -> str:
        """Count in figures, or the words for a hidden one."""
        cell = self.report.cell(cell_id)
        if cell.hidden == SMALL:
            return self.say("färre än {least}", least=str(self.report.limits.min_cell))
        return HIDDEN if cell.hidden else self.numbers.whole(cell.value)

    def percent(self, cell_id: str) -> str:
        """Share in per cent; of fewer than 20 as counts, ``9 av 14``."""
        cell = self.report.cell(cell_id)
        if cell.hidden:
            return HIDDEN
        if math.isnan(cell.value):
            return NOTHING
        if self._is_few(cell):
            return self.say("{n} av {of}", n=self.numbers.whole(cell.n or 0), of=self.numbers.whole(cell.of or 0))
        return self.numbers.percent(cell.value, cell.of)

    def percent_of(self, cell_id: str, whole: str) -> str:
        """Share with what it is a share of: ``41 % av alla``; of fewer than 20 only ``9 av 14``."""
        return self.percent(cell_id) if self._is_few(self.report.cell(cell_id)) else f"{self.percent(cell_id)} {whole}"

    def bracket(self, cell_id: str, whole: str = "") -> str:
        """Share in brackets after its counts, or nothing where it is hidden or the counts say it all."""
        if self.report.cell(cell_id).hidden or self._is_few(self.report.cell(cell_id)):
            return ""
        return f" ({self.percent(cell_id)}{' ' if whole else ''}{whole})"

    def bears_percent(self, cell_id: str) -> bool:
        """Whether a share stands on enough to be written in per cent."""
        return not self._is_few(self.report.cell(cell_id))

    @staticmethod
    def _is_few(cell: Shown) -> bool:
        return not cell.hidden and cell.of is not None and cell.of < SMALLEST_DENOMINATOR

    def percent_interval(self, cell_id: str) -> str:
        """Interval of a share in per cent."""
        cell = self.report.cell(cell_id)
        if cell.hidden:
            return HIDDEN
        return (
            NONE if math.isnan(cell.low) or self._is_few(cell) else self.numbers.percent_interval(cell.low, cell.high)
        )

    def points(self, cell_id: str, places: int = 1) -> str:
        """Number in scale points."""
        cell = self.report.cell(cell_id)
        return HIDDEN if cell.hidden else self.numbers.decimal(cell.value, places)

    def size(self, cell_id: str, places: int = 1) -> str:
        """How much, without sign."""
        cell = self.report.cell(cell_id)
        return HIDDEN if cell.hidden else self.numbers.size(cell.value, places)

    def interval(self, cell_id: str, places: int = 1) -> str:
        """Interval of a number in scale points."""
        cell = self.report.cell(cell_id)
        if cell.hidden or self._is_of_too_few(cell):
            return HIDDEN
        return (
            NONE
            if math.isnan(cell.low) or math.isnan(cell.high)
            else self.numbers.interval(cell.low, cell.high, places)
        )

    def has_interval(self, cell_id: str) -> bool:
        """Whether a number has an interval that is shown."""
        return self.interval(cell_id) not in {HIDDEN, NONE}

    def in_words(self, cell_id: str) -> str:
        """Count in figures, or the words for a hidden one."""
        return self.count(cell_id) if self.tells(cell_id) else self.say("ett dolt antal")

    def _is_of_too_few(self, cell: Shown) -> bool:
        """Whether a public report gives a mean without its interval, which would tell of the spread."""
        limits = self.report.limits
        return self.report.mode == "public" and cell.kind in {MEAN, MODEL} and (cell.n or 0) < limits.min_n_spread

    def occasion(self, name: str | None) -> str:
        """Label of an occasion."""
        return self.own(self.report.context.unit.occasions[name].label) if name else ""

    def level(self, variable: str, value: str) -> str:
        """Label of a background value: as declared for a subgroup, else as the raw file writes it."""
        unit = self.report.context.unit
        for subgroup in unit.subgroups:
            if subgroup.by == variable and value in subgroup.labels:
                return self.own(subgroup.labels[value])
        if variable == "ending":
            return self.say(_ENDINGS[value]) if value in _ENDINGS else self.own(value)
        for source in unit.sources:
            column = source.background.get(variable) or getattr(source, variable, None)
            if not _SLUG.fullmatch(value):
                return self.own(value)  # written to be read
            for text, code in getattr(column, "values", {}).items():
                if code == value:
                    return self.own(text)
        return self.own(value)

    def variable(self, name: str) -> str:
        """Label of a background variable."""
        for subgroup in self.report.context.unit.subgroups:
            if subgroup.by == name:
                return self.own(subgroup.label)
        for source in self.report.context.unit.sources:
            if name in source.background:
                return self.own(source.background[name].label)
        return self.say(_VARIABLES[name]) if name in _VARIABLES else name

    def better_word(self, outcome: Outcome, change: float) -> str:
        """Whether a mean change points to better or worse."""
        better = (change > 0) == bool(outcome.measure.higher_is_better)
        return self.say("bättre") if better else self.say("sämre")


_ENDINGS = {
    "planned": phrase("planerat avslut"),
    "unplanned": phrase("avslut i förtid"),
    "ongoing": phrase("pågår"),
    "transferred": phrase("överfört"),
    "never_started": phrase("kom aldrig igång"),
}
_VARIABLES = {
    "intervention": phrase("Insats"),
    "reason": phrase("Orsak"),
    "ending": phrase("Avslut"),
    "start_score": phrase("Värdet vid start"),
}
