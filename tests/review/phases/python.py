"""RunPython: the functions of this file are read, not only run."""

from typing import Any

from django.db import migrations, models

from tests.review.phases.case import (
    CONTRACT,
    EXPAND,
    LOSES,
    MIGRATE,
    NEVER,
    NONE,
    Case,
    add,
    remove,
)

noop = migrations.RunPython.noop


def fill(apps: Any, editor: Any) -> None:
    order = apps.get_model("shop", "Order")
    order.objects.filter(rank=None).update(rank=0)


def fill_by_row(apps: Any, editor: Any) -> None:
    for order in apps.get_model("shop", "Order").objects.filter(rank=None):
        order.rank = 0
        order.save()


def create_rows(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Tag").objects.bulk_create([apps.get_model("shop", "Tag")(name="gift")])


def delete_created(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Tag").objects.filter(name="gift").delete()


def delete_rows(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Invoice").objects.filter(id__gt=10).delete()


def delete_all(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Invoice").objects.all().delete()


def read(apps: Any, editor: Any) -> None:
    if apps.get_model("shop", "Order").objects.filter(amount=None).exists():
        raise ValueError("There are orders without an amount.")


def drop_column(apps: Any, editor: Any) -> None:
    editor.execute("ALTER TABLE shop_order DROP COLUMN note")


def drop_by_cursor(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("DROP TABLE shop_invoice")


def remove_by_editor(apps: Any, editor: Any) -> None:
    model = apps.get_model("shop", "Order")
    editor.remove_field(model, model._meta.get_field("note"))


def index_by_editor(apps: Any, editor: Any) -> None:
    editor.execute("CREATE INDEX by_amount ON shop_order (amount)")


def unindex(apps: Any, editor: Any) -> None:
    editor.execute("DROP INDEX by_amount")


def raw_update(apps: Any, editor: Any) -> None:
    editor.connection.cursor().execute("UPDATE shop_order SET rank = 0 WHERE rank IS NULL")


def tag_orders(apps: Any, editor: Any) -> None:
    tag = apps.get_model("shop", "Tag").objects.create(name="late")
    for order in apps.get_model("shop", "Order").objects.filter(id__lt=9):
        order.tags.add(tag)


def untag_orders(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Tag").objects.filter(name="late").delete()


def nothing(apps: Any, editor: Any) -> None:
    return


def copy_names(apps: Any, editor: Any) -> None:
    apps.get_model("shop", "Order").objects.update(memo=models.F("note"))


PYTHON = (
    Case(
        name="Python: noop",
        do=(migrations.RunPython(noop, noop),),
        phase=NONE,
        why="Marks a place in history.",
    ),
    Case(
        name="Python: empty function",
        do=(migrations.RunPython(nothing, noop),),
        phase=NONE,
        why="Writes nothing.",
    ),
    Case(
        name="Python: reads and refuses",
        do=(migrations.RunPython(read, noop),),
        phase=NONE,
        or_else=MIGRATE,
        why="Changes nothing, or stops.",
    ),
    Case(
        name="Python: fills NULLs",
        do=(migrations.RunPython(fill, noop),),
        phase=MIGRATE,
        why="Rows change.",
    ),
    Case(
        name="Python: fills NULLs by row",
        do=(migrations.RunPython(fill_by_row, noop),),
        phase=MIGRATE,
        why="Rows change.",
    ),
    Case(
        name="Python: no way back",
        do=(migrations.RunPython(fill),),
        phase=MIGRATE,
        undo=NEVER,
        why="Nobody says how to undo it.",
    ),
    Case(
        name="Python: creates rows",
        do=(migrations.RunPython(create_rows, delete_created),),
        phase=MIGRATE,
        why="Rows come, and undoing takes them away.",
    ),
    Case(
        name="Python: deletes rows",
        do=(migrations.RunPython(delete_rows, noop),),
        phase=MIGRATE,
        or_else=CONTRACT,
        loses_data=True,
        undo=LOSES,
        why="Rows go for good.",
    ),
    Case(
        name="Python: deletes all rows",
        do=(migrations.RunPython(delete_all, noop),),
        phase=MIGRATE,
        or_else=CONTRACT,
        loses_data=True,
        undo=LOSES,
        why="Rows go for good.",
    ),
    Case(
        name="Python: drops a column",
        do=(migrations.RunPython(drop_column),),
        phase=CONTRACT,
        loses_data=True,
        undo=NEVER,
        old="order select insert update",
        new="order select insert update",
        why="DDL in a function is DDL.",
    ),
    Case(
        name="Python: drops a table by cursor",
        do=(migrations.RunPython(drop_by_cursor, noop),),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="invoice select insert update delete",
        new="invoice select insert update delete",
        why="DDL in a function is DDL.",
    ),
    Case(
        name="Python: removes a field by the editor",
        do=(migrations.RunPython(remove_by_editor, noop),),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="order select insert update",
        new="order select insert update",
        why="DDL in a function is DDL.",
    ),
    Case(
        name="Python: builds an index",
        do=(migrations.RunPython(index_by_editor, unindex),),
        phase=EXPAND,
        why="DDL in a function is DDL.",
    ),
    Case(
        name="Python: updates by cursor",
        do=(migrations.RunPython(raw_update, noop),),
        phase=MIGRATE,
        why="Rows change.",
    ),
    Case(
        name="Python: adds to many-to-many",
        do=(migrations.RunPython(tag_orders, untag_orders),),
        phase=MIGRATE,
        why="Rows come.",
    ),
    Case(
        name="Python: field and backfill at once",
        do=(add("memo", models.TextField(null=True)), migrations.RunPython(copy_names, noop)),
        phase=MIGRATE,
        or_else=EXPAND,
        undo=LOSES,
        why="Rows are changed in the transaction that holds the lock of the new column.",
    ),
    Case(
        name="Python: backfill and removal at once",
        before=(add("memo", models.TextField(null=True)),),
        do=(migrations.RunPython(copy_names, noop), remove("note")),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="order select insert update",
        why="As late as its latest operation.",
    ),
)
