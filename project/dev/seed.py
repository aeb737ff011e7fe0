"""Demonstration rows of `dev`. What belongs to finance is booked through finance's interface."""

from datetime import UTC, datetime, timedelta
from random import Random

from django.db import connection, transaction

from project.core.models import Person, Team
from project.dev.models import CostEntry, Deployment, Project, UsageSample
from project.dev.services import record_cost, start_project
from project.dev.signals import ROLLBACK_CREDIT_MINOR, rollback_reference
from project.finance.models import Account
from project.finance.services import record_transaction

PROJECTS = (
    ("Atlas", "atlas", "platform", "6100"),
    ("Beacon", "beacon", "engineering", "6110"),
    ("Cinder", "cinder", "payments", "6100"),
    ("Delta", "delta", "engineering", "6110"),
    ("Ember", "ember", "operations", "6120"),
    ("Fathom", "fathom", "platform", "6120"),
)
FIRST_DEPLOYMENT = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
COSTS = ("Build minutes", "Preview environments", "Load test", "Log storage")


@transaction.atomic
def seed() -> None:
    """Does nothing where projects exist, so running it twice leaves the same rows."""
    if Project.objects.exists():
        return
    random = Random(2026)  # noqa: S311  rows, not secrets
    projects = _projects(random)
    deployments = _deployments(random, projects)
    _costs(random, projects, deployments)
    _rollback_credits(deployments)
    _usage(random, projects)


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dev_usage_sample")
        cursor.execute("DELETE FROM dev_costentry")
        cursor.execute("DELETE FROM dev_deployment")
        cursor.execute("DELETE FROM dev_project_watchers")
        cursor.execute("DELETE FROM dev_project")


def _projects(random: Random) -> list[Project]:
    teams = {team.slug: team for team in Team.objects.all()}
    accounts = {account.code: account for account in Account.objects.all()}
    people = list(Person.objects.order_by("email"))
    projects = []
    for name, slug, team, budget in PROJECTS:
        project = start_project(name=name, slug=slug, team=teams[team], budget=accounts[budget])
        project.watchers.add(*random.sample(people, k=3))
        projects.append(project)
    return projects


def _deployments(random: Random, projects: list[Project]) -> list[Deployment]:
    """Ten per project. Created in bulk, which sends no signals: see `_rollback_credits`."""
    people = list(Person.objects.order_by("email"))
    rows = [
        _deployment(random, project, random.choice(people), 6 * turn + place)
        for turn in range(10)
        for place, project in enumerate(projects)
    ]
    return Deployment.objects.bulk_create(rows)


def _deployment(random: Random, project: Project, person: Person, number: int) -> Deployment:
    status = Deployment.Status.FAILED if number % 15 == 7 else Deployment.Status.SUCCEEDED
    if number % 20 == 13:
        status = Deployment.Status.ROLLED_BACK
    return Deployment(
        project=project,
        deployed_by=person,
        revision=f"{random.getrandbits(160):040x}",
        environment=random.choice(("staging", "production", "production")),
        status=status,
        finished_at=FIRST_DEPLOYMENT + timedelta(days=4 * number, minutes=random.randint(2, 40)),
    )


def _costs(random: Random, projects: list[Project], deployments: list[Deployment]) -> None:
    """A few costs are booked already; most wait for finance's next run."""
    for project in projects:
        record_cost(
            project=project,
            description="Hosting deposit",
            amount_minor=random.randint(8, 60) * 1000,
            incurred_at=FIRST_DEPLOYMENT,
        )
    CostEntry.objects.bulk_create(
        CostEntry(
            project=deployment.project,
            deployment=deployment,
            description=random.choice(COSTS),
            amount_minor=random.randint(300, 19_000),
            incurred_on=(deployment.finished_at or FIRST_DEPLOYMENT).date(),
        )
        for deployment in deployments
    )


def _rollback_credits(deployments: list[Deployment]) -> None:
    for deployment in deployments:
        if deployment.status == Deployment.Status.ROLLED_BACK:
            record_transaction(
                account_code=deployment.project.budget.code,
                amount_minor=ROLLBACK_CREDIT_MINOR,
                reference=rollback_reference(deployment),
                memo=f"Credit for {deployment}",
                booked_at=deployment.finished_at,
            )


def _usage(random: Random, projects: list[Project]) -> None:
    """One reading per project and week, so both partitions hold rows."""
    UsageSample.objects.bulk_create(
        UsageSample(
            id=len(projects) * week + place + 1,
            taken_at=FIRST_DEPLOYMENT + timedelta(weeks=week),
            project=project,
            cpu_seconds=random.randint(200, 90_000),
        )
        for week in range(42)
        for place, project in enumerate(projects)
    )
