"""The guard as an execute wrapper of Django, for connections whose cursors can't be guarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError

from governance.writes.answers import explained
from governance.writes.guard import admit
from governance.writes.signature import signed

Execute = Callable[..., Any]

LAYER = "statement"


def guard(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement if the acting module may write what it writes.

    Raises ``WriteRefused`` in enforce mode; records the finding in report mode.
    """
    driver = context["connection"].connection
    comment = admit(sql, driver, LAYER)
    if comment:
        sql = signed(sql, comment)
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        answer = explained(error.__cause__, sql)
        if answer is error.__cause__:
            raise
        raise answer  # noqa: B904 - its cause is PostgreSQL's error
