"""The choice of counts to hide: as little worth as possible, and still no small count that can be worked out.

=============  =====================================================================
components.py  the problem without what everybody knows, in parts that share nothing
solver.py      scipy's HiGHS behind two functions that fail closed
attacker.py    what an outsider can work out when these and no other counts are hidden
master.py      the cheapest choice that heeds every cut found so far
search.py      one part: cuts and choices in turn, until nothing can be worked out
=============  =====================================================================
"""

from isu_analysis.disclosure.suppression.exact import Suppression, suppress

__all__ = ["Suppression", "suppress"]
