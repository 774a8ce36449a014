"""What type checkers are told: every public type, so that right use is accepted and wrong use refused."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[1]
BESIDE = Path(sys.executable).parent

RIGHT = """\
# pyright: strict
from pathlib import Path

import isu_analysis as isu

BEFORE = [20.0, 22, 18, 25, 30, 28, 19, 24, 26, 21, 23, 27]
AFTER = [12.0, 20, 17, 15, 22, 29, 10, 18, 21, 14, 20, float("nan")]


def told() -> dict[str, float | int | str]:
    criterion: isu.Criterion = isu.jacobson_truax_criterion(
        7.5, 0.8, sd_source="manual", reliability_source="manual", reliability_type="retest"
    )
    changed = isu.reliable_change(BEFORE, AFTER, criterion, higher_is_better=False, scale=(0, 60))
    improved = isu.category_share(changed, "improved", level=0.9)
    size = isu.effect_size(BEFORE, AFTER)
    estimate = isu.completers_change(BEFORE, AFTER)
    bounds = isu.mean_bounds(BEFORE, AFTER, scale_min=0, scale_max=60)
    verdict = isu.change_verdict(estimate, bounds, higher_is_better=False)
    measured = isu.coverage(BEFORE, AFTER)
    mean = isu.mean(BEFORE, level=0.9)
    plan = isu.plan_follow_up(50, 0.6, share=0.5, half_width=0.1)
    threshold: float = criterion.threshold
    low: float = improved.low
    clusters: int | None = size.n_clusters
    needed: int = plan.paired_needed
    return {
        "threshold": threshold,
        "low": low,
        "g": size.g_pre,
        "clusters": clusters or 0,
        "change": estimate.change,
        "verdict": verdict.state,
        "paired": measured.n_paired,
        "mean": mean.mean,
        "needed": needed,
    }


def report(unit: str, year: int, project: Path, release: isu.Release) -> isu.Report:
    loaded: isu.Unit = isu.load_unit(unit, project)
    people: isu.Cohort = isu.cohort(loaded, year, project=project)
    results: isu.Results = isu.analyse(people)
    return isu.protect(results, release, isu.decisions_before(loaded, year, project))
"""

# Each is one line, with what mypy and pyright call the mistake.
WRONG = {
    'isu.share(3, 10, level="0.95")': ("arg-type", "reportArgumentType"),
    "isu.share(3, 10).lowest": ("attr-defined", "reportAttributeAccessIssue"),
    "isu.shares(3, 10)": ("attr-defined", "reportAttributeAccessIssue"),
    "isu.directions([1.0], [2.0])": ("call-arg", "reportCallIssue"),
    'isu.cohort("kommun/enhet", "2024")': ("arg-type", "reportArgumentType"),
    "text: str = isu.mean([1.0]).n": ("assignment", "reportAssignmentType"),
    "isu.coverage([1.0], [2.0]).of = 3": ("misc", "reportAttributeAccessIssue"),
}
WRONG_FILE = "\n".join(["import isu_analysis as isu", *WRONG]) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with a right and a wrong user of the package, and no settings for type checkers."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "right.py").write_text(RIGHT, encoding="utf-8")
    (folder / "wrong.py").write_text(WRONG_FILE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def by_pyright(folder):
    """Give what pyright says: the file's name, the line and the rule of each mistake."""
    found = pyright(folder, "right.py", "wrong.py")["generalDiagnostics"]
    return {(Path(one["file"]).name, one["range"]["start"]["line"], one.get("rule", one["message"])) for one in found}


@pytest.fixture(scope="module")
def by_mypy(folder):
    """Give what mypy says, in the same form."""
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed in this environment")
    # The package itself is checked as it is built; here it is what an installed one would be.
    how = ("--strict", "--follow-imports=silent", "--config-file=", "--output=json", f"--cache-dir={folder / 'cache'}")
    done = run(folder, sys.executable, "-m", "mypy", *how, "right.py", "wrong.py")
    assert done.returncode == 1, done.stdout + done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {(one["file"], one["line"] - 1, one["code"]) for one in found if one["severity"] == "error"}


def pyright(folder, *arguments):
    program = shutil.which("pyright", path=str(BESIDE))
    if program is None:
        pytest.skip("pyright is not installed in this environment")
    # With `--outputjson` it does not ask the network for a newer version of itself.
    done = run(folder, program, "--outputjson", *arguments)
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    return json.loads(done.stdout)


def run(folder, *command):
    """Run a type checker with this environment's Python and the package of this repository first."""
    environment = os.environ | {
        "PATH": f"{BESIDE}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(REPOSITORY),
        "MYPYPATH": str(REPOSITORY),
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False
    )


def test_every_public_type_is_known(folder):
    """With --verifytypes pyright takes the package as its users get it, and infers nothing."""
    found = pyright(folder, "--verifytypes", "isu_analysis", "--ignoreexternal")["typeCompleteness"]
    assert Path(found["packageRootDirectory"]) == REPOSITORY / "isu_analysis"
    unknown = [
        one["name"]
        for one in found["symbols"]
        if one["isExported"] and (one["isTypeAmbiguous"] or not one["isTypeKnown"])
    ]
    assert not unknown, unknown
    assert found["completenessScore"] == 1


def test_right_use_is_accepted(by_mypy, by_pyright):
    wrong = {one for one in by_mypy | by_pyright if one[0] != "wrong.py"}
    assert not wrong, wrong


def test_right_use_does_what_its_types_say(folder):
    told = runpy.run_path(str(folder / "right.py"))["told"]()
    kinds = {name: type(value) for name, value in told.items()}
    whole = dict.fromkeys(("clusters", "paired", "needed"), int)
    assert kinds == dict.fromkeys(told, float) | whole | {"verdict": str}
    assert told["paired"] == 11 and told["mean"] == pytest.approx(23.583, abs=0.001)


@pytest.mark.parametrize("line", list(WRONG))
def test_wrong_use_is_refused(line, by_mypy, by_pyright):
    place = WRONG_FILE.splitlines().index(line)
    by_each = [
        {code for name, at, code in found if (name, at) == ("wrong.py", place)} for found in (by_mypy, by_pyright)
    ]
    assert by_each == [{code} for code in WRONG[line]]
