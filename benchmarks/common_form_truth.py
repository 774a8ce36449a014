"""Exempelstad's stored truth against the common form: for each unit and year, which target, inside or outside.

``python -m benchmarks.common_form_truth`` writes the demonstration in a folder of its own, reads it in, counts each unit's
primary outcome as the analysis does, and holds bounds and plausible range against ``sanning.json``, which knows
the lost, too. ``--project`` takes a project that is already read in; nothing is written to it.

Three kinds of truth:

=====================  =============================================================================
cohort_status          what would have been measured of everyone: where each count of the measured is
                       what the truth counts of the same people. The bounds hold it, always.
recorded_otherwise     what is true of everyone, where the files say something else of those who were
                       measured (rounded, misjudged, the lost entered as failures): no column claims it.
behind_the_code        the situation behind a closing reason, where the truth knows it: not claimed either.
=====================  =============================================================================

A level that the measure calls not known (boende-hemloshet) is not measured to the form and not positive to the truth: the
bounds hold it, the odds ratio becomes far too low. The rate of the process has no stored truth: it is in `benchmarks.common_form`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import isu_analysis as isu
from benchmarks.simulation import markdown
from isu_analysis.analysis import Outcome, Results
from isu_analysis.analysis.coverage import ordinary
from isu_analysis.intake import intake
from isu_analysis.settings import load_unit
from isu_analysis.statistics.outcomes.common_form import common_form
from isu_analysis.synthetic import MUNICIPALITY, TRUTH, YEARS, write_demo

ROOT = Path(__file__).parents[1]
Counts = dict[str, int]

# Unit -> where its truth stands (two places where it has two groups), and what it calls everybody and the measured there.
WHERE: dict[str, tuple[str, str, str]] = {
    "behandling-vuxna": ("dok_forandring", "all", "interviewed"),
    "boende-hemloshet": ("of_persons", "all", "measured"),
    "digitalt-stod": ("alkoholkonsumtion_minskat", "all", "measured"),
    "familjeteam": ("mst_ultimate/bor_hemma", "all", "measured"),
    "foraldrastod": ("starkt_formaga", "all", "answered"),
    "oppenvard-fit": ("ors", "all", "measured"),
    "oppenvard-loke": ("avslutsorsak", "", ""),
    "resurs-barn": ("avslutsorsak", "all", "written"),
    "resurs-centrum": ("closing_rc_centrum", "all", "measured"),
    "resurs-unga": ("closing_ru_nordost", "all", "measured"),
    "samtalsmottagning": ("lidande/start_end", "", ""),
    "skolstod-familjehem": ("skolfam_gymnasium", "all", "measured"),
    "spel-alkohol": ("spel/bedomd_forandring alkohol/bedomd_forandring", "all", "measured"),
    "stodboende-unga": ("kasam13", "all", "measured"),
    "ung-framtid": ("maluppfyllelse", "all", "measured"),
    "unga-substans": ("mini_maria_change/end", "all", "measured"),
    "unga-vuxna": ("core_om", "all", "pairs"),
    "vald-nara": ("su_vald", "all", "measured"),
    "vuxen-asi": ("asi.alkohol_oro", "all", "measured"),
}
CHANGES = {"improved": "better", "no_certain_change": "unchanged", "worse": "worse"}
BEHIND = "situation"
COHORT, OTHERWISE, BEHIND_THE_CODE = "cohort_status", "recorded_otherwise", "behind_the_code"


def told(truth: dict[str, Any], unit: str, item: str) -> tuple[Counts, Counts]:
    """Return what is true of everybody, and of the measured, as counts by level."""
    places, *groups = WHERE[unit]
    nodes = [reduce(dict.__getitem__, place.split("/"), truth) for place in places.split()]
    everybody, measured = ([_levels(node[name] if name else node, item) for node in nodes] for name in groups)
    return _summed(everybody), _summed(measured)


def _summed(groups: list[Counts]) -> Counts:
    return {name: sum(group[name] for group in groups) for name in groups[0]}


def _levels(node: dict[str, Any], item: str) -> Counts:
    """Return counts by level from any of the shapes the truth has."""
    if "better" in node:
        return {ours: node[theirs] for ours, theirs in CHANGES.items()}
    if "levels" in node:
        return dict(node["levels"])
    if "ja" in node:
        return {"ja": node["ja"], "nej": node["n"] - node["ja"]}
    if item and item in node:  # a share of n
        yes = round(node[item] * node["n"])
        return {"ja": yes, "nej": node["n"] - yes}
    return dict(node)


def counted(results: Results) -> tuple[Counts, int, set[str]]:
    """Return a unit's primary outcome as the analysis counts it: by level, of how many, and the positive levels."""
    outcome, cells = results.context.main, {cell.id: int(cell.value) for cell in results.cells if cell.kind == "count"}
    of = cells.get(f"{outcome.key}/due", cells["flow/eligible"])
    if outcome.twice:
        words = (
            ("better", "unchanged", "deteriorated") if outcome.criterion else ("way/better", "way/same", "way/worse")
        )
        names = dict(zip(CHANGES, words, strict=True))
        return {part: cells[f"{outcome.key}/{word}"] for part, word in names.items()}, of, {"improved"}
    levels = ordinary(outcome.measure)
    positive = {level.code for level in levels if level.positive}
    # Two anonymous pictures have nobody whose change was measured.
    seen = {level.code: cells.get(f"{outcome.key}/level/{level.code}", 0) for level in levels}
    return seen, of, positive or {"improved"}


def compared(results: Results, truth: dict[str, Any]) -> list[dict[str, object]]:
    """Return one row a truth that the unit's form can be held against."""
    outcome = results.context.main
    seen, of, positive = counted(results)
    everybody, measured = told(truth, results.context.unit.slug, outcome.measure.id.split(".")[-1])
    plain = {name: seen.get(name, 0) for name in everybody}
    as_told = all(plain[name] == measured.get(name, 0) for name in plain if name in seen or outcome.twice)
    if outcome.design == "cross_sections":
        as_told = not sum(measured.values())
    # A level that says "not known" is nobody's status: whoever has it is not measured.
    unknown = {name for name in everybody if seen and not outcome.twice and name not in seen} if seen else set()
    known = {name: n for name, n in everybody.items() if name not in unknown}
    row = _row(results, outcome, seen, of, positive)
    rows = [row | _held(row, seen, known, of, positive, COHORT if as_told else OTHERWISE)]
    if BEHIND in truth:
        better = {"better": truth[BEHIND]["all"]["better"]}
        rows.append(row | _held(row, {"better": row["n"]}, better, of, {"better"}, BEHIND_THE_CODE))
    return rows


def _row(results: Results, outcome: Outcome, seen: Counts, of: int, positive: set[str]) -> dict[str, Any]:
    good, measured = sum(seen.get(name, 0) for name in positive), sum(seen.values())
    form = common_form(good, 0, measured - good, 0, of).to_frame().set_index("part").loc["improved"]
    panel = "change" if outcome.twice else "unpaired" if outcome.design == "cross_sections" else "after only"
    return {
        "unit": results.context.unit.slug,
        "year": results.context.year,
        "panel": panel,
        "of": of,
        "measured": measured,
        "n": good,
        **form[["share_low_bound", "share_high_bound", "plausible_low", "plausible_high"]].to_dict(),
        **form[["plausible_interval_low", "plausible_interval_high"]].to_dict(),
    }


def _held(row: dict[str, Any], seen: Counts, everybody: Counts, of: int, positive: set[str], target: str) -> Any:
    """Return whether bounds and range hold the truth: of the positive, and of each level by itself."""
    true = sum(everybody.get(name, 0) for name in positive)
    share, lost = true / of, of - row["measured"]
    ends = (("bounds", "share_low_bound", "share_high_bound"), ("range", "plausible_low", "plausible_high"),
            ("range with error", "plausible_interval_low", "plausible_interval_high"))  # fmt: skip
    within = {name: bool(row[low] - 1e-12 <= share <= row[high] + 1e-12) if row[low] == row[low] else None
              for name, low, high in ends}  # fmt: skip
    levels = [seen.get(name, 0) <= n <= seen.get(name, 0) + lost for name, n in everybody.items()]
    return {"target": target, "true share": share, **within, "levels": len(levels), "levels in bounds": sum(levels),
            "own OR": _odds_ratio(row["n"], row["measured"], true, of)}  # fmt: skip


def _odds_ratio(n: int, measured: int, true: int, of: int) -> float:
    """Return the odds of the lost over those of the measured; NaN where there are none, or the truth is out of reach."""
    lost, among_lost = of - measured, true - n
    if not 0 <= among_lost <= lost or lost == 0 or n in (0, measured):
        return np.nan
    return among_lost / (lost - among_lost) / (n / (measured - n)) if among_lost < lost else np.inf


def table(project: Path) -> pd.DataFrame:
    """Return one row a unit, year and truth of a project with the demonstration read in."""
    truth = json.loads((project / "data_raw" / MUNICIPALITY / TRUTH).read_text(encoding="utf-8"))["units"]
    rows = []
    for unit in sorted(truth):
        for year in YEARS:
            results = isu.analyse(isu.cohort(f"{MUNICIPALITY}/{unit}", year, project=project))
            rows += compared(results, truth[unit][str(year)])
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many unit-years' truth each kind of interval holds, by target and panel."""
    in_set = rows["own OR"].between(0.1, 1)
    counts = rows.assign(**{"own OR in set": in_set, "range, OR in set": rows["range"].eq(True) & in_set})
    how = {"unit": "size", "bounds": _true, "levels": "sum", "levels in bounds": "sum", "range": _true,
           "range with error": _true, "own OR in set": "sum", "range, OR in set": "sum"}  # fmt: skip
    return counts.groupby(["target", "panel"]).agg(how).rename(columns={"unit": "unit-years"})


def _true(flags: pd.Series) -> int:
    return int(flags.eq(True).sum())


def print_tables(project: Path) -> None:
    """Print the count, and the rows it is made of."""
    rows = table(project)
    print(markdown(summary(rows), "Exempelstad: how many unit-years' truth the form holds"))
    shown = rows.drop(columns=["plausible_interval_low", "plausible_interval_high", "levels"]).set_index(
        ["unit", "year"]
    )
    print(markdown(shown, "Exempelstad: unit by unit"))


def main() -> None:
    """Read the options, make the demonstration where none is given, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.common_form_truth", description="Inside or outside.")
    parser.add_argument("--project", type=Path)
    options = parser.parse_args()
    if options.project:
        print_tables(options.project)
        return
    with tempfile.TemporaryDirectory(prefix="isu-bench-") as name:
        project = Path(name)
        shutil.copytree(ROOT / "parameters", project / "parameters")
        write_demo(project)
        for unit in WHERE:
            intake(load_unit(f"{MUNICIPALITY}/{unit}", project), project)
        print_tables(project)


if __name__ == "__main__":
    main()
