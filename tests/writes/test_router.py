"""The router refuses early, keeps relations and migrations in order, and chooses nothing."""

from _thread import start_new_thread
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from django.db import connection, router
from django.db.utils import ConnectionRouter
from django.test.utils import CaptureQueriesContext

from governance import SchemaChangeRefused, WriteRefused
from governance.writes.router import GovernanceRouter
from project.core.models import Team
from project.dev.models import Project
from project.finance.models import Account, Transaction
from tests.monolith import Monolith
from tests.writes.planted import function_in

ROUTER = GovernanceRouter()


@pytest.mark.parametrize(
    "body",
    [
        "Account.objects.create(name='x')",
        "Account.objects.bulk_create([Account(name='x')])",
        "Account.objects.update(name='x')",
        "Account.objects.filter(name='x').delete()",
    ],
)
def test_refused_before_any_statement(body: str, seeded: None, enforce: None) -> None:
    act = function_in("dev/planted.py", body)
    with CaptureQueriesContext(connection) as queries, pytest.raises(WriteRefused) as caught:
        act()
    assert (caught.value.actor, caught.value.owner) == ("dev", "finance")
    assert [query["sql"] for query in queries if query["sql"]] == []  # None: a cursor, unused


@pytest.mark.parametrize(
    "body",
    [
        "len(Account.objects.select_for_update())",
        "Account.objects.get_or_create(pk=Account.objects.all()[0].pk)",
        "Tag.objects.create(name='shared')",
    ],
)
def test_what_may_write_nothing_is_left_to_the_guard(
    body: str, seeded: None, enforce: None
) -> None:
    function_in("dev/planted.py", body)()


def test_report_mode_refuses_nothing(
    seeded: None, governance_settings: Callable[..., None]
) -> None:
    governance_settings(MODE="report")
    function_in("dev/planted.py", "Account.objects.filter(name='none').update(name='x')")()


def test_never_chooses_a_database(db: None) -> None:
    assert ROUTER.db_for_read(Account) is None
    assert ROUTER.db_for_write(Account) is None  # type: ignore[func-returns-value]
    assert router.db_for_write(Account) == "default"


def test_relations_across_modules_and_databases(db: None) -> None:
    account, other, team = Account(), Transaction(), Team()
    for obj in (account, other, team):
        obj._state.db = "default"
    assert ROUTER.allow_relation(account, team) is None
    team._state.db = other._state.db = "elsewhere"
    assert ROUTER.allow_relation(account, team) is False
    assert ROUTER.allow_relation(account, other) is None
    assert ROUTER.allow_relation(account, Project()) is None


def test_our_tables_live_on_one_database(db: None) -> None:
    assert ROUTER.allow_migrate("default", "governance") is True
    assert ROUTER.allow_migrate("elsewhere", "governance") is False
    assert ROUTER.allow_migrate("elsewhere", "finance") is None


def test_hints_of_migrations(db: None, enforce: None) -> None:
    assert ROUTER.allow_migrate("default", "dev", tables=["dev_project", "django_session"]) is None
    assert ROUTER.allow_migrate("default", "dev", tables=["dropped_long_ago"]) is None
    with pytest.raises(SchemaChangeRefused) as caught:
        ROUTER.allow_migrate("default", "dev", tables=["dev_project", "finance_account"])
    assert str(caught.value) == (
        "A migration of dev (dev) names finance_account in its hints, a table of finance. "
        "Write the operation in a migration of finance."
    )


def test_hints_in_report_mode(db: None, governance_settings: Callable[..., None]) -> None:
    governance_settings(MODE="report")
    assert ROUTER.allow_migrate("default", "dev", tables=["finance_account"]) is None


def test_composes_with_other_routers(monolith: Monolith) -> None:
    declared = "MODULE = Module(name='{0}', apps=['{0}'])"
    monolith.app("shop", "class Order(models.Model):\n    pass\n", declared.format("shop"))
    monolith.databases["archive"] = monolith.second_database()
    monolith.set(
        """
        class Archive:
            def db_for_read(self, model, **hints):
                return "archive" if model.__name__ == "Order" else None
            db_for_write = db_for_read
        DATABASE_ROUTERS = ["governance.writes.router.GovernanceRouter", "settings.Archive"]
        GOVERNANCE = {"MODE": "enforce"}
        """
    )
    monolith.write(
        "shop/actions.py",
        "from shop.models import Order\n"
        "def sell():\n    order = Order.objects.create()\n    return order._state.db\n",
    )
    for command in (
        ["makemigrations"],
        ["migrate", "-v0"],
        ["migrate", "-v0", "--database", "archive"],
    ):
        result = monolith.manage(*command)
        assert result.returncode == 0, result.stderr
    result = monolith.python(
        """
        from shop.actions import sell
        from django.db import connections
        print(sell())
        for alias in ("default", "archive"):
            print("governance_ownershiprecord" in connections[alias].introspection.table_names())
        """
    )
    assert result.stdout == "archive\nTrue\nFalse\n", result.stderr


def test_related_manager_asks_for_another_model(seeded: None, enforce: None) -> None:
    """With an instance as hint Django asks for its model, but writes the related one."""
    function_in(
        "dev/planted.py",
        "Deployment.objects.all()[0].deployed_by.deployments.filter(revision='-').delete()\n"
        "person = Person.objects.all()[0]\n"
        "project = Project.objects.all()[0]\n"
        "person.watched_projects.create(name='x', slug='x', team=project.team, "
        "budget=project.budget)",
    )()
    assert Project.objects.filter(slug="x").exists()


def test_asked_with_nothing_around_it(enforce: None) -> None:
    """The method that it looks for need not be there."""
    ours = GovernanceRouter()
    ours._model = Transaction
    asked = ConnectionRouter([ours])
    answers: list[str] = []
    start_new_thread(answers.extend, (map(asked.db_for_write, [Transaction]),))
    until = monotonic() + 10
    while not answers and monotonic() < until:
        sleep(0.01)
    assert answers == ["default"]
