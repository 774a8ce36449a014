"""Expected outcomes: numpy's least squares, a bootstrap of the reference, coverage with a known truth, refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.case_mix import case_mix_difference, expected_outcome
from isu_analysis.statistics.comparison.reference_model import reference_model
from isu_analysis.statistics.means import mean_difference


def people(rng, n, effect=0.0, start=15.0):
    """Scores with b0 = 3, b1 = .5, .1 a year over 20, -1 for men, scatter 3, and a unit's effect."""
    frame = pd.DataFrame({"age": rng.integers(18, 65, n), "sex": rng.choice(["K", "M"], n)})
    pre = pd.Series(np.clip(rng.normal(start, 4, n), 5, 28))
    noise = rng.normal(0, 3, n)
    post = 3 + 0.5 * pre + 0.1 * (frame["age"] - 20) - (frame["sex"] == "M") + effect + noise
    return pre, post, frame


def by_numpy(pre, post, frame):
    columns = np.column_stack([np.ones(len(pre)), pre, frame["age"], frame["sex"] == "M"])
    return columns, np.linalg.lstsq(columns, post.to_numpy(), rcond=None)[0]


@pytest.fixture
def reference(rng):
    return people(rng, 400)


@pytest.fixture
def model(reference):
    return reference_model(*reference, source="alla enheter 2022")


def test_the_model_is_least_squares(model, reference):
    columns, b = by_numpy(*reference)
    assert model.terms["term"].tolist() == ["constant", "pre", "age", "sex: M"]
    assert model.terms["coefficient"].tolist() == pytest.approx(b.tolist())
    left = reference[1] - columns @ b
    assert model.residual_sd == pytest.approx(np.sqrt((left**2).sum() / 396))
    assert model.r_squared == pytest.approx(1 - left.var() / reference[1].var())
    assert (model.n, model.df, model.reason) == (400, 396.0, "")


def test_its_uncertainty_is_hc3(model, reference):
    """From the definition: each residual over one less its leverage."""
    columns, b = by_numpy(*reference)
    inverse = np.linalg.inv(columns.T @ columns)
    leverage = np.einsum("ij,jk,ik->i", columns, inverse, columns)
    weighted = columns * ((reference[1] - columns @ b).to_numpy() / (1 - leverage))[:, None]
    assert model.covariance == pytest.approx(inverse @ weighted.T @ weighted @ inverse, rel=1e-6)
    assert model.terms["se"].to_numpy() ** 2 == pytest.approx(np.diag(model.covariance))


def test_expected_by_hand_with_one_predictor():
    """Post is 2 + pre with scatter that is the same at both starts: at 10 expect 12, at 20 expect 22."""
    pre, post = np.repeat([10.0, 20.0], 100), np.repeat([12.0, 22.0], 100) + np.tile([-1.0, 1.0], 100)
    model = reference_model(pre, post, source="påhittad")
    assert expected_outcome(model, [10, 15, 20, 21, 9, None]) == pytest.approx(
        [12, 17, 22, np.nan, np.nan, np.nan], nan_ok=True
    )
    found = case_mix_difference(model, [10.0, 20.0, 15.0], [13.0, 25.0, 19.0])
    assert (found.observed, found.expected, found.adjusted) == pytest.approx((19.0, 17.0, 2.0))
    assert found.se_unit == pytest.approx(1 / np.sqrt(3))  # 1, 3 and 2 above what is expected
    assert found.raw == pytest.approx(19 - 17)
    assert found.se**2 == pytest.approx(found.se_unit**2 + found.se_model**2)


def test_the_reference_has_no_difference_to_itself(model, reference):
    found = case_mix_difference(model, *reference)
    assert found.adjusted == pytest.approx(0, abs=1e-10)
    assert found.raw == pytest.approx(0, abs=1e-10)
    assert found.se_unit == pytest.approx(model.residual_sd * np.sqrt(396 / 399) / 20)


def test_the_models_part_is_that_of_refitting_it(rng, model, reference):
    """Draw the reference anew 500 times: the mean expected of the unit moves as much as se_model says."""
    pre, post, frame = people(rng, 25, start=20)
    unit = by_numpy(pre, post, frame)[0].mean(axis=0)
    drawn = []
    for _ in range(500):
        rows = rng.integers(0, 400, 400)
        drawn.append(unit @ by_numpy(reference[0][rows], reference[1][rows], reference[2].iloc[rows])[1])
    found = case_mix_difference(model, pre, post, frame, outside_reference="leave_out")
    assert found.n_outside == 0
    assert found.se_model == pytest.approx(np.std(drawn), rel=0.12)


def test_raw_is_welch(model, reference, rng):
    pre, post, frame = people(rng, 30, effect=-2)
    found = case_mix_difference(model, pre, post, frame, outside_reference="leave_out")
    expected = mean_difference(post, reference[1])
    assert (found.raw, found.raw_low) == pytest.approx((expected.difference, expected.difference_low))
    assert found.raw_high == pytest.approx(expected.difference_high)


def test_the_interval_holds_the_unit_s_true_difference(rng):
    """A unit whose people start 6 points higher: raw misses, adjusted holds .95, the unit's scatter alone less."""
    held = raw = alone = runs = 0
    for _ in range(150):
        model = reference_model(*people(rng, 200), source="påhittad")
        found = case_mix_difference(model, *people(rng, 200, effect=1.0, start=21), outside_reference="leave_out")
        runs += 1
        held += found.adjusted_low <= 1 <= found.adjusted_high
        raw += found.raw_low <= 1 <= found.raw_high
        alone += abs(found.adjusted - 1) <= stats.t.ppf(0.975, found.n - 1) * found.se_unit
    assert held / runs == pytest.approx(0.95, abs=0.045)
    assert alone / runs < 0.85
    assert raw / runs < 0.3


def test_a_better_unit_with_harder_people_is_seen(rng, model):
    pre, post, frame = people(rng, 300, effect=2.0, start=12)
    found = case_mix_difference(model, pre, post, frame, outside_reference="leave_out")
    assert found.adjusted == pytest.approx(2, abs=0.6)
    assert found.raw < 1.2


def test_units_of_measurement_and_order_do_not_matter(rng, reference):
    unit = people(rng, 40)
    options = {"outside_reference": "leave_out"}
    plain = case_mix_difference(reference_model(*reference, source="a"), *unit, **options)
    pre, post, frame = reference
    stretched = reference_model(
        pre * 10 + 5, post * 10, frame.assign(age=frame["age"] * 12)[["sex", "age"]], source="a"
    )
    months = unit[2].assign(age=unit[2]["age"] * 12)
    order = rng.permutation(40)
    moved = case_mix_difference(
        stretched, (unit[0] * 10 + 5)[order], unit[1][order] * 10, months.iloc[order], **options
    )
    assert moved.adjusted == pytest.approx(10 * plain.adjusted)
    assert (moved.se, moved.df) == pytest.approx((10 * plain.se, plain.df))
    assert (moved.n, moved.n_outside) == (plain.n, plain.n_outside)


def test_people_the_reference_has_nobody_like_stop_the_comparison(model, rng):
    pre, post, frame = people(rng, 20)
    pre, frame = pre.clip(8, 24), frame.assign(age=np.where(frame.index == 3, 93, 40))
    frame.loc[5, "sex"] = "X"
    refused = case_mix_difference(model, pre, post, frame)
    assert (refused.reason, refused.n_outside, refused.n, refused.n_given) == ("outside_reference", 2, 18, 20)
    assert np.isnan([refused.adjusted, refused.raw, refused.observed]).all()
    without = case_mix_difference(model, pre, post, frame, outside_reference="leave_out")
    kept = [row for row in range(20) if row not in (3, 5)]
    alone = case_mix_difference(model, pre[kept], post[kept], frame.iloc[kept])
    assert (without.reason, without.adjusted) == ("", pytest.approx(alone.adjusted))
    assert np.flatnonzero(np.isnan(expected_outcome(model, pre, frame))).tolist() == [3, 5]


def test_rows_lacking_something_are_counted(model, rng):
    pre, post, frame = people(rng, 20)
    pre, frame = pre.clip(8, 24), frame.assign(age=40.0)
    pre[0], post[1] = np.nan, np.nan
    frame.loc[2, "age"], frame.loc[3, "sex"] = np.nan, None
    found = case_mix_difference(model, pre, post, frame)
    assert (found.n, found.n_given, found.reason) == (16, 20, "")


def test_a_small_reference_is_refused(rng):
    pre, post, frame = people(rng, 200)
    assert reference_model(pre, post, frame, source="a").reason == ""
    post[0] = np.nan
    small = reference_model(pre, post, frame, source="a")
    assert (small.reason, small.n, small.n_given) == ("too_few_reference", 199, 200)
    found = case_mix_difference(small, *people(rng, 30))
    assert found.reason == "too_few_reference"
    assert np.isnan(expected_outcome(small, pre, frame)).all()
    assert np.isnan(found.adjusted)


def test_a_model_that_cannot_be_fitted(reference):
    pre, post, frame = reference
    assert reference_model(pre, post, frame.assign(again=frame["age"] * 2), source="a").reason == "singular"
    assert reference_model(pre, post, frame.assign(one=1.0), source="a").reason == "singular"
    exact = reference_model(pre, 2 * pre + 1, source="a")
    assert exact.reason == "zero_se"
    assert case_mix_difference(exact, pre, post).reason == "zero_se"


def test_the_units_people_may_not_be_in_the_reference(model, rng):
    assert case_mix_difference(model, *people(rng, 30), shared=1).reason == "people_in_reference"


def test_too_few_in_the_unit(model):
    frame = pd.DataFrame({"age": [30], "sex": ["K"]})
    one = case_mix_difference(model, [15.0], [14.0], frame)
    assert (one.reason, one.n) == ("too_few_values", 1)
    assert np.isnan([one.adjusted, one.adjusted_low, one.raw]).all()
    none = case_mix_difference(model, [15.0], [None], frame)
    assert (none.reason, none.n) == ("too_few_values", 0)


def test_clusters_are_heard(model, rng):
    pre, post, frame = people(rng, 45)
    pre, frame = pre.clip(8, 24), frame.assign(age=frame["age"].clip(20, 60))
    groups = np.repeat(np.arange(15), 3)
    post = post + rng.normal(0, 4, 15)[groups]
    plain, together = (case_mix_difference(model, pre, post, frame, cluster=group) for group in (None, groups))
    assert together.n_clusters == 15
    assert together.se_unit > 1.2 * plain.se_unit
    assert together.adjusted == pytest.approx(plain.adjusted)


def test_nobody_shows(model, reference):
    assert str(reference[0][0]) not in repr(model)
    assert model.to_frame().shape == (1, 9)
    assert case_mix_difference(model, *reference).to_frame().shape[0] == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"covariates": None}, "covariates"),
        ({"covariates": pd.DataFrame({"age": [30, 40]})}, "covariates"),
        ({"covariates": pd.DataFrame({"age": [30, 40], "sex": [1, 2]})}, "covariates"),
        ({"covariates": pd.DataFrame({"age": ["ung", "äldre"], "sex": ["K", "M"]})}, "covariates"),
        ({"covariates": pd.DataFrame({"age": [30, "x"], "sex": ["K", "M"]})}, "age"),
        ({"covariates": pd.DataFrame({"age": [30, 40], "sex": ["K", " "]})}, "sex"),
        ({"covariates": pd.DataFrame({"age": [30], "sex": ["K"]})}, "covariates"),
        ({"covariates": pd.DataFrame({"pre": [30, 2], "sex": ["K", "M"]})}, "pre"),
        ({"covariates": [1, 2]}, "covariates"),
        ({"post": [1.0]}, "post"),
        ({"model": "a"}, "model"),
        ({"shared": -1}, "shared"),
        ({"shared": True}, "shared"),
        ({"outside_reference": "drop"}, "outside_reference"),
        ({"level": 1}, "level"),
    ],
)
def test_wrong_input_is_refused(model, options, named):
    given = {"model": model, "pre": [15.0, 16.0], "post": [10.0, 12.0]}
    given["covariates"] = pd.DataFrame({"age": [30, 40], "sex": ["K", "M"]})
    with pytest.raises(StatisticsError, match=named):
        case_mix_difference(**(given | options))


def test_a_source_is_needed():
    with pytest.raises(StatisticsError, match="source"):
        reference_model([1.0], [2.0], source=" ")
