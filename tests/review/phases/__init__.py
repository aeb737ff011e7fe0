"""Migrations labelled by hand: what each one does, said before the code that says so was read.

Facts (locks, rewrites, scans, failures, what breaks) were checked on PostgreSQL 18 with 2,000
rows a table and on Django 5.2 and 6.1; phases follow the definitions in ``review.reviewed``.
"""
