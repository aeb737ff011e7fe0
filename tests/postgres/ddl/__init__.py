"""What statements do to the structure of a database, compared with PostgreSQL."""
