"""The ledger: everything that has been published, whole, in order and not to be edited unseen."""

from isu_analysis.disclosure.ledger.chain import Ledger, secret_of, secret_path
from isu_analysis.disclosure.ledger.edition import Edition, Entered
from isu_analysis.disclosure.ledger.replacement import KEEP, REPLACE, UNCHANGED, may_replace

__all__ = ["KEEP", "REPLACE", "UNCHANGED", "Edition", "Entered", "Ledger", "may_replace", "secret_of", "secret_path"]
