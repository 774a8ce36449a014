"""What to expect at the end of people with a given start: a fixed model from other people, written out in the unit file.

Written out and not pointed to, so that the unit file alone says what a report is made of. It holds no person.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Self

from pydantic import Field, model_validator

from isu_analysis.declarations import Declaration
from isu_analysis.measures import Rater

MINIMUM_REFERENCE = 200  # as the statistics ask for; repeated here, so that reading a unit file loads no statistics
CONSTANT, PRE = "constant", "pre"  # names of the first two terms
_ROUNDING = 1e-9  # of figures written out and read again
_AGAIN = "Skriv ut modellen på nytt med ReferenceModel.declared."


class Term(Declaration):
    """One term of the model; a list keeps their order, so that each number of the covariance stays where it belongs.

    Attributes
    ----------
    name : str
        ``constant``, the start score (``pre``), a background that is a number, or ``background: word``.
    value : float
        Points a unit of the term.
    covariance : tuple of float
        With each term, in the order of the terms.
    lowest, highest : float, optional
        Of the reference's people; left out for the constant and for words.
    """

    name: str
    value: float
    covariance: tuple[float, ...]
    lowest: float | None = None
    highest: float | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is the start score, or a background that is a number."""
        return self.lowest is not None and self.highest is not None


class CaseMix(Declaration):
    """A reference model, as `ReferenceModel.declared` writes it.

    Attributes
    ----------
    measure, rater
        Whose scores it is about.
    until : date
        The last ending among its people; a year is compared only with people from before it.
    source : str
        Which people, as printed.
    n : int
    mean_post, sd_post, residual_sd, df : float
        As in `ReferenceModel`.
    terms : tuple of Term
        The constant, the start score, numbers, and then the words in the order of ``words``.
    words : dict of str to tuple of str
        The words of each background that is words; the first has no term.
    """

    measure: str
    rater: Rater
    until: dt.date
    source: str = Field(min_length=1)
    n: int = Field(ge=MINIMUM_REFERENCE)
    mean_post: float
    sd_post: float = Field(gt=0)
    residual_sd: float = Field(gt=0)
    df: float = Field(gt=0)
    terms: tuple[Term, ...]
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the backgrounds that are numbers."""
        return tuple(term.name for term in self.terms if term.is_number and term.name != PRE)

    @property
    def backgrounds(self) -> tuple[str, ...]:
        """Names of the backgrounds it asks for."""
        return (*self.numbers, *self.words)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """The terms are those of the start score, the numbers and the words, and the covariance is theirs."""
        steps = [f"{name}: {word}" for name, words in self.words.items() for word in words[1:]]
        names = [term.name for term in self.terms]
        numbers = [CONSTANT, PRE, *self.numbers]
        if names[: len(numbers)] != numbers or sorted(names[len(numbers) :]) != sorted(steps):
            raise ValueError(f"«terms» stämmer inte. De ska vara: {', '.join((*numbers, *steps))}. {_AGAIN}")
        if any(len(term.covariance) != len(names) for term in self.terms):
            raise ValueError(f"«covariance» ska ha ett tal för var och en av «terms». {_AGAIN}")
        self._check_numbers()
        return self

    def _check_numbers(self) -> None:
        square, size = [term.covariance for term in self.terms], range(len(self.terms))
        figures = [term.value for term in self.terms] + [value for row in square for value in row]
        ends = [
            (term.lowest, term.highest) for term in self.terms if term.lowest is not None and term.highest is not None
        ]
        if not all(map(math.isfinite, (*figures, *(end for pair in ends for end in pair)))):
            raise ValueError(f"ett tal är inget tal. {_AGAIN}")
        if any(low >= high for low, high in ends) or PRE not in [term.name for term in self.terms if term.is_number]:
            raise ValueError(f"«lowest» ska vara mindre än «highest», och båda ska finnas för «{PRE}». {_AGAIN}")
        alike = all(
            math.isclose(square[i][j], square[j][i], rel_tol=_ROUNDING, abs_tol=1e-300) for i in size for j in size
        )
        within = all(square[i][j] ** 2 <= square[i][i] * square[j][j] * (1 + _ROUNDING) for i in size for j in size)
        if not alike or not within or any(square[i][i] <= 0 for i in size):
            raise ValueError(f"«covariance» är inte en kovariansmatris. {_AGAIN}")
