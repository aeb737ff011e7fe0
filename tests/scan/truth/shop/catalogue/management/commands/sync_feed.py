import csv
import io
from typing import NamedTuple

from django.core.management.base import BaseCommand, CommandError

from shop.catalogue import services
from shop.catalogue.models import Product
from shop.lib.crud import Settings, merge
from shop.orders.models import OrderLine


class Row(NamedTuple):
    sku: str
    name: str


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--text", default="SKU,Name\na,A\n")

    def handle(self, *args, **options):
        counts = {"created": 0, "lines": 0}
        for row in csv.reader(io.StringIO(options["text"])):
            self.load(Row(*row), counts)
        self.stdout.write(str(merge(counts, Settings(done=True))))

    def load(self, row, counts):
        try:
            product = services.create_product(row.sku, row.name)  # ok: own service
        except ValueError as error:
            raise CommandError(str(error)) from error
        product.save()  # ok: own table
        counts.update(created=counts["created"] + 1)  # ok: dict.update
        counts["lines"] += OrderLine.objects.filter(product=product).update(unit_price=product.price)  # W: orders_orderline update
        Product.objects.create_from_feed({"sku": row.sku + "2", "name": row.name, "brand": "feed"})  # ok: own table
