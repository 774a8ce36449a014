"""What may be written after ``isu``, with help in Swedish."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from isu_analysis.cli import commands
from isu_analysis.reporting.swedish_parser import SwedishParser
from isu_analysis.version import __version__

Command = Callable[[argparse.Namespace, Path], int]

_EPILOG = """\
slutkoder: 0 allt gick bra, 1 något är fel i filer eller inställningar, 2 kommandot är felskrivet,
3 någon rapport kunde inte göras (de andra är klara).
Mer hjälp om ett kommando: isu report --help"""
_EVERY = "kommun/enhet, eller en hel kommun; alla enheter om inget anges"
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
        added.set_defaults(command=command)
        return added

    _for_reports(add)
    _for_describing(add)
    _for_custody(add)
    return made


def _for_reports(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("demo", commands.demo, "visar allt med en påhittad kommun")
    check = add("check", commands.check, "kontrollerar råfilerna utan att läsa in dem")
    intake = add("intake", commands.intake, "läser in råfilerna, om de är utan fel")
    report = add("report", commands.report, "gör rapporter av inlästa uppgifter")
    for command in (check, intake, report):
        command.add_argument("units", nargs="*", metavar="ENHET", help=_EVERY)
    about = "bara detta år, eller flera som 2023,2024; kan anges flera gånger; alla år om inget anges"
    report.add_argument("--year", dest="years", type=_years, action="extend", metavar="ÅR", help=about)
    report.add_argument("--public", action="store_true", help="rapporter för publicering, där små antal döljs")
    report.add_argument(
        "--language", choices=("sv", "en"), default="sv", help="rapportens språk: svenska (sv) eller engelska (en)"
    )
    report.add_argument("--as-of", dest="as_of", type=_date, metavar="DATUM", help="uppgifternas datum, ÅÅÅÅ-MM-DD")


def _for_describing(add: Callable[..., argparse.ArgumentParser]) -> None:
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


def _date(text: str) -> str:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» är inte ett datum på formen ÅÅÅÅ-MM-DD") from None
