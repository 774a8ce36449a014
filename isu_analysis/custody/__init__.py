"""What becomes of people's data outside the reports: handed over to another machine, and removed in time.

Imports from `reporting` and above; only `synthetic` and `cli` come after.
"""

from isu_analysis.custody.handover import Handover, Packed, handover, receive
from isu_analysis.custody.purge import Purged, PurgedUnit, overdue, purge

__all__ = ["Handover", "Packed", "Purged", "PurgedUnit", "handover", "overdue", "purge", "receive"]
