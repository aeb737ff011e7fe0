"""What only loaded models show: overrides, services, mixins, swapped and abstract models."""

import json
from typing import Any

import pytest

from tests.monolith import Monolith

STOCK = """
    from shared.models import SoftDelete
    class Rows(models.QuerySet):
        def update(self, **values):
            return super().update(**values)
        def delete(self):
            return self.filter(on_hand=0).count()
        def retire(self):
            return self.update(on_hand=0)
    class Keeper(models.Manager):
        def create(self, sku):
            return self.get_queryset().filter(sku=sku).first()
        def get_queryset(self):
            return Rows(self.model, using=self._db)
    class Item(SoftDelete):
        sku = models.CharField(max_length=9)
        on_hand = models.IntegerField(default=0)
        picture = models.FileField()
        objects = Rows.as_manager()
        kept = Keeper()
        def save(self, *args, **kwargs):
            self.sku = self.sku.strip()
            super().save(*args, **kwargs)
        def close(self):
            self.on_hand = 0
            self.save()
    class Base(models.Model):
        class Meta:
            abstract = True
    class Part(Base):
        item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="parts")
        class Meta:
            order_with_respect_to = "item"
"""
SHARED = """
    class SoftDelete(models.Model):
        deleted = models.BooleanField(default=False)
        class Meta:
            abstract = True
        def delete(self, *args, **kwargs):
            self.deleted = True
            self.save(update_fields=["deleted"])
        def wipe(self):
            super().delete()
"""
JOBS = """
    from stock.models import Base, Item, Part

    def calls(item: Item, part: Part):
        item.save()  # W
        item.delete()
        item.close()
        item.wipe()
        Item.objects.update(on_hand=1)  # W
        Item.objects.filter(on_hand=1).delete()
        Item.objects.retire()
        Item.kept.create("x")
        Item.kept.filter(sku="x").update(on_hand=2)  # W
        item.picture.save("x", None)  # W
        item.picture.save("x", None, save=False)
        item.set_part_order([1])  # W
        part.delete()  # W
        part.item.parts.get().save()  # W
        Base().save()
"""


@pytest.fixture
def shop(monolith: Monolith) -> Monolith:
    monolith.app("shared", SHARED, 'MODULE = Module(name="shared", apps=["shared"])')
    monolith.app("stock", STOCK, 'MODULE = Module(name="stock", apps=["stock"])')
    monolith.app("orders", "", 'MODULE = Module(name="orders", apps=["orders"])')
    monolith.write("orders/jobs.py", JOBS)
    return monolith


def scanned(shop: Monolith, *arguments: str) -> dict[str, Any]:
    done = shop.manage("schema_scan", "--format", "json", *arguments)
    assert done.stderr == ""
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_the_lines_that_write_are_found_and_no_other(shop: Monolith) -> None:
    document = scanned(shop)
    lines = [f["location"]["line"] for f in document["findings"]]
    text = (shop.folder / "orders/jobs.py").read_text().splitlines()
    assert lines == [n for n, line in enumerate(text, start=1) if line.endswith("# W")]
    assert {f["actor"] for f in document["findings"]} == {"orders"}
    assert document["resolution"]["percent"] == 100.0
    assert document["complete"] is True
    assert "reads" not in document


def test_reads_are_added_on_demand(shop: Monolith) -> None:
    reads = scanned(shop, "--reads")["reads"]
    assert {
        "actor": "orders",
        "caller": "orders.jobs.calls",
        "table": "stock_item",
        "column": "sku",
        "owner": "stock",
        "operation": "read",
        "location": {"file": "orders/jobs.py", "line": 13, "function": "orders.jobs.calls"},
    } in reads


def test_a_heir_answers_for_what_it_inherits(shop: Monolith) -> None:
    """``delete`` of the shared base class writes the table of the class that inherits it."""
    writes = scanned(shop)["writes"]
    inherited = [w for w in writes if w["caller"] == "shared.models.SoftDelete.delete"]
    assert [(w["actor"], w["table"]) for w in inherited] == [("shared", "stock_item")]


def test_nothing_declared_still_reports(monolith: Monolith) -> None:
    monolith.app("stock", "    class Item(models.Model):\n        pass\n")
    monolith.app("orders")
    code = "from stock.models import Item\n\ndef act():\n    Item.objects.create()\n"
    monolith.write("orders/jobs.py", code)
    done = monolith.manage("schema_scan")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == (
        "error: orders may not insert into stock_item: the table belongs to stock. "
        "(governance.E201 cross-module-write)"
    )
