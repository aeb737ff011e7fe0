"""Walks every path on one layer of the guard and prints what happened as JSON.

Runs in a process of its own, with the project beside it: ``python run.py LAYER``.
"""

import io
import json
import sys
from importlib import import_module

import django

django.setup()

import django.test  # noqa: E402 - its receivers reload the routers
import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.signals import setting_changed  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.db.models.signals import pre_migrate  # noqa: E402

from governance import WriteRefused  # noqa: E402
from governance.writes import installation, recorder  # noqa: E402

LAYER = sys.argv[1]
PLACES = ("shop.orm", "shop.sql", "shop.jobs", "shop.site", "shop.quiet", "outside")
ROUTER = ["governance.writes.router.GovernanceRouter"]
ROUTINES = """
    CREATE FUNCTION ledger_touch() RETURNS void LANGUAGE sql AS
        'UPDATE ledger_entry SET amount = 4';
    CREATE PROCEDURE ledger_touch_all() LANGUAGE sql AS 'UPDATE ledger_entry SET amount = 4';
"""
TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname LIKE 'ledger%' ORDER BY 1
"""


def main():
    prepare()
    outcomes = {}
    for place in PLACES:
        module = import_module(place)
        for name, function in vars(module).items():
            if is_path(name, function, module):
                outcomes[name] = outcome(function)
    sys.stdout.write(json.dumps(outcomes))


def is_path(name, function, module):
    own = getattr(function, "__module__", "") == module.__name__
    return own and callable(function) and name not in {"run", "pending"} and name[0].islower()


def prepare():
    pre_migrate.disconnect(dispatch_uid="governance.gate", sender=governance_config())
    call_command("migrate", "contenttypes", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("migrate", "audit", "0001", fake=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    with plain() as driver:
        driver.execute(ROUTINES)
    setting_changed.send(sender=None, setting="GOVERNANCE", value=None, enter=True)


def governance_config():
    from django.apps import apps

    return apps.get_app_config("governance")


def outcome(function):
    seen = trial(function, "report")
    enforced = trial(function, "enforce")
    return {
        "findings": seen["findings"],
        "error": seen["error"],
        "changed": seen["changed"],
        "refused": enforced["refused"],
        "refused_by": enforced["refused_by"],
        "enforce_error": enforced["error"],
        "enforce_findings": enforced["findings"],
        "written_though_refused": bool(enforced["refused"]) and enforced["changed"],
    }


def trial(function, mode):
    configure(mode)
    seed()
    recorder.clear()
    before = state()
    refused, by, error = None, "", ""
    try:
        function()
    except WriteRefused as raised:
        refused = [raised.actor, raised.table]
        by = "postgres" if isinstance(raised.__cause__, psycopg.Error) else "python"
    except Exception as raised:
        error = repr(raised)
    findings = [
        [
            f.rule.slug,
            f.actor,
            f.subject,
            f.details["operation"],
            f.details["caller"],
            f.details["layer"],
            f.fingerprint,
            f.location.file if f.location else "",
        ]
        for f in recorder.recorded()
    ]
    connections.close_all()
    return {
        "findings": findings,
        "refused": refused,
        "refused_by": by,
        "error": error,
        "changed": state() != before,
    }


def configure(mode):
    """Put the layer, and no other, into a mode."""
    if LAYER in {"postgres", "all"} and mode not in INSTALLED:
        set_mode(mode)
        call_command("schema_enforce", install=True, stdout=io.StringIO())
        INSTALLED[:] = [mode]
    set_mode("report" if LAYER == "postgres" else mode)
    settings.DATABASE_ROUTERS = ROUTER if LAYER in {"router", "all"} else []
    setting_changed.send(sender=None, setting="DATABASE_ROUTERS", value=None, enter=True)
    connection_created.disconnect(dispatch_uid="governance.guard")
    connections.close_all()
    connection_created.connect(INSTALL[LAYER], dispatch_uid="governance.guard", weak=False)


def set_mode(mode):
    settings.GOVERNANCE = {"MODE": mode, "OBSERVE": False}
    setting_changed.send(sender=None, setting="GOVERNANCE", value=None, enter=True)


INSTALLED = []
"""The mode in which triggers are there."""


def with_wrapper(connection, **_):
    with_nothing(connection)
    installation.install_wrapper(connection)


def with_nothing(connection, **_):
    """Django's own cursor classes are guarded; take the guard away again."""
    driver = connection.connection
    driver.cursor_factory = driver.cursor_factory.unguarded


INSTALL = {
    "router": with_nothing,
    "statement": with_wrapper,
    "cursor": installation.install,
    "postgres": installation.install,
    "all": installation.install,
}


def plain():
    """A connection that nothing guards."""
    details = connection.settings_dict
    return psycopg.connect(
        host=details["HOST"], user=details["USER"], dbname=details["NAME"], autocommit=True
    )


def state():
    """Every row of ledger, and the tables that there are."""
    with plain() as driver:
        tables = [name for (name,) in driver.execute(TABLES).fetchall()]
        return [(t, driver.execute(f"SELECT * FROM {t} ORDER BY 1").fetchall()) for t in tables]


def seed():
    """Test code arranges its rows, and says so to PostgreSQL."""
    from tests.writes.paths.factories import fill

    fill()


if __name__ == "__main__":
    main()
