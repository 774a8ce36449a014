"""Checking and reading in from a notebook: a unit by its name, and problems as a frame."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from isu_analysis.intake import Problem, ProblemsFound, Processed, check, intake
from isu_analysis.settings import Unit, load_unit, project_folder


def check_files(unit: str | Unit, project: Path | None = None) -> pd.DataFrame:
    """Read and check a unit's raw files without storing anything.

    Parameters
    ----------
    unit : str or Unit
        ``municipality/unit``, or what `load_unit` gives.
    project : Path, optional
        Project folder.

    Returns
    -------
    DataFrame
        One row a problem: file, sheet, row, column, what, allowed; no rows when the files are right. No cell's content
        is in it.

    Raises
    ------
    SettingsError
        The unit file is missing or wrong.
    IntakeError
        There are no raw files.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> problems = isu.check_files("exempelstad/unga-vuxna")
    >>> len(problems), ", ".join(problems.columns)
    (0, 'file, sheet, row, column, what, allowed')
    """
    asked, folder = _found(unit, project)
    problems: list[Problem] = []
    try:
        check(asked, folder)
    except ProblemsFound as error:
        problems = error.problems
    columns = [field.name for field in dataclasses.fields(Problem)]
    return pd.DataFrame([dataclasses.astuple(problem) for problem in problems], columns=columns)


def read_files(unit: str | Unit, project: Path | None = None) -> Processed:
    """Read, check and store a unit's raw files, as ``isu intake`` does.

    Parameters
    ----------
    unit : str or Unit
        ``municipality/unit``, or what `load_unit` gives.
    project : Path, optional
        Project folder.

    Returns
    -------
    Processed
        What was stored, pseudonymised.

    Raises
    ------
    SettingsError
        The unit file is missing or wrong.
    IntakeError
        There are no raw files, or something in them is wrong; nothing is stored then but the list of problems.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> isu.read_files("exempelstad/unga-vuxna")
    Processed(271 episodes, 1312 measurements)
    """
    return intake(*_found(unit, project))


def _found(unit: str | Unit, project: Path | None) -> tuple[Unit, Path]:
    folder = project or project_folder()
    return (load_unit(unit, folder) if isinstance(unit, str) else unit), folder
