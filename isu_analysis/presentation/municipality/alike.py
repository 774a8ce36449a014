"""Units that share a yardstick, beside what chance does. Never a table of places, never a colour that ranks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from isu_analysis.municipalities import alphabetical
from isu_analysis.municipalities.alike import Alike, alike_units, share_of_angle
from isu_analysis.presentation.blocks import Block, Bullets, Column, Figure, Heading, Paragraph, Table
from isu_analysis.presentation.case_mix import points
from isu_analysis.presentation.figures.funnel import Limits, Point, funnel_plot
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.reader import NONE, Reader
from isu_analysis.presentation.wording import phrase
from isu_analysis.statistics import funnel_limits

_PLACES = {
    "inside": phrase("inom slumpen"),
    "below_95": phrase("lägre än slumpen brukar ge"),
    "above_95": phrase("högre än slumpen brukar ge"),
    "below_998": phrase("mycket lägre än slumpen brukar ge"),
    "above_998": phrase("mycket högre än slumpen brukar ge"),
}
_UNJUDGED = {
    "own_target": phrase("mer än hälften av alla; jämförs inte"),
    "too_few_people": phrase("för få för att bedömas"),
}
_HEADS = (phrase("Enhet"), phrase("Gott utfall"), phrase("Uppföljda, av alla"), phrase("Mot slumpen"), phrase("Sammanvägd andel"),
          phrase("Tillförlitlighet"), phrase("Plats, mellan"))  # fmt: skip
_GOOD_TWICE = phrase("Gott utfall: säkert bättre, efter måttets gräns.")
_GOOD_ONCE = phrase("Gott utfall: ett svar som räknas som gott.")
_POINTS = 60  # of the limits' lines


class _Unit(NamedTuple):
    """A compared unit: its place among those compared, and its number and name as printed."""

    place: int
    number: int
    name: str

    def label(self, view: View) -> str:
        """As in the first column of a table."""
        return view.say("{number}. {unit}", number=str(self.number), unit=self.name)


def blocks(view: View) -> list[Block]:
    """Each set of units that can be compared, or why none can."""
    sets = alike_units(view.municipality)
    out: list[Block] = [Heading(view.say("Jämförelse mellan enheter"))]
    if not sets:
        return [*out, Paragraph(view.say(
            "Inga enheter har samma mått, samma definition och samma målgrupp. Därför jämförs inga."))]  # fmt: skip
    for one in sets:
        out += _one(view, one)
    return [*out, Bullets(_cautions(view))]


def _one(view: View, alike: Alike) -> list[Block]:
    readers = [Reader(report, view.wording) for report in alike.reports]
    names = ", ".join(view.name(read) for read in readers)
    measure = readers[0].name(alike.reports[0].main.measure)
    if not alike.compared:
        return [
            Paragraph(
                view.say(
                    "{units} har samma mått ({measure}) och samma målgrupp, men deras antal visas inte.",
                    units=names,
                    measure=measure,
                )
            )
        ]
    if alike.funnel.reason:
        return [Paragraph(view.say(
            "{units} har samma mått ({measure}) och samma målgrupp, men är för få, eller har för få uppföljda, för att en enhet ska "
            "kunna skiljas från slumpen.", units=names, measure=measure))]  # fmt: skip
    units = _numbered(view, alike)
    return [
        Paragraph(_outside(view, alike, measure)),
        _figure(view, alike, units),
        Table(
            view.say("{measure}: enheter med samma mått och målgrupp, i bokstavsordning.", measure=measure),
            tuple(Column(view.say(head), "right" if 0 < place < 3 else "left") for place, head in enumerate(_HEADS)),
            tuple(_row(view, alike, unit) for unit in units),
            _note(view, alike),
            basis=view.say("Antal, och av hur många, står på varje rad."),
        ),
        *_expected(view, alike, units),
    ]


def _numbered(view: View, alike: Alike) -> list[_Unit]:
    """The compared units in the order of their names as printed."""
    names = [view.name(Reader(report, view.wording)) for report in alike.compared]
    order = sorted(range(len(names)), key=lambda place: alphabetical(names[place]))
    return [_Unit(place, number, names[place]) for number, place in enumerate(order, start=1)]


def _expected(view: View, alike: Alike, units: list[_Unit]) -> list[Block]:
    """Each unit against what is expected of people with its people's start, where all have one and the same reference."""
    rows = [(unit, found) for unit in units if alike.expected and (found := alike.expected[unit.place])]
    if not rows:
        return []
    heads = (phrase("Enhet"), phrase("Med hänsyn till utgångsläget"), phrase("Utan hänsyn"), phrase("Uppföljda"))
    return [
        Table(
            view.say("Hur de uppföljda slutade mot det som väntades, i poäng, i bokstavsordning (95 % intervall)."),
            tuple(Column(view.say(head), "right" if place else "left") for place, head in enumerate(heads)),
            tuple(
                (unit.label(view), *(points(view.numbers, cell) for cell in found), view.numbers.whole(found[0].n or 0))
                for unit, found in rows
            ),
            view.say(
                "Väntat: så som andra människor med samma utgångsläge slutade. Underlaget är detsamma för alla enheter och står i varje "
                "enhets rapport."
            ),
            basis=view.say("Antal uppföljda står på varje rad."),
        )
    ]


def _outside(view: View, alike: Alike, measure: str) -> str:
    """How many lie outside the limits, beside how many chance alone would put there."""
    places = [_place(alike, unit) for _, unit in alike.funnel.units.iterrows()]
    outside = sum(place not in {"inside", ""} for place in places)
    wider = (
        view.say("Enheterna skiljer sig åt mer än slumpen ger; gränserna i tabellen är vidgade för det.")
        if _widened(alike)
        else ""
    )
    said = view.say(
        "{measure}: {outside} av {judged} enheter ligger utanför 95-procentsgränserna. Slumpen ensam ger ungefär {expected}.",
        measure=measure,
        outside=view.numbers.whole(outside),
        judged=view.numbers.whole(alike.funnel.n_judged),
        expected=view.numbers.decimal(alike.funnel.expected_outside_95),
    )
    return f"{said} {wider}".strip()


def _widened(alike: Alike) -> bool:
    """Whether there are units enough to say that they differ more than chance makes them."""
    return not alike.funnel.dispersion_reason and alike.funnel.tau2 > 0


def _place(alike: Alike, unit: pd.Series) -> str:
    return str(unit["place_widened"] if _widened(alike) else unit["place"])


def _figure(view: View, alike: Alike, units: list[_Unit]) -> Figure:
    line = np.linspace(1, max(alike.of) * 1.12, _POINTS).round()
    inner, outer = (
        Limits(line.tolist(), *(ends.tolist() for ends in funnel_limits(alike.funnel.target, line, level)))
        for level in (0.95, 0.998)
    )
    drawn = [
        Point(str(unit.number), alike.of[unit.place], alike.n[unit.place] / alike.of[unit.place])
        for unit in units
        if alike.of[unit.place]
    ]
    counts = [(unit.name, alike.n[unit.place], alike.of[unit.place]) for unit in units]
    listed = " ".join(
        view.say("{unit}: {n} av {of}.", unit=name, n=view.numbers.whole(n), of=view.numbers.whole(of))
        for name, n, of in counts
    )
    return Figure(
        funnel_plot(drawn, alike.funnel.target, inner, outer, (view.say("antal uppföljda"), view.say("procent med gott utfall"))),
        view.say("Enheternas andelar mot antalet uppföljda, med slumpens gränser. {listed}", listed=listed),
        view.say("Enheternas andelar och slumpens gränser. Siffrorna är radernas nummer i tabellen."),
        view.say("Hel linje: alla enheters människor tillsammans. Streckade linjer: där 95 procent hamnar av en slump. Prickade: 99,8 procent."),
        view.say("{n} av {of} uppföljda har ett gott utfall; {missing} är inte uppföljda.",
                 n=view.numbers.whole(sum(alike.n)), of=view.numbers.whole(sum(alike.of)),
                 missing=view.numbers.whole(sum(alike.whole) - sum(alike.of))),
    )  # fmt: skip


def _row(view: View, alike: Alike, printed: _Unit) -> tuple[str, ...]:
    place = printed.place
    unit, own, rank = alike.funnel.units.iloc[place], alike.shrunken.units.iloc[place], alike.places.units.iloc[place]
    n, of = alike.n[place], alike.of[place]
    return (
        printed.label(view),
        view.say(
            "{n} av {of} ({share})",
            n=view.numbers.whole(n),
            of=view.numbers.whole(of),
            share=view.numbers.percent(n / of, of),
        )
        if of
        else NONE,
        view.say("{n} av {of}", n=view.numbers.whole(of), of=view.numbers.whole(alike.whole[place])),
        view.say(_PLACES.get(_place(alike, unit), _UNJUDGED.get(str(unit["reason"]), _UNJUDGED["too_few_people"]))),
        _shrunken(view, own),
        NONE if np.isnan(own["reliability"]) else view.numbers.decimal(own["reliability"], 2),
        NONE
        if rank["reason"]
        else view.say(
            "{low} och {high}", low=view.numbers.whole(rank["rank_low"]), high=view.numbers.whole(rank["rank_high"])
        ),
    )


def _shrunken(view: View, own: object) -> str:
    """The unit's share drawn towards the common one; in whole per cent, since more would be more than is known."""
    value, low, high = (float(own[name]) for name in ("shrunken", "low", "high"))  # type: ignore[index]
    if np.isnan(value):
        return NONE
    share = view.numbers.percent(value, None)
    return (
        share
        if np.isnan(low)
        else view.say("{share} ({interval})", share=share, interval=view.numbers.percent_interval(low, high))
    )


def _note(view: View, alike: Alike) -> str:
    left = len(alike.reports) - len(alike.compared)
    told = [view.plural("{n} enhet är inte med: dess antal visas inte.", "{n} enheter är inte med: deras antal visas inte.", left,
                        n=view.numbers.whole(left))] if left else []  # fmt: skip
    twice = alike.compared[0].main.twice
    told.append(view.say(_GOOD_TWICE if twice else _GOOD_ONCE))
    if alike.shrunken.reason == "too_few_units":
        told.append(view.say("Sammanvägd andel och tillförlitlighet kräver minst åtta enheter."))
    together = alike.together
    if not together.reason:
        share, low, high = (share_of_angle(value) for value in (together.estimate, together.low, together.high))
        told.append(view.say("Enheterna tillsammans, när varje enhet får vara olik de andra: {share} ({interval}).",
                             share=view.numbers.percent(share, None), interval=view.numbers.percent_interval(low, high)))  # fmt: skip
    told.append(view.say("Tillförlitlighet: hur mycket enhetens egen siffra väger i den sammanvägda, från 0 till 1. Plats: mellan vilka "
                         "platser enheten kan ligga, 1 är lägst; aldrig en plats ensam."))  # fmt: skip
    return " ".join(told)


def _cautions(view: View) -> tuple[str, ...]:
    return (
        view.say("Enheterna kan möta olika människor också när målgruppen heter detsamma."),
        view.say(
            "Den som mår som sämst vid starten mår ofta bättre efteråt ändå. Börjar enheterna olika, slutar de olika."
        ),
        view.say("Olika många saknas. En skillnad kan bero på vilka som mättes."),
        view.say(
            "En fjärdedel av enheterna är alltid den lägsta fjärdedelen. En skillnad i andel är ingen effekt av enheten."
        ),
    )
