"""What may be written after ``isu``, with help in Swedish."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from isu_analysis.cli import commands
from isu_analysis.reporting.exit_codes import MEANINGS
from isu_analysis.reporting.limits import Limits
from isu_analysis.reporting.swedish_parser import SwedishParser
from isu_analysis.version import __version__

Command = Callable[[argparse.Namespace, Path], int]

_CODES = "\n".join(f"  {code:<4} {what}" for code, what in MEANINGS.items())
_EPILOG = f"""\
slutkoder:
{_CODES}
Mer hjälp om ett kommando: isu report --help"""
_EVERY = "kommun/enhet, eller en hel kommun; alla enheter om inget anges"
_CERTIFICATES = "mapp med ca.pem, cert.pem och key.pem"
_UNIT = "kommun/enhet, som exempelstad/unga-vuxna"


def parser() -> argparse.ArgumentParser:
    """Make the parser of the whole command line."""
    made = SwedishParser(
        prog="isu",
        description="Gör socialtjänstens egna uppföljningsfiler till en rapport för varje enhet och år.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"isu {__version__}", help="visa versionen")
    below = made.add_subparsers(title="kommandon", metavar="KOMMANDO", required=True)

    def add(name: str, command: Command, what: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = below.add_parser(name, help=what, description=f"{what.capitalize()}.")
        added.set_defaults(command=command, needs_project=True)
        return added

    _for_reports(add)
    _for_nights(add)
    _for_describing(add)
    _for_custody(add)
    return made


def _for_reports(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("demo", commands.demo, "visar allt med en påhittad kommun")
    check = add("check", commands.check, "kontrollerar råfilerna utan att läsa in dem")
    intake = add("intake", commands.intake, "läser in råfilerna, om de är utan fel")
    report = add("report", commands.report, "gör rapporter av inlästa uppgifter")
    status = add("status", commands.status, "visar vilka rapporter som är aktuella, och varför de andra inte är det")
    for command in (check, intake, report, status):
        command.add_argument("units", nargs="*", metavar="ENHET", help=_EVERY)
    for command in (report, status):
        _which_reports(command)
    collect = add("collect", commands.collect, "visar vilka som ska mätas nu, och vad som händer om ingen mäts")
    collect.add_argument("units", nargs="*", metavar="ENHET", help=_EVERY)
    collect.add_argument(
        "--as-of",
        dest="as_of",
        type=_day,
        required=True,
        metavar="DATUM|idag",
        help="kontrollens dag, ÅÅÅÅ-MM-DD eller idag",
    )
    _for_many(report)
    worker = add("worker", commands.worker, "låter den här datorn göra rapporter åt en schemaläggare (dask)")
    worker.add_argument("cluster", metavar="ADRESS", help="schemaläggarens adress: tls://dator:8786")
    worker.add_argument("--threads", type=int, default=1, metavar="N", help="rapporter på en gång (%(default)s)")
    worker.add_argument("--tls", type=Path, metavar="MAPP", help=_CERTIFICATES)


def _which_reports(command: argparse.ArgumentParser) -> None:
    about = "bara detta år, eller flera som 2023,2024; kan anges flera gånger; alla år om inget anges"
    command.add_argument("--year", dest="years", type=_years, action="extend", metavar="ÅR", help=about)
    command.add_argument("--public", action="store_true", help="rapporter för publicering, där små antal döljs")
    command.add_argument(
        "--language", choices=("sv", "en"), default="sv", help="rapportens språk: svenska (sv) eller engelska (en)"
    )
    command.add_argument("--as-of", dest="as_of", type=_date, metavar="DATUM", help="uppgifternas datum, ÅÅÅÅ-MM-DD")


def _for_many(report: argparse.ArgumentParser) -> None:
    """How many reports are made: which part of the year, what each may take, and who helps."""
    limits = Limits()
    report.add_argument(
        "--through", type=_date, metavar="DATUM", help="delårsrapporter till och med en dag i året; bara internt"
    )
    report.add_argument("--force", action="store_true", help="gör även de rapporter som redan är aktuella")
    report.add_argument(
        "--minutes",
        type=_positive,
        default=limits.minutes,
        metavar="N",
        help="längsta tid för en rapport (%(default)s)",
    )
    report.add_argument(
        "--gigabytes",
        type=_positive,
        default=limits.gigabytes,
        metavar="N",
        help="mest minne för en rapport (%(default)s)",
    )
    report.add_argument("--cluster", metavar="ADRESS", help="låt andra datorer göra rapporterna: tls://dator:8786")
    report.add_argument("--tls", type=Path, metavar="MAPP", help=_CERTIFICATES)


def _for_nights(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What is done when nobody is at the keyboard."""
    run = add("run", commands.run, "läser in det som är nytt och gör de rapporter som inte är aktuella")
    run.add_argument("units", nargs="*", metavar="ENHET", help=_EVERY)
    run.add_argument("--public", action="store_true", help="gör även rapporter för publicering")
    run.add_argument("--collect", action="store_true", help="kontrollera även insamlingen, som isu collect")
    run.add_argument("--as-of", dest="as_of", type=_day, metavar="DATUM|idag", help="uppgifternas datum; behövs sällan")
    run.add_argument("--language", choices=("sv", "en"), default="sv", help="rapporternas språk")
    run.add_argument("--dry-run", action="store_true", help="visa bara vad som skulle göras; inget skrivs")
    run.add_argument(
        "--logs", type=Path, default=Path("logs"), metavar="MAPP", help="mapp för logg och meddelande (%(default)s)"
    )
    run.add_argument("--quiet", action="store_true", help="skriv bara något på skärmen om något behöver åtgärd")
    _for_many(run)
    schedule = add("schedule", commands.schedule, "skriver det som startar isu run av sig självt")
    kinds = schedule.add_subparsers(title="schemaläggare", metavar="SLAG", dest="scheduler", required=True)
    for kind, what in {"systemd": "Linux", "cron": "Linux och Mac", "windows": "Windows"}.items():
        one = kinds.add_parser(kind, help=what, description=f"Schema för {what}.")
        one.add_argument("--at", default="04:30", metavar="HH:MM", help="klockslag (%(default)s)")
        one.add_argument(
            "--every",
            choices=("day", "week", "month"),
            default="day",
            help="varje dag, vecka eller månad (%(default)s)",
        )
        one.add_argument("--day", metavar="DAG", help="veckodag, som måndag, eller dag i månaden, 1 till 28")
        one.add_argument("--name", default="isu-rapporter", metavar="NAMN", help="namn på schemat (%(default)s)")
        one.add_argument("--user", metavar="KONTO", help="kontot som kör; annars det som äger projektmappen")
        one.add_argument("--to", type=Path, metavar="MAPP", help="skriv filerna här i stället för på skärmen")
        one.add_argument("words", nargs="*", metavar="-- ORD", help="det som ska stå efter isu run, som -- --public")


def _for_describing(add: Callable[..., argparse.ArgumentParser]) -> None:
    new = add("new", commands.new, "gör en tom projektmapp, med anteckningsböckerna")
    new.add_argument("folder", type=Path, metavar="MAPP", help="en ny mapp")
    new.set_defaults(needs_project=False)
    init = add("init", commands.init, "gör ett första utkast till enhetsfil av en råfil")
    init.add_argument("unit", metavar="KOMMUN/ENHET", help="namn på mapp och fil, som exempelstad/unga-vuxna")
    init.add_argument(
        "--from", dest="source", type=Path, required=True, metavar="FIL", help="råfil, .xlsx, .csv eller .sav"
    )
    measures = add("measures", commands.measures, "listar måtten, eller visar vad en rapport använder av ett mått")
    measures.add_argument("measure", nargs="?", metavar="MÅTT", help="som core_om, eller en del som asi.alkohol_oro")
    template = add("template", commands.template, "gör en arbetsbok att fylla i, av enhetsfilen")
    template.add_argument("unit", metavar="ENHET", help=_UNIT)


def _for_custody(add: Callable[..., argparse.ArgumentParser]) -> None:
    handover = add("handover", commands.handover, "packar det som en annan dator behöver för att göra rapporterna")
    handover.add_argument("units", nargs="+", metavar="ENHET", help=_UNIT)
    handover.add_argument("--to", type=Path, required=True, metavar="FIL", help="arkivet, .zip")
    receive = add("receive", commands.receive, "packar upp det som har lämnats över")
    receive.add_argument("archive", type=Path, metavar="FIL", help="arkivet, .zip")
    receive.add_argument("--replace", action="store_true", help="ersätt enheter som redan finns här")
    purge = add("purge", commands.purge, "gallrar det som var avslutat före ett datum")
    purge.add_argument(
        "--before", type=_date, required=True, metavar="DATUM", help="ÅÅÅÅ-MM-DD; det som var över den dagen är kvar"
    )
    purge.add_argument("--dry-run", action="store_true", help="räkna bara; inget tas bort")
    overdue = add("overdue", commands.overdue, "visar vad som borde vara gallrat enligt enhetsfilens «retention_years»")
    overdue.add_argument(
        "--as-of", dest="as_of", type=_date, required=True, metavar="DATUM", help="räknat från, ÅÅÅÅ-MM-DD"
    )
    for command in (purge, overdue):
        command.add_argument("units", nargs="*", metavar="ENHET", help=f"{_UNIT}; alla enheter om inget anges")
    key = add("key", commands.key, "kopierar pseudonymnyckeln till ett säkert ställe, eller byter den")
    what = key.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--backup", dest="to", type=Path, metavar="PLATS", help="kopiera nyckeln hit, utanför projektmappen"
    )
    what.add_argument("--change", action="store_true", help="gör en ny nyckel; enheterna måste sedan läsas in på nytt")


def _years(text: str) -> list[int]:
    years = [part.strip() for part in text.split(",") if part.strip()]
    if not years or not all(year.isascii() and year.isdigit() and len(year) == 4 for year in years):
        raise argparse.ArgumentTypeError(f"«{text}» är inte ett årtal, eller flera med komma emellan")
    return [int(year) for year in years]


def _positive(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"«{text}» är inte ett tal över noll")
    return number


def _date(text: str) -> str:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» är inte ett datum på formen ÅÅÅÅ-MM-DD") from None


def _day(text: str) -> str:
    return text if text == commands.TODAY else _date(text)
