"""The house style of every figure: one width, one typeface, tones that differ in grey and for the colour-blind too."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

from isu_analysis.presentation.fonts import drawable
from isu_analysis.presentation.text import clean

WIDTH = 6.7  # inches: the text width of an A4 page with the report's margins
INK, GRID, UNKNOWN = "#1d2b2f", "#d5dcdd", "#ffffff"
TONES = {
    "best": "#0b4f55", "good": "#2f7f86", "same": "#a9c3c5", "worse": "#c9622a", "unknown": UNKNOWN,
    "first": "#0b4f55", "second": "#c9622a", "neutral": "#7d9ea1",
}  # fmt: skip
DARK = {"best", "good", "worse", "first", "second"}  # tones that white figures stand out on
HATCHING = "////"  # of what is not known
PATTERNS = {"unknown": HATCHING, "worse": ".."}  # so that worse is never taken for good in grey
_FIGURE = 0.64  # width of a figure, as a share of its height


def house_style() -> AbstractContextManager[None]:
    """Draw as the house draws, inside a ``with``."""
    settings: dict[str, Any] = {
        **sns.axes_style("ticks"), "font.family": ["DejaVu Sans"], "font.size": 9, "text.color": INK,
        "axes.labelcolor": INK, "axes.edgecolor": GRID, "xtick.color": INK, "ytick.color": INK, "svg.hashsalt": "isu",
        "svg.fonttype": "path", "text.parse_math": False, "hatch.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    }  # fmt: skip
    return mpl.rc_context(settings)  # type: ignore[arg-type]


def blank(height: float) -> Canvas:
    """An empty drawing, as wide as the text and ``height`` inches high."""
    canvas = Canvas(figsize=(WIDTH, height))
    FigureCanvasSVG(canvas)
    return canvas


def finished(canvas: Canvas) -> str:
    """The drawing as SVG, the same bytes for the same drawing."""
    stream = io.StringIO()
    canvas.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def plain(text: str) -> str:
    """Text that the typeface can draw whole: what it lacks is written out, never a silent box."""
    return drawable(clean(text))


def short(text: str, length: int) -> str:
    """The same, cut where it is too long for its place: at a word, or inside one that is too long by itself."""
    words = " ".join(plain(text).split())
    cut = textwrap.shorten(words, length, placeholder="…")
    return cut if cut != "…" else words[: length - 1] + "…"


def folded(text: str, length: int) -> str:
    """The same on several lines."""
    return textwrap.fill(plain(text), length)


def ink_on(tone: str) -> str:
    """Colour of text that can be read on a tone."""
    return UNKNOWN if tone in DARK and tone not in PATTERNS else INK


def look(tone: str, linewidth: float = 0.6) -> dict[str, Any]:
    """How a part of a tone is filled and framed, in a drawing and in its legend."""
    return {"facecolor": TONES[tone], "edgecolor": INK, "linewidth": linewidth, "hatch": PATTERNS.get(tone)}


def lettering(tone: str, pad: float = 1.5) -> dict[str, Any]:
    """How a number on a tone is written: on a white ground where the tone has a pattern."""
    ground = {"facecolor": UNKNOWN, "edgecolor": "none", "pad": pad} if tone in PATTERNS else None
    return {"color": ink_on(tone), "bbox": ground, "ha": "center", "va": "center"}


def length(text: str, size: float) -> float:
    """About how many inches a number takes, written in a size."""
    return len(text) * size * _FIGURE / 72


def legend(
    canvas: Canvas, parts: Sequence[tuple[str, str]], size: float = 9, left: float = 0.0, linewidth: float = 0.6
) -> None:
    """Tell what tones mean, two beside one another at the foot of a drawing; each part is a tone and its label."""
    from matplotlib.patches import Patch

    handles = [Patch(**look(tone, linewidth), label=label) for tone, label in parts]
    canvas.legend(handles=handles, loc="lower left", ncols=2, frameon=False, bbox_to_anchor=(left - 0.005, -0.01), fontsize=size,
                  handlelength=1.6, columnspacing=2.0, borderpad=0.1)  # fmt: skip
