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
