"""People, teams and the audit trail every module appends to."""

from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    members: "models.ManyToManyField[Person, Membership]" = models.ManyToManyField(
        "Person", through="Membership", related_name="teams"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    name = models.CharField(max_length=120)
    email = models.EmailField(unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="people")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's part in a team; the home team is only one of them."""

    class Role(models.TextChoices):
        LEAD = "lead", "Lead"
        MEMBER = "member", "Member"
        GUEST = "guest", "Guest"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    since = models.DateField()

    class Meta:
        ordering = ["team", "since"]
        constraints = [
            models.UniqueConstraint(fields=["team", "person"], name="core_membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


class AuditEvent(models.Model):
    """Append-only: written through `project.core.services.record_event`."""

    module = models.CharField(max_length=40)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["module", "-at"], name="core_audit_module_at")]

    def __str__(self) -> str:
        return f"{self.module}: {self.action} {self.subject}"
