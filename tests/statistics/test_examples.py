"""The examples of the statistics: every public function has one, and it gives what it says."""

import doctest
import inspect
from collections.abc import Iterator

import pytest

from isu_analysis import statistics

FUNCTIONS = [name for name in statistics.__all__ if inspect.isfunction(getattr(statistics, name))]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.REPORT_NDIFF


def examples() -> Iterator[doctest.DocTest]:
    """Every public object and method with an example, as a reader who has imported nothing would run it."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    for name in statistics.__all__:
        public = getattr(statistics, name)
        if callable(public):
            yield from (test for test in finder.find(public, name, globs={}) if test.examples)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_an_example(name):
    before, heading, after = (inspect.getdoc(getattr(statistics, name)) or "").partition("Examples\n--------\n")
    assert heading, f"{name} has no section of examples"
    assert ">>> " in after and ">>> " not in before


@pytest.mark.parametrize("example", [pytest.param(test, id=test.name) for test in examples()])
def test_an_example_gives_what_it_says(example, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")  # pandas breaks a frame where the terminal ends
    said: list[str] = []
    found = doctest.DocTestRunner(optionflags=FLAGS).run(example, out=said.append)
    assert found.failed == 0, "".join(said)
