"""Foreign keys and many-to-many fields that are altered."""

from django.db import migrations, models

from tests.review.phases.case import CONTRACT, EXPAND, FAILS, NONE, Case, add, alter

REFERENCES = (
    Case(
        name="foreign key to null",
        do=(alter("order", models.ForeignKey("shop.Order", models.CASCADE, null=True), "Invoice"),),
        phase=EXPAND,
        undo=FAILS,
        why="Demands less, but Django drops the constraint and proves it again.",
    ),
    Case(
        name="foreign key to NOT NULL",
        before=(add("tag", models.ForeignKey("shop.Tag", models.CASCADE, null=True)),),
        do=(alter("tag", models.ForeignKey("shop.Tag", models.CASCADE)),),
        phase=CONTRACT,
        old_rows="order insert update",
        why="NULL is refused from now on.",
    ),
    Case(
        name="on_delete and related_name",
        do=(
            alter(
                "order",
                models.ForeignKey("shop.Order", models.PROTECT, related_name="bills"),
                "Invoice",
            ),
        ),
        phase=NONE,
        why="Django does what on_delete says.",
    ),
    Case(
        name="foreign key constraint off",
        do=(
            alter(
                "order",
                models.ForeignKey("shop.Order", models.CASCADE, db_constraint=False),
                "Invoice",
            ),
        ),
        phase=EXPAND,
        or_else=CONTRACT,
        undo=FAILS,
        why="Demands less; orphans make undoing fail.",
    ),
    Case(
        name="foreign key constraint on",
        before=(
            add(
                "tag", models.ForeignKey("shop.Tag", models.CASCADE, null=True, db_constraint=False)
            ),
        ),
        do=(alter("tag", models.ForeignKey("shop.Tag", models.CASCADE, null=True)),),
        phase=CONTRACT,
        old_rows="order insert update; tag delete",
        why="Orphans are refused from now on.",
    ),
    Case(
        name="foreign key to one-to-one",
        do=(alter("order", models.OneToOneField("shop.Order", models.CASCADE), "Invoice"),),
        phase=CONTRACT,
        old_rows="invoice insert update",
        why="Unique from now on.",
    ),
    Case(
        name="one-to-one to foreign key",
        before=(add("twin", models.OneToOneField("shop.Tag", models.CASCADE, null=True)),),
        do=(alter("twin", models.ForeignKey("shop.Tag", models.CASCADE, null=True)),),
        phase=EXPAND,
        or_else=CONTRACT,
        undo=FAILS,
        why="Demands less.",
    ),
    Case(
        name="foreign key without index",
        do=(
            alter(
                "order", models.ForeignKey("shop.Order", models.CASCADE, db_index=False), "Invoice"
            ),
        ),
        phase=CONTRACT,
        or_else=EXPAND,
        why="Takes an index away.",
    ),
    Case(
        name="foreign key to another table",
        before=(add("tag", models.ForeignKey("shop.Tag", models.CASCADE, null=True)),),
        do=(alter("tag", models.ForeignKey("shop.Customer", models.CASCADE, null=True)),),
        phase=CONTRACT,
        undo=FAILS,
        old_rows="order insert update",
        why="Ids of the old target are orphans of the new one.",
    ),
    Case(
        name="int to foreign key",
        before=(add("tag_id", models.BigIntegerField(null=True)),),
        do=(
            migrations.RenameField("Order", "tag_id", "tag"),
            alter("tag", models.ForeignKey("shop.Tag", models.CASCADE, null=True)),
        ),
        phase=CONTRACT,
        old_rows="order insert update; tag delete",
        why="Demands that the tag exists; the column keeps its name in the end.",
    ),
    Case(
        name="bigger many-to-many",
        do=(alter("tags", models.ManyToManyField("shop.Tag", blank=True, related_name="+")),),
        phase=NONE,
        why="Nothing of it is in the database.",
    ),
)
