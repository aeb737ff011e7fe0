"""What does a migration do?

Takes migrations and the project state before them, returns which tables each operation
creates, alters, drops or writes, and what could not be read. Renders no SQL, runs nothing, and
knows no owners.
"""
