"""The tables that a state says there are, for a walk that begins in the middle of a history."""

from __future__ import annotations

from typing import Any

from django.apps import apps as live_apps
from django.db.migrations.state import ProjectState

from governance.postgres.ddl.schema import Schema
from governance.review.editor import Editor
from governance.review.historical import model_of


def schema_of(state: ProjectState, connection: Any) -> Schema:
    """Return the schema that Django would make of a state, had it begun with it.

    What SQL did before is not in it, and names that Django makes are those of today's tables.
    """
    editor = Editor(Schema(), connection)
    keys = dict.fromkeys(state.models)
    for label in sorted(state.real_apps):
        for live in live_apps.get_app_config(label).get_models():
            keys[label, str(live._meta.model_name)] = None
    for key in keys:
        model = model_of(state, key)
        if model.migrates:
            editor.create_model(model)
    editor.finish()
    return editor.schema
