"""Answers that are kept encrypted: read by this site only, and never written in clear."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured

from governance import checks
from governance.idempotency import idempotent
from governance.idempotency.checking import findings
from governance.models import IdempotencyKey
from governance.ownership import current
from tests.idempotency.requests import keys, pay, posted, problem, rows
from tests.idempotency.test_checks import told_of
from tests.idempotency.test_upkeep import page_of, staff


class Reversed:
    """Hides nothing, and is no answer as it was."""

    broken = False

    def encrypt(self, data: bytes) -> bytes:
        if self.broken:
            raise ValueError("no key")
        return b"x" + data[::-1]

    def decrypt(self, token: bytes) -> bytes:
        if self.broken:
            raise ValueError("no key")
        return token[:0:-1]


class Forgetful(Reversed):
    def decrypt(self, token: bytes) -> bytes:
        return b"something else"


cipher, forgetful, nothing = Reversed(), Forgetful(), object()
paid = idempotent(pay)


@pytest.fixture
def encrypted(governance_settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cipher, "broken", False)
    governance_settings(IDEMPOTENCY={"CIPHER": f"{__name__}.cipher"})
    return governance_settings


def test_kept_body_is_encrypted(database: str, encrypted: Any) -> None:
    first, second = paid(posted()), paid(posted())
    assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")
    row = IdempotencyKey.objects.get()
    assert (bytes(row.body or b""), row.encrypted) == (cipher.encrypt(first.content), True)
    assert first.content not in bytes(row.body or b"")


def test_what_can_t_be_encrypted_is_not_kept(database: str, encrypted: Any) -> None:
    cipher.broken = True
    assert paid(posted()).status_code == 201
    assert problem(paid(posted())) == (409, "answer-not-kept")
    assert (rows(), keys()) == (1, ["tombstone"])


@pytest.mark.parametrize("without", [True, False])
def test_what_can_t_be_decrypted_is_not_given(database: str, encrypted: Any, without: bool) -> None:
    """The operation is done all the same, and not done again."""
    assert paid(posted()).status_code == 201
    if without:
        encrypted(IDEMPOTENCY={})
    cipher.broken = True
    assert problem(paid(posted())) == (409, "answer-not-kept")
    assert rows() == 1


def test_answers_of_before_are_read_as_they_are(database: str, governance_settings: Any) -> None:
    first = paid(posted())
    governance_settings(IDEMPOTENCY={"CIPHER": f"{__name__}.cipher"})
    assert paid(posted()).content == first.content


def test_mistake_in_another_setting_takes_no_cipher_away(database: str, encrypted: Any) -> None:
    encrypted(MODE="on", IDEMPOTENCY={"CIPHER": f"{__name__}.cipher"})
    paid(posted())
    assert IdempotencyKey.objects.get().encrypted


def test_mistake_in_this_setting_refuses(database: str, governance_settings: Any) -> None:
    governance_settings(IDEMPOTENCY={"CIPHER": f"{__name__}.cipher", "EXPIRES": 3})
    with pytest.raises(ImproperlyConfigured, match="EXPIRES'] is 3"):
        paid(posted())
    assert rows() == 0


def test_admin_reads_it(db: None, encrypted: Any) -> None:
    content = paid(posted()).content.decode()
    key = IdempotencyKey.objects.get()
    permissions = ("view_idempotencykey", "view_idempotency_body")
    assert content.replace('"', "&quot;") in page_of(key, staff(*permissions))
    User.objects.all().delete()
    cipher.broken = True
    assert "can&#x27;t be decrypted" in page_of(key, staff(*permissions))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (f"{__name__}.missing", f"GOVERNANCE['IDEMPOTENCY']['CIPHER'] is '{__name__}.missing', but "
         f'Module "{__name__}" does not define a "missing" attribute/class.'),
        (f"{__name__}.nothing", "GOVERNANCE['IDEMPOTENCY']['CIPHER']: "
         f"{__name__}.nothing has no encrypt() and decrypt()."),
        (f"{__name__}.forgetful", "GOVERNANCE['IDEMPOTENCY']['CIPHER']: decrypt() does not give "
         "back what encrypt() was given."),
    ],
)  # fmt: skip
def test_cipher_that_can_t_be_used(place: str, reason: str, governance_settings: Any) -> None:
    governance_settings(IDEMPOTENCY={"CIPHER": place})
    found = [f for f in findings(current.ownership().registry) if f.subject == "CIPHER"]
    assert [told_of(f) for f in found] == [
        (
            "cipher-unusable",
            f"Kept answers can't be encrypted and read again: {reason}",
            "Name an object with encrypt() and decrypt(), such as a Fernet of the package "
            "cryptography.",
        )
    ]


def test_cipher_that_can(encrypted: Any) -> None:
    assert not [f for f in findings(current.ownership().registry) if f.subject == "CIPHER"]


def test_cipher_is_a_path(governance_settings: Any) -> None:
    governance_settings(IDEMPOTENCY={"CIPHER": "fernet"})
    (told,) = checks.check_settings(app_configs=None)
    assert told.hint == "Write a dotted path: 'shop.keys.cipher'."
