"""Async views: the part that writes runs protected in one thread."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse

from governance.idempotency import run_idempotent
from project.core.services import record_event
from tests.idempotency.requests import keys, posted, problem, rows


def write(request: HttpRequest, note: str) -> HttpResponse:
    return JsonResponse({"id": record_event("finance", "paid", note).pk}, status=201)


async def view(request: HttpRequest) -> Any:
    await asyncio.sleep(0)
    return await run_idempotent(request, write, "note", module="finance")


@pytest.fixture
async def database(transactional_db: None) -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


async def test_async_view(database: None) -> None:
    first, second = await view(posted()), await view(posted())
    assert first.content == second.content
    assert second["Idempotency-Replayed"] == "true"
    assert problem(await view(posted({"amount": 2}))) == (422, "key-reused")
    assert await sync_to_async(lambda: (rows(), keys()))() == (1, ["completed"])


async def test_client_that_hangs_up(database: None) -> None:
    """The coroutine is cancelled; the work is finished and kept all the same."""
    task = asyncio.create_task(view(posted()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    again = await view(posted())
    assert again.status_code == 201
    assert await sync_to_async(lambda: (rows(), keys()))() == (1, ["completed"])
