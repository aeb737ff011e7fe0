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
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich import box
from rich.console import Console
from rich.table import Table

from governance.idempotency.testing import post
from governance.postgres import cluster, embedded
from tests.idempotency.serving import BODY, Site, connect, log_in, migrate, run, serving
from tests.idempotency.site.peers import NAMES

BARS = {"protected": 1.3, "replay": 0.8}
BASE = "unprotected"


class Client:
    """One connection that stays open, as those of a proxy do."""

    def __init__(self, site: Site, session: str) -> None:
        self.session = session
        self.connection = http.client.HTTPConnection(urlsplit(site.url).netloc)

    def send(self, path: str, key: str, method: str = "POST") -> float:
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        if self.session:
            headers["Cookie"] = f"sessionid={self.session}"
        begun = time.perf_counter()
        body = BODY if method == "POST" else None
        self.connection.request(method, path, body, headers)
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


def subjects_of(
    site: Site, session: str, peers: list[str], at: str
) -> dict[str, Callable[[], float]]:
    """Requests to pages below ``at``. The control does all that is around the view and nothing
    else; no protection can be faster."""
    client, replayed = Client(site, session), str(uuid4())
    client.send(f"{at}/pay", replayed)
    fresh = {BASE: "bare", f"{BASE}, once more": "bare", "control": "nothing", "protected": "pay"}
    fresh |= {"protected, lock='row'": "row"} | {peer: peer for peer in peers}
    found: dict[str, Callable[[], float]] = {
        name: lambda path=f"{at}/{path}": client.send(path, str(uuid4()))
        for name, path in fresh.items()
    }
    return found | {"replay": lambda: client.send(f"{at}/pay", replayed)}


def show(title: str, taken: dict[str, list[float]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, title=f"Milliseconds of one request; {title}")
    for name in ("request", "p50", "p95", "p50 to unprotected", "of pairs", "bar"):
        table.add_column(name, justify="left" if name == "request" else "right")
    base = statistics.median(taken[BASE])
    for name, values in taken.items():
        middle, high = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        paired = statistics.median(v / b for v, b in zip(values, taken[BASE], strict=True))
        bar = f"≤ {BARS[name]}" if name in BARS else ""
        ratios = (f"{middle / base:.2f}", f"{paired:.2f}")
        table.add_row(name, f"{middle:.2f}", f"{high:.2f}", *ratios, bar)
    Console().print(table)


ENVIRONMENT = {"SITE_MIDDLEWARE": "usual", "SITE_MODE": "off"}
SETTINGS: dict[str, dict[str, object]] = {
    "a connection for each request, as Django does by default": {},
    "connections that stay open": {"CONN_MAX_AGE": None},
}
DUPLICATES = 64
MILLION = """
INSERT INTO governance_idempotencykey (id, scope_hash, key_hash, key_suffix, fingerprint,
    fingerprint_version, route, method, module, actor, outcome, status, headers, body,
    created_at, expires_at)
SELECT gen_random_uuid(), sha256(n::text::bytea), sha256(n::text::bytea), 'abcdef',
    sha256(n::text::bytea), 1, '/pay', 'POST', '', 'auth.user:1', 'completed', 201,
    '{"Content-Type": "application/json"}', convert_to(repeat(md5(n::text), 8), 'UTF8'),
    now() - interval '2 days', now() - interval '1 day'
FROM generate_series(1, %s) AS n
"""


def starvation(site: Site, session: str, path: str) -> None:
    """How long somebody else waits while 64 duplicates of a request of one second come in.

    With the path of the control, 64 requests come in that are answered at once, and one that
    takes a second: what the burst itself costs.
    """
    client, key = Client(site, session), str(uuid4())

    def gets(times: int) -> list[float]:
        return [client.send("/ping", key, "GET") for _ in range(times)]

    gets(20)
    idle = gets(200)
    headers = {"Idempotency-Key": key, "X-After": "1000", "Cookie": f"sessionid={session}"}
    with ThreadPoolExecutor(DUPLICATES) as pool:
        url = f"{site.url}/authenticated"
        sent = [pool.submit(post, f"{url}/pay", BODY, headers)]
        sent += [pool.submit(post, f"{url}{path}", BODY, headers) for _ in range(DUPLICATES - 1)]
        busy = []
        while not all(one.done() for one in sent):
            busy += gets(5)
        statuses = Counter(one.result().status for one in sent)
    middle = [statistics.median(values) for values in (idle, busy)]
    p95 = [statistics.quantiles(values, n=20)[-1] for values in (idle, busy)]
    print(
        f"Unrelated GET during {DUPLICATES} requests to {path}: p50 {middle[1]:.2f} ms "
        f"(idle {middle[0]:.2f}), p95 {p95[1]:.2f} ms (idle {p95[0]:.2f}), "
        f"{p95[1] / p95[0]:.1f} x, bar 3 x; {dict(statuses)}"
    )


def pruning(site: Site, session: str, database: dict[str, object], rows: int) -> None:
    """Rows a second, and what protected requests notice of it."""
    client = Client(site, session)

    def pay(times: int) -> list[float]:
        return [client.send("/authenticated/pay", str(uuid4())) for _ in range(times)]

    with connect(database) as connection:
        connection.execute(MILLION.replace("%s", str(rows)))
        connection.execute("VACUUM ANALYZE governance_idempotencykey")
    pay(50)
    before = pay(300)
    with ThreadPoolExecutor(1) as pool, tempfile.TemporaryDirectory() as folder:
        command = ("-m", "django", "idempotency_prune")
        begun = time.perf_counter()
        pruned = pool.submit(run, database, Path(folder), *command, **ENVIRONMENT)
        during: list[float] = []
        while not pruned.done():
            during += pay(5)
        passed = time.perf_counter() - begun
    p99 = [statistics.quantiles(values, n=100)[-1] for values in (before, during)]
    print(
        f"Pruning: {pruned.result().strip()} {rows / passed:,.0f} rows a second with the start of "
        f"the command (bar 50,000); protected request, p99: {p99[0]:.1f} ms before, {p99[1]:.1f} "
        f"ms meanwhile ({p99[1] / p99[0]:.1f} x, bar 3 x)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--rows", type=int, default=1_000_000, help="To prune.")
    parser.add_argument("--times", type=int, default=3, help="To starve and to prune.")
    parser.add_argument("--peers", metavar="PYTHON")
    options = parser.parse_args()
    more = {"SITE_PEERS": "1", "SITE_PYTHON": options.peers} if options.peers else {}
    environment, peers = {**ENVIRONMENT, **more}, list(NAMES) if options.peers else []
    cluster.SETTINGS.update(fsync="on", synchronous_commit="on", full_page_writes="on")
    with tempfile.TemporaryDirectory() as name, embedded.running(Path(name)) as server:
        database = server.database("overhead")
        with connect(database):
            migrate(database, Path(name), **environment)
            session = log_in(database, Path(name), **environment)
            if peers:
                run(database, Path(name), "-m", "tests.idempotency.site.peers", **environment)
            for title, how in SETTINGS.items():
                with serving({**database, **how}, workers=1, **environment) as site:
                    found = subjects_of(site, session, peers, "/authenticated")
                    show(f"session, {title}", interleaved(found, options.requests))
            # The view alone: one row, and nobody is asked who it is.
            with serving({**database, "CONN_MAX_AGE": None}, workers=1, SITE_MODE="off") as site:
                alone = subjects_of(site, "", [], "")
                show("no session, connections that stay open", interleaved(alone, options.requests))
            with serving(database, **ENVIRONMENT) as site:
                for _ in range(options.times):
                    for path in ("/pay", "/nothing"):
                        starvation(site, session, path)
                for _ in range(options.times):
                    pruning(site, session, database, options.rows)


if __name__ == "__main__":
    main()
