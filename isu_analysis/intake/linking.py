"""Forms that name the person but not the case: which of the person's episodes they belong to."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from isu_analysis.intake.columns import Cells
from isu_analysis.intake.tables import Block, Tables, groups

# A first talk may come before the decision that begins the case, and a last one after its end.
A_MONTH = np.timedelta64(31, "D")
_SPAN = tuple[np.datetime64, np.datetime64, str]


def linked(tables: Tables, episodes: Block | None, measurements: Block) -> Block:
    """Give every measurement that names only a person its episode.

    The last of the person's episodes that had begun by the day (or began within a month of it) takes it. Without a
    day a person's only episode takes it; of several nobody knows which, and the row is listed. Who has no such
    episode keeps the person's own pseudonym, which is no case's: such forms are counted as strays.
    """
    clients, named = measurements.texts["client"], measurements.texts["episode"]
    if episodes is not None:
        _other_people(tables, episodes, measurements)
    alone = np.flatnonzero(clients.filled() & ~named.filled())
    if not len(alone):
        return measurements
    spans = _episodes_of(episodes)
    day = measurements.numbers["day"]
    found: dict[int, str] = {}
    for place in alone.tolist():
        client = clients.cell(place)
        own = spans.get(client, [])
        if not own:
            found[place] = client
        elif np.isnat(day[place]) and len(own) == 1:
            found[place] = own[0][2]
        elif np.isnat(day[place]):
            heading = tables.sheets[int(measurements.numbers["sheet"][place])][1].client
            what = "personen har flera ärenden, och raden har inget datum"
            tables.problem(measurements, place, heading or "", what, "ett datum, eller ärendets nummer")
        else:
            found[place] = _begun_by(day[place], own) or _begun_by(day[place] + A_MONTH, own[:1]) or client
    texts = list(named.values) + list(found.values())
    codes = named.codes.copy()
    codes[list(found)] = np.arange(len(named.values), len(texts))
    return Block({**measurements.texts, "episode": Cells(texts, codes)}, measurements.numbers)


def _begun_by(day: np.datetime64, own: list[_SPAN]) -> str | None:
    """Name of the last episode begun by a day; one whose beginning is not known has always begun."""
    return next((name for start, _, name in reversed(own) if np.isnat(start) or start <= day), None)


def _other_people(tables: Tables, episodes: Block, measurements: Block) -> None:
    """List forms that name a case and a person who is not the case's: nobody knows which of the two is right."""
    forms = np.array([source.rows != "episode" for _, source in tables.sheets])
    clients, named = measurements.texts["client"], measurements.texts["episode"]
    both = np.flatnonzero(clients.filled() & named.filled() & forms[measurements.numbers["sheet"].astype(int)])
    owners = episodes.texts["client"].listed()
    numbered = [(place, name) for place, name in enumerate(episodes.texts["episode"].listed()) if owners[place]]
    case_of = {name: place for place, name in reversed(numbered)}
    _, first, pair = np.unique(groups(clients, named)[both], return_index=True, return_inverse=True)
    cases = [case_of.get(named.values[code]) for code in named.codes[both[first]]]
    people = [clients.values[code] for code in clients.codes[both[first]]]
    for place, case, client in ((place, cases[at], people[at]) for place, at in zip(both.tolist(), pair, strict=True)):
        if case is not None and owners[case] != client:
            heading = tables.sheets[int(measurements.numbers["sheet"][place])][1].client
            what = f"personen är en annan än ärendets, på {tables.where(episodes, case)}"
            tables.problem(measurements, place, heading or "", what, "samma person som ärendet har")


def _episodes_of(episodes: Block | None) -> dict[str, list[_SPAN]]:
    """Each person's episodes in order of start."""
    spans: defaultdict[str, list[_SPAN]] = defaultdict(list)
    if episodes is None:
        return spans
    columns = (
        episodes.texts["client"].listed(),
        episodes.numbers["start"],
        episodes.numbers["end"],
        episodes.texts["episode"].listed(),
    )
    for client, start, end, name in zip(*columns, strict=True):
        if client is not None and name is not None:
            spans[client].append((start, end, name))
    for own in spans.values():
        own.sort(key=lambda span: (np.isnat(span[0]), span[0]))
    return spans
