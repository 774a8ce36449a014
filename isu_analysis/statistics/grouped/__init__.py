"""The same numbers for many groups in one call: one pass over all rows, never a loop over groups."""
