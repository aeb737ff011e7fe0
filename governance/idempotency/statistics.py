"""How many keys there are, by route and outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connections

_BY_ROUTE = """
SELECT route, method, module, count(*),
       count(*) FILTER (WHERE outcome = 'completed'),
       count(*) FILTER (WHERE outcome = 'tombstone'),
       count(*) FILTER (WHERE outcome = 'staged'),
       count(*) FILTER (WHERE outcome = 'unknown'),
       count(*) FILTER (WHERE expires_at <= now() AND outcome NOT IN ('staged', 'unknown')),
       coalesce(sum(pg_column_size(body)), 0), min(created_at), max(created_at)
FROM governance_idempotencykey
GROUP BY route, method, module ORDER BY count(*) DESC, route, method
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCounts:
    """The keys of one route."""

    route: str
    method: str
    module: str
    keys: int
    completed: int
    tombstones: int
    staged: int
    unknown: int
    expired: int
    body_bytes: int
    oldest: datetime
    newest: datetime

    def as_data(self) -> dict[str, Any]:
        values = asdict(self)
        return values | {"oldest": self.oldest.isoformat(), "newest": self.newest.isoformat()}


def by_route(alias: str) -> list[RouteCounts]:
    """Return the counts of all routes, the most used first."""
    names = tuple(RouteCounts.__dataclass_fields__)
    with connections[alias].cursor() as cursor:
        cursor.execute(_BY_ROUTE)
        return [RouteCounts(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
