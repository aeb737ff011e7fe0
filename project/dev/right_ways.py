"""The same six changes as in `project.dev.wrong_ways`, through the interface of finance."""

from uuid import uuid4

from asgiref.sync import async_to_sync
from django.db import transaction

from project.dev.models import Deployment, LedgerRow, Project
from project.dev.services import record_cost
from project.dev.signals import ROLLBACK_CREDIT_MINOR, rollback_reference
from project.dev.ways import Way
from project.finance import services as finance
from project.finance.models import Transaction


def create_through_interface() -> None:
    """The cost entry is dev's, the booking finance's; both commit together."""
    project = Project.objects.all()[0]
    record_cost(project=project, description="Build minutes", amount_minor=12_500)


def reprice_through_interface() -> None:
    """dev says which bookings and why; finance locks, changes and records them."""
    references = LedgerRow.objects.filter(reference__startswith="bank-").order_by("id")
    finance.reprice_transactions(
        list(references.values_list("reference", flat=True)[:25]),
        difference_minor=1,
        reason="Rounding in the provider's export",
    )


def reverse_through_interface() -> None:
    reference = f"dev-{uuid4().hex[:12]}"
    project = Project.objects.select_related("budget")[0]
    with transaction.atomic():
        finance.record_transaction(
            account_code=project.budget.code, amount_minor=700, reference=reference
        )
        finance.reverse_transaction(reference, reason="Booked twice by the provider")


def tag_through_interface() -> None:
    untagged = Transaction.objects.exclude(tags__name="project-reviewed")[0]
    finance.tag_transaction(untagged.reference, ["project-reviewed"])


async def create_async_through_interface() -> None:
    project = await Project.objects.select_related("budget").afirst()
    assert project is not None
    await finance.arecord_transaction(
        account_code=project.budget.code,
        amount_minor=9_900,
        reference=f"dev-{uuid4().hex[:12]}",
        memo="Preview environment",
    )


@transaction.atomic
def roll_back_deployment() -> None:
    """The credit is an explicit call beside the save, so a reader sees who books it."""
    deployment = Deployment.objects.filter(status=Deployment.Status.SUCCEEDED)[0]
    finance.record_transaction(
        account_code=deployment.project.budget.code,
        amount_minor=ROLLBACK_CREDIT_MINOR,
        reference=rollback_reference(deployment),
        memo=f"Credit for {deployment}",
    )
    deployment.status = Deployment.Status.ROLLED_BACK
    deployment.save(update_fields=["status"])


RIGHT_WAYS: tuple[Way, ...] = (
    Way(name="create a row", slug="create", run=create_through_interface),
    Way(name="update rows in bulk", slug="bulk-update", run=reprice_through_interface),
    Way(name="correct a booking", slug="raw-sql", run=reverse_through_interface),
    Way(name="add a tag (many to many)", slug="many-to-many", run=tag_through_interface),
    Way(
        name="create a row, async", slug="async", run=async_to_sync(create_async_through_interface)
    ),
    Way(name="save, and book explicitly", slug="signal", run=roll_back_deployment),
)
