"""Behind states, anonymous pictures and interviews: the tables that the results only sum up."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import basis
from isu_analysis.presentation.blocks import Block, Column, Table
from isu_analysis.presentation.outcomes import from_to
from isu_analysis.presentation.outcomes.cross_sections import seen
from isu_analysis.presentation.outcomes.levels import why_missing
from isu_analysis.presentation.outcomes.transition import states
from isu_analysis.presentation.reader import MODES, Reader


def transition(read: Reader, outcome: Outcome) -> list[Block]:
    """The table from-to where the results could not draw it, and why states are missing."""
    drawn = bool(from_to.of_states(read, outcome))
    return [*([] if drawn else [_from_to(read, outcome)]), *why_missing(read, outcome)]


def _from_to(read: Reader, outcome: Outcome) -> Table:
    key, names = outcome.key, states(read, outcome)
    rows = [(name, *(read.count(f"{key}/from/{code}/to/{other}") for other in names), read.count(f"{key}/from/{code}"))
            for code, name in names.items()]  # fmt: skip
    rows.append((read.say("Alla"), *(read.count(f"{key}/to/{code}") for code in names), read.count(f"{key}/paired")))
    heads = [*(read.say("till: {state}", state=name) for name in names.values()), read.say("Alla")]
    columns = (Column(read.say("Från, vid start")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: från start till slut", measure=read.name(outcome.measure))
    return Table(caption, columns, tuple(rows), basis=basis.of_outcome(read, outcome))


def cross_sections(read: Reader, outcome: Outcome) -> list[Block]:
    """Mean and spread at each occasion."""
    names = [name for name in (outcome.start, outcome.end) if name and read.report.has(seen(outcome, name))]
    if not names:
        return []
    rows = tuple((read.occasion(name), read.count(f"{outcome.key}/at/{name}"), read.points(f"{outcome.key}/seen/{name}/mean"),
                  read.points(f"{outcome.key}/seen/{name}/sd")) for name in names)  # fmt: skip
    heads = (read.say("Svar"), read.say("Medelvärde"), read.say("Standardavvikelse"))
    columns = (Column(read.say("Tillfälle")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: medelvärde och spridning vid varje tillfälle", measure=read.name(outcome.measure))
    return [Table(caption, columns, rows, basis=basis.of_outcome(read, outcome))]


def interviews(read: Reader, outcome: Outcome) -> list[Block]:
    """Coverage at each occasion by how the interview was made."""
    key = outcome.key
    names = [name for name in read.report.context.unit.occasions if read.report.has(f"{key}/at/{name}")]
    if not names:
        return []
    modes = [mode for mode in MODES if any(read.report.has(f"{key}/at/{name}/mode/{mode}") for name in names)]
    rows = tuple(_made(read, f"{key}/at/{name}", read.occasion(name), modes) for name in names)
    heads = [read.say("Genomförda"), read.say("Av alla"), *(read.say(MODES[mode]) for mode in modes), read.say("Inte gjorda")]  # fmt: skip
    columns = (Column(read.say("Tillfälle")), *(Column(head, "right") for head in heads))
    caption = read.say("{measure}: genomförda intervjuer", measure=read.name(outcome.measure))
    told = read.say("Av alla {of}; hur många som är gjorda och inte gjorda står vid varje tillfälle.", of=read.count(ELIGIBLE))  # fmt: skip
    return [Table(caption, columns, rows, basis=told)]


def _made(read: Reader, cell: str, occasion: str, modes: list[str]) -> tuple[str, ...]:
    share = read.percent(f"{cell}/share") if read.report.has(f"{cell}/share") else ""
    by_mode = (read.count(f"{cell}/mode/{mode}") if read.report.has(f"{cell}/mode/{mode}") else read.numbers.whole(0) for mode in modes)  # fmt: skip
    rest = read.count(f"{cell}/not") if read.report.has(f"{cell}/not") else ""
    return occasion, read.count(cell), share, *by_mode, rest
