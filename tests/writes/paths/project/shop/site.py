"""Paths through Django's admin, and through code of Django that acts for itself."""

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from ledger.models import Account, Entry


def _client():
    client = Client(raise_request_exception=True)
    client.force_login(get_user_model().objects.get(username="root"))
    return client


def admin_add():
    _client().post("/admin/ledger/entry/add/", {"amount": 5, "account": ""})


def admin_change():
    entry = Entry.objects.all()[0]
    _client().post(f"/admin/ledger/entry/{entry.pk}/change/", {"amount": 5, "account": ""})


def admin_delete():
    entry = Entry.objects.all()[0]
    _client().post(f"/admin/ledger/entry/{entry.pk}/delete/", {"post": "yes"})


def admin_action():
    chosen = [entry.pk for entry in Entry.objects.all()]
    _client().post("/admin/ledger/entry/", {"action": "zero", "_selected_action": chosen})


def admin_inline():
    account = Account.objects.get(name="first")
    data = {"name": "first", "steps-TOTAL_FORMS": 1, "steps-INITIAL_FORMS": 0}
    data |= {"steps-0-id": "", "steps-0-account": account.pk, "steps-0-ORDER": "1"}
    step = account.steps.all()[0]
    data |= {"steps-INITIAL_FORMS": 1, "steps-0-id": step.pk, "steps-0-DELETE": "on"}
    _client().post(f"/admin/ledger/account/{account.pk}/change/", data)


def sign_in():
    Client().login(username="root", password="root")


def session():
    client = _client()
    kept = client.session
    kept["a"] = 1
    kept.save()


def database_cache():
    cache.set("a", 1)
    cache.clear()


def loaddata():
    call_command("loaddata", "entries", verbosity=0)


def flush():
    call_command("flush", interactive=False, verbosity=0)


def clearsessions():
    call_command("clearsessions")


def createcachetable():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cached")
    call_command("createcachetable", verbosity=0)


def migrate_python():
    call_command("migrate", "audit", "0002", verbosity=0)


def migrate_sql():
    MigrationRecorder(connection).record_applied("audit", "0002_python")
    call_command("migrate", "audit", "0003", verbosity=0)
