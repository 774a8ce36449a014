"""Protect: the one gate between results and anything a person sees."""

from isu_analysis.disclosure.decide import decide
from isu_analysis.disclosure.earlier import Before
from isu_analysis.disclosure.gate import Report, Shown, protect
from isu_analysis.disclosure.issue import Issue
from isu_analysis.disclosure.release import Limits, Release, open_release
from isu_analysis.disclosure.scan import scan

__all__ = ["Before", "Issue", "Limits", "Release", "Report", "Shown", "decide", "open_release", "protect", "scan"]
