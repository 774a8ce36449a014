"""Protect: the one gate between results and anything a person sees."""

from isu_analysis.disclosure.gate import Report, Shown, decide, protect
from isu_analysis.disclosure.release import Limits, Release, open_release
from isu_analysis.disclosure.scan import scan

__all__ = ["Limits", "Release", "Report", "Shown", "decide", "open_release", "protect", "scan"]
