"""Facts that are kept in the database. No logic: invariants are constraints."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OwnershipRecord(models.Model):
    """Who owned a table from when to when. Written after each ``migrate``, never by hand."""

    class Ended(models.TextChoices):
        """Why a record is history."""

        NO = "", _("current")
        TRANSFERRED = "transferred", _("transferred")
        DROPPED = "dropped", _("dropped")

    table = models.CharField(_("table"), max_length=127)
    owner = models.CharField(_("owner"), max_length=127)
    team = models.CharField(_("team"), max_length=200, blank=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    ended = models.CharField(
        _("state"), max_length=12, choices=Ended.choices, blank=True, default=Ended.NO
    )

    class Meta:
        verbose_name = _("table ownership")
        verbose_name_plural = _("table ownership")
        ordering = ["table", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["table"],
                condition=models.Q(until__isnull=True),
                name="governance_ownershiprecord_one_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True, ended="")
                | (models.Q(until__isnull=False) & ~models.Q(ended="")),
                name="governance_ownershiprecord_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.owner}"


class Violation(models.Model):
    """One kind of violation that was seen at run time, however often; written in the background."""

    fingerprint = models.CharField(_("fingerprint"), max_length=16, unique=True)
    slug = models.CharField(_("rule"), max_length=64)
    actor = models.CharField(_("actor"), max_length=127, blank=True)
    caller = models.CharField(_("caller"), max_length=500, blank=True)
    owner = models.CharField(_("owner"), max_length=127, blank=True)
    table = models.CharField(_("table"), max_length=200)
    operation = models.CharField(_("operation"), max_length=32, blank=True)
    message = models.TextField(_("message"))
    location = models.CharField(_("seen at"), max_length=500, blank=True)
    accepted = models.BooleanField(_("accepted"), default=False)
    count = models.PositiveBigIntegerField(_("count"))
    first_seen = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("violation")
        verbose_name_plural = _("violations")
        ordering = ["-last_seen"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_seen__lte=models.F("last_seen")),
                name="governance_violation_seen_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.message


class IdempotencyKey(models.Model):
    """An operation that a client named with a key, and the answer it was given.

    Written together with the effects of the operation, in one transaction.
    """

    class Outcome(models.TextChoices):
        """What is known of the operation."""

        COMPLETED = "completed", _("completed")
        TOMBSTONE = "tombstone", _("completed, answer not kept")
        OPEN = "open", _("open")
        STAGED = "staged", _("in phases")
        UNKNOWN = "unknown", _("unknown")

    id = models.UUIDField(_("id"), primary_key=True)
    scope_hash = models.BinaryField(_("hash of the scope"))
    key_hash = models.BinaryField(_("hash of the key"))
    key_suffix = models.CharField(_("end of the key"), max_length=6, blank=True)
    fingerprint = models.BinaryField(_("fingerprint of the request"))
    fingerprint_version = models.PositiveSmallIntegerField(_("version of the fingerprint"))
    route = models.CharField(_("route"), max_length=200)
    method = models.CharField(_("method"), max_length=10)
    module = models.CharField(_("module"), max_length=127, blank=True)
    actor = models.CharField(_("principal"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.BinaryField(_("body"), null=True, blank=True)
    encrypted = models.BooleanField(_("encrypted"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    owner = models.UUIDField(_("holder of the lease"), null=True, blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0, db_default=0)
    phase = models.CharField(_("phase"), max_length=100, blank=True, db_default="")
    results = models.JSONField(_("results of the phases"), default=dict, db_default={})

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        ordering = ["-created_at"]
        permissions = [
            ("view_idempotency_body", _("Can see kept answers of idempotency keys")),
            ("resolve_idempotency", _("Can resolve operations of unknown outcome")),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="governance_idempotency_expiry"),
            models.Index(
                fields=["leased_until"],
                condition=models.Q(outcome__in=("staged", "unknown")),
                name="governance_idempotency_lease",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    outcome="completed", status__range=(200, 599), body__isnull=False
                )
                | models.Q(outcome="tombstone", status__range=(200, 599), body__isnull=True)
                | models.Q(
                    outcome__in=("open", "staged", "unknown"),
                    status__isnull=True,
                    body__isnull=True,
                ),
                name="governance_idempotency_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    outcome="staged", owner__isnull=False, leased_until__isnull=False
                )
                | models.Q(owner__isnull=True) & ~models.Q(outcome="staged"),
                name="governance_idempotency_lease_held",
            ),
            models.CheckConstraint(
                condition=models.Q(created_at__lt=models.F("expires_at")),
                name="governance_idempotency_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} …{self.key_suffix}"
