"""For async views: the part that writes runs in one thread, because a transaction needs one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from governance.idempotency.arguments import Arguments
from governance.idempotency.decorating import idempotent


async def run_idempotent(
    request: HttpRequest,
    view: Callable[..., HttpResponseBase],
    /,
    *args: Any,
    **options: Unpack[Arguments],
) -> HttpResponseBase:
    """Run a synchronous view, or part of one, protected as ``@idempotent`` does.

    ``args`` follow the request; the options are those of ``@idempotent``. Authenticate and permit
    before. A client that hangs up cancels the async view, not the thread: the work is finished
    and kept.
    """
    protected = idempotent(**options)(view)
    return await sync_to_async(protected)(request, *args)
