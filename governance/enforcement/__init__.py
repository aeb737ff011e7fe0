"""What is PostgreSQL told about ownership?

Takes the registry, writes it into the database: as rows with history after each ``migrate``,
and as comments on tables when asked. Later also triggers and roles. Decides nothing.
"""
