"""Who was lost, what that could change, and what can still be said."""
