"""What a unit decided after a report, and how it comes back beside the same figure in the next one."""

from isu_analysis.decisions.model import Decided, Decision, Quotable, Unread
from isu_analysis.decisions.reading import FILE, decisions_before, read
from isu_analysis.decisions.workbook import may_be_replaced, write

__all__ = ["FILE", "Decided", "Decision", "Quotable", "Unread", "decisions_before", "may_be_replaced", "read", "write"]
