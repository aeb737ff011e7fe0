"""What a view returns, made ready to be kept while the transaction is open."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase


def finish_rendering(response: Any, view: Any) -> HttpResponseBase:
    """Render what is rendered late; a failure then still undoes what the view has written."""
    if not isinstance(response, HttpResponseBase):
        raise TypeError(
            f"{getattr(view, '__qualname__', view)} returned {type(response).__name__} to "
            "@idempotent, which needs the finished response. In Django Ninja use "
            "@decorate_view(idempotent(...)) of governance.idempotency.ninja."
        )
    render = getattr(response, "render", None)
    if callable(render) and not getattr(response, "is_rendered", False):
        rendered: HttpResponseBase = render()
        return rendered
    return response
