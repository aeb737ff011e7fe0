"""For tests of your own endpoints: is this one idempotent, in a storm and after a crash?

Nothing here is imported by the rest, and nothing here runs in production.
"""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from governance import conf
from governance.idempotency.recording import REPLAYED


class Answer(Protocol):
    """What the test client of Django returns, as far as it is looked at."""

    status_code: int
    content: bytes


class Client(Protocol):
    """``django.test.Client``, or ``APIClient`` of Django REST framework."""

    def post(self, path: str, data: Any = ..., **kwargs: Any) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that came over the network; status 0 for none, as when the server died."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def replayed(self) -> bool:
        return self.headers.get(REPLAYED.lower()) == "true"


def assert_idempotent(
    client: Client,
    path: str,
    data: Any,
    *,
    other: Any = None,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Send the same request twice, then another with its key, and compare; return the first answer.

    ``other`` is data that asks for something else. Raises ``AssertionError`` with what differs.
    """
    name = conf.settings().idempotency.header
    sent = {**(headers or {}), name: str(uuid4())}

    def post(body: Any, kept: Mapping[str, str]) -> Any:
        return client.post(path, body, content_type=content_type, headers=kept)

    first, second = post(data, sent), post(data, sent)
    assert first.status_code < 500, f"{path} answered {first.status_code}."
    assert REPLAYED in second.headers, f"{path} ran again: it answered {second.status_code} anew."
    assert second.status_code == first.status_code
    assert second.content == first.content, f"{path} answered otherwise the second time."
    missing = post(data, headers or {})
    assert missing.status_code == 400, f"{path} lets in a request without {name}."
    if other is not None:
        reused = post(other, sent)
        assert reused.status_code == 422, f"{path} answered {reused.status_code} to another body."
    return first


def storm(send: Callable[[], Reply], *, times: int = 32) -> list[Reply]:
    """Call ``send`` from that many threads at the same moment, and return what each got."""
    barrier = Barrier(times)

    def one(_: int) -> Reply:
        barrier.wait()
        return send()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(one, range(times)))


def assert_one_execution(replies: Sequence[Reply]) -> None:
    """Assert that all who got an answer of the view got the same one, and the others 409 or 503."""
    bodies = {reply.body for reply in replies if 200 <= reply.status < 300}
    others = Counter(reply.status for reply in replies if not 200 <= reply.status < 300)
    assert len(bodies) <= 1, f"{len(bodies)} different answers were given."
    assert set(others) <= {409, 503}, f"Answered otherwise: {dict(others)}."


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float = 60) -> Reply:
    """Send one request on a connection of its own; a connection that breaks is status 0."""
    address, begun = urlsplit(url), time.perf_counter()
    connection = http.client.HTTPConnection(address.netloc, timeout=timeout)
    path = address.path + (f"?{address.query}" if address.query else "")
    try:
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        return Reply(
            status=response.status,
            body=response.read(),
            headers={name.lower(): value for name, value in response.getheaders()},
            seconds=time.perf_counter() - begun,
        )
    except (OSError, http.client.HTTPException):
        return Reply(status=0, seconds=time.perf_counter() - begun)
    finally:
        connection.close()


def until_answered(send: Callable[[], Reply], *, seconds: float = 15) -> Reply:
    """Send again, as a client would, until the view's answer comes; 409, 503 and none don't count.

    ``seconds`` of the reply then are those since the first attempt.
    """
    begun = time.perf_counter()
    while True:
        reply, passed = send(), time.perf_counter() - begun
        if reply.status not in (0, 409, 503) or passed > seconds:
            return Reply(
                status=reply.status, body=reply.body, headers=reply.headers, seconds=passed
            )
        time.sleep(0.05)


def die_once(marker: Path) -> None:
    """Kill this process as a power cut would, unless ``marker`` says that it was done before.

    Call it in a view or a middleware of a test server, at the point where the crash shall be.
    """
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
