"""Projects to run: a part of the demonstration, as often as wanted, and small units in any number."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[1]
YEAR = 2024
DEMO = "exempelstad"
# From the smallest file to nearly the largest: forms, goals, scales, registers; one rater or several.
UNITS = ("foraldrastod", "resurs-barn", "unga-vuxna", "oppenvard-fit", "spel-alkohol", "vuxen-asi")
UNITS_OF_A_MUNICIPALITY = 20
_CASES = 40

_UNIT = """\
name: Liten {number}
municipality: Kommun {place}
invented: true
purpose: "Att mäta vad en körning kostar."
desired_outcome: "Litet."
target_group: "Påhittade."
retention_years: 1
measures: [kasam13]
occasions:
  start: {{label: "start", role: start}}
  end: {{label: "slut", role: end}}
cohort: {{rule: declared}}
primary: {{measure: kasam13, rater: client, start: start, end: end, declared: 2021-12-01}}
sources:
  - file: "2024.csv"
    year: 2024
    rows: measurement
    id: Ärende
    day: Datum
    occasion: {{column: Tillfälle, values: {{Start: start, Slut: end}}}}
    long:
      measure: {{column: Mått, values: {{KASAM: kasam13}}}}
      value: Värde
      rater_column: {{column: Svarar, values: {{Klient: client}}}}
volumes:
  - {{year: 2024, what: started, n: 50, source: "påhittat"}}
"""

_PARAMETERS = 'year: int = 2024\nrelease: str = "internal"\nas_of: str = ""\nlanguage: str = "sv"'
_SHOW = """\
import json
from IPython.display import display
display({{{kind!r}: json.loads({section!r}), "text/plain": "..."}}, raw=True)"""


def demonstration(folder: Path, units: tuple[str, ...], copies: int = 1) -> list[str]:
    """Lay out and read in some units of the demonstration municipality, and the same again under other names.

    Returns
    -------
    list of str
        The municipalities' folder names.
    """
    from isu_analysis.intake import intake
    from isu_analysis.settings import load_unit
    from isu_analysis.synthetic import write_demo

    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    write_demo(folder)
    places = [DEMO, *(f"{DEMO}-{number}" for number in range(2, copies + 1))]
    for place in places:
        for unit in units:
            settings = (ROOT / "parameters" / DEMO / f"{unit}.yml").read_text(encoding="utf-8")
            name = place.capitalize().replace("-", " ")
            _write(folder / f"parameters/{place}/{unit}.yml", settings.replace("Exempelstad", name))
            if place != DEMO:
                shutil.copytree(folder / f"data_raw/{DEMO}/{unit}", folder / f"data_raw/{place}/{unit}")
            intake(load_unit(f"{place}/{unit}", folder), folder)
    return places


def small_units(folder: Path, municipalities: int, units: int = UNITS_OF_A_MUNICIPALITY) -> list[str]:
    """Lay out many units of one year, all read in, and notebooks that show one section and compute nothing.

    One unit is read in; the others are the same tables under other names, with the sums of their own files.
    """
    from isu_analysis.intake import intake
    from isu_analysis.settings import load_unit

    keys = [f"kommun-{place:03}/liten-{number:02}" for place in range(municipalities) for number in range(units)]
    for key in keys:
        place, number = key[7:10], key[-2:]
        _write(folder / f"parameters/{key}.yml", _UNIT.format(place=place, number=number))
        _write(folder / f"data_raw/{key}/2024.csv", _table())
    first, *others = keys
    intake(load_unit(first, folder), folder)
    read_in = folder / "data_processed" / first
    about = json.loads((read_in / "intake.json").read_text(encoding="utf-8"))
    for key in others:
        there = folder / "data_processed" / key
        shutil.copytree(read_in, there)
        settings = (folder / f"parameters/{key}.yml").read_bytes()
        _write(there / "intake.json", json.dumps(about | {"settings_sha256": hashlib.sha256(settings).hexdigest()}))
    _write_notebook(folder, "unit_report", f'unit: str = ""\nthrough: str = ""\n{_PARAMETERS}')
    _write_notebook(folder, "municipality_overview", f'municipality: str = ""\n{_PARAMETERS}')
    return keys


def publish_all(folder: Path, keys: list[str]) -> int:
    """Leave every report of small units as if a run had just made it, and give how many there are.

    The pages are a few bytes each: a plan looks at their names, sizes and times. What is learnt of one unit is taken for
    all, because five thousand times a tenth of a second is no part of what is measured.
    """
    from isu_analysis.reporting.plan import SWEDISH, overviews
    from isu_analysis.reporting.planning import known, record
    from isu_analysis.reporting.planning.hashes import Hashes
    from isu_analysis.reporting.planning.inputs import Inputs
    from isu_analysis.reporting.planning.jobs import find_jobs

    pages = {name: name.encode() * 20 for name in ("report.pdf", "report.html", "tabeller.xlsx", "manifest.json")}
    pages |= {f"figurer/{number}.png": b"png" * 99 for number in range(8)}
    hashes = Hashes(folder)
    inputs = Inputs(folder, hashes=hashes)
    learnt = known._learn(keys[0], folder)
    with mock.patch.object(known, "_learn", lambda key, project: dict(learnt)):
        jobs = find_jobs(folder, keys, hashes=hashes).jobs
        every = [*jobs, *overviews(jobs)]
        for job in every:
            for name, data in pages.items():
                _write(job.folder(folder, "internal") / name, data)
            record.enter(folder, job, "internal", SWEDISH, inputs.of(job), pages, f"{YEAR}-12-31")
    hashes.save()
    return len(every)


def _table() -> str:
    rows = ["Ärende;Tillfälle;Mått;Datum;Värde;Svarar"]
    for case in range(_CASES):
        rows.append(f"A{case:03};Start;KASAM;2024-02-{1 + case % 28:02};{40 + case};Klient")
        rows.append(f"A{case:03};Slut;KASAM;2024-09-{1 + case % 28:02};{45 + case};Klient")
    return "\r\n".join([*rows, ""])


def _write_notebook(folder: Path, name: str, parameters: str) -> None:
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    from isu_analysis.presentation.sealed import MIME_TYPE, Document, Heading, Paragraph, Section, to_json

    about = Document(
        title="En rapport", subtitle="som mäter tid", municipality="Kommun", unit="Liten", year=YEAR, language="sv",
        as_of="2024-12-31", release="internal", marks=("Påhittade uppgifter",), footer="Ingen.",
    )  # fmt: skip
    section = to_json(Section(about, "first_page", (Heading("Rubrik", 2), Paragraph("En mening.")), "0" * 64))
    show = _SHOW.format(kind=MIME_TYPE, section=json.dumps(section))
    cells = [
        new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell(show, id="show"),
    ]
    kernel = {"kernelspec": {"name": "isu", "display_name": "ISU", "language": "python"}}
    _write(folder / "notebooks" / f"{name}.ipynb", nbformat.writes(new_notebook(cells=cells, metadata=kernel)))


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
