"""Declared facts: a YAML file becomes a validated, frozen object, or one list of problems with file and line."""

from isu_analysis.declarations.reading import MAX_BYTES, MAX_DEPTH, Document, Place, Problem, found, read
from isu_analysis.declarations.validation import Declaration, nearest, validate

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Declaration",
    "Document",
    "Place",
    "Problem",
    "found",
    "nearest",
    "read",
    "validate",
]
