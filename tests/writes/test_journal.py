"""Who subscribes hears of every write, permitted or not."""

from collections.abc import Iterator

import pytest

from governance.writes import journal
from tests.writes.planted import function_in


@pytest.fixture
def heard() -> Iterator[list[journal.Entry]]:
    entries: list[journal.Entry] = []
    journal.subscribe(entries.append)
    yield entries
    journal.unsubscribe(entries.append)


def told(entries: list[journal.Entry]) -> list[tuple[object, ...]]:
    return [(e.actor.module, e.table, e.owner, e.operation, e.permitted) for e in entries]


def test_permitted_and_not(seeded: None, report: object, heard: list[journal.Entry]) -> None:
    function_in("finance/planted.py", "Transaction.objects.update(memo='x')")()
    function_in("dev/planted.py", "Transaction.objects.update(memo='x')")()
    function_in("dev/planted.py", "Transaction.objects.count()")()
    assert told(heard) == [
        ("finance", "finance_transaction", "finance", "update", True),
        ("dev", "finance_transaction", "finance", "update", False),
    ]
    assert {entry.layer for entry in heard} == {"cursor"}
    assert [e.actor.location.function for e in heard if e.actor.location] == [
        "project.finance.planted.act",
        "project.dev.planted.act",
    ]


def test_scope_and_platform(seeded: None, enforce: None, heard: list[journal.Entry]) -> None:
    body = "with acting_as('finance', reason='a test'):\n    Transaction.objects.update(memo='x')"
    function_in("dev/planted.py", body)()
    body = "connection.cursor().execute('DELETE FROM django_session')"
    function_in("dev/planted.py", body)()
    assert told(heard) == [
        ("finance", "finance_transaction", "finance", "update", True),
        ("dev", "django_session", "platform", "delete", True),
    ]


def test_unsubscribed(seeded: None, report: object) -> None:
    entries: list[journal.Entry] = []
    journal.subscribe(entries.append)
    journal.subscribe(entries.append)
    journal.unsubscribe(entries.append)
    journal.unsubscribe(entries.append)
    function_in("dev/planted.py", "Transaction.objects.update(memo='x')")()
    assert entries == []
