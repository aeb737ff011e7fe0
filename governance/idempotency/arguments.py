"""The arguments of ``@idempotent`` for type checkers; ``Options`` says what they mean."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Literal, TypedDict

from django.http import HttpRequest


class Arguments(TypedDict, total=False):
    """All of them can be left out."""

    methods: Collection[str]
    required: bool | Callable[[HttpRequest], bool]
    min_length: int
    key_format: Literal["any", "uuid"]
    scope: Callable[[HttpRequest], str | None] | None
    tenant: Callable[[HttpRequest], str | None] | None
    fingerprint: Callable[[HttpRequest], bytes] | None
    expires: timedelta | None
    on_in_flight: Literal["reject", "wait"]
    wait_seconds: float
    max_waiters: int
    retry_after: int
    lock: Literal["advisory", "row"]
    max_request_body: int | None
    max_body: int
    store_body: bool
    store_errors: Collection[int] | None
    redact: Callable[[bytes], bytes] | None
    headers: Sequence[str]
    module: str
    using: str | None
