"""Shared by all tests: a project of its own, in a folder with a space and Swedish letters."""

import shutil
from pathlib import Path

import hypothesis
import pytest
from demo_units import DEMO_UNITS

# No test depends on the speed of the machine, and the same run gives the same examples.
hypothesis.settings.register_profile("isu", deadline=None, derandomize=True)
hypothesis.settings.load_profile("isu")

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
REAL_FILE = SHARED / "data" / "beat_the_blues.xlsx"


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Write the demonstration municipality's raw files and truth, once; tests must not change them."""
    from isu_analysis.synthetic import write_demo

    return write_demo(tmp_path_factory.mktemp("exempelstad"))


@pytest.fixture(scope="session")
def demo_raw(demo):
    """Give every raw file's bytes by unit and name."""
    return {
        slug: {path.name: path.read_bytes() for path in demo.files if path.parent.name == slug} for slug in DEMO_UNITS
    }


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory, demo):
    """Give a project with the demonstration municipality read in; tests must not change it."""
    from isu_analysis.intake import intake
    from isu_analysis.settings import load_unit

    project = tmp_path_factory.mktemp("Göteborg å ä ö")
    shutil.copytree(REPOSITORY / "parameters", project / "parameters")
    shutil.copytree(REPOSITORY / "notebooks", project / "notebooks")
    shutil.copytree(demo.truth.parent, project / "data_raw" / "exempelstad")
    for name in DEMO_UNITS:
        intake(load_unit(f"exempelstad/{name}", project), project)
    return project


@pytest.fixture(scope="session")
def real_project(demo_project):
    """Give the same project with the real data set read in; skipped where that file is not at hand."""
    from isu_analysis.intake import intake
    from isu_analysis.settings import load_unit

    if not REAL_FILE.exists():
        pytest.skip("the real data set is not part of the repository and its folder is missing here")
    folder = demo_project / "data_raw" / "oppna-data" / "beat-the-blues"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(REAL_FILE, folder)
    intake(load_unit("oppna-data/beat-the-blues", demo_project), demo_project)
    return demo_project


@pytest.fixture(scope="session")
def results_of(demo_project):
    """Give a function from unit and year to results, each computed once."""
    import isu_analysis as isu

    made = {}

    def compute(unit, year):
        if (unit, year) not in made:
            made[unit, year] = isu.analyse(isu.cohort(unit, year, project=demo_project))
        return made[unit, year]

    return compute
