"""How it was counted: the selection, the intervals, what the unit has agreed, and what each design does."""

from __future__ import annotations

from isu_analysis.presentation import principles, when
from isu_analysis.presentation.blocks import Block, Bullets, Heading
from isu_analysis.presentation.reader import RATERS, SMALLEST_DENOMINATOR, Reader, sentence
from isu_analysis.presentation.wording import phrase

_RULES = {
    "ended": phrase("de som avslutades under året"),
    "started": phrase("de som började under året"),
    "active": phrase("de som hade en pågående insats någon gång under året"),
    "declared": phrase("de som finns i årets fil"),
}
_AFTER = {
    "ended": phrase(
        "De som avslutades efter {day} är inte med. Det som är känt om de andra räknas till och med {as_of}."
    ),
    "started": phrase(
        "De som började efter {day} är inte med. Det som är känt om de andra räknas till och med {as_of}."
    ),
    "active": phrase(
        "De som började efter {day} är inte med. Det som är känt om de andra räknas till och med {as_of}."
    ),
}
_BY_DESIGN = {
    "sessions": phrase(
        "Första och sista värdet är klientens första och sista mätning; den som har en enda har ingen förändring."
    ),
    "process": phrase("Mått som följer arbetet är inga utfall och ingår aldrig i ett resultat."),
    "goals": phrase("Andelen mål som nåddes har ett intervall som räknar med att samma person kan ha flera mål."),
    "answers": phrase("Andelen av svaren har ett intervall som räknar med att samma person kan ha flera svar."),
    "needs": phrase(
        "Behov räknas område för område; andelen som löstes har ett intervall som räknar med att samma person har flera områden."
    ),
}
_NO_ANSWERS = {"not_known", "not_applicable"}


def blocks(read: Reader) -> list[Block]:
    """Rules of counting, and those that the five principles are judged by."""
    lines = [*_ours(read), *_agreed(read), *_outside(read)]
    out: list[Block] = [Heading(read.say("Så är det räknat"), 3), Bullets(tuple(lines))]
    if rules := principles.rules(read):
        out += [Heading(read.say("Så bedöms de fem principerna"), 3), Bullets(tuple(rules))]
    return out


def _designs(read: Reader) -> set[str]:
    return {outcome.design for outcome in read.report.context.outcomes}


def _ours(read: Reader) -> list[str]:
    """What the project has decided, its own choices named as such."""
    unit = read.report.context.unit
    chosen = read.own(unit.cohort.eligible) if unit.cohort.eligible else read.say(_RULES[unit.cohort.rule])
    lines = [
        read.say("Urval: {rule}. Räkneenhet: {people}.", rule=chosen.rstrip("."), people=read.unit_word),
        *_part_of_year(read),
        *_main_outcome(read),
        read.say("Andelar har Wilsons intervall. Medelförändring har t-intervall för parade mätningar."),
    ]
    if _designs(read) & {"change", "sessions"}:
        lines.append(read.say(
            "«Om de som saknas gick som mätta med liknande startvärde» är skattat med maximum likelihood. Det är ett antagande om dem som saknas, ingen "
            "rättelse."))  # fmt: skip
    return [
        *lines,
        read.say("Under {share} uppföljda, eller under {pairs} mätta, ges inget samlat resultat. Gränserna är projektets eget val.",
                 share=read.numbers.percent(unit.limits.coverage, None), pairs=read.numbers.whole(unit.limits.pairs)),
        *_symbols(read),
        read.say("Andelar av färre än {least} skrivs som antal, utan procent. Gränsen är projektets eget val.",
                 least=read.numbers.whole(SMALLEST_DENOMINATOR)),
    ]  # fmt: skip


def _main_outcome(read: Reader) -> list[str]:
    """When the main outcome was decided, by what signs a change would show, and what it was before."""
    primary, context = read.report.context.unit.primary, read.report.context
    criterion = context.main.criterion
    method = f"{criterion.method} {criterion.threshold}" if criterion else context.main.design
    lines = [
        read.say(
            "Huvudutfallet bestämdes {date} (kontrolltecken {signs}; andra tecken nästa år betyder att datum, mått, svarande, "
            "tillfällen eller metod är ändrade).",
            date=primary.declared.isoformat(),
            signs=primary.fingerprint(method),
        )
    ]
    if primary.declared.year > context.year:
        lines.append(read.say("Det bestämdes efter årets slut. Läs det som ett av flera möjliga utfall."))
    for before in primary.earlier:
        lines.append(
            read.say(
                "Före dess, från {date}, var det {measure} ({who}). Skäl till ändringen: {why}",
                date=before.declared.isoformat(),
                measure=read.name(context.unit.measure(before.measure)),
                who=read.say(RATERS[before.rater]),
                why=sentence(read.own(before.why)),
            )
        )
    return lines


def _part_of_year(read: Reader) -> list[str]:
    """Who of the year is not in its part, and until when the others have been followed."""
    context = read.report.context
    if not context.through:
        return []
    text = read.say(_AFTER[context.unit.cohort.rule], day=when.last_day(read), as_of=context.as_of.isoformat())
    return [f"{read.say('Delårsrapport.')} {text}"]


def _symbols(read: Reader) -> list[str]:
    """Signs in the tables; a public report tells them with what it hides."""
    if read.report.mode == "public":
        return []
    return [read.say("I tabellerna betyder «–» att det inte finns något att räkna, och «.» att ett tal inte går att räkna ut eller "
                     "inte gäller.")]  # fmt: skip


def _agreed(read: Reader) -> list[str]:
    """What the unit has decided, and what follows from the designs of its outcomes."""
    unit, lines = read.report.context.unit, []
    if unit.counting:
        lines.append(read.say("Så räknar enheten själv: {counting}", counting=sentence(read.own(unit.counting))))
    lines += [
        read.say("Enhetens mål, bestämt i förväg: minst {share} på {measure} (källa: {source}).",
                 share=read.numbers.percent(target.share, None), measure=read.name(unit.measure(target.measure)),
                 source=read.own(target.source))
        for target in unit.targets
    ]  # fmt: skip
    lines += [read.say(text) for design, text in _BY_DESIGN.items() if design in _designs(read)]
    meanings = {level.meaning for outcome in read.report.context.outcomes for level in outcome.measure.levels}
    if meanings & _NO_ANSWERS:
        lines.append(read.say(
            "Ett svar som betyder «okänt» räknas som saknat bland alla. Ett svar som betyder «inte aktuellt» ingår inte i någon "
            "nämnare."))  # fmt: skip
    return lines


def _outside(read: Reader) -> list[str]:
    """Answers that the unit leaves out when it counts shares."""
    left = dict.fromkeys(
        read.quoted(level)
        for outcome in read.report.context.outcomes
        for level in outcome.measure.levels
        if level.code in read.report.context.unit.counting_outside
    )
    if not left:
        return []
    return [
        read.say(
            "Enheten räknar inte in {labels} när den redovisar andelar. «Av alla» räknar med dem.",
            labels=", ".join(left),
        )
    ]
