from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Template(models.Model):
    slug = models.SlugField(unique=True)
    body = models.TextField(blank=True)


class Notification(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    is_read = models.BooleanField(default=False)
    content_type = models.ForeignKey(ContentType, models.CASCADE, null=True, blank=True)
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    about = GenericForeignKey("content_type", "object_id")

    def mark_read(self):
        self.is_read = True
        self.save(update_fields=["is_read"])  # ok: own table


class Subscription(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    topic = models.CharField(max_length=40)


class OutboxMessage(models.Model):
    topic = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True, blank=True)
