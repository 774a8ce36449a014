"""Beat the Blues through the whole library: figures worked out by others.

Expected values: flow, completers and two-wave maximum likelihood from R (lavaan, nlme) on the published data set;
all-waves means from an EM run to convergence; the arms are means of 25 and 27 differences.
"""

import pytest

import isu_analysis as isu


@pytest.fixture(scope="module")
def results(real_project):
    """Results of the real data set."""
    return isu.analyse(isu.cohort("oppna-data/beat-the-blues", 2003, project=real_project))


def test_flow(results):
    """100, 97, 73, 58 and 52 were measured."""
    assert [results.cell(f"bdi:client/at/{name}").value for name in ("start", "m2", "m3", "m5", "m8")] == [
        100,
        97,
        73,
        58,
        52,
    ]


def test_three_estimates_point_apart(results):
    """Completers, maximum likelihood on the start value, and on all waves."""
    value = {
        name: results.cell(f"bdi:client/estimate/{name}").value
        for name in ("completers", "ml_two_wave", "ml_all_waves")
    }
    assert value["completers"] == pytest.approx(-11.884615384615)
    assert value["ml_two_wave"] == pytest.approx(-12.079968220524, abs=1e-6)
    assert value["ml_all_waves"] == pytest.approx(-10.763913629736, abs=1e-5)


def test_both_arms(results):
    """Ordinary care alone fell 10.5 points, the programme 13.1."""
    arms = {name: results.cell(f"bdi:client/by/intervention/{name}/change") for name in ("TAU", "BtheB")}
    assert {name: (cell.n, round(cell.value, 1)) for name, cell in arms.items()} == {
        "TAU": (25, -10.5),
        "BtheB": (27, -13.1),
    }
    assert [results.cell(f"bdi:client/by/intervention/{name}/eligible").value for name in ("TAU", "BtheB")] == [48, 52]


def test_bounds_without_assumptions(results):
    """Everybody lost at the top or the bottom of the scale."""
    bounds = results.cell("bdi:client/bounds")
    assert (bounds.low, bounds.high) == pytest.approx((-17.54, 12.70))


def test_verdict_rests_on_all_waves(results):
    """The interval excludes nought; it reaches it if the 48 lost did 17.5 points worse: 8.42 / 0.48."""
    assert results.cell("bdi:client/adjusted").code == "ml_all_waves"
    assert results.cell("bdi:client/verdict").code == "holds_if"
    estimate = results.cell("bdi:client/estimate/ml_all_waves")
    assert results.cell("bdi:client/verdict/tolerance").value == pytest.approx(-estimate.high / 0.48)


def test_own_reliability_is_marked_as_own(results):
    """1.96 * sqrt(2) * 10.8 * sqrt(1 - 0.86) = 11.2: twelve points count on a whole-number scale."""
    criterion = results.context.main.criterion
    assert criterion.threshold == pytest.approx(11.2012, abs=1e-3)
    assert criterion.smallest_counting(1) == 12
    assert "användarens egen" in criterion.source
