"""The text of an idempotency key, out of the header."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest

from governance import conf
from governance.idempotency.options import Options
from governance.idempotency.problems import Refusal, key_invalid, key_missing

LONGEST = 255
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_BARE = re.compile(r'[^",][^,]*')
_VISIBLE = re.compile(r"[\x21-\x7e]+")


def key_of(request: HttpRequest, options: Options) -> str | None:
    """Return the key, or None where there is none and none is needed; raises ``Refusal``."""
    name = "HTTP_" + conf.settings().idempotency.header.upper().replace("-", "_")
    raw = request.META.get(name)
    if raw is None:
        if options.required(request) if callable(options.required) else options.required:
            raise Refusal(key_missing())
        return None
    return parsed(raw, options)


def parsed(raw: str, options: Options) -> str:
    """Return the key that a header names, quoted or not; raises ``Refusal``."""
    key = _unquoted(raw.strip(" \t"))
    if not key:
        raise Refusal(key_invalid("is empty"))
    if not _VISIBLE.fullmatch(key):
        raise Refusal(key_invalid("has characters other than visible ASCII"))
    if not options.min_length <= len(key) <= LONGEST:
        raise Refusal(key_invalid(f"needs {options.min_length} to {LONGEST} characters"))
    return _uuid(key) if options.key_format == "uuid" else key


def _unquoted(raw: str) -> str:
    """A server joins two headers of one name with a comma, so a bare key has none."""
    if quoted := _QUOTED.fullmatch(raw):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if raw and not _BARE.fullmatch(raw):
        raise Refusal(key_invalid("is not one token and not one quoted string"))
    return raw


def _uuid(key: str) -> str:
    try:
        return str(UUID(key))
    except ValueError:
        raise Refusal(key_invalid("is not a UUID")) from None
