from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from project.core import seed as core
from project.dev import seed as dev
from project.finance import seed as finance

MODULES: tuple[ModuleType, ...] = (core, finance, dev)


class Command(BaseCommand):
    help = "Fill the demonstration with believable rows. Running it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="Empty the demonstration's tables first."
        )

    def handle(self, *, reset: bool, verbosity: int, **_: Any) -> None:
        with transaction.atomic():
            if reset:
                for module in reversed(MODULES):
                    module.clear()
            for module in MODULES:
                module.seed()
        core.seed_login()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        if verbosity:
            self.stdout.write(self.style.SUCCESS("The demonstration has its rows."))
