"""Other machines that make reports, through dask.distributed; encrypted whenever they are not this one."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from isu_analysis.errors import ReportError

CERTIFICATES = {"tls_ca_file": "ca.pem", "tls_client_cert": "cert.pem", "tls_client_key": "key.pem"}
_ANSWER_SECONDS = 20
# A worker starts a process a report, which dask by default lets none of its own do.
_WORKER_ENVIRONMENT = {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}


class Machines(Executor):
    """The workers of a scheduler, as an executor that knows how many there are."""

    def __init__(self, client: Any) -> None:
        self._client, self._executor = client, client.get_executor(pure=False)

    @property
    def width(self) -> int:
        """How many pieces of work can be done at once; none once the scheduler or the last worker is gone."""
        try:
            return sum(self._client.nthreads().values()) if self._client.status == "running" else 0
        except (OSError, TimeoutError):
            return 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Let a worker do something."""
        given: Future[Any] = self._executor.submit(fn, *args, **kwargs)
        return given

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work."""
        self._executor.shutdown(wait=wait)


@contextlib.contextmanager
def cluster(address: str, certificates: Path | None = None) -> Iterator[Executor]:
    """Give an executor whose work is done by the workers of a dask scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler: ``tls://host:port``, or ``tcp://127.0.0.1:port`` on this machine.
    certificates : Path, optional
        Folder with ``ca.pem``, ``cert.pem`` and ``key.pem``; needed for ``tls``.

    Raises
    ------
    ReportError
        The address is of another machine and not encrypted, a certificate is missing, or nobody answers there.
    """
    from distributed import Client

    check_address(address)
    try:
        client = Client(
            address, security=_security(address, certificates), timeout=_ANSWER_SECONDS, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError):
        raise ReportError(f"Ingen schemaläggare svarar på {address}. Kontrollera adressen och certifikaten.") from None
    with client:
        if not Machines(client).width:
            raise ReportError(f"Schemaläggaren på {address} har inga arbetare. Starta dem med «isu worker».")
        yield Machines(client)


def work_for(address: str, certificates: Path | None = None, threads: int = 1) -> int:
    """Let this machine make reports for a scheduler until it is stopped; give the exit code.

    Raises
    ------
    ReportError
        As in `cluster`.
    """
    check_address(address)
    files = _files(address, certificates)
    options = {"--tls-ca-file": "tls_ca_file", "--tls-cert": "tls_client_cert", "--tls-key": "tls_client_key"}
    encrypted = [part for option, name in options.items() if name in files for part in (option, files[name])]
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, *encrypted]
    command += ["--nworkers", "1", "--nthreads", str(threads), "--memory-limit", "0", "--no-dashboard"]
    return subprocess.run(command, env={**os.environ, **_WORKER_ENVIRONMENT}, check=False).returncode


def check_address(address: str) -> None:
    """Refuse an address of another machine without encryption.

    Raises
    ------
    ReportError
    """
    parts = urlsplit(address)
    try:
        whole = bool(parts.hostname and parts.port)
    except ValueError:
        whole = False
    if parts.scheme not in {"tcp", "tls"} or not whole:
        raise ReportError(f"«{address}» är ingen adress till en schemaläggare. Skriv den som tls://dator:8786.")
    if parts.scheme == "tcp" and not _is_here(str(parts.hostname)):
        raise ReportError(
            f"«{address}» är en annan dator, och rapporterna får bara skickas krypterat dit. Använd tls:// och --tls MAPP."
        )


def _is_here(host: str) -> bool:
    """Whether a host can be no other machine; a name may be anybody's, so only `localhost` is believed."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _files(address: str, certificates: Path | None) -> dict[str, str]:
    if not address.startswith("tls:"):
        return {}
    if certificates is None:
        raise ReportError("En adress med tls:// behöver certifikat: --tls MAPP med ca.pem, cert.pem och key.pem.")
    found = {name: certificates / file for name, file in CERTIFICATES.items()}
    missing = [path.name for path in found.values() if not path.is_file()]
    if missing:
        raise ReportError(f"I mappen med certifikat saknas {', '.join(missing)}.")
    return {name: str(path.resolve()) for name, path in found.items()}


def _security(address: str, certificates: Path | None) -> Any:
    from distributed.security import Security

    files = _files(address, certificates)
    return Security(require_encryption=True, **files) if files else None
