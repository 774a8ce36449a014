"""What one report costs after its numbers are ready: text and drawing, then each kind of file, as processor time.

``python -m benchmarks.one_report`` writes and reads in the demonstration municipality in a folder of its own first.
Each unit's report is made twice and the second time counts: the first pays for imports and fonts, once a run.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

YEAR = 2024
LIMIT = 0.6  # seconds of drawing and text that a report may cost
ROOT = Path(__file__).parents[1]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of the second of two calls, and what it gave."""
    work()
    began = time.process_time()
    given = work()
    return time.process_time() - began, given


def costs(project: Path, unit: str) -> dict[str, float]:
    """Seconds of each step of one unit's internal report."""
    import isu_analysis as isu
    from isu_analysis.presentation import SECTIONS
    from isu_analysis.reporting.exporters.html_page import render_html
    from isu_analysis.reporting.exporters.pdf import render_pdf
    from isu_analysis.reporting.exporters.pictures import render_pictures
    from isu_analysis.reporting.exporters.workbook import render_workbook

    cohort = isu.cohort(f"exempelstad/{unit}", YEAR, project=project)
    analysis, results = timed(lambda: isu.analyse(cohort))
    report = isu.protect(results, isu.Release.internal())
    shown = {}
    found = {"analys": analysis}
    for key in SECTIONS:
        seconds, shown[key] = timed(lambda key=key: isu.show(report, key))
        found[f"avsnitt {key}"] = seconds
    sections = tuple(section for section in shown.values() if section is not None)
    found["text och figurer"] = sum(seconds for name, seconds in found.items() if name.startswith("avsnitt"))
    for name, render in {
        "PDF": render_pdf,
        "HTML": render_html,
        "tabeller.xlsx": render_workbook,
        "figurer": render_pictures,
    }.items():
        found[name] = timed(lambda render=render: render(sections))[0]
    return found


def main() -> None:
    """Print a line a unit, and where the time goes on the whole."""
    from isu_analysis.intake import intake
    from isu_analysis.settings import load_unit
    from isu_analysis.synthetic import write_demo

    with tempfile.TemporaryDirectory(prefix="isu-bench-") as name:
        project = Path(name)
        shutil.copytree(ROOT / "parameters", project / "parameters")
        write_demo(project)
        units = sorted(path.stem for path in (project / "parameters" / "exempelstad").glob("*.yml"))
        for unit in units:
            intake(load_unit(f"exempelstad/{unit}", project), project)
        made = {unit: costs(project, unit) for unit in units}
    columns = ["analys", "text och figurer", "PDF", "HTML", "tabeller.xlsx", "figurer"]
    print(f"| enhet | {' | '.join(columns)} | mot gränsen {LIMIT} |".replace(".", ","))
    print("| --- " * (len(columns) + 2) + "|")
    for unit, found in made.items():
        figures = " | ".join(f"{found[column]:.2f}" for column in columns)
        print(f"| {unit} | {figures} | × {found['text och figurer'] / LIMIT:.2f} |".replace(".", ","))
    print()
    for key in sorted({key for found in made.values() for key in found if key.startswith("avsnitt")}):
        print(f"{key}: median {statistics.median(found[key] for found in made.values()):.3f} s".replace(".", ","))


if __name__ == "__main__":
    main()
