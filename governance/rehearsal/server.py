"""Where rehearsals take place: databases made for them, on a server of one's own or given."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import psycopg
from django.conf import settings

from governance.exceptions import RehearsalImpossible
from governance.postgres import embedded
from governance.postgres.identifiers import literal, quoted_parts

PREFIX = "governance_rehearsal"
MOST_TEMPLATES = 12
"""Templates that are kept; the oldest go first."""
_FOREIGN_OPTIONS = {"pool", "service", "passfile", "assume_role", "sslcert", "sslkey"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server on which databases may be made."""

    entry: Mapping[str, Any]
    """As in ``DATABASES``; its database is only used to make others."""
    embedded: bool

    @property
    def version(self) -> str:
        """The version as people write it: 18.6."""
        with self.connect() as connection:
            return str(connection.info.parameter_status("server_version")).split(" ")[0]

    @contextmanager
    def connect(self, name: str = "") -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """Connect to one of its databases, in autocommit."""
        with psycopg.connect(**self._parameters(name), autocommit=True) as connection:
            yield connection

    def databases(self) -> list[str]:
        """Return the databases made for rehearsals, oldest first."""
        sql = "SELECT datname::text FROM pg_database WHERE datname LIKE %s ORDER BY oid"
        with self.connect() as connection:
            return [name for (name,) in connection.execute(sql, [f"{PREFIX}\\_%"])]

    def create(self, *, template: str = "") -> str:
        """Make a database with a name of its own, empty or as a copy."""
        name = f"{PREFIX}_run_{uuid4().hex[:10]}"
        source = f" TEMPLATE {quoted_parts(template)}" if template else " TEMPLATE template0"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {quoted_parts(name)}{source}")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {quoted_parts(name)} WITH (FORCE)")

    def rename(self, name: str, to: str) -> None:
        """Give a finished database its name; where another process was faster, drop it."""
        with self.connect() as connection:
            try:
                connection.execute(
                    f"ALTER DATABASE {quoted_parts(name)} RENAME TO {quoted_parts(to)}"
                )
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(f"DROP DATABASE {quoted_parts(name)} WITH (FORCE)")

    def settings_for(self, name: str, like: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entry of ``DATABASES`` for a database here that behaves as another one."""
        kept = {k: v for k, v in like.get("OPTIONS", {}).items() if k not in _FOREIGN_OPTIONS}
        placed = ("USER", "PASSWORD", "HOST", "PORT")
        return {
            **like,
            **{key: self.entry.get(key, "") for key in placed},
            "NAME": name,
            "OPTIONS": {**kept, **self.entry.get("OPTIONS", {})},
            "CONN_MAX_AGE": 0,
            "ATOMIC_REQUESTS": False,
            "AUTOCOMMIT": True,
        }

    def url(self, name: str) -> str:
        """Return a URL to look at one of its databases with; it holds no password."""
        user, host, port = (str(self.entry.get(key) or "") for key in ("USER", "HOST", "PORT"))
        who = f"{quote(user, safe='')}@" if user else ""
        if host.startswith("/"):
            return f"postgresql://{who}/{name}?{urlencode({'host': host, 'port': port or '5432'})}"
        return f"postgresql://{who}{host}{f':{port}' if port else ''}/{name}"

    def prune(self) -> None:
        """Drop the oldest templates beyond those that are kept."""
        templates = [name for name in self.databases() if not name.startswith(f"{PREFIX}_run_")]
        for name in templates[:-MOST_TEMPLATES]:
            self.drop(name)

    def _parameters(self, name: str) -> dict[str, Any]:
        entry = self.entry
        named = {
            "dbname": name or entry["NAME"],
            "user": entry.get("USER"),
            "password": entry.get("PASSWORD"),
            "host": entry.get("HOST"),
            "port": entry.get("PORT"),
        }
        return {**entry.get("OPTIONS", {}), **{k: v for k, v in named.items() if v}}


def find_server(url: str = "") -> Server:
    """Return the server at a URL, that of ``DATABASE_URL``, or an embedded one.

    Raises ``RehearsalImpossible`` when it can't be reached or may not make databases, and the
    errors of ``embedded`` when there is none.
    """
    given = url or os.environ.get("DATABASE_URL", "")
    entry = (
        embedded.entry_from_url(url, default_name="postgres")
        if url
        else embedded.database(_folder(), name=PREFIX)
    )
    server = Server(entry=entry, embedded=not given)
    try:
        with server.connect() as connection:
            sql = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(sql).fetchone()
    except psycopg.Error as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()
        raise RehearsalImpossible(
            f"The server for the rehearsal can't be reached: {reason}"
        ) from error
    if row is None or not row[0]:
        user = literal(str(entry.get("USER") or ""))
        raise RehearsalImpossible(
            f"The role {user} may not make databases on this server. Allow it (ALTER ROLE … "
            "CREATEDB), or name another server: --server postgresql://…"
        )
    return server


def _folder() -> Path:
    """The folder of the embedded server, kept out of version control by itself."""
    folder = Path(getattr(settings, "BASE_DIR", None) or Path.cwd()) / ".postgres"
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder
