"""The words of the collection check: on the screen, and in the unit's list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import due
from isu_analysis.cohorts.due_forecast import Forecast
from isu_analysis.cohorts.due_forms import ANONYMOUS, NO_DAY, REGISTER, SESSION, Form
from isu_analysis.presentation.numbers import Numbers
from isu_analysis.settings import Occasion, Unit

ANSWERS = {
    "client": "klienten",
    "child": "barnet",
    "parent": "föräldern",
    "family": "familjen",
    "staff": "personalen",
    "interviewer": "intervjuaren",
    "register": "registret",
}
STATUS = {
    due.DONE: "Mätta",
    due.NOT_YET: "Inte dags än",
    due.NOW: "Att mäta nu",
    due.OVERDUE: "Försenade",
    due.TOO_LATE: "För sent",
    due.CLOSED: "Frågas inte",
    due.UNDATED: "Kan inte bedömas",
}
IN_ROW = {due.NOW: "nu", due.OVERDUE: "försenad"}
BEGUN = {True: "ja", False: "nej"}
NOT_REACHED = "nåddes inte förra gången"

_WHY_NOT = {
    SESSION: "mäts vid varje samtal, och ett samtal som har varit går inte att mäta om",
    REGISTER: "hämtas ur register; ingen behöver frågas",
    ANONYMOUS: "svaren är anonyma, så ingen vet vem som har svarat",
    NO_DAY: "enhetsfilen anger ingen dag («day») för mättillfället, så ingen vet när det ska göras",
}
_FROM = {"start": "ärendets start", "end": "avslutet"}

SECRET = "Innehåller sekretessbelagda uppgifter. Skicka inte filen vidare och spara ingen kopia: den skrivs över vid nästa kontroll."
INVENTED = "Påhittade uppgifter: filen gäller en påhittad kommun."
NOBODY = "Ingen att mäta just nu."
NO_LIST = "Ingen kan pekas ut; på nästa blad står varför."
GUIDE = (
    "Den som har minst tid kvar står först. «Start finns» säger om svaret får en startmätning att jämföras med. "
    "Den som har tackat nej, flyttat eller avlidit står inte här."
)

FORECAST_HEADINGS = (
    "År",
    "Utfall",
    "Vem svarar",
    "Vad som räknas",
    "I dag",
    "Utan åtgärd",
    "Om listan görs",
    "Som bäst",
)
_FORECAST_GUIDE = (
    "I dag: av dem vars tid har kommit, som rapporten räknar dem.",
    "Utan åtgärd: av alla som hör till året, om ingen mer mäts. Så blir det i rapporten när allas tid har kommit.",
    "Om listan görs: om alla på bladet «Att mäta» mäts, och sedan ingen mer.",
    "Som bäst: om dessutom alla vars tid inte har kommit mäts i tid.",
)
STATUS_GUIDE = (
    "Ärenden som pågår, och de som avslutades under ett år före kontrollen. Försenad: går fortfarande att mäta. För sent: går inte längre.",
    "Frågas inte: ett skäl är registrerat, till exempel tackat nej, flyttat eller avlidit. Kan inte bedömas: datum saknas. "
    "Den som har skyddade personuppgifter har inga datum här och står aldrig på listan.",
)

_WHEN_ENDED = (
    "Ett ärende som pågår hör till det år då det avslutas, och är inte med här förrän dess slutdatum finns i filerna."
)

_sv = Numbers.of("sv")


def forecast_guide(unit: Unit) -> tuple[str, ...]:
    """What each column of shares says."""
    return (*_FORECAST_GUIDE, _WHEN_ENDED) if unit.cohort.rule == "ended" else _FORECAST_GUIDE


def answered_by(raters: Sequence[str]) -> str:
    """Who answers, in words: ``klienten eller personalen``."""
    return " eller ".join(ANSWERS[rater] for rater in raters)


def name_of(unit: Unit, measures: Sequence[str]) -> str:
    """Names of measures; of several parts only that of the whole."""
    names = (unit.measure(one).name_sv for one in measures)
    wholes = (
        name.rpartition(", ")[0] if "." in one and ", " in name else name
        for one, name in zip(measures, names, strict=True)
    )
    return "; ".join(dict.fromkeys(wholes))


def share(n: int, of: int) -> str:
    """A share with its counts: ``48 av 103 (47 %)``."""
    return f"{_sv.whole(n)} av {_sv.whole(of)} ({_sv.percent(n / of, of)})" if of else "ingen"


def shares(found: Forecast) -> tuple[str, str, str, str]:
    """Today, if nothing is done, if the list is done, and at best."""
    return (
        share(found.measured, found.due),
        share(found.measured, found.expected),
        share(found.if_listed, found.expected),
        share(found.at_best, found.expected),
    )


def counted_as(unit: Unit, outcome: Outcome) -> str:
    """What the share is a share of."""
    end = unit.occasions[str(outcome.end)].label
    return f"både {unit.occasions[outcome.start].label} och {end}" if outcome.twice and outcome.start else end


def counts(found: due.Due) -> str:
    """How many cases there are to measure."""
    if not found.now and not found.overdue:
        return "ingen att mäta just nu."
    late = f", {_sv.whole(found.overdue)} {'försenad' if found.overdue == 1 else 'försenade'}" if found.overdue else ""
    return f"{_sv.whole(found.now)} att mäta nu{late}."


def consequence(outcome: Outcome, found: Forecast, year: int) -> str:
    """What the primary outcome's share will be if nothing is done, and what the list can make of it."""
    what = "både start och slut" if outcome.twice and outcome.start else "svar"
    said = f"Utan åtgärd blir {year} års andel med {what} {share(found.measured, found.expected)}"
    return f"{said}; med listan {share(found.if_listed, found.expected)}." if found.listed else f"{said}."


def not_listed(unit: Unit, forms: Sequence[Form]) -> list[str]:
    """One line for each form that nobody can be reminded of by name, with the reason."""
    return [
        f"{unit.occasions[form.occasion].label}: {name_of(unit, form.measures)} ({answered_by(form.raters)}): {_WHY_NOT[form.why_not]}."
        for form in forms
        if form.why_not
    ]


def time_limits(unit: Unit, forms: Sequence[Form]) -> list[str]:
    """One line for each occasion: when it is to be measured, and who has decided that."""
    used = dict.fromkeys(form.occasion for form in forms if not form.why_not)
    return [f"{unit.occasions[name].label}: {_limit(unit.occasions[name])}" for name in used]


def _limit(occasion: Occasion) -> str:
    if occasion.window:
        first, last = occasion.window
        return f"dag {first} till {last} efter ärendets start, som enhetsfilen säger («window»)."
    late, last = due.WITHOUT_WINDOW[occasion.role]
    if occasion.day:
        target = f"från dag {occasion.day} efter ärendets start"
        return f"{target}; försenad efter {late} dagar och för sent efter {last}. {_OWN_CHOICE}"
    anchor = _FROM[occasion.role]
    return f"från {anchor}; försenad efter {late} dagar och för sent efter {last}. {_OWN_CHOICE}"


_OWN_CHOICE = "Enhetsfilen anger inget fönster; dagarna är programmets eget val."


def about_data(unit: Unit, data: str, is_new: bool) -> Iterator[str]:
    """How new the data are that the list is made of."""
    yield f"Bygger på det som är inläst; det senaste datumet i uppgifterna är {data or 'okänt'}."
    if is_new:
        yield (
            f"Råfilerna har ändrats sedan inläsningen. Kör «isu intake {unit.key}» och gör om kontrollen, annars kan "
            "någon som redan är mätt stå på listan."
        )


def left_out(gone: int, protected: int) -> Iterator[str]:
    """Whom the list does not name though they are due."""
    if gone:
        what = "1 ärende" if gone == 1 else f"{gone} ärenden"
        yield f"{what} att mäta finns inte längre i råfilerna och står inte här."
    if protected:
        what = "1 ärende har" if protected == 1 else f"{protected} ärenden har"
        yield f"{what} fått skyddade personuppgifter sedan inläsningen och står inte här."


def title(unit: Unit, day: dt.date) -> str:
    """First line of both sheets."""
    return f"{unit.name}: att mäta {day.isoformat()}"
