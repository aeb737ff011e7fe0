"""The demonstration's endpoint: programs send a key, people send the form."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from governance.idempotency.checking import findings
from governance.idempotency.testing import assert_idempotent
from governance.ownership import current
from project.finance.models import Account, Transaction

URL = "/finance/transactions"


@pytest.fixture
def program(seeded: None, client: Client) -> Client:
    client.force_login(User.objects.get(username="demo"))
    return client


def test_programs_book_once(program: Client) -> None:
    before = Transaction.objects.count()
    asked = {"account": Account.objects.values_list("code", flat=True)[0], "amount_minor": 5}
    answer = assert_idempotent(program, URL, asked, other={**asked, "amount_minor": 6})
    assert answer.status_code == 201
    assert Transaction.objects.count() == before + 1


@pytest.mark.parametrize("asked", ["[", "[]", "{}", {"account": "none", "amount_minor": 1}])
def test_what_can_t_be_booked(program: Client, asked: object) -> None:
    headers = {"Idempotency-Key": "a-key-of-some-length"}
    answer = program.post(URL, asked, content_type="application/json", headers=headers)
    assert answer.status_code == 400


def test_programs_log_in(seeded: None, client: Client) -> None:
    assert client.post(URL, {}, content_type="application/json").status_code == 401


def test_it_is_declared_and_protected() -> None:
    registry = current.ownership().registry
    assert registry.modules["finance"].retry_sensitive == ["finance:transactions"]
    assert findings(registry) == []
