"""Units and years side by side."""
