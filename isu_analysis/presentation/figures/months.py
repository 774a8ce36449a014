"""How many each month, around their median."""

from __future__ import annotations

from collections.abc import Sequence

from isu_analysis.presentation.figures.style import INK, TONES, blank, finished, house_style, plain, short

_MOST_LABELS = 9  # below the axis


def month_by_month(labels: Sequence[str], values: Sequence[float], median: float, median_label: str) -> str:
    """Draw one point a month and a line at the median; some of the months are named below."""
    with house_style():
        canvas = blank(2.1)
        axes = canvas.add_axes((0.07, 0.16, 0.92, 0.78))
        places = range(len(labels))
        axes.plot(
            places,
            values,
            color=TONES["good"],
            linewidth=1.2,
            marker="o",
            markersize=3.6,
            markerfacecolor=TONES["best"],
        )
        axes.axhline(median, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
        axes.text(len(labels) - 0.6, median, short(median_label, 30), ha="right", va="bottom", fontsize=8,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip
        step = -(-len(labels) // _MOST_LABELS)
        chosen = list(places)[::step]
        axes.set_xticks(chosen, [plain(labels[place]) for place in chosen])
        axes.set_ylim(0, max([*values, median, 1]) * 1.15)
        axes.locator_params(axis="y", integer=True)
        axes.tick_params(length=0)
        return finished(canvas)


def shares_by_month(
    labels: Sequence[str], shares: Sequence[float], low: Sequence[float], high: Sequence[float], centre: float
) -> str:
    """Draw the share of each month in per cent, the common one, and the limits of chance, which follow the numbers of people."""
    with house_style():
        canvas = blank(2.1)
        axes = canvas.add_axes((0.07, 0.16, 0.92, 0.78))
        places = range(len(labels))
        for ends in (low, high):
            axes.step(places, [100 * end for end in ends], where="mid", color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.axhline(100 * centre, color=INK, linewidth=0.8)
        axes.plot(places, [100 * share for share in shares], color=TONES["good"], linewidth=1.2, marker="o", markersize=3.6,
                  markerfacecolor=TONES["best"])  # fmt: skip
        step = -(-len(labels) // _MOST_LABELS)
        chosen = list(places)[::step]
        axes.set_xticks(chosen, [plain(labels[place]) for place in chosen])
        axes.set_ylim(0, 104)
        axes.tick_params(length=0)
        return finished(canvas)
