"""The version, in a place that everything may import from."""

__version__ = "0.1.0"
