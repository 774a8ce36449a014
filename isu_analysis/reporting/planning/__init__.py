"""What there is to do before anything is done: which reports are as they would become, which are not, and why."""
