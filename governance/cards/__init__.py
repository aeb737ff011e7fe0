"""Has somebody looked at a migration, and is it still what they looked at?

A review card is a TOML file in git, beside the migration it is about. It says which content was
reviewed, by whom, and how to go back. Reading and judging cards needs no database.
"""
