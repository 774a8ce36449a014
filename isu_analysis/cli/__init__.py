"""The ``isu`` command: words in, one call, an exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from isu_analysis.cli.arguments import parser
from isu_analysis.cli.screen import ANOTHER_RUN, CRASHED, INTERRUPTED, WRONG_INPUT, complain, say
from isu_analysis.errors import IsuError
from isu_analysis.settings import project_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")  # an old Windows console lacks some signs; never stop for that
    options = parser().parse_args(arguments)
    try:
        return int(options.command(options, _project() if options.needs_project else Path.cwd()))
    except IsuError as error:
        return complain(_code(error), error)
    except ModuleNotFoundError as error:
        from isu_analysis.reporting.extras import install_line

        return complain(WRONG_INPUT, install_line(error))
    except Exception as error:  # noqa: BLE001 - a foreign error's message and trace may quote data, and are never shown
        from isu_analysis.reporting.reasons import place_of

        kind = type(error).__name__
        return complain(CRASHED, f"Oväntat fel ({kind}) {place_of(error)}. Se «Fel i programmet» i docs/fel.md.")
    except KeyboardInterrupt:
        return complain(INTERRUPTED, "Avbrutet. Det som redan är klart ligger kvar; inget är halvskrivet.")


def _project() -> Path:
    """The project; said where it is not the one that the user stands in, as nobody would look for their files there."""
    found, here = project_folder(), Path.cwd().resolve()
    if found not in (here, *here.parents) and "ISU_PROJECT" not in os.environ:
        say(f"Projektmapp: {found}")
    return found


def _code(error: IsuError) -> int:
    from isu_analysis.reporting.running.lock import BusyError

    return ANOTHER_RUN if isinstance(error, BusyError) else WRONG_INPUT
