"""Which functions a text calls that are not PostgreSQL's own."""

import re
from functools import cache
from importlib.resources import files

_CONTEXT = re.compile(
    r"(?:\)\s*OVER|\)\s*FILTER|\b(?:ORDER|GROUP|PARTITION)\s+BY(?:\s+ROLLUP|\s+CUBE)?"
    r"|\bGROUPING\s+SETS|\bTIME\s+ZONE|\bNOT\s+MATERIALIZED"
    r"|\bAS\s+(?:\w+|\"[^\"]+\")|::\s*[\w.\"]+)$",
    re.ASCII | re.IGNORECASE,
)
"""What stands before a bracket in a query and is no function, though it might be a name."""
_QUOTED = r'"(?:[^"]|"")+"'
_NAME = re.compile(rf"(?:(?:[\w$]+|{_QUOTED})\s*\.\s*)*(?:[\w$]+|{_QUOTED})$")
_RESERVED = """
    all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create default deferrable desc distinct do else end except false fetch for
    foreign from grant group having in initially intersect into lateral leading limit not null
    offset on only or order placing primary references returning select some symmetric table
    then to trailing true union unique user using variadic when where window with
""".split()  # noqa: SIM905
"""Words of the language."""
_WITH_BRACKETS = """
    between bigint bit boolean char character coalesce dec decimal exists extract float greatest
    grouping inout int integer interval json json_array json_arrayagg json_exists json_object
    json_objectagg json_query json_scalar json_serialize json_table json_value least
    merge_action national nchar none normalize nullif numeric out overlay position precision
    real row setof smallint substring time timestamp treat trim values varchar xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize
    xmltable cross full ilike inner is join like natural outer overlaps similar
""".split()  # noqa: SIM905
"""Words that need brackets of their own, or may stand in front of some."""
_NO_FUNCTION = frozenset([*_RESERVED, *_WITH_BRACKETS])


@cache
def harmless() -> frozenset[str]:
    """Return PostgreSQL's own functions; scripts/list-functions writes the list."""
    path = files("governance.postgres") / "harmless_functions.txt"
    return frozenset(path.read_text(encoding="ascii").split())


def is_harmless(names: list[str]) -> bool:
    """Tell whether a name, in its parts, is one of PostgreSQL's own harmless functions."""
    return names[-1] in harmless() and names[:-1] in ([], ["pg_catalog"])


def called(sql: str) -> frozenset[str]:
    """Return what a text without comments seems to call, PostgreSQL's own functions left out.

    It may name too many, such as what stands in a string; never too few.
    """
    found = set()
    for before in set(sql.split("(")[:-1]):
        name = _name_at_end(before)
        if name and not is_harmless(name):
            found.add(".".join(name))
    return frozenset(found)


def _name_at_end(before: str) -> list[str]:
    """Return the parts of the name in front of a bracket; empty when there is none."""
    end = before.rstrip()
    last = end[-1:]
    if not (last.isalnum() or last in {"_", "$", '"'}):
        return []
    bare = end[-70:].rpartition(" ")[2].rpartition("(")[2]
    word = bare.lower()
    known = word in _NO_FUNCTION or word in harmless()
    if known and not end[: -len(word)].rstrip().endswith("."):
        return []
    end = end[-300:]
    if _CONTEXT.search(end):
        return []
    name = _NAME.search(end)
    if name is None:
        return [end]
    parts = _parts(name[0])
    return [] if len(parts) == 1 and last != '"' and parts[0] in _NO_FUNCTION else parts


def _parts(name: str) -> list[str]:
    found = re.findall(rf"{_QUOTED}|[\w$]+", name)
    return [part[1:-1].replace('""', '"') if part[0] == '"' else _folded(part) for part in found]


def _folded(name: str) -> str:
    """Only ASCII letters fold, as in PostgreSQL with UTF-8."""
    return name.lower() if name.isascii() else re.sub("[A-Z]", lambda m: m[0].lower(), name)
