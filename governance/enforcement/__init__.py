"""What is PostgreSQL told about ownership?

Takes the registry, writes it into the database: as rows with history after each ``migrate``,
as comments on tables, as triggers and as privileges of roles. Whoever looks
compares what should be with what is; what is to be done are ``actions``, and ``running`` runs them.
"""
