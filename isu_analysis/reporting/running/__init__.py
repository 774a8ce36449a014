"""Making many reports: one process each, on this machine or on others, with limits and without losing any."""
