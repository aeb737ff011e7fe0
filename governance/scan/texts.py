"""Texts composed in code: literals, constants, formatting, ``psycopg.sql``."""

from __future__ import annotations

import ast
import itertools
import re

from governance.scan.engine import Engine
from governance.scan.values import (
    HOLE,
    PLAIN,
    UNKNOWN,
    Env,
    Many,
    Parts,
    Plain,
    Rows,
    Text,
    Value,
    Values,
    joined,
)

_MOST = 12
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?([sdrifx%])")
_FIELD = re.compile(r"\{(\w*)(?:[.!:\[][^{}]*)?\}")


def joined_text(engine: Engine, node: ast.JoinedStr, env: Env | None) -> Values:
    """Return what an f-string may be; a part that is not known is a hole."""
    parts: list[list[str]] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append([str(part.value)])
        elif isinstance(part, ast.FormattedValue):
            parts.append(_texts(engine.value(part.value, env)))
    return _product(parts)


def operation(engine: Engine, node: ast.BinOp, env: Env | None) -> Values:
    """Return what an operator gives: texts joined or formatted, rows or lists put together."""
    left = engine.value(node.left, env)
    if isinstance(node.op, ast.Mod) and any(isinstance(v, Text) for v in left):
        return joined(
            *(_percent(engine, v.text, node.right, env) for v in left if isinstance(v, Text))
        )
    right = engine.value(node.right, env)
    return added(left, right)


def added(left: Values, right: Values) -> Values:
    if any(isinstance(v, Text) for v in (*left, *right)):
        return _product([_texts(left), _texts(right)])
    kept = tuple(v for v in (*left, *right) if isinstance(v, Rows | Many | Parts))
    if kept:
        return joined(kept)
    return PLAIN if left or right else UNKNOWN


def augmented(engine: Engine, node: ast.AugAssign, env: Env | None) -> Values:
    """Return what a name is after ``+=``."""
    return added(engine.value(node.target, env), engine.value(node.value, env))


def method(engine: Engine, text: Text, name: str, node: ast.Call | None, env: Env | None) -> Values:
    """Return what a method of a text gives."""
    if node is None:
        return (Text(HOLE),)
    match name:
        case "format":
            return _formatted(engine, text.text, node, env)
        case "format_map":
            return (Text(_FIELD.sub(HOLE, text.text)),)
        case "join":
            return _joined(engine, text.text, node, env)
        case "replace" if len(node.args) == 2:
            old, new = (_texts(engine.value(part, env))[0] for part in node.args)
            return (Text(text.text.replace(old, new)),)
        case "strip" | "lstrip" | "rstrip":
            return (Text(text.text.strip()),)
        case "encode" | "decode" | "expandtabs" | "as_string" | "as_bytes":
            return (text,)
        case "upper" | "lower" | "title":
            return (Text(text.text.upper() if name == "upper" else text.text.lower()),)
    return PLAIN


def composed(engine: Engine, dotted: str, node: ast.Call, env: Env | None) -> Values | None:
    """Return the text of an object of ``psycopg.sql``; None for any other call."""
    name = dotted.rpartition(".")[2]
    given = [_texts(engine.value(part, env)) for part in node.args]
    match name:
        case "SQL" if given:
            return tuple(Text(text) for text in given[0])
        case "Identifier" if given:
            quoted = [[_quoted(text) for text in texts] for texts in given]
            dots: list[list[str]] = []
            for texts in quoted:
                dots += ([["."]] if dots else []) + [texts]
            return _product(dots)
        case "Literal" | "Placeholder":
            return (Text("%s"),)
        case "Composed":
            return _joined(engine, "", node, env)
    return None


def _quoted(text: str) -> str:
    return text if text == HOLE else '"' + text.replace('"', '""') + '"'


def _texts(values: Values) -> list[str]:
    """Return the texts that a value may be; one hole where it is not known."""
    found = [v.text for v in values if isinstance(v, Text)]
    return found[:_MOST] or [HOLE]


def _product(parts: list[list[str]]) -> Values:
    several = itertools.islice(itertools.product(*parts), _MOST)
    return tuple(dict.fromkeys(Text("".join(chosen)) for chosen in several))


def _percent(engine: Engine, text: str, right: ast.expr, env: Env | None) -> Values:
    named: dict[str, list[str]] = {}
    given: list[list[str]] = []
    if isinstance(right, ast.Dict):
        for key, value in zip(right.keys, right.values, strict=True):
            if isinstance(key, ast.Constant):
                named[str(key.value)] = _texts(engine.value(value, env))
    elif isinstance(right, ast.Tuple):
        given = [_texts(engine.value(part, env)) for part in right.elts]
    else:
        given = [_texts(engine.value(right, env))]
    queue = iter(given)
    parts: list[list[str]] = []
    end = 0
    for found in _PERCENT.finditer(text):
        parts.append([text[end : found.start()]])
        end = found.end()
        if found[2] == "%":
            parts.append(["%"])
        elif found[1]:
            parts.append(named.get(found[1], [HOLE]))
        else:
            parts.append(next(queue, [HOLE]))
    return _product([*parts, [text[end:]]])


def _formatted(engine: Engine, text: str, node: ast.Call, env: Env | None) -> Values:
    named = {k.arg: _texts(engine.value(k.value, env)) for k in node.keywords if k.arg}
    given = [_texts(engine.value(part, env)) for part in node.args]
    if any(isinstance(part, ast.Starred) for part in node.args):
        given = []
    count = itertools.count()
    parts: list[list[str]] = []
    end = 0
    plain = text.replace("{{", "\0").replace("}}", "\1")
    for found in _FIELD.finditer(plain):
        parts.append([plain[end : found.start()]])
        end = found.end()
        name = found[1] or str(next(count))
        position = int(name) if name.isdigit() else -1
        inside = 0 <= position < len(given)
        parts.append(given[position] if inside else named.get(name, [HOLE]))
    parts.append([plain[end:]])
    return tuple(
        Text(v.text.replace("\0", "{").replace("\1", "}"))
        for v in _product(parts)
        if isinstance(v, Text)
    )


def _joined(engine: Engine, separator: str, node: ast.Call, env: Env | None) -> Values:
    if not node.args:
        return (Text(HOLE),)
    if isinstance(node.args[0], ast.List | ast.Tuple):
        parts: list[list[str]] = []
        for part in node.args[0].elts:
            parts += ([[separator]] if parts else []) + [_texts(engine.value(part, env))]
        return _product(parts)
    found: list[Value] = []
    for value in engine.value(node.args[0], env):
        inner = engine.items((value,))
        known = [v for v in inner if isinstance(v, Text)]
        if known and isinstance(value, Many | Parts):
            found.append(Text(separator.join(v.text for v in known)))
    return tuple(found) or (Text(HOLE),)


def dedented(values: Values) -> Values:
    """Return texts whose indentation does not matter to SQL."""
    return tuple(v for v in values if isinstance(v, Text)) or (Plain(),)
