"""A public run, and everything it writes: read back as an outsider would, and with every kind of leak planted in it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import stat
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import made_project
import openpyxl
import pandas as pd
import pdf_text
import pikepdf
import pytest
import showcase
from made_project import CHILDREN, OVERVIEW, run_reports
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from isu_analysis.disclosure import Release, decide, protect, scan
from isu_analysis.errors import DisclosureError, IsuError, ReportError
from isu_analysis.intake import store
from isu_analysis.intake.pseudonyms import load_key
from isu_analysis.presentation import SECTIONS, show
from isu_analysis.presentation.sealed import Paragraph, Section
from isu_analysis.reporting import forbidden as sought
from isu_analysis.reporting.check import check_notebook, check_page, check_report
from isu_analysis.reporting.exporters.html_page import render_html
from isu_analysis.reporting.exporters.pdf import render_pdf
from isu_analysis.reporting.forbidden import forbidden
from isu_analysis.reporting.index import write_index
from isu_analysis.reporting.manifest import manifest
from isu_analysis.reporting.plan import Job
from isu_analysis.reporting.progress import LEFT_OUT, careful
from isu_analysis.reporting.publish import keep, stripped
from isu_analysis.reporting.readable import readable
from isu_analysis.settings import load_unit

ENCODING = "cp1252"
UNIT, YEAR = "exempelstad/oppenvard-fit", 2024  # it has case numbers, client numbers and names of workers
KEYED = Path("data_processed") / "exempelstad" / "oppenvard-fit"
ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing on Windows")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def project(tmp_path_factory, demo_project):
    """One unit of the demonstration, alone in a project of its own."""
    root = tmp_path_factory.mktemp("läcka å ä ö")
    for part in ("data_raw", "data_processed"):
        shutil.copytree(demo_project / part / UNIT, root / part / UNIT)
    (root / "parameters" / "exempelstad").mkdir(parents=True)
    shutil.copy(demo_project / "parameters" / f"{UNIT}.yml", root / "parameters" / f"{UNIT}.yml")
    shutil.copytree(demo_project / "notebooks", root / "notebooks")
    shutil.copytree(demo_project / ".isu", root / ".isu")
    made_project.give_secret(root, "exempelstad")
    return root


@pytest.fixture(scope="module")
def run(project, tmp_path_factory):
    """A public run with a temporary folder and a home of its own; the lines it said, and what it left in the folder."""
    scratch, home, lines = tmp_path_factory.mktemp("tmp"), tmp_path_factory.mktemp("hem"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        patch.setenv("HOME", str(home))
        patch.setattr("tempfile.tempdir", str(scratch))
        summary = run_reports(project, [UNIT], [YEAR], "public", progress=lines.append)
    assert summary.failed == ()
    left = [path for place in (scratch, home) for path in place.rglob("*") if path.is_file()]
    return project, lines, left


@pytest.fixture(scope="module")
def published(run):
    """Files of the unit's report, by name."""
    folder = run[0] / "reports" / "public" / UNIT / str(YEAR)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def raw(project):
    """What the raw files say, read without the program: column by column."""
    columns: dict[str, set[str]] = {}
    for path in (project / "data_raw" / UNIT).glob("*.csv"):
        with path.open(encoding=ENCODING, newline="") as stream:
            for row in csv.DictReader(stream, delimiter=";"):
                for name, text in row.items():
                    columns.setdefault(name, set()).update([text] if text else [])
    return columns


@pytest.fixture(scope="module")
def unit(project):
    return load_unit(UNIT, project)


@pytest.fixture(scope="module")
def secret(project, unit):
    return forbidden(project, [unit], "public")


def outside_view(name, data):
    """What an outsider gets out of a file with tools of their own."""
    if name.endswith(".pdf"):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            about = [str(value) for value in pdf.docinfo.values()] + [pdf.Root.Metadata.read_bytes().decode()]
        return "\n".join([*pdf_text.page_texts(data), *about])
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return "\n".join(parts.read(part).decode() for part in parts.namelist())
    if name.endswith(".png"):
        image = Image.open(io.BytesIO(data))
        image.load()
        return " ".join(map(str, image.info.values()))
    text = data.decode()
    drawn = [base64.b64decode(found).decode() for found in re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", text)]
    return "\n".join([text, *drawn])


def everything_written(project):
    folder = project / "reports"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What a run leaves


def test_no_published_file_nor_line_tells_of_a_case_a_person_or_a_raw_file(run, raw, project):
    texts = {name: outside_view(name, data) for name, data in everything_written(project).items()} | {
        "lines": "\n".join(run[1])
    }
    assert len(texts) > 8 and {"Ärende", "Familj"} <= set(raw)
    data = store.load(project, load_unit(UNIT, project))
    key = (project / ".isu" / "pseudonymnyckel").read_text()
    secrets = {
        *raw["Ärende"], *raw["Familj"], *data.episodes["episode"], *data.episodes["client"], *data.episodes["worker"],
        *(file["file"] for file in data.about["files"]), *(file["sha256"] for file in data.about["files"]), data.about["as_of"],
        key, str(project), str(Path.home()), data.about["key_fingerprint"],
    }  # fmt: skip
    assert len(secrets) > 700
    leaks = [
        (name, word)
        for name, text in texts.items()
        for word in secrets
        if word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
    ]
    assert leaks == []


def test_nothing_is_left_in_temporary_folders_nor_beside_the_report(run, project):
    """No connection file, no decisions, no notebook; a font list in the user's home is no one's data."""
    assert [path for path in run[2] if "fontlist" not in path.name] == []
    assert [
        name for name in everything_written(project) if Path(name).name.startswith(".") or name.endswith(".ipynb")
    ] == []


@ON_POSIX
def test_the_executed_notebook_is_only_its_owner_s(run, project):
    folder = project / KEYED / "korningar"
    assert sorted(path.name for path in folder.iterdir()) == [f"{YEAR}-public.ipynb", f"{YEAR}-public.json"]
    assert mode(folder) == 0o700 and {mode(path) for path in folder.iterdir()} == {0o600}


@ON_POSIX
def test_a_folder_of_runs_that_was_open_to_others_is_closed(project, unit, tmp_path, run):
    copy = Path(shutil.copytree(project, tmp_path / "kopia"))
    (copy / KEYED / "korningar").chmod(0o755)
    keep(copy, unit.key, f"{YEAR}-public", stripped(showcase.notebook(*showcase.sections()[:1])))
    assert mode(copy / KEYED / "korningar") == 0o700


@ON_POSIX
def test_while_it_runs_only_the_owner_can_reach_kernel_and_decisions(tmp_path, monkeypatch):
    """Looked at from inside the notebook: no port that any account could listen to, and a folder nobody else can open."""
    project = made_project.make(tmp_path)
    code = (
        "import os, stat, sys\nfrom pathlib import Path\n"
        "release = Path(os.environ['ISU_RELEASE'])\n"
        "assert [stat.S_IMODE(one.stat().st_mode) for one in (release, release.parent, Path.cwd())] == [0o600, 0o700, 0o700], 'folder'\n"
        "from ipykernel.kernelapp import IPKernelApp\n"
        "assert IPKernelApp.instance().transport == 'ipc', 'transport'\n"
        "folder = Path(IPKernelApp.instance().ip).parent\n"
        "sockets = [path for path in folder.rglob('*') if stat.S_ISSOCK(path.stat().st_mode)]\n"
        "assert len(sockets) == 5 and stat.S_IMODE(folder.stat().st_mode) == 0o700, 'sockets'\n"
    )
    made_project.write_notebook(project, code)
    assert run_reports(project, [CHILDREN], [2024]).failed == ()


# What the public manifest and the seal say


def test_a_public_manifest_says_nothing_of_raw_data_or_settings(published, project, unit):
    about = json.loads(published["manifest.json"])
    assert set(about) == {
        "format", "municipality", "unit", "overview", "key", "year", "release", "as_of", "language", "invented", "versions", "report", "issue", "ledger",
    }  # fmt: skip
    assert set(about["issue"]) == {"first", "updated", "figures"} and about["issue"]["figures"] == ""
    assert all(re.fullmatch(r"\d{4}-\d{2}", about["issue"][month]) for month in ("first", "updated"))
    assert re.fullmatch(r"\d{4}-\d{2}", about["as_of"])
    shown = {hashlib.sha256(data).hexdigest() for name, data in published.items() if name != "manifest.json"}
    assert set(re.findall(r"[0-9a-f]{16,}", published["manifest.json"].decode())) == {*shown, about["ledger"]}


def test_what_is_hidden_changes_no_byte_of_what_is_published(results_of, demo_project):
    """Two sets of data that differ only in hidden numbers: same seal, same page, same PDF, same manifest."""
    results = results_of("exempelstad/resurs-barn", YEAR)
    release = decide([results], "public")
    hidden = release.decisions[results.key].hidden
    others = tuple(replace(cell, value=cell.value + 1) if cell.id in hidden else cell for cell in results.cells)
    assert sum(old != new for old, new in zip(results.cells, others, strict=True)) > 5
    other = replace(results, cells=others)
    decision = replace(release.decisions[results.key], fingerprint=other.fingerprint)
    same = replace(release, decisions={other.key: decision})
    assert other.fingerprint != results.fingerprint
    one, two = protect(results, release), protect(other, same)
    assert one.seal == two.seal
    made = [_files(report, demo_project) for report in (one, two)]
    assert made[0] == made[1]
    shown_too = replace(same, decisions={other.key: replace(decision, hidden={})})
    assert protect(other, shown_too).seal != one.seal


def _files(report, project):
    sections = [section for name in SECTIONS if (section := show(report, name)) is not None]
    contents = {"report.html": render_html(sections).encode(), "report.pdf": render_pdf(sections)}
    job = Job(report.context.unit.key, report.context.year)
    about = manifest(project, job, [report.context.unit], "public", report.context.as_of.isoformat(), "sv", contents)
    return {**contents, "manifest.json": about}


# Every leak in every place


def html_with(data, leak, place):
    text = "<!DOCTYPE html><html><head><title>Rubrik</title></head><body><main><p>Text</p></main></body></html>"
    svg = base64.b64encode(f'<svg xmlns="x"><title>{leak}</title></svg>'.encode()).decode()
    png = base64.b64encode(picture(leak)).decode()
    changed = {
        "comment": text.replace("<main", f"<!-- {leak} --><main", 1),
        "attribute": text.replace("<main", f'<main data-x="{leak}"', 1),
        "entities": text.replace("<main", "".join(f"&#{ord(sign)};" for sign in leak) + "<main", 1),
        "tags": text.replace("</main>", f"<b>{leak[:3]}</b>{leak[3:]}</main>", 1),
        "meta": text.replace("<title>", f'<meta name="x" content="{leak}"><title>', 1),
        "svg": text.replace("</main>", f'<img src="data:image/svg+xml;base64,{svg}"></main>', 1),
        "png": text.replace("</main>", f'<img src="data:image/png;base64,{png}"></main>', 1),
    }[place]
    assert changed != text
    return "report.html", changed.encode()


def picture(leak, packed=False):
    told, stream = PngInfo(), io.BytesIO()
    told.add_itxt("Description", leak, zip=packed)
    Image.new("RGB", (2, 2)).save(stream, "png", pnginfo=told)
    return stream.getvalue()


def pdf_with(data, leak, place):
    if place == "page":
        section = Section(showcase.document(), "first_page", (Paragraph(f"Text {leak} text."),), showcase.SEAL)
        return "report.pdf", render_pdf([section])
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(data["report.pdf"])) as pdf:
        if place == "information":
            pdf.docinfo["/Keywords"] = leak
        elif place == "metadata":
            pdf.Root.Metadata.write(
                pdf.Root.Metadata.read_bytes().replace(b"</x:xmpmeta>", f"<!-- {leak} --></x:xmpmeta>".encode())
            )
        elif place == "outline":
            with pdf.open_outline() as outline:
                outline.root.append(pikepdf.OutlineItem(leak, 0))
        elif place == "alternative text":
            next(thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing)[
                "/Alt"
            ] = pikepdf.String(leak)
        pdf.save(stream)
    return "report.pdf", stream.getvalue()


def xlsx_with(data, leak, place):
    book, stream = openpyxl.load_workbook(io.BytesIO(data["tabeller.xlsx"])), io.BytesIO()
    if place == "cell":
        book.worksheets[1]["Z99"] = leak
    elif place == "hidden sheet":
        book.create_sheet("x")["A1"] = leak
        book["x"].sheet_state = "veryHidden"
    elif place == "sheet's name":
        book.create_sheet(leak[:31])
    elif place == "defined name":
        book.defined_names["x"] = DefinedName("x", attr_text=f'"{leak}"')
    elif place == "properties":
        book.properties.lastModifiedBy = leak
    elif place == "header":
        book.worksheets[0].oddHeader.left.text = leak
    book.save(stream)
    return "tabeller.xlsx", stream.getvalue()


def png_with(data, leak, place):
    return "figurer/01-x.png", picture(leak, packed=place == "packed")


def json_with(data, leak, place):
    return "manifest.json", json.dumps(
        {**json.loads(data["manifest.json"]), "x": leak}, ensure_ascii=place == "escaped"
    ).encode()


def name_with(data, leak, place):
    return f"figurer/{leak}.png", picture("text")


PLACES = [
    *((html_with, place) for place in ("comment", "attribute", "entities", "tags", "meta", "svg", "png")),
    *((pdf_with, place) for place in ("page", "information", "metadata", "outline", "alternative text")),
    *((xlsx_with, place) for place in ("cell", "hidden sheet", "sheet's name", "defined name", "properties", "header")),
    (png_with, "plain"), (png_with, "packed"), (json_with, "value"), (name_with, "of a file"),
]  # fmt: skip


@pytest.mark.parametrize(("plant", "place"), PLACES, ids=lambda value: getattr(value, "__name__", value))
def test_a_pseudonym_and_a_case_number_are_found_wherever_they_are(published, secret, raw, project, plant, place):
    pseudonym = store.load(project, load_unit(UNIT, project)).episodes["episode"].iloc[3]
    for leak, what in ((pseudonym, "en pseudonym"), (sorted(raw["Ärende"])[3], "ett ärendenummer eller klientnummer")):
        name, data = plant(published, leak, place)
        assert f"{name} innehåller {what}." in scan(name, readable(name, data), secret)


def leaks(project, raw, about):
    """Every kind of leak, by what the message calls it."""
    key = bytes.fromhex((project / ".isu" / "pseudonymnyckel").read_text())
    data = store.load(project, load_unit(UNIT, project))
    return {
        "client": (sorted(raw["Familj"])[2], "ett ärendenummer eller klientnummer"),
        "client's pseudonym": (data.episodes["client"].iloc[0], "en pseudonym"),
        "worker's pseudonym": (data.episodes["worker"].iloc[0], "en pseudonym"),
        "key": (key.hex(), "pseudonymnyckeln"),
        "key in base 32": (base64.b32encode(key).decode().lower(), "pseudonymnyckeln"),
        "key in base 64": (base64.b64encode(key).decode(), "pseudonymnyckeln"),
        "fingerprint of the key": (about["key_fingerprint"], "pseudonymnyckeln"),
        "project folder": (str(project), "en uppgift om datorn"),
        "home": (str(Path.home() / "x"), "en sökväg på en dator"),
        "raw file": (about["files"][0]["file"], "en råfils namn eller kontrollsumma"),
        "sum of a raw file": (about["files"][0]["sha256"], "en råfils namn eller kontrollsumma"),
        "exact day": (about["as_of"], "ett exakt datum ur uppgifterna"),
        "user": ("annaandersson", "en uppgift om datorn"),
        "computer": ("pc-4711", "en uppgift om datorn"),
        "person": ("199001012385", "ett personnummer"),
    }


def test_every_kind_of_leak_is_found_and_never_repeated(published, project, raw, unit, monkeypatch):
    monkeypatch.setattr(sought.getpass, "getuser", lambda: "annaandersson")
    monkeypatch.setattr(sought.platform, "node", lambda: "pc-4711")
    words = forbidden(project, [unit], "public")
    for kind, (leak, what) in leaks(project, raw, store.load(project, unit).about).items():
        name, data = html_with(published, leak, "attribute")
        found = scan(name, readable(name, data), words)
        assert f"{name} innehåller {what}." in found, kind
        assert not any(leak in sentence for sentence in found)


def test_the_whole_check_refuses_and_lets_pass(published, project, unit):
    check_report(project, [unit], "public", published)
    name, data = html_with(published, "199001012385", "comment")
    with pytest.raises(ReportError, match=r"klarade inte slutkontrollen.*personnummer"):
        check_report(project, [unit], "public", {**published, name: data})


@pytest.mark.parametrize("what", ["results", "settings"])
def test_a_checksum_of_something_else_is_refused_in_public_only(published, project, unit, what):
    """That of a few counts, or of a settings file, could be guessed at."""
    path = project / "parameters" / f"{UNIT}.yml"
    told = hashlib.sha256(b"[3, 1, 4]" if what == "results" else path.read_bytes()).hexdigest()
    name, data = json_with(published, told, "value")
    with pytest.raises(ReportError, match="kontrollsumma"):
        check_report(project, [unit], "public", {**published, name: data})
    check_report(project, [unit], "internal", {**published, name: data})


def test_a_value_that_few_have_and_nobody_declared_is_found(project, unit, tmp_path):
    """What somebody wrote about one person; a value of many, or one that the unit file names, is a label."""
    copy = Path(shutil.copytree(project, tmp_path / "kopia"))
    path = copy / KEYED / "episodes.parquet"
    frame = pd.read_parquet(path)
    frame["reason"] = [
        "Bor hos mormor i Kiruna",
        "Familjer med ungdomar",
        *["Konflikter hemma och i skolan"] * (len(frame) - 2),
    ]
    frame.to_parquet(path, index=False)
    words = forbidden(copy, [unit], "public")
    assert "ungdomar" in (copy / "parameters" / f"{UNIT}.yml").read_text(encoding="utf-8")
    assert scan("x", "Orsak: bor hos mormor i Kiruna", words) == ["x innehåller ett ovanligt råvärde."]
    assert scan("x", "Familjer med ungdomar. Konflikter hemma och i skolan.", words) == []
    assert scan("x", "Bor hos mormor i Kiruna", forbidden(copy, [unit], "internal")) == []


def test_names_of_staff_and_goals_in_somebody_s_own_words_are_recognised_by_the_key(project, unit, tmp_path):
    """They are stored as pseudonyms alone; a goal of a few ordinary words is anybody's."""
    copy = Path(shutil.copytree(project, tmp_path / "kopia"))
    key = load_key(copy)
    for name, column, texts in (
        ("episodes", "worker", ["Karin Ek-Lund"]),
        ("measurements", "item", ["Sova hos pappa varje helg", "Må bättre"]),
    ):
        frame = pd.read_parquet(copy / KEYED / f"{name}.parquet")
        frame.loc[range(len(texts)), column] = key.pseudonyms("exempelstad", column, texts)
        frame.to_parquet(copy / KEYED / f"{name}.parquet", index=False)
    words = forbidden(copy, [unit], "public")
    assert scan("x", "Samtalen leddes av Karin Ek-Lund.", words) == [
        "x innehåller namnet på en anställd eller en grupp."
    ]
    assert scan("x", "Målet var: sova hos pappa varje helg!", words) == ["x innehåller ett mål i egna ord."]
    assert scan("x", "Fler kan må bättre. Karin och Ek-Lund sover hos pappa.", words) == []


@pytest.mark.parametrize("name", ["rapport", "enheten", "root", "main"])
def test_a_user_or_a_computer_with_an_ordinary_name_stops_no_report(published, project, unit, monkeypatch, name):
    monkeypatch.setattr(sought.getpass, "getuser", lambda: name)
    monkeypatch.setattr(sought.platform, "node", lambda: name)
    check_report(project, [unit], "public", published)


def test_without_the_key_everything_else_is_still_found(published, project, unit, tmp_path):
    """As on a machine that has only processed data."""
    copy = Path(shutil.copytree(project, tmp_path / "kopia"))
    shutil.rmtree(copy / ".isu")
    shutil.rmtree(copy / "data_raw")
    words = forbidden(copy, [unit], "public")
    assert scan("x", store.load(copy, unit).episodes["client"].iloc[0], words)
    check_report(copy, [unit], "public", published)


# What cannot be searched is not published


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("extra.docx", b"x"), ("utan", b"x"), ("report.html", b"\xff\xfe"), ("report.pdf", b"%PDF-1.7 x"), ("tabeller.xlsx", b"PK"),
        ("figurer/01.png", picture("text") + b"efter"), ("report.html", b'<img src="data:image/webp;base64,AAAA">'),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_refused(name, data):
    with pytest.raises(ReportError, match="slutkontrollen"):
        readable(name, data)


def test_a_file_inside_a_pdf_is_refused(published):
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(published["report.pdf"])) as pdf:
        pdf.attachments["x.txt"] = b"x"
        pdf.save(stream)
    with pytest.raises(ReportError, match="bilaga"):
        readable("report.pdf", stream.getvalue())


def test_a_workbook_with_a_part_of_another_kind_is_refused(published):
    book, stream = openpyxl.load_workbook(io.BytesIO(published["tabeller.xlsx"])), io.BytesIO()
    book.worksheets[0]["A1"].comment = Comment("x", "x")
    book.save(stream)
    with pytest.raises(ReportError, match="slutkontrollen"):
        readable("tabeller.xlsx", stream.getvalue())


# Index, notebook and lines


def test_a_manifest_that_somebody_has_changed_reaches_no_index(project, run, tmp_path):
    copy = Path(shutil.copytree(project, tmp_path / "kopia"))
    before = (copy / "reports" / "public" / "index.html").read_bytes()
    path = copy / "reports" / "public" / UNIT / str(YEAR) / "manifest.json"
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), "unit": "900101-2385"}), encoding="utf-8"
    )
    with pytest.raises(ReportError, match=r"sidan index.html klarade inte slutkontrollen"):
        write_index(copy, "public")
    assert (copy / "reports" / "public" / "index.html").read_bytes() == before


@pytest.mark.parametrize("leak", [sys.prefix, "199001012385"], ids=["prefix", "number"])
def test_a_page_above_the_reports_is_searched_too(project, leak):
    with pytest.raises(ReportError):
        check_page(project, "index.html", f"<p>{leak}</p>".encode())
    check_page(project, "index.html", b"<p>text</p>")


def test_what_a_kept_notebook_shows_is_searched(project, unit, run):
    path = project / KEYED / "korningar" / f"{YEAR}-public.ipynb"
    check_notebook(project, unit, path.name, path.read_bytes())
    notebook = json.loads(path.read_text(encoding="utf-8"))
    pseudonym = store.load(project, unit).episodes["client"].iloc[0]
    shown = next(cell for cell in notebook["cells"] if cell.get("outputs"))
    shown["outputs"][0]["data"]["text/plain"] = f"client {pseudonym}"
    with pytest.raises(ReportError, match=r"anteckningsboken klarade inte.*pseudonym"):
        check_notebook(project, unit, path.name, json.dumps(notebook).encode())


def test_a_line_that_points_somebody_out_is_not_said():
    said = []
    for line in (
        "1 av 2 · Unga vuxna 2024 · 3,1 s",
        "fel i /home/anna/projekt",
        "rad 900101-2385",
        "reports/public/index.html",
    ):
        careful(said.append)(line)
    assert said == ["1 av 2 · Unga vuxna 2024 · 3,1 s", LEFT_OUT, LEFT_OUT, "reports/public/index.html"]


# Whatever goes wrong, nothing public is new or changed, and the internal report can still be made


def explode(error):
    def raising(*args, **kwargs):
        raise error

    return raising


PUBLIC_STEPS = ["isu_analysis.disclosure.decide", "isu_analysis.disclosure.scan", "isu_analysis.reporting.publish.export",
                "isu_analysis.reporting.running.task.manifest", "isu_analysis.reporting.running.task.check_report",
                "isu_analysis.reporting.running.publishing.keep", "isu_analysis.reporting.running.publishing.entered",
                "isu_analysis.reporting.running.publishing.publish", "isu_analysis.reporting.published.before",
                "isu_analysis.reporting.published.Published.enter"]  # fmt: skip
FOREIGN, OWN = RuntimeError("Anna Andersson 900101-2385"), DisclosureError("Lösaren misslyckades.")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A project whose notebooks are quick, with a public report from before."""
    project = made_project.make(tmp_path_factory.mktemp("stängt"))
    assert run_reports(project, [CHILDREN], [2024], "public").failed == ()
    return project


@pytest.mark.parametrize(
    ("step", "error"),
    [*((step, FOREIGN) for step in PUBLIC_STEPS), (PUBLIC_STEPS[0], OWN), (PUBLIC_STEPS[0], MemoryError())],
)
def test_whatever_fails_leaves_the_public_reports_as_they_were(prepared, tmp_path, monkeypatch, step, error):
    project = Path(shutil.copytree(prepared, tmp_path / prepared.name))
    made_project.write_notebook(project, "changed = True")
    before = made_project.published(project)
    lines: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(step, explode(error))
        try:
            failed = [
                str(one) for one in run_reports(project, [CHILDREN], [2024], "public", progress=lines.append).failed
            ]
        except IsuError as refused:
            failed = [str(refused)]
    assert made_project.published(project) == before
    assert failed and not any("Anna" in line or "900101" in line for line in (*failed, *lines))
    assert run_reports(project, [CHILDREN], [2024]).failed == ()
    assert f"internal/{CHILDREN}/2024/report.pdf" in made_project.published(project)


def test_a_first_public_run_that_fails_publishes_no_report(tmp_path, monkeypatch):
    project = made_project.make(tmp_path)
    monkeypatch.setattr("isu_analysis.disclosure.decide", explode(DisclosureError("Lösaren misslyckades.")))
    summary = run_reports(project, [CHILDREN], [2024], "public")
    assert next(one.reason for one in summary.failed) == "Lösaren misslyckades."
    assert {one.unit_key for one in summary.failed} == {CHILDREN, OVERVIEW}
    assert not [name for name in made_project.published(project) if not name.endswith("index.html")]


def changed_release(**changes):
    values = json.loads(Release("public").to_json())
    return json.dumps({**values, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "semi"}, {"mode": "Public"}, {"extra": 1}, {"limits": {"min_cell": 5, "min_sell": 1}}, {"decisions": []},
        {"decisions": {"a/b/2024": {"fingerprint": "x", "hidden": {}, "shown": {}}}}, {"decisions": {"a/b/2024": {"hidden": {}}}},
        {"decisions": {"a/b/2024": None}},
    ],
)  # fmt: skip
def test_an_unknown_word_in_the_decisions_is_refused(changes):
    assert Release.from_json(changed_release()).mode == "public"
    with pytest.raises(DisclosureError):
        Release.from_json(changed_release(**changes))
