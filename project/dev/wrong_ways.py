"""Six ways in which dev writes finance's tables. Each is wrong on purpose, and each has its
counterpart of the same slug in `project.dev.right_ways`."""

from uuid import uuid4

from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from project.dev.models import Deployment, Project
from project.dev.ways import Way
from project.finance.models import Tag, Transaction


def create_directly() -> None:
    """Wrong: dev creates finance's row, so finance's rules and its audit trail are passed by.

    Right: `finance.services.record_transaction`.
    """
    account = Project.objects.select_related("budget")[0].budget
    Transaction.objects.create(
        account=account,
        amount_minor=12_500,
        currency=account.currency,
        booked_at=timezone.now(),
        memo="Build minutes",
        reference=f"dev-{uuid4().hex[:12]}",
    )


def update_in_bulk() -> None:
    """Wrong: dev corrects amounts in a table it does not own, without a lock or a reason.

    Right: `finance.services.reprice_transactions`.
    """
    budget = Project.objects.all()[0].budget_id
    Transaction.objects.filter(account=budget, amount_minor__gt=0).update(
        amount_minor=F("amount_minor") + 1
    )


@transaction.atomic
def write_raw_sql() -> None:
    """Wrong: the same trespass in SQL, where neither model nor router ever sees it.

    Right: `finance.services.reverse_transaction`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_transaction"
            " (account_id, amount_minor, currency, booked_at, memo, reference)"
            " SELECT account_id, -amount_minor, currency, now(), 'Correction', %s"
            " FROM finance_transaction WHERE reference LIKE 'bank-%%' ORDER BY id LIMIT 1",
            [f"dev-{uuid4().hex[:12]}"],
        )
        cursor.execute("UPDATE finance_transaction SET memo = 'n/a' WHERE memo = ''")


def add_m2m_tag() -> None:
    """Wrong: `tags.add` looks harmless and inserts into `finance_transaction_tags`.

    dev may create the tag itself, because finance shares `finance_tag`, and no other table.
    Right: `finance.services.tag_transaction`.
    """
    tag, _ = Tag.objects.get_or_create(name="project-reviewed")
    Transaction.objects.exclude(tags=tag)[0].tags.add(tag)


async def create_async() -> None:
    """Wrong: the write runs in a worker thread, where the caller is no longer on the stack.

    Right: `finance.services.arecord_transaction`.
    """
    project = await Project.objects.select_related("budget").afirst()
    assert project is not None
    await Transaction.objects.acreate(
        account=project.budget,
        amount_minor=9_900,
        currency=project.budget.currency,
        booked_at=timezone.now(),
        memo="Preview environment",
        reference=f"dev-{uuid4().hex[:12]}",
    )


@transaction.atomic
def roll_back_deployment() -> None:
    """Wrong: a harmless save in dev, and a receiver in `project.dev.signals` that books a credit.

    Right: `project.dev.right_ways.roll_back_deployment`.
    """
    deployment = Deployment.objects.filter(status=Deployment.Status.SUCCEEDED)[0]
    deployment.status = Deployment.Status.ROLLED_BACK
    deployment.save(update_fields=["status"])


WRONG_WAYS: tuple[Way, ...] = (
    Way(name="create a row", slug="create", run=create_directly),
    Way(name="update rows in bulk", slug="bulk-update", run=update_in_bulk),
    Way(name="write raw SQL", slug="raw-sql", run=write_raw_sql),
    Way(name="add a tag (many to many)", slug="many-to-many", run=add_m2m_tag),
    Way(name="create a row, async", slug="async", run=async_to_sync(create_async)),
    Way(name="save, and a signal writes", slug="signal", run=roll_back_deployment),
)
