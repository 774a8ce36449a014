"""A forked process becomes a Jupyter kernel, as an ordinary one would have been. Linux only."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from isu_analysis.reporting.kernels import limits

_NO_POLLING = "--IPKernelApp.parent_handle=1"  # the system itself ends the kernel with the process that asked for it
_INSTALLED = {"site-packages", "dist-packages"}


def run(arguments: Sequence[str], environment: Mapping[str, str], folder: str, bound: Connection) -> None:
    """Serve a client until it says stop.

    Parameters
    ----------
    arguments : sequence of str
        Those after ``python -m ipykernel_launcher``.
    environment : mapping
        All of it.
    folder : str
        Working folder.
    bound : Connection
        Gets a word as soon as a client can connect.
    """
    adopt(environment, folder)
    limits.limit(os.getpid(), environment)
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    _find_modules_here()
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    kernel = IPKernelApp.instance()
    kernel.initialize([*arguments, _NO_POLLING])
    _draw_as(os.environ["MPLBACKEND"])
    with bound:
        bound.send(None)
    kernel.start()


def adopt(environment: Mapping[str, str], folder: str) -> None:
    """Take over an environment and a working folder, as a new process does."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)


def _find_modules_here() -> None:
    """Put the working folder where IPython puts it; a server that looked nowhere near its own keeps IPython from it."""
    if "PYTHONSAFEPATH" not in os.environ:
        sys.path.insert(next((n for n, folder in enumerate(sys.path) if Path(folder).name in _INSTALLED), 0), "")


def _draw_as(backend: str) -> None:
    """Let matplotlib, imported already, draw where a matplotlib imported now would."""
    import matplotlib

    matplotlib.rcParams["backend"] = backend
