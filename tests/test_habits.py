"""What keeps the repository whole while many work on it: checks before a commit, the citation, the issue forms, the records."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import isu_analysis

REPOSITORY = Path(__file__).parents[1]
SCRIPT = REPOSITORY / ".ci" / "check_files.py"
NUMBER = "19121212-1212"  # one of the tax agency's published test numbers
FORMS = sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
RECORDS = REPOSITORY / "docs" / "beslut"
NEEDS_GIT = pytest.mark.skipif(
    shutil.which("git") is None or not (REPOSITORY / ".git").exists(), reason="no git here, or not a clone"
)
KINDS = {"checkboxes", "dropdown", "input", "markdown", "textarea"}


def _script():
    spec = importlib.util.spec_from_file_location("check_files", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


check = _script()


def found(name, data, published=frozenset()):
    text = data if isinstance(data, bytes) else data.encode()
    return list(check.faults(name, text, published))


def notebook(**more):
    cell = {"cell_type": "code", "source": ["isu.show(report)"], "outputs": [], "execution_count": None, **more}
    return json.dumps({"cells": [{"cell_type": "markdown", "source": []}, cell], "nbformat": 4})


def read_yaml(path):
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def test_a_notebook_with_output_is_refused():
    output = {"output_type": "stream", "name": "stdout", "text": ["1"]}
    for more in ({"outputs": [output]}, {"execution_count": 3}):
        assert found("notebooks/a.ipynb", notebook(**more)) == [
            "notebooks/a.ipynb: it has output; clear all of it before the notebook is stored"
        ]
    assert found("notebooks/a.ipynb", notebook()) == []
    for broken in ("", "[]", "{}", "{"):
        assert found("notebooks/a.ipynb", broken) == ["notebooks/a.ipynb: no notebook that can be read"]


def test_a_big_file_is_refused():
    assert found("docs/a.pdf", b"a" * (check.MOST_BYTES + 1)) == [
        "docs/a.pdf: 500001 bytes; at most 500000 are committed"
    ]
    assert found("docs/a.pdf", b"a" * check.MOST_BYTES) == []


@pytest.mark.parametrize(
    "name",
    ["data_raw/a/b/fil.csv", "data_processed/episodes.csv", "reports/index.html", "reports/a/.gitkeep", "logs/isu.log",
     ".isu/pseudonymnyckel"],
)  # fmt: skip
def test_a_stray_file_among_data_is_refused(name):
    (fault,) = found(name, "a")
    assert fault.startswith(f"{name}: nothing under {name.split('/')[0]}/")


@pytest.mark.parametrize("name", ["data_raw/.gitkeep", "reports/.gitkeep", "docs/reports/a.md", "tests/data_raw.py"])
def test_an_empty_folder_is_kept_and_other_places_are_nothing_to_it(name):
    assert found(name, "") == []


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        "191212121212",
        "1212121212",
        "121212-1212",
        "121212+1212",
        "121212 1212",
        "121212\u20131212",
        "701063-2391",
    ],
)
def test_a_person_number_is_refused_and_not_repeated(written):
    (fault,) = found("docs/a.md", f"En rad.\nHon har nummer {written}, sa hon.\n")
    assert fault.startswith("docs/a.md:2: a person number")
    assert written not in fault and "1212" not in fault


@pytest.mark.parametrize(
    "written",
    ["19121212-1213", "20241301-1212", "0.1912121212", "x191212121212", "19121212-12123", "2024-01-15", "202401-0012"],
)
def test_what_is_no_person_number_may_be_written(written):
    assert found("docs/a.md", f"Det är {written} i texten.") == []


def test_only_tests_may_hold_a_number_and_only_a_published_one():
    published = check.published_numbers(REPOSITORY)
    assert NUMBER[-11:].replace("-", "") in published
    assert found("tests/test_a.py", NUMBER, published) == []
    assert found("docs/a.md", NUMBER, published) and found("isu_analysis/a.py", NUMBER, published)
    assert found("tests/test_a.py", NUMBER)  # where it is not among the published


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_number_is_found_in_whatever_a_spreadsheet_saves_as_text(encoding):
    assert found("docs/a.csv", f"Ärende;Person\n1;{NUMBER}\n".encode(encoding))


@pytest.mark.parametrize("name", ["docs/a.xlsx", "tests/a.SAV", "tests/intake/a.parquet"])
def test_a_workbook_is_refused_wherever_it_lies(name):
    assert found(name, b"PK") == [f"{name}: no {Path(name).suffix} is committed; a test makes the one that it needs"]


def git(place, *words):
    subprocess.run(["git", *words], cwd=place, check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path):
    """Give a small repository with the script and nothing that is wrong."""
    for name in (SCRIPT.relative_to(REPOSITORY).as_posix(), check.PUBLISHED):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    return tmp_path


def run(place, *names):
    script = place / SCRIPT.relative_to(REPOSITORY)
    return subprocess.run(
        [sys.executable, "-X", "utf8", script, *names], cwd=place, check=False, capture_output=True, encoding="utf-8"
    )


@NEEDS_GIT
def test_the_command_refuses_what_is_wrong_and_says_where(clone):
    assert (run(clone).returncode, run(clone).stdout) == (0, "")
    (clone / "å b.md").write_text(f"Nummer {NUMBER}", encoding="utf-8")
    assert run(clone).returncode == 0, "it is not in git"
    assert run(clone, "å b.md").returncode == 1
    git(clone, "add", ".")
    told = run(clone)
    assert told.returncode == 1 and told.stdout.startswith("å b.md:1: a person number") and NUMBER not in told.stdout


@NEEDS_GIT
def test_the_repository_passes():
    names = check.tracked(REPOSITORY)
    assert "README.md" in names and len(names) > 1000
    assert check.check(REPOSITORY, names) == []


def test_hooks_are_local_and_fetch_nothing():
    (repo,) = read_yaml(REPOSITORY / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    entries = [hook["entry"] for hook in repo["hooks"]]
    assert all(hook["language"] == "system" and hook["entry"].startswith(".venv/bin/python ") for hook in repo["hooks"])
    assert [
        words
        for words in ("ruff check", "ruff format --check", ".ci/check_files.py")
        if not any(words in e for e in entries)
    ] == []


def test_the_citation_is_of_this_version():
    cited = read_yaml(REPOSITORY / "CITATION.cff")
    assert cited["version"] == isu_analysis.__version__ == str(cited["version"])
    assert (cited["cff-version"], cited["type"], cited["license"]) == ("1.2.0", "software", "MIT")
    assert cited["authors"] == [{"name": "isu_analysis contributors"}]
    known = {"cff-version", "message", "title", "type", "authors", "version", "license", "abstract", "keywords"}
    assert cited.keys() == known and all(cited.values())


def test_there_are_issue_forms_and_no_other_way_to_write_one():
    assert {form.stem for form in FORMS} == {"config", "fel", "tal", "matt", "oklarhet"}
    assert read_yaml(FORMS[[form.stem for form in FORMS].index("config")])["blank_issues_enabled"] is False


@pytest.mark.parametrize("path", [form for form in FORMS if form.stem != "config"], ids=lambda path: path.stem)
def test_an_issue_form_can_be_shown_and_asks_for_no_data(path):
    form = read_yaml(path)
    assert form.keys() == {"name", "description", "labels", "body"}
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in form["body"]} <= KINDS
    assert all(re.fullmatch(r"[\w-]+", part["id"], re.ASCII) and part["attributes"]["label"] for part in asked)
    assert len({part["id"] for part in asked}) == len(asked)
    for part in asked:
        options = part["attributes"].get("options", [])
        assert bool(options) == (part["type"] in {"dropdown", "checkboxes"})
        if part["type"] == "dropdown":
            assert all(isinstance(option, str) for option in options) and len(set(options)) == len(options)
    assert asked[0]["type"] == "checkboxes", "the promise stands first"
    (promise,) = asked[0]["attributes"]["options"]
    assert promise["required"] is True and "inga uppgifter om någon människa" in promise["label"]


def test_every_command_that_the_security_page_names_is_there():
    from isu_analysis.cli.arguments import parser

    text = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(?:\.venv/bin/)?isu ([^`]+)`", text)
    assert {"demo", "key --change", "status --public"} <= set(named)
    for words in named:
        if words != "--version":
            assert parser().parse_args(words.split()).command


def test_every_decision_is_in_the_index_and_has_its_parts():
    records = sorted(path for path in RECORDS.glob("*.md") if path.stem != "README")
    index = (RECORDS / "README.md").read_text(encoding="utf-8")
    assert [path.stem[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Läget",
            "Beslutet",
            "Följder",
            "Vad som skulle ändra det",
        ]
        title = text.splitlines()[0].removeprefix("# ")
        assert (
            title.startswith(f"{int(path.stem[:4])}. ")
            and f"({path.name})" in index
            and title.split(". ", 1)[1] in index
        )
