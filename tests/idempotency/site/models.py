from django.db import models


class Payment(models.Model):
    reference = models.CharField(max_length=255)

    class Meta:
        app_label = "site"
        db_table = "site_payment"
