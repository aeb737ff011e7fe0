"""Is it the same request? Equal requests have equal fingerprints, however they are written."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac

from governance.idempotency.canonical import canonical_json
from governance.idempotency.identity import digest
from governance.idempotency.options import Options
from governance.idempotency.problems import Refusal, body_too_large

VERSION = 1
_SALT = "governance.idempotency.fingerprint"
_FORM = "application/x-www-form-urlencoded"


def payload_of(request: HttpRequest, options: Options) -> bytes:
    """Return the digest of all that makes the request; raises ``Refusal`` when it is too large."""
    limit = options.max_request_body
    if limit is not None and _announced(request) > limit:
        raise Refusal(body_too_large(limit))
    try:
        if options.fingerprint:
            parts = [b"own", options.fingerprint(request)]
        else:
            parts = [*_query(request), *_body(request, limit)]
    except RequestDataTooBig:
        raise Refusal(body_too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)) from None
    return digest([(request.method or "").encode(), request.path_info.encode(), *parts])


def fingerprint(payload: bytes, secret: str | bytes | None = None) -> bytes:
    """Return the keyed fingerprint, which can't be tried out on guessed bodies."""
    return salted_hmac(_SALT, payload, secret=secret, algorithm="sha256").digest()


def matches(payload: bytes, kept: bytes, version: int) -> bool:
    """Compare in constant time, also with the secrets that SECRET_KEY had before."""
    if version != VERSION:
        return False
    secrets = (None, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(fingerprint(payload, secret), kept) for secret in secrets)


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _query(request: HttpRequest) -> Iterator[bytes]:
    pairs = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    yield digest(part.encode(errors="surrogatepass") for pair in sorted(pairs) for part in pair)


def _body(request: HttpRequest, limit: int | None) -> Iterator[bytes]:
    """The media type and the body."""
    kind = (request.content_type or "").lower()
    yield kind.encode()
    if kind == "multipart/form-data" and _is_parsed(request):
        yield digest(_pairs(request.POST))
        yield digest(_files(request))
        return
    if limit is not None and len(request.body) > limit:
        raise Refusal(body_too_large(limit))
    if kind == _FORM:
        yield digest(_pairs(QueryDict(request.body, encoding="utf-8")))
    elif kind == "application/json" or kind.endswith("+json"):
        yield canonical_json(request.body)
    else:
        yield request.body


def _is_parsed(request: HttpRequest) -> bool:
    """Tell whether Django, or a framework in its place, reads the parts of a form.

    Then the body is never read raw: a retry has a new boundary, and a body that is read can't be
    parsed any more. Django reads those of POST only, and takes a body for empty that somebody has
    read before.
    """
    if request.method != "POST":
        return bool(request.POST or request.FILES)
    untouched = not request._read_started or hasattr(request, "_body")  # type: ignore[attr-defined]
    return untouched or hasattr(request, "_post")


def _pairs(form: QueryDict) -> Iterator[bytes]:
    for name, values in sorted(form.lists()):
        for value in values:
            yield name.encode(errors="surrogatepass")
            yield str(value).encode(errors="surrogatepass")


def _files(request: HttpRequest) -> Iterator[bytes]:
    for name, files in sorted(request.FILES.lists(), key=lambda entry: entry[0]):
        for file in files:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            yield from (name.encode(), (file.name or "").encode())
            yield (getattr(file, "content_type", "") or "").encode()
            yield content.digest()
