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
