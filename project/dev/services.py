"""The interface of `dev`, and the way it uses finance's."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from project.core.models import Person, Team
from project.core.services import record_event
from project.dev.models import CostEntry, Deployment, Project
from project.finance.models import Account, Tag
from project.finance.services import record_transaction, tag_transaction


@transaction.atomic
def start_project(*, name: str, slug: str, team: Team, budget: Account) -> Project:
    """The project's tag is finance's row, written here because finance shares `finance_tag`."""
    project = Project.objects.create(name=name, slug=slug, team=team, budget=budget)
    Tag.objects.get_or_create(name=f"project-{slug}")
    record_event("dev", "project started", slug)
    return project


def register_deployment(
    *, project: Project, deployed_by: Person, revision: str, environment: str
) -> Deployment:
    return Deployment.objects.create(
        project=project, deployed_by=deployed_by, revision=revision, environment=environment
    )


@transaction.atomic
def record_cost(
    *,
    project: Project,
    description: str,
    amount_minor: int,
    incurred_at: datetime | None = None,
    deployment: Deployment | None = None,
) -> CostEntry:
    """Cost entry, booking and tag commit together: one transaction spans the interfaces."""
    at = incurred_at or timezone.now()
    entry = CostEntry.objects.create(
        project=project,
        deployment=deployment,
        description=description,
        amount_minor=amount_minor,
        incurred_on=at.date(),
    )
    entry.transaction = record_transaction(
        account_code=project.budget.code,
        amount_minor=amount_minor,
        reference=f"cost-{entry.pk}",
        memo=description,
        booked_at=at,
    )
    tag_transaction(entry.transaction.reference, [f"project-{project.slug}"])
    entry.save(update_fields=["transaction"])
    return entry


def counts() -> dict[str, int]:
    """Row counts by plural name, for the landing page."""
    return {"projects": Project.objects.count(), "deployments": Deployment.objects.count()}
