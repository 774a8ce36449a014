"""The front door of the statistics: every public function is in the guide, and the guide names nothing else."""

import inspect
import re
from pathlib import Path

import pytest

from isu_analysis import statistics

GUIDE = Path(__file__).parents[2] / "docs" / "statistik.md"


def test_the_guide_names_every_function_and_nothing_else():
    functions = {
        name for name in statistics.__all__ if inspect.isfunction(getattr(statistics, name)) or name == "Estimand"
    }
    cells = "\n".join(line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("|"))
    assert set(re.findall(r"`(\w+)`", cells)) == functions


@pytest.mark.parametrize("name", statistics.__all__)
def test_every_public_name_is_documented(name):
    public = getattr(statistics, name)
    if not callable(public):
        return
    said = inspect.getdoc(public) or ""
    assert said, name
    if inspect.isfunction(public):
        assert "Returns" in said or "Return " in said, name
        assert "Parameters" in said, name
        asked = [p for p in inspect.signature(public).parameters if p not in {"args", "kwargs"}]
        missing = [p for p in asked if not re.search(rf"\b{p}\b", said)]
        assert not missing, f"{name}: {missing}"
    elif inspect.isclass(public):
        assert "Attributes" in said or issubclass(public, tuple), name
