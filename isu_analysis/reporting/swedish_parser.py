"""Command lines whose error messages are in Swedish; argparse itself speaks English."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

WRONG_USAGE = 2

_IN_SWEDISH = {
    "the following arguments are required:": "det här saknas:",
    "unrecognized arguments:": "okänt på kommandoraden:",
    "invalid choice:": "finns inte:",
    "choose from": "välj bland",
    "expected at least one argument": "här behövs minst ett värde",
    "expected one argument": "här behövs ett värde",
    "one of the arguments": "en av de här behövs:",
    " is required": "",
    "not allowed with argument": "kan inte anges tillsammans med",
    "ignored explicit argument": "här ska inget värde stå:",
    "ambiguous option:": "flera val börjar så:",
    "could match": "välj bland",
    "invalid int value:": "inte ett heltal:",
    "argument ": "",
}


class SwedishParser(argparse.ArgumentParser):
    """An argument parser that explains a mistyped command in Swedish and ends with exit code 2."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, **options)
        self._positionals.title = "argument"
        self.add_argument("-h", "--help", action="help", help="visa den här hjälpen")

    def error(self, message: str) -> NoReturn:
        """Show the usage and what is wrong."""
        for english, swedish in _IN_SWEDISH.items():
            message = message.replace(english, swedish)
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"Fel i kommandot: {message}\n")
