"""How many of all were measured at each occasion."""

from __future__ import annotations

from collections.abc import Sequence

from isu_analysis.presentation.figures.style import (
    HATCHING,
    INK,
    TONES,
    UNKNOWN,
    blank,
    finished,
    house_style,
    plain,
    short,
)


def measured_over_time(labels: Sequence[str], measured: Sequence[float], texts: Sequence[str], eligible: float) -> str:
    """Draw how many of all were measured at each occasion; the rest of each column is unknown."""
    with house_style():
        canvas = blank(2.5)
        axes = canvas.add_axes((0.07, 0.16, 0.92, 0.76))
        places = range(len(labels))
        axes.bar(
            places, [eligible] * len(labels), width=0.62, color=UNKNOWN, edgecolor=INK, linewidth=0.6, hatch=HATCHING
        )
        axes.bar(places, measured, width=0.62, color=TONES["good"], edgecolor=INK, linewidth=0.6)
        for place, n, text in zip(places, measured, texts, strict=True):
            axes.text(place, n + eligible * 0.02, plain(text), ha="center", va="bottom", fontweight="bold",
                      bbox={"facecolor": UNKNOWN, "edgecolor": "none", "pad": 1.0})  # fmt: skip
        axes.set_xticks(list(places), [short(label, 18) for label in labels])
        axes.set_ylim(0, eligible * 1.14)
        axes.tick_params(length=0)
        return finished(canvas)
