"""The guard on every kind of connection: bindings, pools, PgBouncer, connections opened early."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.monolith import Monolith

STOCK = """
class Item(models.Model):
    name = models.CharField(max_length=20)
"""
SHOP = """
class Order(models.Model):
    name = models.CharField(max_length=20)
"""
SERVICES = """
from django.db import connection

from stock.models import Item

TEXT = "UPDATE stock_item SET name = %s"


def orm():
    Item.objects.create(name="x")


def text():
    with connection.cursor() as cursor:
        cursor.execute(TEXT, ["x"])


def many():
    with connection.cursor() as cursor:
        cursor.executemany(TEXT, [["x"], ["y"]])


def copy():
    with connection.cursor() as cursor, cursor.copy("COPY stock_item (name) FROM STDIN") as rows:
        rows.write_row(("x",))


def stream():
    with connection.cursor() as cursor:
        list(cursor.stream(TEXT + " RETURNING 1", ["x"]))


def driver():
    connection.ensure_connection()
    connection.connection.execute(TEXT, ["x"])


def signed():
    \"\"\"Return the text that PostgreSQL receives.\"\"\"
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_order (name) VALUES (%s) RETURNING current_query()", ["a"])
        return cursor.fetchone()[0]


def signed_many():
    with connection.cursor() as cursor:
        text = "INSERT INTO shop_order (name) VALUES (%s) RETURNING current_query()"
        cursor.cursor.executemany(text, [["a"], ["b"]], returning=True)
        return cursor.fetchone()[0]
"""
TRIAL = """
import json
from django.db import connection
from governance import WriteRefused
from shop import services
from stock.models import Item

refused = []
for round in range(2):
    for name in ("orm", "text", "many", "copy", "stream", "driver"):
        try:
            getattr(services, name)()
        except WriteRefused as error:
            refused.append(name)
    texts = [services.signed(), services.signed_many()]
    connection.close()
print(json.dumps({"refused": refused, "texts": texts, "items": Item.objects.count()}))
"""
EVERY = ["orm", "text", "many", "copy", "stream", "driver"]


@pytest.fixture
def project(monolith: Monolith) -> Monolith:
    monolith.app("stock", STOCK, "MODULE = Module(name='stock', apps=['stock'])\n")
    monolith.app("shop", SHOP, "MODULE = Module(name='shop', apps=['shop'])\n")
    monolith.write("shop/services.py", SERVICES)
    monolith.set("GOVERNANCE = {'MODE': 'enforce', 'OBSERVE': False}")
    assert monolith.manage("makemigrations", "-v0").returncode == 0
    assert monolith.manage("migrate", "-v0").returncode == 0
    return monolith


def tried(project: Monolith, trial: str = TRIAL) -> dict[str, Any]:
    project.write("trial.py", trial)
    done = project.python("import runpy; runpy.run_path('trial.py')")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_guarded(outcome: dict[str, Any]) -> None:
    assert outcome["refused"] == EVERY * 2
    assert outcome["items"] == 0
    assert all(text.startswith("/*own:shop*/ INSERT INTO shop_order") for text in outcome["texts"])


OPTIONS: dict[str, dict[str, Any]] = {
    "client-side binding": {},
    "server-side binding": {"OPTIONS": {"server_side_binding": True}},
    "prepared statements": {"OPTIONS": {"server_side_binding": True, "prepare_threshold": 0}},
    "persistent": {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True},
    "pool": {"OPTIONS": {"pool": {"min_size": 1, "max_size": 2}}},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_kinds_of_connections(name: str, project: Monolith) -> None:
    project.databases["default"] |= OPTIONS[name]
    assert_guarded(tried(project))


def test_connection_opened_before_the_app_was_ready(project: Monolith) -> None:
    """An app in front of ours that runs a query while it gets ready."""
    project.write("early/__init__.py", "")
    project.write(
        "early/apps.py",
        """
        from django.apps import AppConfig

        class EarlyConfig(AppConfig):
            name = "early"

            def ready(self):
                from django.db import connection
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
        """,
    )
    project.apps.insert(0, "early")
    trial = "from django.db import connection\nassert connection.connection is not None\n" + TRIAL
    assert_guarded(tried(project, trial))


@pytest.fixture
def bouncer(project: Monolith, tmp_path: Path) -> Iterator[Callable[[], int]]:
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("pgbouncer is not installed; .ci/run installs it")
    database = project.databases["default"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(shutil.copytree(tmp_path, f"/var/tmp/{tmp_path.name}-{port}", dirs_exist_ok=True))
    folder.chmod(0o777)
    place = f"host={database['HOST'] or '/tmp'} port={database['PORT'] or 5432}"
    password = f" password={database['PASSWORD']}" if database["PASSWORD"] else ""
    user = f"user={database['USER']}{password}"
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        f"[databases]\n* = {place} {user}\n"
        "[pgbouncer]\npool_mode = transaction\nauth_type = any\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\ndefault_pool_size = 1\n"
    )
    command = [program, str(ini)]
    process = subprocess.Popen([*command, "-u", "nobody"] if is_root() else command)
    try:
        wait_for(port)
        yield lambda: port
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def is_root() -> bool:
    import os

    return os.geteuid() == 0


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("pgbouncer does not answer")


def test_pgbouncer_in_transaction_mode(project: Monolith, bouncer: Callable[[], int]) -> None:
    project.databases["default"] |= {
        "HOST": "127.0.0.1",
        "PORT": str(bouncer()),
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
    assert settings.DATABASES["default"]["PORT"] != str(bouncer())
    assert_guarded(tried(project))
