"""One role for each module, what it may do, and the ways around it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege

from governance.enforcement import roles
from governance.enforcement.running import run
from governance.exceptions import ConfigurationError
from governance.ownership import current
from governance.ownership.current import Ownership
from tests.enforcement.conftest import ALIAS, REGISTRY, Database
from tests.enforcement.test_guarding import ROW

DML = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture
def prefix(
    database: Database, governance_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A prefix of this test's own, because roles belong to the whole server."""
    name = f"{database.name}_"
    governance_settings(ROLE_PREFIX=name)
    monkeypatch.setattr(current._state, "known", Ownership(registry=REGISTRY, findings=()))
    yield name
    with database.connect() as connection:
        found = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)"
        for (role,) in connection.execute(found, [name]).fetchall():
            connection.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


def apply(**options: Any) -> list[str]:
    planned = roles.planned(ALIAS, **options)
    assert run(planned, using=ALIAS) == []
    return [f"{action.subject.rpartition('_')[2]}: {action.done}" for action in planned]


def said() -> list[tuple[str, str]]:
    return [(f.rule.slug, f.message) for f in roles.findings(roles.look(ALIAS))]


def may(connection: Any, role: str, table: str) -> tuple[str, ...]:
    asked = "SELECT has_table_privilege(%s, %s, %s)"
    names = [*DML, "TRUNCATE", "REFERENCES", "TRIGGER"]
    return tuple(n for n in names if connection.execute(asked, [role, table, n]).fetchone()[0])


@pytest.fixture
def connection(database: Database, prefix: str) -> Iterator[Any]:
    assert apply() == [f"{name}: role created" for name in ("core", "dev", "finance", "notes")]
    with database.connect() as connection:
        yield connection


def test_the_least_privileges(connection: Any, prefix: str) -> None:
    finance, dev = f"{prefix}finance", f"{prefix}dev"
    assert may(connection, finance, "finance_transaction") == DML
    assert may(connection, finance, "finance_sample_2026") == DML
    assert may(connection, finance, "reporting.daily") == DML
    assert may(connection, finance, "dev_note") == ("SELECT",)
    assert may(connection, finance, "auth_user") == ()
    assert may(connection, finance, "nobody_knows") == ()
    assert may(connection, dev, "finance_tag") == DML
    assert may(connection, dev, "finance_old") == ("SELECT",)
    assert may(connection, dev, "finance_transaction") == ("SELECT",)
    facts = "SELECT rolcanlogin, rolinherit, rolsuper FROM pg_roles WHERE rolname = %s"
    assert connection.execute(facts, [dev]).fetchone() == (False, False, False)


def test_in_use(connection: Any, prefix: str) -> None:
    """Serial columns need their sequence; the roles can be taken on one after the other."""
    connection.execute(f'SET ROLE "{prefix}finance"')
    connection.execute(ROW)
    connection.execute("UPDATE finance_transaction SET memo = ''")
    connection.execute(f'SET ROLE "{prefix}dev"')
    assert connection.execute("SELECT count(*) FROM finance_transaction").fetchone() == (1,)
    for statement in (
        ROW,
        "DELETE FROM finance_transaction",
        "SELECT 1 FROM finance_transaction FOR UPDATE",
        "TRUNCATE dev_note",
    ):
        with pytest.raises(InsufficientPrivilege):
            connection.execute(statement)


def test_a_second_run_changes_nothing(connection: Any) -> None:
    assert roles.planned(ALIAS) == []


def test_tables_to_come(connection: Any, prefix: str) -> None:
    """In a schema of one module it is known whose a new table will be; elsewhere migrate grants."""
    connection.execute("CREATE TABLE reporting.weekly (id serial)")
    assert may(connection, f"{prefix}finance", "reporting.weekly") == DML
    assert may(connection, f"{prefix}dev", "reporting.weekly") == ("SELECT",)
    connection.execute(f'SET ROLE "{prefix}finance"; INSERT INTO reporting.weekly DEFAULT VALUES')
    connection.execute("RESET ROLE; CREATE TABLE core_new (id serial)")
    assert may(connection, f"{prefix}core", "core_new") == ()
    core_new = replace(REGISTRY.tables["core_audit"], name="core_new")
    weekly = replace(REGISTRY.tables["reporting.daily"], name="reporting.weekly")
    tables = {**REGISTRY.tables, "core_new": core_new, "reporting.weekly": weekly}
    known = replace(REGISTRY, tables=tables)
    current._state.known = Ownership(registry=known, findings=())
    roles.after_migrate(using=ALIAS)
    assert may(connection, f"{prefix}core", "core_new") == DML
    connection.execute(f'SET ROLE "{prefix}core"; INSERT INTO core_new DEFAULT VALUES')
    assert roles.planned(ALIAS) == []


def test_migrate_makes_no_roles(database: Database, prefix: str) -> None:
    roles.after_migrate(using=ALIAS)
    with database.connect() as connection:
        found = "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %s)"
        assert connection.execute(found, [prefix]).fetchone() == (0,)


def test_missing(database: Database, prefix: str) -> None:
    assert said() == [
        ("role-missing", f"Module {name} has no role {prefix}{name}.")
        for name in ("core", "dev", "finance", "notes")
    ]


def test_differences(connection: Any, prefix: str) -> None:
    before = said()
    dev = f"{prefix}dev"
    connection.execute(f'GRANT INSERT ON finance_transaction TO "{dev}"')
    connection.execute(f'REVOKE DELETE, UPDATE ON dev_note FROM "{dev}"')
    connection.execute(f'ALTER ROLE "{dev}" LOGIN')
    connection.execute(f'CREATE ROLE "{prefix}gone"')
    assert [pair for pair in said() if pair not in before] == [
        (
            "role-outdated",
            f"The role {dev} can log in, inherits, or is a superuser; it lacks DELETE on table "
            "public.dev_note and 1 more; it has more than it needs: INSERT on table "
            "public.finance_transaction.",
        ),
        ("role-unknown", f"No module has the role {prefix}gone."),
    ]
    assert apply() == ["dev: privileges brought up to date"]
    assert [slug for slug, _ in said()].count("role-outdated") == 0
    assert may(connection, dev, "finance_transaction") == ("SELECT",)


def test_remove(connection: Any, prefix: str) -> None:
    assert apply(remove=True, module="dev") == ["dev: role removed"]
    assert apply(remove=True) == [f"{name}: role removed" for name in ("core", "finance", "notes")]
    found = "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %s)"
    assert connection.execute(found, [prefix]).fetchone() == (0,)


def test_a_name_that_postgresql_would_cut(
    database: Database,
    prefix: str,
    governance_settings: Callable[..., None],
) -> None:
    governance_settings(ROLE_PREFIX=prefix + "x" * 50)
    current._state.known = Ownership(registry=REGISTRY, findings=())
    with pytest.raises(ConfigurationError) as caught:
        roles.planned(ALIAS)
    assert str(caught.value).endswith(
        "xcore' is longer than PostgreSQL allows. Choose a shorter GOVERNANCE['ROLE_PREFIX']."
    )


def hole(slug: str) -> list[str]:
    return [message for found, message in said() if found == slug]


def test_hole_definer_view(connection: Any) -> None:
    assert hole("definer-view") == [
        "The view finance_open of nobody reads finance_transaction of finance with the privileges "
        "of its owner, whoever uses it."
    ]
    connection.execute("ALTER VIEW finance_open SET (security_invoker = true)")
    assert hole("definer-view") == []
    connection.execute("CREATE VIEW dev_open AS SELECT * FROM dev_note")
    tables = {**REGISTRY.tables, "dev_open": replace(REGISTRY.tables["dev_note"], name="dev_open")}
    known = replace(REGISTRY, tables=tables)
    current._state.known = Ownership(registry=known, findings=())
    assert hole("definer-view") == []


def test_hole_inherited_roles(connection: Any, prefix: str) -> None:
    login = f"{connection.info.dbname}-login"
    connection.execute(f'CREATE ROLE "{login}" LOGIN; GRANT "{prefix}dev" TO "{login}"')
    try:
        assert hole("inherited-roles") == []
        connection.execute(f'GRANT "{prefix}finance" TO "{login}"')
        assert hole("inherited-roles") == [
            f"The login role {login} has the privileges of {prefix}dev and {prefix}finance at "
            "once, without SET ROLE."
        ]
        connection.execute(f'REVOKE "{prefix}finance", "{prefix}dev" FROM "{login}"')
        connection.execute(f'ALTER ROLE "{login}" NOINHERIT')
        connection.execute(f'GRANT "{prefix}finance", "{prefix}dev" TO "{login}"')
        assert hole("inherited-roles") == []
    finally:
        connection.execute(f'DROP OWNED BY "{login}"; DROP ROLE "{login}"')


def test_hole_unbound_login(connection: Any) -> None:
    (message,) = hole("unbound-login")
    user = connection.info.user
    assert message == (
        f"Grants do not bind the login role {user}: it is a superuser and owns 14 of the tables."
    )
    owner = f"{connection.info.dbname}-owner"
    connection.execute(f'CREATE ROLE "{owner}" NOLOGIN')
    for table in REGISTRY.tables:
        connection.execute(f'ALTER TABLE {table} OWNER TO "{owner}"')
    try:
        assert hole("unbound-login") == []
    finally:
        for table in REGISTRY.tables:
            connection.execute(f"ALTER TABLE {table} OWNER TO CURRENT_USER")
        connection.execute(f'DROP ROLE "{owner}"')


def test_hole_cascades(connection: Any) -> None:
    messages = hole("cascade-past-grants")
    assert messages[0] == (
        "Who may delete or change rows of auth_user changes dev_profile of dev along "
        "(dev_profile_account_fkey), whatever is granted."
    )
    assert [message.split()[9] for message in messages] == [
        *("dev_profile", "dev_project", "dev_task", "dev_task", "dev_watch")
    ]
    connection.execute("DROP TABLE dev_profile, dev_project, dev_task, dev_watch CASCADE")
    assert hole("cascade-past-grants") == []


def test_row_locks_are_told_once(connection: Any, prefix: str) -> None:
    assert hole("row-locks-need-update") == [
        f"With the roles {prefix}* a SELECT … FOR UPDATE of another module's table fails: "
        "PostgreSQL asks for UPDATE."
    ]
