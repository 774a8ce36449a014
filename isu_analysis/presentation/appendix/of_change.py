"""Behind a change on a scale: each category with its interval, limits, chance, sizes of change, groups, sessions."""

from __future__ import annotations

from isu_analysis.analysis.grid import Bins, bins_of
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.analysis.sessions import BY_ENDING
from isu_analysis.presentation import basis
from isu_analysis.presentation.appendix import courses, groups
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.not_better import NotBetter, not_better
from isu_analysis.presentation.outcomes import change, parts
from isu_analysis.presentation.outcomes.levels import reasons_of_parts, why_missing
from isu_analysis.presentation.reader import HIDDEN, NONE, Reader, sentence
from isu_analysis.presentation.wording import phrase

_SIZES = {
    "g_pre": phrase("g_pre: förändring / standardavvikelse vid start"),
    "g_av": phrase("g_av: förändring / genomsnittlig standardavvikelse"),
    "d_z": phrase(
        "d_z: förändring / förändringens standardavvikelse (endast för dimensionering; intervallet förutsätter normalfördelning)"
    ),
    "rank_biserial": phrase("rangbiserial korrelation för par"),
}
_INTERVALS = {"leave_one_out": phrase("en person utelämnad i taget (jackknife)")}
_CATEGORIES = {
    "recovered": phrase("säkert bättre och på den friska sidan om gränsvärdet"),
    "improved": phrase("säkert bättre"),
    "improved_unknown": phrase("säkert bättre, gränsvärdet okänt"),
    "unchanged": phrase("ingen säker förändring"),
    "deteriorated": phrase("säkert sämre"),
}
_SHORT_OF_CUTOFF = phrase("säkert bättre, utan att passera gränsvärdet")


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Everything about a change but its main figure."""
    if change.too_few(read, outcome) or not read.report.has(f"{outcome.key}/change"):
        return why_missing(read, outcome)
    out: list[Block] = []
    if read.report.has(f"{outcome.key}/better"):
        out.append(_categories(read, outcome))
    notes = [limit(read, outcome), chance(read, outcome), _functional(read, outcome), _room(read, outcome), interval(read, outcome)]  # fmt: skip
    out += [Paragraph(" ".join(filter(None, notes)))] if any(notes) else []
    out += [] if outcome is read.report.main else squares(read, outcome)
    out += [*sizes(read, outcome), *groups.of_change(read, outcome, read.report.context.unit.subgroups)]
    return [*out, *why_missing(read, outcome)]


def sessions(read: Reader, outcome: Outcome) -> list[Block]:
    """The same, with how often it was measured, the course from session to session, and the endings apart."""
    endings = groups.of_change(read, outcome, (BY_ENDING,))
    return [_points(read, outcome), *courses.blocks(read, outcome), *blocks(read, outcome), *endings]


def _categories(read: Reader, outcome: Outcome) -> Table:
    key = outcome.key
    names = _CATEGORIES | ({"improved": _SHORT_OF_CUTOFF} if read.report.has(f"{key}/recovered") else {})
    rest = not_better(read, outcome)
    if rest:
        names = {name: words for name, words in names.items() if name not in {"unchanged", "deteriorated"}}
    rows: list[tuple[str, ...]] = [(read.say(words), read.count(f"{key}/{name}"), read.percent(f"{key}/{name}/share"),
             read.percent_interval(f"{key}/{name}/share"), read.percent(f"{key}/{name}/of_all"))
            for name, words in names.items() if read.report.has(f"{key}/{name}")]  # fmt: skip
    rows += _together(read, rest) if rest else []
    rows.append(
        (read.say("inte mätta två gånger"), read.count(f"{key}/lost"), "", "", read.percent(f"{key}/lost_share"))
    )
    heads = (read.say("Antal"), read.say("Av de mätta"), read.say("95 % intervall"), read.say("Av alla"))
    columns = (Column(read.say("Förändring")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: hur det gick för var och en", measure=read.name(outcome.measure))
    return Table(caption, columns, tuple(rows), basis=basis.of_outcome(read, outcome))


def _together(read: Reader, rest: NotBetter) -> list[tuple[str, ...]]:
    """Unchanged and worse in one row, where they are not shown apart."""
    rows: list[tuple[str, ...]] = [
        (read.say("ingen säker förändring eller säkert sämre"), read.numbers.whole(rest.n), "", "", "")
    ]
    return [*rows, (read.say("varav säkert sämre"), rest.few, "", "", "")] if rest.few else rows


def limit(read: Reader, outcome: Outcome) -> str:
    """How large a change counts, and whose limit it is."""
    criterion = outcome.criterion
    if criterion is None:
        return ""
    least = criterion.smallest_counting(outcome.measure.step)
    places = 0 if outcome.measure.step >= 1 or float(least).is_integer() else 1
    points = read.numbers.decimal(least, places)
    own = (
        read.say("Säker förändring är minst {points} poäng (enhetens egen gräns).", points=points)
        if criterion.method == "published" and outcome.measure.has_own_threshold
        else read.say("Säker förändring är minst {points} poäng (publicerad gräns).", points=points)
        if criterion.method == "published"
        else read.say("Säker förändring är minst {points} poäng (beräknad ur mätfelet). Källa: {source}.", points=points,
                      source=read.text(criterion.source))
    )  # fmt: skip
    return f"{own} {read.say('«Ingen säker förändring» är inte detsamma som oförändrad.')}"


def chance(read: Reader, outcome: Outcome) -> str:
    """How many would pass the limit by chance, or why it cannot be said."""
    cell = f"{outcome.key}/chance"
    if not read.report.has(cell) or read.cell(cell).hidden:
        return ""
    if read.cell(cell).kind == "code":
        return read.say(
            "Hur många som skulle passera gränsen av en slump om ingen förändrats går inte att säga: ingen källa anger både "
            "standardavvikelse och reliabilitet för {measure}.",
            measure=read.name(outcome.measure),
        )
    return read.say(
        "Om ingen hade förändrats skulle mätfelet ändå få ungefär {n} att se säkert bättre ut och lika många att se säkert "
        "sämre ut, av {of}.",
        n=read.numbers.decimal(read.value(cell)),
        of=read.count(f"{outcome.key}/paired"),
    )


def _functional(read: Reader, outcome: Outcome) -> str:
    cell = f"{outcome.key}/functional_at_start"
    if not read.report.has(cell):
        return ""
    return read.say(
        "{n} av de mätta låg redan vid start på den friska sidan om gränsvärdet och kan inte passera det.",
        n=read.count(cell).capitalize(),
    )


def _room(read: Reader, outcome: Outcome) -> str:
    cell, paired = f"{outcome.key}/could_improve", f"{outcome.key}/paired"
    if not read.report.has(cell) or not read.shown(cell, paired) or read.value(cell) == read.value(paired):
        return ""
    return read.say(
        "{n} av {of} hade ett startvärde som lämnade plats för en säker förbättring.",
        n=read.count(cell).capitalize(),
        of=read.count(paired),
    )


def interval(read: Reader, outcome: Outcome) -> str:
    """How long it really was between the two measurements."""
    place = f"{outcome.key}/days"
    if not read.report.has(f"{place}/median") or not read.shown(f"{place}/median"):
        return ""
    median = read.points(f"{place}/median", 0)
    if not read.shown(f"{place}/shortest", f"{place}/longest"):
        return read.say("Mellan mätningarna gick det {median} dagar i median.", median=median)
    return read.say("Mellan mätningarna gick det {median} dagar i median, från {shortest} till {longest}.", median=median,
                    shortest=read.points(f"{place}/shortest", 0), longest=read.points(f"{place}/longest", 0))  # fmt: skip


def squares(read: Reader, outcome: Outcome) -> list[Block]:
    """Start against end as a table of counts: the change plot of measures other than the primary one."""
    counts = change.squares(read, outcome)
    if not counts:
        return []
    bins = bins_of(outcome.measure)
    used = sorted({step for pair in counts for step in pair})
    used = list(range(used[0], used[-1] + 1))
    names = {step: _step(read, bins, step) for step in used}  # fmt: skip
    rows = tuple((names[start], *(read.numbers.whole(counts[start, end]) if (start, end) in counts else "" for end in used))
                 for start in used)  # fmt: skip
    head = read.say("{start}, poäng", start=read.occasion(outcome.start).capitalize())
    caption = read.say("{measure}: antal {people} efter poäng vid {start} (rader) och vid {end} (kolumner)",
                       measure=read.name(outcome.measure), people=read.unit_word, start=read.occasion(outcome.start),
                       end=read.occasion(outcome.end))  # fmt: skip
    columns = (Column(head), *(Column(names[end], "right") for end in used))
    return [Table(caption, columns, rows, basis=basis.of_outcome(read, outcome))]


def _step(read: Reader, bins: Bins, step: int) -> str:
    first, last = read.numbers.plain(bins.low + step * bins.width), read.numbers.plain(bins.last(step))
    return first if first == last else f"{first}–{last}"


def family(read: Reader, outcomes: tuple[Outcome, ...]) -> list[Block]:
    """Sizes of change of the parts of one questionnaire, a row each, and groups and reasons part by part."""
    shown = [outcome for outcome in outcomes if read.report.has(f"{outcome.key}/g_pre")]
    out: list[Block] = []
    if shown:
        out.append(_means(read, shown))
        rows = tuple((parts.name(read, outcome), *(_size(read, outcome, name) for name in _SIZES)) for outcome in shown)
        columns = (
            Column(read.say("Del")),
            *(Column(read.say(words).partition(":")[0], "right") for words in _SIZES.values()),
        )
        note = " ".join(f"{sentence(read.say(words))}" for words in _SIZES.values() if ":" in words)
        caption = read.say(
            "{measure}: hur stor förändringen är, med 95 % intervall", measure=parts.whole(read, shown[0])
        )
        out.append(Table(caption, columns, rows, note, basis=parts.basis(read, tuple(shown))))
    for outcome in outcomes:
        if read.report.has(f"{outcome.key}/better"):
            out.append(_categories(read, outcome))
        out += groups.of_change(read, outcome, read.report.context.unit.subgroups)
    return [*out, *reasons_of_parts(read, outcomes, (parts.name(read, outcome) for outcome in outcomes))]


def _means(read: Reader, shown: list[Outcome]) -> Table:
    """Mean and spread at start and end of each part."""
    names = ("start_mean", "end_mean", "start_sd", "end_sd")
    rows = tuple((parts.name(read, outcome), *(read.points(f"{outcome.key}/{name}") for name in names),
                  read.points(f"{outcome.key}/correlation", 2)) for outcome in shown)  # fmt: skip
    heads = (read.say("Medelvärde vid start"), read.say("Medelvärde vid slut"), read.say("Standardavvikelse vid start"),
             read.say("Standardavvikelse vid slut"), read.say("Korrelation"))  # fmt: skip
    columns = (Column(read.say("Del")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: medelvärden och spridning", measure=parts.whole(read, shown[0]))
    return Table(caption, columns, rows, basis=parts.basis(read, tuple(shown)))


def _size(read: Reader, outcome: Outcome, name: str) -> str:
    cell = f"{outcome.key}/{name}"
    value, interval_ = read.points(cell, 2), read.interval(cell, 2)
    return value if interval_ in {NONE, HIDDEN} else f"{value} ({interval_})"


def sizes(read: Reader, outcome: Outcome) -> list[Block]:
    """The change in points, and its standardised sizes."""
    key = outcome.key
    if not read.report.has(f"{key}/g_pre"):
        return []
    rows = [(read.say("förändring i poäng"), read.points(f"{key}/change"), read.interval(f"{key}/change"))]
    rows += [
        (read.say(words), read.points(f"{key}/{name}", 2), read.interval(f"{key}/{name}", 2))
        for name, words in _SIZES.items()
    ]
    spread = HIDDEN
    if read.shown(f"{key}/start_sd", f"{key}/end_sd"):
        spread = read.say("{start} och {end}", start=read.points(f"{key}/start_sd"), end=read.points(f"{key}/end_sd"))
    rows += [(read.say("standardavvikelse vid start och vid slut"), spread, ""),
             (read.say("korrelation mellan start och slut"), read.points(f"{key}/correlation", 2), "")]  # fmt: skip
    kind = _INTERVALS.get(read.code(f"{key}/interval"))
    note = read.say("Intervall för g: {kind}.", kind=read.say(kind)) if kind else ""
    heads = (Column(read.say("Mått på förändring")), Column(read.say("Värde"), "right"), Column(read.say("95 % intervall"), "right"))  # fmt: skip
    caption = read.say("{measure}: hur stor förändringen är", measure=read.name(outcome.measure))
    return [Table(caption, heads, tuple(rows), note, basis=basis.of_outcome(read, outcome))]


_POINTS = {
    "0": phrase("ingen mätning"),
    "1": phrase("en mätning"),
    "2": phrase("två mätningar"),
    "3+": phrase("tre eller fler"),
}
_BEGAN_WELL = {
    True: phrase("varav med minst två: började över gränsvärdet och väntas inte bli bättre"),
    False: phrase("varav med minst två: började under gränsvärdet och väntas inte bli bättre"),
}


def _points(read: Reader, outcome: Outcome) -> Table:
    place, median = f"{outcome.key}/points/", f"{outcome.key}/points/median"
    rows = [(read.say(words), read.count(f"{place}{name}")) for name, words in _POINTS.items()]
    if read.report.has(f"{outcome.key}/functional_at_start"):
        words = _BEGAN_WELL[bool(outcome.measure.higher_is_better)]
        rows.append((read.say(words), read.count(f"{outcome.key}/functional_at_start")))
    rows.append((read.say("alla"), read.count(ELIGIBLE)))
    columns = (Column(read.say("Mätningar")), Column(read.unit_word.capitalize(), "right"))
    note = ""
    if read.report.has(median) and read.shown(median):
        note = read.say("Medianen är {n} mätningar bland dem som har någon.", n=read.numbers.plain(read.value(median)))
    caption = read.say("{measure}: hur ofta det mättes", measure=read.name(outcome.measure))
    return Table(caption, columns, tuple(rows), note, basis=basis.of_outcome(read, outcome))
