"""How often each person-level method calls a person changed who has not changed.

``python -m benchmarks.person_level`` prints the percent called improved / deteriorated. A method that keeps its
promise says 2.5 / 2.5 (1.96 each way) in every scenario where nobody truly changed. Symptoms: fewer is better, so
clients selected for a high start seem to improve. Reliability .80, mean 50, SD 10, 400,000 people a scenario; the
discrete scales run 0-27 and 0-63 in whole points with many at or near 0.

Three tables. *Given numbers*: what a manual states is put into each method; the scenario says how reality differs
from it. *Untreated group*: methods that learn from controls, with controls from the same population (many, and 20)
or of another kind. *Several occasions*: the reliable trend index against random slopes (empirical Bayes) where 0 % and
where all others truly change.

Options: ``--people``, ``--seed``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from benchmarks.simulation import Floats, generator, markdown
from isu_analysis.statistics.individual_change.criteria import TWO_SIDED_FIVE_PERCENT, jacobson_truax_criterion
from isu_analysis.statistics.individual_change.historical import HISTORICAL, historical_index
from isu_analysis.statistics.individual_change.methods import METHODS, change_index
from isu_analysis.statistics.individual_change.references import ReferenceSample, control_sample, reference_sample
from isu_analysis.statistics.trajectories.random_slopes import random_slopes_of_waves
from isu_analysis.statistics.trajectories.reliable_trend import reliable_trend_of_waves

MEAN, SD, RELIABILITY = 50.0, 10.0, 0.8
FROM_CONTROLS = ("christensen_mendoza", "maassen", "chelune", "iverson", "temkin", "mcsweeny", "crawford_howell")


@dataclass(frozen=True)
class Scenario:
    """How people and what is stated about them are made; the defaults are the model itself.

    Attributes
    ----------
    name : str
    stated : dict
        Numbers that the manual states and that differ from the truth.
    selected_above : float
        Only people with a start above mean + this many SDs.
    own_numbers : bool
        The means and SDs stated are those of the (selected) people themselves.
    drift : float
        SD of true change that goes both ways, in points.
    change : float
        True change of everyone, in points; below 0 is better.
    stretch : float
        SD at the end over SD at the start.
    scale : tuple or None
        Mean, SD, lowest and highest of a scale in whole points, instead of 50 and 10 without limits.
    """

    name: str
    stated: dict[str, float] = field(default_factory=dict)
    selected_above: float | None = None
    own_numbers: bool = False
    drift: float = 0.0
    change: float = 0.0
    stretch: float = 1.0
    scale: tuple[float, float, int, int] | None = None

    def draw(self, people: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return start and end scores."""
        mean, sd = self.scale[:2] if self.scale else (MEAN, SD)
        true = np.sqrt(RELIABILITY) * sd * rng.standard_normal(people)
        errors = np.sqrt(1 - RELIABILITY) * sd * rng.standard_normal((2, people))
        start = mean + true + errors[0]
        moved = true + self.drift * rng.standard_normal(people)
        end = mean + self.change + self.stretch * (moved + errors[1])
        if self.selected_above is not None:
            chosen = start > mean + self.selected_above * sd
            start, end = start[chosen], end[chosen]
        if self.scale:
            start, end = (np.clip(np.round(values), *self.scale[2:]) for values in (start, end))
        return start, end

    def reference(self, start: Floats, end: Floats) -> ReferenceSample:
        """Return what is stated about the population."""
        mean, sd = self.scale[:2] if self.scale else (MEAN, SD)
        numbers: dict[str, float] = {
            "mean_pre": mean,
            "sd_pre": sd,
            "mean_post": mean,
            "sd_post": sd,
            "retest_r": RELIABILITY,
            "reliability_pre": RELIABILITY,
            "reliability_post": RELIABILITY,
            "n": 1_000_000,
        }
        if self.own_numbers:
            own = control_sample(start, end, source="people")
            numbers |= {name: getattr(own, name) for name in ("mean_pre", "sd_pre", "mean_post", "sd_post")}
        return reference_sample(source="manual", **(numbers | self.stated))


def _high_reliability(value: float) -> dict[str, float]:
    return dict.fromkeys(("retest_r", "reliability_pre", "reliability_post"), value)


SCENARIOS = (
    Scenario("all as stated"),
    Scenario("stated reliability .90, true .80", stated=_high_reliability(0.9)),
    Scenario("stated SD at start 7, true 10", stated={"sd_pre": 7.0}),
    Scenario("selected, start above mean + 1 SD", selected_above=1.0),
    Scenario("the same, own SD and mean with the stated reliability", selected_above=1.0, own_numbers=True),
    Scenario("SD at end 1.5 times that at start", stretch=1.5),
    Scenario("the same, end's SD stated", stretch=1.5, stated={"sd_post": 1.5 * SD}),
    Scenario("natural drift, SD 4 both ways", drift=4.0),
    Scenario("0-27 in whole points, mean 8, SD 5, floor", scale=(8.0, 5.0, 0, 27)),
    Scenario("0-63 in whole points, mean 12, SD 10, floor", scale=(12.0, 10.0, 0, 63)),
    Scenario("EVERYONE truly improves .5 SD", change=-SD / 2),
)


def stated_table(people: int, seed: int = 1) -> pd.DataFrame:
    """Return percent improved / deteriorated of every method given stated numbers; rows scenario."""
    rows = []
    for place, scenario in enumerate(SCENARIOS):
        start, end = scenario.draw(people, generator(seed, place))
        reference = scenario.reference(start, end)
        rows.append({"scenario": scenario.name, **verdicts(start, end, reference)})
    return pd.DataFrame(rows).set_index("scenario")


def verdicts(start: Floats, end: Floats, reference: ReferenceSample) -> dict[str, str]:
    """Return "improved / deteriorated" in percent by method."""
    found: dict[str, str] = {}
    for names, index in ((METHODS, change_index), (HISTORICAL, historical_index)):
        for method in names:
            result = index(start, end, method, reference, higher_is_better=False)
            found[method] = result.reason or _percent(result.index, result.critical)
    return found


def _percent(better: Floats, critical: float) -> str:
    return f"{100 * (better > critical).mean():.1f} / {100 * (better < -critical).mean():.1f}"


@dataclass(frozen=True)
class Controls:
    """An untreated group: how many, and how it differs from the people judged."""

    name: str
    n: int
    replications: int
    practice: float = 0.0
    people: Scenario = SCENARIOS[0]
    controls: Scenario = SCENARIOS[0]


CONTROLS = (
    Controls("many controls, same population", 100_000, 1),
    Controls("many controls, everyone gains 3 points by practice", 100_000, 1, practice=3.0),
    Controls("20 controls", 20, 2000),
    Controls("20 controls, everyone gains 3 points by practice", 20, 2000, practice=3.0),
    Controls("many controls; people selected, start above mean + 1 SD", 100_000, 1, people=SCENARIOS[3]),
    Controls("many controls with drift, people without", 100_000, 1, controls=SCENARIOS[7]),
    Controls("many controls without drift, people with", 100_000, 1, people=SCENARIOS[7]),
    Controls("EVERYONE truly improves .5 SD beyond many controls", 100_000, 1, people=SCENARIOS[10]),
)


def controls_table(people: int, seed: int = 1, kinds: tuple[Controls, ...] = CONTROLS) -> pd.DataFrame:
    """Return percent improved / deteriorated of the methods that learn from controls; rows kind of controls."""
    rows = []
    for place, kind in enumerate(kinds):
        rng = generator(seed, 100 + place)
        each = max(1, people // kind.replications)
        shares = np.array([_shares(kind, each, rng) for _ in range(kind.replications)])
        means = 100 * shares.mean(axis=0)
        row = {name: f"{up:.1f} / {down:.1f}" for name, (up, down) in zip(FROM_CONTROLS, means, strict=True)}
        rows.append({"controls": kind.name, **row})
    return pd.DataFrame(rows).set_index("controls")


def _shares(kind: Controls, people: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    reference = control_sample(*_practised(kind.controls, kind.practice).draw(kind.n, rng), source="controls")
    start, end = _practised(kind.people, kind.practice).draw(people, rng)
    found = (change_index(start, end, method, reference, higher_is_better=False) for method in FROM_CONTROLS)
    return [(float((one.index > one.critical).mean()), float((one.index < -one.critical).mean())) for one in found]


def _practised(scenario: Scenario, practice: float) -> Scenario:
    """Return the scenario with everyone that much better at the end, whatever else happens."""
    return replace(scenario, change=scenario.change - practice)


@dataclass(frozen=True)
class Course:
    """People measured several times with errors of .45 SD (reliability .80), of whom some stand still.

    Attributes
    ----------
    name : str
    waves : int
        Occasions, evenly spaced.
    mean_change, sd_change : float
        Of the others' true change over the whole course, in SDs of the start; above 0 is better.
    still : float
        Share of people whose true change is 0, 0-1.
    """

    name: str
    waves: int
    mean_change: float
    sd_change: float
    still: float = 0.02

    def draw(self, people: int, rng: np.random.Generator) -> tuple[Floats, np.ndarray]:
        """Return scores, shape (people, waves), and who stands still."""
        still = rng.random(people) < self.still
        change = np.where(still, 0.0, self.mean_change + self.sd_change * rng.standard_normal(people))
        level = np.sqrt(RELIABILITY) * rng.standard_normal(people)
        errors = np.sqrt(1 - RELIABILITY) * rng.standard_normal((people, self.waves))
        return level[:, np.newaxis] + change[:, np.newaxis] * self.times + errors, still

    @property
    def times(self) -> Floats:
        """When each occasion was, 0 to 1."""
        return np.linspace(0, 1, self.waves)


COURSES = (
    Course("nobody changes, 4 occasions", 4, 0.0, 0.0, still=1.0),
    Course("others improve .5 SD (SD .2), 4 occasions", 4, 0.5, 0.2),
    Course("others improve .5 SD (SD .2), 8 occasions", 8, 0.5, 0.2),
    Course("others improve .5 SD (SD .5), 8 occasions", 8, 0.5, 0.5),
    Course("others improve 1 SD (SD .5), 8 occasions", 8, 1.0, 0.5),
    Course("others get .5 SD worse (SD .2), 4 occasions", 4, -0.5, 0.2),
)


def course_table(people: int, seed: int = 1) -> pd.DataFrame:
    """Return percent improved / deteriorated among those who truly stand still; rows kind of course."""
    rows = []
    criterion = jacobson_truax_criterion(
        1.0, RELIABILITY, sd_source="model", reliability_source="model", reliability_type="retest"
    )
    for place, course in enumerate(COURSES):
        scores, still = course.draw(people, generator(seed, 200 + place))
        times = course.times
        model = random_slopes_of_waves(scores, times, higher_is_better=True)
        shrunken = model.research_shrunken_slopes / model.research_shrunken_slope_errors
        trend = reliable_trend_of_waves(scores, times, criterion, higher_is_better=True)
        rows.append(
            {
                "course": course.name,
                "reliable trend index": _percent(trend.index[still], TWO_SIDED_FIVE_PERCENT),
                "random slopes, empirical Bayes": _percent(shrunken[still], TWO_SIDED_FIVE_PERCENT),
                "mean and SD of the change by the model": f"{model.mean_slope:.2f}, {model.sd_slope:.2f}",
            }
        )
    return pd.DataFrame(rows).set_index("course")


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.person_level", description="False positives.")
    parser.add_argument("--people", type=int, default=400_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("Percent improved / deteriorated.\n")
    print(markdown(stated_table(options.people, options.seed), "Given numbers"))
    print(markdown(controls_table(options.people, options.seed), "Untreated group"))
    print(markdown(course_table(options.people // 10, options.seed), "Several occasions: those who stand still"))


if __name__ == "__main__":
    main()
