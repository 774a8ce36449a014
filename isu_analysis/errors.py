"""Every error and warning raised on purpose.

A message says what is wrong, where, and what is allowed, in Swedish for the unit's own staff. It never holds a
person's value, name or number: whoever raises names a file, a row, a column, a key, an argument - never a cell's
content.
"""

from __future__ import annotations


class IsuError(Exception):
    """Base of all errors that a user can do something about; shown without a traceback.

    Examples
    --------
    Every error raised on purpose is one, so that a program can tell the user what is wrong and go on.

    >>> import isu_analysis as isu
    >>> try:
    ...     isu.share(5, 3)
    ... except isu.IsuError as error:
    ...     print(error)
    Argumenten n och of: ska vara heltal, minst 0, och n högst lika med of.
    """


class SettingsError(IsuError):
    """A unit file, a measure file or a parameter is wrong."""


class IntakeError(IsuError):
    """Raw files cannot be read or break the rules of the unit file."""


class DataError(IsuError):
    """Processed data are missing, or do not fit the unit file or the key."""


class StatisticsError(IsuError, ValueError):
    """An argument to a statistical function has the wrong shape, kind or range."""


class DisclosureError(IsuError):
    """Something asked to be shown without having passed the gate, or the gate could not do its work."""


class UnprotectableError(DisclosureError):
    """No choice of hidden numbers protects the small ones: there are too few people, or too much is known already."""


class ReportError(IsuError):
    """A report could not be run, rendered, checked or published."""


class IsuWarning(UserWarning):
    """Base of the project's warnings, so that a caller can filter them as one kind."""


class MixedSourceWarning(IsuWarning):
    """Standard deviation and reliability come from different sources, which inflates false improvements."""
