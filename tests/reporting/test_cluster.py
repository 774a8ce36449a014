"""Other machines make reports: encrypted unless they are this one, with the same bytes, also when one of them dies."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import made_project
import psutil
import pytest
from made_project import CHILDREN, PARENTS

from isu_analysis.errors import ReportError
from isu_analysis.reporting.run import run_reports
from isu_analysis.reporting.running import cluster as clusters
from isu_analysis.reporting.running.cluster import check_address, cluster

YEARS = [2023, 2024]


@pytest.mark.parametrize("address", ["tls://10.1.2.3:8786", "tls://dator.kommun.example:8786", "tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786"])  # fmt: skip
def test_addresses_that_may_be_used(address):
    check_address(address)


@pytest.mark.parametrize("address", ["tcp://10.1.2.3:8786", "tcp://dator:8786", "tcp://127.0.0.1.example.com:80", "tcp://localhost.evil.example:1"])  # fmt: skip
def test_another_machine_is_never_reached_unencrypted(address):
    with pytest.raises(ReportError, match="bara skickas krypterat"):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["10.1.2.3:8786", "http://dator:8786", "tls://dator", "tls://:8786", "tls://dator:x", ""]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ReportError, match="är ingen adress till en schemaläggare"):
        check_address(address)


def test_certificates_are_needed_and_named(tmp_path):
    for given, told in ((None, "behöver certifikat"), (tmp_path, r"saknas ca\.pem, cert\.pem, key\.pem")):
        with pytest.raises(ReportError, match=told), cluster("tls://10.1.2.3:8786", given):
            pass


def test_nobody_there_is_one_message(monkeypatch):
    monkeypatch.setattr(clusters, "_ANSWER_SECONDS", 1)
    with pytest.raises(ReportError, match="Ingen schemaläggare svarar"), cluster("tcp://127.0.0.1:9"):
        pass


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate of its own for the machines of these tests."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl here to make certificates with")
    folder = tmp_path_factory.mktemp("tls")
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=isu-prov"]
    subprocess.run(
        [*request, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    shutil.copy(folder / "cert.pem", folder / "ca.pem")
    return folder


@pytest.fixture
def machines(certificates):
    """A scheduler and two workers, each in a process of its own and started by the command."""
    security = ["--tls-ca-file", certificates / "ca.pem", "--tls-cert", certificates / "cert.pem", "--tls-key", certificates / "key.pem"]  # fmt: skip
    scheduler = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "tls://127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
    ]
    started = [subprocess.Popen([*map(str, (*scheduler, *security))], stderr=subprocess.PIPE, text=True)]
    address = next(line.split()[-1] for line in started[0].stderr if "Scheduler at:" in line)
    threading.Thread(target=started[0].stderr.read, daemon=True).start()
    worker = [sys.executable, "-m", "isu_analysis", "worker", address, "--tls", str(certificates)]
    started += [subprocess.Popen(worker, stderr=subprocess.DEVNULL) for _ in range(2)]
    yield address, started[1:]
    for process in started:
        for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            one.kill()
        process.wait()


@pytest.mark.slow
def test_a_cluster_makes_the_same_reports_also_when_a_machine_dies(machines, certificates, tmp_path):
    address, workers = machines
    project = made_project.make(tmp_path / "here")
    elsewhere = Path(shutil.copytree(project, tmp_path / "cluster"))
    mark = elsewhere / "begun"
    # The first report that is begun says where and waits: that machine is taken away, and another makes the report anew.
    made_project.write_notebook(
        elsewhere,
        "import pathlib, time\n"
        'mark = pathlib.Path(os.environ["ISU_PROJECT"], "begun")\n'
        "try:\n    with mark.open('x') as file:\n        file.write(str(os.getpid()))\n    time.sleep(600)\n"
        "except FileExistsError:\n    pass",
    )

    def take_away():
        while not (mark.exists() and mark.read_text("utf-8")):
            threading.Event().wait(0.1)
        above = {process.pid for process in psutil.Process(int(mark.read_text("utf-8"))).parents()}
        taken = [worker.pid for worker in workers if worker.pid in above]
        assert len(taken) == 1
        for process in [*psutil.Process(taken[0]).children(recursive=True), psutil.Process(taken[0])]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    assert run_reports(project, [CHILDREN, PARENTS], YEARS).failed == ()
    with cluster(address, certificates) as executor:
        threading.Thread(target=take_away, daemon=True).start()
        summary = run_reports(elsewhere, [CHILDREN, PARENTS], YEARS, executor=executor)
    assert summary.failed == () and len(summary.done) == 6
    assert made_project.published(elsewhere) == made_project.published(project)
