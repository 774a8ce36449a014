"""Every public name outside the statistics has an example, and each runs on the demonstration municipality."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import isu_analysis as isu
from isu_analysis.municipalities import gathered

NAMES = sorted(name for name, wing in isu._WHERE.items() if wing != "statistics")
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def documented(name: str) -> Iterator[tuple[str, Any]]:
    """The name itself, and if it is a class its public methods."""
    public = getattr(isu, name)
    yield name, public
    if inspect.isclass(public):
        for own, method in vars(public).items():
            if not own.startswith("_") and (inspect.isfunction(method) or isinstance(method, classmethod)):
                yield f"{name}.{own}", getattr(public, own)


EXAMPLES = [title for name in NAMES for title, _ in documented(name)]


@pytest.fixture(scope="module")
def whole_municipality():
    """Analyse every unit once: an overview takes as long as all other examples together."""
    analyse_all, made = gathered.municipality_units, {}

    def once(name, year, release, as_of, project):
        assert release == isu.Release.internal()
        if (name, year, as_of, project) not in made:
            made[name, year, as_of, project] = analyse_all(name, year, release, as_of, project)
        return made[name, year, as_of, project]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathered, "municipality_units", once)
        yield


@pytest.fixture
def in_the_demonstration(demo_project, whole_municipality, monkeypatch):
    monkeypatch.setenv("ISU_PROJECT", str(demo_project))


@pytest.mark.parametrize("title", EXAMPLES)
def test_the_example_runs(title, in_the_demonstration):
    public = dict(documented(title.split(".")[0]))[title]
    written = doctest.DocTestParser().get_doctest(inspect.getdoc(public) or "", {}, title, None, 0)
    assert written.examples, f"{title} has no example"
    said: list[str] = []
    found = doctest.DocTestRunner(optionflags=OPTIONS).run(written, out=said.append)
    assert found.failed == 0, "".join(said)


def test_a_wrong_answer_in_an_example_is_found():
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert doctest.DocTestRunner(optionflags=OPTIONS).run(wrong, out=lambda _: None).failed == 1
