"""What can be told about a failure without telling anything about a person."""

from __future__ import annotations

import re
import traceback

from isu_analysis.errors import IsuError

LONGEST = 600
KILLED = "beräkningen avbröts av datorn, oftast för att minnet tog slut."
KNOWN = {
    "CellTimeoutError": "en beräkning tog för lång tid och avbröts.",
    "DeadKernelError": KILLED,
    "KilledWorker": "de datorer som skulle göra rapporten försvann, en efter en.",
    "MemoryError": "beräkningen behövde mer minne än den får ta.",
}
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FRAME = re.compile(r"File (\S.*?\.py)[:\"]")


def reason(error: BaseException) -> str:
    """Say why a report failed: our own message, or else only the kind of error and the cell.

    A foreign error's message may quote data and its traceback does; neither is ever shown.
    """
    if isinstance(error, IsuError):
        return str(error)
    kind = type(error).__name__
    if kind == "PapermillExecutionError":
        return _in_cell(error)
    return KNOWN.get(kind, f"oväntat fel ({kind}).")


def _in_cell(error: BaseException) -> str:
    name = str(getattr(error, "ename", ""))
    if name in _own_names() and _raised_here(getattr(error, "traceback", ())):
        text = "".join(c for c in str(getattr(error, "evalue", "")) if c.isprintable() or c == "\n")
        return text[:LONGEST]
    return KNOWN.get(
        name, f"oväntat fel ({name or 'okänt'}) i anteckningsbokens cell {getattr(error, 'exec_count', '?')}."
    )


def _raised_here(traceback: object) -> bool:
    """Whether the innermost frame is ours: pandas has a ``DataError`` too, and it may quote a value."""
    lines = [traceback] if isinstance(traceback, str) else list(traceback)  # type: ignore[call-overload]
    frames = _FRAME.findall(_COLOUR.sub("", "\n".join(str(line) for line in lines)))
    return bool(frames) and "isu_analysis" in frames[-1]


def _own_names() -> set[str]:
    found, waiting = {IsuError.__name__}, [IsuError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.add(kind.__name__)
            waiting.append(kind)
    return found


def place_of(error: BaseException) -> str:
    """Where in our code it happened; a module and a line hold no person's value."""
    ours = [
        f"{frame.f_globals.get('__name__')}, rad {line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).startswith("isu_analysis.")
    ]
    return f"({ours[-1]})" if ours else ""
