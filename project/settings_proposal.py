"""The demonstration plus one proposed migration: see `project.dev.proposed_migrations`."""

from project.settings import *  # noqa: F403

MIGRATION_MODULES = {"dev": "project.dev.proposed_migrations"}
