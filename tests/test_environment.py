"""The declared requirements, the lock and the conda environment say the same thing."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
    "mac": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def locked():
    """Every entry of the lock as its requirement and its hashes."""
    whole = LOCK.replace("\\\n", " ")
    for line in filter(None, (line.strip() for line in whole.splitlines() if not line.startswith("#"))):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        yield Requirement(requirement), hashes


ENTRIES = list(locked())


def declared():
    yield from PROJECT["build-system"]["requires"]
    yield from PROJECT["project"]["dependencies"]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        yield from extra


def applies(requirement, python, system):
    marker = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.5",
              "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": ""}  # fmt: skip
    return requirement.marker is None or requirement.marker.evaluate(marker)


@pytest.mark.parametrize("text", sorted(set(declared())))
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", list(SYSTEMS))
def test_every_requirement_is_locked_once_and_satisfied(text, python, system):
    wanted = Requirement(text)
    found = [
        entry for entry, _ in ENTRIES
        if canonicalize_name(entry.name) == canonicalize_name(wanted.name) and applies(entry, python, system)
    ]  # fmt: skip
    assert len(found) == 1
    assert wanted.specifier.contains(Version(str(found[0].specifier).removeprefix("==")))


def test_every_line_of_the_lock_is_pinned_and_hashed():
    assert len(ENTRIES) > 50
    for entry, hashes in ENTRIES:
        assert re.fullmatch(r"==[^*,]+", str(entry.specifier)), entry.name
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest.strip()) for digest in hashes), entry.name


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml", "pyproject.toml", "Makefile", ".ci/run"])
def test_no_package_index_is_named(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"index-url|find-links|trusted-host|^-i\s|://|@ *(git|file|http)", text, re.M)


def test_the_conda_environment_is_python_and_the_lock():
    python = next(line for line in ENVIRONMENT["dependencies"] if str(line).startswith("python"))
    assert SpecifierSet(python.removeprefix("python").strip()) == SpecifierSet(PROJECT["project"]["requires-python"])
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    pip = next(line for line in ENVIRONMENT["dependencies"] if isinstance(line, dict))["pip"]
    assert pip == ["--require-hashes", "-r requirements.lock"]


def test_the_supported_pythons_agree():
    assert all(SpecifierSet(PROJECT["project"]["requires-python"]).contains(python) for python in PYTHONS)
    listed = [line.rsplit(" ", 1)[1] for line in PROJECT["project"]["classifiers"] if "Python :: 3." in line]
    assert tuple(listed) == PYTHONS
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in MAKEFILE


def test_the_makefile_installs_the_lock_and_then_the_project_alone():
    assert "--require-hashes -r requirements.lock" in MAKEFILE
    assert "--no-deps --no-build-isolation -e ." in MAKEFILE
    assert "--no-deps --no-build-isolation -e ." in (ROOT / "environment.yml").read_text(encoding="utf-8")


def test_ci_runs_the_same_commands_as_people_do():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in text and "make lint" in text
    assert text.startswith("#!/usr/bin/env bash\n") and "\r" not in text


def test_the_kernel_and_the_notebooks_are_installed_with_the_package():
    shared = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared == {"kernels/isu": "share/jupyter/kernels/isu", "notebooks": "share/isu-analysis/notebooks"}
    kernel = json.loads((ROOT / "kernels" / "isu" / "kernel.json").read_text(encoding="utf-8"))
    assert kernel["argv"][0] == "python"  # replaced by the interpreter that runs Jupyter


def test_the_exporters_are_entry_points():
    points = PROJECT["project"]["entry-points"]["nbconvert.exporters"]
    assert set(points) == {"isu_pdf", "isu_html"}
