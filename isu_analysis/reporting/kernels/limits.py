"""Limits of memory and time of a kernel, from its environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping

MEMORY, CPU_SECONDS = "ISU_KERNEL_MEMORY", "ISU_KERNEL_CPU_SECONDS"


def limit(process: int, environment: Mapping[str, str]) -> None:
    """Set the limits of a process, where the system can.

    Parameters
    ----------
    process : int
        Its number.
    environment : mapping
        May hold ``ISU_KERNEL_MEMORY`` (bytes of address space) and ``ISU_KERNEL_CPU_SECONDS``.
    """
    if sys.platform != "linux":
        return
    import resource

    for name, kind in ((MEMORY, resource.RLIMIT_AS), (CPU_SECONDS, resource.RLIMIT_CPU)):
        if environment.get(name):
            most = int(environment[name])
            resource.prlimit(process, kind, (most, most))
