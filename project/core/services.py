"""The interface of `core`: what other modules call instead of writing its tables."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from project.core.models import AuditEvent, Membership, Person, Team


@transaction.atomic
def add_person(*, name: str, email: str, team: Team, role: str, since: date) -> Person:
    """The person joins `team` as home team, so both rows appear or neither does."""
    person = Person.objects.create(name=name, email=email, team=team)
    Membership.objects.create(team=team, person=person, role=role, since=since)
    return person


def record_event(module: str, action: str, subject: str) -> AuditEvent:
    """Commits and rolls back with the caller's transaction: no event without its deed."""
    return AuditEvent.objects.create(
        module=module, action=action, subject=subject, at=timezone.now()
    )


async def arecord_event(module: str, action: str, subject: str) -> AuditEvent:
    return await AuditEvent.objects.acreate(
        module=module, action=action, subject=subject, at=timezone.now()
    )


def counts() -> dict[str, int]:
    """Row counts by plural name, for the landing page."""
    return {"teams": Team.objects.count(), "people": Person.objects.count()}
