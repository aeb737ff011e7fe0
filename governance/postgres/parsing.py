"""Text → syntax tree, by PostgreSQL's own grammar (the library libpg_query, through pgparse)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from governance.postgres.lexing import shortened

try:
    import pgparse
except ImportError:  # no wheel for this platform
    pgparse = None

Node = Mapping[str, Any]

LONGEST = 64_000
"""Characters of a text that is given to the grammar; about ten milliseconds."""
PLACEHOLDER = re.compile(r"%(?:(%)|(?:\([^)]+\))?[sbt])")
_STAND_INS = ("$1", "'0'", "(NULL)", "0")
"""A parameter as the grammar may want it: any value, ``INTERVAL %s``, psycopg2's ``IN %s``."""
_MOST_REPAIRS = 20


def parse(sql: str) -> list[Node] | str:
    """Return the syntax tree of each statement, or why there is none, as a predicate."""
    parsed = parse_with_text(sql)
    return parsed if isinstance(parsed, str) else parsed[0]


def parse_with_text(sql: str) -> tuple[list[Node], str] | str:
    """Return the trees, and the text that was given to the grammar: locations point into it."""
    if pgparse is None:
        return "can't be read without the package pgparse"
    if "\0" in sql:
        return "can't be read: it contains the character NUL"
    if len(sql) > LONGEST:
        sql = shortened(sql)
    if len(sql) > LONGEST:
        return f"is longer than {LONGEST} characters, which is too long to be read"
    try:
        return _parsed(sql)
    except RecursionError:
        return "is nested too deeply to be read"
    except UnicodeEncodeError:
        return "can't be read: it is not valid Unicode"


def _parsed(sql: str) -> tuple[list[Node], str] | str:
    try:
        return list(pgparse.parse(sql)), sql
    except pgparse.PGQueryError as error:
        complaint = error.message
    pieces = PLACEHOLDER.split(sql)
    if len(pieces) == 1:
        return f"can't be read: {complaint}"
    return _parsed_with_stand_ins(pieces)


def _parsed_with_stand_ins(pieces: list[str | None]) -> tuple[list[Node], str] | str:
    """Put stand-ins for the placeholders; another one where the grammar complains."""
    chosen = [0] * (len(pieces) // 2)
    complaint = ""
    for _ in range(_MOST_REPAIRS):
        text, starts = _joined(pieces, chosen)
        try:
            return list(pgparse.parse(text)), text
        except pgparse.PGQueryError as error:
            complaint = complaint or error.message
            at = error.position - 1
        refused = max((i for i, start in enumerate(starts) if start <= at), default=None)
        if refused is None or chosen[refused] == len(_STAND_INS) - 1:
            break
        chosen[refused:] = [chosen[refused] + 1] * (len(chosen) - refused)
    return f"can't be read: {complaint}"


def _joined(pieces: list[str | None], chosen: list[int]) -> tuple[str, list[int]]:
    """Return the text with stand-ins, and where each of them begins."""
    text, starts = pieces[0] or "", []
    parts, length = [text], len(text)
    for number, choice in enumerate(chosen):
        stand_in = pieces[2 * number + 1] or _STAND_INS[choice]
        following = pieces[2 * number + 2] or ""
        starts.append(length)
        parts += (stand_in, following)
        length += len(stand_in) + len(following)
    return "".join(parts), starts


def parse_block(body: str, *, returns: str = "void") -> list[Node] | str:
    """Return the syntax tree of a block in PL/pgSQL, or why there is none.

    A ``%`` may stand there twice, as drivers want it beside parameters.
    """
    complaint = ""
    bound = PLACEHOLDER.sub(lambda found: found[1] or "'0'", body)
    for text in dict.fromkeys((body, body.replace("%%", "%"), bound)):
        try:
            return list(pgparse.parse_pgsql(_function(text, returns)))
        except pgparse.PGQueryError as error:
            complaint = complaint or error.message
    return complaint


def normalized(sql: str) -> str:
    """Return a text on one line with its literals taken out, so that equal calls look equal."""
    try:
        text = str(pgparse.normalize(PLACEHOLDER.sub("$1", sql))) if pgparse else sql
    except (pgparse.PGQueryError, UnicodeEncodeError):
        text = sql
    return " ".join(text.split())


def _function(body: str, returns: str) -> str:
    """Wrap a block for the parser, in dollar quotes that the block can't end."""
    tag = "block"
    while f"${tag}$" in body:
        tag += "_"
    return f"CREATE FUNCTION f() RETURNS {returns} LANGUAGE plpgsql AS ${tag}${body}${tag}$"
