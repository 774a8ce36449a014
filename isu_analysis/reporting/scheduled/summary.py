"""The summary of a run, for the person who wonders whether the reports are there."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from isu_analysis.reporting.exit_codes import ANOTHER_RUN, CRASHED, INTERRUPTED, WRONG_INPUT
from isu_analysis.reporting.plan import Failed, Job
from isu_analysis.reporting.scheduled.account import Account, Kind
from isu_analysis.reporting.scheduled.log import without_secrets

NAME = "summary.txt"
RUNNING = (
    "Står det här kvar långt efter att körningen borde vara klar har den stannat utan att hinna säga till,\n"
    "till exempel av ett strömavbrott. Inget är halvskrivet. Kör «isu run» igen."
)
_WHAT = {
    "unit_file": "enhetsfilen",
    "intake": "inläsningen",
    "collection": "insamlingskontrollen",
    "internal": "rapporten för internt bruk",
    "public": "rapporten för publicering",
}
_WHAT_TO_DO: dict[Kind, str] = {
    "unit_file": "Rätta enhetsfilen i parameters/. Till dess görs inget för enheten.",
    "intake": "Rätta råfilen eller enhetsfilen. Nästa körning läser in enheten igen.",
    "collection": "Rätta det som nämns. Nästa insamlingskontroll tar med enheten.",
    "internal": "Den rapport som fanns ligger kvar. Rätta det som nämns; nästa körning försöker igen.",
    "public": "Det som är publicerat ligger kvar. Rätta det som nämns; nästa körning försöker igen.",
}
_AFTER_STOP = {
    WRONG_INPUT: "Rätta det som nämns och kör «isu run» igen.",
    ANOTHER_RUN: "Vänta tills den är klar, eller låt nästa körning göra resten.",
    CRASHED: "Det är ett fel i programmet, inte i era filer. Anmäl det, med de sista raderna i isu.log.",
    INTERRUPTED: "Det som redan är klart ligger kvar; inget är halvskrivet. Nästa körning gör resten.",
}
_RELEASES = {"internal": "för internt bruk", "public": "för publicering"}


def text(account: Account) -> str:
    """Write the summary; the first line says how it went."""
    return without_secrets("\n".join(_lines(account))) + "\n"


def _lines(account: Account) -> Iterator[str]:
    yield account.first_line
    yield ""
    yield f"Började {_when(account, ended=False)}."
    if account.ended is None:
        yield from ("", RUNNING)
        return
    yield f"Slutade {_when(account, ended=True)}."
    if account.stopped:
        yield from ("", "Varför den stannade:", *_indented(account.stopped))
        yield f"  Att göra: {_AFTER_STOP.get(account.stop_code, _AFTER_STOP[CRASHED])}"
    yield from _to_mend(account)
    yield from _listed("Inlästa enheter", account.read_in)
    for release, words in _RELEASES.items():
        yield from _reports(f"Gjorda rapporter {words}", account.made, release)
        yield from _reports(f"Redan aktuella rapporter {words}", account.current, release)
    yield from _listed("Väntar på annat", list(dict.fromkeys(account.held_back)))
    if account.collected:
        yield from ("", f"Insamlingen är kontrollerad för {_counted(account.collected, 'enhet', 'enheter')}.")
    yield from ("", "Varje steg, med tider, står i isu.log i samma mapp.")


def _when(account: Account, *, ended: bool) -> str:
    moment = account.ended if ended and account.ended else account.started
    return f"{moment:%Y-%m-%d kl. %H.%M} (UTC{moment.isoformat()[-6:]})"


def _to_mend(account: Account) -> Iterator[str]:
    """Every unit with its reasons, and what to do about them; a reason that several reports share is told once."""
    if not account.failed:
        return
    yield from ("", "Behöver åtgärd:")
    for key in dict.fromkeys(one.unit_key for _, one in account.failed):
        mine = [pair for pair in account.failed if pair[1].unit_key == key]
        yield from ("", f"  {key or 'Alla enheter'}")
        for why in dict.fromkeys(one.reason for _, one in mine):
            yield from _indented(f"{_about([pair for pair in mine if pair[1].reason == why])}: {why}", 4)
        if key in account.older:
            yield "    Rapporterna bygger på det som lästes in tidigare."
        kinds: dict[Kind, None] = dict.fromkeys(kind for kind, _ in mine)
        for kind in kinds:
            yield f"    Att göra: {_WHAT_TO_DO[kind]}"


def _about(mine: Sequence[tuple[Kind, Failed]]) -> str:
    """What could not be done, of which years: ``Rapporten för internt bruk 2022, 2023``."""
    years: dict[Kind, list[str]] = {}
    for kind, one in mine:
        years.setdefault(kind, []).append("" if one.year is None else str(one.year))
    said = "; ".join(" ".join([_WHAT[kind], ", ".join(filter(None, found))]).strip() for kind, found in years.items())
    return said[:1].upper() + said[1:]


def _reports(title: str, jobs: Sequence[tuple[str, Job]], release: str) -> Iterator[str]:
    years: dict[str, list[str]] = {}
    for _, job in sorted(pair for pair in jobs if pair[0] == release):
        years.setdefault(job.unit_key, []).append(job.period)
    count = sum(map(len, years.values()))
    yield from _listed(title, [f"{key}: {', '.join(periods)}" for key, periods in years.items()], count)


def _listed(title: str, lines: Sequence[str], count: int | None = None) -> Iterator[str]:
    if lines:
        yield from ("", f"{title} ({len(lines) if count is None else count}):")
        yield from (f"  {line}" for line in lines)


def _indented(words: str, by: int = 2) -> list[str]:
    return textwrap.indent(words, " " * by).splitlines()


def _counted(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"
