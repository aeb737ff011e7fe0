"""Models, and what hangs on them as a whole."""

from django.contrib.postgres.operations import BtreeGistExtension, CreateCollation, RemoveCollation
from django.db import migrations, models

from tests.review.phases.case import (
    CONTRACT,
    EXPAND,
    FAILS,
    LOSES,
    NONE,
    Case,
    add,
    alter,
    key,
)

NOTE = migrations.CreateModel("Note", [key(), ("text", models.TextField())])
TABLES = (
    Case(
        name="create model",
        do=(NOTE,),
        phase=EXPAND,
        undo=LOSES,
        why="A new table; undoing drops what was written since.",
    ),
    Case(
        name="create model with foreign key",
        do=(
            migrations.CreateModel(
                "Note", [key(), ("order", models.ForeignKey("shop.Order", models.CASCADE))]
            ),
        ),
        phase=EXPAND,
        undo=LOSES,
        why="Locks the referenced table against writers until the end.",
    ),
    Case(
        name="create model with many-to-many",
        do=(migrations.CreateModel("Note", [key(), ("tags", models.ManyToManyField("shop.Tag"))]),),
        phase=EXPAND,
        undo=LOSES,
        why="Two new tables.",
    ),
    Case(
        name="create proxy",
        do=(migrations.CreateModel("Cheap", [], options={"proxy": True}, bases=("shop.order",)),),
        phase=NONE,
        why="A proxy has no table.",
    ),
    Case(
        name="create unmanaged",
        do=(migrations.CreateModel("Legacy", [key()], options={"managed": False}),),
        phase=NONE,
        why="Somebody else makes the table.",
    ),
    Case(
        name="create child of a model",
        do=(
            migrations.CreateModel(
                "Special",
                [
                    (
                        "order_ptr",
                        models.OneToOneField(
                            "shop.Order",
                            models.CASCADE,
                            primary_key=True,
                            parent_link=True,
                            auto_created=True,
                            serialize=False,
                        ),
                    ),
                    ("why", models.TextField(null=True)),
                ],
                bases=("shop.order",),
            ),
        ),
        phase=EXPAND,
        undo=LOSES,
        why="A new table with a foreign key.",
    ),
    Case(
        name="create with unique constraint and index",
        do=(
            migrations.CreateModel(
                "Note",
                [key(), ("text", models.TextField(unique=True))],
                options={
                    "indexes": [models.Index(fields=["text"], name="n_i")],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(id__gt=0), name="n_c")
                    ],
                },
            ),
        ),
        phase=EXPAND,
        undo=LOSES,
        why="An empty table costs nothing.",
    ),
    Case(
        name="create and index in one migration",
        do=(NOTE, migrations.AddIndex("Note", models.Index(fields=["text"], name="n_i"))),
        phase=EXPAND,
        undo=LOSES,
        why="An empty table costs nothing.",
    ),
    Case(
        name="create and add NOT NULL in one migration",
        do=(NOTE, add("size", models.IntegerField(), "Note")),
        phase=EXPAND,
        undo=LOSES,
        why="No release knows the table yet.",
    ),
    Case(
        name="delete model",
        do=(migrations.DeleteModel("Invoice"),),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="invoice select insert update delete",
        why="Undoing brings it back empty; its foreign key locks the referenced table too.",
    ),
    Case(
        name="delete model with many-to-many",
        before=(
            migrations.CreateModel("Note", [key(), ("tags", models.ManyToManyField("shop.Tag"))]),
        ),
        do=(migrations.DeleteModel("Note"),),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="note select insert update delete; note_tags select insert update delete",
        why="Both tables go.",
    ),
    Case(
        name="delete proxy",
        do=(migrations.DeleteModel("VipCustomer"),),
        phase=NONE,
        why="A proxy has no table.",
    ),
    Case(
        name="delete unmanaged",
        before=(migrations.CreateModel("Legacy", [key()], options={"managed": False}),),
        do=(migrations.DeleteModel("Legacy"),),
        phase=NONE,
        why="Its table is left alone.",
    ),
    Case(
        name="create and delete",
        do=(NOTE, migrations.DeleteModel("Note")),
        phase=NONE,
        or_else=EXPAND,
        why="Nothing is left of it.",
    ),
    Case(
        name="rename model",
        do=(migrations.RenameModel("Tag", "Label"),),
        phase=CONTRACT,
        old="tag select insert update delete; order_tags select insert update",
        why="Renames its table, and its column in the tables of many-to-many fields.",
    ),
    Case(
        name="rename model with its table kept",
        before=(migrations.CreateModel("Note", [key()], options={"db_table": "shop_note"}),),
        do=(migrations.RenameModel("Note", "Memo"),),
        phase=NONE,
        why="The table does not follow the name.",
    ),
    Case(
        name="rename proxy",
        do=(migrations.RenameModel("VipCustomer", "Vip"),),
        phase=NONE,
        why="A proxy has no table.",
    ),
    Case(
        name="rename referenced model",
        do=(migrations.RenameModel("Order", "Purchase"),),
        phase=CONTRACT,
        old="order select insert update delete; order_tags select insert update delete",
        why="Also renames the many-to-many table that belongs to it.",
    ),
    Case(
        name="rename table",
        do=(migrations.AlterModelTable("Invoice", "bills"),),
        phase=CONTRACT,
        old="invoice select insert update delete",
        why="The old release looks for the old name.",
    ),
    Case(
        name="rename table to its own name",
        do=(migrations.AlterModelTable("Invoice", "shop_invoice"),),
        phase=NONE,
        why="It already has that name.",
    ),
    Case(
        name="rename table with many-to-many",
        do=(migrations.AlterModelTable("Order", "orders"),),
        phase=CONTRACT,
        old="order select insert update delete; order_tags select insert update delete",
        why="The table of the many-to-many field follows.",
    ),
    Case(
        name="table of a proxy",
        do=(migrations.AlterModelOptions("VipCustomer", {"verbose_name": "VIP", "proxy": True}),),
        phase=NONE,
        why="State only.",
    ),
    Case(
        name="options",
        do=(
            migrations.AlterModelOptions(
                "Order", {"ordering": ["-id"], "permissions": [("ship", "May ship")]}
            ),
        ),
        phase=NONE,
        why="State only; permissions are made after migrate.",
    ),
    Case(
        name="managers",
        do=(migrations.AlterModelManagers("Order", [("objects", models.Manager())]),),
        phase=NONE,
        why="State only.",
    ),
    Case(
        name="table comment",
        do=(migrations.AlterModelTableComment("Order", "What is sold"),),
        phase=EXPAND,
        or_else=NONE,
        why="A comment in the catalogue demands nothing.",
    ),
    Case(
        name="unique together",
        do=(migrations.AlterUniqueTogether("Order", {("code", "amount")}),),
        phase=CONTRACT,
        old_rows="order insert update",
        why="Duplicates are refused from now on.",
    ),
    Case(
        name="no longer unique together",
        before=(migrations.AlterUniqueTogether("Invoice", {("id", "order")}),),
        do=(migrations.AlterUniqueTogether("Invoice", set()),),
        phase=EXPAND,
        or_else=CONTRACT,
        why="Demands less.",
    ),
    Case(
        name="order with respect to",
        do=(migrations.AlterOrderWithRespectTo("Invoice", "order"),),
        phase=CONTRACT,
        undo=LOSES,
        old="invoice insert",
        why="A column _order whose default Django drops again.",
    ),
    Case(
        name="no longer order with respect to",
        before=(migrations.AlterOrderWithRespectTo("Invoice", "order"),),
        do=(migrations.AlterOrderWithRespectTo("Invoice", None),),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="invoice select insert update",
        why="Drops a column; undoing fills it with 0.",
    ),
    Case(
        name="base of a model moved",
        before=(migrations.CreateModel("Bare", [key()]),),
        do=(migrations.AlterModelOptions("Bare", {"base_manager_name": "objects"}),),
        phase=NONE,
        why="State only.",
    ),
    Case(
        name="swap a column",
        do=(
            add("fee", models.IntegerField(null=True)),
            alter("amount", models.IntegerField(null=True)),
        ),
        phase=EXPAND,
        undo=FAILS,
        why="Adds one and relaxes the other: both releases go on.",
    ),
    Case(
        name="expand and contract at once",
        do=(add("fee", models.IntegerField(null=True)), migrations.RemoveField("Order", "rank")),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="order select insert update",
        why="A migration is as late as its latest operation.",
    ),
    Case(
        name="extension",
        do=(BtreeGistExtension(),),
        phase=EXPAND,
        why="More operators for everybody.",
    ),
    Case(
        name="collation",
        do=(CreateCollation("plain", "C"),),
        phase=EXPAND,
        why="An object that nobody uses yet.",
    ),
    Case(
        name="collation removed",
        before=(CreateCollation("plain", "C"),),
        do=(RemoveCollation("plain", "C"),),
        phase=CONTRACT,
        why="Takes away what a query may name.",
    ),
)
