"""What a statement does to the structure of a database.

``actions`` are the terms: SQL text and Django's operations are both turned into them. ``schema``
is the structure that they change, ``facts`` tells what PostgreSQL does to apply one: locks,
rewrites, scans.
"""
