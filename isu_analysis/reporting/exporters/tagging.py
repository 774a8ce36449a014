"""Row heads in a PDF's tables, which the typesetter can only give to columns."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from isu_analysis.errors import ReportError


def tag_row_headers(pdf: bytes, row_headers: Sequence[bool]) -> bytes:
    """Return `pdf` where the first cell of each body row is that row's head.

    Parameters
    ----------
    row_headers : sequence of bool
        For each table in reading order, whether its rows have heads.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root.StructTreeRoot
        tables = list(elements(root, "/Table"))
        if len(tables) != len(row_headers):
            raise ReportError("PDF:ens taggar stämmer inte med rapportens tabeller.")
        heads: dict[str, Any] = {}
        for number, (table, wanted) in enumerate(zip(tables, row_headers, strict=True), start=1):
            if wanted:
                heads.update(_tag_table(table, number))
        _register(root, heads)
        return _saved(document)


def elements(node: Any, kind: str) -> Iterator[Any]:
    """Yield the structure elements of one kind below `node`, in reading order."""
    for child in children(node):
        if child.get("/S") == kind:
            yield child
        yield from elements(child, kind)


def children(node: Any) -> list[Any]:
    """Return the structure elements right below `node`; marked content itself is not among them."""
    kids = node.get("/K")
    listed = kids if isinstance(kids, Array) else [kids]
    return [kid for kid in listed if isinstance(kid, Dictionary) and "/S" in kid]


def _tag_table(table: Any, number: int) -> Iterator[tuple[str, Any]]:
    rows = [row for body in elements(table, "/TBody") for row in elements(body, "/TR")]
    for at, row in enumerate(rows, start=1):
        cells = children(row)
        name = f"R{number:04d}-{at:05d}"
        _make_head(cells[0], name)
        for cell in cells[1:]:
            attributes = _table_attributes(cell)
            attributes.Headers = Array([*attributes.get("/Headers", ()), String(name)])
        yield name, cells[0]


def _make_head(cell: Any, name: str) -> None:
    cell.S = Name.TH
    cell.ID = String(name)
    _table_attributes(cell).Scope = Name.Row


def _table_attributes(cell: Any) -> Any:
    """Return the cell's attributes as a table cell; the typesetter writes them for every cell."""
    for attributes in cell.A if isinstance(cell.A, Array) else [cell.A]:
        if attributes.get("/O") == "/Table":
            return attributes
    raise ReportError("PDF:ens tabellceller saknar de taggar som skulle kompletteras.")


def _register(root: Any, heads: dict[str, Any]) -> None:
    """Put the new names among those that the typesetter gave, sorted as a name tree must be."""
    named = dict(_names(root.IDTree)) if "/IDTree" in root else {}
    named.update({name.encode(): cell for name, cell in heads.items()})
    pairs = [part for name in sorted(named) for part in (String(name.decode("ascii")), named[name])]
    if pairs:
        root.IDTree = Dictionary(Names=Array(pairs))


def _names(tree: Any) -> Iterator[tuple[bytes, Any]]:
    for kid in tree.get("/Kids", ()):
        yield from _names(kid)
    names = list(tree.get("/Names", ()))
    for name, element in zip(names[::2], names[1::2], strict=True):
        yield bytes(name), element


def _saved(document: pikepdf.Pdf) -> bytes:
    """Write the file so that no stream's last byte can be taken for the line end that follows it.

    A stream that happens to end in a carriage return, followed by the line feed before ``endstream``, reads as one
    byte short: PDF/A forbids that doubt, and about one report in ten would have it.
    """
    saved = _written(document, pikepdf.ObjectStreamMode.generate)
    # What was not packed is packed as it is written, so the last bytes are known only afterwards. Object streams are
    # made anew every time: the last attempt does without them.
    for mode in (pikepdf.ObjectStreamMode.generate, pikepdf.ObjectStreamMode.disable):
        if b"\r\nendstream" not in saved:
            break
        with pikepdf.open(io.BytesIO(saved)) as again:
            for stream in again.objects:
                if isinstance(stream, pikepdf.Stream) and stream.read_raw_bytes().endswith(b"\r"):
                    _end_otherwise(stream)
            saved = _written(again, mode)
    return saved


def _written(document: pikepdf.Pdf, mode: pikepdf.ObjectStreamMode) -> bytes:
    """The file's bytes; object streams hold the many small tags of a table, a third of the size together."""
    target = io.BytesIO()
    document.save(target, deterministic_id=True, object_stream_mode=mode)
    return target.getvalue()


def _end_otherwise(stream: pikepdf.Stream) -> None:
    """Give a page's drawing one more blank at its end: the checksum that a packed stream ends in becomes another."""
    is_page = "/Subtype" not in stream and "/Type" not in stream
    if is_page or stream.get("/Subtype") == Name.Form:
        stream.write(stream.read_bytes() + b"\n")
