"""What a run costs, beside the stock way and beside plain functions, and whether it stays so: `python -m benchmarks.runs`.

=======  ==========================================================================================
stock    reports an hour, beside ``papermill`` and ``jupyter nbconvert`` for the same notebooks
cost     processor time, beside the same analysis, drawing and export as functions of one warm process
plan     `isu status` where nothing has changed, and how that grows with the number of units
many     memory and cost over many reports
kernels  until a kernel can be used, ordinary and forked
=======  ==========================================================================================
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from benchmarks import runs_kernels, runs_many, runs_plainly, runs_plan, runs_steps, runs_stock
from benchmarks.runs_cost import Cost, cost
from benchmarks.runs_project import DEMO, UNITS, YEAR, demonstration

HOUR = 3600
_IN_THE_KERNEL = ("enhetsfilen", "analys", "skydd", "text och figurer")
_RENDERED = ("PDF", "HTML", "tabeller.xlsx", "bilder", "beslutsfilen")


def stock(options: argparse.Namespace) -> None:
    """Compare with the stock way, and with plain functions: both need the same projects and the same runs of ours.

    The ways take turns, and the best round of each counts: what a shared machine does besides falls on all of them.
    """
    many = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="isu-bench-") as name:
        folder, units = Path(name), tuple(options.units)
        demonstration(folder, units, options.copies)
        _ours(folder, [DEMO])  # so that no file is read from the disk for the first time below
        ways: dict[str, Callable[[], Any]] = {"first": lambda: _ours(folder, [DEMO]), "more": lambda: _ours(folder, [])}
        if "stock" in options.part:
            ways["one"] = lambda: runs_stock.measured(folder, DEMO, units, 1)
            ways["many"] = lambda: runs_stock.measured(folder, DEMO, units, many)
            ways |= (
                {"pdf": lambda: runs_stock.measured(folder, DEMO, units, many, pdf=True)}
                if runs_stock.has_tex()
                else {}
            )
        if "cost" in options.part:
            ways["plain"] = lambda: runs_plainly.measured(folder, DEMO, units)
            ways["steps"] = lambda: runs_steps.measured(folder, DEMO, units)
        rounds = [{way: measure() for way, measure in ways.items()} for _ in range(options.repeats)]
    found = {way: [one[way] for one in rounds] for way in ways}
    if "stock" in options.part:
        _print_stock(found, units, options.copies)
    if "cost" in options.part:
        _print_cost(found, len(units) + 1, options.copies)


def _ours(folder: Path, named: Sequence[str]) -> Cost:
    return cost([sys.executable, "-m", "isu_analysis", "report", *named, "--year", str(YEAR), "--force"], folder)


def _print_stock(found: Mapping[str, Sequence[Any]], units: tuple[str, ...], copies: int) -> None:
    number = len(units) + 1  # and the overview
    stock_ways = {
        "papermill, nbconvert --to html, en i taget": "one",
        f"samma, {os.cpu_count()} i taget": "many",
        f"samma och nbconvert --to pdf, {os.cpu_count()} i taget": "pdf",
    }
    ours = [_rate(found["first"], number), _rate(found["more"], number * copies)]
    rows = []
    for told, way in stock_ways.items():
        if way in found:
            rate = _rate(found[way], number)
            ratios = [_number(our.hourly / rate.hourly) for our in ours if our and rate]
            rows.append([told, *_told(number, rate), *ratios])
    rows += [["isu report", *_told(size, our)] for size, our in zip((number, number * copies), ours, strict=True)]
    print(
        f"{number} rapporter {YEAR}: {', '.join(units)} och översikten. Våra är PDF, HTML, xlsx, PNG och slutkontroll.\n"
    )
    heads = ("sätt", "rapporter", "klocka, s", "processor, s", "per timme")
    _table((*heads, f"våra {number} är ×", f"våra {number * copies} är ×"), rows)
    if "pdf" not in found:
        print("\nxelatex finns inte här: nbconverts egen väg till PDF är inte mätt.")


@dataclass(frozen=True)
class _Rate:
    """The best round by the clock, and how many reports an hour that makes."""

    best: Cost
    hourly: float


def _rate(rounds: Sequence[Cost | None], number: int) -> _Rate | None:
    made = [one for one in rounds if one is not None]
    best = min(made, key=attrgetter("wall"), default=None)
    return _Rate(best, HOUR * number / best.wall) if best else None


def _told(number: int, rate: _Rate | None) -> list[str]:
    if rate is None:
        return [str(number), "gick inte att göra"]
    return [str(number), _number(rate.best.wall), _number(rate.best.processor), _number(rate.hourly, 0)]


def _print_cost(found: Mapping[str, Sequence[Any]], number: int, copies: int) -> None:
    first, more = (min(found[way], key=attrgetter("processor")).processor for way in ("first", "more"))
    again = (more - first) / (copies - 1)  # what the same reports cost once more, without the start of a run
    plain = min(found["plain"], key=lambda clock: sum(clock.values()))
    steps = dict(min(found["steps"], key=lambda clock: clock[runs_steps.WORKER]))
    worker = steps.pop(runs_steps.WORKER)
    steps["delning, samordning och publicering"] = again - worker
    rows = [["analys, text och figurer", sum(plain[step] for step in _IN_THE_KERNEL), steps.pop(runs_steps.KERNEL)]]
    rows += [[step, plain[step], steps.pop(step)] for step in _RENDERED]
    rows += [[step, None, steps[step]] for step in sorted(steps, key=lambda step: -steps[step])]
    least = sum(plain.values())
    rows += [["tillsammans", least, again]]
    print(
        f"\nProcessorsekunder för {number} rapporter. Funktionerna i en process som just har gjort förra årets rapporter.\n"
    )
    _table(("steg", "funktioner", "i körningen"), ([name, *map(_seconds, both)] for name, *both in rows))
    if again < worker:
        print("\nMätningen stördes av annat arbete på datorn: gör om den, med fler --copies eller --repeats.")
        return
    print(
        f"\nKvot {_number(again / least, 2)}. Att starta en körning kostar därtill {_number(first - again)} s, en gång."
    )


def plan(options: argparse.Namespace) -> None:
    """Plan a tenth of the municipalities, and all of them."""
    sizes = sorted({max(1, options.municipalities // 10), options.municipalities})
    rows = []
    for one in map(runs_plan.measured, sizes):
        seconds = (one.command.wall, one.command.processor, one.inside)
        rows.append([str(one.units), str(one.reports), *(_number(second, 2) for second in seconds)])
    print("Inget är ändrat. Kommandot är «isu status», med Pythons start; bästa av tre.\n")
    _table(("enheter", "rapporter", "kommandot, klocka, s", "kommandot, processor, s", "bara planen, klocka, s"), rows)


def many(options: argparse.Namespace) -> None:
    """Make many small reports in one run."""
    runs = runs_many.measured(options.reports)
    print(
        "En anteckningsbok som bara visar ett avsnitt: det som är kvar är vad varje rapport kostar utöver sin analys.\n"
    )
    rows = []
    for before, one in zip([None, *runs], runs, strict=False):
        whole = [one.cost.wall / one.reports, one.cost.processor / one.reports]
        more = _between(before, one) if before else []
        rows.append([str(one.reports), *(_number(second, 3) for second in [*whole, *more])])
    _table(
        (
            "rapporter",
            "klocka/rapport, s",
            "processor/rapport, s",
            "klocka/rapport till, s",
            "processor/rapport till, s",
        ),
        rows,
    )
    print("\nMinne, MiB, efter så många rapporter:\n")
    longest = runs[-1]
    marks = [mark for mark in (10, 50, 100, 250, 500) if mark <= longest.reports]
    processes = {"samordnaren": longest.coordinator, "servern": longest.server}
    rows = [[name, *(_number(held[mark - 1]) for mark in marks)] for name, held in processes.items()]
    _table(("process", *map(str, marks)), rows)


def _between(few: runs_many.Long, many: runs_many.Long) -> list[float]:
    """Seconds that each report costs by which a run is longer than another, by the clock and of the processors."""
    more = many.reports - few.reports
    return [(many.cost.wall - few.cost.wall) / more, (many.cost.processor - few.cost.processor) / more]


def kernels(options: argparse.Namespace) -> None:
    """Start kernels of both kinds."""
    found = runs_kernels.measured(options.kernels)
    print(f"Median av {options.kernels} kärnor, en i taget; den första för sig, med serverns importer.\n")
    rows = [
        [way, *(_number(one, 2) for one in (ready.answers, ready.imported, ready.processor, ready.first))]
        for way, ready in found.items()
    ]
    ordinary, forked = found.values()
    ratios = (
        (getattr(ordinary, kind) / getattr(forked, kind)) for kind in ("answers", "imported", "processor", "first")
    )
    rows.append(["kvot", *(_number(ratio) for ratio in ratios)])
    _table(("kärna", "svarar, s", "har importerat, s", "processor, s", "den första, s"), rows)


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "stock": stock, "cost": stock, "plan": plan, "many": many, "kernels": kernels,
}  # fmt: skip


def _seconds(value: object) -> str:
    return "" if value is None else _number(float(str(value)), 2)


def _number(value: float, decimals: int = 1) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"| {' | '.join(heads)} |\n{'| --- ' * len(heads)}|")
    for row in rows:
        print(f"| {' | '.join([*row, *[''] * (len(heads) - len(row))])} |")


def main(given: Sequence[str] | None = None) -> None:
    """Run the parts that are asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--units", nargs="+", default=list(UNITS), help="units of the demonstration municipality")
    parser.add_argument("--copies", type=int, default=3, help="municipalities in the longer run (2 or more)")
    parser.add_argument("--repeats", type=int, default=1, help="rounds of the comparisons, of which the best counts")
    parser.add_argument("--municipalities", type=int, default=290, help="of 20 units, to plan")
    parser.add_argument("--reports", type=int, nargs="+", default=[10, 100, 500], help="how many to make in a run each")
    parser.add_argument("--kernels", type=int, default=7, help="of each kind")
    options = parser.parse_args(given)
    options.part = options.part or list(PARTS)
    load = f"{os.getloadavg()[0]:.1f}".replace(".", ",")
    print(f"{os.cpu_count()} processorer; belastningen var {load} innan mätningen började.")
    for part in dict.fromkeys(PARTS[name] for name in PARTS if name in options.part):
        print()
        part(options)


if __name__ == "__main__":
    main()
