"""Every result of a public function can be a frame, and what a function gives instead is a plain value or a frame."""

import inspect
import typing

import pandas as pd
import pytest

from isu_analysis import statistics

FUNCTIONS = [name for name in statistics.__all__ if inspect.isfunction(getattr(statistics, name))]


def result_of(name):
    function = getattr(statistics, name)
    return typing.get_type_hints(function, vars(inspect.getmodule(function)))["return"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_result_can_be_a_frame(name):
    result = result_of(name)
    if not inspect.isclass(result) or not result.__module__.startswith("isu_analysis"):
        return  # a number, a text, an array or a frame
    assert typing.get_type_hints(result.to_frame)["return"] is pd.DataFrame
