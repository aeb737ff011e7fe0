"""How many writes of the demonstration project have a known author, with scopes and without.

    python benchmarks/attribution.py

Seeds, walks all ways, and works in the admin. «Without» switches every ``acting_as`` off, so that
only the stack and the noted places of ``await`` are left to tell.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from unittest import mock

import django
from rich.console import Console
from rich.table import Table

CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print one row for each way to run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    os.environ["GOVERNANCE_MODE"] = "report"
    sys.path.insert(0, str(CHECKOUT))
    os.chdir(CHECKOUT)
    django.setup()
    from governance.writes.scopes import acting_as

    table = Table(title="Authors of the writes of the demonstration project")
    for title in ("scopes", "writes", "author unknown", "owner unknown", "bar"):
        table.add_column(title, justify="left" if title == "scopes" else "right")
    table.add_row("open", *counted(), "0 %")
    with mock.patch.object(acting_as, "_open", lambda *_: None):
        table.add_row("switched off", *counted(), "1 %")
    Console(width=80).print(table)


def counted() -> tuple[str, str, str]:
    from governance.ownership.names import is_unknown
    from governance.writes import journal

    entries: list[journal.Entry] = []
    journal.subscribe(entries.append)
    try:
        work()
    finally:
        journal.subscribers.clear()
    counts = Counter(entry.actor.is_known for entry in entries)
    unowned = sum(is_unknown(entry.owner) for entry in entries)
    return f"{len(entries):,}", share(counts[False], len(entries)), share(unowned, len(entries))


def share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})"


def work() -> None:
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import override_settings

    from project.core.seed import DEMO_LOGIN
    from project.dev.right_ways import RIGHT_WAYS
    from project.dev.wrong_ways import WRONG_WAYS
    from project.finance.models import Account

    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0, reset=True)
    for way in (*RIGHT_WAYS, *WRONG_WAYS):
        with suppress(Exception):
            way.run()
    with override_settings(ALLOWED_HOSTS=["*"]):
        client = Client()
        client.login(username=DEMO_LOGIN, password=DEMO_LOGIN)
        account = Account.objects.all()[0]
        page = f"/admin/finance/account/{account.pk}/change/"
        data = {"code": account.code, "name": "x", "currency": account.currency}
        client.post(page, data | {"team": account.team_id})
        client.get("/")
        client.logout()


if __name__ == "__main__":
    main()
