"""The library as others' dependency: built, whole, and at work with nothing but the core's own requirements."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PARTS = ("isu_analysis", "kernels", "notebooks", "README.md", "LICENSE", "pyproject.toml")
NOT_CORE = ("pyarrow", "jupyterlab", "IPython", "matplotlib", "openpyxl", "nbconvert", "papermill", "dask", "seaborn")
# What a developer would do in the first five minutes, with arrays and with pandas.
USE = """
import sys
import pandas as pd
before = set(sys.modules)
import isu_analysis as isu
assert "scipy" not in set(sys.modules) - before, "importing the package costs next to nothing"
size = isu.effect_size([20, 22, 25, 30, 28], [15, 20, 21, 22, 27])
same = isu.effect_size(pd.Series([20, 22, 25, 30, 28]), pd.Series([15, 20, 21, 22, 27]))
assert size.change == same.change == -4.0
criterion = isu.published_criterion(isu.measure("core_om").threshold.value, source="kortet")
print(isu.reliable_change([20, 30], [10, 29], criterion, higher_is_better=False).counts()["n"].to_dict())
print(isu.funnel([10, 20], [40, 50]))
missing = [name for name in sys.argv[1:] if name in sys.modules]
assert not missing, missing
"""
EXAMPLES = """
import doctest, inspect, os, sys
os.environ["COLUMNS"] = "80"
from isu_analysis import statistics
run = failed = 0
for name in statistics.__all__:
    public = getattr(statistics, name)
    for test in doctest.DocTestFinder(recurse=False).find(public, name, globs={}) if callable(public) else ():
        result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS).run(test)
        run, failed = run + result.attempted, failed + result.failed
assert "pyarrow" not in sys.modules
print(run, failed)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A wheel and an sdist, built from a copy by the project's own builder, without the network."""
    folder = tmp_path_factory.mktemp("bygge")
    for name in PARTS:
        source = REPOSITORY / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,), (sdist,) = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def alone(built, tmp_path_factory):
    """The wheel beside the core's requirements and what these require; nothing else can be imported."""
    folder = tmp_path_factory.mktemp("bara kärnan")
    with zipfile.ZipFile(built[0]) as wheel:
        wheel.extractall(folder / "isu")
    (folder / "only").mkdir()
    for package in closure(_required(built[0])):
        for top in {
            path.parts[0] for path in metadata.files(package) or () if path.parts[0] not in {"..", "__pycache__"}
        }:
            source = Path(str(metadata.distribution(package).locate_file(top)))
            if source.exists() and not (folder / "only" / top).exists():
                (folder / "only" / top).symlink_to(source, target_is_directory=source.is_dir())
    return folder


def _required(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as content:
        about = content.read(next(name for name in content.namelist() if name.endswith("METADATA"))).decode()
    lines = re.findall(r"^Requires-Dist: ([\w.-]+)[^;\n]*$", about, re.MULTILINE)  # those of an extra have a marker
    return {name.lower() for name in lines}


def closure(names: set[str]) -> set[str]:
    """Packages and all that they require here, extras left out."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python
        if name not in found:
            found.add(name)
            waiting += [re.match(r"[\w.-]+", need)[0].lower() for need in needs if "extra ==" not in need]
    return found


def run(folder: Path, code: str, *words: str) -> str:
    start = f"import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p] + {[str(folder / 'isu'), str(folder / 'only')]!r}\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + code, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_core_asks_for_what_it_says_and_no_more(built):
    assert _required(built[0]) == {"numpy", "scipy", "pandas", "statsmodels", "pydantic", "ruamel-yaml"}


def test_the_wheel_is_whole(built):
    with zipfile.ZipFile(built[0]) as wheel:
        names = set(wheel.namelist())
    inside = {
        path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "isu_analysis").rglob("*") if path.is_file()
    }
    assert {name for name in inside if "__pycache__" not in name} == {
        name for name in names if name.startswith("isu_analysis/")
    }
    assert "isu_analysis/py.typed" in names
    shared = {name.partition("/data/")[2] for name in names if "/data/" in name}
    assert "share/jupyter/kernels/isu/kernel.json" in shared
    assert (
        "share/isu-analysis/notebooks/unit_report.ipynb" in shared
        and "share/isu-analysis/notebooks/kurs/1-forsta-titten.ipynb" in shared
    )
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "data_"))]


def test_the_sdist_builds_the_same_package(built):
    with tarfile.open(built[1]) as sdist:
        inside = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"pyproject.toml", "LICENSE", "isu_analysis/py.typed", "kernels/isu/kernel.json"} <= inside


@pytest.mark.slow
def test_two_functions_in_a_project_of_someone_else(alone):
    said = run(alone, USE, *NOT_CORE)
    assert "{'improved': 1, 'unchanged': 1, 'deteriorated': 0}" in said


@pytest.mark.slow
def test_every_example_of_the_statistics_runs_without_pyarrow(alone):
    examples, failed = map(int, run(alone, EXAMPLES).split()[-2:])
    assert failed == 0 and examples > 300
