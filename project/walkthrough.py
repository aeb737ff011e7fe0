"""The demonstration in nine steps: each prints what happens, and tells the tally its hopes."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from textwrap import indent
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from governance import WriteRefused
from governance.idempotency.testing import Reply, post, storm
from governance.ownership import current
from governance.scan.project import scan
from project.core.seed import DEMO_LOGIN
from project.dev.right_ways import RIGHT_WAYS
from project.dev.stored import tidy_memos
from project.dev.ways import Way
from project.dev.wrong_ways import WRONG_WAYS
from project.finance.models import Account, Transaction
from project.server import MANAGE, Page, Server, Visitor, free_port, running_server

PROPOSAL = ["makemigrations", "dev", "--settings=project.settings_proposal"]
STORM = 32
STORM_ANSWERS = ((201, "recorded"), (201, "the first answer again"), (409, "under way"))
LEDGER = """
    SELECT (SELECT count(*) FROM finance_transaction),
           (SELECT count(*) FROM finance_transaction_tags),
           (SELECT md5(string_agg(row::text, '|' ORDER BY id)) FROM finance_transaction AS row)
"""


@dataclass(slots=True)
class Tally:
    """What was shown, and which expectations were disappointed."""

    refused: int = 0
    accepted: int = 0
    migrations_refused: int = 0
    failures: list[str] = field(default_factory=list)

    def expect(self, fact: bool, failure: str) -> bool:
        if not fact:
            self.failures.append(failure)
        return fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Finance's bookings at one moment: equal ledgers hold the same rows."""

    transactions: int
    tag_links: int
    digest: str

    @classmethod
    def now(cls) -> "Ledger":
        with connection.cursor() as cursor:
            cursor.execute(LEDGER)
            transactions, tag_links, digest = cursor.fetchone()
        return cls(transactions=transactions, tag_links=tag_links, digest=digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A way that was tried."""

    way: Way
    refusal: WriteRefused | None
    before: Ledger
    after: Ledger

    @property
    def wrote(self) -> bool:
        return self.before != self.after


def tried(way: Way) -> Trial:
    before, refusal = Ledger.now(), None
    try:
        way.run()
    except WriteRefused as error:
        refusal = error
    return Trial(way=way, refusal=refusal, before=before, after=Ledger.now())


def prepare(console: Console) -> None:
    _heading(console, 1, "A database with tables and rows")
    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    console.print("Migrated and seeded.")


def show_owners(console: Console) -> None:
    _heading(console, 2, "Who owns what")
    call_command("schema_owners", stdout=console.file)


def try_wrong_ways(console: Console, tally: Tally) -> None:
    _heading(console, 3, "dev writes a table of finance")
    trials = [tried(way) for way in WRONG_WAYS]
    _show_refusal(console, trials[0])
    table = _table("Wrong way", "Refused", "Rows changed")
    for trial in trials:
        table.add_row(trial.way.name, _yes(trial.refusal is not None), _yes(trial.wrote))
        as_hoped = tally.expect(
            trial.refusal is not None and not trial.wrote,
            f"The wrong way «{trial.way.name}» was not refused.",
        )
        tally.refused += as_hoped
    console.print(table)


def try_right_ways(console: Console, tally: Tally) -> None:
    _heading(console, 4, "The same through the interface of finance")
    table = _table("Right way", "Accepted", "Transactions", "Tags set", "Rows changed")
    for trial in map(tried, RIGHT_WAYS):
        table.add_row(
            trial.way.name,
            _yes(trial.refusal is None),
            f"{trial.before.transactions} → {trial.after.transactions}",
            f"{trial.before.tag_links} → {trial.after.tag_links}",
            _yes(trial.wrote),
        )
        as_hoped = tally.expect(
            trial.refusal is None and trial.wrote,
            f"The right way «{trial.way.name}» was not accepted.",
        )
        tally.accepted += as_hoped
    console.print(table)


def scan_the_source(console: Console, tally: Tally) -> None:
    _heading(console, 5, "The same wrong ways, found without running them")
    console.print(Text("$ python manage.py schema_scan", style="bold"))
    found = [f for f in scan(current.ownership().registry).findings if f.actor == "dev"]
    table = _table("Function of dev", "wants to")
    for finding in found:
        function = finding.caller.removeprefix("project.dev.")
        table.add_row(function, finding.message.partition(":")[0].removeprefix("dev may not "))
    console.print(table)
    wrong = {way.run.__name__ for way in WRONG_WAYS[:4]} | {"create_async"}
    seen = {(f.location.function if f.location else "").rpartition(".")[2] for f in found}
    tally.expect(
        wrong | {"credit_rolled_back_deployment"} <= seen, "The scan missed a wrong way of dev."
    )


def write_past_python(console: Console, tally: Tally) -> None:
    _heading(console, 6, "What Python can't see, PostgreSQL refuses")
    call_command("schema_enforce", install=True, stdout=StringIO(), stderr=StringIO())
    refusal = None
    try:
        tidy_memos()
    except WriteRefused as error:
        refusal = error
    console.print("SELECT dev_tidy_memos(), a function in SQL that updates finance_transaction")
    _quote(console, str(refusal or "was not refused"))
    tally.expect(
        refusal is not None and refusal.__cause__ is not None,
        "A function that writes a table of finance was not refused by PostgreSQL.",
    )
    call_command("schema_enforce", remove=True, stdout=StringIO(), stderr=StringIO())


def propose_migration(console: Console, tally: Tally) -> None:
    _heading(console, 7, "A migration of dev that alters a table of finance")
    console.print(Text(f"$ python manage.py {' '.join(PROPOSAL)}", style="bold"))
    done = subprocess.run(  # noqa: S603  a fixed command
        [sys.executable, str(MANAGE), *PROPOSAL], capture_output=True, text=True, check=False
    )
    output = (done.stdout + done.stderr).strip()
    _quote(console, output)
    console.print(f"Exit code {done.returncode}")
    as_hoped = tally.expect(
        done.returncode != 0 and "finance" in output and "Traceback" not in output,
        "The migration of dev that alters a table of finance was not refused.",
    )
    tally.migrations_refused += as_hoped


def serve(console: Console, tally: Tally, *, port: int, check: bool) -> None:
    _heading(console, 8, "One payment, sent 32 times at once")
    chosen = free_port(port)
    with running_server(chosen) as server:
        send_at_once(console, tally, server)
        _heading(console, 9, "The same in the browser")
        if chosen != port:
            console.print(f"Port {port} is taken, so this uses {chosen}.")
        console.print(f"Demonstration  {server.url}/")
        console.print(f"Admin          {server.url}/admin/   ({DEMO_LOGIN} / {DEMO_LOGIN})")
        if check:
            look_at_pages(console, tally, server)
        else:
            conclude(console, tally)
            console.print("Press Ctrl-C to stop.")
            _wait_for_ctrl_c(server)


def send_at_once(console: Console, tally: Tally, server: Server) -> None:
    """Send one request with one key from many threads, as an impatient client does in a storm."""
    visitor, memo = Visitor(server), f"storm {uuid4()}"
    visitor.log_in(name=DEMO_LOGIN, password=DEMO_LOGIN)
    account = Account.objects.values_list("code", flat=True)[0]
    body = json.dumps({"account": account, "amount_minor": 1250, "memo": memo}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    headers |= visitor.headers()
    url = f"{server.url}/finance/transactions"
    console.print("POST /finance/transactions")
    console.print(f"Idempotency-Key: {headers['Idempotency-Key']}")
    replies = storm(lambda: _answered(url, body, headers), times=STORM)
    table = _table("Answer", "Times")
    for (status, meaning), times in sorted(Counter(map(_told, replies)).items()):
        table.add_row(f"{status} {meaning}", str(times))
    console.print(table)
    rows = Transaction.objects.filter(memo=memo).count()
    console.print(f"Rows in the ledger: {rows}")
    told = Counter(map(_told, replies))
    as_hoped = told[201, "recorded"] == 1 and set(told) <= set(STORM_ANSWERS) and rows == 1
    tally.expect(as_hoped, f"The storm led to {rows} rows and to {dict(told)}.")


def _answered(url: str, body: bytes, headers: dict[str, str]) -> Reply:
    """This small server turns some away before it reads what they want; they come again."""
    for _ in range(50):
        reply = post(url, body, headers)
        if reply.status:
            break
        time.sleep(0.05)
    return reply


def _told(reply: Reply) -> tuple[int, str]:
    if reply.replayed:
        return reply.status, "the first answer again"
    return reply.status, {201: "recorded", 409: "under way"}.get(reply.status, "")


def look_at_pages(console: Console, tally: Tally, server: Server) -> None:
    visitor = Visitor(server)
    visits: tuple[tuple[str, Callable[[], Page], str], ...] = (
        ("landing page", lambda: visitor.get("/"), "Only the owner writes it"),
        ("transactions", lambda: visitor.get("/finance/transactions"), "Record a transaction"),
        ("projects", lambda: visitor.get("/dev/projects"), "Projects and what they cost"),
        ("admin login", lambda: visitor.get("/admin/login/"), 'name="username"'),
        ("admin", lambda: visitor.log_in(name=DEMO_LOGIN, password=DEMO_LOGIN), "Log out"),
    )
    table = _table("Page", "Status", "As expected")
    for name, visit, text in visits:
        page = visit()
        as_hoped = tally.expect(
            page.status == 200 and text in page.text,
            f"The page «{name}» ({page.url}) answered {page.status}, not as expected.",
        )
        table.add_row(name, str(page.status), _yes(as_hoped))
    console.print(table)


def conclude(console: Console, tally: Tally) -> None:
    for failure in tally.failures:
        console.print(Text(failure, style="bold red"), soft_wrap=True)
    word = "complete" if not tally.failures else "incomplete"
    noun = "migration" if tally.migrations_refused == 1 else "migrations"
    console.print()
    console.print(
        f"Demonstration {word}: {tally.refused} wrong ways refused, "
        f"{tally.accepted} right ways accepted, {tally.migrations_refused} {noun} refused.",
        style="bold",
        highlight=False,
        soft_wrap=True,
    )


def walk(console: Console, *, port: int, check: bool) -> Tally:
    """Take all nine steps. Without `check` the last one lasts until Ctrl-C."""
    tally = Tally()
    prepare(console)
    show_owners(console)
    try_wrong_ways(console, tally)
    try_right_ways(console, tally)
    scan_the_source(console, tally)
    write_past_python(console, tally)
    propose_migration(console, tally)
    serve(console, tally, port=port, check=check)
    if check:
        conclude(console, tally)
    return tally


def _heading(console: Console, number: int, title: str) -> None:
    console.print()
    console.rule(f"[bold]{number}. {title}", align="left")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _show_refusal(console: Console, trial: Trial) -> None:
    console.print(f"{trial.way.run.__module__}.{trial.way.run.__name__}()", highlight=False)
    _quote(console, str(trial.refusal or "was not refused"))


def _quote(console: Console, text: str) -> None:
    """Indented, each line left whole: it may be a command or a path to copy."""
    console.print()
    console.print(Text(indent(text, "  ")), soft_wrap=True)
    console.print()


def _wait_for_ctrl_c(server: Server) -> None:
    with suppress(KeyboardInterrupt):
        server.process.wait()
