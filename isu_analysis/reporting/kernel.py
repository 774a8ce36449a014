"""Run the report notebook with papermill: strict parameters, a known environment, nothing written to disk."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from isu_analysis import declarations
from isu_analysis.errors import ReportError

KERNEL = "isu"
UNIT_REPORT, OVERVIEW = "unit_report", "municipality_overview"
CELL_SECONDS = 300  # a cell takes a second or two; after this something is stuck
START_SECONDS = 120  # a cold start on a shared Windows machine with a virus scanner
_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
_WORDS = {"str": "text", "int": "heltal"}


def notebook_path(project: Path, name: str = UNIT_REPORT) -> Path:
    """Path of a notebook: that of a unit's report, or `OVERVIEW`."""
    return project / "notebooks" / f"{name}.ipynb"


def execute(notebook: Path, parameters: Mapping[str, Any], folder: Path) -> Any:
    """Run a notebook and return it with its outputs.

    Parameters
    ----------
    notebook : Path
        Has a cell tagged ``parameters``.
    parameters : mapping
        A value for every one of its parameters, and for nothing else.
    folder : Path
        Private working folder of the kernel, so that no file beside the notebook can be imported by mistake.

    Notes
    -----
    Papermill gets the notebook as an object and no output path: what is not on the disk cannot leak from
    there, and braces in a folder name are not taken for parameters.
    """
    import nbformat
    import papermill

    check_parameters(notebook, parameters)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Proactor event loop")  # Windows: harmless, and nobody can mend it
        return papermill.execute_notebook(
            nbformat.read(notebook, as_version=4),
            None,
            parameters=dict(parameters),
            kernel_name=KERNEL,
            progress_bar=False,
            log_output=False,
            start_timeout=START_SECONDS,
            # The kernel warns about itself on the reader's screen, and keeps a list of all that it has done.
            extra_arguments=["--log-level=50", "--HistoryManager.enabled=False"],
            shutdown_kernel="immediate",
            execution_timeout=CELL_SECONDS,
            cwd=str(folder),
            **_wiring(),
        )


def _wiring() -> dict[str, Any]:
    """How the kernel is reached: by files that only their owner can open, where the system has such.

    Through the network of the machine itself, which is the default, any account on it can listen to what is shown.
    """
    if os.name != "posix":
        return {}
    from traitlets.config import Config

    return {"config": Config({"KernelManager": {"transport": "ipc"}})}


def check_parameters(notebook: Path, given: Mapping[str, Any]) -> None:
    """Refuse a parameter that the notebook does not have, lacks or wants of another type.

    Papermill itself only logs an unknown name, and the notebook then runs with its default.
    """
    import papermill

    wanted = papermill.inspect_notebook(str(notebook).replace("{", "{{").replace("}", "}}"))
    problems = [
        f"okänd parameter «{name}».{declarations.nearest(name, list(wanted))}" for name in given if name not in wanted
    ]
    problems += [f"parametern «{name}» saknas." for name in wanted if name not in given]
    for name in wanted.keys() & given.keys():
        kind = wanted[name]["inferred_type_name"]
        if type(given[name]).__name__ != kind:
            problems.append(f"parametern «{name}» ska vara {_WORDS.get(kind, kind)}.")
    if problems:
        raise ReportError(f"{notebook.name}: " + " ".join(problems))


@contextlib.contextmanager
def environment(project: Path, folder: Path, release_file: Path) -> Iterator[None]:
    """Set what the kernel inherits, and put everything back afterwards.

    One thread and a fixed hash seed make two runs give the same bytes; an empty IPython folder keeps the
    user's own start-up files out of the report.
    """
    inherited = {
        "ISU_PROJECT": str(project),
        "ISU_RELEASE": str(release_file),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONHASHSEED": "0",
        **{f"{name}_NUM_THREADS": "1" for name in _THREADS},
    }
    before = {name: os.environ.get(name) for name in inherited}
    os.environ.update(inherited)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def require(project: Path) -> None:
    """Refuse to start a run that cannot end well: no notebook, or no kernel to run it with.

    Raises
    ------
    ReportError
        With what to do about it.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    for path in (notebook_path(project, name) for name in (UNIT_REPORT, OVERVIEW)):
        if not path.is_file():
            raise ReportError(f"Anteckningsboken {path.parent.name}/{path.name} finns inte i projektmappen.")
    try:
        KernelSpecManager().get_kernel_spec(KERNEL)
    except NoSuchKernel:
        raise ReportError(
            f"Jupyter-kärnan «{KERNEL}» är inte installerad i den här miljön. Installera projektet på nytt: "
            "python -m pip install --no-deps --no-build-isolation -e ."
        ) from None
