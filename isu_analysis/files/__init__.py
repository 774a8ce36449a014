"""The one wing that writes. A file is either as it was or whole and new, never half, also after a power cut.

On Windows a file that somebody has open cannot be replaced; it is tried a few times, then everything is put back and
the message says which file to close. What a stop leaves behind is finished by the next writing in the folder, or by
`repair`.
"""

from __future__ import annotations

from isu_analysis.files.logs import append
from isu_analysis.files.reading import sha256
from isu_analysis.files.refusal import WriteError
from isu_analysis.files.repairing import repair
from isu_analysis.files.writing import create, remove, write, write_together

__all__ = ["WriteError", "append", "create", "remove", "repair", "sha256", "write", "write_together"]
