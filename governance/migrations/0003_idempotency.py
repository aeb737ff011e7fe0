from typing import Any

from django.db import migrations, models


def leave_room(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """Rows are updated once where the lock is one on the row; then they stay on their page."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE governance_idempotencykey SET (fillfactor = 90)")


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0002_violation"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False, verbose_name="id")),
                ("scope_hash", models.BinaryField(verbose_name="hash of the scope")),
                ("key_hash", models.BinaryField(verbose_name="hash of the key")),
                (
                    "key_suffix",
                    models.CharField(blank=True, max_length=6, verbose_name="end of the key"),
                ),
                ("fingerprint", models.BinaryField(verbose_name="fingerprint of the request")),
                (
                    "fingerprint_version",
                    models.PositiveSmallIntegerField(verbose_name="version of the fingerprint"),
                ),
                ("route", models.CharField(max_length=200, verbose_name="route")),
                ("method", models.CharField(max_length=10, verbose_name="method")),
                ("module", models.CharField(blank=True, max_length=127, verbose_name="module")),
                ("actor", models.CharField(blank=True, max_length=200, verbose_name="principal")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("completed", "completed"),
                            ("tombstone", "completed, answer not kept"),
                            ("open", "open"),
                            ("staged", "in phases"),
                            ("unknown", "unknown"),
                        ],
                        max_length=9,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="status"),
                ),
                ("headers", models.JSONField(default=dict, verbose_name="headers")),
                ("body", models.BinaryField(blank=True, null=True, verbose_name="body")),
                (
                    "encrypted",
                    models.BooleanField(db_default=False, default=False, verbose_name="encrypted"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "owner",
                    models.UUIDField(blank=True, null=True, verbose_name="holder of the lease"),
                ),
                (
                    "leased_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="leased until"),
                ),
                (
                    "attempt",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, verbose_name="attempt"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        blank=True, db_default="", max_length=100, verbose_name="phase"
                    ),
                ),
                (
                    "results",
                    models.JSONField(
                        db_default={}, default=dict, verbose_name="results of the phases"
                    ),
                ),
            ],
            options={
                "verbose_name": "idempotency key",
                "verbose_name_plural": "idempotency keys",
                "ordering": ["-created_at"],
                "permissions": [
                    ("view_idempotency_body", "Can see kept answers of idempotency keys"),
                    ("resolve_idempotency", "Can resolve operations of unknown outcome"),
                ],
                "indexes": [
                    models.Index(fields=["expires_at"], name="governance_idempotency_expiry"),
                    models.Index(
                        condition=models.Q(("outcome__in", ("staged", "unknown"))),
                        fields=["leased_until"],
                        name="governance_idempotency_lease",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("body__isnull", False),
                                ("outcome", "completed"),
                                ("status__range", (200, 599)),
                            ),
                            models.Q(
                                ("body__isnull", True),
                                ("outcome", "tombstone"),
                                ("status__range", (200, 599)),
                            ),
                            models.Q(
                                ("body__isnull", True),
                                ("outcome__in", ("open", "staged", "unknown")),
                                ("status__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="governance_idempotency_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("leased_until__isnull", False),
                                ("outcome", "staged"),
                                ("owner__isnull", False),
                            ),
                            models.Q(
                                ("owner__isnull", True),
                                models.Q(("outcome", "staged"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="governance_idempotency_lease_held",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("created_at__lt", models.F("expires_at"))),
                        name="governance_idempotency_expires",
                    ),
                ],
            },
        ),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
    ]
