"""One cell at a time: from what stands in the file to a number, a date or a code, or to a problem.

Nothing is repaired silently: a cell is accepted by a rule of the unit file, or listed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import Any

from isu_analysis.measures import Measure

_WHOLE = r"[-+]?([0-9]+|[0-9]{1,3}( [0-9]{3})+)"  # a space may part thousands, not two numbers in one cell
_NUMBER = {",": re.compile(rf"{_WHOLE}(,[0-9]+)?"), ".": re.compile(rf"{_WHOLE}(\.[0-9]+)?")}
_YEARS = range(1900, 2101)  # a date outside is a slip of the keys; the span of «year» in the unit file lies within
_LARGEST = 1e15  # past this a floating point number no longer tells whole numbers apart
_SHORTENED = re.compile(r"[0-9][.,][0-9]+E\+[0-9]+", re.IGNORECASE)
_AS_TEXT = "hela numret, i en kolumn som är formaterad som text innan numren skrivs in"
_ISO = "%Y-%m-%d"
# What an SPSS label says where its code is no score: a code inside the scale would otherwise pass for one.
_NO_ANSWER = re.compile(
    r"\b(vet (ej|inte)|(ej|inte|inget|inga) (svar|svarat|besvarad|aktuellt?|ifyllt?|uppgift)|vill (ej|inte)|saknas|bortfall|avböj\w*)\b",
    re.IGNORECASE,
)
_TOUCHING = re.compile("%[A-Za-z]%")  # parts of a date with nothing between them, as in 20240229
SCALE_SLACK = 1e-9


class CellProblem(Exception):
    """A cell that breaks a rule: what, and what is allowed. Never what stood there."""

    def __init__(self, what: str, allowed: str) -> None:
        self.what: str = what
        self.allowed: str = allowed
        super().__init__(what)


def number(cell: Any, decimal: str) -> float:
    """Read a number; text is read with the declared decimal sign only, a labelled SPSS value by its code."""
    if isinstance(cell, str) and hasattr(cell, "code") and _NO_ANSWER.search(cell):
        raise CellProblem(
            "etiketten säger att svar saknas, men varken SPSS eller enhetsfilen gör det", "ett skäl under «missing»"
        )
    cell = cell if getattr(cell, "missing", False) else getattr(cell, "code", cell)
    if isinstance(cell, bool | dt.date | dt.time):
        raise CellProblem("inte ett tal", "ett tal, eller tomt")
    if isinstance(cell, int | float):
        value = float(cell) if abs(cell) < _LARGEST else math.inf
    else:
        text = str(cell).replace("\u2212", "-")
        if not _NUMBER[decimal].fullmatch(text):
            raise CellProblem(
                "text i en talkolumn", f"ett tal med decimal{'komma' if decimal == ',' else 'punkt'}, eller tomt"
            )
        value = float(text.replace(" ", "").replace(",", "."))
        value = value if abs(value) < _LARGEST else math.inf
    if not math.isfinite(value):
        raise CellProblem("inte ett tal", "ett tal, eller tomt")
    return value


def span(low: float, high: float) -> str:
    """Allowed span in words, open at an end that is not finite."""
    if math.isinf(high):
        return f"minst {low:g}"
    return f"högst {high:g}" if math.isinf(low) else f"{low:g}–{high:g}"


def score(cell: Any, measure: Measure, decimal: str) -> float:
    """Read a score and hold it against the measure's scale."""
    value = number(cell, decimal)
    low, high = float(measure.minimum or 0), float(measure.maximum or 0)
    if not low - SCALE_SLACK <= value <= high + SCALE_SLACK:
        raise CellProblem(f"värdet ligger utanför skalan för {measure.name_sv}", f"{low:g}–{high:g}")
    if measure.step >= 1 and abs((value - low) / measure.step - round((value - low) / measure.step)) > SCALE_SLACK:
        raise CellProblem(f"{measure.name_sv} räknas i hela poäng", f"{low:g}–{high:g} i steg om {measure.step:g}")
    return value


def date(cell: Any, pattern: str) -> dt.date:
    """Read a date: a real date cell, or text in the declared form."""
    found = _date(cell, pattern)
    if found is None:
        raise CellProblem("inte ett datum", f"ett datum på formen {date_form(pattern)}")
    if found.year not in _YEARS:
        raise CellProblem("ett orimligt årtal", f"ett datum från {_YEARS[0]} till {_YEARS[-1]}")
    return found


def _date(cell: Any, pattern: str) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = str(cell)
    exact = pattern == _ISO or _TOUCHING.search(pattern)  # 2024111 could be two dates, and 2024-1-5 is no ISO date
    if not text.isascii() or (exact and len(text) != len(pattern.replace("%Y", "ÅÅÅÅ"))):
        return None
    try:
        return dt.datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def date_form(pattern: str) -> str:
    """Date pattern in words: ``%Y-%m-%d`` -> ``ÅÅÅÅ-MM-DD``."""
    words = {"%Y": "ÅÅÅÅ", "%y": "ÅÅ", "%m": "MM", "%d": "DD", "%H": "TT", "%M": "MM", "%S": "SS"}
    return re.sub("%[A-Za-z]", lambda match: words.get(match.group(), match.group()), pattern)


def level(cell: Any, measure: Measure) -> str:
    """Read the code of one of a measure's answers."""
    text = as_text(cell)
    if text not in measure.codes:
        raise CellProblem("svaret hör inte till måttet", words(measure.codes))
    return text


def as_text(cell: Any) -> str:
    """Text of a cell; a whole number is written without decimals, so that 17 and 17.0 are the same case."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def number_of_case(cell: Any) -> str:
    """Text of a person's or a case's number, unless a spreadsheet has made something else of it.

    What Excel has shortened (2,02401E+11), made a date of (24-1) or has more figures than it can keep would be several
    cases in one; an invisible sign would make one case two.
    """
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta) or (isinstance(cell, float) and not cell.is_integer()):
        raise CellProblem("ett datum, decimaltal eller sant/falskt där ett nummer ska stå", _AS_TEXT)
    text = as_text(cell)
    if _SHORTENED.fullmatch(text) or (isinstance(cell, int | float) and abs(cell) >= _LARGEST):
        raise CellProblem("numret är avkortat av kalkylprogrammet", _AS_TEXT)
    if not text.isascii() and any(unicodedata.category(sign) in {"Cf", "Cc"} for sign in text):
        raise CellProblem("numret innehåller osynliga tecken", "bara synliga tecken; skriv om cellen för hand")
    return text


def words(allowed: tuple[str, ...]) -> str:
    """The first dozen of what is allowed."""
    shown = ", ".join(f"«{word}»" for word in allowed[:12])
    return shown + (" …" if len(allowed) > 12 else "")
