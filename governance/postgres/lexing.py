"""Strings and comments, told apart from the rest as PostgreSQL does."""

import re

WORD = r"[^\x00-@\[-^`{-\x7f][^\x00-#%-/:-@\[-^`{-\x7f]*"
"""A name without quotes, where case is ignored: letters, _, all beyond ASCII; then digits, $ too.

Said by what is left out: a set up to the last of all characters takes 4 ms to compile.
"""
_LITERAL = re.compile(
    r"""["'$/-](?:
     (?<=")(?:[^"]|"")*+"
    |(?:(?<=^[eE]')|(?<=[^\w$\x80-\U0010ffff][eE]'))(?:[^'\\]|\\.|'')*+'
    |(?<=')[^']*+'
    |(?<=-)-[^\n\r]*+
    |(?<=/)\*(?:[^*/]|\*(?!/)|/(?!\*))*+\*/
    |(?<=\$)(?<![\w$\x80-\U0010ffff]\$)((?:[a-zA-Z_\x80-\U0010ffff][\w\x80-\U0010ffff]*+)?\$).*?\$\1
    )""",
    re.ASCII | re.DOTALL | re.VERBOSE,
)
"""Begins with a set of characters, so that the rest is skipped fast."""
_UNFINISHED = re.compile(r"['\"]|/\*")


def without_literals(sql: str) -> str | None:
    """Return a text with a space for each string and comment; quoted names stay.

    None when one does not end, or when comments are nested.
    """
    if "\0" in sql or _UNFINISHED.search(_LITERAL.sub(" ", sql)):
        return None
    return _LITERAL.sub(lambda found: found[0] if found[0][0] == '"' else " ", sql)


def masked(sql: str) -> str:
    """Return a text of the same length, its literals and comments filled with what means nothing.

    Quotes stay, so that names and strings are still there to be counted.
    """
    return _LITERAL.sub(_mask, sql)


def _mask(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] in "-/":
        return " " * len(text)
    return f"{text[0]}{'_' * (len(text) - 2)}{text[-1]}"


def shortened(sql: str) -> str:
    """Return a text that means the same to tables: strings are emptied, comments removed.

    What stands in dollar quotes stays, because it may be a block of code.
    """
    return sql if without_literals(sql) is None else _LITERAL.sub(_short, sql)


def _short(found: re.Match[str]) -> str:
    match found[0][0]:
        case "'":
            return "''"
        case "-" | "/":
            return " "
    return found[0]
