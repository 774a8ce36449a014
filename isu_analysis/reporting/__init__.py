"""Plan, run, check and publish reports; one module for each step of the way."""
