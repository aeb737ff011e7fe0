"""The comment that tells PostgreSQL's triggers who acts.

It stands in front, where no user data can stand: with client-side binding, data becomes part of
the text. It is the same for each statement of a module, so prepared statements and
``pg_stat_statements`` are not multiplied.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_BEGINNING = "/*own:"


@lru_cache(maxsize=1_024)
def signature(actor: str) -> str:
    """Return the comment in an actor's name."""
    return f"{_BEGINNING}{actor}*/ "


def signed(query: Any, comment: str) -> Any:
    """Return a query of any of psycopg's kinds with the comment in front."""
    if isinstance(query, str):
        return comment + query
    if isinstance(query, bytes):
        return comment.encode() + query
    return _composed(query, comment)


def unsigned(text: Any) -> Any:
    """Return a text that was sent without the comment, for people to read."""
    if isinstance(text, str) and text.startswith(_BEGINNING):
        return text[text.index("*/") + 3 :]
    return text


def _composed(query: Any, comment: str) -> Any:
    """Composed objects of psycopg 2 and 3 only add up with their own kind."""
    from importlib import import_module

    places = (base.__module__ for base in type(query).__mro__)
    sql = import_module(next(p for p in places if p in {"psycopg.sql", "psycopg2.sql"}))
    return sql.Composed([sql.SQL(comment), query])
