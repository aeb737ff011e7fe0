"""Each way to write that the scan knows, and for each a twin that writes nothing foreign."""

from pathlib import Path

import pytest

from tests.scan.planted import body, scan_of, written_by

T = "finance_transaction"
TAGS = "finance_transaction_tags"

WRITES = {
    "create": ("Transaction.objects.create(memo='x')", [f"{T} insert"]),
    "bulk_create": ("Transaction.objects.bulk_create([Transaction()])", [f"{T} insert"]),
    "get_or_create": ("Transaction.objects.get_or_create(memo='x')", [f"{T} insert"]),
    "update_or_create": ("Transaction.objects.update_or_create(memo='x')", [f"{T} save"]),
    "update": ("Transaction.objects.filter(pk=1).update(memo='x')", [f"{T} update"]),
    "bulk_update": ("Transaction.objects.bulk_update([], ['memo'])", [f"{T} update"]),
    "delete": ("Transaction.objects.exclude(pk=1).delete()", [f"{T} delete"]),
    "raw delete": ("Transaction.objects.filter(pk=1)._raw_delete('default')", [f"{T} delete"]),
    "default manager": ("Transaction._default_manager.create()", [f"{T} insert"]),
    "base manager": ("Transaction._base_manager.all().delete()", [f"{T} delete"]),
    "using": ("Transaction.objects.using('default').create()", [f"{T} insert"]),
    "save of a new row": ("Transaction(memo='x').save()", [f"{T} save"]),
    "save of a read row": ("row = Transaction.objects.get(pk=1)\nrow.save()", [f"{T} save"]),
    "save of some fields": (
        "row = Transaction.objects.first()\nrow.save(update_fields=['memo'])",
        [f"{T} update"],
    ),
    "save_base": ("Transaction.objects.last().save_base(raw=True)", [f"{T} save"]),
    "delete of a row": ("Transaction.objects.all()[0].delete()", [f"{T} delete"]),
    "unbound": ("Transaction.save(Transaction.objects.first())", [f"{T} save"]),
    "unbound of Model": ("models.Model.save(Transaction())", [f"{T} save"]),
    "loop": ("for row in Transaction.objects.all():\n    row.delete()", [f"{T} delete"]),
    "comprehension": ("[row.save() for row in Transaction.objects.all()]", [f"{T} save"]),
    "walrus": ("if (row := Transaction.objects.first()):\n    row.save()", [f"{T} save"]),
    "unpacked": (
        "row, made = Transaction.objects.get_or_create(memo='x', defaults={})\nrow.delete()",
        [f"{T} insert", f"{T} delete"],
    ),
    "in bulk": ("Transaction.objects.in_bulk([1])[1].save()", [f"{T} save"]),
    "values of a dictionary": (
        "rows = {r.pk: r for r in Transaction.objects.all()}\n"
        "for r in rows.values():\n    r.save()",
        [f"{T} save"],
    ),
    "list that grows": (
        "rows = []\nfor r in Transaction.objects.all():\n    rows.append(r)\n"
        "for other in rows:\n    other.delete()",
        [f"{T} delete"],
    ),
    "enumerate and zip": (
        "for n, (a, b) in enumerate(zip(Transaction.objects.all(), [1])):\n    a.save()",
        [f"{T} save"],
    ),
    "map with a lambda": (
        "list(map(lambda r: r.delete(), Transaction.objects.all()))",
        [f"{T} delete"],
    ),
    "relation": ("Project.objects.first().budget.save()", ["finance_account save"]),
    "two relations": (
        "Deployment.objects.get(pk=1).project.budget.delete()",
        ["finance_account delete"],
    ),
    "reverse relation": (
        "Account.objects.get(pk=1).transactions.create(memo='x')",
        [f"{T} insert"],
    ),
    "reverse relation, rows": (
        "Account.objects.get(pk=1).transactions.filter(pk=1).update(memo='x')",
        [f"{T} update"],
    ),
    "reverse set": ("Account.objects.first().transactions.set([])", [f"{T} update"]),
    "many to many, add": ("Transaction.objects.first().tags.add(1)", [f"{TAGS} insert"]),
    "many to many, set": ("Transaction.objects.first().tags.set([])", [f"{TAGS} insert"]),
    "below update": ("Transaction.objects.all()._update([])", [f"{T} update"]),
    "below insert": ("Transaction.objects.all()._insert([], [])", [f"{T} insert"]),
    "many to many, remove": ("Transaction.objects.first().tags.remove(1)", [f"{TAGS} delete"]),
    "many to many, clear": ("Transaction.objects.first().tags.clear()", [f"{TAGS} delete"]),
    "many to many, create": (
        "Transaction.objects.first().tags.create(name='x')",
        [f"{TAGS} insert"],
    ),
    "many to many, other side": ("Tag.objects.first().transactions.add(1)", [f"{TAGS} insert"]),
    "table in between": ("Transaction.tags.through.objects.all().delete()", [f"{TAGS} delete"]),
    "proxy": ("Refund.objects.create(memo='x')", [f"{T} insert"]),
    "unmanaged twin": ("LedgerRow.objects.update(reference='x')", [f"{T} update"]),
    "child and parent": (
        "Invoice.objects.create(number='1')",
        ["finance_invoice insert", "finance_document insert"],
    ),
    "field of the parent": ("Invoice.objects.update(number='1')", ["finance_document update"]),
    "field of the child": ("Invoice.objects.update(status='x')", ["finance_invoice update"]),
    "get_object_or_404": (
        "from django.shortcuts import get_object_or_404\n"
        "get_object_or_404(Transaction.objects.select_related('account'), pk=1).save()",
        [f"{T} save"],
    ),
    "get_list_or_404": (
        "from django.shortcuts import get_list_or_404\n"
        "for row in get_list_or_404(Transaction, pk=1):\n    row.delete()",
        [f"{T} delete"],
    ),
    "get_model": (
        "from django.apps import apps\napps.get_model('finance', 'Transaction').objects.create()",
        [f"{T} insert"],
    ),
    "get_model by label": (
        "from django.apps import apps\napps.get_model('finance.Transaction')().save()",
        [f"{T} save"],
    ),
    "getattr": ("getattr(Transaction.objects.first(), 'delete')()", [f"{T} delete"]),
    "type": ("type(Transaction.objects.first()).objects.create()", [f"{T} insert"]),
    "handed on": ("transaction.on_commit(Transaction.objects.first().save)", [f"{T} save"]),
    "under another name": ("make = Transaction.objects.create\nmake(memo='x')", [f"{T} insert"]),
    "partial": (
        "from functools import partial\npartial(Transaction.objects.create, memo='x')()",
        [f"{T} insert"],
    ),
    "isinstance": ("if isinstance(order, Transaction):\n    order.save()", [f"{T} save"]),
    "isinstance, else away": (
        "if not isinstance(order, Transaction):\n    return\norder.save()",
        [f"{T} save"],
    ),
    "match": (
        "match order:\n    case Transaction():\n        order.save()",
        [f"{T} save"],
    ),
}


@pytest.mark.parametrize("case", WRITES.values(), ids=WRITES)
def test_found(case: tuple[str, list[str]], tmp_path: Path) -> None:
    code, expected = case
    assert written_by(tmp_path, body(code)) == expected


ASYNC = {
    "acreate": ("await Transaction.objects.acreate(memo='x')", [f"{T} insert"]),
    "asave": ("row = await Transaction.objects.afirst()\nawait row.asave()", [f"{T} save"]),
    "adelete": ("await Transaction.objects.all().adelete()", [f"{T} delete"]),
    "aadd": ("await (await Transaction.objects.aget(pk=1)).tags.aadd(1)", [f"{TAGS} insert"]),
    "async for": (
        "async for row in Transaction.objects.all():\n    await row.asave()",
        [f"{T} save"],
    ),
    "sync_to_async": (
        "await sync_to_async(Transaction.objects.create)(memo='x')",
        [f"{T} insert"],
    ),
}


@pytest.mark.parametrize("case", ASYNC.values(), ids=ASYNC)
def test_found_in_coroutines(case: tuple[str, list[str]], tmp_path: Path) -> None:
    code, expected = case
    assert written_by(tmp_path, body(code, async_=True)) == expected


INNOCENT = {
    "own table": "Project.objects.create(name='x')",
    "own row": "Project.objects.first().save()",
    "own table from a foreign row": "Account.objects.first().projects.update(name='x')",
    "shared table": "Tag.objects.get_or_create(name='x')",
    "table of the platform": (
        "from django.contrib.auth.models import Group\nGroup.objects.create(name='x')"
    ),
    "dictionary": "found = {}\nfound.update(a=1)\nfound.clear()",
    "set": "seen = set()\nseen.add(1)\nseen.remove(1)",
    "list": "rows = list(Transaction.objects.all())\nrows.remove(1)\nrows.clear()",
    "hash": "import hashlib\nhashlib.sha256().update(b'x')",
    "cache": "from django.core.cache import cache\ncache.set('a', 1)\ncache.delete('a')",
    "named like a model": ("class Transaction:\n    def save(self): ...\nTransaction().save()"),
    "dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass Row:\n    memo: str\n"
        "    def save(self): ...\n    def delete(self): ...\nRow('x').save()\nRow('y').delete()"
    ),
    "used for something else later": (
        "row = Transaction.objects.first()\nprint(row.memo)\nrow = Project()\nrow.save()"
    ),
    "in a comprehension of its own": (
        "row = Project.objects.first()\nmemos = [row.memo for row in Transaction.objects.all()]\n"
        "row.save()"
    ),
    "values": "for row in Transaction.objects.values('memo'):\n    row.update(memo='x')",
    "file": "open('x').close()",
    "lock": "Transaction.objects.select_for_update().get(pk=1)",
    "unsaved": "row = Transaction(memo='x')\nrow.memo = 'y'",
    "owner's function": (
        "from project.finance.services import tag_transaction\ntag_transaction('x', ['y'])"
    ),
    "session": "order.session.update({'a': 1})",
    "JSON in a row": "from django.contrib.admin.models import LogEntry\nLogEntry().save()",
    "not called": "print(Transaction.objects.create)",
    "counter": "import collections\nn = collections.Counter()\nn.update('abc')\nn.clear()",
    "else": (
        "row = order\nif isinstance(order, Transaction):\n    row = Project()\n    row.save()"
    ),
}


@pytest.mark.parametrize("code", INNOCENT.values(), ids=INNOCENT)
def test_silent(code: str, tmp_path: Path) -> None:
    assert written_by(tmp_path, body(code)) == []


ANNOTATED = {
    "plain": ("row: Transaction", "row.save()"),
    "optional": ("row: Transaction | None", "row.save()"),
    "Optional": ("row: 'Optional[Transaction]'", "row.save()"),
    "text": ("row: 'Transaction'", "row.save()"),
    "queryset": ("rows: models.QuerySet[Transaction]", "rows.delete()"),
    "list": ("rows: list[Transaction]", "rows[0].save()"),
    "mapping": ("rows: dict[str, Transaction]", "rows['a'].save()"),
    "type": ("kind: type[Transaction]", "kind.objects.create()"),
    "tuple": ("pair: tuple[int, Transaction]", "pair[1].save()"),
    "named": ("transaction_, /", "transaction_.save()"),
}


@pytest.mark.parametrize("case", ANNOTATED.values(), ids=ANNOTATED)
def test_parameters(case: tuple[str, str], tmp_path: Path) -> None:
    parameters, code = case
    found = written_by(tmp_path, body(code, name=f"act({parameters})"))
    assert [entry.partition(" ")[0] for entry in found] == [T]


@pytest.mark.parametrize("name", ["create_user", "create_superuser"])
def test_users_are_written_by_their_manager(tmp_path: Path, name: str) -> None:
    """The platform's table may be written; the scan tells of it all the same."""
    code = f"from django.contrib.auth.models import User\nUser.objects.{name}('x')"
    found = scan_of(tmp_path, {"dev/planted.py": body(code)})
    assert [(w.table, w.operation) for w in found.writes] == [("auth_user", "insert")]
    assert found.findings == ()
