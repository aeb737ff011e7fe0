"""Abstract models that every module builds on."""

from django.db import models
from django.utils import timezone


class TimeStamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def touch(self):
        self.save(update_fields=["updated_at"])  # ok: a base class serves its heirs

    @classmethod
    def touch_all(cls, ids):
        return cls._default_manager.filter(pk__in=ids).update(updated_at=timezone.now())  # ok: a base class serves its heirs


class SoftDeleteQuerySet(models.QuerySet):
    def delete(self):
        return self.update(deleted_at=timezone.now())  # ok: the queryset of the model that declares it

    def alive(self):
        return self.filter(deleted_at__isnull=True)  # ok: reads

    def hard_delete(self):
        return super().delete()  # ok: the queryset of the model that declares it


class SoftDelete(models.Model):
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SoftDeleteQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, using=None, keep_parents=False):
        self.deleted_at = timezone.now()
        self.save(update_fields=["deleted_at"])  # ok: a base class serves its heirs

    def restore(self):
        type(self).objects.filter(pk=self.pk).update(deleted_at=None)  # ok: a base class serves its heirs


class Numbered(models.Model):
    number = models.CharField(max_length=40, unique=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self.number:
            self.number = f"{self.PREFIX}-{timezone.now():%Y%m%d%H%M%S%f}"
        super().save(*args, **kwargs)  # ok: transparent, whoever calls save() writes


class Ranked:
    """Rows that stand in an order among their like."""

    @property
    def siblings(self):
        return type(self)._default_manager.order_by("pk")

    def renumber(self):
        rows = list(self.siblings)
        for _place, row in enumerate(rows):
            row.save()  # ok: a base class serves its heirs
