"""Read a published report back as anybody could: every printed number, with the place where it stands."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import openpyxl

Place = tuple[str, str, str, int]  # caption, row, column, and which number in the cell; or "text", its words, "", which
TEXT = "text"
# A count as it is written: a number without decimals and without "%", or what stands where it is hidden.
_FEW = r"färre än 5"
_HIDDEN = r"\.\.|ett dolt antal|Ett dolt antal|\(dolt antal\)|\bdolt\b"
_NUMBER = r"(?<![\w,.−–-])\d{1,3}(?:\u00a0\d{3})*(?![\w,%]|\.\d|[\u00a0 ]?%| procent|[–-]\d)"
_TOKEN = re.compile(f"(?P<few>{_FEW})|(?P<hidden>{_HIDDEN})|(?P<number>{_NUMBER})")
_SPACE = re.compile(r"[ \t\r\n]+")  # but not the one that keeps a number together
_COUNT_FORMATS = {"0", "General", "#,##0", "#\u00a0##0"}
_HEADINGS = {"h1", "h2", "h3", "h4"}
_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "figcaption", "caption", "div", "section", "td", "th"}


@dataclass(frozen=True)
class Seen:
    """One number on a page: None where it is hidden; ``few`` where it is said to be fewer than five."""

    value: int | None
    few: bool = False


Page = Mapping[Place, Seen]
_WITHIN = re.compile(r"för alla [\d\u00a0]+ mellan (−?[\d,]+) och (−?[\d,]+) poäng")
_SCALE = re.compile(r"(\d+)–(\d+) poäng, (?:lägre|högre)")


@dataclass(frozen=True)
class Room:
    """How far the missing could move a mean change, as printed, and the width of the scale."""

    low: float
    high: float
    width: float


def room(files: Mapping[str, bytes]) -> Room | None:
    """What a page says of the best and the worst that the missing allow, where it does."""
    html = re.sub(r"<[^>]+>", "", files["report.html"].decode("utf-8"))
    within, scale = _WITHIN.search(html), _SCALE.search(html)
    if within is None or scale is None:
        return None
    low, high = (float(text.replace("−", "-").replace(",", ".")) for text in within.groups())
    return Room(low, high, float(scale[2]) - float(scale[1]))


def read(files: Mapping[str, bytes]) -> dict[Place, Seen]:
    """Everything that the tables and the words of one report say of counts."""
    said: dict[tuple[str, str], set[tuple[Seen, ...]]] = {}
    for heading, text in sentences(files["report.html"].decode("utf-8")):
        said.setdefault((heading, _TOKEN.sub("#", text)), set()).add(tuple(_tokens(text)))
    found = dict(_of_workbook(files["tabeller.xlsx"]))
    for (heading, words), numbers in said.items():
        if len(numbers) == 1:  # else the same words are said of two things, and nobody knows which is which
            found |= {(TEXT, words, heading, at): seen for at, seen in enumerate(next(iter(numbers)))}
    return found


def _of_workbook(data: bytes) -> Iterator[tuple[Place, Seen]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets[1:]:
        caption = str(sheet["A1"].value)
        for at, seen in enumerate(_tokens(str(sheet["A2"].value))):
            yield (caption, "basis", "", at), seen
        rows = list(sheet.iter_rows(min_row=4))
        top = next((n for n, row in enumerate(rows) if sum(cell.value is not None for cell in row) > 1), None)
        if top is None:
            continue
        heads = [str(cell.value or "") for cell in rows[top]]
        for row in rows[top + 1 :]:
            yield from _of_row(caption, heads, row)


def _of_row(caption: str, heads: list[str], row: tuple[openpyxl.cell.Cell, ...]) -> Iterator[tuple[Place, Seen]]:
    label = str(row[0].value)
    if heads[1:] and "poäng" in label:  # a row of points
        return
    for head, cell in list(zip(heads, row, strict=False))[1:]:
        if isinstance(cell.value, str):
            for at, seen in enumerate(_tokens(cell.value)):
                yield (caption, label, head, at), seen
        elif isinstance(cell.value, int) and cell.number_format in _COUNT_FORMATS:
            yield (caption, label, head, 0), Seen(cell.value)


def _tokens(text: str) -> Iterator[Seen]:
    for match in _TOKEN.finditer(text):
        if match["number"]:
            yield Seen(int(match["number"].replace("\u00a0", "")))
        else:
            yield Seen(None, few=bool(match["few"]))


def sentences(html: str) -> list[tuple[str, str]]:
    """Everything that can be read in a page outside its tables, also what stands for pictures; each under its heading."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [
        (heading, part)
        for heading, text in reader.texts
        for part in re.split(r"(?<=[.!?;:]) +", _SPACE.sub(" ", text).strip())
        if part
    ]


class _Reader(HTMLParser):
    """Collects the texts of blocks, and of attributes that say what a picture shows."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = [("", "")]
        self._heading = ""
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"style", "table", "script"}:
            self._skipped += 1
        if tag in _BLOCKS:
            self._begin()
        told = [value for name, value in attrs if name in {"alt", "aria-label", "title"} and value]
        self.texts += [(self._heading, value) for value in told]
        if told:
            self._begin()

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "table", "script"}:
            self._skipped -= 1
        if tag in _HEADINGS:
            self._heading = self.texts[-1][1]
        if tag in _BLOCKS:
            self._begin()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            heading, text = self.texts[-1]
            self.texts[-1] = heading, text + data

    def _begin(self) -> None:
        self.texts.append((self._heading, ""))
