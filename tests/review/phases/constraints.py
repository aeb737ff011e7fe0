"""Constraints and indexes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    BtreeGistExtension,
    RemoveIndexConcurrently,
    TrigramExtension,
    ValidateConstraint,
)
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.migrations import AddConstraint, AddIndex, RemoveConstraint, RemoveIndex
from django.db.models import CheckConstraint, Deferrable, F, Index, Q, UniqueConstraint
from django.db.models.functions import Lower

from tests.review.phases.case import CONTRACT, EXPAND, FAILS, NONE, Case

POSITIVE = CheckConstraint(condition=Q(amount__gte=0), name="positive")
ONE = UniqueConstraint(fields=["code", "amount"], name="one")
WRITES = "order insert update"
CONSTRAINTS = (
    Case(
        name="check",
        do=(AddConstraint("Order", POSITIVE),),
        phase=CONTRACT,
        old_rows=WRITES,
        why="Refuses what writers could write before.",
    ),
    Case(
        name="check not valid",
        do=(AddConstraintNotValid("Order", POSITIVE),),
        phase=CONTRACT,
        old_rows=WRITES,
        why="Old rows are left alone, new ones are refused.",
    ),
    Case(
        name="validate",
        before=(AddConstraintNotValid("Order", POSITIVE),),
        do=(ValidateConstraint("Order", "positive"),),
        phase=EXPAND,
        why="Writers met the demand before already.",
    ),
    Case(
        name="check not valid and validated at once",
        do=(AddConstraintNotValid("Order", POSITIVE), ValidateConstraint("Order", "positive")),
        phase=CONTRACT,
        old_rows=WRITES,
        why="The scan runs under the lock of the first.",
    ),
    Case(
        name="remove check",
        before=(AddConstraint("Order", POSITIVE),),
        do=(RemoveConstraint("Order", "positive"),),
        phase=EXPAND,
        or_else=CONTRACT,
        undo=FAILS,
        why="Demands less; rows of the new release make undoing fail.",
    ),
    Case(
        name="unique constraint",
        do=(AddConstraint("Order", ONE),),
        phase=CONTRACT,
        old_rows=WRITES,
        why="Duplicates are refused from now on.",
    ),
    Case(
        name="unique constraint with condition",
        do=(
            AddConstraint(
                "Order", UniqueConstraint(fields=["code"], condition=Q(amount__gt=5), name="one")
            ),
        ),
        phase=CONTRACT,
        old_rows=WRITES,
        why="A unique index over a part.",
    ),
    Case(
        name="unique constraint on expression",
        do=(AddConstraint("Customer", UniqueConstraint(Lower("name"), name="one")),),
        phase=CONTRACT,
        old_rows="customer insert update",
        why="A unique index.",
    ),
    Case(
        name="deferrable unique constraint",
        do=(
            AddConstraint(
                "Order",
                UniqueConstraint(fields=["code"], name="one", deferrable=Deferrable.DEFERRED),
            ),
        ),
        phase=CONTRACT,
        old_rows=WRITES,
        why="Duplicates are refused at commit.",
    ),
    Case(
        name="unique constraint with include",
        do=(
            AddConstraint(
                "Customer", UniqueConstraint(fields=["name"], include=["vip"], name="one")
            ),
        ),
        phase=CONTRACT,
        old_rows="customer insert update",
        why="Duplicates are refused from now on.",
    ),
    Case(
        name="unique constraint, nulls not distinct",
        do=(
            AddConstraint(
                "Order", UniqueConstraint(fields=["rank"], nulls_distinct=False, name="one")
            ),
        ),
        phase=CONTRACT,
        old_rows=WRITES,
        why="One NULL only.",
    ),
    Case(
        name="remove unique constraint",
        before=(AddConstraint("Invoice", UniqueConstraint(fields=["order"], name="one")),),
        do=(RemoveConstraint("Invoice", "one"),),
        phase=EXPAND,
        or_else=CONTRACT,
        undo=FAILS,
        why="Demands less; duplicates of the new release make undoing fail.",
    ),
    Case(
        name="exclusion",
        do=(
            BtreeGistExtension(),
            AddConstraint(
                "Order",
                ExclusionConstraint(
                    name="apart",
                    expressions=[
                        (F("code"), RangeOperators.EQUAL),
                        (F("amount"), RangeOperators.EQUAL),
                    ],
                ),
            ),
        ),
        phase=CONTRACT,
        old_rows=WRITES,
        why="Refuses what overlaps, and builds its index while nobody reads.",
    ),
    Case(
        name="message of a constraint",
        before=(AddConstraint("Order", POSITIVE),),
        do=(
            migrations.AlterConstraint(
                "Order",
                "positive",
                CheckConstraint(
                    condition=Q(amount__gte=0), name="positive", violation_error_message="No."
                ),
            ),
        ),
        phase=NONE,
        why="Python's words only.",
    ),
    Case(
        name="replaced check",
        before=(AddConstraint("Order", POSITIVE),),
        do=(
            RemoveConstraint("Order", "positive"),
            AddConstraint("Order", CheckConstraint(condition=Q(amount__gte=-5), name="positive")),
        ),
        phase=EXPAND,
        or_else=CONTRACT,
        undo=FAILS,
        why="Allows more than before; the proof runs under the strongest lock.",
    ),
    Case(
        name="check beside check",
        before=(AddConstraint("Order", POSITIVE),),
        do=(AddConstraint("Order", CheckConstraint(condition=Q(amount__lt=10**9), name="small")),),
        phase=CONTRACT,
        old_rows=WRITES,
        why="One more demand.",
    ),
)
BY_AMOUNT = Index(fields=["amount"], name="by_amount")
INDEXES = (
    Case(
        name="index",
        do=(AddIndex("Order", BY_AMOUNT),),
        phase=EXPAND,
        why="Writers wait while it is built, and go on after.",
    ),
    Case(
        name="index concurrently",
        do=(AddIndexConcurrently("Order", BY_AMOUNT),),
        phase=EXPAND,
        atomic=False,
        why="Nobody waits.",
    ),
    Case(
        name="partial index",
        do=(
            AddIndex(
                "Order", Index(fields=["amount"], name="by_amount", condition=Q(rank__isnull=False))
            ),
        ),
        phase=EXPAND,
        why="As any index.",
    ),
    Case(
        name="expression index",
        do=(AddIndex("Order", Index(Lower("code"), name="by_code")),),
        phase=EXPAND,
        why="As any index.",
    ),
    Case(
        name="trigram index",
        before=(TrigramExtension(),),
        do=(
            AddIndex(
                "Order", GinIndex(name="by_note", fields=["note"], opclasses=["gin_trgm_ops"])
            ),
        ),
        phase=EXPAND,
        why="As any index.",
    ),
    Case(
        name="search index",
        do=(AddIndex("Order", GinIndex(SearchVector("note", config="english"), name="by_note")),),
        phase=EXPAND,
        why="As any index.",
    ),
    Case(
        name="remove index",
        before=(AddIndex("Order", BY_AMOUNT),),
        do=(RemoveIndex("Order", "by_amount"),),
        phase=CONTRACT,
        or_else=EXPAND,
        why="Takes structure away; statements get slower, none fails.",
    ),
    Case(
        name="remove index concurrently",
        before=(AddIndex("Order", BY_AMOUNT),),
        do=(RemoveIndexConcurrently("Order", "by_amount"),),
        phase=CONTRACT,
        or_else=EXPAND,
        atomic=False,
        why="Takes structure away; nobody waits.",
    ),
    Case(
        name="rename index",
        before=(AddIndex("Order", BY_AMOUNT),),
        do=(migrations.RenameIndex("Order", new_name="amounts", old_name="by_amount"),),
        phase=EXPAND,
        or_else=NONE,
        why="No statement names an index.",
    ),
    Case(
        name="rename index that has no name",
        before=(AddIndex("Order", Index(fields=["amount", "rank"], name="x_i")),),
        do=(migrations.RenameIndex("Order", new_name="y_i", old_name="x_i"),),
        phase=EXPAND,
        or_else=NONE,
        why="No statement names an index.",
    ),
    Case(
        name="replaced index",
        before=(AddIndex("Order", BY_AMOUNT),),
        do=(
            RemoveIndex("Order", "by_amount"),
            AddIndex("Order", Index(fields=["amount", "rank"], name="by_amount_rank")),
        ),
        phase=CONTRACT,
        or_else=EXPAND,
        why="One index goes.",
    ),
)
