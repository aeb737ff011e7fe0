"""The demonstration monolith: modules `core`, `finance` and `dev` in one database."""
