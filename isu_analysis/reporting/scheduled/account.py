"""What a run has done so far: filled in as it goes, so that whatever stops it does not take it away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from isu_analysis.reporting.exit_codes import INTERRUPTED, OK, SOME_FAILED
from isu_analysis.reporting.plan import Failed, Job, Mode
from isu_analysis.settings import OVERVIEW

Kind = Literal["unit_file", "intake", "collection", "internal", "public"]
Status = Literal["running", "ok", "attention", "failed"]


@dataclass
class Account:
    """One run, from its start.

    Attributes
    ----------
    started : datetime
        With its offset from UTC.
    ended : datetime or None
        None while it runs.
    read_in : list of str
        Keys of the units that were read in.
    older : set of str
        Units that could not be read in and whose reports are made of what was read in before.
    collected : int
        Units whose collection of measurements was checked.
    made, current : list of (kind, Job)
        Reports that were made, and those that already were as they should be.
    failed : list of (kind, Failed)
        What could not be done; ``unit_key`` is empty where it is about no unit in particular.
    held_back : list of str
        Lines about what of a release waits for something else.
    stopped : str
        Why the whole run was given up; empty if it was not.
    stop_code : int
        Exit code of a run that was given up.
    """

    started: dt.datetime
    ended: dt.datetime | None = None
    read_in: list[str] = field(default_factory=list)
    older: set[str] = field(default_factory=set)
    collected: int = 0
    made: list[tuple[Mode, Job]] = field(default_factory=list)
    current: list[tuple[Mode, Job]] = field(default_factory=list)
    failed: list[tuple[Kind, Failed]] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    stopped: str = ""
    stop_code: int = OK

    def add_failed(self, kind: Kind, failed: Iterable[Failed]) -> None:
        """Note what could not be done."""
        self.failed.extend((kind, one) for one in failed)

    def stop(self, code: int, why: str) -> None:
        """Note that the rest is not done."""
        self.stop_code, self.stopped = code, why

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        return self.stop_code or (SOME_FAILED if self.failed else OK)

    @property
    def status(self) -> Status:
        """How it went, in one word for other systems."""
        if self.ended is None:
            return "running"
        if self.stopped:
            return "failed"
        return "attention" if self.failed else "ok"

    @property
    def units_to_mend(self) -> list[str]:
        """Units that somebody has to do something about, each once; an overview is mended by mending its units."""
        keys = dict.fromkeys(one.unit_key for _, one in self.failed if one.unit_key)
        return [key for key in keys if key.partition("/")[2] != OVERVIEW]

    @property
    def first_line(self) -> str:
        """The run in one sentence."""
        if self.ended is None:
            return "Pågår."
        if self.stopped:
            how = "Avbruten" if self.stop_code == INTERRUPTED else "Misslyckades"
            return f"{how}. Det som hann bli klart ligger kvar; nästa körning fortsätter där den här stannade."
        made = _reports(len(self.made)) if self.made else "inga nya rapporter behövdes"
        return f"Klart: {made if not self.failed or self.made else 'ingen rapport gjord'}, {self._to_mend()}."

    def _to_mend(self) -> str:
        units = len(self.units_to_mend)
        if not self.failed:
            return "inget behöver åtgärdas"
        if not units:
            return "men något behöver åtgärdas"
        return "1 enhet behöver åtgärd" if units == 1 else f"{units} enheter behöver åtgärd"


def _reports(n: int) -> str:
    return "1 rapport gjord" if n == 1 else f"{n} rapporter gjorda"
