"""Outcomes that are no scale scores: levels, needs, housing, goals."""
