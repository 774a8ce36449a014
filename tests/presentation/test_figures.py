"""Figures: whole, reproducible, and free of what a label might smuggle in."""

import io
import itertools
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from isu_analysis.presentation import figures
from isu_analysis.presentation.figures import Bar, Part, change_plot, small_multiples, style
from isu_analysis.presentation.figures import bars as divided


@pytest.fixture
def drawn(monkeypatch):
    """Give the canvas of the figure that was drawn last."""
    canvases = []

    def blank(height):
        canvases.append(Figure(figsize=(style.WIDTH, height)))
        return canvases[-1]

    for module in (divided, change_plot, small_multiples, figures.estimates.__globals__):
        space = module if isinstance(module, dict) else vars(module)
        monkeypatch.setitem(space, "blank", blank)
        monkeypatch.setitem(space, "finished", lambda canvas: canvas.canvas.draw() or "<svg")
    return lambda: canvases[-1]


def texts(canvas):
    """Every text in a drawing that says something, as it is written."""
    return [found for found in canvas.findobj(Text) if found.get_text().strip() and found.get_visible()]


CHANGE = (Part("säkert bättre", 31, "best"), Part("ingen säker förändring", 18, "same"),
          Part("säkert sämre", 2, "worse"), Part("saknas", 142, "unknown"))  # fmt: skip


def bars(label):
    """Draw one divided bar whose labels are `label`."""
    return figures.divided_bars([Bar(label, (Part(label, 3, "best"), Part("saknas", 2, "unknown")))])


@pytest.mark.parametrize(
    "label", ["\u6f22\u5b57", "\U0001f9e9", "$x^2$", "$", "\\frac{1}{0}$", "a\x00b", "<script>", "x" * 300]
)
def test_labels_from_files_are_plain_text(label):
    """Unknown glyphs are written out, mathematics is not set, and nothing fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns when it draws a box for a missing glyph
        assert "<svg" in bars(label)
        assert "<svg" in figures.measured_over_time([label, "slut", "sedan"], [3, 2, 1], ["3", "2", label], 4)
        assert "<svg" in figures.estimates([label], [(1.0, 0.5, 1.5)], "poäng", "ingen förändring", "{:.{}f}".format)


def test_same_input_gives_the_same_bytes():
    """No clock, no counter, no random name in a drawing."""
    assert bars("Säkert bättre") == bars("Säkert bättre")


def test_unknown_is_hatched_and_not_only_coloured():
    """What is not known differs by pattern too."""
    assert "pattern" in bars("Säkert bättre")


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(-4, 0.2, ["-4", "-3", "-2", "-1", "0"]), (-0.9, -0.1, ["-0.8", "-0.6", "-0.4", "-0.2", "0.0"]), (-14, -9, ["-14", "-12", "-10", "-8", "-6", "-4", "-2", "0"])],
)  # fmt: skip
def test_no_two_ticks_are_written_alike(drawn, low, high, wanted):
    """Whole numbers where a few of them have room, else one decimal: never -2 and -2."""
    figures.estimates(["a"], [((low + high) / 2, low, high)], "poäng", "ingen förändring", "{:.{}f}".format)
    (axes,) = drawn().axes
    left, right = axes.get_xlim()
    inside = [tick.get_text() for tick in axes.get_xticklabels() if left <= tick.get_position()[0] <= right]
    assert inside == wanted


def test_a_narrow_part_has_its_number_below_it(drawn):
    """2 of 193 have no room for their number: it stands below, and nothing is left out."""
    figures.divided_bars([Bar("Av alla 193", CHANGE)])
    found = {text.get_text(): text for text in texts(drawn())}
    assert {"31", "18", "2", "142"} <= set(found)
    assert found["2"].get_position()[0] == pytest.approx(50 / 193, abs=0.001)
    assert found["2"].get_position()[1] < -0.28 < found["18"].get_position()[1]


def test_numbers_below_neither_meet_nor_leave_the_drawing(drawn):
    """Five narrow parts at the end and two at the beginning."""
    parts = [Part(f"a{i}", 1, "same", "1 000") for i in range(2)]
    parts += [Part("b", 300, "best"), *(Part(f"c{i}", 1, "worse", "1 000") for i in range(5))]
    figures.divided_bars([Bar("Av alla", tuple(parts))])
    canvas = drawn()
    boxes = [text.get_window_extent() for text in texts(canvas) if text.get_text() == "1 000"]
    assert len(boxes) == 7
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))
    assert boxes[0].x0 >= 0
    assert boxes[-1].x1 <= canvas.bbox.x1


def test_the_legend_keeps_a_part_of_none(drawn):
    """That none is worse is said as plainly as how many are better."""
    figures.divided_bars([Bar("Av alla", (*CHANGE[:2], Part("säkert sämre", 0, "worse", "0"), CHANGE[3]))])
    legend = [text.get_text() for text in drawn().legends[0].get_texts()]
    assert legend == ["säkert bättre", "ingen säker förändring", "säkert sämre (0)", "saknas"]


def test_the_target_leaves_the_number_to_be_read(drawn):
    """The line of the target stands right where the number of the first part is."""
    figures.divided_bars([Bar("Av alla", (Part("Ja", 8, "best"), Part("Nej", 2, "neutral")), mark=0.4)])
    canvas = drawn()
    (number,) = (text for text in texts(canvas) if text.get_text() == "8")
    lines = [line.get_window_extent() for line in canvas.axes[0].lines]
    assert len(lines) == 4
    assert not any(line.overlaps(number.get_window_extent()) for line in lines)


def grey(tone):
    """Mean and spread of a tone's part in grey."""
    canvas = Figure(figsize=(2, 1), dpi=100)
    axes = canvas.add_axes((0, 0, 1, 1))
    with style.house_style():
        axes.bar([0.5], [1], width=1.2, **style.look(tone))
        axes.set(xlim=(0, 1), ylim=(0, 0.98))
        axes.axis("off")
        stream = io.BytesIO()
        canvas.savefig(stream, format="png", facecolor="white")
    pixels = np.asarray(Image.open(stream).convert("L"), dtype=float)[5:-5, 5:-5]
    return pixels.mean(), pixels.std()


def test_tones_that_can_be_neighbours_differ_in_grey():
    """Printed without colour: by lightness, or by a pattern that the other one lacks."""
    found = {tone: grey(tone) for tone in ("best", "good", "same", "neutral", "worse", "unknown")}
    for one, (light, spread) in found.items():
        for other, (lightness, pattern) in found.items():
            assert one == other or abs(light - lightness) > 25 or abs(spread - pattern) > 5, (one, other)
    assert found["worse"][1] > 5
    assert found["good"][1] < 1


def test_the_change_plot_ends_with_the_scale(drawn):
    """GAD-7 ends at 21: eight squares of three would go on to 23."""
    axes = change_plot.Axes(0, 21, 3, 8, whole=True, lower_is_better=True)
    words = change_plot.Words("start", "slut", "Bättre", "Sämre", "samma")
    change_plot.change_plot({(7, 7): 2, (0, 1): 1}, axes, words, "{:.0f}".format)
    plot = drawn().axes[0]
    assert [tick.get_text() for tick in plot.get_xticklabels()] == ["0", "6", "12", "18", "21"]
    assert plot.get_xlim() == plot.get_ylim() == (0, 22)  # the place of the score 21 itself
    assert max(patch.get_x() + patch.get_width() for patch in plot.patches) == 22
    decimals = change_plot.Axes(0, 40, 6, 7)
    assert decimals.edges[-1] == decimals.ticks[-1] == 40
