"""The page that says which reports there are; built from the manifests found and from nothing else."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from isu_analysis import files
from isu_analysis.disclosure.issue import Issue
from isu_analysis.errors import IsuError
from isu_analysis.presentation.when import in_words
from isu_analysis.presentation.wording import Wording
from isu_analysis.reporting.check import check_page
from isu_analysis.reporting.issues import NAME
from isu_analysis.reporting.plan import SWEDISH
from isu_analysis.settings.periods import last_day

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid #767676; vertical-align: top; }
a { color: #0b4f8a; }
:focus-visible { outline: 3px solid #0b4f8a; outline-offset: 2px; }
.marked { border-left: .4rem solid #8a4b00; padding: .25rem .75rem; }
.scroller { overflow-x: auto; position: relative; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
@media (prefers-color-scheme: dark) { body { color: #f2f2f2; background: #161616; } a { color: #9ecbff; } :focus-visible { outline-color: #9ecbff; } }
"""
_TITLES = {"internal": "Rapporter för internt bruk", "public": "Rapporter för publicering"}
_LEADS = {
    "internal": "Här står alla antal, även små. Rapporterna är för enhetens arbete och ska inte spridas.",
    "public": "I rapporterna är små antal och det som skulle avslöja dem dolt.",
}
_INVENTED, _IN_ENGLISH = "påhittade uppgifter", "på engelska"


@dataclass(frozen=True, order=True)
class Entry:
    """One published report, as its manifest describes it.

    ``latest_first`` counts the days down to its last one: the newest year first, and a whole year before its parts.
    """

    municipality: str
    is_unit: bool  # False sorts first: a municipality's overview stands above its units
    unit: str
    latest_first: int
    when: str
    folder: str
    invented: bool
    language: str = "sv"


def write_index(project: Path, release: str) -> Path:
    """Write ``reports/<release>/index.html`` and return its path.

    Raises
    ------
    ReportError
        Somebody has changed a manifest, and what it says must not be published.
    """
    folder = project / "reports" / release
    path = folder / "index.html"
    data = page(_entries(folder), release).encode("utf-8")
    check_page(project, path.name, data)
    if not path.is_file() or path.read_bytes() != data:
        files.write(path, data)
    return path


def _entries(folder: Path) -> list[Entry]:
    found = []
    for path in sorted(folder.glob("*/*/*/manifest.json")):
        where = path.parent.relative_to(folder).as_posix()
        try:
            found.append(_entry(json.loads(path.read_text(encoding="utf-8")), where))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IsuError):
            continue  # not a manifest of ours: nothing is known about that folder, so nothing is said
    return sorted(found)


def _entry(about: Mapping[str, Any], where: str) -> Entry:
    year = int(about["year"])
    through = last_day(year, about.get("through"))
    issue = Issue.read(about[NAME]) if NAME in about else None
    updated = issue.updated if issue and issue.is_updated else ""
    return Entry(
        str(about["municipality"]),
        not about.get("overview", False),
        str(about["unit"]),
        -(through or dt.date(year, 12, 31)).toordinal(),
        in_words(year, through, updated, Wording()),
        where,
        bool(about["invented"]),
        str(about.get("language", SWEDISH)),
    )


def page(entries: Iterable[Entry], release: str) -> str:
    """Build the page: no script, nothing fetched, every link named after what it opens."""
    listed = list(entries)
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_TITLES[release]}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{_TITLES[release]}</h1>
<p>{_LEADS[release]}</p>
{_table(listed) if listed else "<p>Det finns inga rapporter än.</p>"}
</main>
</body>
</html>
"""


def _table(entries: list[Entry]) -> str:
    note = '<p class="marked">Rapporter märkta ”påhittade uppgifter” handlar inte om verkliga människor.</p>\n'
    rows = "\n".join(_row(entry) for entry in entries)
    return f"""{note if any(entry.invented for entry in entries) else ""}<div class="scroller" role="region" tabindex="0" aria-label="Rapporterna"><table>
<caption>En rad för varje enhet och år, det senaste året först. Översikten över en kommun står före dess enheter.</caption>
<thead><tr><th scope="col">Enhet</th><th scope="col">Kommun</th><th scope="col">År</th>\
<th scope="col">Webbsida</th><th scope="col">PDF</th></tr></thead>
<tbody>
{rows}
</tbody>
</table></div>"""


def _row(entry: Entry) -> str:
    unit, municipality, when = html.escape(entry.unit), html.escape(entry.municipality), html.escape(entry.when)
    marks = ([_INVENTED] if entry.invented else []) + ([_IN_ENGLISH] if entry.language == "en" else [])
    mark = f" ({', '.join(marks)})" if marks else ""
    about = f'<span class="unseen"> {unit}{mark} {when}</span>'
    links = [
        f'<td><a href="{quote(entry.folder)}/{file}">{word}{about}</a></td>'
        for file, word in (("report.html", "Öppna"), ("report.pdf", "Öppna PDF"))
    ]
    return f'<tr><th scope="row">{unit}{mark}</th><td>{municipality}</td><td>{when}</td>{"".join(links)}</tr>'
