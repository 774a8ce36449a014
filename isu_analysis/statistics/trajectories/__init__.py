"""More than two occasions: slopes, timing, series of sessions."""
