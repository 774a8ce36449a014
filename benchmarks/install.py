"""What the core brings with it: packages, megabytes and seconds of import, beside pingouin and statsmodels.

Each is installed into an empty environment by pip; needs access to packages, unlike everything else here. Seconds are the best
of several imports in fresh processes, and what each adds to ``import pandas`` in the same environment.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
IMPORTS = 7
# What is installed, and what a user then imports and calls.
KINDS = {
    "isu_analysis, kärnan": (str(REPOSITORY), "import isu_analysis", "isu_analysis.effect_size([1, 2, 4], [2, 4, 5])"),
    "pingouin": ("pingouin", "import pingouin", "pingouin.compute_effsize([1, 2, 4], [2, 4, 5], paired=True)"),
    "statsmodels": (
        "statsmodels",
        "import statsmodels.api",
        "statsmodels.stats.weightstats.DescrStatsW([1, 2, 1]).tconfint_mean()",
    ),
}


def main() -> None:
    """Print one row a library."""
    print("| vad | paket | MB | import, s | utöver `import pandas`, s | till första svaret, s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, (what, imported, used) in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            python = _environment(Path(folder), what)
            packages, size = _content(python)
            alone, with_pandas = _seconds(python, imported), _seconds(python, "import pandas")
            more = _seconds(python, f"import pandas; {imported}") - with_pandas
            answer = _seconds(python, f"{imported}; {used}")
            print(f"| {name} | {packages} | {size:.0f} | {alone:.2f} | {more:.2f} | {answer:.2f} |", flush=True)


def _environment(folder: Path, what: str) -> Path:
    """An empty environment with one thing and what it asks for; compiled, as pip leaves it."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", what], check=True)
    return python


def _content(python: Path) -> tuple[int, float]:
    """Packages but for pip and its like, and their megabytes."""
    code = (
        "import importlib.metadata as m, pathlib\n"
        "own = [d for d in m.distributions() if d.name.lower() not in {'pip', 'setuptools', 'wheel'}]\n"
        "files = {p for d in own for f in (d.files or ()) if (p := pathlib.Path(d.locate_file(f))).is_file()}\n"
        "print(len(own), sum(p.stat().st_size for p in files) / 1e6)"
    )
    packages, size = subprocess.run(
        [str(python), "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    return int(packages), float(size)


def _seconds(python: Path, code: str) -> float:
    timed = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
    runs = [
        subprocess.run([str(python), "-c", timed], capture_output=True, text=True, check=True) for _ in range(IMPORTS)
    ]
    return min(float(run.stdout.split()[-1]) for run in runs)


if __name__ == "__main__":
    main()
