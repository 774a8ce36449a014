"""Which units the demonstration municipality has, as their unit files say."""

from pathlib import Path

PARAMETERS = Path(__file__).parents[1] / "parameters"
DEMO_UNITS = tuple(sorted(path.stem for path in (PARAMETERS / "exempelstad").glob("*.yml")))
