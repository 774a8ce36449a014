"""Rules of a fill-in workbook's cells, as Excel keeps them: lists to choose from, spans of numbers, dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from isu_analysis.sketching.fields import Field

_LONGEST_LIST = 255  # characters that Excel takes in a rule itself; longer lists stand on a hidden sheet
_PROMPT, _MESSAGE, _TITLE = 255, 225, 32  # most characters of what Excel shows
_FIRST_DAY, _LAST_DAY = "DATE(1900,1,1)", "DATE(2100,12,31)"  # as intake has it


@dataclass
class Lists:
    """Lists that do not fit in a rule; `title` is the hidden sheet they stand on, one column each."""

    title: str
    kept: list[tuple[str, ...]] = field(default_factory=list)

    def place(self, words: Sequence[str]) -> str:
        """Address of a list, kept if it is new."""
        from openpyxl.utils import get_column_letter

        words = tuple(words)
        if words not in self.kept:
            self.kept.append(words)
        letter = get_column_letter(self.kept.index(words) + 1)
        return f"'{self.title}'!${letter}$1:${letter}${len(words)}"

    def write(self, book: Any) -> None:
        """Add the sheet to the workbook if there are any lists."""
        if not self.kept:
            return
        sheet = book.create_sheet(self.title)
        sheet.sheet_state = "hidden"
        for column, words in enumerate(self.kept, start=1):
            for row, word in enumerate(words, start=1):
                cell = sheet.cell(row, column, word)
                cell.data_type, cell.number_format = "s", "@"


def apply(sheet: Any, one: Field, letters: dict[str, str], rows: tuple[int, int], lists: Lists) -> None:
    """Put a column's rule on its cells; every column has at least a note that says what it means."""
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = letters[one.heading]
    after = letters.get(one.after, "")
    rule = DataValidation(
        allow_blank=True, **_rule(one, f"{letter}{rows[0]}", f"{after}{rows[0]}" if after else "", lists)
    )
    rule.showInputMessage, rule.showErrorMessage = True, True
    rule.promptTitle, rule.prompt = _cut(one.heading, _TITLE), _cut(f"{one.about} Tom cell: {one.empty}.", _PROMPT)
    rule.errorTitle, rule.error = "Går inte att fylla i", _cut(f"Tillåtet: {allowed(one)}.", _MESSAGE)
    rule.add(f"{letter}{rows[0]}:{letter}{rows[1]}")
    sheet.add_data_validation(rule)


def allowed(one: Field) -> str:
    """What may stand in a cell, in words."""
    words = ", ".join(f"«{word}»" + (f" ({meaning})" if meaning else "") for word, meaning in one.words.items())
    if one.kind == "text":
        return "text" + (f"; eller {words}" if words else "")
    if one.kind == "date":
        return "ett datum, ÅÅÅÅ-MM-DD"
    if one.kind == "words":
        return words
    kind = "ett heltal" if one.whole else "ett tal"
    return f"{kind}{_span(one)}" + (f"; eller {words}" if words else "")


def _span(one: Field) -> str:
    if one.low is not None and one.high is not None:
        return f" {one.low:g}–{one.high:g}"
    low = "" if one.low is None else f", minst {one.low:g}"
    return low + ("" if one.high is None else f", högst {one.high:g}")


def _rule(one: Field, cell: str, after: str, lists: Lists) -> dict[str, Any]:
    if one.kind == "words":
        return {"type": "list", "formula1": _list(list(one.words), lists)}
    if one.kind == "date":
        return _date(cell, after)
    if one.kind == "text":
        return {}
    if one.words or one.low is None or one.high is None:
        return {"type": "custom", "formula1": _number_or_word(one, cell, lists)}
    kind = "whole" if one.whole else "decimal"
    return {"type": kind, "operator": "between", "formula1": f"{one.low:g}", "formula2": f"{one.high:g}"}


def _list(words: list[str], lists: Lists) -> str:
    together = ",".join(words)
    plain = len(together) <= _LONGEST_LIST - 2 and not any(sign in word for word in words for sign in ',"')
    return f'"{together}"' if plain else lists.place(words)


def _date(cell: str, after: str) -> dict[str, Any]:
    if not after:
        return {"type": "date", "operator": "between", "formula1": _FIRST_DAY, "formula2": _LAST_DAY}
    parts = f"ISNUMBER({cell}),{cell}>={_FIRST_DAY},{cell}<={_LAST_DAY},{cell}>={after}"
    return {"type": "custom", "formula1": f"AND({parts})"}


def _number_or_word(one: Field, cell: str, lists: Lists) -> str:
    """A number in the span, or one of the words spelt as they are; a word such as 99 may be typed as a number."""
    parts = [f"ISNUMBER({cell})"]
    parts += [f"{cell}>={one.low:g}"] if one.low is not None else []
    parts += [f"{cell}<={one.high:g}"] if one.high is not None else []
    parts += [f"{cell}=INT({cell})"] if one.whole else []
    number = f"AND({','.join(parts)})"
    if not one.words:
        return number
    return f'OR({number},SUMPRODUCT(--EXACT({lists.place(list(one.words))},{cell}&""))>0)'


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
