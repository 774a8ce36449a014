"""The registry in plain text: a list of the measures, and of one measure exactly what a report would use."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator

from isu_analysis.measures import wording
from isu_analysis.measures.facts import Fact
from isu_analysis.measures.model import CONTAINERS, Measure
from isu_analysis.measures.registry import measure, measures_available

WIDTH = 100  # columns of a console window
_LABEL = 18  # width of the words to the left on a card
_COLUMNS = {"mått": 24, "namn": 26, "poäng": 12, "delar": 5, "vem som svarar": 28}
# An old console lacks these signs.
_SIGNS = str.maketrans({"–": "-", "\u2212": "-", "…": "...", "\u00a0": " "})


def as_list() -> str:
    """Every measure of the registry under its outcome type: id, name, where its score comes from, parts, raters."""
    cards = [measure(name) for name in measures_available()]
    lines = [_row(tuple(_COLUMNS)), ""]
    for kind, words in wording.KINDS.items():
        found = [card for card in cards if card.kind == kind]
        if found:
            lines += [f"{words.upper()} ({kind})", *(_row(_cells(card)) for card in found), ""]
    lines += ["Allt om ett mått: isu measures core_om. En del av ett mått: isu measures core_om.risk."]
    return _plain(lines)


def as_card(of: Measure | str) -> str:
    """Tell what a report would use of one measure, with sources, and what the card holds that is not used.

    Parameters
    ----------
    of : Measure or str
        A measure, or the id of one in the registry; ``"core_om.risk"`` is a part of ``core_om``.

    Raises
    ------
    SettingsError
        No such measure or part.
    """
    card = measure(of) if isinstance(of, str) else of
    title = _wrapped(card.name_sv, "", "")
    lines = [*title, *_wrapped(f"{card.id}: {card.name}", "", ""), "=" * max(map(len, title))]
    for label, texts in _used(card):
        lines += _entry(label, texts)
    lines += _section("Att tänka på", card.cautions)
    lines += _section("Svar", [wording.level(level) for level in card.levels])
    lines += _section("Delar", [wording.part(card.part(part.id)) for part in card.parts])
    lines += _section("Kan väljas: beskriv måttet i enhetsfilen med ett annat värde", _told(card, _can_be_chosen))
    lines += _section("Finns men används inte (overifierat)", _told(card, _is_unverified))
    return _plain(lines)


def _cells(card: Measure) -> tuple[str, ...]:
    return card.id, card.name_sv, _scored(card), str(len(card.parts) or "-"), wording.raters(card)


def _scored(card: Measure) -> str:
    if card.kind in CONTAINERS:
        return "delarna" if card.parts else "-"
    if card.kind != "scale":
        return "svar"
    return "ur frågor" if card.scoring and card.scoring.method != "import_only" else "färdig poäng"


def _used(card: Measure) -> Iterator[tuple[str, list[str]]]:
    """What a report uses, in the order it is read."""
    yield "Mäter", [card.construct_sv] if card.construct_sv else []
    yield "Sorts utfall", [wording.outcome(card)]
    yield "Vem som svarar", [wording.raters(card)]
    yield "Skala", [wording.scale(card)] if card.kind == "scale" else []
    yield "Uppgiften från", [wording.fact_source(card.basis)] if card.basis else []
    yield "Poäng", [wording.scoring(card)] if card.kind == "scale" else []
    yield "Obesvarade frågor", [wording.missing(card)] if _scored(card) == "ur frågor" else []
    yield "Säker förändring", [wording.certain_change(card)] if card.kind == "scale" and not card.process else []
    named = (
        ("Gränsvärde", "cutoffs"),
        ("Namn på nivåer", "bands"),
        ("Mätsäkerhet", "reliability"),
        ("Jämförelsevärde", "norms"),
    )
    for label, field in named:
        yield label, [wording.fact(fact, card) for fact in getattr(card, field) if fact.used]
    yield "Ålder", [wording.fact(card.ages, card)] if card.ages and card.ages.used else []
    yield "Gäller tiden", [wording.fact(card.time_frame, card)] if card.time_frame and card.time_frame.used else []
    yield "Villkor", [wording.licence(card.licence)] if card.licence else []


def _facts(card: Measure) -> Iterator[Fact]:
    missing = card.scoring.missing if card.scoring else None
    for fact in (card.basis, missing, card.ages, card.time_frame):
        if fact is not None:
            yield fact
    for facts in (card.thresholds, card.cutoffs, card.bands, card.reliability, card.norms):
        yield from facts


def _can_be_chosen(fact: Fact) -> bool:
    return fact.active and fact.optional


def _is_unverified(fact: Fact) -> bool:
    return fact.status == "unverified"


def _told(card: Measure, chosen: Callable[[Fact], bool]) -> list[str]:
    return [f"{wording.label(fact)}: {wording.fact(fact, card)}" for fact in _facts(card) if chosen(fact)]


def _entry(label: str, texts: list[str]) -> list[str]:
    lines: list[str] = []
    for text in texts:
        start = label if not lines else ""
        lines += _wrapped(text, f"{start:<{_LABEL}}", " " * _LABEL)
    return lines


def _section(heading: str, texts: Iterable[str]) -> list[str]:
    lines = [line for text in texts for line in _wrapped(text, "  - ", "    ")]
    return ["", heading, *lines] if lines else []


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _row(cells: tuple[str, ...]) -> str:
    columns = [
        textwrap.wrap(cell, width, break_on_hyphens=False) for cell, width in zip(cells, _COLUMNS.values(), strict=True)
    ]
    height = max(map(len, columns))
    lines = [
        " ".join(
            f"{column[i] if i < len(column) else '':<{width}}"
            for column, width in zip(columns, _COLUMNS.values(), strict=True)
        )
        for i in range(height)
    ]
    return "\n".join(line.rstrip() for line in lines)


def _plain(lines: list[str]) -> str:
    return "\n".join(lines).translate(_SIGNS).rstrip() + "\n"
