"""A night without anybody at the keyboard: one command that does what is to be done, and tells how it went.

`night` does the work, `log`, `summary` and `message` tell of it, and the other modules write what starts it:
a systemd timer, a line for cron or a Windows task.
"""
