from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection

from shop.orders.models import Order


class Command(BaseCommand):
    help = "Close what was paid long ago."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args, dry_run=False, **options):
        options.update(verbosity=0)  # ok: dict.update
        queryset = Order.objects.filter(status="paid")
        if dry_run:
            self.stdout.write(f"{queryset.count()} orders would UPDATE orders_order")  # ok: prints only
            return
        queryset.update(status="closed")  # ok: own table
        self.purge_invoices(queryset)
        self.purge_sql()

    def purge_invoices(self, queryset):
        Invoice = apps.get_model("billing.Invoice")
        Invoice.objects.filter(order__in=queryset, status="draft").delete()  # W: billing_invoice delete
        model = apps.get_model("billing", "Payment")
        payment = model(invoice=Invoice.objects.first(), amount=0)
        payment.save()  # W: billing_payment save

    def purge_sql(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM orders_cart WHERE updated_at < now() - interval '1 year'")  # ok: own table
            cursor.execute("DELETE FROM billing_payment WHERE state = %s", ["new"])  # W: billing_payment delete
