"""Shares and how often something happened: intervals, differences, ratios, pairs."""
