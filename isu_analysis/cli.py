"""The ``isu`` command: words in, one call, an exit code out."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from isu_analysis.errors import IsuError
from isu_analysis.reporting.plan import Mode
from isu_analysis.reporting.swedish_parser import SwedishParser
from isu_analysis.settings import project_folder
from isu_analysis.version import __version__

OK, WRONG_INPUT, SOME_FAILED, INTERRUPTED = 0, 1, 3, 130  # and 2 from the parser
DEMO = "exempelstad"

_EPILOG = """\
slutkoder: 0 allt gick bra, 1 något är fel i filer eller inställningar, 2 kommandot är felskrivet,
3 någon rapport kunde inte göras (de andra är klara).
Mer hjälp om ett kommando: isu report --help"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old Windows console lacks some signs; never stop for that
    options = _parser().parse_args(arguments)
    try:
        return options.command(options, project_folder())
    except IsuError as error:
        return _complain(WRONG_INPUT, error)
    except ModuleNotFoundError as error:
        from isu_analysis.reporting.extras import install_line

        return _complain(WRONG_INPUT, install_line(error))
    except KeyboardInterrupt:
        return _complain(INTERRUPTED, "Avbrutet. Det som redan är klart ligger kvar; inget är halvskrivet.")


def _demo(options: argparse.Namespace, project: Path) -> int:
    from isu_analysis.reporting import batch
    from isu_analysis.synthetic import write_demo

    _say("Skriver råfiler för den påhittade kommunen Exempelstad …")
    write_demo(project)
    failed = batch.intake_named(project, [DEMO], _say)
    releases: tuple[Mode, ...] = ("internal", "public")
    made = {release: batch.report_named(project, [DEMO], release=release, say=_say) for release in releases}
    failed += [one for summary in made.values() for one in summary.failed]
    return _end(failed, SOME_FAILED, _last("internal") if made["internal"].done else "")


def _init(options: argparse.Namespace, project: Path) -> int:
    from isu_analysis.sketching import sketch

    return _end([], OK, sketch(project, options.unit, options.source))


def _check(options: argparse.Namespace, project: Path) -> int:
    from isu_analysis.reporting import batch

    return _end(batch.check_named(project, options.units, _say), WRONG_INPUT)


def _intake(options: argparse.Namespace, project: Path) -> int:
    from isu_analysis.reporting import batch

    return _end(batch.intake_named(project, options.units, _say), WRONG_INPUT)


def _report(options: argparse.Namespace, project: Path) -> int:
    from isu_analysis.reporting import batch

    release: Mode = "public" if options.public else "internal"
    summary = batch.report_named(project, options.units, options.years, release, options.as_of, _say)
    return _end(summary.failed, SOME_FAILED, _last(release) if summary.done else "")


def _last(release: Mode) -> str:
    return f"Klart. Öppna reports/{release}/index.html"


def _parser() -> argparse.ArgumentParser:
    parser = SwedishParser(
        prog="isu",
        description="Gör socialtjänstens egna uppföljningsfiler till en rapport för varje enhet och år.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"isu {__version__}", help="visa versionen")
    _add_commands(parser.add_subparsers(title="kommandon", metavar="KOMMANDO", required=True))
    return parser


def _add_commands(commands: Any) -> None:
    def add(name: str, command: Callable[[argparse.Namespace, Path], int], what: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(name, help=what, description=f"{what.capitalize()}.")
        added.set_defaults(command=command)
        return added

    add("demo", _demo, "visar allt med en påhittad kommun")
    init = add("init", _init, "gör ett första utkast till enhetsfil av en råfil")
    init.add_argument("unit", metavar="KOMMUN/ENHET", help="namn på mapp och fil, som exempelstad/unga-vuxna")
    init.add_argument("--from", dest="source", type=Path, required=True, metavar="FIL", help="råfil, .xlsx eller .csv")
    check = add("check", _check, "kontrollerar råfilerna utan att läsa in dem")
    intake = add("intake", _intake, "läser in råfilerna, om de är utan fel")
    report = add("report", _report, "gör rapporter av inlästa uppgifter")
    every = "kommun/enhet, eller en hel kommun; alla enheter om inget anges"
    for command in (check, intake, report):
        command.add_argument("units", nargs="*", metavar="ENHET", help=every)
    _add_report_options(report)


def _add_report_options(report: argparse.ArgumentParser) -> None:
    about = "bara detta år, eller flera som 2023,2024; kan anges flera gånger; alla år om inget anges"
    report.add_argument("--year", dest="years", type=_years, action="extend", metavar="ÅR", help=about)
    report.add_argument("--public", action="store_true", help="rapporter för publicering, där små antal döljs")
    report.add_argument("--as-of", dest="as_of", type=_date, metavar="DATUM", help="uppgifternas datum, ÅÅÅÅ-MM-DD")


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


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _complain(code: int, *what: object) -> int:
    sys.stderr.writelines(f"{line}\n" for line in what)
    return code


def _end(failed: Sequence[object], code: int, last: str = "") -> int:
    _complain(code, *failed)
    if last:
        _say(last.replace("Klart.", f"{len(failed)} gick inte att göra, se ovan.") if failed else last)
    return code if failed else OK
