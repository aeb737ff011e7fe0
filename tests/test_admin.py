"""Ownership in Django's admin: to be read, not to be changed."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.models import OwnershipRecord, Violation

LIST = "admin:governance_ownershiprecord_changelist"


@pytest.fixture
def admin(seeded: None, client: Client) -> Client:
    client.force_login(User.objects.get(username="demo"))
    return client


@pytest.fixture
def moved() -> OwnershipRecord:
    row = OwnershipRecord.objects.get(table="dev_costentry")
    row.until, row.ended = timezone.now(), "transferred"
    row.save()
    return OwnershipRecord.objects.create(
        table="dev_costentry", owner="finance", since=timezone.now()
    )


def test_list_shows_current_owners(admin: Client, moved: OwnershipRecord) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = admin.get(reverse(LIST)).content.decode()
    assert (
        page.count('<th class="field-table">') == OwnershipRecord.objects.filter(until=None).count()
    )
    assert "finance_transaction" in page
    assert len(queries) <= 10


def test_list_with_history(admin: Client, moved: OwnershipRecord) -> None:
    every = admin.get(reverse(LIST), {"state": "all"}).content.decode()
    assert every.count('<th class="field-table">') == OwnershipRecord.objects.count()
    ended = admin.get(reverse(LIST), {"state": "transferred"}).content.decode()
    assert ended.count('<th class="field-table">') == 1


def test_page_tells_the_history(admin: Client, moved: OwnershipRecord) -> None:
    page = admin.get(reverse("admin:governance_ownershiprecord_change", args=[moved.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index("finance: ") < text.index("dev: ")
    assert 'name="_save"' not in text


def test_nothing_can_be_changed(admin: Client, moved: OwnershipRecord) -> None:
    assert admin.get(reverse("admin:governance_ownershiprecord_add")).status_code == 403
    change = reverse("admin:governance_ownershiprecord_change", args=[moved.pk])
    assert admin.post(change, {"owner": "dev"}).status_code == 403
    delete = reverse("admin:governance_ownershiprecord_delete", args=[moved.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403


@pytest.fixture
def violation() -> Violation:
    values = {"slug": "cross-module-write", "actor": "dev", "owner": "finance", "accepted": False}
    values |= {"caller": "dev.jobs.close", "table": "finance_transaction", "operation": "update"}
    values |= {"message": "dev may not update finance_transaction.", "location": "dev/jobs.py:7"}
    now = timezone.now()
    other = {**values, "owner": "core", "table": "core_team", "fingerprint": "b"}
    Violation.objects.create(**other, count=1, first_seen=now, last_seen=now)
    return Violation.objects.create(
        **values, fingerprint="a", count=1_234, first_seen=now, last_seen=now
    )


def test_violations_are_counted_and_found(admin: Client, violation: Violation) -> None:
    address = reverse("admin:governance_violation_changelist")
    with CaptureQueriesContext(connection) as queries:
        page = admin.get(address).content.decode()
    assert len(queries) <= 12
    assert "cross-module-write update finance_transaction" in page
    assert page.count('<th class="field-what">') == 2
    for asked in ({"owner": "finance"}, {"q": "finance_trans"}, {"q": "finance"}):
        found = admin.get(address, asked).content.decode()
        assert found.count('<th class="field-what">') == 1, asked
    assert admin.get(address, {"actor": "core"}).content.decode().count("field-what") == 0


def test_violation_can_be_read_only(admin: Client, violation: Violation) -> None:
    change = reverse("admin:governance_violation_change", args=[violation.pk])
    text = admin.get(change).content.decode()
    assert "dev may not update finance_transaction." in text
    assert 'name="_save"' not in text
    assert admin.post(change, {"count": "0"}).status_code == 403
    assert admin.get(reverse("admin:governance_violation_add")).status_code == 403
    delete = reverse("admin:governance_violation_delete", args=[violation.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403
