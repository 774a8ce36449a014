"""What the server imports, once, for every kernel that is forked from it. Nobody else imports this module.

It acts when it is imported, as no other module of the package: `multiprocessing` has no other way. It reads no data.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
from collections.abc import Iterable

from isu_analysis.reporting.kernels.signature import signature

SIGNATURE = signature()  # before the imports: a file that is changed meanwhile makes the server look old, never new

MODULES = (
    "pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.stats",
    "statsmodels.api",
    "seaborn",
    "matplotlib.backends.backend_svg",
    "fontTools.ttLib.tables",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "isu_analysis.municipalities",
    "isu_analysis.presentation.sections",
    "isu_analysis.presentation.municipality",
    "isu_analysis.reporting.kernels.kernel_process",
    "isu_analysis.reporting.kernels.server",
)


def bring(modules: Iterable[str]) -> None:
    """Import modules, and keep them out of the collector's way, which would copy them into every process."""
    for name in modules:
        with contextlib.suppress(ImportError):  # an extra that is not installed; who needs it will say so
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _warm() -> None:
    """Do once what the first report of a process does: read the cards of the measures, find the typeface, draw.

    What would start a thread is left out: the typesetter, and IPython's shell.
    """
    from isu_analysis.measures import measure, measures_available
    from isu_analysis.presentation import fonts
    from isu_analysis.presentation.figures import estimates

    for name in measures_available():
        measure(name)
    for bold in (False, True):
        fonts.width("å", 1, bold)
    fonts.drawable("å")
    estimates(["å"], [(0, -1, 1)], axis="å", zero="0", written=lambda number, _: f"{number:.0f}")


os.environ.pop("MPLBACKEND", None)  # a kernel says itself where it draws
bring(MODULES)
with contextlib.suppress(ImportError):
    _warm()
bring(())
