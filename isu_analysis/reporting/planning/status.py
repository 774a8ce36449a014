"""What a person sees of the plan: each report, or each municipality where there are many, and what is the matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from isu_analysis import declarations
from isu_analysis.errors import SettingsError
from isu_analysis.reporting.plan import SWEDISH, Job, Mode, overviews
from isu_analysis.reporting.planning.hashes import MISSING, Hashes
from isu_analysis.reporting.planning.inputs import Inputs
from isu_analysis.reporting.planning.known import Known
from isu_analysis.reporting.planning.raw import notes
from isu_analysis.reporting.planning.state import Kind, hindrance, states_from
from isu_analysis.settings import unit_files

MOST_ROWS = 200  # that anybody reads; beyond it each municipality gets a line, unless units were named
_WORDS: dict[Kind, tuple[str, str]] = {
    "current": ("aktuell", "aktuella"),
    "stale": ("inaktuell", "inaktuella"),
    "new": ("ny", "nya"),
    "blocked": ("stoppad", "stoppade"),
}
_RELEASES = {"internal": ("intern rapport", "interna rapporter"), "public": ("publik rapport", "publika rapporter")}


@dataclass(frozen=True)
class Row:
    """One report, or a whole unit where nobody knows its years; or what is to be said of a unit (`kind` is None)."""

    unit_key: str
    period: str
    kind: Kind | None
    why: tuple[str, ...] = ()

    @property
    def municipality(self) -> str:
        """Folder name of the municipality."""
        return self.unit_key.partition("/")[0]

    def __str__(self) -> str:
        why = ", ".join(self.why)
        if self.kind is None:
            return f"Obs: {why}"
        return f"{_WORDS[self.kind][0]}: {why}" if why else _WORDS[self.kind][0]


@dataclass(frozen=True)
class Status:
    """What there is to do, to be read on a screen.

    Attributes
    ----------
    rows : tuple of Row
        Unit by unit.
    empty : tuple of str
        Units with a file and no data of any kind.
    release : {"internal", "public"}
    is_whole_project : bool
        Whether no units were named.
    """

    rows: tuple[Row, ...]
    empty: tuple[str, ...] = ()
    release: Mode = "internal"
    is_whole_project: bool = True

    def __bool__(self) -> bool:
        """Whether everything is as it should be: every report current, and every raw file read in."""
        return all(row.kind == "current" for row in self.rows)

    def __str__(self) -> str:
        many = self.is_whole_project and len(self.rows) > MOST_ROWS
        below = _by_municipality(self.rows) if many else _table(self.rows)
        empty = [f"Utan uppgifter: {_some(self.empty)}."] if self.empty else []
        return "\n".join([_summary(self.rows, self.release), *below, *empty])


def status(
    project: Path,
    names: Sequence[str] = (),
    years: Collection[int] | None = None,
    release: Mode = "internal",
    language: str = SWEDISH,
    as_of: str | None = None,
    hashes: Hashes | None = None,
) -> Status:
    """Look at every report of some units, or of all; nothing is computed that has not changed.

    Parameters
    ----------
    names : sequence of str, optional
        ``"municipality/unit"`` or ``"municipality"``; all if left out.
    years : collection of int, optional
        All if left out.
    hashes : Hashes, optional
        To be saved by the caller; read, and saved, here if left out.

    Raises
    ------
    SettingsError
        No unit file has such a name.
    """
    memory = hashes or Hashes(project)
    inputs = Inputs(project, release, language, as_of, memory)
    found = [inputs.unit(key) for key in _keys(project, names)]
    told = {unit.key: notes(unit, memory) for unit in found}
    empty = tuple(unit.key for unit in found if _is_empty(unit, told[unit.key]))
    units = [unit for unit in found if unit.key not in empty]
    jobs = [Job(unit.key, year, unit.name) for unit in units if not unit.problem for year in unit.years]
    wanted = [job for job in jobs if years is None or job.year in years]
    rows = [
        Row(state.job.unit_key, state.job.period, state.kind, state.why)
        for state in states_from(inputs, [*wanted, *overviews(wanted)])
    ]
    rows += [Row(unit.key, "", "blocked", (hindrance(unit),)) for unit in units if unit.problem]
    rows += [Row(unit.key, "~", None, told[unit.key]) for unit in units if told[unit.key]]
    if hashes is None:
        memory.save()
    return Status(tuple(sorted(rows, key=lambda row: (row.unit_key, row.period))), empty, release, not names)


def _is_empty(unit: Known, told: Sequence[str]) -> bool:
    """Whether there is nothing of a unit but its file."""
    return bool(unit.name) and unit.data == MISSING and not told


def _keys(project: Path, names: Sequence[str]) -> list[str]:
    """Units that are named, alone or by their municipality, in order; all of the project where nothing is."""
    every = [f"{path.parent.name}/{path.stem}" for path in unit_files(project)]
    if not every:
        raise SettingsError("Det finns inga enhetsfiler i parameters/. Börja med «isu init kommun/enhet --from FIL».")
    municipalities = {key.partition("/")[0] for key in every}
    wanted = {name.replace("\\", "/").strip("/").removeprefix("parameters/").removesuffix(".yml") for name in names}
    for name in sorted(wanted - municipalities - set(every)):
        what, known = ("enhet", every) if "/" in name else ("kommun", sorted(municipalities))
        raise SettingsError(
            f"Okänd {what} «{name}».{declarations.nearest(name, known)} Se i parameters/ vilka som finns."
        )
    return [key for key in every if not wanted or key in wanted or key.partition("/")[0] in wanted]


def _summary(rows: Sequence[Row], release: Mode) -> str:
    counted = Counter(row.kind for row in rows if row.kind)
    total = sum(counted.values())
    parts = [_counted(counted[kind], kind) for kind in _WORDS if counted[kind]]
    return f"{total} {_RELEASES[release][total != 1]}: {', '.join(parts)}." if total else "Inga rapporter att göra."


def _counted(n: int, kind: Kind) -> str:
    return f"{n} {_WORDS[kind][n != 1]}"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    unit = max((len(row.unit_key) for row in rows), default=0)
    period = max((len(_cells(row)[1]) for row in rows), default=0)
    before = ""
    for row in rows:
        name, when = _cells(row)
        yield f"{name if name != before else '':{unit}}  {when:{period}}  {row}"
        before = name


def _cells(row: Row) -> tuple[str, str]:
    return row.unit_key, row.period if row.kind else ""


def _by_municipality(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each municipality where something is the matter, and one for all the others."""
    fine = 0
    for municipality, group in groupby(rows, key=lambda row: row.municipality):
        here = list(group)
        if all(row.kind == "current" for row in here):
            fine += 1
            continue
        counted = Counter(row.kind for row in here)
        parts = [_counted(counted[kind], kind) for kind in _WORDS if counted[kind]]
        why = Counter(reason for row in here if row.kind == "stale" for reason in row.why)
        said = f" ({', '.join(f'{reason} {n}' for reason, n in why.most_common())})" if why else ""
        noted = (
            f"; anmärkningar om {counted[None]} {'enhet' if counted[None] == 1 else 'enheter'}" if counted[None] else ""
        )
        yield f"{municipality}: {', '.join(parts)}{said}{noted}"
    if fine:
        yield f"{'En kommun' if fine == 1 else f'{fine} kommuner'} där allt är aktuellt."


def _some(keys: Sequence[str], most: int = 5) -> str:
    more = f" och {len(keys) - most} till" if len(keys) > most else ""
    return f"{', '.join(keys[:most])}{more}"
