"""`isu new`: an empty project folder with the notebooks that make the reports and those that teach."""

from __future__ import annotations

import sys
from pathlib import Path

from isu_analysis import files
from isu_analysis.errors import SettingsError

_FOLDERS = ("parameters", "data_raw", "data_processed", "reports")
_NOT_SHARED = "data_raw/\ndata_processed/\nreports/\n.isu/\n"  # for those who keep the folder in git


def new_project(folder: Path) -> str:
    """Make a project folder.

    Parameters
    ----------
    folder : Path
        Is not there yet, or is empty.

    Returns
    -------
    str
        What to do next.

    Raises
    ------
    SettingsError
        There is something in the folder, or the notebooks did not come with the installation.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"«{folder.name}» finns redan och är inte tom. Tillåtet: en ny eller tom mapp.")
    source = notebooks_folder()
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    # These and no others: beside them JupyterLab keeps copies that have been run, with what they showed.
    for path in sorted((*source.glob("*.ipynb"), *(source / "kurs").glob("*.ipynb"))):
        files.write(folder / "notebooks" / path.relative_to(source), path.read_bytes())
    files.write(folder / ".gitignore", _NOT_SHARED.encode())
    return (
        f"Projektmappen är klar: {folder}\nGå dit (cd), och börja med: isu init kommun/enhet --from FIL\n"
        "notebooks/kurs/ har sex lektioner; öppna dem med: jupyter lab"
    )


def notebooks_folder() -> Path:
    """The notebooks that came with the installation: beside the package in a checkout, else under ``share``.

    Raises
    ------
    SettingsError
        They are in neither place.
    """
    places = (Path(__file__).parents[2] / "notebooks", Path(sys.prefix) / "share" / "isu-analysis" / "notebooks")
    for place in places:
        if place.is_dir():
            return place
    raise SettingsError("Anteckningsböckerna följde inte med installationen. Installera om isu-analysis.")
