"""What goes into divided bars: of those measured, and of all who are meant."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.measures import Level
from isu_analysis.presentation.figures import Bar, Part
from isu_analysis.presentation.not_better import not_better
from isu_analysis.presentation.numbers import RANGE
from isu_analysis.presentation.reader import SMALLEST_DENOMINATOR, Reader
from isu_analysis.presentation.wording import phrase

USUAL, KNOWN = phrase("Så brukar det redovisas"), phrase("Så mycket vet vi")
UNKNOWN = phrase("saknas")
MOST_PARTS = 7  # a bar with more can be read by nobody

Group = tuple[str, str, list[Level]]  # label, tone, and the answers in it

_STEP_BY_STEP = {"after_only", "goal"}  # kinds whose answers are steps, each a part of its own
_BAD = {"worse", "unchanged_or_worse"}
# Without a limit for a certain change: which way the score went, and no more than that.
# Unchanged and worse where they are not shown apart, by whether it is told that few are worse; short, for a legend.
_REST = {
    False: phrase("ej säker förändring, eller sämre"),
    True: phrase("ej säkert bättre, {few} sämre"),
}
_REST_OF_STATES = {
    False: phrase("lika nära eller längre från"),
    True: phrase("lika nära, {few} längre från"),
}
_WAYS = {
    "better": (phrase("poängen gick åt det bättre"), "good"),
    "same": (phrase("samma poäng"), "same"),
    "worse": (phrase("poängen gick åt det sämre"), "worse"),
}


def part(read: Reader, label: str, n: float, tone: str) -> Part:
    """One part of a bar, with its figure written."""
    return Part(label, n, tone, read.numbers.whole(n))


def change_bars(read: Reader, outcome: Outcome) -> tuple[Bar, Bar]:
    """Better, no certain change, worse - of the measured, then of all with the unknown beside."""
    key = outcome.key
    measured = [part(read, read.say("mätta två gånger"), read.value(f"{key}/paired"), "good")]
    if outcome.criterion and read.report.has(f"{key}/better") and read.shown(f"{key}/better", f"{key}/paired"):
        better = part(read, read.say("säkert bättre"), read.value(f"{key}/better"), "best")
        if rest := not_better(read, outcome):
            measured = [better, part(read, read.say(_REST[bool(rest.few)], few=rest.few), rest.n, "same")]
        if read.shown(f"{key}/unchanged", f"{key}/deteriorated"):
            measured = [better, part(read, read.say("ingen säker förändring"), read.value(f"{key}/unchanged"), "same"),
                        part(read, read.say("säkert sämre"), read.value(f"{key}/deteriorated"), "worse")]  # fmt: skip
    elif not outcome.criterion and read.shown(*(f"{key}/way/{name}" for name in _WAYS)):
        measured = [
            part(read, read.say(label), read.value(f"{key}/way/{name}"), tone) for name, (label, tone) in _WAYS.items()
        ]
    return _pair(read, measured, f"{key}/paired", f"{key}/lost", read.whole(outcome))


def level_bars(read: Reader, outcome: Outcome) -> tuple[Bar, Bar]:
    """Grouped answers - of those counted as usual, then of all with the unanswered beside."""
    key = outcome.key
    groups = level_groups(read, outcome)
    cells = [[f"{key}/level/{level.code}" for level in levels] for _, _, levels in groups]
    if not all(read.shown(*names) for names in cells):
        known = [part(read, read.say("har svar"), read.value(f"{key}/answered"), "good")]
        return _pair(read, known, f"{key}/answered", f"{key}/missing", read.whole(outcome))
    parts = [
        part(read, label, sum(map(read.value, names)), tone)
        for (label, tone, _), names in zip(groups, cells, strict=True)
    ]
    outside = set(read.report.context.unit.counting_outside)
    usual = [
        part(read, label, sum(read.value(f"{key}/level/{level.code}") for level in levels if level.code not in outside), tone)
        for label, tone, levels in groups
    ]  # fmt: skip
    _, second = _pair(read, parts, f"{key}/answered", f"{key}/missing", read.whole(outcome))
    base = f"{key}/usual" if read.report.has(f"{key}/usual") else f"{key}/answered"
    label = read.say("Så brukar det redovisas: av {n} som räknas", n=read.in_words(base))
    return Bar(label, tuple(usual)), second


def measured_bars(read: Reader, measured: str, missing: str, everyone: str) -> tuple[Bar, ...]:
    """Only measured and not: for a unit whose results cannot be given; a bar of none would be empty."""
    known = [part(read, read.say("intervjuade eller mätta"), read.value(measured), "good")]
    usual, of_all = _pair(read, known, measured, missing, everyone)
    return (usual, of_all) if known[0].n else (of_all,)


def occasion_bars(read: Reader, outcome: Outcome) -> tuple[Bar, ...]:
    """Filled in and not, at each occasion of an anonymous rating."""
    bars = []
    for name in (outcome.start, outcome.end):
        cell = f"{outcome.key}/at/{name}"
        if name and read.report.has(cell) and read.report.has(f"{cell}/not") and read.shown(cell, f"{cell}/not"):
            parts = (part(read, read.say("fyllde i"), read.value(cell), "good"),
                     part(read, read.say(UNKNOWN), read.value(f"{cell}/not"), "unknown"))  # fmt: skip
            label = read.say("{occasion}: {n} av {of}", occasion=read.occasion(name).capitalize(), n=read.in_words(cell),
                             of=read.in_words(ELIGIBLE))  # fmt: skip
            bars.append(Bar(label, parts))
    return tuple(bars)


def level_groups(read: Reader, outcome: Outcome) -> list[Group]:
    """Group a measure's answers for a divided bar; no answer is left out."""
    levels = sorted(ordinary(outcome.measure), key=lambda level: -(level.order or 0))
    if len(levels) > MOST_PARTS:
        return _in_two(read, levels)
    positive = [level for level in levels if level.positive]
    rest = [level for level in levels if not level.positive]
    groups: list[Group] = [
        (read.label(level), "best" if i == 0 else "good", [level]) for i, level in enumerate(positive)
    ]
    if outcome.measure.kind in _STEP_BY_STEP:
        between = ["same"] if len(rest) > 1 else []  # of a plain yes and no, no is not halfway
        tones = [*between, *["worse"] * len(rest)]
        return groups + [(read.label(level), tone, [level]) for level, tone in zip(rest, tones, strict=False)]
    by_tone = {
        "same": [level for level in rest if level.meaning == "unchanged"],
        "neutral": [level for level in rest if level.meaning not in {*_BAD, "unchanged"}],
        "worse": [level for level in rest if level.meaning in _BAD],
    }
    return groups + [(_joined(read, found), tone, found) for tone, found in by_tone.items() if found]


def _in_two(read: Reader, levels: list[Level]) -> list[Group]:
    """Good and other answers of a long scale, each named by its ends where it has an order."""
    good, other = ([level for level in levels if level.positive is wanted] for wanted in (True, False))
    found: list[Group] = []
    if good:
        found.append((_ends(read, good) or read.say("räknas som goda"), "best", good))
    if other:
        ends = _ends(read, other)
        found.append((ends or read.say("övriga"), "worse" if ends else "neutral", other))
    return found


def _ends(read: Reader, levels: list[Level]) -> str:
    """Lowest and highest label of ordered answers; empty for unordered ones."""
    if any(level.order is None for level in levels):
        return ""
    if len(levels) == 1:
        return read.label(levels[0])
    return f"{read.label(levels[-1])}{RANGE}{read.label(levels[0])}"


def _joined(read: Reader, levels: list[Level]) -> str:
    if len(levels) > 2:  # more names than a legend has room for; the table names them all
        return read.say("övriga utfall")
    first, *others = map(read.label, levels)
    return read.say(" eller ").join((first, *(label[:1].lower() + label[1:] for label in others)))


def transition_bars(read: Reader, outcome: Outcome) -> tuple[Bar, Bar]:
    """Nearer, as near and further from what is wanted - of those known twice, then of all."""
    key = outcome.key
    tones = {
        "up": (phrase("närmare det önskade"), "best"),
        "same": (phrase("lika nära det önskade"), "same"),
        "down": (phrase("längre från det önskade"), "worse"),
    }
    known = [part(read, read.say("kända vid start och slut"), read.value(f"{key}/paired"), "good")]
    if read.report.has(f"{key}/up") and read.shown(*(f"{key}/{name}" for name in tones)):
        known = [
            part(read, read.say(label), read.value(f"{key}/{name}"), tone) for name, (label, tone) in tones.items()
        ]
    elif rest := not_better(read, outcome):
        known = [part(read, read.say("närmare det önskade"), read.value(f"{key}/up"), "best"),
                 part(read, read.say(_REST_OF_STATES[bool(rest.few)], few=rest.few), rest.n, "same")]  # fmt: skip
    return _pair(read, known, f"{key}/paired", f"{key}/lost", read.whole(outcome))


def people_bars(read: Reader, outcome: Outcome, good: str, other: str) -> tuple[Bar, ...]:
    """Several answers a person: the answers as they are usually counted, then all people with the missing beside."""
    key = outcome.key
    groups = level_groups(read, outcome)
    cells = [[f"{key}/level/{level.code}" for level in levels] for _, _, levels in groups]
    shown = [f"{key}/people", f"{key}/people/none", f"{key}/missing"]
    if not read.shown(*shown, *(name for names in cells for name in names)):
        return ()
    answers = tuple(
        part(read, label, sum(map(read.value, names)), tone)
        for (label, tone, _), names in zip(groups, cells, strict=True)
    )
    usual = read.say("Så brukar det redovisas: av {n}", n=read.in_words(f"{key}/answers"))
    return Bar(usual, answers), *people_bar(read, outcome, good, other)


def people_bar(read: Reader, outcome: Outcome, good: str, other: str) -> tuple[Bar, ...]:
    """All people with the missing beside, or nothing where a number is hidden."""
    key = outcome.key
    shown = [f"{key}/people", f"{key}/people/none", f"{key}/missing"]
    if not read.shown(*shown):
        return ()
    people = (part(read, good, read.value(shown[0]), "good"), part(read, other, read.value(shown[1]), "same"),
              part(read, read.say(UNKNOWN), read.value(shown[2]), "unknown"))  # fmt: skip
    return (Bar(_of_all(read, read.whole(outcome)), people),)


def need_bars(read: Reader, outcome: Outcome) -> tuple[Bar, ...]:
    """What became of the unmet needs, then the same with those no longer known."""
    key = outcome.key
    names = (f"{key}/resolved", f"{key}/still_unmet", f"{key}/from/unmet/to/not_known")
    if not read.shown(*names, f"{key}/lost"):
        return ()
    became = (part(read, read.say("tillgodosett eller inget behov"), read.value(names[0]), "best"),
              part(read, read.say("fortfarande inte tillgodosett"), read.value(names[1]), "worse"))  # fmt: skip
    unknown = part(read, read.say("inte känt"), read.value(names[2]), "unknown")
    return (
        Bar(read.say("Så brukar det redovisas: av {n} behov som inte var tillgodosedda", n=read.in_words(f"{key}/asked")), became),
        Bar(read.say("Med dem som inte längre är kända: av {n}", n=read.in_words(f"{key}/from/unmet")), (*became, unknown)),
    )  # fmt: skip


def _of_all(read: Reader, everyone: str) -> str:
    return read.say("Så mycket vet vi: av alla {n}", n=read.in_words(everyone))


def _pair(read: Reader, measured: list[Part], whole: str, missing: str, everyone: str = ELIGIBLE) -> tuple[Bar, Bar]:
    n = read.value(missing) if read.shown(missing) else 0
    unknown = part(read, read.say(UNKNOWN), n, "unknown")
    usual = read.say("Så brukar det redovisas: av {n} mätta", n=read.in_words(whole))
    return Bar(usual, tuple(measured)), Bar(_of_all(read, everyone), (*measured, unknown))


def in_words(read: Reader, bars: tuple[Bar, ...]) -> str:
    """Say what bars show, for those who cannot see them."""
    return " ".join(f"{bar.label}: {', '.join(_with_share(read, bar))}." for bar in bars)


def _with_share(read: Reader, bar: Bar) -> list[str]:
    total = sum(each.n for each in bar.parts)
    texts = []
    for each in bar.parts:
        share = f" ({read.numbers.percent(each.n / total, 1)})" if total >= SMALLEST_DENOMINATOR else ""
        texts.append(f"{each.label} {read.numbers.whole(each.n)}{share if each.n else ''}")
    return texts
