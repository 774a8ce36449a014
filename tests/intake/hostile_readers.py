"""Readers that go wrong in every way there is; `test_guarded` runs them in processes of their own."""

import ctypes
import os
import signal
import sys
import time

from isu_analysis.intake.checks import Fault, Grid, Problem, Unreadable


def ordinary(path, source):
    """A reader as it should be, but for what it prints."""
    sys.stdout.write("HEMLIGT på skärmen")
    sys.stderr.write("HEMLIGT i felutskriften")
    os.write(1, b"HEMLIGT direkt i kanalen")
    rows = [["Nr", "Poäng"], *([f"Å{i}", i / 2] for i in range(25_000)), [Fault("fel", "rätt"), None]]
    return Grid("Blad", rows, (Problem(path.name, "Blad", 3, "A", source.id or "", "rätt"),))


def refuses(path, source):
    raise Unreadable(Problem(path.name, "", 0, "", "filen är tom", "en tabell"))


def needs_a_module(path, source):
    raise ModuleNotFoundError("No module named 'pyreadstat'", name="pyreadstat")


def cannot_open(path, source):
    raise PermissionError("HEMLIGT")


def hangs(path, source):
    while True:
        time.sleep(1)


def hangs_deaf(path, source):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def eats_memory(path, source):
    eaten = []
    while True:
        eaten.append(bytearray(50_000_000))


def is_killed(path, source):
    os.kill(os.getpid(), signal.SIGKILL)


def aborts(path, source):
    os.abort()


def reads_nowhere(path, source):
    ctypes.string_at(0)


def exits_as_if_well(path, source):
    os._exit(0)


def breaks(path, source):
    raise RuntimeError("HEMLIGT ur filen")


def overflows_the_stack(path, source):
    sys.setrecursionlimit(10**9)

    def deeper():
        return deeper()

    return deeper()


class Bomb:
    """Runs a command where it is unpacked."""

    def __reduce__(self):
        return os.system, ("touch HEMLIGT-bevis",)


def sends_a_bomb(path, source):
    return Grid("Blad", [["Nr"], [Bomb()]])


def never_stops_talking(path, source):
    return Grid("Blad", (["x"] for _ in iter(int, 1)))


def stops_in_the_middle(path, source):
    def rows():
        yield from (["x", i] for i in range(30_000))
        os.kill(os.getpid(), signal.SIGKILL)

    return Grid("Blad", rows())
