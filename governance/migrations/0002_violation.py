from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Violation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(max_length=16, unique=True, verbose_name="fingerprint"),
                ),
                ("slug", models.CharField(max_length=64, verbose_name="rule")),
                ("actor", models.CharField(blank=True, max_length=127, verbose_name="actor")),
                ("caller", models.CharField(blank=True, max_length=500, verbose_name="caller")),
                ("owner", models.CharField(blank=True, max_length=127, verbose_name="owner")),
                ("table", models.CharField(max_length=200, verbose_name="table")),
                (
                    "operation",
                    models.CharField(blank=True, max_length=32, verbose_name="operation"),
                ),
                ("message", models.TextField(verbose_name="message")),
                ("location", models.CharField(blank=True, max_length=500, verbose_name="seen at")),
                ("accepted", models.BooleanField(default=False, verbose_name="accepted")),
                ("count", models.PositiveBigIntegerField(verbose_name="count")),
                ("first_seen", models.DateTimeField(verbose_name="first seen")),
                ("last_seen", models.DateTimeField(verbose_name="last seen")),
            ],
            options={
                "verbose_name": "violation",
                "verbose_name_plural": "violations",
                "ordering": ["-last_seen"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_seen__lte", models.F("last_seen"))),
                        name="governance_violation_seen_in_order",
                    ),
                ],
            },
        ),
    ]
