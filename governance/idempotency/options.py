"""How one view is protected: the arguments of ``@idempotent``, judged where they are written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from governance import conf

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
KEPT_HEADERS = frozenset(
    {
        "content-type",
        "content-encoding",
        "content-language",
        "content-disposition",
        "location",
        "etag",
        "link",
    }
)
FORBIDDEN_HEADERS = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-security-policy",
        "content-security-policy-report-only",
        "date",
        "keep-alive",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)
NEVER_KEPT = frozenset({401, 403, 408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``@idempotent`` accepts. A mistake raises where it is written, at import."""

    methods: Collection[str] = ("POST", "PATCH")
    required: bool | Callable[[HttpRequest], bool] = True
    """Whether a request without a key is refused; else it runs unprotected. A function decides
    for each request, such as for a form of a browser on the same address."""
    min_length: int = 16
    key_format: Literal["any", "uuid"] = "any"
    scope: Callable[[HttpRequest], str | None] | None = None
    """Whose key it is, instead of the authenticated principal. None refuses the request."""
    tenant: Callable[[HttpRequest], str | None] | None = None
    """One more part of the scope. None refuses the request."""
    fingerprint: Callable[[HttpRequest], bytes] | None = None
    """What makes two requests the same, instead of query and body."""
    expires: timedelta | None = None
    """How long an answer is kept; ``GOVERNANCE["IDEMPOTENCY"]["EXPIRES"]`` unless given."""
    on_in_flight: Literal["reject", "wait"] = "reject"
    wait_seconds: float = 5
    max_waiters: int = 2
    """Threads of one process that wait at the same time; a quarter of them is a good value."""
    retry_after: int = 1
    lock: Literal["advisory", "row"] = "advisory"
    max_request_body: int | None = None
    """Bytes; Django's own limits hold besides."""
    max_body: int = 256 * 1024
    """Bytes of an answer that are kept; of a larger one only the status is."""
    store_body: bool = True
    store_errors: Collection[int] | None = None
    """Statuses from 400 to 499 that are kept; all that are certain unless given."""
    redact: Callable[[bytes], bytes] | None = None
    """Makes what is kept from the body; if it fails, the body is not kept at all."""
    headers: Sequence[str] = ()
    """Headers that are kept besides the usual ones."""
    module: str = ""
    """The module the view belongs to."""
    using: str | None = None
    """Alias of the database that the view writes; ``GOVERNANCE["DATABASE"]`` unless given."""

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise ImproperlyConfigured(f"@idempotent: {fault}")

    @property
    def alias(self) -> str:
        return self.using or conf.settings().DATABASE

    @property
    def lifetime(self) -> timedelta:
        return self.expires or conf.settings().idempotency.expires

    @property
    def kept_headers(self) -> frozenset[str]:
        return KEPT_HEADERS | {name.lower() for name in self.headers}

    def keeps(self, status: int) -> bool:
        """Tell whether an answer is final: kept, and its effects with it."""
        if 200 <= status < 400:
            return True
        if not 400 <= status < 500 or status in NEVER_KEPT:
            return False
        return self.store_errors is None or status in self.store_errors

    def _faults(self) -> list[str]:
        return [
            *self._faults_of_methods(),
            *self._faults_of_words(),
            *self._faults_of_numbers(),
            *self._faults_of_headers(),
        ]

    def _faults_of_methods(self) -> list[str]:
        """A word that is no method would leave the view unprotected without a word."""
        if isinstance(self.methods, str):
            return [f"methods={self.methods!r} is a text. Write methods=[{self.methods!r}]."]
        if not self.methods:
            return ["methods is empty, so nothing would be protected. Leave it out."]
        if safe := sorted(SAFE.intersection(map(str.upper, self.methods))):
            return [f"{', '.join(safe)} changes nothing by definition. Remove it from methods."]
        return [
            f"{name!r} in methods is none of {', '.join(UNSAFE)}. "
            f"{conf.did_you_mean(name.upper(), UNSAFE)}".strip()
            for name in self.methods
            if name not in UNSAFE
        ]

    def _faults_of_words(self) -> list[str]:
        choices: tuple[tuple[str, str, tuple[str, ...]], ...] = (
            ("key_format", self.key_format, ("any", "uuid")),
            ("on_in_flight", self.on_in_flight, ("reject", "wait")),
            ("lock", self.lock, ("advisory", "row")),
        )
        found = [
            f"{name}={value!r} is none of {', '.join(map(repr, known))}. "
            f"{conf.did_you_mean(value, known)}".strip()
            for name, value, known in choices
            if value not in known
        ]
        if self.lock == "row" and self.on_in_flight == "wait":
            found.append("lock='row' can't wait. Use lock='advisory', or on_in_flight='reject'.")
        return found

    def _faults_of_numbers(self) -> list[str]:
        found = []
        if not 1 <= self.min_length <= 255:
            found.append(f"min_length={self.min_length} is not from 1 to 255.")
        if self.expires is not None and self.expires <= timedelta():
            found.append("expires must be longer than nothing.")
        for name in ("wait_seconds", "max_waiters", "retry_after", "max_body"):
            if getattr(self, name) < 0:
                found.append(f"{name}={getattr(self, name)} is below 0.")
        if wrong := sorted(s for s in self.store_errors or () if s in NEVER_KEPT or s // 100 != 4):
            found.append(f"store_errors has {wrong}: only certain answers 4xx can be kept.")
        return found

    def _faults_of_headers(self) -> list[str]:
        if isinstance(self.headers, str):
            return [f"headers={self.headers!r} is a text. Write headers=[{self.headers!r}]."]
        wrong = [
            name
            for name in self.headers
            if name.lower() in FORBIDDEN_HEADERS or name.lower().startswith("proxy-")
        ]
        return [f"the header {name} is never kept. Remove it from headers." for name in wrong]
