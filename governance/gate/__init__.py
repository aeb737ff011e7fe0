"""May this go ahead?

Joins what a migration does with who owns what, and refuses at the edge of Django's own
commands, before a file is written.
"""
