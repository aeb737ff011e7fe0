from django.db import models, transaction

from shop.lib.models import Numbered, TimeStamped


class InvoiceManager(models.Manager):
    def issue(self, order):
        with transaction.atomic():
            return self.create(order=order, amount=order.total, status="issued")  # ok: own table


class Invoice(Numbered, TimeStamped):
    PREFIX = "I"

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="invoices")
    status = models.CharField(max_length=20, default="draft")
    amount = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    objects = InvoiceManager()

    def settle(self, amount):
        self.payments.create(amount=amount)  # ok: own table
        self.status = "paid"
        self.save()  # ok: own table

    def cancel(self):
        self.status = "cancelled"
        self.save()  # ok: own table
        self.order.status = "unpaid"
        self.order.save()  # W: orders_order save


class CreditNote(Invoice):
    reason = models.CharField(max_length=200, blank=True)


class Payment(models.Model):
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="payments")
    amount = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    state = models.CharField(max_length=20, default="new")
