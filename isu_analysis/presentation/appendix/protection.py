"""What is hidden in a public report and why, in words for those who read it; and what the mark of an internal one means."""

from __future__ import annotations

from isu_analysis.disclosure.release import (
    INTERNAL,
    NO_BREAKDOWN,
    NO_CROSS,
    NO_SUBGROUPS,
    TOO_SMALL,
    TWO_CATEGORIES,
    WHOLE,
)
from isu_analysis.presentation import sentences
from isu_analysis.presentation.blocks import Block, Bullets, Heading, Paragraph
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

# What each rung has left out; the last is told on page one instead.
_RUNGS = {
    WHOLE: phrase("Inget är förenklat utöver det: alla delar som brukar finnas i en rapport av den här storleken är med."),
    NO_CROSS: phrase("Det räckte inte att dölja tal. Därför är korstabeller utelämnade: svar efter hur de kom till, och mätningar efter hur insatsen slutade."),
    NO_SUBGROUPS: phrase("Det räckte inte att dölja tal. Därför är alla uppdelningar av resultatet på grupper utelämnade."),
    TWO_CATEGORIES: phrase("Det räckte inte att dölja tal. Därför är alla uppdelningar på grupper utelämnade, och hur svaren fördelar sig visas inte, bara goda och andra."),
    NO_BREAKDOWN: phrase("Det räckte inte att dölja tal. Därför är alla uppdelningar utelämnade, också vilka personerna är, och av svaren visas bara goda och andra."),
    TOO_SMALL: "",
}  # fmt: skip
_SYMBOLS = phrase(
    "I tabellerna betyder «–» att det inte finns något att räkna, «.» att ett tal inte går att räkna ut eller inte gäller, och «..» att det är dolt."
)
_NOT_BY_PEOPLE = ("/grid/",)  # squares that exist only where somebody is: their number is not told either


def blocks(read: Reader) -> list[Block]:
    """The rules that the report follows, whom they protect against, and how far it had to be simplified."""
    if read.report.mode != "public":
        return _internal(read)
    lines = [
        *filter(None, [sentences.standing(read)]),
        _hidden(read),
        *_rules(read),
        read.say(_SYMBOLS),
        *_against(read),
    ]
    lines += [read.say(text) for text in [_RUNGS[read.report.rung]] if text]
    return [Heading(read.say("Vad som är dolt, och varför"), 3), Bullets(tuple(lines))]


def _hidden(read: Reader) -> str:
    """How many numbers are hidden."""
    n = sum(
        cell.hidden != INTERNAL and not any(word in cell.id for word in _NOT_BY_PEOPLE) for cell in read.report.hidden
    )
    if not n:
        return read.say("Inget tal behövde döljas.")
    return read.plural(
        "{n} tal är dolt, för att ingen ska kunna kännas igen.",
        "{n} tal är dolda, för att ingen ska kunna kännas igen.",
        n,
    )


def _rules(read: Reader) -> list[str]:
    """The limits, named as the project's own."""
    limits, whole = read.report.limits, read.numbers.whole
    return [
        read.say(
            "Dolt är antal under {cell}, också noll där det säger något om någon, de tal som ett sådant skulle gå att räkna ut ur, och "
            "det som är räknat ur dem. Det syns inte vilket av skälen som gäller. Bara få som blev sämre skrivs ut, som «färre än "
            "{cell}», så att ingen kan utelämna dem.",
            cell=whole(limits.min_cell),
        ),
        read.say(
            "Medelvärden kräver minst {mean} personer och har en decimal. Spridning, medelvärdens intervall, medianer och skattningar kräver minst "
            "{spread}. Två grupper som har var sitt medelvärde skiljer sig åt med minst {mean}. Vilka personerna är, och "
            "resultat för grupper, visas när rapporten gäller minst {groups}. Minsta och största värden, p-värden och enskilda "
            "datum visas aldrig.",
            mean=whole(limits.min_n_mean),
            spread=whole(limits.min_n_spread),
            groups=whole(limits.min_n_breakdown),
        ),
        read.say("Gränserna är projektets eget val."),
    ]


def _against(read: Reader) -> list[str]:
    """Whom the rules protect against, and whom not."""
    return [
        read.say(
            "Skyddet räknar med press, klienter, anhöriga och en kollega som känner till ett enskilt fall. Det räknar med att de har det "
            "här programmet, alla publicerade rapporter för alla år, och de tal som enheten har angett som kända på annat håll."
        ),
        read.say("Enhetens egen personal vet redan mer. Mot den skyddar det inte."),
    ]


def _internal(read: Reader) -> list[Block]:
    """What the mark on every page means; not what somebody would decide."""
    text = read.say(
        "Märkningen «Internt underlag» är en påminnelse, inget beslut. Sekretessen prövas när någon begär att få ut rapporten (26 kap. 1 § "
        "offentlighets- och sekretesslagen, 2009:400)."
    )
    return [Heading(read.say("Sekretess"), 3), Paragraph(" ".join([text, *_alike(read)]))]


def _alike(read: Reader) -> list[str]:
    """How easy somebody is to find in what is stored."""
    if not read.report.has(cell := "stored/alike"):
        return []
    return [
        read.plural(
            "I de lagrade uppgifterna finns någon som är ensam om sin bakgrund och det kvartal insatsen började. Den som vet det om någon kan hitta "
            "personen där.",
            "I de lagrade uppgifterna delar alla sin bakgrund, och det kvartal insatsen började, med minst {others} till.",
            int(read.value(cell)),
            others=read.numbers.whole(read.value(cell) - 1),
        )
    ]
