"""When one person's change counts, and what chance and selection alone would give."""
