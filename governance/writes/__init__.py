"""Who writes what, while the program runs?

The actor comes from an explicit scope or from the stack, the written tables from the text of
the statement, and the permission from the registry. A violation is recorded, or refused before
the statement is sent. Never changes a statement and never chooses a database.
"""
