"""What can still be told of parts of a whole that are hidden: how many they are together."""

from __future__ import annotations

from collections.abc import Collection

from isu_analysis.presentation.reader import Reader


def together(read: Reader, whole: str, parts: Collection[str], merged: Collection[str]) -> float | None:
    """Sum of some parts of a whole, which anybody can work out from what is shown.

    Parameters
    ----------
    read : Reader
    whole : str
        Cell that all parts make together.
    parts : collection of str
        Cells of all of them.
    merged : collection of str
        Those whose sum is wanted: every hidden one, and others.

    Returns
    -------
    float or None
        None where the whole or a part outside the merged is hidden, or just one of the merged is: the sum would be a
        hidden number.
    """
    others = [part for part in parts if part not in merged]
    hidden = [part for part in merged if not read.shown(part)]
    if not read.shown(whole, *others) or len(hidden) == 1:
        return None
    return read.value(whole) - sum(map(read.value, others))
