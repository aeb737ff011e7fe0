"""Demonstration rows of `core`. Modules seed in the order core, finance, dev; they clear in
reverse."""

from datetime import date

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from project.core.models import Membership, Person, Team
from project.core.services import add_person, record_event

DEMO_LOGIN = "demo"
"""Name and password of the administrator; the demonstration listens on localhost only."""

PEOPLE = {
    ("Platform", "platform"): ("Ada Brandt", "Noor Haddad", "Jonas Weil"),
    ("Payments", "payments"): ("Mira Castellanos", "Tom Okafor", "Lena Fischer"),
    ("Engineering", "engineering"): ("Sam Iversen", "Priya Raman", "Yuki Tanaka"),
    ("Operations", "operations"): ("Elif Demir", "Marc Dubois", "Hana Novak"),
}


@transaction.atomic
def seed() -> None:
    """Does nothing where teams exist, so running it twice leaves the same rows."""
    if Team.objects.exists():
        return
    for month, ((name, slug), people) in enumerate(PEOPLE.items(), start=1):
        team = Team.objects.create(name=name, slug=slug)
        for number, person in enumerate(people):
            _join(person, team, lead=number == 0, since=date(2025, month, 1 + 9 * number))
    _lend("Ada Brandt", "engineering")
    _lend("Priya Raman", "payments")
    record_event("core", "demonstration seeded", f"{Person.objects.count()} people")


def seed_login() -> None:
    """Django's own users are no module's rows; `create_superuser` is their interface."""
    users = get_user_model().objects
    if not users.filter(username=DEMO_LOGIN).exists():
        users.create_superuser(DEMO_LOGIN, "demo@example.com", DEMO_LOGIN)


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditevent")
        cursor.execute("DELETE FROM core_membership")
        cursor.execute("DELETE FROM core_person")
        cursor.execute("DELETE FROM core_team")


def _join(name: str, team: Team, *, lead: bool, since: date) -> None:
    role = Membership.Role.LEAD if lead else Membership.Role.MEMBER
    email = f"{name.lower().replace(' ', '.')}@example.com"
    add_person(name=name, email=email, team=team, role=role, since=since)


def _lend(name: str, team: str) -> None:
    Membership.objects.create(
        team=Team.objects.get(slug=team),
        person=Person.objects.get(name=name),
        role=Membership.Role.GUEST,
        since=date(2026, 2, 1),
    )
