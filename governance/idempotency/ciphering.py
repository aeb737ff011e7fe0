"""Answers that are kept so that only this site can read them: ``IDEMPOTENCY["CIPHER"]``."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from governance import conf


class Cipher(Protocol):
    """What ``Fernet`` and ``MultiFernet`` of the package cryptography are."""

    def encrypt(self, data: bytes, /) -> bytes: ...
    def decrypt(self, token: bytes, /) -> bytes: ...


def cipher() -> Cipher | None:
    """Return the one of the setting; raises ``ImproperlyConfigured`` if it can't be used."""
    place = conf.settings().idempotency.cipher
    return _load(place) if place else None


@lru_cache(maxsize=1)
def _load(place: str) -> Cipher:
    try:
        found = import_string(place)
    except ImportError as error:
        raise ImproperlyConfigured(f"{_SETTING} is {place!r}, but {error}.") from error
    if not all(callable(getattr(found, name, None)) for name in ("encrypt", "decrypt")):
        raise ImproperlyConfigured(f"{_SETTING}: {place} has no encrypt() and decrypt().")
    return cast("Cipher", found)


def fault() -> str:
    """Try it; return what is wrong, or an empty text."""
    try:
        used = cipher()
        fine = used is None or used.decrypt(used.encrypt(b"probe")) == b"probe"
    except Exception as error:
        return str(error) or type(error).__name__
    return "" if fine else f"{_SETTING}: decrypt() does not give back what encrypt() was given."


_SETTING = "GOVERNANCE['IDEMPOTENCY']['CIPHER']"
