"""Where the data come from: date, version, files with their hashes, and what intake wants somebody to look at."""

from __future__ import annotations

from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import NOTHING, Reader
from isu_analysis.version import __version__

MOST_WARNINGS = 12
_HASH = 16  # first characters of a hash: enough to tell files apart


def blocks(read: Reader) -> list[Block]:
    """The data; raw files are named in the internal report only."""
    text = read.say(
        "Uppgifternas datum är {date}. Rapporten är gjord med isu_analysis {version}.",
        date=read.report.context.as_of.isoformat(),
        version=__version__,
    )
    heading, text = Heading(read.say("Uppgifterna"), 3), " ".join([text, *_issued_before(read)])
    if read.report.mode == "internal":
        return [heading, Paragraph(text), *_files(read), *_warnings(read)]
    why = read.say("Datumet är månadens sista, för att inte visa ett enskilt datum.")
    return [heading, Paragraph(f"{text} {why}")]


def _issued_before(read: Reader) -> list[str]:
    """When the report was first issued, where its figures are others by now."""
    issue = read.report.issue
    if not (issue and issue.is_updated):
        return []
    return [read.say("Den gjordes första gången på uppgifter från {first}. Siffrorna har ändrats sedan dess, senast med uppgifter från {updated}.",
                     first=issue.first, updated=issue.updated)]  # fmt: skip


def _files(read: Reader) -> list[Block]:
    files = [item for item in read.report.context.files if item]
    if not files:
        return []
    skipped = any(item.get("skipped") for item in files)
    rows = tuple(
        (str(item["file"]), _whole(read, item["rows"]), *((_whole(read, item.get("skipped", 0)),) if skipped else ()),
         str(item.get("sha256", ""))[:_HASH] or NOTHING)
        for item in files
    )  # fmt: skip
    heads = [Column(read.say("Fil")), Column(read.say("Rader"), "right")]
    heads += [Column(read.say("Överhoppade rader"), "right")] if skipped else []
    heads.append(Column(read.say("SHA-256, de första {n} tecknen", n=read.numbers.whole(_HASH))))
    return [Table(read.say("Inlästa filer"), tuple(heads), rows)]


def _whole(read: Reader, number: object) -> str:
    return read.numbers.whole(float(str(number)))


def _warnings(read: Reader) -> list[Block]:
    """What intake accepted and still wants somebody to look at."""
    warnings = read.report.context.warnings
    if not warnings:
        return []
    listed = [*warnings[:MOST_WARNINGS]]
    if len(warnings) > MOST_WARNINGS:
        rest = len(warnings) - MOST_WARNINGS
        listed.append(read.plural("Ytterligare {n}; «isu check» visar alla.", "Ytterligare {n}; «isu check» visar alla.", rest))  # fmt: skip
    return [Heading(read.say("Anmärkningar vid inläsningen"), 3), Bullets(tuple(listed))]
