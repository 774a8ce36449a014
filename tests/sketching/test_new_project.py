"""A project folder by command: whole, and never on top of anything."""

from pathlib import Path

import pytest

from isu_analysis.cli import main
from isu_analysis.errors import SettingsError
from isu_analysis.settings import project_folder
from isu_analysis.sketching import new_project, project

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_it_has_what_the_program_looks_for(tmp_path):
    folder = tmp_path / "Projekt å ä ö"
    said = new_project(folder)
    assert str(folder) in said and "isu init" in said
    assert project_folder(folder) == folder.resolve()
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb")}
    assert made == {f"notebooks/{path.relative_to(NOTEBOOKS).as_posix()}" for path in NOTEBOOKS.rglob("*.ipynb")}
    assert (folder / ".gitignore").read_text().split() == ["data_raw/", "data_processed/", "reports/", ".isu/"]


def test_a_copy_that_has_been_run_does_not_follow(tmp_path, monkeypatch):
    """What JupyterLab keeps beside a notebook may show people."""
    source = tmp_path / "notebooks"
    for name in ("unit_report.ipynb", ".ipynb_checkpoints/unit_report-checkpoint.ipynb", "kurs/1.ipynb"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("{}")
    monkeypatch.setattr(project, "notebooks_folder", lambda: source)
    new_project(tmp_path / "ny")
    made = {path.relative_to(tmp_path / "ny").as_posix() for path in (tmp_path / "ny").rglob("*.ipynb")}
    assert made == {"notebooks/unit_report.ipynb", "notebooks/kurs/1.ipynb"}


def test_nothing_is_laid_on_top_of_what_is_there(tmp_path):
    (tmp_path / "min fil.txt").write_text("x")
    with pytest.raises(SettingsError, match="finns redan och är inte tom"):
        new_project(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["min fil.txt"]


def test_the_command_needs_no_project(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mitt"]) == 0
    assert (tmp_path / "mitt" / "notebooks" / "unit_report.ipynb").is_file()
    assert main(["new", "mitt"]) == 1
    assert "finns redan" in capsys.readouterr().err


def test_another_project_than_the_one_one_stands_in_is_named(tmp_path, monkeypatch, capsys):
    """Without a folder of parameters here, a checkout's own would be written in unseen."""
    monkeypatch.delenv("ISU_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    main(["check", "finns/inte"])
    assert capsys.readouterr().out.startswith("Projektmapp: ")
    new_project(tmp_path / "eget")
    monkeypatch.chdir(tmp_path / "eget")
    main(["check", "finns/inte"])
    assert "Projektmapp" not in capsys.readouterr().out
