"""A history to write operations against, and ways to change it: (name, operations) each."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    HStoreField,
    RangeOperators,
)
from django.contrib.postgres.indexes import BrinIndex, GinIndex, HashIndex
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    CreateCollation,
    RemoveCollation,
    RemoveIndexConcurrently,
    TrigramExtension,
    ValidateConstraint,
)
from django.db import migrations as m
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Now, Random
from django.utils import timezone

APP = "shop"


def key() -> Any:
    return models.BigAutoField(primary_key=True)


def fk(to: str, **options: Any) -> Any:
    return models.ForeignKey(to, models.CASCADE, **options)


BASE: list[Any] = [
    m.CreateModel(
        "Country",
        [("code", models.CharField(primary_key=True, max_length=2)), ("n", models.IntegerField())],
    ),
    m.CreateModel(
        "Customer",
        [
            ("id", models.AutoField(primary_key=True)),
            ("name", models.CharField(max_length=50)),
            ("email", models.CharField(max_length=80, unique=True)),
            ("note", models.TextField(null=True)),
            ("bio", models.TextField(db_index=True)),
            ("age", models.PositiveIntegerField(null=True)),
            ("code", models.CharField(max_length=10, db_index=True)),
            ("rank", models.IntegerField(db_index=True)),
            ("serial", models.IntegerField(unique=True)),
            ("joined", models.DateTimeField(default=timezone.now)),
            ("balance", models.DecimalField(max_digits=10, decimal_places=2)),
            ("active", models.BooleanField(db_default=True)),
            ("born", models.DateField(null=True)),
            ("numbers", ArrayField(models.IntegerField(), null=True)),
            ("country", fk("shop.Country", null=True)),
            ("shown", models.CharField(max_length=9, db_comment="as shown", default="")),
        ],
        options={
            "indexes": [models.Index(fields=["name", "-age"], name="shop_name_age")],
            "constraints": [
                models.CheckConstraint(condition=Q(rank__gte=0), name="shop_rank_positive"),
                models.UniqueConstraint(fields=["name", "born"], name="shop_name_born"),
                models.UniqueConstraint(
                    fields=["name"], condition=Q(active=True), name="shop_name_active"
                ),
            ],
        },
    ),
    m.CreateModel(
        "Product",
        [
            ("id", key()),
            ("sku", models.SlugField(unique=True)),
            ("price", models.IntegerField()),
            ("kind", models.SmallIntegerField(default=1)),
        ],
        options={"unique_together": {("price", "kind")}},
    ),
    m.CreateModel(
        "Order",
        [
            ("id", models.UUIDField(primary_key=True, default=uuid.uuid4)),
            ("customer", fk("shop.Customer", related_name="orders")),
            ("buyer", fk("shop.Customer", db_constraint=False, related_name="+")),
            ("products", models.ManyToManyField("shop.Product")),
            ("placed", models.DateTimeField(auto_now_add=True)),
            ("total", models.FloatField()),
        ],
    ),
    m.CreateModel(
        "Line",
        [
            ("id", key()),
            ("order", fk("shop.Order")),
            ("product", fk("shop.Product", to_field="sku", db_column="product_sku")),
            ("count", models.IntegerField()),
        ],
    ),
    m.CreateModel(
        "Vip",
        [
            (
                "customer_ptr",
                models.OneToOneField(
                    "shop.Customer",
                    models.CASCADE,
                    parent_link=True,
                    primary_key=True,
                    auto_created=True,
                    serialize=False,
                ),
            ),
            ("level", models.IntegerField()),
        ],
        bases=("shop.customer",),
    ),
    m.CreateModel("Regular", [], options={"proxy": True}, bases=("shop.customer",)),
    m.CreateModel(
        "View", [("id", key()), ("x", models.IntegerField())], options={"managed": False}
    ),
    m.CreateModel(
        "Person",
        [("id", key()), ("friends", models.ManyToManyField("self"))],
    ),
    m.CreateModel(
        "Tagged",
        [("id", key())],
    ),
    m.CreateModel(
        "Through",
        [("id", key()), ("tagged", fk("shop.Tagged")), ("customer", fk("shop.Customer"))],
        options={"db_table": "shop_joins"},
    ),
    m.AddField("Tagged", "of", models.ManyToManyField("shop.Customer", through="shop.Through")),
    m.CreateModel("Kept", [("number", models.IntegerField(primary_key=True))]),
    m.CreateModel(
        "Chapter",
        [("id", key()), ("book", fk("shop.Product"))],
        options={"order_with_respect_to": "book"},
    ),
]

CHAR = models.CharField
INT = models.IntegerField


def add(field: Any, model: str = "customer", name: str = "x", **options: Any) -> Any:
    return m.AddField(model, name, field, **options)


def alter(name: str, field: Any, model: str = "customer", **options: Any) -> Any:
    return m.AlterField(model, name, field, **options)


def check(name: str, condition: Any) -> Any:
    return models.CheckConstraint(condition=condition, name=name)


def unique(name: str, *fields: str, **options: Any) -> Any:
    return models.UniqueConstraint(fields=fields, name=name, **options)


def indexed(index: Any, model: str = "customer") -> Any:
    return m.AddIndex(model, index)


VARIANTS: dict[str, list[Any]] = {
    # Adding fields
    "add null": [add(INT(null=True))],
    "add not null": [add(INT(), preserve_default=True)],
    "add default": [add(INT(default=7))],
    "add default false": [add(models.BooleanField(default=False))],
    "add one-off default": [add(INT(default=7), preserve_default=False)],
    "add text default": [add(CHAR(max_length=9, default="it's 100%"))],
    "add blank": [add(CHAR(max_length=9, blank=True))],
    "add callable": [add(models.JSONField(default=dict))],
    "add uuid": [add(models.UUIDField(default=uuid.uuid4))],
    "add auto_now": [add(models.DateTimeField(auto_now=True))],
    "add null default": [add(INT(null=True, default=3))],
    "add db_default": [add(INT(db_default=5))],
    "add db_default text": [add(CHAR(max_length=9, db_default="a'b"))],
    "add db_default now": [add(models.DateTimeField(db_default=Now()))],
    "add db_default volatile": [add(models.FloatField(db_default=Random()))],
    "add db_default expression": [add(INT(db_default=Value(1) + Value(2)))],
    "add positive": [add(models.PositiveSmallIntegerField(default=0))],
    "add unique": [add(CHAR(max_length=9, unique=True, null=True))],
    "add unique integer": [add(INT(unique=True, null=True))],
    "add index": [add(INT(db_index=True, null=True))],
    "add text index": [add(models.TextField(db_index=True, null=True))],
    "add slug": [add(models.SlugField(default="a"))],
    "add key": [add(fk("shop.Product", null=True))],
    "add key default": [add(fk("shop.Product", default=1))],
    "add key to text": [add(fk("shop.Country", null=True))],
    "add key to field": [add(fk("shop.Product", null=True, to_field="sku"))],
    "add key without constraint": [add(fk("shop.Product", null=True, db_constraint=False))],
    "add key to itself": [add(fk("self", null=True))],
    "add key to child": [add(fk("shop.Vip", null=True, related_name="+"))],
    "add key to proxy": [add(fk("shop.Regular", null=True, related_name="+"))],
    "add one to one": [add(models.OneToOneField("shop.Product", models.CASCADE, null=True))],
    "add m2m": [add(models.ManyToManyField("shop.Product"))],
    "add m2m named": [add(models.ManyToManyField("shop.Product", db_table="joined"))],
    "add m2m through": [add(models.ManyToManyField("shop.Tagged", through="shop.Through"))],
    "add m2m without constraint": [
        add(models.ManyToManyField("shop.Product", db_constraint=False))
    ],
    "add array": [add(ArrayField(CHAR(max_length=5), default=list))],
    "add range": [add(DateRangeField(null=True))],
    "add big range": [add(BigIntegerRangeField(null=True))],
    "add hstore": [add(HStoreField(null=True))],
    "add types": [
        add(models.BinaryField(null=True), name="a"),
        add(models.DurationField(null=True), name="b"),
        add(models.GenericIPAddressField(null=True), name="c"),
        add(models.TimeField(null=True), name="d"),
        add(models.FloatField(null=True), name="e"),
        add(models.BigIntegerField(null=True), name="f"),
        add(models.DecimalField(max_digits=5, decimal_places=1, null=True), name="g"),
        add(models.FileField(null=True), name="h"),
        add(CHAR(null=True), name="i"),
        add(models.EmailField(null=True), name="j"),
    ],
    "add collated": [add(CHAR(max_length=9, null=True, db_collation="C", db_index=True))],
    "add generated": [
        add(models.GeneratedField(expression=F("rank") + 1, output_field=INT(), db_persist=True))
    ],
    "add generated text": [
        add(
            models.GeneratedField(
                expression=Lower("name"), output_field=CHAR(max_length=50), db_persist=True
            )
        )
    ],
    "add comment": [add(INT(null=True, db_comment="it's"))],
    "add column": [add(INT(null=True, db_column="Odd Name"))],
    "add long name": [add(INT(null=True, db_index=True), name="x" * 60)],
    "add to proxy": [add(INT(null=True), model="regular")],
    "add to unmanaged": [add(INT(null=True), model="view")],
    "add to child": [add(INT(null=True), model="vip")],
    # Removing fields
    "remove": [m.RemoveField("customer", "note")],
    "remove indexed": [m.RemoveField("customer", "code")],
    "remove unique": [m.RemoveField("customer", "email")],
    "remove key": [m.RemoveField("line", "order")],
    "remove key without constraint": [m.RemoveField("order", "buyer")],
    "remove m2m": [m.RemoveField("order", "products")],
    "remove m2m through": [m.RemoveField("tagged", "of")],
    # Altering fields: nothing for the database
    "alter nothing": [alter("name", CHAR("Name", max_length=50, help_text="h", blank=True))],
    "alter choices": [alter("name", CHAR(max_length=50, choices=[("a", "A")], default="a"))],
    "alter validators": [alter("rank", INT(db_index=True, verbose_name="r", editable=False))],
    "alter column to the same": [alter("rank", INT(db_index=True, db_column="rank"))],
    "alter on_delete": [
        alter("customer", models.ForeignKey("shop.Customer", models.PROTECT), "order")
    ],
    "alter default": [alter("kind", models.SmallIntegerField(default=2), "product")],
    "alter same db_default": [alter("active", models.BooleanField(db_default=Value(True)))],
    "alter m2m nothing": [
        alter("products", models.ManyToManyField("shop.Product", blank=True), "order")
    ],
    "alter on proxy": [alter("rank", models.BigIntegerField(), "view")],
    # Altering fields: types
    "alter widen": [alter("name", CHAR(max_length=90))],
    "alter narrow": [alter("name", CHAR(max_length=20))],
    "alter widen indexed": [alter("code", CHAR(max_length=90, db_index=True))],
    "alter to text": [alter("name", models.TextField())],
    "alter to text indexed": [alter("code", models.TextField(db_index=True))],
    "alter from text": [alter("note", CHAR(max_length=10, null=True))],
    "alter from text indexed": [alter("bio", CHAR(max_length=10, db_index=True))],
    "alter text to integer": [alter("code", INT(db_index=True))],
    "alter integer to text": [alter("count", CHAR(max_length=9, db_index=True), "line")],
    "alter to big": [alter("rank", models.BigIntegerField(db_index=True))],
    "alter to small": [alter("rank", models.SmallIntegerField(db_index=True))],
    "alter scale": [alter("balance", models.DecimalField(max_digits=10, decimal_places=4))],
    "alter precision": [alter("balance", models.DecimalField(max_digits=12, decimal_places=2))],
    "alter to positive": [alter("rank", models.PositiveIntegerField(db_index=True))],
    "alter from positive": [alter("age", INT(null=True))],
    "alter positive to big": [alter("age", models.PositiveBigIntegerField(null=True))],
    "alter to date time": [alter("born", models.DateTimeField(null=True))],
    "alter array": [alter("numbers", ArrayField(models.BigIntegerField(), null=True))],
    "alter array size": [alter("numbers", ArrayField(INT(), size=3, null=True))],
    "alter collation": [alter("name", CHAR(max_length=50, db_collation="C"))],
    "alter comment": [alter("name", CHAR(max_length=50, db_comment="it's"))],
    "alter comment away": [alter("shown", CHAR(max_length=9, default=""))],
    "alter key type": [alter("id", key())],
    "alter text key type": [alter("code", CHAR(primary_key=True, max_length=3), "country")],
    "alter text key collation": [
        alter("code", CHAR(primary_key=True, max_length=2, db_collation="C"), "country")
    ],
    "alter referenced type": [
        alter("sku", models.SlugField(unique=True, max_length=90), "product")
    ],
    "alter auto to integer": [alter("id", INT(primary_key=True))],
    "alter integer to auto": [
        alter("number", INT(), "kept"),
        m.AddField("kept", "id", models.BigAutoField(primary_key=True)),
    ],
    "alter key to auto": [alter("number", models.BigAutoField(primary_key=True), "kept")],
    # Altering fields: null, defaults, unique, index
    "alter not null": [alter("note", models.TextField())],
    "alter not null default": [alter("note", models.TextField(default="none"))],
    "alter not null one-off": [
        alter("note", models.TextField(default="none"), preserve_default=False)
    ],
    "alter not null db_default": [alter("note", models.TextField(db_default="none"))],
    "alter not null blank": [alter("note", models.TextField(blank=True))],
    "alter not null typed": [alter("age", models.BigIntegerField(default=1))],
    "alter null": [alter("name", CHAR(max_length=50, null=True))],
    "alter null and type": [alter("name", CHAR(max_length=70, null=True))],
    "alter db_default": [alter("active", models.BooleanField(db_default=False))],
    "alter db_default added": [alter("rank", INT(db_index=True, db_default=3))],
    "alter db_default removed": [alter("active", models.BooleanField(default=True))],
    "alter unique": [alter("name", CHAR(max_length=50, unique=True))],
    "alter unique integer": [alter("kind", models.SmallIntegerField(unique=True), "product")],
    "alter unique indexed": [alter("code", CHAR(max_length=10, unique=True))],
    "alter unique away": [alter("email", CHAR(max_length=80))],
    "alter unique to index": [alter("email", CHAR(max_length=80, db_index=True))],
    "alter unique away integer": [alter("serial", INT())],
    "alter index": [alter("name", CHAR(max_length=50, db_index=True))],
    "alter index integer": [alter("count", INT(db_index=True), "line")],
    "alter index away": [alter("code", CHAR(max_length=10))],
    "alter index away integer": [alter("rank", INT())],
    "alter column": [alter("name", CHAR(max_length=50, db_column="title"))],
    "alter column and type": [alter("name", CHAR(max_length=70, db_column="title", null=True))],
    # Altering keys
    "alter key null": [alter("customer", fk("shop.Customer", null=True), "order")],
    "alter key constraint": [alter("customer", fk("shop.Customer", db_constraint=False), "order")],
    "alter key constraint added": [alter("buyer", fk("shop.Customer", related_name="+"), "order")],
    "alter key target": [alter("customer", fk("shop.Vip"), "order")],
    "alter key target type": [alter("customer", fk("shop.Country"), "order")],
    "alter key to one to one": [
        alter("customer", models.OneToOneField("shop.Customer", models.CASCADE), "order")
    ],
    "alter key column": [alter("customer", fk("shop.Customer", db_column="c"), "order")],
    "alter key comment": [alter("customer", fk("shop.Customer", db_comment="c"), "order")],
    "alter key index": [alter("customer", fk("shop.Customer", db_index=False), "order")],
    "alter key to integer": [alter("customer", INT(db_column="customer_id"), "order")],
    "alter integer to key": [alter("count", fk("shop.Customer", db_column="count"), "line")],
    "alter key to proxy": [alter("customer", fk("shop.Regular"), "order")],
    # Altering M2M
    "alter m2m target": [alter("products", models.ManyToManyField("shop.Customer"), "order")],
    "alter m2m table": [
        alter("products", models.ManyToManyField("shop.Product", db_table="op"), "order")
    ],
    # Renaming
    "rename field": [m.RenameField("customer", "name", "title")],
    "rename field with column": [m.RenameField("line", "product", "article")],
    "rename key": [m.RenameField("order", "customer", "client")],
    "rename m2m": [m.RenameField("order", "products", "articles")],
    "rename referenced": [m.RenameField("product", "sku", "code")],
    "rename primary key": [m.RenameField("country", "code", "iso")],
    "rename model": [m.RenameModel("Country", "Land")],
    "rename joined model": [m.RenameModel("Tagged", "Marked")],
    "rename model with m2m": [m.RenameModel("Order", "Purchase")],
    "rename m2m target": [m.RenameModel("Product", "Article")],
    "rename self m2m": [m.RenameModel("Person", "Human")],
    "rename model on a table": [m.RenameModel("Through", "Joins")],
    "rename child": [m.RenameModel("Vip", "Star")],
    "rename proxy": [m.RenameModel("Regular", "Usual")],
    "alter table": [m.AlterModelTable("order", "purchases")],
    "alter table to the same": [m.AlterModelTable("through", "shop_joins")],
    "alter table to default": [m.AlterModelTable("through", None)],
    "alter table comment": [m.AlterModelTableComment("order", "it's")],
    # Models
    "delete": [m.DeleteModel("Line")],
    "delete with m2m": [m.DeleteModel("Order")],
    "delete proxy": [m.DeleteModel("Regular")],
    "delete unmanaged": [m.DeleteModel("View")],
    "create": [m.CreateModel("New", [("id", key()), ("x", fk("shop.Order"))])],
    "create composite": [
        m.CreateModel(
            "New",
            [
                ("pk", models.CompositePrimaryKey("a", "b")),
                ("a", INT()),
                ("b", fk("shop.Product")),
            ],
        )
    ],
    "create in schema": [
        m.CreateModel(
            "New",
            [("id", key()), ("x", fk("shop.Order")), ("y", CHAR(max_length=3, db_index=True))],
            options={"db_table": '"other"."news"'},
        )
    ],
    "create with comment": [
        m.CreateModel(
            "New",
            [("id", key()), ("x", INT(db_comment="y"))],
            options={"db_table_comment": "z"},
        )
    ],
    "create with default and check": [
        m.CreateModel(
            "New",
            [("id", key()), ("x", INT(db_default=3))],
            options={
                "constraints": [check("late", Q(x__gt=1)), unique("u", "x", nulls_distinct=False)]
            },
        )
    ],
    "create without key": [m.CreateModel("New", [("x", INT())])],
    "create then change": [
        m.CreateModel("New", [("id", key()), ("x", fk("shop.Order")), ("y", models.SlugField())]),
        m.AddField("New", "z", INT(db_index=True, default=1)),
        m.RenameField("New", "x", "w"),
        m.AlterModelTable("New", "renamed"),
        m.RemoveField("New", "y"),
    ],
    "create then rename target": [
        m.CreateModel("New", [("id", key()), ("x", fk("shop.Order"))]),
        m.AlterModelTable("Order", "purchases"),
        m.RenameField("Order", "id", "number"),
    ],
    "create then delete": [
        m.CreateModel("New", [("id", key()), ("x", fk("shop.Order"))]),
        m.DeleteModel("New"),
    ],
    "unmanaged becomes managed": [m.AlterModelOptions("view", {"managed": True})],
    "managers": [m.AlterModelManagers("customer", [])],
    # Together, order
    "unique together": [m.AlterUniqueTogether("line", {("order", "product")})],
    "unique together away": [m.AlterUniqueTogether("product", set())],
    "unique together changed": [m.AlterUniqueTogether("product", {("kind", "sku")})],
    "index together": [m.AlterIndexTogether("line", {("order", "count")})],
    "index together and back": [
        m.AlterIndexTogether("line", {("order", "count")}),
        m.RenameIndex("line", new_name="named", old_fields=("order", "count")),
    ],
    "order": [m.AlterOrderWithRespectTo("line", "order")],
    "order away": [m.AlterOrderWithRespectTo("chapter", None)],
    # Indexes
    "index": [indexed(models.Index(fields=["age", "-rank"], name="i"))],
    "index of key": [indexed(models.Index(fields=["country"], name="i"))],
    "index on expression": [indexed(models.Index(Lower("name"), F("age").desc(), name="i"))],
    "index partial": [indexed(models.Index(fields=["age"], condition=Q(active=True), name="i"))],
    "index including": [
        indexed(models.Index(fields=["age"], include=["name", "country"], name="i"))
    ],
    "index opclass": [
        indexed(models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="i"))
    ],
    "index gin": [indexed(GinIndex(fields=["numbers"], name="i"))],
    "index brin": [indexed(BrinIndex(fields=["joined"], name="i", pages_per_range=4))],
    "index hash": [indexed(HashIndex(fields=["name"], name="i"))],
    "index away": [m.RemoveIndex("customer", "shop_name_age")],
    "index renamed": [m.RenameIndex("customer", "i", old_name="shop_name_age")],
    "index concurrently": [
        AddIndexConcurrently("customer", models.Index(fields=["age"], name="i"))
    ],
    "index away concurrently": [RemoveIndexConcurrently("customer", "shop_name_age")],
    # Constraints
    "check": [m.AddConstraint("customer", check("c", Q(age__gte=1) | Q(name="x")))],
    "check of key": [m.AddConstraint("customer", check("c", Q(country__isnull=False)))],
    "check key value": [m.AddConstraint("customer", check("c", ~Q(country="xx")))],
    "check not null": [m.AddConstraint("customer", check("c", Q(age__isnull=False)))],
    "check in": [m.AddConstraint("customer", check("c", Q(name__in=["a", "b"])))],
    "check not valid": [AddConstraintNotValid("customer", check("c", Q(age__gte=1)))],
    "check validated": [
        AddConstraintNotValid("customer", check("c", Q(age__gte=1))),
        ValidateConstraint("customer", "c"),
    ],
    "check away": [m.RemoveConstraint("customer", "shop_rank_positive")],
    "unique": [m.AddConstraint("customer", unique("u", "age", "country"))],
    "unique deferrable": [
        m.AddConstraint("customer", unique("u", "age", deferrable=models.Deferrable.DEFERRED))
    ],
    "unique partial": [m.AddConstraint("customer", unique("u", "age", condition=Q(active=True)))],
    "unique including": [m.AddConstraint("customer", unique("u", "age", include=["name"]))],
    "unique expression": [
        m.AddConstraint("customer", models.UniqueConstraint(Lower("name"), name="u"))
    ],
    "unique nulls": [m.AddConstraint("customer", unique("u", "age", nulls_distinct=False))],
    "unique away": [m.RemoveConstraint("customer", "shop_name_born")],
    "unique partial away": [m.RemoveConstraint("customer", "shop_name_active")],
    "exclusion": [
        m.AddConstraint(
            "customer",
            ExclusionConstraint(
                name="e",
                expressions=[("born", RangeOperators.EQUAL), ("rank", RangeOperators.EQUAL)],
                condition=Q(active=True),
            ),
        )
    ],
    # PostgreSQL
    "extension": [TrigramExtension()],
    "collation": [
        CreateCollation("made", locale="C"),
        add(CHAR(max_length=9, null=True, db_index=True, db_collation="made")),
    ],
    "collation away": [RemoveCollation("kept", locale="C")],
    # Special
    "sql": [m.RunSQL("ALTER TABLE shop_order DROP COLUMN total")],
    "sql list": [m.RunSQL([("UPDATE shop_order SET total = %s", [3]), "DROP TABLE shop_line"])],
    "separate": [
        m.SeparateDatabaseAndState(
            database_operations=[m.RemoveField("order", "total")],
            state_operations=[m.RenameField("order", "total", "sum")],
        )
    ],
    "state only": [m.SeparateDatabaseAndState(state_operations=[m.RemoveField("order", "total")])],
}
