"""The message of a run, for other systems: monitoring, e-mail, tickets. Its fields are told in docs/schemalaggning.md."""

from __future__ import annotations

import json
import os
from typing import Any

from isu_analysis.reporting.scheduled.account import Account
from isu_analysis.reporting.scheduled.log import without_secrets
from isu_analysis.version import __version__

NAME = "message.json"
FORMAT = 1  # a new number only when a field changes its meaning or goes; fields may be added


def fields(account: Account) -> dict[str, Any]:
    """What the message says."""
    running = account.ended is None
    return {
        "format": FORMAT,
        "program": f"isu {__version__}",
        "pid": os.getpid(),
        "started": account.started.isoformat(timespec="seconds"),
        "ended": None if account.ended is None else account.ended.isoformat(timespec="seconds"),
        "status": account.status,
        "exit_code": None if running else account.exit_code,
        "summary": account.first_line,
        "stopped": without_secrets(account.stopped) or None,
        "counts": {
            "read_in": len(account.read_in),
            "made": len(account.made),
            "current": len(account.current),
            "failed": len(account.failed),
            "units_to_mend": len(account.units_to_mend),
        },
        "problems": [
            {
                "unit": without_secrets(one.unit_key) or None,
                "year": one.year,
                "kind": kind,
                "reason": without_secrets(one.reason),
                "older_data": kind == "intake" and one.unit_key in account.older,
            }
            for kind, one in account.failed
        ],
        "held_back": [without_secrets(line) for line in dict.fromkeys(account.held_back)],
    }


def data(account: Account) -> bytes:
    """Give the file's bytes."""
    return (json.dumps(fields(account), ensure_ascii=False, indent=1) + "\n").encode()
