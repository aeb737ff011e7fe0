"""What protection costs, beside an unprotected twin of the same view in the same process.

Every subject gets one request in turn, so that a busy machine slows all of them alike:

    python benchmarks/idempotency_overhead.py [--requests 600] [--peers PYTHON]

With PYTHON, the interpreter of a virtual environment that has this checkout and the peers
(justonce, idemkit, drf-idempotency, djangorestframework-idempotency-key), those are measured too.
"""

import argparse
import http.client
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich import box
from rich.console import Console
from rich.table import Table

from governance.postgres import cluster, embedded
from tests.idempotency.serving import BODY, Site, connect, log_in, migrate, serving

BARS = {"protected": 1.3, "replay": 0.8, "unrelated GET in a storm": 3.0, "prune": 3.0}


class Client:
    """One connection that stays open, as those of a proxy do."""

    def __init__(self, site: Site, session: str) -> None:
        self.session = session
        self.connection = http.client.HTTPConnection(urlsplit(site.url).netloc)

    def send(self, path: str, key: str, method: str = "POST") -> float:
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        headers["Cookie"] = f"sessionid={self.session}"
        begun = time.perf_counter()
        body = BODY if method == "POST" else None
        self.connection.request(method, f"/authenticated{path}", body, headers)
        response = self.connection.getresponse()
        response.read()
        passed = time.perf_counter() - begun
        assert response.status in {200, 201}, (path, response.status)
        return passed * 1000


def interleaved(subjects: dict[str, Callable[[], float]], times: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(times + 30):
        for name, send in subjects.items():
            passed = send()
            if number >= 30:  # the first ones open connections and fill caches
                taken[name].append(passed)
    return taken


def subjects_of(site: Site, session: str, peers: list[str]) -> dict[str, Callable[[], float]]:
    client, replayed = Client(site, session), str(uuid4())
    client.send("/pay", replayed)
    fresh = {"unprotected": "/bare", "unprotected, once more": "/bare", "protected": "/pay"}
    fresh |= {"protected, lock='row'": "/row"} | {peer: f"/{peer}" for peer in peers}
    found: dict[str, Callable[[], float]] = {
        name: lambda path=path: client.send(path, str(uuid4())) for name, path in fresh.items()
    }
    return found | {"replay": lambda: client.send("/pay", replayed)}


def show(title: str, taken: dict[str, list[float]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, title=f"Milliseconds of one request; {title}")
    for name in ("request", "p50", "p95", "p50 to unprotected", "bar"):
        table.add_column(name, justify="left" if name == "request" else "right")
    base = statistics.median(taken["unprotected"])
    for name, values in taken.items():
        middle, high = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        bar = BARS.get(name)
        table.add_row(
            name, f"{middle:.2f}", f"{high:.2f}", f"{middle / base:.2f}", f"≤ {bar}" if bar else ""
        )
    Console().print(table)


ENVIRONMENT = {"SITE_MIDDLEWARE": "usual", "SITE_MODE": "off"}
SETTINGS: dict[str, dict[str, object]] = {
    "a connection for each request, as Django does by default": {},
    "connections that stay open": {"CONN_MAX_AGE": None},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--peers", metavar="PYTHON")
    options = parser.parse_args()
    cluster.SETTINGS.update(fsync="on", synchronous_commit="on", full_page_writes="on")
    with tempfile.TemporaryDirectory() as name, embedded.running(Path(name)) as server:
        database = server.database("overhead")
        with connect(database):
            migrate(database, Path(name), **ENVIRONMENT)
            session = log_in(database, Path(name), **ENVIRONMENT)
            for title, more in SETTINGS.items():
                with serving({**database, **more}, workers=1, **ENVIRONMENT) as site:
                    show(title, interleaved(subjects_of(site, session, []), options.requests))


if __name__ == "__main__":
    main()
