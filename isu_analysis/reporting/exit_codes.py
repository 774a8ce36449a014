"""What a command ends with, for the scheduler that started it; the one list that the help, the documentation and the code share."""

from __future__ import annotations

OK, WRONG_INPUT, WRONG_USAGE, SOME_FAILED, NOT_CURRENT, ANOTHER_RUN, CRASHED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

MEANINGS = {
    OK: "allt gick bra",
    WRONG_INPUT: "något är fel i filer eller inställningar",
    WRONG_USAGE: "kommandot är felskrivet",
    SOME_FAILED: "något gick inte att läsa in eller göra (resten är klart)",
    NOT_CURRENT: "isu status: någon rapport är inte aktuell, eller råfiler är ändrade men inte inlästa",
    ANOTHER_RUN: "en annan körning pågår i samma projekt",
    CRASHED: "oväntat fel i programmet",
    INTERRUPTED: "avbrutet",
}
