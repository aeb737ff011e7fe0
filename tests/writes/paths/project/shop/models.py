from django.contrib.contenttypes.fields import GenericRelation
from django.db import models


class Order(models.Model):
    name = models.CharField(max_length=80)
    notes = GenericRelation("ledger.Note")


class Parcel(models.Model):
    name = models.CharField(max_length=20)


class EntryRow(models.Model):
    """A second model on a table of ledger."""

    amount = models.IntegerField()

    class Meta:
        managed = False
        db_table = "ledger_entry"
