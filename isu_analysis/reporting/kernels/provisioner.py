"""How Jupyter gets the project's kernel: forked where that gives the same as an ordinary one, else ordinary.

Registered under ``jupyter_client.kernel_provisioners`` and named in the kernel's ``kernel.json``, so that papermill,
JupyterLab and everything else that starts kernels the usual way gets the fast one.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from isu_analysis.reporting.kernels import limits, server

_ORDINARY_COMMAND = [sys.executable, "-m", "ipykernel_launcher"]
_KNOWN = {"env", "cwd", "independent", "extra_arguments", "kernel_id"}  # what a forked kernel can be given
_SOCKET_CHARACTERS = 100  # a socket's path may have 107, and Jupyter adds "-1" to "-5"
_BIND_SECONDS, _KILL_SECONDS = 60, 1


class ForkedKernel:
    """A forked process with the methods of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid: int | None = process.pid
        self.sentinel: int = process.sentinel

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Wait for the end, and return the exit code."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None and self.pid:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Starts kernels by a fork of the server, or in the ordinary way where a fork would not give the same."""

    process: Any = None
    pid: int | None
    pgid: int | None
    _sockets: tempfile.TemporaryDirectory[str] | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Give sockets that are files a private folder; Jupyter puts those of all kernels into the working folder."""
        manager = self.parent
        if manager and manager.transport == "ipc" and not self._fits(manager.ip):
            self._sockets = tempfile.TemporaryDirectory(prefix="isu-", dir=_short_folder(), ignore_cleanup_errors=True)
            manager.ip = str(Path(self._sockets.name).resolve() / "k")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel if that gives the same as the command, else run the command."""
        if server.available() and self._as_usual(cmd, kwargs):
            try:
                await self._fork(cmd, kwargs)
                return self.connection_info
            except server.Unforkable as error:
                self.log.warning("%s Startar en vanlig kärna.", error)
        connection_info = await super().launch_kernel(cmd, **kwargs)
        limits.limit(self.process.pid, kwargs.get("env", os.environ))
        return connection_info

    async def wait(self) -> int | None:
        """Wait for the end of the kernel, without looking every tenth of a second."""
        if isinstance(self.process, ForkedKernel):
            await _readable(self.process.sentinel)
        return await super().wait()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once, and stay until it has."""
        await super().kill(restart)
        if isinstance(self.process, ForkedKernel):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_readable(self.process.sentinel), _KILL_SECONDS)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the folder of the sockets when nobody needs them any more."""
        await super().cleanup(restart)
        if self._sockets and not restart:
            self._sockets.cleanup()
            self._sockets = None

    @staticmethod
    def _fits(address: str) -> bool:
        return Path(address).is_absolute() and len(os.fsencode(address)) < _SOCKET_CHARACTERS

    @staticmethod
    def _as_usual(cmd: list[str], kwargs: Mapping[str, Any]) -> bool:
        """Whether the command and all that goes with it can be done by a fork."""
        given = {name for name, value in kwargs.items() if value is not None}
        return cmd[:3] == _ORDINARY_COMMAND and given <= _KNOWN and not kwargs.get("independent")

    async def _fork(self, cmd: list[str], kwargs: Mapping[str, Any]) -> None:
        environment = {**kwargs.get("env", os.environ), "JPY_PARENT_PID": str(os.getpid())}
        folder = str(Path(kwargs.get("cwd") or "").absolute())
        ours, theirs = multiprocessing.Pipe(duplex=False)
        with ours:
            with theirs:
                process = await _fork(cmd[3:], environment, folder, theirs)
            with contextlib.suppress(TimeoutError):  # it may be slow; whether it answers at all, the client will see
                await asyncio.wait_for(_readable(ours.fileno()), _BIND_SECONDS)
        self.process = ForkedKernel(process)
        self.pid = self.pgid = process.pid
        self.cwd = folder


async def _fork(arguments: list[str], environment: dict[str, str], folder: str, bound: Connection) -> BaseProcess:
    """Fork a kernel; where the server's imports may have to be waited for, without stopping everything else."""
    from isu_analysis.reporting.kernels import kernel_process

    fork = partial(server.fork, kernel_process.run, arguments, environment, folder, bound, environment=environment)
    if server.is_fork():  # needs no server, and must not get a second thread
        return fork()
    return await asyncio.get_running_loop().run_in_executor(None, fork)


async def _readable(file: int) -> None:
    """Wait until there is something to read, or nothing more to come."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(file, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(file)


def _short_folder() -> str | None:
    """Where a socket's path is short enough: the usual place for temporary files, or the system's own."""
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) < _SOCKET_CHARACTERS - 20 else "/tmp"
