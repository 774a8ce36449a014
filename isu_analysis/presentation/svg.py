"""Figures as safe SVG: drawn from themselves alone, never from another file or the network."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from isu_analysis.errors import ReportError

# Elements that run, or that hold something other than a drawing.
FORBIDDEN = frozenset({"script", "foreignObject", "iframe", "object", "embed", "audio", "video", "link"})
PROLOG = re.compile(r"^\s*(?:<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*>|<!--.*?-->|\s)*", re.DOTALL)
METADATA = re.compile(r"<metadata\b.*?</metadata>", re.DOTALL)
INSIDE = re.compile(r"\s*(?:#|data:image/(?:png|jpeg);)")
OUTSIDE_IN_STYLE = re.compile(r"@import|url\((?!\s*['\"]?#)", re.IGNORECASE)
NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
SIZE = re.compile(rf'\b(width|height)="{NUMBER}(pt|px)?"')
VIEW_BOX = re.compile(rf'\bviewBox="[-0-9.]+[ ,]+[-0-9.]+[ ,]+{NUMBER}[ ,]+{NUMBER}"')
POINTS_PER_PIXEL = 0.75


def plain_svg(svg: str) -> str:
    """Return `svg` without prolog and metadata.

    Raises
    ------
    ReportError
        If it is not well-formed SVG, can run something, or refers to anything outside itself.
    """
    bare = METADATA.sub("", PROLOG.sub("", svg, count=1))
    # Entities are the one way for a small text to grow without limit, so they go before any parsing.
    if "<!" in bare.replace("<![CDATA[", "").replace("<!--", ""):
        raise ReportError("Figuren är inte en ren SVG-bild: den innehåller egna XML-definitioner.")
    for element in _parse(bare).iter():
        _refuse_outside(element)
    return bare


def svg_size(svg: str) -> tuple[float, float]:
    """Return natural width and height in points; the view box stands in for a missing size."""
    opening = svg[: svg.find(">") + 1]
    sizes = {
        name: float(number) * (1 if unit == "pt" else POINTS_PER_PIXEL) for name, number, unit in SIZE.findall(opening)
    }
    box = VIEW_BOX.search(opening)
    if {"width", "height"} <= sizes.keys() and min(sizes.values()) > 0:
        return sizes["width"], sizes["height"]
    if box and float(box[1]) > 0 and float(box[2]) > 0:
        return float(box[1]) * POINTS_PER_PIXEL, float(box[2]) * POINTS_PER_PIXEL
    raise ReportError("Figuren är inte en ren SVG-bild: den saknar storlek (width och height).")


def _parse(svg: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        raise ReportError("Figuren är inte en ren SVG-bild: den går inte att läsa som XML.") from None
    if _local(root.tag) != "svg":
        raise ReportError("Figuren är inte en ren SVG-bild: det yttersta elementet är inte svg.")
    return root


def _refuse_outside(element: ElementTree.Element) -> None:
    if _local(element.tag) in FORBIDDEN:
        raise ReportError("Figuren är inte en ren SVG-bild: den innehåller annat än teckningar.")
    styles = [element.text or ""] if _local(element.tag) == "style" else []
    for name, value in element.attrib.items():
        if _local(name).startswith("on"):
            raise ReportError("Figuren är inte en ren SVG-bild: den innehåller annat än teckningar.")
        if _local(name) in {"href", "src"} and not INSIDE.match(value):
            raise ReportError("Figuren är inte en ren SVG-bild: den hänvisar till något utanför sig själv.")
        styles.append(value)
    if any(OUTSIDE_IN_STYLE.search(style) for style in styles):
        raise ReportError("Figuren är inte en ren SVG-bild: den hänvisar till något utanför sig själv.")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
