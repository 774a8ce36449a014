"""Attack what is about to be printed, as an outsider would: with code of its own, that the choice of hidden counts does not share.

The audit is given numbers as they are printed and what everybody knows about them together. It answers with what can
be worked out that must stay possible otherwise. When it cannot be carried out it raises, so that nothing is released.
"""

from isu_analysis.disclosure.audit.bounds import attack, narrowest
from isu_analysis.disclosure.audit.printed import Broken, Fact, Printed, Secret
from isu_analysis.disclosure.audit.shares import fitting_wilson, one_of, share_fact, wilson_fact

__all__ = [
    "Broken",
    "Fact",
    "Printed",
    "Secret",
    "attack",
    "fitting_wilson",
    "narrowest",
    "one_of",
    "share_fact",
    "wilson_fact",
]
