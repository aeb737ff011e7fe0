"""The name under which an operation is kept: no key and no principal in clear."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

NAMESPACE = b"governance.idempotency/1"
_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One key of one scope."""

    id: UUID
    scope_hash: bytes
    key_hash: bytes
    key_suffix: str
    """The last characters, for support; never more than a third of the key."""

    @property
    def lock(self) -> int:
        """The number that stands for it among PostgreSQL's advisory locks."""
        return int.from_bytes(self.id.bytes[:8], signed=True)


def identity(scope: tuple[str, ...], key: str) -> Identity:
    """Not keyed with a secret: a new SECRET_KEY must not make old keys new ones."""
    scope_hash = digest(part.encode(errors="surrogatepass") for part in scope)
    key_hash = digest([key.encode()])
    return Identity(
        id=UUID(bytes=digest([NAMESPACE, scope_hash, key_hash])[:16]),
        scope_hash=scope_hash,
        key_hash=key_hash,
        key_suffix=key[len(key) - min(_SHOWN, len(key) // 3) :],
    )


def digest(parts: Iterable[bytes]) -> bytes:
    """Return the SHA-256 of parts, each behind its length, so that none runs into the next."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8))
        whole.update(part)
    return whole.digest()
