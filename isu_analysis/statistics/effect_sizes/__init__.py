"""How large a change or a difference is, in points and standardised."""
