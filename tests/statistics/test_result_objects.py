"""What every result object of the statistics promises: frozen, and silent about people."""

import dataclasses
import importlib
import pkgutil

import numpy as np
import pandas as pd
import pytest

from isu_analysis import statistics

MODULES = [module.name for module in pkgutil.walk_packages(statistics.__path__, "isu_analysis.statistics.")]
RESULTS = sorted(
    {
        value
        for module in MODULES
        for value in vars(importlib.import_module(module)).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value) and hasattr(value, "to_frame")
    },
    key=lambda kind: f"{kind.__module__}.{kind.__qualname__}",
)
MANY = ("NDArray", "Floats", "Flags", "Codes", "DataFrame", "Index", "Series", "ndarray")


def holds_many(field):
    return any(word in str(field.type) for word in MANY)


@pytest.mark.parametrize("kind", RESULTS, ids=lambda kind: f"{kind.__module__.split('.')[-1]}.{kind.__name__}")
def test_frozen_and_without_rows_in_repr(kind):
    assert kind.__dataclass_params__.frozen
    rows = [field for field in dataclasses.fields(kind) if holds_many(field)]
    shown = [field.name for field in rows if field.repr and "table" not in field.name]
    assert not shown, f"{kind.__name__} shows {shown} in repr"
    if rows:  # arrays have no single answer to ==
        assert not kind.__dataclass_params__.eq


def test_there_are_many():
    assert len(RESULTS) > 50
    assert {np.ndarray, pd.DataFrame}.isdisjoint(RESULTS)
