"""Projects, what they deploy and what that costs."""

from django.db import models


class Project(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    team = models.ForeignKey("core.Team", on_delete=models.PROTECT, related_name="projects")
    budget = models.ForeignKey("finance.Account", on_delete=models.PROTECT, related_name="projects")
    watchers = models.ManyToManyField("core.Person", related_name="watched_projects", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Deployment(models.Model):
    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        ROLLED_BACK = "rolled_back", "Rolled back"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="deployments")
    deployed_by = models.ForeignKey(
        "core.Person", on_delete=models.PROTECT, related_name="deployments"
    )
    revision = models.CharField(max_length=40)
    environment = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.project} {self.revision[:8]} to {self.environment}"


class CostEntry(models.Model):
    """What something cost a project; `transaction` points at the booking once finance has it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="costs")
    deployment = models.ForeignKey(
        Deployment, on_delete=models.SET_NULL, null=True, blank=True, related_name="costs"
    )
    transaction = models.ForeignKey(
        "finance.Transaction", on_delete=models.PROTECT, null=True, blank=True, related_name="costs"
    )
    description = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    incurred_on = models.DateField()

    class Meta:
        ordering = ["-incurred_on", "-id"]
        verbose_name_plural = "cost entries"

    def __str__(self) -> str:
        return self.description


class UsageSample(models.Model):
    """One reading of a project's computing time; the table is partitioned by half-year."""

    pk = models.CompositePrimaryKey("id", "taken_at")
    id = models.BigIntegerField()
    taken_at = models.DateTimeField()
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="usage", db_constraint=False
    )
    cpu_seconds = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "dev_usage_sample"

    def __str__(self) -> str:
        return f"{self.project_id} at {self.taken_at}"


class LedgerRow(models.Model):
    """What dev reads of finance's ledger, and no more: it never writes through this model."""

    reference = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "finance_transaction"

    def __str__(self) -> str:
        return self.reference
