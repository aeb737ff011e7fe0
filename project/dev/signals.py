from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from project.dev.models import Deployment
from project.finance.models import Transaction

ROLLBACK_CREDIT_MINOR = -4_900
"""What the hosting company pays back for a deployment that was rolled back."""


def rollback_reference(deployment: Deployment) -> str:
    return f"rollback-{deployment.pk}"


@receiver(post_save, sender=Deployment, dispatch_uid="dev-credit-rolled-back-deployment")
def credit_rolled_back_deployment(instance: Deployment, **_: Any) -> None:
    """Wrong on purpose: saving a deployment books into finance's ledger behind its back.

    The right way is `project.dev.right_ways.roll_back_deployment`: book the credit through
    finance's interface first. Then this receiver finds the booking and writes nothing.
    """
    if instance.status != Deployment.Status.ROLLED_BACK:
        return
    account = instance.project.budget
    Transaction.objects.get_or_create(
        reference=rollback_reference(instance),
        defaults={
            "account": account,
            "amount_minor": ROLLBACK_CREDIT_MINOR,
            "currency": account.currency,
            "booked_at": timezone.now(),
            "memo": f"Credit for {instance}",
        },
    )
