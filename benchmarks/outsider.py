"""Publish the demonstration municipality as a municipality would, year by year, with a late correction; then attack it.

The outsider has every file of every edition and this program. He reads the files back, knows from whole reports of
invented people what always holds between their numbers, and asks for every hidden number what it can be at the least and
at the most. Beside him stands a stronger one, who has every number that passed the gate, printed or not.

    python -m benchmarks.outsider                     # all units, pages made by the exporters without notebooks
    python -m benchmarks.outsider --units unga-vuxna vald-nara --project /tmp/project
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.outsider_files import cells, guess, pages, sums
from benchmarks.outsider_files.pages import Page, Room

ROOT = Path(__file__).parents[1]
MUNICIPALITY = "exempelstad"
YEARS = (2022, 2023, 2024)
_UNCHANGED = "oförändrad"


@dataclass(frozen=True)
class Edition:
    """One report as it was published, and what the outsider does not have: the results behind it."""

    results: Any
    report: Any
    decision: Any
    page: Page
    whole: Page
    room: Room | None = None


@dataclass
class Score:
    """What came out of an attack."""

    secrets: int = 0
    broken: dict[str, list[str]] = field(default_factory=dict)
    strong_secrets: int = 0
    strong_broken: dict[str, list[str]] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    rungs: Counter[str] = field(default_factory=Counter)
    editions: Counter[str] = field(default_factory=Counter)
    hidden: int = 0
    counts: int = 0
    shown_in_tables: tuple[int, int, float] = (0, 0, 0.0)


def make_project(folder: Path, units: Sequence[str]) -> Path:
    """The demonstration municipality, read in."""
    from isu_analysis.intake import intake
    from isu_analysis.settings import load_unit
    from isu_analysis.synthetic import write_demo

    shutil.copytree(ROOT / "parameters", folder / "parameters")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    write_demo(folder)
    for unit in units:
        intake(load_unit(f"{MUNICIPALITY}/{unit}", folder), folder)
    for path in (folder / "parameters" / MUNICIPALITY).glob("*.yml"):
        if path.stem not in units:
            path.unlink()
    shutil.rmtree(folder / "parameters" / "oppna-data", ignore_errors=True)
    return folder


def publish(project: Path, years: Sequence[int]) -> dict[str, Edition]:
    """Publish all reports of some years: decided and entered in the ledger as by ``isu report --public``.

    The pages are made by the same exporters as in a run, without the notebooks between.
    """
    from isu_analysis.disclosure import Release, protect
    from isu_analysis.reporting.plan import plan
    from isu_analysis.reporting.published import Published
    from isu_analysis.reporting.release import Question, decide

    units = sorted(path.stem for path in (project / "parameters" / MUNICIPALITY).glob("*.yml"))
    planned, published = plan([f"{MUNICIPALITY}/{unit}" for unit in units], years, project), Published(project)
    decided = decide(Question(project, MUNICIPALITY, planned.jobs))
    release = published.issued(MUNICIPALITY, decided.release, [one.results for one in decided.analysed.values()])
    found = {}
    for one in (decided.analysed[job] for job in planned.jobs):
        report = protect(one.results, release)
        files = rendered(report)
        published.enter(one.results, release, one.key, files)
        whole = rendered(protect(one.results, Release.internal(reviewed=True)))
        found[one.results.key] = Edition(
            one.results,
            report,
            release.decisions[one.results.key],
            pages.read(files),
            pages.read(whole),
            pages.room(files),
        )
    return found


def rendered(report: Any) -> dict[str, bytes]:
    """The page and the workbook of a report."""
    import isu_analysis as isu
    from isu_analysis.presentation import SECTIONS
    from isu_analysis.reporting.exporters.html_page import render_html
    from isu_analysis.reporting.exporters.workbook import render_workbook

    sections = tuple(section for key in SECTIONS if (section := isu.show(report, key)) is not None)
    return {"report.html": render_html(sections).encode("utf-8"), "tabeller.xlsx": render_workbook(sections)}


def one_late_answer(project: Path, unit: str, year: int) -> str:
    """One person without a mark at the end gets one, long after the report is out."""
    return _late(project, unit, year, 1)


def many_late_answers(project: Path, unit: str, year: int) -> str:
    """The answers of every second person who has none arrive."""
    return _late(project, unit, year, None)


def _late(project: Path, unit: str, year: int, n: int | None) -> str:
    import pandas as pd

    from isu_analysis.settings import load_unit

    main = load_unit(f"{MUNICIPALITY}/{unit}", project).primary
    folder = project / "data_processed" / MUNICIPALITY / unit
    path = folder / "measurements.parquet"
    rows, episodes = pd.read_parquet(path), pd.read_parquet(folder / "episodes.parquet")
    about = rows["measure"].eq(main.measure) & rows["rater"].eq(main.rater) & rows["item"].eq(main.item)
    at_end = rows[about & rows["occasion"].eq(main.end) & rows["missing_reason"].isna() & rows["episode"].notna()]
    begun = set(rows[about & rows["occasion"].eq(main.start)]["episode"]) if main.start else set(episodes["episode"])
    chosen = sorted(
        set(episodes[episodes["year"] == year]["episode"]) - set(at_end["episode"]) & set(episodes["episode"])
    )
    chosen = [episode for episode in chosen if episode in begun]
    chosen = chosen[:n] if n else chosen[::2]
    patterns = at_end[at_end["episode"].isin(episodes[episodes["year"] == year]["episode"])].head(max(1, len(chosen)))
    added = [patterns.iloc[[at % len(patterns)]].assign(episode=episode) for at, episode in enumerate(chosen)]
    taken = (
        about & rows["occasion"].eq(main.end) & rows["episode"].isin(chosen)
    )  # rows that say why there was no answer
    new = pd.concat([rows[~taken], *added], ignore_index=True).astype(rows.dtypes.to_dict())
    new["record"] = new["record"].where(~new["record"].duplicated(), new["record"].max() + 1 + new.index)
    new.to_parquet(path, index=False)
    return f"{unit} {year}: {len(chosen)} sena svar"


def attack(editions: Sequence[Mapping[str, Edition]]) -> Score:
    """Attack every page of every edition, and the editions of one report beside each other."""
    score = Score()
    by_unit: dict[str, list[tuple[int, str, Edition]]] = {}
    for number, published in enumerate(editions, start=1):
        for key, edition in published.items():
            by_unit.setdefault(key.split("/")[1], []).append((number, key, edition))
    for found in by_unit.values():
        _attack_unit(found, score)
    out = [edition for published in editions for edition in published.values() if edition.decision.publishable]
    score.shown_in_tables = guess.kept((edition.page, edition.whole) for edition in out)
    for edition in out:
        public = [cell for cell in edition.report.within("") if cell.kind == "count" and cell.hidden != "internal"]
        score.hidden += sum(bool(cell.hidden) for cell in public)
        score.counts += len(public)
    return score


def _attack_unit(found: Sequence[tuple[int, str, Edition]], score: Score) -> None:
    relations = sums.learn([edition.whole for _, _, edition in found])
    inside = cells.always_inside([edition.results for _, _, edition in found])
    latest: dict[str, Edition] = {}
    for number, key, edition in found:
        name = f"{key}, utgåva {number}"
        score.rungs[edition.decision.rung] += 1
        standing = edition.decision.standing is not None or _kind(edition, latest.get(key)) == _UNCHANGED
        score.editions[_kind(edition, latest.get(key))] += 1
        if standing:  # the page of before: nothing new to attack, if it truly is the same
            score.steps += _steps(name, latest[key], edition)
            continue
        if edition.decision.publishable:
            broken, secrets = guess.work_out(edition.page, edition.whole, relations, edition.room)
            score.secrets += secrets
            if broken:
                score.broken[name] = [
                    f"{' | '.join(map(str, one.place[:3]))}: {one.least} till {one.most} (sant {one.truth})"
                    for one in broken
                ]
            strong, strong_secrets = cells.work_out(edition.results, edition.report, edition.decision, inside)
            score.strong_secrets += strong_secrets
            if strong:
                score.strong_broken[name] = [
                    f"{one.name}: {one.least} till {one.most} (sant {edition.results.cell(one.name).value:.0f})"
                    for one in strong
                ]
        if key in latest:
            score.steps += _steps(name, latest[key], edition)
        latest[key] = edition


def _kind(edition: Edition, before: Edition | None) -> str:
    if before is None:
        return "första"
    if edition.decision.standing is not None:
        return "gammal som står kvar"
    return _UNCHANGED if edition.results.fingerprint == before.results.fingerprint else "ny i stället"


def _steps(name: str, before: Edition, after: Edition) -> list[str]:
    """Numbers that moved by one to four between two editions."""
    return [
        f"{name}: {' | '.join(map(str, place[:3]))} ändrades med {by}"
        for place, by in guess.small_steps(before.page, after.page)
    ]


def table(score: Score, units: int, corrections: Sequence[str], seconds: float) -> str:
    """The result, as Markdown."""
    shown, all_of_them, weighted = score.shown_in_tables
    strong = sum(map(len, score.strong_broken.values()))
    rows = {
        "enheter, utgåvor av rapporter": f"{units}, {sum(score.editions.values())} ({_said(score.editions)})",
        "sena rättelser": "; ".join(corrections) or "inga",
        "skyddade små tal på sidorna, utgåva för utgåva": str(score.secrets),
        "knäckta ur filerna": str(sum(map(len, score.broken.values()))),
        "tal som två utgåvor visar, och som ändrats med 1–4": str(len(score.steps)),
        "skyddade små antal i de skyddade rapporterna": str(score.strong_secrets),
        "knäckta av den som har allt som passerat skyddet": str(strong),
        "visade antal av alla i publika rapporter": f"{score.counts - score.hidden} av {score.counts}"
        f" ({(score.counts - score.hidden) / max(score.counts, 1):.1%})",
        "den hela rapportens tal som också den publika visar": f"{shown} av {all_of_them} ({shown / max(all_of_them, 1):.1%});"
        f" viktat med log(1 + n) {weighted:.1%}",
        "steg i trappan": _said(score.rungs),
        "sekunder": f"{seconds:.0f}",
    }
    lines = ["| angrepp | utfall |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows.items())]
    return "\n".join(lines).replace("%", " %")


def _said(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counted.items()))


def details(score: Score) -> Iterator[str]:
    """Everything that was worked out, a line each."""
    for title, found in (("ur filerna", score.broken), ("ur det som passerat skyddet", score.strong_broken)):
        for report, lines in found.items():
            yield from (f"- {title}, {report}: {line}" for line in lines)
    yield from (f"- {line}" for line in score.steps)


def run(project: Path, years: Sequence[int], one: tuple[str, int], many: tuple[str, int]) -> tuple[Score, list[str]]:
    """Publish year by year, correct, publish again, attack."""
    editions = [publish(project, [year]) for year in years]
    corrections = [one_late_answer(project, *one), many_late_answers(project, *many)]
    editions.append(publish(project, sorted({one[1], many[1]})))
    return attack(editions), corrections


def main() -> None:
    """Print the table, and whatever was learnt."""
    parser = argparse.ArgumentParser(description="Angrip demonstrationskommunens publika rapporter.")
    parser.add_argument("--units", nargs="*", default=None, help="bara de här enheterna")
    parser.add_argument("--project", type=Path, help="en färdig projektmapp; en kopia görs, så den ändras inte")
    parser.add_argument("--one", nargs=2, default=("unga-vuxna", "2023"), metavar=("ENHET", "ÅR"), help="ett sent svar")
    parser.add_argument(
        "--many", nargs=2, default=("behandling-vuxna", "2023"), metavar=("ENHET", "ÅR"), help="många sena svar"
    )
    chosen = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="isu-outsider-") as name:
        every = sorted(path.stem for path in (ROOT / "parameters" / MUNICIPALITY).glob("*.yml"))
        units = chosen.units or every
        project = Path(name) / "projekt"
        if chosen.project:
            shutil.copytree(chosen.project, project)
            for path in (project / "parameters" / MUNICIPALITY).glob("*.yml"):
                if path.stem not in units:
                    path.unlink()
        else:
            project = make_project(project, units)
        one, many = ((unit, int(year)) for unit, year in (chosen.one, chosen.many))
        score, corrections = run(project, YEARS, one, many)
    print(table(score, len(units), corrections, time.perf_counter() - began))
    print(*details(score), sep="\n")


if __name__ == "__main__":
    main()
