"""The demonstration's own web server in a second process, and a visitor who looks at its pages."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

HOST = "127.0.0.1"
START_SECONDS = 30
MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


class ServerDidNotStartError(RuntimeError):
    """The message ends with what the server wrote before it gave up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    url: str
    process: subprocess.Popen[str]


def free_port(wanted: int) -> int:
    """`wanted`, or the next port above it that nobody listens on."""
    for port in range(wanted, 65_536):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ServerDidNotStartError(f"No port from {wanted} upwards is free.")


@contextmanager
def running_server(port: int) -> Iterator[Server]:
    """Yield the server once it answers; stop it on the way out, however that way looks.

    It gets a session of its own, so that Ctrl-C reaches the walkthrough alone and in order.
    """
    command = [sys.executable, str(MANAGE), "runserver", "--noreload", f"{HOST}:{port}"]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(  # noqa: S603  a fixed command
            command, stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        try:
            server = Server(url=f"http://{HOST}:{port}", process=process)
            _wait_until_it_answers(server, log)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    status: int
    url: str
    """Where the visitor ended up, after redirects."""
    text: str


class Visitor:
    """A browser in small: keeps cookies, follows redirects, ignores any proxy."""

    def __init__(self, server: Server) -> None:
        self._url = server.url
        self._cookies = CookieJar()
        self._opener: OpenerDirector = build_opener(
            HTTPCookieProcessor(self._cookies), ProxyHandler({})
        )

    def get(self, path: str) -> Page:
        return self._open(path, None)

    def headers(self) -> dict[str, str]:
        """What a program sends that uses this visitor's login."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        return {"Cookie": cookies, "X-CSRFToken": self._token()}

    def log_in(self, *, name: str, password: str) -> Page:
        """Fill the admin's login form and return the page that follows."""
        self.get("/admin/login/")
        form = {
            "username": name,
            "password": password,
            "csrfmiddlewaretoken": self._token(),
            "next": "/admin/",
        }
        return self._open("/admin/login/", urlencode(form).encode())

    def _token(self) -> str:
        found = (cookie.value for cookie in self._cookies if cookie.name == "csrftoken")
        return next(found, None) or ""

    def _open(self, path: str, data: bytes | None) -> Page:
        try:
            with self._opener.open(f"{self._url}{path}", data, timeout=20) as answer:
                return Page(status=answer.status, url=answer.url, text=answer.read().decode())
        except URLError as error:
            status = getattr(error, "code", 0)
            return Page(status=status, url=f"{self._url}{path}", text=str(error))


def _wait_until_it_answers(server: Server, log: IO[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    visitor = Visitor(server)
    while time.monotonic() < deadline and server.process.poll() is None:
        if visitor.get("/").status:
            return
        time.sleep(0.1)
    log.flush()
    log.seek(0)
    raise ServerDidNotStartError(f"The server did not answer.{os.linesep}{log.read()[-2000:]}")
